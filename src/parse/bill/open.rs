//! Represents a bill being read: applies its header and preamble, restores shifted cells, and compares the declared
//! totals with the sums of the rows.

use super::amount::amount;
use super::layout::{Layout, Total};
use super::preamble::{Preamble, days_of_name};
use super::row::{CurrencySums, RowReader, Sums};
use super::{BillOut, Container};
use crate::error::Result;
use crate::model::Problem;
use crate::model::money::Money;
use crate::model::statement::{Column, Statement, StatementKind};
use crate::parse::table::{Record, Rows, clean};

/// The position of the reader below the header.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Rows,
    Summary,
    Behind,
}

/// The outcome of checking a row's cells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cells {
    /// The cells are in their columns.
    Whole,
    /// The cells were moved to their columns.
    Moved,
    /// The columns of the cells cannot be determined.
    Lost,
}

/// The place of a bill in its file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// The container of its rows.
    pub(crate) container: Container,
    /// The number of the bill in its file.
    pub(crate) number: usize,
}

/// One bill of a table.
pub(crate) struct Bill {
    pub(crate) layout: &'static Layout,
    pub(crate) reader: RowReader,
    pub(crate) number: u16,
    pub(crate) statement: Statement,
    pub(crate) preamble: Preamble,
    pub(crate) state: State,
    pub(crate) summary: Vec<String>,
    pub(crate) sums: Sums,
    pub(crate) declared: Vec<(String, Total, String)>,
}

impl Bill {
    /// Creates the bill below `header`, which is number `number` of its file.
    pub(crate) fn new(layout: &'static Layout, header: &Record, place: Place, preamble: Preamble) -> Self {
        Self::below(RowReader::new(layout, header), place, preamble)
    }

    /// Creates a bill whose rows are read like those of another bill.
    pub(crate) fn below(reader: RowReader, place: Place, preamble: Preamble) -> Self {
        let layout = reader.layout();
        let name = match (layout.kind, place.container) {
            (StatementKind::Personal, Container::Csv) => "personal-csv".to_owned(),
            (StatementKind::Personal, Container::Xlsx) if preamble.says_zone => "personal-xlsx-2026".to_owned(),
            (StatementKind::Personal, Container::Xlsx) => "personal-xlsx-2025".to_owned(),
            (StatementKind::Trade, _) if matches!(reader.width(), 20 | 24 | 27 | 29) => {
                format!("trade-{}", reader.width())
            }
            (StatementKind::Trade, _) => "trade".to_owned(),
            (StatementKind::FundFlow, _) => "fund-flow".to_owned(),
        };
        let statement = Statement {
            kind: layout.kind,
            layout: name,
            holder: preamble.holder.clone(),
            from: preamble.from.clone(),
            to: preamble.to.clone(),
            made: preamble.made.clone(),
            rows: 0,
            declared: Vec::new(),
            computed: Vec::new(),
        };
        Self {
            layout,
            reader,
            number: u16::try_from(place.number).unwrap_or(u16::MAX),
            statement,
            declared: preamble.declared.clone(),
            preamble,
            state: State::Rows,
            summary: Vec::new(),
            sums: Sums::default(),
        }
    }

    /// Reports the unknown columns, whose cells are kept nevertheless, and the missing columns.
    pub(crate) fn greet(&self, locator: &str, out: &mut dyn BillOut) -> Result<()> {
        let unknown: Vec<&str> = self.reader.unknown().collect();
        if !unknown.is_empty() {
            out.problem(Problem::remark("bill-unknown-columns", locator).with("columns", unknown.join("、")))?;
        }
        let missing: Vec<Column> = self.reader.missing().collect();
        if !missing.is_empty() {
            // Without these columns no sum can be correct.
            let vital =
                missing.iter().any(|column| matches!(column, Column::Direction | Column::Settled | Column::Refund));
            let problem = if vital { Problem::incomplete } else { Problem::remark };
            let columns: Vec<&str> = missing.into_iter().map(Column::title).collect();
            out.problem(problem("bill-columns-missing", locator.to_owned()).with("columns", columns.join("、")))?;
        }
        Ok(())
    }

