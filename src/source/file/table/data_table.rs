//! What the importers of back ends' tables share: the file is the owner's own and kept bit-exact, its rows go to the private
//! table their header speaks of.

use serde_json::{Map, Value};

use super::tables;
use crate::error::{Error, Result};
use crate::model::Dataset;
use crate::parse::table::private::{Header, Tables};
use crate::parse::table::{Record, Rows};
use crate::parse::time::file_date::day_of;
use crate::source::file::list;
use crate::source::{EvidenceId, ImportCx, Input, Item, LeafMeta, Match, Out, Probe, Shelf};

/// The first header stands within this many rows.
const HEADER_WITHIN: usize = 12;
/// Whether the input is a table of one of these datasets. Likely only: an exporter's own table is its own.
pub(crate) fn identify(probe: &Probe<'_>, datasets: &[Dataset]) -> Match {
    let mut tables = probe.first_rows(HEADER_WITHIN);
    let found = tables.find_map(|rows| rows.iter().find_map(Header::of)).map(|header| header.topic.dataset);
    if found.is_some_and(|found| datasets.contains(&found)) { Match::Likely } else { Match::No }
}

/// Reads every table of the file.
pub(crate) fn read(source: &'static str, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
    let evidence = keep(source, "table", "application/octet-stream", input, cx)?;
    let mut found = Tables::default();
    let unread = tables::each_known(input, tables::container_of(input), |_, table| {
        found.turn();
        rows(table, &mut found, evidence, input, out)?;
        Ok(found.is_under_header())
    })?;
    tables::name_unread(unread, input, out)
}

/// Keeps a file of the owner's own bit-exact among the documents.
pub(crate) fn keep(
    source: &'static str,
    template: &'static str,
    mime: &'static str,
    input: &Input,
    cx: &ImportCx<'_>,
) -> Result<EvidenceId> {
    keep_fetched(source, template, mime, input, None, cx)
}

/// The same, for one that was fetched: `fetch` says how it came.
pub(crate) fn keep_fetched(
    source: &'static str,
    template: &'static str,
    mime: &'static str,
    input: &Input,
    fetch: Option<Map<String, Value>>,
    cx: &ImportCx<'_>,
) -> Result<EvidenceId> {
    let locator = input.locator().to_owned();
    let meta = LeafMeta { source, locator, template, mime, time: input.modified(), fetch };
    cx.keep.exact(&mut input.open()?, input.name(), Shelf::Documents, &meta)
}

/// Reads the rows of one table.
fn rows(
    rows: &mut dyn Rows,
    tables: &mut Tables,
    evidence: EvidenceId,
    input: &Input,
    out: &mut dyn Out,
) -> Result<()> {
    let mut record = Record::default();
    // Of two downloads of one table the later counts.
    let as_of = day_of(input.name()).or(input.modified());
    loop {
        match rows.next_row(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            // What stands before the damage counts.
            Err(error) => {
                let error = Error::input("list-table-broken").with("path", input.locator()).because(error);
                return list::problem(&error, input.locator(), out);
            }
        }
        if let Some(row) = tables.take(&record) {
            out.item(Item::Row(row.at(as_of), evidence))?;
        }
    }
}
