//! Parses times as feeds, databases and tables write them.

use std::sync::LazyLock;

use jiff::fmt::rfc2822::DateTimeParser;
use serde_json::Value;

use crate::model::Time;
use crate::parse::page::dom::wall_time;
use crate::parse::table::xlsx_rows::wall_of_serial;

/// A parser that ignores weekday names, which may be wrong.
static RFC_2822: LazyLock<DateTimeParser> = LazyLock::new(|| DateTimeParser::new().relaxed_weekday(true));

/// Parses Unix seconds, milliseconds or microseconds, RFC 3339, RFC 822 with any weekday name, a Beijing wall-clock
/// time in any common form, or a spreadsheet's serial number. Returns `None` for anything else, and for 0.
pub fn any_time(text: &str) -> Option<Time> {
    let text = text.trim();
    if text.is_empty() || text.len() > 64 {
        return None;
    }
    if let Some(number) = text.strip_suffix(".0").or(Some(text)).and_then(|text| text.parse::<i64>().ok()) {
        return match text.len() {
            8 => day(text),
            9..=12 => Time::from_unix(number),
            13..=15 => Time::from_unix(number / 1_000),
            16..=18 => Time::from_unix(number / 1_000_000),
            _ => wall_of_serial(text).filter(|_| number > 30_000).and_then(|wall| Time::from_wall(&wall)),
        };
    }
    instant(text)
        .or_else(|| rfc_822(text))
        .or_else(|| wall_of_serial(text).and_then(|wall| Time::from_wall(&wall)))
        .or_else(|| Time::from_wall(text))
        .or_else(|| wall_time(text))
}

/// Returns the time in a JSON value: a number or a string that [`any_time`] reads, or a database's wrapper around one.
pub fn time_in(value: &Value) -> Option<Time> {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(number) => any_time(&number.to_string()),
            // Seconds with a fraction; without one, it would have been an integer.
            None => any_time(&format!("{:.0}", number.as_f64()?)),
        },
        Value::String(text) => any_time(text),
        // Extended JSON of MongoDB, and the timestamps of other cloud databases.
        Value::Object(fields) => ["$date", "$numberLong", "$timestamp", "t", "seconds", "_seconds"]
            .iter()
            .find_map(|name| fields.get(*name))
            .and_then(time_in),
        _ => None,
    }
}

/// Parses a day without separators: `20240105`.
fn day(text: &str) -> Option<Time> {
    Time::from_wall(&[text.get(..4)?, text.get(4..6)?, text.get(6..)?].join("-"))
}

/// Parses RFC 3339, also with a space before the offset or the time.
fn instant(text: &str) -> Option<Time> {
    let found = text.parse().ok();
    found.or_else(|| {
        // `2024-01-05 10:00:00 +0800` as Go and Ruby print it.
        let mut parts = text.split_ascii_whitespace();
        let (date, time, offset) = (parts.next()?, parts.next()?, parts.next()?);
        offset.starts_with(['+', '-']).then(|| format!("{date}T{time}{offset}").parse().ok()).flatten()
    })
}

/// Parses `Fri, 05 Jan 2024 10:00:00 +0800`; the weekday may be missing, wrong or Chinese, and the zone may be a name.
fn rfc_822(text: &str) -> Option<Time> {
    let at = |text: &str| RFC_2822.parse_timestamp(text).ok().map(Time::from_timestamp);
    let without_day = text.split_once(',').map_or(text, |(_, rest)| rest).trim();
    let without_day = without_day.replace("UTC", "GMT");
    // `CST` of a Chinese server is Beijing's time, not Chicago's.
    let without_day = without_day.strip_suffix("CST").map_or(without_day.clone(), |rest| format!("{rest}+0800"));
    at(&without_day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_one_instant() {
        for text in [
            "1704420000",
            "1704420000000",
            "1704420000000000",
            "1704420000.0",
            "2024-01-05T02:00:00Z",
            "2024-01-05T02:00:00.000Z",
            "2024-01-05T10:00:00+08:00",
            "2024-01-05 10:00:00 +0800",
            "Fri, 05 Jan 2024 10:00:00 +0800",
            "Mon, 05 Jan 2024 10:00:00 +0800",
            "Fri, 5 Jan 2024 02:00:00 GMT",
            "05 Jan 2024 02:00:00 +0000",
            "周五, 05 Jan 2024 02:00:00 UTC",
            "Fri, 05 Jan 2024 10:00:00 CST",
            "2024-01-05 10:00:00",
            "2024-01-05 10:00",
            "2024/01/05 10:00",
            "2024/1/5 10:00:00",
            "2024年1月5日 10:00",
            "2024-01-05T10:00:00",
            "45296.4166666667",
        ] {
            assert_eq!(any_time(text), Time::from_unix(1_704_420_000), "{text}");
        }
        for text in ["", "0", "昨天", "17", "标题", "2024年终总结"] {
            assert_eq!(any_time(text), None, "{text}");
        }
    }
}
