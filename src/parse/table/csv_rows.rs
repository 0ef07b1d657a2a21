//! Reads CSV as the platform and spreadsheets write it, in one pass: any encoding, large files, cells with a tab after
//! the closing quote.

use std::io::Read;

use super::csv_delimiter::delimiter_of;
use super::csv_text::Text;
use super::{Record, Rows};
use crate::error::{Error, Result};

/// Maximum length of a row in bytes, which also limits a quote that is never closed.
const LONGEST: usize = 1024 * 1024;

/// The replacement character for undecodable bytes.
const LOST: char = '\u{fffd}';

/// A reader of the rows of a CSV file.
pub struct CsvRows<R> {
    text: Text<R>,
    locator: String,
    line: u64,
    /// The delimiter, detected at the first row.
    delimiter: Option<u8>,
    /// The length of the last row in bytes and lines; it is still in the window.
    last: (usize, u64),
}

impl<R: Read> CsvRows<R> {
    /// Creates a reader of `reader`, which errors call `locator`.
    pub fn new(reader: R, locator: impl Into<String>) -> Self {
        Self { text: Text::new(reader), locator: locator.into(), line: 0, delimiter: None, last: (0, 0) }
    }

    /// Returns the encoding as known so far (`UTF-8`, `gb18030` …).
    pub fn encoding(&self) -> &'static str {
        self.text.encoding()
    }

    /// Returns the end of the line that starts at `from`, without its line break, and the start of the next line.
    fn line_end(&mut self, from: usize) -> Result<Option<(usize, usize)>> {
        let mut searched = from;
        loop {
            let bytes = self.text.bytes();
            if let Some(found) = memchr::memchr(b'\n', &bytes[searched..]) {
                let end = searched + found;
                let cut = if end > from && bytes[end - 1] == b'\r' { end - 1 } else { end };
                return Ok(Some((cut, end + 1)));
            }
            searched = bytes.len();
            if searched - from > LONGEST {
                return Err(Error::input("table-row-too-long").with("path", &self.locator).with("line", self.line + 1));
            }
            if !self.more()? {
                let end = self.text.bytes().len();
                return Ok((end > from).then_some((end, end)));
            }
        }
    }
}

impl<R: Read> Rows for CsvRows<R> {
    fn next_row(&mut self, record: &mut Record) -> Result<bool> {
        let Some((end, next)) = self.line_end(0)? else { return Ok(false) };
        let delimiter = self.delimiter();
        record.begin(self.line + 1);
        let bytes = &self.text.bytes()[..end];
        if memchr::memchr(b'"', bytes).is_some() {
            return self.quoted_row(record);
        }
        if let Ok(line) = std::str::from_utf8(bytes) {
            record.split_line(line, delimiter);
            if self.text.is_decoded() && line.contains(LOST) {
                record.mark_damaged();
            }
            if end == next {
                record.mark_open_ended();
            }
            let proof = !self.text.is_proven() && !line.is_ascii();
            self.text.skip(next, proof);
            self.last = (next, 1);
        } else {
            if self.text.switch_encoding() {
                return self.next_row(record);
            }
            record.mark_damaged();
            record.split_line(&String::from_utf8_lossy(&self.text.bytes()[..end]), delimiter);
            self.text.skip(next, false);
            self.last = (next, 1);
        }
        self.line += 1;
        Ok(true)
    }

    fn divider(&self) -> Option<char> {
        self.delimiter.map(char::from)
    }

    fn look_plain(&mut self, record: &mut Record) -> Result<bool> {
        let (bytes, lines) = self.last;
        if bytes == 0 {
            return Ok(false);
        }
        let delimiter = self.delimiter();
        let last = self.text.skipped(bytes);
        let end = memchr::memchr(b'\n', last).unwrap_or(last.len());
        let end = if end > 0 && last[end - 1] == b'\r' { end - 1 } else { end };
        record.begin(self.line - lines + 1);
        if let Ok(line) = std::str::from_utf8(&last[..end]) {
            record.split_line(line, delimiter);
            if self.text.is_decoded() && line.contains(LOST) {
                record.mark_damaged();
            }
        } else {
            record.mark_damaged();
            record.split_line(&String::from_utf8_lossy(&last[..end]), delimiter);
        }
        Ok(true)
    }

