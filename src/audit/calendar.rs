//! Date arithmetic, all of it on the platform's calendar (Asia/Shanghai has no daylight saving).
//!
//! A deadline of N days from day D: act by the end of D+N−1. A wait of N days: not before D+N+1. Both are the cautious
//! reading. "Three months" for bills is 89 days, the shortest three months there are.

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde::Serialize;

use super::profile::{AccountKind, Profile, Truth};
use super::rules::{OnExpiry, Unit, Window, WindowKind};

/// Returns the last day of a deadline of `days` from `from`.
pub fn act_by(from: Date, days: u32) -> Date {
    shift(from, i64::from(days) - 1)
}

/// Returns the first day after a wait of `days` from `from`.
pub fn not_before(from: Date, days: u32) -> Date {
    shift(from, i64::from(days) + 1)
}

/// Returns the earliest and the latest end of `days` working days from `from`. No table of holidays is shipped: the
/// bounds are N days (no day off) and 2N+10 days (the longest holiday in between).
pub fn working_days(from: Date, days: u32) -> (Date, Date) {
    (shift(from, i64::from(days)), shift(from, 2 * i64::from(days) + 10))
}

/// Returns the last day on which the bill of `day` is guaranteed to be available.
pub fn bill_last_day(day: Date) -> Date {
    shift(day, 89)
}

/// Returns the date of the oldest bill guaranteed to be available on `today`.
pub fn oldest_bill(today: Date) -> Date {
    shift(today, -89)
}

/// Returns the days from `first` to `last`.
pub fn days(first: Date, last: Date) -> impl Iterator<Item = Date> {
    first.series(1.day()).take_while(move |day| *day <= last)
}

/// Shifts a date by `days`; returns it unchanged if the result is out of range.
pub fn shift(date: Date, days: i64) -> Date {
    date.checked_add(days.days()).unwrap_or(date)
}

/// The dates of one window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dates {
    /// Id of the window.
    pub window: String,
    /// Account it was computed for.
    pub account: AccountKind,
    /// Wait, deadline or info.
    pub kind: WindowKind,
    /// Event it counts from.
    pub anchor: String,
    /// Date of that event, actual or planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Planning length.
    pub length: u32,
    /// Unit of the length.
    pub unit: Unit,
    /// First day after a wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Date>,
    /// Last day of a deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act_by: Option<Date>,
    /// Latest end of a wait of working days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Hour of `not_before` at which a wait in hours ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hour: Option<u32>,
    /// Effect of its end if the owner does nothing.
    pub on_expiry: OnExpiry,
}

impl Dates {
    /// Returns its last day to act, unless that has passed.
    pub fn act_by_from(&self, today: Date) -> Option<Date> {
        self.act_by.filter(|day| *day >= today)
    }

    /// Returns the day on which its wait ends, unless that has passed.
    pub fn not_before_from(&self, today: Date) -> Option<Date> {
        self.not_before.filter(|day| *day >= today)
    }
}

/// Returns the planning length of `window` for `profile`. If it has tiers and the followers are unknown, the longest
/// applies.
pub fn length(window: &Window, profile: &Profile) -> u32 {
    let matching =
        window.tiers.iter().filter(|tier| profile.holds(&tier.when) != Some(Truth::No)).map(|tier| tier.length);
    match profile.followers {
        // Tiers are nested (`<=1000`, `<=10000` …): the first that holds applies.
        Some(_) => matching.min(),
        None => matching.max(),
    }
    .or(window.length)
    .unwrap_or_default()
}

/// Reports whether `window` applies to `profile`'s account of `kind`; an unknown condition counts as yes.
pub fn concerns(window: &Window, kind: AccountKind, profile: &Profile) -> bool {
    window.accounts.contains(&kind)
        && window.only_if.as_deref().is_none_or(|condition| profile.holds(condition) != Some(Truth::No))
}

