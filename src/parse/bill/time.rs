//! Parses times as bills and spreadsheets write them, to RFC 3339 at +08:00. An ambiguous date is rejected.

use std::fmt::Write as _;

use jiff::ToSpan as _;
use jiff::civil::DateTime;

use super::words::plain;
use crate::model::Time;
use crate::parse::table::xlsx_rows::wall_of_serial;

/// The precision of a time in its cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// A time with seconds.
    Second,
    /// A time without seconds, or only a day.
    Less,
}

/// Appends the time in `cell`, which is a spreadsheet's number if `number`. Returns `None`, and appends nothing, if it
/// is not a time.
pub(crate) fn wall(cell: &str, number: bool, into: &mut String) -> Option<Said> {
    if let Some((day, time)) = usual(cell) {
        into.push_str(day);
        into.push('T');
        into.push_str(time);
        into.push_str("+08:00");
        return Some(Said::Second);
    }
    let (text, said) =
        if number && !looks_like_digits_of_a_time(cell) { (wall_of_serial(cell)?, Said::Second) } else { read(cell)? };
    let time = Time::from_wall(&text)?;
    // Writing to a String cannot fail.
    let _ = write!(into, "{time}");
    Some(said)
}

/// Returns date and time of `2026-05-01 12:30:00`, the form of nearly every row.
fn usual(text: &str) -> Option<(&str, &str)> {
    let bytes: &[u8; 19] = text.as_bytes().try_into().ok()?;
    let two = |at: usize| {
        let (tens, ones) = (bytes[at].wrapping_sub(b'0'), bytes[at + 1].wrapping_sub(b'0'));
        if tens < 10 && ones < 10 { Some(tens * 10 + ones) } else { None }
    };
    let marks = bytes[4] == b'-'
        && bytes[7] == b'-'
        && matches!(bytes[10], b' ' | b'T')
        && bytes[13] == b':'
        && bytes[16] == b':';
    // The 29th to 31st of a month need a calendar check.
    let plausible = matches!(two(0)?, 19 | 20)
        && two(2).is_some()
        && (1..=12).contains(&two(5)?)
        && (1..=28).contains(&two(8)?)
        && two(11)? < 24
        && two(14)? < 60
        && two(17)? < 60;
    (marks && plausible).then(|| (&text[..10], &text[11..]))
}

