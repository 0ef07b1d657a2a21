//! Funds of a 微信小店: the balance and every movement. Amounts are fen.

use serde_json::json;

use super::windows::{self, Listing, Page};
use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::model::dataset::key_of;
use crate::model::{DataRow, Dataset};
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, Collector, Outcome, ResumePoint, Service};
use crate::source::{EvidenceId, ImportCx, Info, Item, Out};

/// The collector of funds.
#[derive(Debug)]
pub struct ShopFunds;

const BALANCE: &str = "/channels/ec/funds/getbalance";
const LIST: &str = "/channels/ec/funds/getfundsflowlist";
const DETAIL: &str = "/channels/ec/funds/getfundsflowdetail";

static INFO: Info = Info {
    name: "shop-funds",
    summary_zh: "微信小店的账户余额和资金流水",
    summary_en: "Balance and fund flow of a WeChat shop",
    patterns: &[LIST, DETAIL, BALANCE],
    version: 1,
};

const LISTING: Listing = Listing {
    page: |page: &Page| {
        let mut body = json!({
            "page": page.number, "page_size": 100, "start_time": page.from, "end_time": page.to,
        });
        if let Some(key) = &page.next_key {
            body["next_key"] = key.as_str().into();
        }
        ApiRequest::post(LIST, body)
    },
    changed: None,
    ids: "flow_ids",
    detail: |id: &str| ApiRequest::post(DETAIL, json!({"flow_id": id})),
};

impl Collector for ShopFunds {
    const SERVICE: Service = Service::Shop;

    fn info(&self) -> &'static Info {
        &INFO
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        if !from.is_midst() {
            // The answer is remembered until the first page is passed.
            cx.call(ApiRequest::post(BALANCE, json!({})).about("date", cx.clock.date())).await?;
        }
        windows::collect(cx, from, &LISTING).await
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let value = answer.json();
        let (table, key, fields) = match answer.head.path.as_str() {
            DETAIL => {
                let Some(flow) = value["funds_flow"].as_object() else { return Ok(()) };
                ("shop_funds_flow", key_of(flow, &["flow_id"]), flow.clone())
            }
            BALANCE => {
                let Some(balance) = value.as_object() else { return Ok(()) };
                let mut balance = balance.clone();
                balance.retain(|name, _| !matches!(name.as_str(), "errcode" | "errmsg"));
                let date = answer.head.about.get("date").cloned().unwrap_or_default();
                balance.insert("date".to_owned(), date);
                ("shop_balance", key_of(&balance, &["date"]), balance)
            }
            _ => return Ok(()),
        };
        out.item(Item::Row(DataRow::new(Dataset::Funds, table, key, fields).from_api(), evidence))
    }
}
