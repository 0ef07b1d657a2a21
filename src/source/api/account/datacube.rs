//! 数据统计 through the API: one collector per endpoint of `datacube`, all alike except for their parameters. Days are
//! requested once; days whose numbers the platform still changes afterwards are requested again by a later run.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::model::{ArticleFields, ArticleUrl, Dataset, Kind, Rank, Record, Time};
use crate::parse::json::Json;
use crate::parse::list::words;
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, Collector, Estimate, Outcome, ResumePoint, Scope, Service};
use crate::source::rows::JsonTable;
use crate::source::{EvidenceId, ImportCx, Info, Item, Out};

/// The collector of one endpoint.
#[derive(Debug)]
pub struct Datacube {
    info: &'static Info,
    /// First day that the platform has.
    first: (i16, i8, i8),
    /// Period of one call.
    span: Span,
    /// Fields that identify a row.
    key: &'static [&'static str],
    /// Number of days for which the platform keeps updating the numbers of a day.
    grows: i64,
}

/// The period of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Span {
    /// At most this many days.
    Days(i64),
    /// A week, identified by its Monday.
    Week,
    /// A month, identified by its first day.
    Month,
}

impl Span {
    /// Returns the first day of the period that contains `day`.
    fn begin(self, day: Date) -> Date {
        match self {
            Self::Days(_) => day,
            Self::Week => day.saturating_sub(days(day.weekday().to_monday_zero_offset().into())),
            Self::Month => day.first_of_month(),
        }
    }

    /// Returns the last day of the call that begins on `begin`; `None` if that is after `last`.
    fn end(self, begin: Date, last: Date) -> Option<Date> {
        let end = match self {
            Self::Days(count) => return (begin <= last).then(|| begin.saturating_add(days(count - 1)).min(last)),
            Self::Week => begin.saturating_add(days(6)),
            Self::Month => begin.last_of_month(),
        };
        (end <= last).then_some(end)
    }

    /// Returns the approximate number of days per call.
    fn length(self) -> u64 {
        match self {
            Self::Days(count) => count.unsigned_abs().max(1),
            Self::Week => 7,
            Self::Month => 30,
        }
    }
}

/// Error code: the day's data is not ready.
const NOT_READY: i64 = 61_503;

/// Error code: the day has no data.
const NO_DATA: i64 = 61_517;

/// Hour at which the data of the previous day is available.
const MORNING: i8 = 8;

/// Seconds to wait for late data.
const LATE: i64 = 6 * 60 * 60;

/// First day of the newer endpoints, which return the data of articles.
const SINCE: (i16, i8, i8) = (2025, 11, 1);

/// First day of the older endpoints.
const BEFORE: (i16, i8, i8) = (2014, 12, 1);

macro_rules! info {
    ($constant:ident, $name:literal, $path:literal, $zh:literal, $en:literal) => {
        static $constant: Info = Info { name: $name, summary_zh: $zh, summary_en: $en, patterns: &[$path], version: 1 };
    };
}

info!(
    TOTAL,
    "article-statistics",
    "/datacube/getarticletotaldetail",
    "图文统计：每篇文章的阅读、分享、点赞等；也是列出群发文章的唯一接口",
    "Article statistics: reads, shares, likes and more of each article; also the only endpoint that lists mass-sent articles"
);
info!(READ, "article-reads", "/datacube/getarticleread", "每日图文阅读", "Daily reads of articles");
info!(SHARE, "article-shares", "/datacube/getarticleshare", "每日图文分享", "Daily shares of articles");
info!(SUMMARY, "account-statistics", "/datacube/getbizsummary", "每日账号概况", "The account's daily summary");
info!(USERS, "follower-changes", "/datacube/getusersummary", "每日新增和取消关注人数", "Daily new and lost followers");
info!(CUMULATE, "follower-totals", "/datacube/getusercumulate", "每日累计关注人数", "Daily totals of followers");
info!(MESSAGES, "message-counts", "/datacube/getupstreammsg", "每日收到的消息数", "Daily number of messages received");
info!(
    SPREAD,
    "message-spread",
    "/datacube/getupstreammsgdist",
    "每日发消息人数分布",
    "Daily distribution of senders by number of messages"
);
info!(
    HOURS,
    "message-hours", "/datacube/getupstreammsghour", "每小时收到的消息数", "Hourly number of messages received"
);
info!(WEEKS, "message-weeks", "/datacube/getupstreammsgweek", "每周收到的消息数", "Weekly number of messages received");
info!(
    MONTHS,
    "message-months", "/datacube/getupstreammsgmonth", "每月收到的消息数", "Monthly number of messages received"
);
info!(
    SPREAD_WEEKS,
    "message-spread-weeks",
    "/datacube/getupstreammsgdistweek",
    "每周发消息人数分布",
    "Weekly distribution of senders by number of messages"
);
info!(
    SPREAD_MONTHS,
    "message-spread-months",
    "/datacube/getupstreammsgdistmonth",
    "每月发消息人数分布",
    "Monthly distribution of senders by number of messages"
);

