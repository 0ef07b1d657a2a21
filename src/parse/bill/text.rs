//! Reads single cells of bills: the platform's escapes, numbers that a spreadsheet destroyed, and refunds and fees in
//! notes.

use super::amount::amount;
use crate::model::money::Money;

/// Returns the amount in a cell of the form `12.50000`, and the part of the cell that is already in our canonical form;
/// `None` if the form differs.
pub(crate) fn plain_amount(cell: &str) -> Option<(Money, &str)> {
    let bytes = cell.as_bytes();
    let dot = bytes.iter().position(|byte| *byte == b'.')?;
    let first = *bytes.first()?;
    if !first.is_ascii_digit() || (first == b'0' && dot != 1) || bytes.len() < dot + 3 {
        return None;
    }
    let mut end = bytes.len();
    while end > dot + 3 && bytes[end - 1] == b'0' {
        end -= 1;
    }
    Some((Money::from_plain(&cell[..end])?, &cell[..end]))
}

/// Undoes the escapes of merchants' text: `\ ` was a comma, `\n` and `\r` were line breaks. Returns `false`, and
/// appends nothing, if there were none.
pub(crate) fn unescape(cell: &str, into: &mut String) -> bool {
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

/// Returns the refunded amount that a personal bill's status states: `已退款(￥3.50)`, `已全额退款`.
pub(crate) fn status_refund(status: &str, whole: Option<Money>) -> Option<Money> {
    if ["已全额退款", "已全額退款", "Fully refunded", "Full refund"].iter().any(|words| status.contains(words))
    {
        return whole;
    }
    let rest = ["已退款", "已部分退款", "部分退款"].iter().find_map(|words| Some(status.split_once(words)?.1))?;
    let rest = rest.trim_start_matches(['(', '（', ':', '：']).trim_end_matches([')', '）']);
    Some(amount(rest)?.money)
}

/// The number of digits that a spreadsheet's number holds exactly.
const SURE_DIGITS: usize = 15;
/// Minimum length of a platform's number that does not end in zeros from the 16th digit on by chance.
const LONG: usize = 20;

/// Reports whether a spreadsheet destroyed the number in `cell`: `4.2E+27`, or zeros beyond the digits it can hold.
/// Such a number no longer identifies anything: thousands of others read the same.
pub(crate) fn is_destroyed(cell: &str, is_number: bool, of_platform: bool) -> bool {
    let bytes = cell.as_bytes();
    if !bytes.first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    if bytes.iter().all(u8::is_ascii_digit) {
        return (is_number && bytes.len() > SURE_DIGITS)
            || (of_platform && bytes.len() >= LONG && bytes[SURE_DIGITS..].iter().all(|byte| *byte == b'0'));
    }
    let Some((mantissa, exponent)) = cell.split_once(['E', 'e']) else {
        let (whole, part) = cell.split_once('.').unwrap_or((cell, "x"));
        return part.bytes().all(|byte| byte == b'0') && is_destroyed(whole, is_number, of_platform);
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    whole.len() == 1
        && !exponent.is_empty()
        && [whole, part, exponent].iter().all(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        && (mantissa.contains('.') || cell.contains('+'))
}

/// Returns the fee that a personal bill's note names: `服务费¥0.10`.
pub(crate) fn service_fee(note: &str) -> Option<Money> {
    let rest = note.split_once("服务费").or_else(|| note.split_once("服務費"))?.1;
    let rest = rest.trim_start_matches(['¥', '￥', ':', '：', ' ']);
    let end = rest.find(|letter: char| !letter.is_ascii_digit() && !matches!(letter, '.' | ',')).unwrap_or(rest.len());
    Some(amount(rest[..end].trim_end_matches([',', '.']))?.money)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn destroyed_numbers_are_known_by_their_look() {
        for cell in ["4.2E+27", "4.20000E+27", "1.00005e+27", "4.20000999020250E+27", "4E+27", "1.00E+05"] {
            assert!(is_destroyed(cell, false, true), "{cell}");
            assert!(is_destroyed(cell, false, false), "{cell}");
        }
        for cell in ["4200009990202500000000000000", "4200009990202500000000000000.0"] {
            assert!(is_destroyed(cell, false, true), "{cell}");
            assert!(!is_destroyed(cell, false, false), "{cell}");
        }
        // A numeric cell holds exactly fifteen digits, whatever the following digits are.
        assert!(!is_destroyed("420000999020257", true, false));
        for cell in ["4200009990202500", "4200009990202573", "42000099902025731"] {
            assert!(is_destroyed(cell, true, false), "{cell}");
        }
        for cell in ["4200009990202500000000000001", "4200009990202500", "A1E+05", "12E5", "1E5", "", "/", "2025-03-01"]
        {
            assert!(!is_destroyed(cell, false, true), "{cell}");
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
        assert_eq!(status_refund("已退款(￥1,003.50)", amount), Money::from_plain("1003.5"));
        assert_eq!(status_refund("已全額退款", amount), amount);
        assert_eq!(status_refund("支付成功", amount), None);
        assert_eq!(service_fee("服务费¥0.10"), Money::from_plain("0.1"));
        assert_eq!(service_fee("/"), None);
    }

    proptest! {
        #[test]
        fn the_canonical_part_is_what_we_write(cell in "-?[0-9,]{1,5}(\\.[0-9]{0,9})?") {
            if let Some((money, text)) = plain_amount(&cell) {
                prop_assert_eq!(Some(money), Money::from_plain(&cell));
                prop_assert_eq!(text, money.to_string());
            }
        }
    }
}
