//! Collections exported from a 小程序's cloud database (云开发): JSON, one document a line (or one array), and CSV. The file is
//! the owner's own and kept bit-exact; each document is a row of the table that the file is named after.

use std::io::{BufRead as _, BufReader, Read as _};

use serde::Deserializer as _;
use serde::de::{SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{EvidenceId, ImportCx, Importer, Info, Input, Item, Match, Out, Probe, data_table, list};
use crate::error::{Error, Result};
use crate::model::dataset::{content_key, key_of};
use crate::model::{DataRow, Dataset, Problem};
use crate::parse::csv_rows::CsvRows;
use crate::parse::table::{Record, Rows as _, clean};

/// Reads them.
#[derive(Debug)]
pub struct Cloud;

static INFO: Info = Info {
    name: "cloud",
    summary_zh: "小程序云数据库导出的集合（每行一条 JSON，或 CSV）：每条记录按 _id 保存，只进私密部分",
    summary_en: "Collections exported from a mini-program's cloud database (JSON lines or CSV): each document by its _id, private only",
    patterns: &["*.json", "*.csv"],
    version: 1,
};

/// The longest document.
const DOCUMENT: u64 = 16 * 1024 * 1024;

impl Importer for Cloud {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let ours = match probe.first_byte() {
            Some(b'{' | b'[') => first_document(probe.head()).is_some_and(|first| first.contains_key("_id")),
            _ if probe.may_be_text_table() => {
                let mut record = Record::default();
                CsvRows::new(probe.head(), "").next_row(&mut record).is_ok_and(|any| any)
                    && record.iter().any(|cell| clean(cell) == "_id")
            }
            _ => false,
        };
        if ours { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let evidence = data_table::keep(INFO.name, "cloud", "application/octet-stream", input, cx)?;
        let unread = documents(input, evidence, out)?;
        if unread > 0 {
            let remark = Problem::remark("list-entries-unread", input.locator()).with("path", input.locator());
            out.item(Item::Problem(remark.with("count", unread)))?;
        }
        Ok(())
    }
}

/// Reads an exported collection that is kept as `evidence`: each document is a row of the table that the file is named
/// after. What the platform itself answered counts before what somebody saved. Gives the number of entries that are none.
pub(super) fn documents(input: &Input, evidence: EvidenceId, out: &mut dyn Out) -> Result<u64> {
    let table = input.name().rsplit_once('.').map_or(input.name(), |(stem, _)| stem);
    let mut rows = Rows { table, evidence, is_answer: input.received().is_some(), unread: 0, out };
    match Probe::new(input).first_byte() {
        Some(b'{') => lines(input, &mut rows)?,
        Some(b'[') => array(input, &mut rows)?,
        _ => csv(input, &mut rows)?,
    }
    Ok(rows.unread)
}

/// The first document in the head of a file, if it is whole.
fn first_document(head: &[u8]) -> Option<Map<String, Value>> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let head = head.strip_prefix(b"[").unwrap_or(head);
    match serde_json::Deserializer::from_slice(head).into_iter().next()?.ok()? {
        Value::Object(document) => Some(document),
        _ => None,
    }
}

struct Rows<'a> {
    table: &'a str,
    evidence: EvidenceId,
    is_answer: bool,
    unread: u64,
    out: &'a mut dyn Out,
}

impl Rows<'_> {
    fn document(&mut self, value: Option<Value>) -> Result<()> {
        let Some(Value::Object(fields)) = value else {
            self.unread += 1;
            return Ok(());
        };
        let key = match fields.get("_id") {
            // Exports in extended JSON write ids as objects.
            Some(Value::Object(id)) => key_of(id, &["$oid"]),
            Some(_) => key_of(&fields, &["_id"]),
            None => content_key(&fields),
        };
        let row = DataRow::new(Dataset::Cloud, self.table, key, fields);
        self.out.item(Item::Row(if self.is_answer { row.from_api() } else { row }, self.evidence))
    }
}

/// One document a line; a line that is none is passed over and counted.
fn lines(input: &Input, rows: &mut Rows<'_>) -> Result<()> {
    let mut reader = BufReader::new(input.open()?);
    let mut line = Vec::new();
    loop {
        line.clear();
        let failed = |error| Error::reading(error, input.locator());
        if (&mut reader).take(DOCUMENT).read_until(b'\n', &mut line).map_err(failed)? == 0 {
            return Ok(());
        }
        let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line).trim_ascii();
        if !text.is_empty() {
            rows.document(serde_json::from_slice(text).ok())?;
        }
    }
}

/// One array of documents, read one after the other; what stands before the place where it breaks off is kept.
fn array(input: &Input, rows: &mut Rows<'_>) -> Result<()> {
    let mut reader = BufReader::new(input.open()?);
    let failed = |error| Error::reading(error, input.locator());
    if reader.fill_buf().map_err(failed)?.starts_with(b"\xef\xbb\xbf") {
        reader.consume(3);
    }
    let mut stopped = Ok(());
    let mut values = serde_json::Deserializer::from_reader(reader);
    let read = values.deserialize_seq(Documents { rows, stopped: &mut stopped }).and_then(|()| values.end());
    stopped?;
    read.map_err(|error| list::broken(error, input.locator()))
}

/// Takes the values of an array as they come.
struct Documents<'a, 'r> {
    rows: &'a mut Rows<'r>,
    /// Why what came could not be taken.
    stopped: &'a mut Result<()>,
}

impl<'de> Visitor<'de> for Documents<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an array of documents")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> std::result::Result<(), A::Error> {
        while let Some(value) = values.next_element()? {
            if let Err(error) = self.rows.document(Some(value)) {
                *self.stopped = Err(error);
                return Err(serde::de::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

fn csv(input: &Input, rows: &mut Rows<'_>) -> Result<()> {
    let mut reader = CsvRows::new(input.open()?, input.locator());
    let mut record = Record::default();
    if !reader.next_row(&mut record)? {
        return Ok(());
    }
    let names: Vec<String> = record.iter().map(|cell| clean(cell).to_owned()).collect();
    loop {
        match reader.next_row(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => {
                let error = Error::input("list-table-broken").with("path", input.locator()).because(error);
                return list::problem(&error, input.locator(), rows.out);
            }
        }
        if record.is_blank() {
            continue;
        }
        let cells = names.iter().enumerate().map(|(at, name)| (name.clone(), Value::from(record.get(at))));
        let fields: Map<String, Value> = cells.filter(|(_, cell)| cell != "").collect();
        rows.document(Some(Value::Object(fields)))?;
    }
}
