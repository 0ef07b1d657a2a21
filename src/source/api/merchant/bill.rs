//! Identifies one bill of the merchants' API by holder, series and day, and reads its response.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::Result;
use crate::fetch::pay::NO_STATEMENT;
use crate::model::{DataRow, Dataset, Gap, GapReason, SubjectKind, Time};
use crate::source::api::answer::{Answer, Content, FileNote, Head};
use crate::source::{Destination, EvidenceId, EvidenceMeta, ImportCx, Item, Out};

/// Table of bill days.
pub const TABLE: &str = "wxpay_bills";

/// A series of bills, with the parameters of its request.
#[derive(Debug)]
pub struct Series {
    /// Name in the rules of readiness.
    pub name: &'static str,
    /// Path of the call.
    pub path: &'static str,
    /// Query, except for the day.
    pub query: &'static [(&'static str, &'static str)],
}

const fn series(name: &'static str, path: &'static str, query: &'static [(&'static str, &'static str)]) -> Series {
    Series { name, path, query }
}

/// Path of trade bills.
pub(crate) const TRADE: &str = "/v3/bill/tradebill";
/// Path of fund-flow bills.
pub(crate) const FUND: &str = "/v3/bill/fundflowbill";
/// Path of profit-sharing bills.
pub(crate) const SHARING: &str = "/v3/profitsharing/bills";
/// Path of a sub-merchant's fund-flow bills.
pub(crate) const SUB_MERCHANT: &str = "/v3/bill/sub-merchant-fundflowbill";

/// Path of the fund-flow bills of all sub-merchants of an e-commerce platform.
pub(crate) const ECOMMERCE: &str = "/v3/ecommerce/bill/fundflowbill";
/// Path of bills of returned withdrawals.
pub(crate) const WITHDRAWALS: &str = "/v3/merchant/fund/withdraw/bill-type/NO_SUCC";

/// Encryption of a sub-merchant's files; the platform offers two.
const ALGORITHM: (&str, &str) = ("algorithm", "AEAD_AES_256_GCM");

/// All series.
pub static SERIES: [Series; 11] = [
    series("wxpay_trade_bill", TRADE, &[("bill_type", "ALL")]),
    series("wxpay_fund_bill.BASIC", FUND, &[("account_type", "BASIC")]),
    series("wxpay_fund_bill.OPERATION", FUND, &[("account_type", "OPERATION")]),
    series("wxpay_fund_bill.FEES", FUND, &[("account_type", "FEES")]),
    series("wxpay_sharing_bill", SHARING, &[]),
    series("wxpay_sub_merchant_bill.BASIC", SUB_MERCHANT, &[("account_type", "BASIC"), ALGORITHM]),
    series("wxpay_sub_merchant_bill.OPERATION", SUB_MERCHANT, &[("account_type", "OPERATION"), ALGORITHM]),
    series("wxpay_sub_merchant_bill.FEES", SUB_MERCHANT, &[("account_type", "FEES"), ALGORITHM]),
    series("wxpay_sub_merchant_bill.DEPOSIT", SUB_MERCHANT, &[("account_type", "DEPOSIT"), ALGORITHM]),
    series("wxpay_ecommerce_bill.ALL", ECOMMERCE, &[("account_type", "ALL"), ALGORITHM]),
    series("wxpay_withdrawal_bill.NO_SUCC", WITHDRAWALS, &[]),
];

/// Returns the series of a path.
pub(crate) fn series_of(path: &str) -> impl Iterator<Item = &'static Series> {
    SERIES.iter().filter(move |series| series.path == path)
}

/// One bill of a merchant known to the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    /// Series of the bill ([`Series::name`]).
    pub series: String,
    /// Sub-merchant; `None` for the merchant's own bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_mchid: Option<String>,
    /// Day of the bill.
    pub day: Date,
}

impl Bill {
    /// Creates the bill of `series` on `day`.
    pub fn new(series: &Series, sub_mchid: Option<String>, day: Date) -> Self {
        Self { series: series.name.to_owned(), sub_mchid, day }
    }

    /// Returns the bill that `head` requests.
    fn of(head: &Head) -> Option<Self> {
        let sent = |key: &str| head.query.get(key).and_then(Value::as_str);
        let asks = |series: &&Series| {
            series.path == head.path && series.query.iter().all(|(key, value)| sent(key) == Some(value))
        };
        let series = SERIES.iter().find(asks)?;
        Some(Self::new(series, sent("sub_mchid").map(str::to_owned), sent("bill_date")?.parse().ok()?))
    }

    /// Returns the key of its series among those of one day.
    pub(crate) fn series_key(&self) -> String {
        match &self.sub_mchid {
            Some(holder) => format!("{}@{holder}", self.series),
            None => self.series.clone(),
        }
    }

    /// Returns its key among all bills of the merchant `mchid`.
    fn key(&self, mchid: &str) -> String {
        let holder = self.sub_mchid.as_deref().unwrap_or(mchid);
        format!("{}:{holder}:{}", self.series, self.day)
    }

