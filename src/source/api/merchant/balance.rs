//! Day-end balances of a merchant's accounts. The platform reports them to 电商平台 and 服务商 only; other merchants read the
//! balance from the last row of the fund-flow bill.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::model::{DataRow, Dataset};
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, Collector, Estimate, Outcome, ResumePoint, Scope, Service};
use crate::source::{EvidenceId, ImportCx, Info, Item, Out};

/// The collector of balances.
#[derive(Debug)]
pub struct PayBalance;

/// Prefix of the path; the account follows.
const PATH: &str = "/v3/merchant/fund/dayendbalance";

/// Accounts of a merchant.
const ACCOUNTS: [&str; 3] = ["BASIC", "OPERATION", "FEES"];

/// Name of the table.
const TABLE: &str = "wxpay_balances";

static INFO: Info = Info {
    name: "wxpay-balances",
    summary_zh: "电商平台、服务商各账户的日终余额",
    summary_en: "End-of-day balances of each account of e-commerce platforms and service providers",
    patterns: &[PATH],
    version: 1,
};

/// The day whose accounts were requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    through: Date,
    /// Number of accounts requested.
    done: usize,
}

fn yesterday(cx: &ApiCx<'_>) -> Date {
    let today = cx.clock.zoned().date();
    today.yesterday().unwrap_or(today)
}

impl Collector for PayBalance {
    const SERVICE: Service = Service::Merchant;

    fn info(&self) -> &'static Info {
        &INFO
    }

    fn is_wanted(&self, scope: &Scope) -> bool {
        scope.service_provider
    }

    async fn estimate(&self, _: &ApiCx<'_>) -> Result<Estimate, NoAnswer> {
        Ok(Estimate { things: None, calls: Some(ACCOUNTS.len() as u64) })
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        let day = yesterday(cx);
        if from.again::<Position>().is_some_and(|at| at.through == day) && !from.is_midst() {
            return Ok(Outcome::Done);
        }
        let done = from.midst::<Position>().filter(|at| at.through == day).map_or(0, |at| at.done);
        for (index, account) in ACCOUNTS.iter().enumerate().skip(done) {
            cx.call(ApiRequest::get(format!("{PATH}/{account}")).with("date", day)).await?;
            cx.pass(&Position { through: day, done: index + 1 })?;
        }
        Ok(Outcome::Done)
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let value = answer.json();
        let Some(object) = value.as_object() else { return Ok(()) };
        let account = answer.head.path.rsplit('/').next().unwrap_or_default();
        let day = answer.head.query.get("date").and_then(Value::as_str).unwrap_or_default();
        let mut fields = object.clone();
        fields.insert("account_type".to_owned(), account.into());
        fields.insert("date".to_owned(), day.into());
        let key = format!("{}/{account}/{day}", answer.head.account);
        out.item(Item::Row(DataRow::new(Dataset::Funds, TABLE, key, fields).from_api(), evidence))
    }
}
