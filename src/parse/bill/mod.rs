//! Reads bills from the first row to the summary: finds each header, reads the rows, and compares the totals that the
//! bill declares with the sums of its rows.

pub(crate) mod align;
pub(crate) mod amount;
pub(crate) mod key;
pub(crate) mod layout;
pub(crate) mod open;
pub(crate) mod preamble;
pub(crate) mod row;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod words;

use std::collections::BTreeMap;

use self::layout::Layout;
use self::open::{Bill, Cells, Place, State, backticked};
use self::preamble::Preamble;
use self::row::RowReader;
use super::table::{Record, Rows, clean, column_name};
use crate::error::{Error, Kind, Result};
use crate::model::Problem;
use crate::model::statement::{Column, Row, Statement, StatementKind};

/// Maximum number of rows searched for the header.
pub const HEADER_WITHIN: usize = 500;
/// Maximum number of problems reported for one code.
const NAMED: usize = 10;

/// A receiver of a bill's rows and problems.
pub trait BillOut {
    /// Receives one row, in order.
    fn row(&mut self, row: &Row<'_>) -> Result<()>;
    /// Receives a problem of the bill.
    fn problem(&mut self, problem: Problem) -> Result<()>;
}

/// The container of the rows, which decides the name of the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// A CSV file.
    Csv,
    /// A sheet of a workbook.
    Xlsx,
}

/// Returns the kind of the first bill in a table that begins with `rows`, which are at most [`HEADER_WITHIN`].
pub fn kind_of_rows(rows: &[Record]) -> Option<StatementKind> {
    let mut preamble = Preamble::default();
    for record in rows {
        if let Some(layout) = Layout::of_header(record, preamble.is_personal) {
            return Some(layout.kind);
        }
        preamble.row(record);
    }
    (rows.len() < HEADER_WITHIN && preamble.is_bill()).then_some(StatementKind::Personal)
}

/// Reads the bills in `rows` of the input `locator`. A table usually holds one bill, but may hold several below each
/// other. The first has number `first` in its file. Returns an empty list if there is no bill.
pub fn read(
    rows: &mut dyn Rows,
    container: Container,
    locator: &str,
    first: usize,
    out: &mut dyn BillOut,
) -> Result<Vec<Statement>> {
    let mut record = Record::default();
    let mut plain = Record::default();
    let mut reader = Reader { container, locator, first, bills: Vec::new(), problems: BTreeMap::new(), last: None };
    let mut preamble = Preamble::default();
    let mut above = 0;
    let mut table = None;
    let mut bill: Option<Bill> = None;
    while rows.next_row(&mut record)? {
        if let Some(open) = &bill
            && open.state == State::Rows
            && let Some(divider) = rows.divider()
        {
            match open.settle_cells(rows, divider, &mut record, &mut plain)? {
                Cells::Whole => {}
                Cells::Moved => bill.iter_mut().for_each(|bill| bill.sums.realigned += 1),
                Cells::Lost => {
                    let cells = record.len().to_string();
                    let expected = open.reader.width().to_string();
                    let arguments = [("cells", cells.as_str()), ("expected", expected.as_str())];
                    reader.complain(out, "bill-row-shifted", record.line(), &arguments)?;
                    continue;
                }
            }
        }
        // A row of a bill begins with a backtick or a digit; the few other records are examined more closely.
        let is_row = record.get(0).starts_with(|letter: char| letter == '`' || letter.is_ascii_digit());
        if bill.is_none() || !is_row {
            let named = preamble.is_personal;
            if let Some(layout) = Layout::of_header(&record, named) {
                if let Some(bill) = bill.take() {
                    reader.close(bill, out)?;
                }
                let opened = Bill::new(layout, &record, reader.next_place(), std::mem::take(&mut preamble));
                opened.greet(locator, out)?;
                bill = Some(opened);
                above = 0;
                table = None;
                continue;
            }
        }
        match &mut bill {
            Some(open) if !is_row && Preamble::begins(&record) => {
                let next = open.reader.clone();
                if let Some(bill) = bill.take() {
                    reader.close(bill, out)?;
                }
                reader.last = Some(next);
                preamble = Preamble::default();
                preamble.row(&record);
            }
            // Rows of another day below the totals, whose header was removed.
            Some(open) if is_row && open.state == State::Behind && open.reader.fits(&record) => {
                let next = open.reader.clone();
                if let Some(bill) = bill.take() {
                    reader.close(bill, out)?;
                }
                let mut opened = Bill::below(next, reader.next_place(), Preamble::default());
                reader.record(&mut opened, &record, out)?;
                bill = Some(opened);
            }
            Some(open) => reader.record(open, &record, out)?,
            None => {
                // The second bill's header may be missing although its preamble is present.
                if is_row && let Some(last) = reader.last.take_if(|last| last.fits(&record)) {
                    let mut opened = Bill::below(last, reader.next_place(), std::mem::take(&mut preamble));
                    reader.record(&mut opened, &record, out)?;
                    bill = Some(opened);
                    continue;
                }
                if table.is_none() && preamble.is_bill() {
                    table = header_in(&record);
                }
                preamble.row(&record);
                above += 1;
                if above > HEADER_WITHIN && reader.bills.is_empty() {
                    break;
                }
            }
        }
    }
    match bill {
        Some(bill) => reader.close(bill, out)?,
        None if preamble.is_bill() => reader.without_header(preamble, table, out)?,
        None => {}
    }
    reader.finish(out)
}