/// The collector of all numbers of each article.
pub static TOTAL_DETAIL: Datacube =
    Datacube { info: &TOTAL, first: SINCE, span: Span::Days(1), key: &["ref_date", "msgid", "stat_date"], grows: 31 };
/// The collector of reads.
pub static ARTICLE_READ: Datacube =
    Datacube { info: &READ, first: SINCE, span: Span::Days(1), key: &["ref_date", "msgid"], grows: 0 };
/// The collector of shares.
pub static ARTICLE_SHARE: Datacube =
    Datacube { info: &SHARE, first: SINCE, span: Span::Days(1), key: &["ref_date", "msgid"], grows: 0 };
/// The collector of the account's summary.
pub static BIZ_SUMMARY: Datacube =
    Datacube { info: &SUMMARY, first: SINCE, span: Span::Days(30), key: &["ref_date"], grows: 0 };
/// The collector of new and lost followers.
pub static USER_SUMMARY: Datacube =
    Datacube { info: &USERS, first: BEFORE, span: Span::Days(7), key: &["ref_date", "user_source"], grows: 0 };
/// The collector of total followers.
pub static USER_CUMULATE: Datacube =
    Datacube { info: &CUMULATE, first: BEFORE, span: Span::Days(7), key: &["ref_date", "user_source"], grows: 0 };
/// The collector of received messages.
pub static UPSTREAM: Datacube =
    Datacube { info: &MESSAGES, first: BEFORE, span: Span::Days(7), key: &["ref_date", "msg_type"], grows: 0 };
/// The collector of messages by the number a follower sent.
pub static UPSTREAM_SPREAD: Datacube =
    Datacube { info: &SPREAD, first: BEFORE, span: Span::Days(15), key: &["ref_date", "count_interval"], grows: 0 };
/// The collector of received messages by week.
pub static UPSTREAM_WEEKS: Datacube =
    Datacube { info: &WEEKS, first: BEFORE, span: Span::Week, key: &["ref_date", "msg_type"], grows: 0 };
/// The collector of received messages by month.
pub static UPSTREAM_MONTHS: Datacube =
    Datacube { info: &MONTHS, first: BEFORE, span: Span::Month, key: &["ref_date", "msg_type"], grows: 0 };
/// The collector of weekly messages by the number a follower sent.
pub static UPSTREAM_SPREAD_WEEKS: Datacube =
    Datacube { info: &SPREAD_WEEKS, first: BEFORE, span: Span::Week, key: &["ref_date", "count_interval"], grows: 0 };
/// The collector of monthly messages by the number a follower sent.
pub static UPSTREAM_SPREAD_MONTHS: Datacube =
    Datacube { info: &SPREAD_MONTHS, first: BEFORE, span: Span::Month, key: &["ref_date", "count_interval"], grows: 0 };
/// The collector of received messages by hour. It takes a call for each day, so it runs last.
pub static UPSTREAM_HOURS: Datacube =
    Datacube { info: &HOURS, first: BEFORE, span: Span::Days(1), key: &["ref_date", "ref_hour", "msg_type"], grows: 0 };

/// The first day that was not requested yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    next: Date,
}

impl Datacube {
    fn path(&self) -> &'static str {
        self.info.patterns.first().copied().unwrap_or_default()
    }

    fn first(&self, from: &ResumePoint, scope: &Scope) -> Date {
        let (year, month, day) = self.first;
        let first = jiff::civil::date(year, month, day);
        let first = self.span.begin(scope.since.map_or(first, |since| since.max(first)));
        if let Some(Position { next }) = from.midst() {
            return next;
        }
        // Days whose numbers were still growing when they were last requested.
        from.again().map_or(first, |Position { next }| next.saturating_sub(days(self.grows)).max(first))
    }

    /// Returns the number of calls for `ahead` days; a period that is not over yet is not requested.
    fn calls(&self, ahead: u64) -> u64 {
        match self.span {
            Span::Days(_) => ahead.div_ceil(self.span.length()),
            Span::Week | Span::Month => ahead / self.span.length(),
        }
    }

    fn request(&self, begin: Date, end: Date) -> ApiRequest {
        // A period is given by its first day as both parameters.
        let end = if matches!(self.span, Span::Days(_)) { end } else { begin };
        ApiRequest::post(self.path(), json!({"begin_date": begin.to_string(), "end_date": end.to_string()}))
    }
}

fn days(count: i64) -> jiff::Span {
    count.days()
}

