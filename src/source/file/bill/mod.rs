//! The importers of bills. They share their code: recognising the table's header in any file, keeping the file
//! bit-exact, and handing rows to the ledger.

pub mod profit_sharing;
pub mod unread;

use super::table::tables::{self, Container, Unread};
use crate::error::{Error, Result};
use crate::model::Problem;
use crate::model::statement::{Row, Statement, StatementKind};
use crate::parse::bill::{self, BillOut};
use crate::source::{Destination, EvidenceMeta, ImportCx, Importer, Info, Input, Item, LedgerRows, Match, Out, Probe};

/// The importer of one kind of bills, whose rows go to the ledger.
#[derive(Debug)]
pub struct LedgerBill {
    kind: StatementKind,
    info: &'static Info,
}

/// A personal WeChat Pay bill (微信支付账单明细): the CSV used until 2025 and both XLSX layouts since.
pub const PERSONAL: LedgerBill = LedgerBill {
    kind: StatementKind::Personal,
    info: &Info {
        name: "bill-personal",
        summary_zh: "微信支付个人账单（CSV、Excel，也支持另存的 .xls、.ods、制表符分隔的文本）",
        summary_en: "Personal WeChat Pay bill (CSV or Excel, also re-saved as .xls, .ods or tab-separated text)",
        patterns: &["微信支付账单*.csv", "微信支付账单*.xlsx", "微信支付账单*.xls", "微信支付账单*.ods", "*.txt"],
        version: 3,
    },
};

/// A merchant's fund-flow bill (资金账单) of any of the three accounts.
pub const FUND_FLOW: LedgerBill = LedgerBill {
    kind: StatementKind::FundFlow,
    info: &Info {
        name: "bill-fund-flow",
        summary_zh: "微信支付商户资金账单",
        summary_en: "Merchant fund-flow bill",
        patterns: &["fundflowbill*.csv"],
        version: 3,
    },
};

/// A merchant's trade bill (交易账单): 27, 20, 29 and the older 24 columns.
pub const TRADE: LedgerBill = LedgerBill {
    kind: StatementKind::Trade,
    info: &Info {
        name: "bill-trade",
        summary_zh: "微信支付商户交易账单（全部、成功、退款，以及旧版）",
        summary_en: "Merchant trade bill (all, successful, refunds, and the older layout)",
        patterns: &["tradebill*.csv", "*All*.csv"],
        version: 3,
    },
};

impl Importer for LedgerBill {
    fn info(&self) -> &'static Info {
        self.info
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let found = probe.first_rows(bill::HEADER_WITHIN).find_map(bill::kind_of_rows);
        if found == Some(self.kind) { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        read(self.info.name, input, cx, out)
    }
}

/// Keeps the file, reads its rows into the ledger and emits its statements.
fn read(source: &'static str, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
    let probe = Probe::new(input);
    let container = Container::of(&probe).unwrap_or(Container::Text);
    let meta = EvidenceMeta::of(input, source, "bill", container.mime(&probe));
    let evidence = cx.evidence.exact(&mut *input.open()?, input.name(), Destination::Billing, &meta)?;
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

/// Reads every table: users put several bills into one workbook, together with other sheets.
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
        // The ledger reports damaged rows individually; a title in a single cell is not a table.
        let sheets = unread.sheets.into_iter().filter(|(_, cells)| *cells > 1).collect();
        tables::name_unread(Unread { damaged: 0, sheets }, input, sink.out)?;
    }
    Ok(statements)
}

/// A sink that hands rows to the ledger and problems to the run.
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
