//! Merges runs into one row per transaction, regardless of the number and order of the files that contain it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use super::loose::Loose;
use super::packed::{amount, currency, year};
use super::reconcile::{Difference, cell, reconcile};
use super::run::Run;
use super::sorted::{Head, each_group, sources};
use crate::error::{Error, Result};
use crate::model::Problem;
use crate::model::money::Money;
use crate::model::statement::{Column, StatementKind};

/// Maximum number of differing transactions reported individually.
const NAMED: usize = 20;

/// Size in bytes from which lines are written.
const BUFFER: usize = 256 * 1024;

/// The result of a merge.
#[derive(Clone, Debug, Default)]
pub struct LedgerReport {
    /// Number of rows written.
    pub rows: u64,
    /// Number of rows that were already in the ledger and not written again.
    pub repeated: u64,
    /// Number of transactions whose rows differ between files.
    pub differing: u64,
    /// Sums by kind, year (0: unknown) and currency: amounts of two currencies are never added up.
    pub totals: BTreeMap<(StatementKind, u16, String), Total>,
    /// First and last days covered by personal bills; the statements state them, not their rows.
    pub covered: Vec<(String, String)>,
    /// Findings: the differing transactions by number, and those changed by a later bill.
    pub findings: Vec<Problem>,
}

/// Sums of the rows of one kind and year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// Number of rows.
    pub rows: u64,
    /// Amounts by direction: in, out, neutral.
    pub amounts: [Money; 3],
}

/// Appends `cell` in RFC 4180 format.
pub(super) fn push_cell(into: &mut Vec<u8>, cell: &str) {
    push_bytes(into, cell.as_bytes());
}

fn push_bytes(into: &mut Vec<u8>, cell: &[u8]) {
    if !cell.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        into.extend_from_slice(cell);
        return;
    }
    into.push(b'"');
    for byte in cell {
        if *byte == b'"' {
            into.push(b'"');
        }
        into.push(*byte);
    }
    into.push(b'"');
}

/// Appends the digits of `number`.
pub(super) fn push_number(into: &mut Vec<u8>, number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    into.extend_from_slice(&digits[at..]);
}

/// Merges `runs`, which are sorted by digest.
pub(super) fn merge(runs: &[Run], scratch: &Path, out: &mut dyn Write) -> Result<LedgerReport> {
    // Rows without a number are few; which of them match a numbered row must be known before the first row is written.
    let mut loose = Loose::default();
    if runs.iter().any(Run::has_loose) {
        each_group(runs, sources(runs, scratch, Run::has_loose)?, |group| {
            group.iter().filter(|head| head.row.is_loose()).for_each(|head| loose.add(head));
            Ok(())
        })?;
    }
    if loose.is_some() {
        each_group(runs, sources(runs, scratch, |_| true)?, |group| {
            if !group.first().is_some_and(|head| head.row.is_loose()) {
                reconcile(runs, group)
                    .versions
                    .iter()
                    .for_each(|version| loose.take(group[version.head].kind, version));
            }
            Ok(())
        })?;
        loose.settle();
    }
    let mut writer = Output {
        out,
        runs,
        report: LedgerReport::default(),
        lines: Vec::with_capacity(BUFFER + 4096),
        same: None,
        moved: 0,
        destroyed: BTreeMap::new(),
    };
    writer.header()?;
    each_group(runs, sources(runs, scratch, |_| true)?, |group| {
        if group.first().is_some_and(|head| head.row.is_loose()) {
            writer.loose(group, &loose)
        } else {
            writer.group(group)
        }
    })?;
    let report = &mut writer.report;
    for (code, count) in [("ledger-more-differ", report.differing), ("ledger-more-moved", writer.moved)] {
        if let Some(more) = count.checked_sub(NAMED as u64).filter(|more| *more > 0) {
            let finding = if code == "ledger-more-differ" { Problem::finding } else { Problem::remark };
            report.findings.push(finding(code, "ledger.csv").with("count", more));
        }
    }
    for (run, count) in &writer.destroyed {
        let finding = Problem::finding("ledger-numbers-destroyed", runs[*run as usize].name.as_str());
        report.findings.push(finding.with("count", count));
    }
    writer.add_up();
    writer.write_lines()?;
    writer.out.flush().map_err(|error| Error::disk("ledger-write-failed", "ledger.csv", error))?;
    Ok(writer.report)
}

/// Assigns distinct keys to the rows of one number, which come in the order of their cells: the first gets the number
/// alone, the others also their time. The keys depend only on the rows, so that the order of the bills does not matter.
#[derive(Default)]
struct Keys(BTreeMap<String, u32>);

impl Keys {
    /// Returns the suffix for the key of the next row with this time.
    fn next(&mut self, time: &str) -> String {
        let digits: String = time.chars().take(19).filter(char::is_ascii_digit).collect();
        let tail = if self.0.is_empty() || digits.is_empty() { String::new() } else { format!("/{digits}") };
        let count = self.0.entry(tail.clone()).or_default();
        *count += 1;
        if *count == 1 { tail } else { format!("{tail}/{count}") }
    }
}

/// Writes rows and counts them.
struct Output<'a> {
    out: &'a mut dyn Write,
    runs: &'a [Run],
    report: LedgerReport,
    /// Lines that are not yet written.
    lines: Vec<u8>,
    /// Sum of the last rows, which have one kind, year and currency; not yet in the report.
    same: Option<(StatementKind, u16, Vec<u8>, Total)>,
    /// Number of payments changed by a later bill.
    moved: u64,
    /// Number of rows by run whose number a spreadsheet destroyed and no other bill has.
    destroyed: BTreeMap<u32, u64>,
}

