//! A merchant's profit-sharing bill (分账账单). Its columns are undocumented, so each one is stored under its own name in a
//! separate table; the file is kept with the other bills.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::error::Result;
use crate::model::dataset::content_key;
use crate::model::{DataRow, Dataset, Problem};
use crate::parse::table::{Record, Rows, clean, column_name};
use crate::source::file::table::tables::{self, Container};
use crate::source::{Destination, EvidenceId, EvidenceMeta, ImportCx, Importer, Info, Input, Item, Match, Out, Probe};

/// The importer of profit-sharing bills.
pub struct BillSharing;

static INFO: Info = Info {
    name: "bill-sharing",
    summary_zh: "微信支付商户分账账单",
    summary_en: "Merchant profit-sharing bill",
    patterns: &["*sharing*.csv"],
    version: 3,
};

/// Name of the table.
const TABLE: &str = "wxpay_profit_sharing";

/// Smallest number of columns of a bill.
const FEWEST: usize = 4;

/// Reports whether `record` is the header of such a bill: it names sharing, an order number and an amount.
fn is_header(record: &Record) -> bool {
    let has = |word: &str| record.iter().any(|cell| column_name(cell).contains(word));
    record.len() >= FEWEST && !record.get(0).starts_with('`') && has("分账") && has("单号") && has("金额")
}

/// Reports whether `record` begins the summary after the rows: its first cell begins with a total.
fn begins_summary(record: &Record, columns: usize) -> bool {
    column_name(record.get(0)).starts_with('总') && record.len() != columns
}

impl Importer for BillSharing {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let is_bill = probe.first_rows(1).any(|rows| rows.first().is_some_and(is_header));
        if is_bill { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let probe = Probe::new(input);
        let container = Container::of(&probe).unwrap_or(Container::Text);
        let meta = EvidenceMeta::of(input, INFO.name, "bill", container.mime(&probe));
        let evidence = cx.evidence.exact(&mut *input.open()?, input.name(), Destination::Billing, &meta)?;
        let unread = tables::each_known(input, container, |_, rows| {
            let mut record = Record::default();
            if !(rows.next_row(&mut record)? && is_header(&record)) {
                return Ok(false);
            }
            let columns: Vec<String> = record.iter().map(column_name).collect();
            read_rows(rows, &columns, input.locator(), evidence, out)?;
            Ok(true)
        })?;
        tables::name_unread(unread, input, out)
    }
}

fn read_rows(
    rows: &mut dyn Rows,
    columns: &[String],
    locator: &str,
    evidence: EvidenceId,
    out: &mut dyn Out,
) -> Result<()> {
    let mut record = Record::default();
    // Two equal rows are two shares: the key of the second one contains its number.
    let mut seen: HashMap<u64, u32> = HashMap::new();
    let mut rows_read = 0_u64;
    while rows.next_row(&mut record)? {
        if record.is_blank() {
            continue;
        }
        if begins_summary(&record, columns.len()) {
            return Ok(());
        }
        rows_read += 1;
        if record.len() != columns.len() {
            let finding = Problem::remark("bill-sharing-row-width", format!("{locator}:{}", record.line()));
            out.item(Item::Problem(finding.with("cells", record.len()).with("expected", columns.len())))?;
        }
        let mut fields: Map<String, Value> = Map::new();
        for (index, cell) in record.iter().enumerate() {
            let name = columns.get(index).filter(|name| !name.is_empty()).cloned();
            fields.insert(name.unwrap_or_else(|| format!("column_{}", index + 1)), clean(cell).into());
        }
        let content = content_key(&fields);
        let short = content.rsplit(':').next().and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or_default();
        let count = seen.entry(short).and_modify(|count| *count += 1).or_insert(1);
        let key = if *count == 1 { content } else { format!("{content}/{count}") };
        out.item(Item::Row(DataRow::new(Dataset::Funds, TABLE, key, fields).from_api(), evidence))?;
    }
    // The totals are at the end: without them the file is truncated and rows may be missing too.
    out.item(Item::Problem(Problem::incomplete("bill-no-totals", locator).with("rows", rows_read)))
}
