//! Sheets of XLSX workbooks, row by row. Numbers become the shortest text that means the same number; dates become
//! wall times.

use std::io::{Read, Seek};

use calamine::{Cell, DataRef, ExcelDateTime, Reader as _, Xlsx, XlsxCellReader};
use jiff::ToSpan as _;
use jiff::civil::DateTime;
use zip::ZipArchive;

use super::table::{Record, Rows};
use crate::error::{Error, Result};

/// The most columns read; what stands further right is no table of ours.
const COLUMNS: u32 = 512;
/// The largest part (other than a sheet) of a workbook: these are read whole.
const PART: u64 = 64 * 1024 * 1024;
/// The largest sheet; these are streamed.
const SHEET: u64 = 4 * 1024 * 1024 * 1024;

/// An open workbook.
pub struct Workbook<R: Read + Seek> {
    xlsx: Xlsx<R>,
    locator: String,
}

impl<R: Read + Seek> Workbook<R> {
    /// Opens the workbook in `reader`, which errors call `locator`.
    pub fn open(mut reader: R, locator: impl Into<String>) -> Result<Self> {
        let locator = locator.into();
        let broken = || Error::input("xlsx-open-failed").with("path", &locator);
        let archive = ZipArchive::new(&mut reader).map_err(|error| broken().because(error))?;
        for index in 0..archive.len() {
            let entry = archive.by_index_data(index).map_err(|error| broken().because(error))?;
            let sheet = entry.name_raw().starts_with(b"xl/worksheets/");
            if entry.size() > if sheet { SHEET } else { PART } {
                return Err(Error::input("xlsx-too-large").with("path", &locator));
            }
        }
        drop(archive);
        reader.rewind().map_err(|error| Error::reading(error, &locator))?;
        let xlsx = Xlsx::new(reader).map_err(|error| broken().because(error))?;
        Ok(Self { xlsx, locator })
    }

    /// The names of its sheets: `Sheet1` first (where the platform puts its table), then the others in their order.
    pub fn sheets(&self) -> Vec<String> {
        let mut names = self.xlsx.sheet_names();
        names.sort_by_key(|name| name != "Sheet1");
        names
    }

    /// The rows of the sheet `name`.
    pub fn rows(&mut self, name: &str) -> Result<SheetRows<'_, R>> {
        let locator = self.locator.clone();
        match self.xlsx.worksheet_cells_reader(name) {
            Ok(cells) => Ok(SheetRows { cells, waiting: None, ended: false, locator }),
            Err(error) => {
                Err(Error::input("xlsx-sheet-broken").with("path", locator).with("sheet", name).because(error))
            }
        }
    }
}

/// Rows of one sheet; empty ones are passed over.
pub struct SheetRows<'a, R: Read + Seek> {
    cells: XlsxCellReader<'a, R>,
    waiting: Option<Cell<DataRef<'a>>>,
    ended: bool,
    locator: String,
}

impl<R: Read + Seek> SheetRows<'_, R> {
    fn cell_text(record: &mut Record, value: &DataRef<'_>) {
        match value {
            DataRef::Empty => record.push("", false),
            DataRef::String(text) | DataRef::DurationIso(text) => record.push(text, false),
            DataRef::SharedString(text) => record.push(text, false),
            DataRef::Int(number) => record.push(&number.to_string(), true),
            DataRef::Float(number) => record.push(&number.to_string(), true),
            DataRef::Bool(flag) => record.push(if *flag { "TRUE" } else { "FALSE" }, false),
            DataRef::DateTime(time) => match wall(time) {
                Some(text) => record.push(&text, false),
                None => record.push(&time.as_f64().to_string(), true),
            },
            DataRef::DateTimeIso(text) => record.push(&text.replacen('T', " ", 1), false),
            DataRef::Error(error) => record.push(&error.to_string(), false),
        }
    }
}