/// Computes the dates of `window` for the account of `kind`, counted from `from` if that is known.
pub fn dates(window: &Window, kind: AccountKind, profile: &Profile, from: Option<Date>) -> Dates {
    let length = length(window, profile);
    let mut dates = Dates {
        window: window.id.clone(),
        account: kind,
        kind: window.kind,
        anchor: window.anchor.clone(),
        from,
        length,
        unit: window.unit,
        not_before: None,
        act_by: None,
        until: None,
        hour: None,
        on_expiry: window.on_expiry,
    };
    let Some(from) = from else { return dates };
    match (window.kind, window.unit) {
        (_, Unit::Hour) => {
            // A bill's day counts from its own midnight; of an event only the day is known, so it counts from the end
            // of that day.
            let whole = if window.anchor == "bill_date" { length } else { length + 24 };
            dates.not_before = Some(shift(from, i64::from(whole / 24)));
            dates.hour = Some(whole % 24);
        }
        (_, Unit::Workday) => {
            let (first, last) = working_days(from, length);
            dates.not_before = Some(first);
            dates.until = Some(last);
        }
        (_, Unit::Year | Unit::Month) => {
            let span = if window.unit == Unit::Year { Span::new().years(length) } else { Span::new().months(length) };
            dates.not_before = from.checked_add(span).ok();
        }
        (WindowKind::Wait, Unit::Day) => dates.not_before = Some(not_before(from, length)),
        (WindowKind::Deadline | WindowKind::Info, Unit::Day) => dates.act_by = Some(act_by(from, length)),
    }
    dates
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::audit::rules::Rules;

    #[test]
    fn the_examples_of_the_facts_hold() {
        assert_eq!(oldest_bill(date(2026, 11, 22)), date(2026, 8, 25));
        assert_eq!(bill_last_day(date(2026, 8, 25)), date(2026, 11, 22));
        assert_eq!(bill_last_day(date(2026, 2, 1)), date(2026, 5, 1));
        assert_eq!(not_before(date(2026, 12, 1), 30), date(2027, 1, 1));
        assert_eq!(act_by(date(2027, 1, 1), 7), date(2027, 1, 7));
        assert_eq!(not_before(date(2026, 12, 1), 60), date(2027, 1, 31));
        assert_eq!(working_days(date(2026, 12, 1), 7), (date(2026, 12, 8), date(2026, 12, 25)));
    }

    #[test]
    fn no_three_months_are_shorter_than_89_days() {
        let mut day = date(2026, 1, 1);
        while day < date(2029, 1, 1) {
            assert!(bill_last_day(day) <= day.checked_add(3.months()).unwrap(), "{day}");
            day = shift(day, 1);
        }
    }

    #[test]
    fn hours_count_from_the_end_of_an_event_and_from_the_midnight_of_a_bill() {
        let rules = Rules::embedded().unwrap();
        let profile = Profile::default();
        let at = |window: &str, kind| {
            let dates = dates(rules.window(window).unwrap(), kind, &profile, Some(date(2026, 11, 20)));
            (dates.not_before.unwrap(), dates.hour.unwrap())
        };
        assert_eq!(at("mch.bill_ready", AccountKind::Mch), (date(2026, 11, 21), 10), "next day after 10:00");
        assert_eq!(at("oa.clear", AccountKind::OaService), (date(2026, 11, 24), 0), "72 hours after the 20th is over");
        assert_eq!(at("mp.name", AccountKind::Mp), (date(2026, 11, 23), 0));
    }

    #[test]
    fn unknown_followers_wait_longest() {
        let rules = Rules::embedded().unwrap();
        let freeze = rules.window("oa.freeze").unwrap();
        let length = |followers| length(freeze, &Profile { followers, ..Profile::default() });
        assert_eq!(
            [Some(0), Some(1_000), Some(1_001), Some(10_000), Some(10_001), Some(100_000), Some(100_001), None]
                .map(length),
            [7, 7, 15, 15, 30, 30, 60, 60]
        );
    }
}
