//! Saved responses of a 微信小店's interfaces: orders and money.

use super::data_table;
use crate::error::Result;
use crate::parse::list::json_values;
use crate::parse::table::shop;
use crate::source::file::list::{self, getmsg};
use crate::source::{ImportCx, Importer, Info, Input, Item, Match, Out, Probe};

/// The importer of such responses.
#[derive(Debug)]
pub struct ShopJson;

static INFO: Info = Info {
    name: "shop-json",
    summary_zh: "微信小店接口返回的 JSON（订单、资金流水、提现、余额）：只进私密部分",
    summary_en: "JSON of the shop endpoints (orders, fund flow, withdrawals, balance): private only",
    patterns: &["*.json", "*.jsonl"],
    version: 1,
};

impl Importer for ShopJson {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        if !matches!(probe.first_byte(), Some(b'{' | b'[')) {
            return Match::No;
        }
        let signs = ["\"order_id", "\"flow_id", "\"withdraw_id", "\"available_amount\""];
        if !signs.iter().any(|sign| memchr::memmem::find(probe.head(), sign.as_bytes()).is_some()) {
            return Match::No;
        }
        let bytes = probe.whole().unwrap_or_default();
        let ours = json_values(bytes).0.iter().any(|value| match value.as_array() {
            Some(values) => values.iter().any(|value| !shop::read(value).is_empty()),
            None => !shop::read(value).is_empty(),
        });
        if ours { Match::Likely } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(getmsg::LIMIT)?;
        // A shop's accounts are kept bit-exact, like bills.
        let evidence = data_table::keep(INFO.name, "shop", "application/json", input, cx)?;
        let (values, broken) = json_values(&bytes);
        for value in &values {
            let all = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            for row in all.iter().flat_map(shop::read) {
                out.item(Item::Row(row, evidence))?;
            }
        }
        match broken {
            Some(error) => list::problem(&list::broken(error, input.locator()), input.locator(), out),
            None => Ok(()),
        }
    }
}