impl<R: Read + Seek> Rows for SheetRows<'_, R> {
    fn next_row(&mut self, record: &mut Record) -> Result<bool> {
        let mut row = None;
        loop {
            if self.ended {
                return Ok(row.is_some());
            }
            let cell = match self.waiting.take() {
                Some(cell) => Some(cell),
                None => self.cells.next_cell().map_err(|error| {
                    let line = row.map_or(0, |row: u32| u64::from(row) + 1);
                    Error::input("xlsx-row-broken").with("path", &self.locator).with("line", line).because(error)
                })?,
            };
            let Some(cell) = cell else {
                self.ended = true;
                continue;
            };
            let (at, column) = cell.get_position();
            match row {
                None => {
                    record.begin(u64::from(at) + 1);
                    row = Some(at);
                }
                Some(row) if row != at => {
                    self.waiting = Some(cell);
                    return Ok(true);
                }
                Some(_) => {}
            }
            // A cell that stands before one already taken is out of order: it cannot be put right any more.
            if column < COLUMNS && column as usize >= record.len() {
                while record.len() < column as usize {
                    record.push("", false);
                }
                Self::cell_text(record, cell.get_value());
            }
        }
    }
}

/// The wall time of a serial number, to the second: `2026-03-01 12:00:00`.
fn wall(time: &ExcelDateTime) -> Option<String> {
    if !time.is_datetime() {
        return None;
    }
    let (year, month, day, hour, minute, second, millis) = time.to_ymd_hms_milli();
    let part = |value: u8| i8::try_from(value).ok();
    let at = DateTime::new(
        i16::try_from(year).ok()?,
        part(month)?,
        part(day)?,
        part(hour)?,
        part(minute)?,
        part(second)?,
        0,
    )
    .ok()?;
    // A float rarely hits the second exactly.
    let at = if millis >= 500 { at.checked_add(1.second()).ok()? } else { at };
    Some(at.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// The wall time of a serial number that was read as a plain number (days since 1899-12-30).
pub fn wall_of_serial(number: &str) -> Option<String> {
    let serial: f64 = number.parse().ok()?;
    // From 1950 to 2100: other numbers are no times of bills.
    if !(18_264.0..73_051.0).contains(&serial) {
        return None;
    }
    let type_ = calamine::ExcelDateTimeType::DateTime;
    wall(&ExcelDateTime::new(serial, type_, false))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use rust_xlsxwriter::{ExcelDateTime as WrittenTime, Format, Workbook as Writer};

    use super::*;

    fn read(bytes: Vec<u8>) -> Vec<(String, u64, Vec<String>)> {
        let mut workbook = Workbook::open(Cursor::new(bytes), "a.xlsx").unwrap();
        let mut all = Vec::new();
        for sheet in workbook.sheets() {
            let mut rows = workbook.rows(&sheet).unwrap();
            let mut record = Record::default();
            while rows.next_row(&mut record).unwrap() {
                all.push((sheet.clone(), record.line(), record.iter().map(str::to_owned).collect()));
            }
        }
        all
    }

    #[test]
    fn cells_become_the_text_a_person_means() {
        let mut writer = Writer::new();
        writer.add_worksheet().set_name("其他").unwrap().write(0, 0, "x").unwrap();
        let sheet = writer.add_worksheet().set_name("Sheet1").unwrap();
        let time = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        let yuan = Format::new().set_num_format("\\¥#,##0.00");
        let when = WrittenTime::parse_from_str("2026-03-01 23:59:59").unwrap();
        sheet.write_datetime_with_format(2, 0, &when, &time).unwrap();
        sheet.write_number_with_format(2, 2, 548.58, &yuan).unwrap();
        sheet.write_number(2, 3, 50).unwrap();
        sheet.write_string(3, 1, "¥0.35").unwrap();
        let all = read(writer.save_to_buffer().unwrap());
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            all,
            [
                ("Sheet1".to_owned(), 3, row(&["2026-03-01 23:59:59", "", "548.58", "50"])),
                ("Sheet1".to_owned(), 4, row(&["", "¥0.35"])),
                ("其他".to_owned(), 1, row(&["x"])),
            ]
        );
    }

    #[test]
    fn serial_numbers_are_times_only_where_they_can_be() {
        assert_eq!(wall_of_serial("45717.999988425923").as_deref(), Some("2025-03-01 23:59:59"));
        assert_eq!(wall_of_serial("45717").as_deref(), Some("2025-03-01 00:00:00"));
        assert_eq!(wall_of_serial("12"), None);
        assert_eq!(wall_of_serial("NaN"), None);
    }

    #[test]
    fn what_is_no_workbook_is_an_error() {
        let error = Workbook::open(Cursor::new(b"PK\x03\x04...".to_vec()), "a.xlsx").err().unwrap();
        assert_eq!(error.code(), "xlsx-open-failed");
    }
}
