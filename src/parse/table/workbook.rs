//! Opens workbooks of all common formats: `.xlsx`, `.xlsb`, `.xls` and `.ods`, recognized by content and read by
//! calamine. Sheets of the first two are streamed; calamine reads the others completely, so their size is checked
//! first.

use std::collections::HashMap;
use std::io::{Read, Seek};

use calamine::{Data, Ods, OdsError, Range, Reader as _, SheetType, Xls, Xlsb, Xlsx};
use zip::ZipArchive;

use super::workbook_links::{self, CellLink, CellLinks};
use super::workbook_size;
use super::xlsx_rows::{COLUMNS, NextCell, StreamedRows, push_held};
use super::{Record, Rows};
use crate::error::{Error, Result};

/// Maximum size in bytes of a part other than a sheet; such parts are read completely.
const PART: u64 = 64 * 1024 * 1024;
/// Maximum size in bytes of a sheet; sheets are streamed.
const SHEET: u64 = 4 * 1024 * 1024 * 1024;
/// Magic bytes of an OLE container: a workbook before 2007, or a newer one with a password.
const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Reports whether these first bytes may be those of a workbook.
pub fn may_be_workbook(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || is_ole(head)
}

/// Reports whether these first bytes are those of an OLE container.
pub fn is_ole(head: &[u8]) -> bool {
    head.starts_with(OLE)
}

/// An open workbook.
pub struct Workbook<R: Read + Seek> {
    book: Book<R>,
    /// Properties found in its parts.
    signs: Signs,
    /// Hyperlinks by sheet that calamine does not return.
    links: HashMap<String, CellLinks>,
    locator: String,
}

/// Properties found in the parts of a workbook: whether its cells may link to the platform, and how it counts days.
#[derive(Clone, Copy, Default)]
struct Signs {
    hyperlinks: bool,
    formulas: bool,
    /// Whether days are counted from 1904.
    from_1904: bool,
}

enum Book<R: Read + Seek> {
    Ods(Ods<R>),
    Xls(Xls<R>),
    Xlsb(Xlsb<R>),
    Xlsx(Xlsx<R>),
}

/// The format of a workbook in a ZIP container.
enum Zipped {
    Ods,
    Xlsb(Signs),
    Xlsx(Signs),
}

/// Runs a part of calamine, which indexes without looking in workbooks that are cut or changed: its panic is an error.
fn guarded<T>(read: impl FnOnce() -> Result<T>, broken: impl FnOnce() -> Error) -> Result<T> {
    // What it panicked on is dropped and not used again.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).unwrap_or_else(|_| Err(broken()))
}

impl<R: Read + Seek> Workbook<R> {
    /// Opens the workbook in `reader`, which errors call `locator`.
    ///
    /// # Errors
    /// `workbook-encrypted` if it needs a password, `xlsx-too-large` if its cells would not fit in memory,
    /// `xlsx-open-failed` if it is broken or not a workbook.
    pub fn open(reader: R, locator: impl Into<String>) -> Result<Self> {
        let locator = locator.into();
        let broken = Error::input("xlsx-open-failed").with("path", &locator);
        guarded(|| Self::open_unguarded(reader, locator), || broken)
    }

    fn open_unguarded(mut reader: R, locator: String) -> Result<Self> {
        let broken = || Error::input("xlsx-open-failed").with("path", &locator);
        let reading = |error| Error::reading(error, &locator);
        let mut head = Vec::new();
        reader.by_ref().take(8).read_to_end(&mut head).map_err(reading)?;
        reader.rewind().map_err(reading)?;
        let mut signs = Signs::default();
        let mut links = HashMap::new();
        let book = if is_ole(&head) {
            workbook_size::check_xls(&mut reader, &locator)?;
            reader.rewind().map_err(reading)?;
            let (by_sheet, from_1904) = workbook_links::of_xls(&mut reader);
            signs.from_1904 = from_1904;
            reader.rewind().map_err(reading)?;
            let book = Xls::new(reader).map_err(|error| broken().because(error))?;
            links.extend(book.sheet_names().into_iter().zip(by_sheet));
            Book::Xls(book)
        } else {
            let kind = look_into_zip(&mut reader, &locator)?;
            reader.rewind().map_err(reading)?;
            match kind {
                Zipped::Ods => {
                    if let Ok(mut archive) = ZipArchive::new(&mut reader) {
                        links = workbook_links::of_ods(&mut archive);
                    }
                    reader.rewind().map_err(reading)?;
                    Book::Ods(Ods::new(reader).map_err(|error| match error {
                        OdsError::Password => Error::input("workbook-encrypted").with("path", &locator),
                        error => broken().because(error),
                    })?)
                }
                Zipped::Xlsb(found) => {
                    signs = found;
                    Book::Xlsb(Xlsb::new(reader).map_err(|error| broken().because(error))?)
                }
                Zipped::Xlsx(found) => {
                    signs = found;
                    Book::Xlsx(Xlsx::new(reader).map_err(|error| broken().because(error))?)
                }
            }
        };
        Ok(Self { book, signs, links, locator })
    }