    /// Moves the cells of a text row to their columns by the layout: commas and quotes in names are not always quoted.
    pub(crate) fn settle_cells(
        &self,
        rows: &mut dyn Rows,
        divider: char,
        record: &mut Record,
        plain: &mut Record,
    ) -> Result<Cells> {
        let width = self.reader.width();
        // Where every cell begins with a backtick, a cell without one continues the previous cell.
        if record.get(0).starts_with('`') && record.len() > width {
            let cells = backticked(record);
            if cells.len() == width {
                plain.replace(record, cells);
                std::mem::swap(record, plain);
                return Ok(Cells::Moved);
            }
        }
        if !record.is_quoted() && !self.has_surplus(record) {
            return Ok(Cells::Whole);
        }
        if record.is_quoted() {
            let fits = self.reader.fits(record);
            if fits && record.lines() == 1 {
                return Ok(Cells::Whole);
            }
            // A quote that closes in a later row has swallowed the text between; reading the line as a row by itself is
            // better.
            if rows.look_plain(plain)? && plain.len() >= width {
                if !self.has_surplus(plain) && self.reader.fits(plain) {
                    rows.take_plain();
                    let cells: Vec<String> = plain.iter().map(super::align::unquote).collect();
                    record.replace(plain, cells);
                    return Ok(Cells::Moved);
                }
                if self.has_surplus(plain)
                    && let Some(aligned) = self.reader.align(plain, divider)
                {
                    rows.take_plain();
                    *record = aligned;
                    return Ok(Cells::Moved);
                }
            }
            if fits || !self.has_surplus(record) && record.lines() == 1 && record.len() < width {
                return Ok(Cells::Whole);
            }
        }
        if let Some(aligned) = self.has_surplus(record).then(|| self.reader.align(record, divider)).flatten() {
            *record = aligned;
            return Ok(Cells::Moved);
        }
        if record.is_quoted() && record.lines() > 1 {
            // Only the first line is lost; the following lines are examined separately.
            if rows.look_plain(plain)? {
                rows.take_plain();
                std::mem::swap(record, plain);
            }
            return Ok(Cells::Lost);
        }
        Ok(if self.has_surplus(record) { Cells::Lost } else { Cells::Whole })
    }

    /// Reports whether there is any cell after the last column.
    pub(crate) fn has_surplus(&self, record: &Record) -> bool {
        (self.reader.width()..record.len()).any(|index| !clean(record.get(index)).is_empty())
    }

    /// Compares the declared totals with the sums of the rows.
    pub(crate) fn settle(&mut self, locator: &str, out: &mut dyn BillOut) -> Result<()> {
        if self.declared.is_empty() {
            // A merchant's totals are at the end and are lost along with rows in a truncated file. A personal bill's
            // are above the table, and the table of the PDF has none.
            let personal = self.layout.kind == StatementKind::Personal;
            let problem = if personal { Problem::remark } else { Problem::incomplete };
            out.problem(problem("bill-no-totals", locator.to_owned()).with("rows", self.sums.rows))?;
        }
        for (name, total, value) in std::mem::take(&mut self.declared) {
            let show = |money: Money| match total {
                Total::Rows | Total::RowsOf(_) => money.to_string().trim_end_matches(".00").to_owned(),
                Total::Sum(_) | Total::SumOf(_) => money.to_string(),
            };
            let declared = amount(&value).map(|amount| amount.money);
            let shown = declared.map_or_else(|| value.clone(), show);
            if declared.is_none() {
                let finding = Problem::finding("bill-total-unreadable", locator);
                out.problem(finding.with("total", &name).with("declared", &shown))?;
            }
            let sums = self.computed(total);
            if !sums.is_empty() {
                // The platform may have added amounts of different currencies.
                let added = sums.iter().fold(Money::ZERO, |added, sum| added + sum.1);
                let agrees =
                    declared.is_some_and(|declared| declared == added || sums.iter().any(|sum| declared == sum.1));
                let computed = match sums.as_slice() {
                    _ if agrees => shown.clone(),
                    [(_, sum)] => show(*sum),
                    several => several
                        .iter()
                        .map(|(currency, sum)| format!("{} {currency}", show(*sum)).trim_end().to_owned())
                        .collect::<Vec<_>>()
                        .join(" + "),
                };
                if declared.is_some() && !agrees {
                    let lacks_rows = total == Total::Rows && declared > Some(count(self.sums.rows));
                    let problem = if lacks_rows { Problem::incomplete } else { Problem::finding };
                    let finding = problem("bill-total-differs", locator.to_owned());
                    let finding = finding.with("total", &name).with("declared", &shown);
                    out.problem(finding.with("computed", &computed))?;
                }
                self.statement.computed.push((name.clone(), computed));
            }
            self.statement.declared.push((name, shown));
        }
        if self.sums.destroyed > 0 {
            // Only the ledger knows whether another bill has these numbers.
            let remark = Problem::remark("bill-numbers-destroyed", locator).with("count", self.sums.destroyed);
            let (line, column, cell) = self.sums.first_destroyed.take().unwrap_or_default();
            out.problem(remark.with("line", line).with("column", column).with("cell", cell))?;
        }
        if self.sums.realigned > 0 {
            out.problem(Problem::remark("bill-cells-moved", locator).with("count", self.sums.realigned))?;
        }
        Ok(())
    }

