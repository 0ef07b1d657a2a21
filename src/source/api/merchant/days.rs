//! Walks the days of merchants' bills, for all collectors of bills: one bill per day and series, oldest days first
//! because they leave the platform's window first. A bill that is not made yet, or could not be fetched, is requested
//! again later; that a day has no bill is a valid answer.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::bill::{Bill, SERIES, Series};
use crate::fetch::NoAnswer;
use crate::fetch::answer_code::{Meaning, Said};
use crate::model::{GapReason, SubjectKind, Time};
use crate::source::api::answer::ApiRequest;
use crate::source::api::collector::{ApiCx, Estimate, Outcome, ResumePoint};

/// Largest bill in bytes, unpacked.
const LIMIT: u64 = 512 * 1024 * 1024;

/// Time of day from which yesterday's bills are available: the platform begins to make them at nine.
const READY: &str = "10:00:00";

/// Seconds until a bill that is being made is requested again.
const AGAIN: i64 = 30 * 60;

/// Number of requests for a bill in one run before it is left to the next one.
const TRIES: u32 = 8;

/// The position of a collector of bills.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    /// First day that is not complete.
    next: Option<Date>,
    /// Bills of that day that were requested, by [`Bill::series_key`].
    asked: Vec<String>,
    /// Bills of earlier days to request again.
    open: Vec<Open>,
    /// Series that may not be accessed in this pass, by [`Bill::series_key`]. Their bills stay open.
    refused: Vec<String>,
}

/// A bill that is not received yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Open {
    bill: Bill,
    /// Requests since the pass began.
    tries: u32,
    /// Unix seconds.
    not_before: i64,
    /// The last request was refused, or left out because the series was.
    #[serde(default)]
    refused: bool,
}

impl Open {
    /// Returns a bill of a refused series, which the next run requests again: the owner may have opened the series by then.
    fn refused(bill: Bill) -> Self {
        Self { bill, tries: TRIES, not_before: 0, refused: true }
    }
}

/// The result of requesting one bill.
enum Came {
    /// The bill was received or does not exist, or an error that a retry does not cure.
    Settled,
    /// Not available yet.
    Later,
    /// The merchant may not access this series.
    Refused(Box<NoAnswer>),
}

/// Estimates the number of bills to request.
pub(crate) fn estimate(cx: &ApiCx<'_>, series: &[&'static Series], holders: &[Option<String>]) -> Estimate {
    let days = days(first(cx), yesterday(cx.clock)).count() as u64;
    let bills = days * series.len() as u64 * holders.len() as u64;
    Estimate { things: Some(bills), calls: Some(bills) }
}

