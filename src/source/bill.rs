//! What the importers of bills share: recognising the table's header in whatever file, keeping the file bit-exact, and
//! handing rows to the ledger.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};

use super::{ImportCx, Input, Item, LeafMeta, LedgerRows, Match, Out, Probe, Shelf};
use crate::error::{Error, Result};
use crate::model::Problem;
use crate::model::statement::{Row, Statement, StatementKind};
use crate::parse::bill::{self, BillOut, Container};
use crate::parse::csv_rows::CsvRows;
use crate::parse::table::{Record, Rows};
use crate::parse::xlsx_rows::Workbook;

/// Larger workbooks are not opened to see what they are.
const WORKBOOK: u64 = 256 * 1024 * 1024;
/// A workbook that is no file of its own (inside a ZIP) is read whole, up to this size.
const IN_MEMORY: u64 = 64 * 1024 * 1024;

/// Whether the input is a bill of `kind`: its header stands in it.
pub(super) fn identify(probe: &Probe<'_>, kind: StatementKind) -> Match {
    let found = if super::zip::is_zip(probe.head()) {
        if probe.size() > WORKBOOK { None } else { kind_of_workbook(probe.input()) }
    } else if probe.may_be_text_table() {
        kind_of_rows(&mut CsvRows::new(probe.head(), ""))
    } else {
        None
    };
    if found == Some(kind) { Match::Sure } else { Match::No }
}

fn kind_of_rows(rows: &mut dyn Rows) -> Option<StatementKind> {
    let mut record = Record::default();
    for _ in 0..bill::HEADER_WITHIN {
        // What cannot be read is said when it is read by whoever it belongs to.
        if !rows.next_row(&mut record).ok()? {
            return None;
        }
        if let Some(kind) = bill::kind_of_header(&record) {
            return Some(kind);
        }
    }
    None
}

fn kind_of_workbook(input: &Input) -> Option<StatementKind> {
    let mut workbook = Workbook::open(seekable(input).ok()?, input.locator()).ok()?;
    for sheet in workbook.sheets() {
        if let Some(kind) = workbook.rows(&sheet).ok().and_then(|mut rows| kind_of_rows(&mut rows)) {
            return Some(kind);
        }
    }
    None
}

pub(super) trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// A reader that can go back, as workbooks need it.
pub(super) fn seekable(input: &Input) -> Result<Box<dyn ReadSeek>> {
    if let Some(path) = input.path() {
        let file = File::open(path)
            .map_err(|error| Error::input("input-open-failed").with("path", input.locator()).because(error))?;
        return Ok(Box::new(BufReader::new(file)));
    }
    let bytes = input.bytes(IN_MEMORY)?;
    Ok(Box::new(Cursor::new(bytes)))
}

/// Keeps the file, reads its rows into the ledger and emits the statement.
pub(super) fn read(source: &'static str, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
    let mut head = [0; 4];
    let filled = input.open()?.read(&mut head).unwrap_or(0);
    let workbook = super::zip::is_zip(&head[..filled]);
    let meta = LeafMeta {
        source,
        locator: input.locator().to_owned(),
        template: "bill",
        mime: if workbook { "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" } else { "text/csv" },
        time: input.modified(),
        fetch: None,
    };
    let evidence = cx.keep.exact(&mut *input.open()?, input.name(), Shelf::Billing, &meta)?;
    let mut sink = Sink { rows: cx.ledger.open(evidence, input.locator())?, out };
    let statement = if workbook { read_workbook(input, &mut sink)? } else { read_csv(input, &mut sink)? };
    let Some(statement) = statement else {
        return Err(Error::input("bill-header-missing").with("path", input.locator()));
    };
    let Sink { rows, out } = sink;
    rows.close()?;
    out.item(Item::Statement(Box::new(statement), evidence))
}

fn read_csv(input: &Input, sink: &mut Sink<'_>) -> Result<Option<Statement>> {
    let mut rows = CsvRows::new(input.open()?, input.locator());
    bill::read(&mut rows, Container::Csv, input.locator(), sink)
}

fn read_workbook(input: &Input, sink: &mut Sink<'_>) -> Result<Option<Statement>> {
    let mut workbook = Workbook::open(seekable(input)?, input.locator())?;
    for sheet in workbook.sheets() {
        let mut rows = workbook.rows(&sheet)?;
        if let Some(statement) = bill::read(&mut rows, Container::Xlsx, input.locator(), sink)? {
            return Ok(Some(statement));
        }
    }
    Ok(None)
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
