//! Visits of a 小程序. Each call of an endpoint takes exactly one day, one week (Monday to Sunday) or one month (first to
//! last). How far back data exists is undocumented, so months are requested backwards until half a year is empty; weeks
//! and days are requested from that month on.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, date};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::analysis_rows;
use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::fetch::answer_code::Meaning;
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, Collector, Estimate, Outcome, ResumePoint, Service};
use crate::source::{EvidenceId, ImportCx, Info, Out};

/// The collector of visits.
#[derive(Debug)]
pub struct MiniAnalysis;

/// Number of consecutive months without a visit that marks the beginning.
const EMPTY: u32 = 6;

/// First month that the platform counted.
const FIRST: Date = date(2017, 1, 1);

/// Error code: not counted yet. Yesterday's numbers become available during the morning.
const NOT_READY: i64 = 61_503;

/// The period of one response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Period {
    Day,
    Month,
    Week,
}

/// Endpoints. The first one finds the beginning.
const ENDPOINTS: [(&str, Period); 10] = [
    ("/datacube/getweanalysisappidmonthlyvisittrend", Period::Month),
    ("/datacube/getweanalysisappidmonthlyretaininfo", Period::Month),
    ("/datacube/getweanalysisappidweeklyvisittrend", Period::Week),
    ("/datacube/getweanalysisappidweeklyretaininfo", Period::Week),
    ("/datacube/getweanalysisappiddailysummarytrend", Period::Day),
    ("/datacube/getweanalysisappiddailyvisittrend", Period::Day),
    ("/datacube/getweanalysisappiddailyretaininfo", Period::Day),
    ("/datacube/getweanalysisappidvisitdistribution", Period::Day),
    ("/datacube/getweanalysisappidvisitpage", Period::Day),
    ("/datacube/getweanalysisappiduserportrait", Period::Day),
];

static INFO: Info = Info {
    name: "mini-analysis",
    summary_zh: "小程序的访问数据（逐日、逐周、逐月：概况、趋势、留存、分布、页面、画像）",
    summary_en: "Visits of a mini-program by day, week and month: summary, trends, retention, distribution, pages, audience",
    patterns: &[
        "/datacube/getweanalysisappidmonthlyvisittrend",
        "/datacube/getweanalysisappidweeklyvisittrend",
        "/datacube/getweanalysisappiddailyvisittrend",
    ],
    version: 1,
};

/// The position in the endpoints.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    /// Month to request next while searching for the beginning, and the number of empty months after it.
    looking: Option<(Date, u32)>,
    /// Oldest month with a visit.
    begin: Option<Date>,
    /// Start of the period to request next, by endpoint.
    next: BTreeMap<String, Date>,
}

impl Period {
    /// Returns the start of the period that contains `day`.
    fn begin(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Month => day.first_of_month(),
            Self::Week => day.saturating_sub(i64::from(day.weekday().since(Weekday::Monday)).days()),
        }
    }

    /// Returns the start of the next period.
    fn next(self, begin: Date) -> Date {
        begin.saturating_add(match self {
            Self::Day => 1.day(),
            Self::Month => 1.month(),
            Self::Week => 1.week(),
        })
    }
}

fn request(path: &str, period: Period, begin: Date) -> ApiRequest {
    let end = period.next(begin).saturating_sub(1.day());
    let day = |day: Date| day.strftime("%Y%m%d").to_string();
    ApiRequest::post(path, json!({"begin_date": day(begin), "end_date": day(end)}))
}

impl Collector for MiniAnalysis {
    const SERVICE: Service = Service::MiniProgram;

    fn info(&self) -> &'static Info {
        &INFO
    }

    async fn estimate(&self, _: &ApiCx<'_>) -> Result<Estimate, NoAnswer> {
        // The number of years is unknown until they are requested.
        Ok(Estimate::default())
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        let today = cx.clock.zoned().date();
        let mut at: Position = from.midst().or_else(|| from.again()).unwrap_or_default();
        let begin = match at.begin {
            Some(begin) => begin,
            None => find_begin(cx, &mut at, today).await?,
        };
        let mut used_up = None;
        for (path, period) in ENDPOINTS {
            if let Err(no) = walk(cx, &mut at, path, period, begin, today).await {
                match no.meaning() {
                    // Each endpoint has its own quota: the others go on.
                    Some(Meaning::DayUsedUp) => used_up = Some(no),
                    _ => return Err(no),
                }
            }
        }
        used_up.map_or(Ok(Outcome::Done), Err)
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        analysis_rows::read(answer, evidence, out)
    }
}

/// Requests months backwards until there are no more visits.
async fn find_begin(cx: &ApiCx<'_>, at: &mut Position, today: Date) -> Result<Date, NoAnswer> {
    let (path, period) = ENDPOINTS[0];
    let current = Period::Month.begin(today);
    let (mut month, mut empty) = at.looking.unwrap_or((current.saturating_sub(1.month()), 0));
    let mut begin = at.next.get(path).copied();
    while empty < EMPTY && month >= FIRST {
        let answer = cx.call(request(path, period, month)).await?.json();
        if answer["list"].as_array().is_none_or(Vec::is_empty) {
            empty += 1;
        } else {
            empty = 0;
            begin = Some(month);
        }
        month = month.saturating_sub(1.month());
        at.looking = Some((month, empty));
        // Saves the oldest month found so far; afterwards the walk over this endpoint starts after the months already
        // requested.
        if let Some(begin) = begin {
            at.next.insert(path.to_owned(), begin);
        }
        cx.pass(at)?;
    }
    // An account younger than a month has days but no months.
    let begin = begin.unwrap_or(current.saturating_sub(1.month()));
    at.next.insert(path.to_owned(), current);
    at.begin = Some(begin);
    at.looking = None;
    cx.pass(at)?;
    Ok(begin)
}

/// Requests every completed period of one endpoint.
async fn walk(
    cx: &ApiCx<'_>,
    at: &mut Position,
    path: &str,
    period: Period,
    begin: Date,
    today: Date,
) -> Result<(), NoAnswer> {
    let first = period.begin(begin);
    // The week that contains the first of the month may start before it: it is incomplete.
    let first = if first < begin { period.next(first) } else { first };
    let mut day = at.next.get(path).copied().unwrap_or(first).max(first);
    while period.next(day) <= today {
        match cx.call(request(path, period, day)).await {
            Ok(_) => {}
            Err(NoAnswer::Said(said, _)) if said.code == NOT_READY => return Ok(()),
            Err(no) => return Err(no),
        }
        day = period.next(day);
        at.next.insert(path.to_owned(), day);
        cx.pass(at)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_have_exact_bounds() {
        let bounds = |period: Period, day: Date| {
            let begin = period.begin(day);
            request("/x", period, begin).body.unwrap().to_string()
        };
        let day = date(2024, 2, 29);
        assert_eq!(bounds(Period::Day, day), r#"{"begin_date":"20240229","end_date":"20240229"}"#);
        assert_eq!(bounds(Period::Week, day), r#"{"begin_date":"20240226","end_date":"20240303"}"#);
        assert_eq!(bounds(Period::Month, day), r#"{"begin_date":"20240201","end_date":"20240229"}"#);
        assert_eq!(Period::Week.begin(date(2025, 11, 24)), date(2025, 11, 24));
        assert_eq!(Period::Week.begin(date(2025, 11, 23)), date(2025, 11, 17));
    }
}
