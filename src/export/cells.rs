//! Cells for spreadsheets, which read some texts as formulas and round long numbers when a file is opened by double
//! click.

use std::borrow::Cow;

/// Number of digits that a spreadsheet keeps exactly; it shows longer numbers as `4.2E+27`.
const EXACT_DIGITS: usize = 11;

/// Returns the text, with an apostrophe in front if a spreadsheet would read it as a formula.
pub(super) fn without_formula(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Returns an identifying number with a tab in front if a spreadsheet would round it, and any other text as
/// [`without_formula`] does.
pub(super) fn exact_number(text: &str) -> Cow<'_, str> {
    let rounded = text.len() > EXACT_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
    if rounded { Cow::Owned(format!("\t{text}")) } else { without_formula(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_computed_or_rounded() {
        assert_eq!((&*without_formula("=1+1"), &*without_formula("茶-水")), ("'=1+1", "茶-水"));
        assert_eq!(
            (&*exact_number("4200099900000000000000000001"), &*exact_number("1900000000")),
            ("\t4200099900000000000000000001", "1900000000")
        );
        assert_eq!(&*exact_number("@x"), "'@x");
    }
}