    fn take_plain(&mut self) {
        let (bytes, lines) = std::mem::take(&mut self.last);
        let last = self.text.skipped(bytes);
        let first = memchr::memchr(b'\n', last).map_or(bytes, |end| end + 1);
        self.text.unskip(bytes - first);
        self.line -= lines.saturating_sub(1);
    }
}

impl<R: Read> CsvRows<R> {
    /// Returns the delimiter, detected in the first block of the text.
    fn delimiter(&mut self) -> u8 {
        *self.delimiter.get_or_insert_with(|| delimiter_of(self.text.bytes()))
    }

    /// Reads a row with quotes: cells that begin with one may contain delimiters and line breaks.
    fn quoted_row(&mut self, record: &mut Record) -> Result<bool> {
        let mut cells = Vec::new();
        let next = self.quoted_cells(&mut cells)?;
        let mut proof = false;
        for cell in cells {
            match std::str::from_utf8(&cell) {
                Ok(cell) => {
                    proof |= !cell.is_ascii();
                    if self.text.is_decoded() && cell.contains(LOST) {
                        record.mark_damaged();
                    }
                    record.push(cell, false);
                }
                Err(_) if self.text.switch_encoding() => {
                    return self.next_row(record);
                }
                Err(_) => {
                    record.mark_damaged();
                    record.push(&String::from_utf8_lossy(&cell), false);
                }
            }
        }
        let row = &self.text.bytes()[..next];
        let breaks = memchr::memchr_iter(b'\n', row).count() + usize::from(!row.ends_with(b"\n"));
        let lines = breaks.max(1) as u64;
        record.mark_quoted(lines);
        if !row.ends_with(b"\n") {
            record.mark_open_ended();
        }
        self.line += lines;
        self.last = (next, lines);
        self.text.skip(next, proof);
        Ok(true)
    }

    /// Reads the cells of the row at the window's start and returns the start of the next row.
    fn quoted_cells(&mut self, cells: &mut Vec<Vec<u8>>) -> Result<usize> {
        let mut at = 0;
        let delimiter = self.delimiter();
        loop {
            let mut cell = Vec::new();
            if self.text.bytes().get(at) == Some(&b'"') {
                let opening = at;
                at += 1;
                loop {
                    let Some(quote) = self.find_quote(at)? else {
                        // A quote that is never closed is not an opening quote, so the cell is read literally.
                        cell.clear();
                        at = opening;
                        break;
                    };
                    cell.extend_from_slice(&self.text.bytes()[at..quote]);
                    at = quote + 1;
                    if self.text.bytes().len() == at {
                        self.more()?;
                    }
                    if self.text.bytes().get(at) != Some(&b'"') {
                        break;
                    }
                    cell.push(b'"');
                    at += 1;
                }
            }
            // Text after a closing quote (usually a tab) belongs to the cell; it is removed when the cell is cleaned.
            let (end, next) = self.line_end(at)?.unwrap_or((at, at));
            let rest = &self.text.bytes()[at..end];
            let comma = memchr::memchr(delimiter, rest);
            cell.extend_from_slice(&rest[..comma.unwrap_or(rest.len())]);
            cells.push(cell);
            match comma {
                Some(comma) => at += comma + 1,
                None => return Ok(next),
            }
        }
    }

    /// Returns the next quote from `from` on, up to the maximum row length.
    fn find_quote(&mut self, from: usize) -> Result<Option<usize>> {
        let mut searched = from;
        loop {
            let bytes = self.text.bytes();
            if let Some(found) = memchr::memchr(b'"', &bytes[searched..]) {
                return Ok(Some(searched + found));
            }
            searched = bytes.len();
            if searched > LONGEST || !self.more()? {
                return Ok(None);
            }
        }
    }

    fn more(&mut self) -> Result<bool> {
        self.text.more().map_err(|error| Error::reading(error, &self.locator))
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::GB18030;
    use proptest::prelude::*;

    use super::*;

    fn rows(bytes: &[u8]) -> (Vec<(u64, Vec<String>)>, bool) {
        let mut rows = CsvRows::new(bytes, "a.csv");
        let mut record = Record::default();
        let mut all = Vec::new();
        let mut damaged = false;
        while rows.next_row(&mut record).unwrap() {
            all.push((record.line(), record.iter().map(str::to_owned).collect()));
            damaged |= record.is_damaged();
        }
        (all, damaged)
    }

    fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
        rows(bytes).0.into_iter().map(|row| row.1).collect()
    }

