//! One row of a bill in the one form of the ledger. This is the hot loop of a million-row bill: nothing is allocated a
//! row, amounts are added as integers.

use std::fmt::Write as _;

use super::bill_layout::{Known, Layout, Reading};
use super::bill_text::{canonical, service_fee, status_refund, unescape, wall};
use super::table::{Record, clean, column_name};
use super::xlsx_rows::wall_of_serial;
use crate::model::money::Money;
use crate::model::statement::{Column, Direction, Row, StatementKind};

/// Digits that a spreadsheet's number holds for sure.
const SURE_DIGITS: usize = 15;

/// What the rows of one bill add up to.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    pub rows: u64,
    pub columns: [Money; Column::COUNT],
    pub rows_of: [u64; 3],
    pub amount_of: [Money; 3],
    pub first_day: Option<String>,
    pub last_day: Option<String>,
    pub holder: Option<String>,
}

impl Default for Sums {
    fn default() -> Self {
        Self {
            rows: 0,
            columns: [Money::ZERO; Column::COUNT],
            rows_of: [0; 3],
            amount_of: [Money::ZERO; 3],
            first_day: None,
            last_day: None,
            holder: None,
        }
    }
}

/// What is wrong in one row: a code, the column's header, the cell.
pub(super) type Complaint<'a> = (&'static str, &'a str, &'a str);

/// Reads the rows below one header.
pub(super) struct RowReader {
    layout: &'static Layout,
    /// By position in the file: what the column is; `None` for one that we do not know.
    columns: Vec<Option<&'static Known>>,
    headers: Vec<String>,
    /// Position in the file by column.
    position: [Option<usize>; Column::COUNT],
    scratch: String,
    /// Pieces of the scratch that are cells.
    made: Vec<(Column, usize, usize)>,
    raw: String,
    key: String,
}

impl RowReader {
    pub(super) fn new(layout: &'static Layout, header: &Record) -> Self {
        let headers: Vec<String> = header.iter().map(column_name).collect();
        let columns: Vec<Option<&'static Known>> = headers.iter().map(|header| layout.column(header)).collect();
        let mut position = [None; Column::COUNT];
        for (index, known) in columns.iter().enumerate() {
            if let Some(known) = known {
                position[known.column as usize].get_or_insert(index);
            }
        }
        Self {
            layout,
            columns,
            headers,
            position,
            scratch: String::new(),
            made: Vec::new(),
            raw: String::new(),
            key: String::new(),
        }
    }

    /// Whether the file has `column`.
    pub(super) fn has(&self, column: Column) -> bool {
        self.position[column as usize].is_some()
    }

    /// How many columns the header names.
    pub(super) fn width(&self) -> usize {
        self.headers.iter().filter(|header| !header.is_empty()).count()
    }

    /// Headers that no column of the ledger stands for.
    pub(super) fn unknown(&self) -> impl Iterator<Item = &str> {
        let pairs = self.headers.iter().zip(&self.columns);
        pairs.filter(|(header, known)| known.is_none() && !header.is_empty()).map(|(header, _)| header.as_str())
    }

