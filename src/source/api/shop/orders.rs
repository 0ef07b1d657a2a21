//! Orders of a 微信小店, each with all its details. Amounts are fen.

use serde_json::{Value, json};

use super::windows::{self, Listing, Page};
use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::model::dataset::key_of;
use crate::model::{DataRow, Dataset, Time};
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, Collector, Outcome, ResumePoint, Service};
use crate::source::{EvidenceId, ImportCx, Info, Item, Out};

/// The collector of orders.
#[derive(Debug)]
pub struct ShopOrders;

const LIST: &str = "/channels/ec/order/list/get";
const DETAIL: &str = "/channels/ec/order/get";

static INFO: Info = Info {
    name: "shop-orders",
    summary_zh: "微信小店的订单（含详情）",
    summary_en: "Orders of a WeChat shop, with their details",
    patterns: &[LIST, DETAIL],
    version: 1,
};

fn page(by: &str, page: &Page) -> ApiRequest {
    let mut body = json!({by: {"start_time": page.from, "end_time": page.to}, "page_size": 100});
    if let Some(key) = &page.next_key {
        body["next_key"] = key.as_str().into();
    }
    ApiRequest::post(LIST, body)
}

const LISTING: Listing = Listing {
    page: |window| page("create_time_range", window),
    changed: Some(|window| page("update_time_range", window)),
    ids: "order_id_list",
    detail: |id: &str| ApiRequest::post(DETAIL, json!({"order_id": id})),
};

impl Collector for ShopOrders {
    const SERVICE: Service = Service::Shop;

    fn info(&self) -> &'static Info {
        &INFO
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        windows::collect(cx, from, &LISTING).await
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let value = answer.json();
        let Some(order) = value["order"].as_object() else { return Ok(()) };
        let key = key_of(order, &["order_id"]);
        // A changed order is requested again: the later version counts.
        let changed = order.get("update_time").and_then(Value::as_i64).and_then(Time::from_unix);
        let row = DataRow::new(Dataset::Orders, "shop_orders", key, order.clone()).from_api().at(changed);
        out.item(Item::Row(row, evidence))
    }
}