/// The state of reading all bills of one table.
struct Reader<'a> {
    container: Container,
    locator: &'a str,
    first: usize,
    bills: Vec<Statement>,
    problems: BTreeMap<&'static str, usize>,
    /// The row reader of the previous bill.
    last: Option<RowReader>,
}

impl Reader<'_> {
    /// Returns the place of the next bill of the table.
    fn next_place(&self) -> Place {
        Place { container: self.container, number: self.first + self.bills.len() }
    }

    fn record(&mut self, bill: &mut Bill, record: &Record, out: &mut dyn BillOut) -> Result<()> {
        match bill.state {
            State::Summary => {
                if !record.is_blank() {
                    for (name, value) in bill.summary.iter().zip(backticked(record)) {
                        if let Some(total) = bill.layout.total(name) {
                            bill.declared.push((name.clone(), total, clean(&value).to_owned()));
                        }
                    }
                    bill.state = State::Behind;
                }
                Ok(())
            }
            State::Behind | State::Rows if record.is_blank() => Ok(()),
            State::Behind => self.complain(out, "bill-row-behind-summary", record.line(), &[]),
            State::Rows if bill.layout.begins_summary(record.get(0)) => {
                bill.summary = record.iter().map(column_name).collect();
                bill.state = State::Summary;
                Ok(())
            }
            State::Rows => self.row(bill, record, out),
        }
    }

    fn row(&mut self, bill: &mut Bill, record: &Record, out: &mut dyn BillOut) -> Result<()> {
        if self.container == Container::Csv && bill.reader.is_torn(record) {
            let (cells, expected) = (record.len().to_string(), bill.reader.width().to_string());
            let arguments = [("cells", cells.as_str()), ("expected", expected.as_str())];
            return self.complain(out, "bill-row-shifted", record.line(), &arguments);
        }
        let mut complaints: Vec<(&'static str, String, String)> = Vec::new();
        let mut cells = [""; Column::COUNT];
        let number = bill.number;
        let row = bill.reader.read(record, number, &mut cells, &mut bill.sums, &mut |(code, column, cell)| {
            complaints.push((code, column.to_owned(), cell.to_owned()));
        });
        let readable = row.is_some();
        if let Some(row) = row {
            out.row(&row)?;
        }
        let line = record.line();
        let width = bill.reader.width();
        if !readable {
            if is_total(record) {
                return out.problem(Problem::remark("bill-row-of-totals", format!("{}:{line}", self.locator)));
            }
            return self.complain(out, "bill-row-unreadable", line, &[]);
        }
        for (code, column, cell) in complaints {
            self.complain(out, code, line, &[("column", &column), ("cell", &cell)])?;
        }
        if record.is_damaged() {
            self.complain(out, "bill-text-damaged", line, &[])?;
        }
        // A sheet omits the empty cells at the end of a row.
        let short = record.len() < width && (self.container == Container::Csv || record.len() + 2 < width);
        if short || bill.has_surplus(record) {
            let cells = record.len().to_string();
            self.complain(out, "bill-row-width", line, &[("cells", &cells), ("expected", &width.to_string())])?;
        }
        Ok(())
    }

    /// Reports a problem with one row.
    fn complain(
        &mut self,
        out: &mut dyn BillOut,
        code: &'static str,
        line: u64,
        arguments: &[(&'static str, &str)],
    ) -> Result<()> {
        let count = self.problems.entry(code).or_default();
        *count += 1;
        if *count > NAMED {
            return Ok(());
        }
        let error = arguments.iter().fold(Error::input(code).with("line", line), |error, (name, value)| {
            // A cell may be as long as the file.
            error.with(name, value.chars().take(80).collect::<String>())
        });
        out.problem(Problem::from_error(&error, format!("{}:{line}", self.locator)))
    }

    fn close(&mut self, mut bill: Bill, out: &mut dyn BillOut) -> Result<()> {
        let is_hollow = bill.is_hollow();
        if is_hollow && bill.declared.is_empty() && bill.layout.kind == StatementKind::Personal {
            out.problem(Problem::incomplete("bill-without-rows", self.locator))?;
        }
        bill.settle(self.locator, out)?;
        let mut statement = bill.into_statement(self.locator);
        if is_hollow {
            (statement.from, statement.to) = (None, None);
        }
        self.bills.push(statement);
        Ok(())
    }

    /// Closes a personal bill that consists of a preamble only: there were no transactions, or the table is missing, or
    /// it begins with column names (`table`) that are not those of a bill.
    fn without_header(
        &mut self,
        preamble: Preamble,
        table: Option<(u64, String)>,
        out: &mut dyn BillOut,
    ) -> Result<()> {
        let reader = RowReader::new(Layout::personal(), &Record::default());
        let mut bill = Bill::below(reader, self.next_place(), preamble);
        let is_hollow = bill.is_hollow();
        bill.declared.clear();
        let mut statement = bill.into_statement(self.locator);
        if is_hollow {
            out.problem(match table {
                Some((line, columns)) => {
                    let problem = Problem::incomplete("bill-columns-unknown", format!("{}:{line}", self.locator));
                    problem.with("columns", columns)
                }
                None => Problem::incomplete("bill-table-missing", self.locator),
            })?;
            (statement.from, statement.to) = (None, None);
        } else {
            out.problem(Problem::remark("bill-empty", self.locator))?;
        }
        self.bills.push(statement);
        Ok(())
    }

    fn finish(mut self, out: &mut dyn BillOut) -> Result<Vec<Statement>> {
        for (code, count) in std::mem::take(&mut self.problems) {
            if let Some(more) = count.checked_sub(NAMED).filter(|more| *more > 0) {
                let problem = Problem::from_error(&Error::new(Kind::Input, "bill-more-problems"), self.locator);
                out.problem(problem.with("code", code).with("count", more))?;
            }
        }
        Ok(self.bills)
    }
}

/// Returns the line and the cells of a row that may be a table's header: no line of a preamble has so many cells.
fn header_in(record: &Record) -> Option<(u64, String)> {
    let cells: Vec<&str> = record.iter().map(clean).filter(|cell| !cell.is_empty()).collect();
    let columns: String = cells.join("、").chars().take(200).collect();
    (cells.len() >= 5).then(|| (record.line(), columns))
}

/// Reports whether a row is a line of totals added by the user, which may be skipped without loss.
fn is_total(record: &Record) -> bool {
    const WORDS: &[&str] =
        &["合计", "合計", "总计", "總計", "小计", "小計", "总和", "汇总", "total", "subtotal", "sum"];
    let first = record.iter().map(clean).find(|cell| !cell.is_empty()).unwrap_or_default().to_lowercase();
    WORDS.iter().any(|word| first.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::table::csv_rows::CsvRows;

    #[derive(Default)]
    struct Seen {
        keys: Vec<String>,
        problems: Vec<Problem>,
    }

    impl BillOut for Seen {
        fn row(&mut self, row: &Row<'_>) -> Result<()> {
            self.keys.push(row.key.to_owned());
            Ok(())
        }

        fn problem(&mut self, problem: Problem) -> Result<()> {
            self.problems.push(problem);
            Ok(())
        }
    }

    const HEADER: &str = "交易时间,商户号,微信订单号,商户订单号,交易状态,货币种类,应结订单金额,手续费,新栏目\n";
    const SUMMARY: &str = "总交易单数,应结订单总金额,手续费总金额\n";

    fn read_text(text: &str) -> (Vec<Statement>, Seen) {
        let mut seen = Seen::default();
        let mut rows = CsvRows::new(text.as_bytes(), "a.csv");
        let statements = read(&mut rows, Container::Csv, "a.csv", 0, &mut seen).unwrap();
        (statements, seen)
    }

    fn row(day: u8, number: u32, amount: &str) -> String {
        format!("`2026-05-{day:02} 00:00:00,`19,`{number},`T{number},`SUCCESS,`CNY,`{amount},`0.01000,`\n")
    }

    #[test]
    fn bills_of_several_days_in_one_file_are_settled_each() {
        let day = |day: u8| format!("{HEADER}{}{SUMMARY}`1.0,`1.00,`0.01000\n", row(day, u32::from(day), "1.00"));
        let (statements, seen) = read_text(&(day(1) + "\n" + &day(2)));
        assert_eq!(statements.iter().map(|statement| statement.rows).collect::<Vec<_>>(), [1, 1]);
        for (statement, day) in statements.iter().zip(["2026-05-01", "2026-05-02"]) {
            assert_eq!((statement.from.as_deref(), statement.to.as_deref()), (Some(day), Some(day)));
            assert_eq!((statement.layout.as_str(), statement.holder.as_deref()), ("trade", Some("19")));
            assert!(statement.adds_up());
        }
        assert_eq!(seen.keys, ["1", "2"]);
        // An unknown column is reported, but is not a failure.
        assert!(
            seen.problems
                .iter()
                .all(|problem| (problem.code.as_str(), problem.exit_bit) == ("bill-unknown-columns", 0))
        );
        let (_, seen) = read_text(&(day(1) + &day(2).replace("`1.0,`1.00", "`1.0,`1.01")));
        assert_eq!(seen.problems.iter().filter(|problem| problem.code == "bill-total-differs").count(), 1);
    }

    #[test]
    fn rows_below_the_totals_are_another_days_even_without_a_header() {
        let day = |day: u8| format!("{}{SUMMARY}`1.0,`1.00,`0.01000\n", row(day, u32::from(day), "1.00"));
        let (statements, seen) = read_text(&format!("{HEADER}{}\n{}", day(1), day(2)));
        assert_eq!(statements.len(), 2);
        assert!(statements.iter().all(Statement::adds_up) && seen.problems.iter().all(|problem| problem.exit_bit == 0));
        assert_eq!(seen.keys, ["1", "2"]);
        // Repeated totals are not rows.
        let (statements, seen) = read_text(&format!("{HEADER}{}{SUMMARY}`1.0,`1.00,`0.01000\n", day(1)));
        assert_eq!((statements.len(), seen.keys.len()), (1, 1));
    }

    #[test]
    fn a_declared_total_that_is_no_number_is_named() {
        let (statements, seen) = read_text(&format!("{HEADER}{}{SUMMARY}`1,`?,`0.01\n", row(1, 1, "1.00")));
        assert!(!statements[0].adds_up());
        let finding = seen.problems.iter().find(|problem| problem.code == "bill-total-unreadable").unwrap();
        assert_eq!((finding.exit_bit, finding.arguments[1].1.as_str()), (64, "?"));
    }

    #[test]
    fn sums_are_exact_where_floats_are_not() {
        let rows: String = (0..1000).map(|number| row(1, number, "0.10")).collect();
        let (statements, _) = read_text(&format!("{HEADER}{rows}{SUMMARY}`1000,`100.00,`10.00000\n"));
        assert!(statements[0].adds_up());
    }

    #[test]
    fn many_broken_rows_are_a_few_lines() {
        let broken: String = (0..1000).map(|number| row(1, number, "?")).collect();
        let (_, seen) = read_text(&format!("{HEADER}{broken}注意,以上\n{SUMMARY}`1000,`0.00,`10.00\n"));
        let named = seen.problems.iter().filter(|problem| problem.code == "bill-amount-unreadable").count();
        assert_eq!(named, NAMED);
        let more = seen.problems.iter().find(|problem| problem.code == "bill-more-problems").unwrap();
        assert!(more.arguments.contains(&("count".to_owned(), "990".to_owned())));
        assert_eq!(more.exit_bit, 32);
        let garbage = seen.problems.iter().find(|problem| problem.code == "bill-row-unreadable").unwrap();
        assert_eq!(garbage.locator, "a.csv:1002");
    }

    #[test]
    fn what_is_no_bill_is_none() {
        assert!(read_text("标题,链接\n一,二\n").0.is_empty());
        assert!(read_text("").0.is_empty());
    }
}
