//! Stores the owner's records: dated numbers, answers and files. A record becomes stale; an explicit "unknown" counts
//! as no record.

use jiff::SignedDuration;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::facts::Series;
use super::{calendar, forms, values};
use crate::error::{Error, Result};
use crate::model::{Sha256, Time};

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Key of the rule file.
    pub key: String,
    /// Number, date, answer or text.
    pub value: String,
    /// Time of recording.
    pub at: Time,
    /// Person who vouches for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Path, in the private bag, of the file kept with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Digest of that file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
    /// Note by the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// All records. Nothing is ever overwritten: the newest record of a key counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Records in the order of recording.
    #[serde(default)]
    pub evidence: Vec<Record>,
}

/// Maximum number of days of one record: a mistyped year must not cause an endless loop.
const LONGEST: usize = 40_000;

/// Serializes JSON as stored in the private bag: indented, with a final newline.
pub(crate) fn pretty<T: Serialize>(value: &T) -> String {
    // These types hold only strings, numbers and lists: serialising them cannot fail.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

impl Evidence {
    /// Parses the file.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| Error::input("evidence-file-invalid").because(error))
    }

    /// Serializes the file.
    pub fn to_json(&self) -> String {
        pretty(self)
    }

    /// Returns what the owner recorded of days without a bill: items of series, each a day or a range.
    pub fn without_bill(&self) -> impl Iterator<Item = &str> {
        self.newest_yes().map(|(key, _)| key)
    }

    /// Returns the items that stand, with their series and days.
    fn newest_yes(&self) -> impl Iterator<Item = (&str, (&str, (Date, Date)))> {
        let newest = |record: &&Record| self.newest(&record.key).is_some_and(|newest| std::ptr::eq(newest, *record));
        let said = self.evidence.iter().filter(|record| record.says() == Says::Yes);
        said.filter_map(|record| Some((record, forms::days_without_bill(&record.key)?)))
            .filter(move |(record, _)| newest(record))
            .map(|(record, days)| (record.key.split_once(':').map_or("", |(_, item)| item), days))
    }

    /// Marks in `series`, which is that of `name`, the days of which the owner recorded that there is no bill.
    pub fn mark_days_without_bill(&self, name: &str, series: &mut Series) {
        for (_, (_, (first, last))) in self.newest_yes().filter(|(_, (of, _))| *of == name) {
            series.nothing.extend(calendar::days(first, last).take(LONGEST));
        }
    }

    /// Returns the newest record of `key`; of two in the same second, the later in the list.
    pub fn newest(&self, key: &str) -> Option<&Record> {
        self.evidence.iter().filter(|record| record.key == key).max_by_key(|record| record.at)
    }
}

/// The meaning of a record's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// Yes, done.
    Yes,
    /// No, not done.
    No,
    /// The owner does not know.
    Unknown,
    /// A number.
    Number(Decimal),
    /// A date.
    Day(Date),
    /// Other text.
    Text,
}

impl Record {
    /// Interprets the value.
    pub fn says(&self) -> Says {
        let text = self.value.trim();
        if values::is_unknown(text) {
            return Says::Unknown;
        }
        // A bare 0 or 1 is a number.
        if !matches!(text, "0" | "1")
            && let Some(yes) = values::yes_or_no(text)
        {
            return if yes { Says::Yes } else { Says::No };
        }
        if let Some(day) = day(text) {
            return Says::Day(day);
        }
        let count = || values::count(text).map(Decimal::from);
        let signed = || text.parse::<Decimal>().ok();
        values::amount(text).or_else(count).or_else(signed).map_or(Says::Text, Says::Number)
    }

    /// Reports whether the record is older than `days` at `now`.
    pub fn is_stale(&self, days: u32, now: Time) -> bool {
        expiry(self.at, days).is_some_and(|expiry| now > expiry)
    }
}

/// Parses the date in a record's value; words such as 昨天 were resolved at recording.
pub fn day(text: &str) -> Option<Date> {
    values::day(text, None)
}

/// Returns the time `days` after `at`.
pub fn expiry(at: Time, days: u32) -> Option<Time> {
    let later = at.zoned().timestamp().checked_add(SignedDuration::from_hours(i64::from(days) * 24)).ok()?;
    Some(Time::from_timestamp(later))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(value: &str) -> Record {
        Record {
            key: "k".to_owned(),
            value: value.to_owned(),
            at: Time::from_wall("2026-11-20 12:00").unwrap(),
            by: None,
            file: None,
            sha256: None,
            note: None,
        }
    }

    #[test]
    fn values_are_read_as_people_write_them() {
        assert_eq!(record("是").says(), Says::Yes);
        assert_eq!(record("No").says(), Says::No);
        assert_eq!(record("不知道").says(), Says::Unknown);
        assert_eq!(record("¥1,234.50").says(), Says::Number(Decimal::new(123_450, 2)));
        assert_eq!(record("0.00元").says(), Says::Number(Decimal::new(0, 2)));
        assert!(matches!(record("2026/12/01").says(), Says::Day(_)));
        assert_eq!(record("在硬盘里").says(), Says::Text);
    }

    #[test]
    fn a_record_grows_stale_by_the_hour() {
        let record = record("0");
        assert!(!record.is_stale(3, Time::from_wall("2026-11-23 12:00").unwrap()));
        assert!(record.is_stale(3, Time::from_wall("2026-11-23 12:00:01").unwrap()));
    }

    #[test]
    fn the_newest_counts_and_unknown_keys_of_the_file_are_errors() {
        let mut evidence = Evidence { evidence: vec![record("1"), record("2")] };
        evidence.evidence[0].at = Time::from_wall("2026-11-21").unwrap();
        assert_eq!(evidence.newest("k").unwrap().value, "1");
        assert_eq!(Evidence::from_json(&evidence.to_json()).unwrap(), evidence);
        assert!(
            Evidence::from_json(
                r#"{"evidence":[{"key":"a","value":"1","at":"2026-11-20T12:00:00+08:00","sure":true}]}"#
            )
            .is_err()
        );
    }
}