impl Output<'_> {
    fn header(&mut self) -> Result<()> {
        let names: Vec<&str> = Column::ALL.iter().map(|column| column.code()).collect();
        self.lines.extend_from_slice("\u{feff}".as_bytes());
        self.lines.extend_from_slice(names.join(",").as_bytes());
        self.end_line()
    }

    fn end_line(&mut self) -> Result<()> {
        self.lines.extend_from_slice(b"\r\n");
        if self.lines.len() < BUFFER { Ok(()) } else { self.write_lines() }
    }

    fn write_lines(&mut self) -> Result<()> {
        let written = self.out.write_all(&self.lines);
        self.lines.clear();
        written.map_err(|error| Error::disk("ledger-write-failed", "ledger.csv", error))
    }

    /// Adds the sum of the last rows to the report.
    fn add_up(&mut self) {
        let Some((kind, year, currency, sum)) = self.same.take() else { return };
        let currency = String::from_utf8_lossy(&currency).into_owned();
        let total = self.report.totals.entry((kind, year, currency)).or_default();
        total.rows += sum.rows;
        for (amount, more) in total.amounts.iter_mut().zip(sum.amounts) {
            *amount += more;
        }
    }

    /// Writes rows without a number: each is written unless it matches a row of another file.
    fn loose(&mut self, group: &[Head], loose: &Loose) -> Result<()> {
        let mut keys = Keys::default();
        for head in group {
            if loose.is_taken(head) {
                self.report.repeated += 1;
            } else {
                self.note_destroyed(head);
                self.row(head, &keys.next(""), None)?;
            }
        }
        Ok(())
    }

    /// Writes the rows of one number, in order.
    fn group(&mut self, group: &mut [Head]) -> Result<()> {
        if let [head] = &*group {
            self.note_destroyed(head);
            return self.row(head, "", None);
        }
        let count = group.len();
        let reconciled = reconcile(self.runs, group);
        self.report.repeated += (count - reconciled.versions.len()) as u64;
        if let Some(difference) = &reconciled.differs {
            self.report.differing += 1;
            if self.report.differing <= NAMED as u64 {
                let finding = self.told(Problem::finding, "ledger-rows-differ", group, difference);
                self.report.findings.push(finding);
            }
        }
        if let Some(difference) = &reconciled.moved {
            self.moved += 1;
            if self.moved <= NAMED as u64 {
                let remark = self.told(Problem::remark, "ledger-row-moved-on", group, difference);
                self.report.findings.push(remark);
            }
        }
        let mut keys = Keys::default();
        for version in &reconciled.versions {
            // A number destroyed in one bill may be intact in another.
            let complete = !cell(&version.cells, Column::MerchantNo).is_empty();
            for head in group.iter().filter(|head| version.bills.contains(&(head.run, head.row.bill())) && !complete) {
                self.note_destroyed(head);
            }
            let mut identity = Vec::new();
            for (number, cell) in version.cells.iter().enumerate() {
                if number > 0 {
                    identity.push(b',');
                }
                push_cell(&mut identity, cell);
            }
            self.row(&group[version.head], &keys.next(cell(&version.cells, Column::Time)), Some(&identity))?;
        }
        Ok(())
    }

    fn note_destroyed(&mut self, head: &Head) {
        if head.row.is_destroyed() {
            *self.destroyed.entry(head.run).or_default() += 1;
        }
    }

    /// Writes a row; `tail` distinguishes its key from others of the same number. `completed` are its cells if other
    /// rows of the same transaction completed them.
    fn row(&mut self, head: &Head, tail: &str, completed: Option<&[u8]>) -> Result<()> {
        let run = &self.runs[head.run as usize];
        let row = &head.row;
        let lines = &mut self.lines;
        lines.extend_from_slice(head.kind.code().as_bytes());
        lines.push(b',');
        if tail.is_empty() {
            push_bytes(lines, row.key());
        } else {
            push_bytes(lines, &[row.key(), tail.as_bytes()].concat());
        }
        lines.push(b',');
        lines.extend_from_slice(completed.unwrap_or_else(|| row.identity()));
        lines.push(b',');
        lines.extend_from_slice(row.tail());
        lines.push(b',');
        lines.extend_from_slice(run.short.as_bytes());
        lines.push(b',');
        push_number(lines, row.line());
        self.report.rows += 1;
        let currency = completed.map_or_else(|| row.currency(), currency);
        let key = (head.kind, completed.map_or_else(|| row.year(), year), &*currency);
        if self.same.as_ref().is_none_or(|(kind, year, currency, _)| (*kind, *year, &**currency) != key) {
            self.add_up();
        }
        let (kind, year, currency) = key;
        let total = &mut self.same.get_or_insert_with(|| (kind, year, currency.to_vec(), Total::default())).3;
        total.rows += 1;
        let amount = row.amount().or_else(|| completed.and_then(amount));
        total.amounts[row.direction() as usize] += amount.unwrap_or_default();
        self.end_line()
    }

    /// Reports which columns of two rows of one number differ, and where the rows are.
    fn told(
        &self,
        problem: fn(&'static str, String) -> Problem,
        code: &'static str,
        group: &[Head],
        difference: &Difference,
    ) -> Problem {
        let place = |index: usize| {
            let head = &group[index];
            format!("{}:{}", self.runs[head.run as usize].name, head.row.line())
        };
        let columns: Vec<&str> = difference.columns.iter().map(|column| column.title()).collect();
        problem(code, place(difference.second))
            // The key ends in the direction, which is of no interest here.
            .with("key", String::from_utf8_lossy(group[0].row.key()).split('/').next().unwrap_or_default())
            .with("first", place(difference.first))
            .with("columns", columns.join(", "))
    }
}
