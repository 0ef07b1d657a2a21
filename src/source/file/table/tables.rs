//! Reads tables from any kind of file: text in any encoding and with any delimiter, a workbook of any kind, HTML. All
//! importers of tables share it, so that each of them can read every kind.

use std::io::{BufReader, Cursor, Read, Seek};

use crate::error::{Error, Result};
use crate::model::Problem;
use crate::parse::table::csv_rows::CsvRows;
use crate::parse::table::html_tables;
use crate::parse::table::workbook::{Workbook, may_be_workbook};
use crate::parse::table::{Record, Rows};
use crate::source::{Input, Item, Out, Probe};

/// Largest workbook in bytes that is opened to identify it.
const WORKBOOK: u64 = 256 * 1024 * 1024;
/// Largest workbook in bytes that is read into memory, because it is not a separate file (inside a ZIP).
const IN_MEMORY: u64 = 64 * 1024 * 1024;
/// Largest HTML file in bytes that is read as a table.
const HTML: u64 = 64 * 1024 * 1024;
/// Rows of each table available for identification.
const FIRST_ROWS: usize = 500;
/// Sheets available for identification.
const FIRST_SHEETS: usize = 64;

/// The storage format of tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    /// Tables of an HTML file.
    Html,
    /// Cells separated by commas, tabs or semicolons.
    Text,
    /// Sheets of a workbook.
    Workbook,
}

impl Container {
    /// Returns the format of an input that may be a table at all.
    pub(crate) fn of(probe: &Probe<'_>) -> Option<Self> {
        let head = probe.head();
        if may_be_workbook(head) {
            Some(Self::Workbook)
        } else if html_tables::is_table(head, probe.name()) {
            Some(Self::Html)
        } else {
            probe.may_be_text_table().then_some(Self::Text)
        }
    }