    /// Returns the computed value of a declared total, by currency for money; empty if the file does not contain the
    /// data.
    fn computed(&self, total: Total) -> Vec<(&str, Money)> {
        let sums = |of: &dyn Fn(&CurrencySums) -> Money| -> Vec<(&str, Money)> {
            let all = self.sums.currencies.iter().map(|sums| (sums.currency.as_str(), of(sums)));
            let some: Vec<(&str, Money)> = all.filter(|(_, sum)| *sum != Money::ZERO).collect();
            if some.is_empty() { vec![("", Money::ZERO)] } else { some }
        };
        match total {
            Total::Rows => vec![("", count(self.sums.rows))],
            Total::RowsOf(direction) if self.knows_directions() => {
                vec![("", count(self.sums.rows_of[direction as usize]))]
            }
            Total::Sum(column) if self.reader.has(column) => sums(&|sums| sums.columns[column as usize]),
            Total::SumOf(direction) if self.knows_directions() => sums(&|sums| sums.amount_of[direction as usize]),
            Total::RowsOf(_) | Total::Sum(_) | Total::SumOf(_) => Vec::new(),
        }
    }

    /// Reports whether the bill has no rows and does not declare zero rows, so that it does not cover its days.
    pub(crate) fn is_hollow(&self) -> bool {
        let empty = |(_, total, value): &(String, Total, String)| {
            *total == Total::Rows && amount(value).is_some_and(|amount| amount.money == Money::ZERO)
        };
        self.sums.rows == 0 && !self.declared.iter().any(empty)
    }

    /// Reports whether the file states the direction of the money.
    fn knows_directions(&self) -> bool {
        self.layout.kind == StatementKind::Trade || self.reader.has(Column::Direction)
    }

    /// Returns the statement, with missing days filled in from its rows and its file's name.
    pub(crate) fn into_statement(mut self, locator: &str) -> Statement {
        self.statement.rows = self.sums.rows;
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
        let (from, to, made) = days_of_name(locator);
        // A file may contain a merchant's bills of many days, so its name only counts for a bill without rows.
        let (from, to) = match self.layout.kind {
            StatementKind::Personal => (day(from), day(to)),
            _ if self.sums.rows == 0 => (day(from), day(to)),
            _ => (None, None),
        };
        if self.statement.holder.is_none() {
            self.statement.holder = self.sums.holder;
        }
        if self.preamble.from.is_none() {
            self.statement.from = [from, self.sums.first_day].into_iter().flatten().min();
        }
        if self.preamble.to.is_none() {
            self.statement.to = [to, self.sums.last_day].into_iter().flatten().max();
        }
        self.statement.made = self.statement.made.take().or(made).or_else(|| self.statement.to.clone());
        self.statement
    }
}

fn count(rows: u64) -> Money {
    i64::try_from(rows).ok().and_then(|rows| rows.checked_mul(100)).map_or(Money::ZERO, Money::from_fen)
}

/// Returns the cells of a summary. Where each begins with a backtick, a cell without one continues the previous cell.
pub(crate) fn backticked(record: &Record) -> Vec<String> {
    let mut cells: Vec<String> = Vec::new();
    let marked = record.get(0).starts_with('`');
    for cell in record.iter() {
        match cells.last_mut().filter(|_| marked && !cell.trim_start().starts_with('`')) {
            Some(last) => {
                last.push(',');
                last.push_str(cell);
            }
            None => cells.push(cell.to_owned()),
        }
    }
    cells
}
