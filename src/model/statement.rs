//! Bills: what a statement declares, what its rows add up to, and the one form of a row in the ledger.

use serde::{Deserialize, Serialize};

use super::Sha256;

/// Which kind of bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StatementKind {
    /// A merchant's fund-flow bill (资金账单).
    FundFlow,
    /// A person's WeChat Pay bill (微信支付账单明细).
    Personal,
    /// A merchant's trade bill (交易账单).
    Trade,
}

/// A statement that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Which kind.
    pub kind: StatementKind,
    /// Layout as recognised: `trade-27`, `personal-xlsx-2026` …
    pub layout: String,
    /// Merchant number, or nickname of a personal bill.
    pub holder: Option<String>,
    /// First day it covers, as declared or by its rows (`2026-05-01`).
    pub from: Option<String>,
    /// Last day it covers.
    pub to: Option<String>,
    /// How many rows it has.
    pub rows: u64,
    /// Declared totals by their own names, exact decimal text.
    pub declared: Vec<(String, String)>,
    /// The same totals by the rows.
    pub computed: Vec<(String, String)>,
}

/// A row of a statement on its way to the ledger.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Identity across files.
    pub key: &'a str,
    /// Cells in the ledger's column order.
    pub cells: &'a [&'a str],
}

/// Takes statement rows, in batches, keyed by the statement's evidence. Rows never go through the catalog.
pub trait LedgerSink: Sync {
    /// Starts the rows of one statement.
    fn open(&self, statement: Sha256) -> crate::Result<Box<dyn LedgerRows + '_>>;
}

/// The rows of one statement.
pub trait LedgerRows {
    /// One row.
    fn row(&mut self, row: &Row<'_>) -> crate::Result<()>;
    /// No more rows; they are durable after this.
    fn close(self: Box<Self>) -> crate::Result<()>;
}
