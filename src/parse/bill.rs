//! A bill from its first row to its summary: finds the header, reads the rows, and holds what the bill declares
//! against what its rows add up to.

use std::collections::BTreeMap;

use super::bill_layout::{Layout, Total};
use super::bill_preamble::Preamble;
use super::bill_row::{RowReader, Sums};
use super::table::{Record, Rows, clean, column_name};
use crate::error::{Error, Kind, Result};
use crate::model::Problem;
use crate::model::money::Money;
use crate::model::statement::{Column, Row, Statement, StatementKind};

pub use super::bill_layout::kind_of_header;

/// The header is looked for in this many rows.
pub const HEADER_WITHIN: usize = 500;
/// So many problems of one code are named one by one.
const NAMED: usize = 10;

/// Receives what a bill holds.
pub trait BillOut {
    /// One row, in order.
    fn row(&mut self, row: &Row<'_>) -> Result<()>;
    /// Something wrong.
    fn problem(&mut self, problem: Problem) -> Result<()>;
}

/// What the rows came in: decides the name of the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// CSV.
    Csv,
    /// A sheet of a workbook.
    Xlsx,
}

/// Reads the bill in `rows`, which is the input `locator`; `None` if no header of a bill stands in it.
pub fn read(
    rows: &mut dyn Rows,
    container: Container,
    locator: &str,
    out: &mut dyn BillOut,
) -> Result<Option<Statement>> {
    let mut record = Record::default();
    let mut preamble = Preamble::default();
    let mut bill = None;
    for _ in 0..HEADER_WITHIN {
        if !rows.next_row(&mut record)? {
            break;
        }
        if let Some(layout) = Layout::of_header(&record) {
            bill = Some(Bill::new(layout, &record, container, locator, preamble));
            break;
        }
        preamble.line(record.iter().map(clean).find(|cell| !cell.is_empty()).unwrap_or(""));
    }
    let Some(mut bill) = bill else { return Ok(None) };
    bill.greet(out)?;
    while rows.next_row(&mut record)? {
        bill.record(&record, out)?;
    }
    bill.finish(out).map(Some)
}

/// Where we are below the header.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Rows,
    Summary,
    Behind,
}

struct Bill<'a> {
    layout: &'static Layout,
    reader: RowReader,
    locator: &'a str,
    statement: Statement,
    preamble: Preamble,
    state: State,
    summary: Vec<String>,
    /// Of the rows since the last header.
    sums: Sums,
    declared: Vec<(String, Total, String)>,
    problems: BTreeMap<&'static str, usize>,
}

impl<'a> Bill<'a> {
    fn new(
        layout: &'static Layout,
        header: &Record,
        container: Container,
        locator: &'a str,
        preamble: Preamble,
    ) -> Self {
        let reader = RowReader::new(layout, header);
        let name = match (layout.kind, container) {
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
            rows: 0,
            declared: Vec::new(),
            computed: Vec::new(),
        };
        let declared = preamble.declared.clone();
        Self {
            layout,
            reader,
            locator,
            statement,
            preamble,
            state: State::Rows,
            summary: Vec::new(),
            sums: Sums::default(),
            declared,
            problems: BTreeMap::new(),
        }
    }

    /// Says which columns we do not know; their cells are kept all the same.
    fn greet(&self, out: &mut dyn BillOut) -> Result<()> {
        let unknown: Vec<&str> = self.reader.unknown().collect();
        if unknown.is_empty() {
            return Ok(());
        }
        out.problem(Problem::remark("bill-unknown-columns", self.locator).with("columns", unknown.join("、")))
    }

    fn record(&mut self, record: &Record, out: &mut dyn BillOut) -> Result<()> {
        match self.state {
            State::Summary => {
                if !record.is_blank() {
                    for (name, value) in self.summary.iter().zip(record.iter()) {
                        if let Some(total) = self.layout.total(name) {
                            self.declared.push((name.clone(), total, clean(value).to_owned()));
                        }
                    }
                    self.state = State::Behind;
                }
                return Ok(());
            }
            State::Behind => {
                // Bills of several days in one file: each has its own header and summary.
                if let Some(layout) = Layout::of_header(record)
                    && layout.kind == self.layout.kind
                {
                    self.settle(out)?;
                    self.reader = RowReader::new(layout, record);
                    self.state = State::Rows;
                } else if !record.is_blank() {
                    self.complain(out, "bill-row-behind-summary", record.line(), &[])?;
                }
                return Ok(());
            }
            State::Rows => {}
        }
        let first = record.get(0);
        // No row begins like this, so the few that may begin a summary are looked at more closely.
        if !first.starts_with(|letter: char| letter == '`' || letter.is_ascii_digit()) {
            if record.is_blank() {
                return Ok(());
            }
            if self.layout.begins_summary(&column_name(first)) {
                self.summary = record.iter().map(column_name).collect();
                self.state = State::Summary;
                return Ok(());
            }
        }
        self.row(record, out)
    }