    #[test]
    fn quotes_tabs_and_lines_of_the_platform_are_read() {
        let text = "a,\"b,1\"\t,\"c\"\"d\"\r\n\"two\nlines\",`x\"y\r\n,\nlast";
        assert_eq!(
            rows(text.as_bytes()).0,
            [
                (1, vec!["a".to_owned(), "b,1\t".to_owned(), "c\"d".to_owned()]),
                (2, vec!["two\nlines".to_owned(), "`x\"y".to_owned()]),
                (4, vec![String::new(), String::new()]),
                (5, vec!["last".to_owned()]),
            ]
        );
    }

    #[test]
    fn a_quote_that_is_never_closed_swallows_nothing() {
        assert_eq!(cells(b"a,\"b\nc,d\n"), [["a", "\"b"], ["c", "d"]]);
        let mut long = b"a,\"b\n".to_vec();
        long.extend_from_slice("x,y\n".repeat(400_000).as_bytes());
        let all = cells(&long);
        assert_eq!((all.len(), all[0].as_slice()), (400_001, &["a".to_owned(), "\"b".to_owned()][..]));
    }

    #[test]
    fn every_encoding_gives_the_same_rows() {
        let text = "编号,名称\r\n1,\"甲,乙\"\r\n".to_owned() + &"2,微信支付\r\n".repeat(60_000);
        let expected = cells(text.as_bytes());
        assert_eq!(expected[1], ["1", "甲,乙"]);
        assert_eq!(expected.len(), 60_002);
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(),
            [b"\xff\xfe".as_slice(), &utf16].concat(),
            [b"\xfe\xff".as_slice(), &big].concat(),
            GB18030.encode(&text).0.into_owned(),
        ] {
            assert!(cells(&bytes) == expected, "{:02x?}", &bytes[..8]);
        }
        // Old Macintosh programs end lines with a carriage return.
        let old = text.replace("\r\n", "\r");
        let wide: Vec<u8> = old.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [old.clone().into_bytes(), GB18030.encode(&old).0.into_owned(), wide] {
            assert!(cells(&bytes) == expected);
        }
        // UTF-16 without a mark; undecodable bytes are reported.
        for bytes in [&utf16, &big] {
            assert!(cells(bytes) == expected);
        }
        for quoted in ["", "\""] {
            let mut gbk = GB18030.encode(&format!("编号,名称\n1,{quoted}甲乙丙丁{quoted}\n2,微信\n")).0.into_owned();
            let at = gbk.iter().rposition(|byte| *byte == b'2').unwrap();
            gbk.splice(at - 4 - quoted.len()..at - 3 - quoted.len(), [0xff]);
            let (all, damaged) = rows(&gbk);
            assert!(damaged && all[2].1 == ["2", "微信"], "{all:?}");
        }
        let macintosh = old.replace("甲,乙", "甲\n乙");
        assert_eq!(cells(&GB18030.encode(&macintosh).0)[1..3], [["1", "甲\n乙"], ["2", "微信支付"]]);
        // ASCII for a long part, then GB18030.
        let late = "1,a\n".repeat(100_000) + "2,微信\n";
        assert_eq!(cells(&GB18030.encode(&late).0).last().unwrap(), &["2", "微信"]);
    }

    #[test]
    fn a_broken_byte_is_replaced_and_said() {
        let (all, damaged) = rows(b"\xe5\xbe\xae,1\na\xffb,2\n\xe4\xbf\xa1,3\n");
        assert!(damaged);
        assert_eq!(all[1].1, ["a\u{fffd}b", "2"]);
        assert_eq!(all[2].1, ["信", "3"]);
    }

    #[test]
    fn a_row_without_end_is_an_error() {
        let mut rows = CsvRows::new(std::io::repeat(b'a'), "a.csv");
        let error = rows.next_row(&mut Record::default()).unwrap_err();
        assert_eq!(error.to_string(), "table-row-too-long (path=a.csv, line=1)");
    }

    proptest! {
        #[test]
        fn reads_what_the_csv_crate_writes(table in proptest::collection::vec(proptest::collection::vec("[a,\"\n 甲]{0,4}", 2..4), 1..6)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            prop_assert_eq!(cells(&writer.into_inner().unwrap()), table);
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            rows(&bytes);
        }
    }
}
