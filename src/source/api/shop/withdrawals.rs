//! Withdrawals of a 微信小店 to its owner's bank account. Amounts are fen.

use serde_json::json;

use super::windows::{self, Listing, Page};
use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::model::dataset::key_of;
use crate::model::{DataRow, Dataset};
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, Collector, Outcome, ResumePoint, Service};
use crate::source::{EvidenceId, ImportCx, Info, Item, Out};

/// The collector of withdrawals.
#[derive(Debug)]
pub struct ShopWithdrawals;

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

impl Collector for ShopWithdrawals {
    const SERVICE: Service = Service::Shop;

    fn info(&self) -> &'static Info {
        &INFO
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        windows::collect(cx, from, &LISTING).await
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let value = answer.json();
        let Some(detail) = value.as_object().filter(|_| answer.head.path == DETAIL) else { return Ok(()) };
        let mut fields = detail.clone();
        fields.retain(|name, _| !matches!(name.as_str(), "errcode" | "errmsg"));
        // The response does not contain its id.
        fields.insert("withdraw_id".to_owned(), answer.head.sent("withdraw_id").clone());
        let key = key_of(&fields, &["withdraw_id"]);
        out.item(Item::Row(DataRow::new(Dataset::Funds, "shop_withdrawals", key, fields).from_api(), evidence))
    }
}