    /// Returns the names of the sheets: `Sheet1` first (where the platform puts its table), then the others in their
    /// order.
    pub fn sheets(&self) -> Vec<String> {
        let sheets = match &self.book {
            Book::Ods(book) => book.sheets_metadata(),
            Book::Xls(book) => book.sheets_metadata(),
            Book::Xlsb(book) => book.sheets_metadata(),
            Book::Xlsx(book) => book.sheets_metadata(),
        };
        // Charts have no cells.
        let tables = sheets.iter().filter(|sheet| sheet.typ != SheetType::ChartSheet);
        let mut names: Vec<String> = tables.map(|sheet| sheet.name.clone()).collect();
        names.sort_by_key(|name| name != "Sheet1");
        names
    }

    /// Returns the rows of the sheet `name`.
    pub fn rows(&mut self, name: &str) -> Result<SheetRows<'_>> {
        let broken = Error::input("xlsx-sheet-broken").with("path", &self.locator).with("sheet", name);
        guarded(|| self.rows_unguarded(name), || broken)
    }

    fn rows_unguarded(&mut self, name: &str) -> Result<SheetRows<'_>> {
        let locator = self.locator.clone();
        let broken = |error: calamine::Error| {
            Error::input("xlsx-sheet-broken").with("path", &locator).with("sheet", name).because(error)
        };
        let mut links = self.links.get(name).cloned().unwrap_or_default();
        match &mut self.book {
            Book::Ods(book) => {
                let range = book.worksheet_range(name).map_err(|error| broken(error.into()))?;
                let formulas = book.worksheet_formula(name).unwrap_or_default();
                workbook_links::add_formulas(&mut links, &formulas);
                Ok(SheetRows::Held(HeldRows { range, links, from_1904: self.signs.from_1904, at: 0 }))
            }
            Book::Xls(book) => {
                let range = book.worksheet_range(name).map_err(|error| broken(error.into()))?;
                let formulas = book.worksheet_formula(name).unwrap_or_default();
                workbook_links::add_formulas(&mut links, &formulas);
                Ok(SheetRows::Held(HeldRows { range, links, from_1904: self.signs.from_1904, at: 0 }))
            }
            Book::Xlsb(book) => {
                if self.signs.formulas
                    && let Ok(mut cells) = book.worksheet_cells_reader(name)
                {
                    while let Ok(Some(cell)) = cells.next_formula() {
                        workbook_links::add_formula(&mut links, cell.get_position(), cell.get_value());
                    }
                }
                let mut cells = book.worksheet_cells_reader(name).map_err(|error| broken(error.into()))?;
                let next: NextCell<'_> = Box::new(move || {
                    let next = std::panic::AssertUnwindSafe(|| cells.next_cell().map_err(calamine::Error::from));
                    std::panic::catch_unwind(next).unwrap_or(Err(calamine::Error::Msg("a record ends too early")))
                });
                Ok(SheetRows::Streamed(StreamedRows::new(next, links, self.signs.from_1904, locator)))
            }
            Book::Xlsx(book) => {
                // The cells are read even if the list of hyperlinks is damaged.
                if self.signs.hyperlinks {
                    let found = book.hyperlinks_by_sheet_name(name).unwrap_or_default();
                    links.extend(found.into_iter().filter_map(|link| Some((link.range.start, link.target?.into()))));
                }
                if self.signs.formulas
                    && let Ok(mut cells) = book.worksheet_cells_reader(name)
                {
                    while let Ok(Some(cell)) = cells.next_formula() {
                        workbook_links::add_formula(&mut links, cell.get_position(), cell.get_value());
                    }
                }
                let mut cells = book.worksheet_cells_reader(name).map_err(|error| broken(error.into()))?;
                let next: NextCell<'_> = Box::new(move || cells.next_cell().map_err(calamine::Error::from));
                Ok(SheetRows::Streamed(StreamedRows::new(next, links, self.signs.from_1904, locator)))
            }
        }
    }
}

