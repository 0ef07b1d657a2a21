//! What the importers of bills share: recognising the table's header in whatever file, keeping the file bit-exact, and
//! handing rows to the ledger.

pub mod fund_flow;
pub mod personal;
pub mod profit_sharing;
pub mod trade;
pub mod unread;

use super::table::tables::{self, Container, Unread};
use crate::error::{Error, Result};
use crate::model::Problem;
use crate::model::statement::{Row, Statement, StatementKind};
use crate::parse::bill::{self, BillOut};
use crate::source::{ImportCx, Input, Item, LeafMeta, LedgerRows, Match, Out, Probe, Shelf};

/// Whether the input is a bill of `kind`: its header stands in it.
pub(crate) fn identify(probe: &Probe<'_>, kind: StatementKind) -> Match {
    let found = probe.first_rows(bill::HEADER_WITHIN).find_map(bill::kind_of_rows);
    if found == Some(kind) { Match::Sure } else { Match::No }
}

/// Keeps the file, reads its rows into the ledger and emits its statements.
pub(crate) fn read(source: &'static str, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
    let probe = Probe::new(input);
    let container = Container::of(&probe).unwrap_or(Container::Text);
    let meta = LeafMeta {
        source,
        locator: input.locator().to_owned(),
        template: "bill",
        mime: container.mime(&probe),
        time: input.modified(),
        fetch: None,
    };
    let evidence = cx.keep.exact(&mut *input.open()?, input.name(), Shelf::Billing, &meta)?;
    let mut sink = Sink { rows: cx.ledger.open(evidence, input.locator())?, out };
    let statements = read_tables(input, container, &mut sink)?;
    if statements.is_empty() {
        return Err(Error::input("bill-header-missing").with("path", input.locator()));
    }
    let Sink { mut rows, out } = sink;
    for (bill, statement) in (0..).zip(&statements) {
        if let Some(made) = &statement.made {
            rows.made(bill, made);
        }
    }
    rows.close()?;
    out.item(Item::Statements(statements, evidence))
}

/// Every table is looked at: people put several bills into one workbook, beside sheets of their own.
fn read_tables(input: &Input, container: Container, sink: &mut Sink<'_>) -> Result<Vec<Statement>> {
    let layouts = if container == Container::Workbook { bill::Container::Xlsx } else { bill::Container::Csv };
    let mut statements = Vec::new();
    let unread = tables::each_known(input, container, |table, rows| {
        let locator =
            if statements.is_empty() { input.locator().to_owned() } else { format!("{} [{table}]", input.locator()) };
        let found = bill::read(rows, layouts, &locator, statements.len(), sink)?;
        let is_bill = !found.is_empty();
        statements.extend(found);
        Ok(is_bill)
    })?;
    if !statements.is_empty() {
        // Damaged rows are named one by one; a title in a single cell is no table.
        let sheets = unread.sheets.into_iter().filter(|(_, cells)| *cells > 1).collect();
        tables::name_unread(Unread { damaged: 0, sheets }, input, sink.out)?;
    }
    Ok(statements)
}

/// Rows go to the ledger, problems to the run.
struct Sink<'a> {
    rows: Box<dyn LedgerRows + 'a>,
    out: &'a mut dyn Out,
}

impl BillOut for Sink<'_> {
    fn row(&mut self, row: &Row<'_>) -> Result<()> {
        self.rows.row(row)
    }

    fn problem(&mut self, problem: Problem) -> Result<()> {
        self.out.item(Item::Problem(problem))
    }
}
