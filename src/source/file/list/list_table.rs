//! What the importers of exporters' tables share: reading rows under a known header, from CSV or a workbook.

use super::getmsg;
use crate::error::{Error, Result};
use crate::parse::list::List;
use crate::parse::list::table::{Header, Layout};
use crate::parse::table::{Record, Rows};
use crate::source::file::list;
use crate::source::file::table::tables::{self, Container};
use crate::source::{EvidenceId, ImportCx, Input, Match, Out, Probe};

/// The header stands within this many rows.
const HEADER_WITHIN: usize = 8;

/// Whether the input is a table of this layout.
pub(crate) fn identify(probe: &Probe<'_>, layout: Layout) -> Match {
    let found = probe.first_rows(HEADER_WITHIN).find_map(|rows| rows.iter().find_map(Header::of));
    if found.is_some_and(|header| header.layout == layout) { Match::Sure } else { Match::No }
}

fn header(rows: &mut dyn Rows) -> Result<Option<Header>> {
    let mut record = Record::default();
    for _ in 0..HEADER_WITHIN {
        if !rows.next_row(&mut record)? {
            break;
        }
        if let Some(header) = Header::of(&record) {
            return Ok(Some(header));
        }
    }
    Ok(None)
}

/// Reads the whole table.
pub(crate) fn read(source: &'static str, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
    let bytes = input.bytes(getmsg::LIMIT)?;
    let mut articles = List::new(source);
    let probe = Probe::new(input);
    let container = Container::of(&probe).unwrap_or(Container::Text);
    let evidence = cx.keep.leaf(&bytes, &list::meta(input, source, container.mime(&probe)))?;
    let unread =
        tables::each_known(input, container, |_, table| rows(table, &mut articles, evidence, input.locator(), out))?;
    tables::name_unread(unread, input, out)?;
    list::emit(articles, evidence, input.locator(), out)
}

fn rows(
    rows: &mut dyn Rows,
    articles: &mut List,
    evidence: EvidenceId,
    locator: &str,
    out: &mut dyn Out,
) -> Result<bool> {
    let Some(header) = header(rows)? else { return Ok(false) };
    let mut record = Record::default();
    loop {
        match rows.next_row(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(true),
            // What stands before the damage counts.
            Err(error) => {
                let broken = Error::input("list-table-broken").with("path", locator).because(error);
                list::problem(&broken, locator, out)?;
                return Ok(true);
            }
        }
        if record.is_blank() {
            continue;
        }
        match header.listed(&record) {
            Some(listed) => {
                if let Some(text) = header.text(&record) {
                    list::emit_copy(text, &listed, false, evidence, out)?;
                }
                articles.add(listed);
            }
            None => articles.unread += 1,
        }
    }
}
