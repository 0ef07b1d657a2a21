//! Converts one row of a bill to the ledger's form. This is the hot loop of a million-row bill: no allocation per row,
//! and amounts are added as integers.

use std::fmt::Write as _;

use super::align::{self, Aligned, Shape};
use super::amount::{Amount, amount, currency, currency_of_header};
use super::key::{direction, direction_of, key};
use super::layout::{Known, Layout, Reading};
use super::text::{is_destroyed, plain_amount, service_fee, status_refund, unescape};
use super::time::{Said, wall};
use super::words;
use crate::model::money::Money;
use crate::model::statement::{Column, Direction, Row, StatementKind};
use crate::parse::table::xlsx_rows::serial_from_1904;
use crate::parse::table::{Record, clean, column_name};

/// The sums of the rows of one bill.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sums {
    pub rows: u64,
    pub rows_of: [u64; 3],
    /// Sums by currency: amounts of two currencies are never added.
    pub currencies: Vec<CurrencySums>,
    pub first_day: Option<String>,
    pub last_day: Option<String>,
    pub holder: Option<String>,
    /// The number of rows in which a spreadsheet destroyed a number, and the first of them: line, header, cell.
    pub destroyed: u64,
    pub first_destroyed: Option<(u64, String, String)>,
    /// The number of rows whose cells were restored after commas or quotes had shifted them.
    pub realigned: u64,
}

/// The sums of the rows in one currency.
#[derive(Clone, Debug)]
pub(crate) struct CurrencySums {
    /// The currency's code; empty if the bill does not state it.
    pub currency: String,
    pub columns: [Money; Column::COUNT],
    pub amount_of: [Money; 3],
}

impl Sums {
    /// Returns the sums of `currency`.
    fn of(&mut self, currency: &str) -> &mut CurrencySums {
        let known = self.currencies.iter().position(|sums| sums.currency == currency);
        let place = known.unwrap_or_else(|| {
            let (columns, amount_of) = ([Money::ZERO; Column::COUNT], [Money::ZERO; 3]);
            self.currencies.push(CurrencySums { currency: currency.to_owned(), columns, amount_of });
            self.currencies.len() - 1
        });
        &mut self.currencies[place]
    }
}

/// A problem in one row: a code, the column's header, the cell.
pub(crate) type Complaint<'a> = (&'static str, &'a str, &'a str);

/// A reader of the rows below one header.
#[derive(Clone)]
pub(crate) struct RowReader {
    layout: &'static Layout,
    /// The known column by position in the file; `None` for an unknown one.
    columns: Vec<Option<&'static Known>>,
    headers: Vec<String>,
    /// The position in the file by column.
    position: [Option<usize>; Column::COUNT],
    /// The currency named in the header of the amounts.
    currency: &'static str,
    scratch: String,
    /// The cells in `scratch`: column, start, end.
    made: Vec<(Column, usize, usize)>,
    /// The amounts of the row.
    amounts: Vec<(Column, Money)>,
    raw: String,
    key: String,
}

impl RowReader {
    pub(crate) fn new(layout: &'static Layout, header: &Record) -> Self {
        let headers: Vec<String> = header.iter().map(column_name).collect();
        let mut columns: Vec<Option<&'static Known>> =
            header.iter().map(|cell| layout.column(&words::name(cell))).collect();
        let mut position = [None; Column::COUNT];
        for (index, column) in columns.iter_mut().enumerate() {
            let Some(known) = column else { continue };
            let place = &mut position[known.column as usize];
            if place.is_some() {
                // Of two columns with the same meaning, the second keeps its own name.
                *column = None;
            } else {
                *place = Some(index);
            }
        }
        let amount = position[Column::Amount as usize].or(position[Column::Settled as usize]);
        let named = amount.and_then(|index| currency_of_header(&words::name(header.get(index))));
        Self {
            layout,
            columns,
            headers,
            position,
            currency: named.unwrap_or("CNY"),
            scratch: String::new(),
            made: Vec::new(),
            amounts: Vec::new(),
            raw: String::new(),
            key: String::new(),
        }
    }

