//! Parses times that pages print for readers: in Chinese and English, with and without a year, or relative to today.
//! Missing parts are filled in only from the time at which the page was saved, if that is known exactly.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, Time as Clock, Weekday};
use jiff::{Span, ToSpan as _};
use regex::{Captures, Regex};

use crate::model::Time;

/// The day that a text states.
enum Day {
    /// A complete date.
    Exact(Date),
    /// A month and day.
    WithoutYear(i8, i8),
    /// A number of whole days before the page was saved.
    Ago(i32),
    /// The last such weekday before the page was saved.
    Weekday(Weekday),
}

/// Compiles a constant pattern.
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|_| unreachable!("a constant pattern"))
}

static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?P<before>上午|下午|晚上|中午|凌晨|早上|傍晚|[ap]\.?m\.?)?\s*(?P<hour>[0-9]{1,2})\s*(?:[:：]\s*(?P<minute>[0-9]{2})(?:\s*[:：]\s*(?P<second>[0-9]{2})(?:\.[0-9]+)?)?|[点點时時]\s*(?:(?P<minute2>[0-9]{1,2})分?)?)\s*(?P<after>[ap]\.?m\b\.?)?",
    )
});
static YEAR_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?P<y>[0-9]{4})\s*[-/.年]\s*(?P<m>[0-9]{1,2})\s*[-/.月]\s*(?P<d>[0-9]{1,2})\s*[日号號]?")
});
static YEAR_LAST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?P<a>[0-9]{1,2})\s*[-/.]\s*(?P<b>[0-9]{1,2})\s*[-/.]\s*(?P<y>[0-9]{4})"));
const MONTH: &str = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?";
static MONTH_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?i)\b{MONTH}\s*(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?\b(?:\s*,?\s*(?P<y>[0-9]{{4}})\b)?"))
});
static DAY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]*{MONTH}(?:[\s,-]*(?P<y>[0-9]{{4}})\b)?"
    ))
});
static YEAR_THEN_NAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?i)\b(?P<y>[0-9]{{4}})[\s,-]+{MONTH}[\s-]*(?P<d>[0-9]{{1,2}})\b")));
static NO_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<m>[0-9]{1,2})\s*月\s*(?P<d>[0-9]{1,2})\s*[日号號]?|^\s*(?P<m2>[0-9]{1,2})\s*[-/]\s*(?P<d2>[0-9]{1,2})\s*$",
    )
});
static AGO: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)(?P<n>[0-9]{1,3})\s*(?:天前|日前|days?\s+ago)"));
static WEEKDAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^\s*(?:(?:星期|周|週|礼拜)(?P<zh>[一二三四五六日天])|(?P<en>mon|tue|wed|thu|fri|sat|sun)[a-z]*)\s*$")
});

/// Returns the time that `text` states, if it is complete.
pub fn exact(text: &str) -> Option<Time> {
    read(text, None)
}

/// Returns the time that `text` states. Missing parts (the year, the date of "yesterday") are derived from the time at
/// which the page was saved, if that is known.
pub fn read(text: &str, saved: Option<Time>) -> Option<Time> {
    let text = text.trim();
    if text.is_empty() || text.len() > 200 {
        return None;
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(Time::from_timestamp(instant));
    }
    let (clock, rest) = clock(text)?;
    let (day, rest) = day(&rest)?;
    // There are few words around a date; a sentence that contains a date is not one.
    if rest.chars().filter(|character| character.is_alphabetic()).count() > 12
        || rest.chars().any(|c| c.is_ascii_digit())
    {
        return None;
    }
    let today = || Some(saved?.zoned().date());
    let date = match day {
        Day::Exact(date) => date,
        Day::WithoutYear(month, day) => {
            let today = today()?;
            let in_year = |year: i16| Date::new(year, month, day).ok().filter(|date| *date <= today);
            in_year(today.year()).or_else(|| in_year(today.year() - 1))?
        }
        Day::Ago(days) => today()?.checked_sub(Span::new().try_days(days).ok()?).ok()?,
        Day::Weekday(weekday) => {
            let back = weekday.until(today()?.weekday());
            // On the same weekday, it may be today or a week ago.
            today()?.checked_sub(i32::from(back).days()).ok().filter(|_| back != 0)?
        }
    };
    Time::from_wall(&format!("{date} {}", clock.unwrap_or_default().strftime("%H:%M:%S")))
}

