//! Reads tables from any container: CSV in any encoding, a sheet of a workbook, an HTML table. Rows are read one at a
//! time, and each has its line number for error reports.

pub(crate) mod csv_delimiter;
pub mod csv_rows;
pub(crate) mod csv_text;
pub mod datacube;
pub mod html_tables;
pub mod private;
pub mod shop;
pub mod sql_dump;
pub(crate) mod sql_value;
pub mod workbook;
pub(crate) mod workbook_links;
pub(crate) mod workbook_size;
pub mod xlsx_rows;

use crate::error::Result;

/// A row with its cells as text, reused from row to row.
#[derive(Clone, Debug, Default)]
pub struct Record {
    text: String,
    cells: Vec<Cell>,
    links: Vec<(usize, String)>,
    line: u64,
    damaged: bool,
    quoted: bool,
    lines: u64,
    counts_from_1904: bool,
    open_ended: bool,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    start: usize,
    end: usize,
    number: bool,
}

/// All bits but the highest of each byte.
const LOW_BITS: u64 = 0x7f7f_7f7f_7f7f_7f7f;

/// A source of rows.
pub trait Rows {
    /// Reads the next row into `record`; returns `false` at the end.
    fn next_row(&mut self, record: &mut Record) -> Result<bool>;

    /// Returns the delimiter between the cells of a text; `None` for tables with unambiguous cells.
    fn divider(&self) -> Option<char> {
        None
    }

    /// Reads the last row again with quotes ignored: it ends at its first line break, its cells end at delimiters.
    /// Returns `false` if the table is not such a text. The following rows do not change until [`Rows::take_plain`].
    fn look_plain(&mut self, _record: &mut Record) -> Result<bool> {
        Ok(false)
    }

    /// Continues after the first line break of the last row, as read by [`Rows::look_plain`].
    fn take_plain(&mut self) {}
}

impl Record {
    /// Returns the number of cells.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Reports whether there are no cells.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Reports whether all cells are blank.
    pub fn is_blank(&self) -> bool {
        self.iter().all(|cell| cell.trim().is_empty())
    }

    /// Returns the cell at `index`; empty beyond the last one.
    #[inline]
    pub fn get(&self, index: usize) -> &str {
        self.cells.get(index).map_or("", |cell| &self.text[cell.start..cell.end])
    }

    /// Reports whether the cell is a spreadsheet's number and not text.
    pub fn is_number(&self, index: usize) -> bool {
        self.cells.get(index).is_some_and(|cell| cell.number)
    }

