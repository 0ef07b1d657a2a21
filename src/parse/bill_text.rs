//! Single cells of bills: times, amounts, the platform's escapes, and what is said in passing.

use std::fmt::Write as _;

use crate::model::Time;
use crate::model::money::Money;

/// Appends the wall time `text` as RFC 3339 at +08:00; `false` (and nothing appended) if it is none.
pub(super) fn wall(text: &str, into: &mut String) -> bool {
    if let Some(usual) = usual_wall(text) {
        into.push_str(usual.0);
        into.push('T');
        into.push_str(usual.1);
        into.push_str("+08:00");
        return true;
    }
    // Full-width colons, slashes, parts without a leading nought, no seconds.
    let mut numbers = text.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty());
    let mut parts = [0_u32; 6];
    let mut count = 0;
    for part in &mut parts {
        let Some(number) = numbers.next() else { break };
        let Ok(number) = number.parse() else { return false };
        *part = number;
        count += 1;
    }
    let between = |letter: char| {
        letter.is_ascii_digit() || matches!(letter, '-' | '/' | '.' | ':' | '：' | ' ' | 'T' | '年' | '月' | '日')
    };
    if numbers.next().is_some() || !matches!(count, 3 | 5 | 6) || !text.chars().all(between) {
        return false;
    }
    let [year, month, day, hour, minute, second] = parts;
    let full = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
    match Time::from_wall(&full) {
        Some(time) => {
            // Writing to a String cannot fail.
            let _ = write!(into, "{time}");
            true
        }
        None => false,
    }
}

/// Date and time of `2026-05-01 12:30:00`, the form of nearly every row.
fn usual_wall(text: &str) -> Option<(&str, &str)> {
    let bytes: &[u8; 19] = text.as_bytes().try_into().ok()?;
    let two = |at: usize| {
        let (tens, ones) = (bytes[at].wrapping_sub(b'0'), bytes[at + 1].wrapping_sub(b'0'));
        if tens < 10 && ones < 10 { Some(tens * 10 + ones) } else { None }
    };
    let marks = bytes[4] == b'-' && bytes[7] == b'-' && bytes[10] == b' ' && bytes[13] == b':' && bytes[16] == b':';
    // The 29th to 31st of a month are left to the calendar.
    let plausible = matches!(two(0)?, 19 | 20)
        && two(2).is_some()
        && (1..=12).contains(&two(5)?)
        && (1..=28).contains(&two(8)?)
        && two(11)? < 24
        && two(14)? < 60
        && two(17)? < 60;
    (marks && plausible).then(|| (&text[..10], &text[11..]))
}

/// The part of an amount's cell that is already how we write amounts; `None` if we write it otherwise.
pub(super) fn canonical(cell: &str) -> Option<&str> {
    let bytes = cell.as_bytes();
    let dot = memchr::memchr(b'.', bytes)?;
    let first = *bytes.first()?;
    if !first.is_ascii_digit() || (first == b'0' && dot != 1) || bytes.len() < dot + 3 {
        return None;
    }
    let mut end = bytes.len();
    while end > dot + 3 && bytes[end - 1] == b'0' {
        end -= 1;
    }
    Some(&cell[..end])
}

/// Undoes the escapes of merchants' text: `\ ` was a comma, `\n` and `\r` were line breaks. `false` (and nothing
/// appended) if there were none.
pub(super) fn unescape(cell: &str, into: &mut String) -> bool {
    let start = into.len();
    let mut rest = cell;
    let mut any = false;
    while let Some(at) = rest.find('\\') {
        into.push_str(&rest[..at]);
        let plain = match rest.as_bytes().get(at + 1) {
            Some(b' ') => Some(','),
            Some(b'n') => Some('\n'),
            Some(b'r') => Some('\r'),
            _ => None,
        };
        into.push(plain.unwrap_or('\\'));
        rest = &rest[at + if plain.is_some() { 2 } else { 1 }..];
        any |= plain.is_some();
    }
    if any {
        into.push_str(rest);
    } else {
        into.truncate(start);
    }
    any
}

/// What a personal bill's status says was given back: `已退款(￥3.50)`, `已全额退款`.
pub(super) fn status_refund(status: &str, amount: Option<Money>) -> Option<Money> {
    if status.contains("已全额退款") {
        return amount;
    }
    let rest = status.split_once("已退款")?.1.trim_start_matches(['(', '（']).trim_end_matches([')', '）']);
    Money::from_cell(rest)
}

/// The fee that a personal bill's note names: `服务费¥0.10`.
pub(super) fn service_fee(note: &str) -> Option<Money> {
    let rest = note.split_once("服务费")?.1.trim_start_matches(['¥', '￥', ':', '：']);
    let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(rest.len());
    Money::from_cell(&rest[..end])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(text: &str) -> Option<String> {
        let mut into = String::from("x");
        let read = wall(text, &mut into);
        assert_eq!(read, into.len() > 1);
        read.then(|| into[1..].to_owned())
    }

    #[test]
    fn times_are_read_in_every_form() {
        for text in ["2014-11-10 16：33：45", "2014-11-10 16:33:45", "2014/11/10 16:33:45", "2014年11月10日 16:33:45"]
        {
            assert_eq!(time(text).as_deref(), Some("2014-11-10T16:33:45+08:00"), "{text}");
        }
        assert_eq!(time("2024/2/29 9:05").as_deref(), Some("2024-02-29T09:05:00+08:00"));
        assert_eq!(time("2026-05-31 00:00:00").as_deref(), Some("2026-05-31T00:00:00+08:00"));
        for text in [
            "",
            "2023-02-29 00:00:00",
            "2026-13-01 00:00:00",
            "2026-05-01 24:00:00",
            "合计",
            "2026-05-01 1:2:3:4",
            "20260501",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn merchants_text_is_given_back() {
        let mut text = String::new();
        assert!(unescape(r"课程\ 入门\n第二行\r\x", &mut text));
        assert_eq!(text, "课程,入门\n第二行\r\\x");
        assert!(!unescape(r"a\b", &mut text));
        assert_eq!(text, "课程,入门\n第二行\r\\x");
    }

    #[test]
    fn what_is_said_in_passing_is_heard() {
        let amount = Money::from_plain("12");
        assert_eq!(status_refund("已退款(￥3.50)", amount), Money::from_plain("3.5"));
        assert_eq!(status_refund("已退款￥3.50", amount), Money::from_plain("3.5"));
        assert_eq!(status_refund("已全额退款", amount), amount);
        assert_eq!(status_refund("支付成功", amount), None);
        assert_eq!(service_fee("服务费¥0.10"), Money::from_plain("0.1"));
        assert_eq!(service_fee("/"), None);
    }

    proptest! {
        #[test]
        fn the_canonical_part_is_what_we_write(cell in "-?[0-9]{1,5}(\\.[0-9]{0,7})?") {
            if let Some(text) = canonical(&cell) {
                prop_assert_eq!(text, Money::from_plain(&cell).unwrap().to_string());
            }
        }
    }
}
