//! Collections exported from a 小程序's cloud database (云开发): JSON, one document per line (or one array, or documents
//! printed over several lines), and CSV. The file is kept bit-exact; each document is a row of the table named
//! after the file. Of two exports of one collection the later document counts, and the older one is kept as a version.

use std::collections::VecDeque;
use std::collections::hash_map::{Entry, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{BufRead as _, BufReader, Read as _};

use serde::Deserializer as _;
use serde::de::{SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::data_table;
use crate::error::{Error, Result};
use crate::model::dataset::{content_key, key_of};
use crate::model::{DataRow, Dataset, Problem, Time};
use crate::parse::json::exact_numbers::ExactNumbers;
use crate::parse::table::csv_rows::CsvRows;
use crate::parse::table::{Record, Rows as _, clean};
use crate::parse::time::file_date::{day_of, without_day};
use crate::parse::time::when::time_in;
use crate::source::file::list;
use crate::source::{EvidenceId, ImportCx, Importer, Info, Input, Item, Match, Out, Probe};

/// The importer of collections.
#[derive(Debug)]
pub struct Cloud;

static INFO: Info = Info {
    name: "cloud",
    summary_zh: "小程序云数据库导出的集合（每行一条 JSON，或 CSV）：每条记录按 _id 保存，只进私密部分",
    summary_en: "Collections exported from a mini-program's cloud database (JSON lines or CSV): each record stored by its _id, private only",
    patterns: &["*.json", "*.csv"],
    version: 2,
};

/// Longest document in bytes.
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
        let read = documents(input, evidence, out)?;
        let remark = |code| Problem::remark(code, input.locator()).with("path", input.locator());
        if read.unread > 0 {
            let remark = remark("cloud-documents-unread").with("count", read.unread);
            out.item(Item::Problem(remark.with("line", read.first_unread)))?;
        }
        if let Some(first) = read.first_repeated {
            let remark = remark("cloud-ids-repeated").with("count", read.repeated);
            out.item(Item::Problem(remark.with("id", first)))?;
        }
        Ok(())
    }
}

/// The result of reading an export.
#[derive(Debug, Default)]
pub(crate) struct DocumentsRead {
    /// Number of entries that are not documents.
    pub(crate) unread: u64,
    /// Line or position of the first of them.
    pub(crate) first_unread: u64,
    /// Number of documents with the id of another one in the file but different content.
    pub(crate) repeated: u64,
    /// Id of the first of them.
    pub(crate) first_repeated: Option<String>,
}

/// Reads an exported collection that is kept as `evidence`: each document is a row of the table named after the
/// file. A response of the platform takes precedence over a saved file.
pub(crate) fn documents(input: &Input, evidence: EvidenceId, out: &mut dyn Out) -> Result<DocumentsRead> {
    let stem = input.name().rsplit_once('.').map_or(input.name(), |(stem, _)| stem);
    let mut rows = Rows {
        table: without_day(stem),
        evidence,
        is_answer: input.received().is_some(),
        day: day_of(stem),
        modified: input.modified(),
        first: HashMap::new(),
        further: HashMap::new(),
        read: DocumentsRead::default(),
        out,
    };
    match Probe::new(input).first_byte() {
        Some(b'{') => lines(input, &mut rows)?,
        Some(b'[') => array(input, &mut rows)?,
        _ => csv(input, &mut rows)?,
    }
    Ok(rows.read)
}

/// Returns the first document in the head of a file, if it is complete.
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
    /// Day in the file's name.
    day: Option<Time>,
    /// Time of the file's last change.
    modified: Option<Time>,
    /// Hash of the content of each id's first document: sixteen bytes per document, because exports have millions.
    first: HashMap<u64, u64>,
    /// Hashes of the contents of an id's further documents, in order, which number them.
    further: HashMap<u64, Vec<u64>>,
    read: DocumentsRead,
    out: &'a mut dyn Out,
}

/// Members that hold the time of a document's last change.
const CHANGED: &[&str] = &[
    "_updateTime",
    "updateTime",
    "updatedAt",
    "update_time",
    "updated_at",
    "_updatedAt",
    "modifyTime",
    "modifiedAt",
    "gmt_modified",
    "gmtModified",
    "lastModified",
    "更新时间",
    "修改时间",
];