/// Splits the time of day off a text. Returns `None` if it is not a valid time.
fn clock(text: &str) -> Option<(Option<Clock>, String)> {
    let Some(found) = CLOCK.captures(text) else { return Some((None, text.to_owned())) };
    let number = |name: &str| found.name(name).and_then(|digits| digits.as_str().parse::<i8>().ok());
    let half = found.name("after").or(found.name("before")).map_or("", |word| word.as_str()).to_lowercase();
    let afternoon = half.starts_with('p') || matches!(half.as_str(), "下午" | "晚上" | "傍晚");
    let morning = half.starts_with('a') || matches!(half.as_str(), "上午" | "凌晨" | "早上");
    let mut hour = number("hour")?;
    if afternoon && hour < 12 || half == "中午" && hour < 3 {
        hour += 12;
    } else if morning && hour == 12 {
        hour = 0;
    }
    let clock = Clock::new(hour, number("minute").or(number("minute2")).unwrap_or(0), number("second").unwrap_or(0), 0);
    let whole = found.get(0)?;
    Some((Some(clock.ok()?), format!("{} {}", &text[..whole.start()], &text[whole.end()..])))
}

/// Returns the day that a text states, and the rest of the text.
fn day(text: &str) -> Option<(Day, String)> {
    let without = |found: &Captures<'_>| {
        let whole = found.get(0).map_or(0..0, |found| found.range());
        // The `T` before a time.
        format!("{} {}", &text[..whole.start], text[whole.end..].trim_start_matches(['T', ',']))
    };
    let number =
        |found: &Captures<'_>, name: &str| found.name(name).and_then(|digits| digits.as_str().parse::<i8>().ok());
    let year = |found: &Captures<'_>| found.name("y").and_then(|digits| digits.as_str().parse::<i16>().ok());
    if let Some(found) = YEAR_FIRST.captures(text) {
        let date = Date::new(year(&found)?, number(&found, "m")?, number(&found, "d")?).ok()?;
        return Some((Day::Exact(date), without(&found)));
    }
    if let Some(found) = YEAR_LAST.captures(text) {
        let (a, b) = (number(&found, "a")?, number(&found, "b")?);
        // 3/4/2024 is ambiguous, 13/4/2024 is not.
        let (month, day) = if a > 12 || a == b {
            (b, a)
        } else if b > 12 {
            (a, b)
        } else {
            return None;
        };
        return Some((Day::Exact(Date::new(year(&found)?, month, day).ok()?), without(&found)));
    }
    for named in [&YEAR_THEN_NAME, &MONTH_FIRST, &DAY_FIRST] {
        if let Some(found) = named.captures(text) {
            let (month, day) = (month(found.name("month")?.as_str())?, number(&found, "d")?);
            let rest = without(&found);
            return match year(&found) {
                Some(year) => Some((Day::Exact(Date::new(year, month, day).ok()?), rest)),
                None => Some((Day::WithoutYear(month, day), rest)),
            };
        }
    }
    if let Some(found) = NO_YEAR.captures(text) {
        let (month, day) =
            (number(&found, "m").or(number(&found, "m2"))?, number(&found, "d").or(number(&found, "d2"))?);
        return Some((Day::WithoutYear(month, day), without(&found)));
    }
    if let Some(found) = AGO.captures(text) {
        return Some((Day::Ago(found["n"].parse().ok()?), without(&found)));
    }
    let lower = text.trim().to_lowercase();
    for (word, days) in [("今天", 0), ("today", 0), ("昨天", 1), ("昨日", 1), ("yesterday", 1), ("前天", 2)] {
        if let Some(rest) = lower.strip_prefix(word) {
            return Some((Day::Ago(days), rest.to_owned()));
        }
    }
    let found = WEEKDAY.captures(text)?;
    let weekday = match (found.name("zh"), found.name("en")) {
        (Some(zh), _) => match zh.as_str() {
            "一" => Weekday::Monday,
            "二" => Weekday::Tuesday,
            "三" => Weekday::Wednesday,
            "四" => Weekday::Thursday,
            "五" => Weekday::Friday,
            "六" => Weekday::Saturday,
            _ => Weekday::Sunday,
        },
        (None, en) => match en?.as_str().to_lowercase().as_str() {
            "mon" => Weekday::Monday,
            "tue" => Weekday::Tuesday,
            "wed" => Weekday::Wednesday,
            "thu" => Weekday::Thursday,
            "fri" => Weekday::Friday,
            "sat" => Weekday::Saturday,
            _ => Weekday::Sunday,
        },
    };
    Some((Day::Weekday(weekday), String::new()))
}

