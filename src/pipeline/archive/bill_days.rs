//! Computes the days that the owner's personal bills cover. A bill covers only its own days: the days between two bills
//! are a gap, and only the owner knows whether there was trade before the first and after the last.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::Value;

use crate::archive::Archive;
use crate::audit::chronology::{self, Credible};
use crate::audit::events::EventName;
use crate::audit::profile::AccountKind;
use crate::audit::{fill, trades};
use crate::error::{Error, Result};
use crate::model::days::Days;
use crate::model::statement::{Statement, StatementKind};
use crate::model::{Class, Gap, GapReason, SubjectKind, Time, layout};

/// Prefix of the key of days that no bill covers.
pub(crate) const KEY: &str = "bills:";

/// Returns the days that the personal bills among `statements` cover.
pub(crate) fn covered(statements: &[Statement]) -> Days {
    let personal = statements.iter().filter(|statement| statement.kind == StatementKind::Personal);
    personal.filter_map(|statement| Some((statement.from.as_deref()?, statement.to.as_deref()?))).collect()
}

/// Returns the gap for the days from `first` to `last`.
pub(crate) fn gap((first, last): (Date, Date)) -> Gap {
    let mut gap = Gap::new(SubjectKind::Bill, format!("{KEY}personal/{first}..{last}"), GapReason::NotHeld);
    gap.title = Some(format!("{first}..{last}"));
    gap.date = Time::from_wall(&format!("{first} 00:00:00"));
    gap
}

/// The days of the owner's personal bills.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BillDays {
    /// Covered days; empty if no personal bill is held.
    pub covered: Days,
    /// Day of the first trade, as the owner recorded it.
    pub first: Option<Date>,
    /// Day of the last trade.
    pub last: Option<Date>,
    /// Whether the owner recorded the first and the last trade; otherwise it is unknown what lies outside the bills.
    pub knows_ends: bool,
}

impl BillDays {
    /// Reads the days from the bags of an archive.
    pub fn read(archive: &Archive) -> Result<Self> {
        let path = archive.shown(Class::Private, layout::LEDGER_PACKAGE);
        let bytes = archive.bytes(Class::Private, layout::LEDGER_PACKAGE);
        let bytes = bytes.map_err(|error| Error::disk("readiness-unreadable", &path, error))?;
        let Some(bytes) = bytes else { return Ok(Self::default()) };
        let package: Value = serde_json::from_slice(&bytes)
            .map_err(|error| Error::damaged("readiness-unreadable").with("path", &path).because(error))?;
        let ledger = &package["resources"][0];
        let list = |name: &str| ledger[name].as_array().cloned().unwrap_or_default();
        let covered = list("covered");
        let covered: Days =
            covered.iter().filter_map(|range| Some((range["from"].as_str()?, range["to"].as_str()?))).collect();
        if covered.ranges().is_empty() {
            return Ok(Self::default());
        }
        let (credible, kinds) = recorded(archive)?;
        let merchant = list("totals").iter().any(|total| total["kind"] != StatementKind::Personal.code())
            || kinds.is_empty()
            || kinds.contains(&AccountKind::Mch);
        // A record that may be about the merchant account says nothing of the personal one.
        let day = |name| trades::personal(&credible.events, &credible.evidence, name, !merchant);
        let (first, last) = (day(EventName::PersonalFirstTrade), day(EventName::PersonalLastTrade));
        Ok(Self { covered, knows_ends: first.is_some() && last.is_some(), first, last })
    }

    /// Reads when a merchant account of the archive traded; which days have a bill, each series of bills says itself.
    pub fn of_merchant(archive: &Archive) -> Result<Self> {
        let (credible, mut kinds) = recorded(archive)?;
        kinds.push(AccountKind::Mch);
        let days = |name: EventName| {
            let of = |kind| chronology::known(&credible.events, &credible.evidence, name.code(), kind);
            kinds.iter().copied().filter_map(of).collect::<Vec<_>>()
        };
        let first = days(EventName::FirstTrade).into_iter().min();
        let last = days(EventName::LastTrade).into_iter().max();
        Ok(Self { covered: Days::default(), knows_ends: first.is_some() && last.is_some(), first, last })
    }

    /// Returns the days outside all bills on which the owner traded.
    pub fn outside(&self) -> Vec<Gap> {
        self.outside_days().into_iter().map(gap).collect()
    }

    /// Returns those days as ranges of first and last day.
    pub fn outside_days(&self) -> Vec<(Date, Date)> {
        self.outside_of(&self.covered)
    }

    /// Returns the days outside `covered` on which the owner traded, as ranges of first and last day.
    pub fn outside_of(&self, covered: &Days) -> Vec<(Date, Date)> {
        let (Some(begin), Some(end)) = (covered.ranges().first(), covered.ranges().last()) else {
            return Vec::new();
        };
        let day = |day: Date, days: i64| day.checked_add(days.days()).unwrap_or(day);
        let before = self.first.filter(|first| *first < begin.0).map(|first| (first, day(begin.0, -1)));
        let after = self.last.filter(|last| *last > end.1).map(|last| (day(end.1, 1), last));
        before.into_iter().chain(after).collect()
    }
}

/// Returns the credible records of an archive and the kinds to be closed.
fn recorded(archive: &Archive) -> Result<(Credible, Vec<AccountKind>)> {
    let records = fill::records(archive)?;
    let kinds: Vec<AccountKind> = records.profile.kinds.iter().copied().collect();
    // No clock is at hand; the last record was made on a day that has come.
    let times = records.events.events.iter().map(|event| event.at);
    let times = times.chain(records.evidence.evidence.iter().map(|record| record.at));
    let today = times.max().map_or(Date::MAX, |time| time.zoned().date());
    Ok((Credible::new(&records.events, &records.evidence, &kinds, today), kinds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_outside_of_the_bills_are_gaps_once_the_ends_are_known() {
        let covered: Days = [("2024-01-01", "2024-03-31"), ("2024-07-01", "2024-09-30")].into_iter().collect();
        let days = |first: Option<&str>, last: Option<&str>| BillDays {
            covered: covered.clone(),
            first: first.map(|day| day.parse().unwrap()),
            last: last.map(|day| day.parse().unwrap()),
            knows_ends: first.is_some() && last.is_some(),
        };
        let titles = |days: &BillDays| days.outside().into_iter().filter_map(|gap| gap.title).collect::<Vec<_>>();
        assert_eq!(titles(&days(None, None)), Vec::<String>::new());
        let known = days(Some("2023-12-30"), Some("2024-10-01"));
        assert_eq!(titles(&known), ["2023-12-30..2023-12-31", "2024-10-01..2024-10-01"]);
        assert_eq!(titles(&days(Some("2024-02-01"), Some("2024-08-01"))), Vec::<String>::new());
    }
}
