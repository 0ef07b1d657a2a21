//! Withdrawals of a 微信小店 to its owner's bank account. Amounts are fen.

use serde_json::json;

use super::windows::{ListCollector, Listing, Page};
use crate::model::dataset::key_of;
use crate::model::{DataRow, Dataset};
use crate::source::Info;
use crate::source::api::answer::{Answer, ApiRequest};

/// The collector of withdrawals.
pub const WITHDRAWALS: ListCollector = ListCollector { info: &INFO, listing: LISTING, row };

const LIST: &str = "/channels/ec/funds/getwithdrawlist";
const DETAIL: &str = "/channels/ec/funds/getwithdrawdetail";

static INFO: Info = Info {
    name: "shop-withdrawals",
    summary_zh: "微信小店的提现记录",
    summary_en: "Withdrawals of a WeChat shop",
    patterns: &[LIST, DETAIL],
    version: 1,
};

const LISTING: Listing = Listing {
    page: |page: &Page| {
        let body = json!({"page_num": page.number, "page_size": 100, "start_time": page.from, "end_time": page.to});
        ApiRequest::post(LIST, body)
    },
    changed: None,
    ids: "withdraw_ids",
    detail: |id: &str| ApiRequest::post(DETAIL, json!({"withdraw_id": id})),
};

/// Returns the row of a withdrawal. The response does not contain its id.
fn row(answer: &Answer) -> Option<DataRow> {
    let value = answer.json();
    let mut fields = value.as_object().filter(|_| answer.head.path == DETAIL)?.clone();
    fields.retain(|name, _| !matches!(name.as_str(), "errcode" | "errmsg"));
    fields.insert("withdraw_id".to_owned(), answer.head.sent("withdraw_id").clone());
    let key = key_of(&fields, &["withdraw_id"]);
    Some(DataRow::new(Dataset::Funds, "shop_withdrawals", key, fields).from_api())
}