    /// Returns the MIME type recorded in evidence.
    pub(crate) fn mime(self, probe: &Probe<'_>) -> &'static str {
        match self {
            Self::Html => "text/html",
            Self::Text => "text/csv",
            Self::Workbook if probe.head().starts_with(b"PK") => {
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
            Self::Workbook => "application/vnd.ms-excel",
        }
    }
}

/// The first rows of each table of a file.
#[derive(Debug, Default)]
pub(crate) struct FirstRows(Vec<Vec<Record>>);

impl FirstRows {
    /// Reads the first rows of `probe`'s input. Errors are reported when the input is read.
    pub(crate) fn of(probe: &Probe<'_>) -> Self {
        let mut tables = Self::default();
        let _ = match Container::of(probe) {
            Some(Container::Text) => tables.add(&mut CsvRows::new(probe.head(), "")),
            Some(Container::Html) if probe.size() <= HTML => tables.add_all(probe, Container::Html),
            Some(Container::Workbook) if probe.size() <= WORKBOOK => tables.add_all(probe, Container::Workbook),
            _ => Ok(()),
        };
        tables
    }

    /// Adds all tables. An input that is not too large is loaded once and shared with [`Probe::whole`].
    fn add_all(&mut self, probe: &Probe<'_>, container: Container) -> Result<()> {
        let input = probe.input();
        let visit = |_: &str, rows: &mut dyn Rows| {
            self.add(rows)?;
            Ok(self.0.len() < FIRST_SHEETS)
        };
        match (container, probe.whole()) {
            (Container::Workbook, Some(bytes)) => {
                each_sheet(Workbook::open(Cursor::new(bytes), input.locator())?, visit)
            }
            (Container::Html, Some(bytes)) => each_in_html(bytes, visit),
            _ => each(input, container, visit),
        }
    }

    fn add(&mut self, rows: &mut dyn Rows) -> Result<()> {
        let mut first = Vec::new();
        let mut record = Record::default();
        let read = loop {
            match rows.next_row(&mut record) {
                Ok(true) if first.len() < FIRST_ROWS => first.push(record.clone()),
                Ok(_) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        self.0.push(first);
        read
    }

    /// Returns the first rows of each table, at most `most` of them.
    pub(crate) fn tables(&self, most: usize) -> impl Iterator<Item = &[Record]> {
        self.0.iter().map(move |rows| &rows[..rows.len().min(most)])
    }
}

pub(crate) trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// Returns a seekable reader, as workbooks need it.
pub(crate) fn seekable(input: &Input) -> Result<Box<dyn ReadSeek>> {
    if let Some(file) = input.open_file() {
        return Ok(Box::new(BufReader::new(file?)));
    }
    let bytes = input.bytes(IN_MEMORY)?;
    Ok(Box::new(Cursor::new(bytes)))
}

/// Visits every table of a file with its name (of a sheet; empty for others), until `visit` returns `false`.
pub(crate) fn each(
    input: &Input,
    container: Container,
    mut visit: impl FnMut(&str, &mut dyn Rows) -> Result<bool>,
) -> Result<()> {
    match container {
        Container::Text => visit("", &mut CsvRows::new(input.open()?, input.locator())).map(drop),
        Container::Html => each_in_html(&input.bytes(HTML)?, visit),
        Container::Workbook => each_sheet(Workbook::open(seekable(input)?, input.locator())?, visit),
    }
}

fn each_in_html(bytes: &[u8], mut visit: impl FnMut(&str, &mut dyn Rows) -> Result<bool>) -> Result<()> {
    for mut rows in html_tables::tables_of(bytes) {
        if !visit("", &mut rows)? {
            break;
        }
    }
    Ok(())
}

fn each_sheet(
    mut workbook: Workbook<impl Read + Seek>,
    mut visit: impl FnMut(&str, &mut dyn Rows) -> Result<bool>,
) -> Result<()> {
    for sheet in workbook.sheets() {
        if !visit(&sheet, &mut workbook.rows(&sheet)?)? {
            break;
        }
    }
    Ok(())
}

/// The parts of a file's tables that were not read.
#[derive(Debug, Default)]
pub(crate) struct Unread {
    /// Names of non-empty sheets that no importer knows, with the number of filled cells in their first rows.
    pub(crate) sheets: Vec<(String, usize)>,
    /// Number of rows with characters that could not be decoded.
    pub(crate) damaged: u64,
}

/// Visits every table of a file like [`each`]. `visit` returns whether it knows the table.
pub(crate) fn each_known(
    input: &Input,
    container: Container,
    mut visit: impl FnMut(&str, &mut dyn Rows) -> Result<bool>,
) -> Result<Unread> {
    let mut unread = Unread::default();
    each(input, container, |table, rows| {
        let mut seen = Seen { rows, cells: 0, damaged: 0 };
        let known = visit(table, &mut seen)?;
        unread.damaged += seen.damaged;
        if !known && seen.cells > 0 && !table.is_empty() {
            unread.sheets.push((table.to_owned(), seen.cells));
        }
        Ok(true)
    })?;
    Ok(unread)
}

/// Reports the unread parts of a file that is kept.
pub(crate) fn name_unread(unread: Unread, input: &Input, out: &mut dyn Out) -> Result<()> {
    if unread.damaged > 0 {
        let error = Error::input("table-garbled").with("path", input.locator()).with("count", unread.damaged);
        out.item(Item::Problem(Problem::from_error(&error, input.locator())))?;
    }
    unread.sheets.into_iter().try_for_each(|(sheet, _)| {
        let remark = Problem::remark("table-sheet-unread", input.locator()).with("path", input.locator());
        out.item(Item::Problem(remark.with("sheet", sheet)))
    })
}

/// A reader that counts the filled cells of rows.
struct Seen<'a> {
    rows: &'a mut dyn Rows,
    cells: usize,
    damaged: u64,
}

impl Rows for Seen<'_> {
    fn next_row(&mut self, record: &mut Record) -> Result<bool> {
        let any = self.rows.next_row(record)?;
        self.damaged += u64::from(any && record.is_damaged());
        if any && self.cells <= 1 {
            self.cells += record.iter().filter(|cell| !cell.trim().is_empty()).count();
        }
        Ok(any)
    }

    fn divider(&self) -> Option<char> {
        self.rows.divider()
    }

    fn look_plain(&mut self, record: &mut Record) -> Result<bool> {
        self.rows.look_plain(record)
    }

    fn take_plain(&mut self) {
        self.rows.take_plain();
    }
}

/// Returns the format of an input's tables; text where no other is recognised.
pub(crate) fn container_of(input: &Input) -> Container {
    Container::of(&Probe::new(input)).unwrap_or(Container::Text)
}
