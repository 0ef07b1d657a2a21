//! Cells for spreadsheets, which read some texts as formulas and round long numbers when a file is opened by double
//! click.

use std::borrow::Cow;

use crate::model::cell::without_formula;

/// Number of digits that a spreadsheet keeps exactly; it shows longer numbers as `4.2E+27`.
const EXACT_DIGITS: usize = 11;

/// Returns a text with a tab in front if a spreadsheet would make another value of it: round a long number, drop leading
/// zeros, read `12E3` as a power, `3/4` as a date, `TRUE` as a truth value. Any other text is as [`without_formula`]
/// returns it.
pub(super) fn exact_text(text: &str) -> Cow<'_, str> {
    let guarded = without_formula(text);
    match guarded {
        Cow::Borrowed(_) if is_changed(text) => Cow::Owned(format!("\t{text}")),
        guarded => guarded,
    }
}

/// Reports whether a spreadsheet shows a text as something else than it is.
fn is_changed(text: &str) -> bool {
    if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") || text.starts_with("#N/") {
        return true;
    }
    // A number, a date or a time is written with digits, signs and a few words.
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    let is_sign = |letter: char| letter.is_ascii_digit() || "+-./:,()% 年月日时分秒".contains(letter);
    let words = text.split(is_sign).filter(|word| !word.is_empty());
    let mut in_value = words.map(str::to_ascii_lowercase).enumerate().map(|(place, word)| {
        let begins = place == 0 && text.starts_with(|letter: char| letter.is_ascii_alphabetic());
        is_month(&word) || !begins && matches!(word.as_str(), "e" | "a" | "p" | "am" | "pm")
    });
    has_digit && in_value.all(|is| is) && !is_plain_number(text)
}

/// Reports whether a lower-case word is a month, whole or abbreviated.
fn is_month(word: &str) -> bool {
    const MONTHS: &[&str] = &[
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    word == "sept" || MONTHS.iter().any(|month| *month == word || month.get(..3) == Some(word))
}

/// Reports whether a text is a decimal that a spreadsheet shows as it is.
fn is_plain_number(text: &str) -> bool {
    let text = text.strip_suffix('%').unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(fraction) && text.len() <= EXACT_DIGITS && (whole == "0" || !whole.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_computed_or_rounded() {
        assert_eq!((&*without_formula("=1+1"), &*without_formula("茶-水")), ("'=1+1", "茶-水"));
        assert_eq!(
            (&*exact_text("4200099900000000000000000001"), &*exact_text("1900000000")),
            ("\t4200099900000000000000000001", "1900000000")
        );
        assert_eq!((&*exact_text("@x"), &*exact_text("＝1")), ("'@x", "'＝1"));
        for changed in
            ["0012345", "00", "12E34567", "1e5", "1-2", "3/4", "2024-1-2", "12:30", "1,000", "007.5", "TRUE", "false"]
        {
            assert_eq!(exact_text(changed), format!("\t{changed}"));
        }
        for changed in [
            "Jan 5",
            "5 Mar",
            "1-Jan",
            "Mar-5",
            "MAR1",
            "sept2",
            "12:30 PM",
            "10:30a",
            "1月2日",
            "2026年1月2日",
            "(5)",
            "007%",
            "1E5%",
            "#N/A",
        ] {
            assert_eq!(exact_text(changed), format!("\t{changed}"));
        }
        for same in ["HC20260105", "5 martini", "12 本", "第3篇", "May", "PM"] {
            assert_eq!(exact_text(same), same);
        }
        for same in ["0", "0.5", "12.50", "茶 12-3", "A12-3", "0.60%", "¥1.00", "2026-01-02T08:00:00+08:00", "", "e"]
        {
            assert_eq!(exact_text(same), same);
        }
    }
}