    /// The row in `record`, added to `sums`; `None` if it is no row at all.
    pub(super) fn read<'a>(
        &'a mut self,
        record: &'a Record,
        cells: &'a mut [&'a str; Column::COUNT],
        sums: &mut Sums,
        complain: &mut dyn FnMut(Complaint<'_>),
    ) -> Option<Row<'a>> {
        self.scratch.clear();
        self.made.clear();
        self.raw.clear();
        self.key.clear();
        let mut money = [None; Column::COUNT];
        let kind = self.layout.kind;
        for (index, known) in self.columns.iter().enumerate() {
            let cell = clean(record.get(index));
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
                    if record.is_number(index) && cell.len() > SURE_DIGITS {
                        complain(("bill-number-rounded", &self.headers[index], cell));
                    }
                }
                Reading::Number => {
                    if cell != "0" {
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
                    let serial = if record.is_number(index) { wall_of_serial(cell) } else { None };
                    if wall(serial.as_deref().unwrap_or(cell), &mut self.scratch) {
                        self.made.push((column, start, self.scratch.len()));
                    } else {
                        note_raw(&mut self.raw, &self.headers[index], cell);
                        complain(("bill-time-unreadable", &self.headers[index], cell));
                    }
                }
                Reading::Money => {
                    let amount =
                        if record.is_number(index) { Money::from_number(cell) } else { Money::from_cell(cell) };
                    money[column as usize] = amount;
                    if let Some(amount) = amount {
                        sums.columns[column as usize] += amount;
                        if let Some(text) = canonical(cell) {
                            cells[column as usize] = text;
                        } else {
                            let start = self.scratch.len();
                            // Writing to a String cannot fail.
                            let _ = write!(self.scratch, "{amount}");
                            self.made.push((column, start, self.scratch.len()));
                        }
                    } else if cell != "/" {
                        note_raw(&mut self.raw, &self.headers[index], cell);
                        complain(("bill-amount-unreadable", &self.headers[index], cell));
                    }
                }
            }
        }
        let time = self.made.iter().find(|made| made.0 == Column::Time).map(|made| (made.1, made.2));
        if time.is_none() && cells[Column::TransactionNo as usize].is_empty() {
            return None;
        }
        let (direction, from) = direction(kind, cells);
        let amount = money[from as usize];
        if kind == StatementKind::Personal {
            // Of money that came in, the status tells of another row.
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
        if cells[Column::Currency as usize].is_empty() {
            cells[Column::Currency as usize] = "CNY";
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
        sums.amount_of[direction as usize] += amount.unwrap_or_default();
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
        Some(Row { kind, key: &self.key, direction, year, amount, line: record.line(), cells })
    }
}

/// Keeps the first and the last day seen.
fn widen(day: &str, sums: &mut Sums) {
    if sums.first_day.as_deref().is_none_or(|first| day < first) {
        sums.first_day = Some(day.to_owned());
    }
    if sums.last_day.as_deref().is_none_or(|last| day > last) {
        sums.last_day = Some(day.to_owned());
    }
}

/// Which way the money of a row went, and in which column its amount stands.
fn direction(kind: StatementKind, cells: &[&str; Column::COUNT]) -> (Direction, Column) {
    match kind {
        StatementKind::Trade => match cells[Column::Status as usize] {
            "REFUND" => (Direction::Out, Column::Refund),
            "REVOKED" if !cells[Column::RefundNo as usize].is_empty() => (Direction::Out, Column::Refund),
            "REVOKED" => (Direction::Neutral, Column::Settled),
            // A bill of refunds alone names each of them.
            _ if !cells[Column::RefundNo as usize].is_empty() => (Direction::Out, Column::Refund),
            _ => (Direction::In, Column::Settled),
        },
        _ => match cells[Column::Direction as usize] {
            "收入" => (Direction::In, Column::Amount),
            "支出" => (Direction::Out, Column::Amount),
            _ => (Direction::Neutral, Column::Amount),
        },
    }
}

/// The identity of a row across files: the number of the refund, the transaction or the flow. What else may share one
/// number (a payment and what is given back of it, a flow and its fee) is told apart behind a slash.
fn key(kind: StatementKind, direction: Direction, cells: &[&str; Column::COUNT], key: &mut String) {
    let number = |column: Column| cells[column as usize];
    match kind {
        StatementKind::Trade => {
            let refund = number(Column::RefundNo);
            key.push_str(if refund.is_empty() { number(Column::TransactionNo) } else { refund });
            if refund.is_empty() && direction != Direction::In && !key.is_empty() {
                key.push('/');
                key.push_str(number(Column::Status));
            }
        }
        StatementKind::FundFlow => {
            let flow = number(Column::FlowNo);
            for part in [flow, number(Column::TransactionNo), number(Column::Type)] {
                if !key.is_empty() {
                    key.push('/');
                }
                key.push_str(part);
            }
            if flow.is_empty() && number(Column::TransactionNo).is_empty() {
                key.clear();
            }
        }
        StatementKind::Personal => {
            key.push_str(number(Column::TransactionNo));
            if !key.is_empty() {
                key.push('/');
                key.push_str(direction.code());
            }
        }
    }
}

/// Adds `header: cell` to the JSON object of cells that the columns do not show as they stand.
fn note_raw(raw: &mut String, header: &str, cell: &str) {
    raw.push(if raw.is_empty() { '{' } else { ',' });
    // A string is always JSON.
    for (index, text) in [header, cell].into_iter().enumerate() {
        if index == 1 {
            raw.push(':');
        }
        raw.push_str(&serde_json::Value::from(text).to_string());
    }
}