/// Determines the format of a workbook in a ZIP; rejects parts that are too large.
fn look_into_zip(reader: &mut (impl Read + Seek), locator: &str) -> Result<Zipped> {
    let broken = || Error::input("xlsx-open-failed").with("path", locator);
    let mut archive = ZipArchive::new(reader).map_err(|error| broken().because(error))?;
    let mut kind = Zipped::Xlsx(Signs::default());
    let (mut relations, mut sheets, mut book) = (Vec::new(), Vec::new(), Vec::new());
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|error| broken().because(error))?;
        let name = entry.name_raw();
        let sheet = name.starts_with(b"xl/worksheets/");
        if entry.size() > if sheet { SHEET } else { PART } {
            return Err(Error::input("xlsx-too-large").with("path", locator));
        }
        match name {
            b"xl/workbook.xml" if entry.size() <= PART => book.push(index),
            b"xl/workbook.bin" => kind = Zipped::Xlsb(Signs::default()),
            b"content.xml" if matches!(kind, Zipped::Xlsx(_)) => kind = Zipped::Ods,
            _ if name.starts_with(b"xl/worksheets/_rels/") && entry.size() <= PART => relations.push(index),
            _ if sheet && entry.size() <= PART => sheets.push(index),
            _ => {}
        }
    }
    let mut holds = |indexes: Vec<usize>, signs: &[&[u8]]| {
        indexes.into_iter().any(|index| {
            let mut text = Vec::new();
            let read = archive.by_index(index).is_ok_and(|part| part.take(PART).read_to_end(&mut text).is_ok());
            read && signs.iter().any(|sign| memchr::memmem::find(&text, sign).is_some())
        })
    };
    match &mut kind {
        Zipped::Ods => workbook_size::check_ods(&mut archive, locator)?,
        Zipped::Xlsb(signs) => {
            // The address is in UTF-16.
            let host: Vec<u8> = "mp.weixin.qq.com".bytes().flat_map(|byte| [byte, 0]).collect();
            signs.formulas = holds(sheets, &[&host]);
        }
        Zipped::Xlsx(signs) => {
            signs.hyperlinks = holds(relations, &[b"mp.weixin.qq.com"]);
            signs.formulas = holds(sheets, &[b"HYPERLINK(", b"hyperlink("]);
            signs.from_1904 = holds(book, &[b"date1904=\"1\"", b"date1904=\"true\""]);
        }
    }
    Ok(kind)
}

/// The rows of one sheet; empty ones are skipped.
pub enum SheetRows<'a> {
    /// Rows of a workbook that calamine reads completely.
    Held(HeldRows),
    /// Rows of a workbook whose sheets are streamed.
    Streamed(StreamedRows<'a>),
}

/// The rows of a sheet in memory.
pub struct HeldRows {
    range: Range<Data>,
    links: CellLinks,
    from_1904: bool,
    at: usize,
}

impl Rows for SheetRows<'_> {
    fn next_row(&mut self, record: &mut Record) -> Result<bool> {
        match self {
            Self::Held(rows) => rows.next_row(record),
            Self::Streamed(rows) => rows.next_row(record),
        }
    }
}

impl Rows for HeldRows {
    fn next_row(&mut self, record: &mut Record) -> Result<bool> {
        let (top, left) = self.range.start().unwrap_or_default();
        while self.at < self.range.height() && self.range.width() > 0 {
            let cells = &self.range[self.at];
            self.at += 1;
            let Some(last) = cells.iter().rposition(|cell| *cell != Data::Empty) else { continue };
            record.begin(u64::from(top) + self.at as u64);
            record.count_from_1904(self.from_1904);
            for _ in 0..left {
                record.push("", false);
            }
            let row = u32::try_from(record.line() - 1).unwrap_or(u32::MAX);
            for cell in cells.iter().take(last + 1).take(COLUMNS as usize) {
                let index = record.len();
                let link = u32::try_from(index).ok().and_then(|column| self.links.get(&(row, column)));
                match (cell, link) {
                    (Data::Empty, Some(CellLink { text: Some(text), .. })) => record.push(text, false),
                    (Data::String(shown), Some(CellLink { text: Some(text), .. })) if shown.is_empty() => {
                        record.push(text, false);
                    }
                    _ => push_held(record, cell),
                }
                if let Some(link) = link {
                    record.set_link(index, link.address.clone());
                }
            }
            return Ok(true);
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests;
