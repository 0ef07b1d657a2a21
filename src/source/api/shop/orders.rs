//! Orders of a 微信小店, each with all its details. Amounts are fen.

use serde_json::{Value, json};

use super::windows::{ListCollector, Listing, Page};
use crate::model::dataset::key_of;
use crate::model::{DataRow, Dataset, Time};
use crate::source::Info;
use crate::source::api::answer::{Answer, ApiRequest};

/// The collector of orders.
pub const ORDERS: ListCollector = ListCollector { info: &INFO, listing: LISTING, row };

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

/// Returns the row of an order. A changed order is requested again: the later version counts.
fn row(answer: &Answer) -> Option<DataRow> {
    let value = answer.json();
    let order = value["order"].as_object()?;
    let key = key_of(order, &["order_id"]);
    let changed = order.get("update_time").and_then(Value::as_i64).and_then(Time::from_unix);
    Some(DataRow::new(Dataset::Orders, "shop_orders", key, order.clone()).from_api().at(changed))
}
