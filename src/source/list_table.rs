//! What the importers of exporters' tables share: reading rows under a known header, from CSV or a workbook.

use std::io::{BufReader, Cursor};

use super::{EvidenceId, ImportCx, Input, Match, Out, Probe, getmsg, list, zip};
use crate::error::{Error, Result};
use crate::parse::csv_rows::CsvRows;
use crate::parse::list::List;
use crate::parse::list_table::{Header, Layout};
use crate::parse::table::{Record, Rows};
use crate::parse::xlsx_rows::Workbook;

/// The header stands within this many rows.
const HEADER_WITHIN: usize = 8;

/// Largest workbook that is opened to be recognised; exporters' lists are far smaller.
const WORKBOOK: u64 = 64 * 1024 * 1024;

/// Whether the input is a table of this layout.
pub(super) fn identify(probe: &Probe<'_>, layout: Layout) -> Match {
    let found = if zip::is_zip(probe.head()) {
        if probe.size() > WORKBOOK { None } else { header_of_workbook(probe.input()) }
    } else if !probe.may_be_text_table() {
        None
    } else {
        header(&mut CsvRows::new(probe.head(), "")).ok().flatten()
    };
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

fn header_of_workbook(input: &Input) -> Option<Header> {
    let bytes = input.bytes(WORKBOOK).ok()?;
    let mut workbook = Workbook::open(Cursor::new(bytes), input.locator()).ok()?;
    let sheet = workbook.sheets().into_iter().next()?;
    header(&mut workbook.rows(&sheet).ok()?).ok()?
}

/// Reads the whole table.
pub(super) fn read(source: &'static str, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
    let bytes = input.bytes(getmsg::LIMIT)?;
    let mut articles = List::new(source);
    let evidence: EvidenceId;
    if zip::is_zip(&bytes) {
        let mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        evidence = cx.keep.leaf(&bytes, &list::meta(input, source, mime))?;
        let mut workbook = Workbook::open(Cursor::new(bytes), input.locator())?;
        for sheet in workbook.sheets() {
            rows(&mut workbook.rows(&sheet)?, &mut articles, evidence, input.locator(), out)?;
        }
    } else {
        evidence = cx.keep.leaf(&bytes, &list::meta(input, source, "text/csv"))?;
        rows(
            &mut CsvRows::new(BufReader::new(bytes.as_slice()), input.locator()),
            &mut articles,
            evidence,
            input.locator(),
            out,
        )?;
    }
    list::emit(articles, evidence, input.locator(), out)
}

fn rows(
    rows: &mut dyn Rows,
    articles: &mut List,
    evidence: EvidenceId,
    locator: &str,
    out: &mut dyn Out,
) -> Result<()> {
    let Some(header) = header(rows)? else { return Ok(()) };
    let mut record = Record::default();
    loop {
        match rows.next_row(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            // What stands before the damage counts.
            Err(error) => {
                return list::problem(
                    &Error::input("list-table-broken").with("path", locator).because(error),
                    locator,
                    out,
                );
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
