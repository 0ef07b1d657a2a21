//! Guards cells of tables that people open in a spreadsheet, which computes some texts.

use std::borrow::Cow;

/// Returns `cell`, prefixed with an apostrophe if a spreadsheet would evaluate it: text that begins with `=`, `+`, `-`
/// or `@`, in either width, also behind blanks, or with a tab, a carriage return or a line feed.
pub fn without_formula(cell: &str) -> Cow<'_, str> {
    let begins = |text: &str| text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    // Spreadsheets ignore some of these at the beginning.
    let blank = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}');
    if cell.starts_with(['\t', '\r', '\n']) || begins(cell.trim_start_matches(blank)) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_computed_by_a_spreadsheet() {
        for cell in [
            "=1+1",
            "+86",
            "-2",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "\n1",
            " =1",
            "＝1",
            "＋1",
            "－1",
            "＠1",
            "\u{a0}=1",
            "\u{3000}=1",
            "\u{feff}=1",
            "\0=1",
        ] {
            assert_eq!(without_formula(cell), format!("'{cell}"), "{cell:?}");
        }
        for cell in ["", "一 = 二", "a-b", "2026-03-01", "'=1", "https://example.org/?a=b"] {
            assert_eq!(without_formula(cell), cell);
        }
    }
}
