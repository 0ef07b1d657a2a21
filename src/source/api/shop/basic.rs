//! Basic information of a 微信小店, and the live broadcasts that show or announce it.

use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::fetch::answer_code::Meaning;
use crate::model::dataset::key_of;
use crate::model::{DataRow, Dataset};
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, Collector, Estimate, Outcome, ResumePoint, Service};
use crate::source::{EvidenceId, ImportCx, Info, Item, Out};

/// The collector of basic information.
#[derive(Debug)]
pub struct ShopBasic;

const SHOP: &str = "/channels/ec/basics/info/get";
const LIVES: &str = "/channels/ec/finderlive/getfinderliverecordlist";
const NOTICES: &str = "/channels/ec/finderlive/getfinderlivenoticerecordlist";

static INFO: Info = Info {
    name: "shop-basic",
    summary_zh: "微信小店的基本信息、正在直播和直播预告",
    summary_en: "A WeChat shop's basic information, current live broadcasts and live announcements",
    patterns: &[SHOP, LIVES, NOTICES],
    version: 1,
};

impl Collector for ShopBasic {
    const SERVICE: Service = Service::Shop;

    fn info(&self) -> &'static Info {
        &INFO
    }

    async fn estimate(&self, _: &ApiCx<'_>) -> Result<Estimate, NoAnswer> {
        Ok(Estimate { things: None, calls: Some(3) })
    }

    async fn collect(&self, cx: &ApiCx<'_>, _: ResumePoint) -> Result<Outcome, NoAnswer> {
        cx.call(ApiRequest::get(SHOP)).await?;
        for path in [LIVES, NOTICES] {
            match cx.call(ApiRequest::post(path, json!({}))).await {
                Ok(_) => {}
                // A shop without a 视频号 has no live broadcasts.
                Err(no) if matches!(no.meaning(), Some(Meaning::NotPermitted | Meaning::Other)) => {}
                Err(no) => return Err(no),
            }
        }
        cx.pass(&())?;
        Ok(Outcome::Done)
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let value = answer.json();
        let mut emit = |dataset: Dataset, table: &str, names: &[&str], row: &Map<String, Value>| {
            let row = DataRow::new(dataset, table, key_of(row, names), row.clone()).from_api();
            out.item(Item::Row(row, evidence))
        };
        if let Some(shop) = value["info"].as_object() {
            emit(Dataset::Account, "shop", &["username"], shop)?;
        }
        for (list, table, name) in
            [("live_list", "shop_lives", "export_id"), ("live_notice_list", "shop_live_notices", "notice_id")]
        {
            for row in value[list].as_array().into_iter().flatten().filter_map(Value::as_object) {
                emit(Dataset::Live, table, &[name], row)?;
            }
        }
        Ok(())
    }
}
