//! 客服记录, as counts only: the number of messages per day and operation code. The messages belong to the people who wrote
//! them; they are counted on receipt and kept nowhere, not even as evidence.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::model::{DataRow, Dataset, Time};
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, Collector, Estimate, Outcome, ResumePoint, Service};
use crate::source::api::paging::count;
use crate::source::{EvidenceId, ImportCx, Info, Item, Out};

/// The collector of the counts.
#[derive(Debug)]
pub struct CustomerService;

const PATH: &str = "/customservice/msgrecord/getmsglist";

/// Messages of one response.
const SIZE: u64 = 10_000;

/// Number of days to request. The documentation does not say how long records are kept.
const DAYS: i64 = 90;

/// Error code: customer service was never opened.
const NOT_OPENED: i64 = 65_400;

static INFO: Info = Info {
    name: "customer-service",
    summary_zh: "客服消息每日条数（只计数，不存内容）",
    summary_en: "Daily numbers of customer-service messages (counts only, no content)",
    patterns: &[PATH],
    version: 1,
};

/// The first day that was not requested yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    next: Date,
}

fn page(day: Date, msgid: u64) -> ApiRequest {
    let start = Time::from_wall(&day.to_string()).map_or(0, Time::unix);
    ApiRequest::post(PATH, json!({"starttime": start, "endtime": start + 86_399, "msgid": msgid, "number": SIZE}))
        .about("day", day.to_string())
        .reduced(counts)
}

/// Reduces a response to the counts that are kept.
fn counts(answer: &Value) -> Value {
    let mut by_code: BTreeMap<String, u64> = BTreeMap::new();
    for record in answer["recordlist"].as_array().into_iter().flatten() {
        *by_code.entry(record["opercode"].to_string()).or_default() += 1;
    }
    json!({"number": answer["number"], "msgid": answer["msgid"], "count_by_opercode": by_code})
}

impl Collector for CustomerService {
    const SERVICE: Service = Service::OfficialAccount;

    fn info(&self) -> &'static Info {
        &INFO
    }

    async fn estimate(&self, _: &ApiCx<'_>) -> Result<Estimate, NoAnswer> {
        Ok(Estimate { things: None, calls: Some(DAYS.unsigned_abs()) })
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        let last = cx.clock.zoned().date().saturating_sub(1.day());
        let first = last.saturating_sub((DAYS - 1).days());
        let known = from.midst().or_else(|| from.again()).map(|Position { next }| next);
        let mut day = known.map_or(first, |next| next.max(first));
        while day <= last {
            let mut msgid = 1;
            loop {
                let answer = match cx.call(page(day, msgid)).await {
                    Ok(answer) => answer.json(),
                    Err(NoAnswer::Said(said, _)) if said.code == NOT_OPENED => {
                        return Ok(Outcome::NotPermitted(said));
                    }
                    Err(no) => return Err(no),
                };
                let next = count(&answer, "msgid");
                if count(&answer, "number") < SIZE || next <= msgid {
                    break;
                }
                msgid = next;
            }
            day = day.saturating_add(1.day());
            cx.pass(&Position { next: day })?;
        }
        Ok(Outcome::Done)
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let value = answer.json();
        let day = answer.head.about.get("day").and_then(Value::as_str).unwrap_or_default();
        let Some(by_code) = value["count_by_opercode"].as_object() else { return Ok(()) };
        for (code, number) in by_code {
            let fields = Map::from_iter([
                ("day".to_owned(), Value::from(day)),
                ("opercode".to_owned(), Value::from(code.as_str())),
                ("from_message".to_owned(), answer.head.sent("msgid").clone()),
                ("messages".to_owned(), number.clone()),
            ]);
            let key = format!("{day}/{code}/{}", answer.head.sent("msgid"));
            out.item(Item::Row(
                DataRow::new(Dataset::Statistics, "customer_service", key, fields).from_api(),
                evidence,
            ))?;
        }
        Ok(())
    }
}