    fn row(&mut self, record: &Record, out: &mut dyn BillOut) -> Result<()> {
        let mut complaints: Vec<(&'static str, String, String)> = Vec::new();
        let mut cells = [""; Column::COUNT];
        let row = self.reader.read(record, &mut cells, &mut self.sums, &mut |(code, column, cell)| {
            complaints.push((code, column.to_owned(), cell.to_owned()));
        });
        let readable = row.is_some();
        if let Some(row) = row {
            out.row(&row)?;
        }
        let line = record.line();
        let width = self.reader.width();
        if !readable {
            return self.complain(out, "bill-row-unreadable", line, &[]);
        }
        for (code, column, cell) in complaints {
            self.complain(out, code, line, &[("column", &column), ("cell", &cell)])?;
        }
        if record.is_damaged() {
            self.complain(out, "bill-text-damaged", line, &[])?;
        }
        let behind = (width..record.len()).any(|index| !clean(record.get(index)).is_empty());
        if record.len() < width || behind {
            let cells = record.len().to_string();
            self.complain(out, "bill-row-width", line, &[("cells", &cells), ("expected", &width.to_string())])?;
        }
        Ok(())
    }

    /// A problem with one row.
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
            // A cell may be as long as a file.
            error.with(name, value.chars().take(80).collect::<String>())
        });
        out.problem(Problem::from_error(&error, format!("{}:{line}", self.locator)))
    }

    /// Holds the declared totals of the rows since the last header against their sums.
    fn settle(&mut self, out: &mut dyn BillOut) -> Result<()> {
        if self.declared.is_empty() {
            let code = "bill-no-totals";
            out.problem(Problem::finding(code, self.locator).with("rows", self.sums.rows))?;
        }
        for (name, total, value) in std::mem::take(&mut self.declared) {
            let computed = match total {
                Total::Rows => Some(count(self.sums.rows)),
                Total::RowsOf(direction) => Some(count(self.sums.rows_of[direction as usize])),
                Total::Sum(column) => self.reader.has(column).then(|| self.sums.columns[column as usize]),
                Total::SumOf(direction) => Some(self.sums.amount_of[direction as usize]),
            };
            let show = |money: Money| match total {
                Total::Rows | Total::RowsOf(_) => money.to_string().trim_end_matches(".00").to_owned(),
                Total::Sum(_) | Total::SumOf(_) => money.to_string(),
            };
            let declared = Money::from_cell(&value);
            let shown = declared.map_or_else(|| value.clone(), show);
            if let Some(computed) = computed {
                if declared != Some(computed) {
                    let finding = Problem::finding("bill-total-differs", self.locator);
                    let finding = finding.with("total", &name).with("declared", &shown);
                    out.problem(finding.with("computed", show(computed)))?;
                }
                self.statement.computed.push((name.clone(), show(computed)));
            }
            self.statement.declared.push((name, shown));
        }
        let sums = std::mem::take(&mut self.sums);
        self.statement.rows += sums.rows;
        if self.statement.holder.is_none() {
            self.statement.holder = sums.holder;
        }
        if self.preamble.from.is_none() {
            let days = [self.statement.from.take(), sums.first_day].into_iter().flatten();
            self.statement.from = days.min();
        }
        if self.preamble.to.is_none() {
            self.statement.to = self.statement.to.take().max(sums.last_day);
        }
        Ok(())
    }

    fn finish(mut self, out: &mut dyn BillOut) -> Result<Statement> {
        self.settle(out)?;
        for (code, count) in std::mem::take(&mut self.problems) {
            if let Some(more) = count.checked_sub(NAMED).filter(|more| *more > 0) {
                let problem = Problem::from_error(&Error::new(Kind::Input, "bill-more-problems"), self.locator);
                out.problem(problem.with("code", code).with("count", more))?;
            }
        }
        Ok(self.statement)
    }
}

fn count(rows: u64) -> Money {
    i64::try_from(rows).ok().and_then(|rows| rows.checked_mul(100)).map_or(Money::ZERO, Money::from_fen)
}
#[cfg(test)]
mod tests {
    use super::super::csv_rows::CsvRows;
    use super::*;

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

    fn read_text(text: &str) -> (Option<Statement>, Seen) {
        let mut seen = Seen::default();
        let statement = read(&mut CsvRows::new(text.as_bytes(), "a.csv"), Container::Csv, "a.csv", &mut seen).unwrap();
        (statement, seen)
    }

    fn row(day: u8, number: u32, amount: &str) -> String {
        format!("`2026-05-{day:02} 00:00:00,`19,`{number},`T{number},`SUCCESS,`CNY,`{amount},`0.01000,`\n")
    }

    #[test]
    fn bills_of_several_days_in_one_file_are_settled_each() {
        let day = |day: u8| format!("{HEADER}{}{SUMMARY}`1.0,`1.00,`0.01000\n", row(day, u32::from(day), "1.00"));
        let (statement, seen) = read_text(&(day(1) + "\n" + &day(2)));
        let statement = statement.unwrap();
        assert_eq!(statement.rows, 2);
        assert_eq!((statement.from.as_deref(), statement.to.as_deref()), (Some("2026-05-01"), Some("2026-05-02")));
        assert_eq!((statement.layout.as_str(), statement.holder.as_deref()), ("trade", Some("19")));
        assert!(statement.adds_up());
        assert_eq!(seen.keys, ["1", "2"]);
        // A column that we do not know is said once, and is no failure.
        assert_eq!(seen.problems.len(), 1);
        assert_eq!((seen.problems[0].code.as_str(), seen.problems[0].exit_bit), ("bill-unknown-columns", 0));
        let (_, seen) = read_text(&(day(1) + &day(2).replace("`1.0,`1.00", "`1.0,`1.01")));
        assert_eq!(seen.problems.iter().filter(|problem| problem.code == "bill-total-differs").count(), 1);
    }

    #[test]
    fn sums_are_exact_where_floats_are_not() {
        let rows: String = (0..1000).map(|number| row(1, number, "0.10")).collect();
        let (statement, _) = read_text(&format!("{HEADER}{rows}{SUMMARY}`1000,`100.00,`10.00000\n"));
        assert!(statement.unwrap().adds_up());
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
        assert!(read_text("标题,链接\n一,二\n").0.is_none());
        assert!(read_text("").0.is_none());
    }
}