/// Requests every bill of `series` for each of `holders` (`None`: the merchant itself).
pub(crate) async fn collect(
    cx: &ApiCx<'_>,
    from: ResumePoint,
    series: &[&'static Series],
    holders: &[Option<String>],
) -> Result<Outcome, NoAnswer> {
    let fresh = !from.is_midst();
    let mut at: Position = from.midst().or_else(|| from.again()).unwrap_or_default();
    if fresh {
        // A refused series may be permitted by now, and a bill that was given up may be available.
        at.refused.clear();
        at.open.iter_mut().for_each(|open| (open.tries, open.not_before) = (0, 0));
    }
    again(cx, &mut at).await?;
    let (first, last) = (first(cx), yesterday(cx.clock));
    let mut no = None;
    for day in days(at.next.unwrap_or(first).max(first), last) {
        if at.next != Some(day) {
            at.next = Some(day);
            at.asked.clear();
        }
        for bill in holders.iter().flat_map(|holder| series.iter().map(|series| Bill::new(series, holder.clone(), day)))
        {
            let key = bill.series_key();
            if at.asked.contains(&key) {
                continue;
            }
            if at.refused.contains(&key) {
                at.open.push(Open::refused(bill));
            } else if day == last && cx.now < ready(cx.clock) {
                at.open.push(Open { bill, tries: 0, not_before: ready(cx.clock).unix(), refused: false });
            } else {
                match ask(cx, &bill).await? {
                    Came::Settled => {}
                    Came::Later => at.open.push(Open { bill, tries: 1, not_before: later(cx), refused: false }),
                    Came::Refused(why) => {
                        cx.missing(bill.refusal(cx.account))?;
                        at.refused.push(key.clone());
                        at.open.push(Open::refused(bill));
                        no.get_or_insert(why);
                    }
                }
            }
            at.asked.push(key);
            cx.pass(&at)?;
        }
        at.next = day.tomorrow().ok();
        at.asked.clear();
    }
    cx.pass(&at)?;
    let mut all = holders.iter().flat_map(|holder| series.iter().map(|series| Bill::new(series, holder.clone(), last)));
    if let Some(no) = no.filter(|_| all.all(|bill| at.refused.contains(&bill.series_key()))) {
        return Err(*no);
    }
    let waits = at.open.iter().filter(|open| open.tries < TRIES).map(|open| open.not_before).min();
    Ok(waits.and_then(Time::from_unix).map_or(Outcome::Done, Outcome::Until))
}

/// Requests the open bills again.
async fn again(cx: &ApiCx<'_>, at: &mut Position) -> Result<(), NoAnswer> {
    let first = oldest(cx.clock);
    let mut index = 0;
    while let Some(open) = at.open.get(index).cloned() {
        if open.tries >= TRIES || open.not_before > cx.now.unix() {
            index += 1;
            continue;
        }
        let key = open.bill.series_key();
        if open.bill.day < first {
            // Of a series that was never permitted the gap of the series says it all.
            if !open.refused {
                cx.missing(open.bill.gap(cx.account, GapReason::ExpiredWindow, None))?;
            }
            at.open.remove(index);
        } else if at.refused.contains(&key) {
            at.open[index] = Open::refused(open.bill);
            index += 1;
        } else {
            match ask(cx, &open.bill).await? {
                Came::Settled => {
                    at.open.remove(index);
                }
                Came::Refused(_) => {
                    cx.missing(open.bill.refusal(cx.account))?;
                    at.refused.push(key);
                    at.open[index] = Open::refused(open.bill);
                    index += 1;
                }
                Came::Later => {
                    at.open[index] = Open { tries: open.tries + 1, not_before: later(cx), refused: false, ..open };
                    index += 1;
                }
            }
        }
        cx.pass(at)?;
    }
    Ok(())
}

/// Returns the time of the next retry in Unix seconds.
fn later(cx: &ApiCx<'_>) -> i64 {
    cx.now.unix() + AGAIN
}

/// Requests one bill. An error that concerns this bill alone does not end the walk.
async fn ask(cx: &ApiCx<'_>, bill: &Bill) -> Result<Came, NoAnswer> {
    let Some(series) = SERIES.iter().find(|series| series.name == bill.series) else { return Ok(Came::Settled) };
    let mut request = ApiRequest::get(series.path).with("bill_date", bill.day);
    for (key, value) in series.query {
        request = request.with(key, value);
    }
    if let Some(holder) = &bill.sub_mchid {
        request = request.with("sub_mchid", holder);
    }
    match cx.call(request.with("tar_type", "GZIP").file(LIMIT)).await {
        Ok(_) => {
            // Said here, not where the bill is read: that is later, when a refusal of a later day is recorded already.
            cx.filled(SubjectKind::Endpoint, &bill.series_name(cx.account))?;
            Ok(Came::Settled)
        }
        Err(NoAnswer::Said(said, called)) => match said.meaning() {
            Meaning::NotYet => Ok(Came::Later),
            Meaning::NotPermitted => Ok(Came::Refused(Box::new(NoAnswer::Said(said, called)))),
            Meaning::Other => {
                cx.missing(bill.gap(cx.account, reason(&said), said.name))?;
                Ok(Came::Settled)
            }
            _ => Err(NoAnswer::Said(said, called)),
        },
        Err(NoAnswer::Failed(failure)) if failure.is_of_one() => {
            cx.missing(bill.gap(cx.account, failure.reason, Some(failure.error.code().to_owned())))?;
            // A bill that is too large now will be too large in half an hour.
            Ok(if failure.reason == GapReason::TooLarge { Came::Settled } else { Came::Later })
        }
        Err(no) => Err(no),
    }
}

/// Maps an error about one bill to the reason of its gap.
fn reason(said: &Said) -> GapReason {
    // The documentation has one code for all invalid requests; only the message says that the day is too long ago.
    if said.words.contains("过期") { GapReason::ExpiredWindow } else { GapReason::DownloadFailed }
}

/// Returns the first day to request: the user's choice, or the oldest available.
fn first(cx: &ApiCx<'_>) -> Date {
    let oldest = oldest(cx.clock);
    cx.scope.bills_since.map_or(oldest, |since| since.max(oldest))
}

/// Returns the oldest day that has bills.
fn oldest(clock: Time) -> Date {
    let today = clock.zoned().date();
    today.checked_sub(3.months()).unwrap_or(today)
}

fn yesterday(clock: Time) -> Date {
    let today = clock.zoned().date();
    today.yesterday().unwrap_or(today)
}

/// Returns the time from which yesterday's bills are available.
fn ready(clock: Time) -> Time {
    Time::from_wall(&format!("{} {READY}", clock.date())).unwrap_or(clock)
}

fn days(from: Date, to: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(move |day| *day <= to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_three_months_and_ends_yesterday() {
        let clock = Time::from_wall("2026-05-31 09:00").unwrap();
        assert_eq!(oldest(clock).to_string(), "2026-02-28");
        assert_eq!(yesterday(clock).to_string(), "2026-05-30");
        assert_eq!(ready(clock).to_string(), "2026-05-31T10:00:00+08:00");
        assert_eq!(days(oldest(clock), yesterday(clock)).count(), 92);
        assert_eq!(days(yesterday(clock), oldest(clock)).count(), 0);
    }

    #[test]
    fn a_day_too_long_ago_is_told_by_the_words() {
        let said = |words: &str| Said {
            code: 400,
            name: Some("INVALID_REQUEST".to_owned()),
            words: words.to_owned(),
            rid: None,
        };
        assert_eq!(reason(&said("请求的账单日期已过期")), GapReason::ExpiredWindow);
        assert_eq!(reason(&said("参数错误")), GapReason::DownloadFailed);
    }
}