fn month(name: &str) -> Option<i8> {
    const NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let start = name.get(..3)?.to_lowercase();
    NAMES.iter().position(|known| *known == start).and_then(|place| i8::try_from(place + 1).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_dates_are_read_in_every_writing() {
        for (text, wall) in [
            ("2024年1月5日 10:20", "2024-01-05 10:20"),
            ("2024-01-05", "2024-01-05"),
            ("2024/1/5 9:07:08", "2024-01-05 09:07:08"),
            ("2024.01.05", "2024-01-05"),
            ("2024年01月05日 下午3:05", "2024-01-05 15:05"),
            ("2024年1月5日 上午12点", "2024-01-05 00:00"),
            ("2024-01-05T10:20:00+08:00", "2024-01-05 10:20"),
            ("2024-01-05T02:20:00Z", "2024-01-05 10:20"),
            ("2024-01-05T10:20:00", "2024-01-05 10:20"),
            ("Jan 5, 2024 10:00", "2024-01-05 10:00"),
            ("January 5, 2024", "2024-01-05"),
            ("Jan. 5th, 2024 at 3:00 PM", "2024-01-05 15:00"),
            ("5 Jan 2024", "2024-01-05"),
            ("5th of January 2024, 10:00", "2024-01-05 10:00"),
            ("05-Jan-2024", "2024-01-05"),
            ("2024 Sept 5", "2024-09-05"),
            ("Fri, 5 January 2024 10:00", "2024-01-05 10:00"),
            ("Posted on May 5, 2024", "2024-05-05"),
            ("发表于 2024年1月5日 10:00", "2024-01-05 10:00"),
            ("25/12/2024", "2024-12-25"),
            ("12/25/2024 8:00 am", "2024-12-25 08:00"),
        ] {
            assert_eq!(exact(text), Time::from_wall(wall), "{text}");
            assert!(exact(text).is_some(), "{text}");
        }
        for no in [
            "3/4/2024",
            "1月5日 10:00",
            "Jan 5",
            "昨天 10:00",
            "3天前",
            "星期三",
            "2024年13月5日",
            "2024-02-30",
            "2024",
            "25:61",
            "",
            "我们在2024-01-05那天去爬了一座很高很高很高的山",
        ] {
            assert_eq!(exact(no), None, "{no}");
        }
    }

    #[test]
    fn what_is_left_open_follows_from_the_time_of_saving() {
        // A Wednesday.
        let saved = Time::from_wall("2024-01-10 12:00");
        for (text, wall) in [
            ("1月5日 10:00", "2024-01-05 10:00"),
            ("12月30日", "2023-12-30"),
            ("01-05", "2024-01-05"),
            ("Dec 30 10:00", "2023-12-30 10:00"),
            ("今天 08:00", "2024-01-10 08:00"),
            ("昨天 10:00", "2024-01-09 10:00"),
            ("Yesterday 10:00", "2024-01-09 10:00"),
            ("前天", "2024-01-08"),
            ("3天前", "2024-01-07"),
            ("3 days ago", "2024-01-07"),
            ("星期五", "2024-01-05"),
            ("周二", "2024-01-09"),
            ("Monday", "2024-01-08"),
        ] {
            assert_eq!(read(text, saved), Time::from_wall(wall), "{text}");
        }
        for no in ["星期三", "2周前", "刚刚", "2月30日", "a week ago"] {
            assert_eq!(read(no, saved), None, "{no}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(text in "([0-9]{1,4}|年|月|日|:|-|/|jan|前天|天前| |下午|pm|星期|三|你){0,16}") {
            let _ = read(&text, Time::from_unix(1_704_859_200));
        }
    }
}
