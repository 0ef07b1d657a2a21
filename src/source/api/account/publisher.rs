//! 流量主: advertising income by day and ad slot, commissions and settlements, as far back as the platform has them.
//! Amounts are whole fen and kept unchanged.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::fetch::answer_code::Meaning;
use crate::model::{DataRow, Dataset, Rank};
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, Collector, Estimate, Outcome, ResumePoint, Service};
use crate::source::api::paging::count;
use crate::source::rows::JsonTable;
use crate::source::{EvidenceId, ImportCx, Info, Item, Out};

/// The collector of advertising income.
#[derive(Debug)]
pub struct Publisher;

const PATH: &str = "/publisher/stat";

/// Days of one call, and rows of one response: the platform's maxima.
const DAYS: i64 = 90;
const SIZE: u64 = 90;

/// First day that the platform has.
const FIRST: Date = date(2016, 1, 1);

static INFO: Info = Info {
    name: "publisher",
    summary_zh: "流量主：广告收入、返佣、结算",
    summary_en: "Publisher (流量主): advertising income, commissions, settlements",
    patterns: &[PATH],
    version: 1,
};

/// A query of the endpoint.
struct Action {
    name: &'static str,
    list: &'static str,
    dataset: Dataset,
    key: &'static [&'static str],
}

const ACTIONS: [Action; 3] = [
    Action {
        name: "publisher_settlement",
        list: "settlement_list",
        dataset: Dataset::Funds,
        key: &["month", "order", "sett_no"],
    },
    Action {
        name: "publisher_adpos_general",
        list: "list",
        dataset: Dataset::Statistics,
        key: &["date", "slot_id", "ad_slot"],
    },
    Action { name: "publisher_cps_general", list: "list", dataset: Dataset::Statistics, key: &["date"] },
];

/// The position in the queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    action: usize,
    begin: Date,
    page: u64,
}

fn first(cx: &ApiCx<'_>) -> Date {
    cx.scope.since.map_or(FIRST, |since| since.max(FIRST))
}

fn page(at: Position, last: Date) -> Option<(ApiRequest, Date)> {
    let action = ACTIONS.get(at.action)?;
    let end = at.begin.saturating_add((DAYS - 1).days()).min(last);
    let request = ApiRequest::get(PATH)
        .with("action", action.name)
        .with("page", at.page)
        .with("page_size", SIZE)
        .with("start_date", at.begin)
        .with("end_date", end);
    Some((request, end))
}

impl Collector for Publisher {
    const SERVICE: Service = Service::OfficialAccount;

    fn info(&self) -> &'static Info {
        &INFO
    }

    async fn estimate(&self, cx: &ApiCx<'_>) -> Result<Estimate, NoAnswer> {
        let last = cx.clock.zoned().date().saturating_sub(1.day());
        let days = u64::try_from((last - first(cx)).get_days() + 1).unwrap_or(0);
        Ok(Estimate { things: None, calls: Some(days.div_ceil(DAYS.unsigned_abs()) * ACTIONS.len() as u64) })
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        let last = cx.clock.zoned().date().saturating_sub(1.day());
        let begin = Position { action: 0, begin: first(cx), page: 1 };
        let mut at: Position = from.midst().unwrap_or(begin);
        while let Some((request, end)) = page(at, last) {
            let answer = match cx.call(request).await {
                Ok(answer) => answer.json(),
                // The error code is specific to this endpoint where advertising was never opened.
                Err(NoAnswer::Said(said, _)) if at == begin && said.meaning() == Meaning::Other => {
                    return Ok(Outcome::NotPermitted(said));
                }
                Err(no) => return Err(no),
            };
            let list = ACTIONS.get(at.action).map_or(&Value::Null, |action| &answer[action.list]);
            let came = list.as_array().map_or(0, Vec::len) as u64;
            let more = came == SIZE && at.page * SIZE < count(&answer, "total_num");
            at = if more {
                Position { page: at.page + 1, ..at }
            } else if end < last {
                Position { begin: end.saturating_add(1.day()), page: 1, ..at }
            } else {
                Position { action: at.action + 1, ..begin }
            };
            cx.pass(&at)?;
        }
        Ok(Outcome::Done)
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let value = answer.json();
        let asked = |key: &str| answer.head.query.get(key).and_then(Value::as_str).unwrap_or_default();
        let Some(action) = ACTIONS.iter().find(|action| action.name == asked("action")) else { return Ok(()) };
        if let Some(list) = value[action.list].as_array() {
            let table = JsonTable {
                dataset: action.dataset,
                table: action.name,
                key: action.key,
                rank: Rank::Api,
                as_of: None,
            };
            table.emit(list, evidence, out)?;
        }
        // Totals of the window, and fields that the platform may add later.
        let Some(object) = value.as_object() else { return Ok(()) };
        let rest: Map<String, Value> = object
            .iter()
            .filter(|(name, _)| !["base_resp", action.list, "total_num"].contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        if rest.is_empty() {
            return Ok(());
        }
        let key = format!("{}/{}/{}", action.name, asked("start_date"), asked("end_date"));
        out.item(Item::Row(DataRow::new(Dataset::Funds, "publisher_totals", key, rest).from_api(), evidence))
    }
}
