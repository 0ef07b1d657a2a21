//! Writes the tables of an archive: CSV that any spreadsheet opens, with exact values and rows sorted by key.

use std::io::Write;

use crate::error::{Error, Result};
use crate::model::cell::without_formula;
use crate::model::{Gap, Time};

/// A table being written, in memory or to a file.
pub struct Table<W: Write = Vec<u8>> {
    writer: csv::Writer<W>,
}

impl Table {
    /// Creates a table with these columns, in UTF-8 with BOM and CRLF (RFC 4180), so that Excel reads Chinese.
    pub fn new(columns: &[&str]) -> Result<Self> {
        Self::new_in(Vec::new(), columns)
    }
}

impl<W: Write> Table<W> {
    /// Creates a table that is written to `out`.
    pub fn new_in(mut out: W, columns: &[&str]) -> Result<Self> {
        out.write_all(b"\xef\xbb\xbf").map_err(|error| failed(error.into()))?;
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        writer.write_record(columns).map_err(failed)?;
        Ok(Self { writer })
    }

    /// Writes a row.
    pub fn row<I: IntoIterator<Item = T>, T: AsRef<[u8]>>(&mut self, cells: I) -> Result<()> {
        self.writer.write_record(cells).map_err(failed)
    }

    /// Writes a row for readers who open the file in a spreadsheet: no cell is evaluated as a formula.
    pub fn row_for_people<I: IntoIterator<Item = T>, T: AsRef<str>>(&mut self, cells: I) -> Result<()> {
        self.row(cells.into_iter().map(|cell| without_formula(cell.as_ref()).into_owned()))
    }

    /// Finishes the table and returns its writer.
    pub fn finish(self) -> Result<W> {
        self.writer.into_inner().map_err(|error| failed(error.into_error().into()))
    }
}

fn failed(error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => Error::disk("table-write-failed", "csv", error),
        other => Error::other("table-write-failed").because(format!("{other:?}")),
    }
}

/// Columns of `gaps.csv`.
pub const GAP_COLUMNS: &[&str] = &["kind", "key", "reason", "title", "date", "url", "of", "account", "detail"];

/// Returns a gap's row of `gaps.csv`.
pub fn gap_row(gap: &Gap) -> [String; 9] {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    [
        gap.kind.code().to_owned(),
        gap.key.clone(),
        gap.reason.code().to_owned(),
        text(&gap.title),
        gap.date.map(|date| date.to_string()).unwrap_or_default(),
        text(&gap.url),
        text(&gap.of),
        text(&gap.account),
        text(&gap.detail),
    ]
}

/// Returns the cell of a time, empty if there is none.
pub fn time_cell(time: Option<Time>) -> String {
    time.map(|time| time.to_string()).unwrap_or_default()
}
