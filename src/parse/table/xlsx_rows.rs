//! Reads sheets of workbooks row by row. Numbers become the shortest text of the same value; dates become wall-clock
//! times.

use calamine::{Cell, Data, DataRef, ExcelDateTime};
use jiff::ToSpan as _;
use jiff::civil::DateTime;

use super::workbook_links::{CellLink, CellLinks};
use super::{Record, Rows};
use crate::error::{Error, Result};

/// Maximum number of columns that are read; no supported table is wider.
pub(crate) const COLUMNS: u32 = 512;

/// A source of the cells of a sheet, row by row; `None` at the end.
pub(crate) type NextCell<'a> = Box<dyn FnMut() -> Result<Option<Cell<DataRef<'a>>>, calamine::Error> + 'a>;

/// The rows of one streamed sheet; empty ones are skipped.
pub struct StreamedRows<'a> {
    next: NextCell<'a>,
    links: CellLinks,
    waiting: Option<Cell<DataRef<'a>>>,
    ended: bool,
    from_1904: bool,
    locator: String,
}

impl<'a> StreamedRows<'a> {
    pub(crate) fn new(next: NextCell<'a>, links: CellLinks, from_1904: bool, locator: String) -> Self {
        Self { next, links, waiting: None, ended: false, from_1904, locator }
    }
}

/// Adds the text of a value.
fn push_value(record: &mut Record, value: &DataRef<'_>) {
    match value {
        DataRef::Empty => record.push("", false),
        DataRef::String(text) | DataRef::DurationIso(text) => record.push(text, false),
        DataRef::SharedString(text) => record.push(text, false),
        DataRef::Int(number) => record.push(&number.to_string(), true),
        DataRef::Float(number) => record.push(&number.to_string(), true),
        DataRef::Bool(flag) => push_flag(record, *flag),
        DataRef::DateTime(time) => push_time(record, time),
        DataRef::DateTimeIso(text) => record.push(&text.replacen('T', " ", 1), false),
        DataRef::Error(error) => record.push(&error.to_string(), false),
    }
}

/// Adds the text of a value that calamine owns.
pub(crate) fn push_held(record: &mut Record, value: &Data) {
    match value {
        Data::Empty => record.push("", false),
        Data::String(text) | Data::DurationIso(text) => record.push(text, false),
        Data::Int(number) => record.push(&number.to_string(), true),
        Data::Float(number) => record.push(&number.to_string(), true),
        Data::Bool(flag) => push_flag(record, *flag),
        Data::DateTime(time) => push_time(record, time),
        Data::DateTimeIso(text) => record.push(&text.replacen('T', " ", 1), false),
        Data::Error(error) => record.push(&error.to_string(), false),
    }
}

fn push_flag(record: &mut Record, flag: bool) {
    record.push(if flag { "TRUE" } else { "FALSE" }, false);
}

fn push_time(record: &mut Record, time: &ExcelDateTime) {
    match wall(time) {
        Some(text) => record.push(&text, false),
        None => record.push(&time.as_f64().to_string(), true),
    }
}

impl Rows for StreamedRows<'_> {
    fn next_row(&mut self, record: &mut Record) -> Result<bool> {
        let mut row = None;
        loop {
            if self.ended {
                return Ok(row.is_some());
            }
            let cell = match self.waiting.take() {
                Some(cell) => Some(cell),
                None => (self.next)().map_err(|error| {
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
                    record.count_from_1904(self.from_1904);
                    row = Some(at);
                }
                Some(row) if row != at => {
                    self.waiting = Some(cell);
                    return Ok(true);
                }
                Some(_) => {}
            }
            // A cell to the left of one already added is out of order and cannot be placed any more.
            if column < COLUMNS && column as usize >= record.len() {
                while record.len() < column as usize {
                    record.push("", false);
                }
                let link = self.links.get(&(at, column));
                match (cell.get_value(), link) {
                    (DataRef::Empty, Some(CellLink { text: Some(text), .. })) => record.push(text, false),
                    (value, _) => push_value(record, value),
                }
                if let Some(link) = link {
                    record.set_link(column as usize, link.address.clone());
                }
            }
        }
    }
}

/// Returns the wall-clock time of a serial number, to the second: `2026-03-01 12:00:00`.
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
    // A float rarely is exactly a whole second.
    let at = if millis >= 500 { at.checked_add(1.second()).ok()? } else { at };
    Some(at.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// Converts a serial number that counts days from 1904 to one that counts from 1900.
pub fn serial_from_1904(number: &str) -> Option<String> {
    const DAYS_BETWEEN: f64 = 1462.0;
    let serial: f64 = number.parse().ok().filter(|serial| (0.0..100_000.0).contains(serial))?;
    Some((serial + DAYS_BETWEEN).to_string())
}

/// Returns the wall-clock time of a serial number that was read as a plain number (days since 1899-12-30).
pub fn wall_of_serial(number: &str) -> Option<String> {
    let serial: f64 = number.parse().ok()?;
    // From 1950 to 2100: other numbers are not times of bills.
    if !(18_264.0..73_051.0).contains(&serial) {
        return None;
    }
    let type_ = calamine::ExcelDateTimeType::DateTime;
    wall(&ExcelDateTime::new(serial, type_, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_times_only_where_they_can_be() {
        assert_eq!(wall_of_serial("45717.999988425923").as_deref(), Some("2025-03-01 23:59:59"));
        assert_eq!(wall_of_serial("45717").as_deref(), Some("2025-03-01 00:00:00"));
        assert_eq!(wall_of_serial("12"), None);
        assert_eq!(wall_of_serial("NaN"), None);
    }
}