    /// Returns the gap of a missing bill.
    pub(crate) fn gap(&self, mchid: &str, reason: GapReason, detail: Option<String>) -> Gap {
        let mut gap = Gap::new(SubjectKind::Bill, self.key(mchid), reason);
        gap.date = Time::from_wall(&self.day.to_string());
        gap.account = Some(mchid.to_owned());
        gap.detail = detail;
        gap
    }

    /// Returns the gap of a series that the merchant may not access.
    pub(crate) fn refusal(&self, mchid: &str) -> Gap {
        let mut gap = Gap::new(SubjectKind::Endpoint, self.series_name(mchid), GapReason::NotPermitted);
        gap.account = Some(mchid.to_owned());
        gap
    }

    /// Returns the name of its series among those of the merchant `mchid`.
    pub(crate) fn series_name(&self, mchid: &str) -> String {
        format!("{}:{}", self.series, self.sub_mchid.as_deref().unwrap_or(mchid))
    }

    /// Returns the name of the bill's file.
    fn file_name(&self, mchid: &str) -> String {
        let series = self.series.trim_start_matches("wxpay_").replace('.', "-");
        format!("{}-{series}-{}.csv", self.sub_mchid.as_deref().unwrap_or(mchid), self.day)
    }

    /// Returns the row for the table of bill days.
    fn row(&self, mchid: &str, state: &str) -> Map<String, Value> {
        let mut row = Map::new();
        let mut put = |name: &str, value: &str| row.insert(name.to_owned(), value.into());
        put("series", &self.series);
        put("mchid", mchid);
        put("sub_mchid", self.sub_mchid.as_deref().unwrap_or_default());
        put("bill_date", &self.day.to_string());
        put("state", state);
        row
    }
}

/// Reads the response to a request for a bill.
pub(crate) fn read(answer: &Answer, evidence: EvidenceId, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
    let Some(bill) = Bill::of(&answer.head) else { return Ok(()) };
    let mchid = answer.head.account.as_str();
    let (state, note) = match (&answer.content, &answer.head.file) {
        (Content::Json(_), _) if answer.json()["code"] == NO_STATEMENT => {
            out.item(Item::Gap(bill.gap(mchid, GapReason::NoBill, None)))?;
            ("no_bill", None)
        }
        (Content::Json(_), _) | (_, None) => return Ok(()),
        (_, Some(note)) if !note.facts.sealed.is_empty() => {
            out.item(Item::Gap(bill.gap(mchid, GapReason::StillEncrypted, None)))?;
            ("still_encrypted", Some(note))
        }
        (_, Some(note)) => {
            out.item(Item::Held(SubjectKind::Bill, bill.key(mchid)))?;
            ("held", Some(note))
        }
    };
    if let Content::File(body) = &answer.content {
        let name = bill.file_name(mchid);
        if state == "held" {
            out.item(Item::Input(Answer::input(body, format!("{mchid}/{name}"))))?;
        } else {
            let meta = EvidenceMeta {
                source: "document",
                locator: format!("{mchid}/{name}.sealed"),
                template: "bill",
                mime: "application/octet-stream",
                ..EvidenceMeta::default()
            };
            let sealed = Answer::input(body, name);
            cx.evidence.exact(
                &mut sealed.open()?,
                &format!("{}.sealed", sealed.name()),
                Destination::Billing,
                &meta,
            )?;
        }
    }
    let mut row = bill.row(mchid, state);
    if let Some(note) = note {
        describe(note, &mut row);
    }
    out.item(Item::Row(DataRow::new(Dataset::Funds, TABLE, bill.key(mchid), row).from_api(), evidence))
}

/// Adds the facts of the file: our digest, and the platform's digest with the form of the file that it matches.
fn describe(note: &FileNote, row: &mut Map<String, Value>) {
    row.insert("sha256".to_owned(), note.sha256.hex().into());
    row.insert("bytes".to_owned(), note.bytes.into());
    let facts = &note.facts;
    let join = |part: fn(&crate::fetch::pay::Declared) -> String| {
        facts.declared.iter().map(part).collect::<Vec<_>>().join(" ")
    };
    if facts.declared.is_empty() {
        return;
    }
    row.insert("hash_type".to_owned(), facts.declared[0].hash_type.clone().into());
    row.insert("hash_value".to_owned(), join(|declared| declared.hash_value.clone()).into());
    row.insert(
        "hash_of".to_owned(),
        join(|declared| declared.of.map_or("unchecked", |form| form.code()).to_owned()).into(),
    );
    if !facts.sealed.is_empty() {
        let envelopes = facts.sealed.iter().zip(&facts.parts).map(|(envelope, bytes)| {
            serde_json::json!({"bytes": bytes, "encrypt_key": envelope.encrypt_key, "nonce": envelope.nonce})
        });
        row.insert("sealed".to_owned(), envelopes.collect());
    }
}