/// Reports whether `text`, from a text or numeric cell, is `20250301184506` or a shorter form.
fn looks_like_digits_of_a_time(text: &str) -> bool {
    matches!(text.len(), 8 | 12 | 14) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Words for parts of the day, and whether they are after noon.
const HALVES: &[(&str, bool)] = &[
    ("上午", false),
    ("凌晨", false),
    ("早上", false),
    ("清晨", false),
    ("下午", true),
    ("傍晚", true),
    ("晚上", true),
    ("中午", true),
    ("a.m.", false),
    ("p.m.", true),
    ("am", false),
    ("pm", true),
];

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Names of weekdays, which the date implies.
const DAYS: &[&str] = &[
    "星期一",
    "星期二",
    "星期三",
    "星期四",
    "星期五",
    "星期六",
    "星期日",
    "星期天",
    "周一",
    "周二",
    "周三",
    "周四",
    "周五",
    "周六",
    "周日",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

fn read(cell: &str) -> Option<(String, Said)> {
    let mut text =
        plain(cell.trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, '`' | '\'' | '[' | ']')));
    if looks_like_digits_of_a_time(&text) {
        return digits(&text);
    }
    match serial(&text) {
        Some(Serial::Exact(wall, said)) => return Some((wall, said)),
        Some(Serial::Inexact) => return None,
        None => {}
    }
    for word in DAYS {
        text = text.replace(word, " ");
    }
    let zone = take_zone(&mut text)?;
    let mut later = None;
    for (word, is_later) in HALVES {
        if text.contains(word) {
            text = text.replacen(word, " ", 1);
            later = Some((*is_later, *word));
            break;
        }
    }
    let month = take_month(&mut text);
    // A fraction of a second is below the precision of a bill.
    if let Some(colon) = text.rfind(':')
        && let Some(dot) = text[colon..].find('.')
    {
        let end = colon + dot;
        if !text[end + 1..].trim().bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        text.truncate(end);
    }
    let is_between = |letter: char| {
        matches!(
            letter,
            '-' | '/' | '.' | ':' | ' ' | 't' | ',' | '年' | '月' | '日' | '号' | '时' | '点' | '分' | '秒'
        )
    };
    if !text.chars().all(|letter| letter.is_ascii_digit() || is_between(letter)) {
        return None;
    }
    let parts: Vec<&str> = text.split(is_between).filter(|part| !part.is_empty()).collect();
    let numbers: Vec<u32> = parts.iter().map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let date = if month.is_some() { 2 } else { 3 };
    if numbers.len() < date {
        return None;
    }
    let (year, month, day) = match month {
        Some(month) => match (parts[0].len(), parts[1].len()) {
            (1 | 2, 4) => (numbers[1], month, numbers[0]),
            (4, 1 | 2) => (numbers[0], month, numbers[1]),
            _ => return None,
        },
        None => date_of(&parts[..3], &numbers[..3])?,
    };
    let (hour, minute, second, said) = match numbers[date..] {
        [] if later.is_none() => (0, 0, 0, Said::Less),
        [hour, minute] => (hour, minute, 0, Said::Less),
        [hour, minute, second] => (hour, minute, second, Said::Second),
        _ => return None,
    };
    let hour = hour_of(hour, later)?;
    let wall = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
    let wall = if zone == 8 * 60 { wall } else { moved(&wall, 8 * 60 - zone)? };
    Some((wall, said))
}

/// Returns year, month and day in the only order that the parts allow.
fn date_of(parts: &[&str], numbers: &[u32]) -> Option<(u32, u32, u32)> {
    if parts[0].len() == 4 {
        return Some((numbers[0], numbers[1], numbers[2]));
    }
    if parts.iter().all(|part| part.len() <= 2) {
        return date_of_short_year(numbers);
    }
    if parts[2].len() != 4 || parts[0].len() > 2 || parts[1].len() > 2 {
        return None;
    }
    let (one, other, year) = (numbers[0], numbers[1], numbers[2]);
    match (one > 12, other > 12) {
        (true, false) => Some((year, other, one)),
        (false, true) => Some((year, one, other)),
        (false, false) if one == other => Some((year, one, other)),
        // Either the 3rd of January or the 1st of March: ambiguous.
        _ => None,
    }
}

