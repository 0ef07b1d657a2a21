//! Parses facts as users type them: dates, counts, amounts, yes or no. Each function returns the value or `None`; the
//! caller names the expected form in its error. Full-width digits and signs are accepted.

use jiff::ToSpan as _;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::text::typed::plain;
pub use crate::text::typed::{is_unknown, yes_or_no};

/// Units that may follow a count.
const COUNTERS: &[&str] = &[
    "篇",
    "条",
    "个",
    "张",
    "笔",
    "场",
    "人",
    "位",
    "份",
    "次",
    "件",
    "名",
    "封",
    "单",
    "则",
    "期",
    "段",
    "首",
    "部",
    "items",
    "item",
    "articles",
    "article",
    "posts",
    "videos",
    "images",
    "comments",
    "followers",
    "people",
    "orders",
];
/// Units that may precede or follow an amount.
const CURRENCY: &[&str] = &["元整", "元", "块", "人民币", "cny", "rmb", "yuan", "¥"];
/// Answers that mean zero.
const NONE: &[&str] = &["没有", "无", "没", "none", "零", "〇"];

/// Parses a date. Relative words such as 昨天 are resolved against `today` and rejected without it. A date without a
/// year, or with an ambiguous order (3/1/2026), is rejected.
pub fn day(text: &str, today: Option<Date>) -> Option<Date> {
    let text: String = plain(text).split_whitespace().collect();
    let from_today = |days: i64| today.and_then(|today| today.checked_add(days.days()).ok());
    match text.as_str() {
        "今天" | "今日" | "当天" | "today" => return from_today(0),
        "昨天" | "昨日" | "yesterday" => return from_today(-1),
        "前天" => return from_today(-2),
        "大前天" => return from_today(-3),
        "明天" | "tomorrow" => return from_today(1),
        "后天" => return from_today(2),
        _ => {}
    }
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return date(&text[..4], &text[4..6], &text[6..]);
    }
    let (year, rest) = text.split_once(['年', '-', '/', '.'])?;
    let (month, rest) = rest.split_once(['月', '-', '/', '.'])?;
    let day = rest.trim_end_matches(['日', '号']);
    // A date uses Chinese numerals for year, month and day, or for none of them.
    date(year, month, day).or_else(|| {
        let year =
            year.chars().map(|digit| digit_of(digit).map(|digit| digit.to_string())).collect::<Option<String>>()?;
        date(&year, &chinese(month)?.to_string(), &chinese(day)?.to_string())
    })
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let (year, month, day): (i16, i16, i16) = (number(year)?, number(month)?, number(day)?);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Parses a count: `17`, `1,234`, `17 篇`, `十七篇`, `1.2万`; 没有 is zero.
pub fn count(text: &str) -> Option<u64> {
    let text = plain(text);
    if NONE.contains(&text.as_str()) {
        return Some(0);
    }
    let number = COUNTERS.iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(&text).trim();
    if let Some(number) = chinese(number) {
        return Some(number);
    }
    let value = decimal(number)?;
    // Users do not type `17.0` as a count, but do type `1.2万`.
    (value.fract().is_zero() && (!number.contains('.') || number.ends_with('万'))).then(|| u64::try_from(value).ok())?
}

/// Parses an amount in yuan: `1,234.50`, `¥12`, `0.00元`, `3万元`; 没有 is zero.
pub fn amount(text: &str) -> Option<Decimal> {
    let text = plain(text);
    if NONE.contains(&text.as_str()) {
        return Some(Decimal::ZERO);
    }
    let mut number = text.as_str();
    for unit in CURRENCY {
        number = number.strip_suffix(unit).unwrap_or(number).trim();
        number = number.strip_prefix(unit).unwrap_or(number).trim();
    }
    chinese(number).map(Decimal::from).or_else(|| decimal(number)).map(|value| value.normalize())
}

/// Parses a number in plain digits, optionally with commas between groups of three, decimals and the suffix 万.
fn decimal(text: &str) -> Option<Decimal> {
    let (text, times) = text.strip_suffix('万').map_or((text, 1), |text| (text.trim(), 10_000));
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split([',', '_']);
    let first = groups.next()?;
    let grouped = whole.contains([',', '_']);
    if !digits(first) || (grouped && first.len() > 3) || fraction.is_some_and(|fraction| !digits(fraction)) {
        return None;
    }
    if !groups.all(|group| group.len() == 3 && digits(group)) {
        return None;
    }
    let value: Decimal = text.replace([',', '_'], "").parse().ok()?;
    value.checked_mul(Decimal::from(times))
}