    /// Returns the layout of the header.
    pub(crate) fn layout(&self) -> &'static Layout {
        self.layout
    }

    /// Reports whether the file has `column`.
    pub(crate) fn has(&self, column: Column) -> bool {
        self.position[column as usize].is_some()
    }

    /// Returns the number of columns the header names.
    pub(crate) fn width(&self) -> usize {
        self.headers.iter().rposition(|header| !header.is_empty()).map_or(0, |last| last + 1)
    }

    /// Returns the headers that map to no column of the ledger.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = &str> {
        let pairs = self.headers.iter().zip(&self.columns);
        pairs.filter(|(header, known)| known.is_none() && !header.is_empty()).map(|(header, _)| header.as_str())
    }

    /// Returns the missing columns of this kind of bill without which information is lost.
    pub(crate) fn missing(&self) -> impl Iterator<Item = Column> {
        let wanted: &[Column] = match self.layout.kind {
            StatementKind::Personal => &[Column::Direction, Column::Status, Column::TransactionNo],
            StatementKind::Trade if self.has(Column::RefundNo) => &[Column::Settled, Column::Refund],
            StatementKind::Trade => &[Column::Settled],
            StatementKind::FundFlow => &[],
        };
        // The table of the PDF has no status column, and loses nothing by it.
        let proof = self.has(Column::TransactionNo) && self.has(Column::Direction);
        wanted.iter().copied().filter(move |column| !(self.has(*column) || proof && *column == Column::Status))
    }

    /// Returns the value kind of each column, for [`align`].
    fn shapes(&self) -> Vec<Shape> {
        let shape = |known: Option<&'static Known>| {
            let Some(known) = known else { return Shape::Free(90) };
            match (known.reading, known.column) {
                (Reading::Time, _) => Shape::Time,
                (Reading::Money, _) => Shape::Money,
                (Reading::Number | Reading::Id, _) => Shape::Id,
                (_, Column::Direction) => Shape::Direction,
                (_, Column::Currency) => Shape::Currency,
                (_, Column::Counterparty) => Shape::Free(10),
                (_, Column::Item) => Shape::Free(20),
                (_, Column::Note) => Shape::Free(30),
                _ => Shape::Free(100),
            }
        };
        self.columns[..self.width()].iter().copied().map(shape).collect()
    }

    /// Reports whether the line ends early because a quote or a line break in a name tore it, so that no cell is certain
    /// to be in its column: a time, direction or amount is not where its column is, or a quote is left open. The same
    /// applies where the file is truncated within an amount.
    pub(crate) fn is_torn(&self, record: &Record) -> bool {
        if record.len() >= self.width() {
            return false;
        }
        let lacks = |index: usize| clean(record.get(index)).is_empty();
        let has_no_direction =
            self.layout.kind == StatementKind::Personal && self.position[Column::Direction as usize].is_some_and(lacks);
        let last = record.len().checked_sub(1).and_then(|last| self.columns.get(last).copied().flatten());
        let ends_in_amount = last.is_some_and(|known| known.reading == Reading::Money);
        // A line without a date is a note and not the beginning of a row.
        let dated = self.position[Column::Time as usize].map_or("", |index| record.get(index));
        let is_dated = dated.contains(|letter: char| letter.is_ascii_digit());
        let misplaced =
            self.shapes().into_iter().zip(record.iter()).any(|(shape, cell)| {
                !matches!(shape, Shape::Free(_) | Shape::Id) && !align::cell_fits(shape, clean(cell))
            });
        let open_quote = record.iter().any(|cell| cell.bytes().filter(|byte| *byte == b'"').count() % 2 == 1);
        has_no_direction || is_dated && misplaced || open_quote || ends_in_amount && record.is_open_ended()
    }

    /// Reports whether every cell of `record` is a valid value for its column.
    pub(crate) fn fits(&self, record: &Record) -> bool {
        let width = self.width();
        let surplus = (width..record.len()).any(|index| !clean(record.get(index)).is_empty());
        record.len() >= width
            && !surplus
            && self.shapes().into_iter().enumerate().all(|(index, shape)| {
                // Order numbers are not checked: destroyed ones are reported elsewhere.
                shape == Shape::Id || align::cell_fits(shape, clean(record.get(index)))
            })
    }

    /// Moves the cells of `record` to their columns if it has more cells than columns. Returns `None` if there is no
    /// assignment or more than one.
    pub(crate) fn align(&self, record: &Record, divider: char) -> Option<Record> {
        let width = self.width();
        let end =
            (0..record.len()).rev().find(|index| !record.get(*index).trim().is_empty()).map_or(0, |last| last + 1);
        let pieces: Vec<&str> = record.iter().take(end.max(width)).collect();
        let Aligned::Spans(spans) = align::align(&pieces, divider, &self.shapes()) else { return None };
        let mut aligned = Record::default();
        aligned.replace(
            record,
            spans
                .into_iter()
                .map(|(start, end)| align::unquote(&pieces[start..end].join(divider.encode_utf8(&mut [0; 4])))),
        );
        Some(aligned)
    }

    /// Reads `record` as a row of bill number `bill` and adds it to `sums`; returns `None` if it is not a row.
    pub(crate) fn read<'a>(
        &'a mut self,
        record: &'a Record,
        bill: u16,
        cells: &'a mut [&'a str; Column::COUNT],
        sums: &mut Sums,
        complain: &mut dyn FnMut(Complaint<'_>),
    ) -> Option<Row<'a>> {
        self.scratch.clear();
        self.made.clear();
        self.raw.clear();
        self.key.clear();
        self.amounts.clear();
        let mut named = None;
        let mut destroyed = None;
        let kind = self.layout.kind;
        for (index, known) in self.columns.iter().enumerate() {
            let original = record.get(index);
            let cell = clean(original);
            if cell.is_empty() {
                continue;
            }
            let Some(known) = known else {
                if cell != "/" {
                    note_raw(&mut self.raw, &self.headers[index], cell);
                }
                continue;
            };
            let column = known.column;
            match known.reading {
                Reading::Text => {
                    if cell != "/" {
                        cells[column as usize] = cell;
                    }
                }
                Reading::Number | Reading::Id => {
                    let of_platform = known.reading == Reading::Number;
                    // A backtick or a tab prevents spreadsheets from parsing the cell as a number.
                    let kept = original.starts_with('`') || original.ends_with('\t');
                    if cell == "/" || (cell == "0" && of_platform) {
                    } else if is_destroyed(cell, record.is_number(index), of_platform && !kept) {
                        note_raw(&mut self.raw, &self.headers[index], cell);
                        destroyed = destroyed.or(Some(index));
                    } else {
                        cells[column as usize] = cell;
                    }
                }
                Reading::Escaped => {
                    let start = self.scratch.len();
                    if cell.contains('\\') && unescape(cell, &mut self.scratch) {
                        self.made.push((column, start, self.scratch.len()));
                        note_raw(&mut self.raw, &self.headers[index], cell);
                    } else {
                        cells[column as usize] = cell;
                    }
                }
                Reading::Time => {
                    let start = self.scratch.len();
                    let is_serial = record.is_number(index);
                    let shifted = if is_serial && record.counts_from_1904() { serial_from_1904(cell) } else { None };
                    match wall(shifted.as_deref().unwrap_or(cell), is_serial, &mut self.scratch) {
                        Some(said) => {
                            self.made.push((column, start, self.scratch.len()));
                            if said == Said::Less {
                                note_raw(&mut self.raw, &self.headers[index], cell);
                            }
                        }
                        None if cell == "/" => {}
                        None => {
                            note_raw(&mut self.raw, &self.headers[index], cell);
                            complain(("bill-time-unreadable", &self.headers[index], cell));
                        }
                    }
                }
                Reading::Money => {
                    if let Some((money, text)) = plain_amount(cell) {
                        self.amounts.push((column, money));
                        cells[column as usize] = text;
                        continue;
                    }
                    let read = if record.is_number(index) {
                        Money::from_number(cell).map(|money| Amount { money, currency: None })
                    } else {
                        amount(cell)
                    };
                    if let Some(read) = read {
                        self.amounts.push((column, read.money));
                        named = named.or(read.currency);
                        let start = self.scratch.len();
                        // Writing to a String cannot fail.
                        let _ = write!(self.scratch, "{}", read.money);
                        self.made.push((column, start, self.scratch.len()));
                    } else if cell != "/" {
                        note_raw(&mut self.raw, &self.headers[index], cell);
                        complain(("bill-amount-unreadable", &self.headers[index], cell));
                    }
                }
            }
        }
        let time = self.made.iter().find(|made| made.0 == Column::Time).map(|made| (made.1, made.2));
        if time.is_none() && cells[Column::TransactionNo as usize].is_empty() {
            // A row may have lost its number and have an ambiguous date; a line of totals has no date.
            let dated = self.position[Column::Time as usize].map_or("", |index| record.get(index));
            if !dated.contains(|letter: char| letter.is_ascii_digit()) || self.amounts.is_empty() {
                return None;
            }
        }
        let (direction, from) = direction(kind, cells);
        let word = cells[Column::Direction as usize];
        if let Some(index) = self.position[Column::Direction as usize].filter(|_| direction_of(word).is_none()) {
            note_raw(&mut self.raw, &self.headers[index], word);
            complain(("bill-direction-unreadable", &self.headers[index], word));
        }
        let amount = self.amounts.iter().find(|amount| amount.0 == from).map(|amount| amount.1);
        if let Some(index) = self.position[from as usize].filter(|_| amount.is_none()) {
            let cell = clean(record.get(index));
            // An unreadable amount and a short row are already reported.
            if index < record.len() && matches!(cell, "" | "/") {
                complain(("bill-amount-missing", &self.headers[index], cell));
            }
        }
        if kind == StatementKind::Personal {
            // For incoming money, the status describes another row.
            let status = if direction == Direction::Out { cells[Column::Status as usize] } else { "" };
            let refund = status_refund(status, amount);
            for (column, amount) in [(Column::Refund, refund), (Column::Fee, service_fee(cells[Column::Note as usize]))]
            {
                if let Some(amount) = amount {
                    let start = self.scratch.len();
                    let _ = write!(self.scratch, "{amount}");
                    self.made.push((column, start, self.scratch.len()));
                }
            }
        }
        key(kind, direction, cells, &mut self.key);
        if from != Column::Amount {
            cells[Column::Amount as usize] = cells[from as usize];
            if let Some(made) = self.made.iter().find(|made| made.0 == from).copied() {
                self.made.push((Column::Amount, made.1, made.2));
            }
        }
        if let Some(index) = self.position[from as usize] {
            cells[Column::AmountRaw as usize] = record.get(index);
        }
        let said = cells[Column::Currency as usize];
        let code = currency(said).unwrap_or(said);
        // The column takes precedence over a sign in the amount. If the column is empty and there is no sign, the
        // currency is unknown.
        cells[Column::Currency as usize] = match (self.has(Column::Currency), named) {
            (true, Some(named)) if code.is_empty() => named,
            (true, Some(named)) if code != named => {
                complain(("bill-currency-differs", code, cells[Column::AmountRaw as usize]));
                code
            }
            (true, _) => code,
            (false, named) => named.unwrap_or(self.currency),
        };
        if let Some(index) = destroyed {
            sums.destroyed += 1;
            if sums.first_destroyed.is_none() {
                let cell = clean(record.get(index)).chars().take(80).collect();
                sums.first_destroyed = Some((record.line(), self.headers[index].clone(), cell));
            }
        }
        if !self.raw.is_empty() {
            self.raw.push('}');
        }
        cells[Column::Raw as usize] = &self.raw;
        for (column, start, end) in &self.made {
            cells[*column as usize] = &self.scratch[*start..*end];
        }
        sums.rows += 1;
        sums.rows_of[direction as usize] += 1;
        let of_currency = sums.of(cells[Column::Currency as usize]);
        of_currency.amount_of[direction as usize] += amount.unwrap_or_default();
        for (column, amount) in &self.amounts {
            of_currency.columns[*column as usize] += *amount;
        }
        let mut year = 0;
        if let Some((start, _)) = time {
            let day = &self.scratch[start..start + 10];
            year = day[..4].parse().unwrap_or(0);
            widen(day, sums);
        }
        if sums.holder.is_none() {
            sums.holder =
                Some(cells[Column::Account as usize]).filter(|account| !account.is_empty()).map(str::to_owned);
        }
        let (line, is_destroyed) = (record.line(), destroyed.is_some());
        Some(Row { kind, key: &self.key, direction, year, amount, bill, line, is_destroyed, cells })
    }
}

/// Updates the first and the last day seen.
fn widen(day: &str, sums: &mut Sums) {
    if sums.first_day.as_deref().is_none_or(|first| day < first) {
        sums.first_day = Some(day.to_owned());
    }
    if sums.last_day.as_deref().is_none_or(|last| day > last) {
        sums.last_day = Some(day.to_owned());
    }
}

/// Adds `header: cell` to the JSON object of cells whose original text the columns do not show.
fn note_raw(raw: &mut String, header: &str, cell: &str) {
    raw.push(if raw.is_empty() { '{' } else { ',' });
    // Serializing a string as JSON cannot fail.
    for (index, text) in [header, cell].into_iter().enumerate() {
        if index == 1 {
            raw.push(':');
        }
        raw.push_str(&serde_json::Value::from(text).to_string());
    }
}
