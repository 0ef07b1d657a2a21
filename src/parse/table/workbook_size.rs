//! Checks how much memory a workbook that is read completely will need: a small file can declare a sheet of any size,
//! and calamine allocates it without a check.

use std::io::{BufReader, Read, Seek};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use crate::error::{Error, Result};

/// Maximum number of cells of all sheets together, counted as the rectangles that contain them.
const CELLS: u64 = 6_000_000;
/// Maximum length in bytes of a stream of an OLE container.
const STREAM: u64 = 256 * 1024 * 1024;

/// Number of bytes of a damaged container that are searched for the names of its streams.
const DIRECTORY: u64 = 16 * 1024 * 1024;

fn too_large(locator: &str) -> Error {
    Error::input("xlsx-too-large").with("path", locator)
}

/// Rejects an `.xls` that is encrypted or whose sheets are too large.
pub(crate) fn check_xls(reader: &mut (impl Read + Seek), locator: &str) -> Result<()> {
    let broken = |error| Error::input("xlsx-open-failed").with("path", locator).because(error);
    let encrypted = || Error::input("workbook-encrypted").with("path", locator);
    let mut container = match cfb::CompoundFile::open(&mut *reader) {
        Ok(container) => container,
        // A damaged container still contains the names of its streams.
        Err(error) => {
            let mut start = Vec::new();
            let named = reader.rewind().is_ok() && reader.take(DIRECTORY).read_to_end(&mut start).is_ok();
            let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
            let found = named && memchr::memmem::find(&start, &name).is_some();
            return Err(if found { encrypted() } else { broken(error) });
        }
    };
    // A newer workbook with a password.
    if container.is_stream("/EncryptedPackage") {
        return Err(encrypted());
    }
    let name = ["/Workbook", "/Book", "/WORKBOOK", "/BOOK"].into_iter().find(|name| container.is_stream(name));
    let Some(name) = name else { return Err(Error::input("xlsx-open-failed").with("path", locator)) };
    let stream = container.open_stream(name).map_err(broken)?;
    if stream.len() > STREAM {
        return Err(too_large(locator));
    }
    let mut records = BufReader::with_capacity(64 * 1024, stream);
    let mut cells = 0_u64;
    let mut sheet = Rectangle::default();
    let mut body = Vec::new();
    loop {
        let mut head = [0; 4];
        // Truncated records are left for calamine to reject.
        if records.read_exact(&mut head).is_err() {
            break;
        }
        let kind = u16::from_le_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
        body.resize(length, 0);
        if records.read_exact(&mut body).is_err() {
            break;
        }
        match kind {
            FILE_PASS => return Err(encrypted()),
            DIMENSIONS => sheet.add_dimensions(&body),
            BEGIN => cells = cells.saturating_add(std::mem::take(&mut sheet).cells()),
            kind if CELL_RECORDS.contains(&kind) => sheet.add_cell(&body),
            _ => {}
        }
        if cells.saturating_add(sheet.cells()) > CELLS {
            return Err(too_large(locator));
        }
    }
    Ok(())
}

const FILE_PASS: u16 = 0x002f;
const DIMENSIONS: u16 = 0x0200;
const BEGIN: u16 = 0x0809;
/// Record types that begin with the row and column of a cell.
const CELL_RECORDS: [u16; 9] = [0x0006, 0x00bd, 0x00be, 0x00d6, 0x00fd, 0x0203, 0x0204, 0x0205, 0x027e];

/// The size of a sheet, from its first cell on.
#[derive(Default)]
struct Rectangle {
    rows: u64,
    columns: u64,
}

impl Rectangle {
    fn cells(&self) -> u64 {
        self.rows.saturating_mul(self.columns)
    }

    fn add_cell(&mut self, body: &[u8]) {
        let Some(&[row, row_high, column, column_high]) = body.first_chunk::<4>() else { return };
        self.rows = self.rows.max(u64::from(u16::from_le_bytes([row, row_high])) + 1);
        self.columns = self.columns.max(u64::from(u16::from_le_bytes([column, column_high])) + 1);
    }

    /// Adds the declared dimensions of the sheet, for which calamine allocates memory.
    fn add_dimensions(&mut self, body: &[u8]) {
        let short = |at: usize| body.get(at..at + 2).map_or(0, |at| u64::from(u16::from_le_bytes([at[0], at[1]])));
        let (rows, columns) = match body.len() {
            10 => (short(2), short(6)),
            _ => (short(4) | short(6) << 16, short(10)),
        };
        self.rows = self.rows.max(rows);
        self.columns = self.columns.max(columns);
    }
}

/// Rejects an `.ods` whose sheets are too large: rows and cells may have a repeat count.
pub(crate) fn check_ods(archive: &mut ZipArchive<impl Read + Seek>, locator: &str) -> Result<()> {
    let broken = || Error::input("xlsx-open-failed").with("path", locator);
    let content = archive.by_name("content.xml").map_err(|error| broken().because(error))?;
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(content));
    let mut buffer = Vec::new();
    let mut cells = 0_u64;
    let mut sheet = Rectangle::default();
    // The rows so far, including trailing empty ones, which only count once another row follows.
    let (mut rows, mut repeats, mut column, mut is_filled) = (0_u64, 1_u64, 0_u64, false);
    loop {
        buffer.clear();
        // An encrypted document is not XML, which calamine reports.
        let Ok(event) = reader.read_event_into(&mut buffer) else { return Ok(()) };
        let is_empty = matches!(event, Event::Empty(_));
        match event {
            Event::Eof => break,
            Event::Start(start) | Event::Empty(start) => match start.name().as_ref() {
                "table:table" => rows = 0,
                "table:table-row" => {
                    (repeats, column, is_filled) = (repeated(&start, "table:number-rows-repeated"), 0, false);
                    if is_empty {
                        rows = rows.saturating_add(repeats);
                    }
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    column = column.saturating_add(repeated(&start, "table:number-columns-repeated"));
                    if !is_empty {
                        is_filled = true;
                        sheet.columns = sheet.columns.max(column);
                    }
                }
                _ => {}
            },
            Event::End(end) => match end.name().as_ref() {
                "table:table-row" => {
                    rows = rows.saturating_add(repeats);
                    if is_filled {
                        sheet.rows = sheet.rows.max(rows);
                    }
                }
                "table:table" => cells = cells.saturating_add(std::mem::take(&mut sheet).cells()),
                _ => {}
            },
            _ => {}
        }
        if cells.saturating_add(sheet.cells()) > CELLS {
            return Err(too_large(locator));
        }
    }
    Ok(())
}

fn repeated(start: &BytesStart<'_>, name: &str) -> u64 {
    let attribute = start.try_get_attribute(name).ok().flatten();
    let number = attribute.and_then(|attribute| attribute.value.trim().parse().ok());
    number.unwrap_or(1)
}