/// Returns the same for a two-digit year, if only one order of the three is a valid date (`3/13/25`).
fn date_of_short_year(numbers: &[u32]) -> Option<(u32, u32, u32)> {
    let [a, b, c] = numbers else { return None };
    let mut found = [(*a, *b, *c), (*c, *a, *b), (*c, *b, *a)].into_iter().filter_map(|(year, month, day)| {
        let year = 2000 + year;
        let number = |number: u32| i8::try_from(number).ok();
        let is_day = jiff::civil::Date::new(i16::try_from(year).ok()?, number(month)?, number(day)?).is_ok();
        is_day.then_some((year, month, day))
    });
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

fn hour_of(hour: u32, half: Option<(bool, &str)>) -> Option<u32> {
    let Some((later, word)) = half else { return Some(hour) };
    match (later, hour) {
        (_, 24..) | (false, 13..) => None,
        // Half past twelve at night could belong to either day.
        (true, 0 | 12) if word == "晚上" => None,
        (false, 12) => Some(0),
        (true, 10 | 11) if word == "中午" => Some(hour),
        (true, 0..=11) => Some(hour + 12),
        (true | false, _) => Some(hour),
    }
}

/// Removes a month's name from `text` and returns the month.
fn take_month(text: &mut String) -> Option<u32> {
    let start = text.find(|letter: char| letter.is_ascii_alphabetic() && letter != 't')?;
    let end = text[start..].find(|letter: char| !letter.is_ascii_alphabetic()).map_or(text.len(), |end| start + end);
    let word = text[start..end].to_owned();
    let index = MONTHS.iter().position(|month| word.starts_with(month))?;
    text.replace_range(start..end, " ");
    u32::try_from(index + 1).ok()
}

/// Removes the zone from the end of `text` and returns it in minutes; without one, it is Beijing's.
fn take_zone(text: &mut String) -> Option<i32> {
    const HERE: i32 = 8 * 60;
    let trimmed = text.trim_end_matches([')', ' ']).len();
    text.truncate(trimmed);
    if text.ends_with('z') && text.contains(':') {
        text.pop();
        return Some(0);
    }
    let Some(plus) = text.rfind(['+', '-']).filter(|at| text[..*at].contains(':')) else { return Some(HERE) };
    let sign = if text.as_bytes()[plus] == b'-' { -1 } else { 1 };
    let offset: String = text[plus + 1..].chars().filter(char::is_ascii_digit).collect();
    if text[plus + 1..].chars().any(|letter| !letter.is_ascii_digit() && letter != ':') {
        return None;
    }
    let (hours, minutes) = match offset.len() {
        1 | 2 => (offset.parse::<i32>().ok()?, 0),
        4 => (offset[..2].parse::<i32>().ok()?, offset[2..].parse::<i32>().ok()?),
        _ => return None,
    };
    text.truncate(plus);
    let before = text.trim_end_matches(['(', ' ']).len();
    text.truncate(before);
    for word in ["utc", "gmt"] {
        if let Some(rest) = text.strip_suffix(word) {
            let end = rest.trim_end_matches(['(', ' ']).len();
            text.truncate(end);
        }
    }
    Some(sign * (hours * 60 + minutes))
}

fn moved(wall: &str, minutes: i32) -> Option<String> {
    let at: DateTime = wall.replacen(' ', "T", 1).parse().ok()?;
    Some(at.checked_add(i64::from(minutes).minutes()).ok()?.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

fn digits(text: &str) -> Option<(String, Said)> {
    if !matches!(&text[..2], "19" | "20") {
        return None;
    }
    let part = |at: usize| text.get(at..at + 2).unwrap_or("00");
    let wall = format!("{}-{}-{} {}:{}:{}", &text[..4], part(4), part(6), part(8), part(10), part(12));
    Some((wall, if text.len() == 14 { Said::Second } else { Said::Less }))
}

/// The reading of a spreadsheet's serial number in a text file.
enum Serial {
    /// The exact wall-clock time.
    Exact(String, Said),
    /// A number with too few digits to determine the second, or beyond the calendar.
    Inexact,
}

/// Reads a spreadsheet's serial number in a text file; returns `None` if `text` is not one.
fn serial(text: &str) -> Option<Serial> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let all = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 5 || !all(whole) || !all(part) || part.len() > 15 {
        return None;
    }
    // The time is exact if there are enough digits to be unambiguous, or so few that none were cut off (noon is `.5`).
    let scale = 10_u128.pow(u32::try_from(part.len()).unwrap_or(15));
    let all_of_them = part.parse::<u128>().unwrap_or(0) * 8 % scale == 0;
    if !all_of_them && part.len() < 5 {
        return Some(Serial::Inexact);
    }
    let said = if part.is_empty() { Said::Less } else { Said::Second };
    Some(wall_of_serial(text).map_or(Serial::Inexact, |wall| Serial::Exact(wall, said)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(text: &str, number: bool) -> Option<(String, Said)> {
        let mut into = String::from("x");
        let said = wall(text, number, &mut into);
        assert_eq!(said.is_some(), into.len() > 1);
        said.map(|said| (into[1..].to_owned(), said))
    }

    #[test]
    fn times_are_read_in_every_form() {
        for text in [
            "2014-11-10 16:33:45",
            "2014-11-10 16：33：45",
            "2014/11/10 16:33:45",
            "2014年11月10日 16:33:45",
            "2014年11月10日16时33分45秒",
            "2014-11-10T16:33:45",
            "2014-11-10T16:33:45+08:00",
            "2014-11-10 16:33:45 +0800",
            "2014-11-10T08:33:45Z",
            "2014-11-10 16:33:45 (UTC+8)",
            "2014-11-10 16:33:45.0",
            "2014-11-10 16:33:45.000",
            "２０１４－１１－１０　１６：３３：４５",
            "2014/11/10 下午 4:33:45",
            "2014/11/10 下午4:33:45",
            "2014/11/10 4:33:45 PM",
            "2014年11月10日 星期一 下午4:33:45",
            "20141110163345",
            "Nov 10, 2014 4:33:45 PM",
            "10 November 2014 16:33:45",
            "41953.69010",
            "41953.690104166664",
        ] {
            assert_eq!(time(text, false), Some(("2014-11-10T16:33:45+08:00".to_owned(), Said::Second)), "{text}");
        }
        for (text, read) in [
            ("2024/2/29 9:05", "2024-02-29T09:05:00+08:00"),
            ("2024/2/29 上午 9:05", "2024-02-29T09:05:00+08:00"),
            ("2024/2/29", "2024-02-29T00:00:00+08:00"),
            ("20240229", "2024-02-29T00:00:00+08:00"),
            ("202402290905", "2024-02-29T09:05:00+08:00"),
            ("45351", "2024-02-29T00:00:00+08:00"),
            ("2/29/2024 9:05", "2024-02-29T09:05:00+08:00"),
            ("29-2-2024 9:05", "2024-02-29T09:05:00+08:00"),
            ("29.02.2024 09:05", "2024-02-29T09:05:00+08:00"),
            ("3/3/2024 12:30 AM", "2024-03-03T00:30:00+08:00"),
            ("2024/3/3 中午12:30", "2024-03-03T12:30:00+08:00"),
            ("2024/3/3 12:30 PM", "2024-03-03T12:30:00+08:00"),
        ] {
            assert_eq!(time(text, false), Some((read.to_owned(), Said::Less)), "{text}");
        }
        assert_eq!(time("45671.5", false).unwrap().0, "2025-01-14T12:00:00+08:00");
        assert_eq!(time("45717.781319444446", true).unwrap().0, "2025-03-01T18:45:06+08:00");
        assert_eq!(time("20250301184506", true).unwrap().0, "2025-03-01T18:45:06+08:00");
        for text in [
            "",
            "2023-02-29 00:00:00",
            "2026-13-01 00:00:00",
            "2026-05-01 24:00:00",
            "合计",
            "2026-05-01 1:2:3:4",
            // Either the 3rd of January or the 1st of March.
            "3/1/2025 18:45",
            "03-01-2025 18:45:06",
            "25/3/1 18:45",
            // Too few digits to determine the second.
            "45717.7813",
            "45717.78",
            "2025/3/1 晚上12:30",
            "2025/3/1 上午 18:45",
            "12",
            "4571.5",
            "NaN",
        ] {
            assert_eq!(time(text, false), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn serials_of_enough_digits_hit_the_second(second in 0_u32..86_400, digits in 5_usize..13) {
            let serial = format!("{:.digits$}", 45_717.0 + f64::from(second) / 86_400.0);
            let expected = format!("2025-03-01T{:02}:{:02}:{:02}+08:00", second / 3600, second / 60 % 60, second % 60);
            prop_assert_eq!(time(&serial, false).map(|read| read.0), Some(expected));
        }

        #[test]
        fn never_panics(text in "[0-9/:. 年月日下上午apmTZ+-]{0,24}", number: bool) {
            let _ = time(&text, number);
        }

        #[test]
        fn never_panics_on_anything(text in "\\PC{0,24}") {
            let _ = time(&text, false);
        }
    }
}
