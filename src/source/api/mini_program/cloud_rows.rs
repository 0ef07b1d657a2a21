//! Reads the rows of a cloud database's export, and the files it names.

use std::io::Read;

use serde_json::{Value, json};

use crate::error::{Kind, Result};
use crate::model::{DataRow, Dataset, Problem, SubjectKind};
use crate::source::api::answer::{Answer, Content};
use crate::source::file::table::{cloud, data_table};
use crate::source::{Destination, EvidenceId, EvidenceMeta, ImportCx, Input, Item, Out, Received};

/// Table of files.
const FILES: &str = "files";

/// Reads an answer that is an export or a file; other answers contain no rows.
pub(crate) fn read(answer: &Answer, evidence: EvidenceId, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
    let about = |key: &str| answer.head.about.get(key).and_then(Value::as_str);
    match (about("env"), about("collection"), about("fileid")) {
        (Some(env), Some(collection), _) => export(answer, env, collection, evidence, cx, out),
        (Some(env), _, Some(name)) => file(answer, env, name, evidence, cx, out),
        _ => Ok(()),
    }
}

/// Emits the documents of an export. A file is kept unchanged and read like one that the owner exported.
fn export(
    answer: &Answer,
    env: &str,
    collection: &str,
    evidence: EvidenceId,
    cx: &ImportCx<'_>,
    out: &mut dyn Out,
) -> Result<()> {
    let locator = format!("{}/{env}_{}.json", answer.head.account, collection.replace('/', "_"));
    // The evidence records that and from where it was received: read again from the archive, it has the same rank.
    let received = Received::at(answer.head.path.clone());
    let (input, evidence) = match &answer.content {
        Content::Json(bytes) => (Input::bytes_at(locator, bytes.clone(), None), evidence),
        Content::File(body) => {
            let input = Answer::input(body, locator);
            let fetch = Some(received.fetch().clone());
            let evidence = data_table::keep_fetched("cloud", "cloud", "application/octet-stream", &input, fetch, cx)?;
            (input, evidence)
        }
        Content::Kept(_) => return Ok(()),
    };
    let broken = match cloud::documents(&input.with_received(received), evidence, out) {
        Err(error) if error.kind() == Kind::Input => 1,
        read => read?.unread,
    };
    if broken > 0 {
        let problem = Problem::finding("cloud-export-broken", format!("{env}/{collection}"));
        out.item(Item::Problem(problem.with("count", broken)))?;
    }
    Ok(())
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
            keep(&mut bytes.as_slice(), name, own, "application/json", cx)?;
            (crate::model::Sha256::of(bytes), bytes.len() as u64)
        }
        (Content::File(body), Some(note)) => {
            keep(&mut Answer::input(body, own).open()?, name, own, "application/octet-stream", cx)?;
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

fn keep(reader: &mut dyn Read, locator: &str, name: &str, mime: &'static str, cx: &ImportCx<'_>) -> Result<EvidenceId> {
    let meta = EvidenceMeta {
        source: "document",
        locator: locator.to_owned(),
        template: "document",
        mime,
        ..EvidenceMeta::default()
    };
    cx.evidence.exact(reader, name, Destination::Documents, &meta)
}