    /// Returns all cells.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(|cell| &self.text[cell.start..cell.end])
    }

    /// Returns the target of the cell at `index`, if it is a hyperlink with a different text.
    pub fn link(&self, index: usize) -> Option<&str> {
        self.links.iter().find(|(cell, _)| *cell == index).map(|(_, link)| link.as_str())
    }

    /// Returns the line in the file (CSV) or the row in the sheet, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Reports whether undecodable bytes were replaced in the row.
    pub fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// Reports whether quotes determined the ends of the cells.
    pub fn is_quoted(&self) -> bool {
        self.quoted
    }

    /// Reports whether the row counts days from 1904 and not from 1900.
    pub fn counts_from_1904(&self) -> bool {
        self.counts_from_1904
    }

    pub(super) fn count_from_1904(&mut self, from_1904: bool) {
        self.counts_from_1904 = from_1904;
    }

    /// Returns the number of lines of the file that the row occupies.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Reports whether the text ends with this row without a line break: its last cell may be truncated.
    pub fn is_open_ended(&self) -> bool {
        self.open_ended
    }

    pub(super) fn begin(&mut self, line: u64) {
        self.text.clear();
        self.cells.clear();
        self.links.clear();
        self.line = line;
        self.damaged = false;
        self.quoted = false;
        self.lines = 1;
        self.counts_from_1904 = false;
        self.open_ended = false;
    }

    pub(super) fn mark_open_ended(&mut self) {
        self.open_ended = true;
    }

    pub(super) fn mark_quoted(&mut self, lines: u64) {
        self.quoted = true;
        self.lines = lines;
    }

    /// Replaces the contents with `cells` and the properties of `other`.
    pub(super) fn replace(&mut self, other: &Self, cells: impl IntoIterator<Item = String>) {
        self.begin(other.line);
        self.damaged = other.damaged;
        (self.quoted, self.lines, self.open_ended) = (other.quoted, other.lines, other.open_ended);
        for cell in cells {
            self.push(&cell, false);
        }
    }

    pub(super) fn mark_damaged(&mut self) {
        self.damaged = true;
    }

    /// Splits a line without quotes into cells at the delimiter.
    pub(super) fn split_line(&mut self, line: &str, delimiter: u8) {
        self.text.push_str(line);
        let mut start = 0;
        let mut push = |end| {
            self.cells.push(Cell { start, end, number: false });
            start = end + 1;
        };
        // Cells are so short that a search for each would take longer than examining eight bytes at a time. A byte of
        // `others` is zero where the delimiter is, and `found` has the highest bit of that byte and no other.
        let delimiters = u64::from_le_bytes([delimiter; 8]);
        let (words, rest) = line.as_bytes().as_chunks::<8>();
        for (index, word) in words.iter().enumerate() {
            let others = u64::from_le_bytes(*word) ^ delimiters;
            let mut found = !(((others & LOW_BITS) + LOW_BITS) | others | LOW_BITS);
            while found != 0 {
                push(index * 8 + found.trailing_zeros() as usize / 8);
                found &= found - 1;
            }
        }
        for (index, byte) in rest.iter().enumerate() {
            if *byte == delimiter {
                push(words.len() * 8 + index);
            }
        }
        push(line.len());
    }

    /// Sets the target of the cell at `index`.
    pub(super) fn set_link(&mut self, index: usize, link: String) {
        if self.get(index).trim() != link {
            self.links.push((index, link));
        }
    }

    pub(super) fn push(&mut self, cell: &str, number: bool) {
        let start = self.text.len();
        self.text.push_str(cell);
        self.cells.push(Cell { start, end: self.text.len(), number });
    }
}

/// Removes the platform's padding of a cell: the backtick that prevents spreadsheets from parsing a number, tabs and
/// other whitespace.
#[inline]
pub fn clean(cell: &str) -> &str {
    let bytes = cell.as_bytes();
    let inner = match bytes.first() {
        Some(b'`') => &cell[1..],
        // A space after the previous comma.
        Some(b' ' | b'\t') => {
            let rest = cell.trim_start_matches([' ', '\t']);
            rest.strip_prefix('`').unwrap_or(rest)
        }
        _ => cell,
    };
    match (inner.as_bytes().first(), inner.as_bytes().last()) {
        // Most cells need no trimming; non-ASCII edges may be whitespace of other scripts.
        (Some(b'!'..=b'~'), Some(b'!'..=b'~')) | (None, _) => inner,
        _ => inner.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}'),
    }
}

/// Normalizes a column's name for comparison: no whitespace, half-width punctuation.
pub fn column_name(cell: &str) -> String {
    clean(cell)
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .map(|letter| match letter {
            '（' => '(',
            '）' => ')',
            '：' => ':',
            '／' => '/',
            letter => letter,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_line_is_split_at_every_delimiter(line in "[,;\\-\u{ac}a 甲\u{2c2c}]{0,40}", delimiter in 0..2_usize) {
            let delimiter = [',', ';'][delimiter];
            let mut record = Record::default();
            record.split_line(&line, u8::try_from(delimiter).unwrap());
            let cells: Vec<&str> = line.split(delimiter).collect();
            proptest::prop_assert_eq!(record.iter().collect::<Vec<_>>(), cells);
        }
    }

    #[test]
    fn cells_lose_what_the_platform_puts_around_them() {
        assert_eq!(clean("`0012"), "0012");
        assert_eq!(clean("`"), "");
        assert_eq!((clean(" `0"), clean("\t`a b "), clean(" ` ")), ("0", "a b", ""));
        assert_eq!(clean(" \t4200001\t"), "4200001");
        assert_eq!(clean("\u{3000}商户消费\u{a0}"), "商户消费");
        assert_eq!(clean(""), "");
        assert_eq!(column_name("`收支金额（元） "), "收支金额(元)");
    }
}