/// Returns the last day that has data.
fn last_day(clock: Time) -> Date {
    let now = clock.zoned();
    now.date().saturating_sub(days(if now.hour() < MORNING { 2 } else { 1 }))
}

impl Collector for Datacube {
    fn info(&self) -> &'static Info {
        self.info
    }

    const SERVICE: Service = Service::OfficialAccount;

    async fn estimate(&self, cx: &ApiCx<'_>) -> Result<Estimate, NoAnswer> {
        let first = self.first(&cx.from, cx.scope);
        let ahead = (last_day(cx.clock) - first).get_days();
        let ahead = u64::try_from(i64::from(ahead) + 1).unwrap_or(0);
        Ok(Estimate { things: Some(ahead), calls: Some(self.calls(ahead)) })
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        let last = last_day(cx.clock);
        let mut begin = self.first(&from, cx.scope);
        let late = || Time::from_unix(cx.clock.unix() + LATE).unwrap_or(cx.clock);
        while let Some(end) = self.span.end(begin, last) {
            match cx.call(self.request(begin, end)).await {
                Ok(answer) if answer.json()["is_delay"] == Value::Bool(true) => return Ok(Outcome::Until(late())),
                Ok(_) => {}
                Err(no) if no.code() == Some(NO_DATA) => {}
                Err(no) if no.code() == Some(NOT_READY) => return Ok(Outcome::Until(late())),
                Err(no) => return Err(no),
            }
            begin = end.saturating_add(days(1));
            cx.pass(&Position { next: begin })?;
        }
        Ok(Outcome::Done)
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let value = answer.json();
        if value["is_delay"] == Value::Bool(true) {
            return Ok(());
        }
        let Some(list) = value["list"].as_array() else { return Ok(()) };
        let rows: Vec<Value> = list.iter().flat_map(flat).collect();
        let name = self.path().rsplit('/').next().unwrap_or_default();
        let table =
            JsonTable { dataset: Dataset::Statistics, table: name, key: self.key, rank: Rank::Api, as_of: None };
        table.emit(&rows, evidence, out)?;
        for entry in list.iter().filter_map(Json::of) {
            article(entry, evidence, out)?;
        }
        Ok(())
    }
}

/// Returns one row per day: an article's days are in its `detail_list`, a day's numbers in its `detail`.
fn flat(entry: &Value) -> Vec<Value> {
    let Some(map) = entry.as_object() else { return Vec::new() };
    let mut outer = map.clone();
    let details = outer.shift_remove("detail_list").or_else(|| outer.shift_remove("detail"));
    let inner = match details {
        Some(Value::Array(list)) => list,
        Some(one) => vec![one],
        None => return vec![entry.clone()],
    };
    inner
        .into_iter()
        .map(|detail| {
            let mut row = outer.clone();
            if let Value::Object(detail) = detail {
                row.extend(detail);
            }
            Value::Object(row)
        })
        .collect()
}

/// Emits the article of an entry, if the entry has a link.
fn article(entry: Json<'_>, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    let Some(link) = entry.url("content_url").and_then(|url| ArticleUrl::parse(&url)) else { return Ok(()) };
    let aliases = link.aliases();
    if aliases.is_empty() {
        return Ok(());
    }
    let fields = ArticleFields {
        url: link.canonical(),
        title: entry.text("title").and_then(|title| words(&title)),
        published: entry.text("ref_date").and_then(|date| Time::from_wall(&date)),
        biz: link.biz.clone(),
        mid: link.mid,
        idx: link.idx,
        sn: link.sn,
        ..ArticleFields::default()
    };
    out.item(Item::Record(Record::new(Kind::Article, Rank::List, aliases, &fields).of_account(link.biz), evidence))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn weeks_and_months_are_asked_for_when_they_are_over() {
        let sunday = date(2025, 11, 23);
        assert_eq!(Span::Week.begin(sunday), date(2025, 11, 17));
        assert_eq!(Span::Week.end(date(2025, 11, 17), sunday), Some(sunday));
        assert_eq!(Span::Week.end(date(2025, 11, 17), date(2025, 11, 22)), None);
        assert_eq!(Span::Month.begin(sunday), date(2025, 11, 1));
        assert_eq!(Span::Month.end(date(2025, 2, 1), sunday), Some(date(2025, 2, 28)));
        assert_eq!(Span::Month.end(date(2025, 11, 1), sunday), None);
        assert_eq!(Span::Days(7).end(date(2025, 11, 20), sunday), Some(sunday));
        assert_eq!(Span::Days(7).end(date(2025, 11, 24), sunday), None);
        let asked = UPSTREAM_WEEKS.request(date(2025, 11, 17), sunday).body.unwrap_or_default();
        assert_eq!(asked, json!({"begin_date": "2025-11-17", "end_date": "2025-11-17"}));
    }
}