fn digit_of(character: char) -> Option<u64> {
    let digits = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    match character {
        '〇' => Some(0),
        '两' => Some(2),
        _ => digits.iter().position(|digit| *digit == character).map(|value| value as u64),
    }
}

/// Parses a number below a hundred million in Chinese numerals: 十七, 一百零三, 三万二千. A digit at the end is of the unit
/// below the one before it, which is left out in speech: 一万二 is 12,000, 一万零二 is 10,002.
fn chinese(text: &str) -> Option<u64> {
    let (mut total, mut section, mut digit) = (0_u64, 0_u64, None);
    let mut seen = false;
    // Unit of the digit that follows.
    let mut below = 1;
    for character in text.chars() {
        seen = true;
        let unit = match character {
            '十' => 10,
            '百' => 100,
            '千' => 1_000,
            '万' => {
                total = total.checked_add((section + digit.take().unwrap_or(0)).checked_mul(10_000)?)?;
                section = 0;
                below = 1_000;
                continue;
            }
            _ => {
                let value = digit_of(character)?;
                if digit.is_some_and(|before| before != 0) {
                    return None;
                }
                if value == 0 {
                    below = 1;
                }
                digit = Some(value);
                continue;
            }
        };
        section += digit.take().unwrap_or(1) * unit;
        below = unit / 10;
    }
    seen.then_some(total + section + digit.unwrap_or(0) * below)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Date {
        "2026-03-02".parse().unwrap()
    }

    #[test]
    fn days_are_read_in_every_usual_form() {
        for text in [
            "2026-03-01",
            "2026-3-1",
            "2026/3/1",
            "2026.3.1",
            "20260301",
            "2026年3月1日",
            "2026年03月01号",
            "２０２６年３月１日",
            "２０２６－３－１",
            " 2026 年 3 月 1 日 ",
            "二〇二六年三月一日",
            "昨天",
            "yesterday",
        ] {
            assert_eq!(day(text, Some(today())), "2026-03-01".parse().ok(), "{text}");
        }
        for text in
            ["3月1日", "3/1/2026", "26-3-1", "2026-13-1", "2026-2-30", "2026-3", "上个月", "", "17", "2026-3-1-1"]
        {
            assert_eq!(day(text, Some(today())), None, "{text}");
        }
        assert_eq!(day("昨天", None), None, "without a clock it cannot be told");
        assert_eq!(day("二〇二五年十二月三十一日", None), "2025-12-31".parse().ok());
    }

    #[test]
    fn counts_are_whole_and_may_have_a_unit() {
        for text in ["17", "17篇", "17 篇", "１７篇", "十七篇", "十七", " 17 ", "17 articles"] {
            assert_eq!(count(text), Some(17), "{text}");
        }
        for (text, value) in [
            ("1,234", 1_234),
            ("1，234", 1_234),
            ("1.2万", 12_000),
            ("3万", 30_000),
            ("一百零三", 103),
            ("两千", 2_000),
            ("三万二千", 32_000),
            ("一万二", 12_000),
            ("一万零二", 10_002),
            ("一万零二十", 10_020),
            ("三千五", 3_500),
            ("三千零五", 3_005),
            ("两百五", 250),
            ("一百二十", 120),
            ("二十三", 23),
            ("一万二千三", 12_300),
            ("一百二十三万四", 1_234_000),
            ("没有", 0),
            ("0", 0),
            ("零", 0),
            ("二十", 20),
            ("1,234,567人", 1_234_567),
        ] {
            assert_eq!(count(text), Some(value), "{text}");
        }
        for text in
            ["1,23", "12,3456", "17.5", "17.0", "-3", "约17", "很多", "", "1.23456万", "17篇左右", "1e3", "一七"]
        {
            assert_eq!(count(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_keep_their_decimals() {
        for (text, value) in [
            ("0", "0"),
            ("0.00元", "0"),
            ("¥1,234.50", "1234.5"),
            ("￥12", "12"),
            ("１２．３元", "12.3"),
            ("3万元", "30000"),
            ("没有", "0"),
            ("人民币 5 元", "5"),
            ("12 CNY", "12"),
            ("零元", "0"),
        ] {
            assert_eq!(amount(text).map(|value| value.to_string()), Some(value.to_owned()), "{text}");
        }
        for text in ["1,23", "-5", "提清了", "", "12.", "$5", "1.2.3"] {
            assert_eq!(amount(text), None, "{text}");
        }
    }
}
