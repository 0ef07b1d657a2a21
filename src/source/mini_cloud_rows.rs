//! Rows of a cloud database's export, and the files it names.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Content, Head};
use super::{EvidenceId, ImportCx, Item, LeafMeta, Out, Shelf};
use crate::error::Result;
use crate::fetch::call::json as read_json;
use crate::model::dataset::key_of;
use crate::model::{DataRow, Dataset, Problem, SubjectKind};

/// The table of files.
const FILES: &str = "files";

/// Reads an answer that is an export or a file; others say nothing.
pub(super) fn read(answer: &Answer, evidence: EvidenceId, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
    let about = |key: &str| answer.head.about.get(key).and_then(Value::as_str);
    match (about("env"), about("collection"), about("fileid")) {
        (Some(env), Some(collection), _) => export(answer, env, collection, evidence, cx, out),
        (Some(env), _, Some(name)) => file(answer, env, name, evidence, cx, out),
        _ => Ok(()),
    }
}

/// One JSON object a line. A file is kept as an answer of its own, so that its rows can be read again from the archive.
fn export(
    answer: &Answer,
    env: &str,
    collection: &str,
    evidence: EvidenceId,
    cx: &ImportCx<'_>,
    out: &mut dyn Out,
) -> Result<()> {
    let (bytes, evidence) = match &answer.content {
        Content::Json(bytes) => (bytes, evidence),
        Content::File(bytes) => {
            let head = Head { file: None, ..answer.head.clone() };
            let leaf = Answer { head, content: Content::Json(bytes.clone()) }.to_leaf()?;
            let meta = LeafMeta {
                source: "mini-cloud",
                locator: format!("{env}/{collection}.jsonl"),
                template: "cloud",
                mime: "text/plain",
                ..LeafMeta::default()
            };
            (bytes, cx.keep.leaf(&leaf, &meta)?)
        }
        Content::Kept(_) => return Ok(()),
    };
    let table = format!("{env}_{collection}");
    let mut broken = 0_u64;
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        match read_json(line) {
            Some(Value::Object(document)) => row(&table, document, evidence, out)?,
            Some(Value::Array(documents)) => {
                for document in documents {
                    if let Value::Object(document) = document {
                        row(&table, document, evidence, out)?;
                    }
                }
            }
            _ => broken += 1,
        }
    }
    if broken > 0 {
        let problem = Problem::finding("cloud-export-broken", format!("{env}/{collection}"));
        out.item(Item::Problem(problem.with("count", broken)))?;
    }
    Ok(())
}

fn row(table: &str, document: Map<String, Value>, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    let key = key_of(&document, &["_id"]);
    out.item(Item::Row(DataRow::new(Dataset::Cloud, table, key, document).from_api(), evidence))
}

fn file(
    answer: &Answer,
    env: &str,
    name: &str,
    evidence: EvidenceId,
    cx: &ImportCx<'_>,
    out: &mut dyn Out,
) -> Result<()> {
    let own = name.rsplit('/').next().unwrap_or(name);
    let (sha256, bytes) = match (&answer.content, &answer.head.file) {
        (Content::Json(bytes), _) => {
            keep(bytes, name, own, "application/json", cx)?;
            (crate::model::Sha256::of(bytes), bytes.len() as u64)
        }
        (Content::File(content), Some(note)) => {
            keep(content, name, own, "application/octet-stream", cx)?;
            (note.sha256, note.bytes)
        }
        (_, Some(note)) => (note.sha256, note.bytes),
        (_, None) => return Ok(()),
    };
    let fields = json!({"fileid": name, "env": env, "sha256": sha256.hex(), "bytes": bytes});
    let fields = fields.as_object().cloned().unwrap_or_default();
    out.item(Item::Held(SubjectKind::Endpoint, name.to_owned()))?;
    out.item(Item::Row(DataRow::new(Dataset::Cloud, FILES, name, fields).from_api(), evidence))
}

fn keep(bytes: &[u8], locator: &str, name: &str, mime: &'static str, cx: &ImportCx<'_>) -> Result<EvidenceId> {
    let meta =
        LeafMeta { source: "document", locator: locator.to_owned(), template: "document", mime, ..LeafMeta::default() };
    cx.keep.exact(&mut &*bytes, name, Shelf::Documents, &meta)
}