impl Rows<'_> {
    /// Emits the entry in this line (or with this number).
    fn document(&mut self, value: Option<Value>, line: u64) -> Result<()> {
        let Some(Value::Object(fields)) = value else {
            self.read.unread += 1;
            if self.read.first_unread == 0 {
                self.read.first_unread = line;
            }
            return Ok(());
        };
        let key = match fields.get("_id") {
            // Exports in extended JSON write ids as objects.
            Some(Value::Object(id)) => key_of(id, &["$oid"]),
            Some(_) => key_of(&fields, &["_id"]),
            None => content_key(&fields),
        };
        let Some(place) = self.place_of(hash(&key), hash(&content_key(&fields))) else {
            // A repetition of the same document.
            return Ok(());
        };
        let key = if place == 1 {
            key
        } else {
            self.read.repeated += 1;
            self.read.first_repeated.get_or_insert_with(|| key.clone());
            format!("{key}#{place}")
        };
        let changed = || CHANGED.iter().find_map(|name| fields.get(*name)).and_then(time_in);
        let as_of = self.day.or_else(changed).or(self.modified);
        let row = DataRow::new(Dataset::Cloud, self.table, key, fields).at(as_of);
        self.out.item(Item::Row(if self.is_answer { row.from_api() } else { row }, self.evidence))
    }

    /// Returns the number of a document among those of its id, or `None` if one with the same content was read before.
    fn place_of(&mut self, id: u64, content: u64) -> Option<usize> {
        match self.first.entry(id) {
            Entry::Vacant(entry) => {
                entry.insert(content);
                Some(1)
            }
            Entry::Occupied(entry) if *entry.get() == content => None,
            Entry::Occupied(_) => {
                let contents = self.further.entry(id).or_default();
                if contents.contains(&content) {
                    return None;
                }
                contents.push(content);
                Some(contents.len() + 1)
            }
        }
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Reads documents, one per line or printed over several; entries that are not documents are skipped and counted.
fn lines(input: &Input, rows: &mut Rows<'_>) -> Result<()> {
    let mut reader = BufReader::new(ExactNumbers::new(input.open()?));
    let mut pending = Pending::default();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let failed = |error| Error::reading(error, input.locator());
        if (&mut reader).take(DOCUMENT).read_until(b'\n', &mut line).map_err(failed)? == 0 {
            break;
        }
        let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line).trim_ascii();
        // Some programs number the documents they print.
        let is_remark = text.starts_with(b"/*") && text.ends_with(b"*/");
        if !text.is_empty() && !is_remark {
            pending.push(number, text.to_vec(), rows)?;
        }
    }
    pending.finish(rows)
}

/// The lines of an incomplete document.
#[derive(Default)]
struct Pending {
    lines: Vec<(u64, Vec<u8>)>,
    bytes: usize,
}

impl Pending {
    fn push(&mut self, number: u64, text: Vec<u8>, rows: &mut Rows<'_>) -> Result<()> {
        let mut next = VecDeque::from([(number, text)]);
        while let Some((number, text)) = next.pop_front() {
            self.bytes += text.len() + 1;
            let may_end = text.ends_with(b"}");
            self.lines.push((number, text));
            let is_too_long = self.bytes as u64 > DOCUMENT;
            if !may_end && !is_too_long && self.lines.len() > 1 {
                continue;
            }
            let whole: Vec<&[u8]> = self.lines.iter().map(|(_, text)| text.as_slice()).collect();
            match serde_json::from_slice::<Value>(&whole.join(&b'\n')) {
                Ok(value) => {
                    let first = self.lines[0].0;
                    self.clear();
                    rows.document(Some(value), first)?;
                }
                Err(error) if error.is_eof() && !is_too_long => {}
                // The first of these lines does not begin a document; the others may be separate documents.
                Err(_) => {
                    let mut lines = std::mem::take(&mut self.lines).into_iter();
                    let first = lines.next().map_or(number, |(number, _)| number);
                    rows.document(None, first)?;
                    self.clear();
                    for line in lines.rev() {
                        next.push_front(line);
                    }
                }
            }
        }
        Ok(())
    }

    fn clear(&mut self) {
        self.lines.clear();
        self.bytes = 0;
    }

    /// Counts the rest as unread, and reads its later lines again as separate documents.
    fn finish(mut self, rows: &mut Rows<'_>) -> Result<()> {
        while let Some((first, _)) = self.lines.first() {
            rows.document(None, *first)?;
            let lines = self.lines.split_off(1);
            self.clear();
            for (number, text) in lines {
                self.push(number, text, rows)?;
            }
        }
        Ok(())
    }
}

/// Reads one array of documents one by one; documents before a break are kept.
fn array(input: &Input, rows: &mut Rows<'_>) -> Result<()> {
    let mut reader = BufReader::new(ExactNumbers::new(input.open()?));
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

/// A visitor that emits the values of an array while parsing.
struct Documents<'a, 'r> {
    rows: &'a mut Rows<'r>,
    /// Error that stopped the visitor.
    stopped: &'a mut Result<()>,
}

impl<'de> Visitor<'de> for Documents<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an array of documents")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> std::result::Result<(), A::Error> {
        let mut number = 0;
        while let Some(value) = values.next_element()? {
            number += 1;
            if let Err(error) = self.rows.document(Some(value), number) {
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
        rows.document(Some(Value::Object(fields)), record.line())?;
    }
}
