//! Finds the day in the name of an exported file: `orders-20250401.json`, `内容分析20240501-20240531.xls`.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::Time;

/// The pattern of a day.
static DAY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(20\d\d)[-_.年]?(0[1-9]|1[0-2])[-_.月]?(0[1-9]|[12]\d|3[01])日?").ok());

/// The pattern of a time of day after a day; further digits would make it another number.
static HOUR: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^([-_T ]?\d{2}[-_:.]?\d{2}(?:[-_:.]?\d{2})?)(?:\D|$)").ok());

/// A day in a name, and its range together with the time of day after it.
struct Day<'a> {
    parts: regex::Captures<'a>,
    place: std::ops::Range<usize>,
}

/// The suffixes that systems and browsers add to the name of a copy.
static COPY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:[ _-]*(?:[(（]\d{1,3}[)）]|副本|copy))+$").ok());

/// Returns the last day in a name, which is the end of a period.
pub fn day_of(name: &str) -> Option<Time> {
    let found = days(name).last()?;
    let day = |at: usize| found.parts.get(at).map_or("", |part| part.as_str());
    Time::from_wall(&format!("{}-{}-{}", day(1), day(2), day(3)))
}

/// Returns the days in a name; digits of a longer number are not a day.
fn days(name: &str) -> impl Iterator<Item = Day<'_>> {
    let all = DAY.as_ref().map(|day| day.captures_iter(name)).into_iter().flatten();
    all.filter_map(|parts| {
        let whole = parts.get(0)?.range();
        let hour = HOUR.as_ref().and_then(|hour| hour.captures(&name[whole.end..])?.get(1).map(|hour| hour.end()));
        let place = whole.start..whole.end + hour.unwrap_or_default();
        let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        let bytes = name.as_bytes();
        let alone =
            !is_digit(place.start.checked_sub(1).and_then(|at| bytes.get(at))) && !is_digit(bytes.get(place.end));
        alone.then_some(Day { parts, place })
    })
}

/// Removes the day at the end of a name and the suffix of a copy.
pub fn without_day(stem: &str) -> &str {
    let copy = COPY.as_ref().and_then(|copy| copy.find(stem)).map_or(stem.len(), |mark| mark.start());
    let name = &stem[..copy];
    let trimmed = name.trim_end_matches([')', '）', ']', ' ']);
    let day = days(trimmed).last().filter(|day| day.place.end == trimmed.len());
    let bare = day.map_or(name, |day| &trimmed[..day.place.start]);
    let bare = bare.trim_end_matches(['-', '_', '.', ' ', '(', '（', '[', '~', '至']);
    if bare.is_empty() { stem } else { bare }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_counts_and_numbers_are_no_days() {
        for (name, day, bare) in [
            ("orders-20250401", Some("2025-04-01"), "orders"),
            ("orders_2025-04-01_103000", Some("2025-04-01"), "orders"),
            ("订单（2025年04月01日）", Some("2025-04-01"), "订单"),
            ("orders (1)", None, "orders"),
            ("orders-20250401 - 副本", Some("2025-04-01"), "orders"),
            ("内容分析20240501-20240531", Some("2024-05-31"), "内容分析20240501"),
            ("id14000202504010001", None, "id14000202504010001"),
            ("20250401", Some("2025-04-01"), "20250401"),
            ("订单", None, "订单"),
        ] {
            assert_eq!(day_of(name).map(Time::date).as_deref(), day, "{name}");
            assert_eq!(without_day(name), bare, "{name}");
        }
    }
}
