//! `liudi evidence`: the owner's records, with the files that support them.

use std::path::Path;

use serde_json::json;

use super::blanks;
use super::closing_arguments::{EvidenceCommand, EvidenceOptions};
use super::context::Context;
use super::host::Terminal;
use super::records::{self, person};
use crate::error::Result;
use crate::pipeline::closing::Evidence;
use crate::pipeline::closing::evidence::{self, NewRecord, Recorded};
use crate::pipeline::closing::records::RecordBook;
use crate::pipeline::closing::sheet;
use crate::words::records::{named, question, said, said_by};

/// Lists the records, or adds one.
pub(super) fn run(context: &Context<'_>, options: &EvidenceOptions) -> Result<u8> {
    let host = Terminal::new(context);
    if let Some(EvidenceCommand::Sheet { archive_dir, output }) = &options.command {
        return sheet(context, archive_dir.as_deref(), output.as_deref(), &host);
    }
    let book = RecordBook::open(&context.existing_archive(None)?, &host)?;
    let Some(EvidenceCommand::Add { key, value, file, by, note }) = &options.command else {
        return list(context, book.evidence());
    };
    let form = evidence::form(key)?;
    let name = question(context.output.texts(), key);
    let value = match blanks::given(value.as_ref()) {
        Some(value) => value.clone(),
        // A file alone answers any question whose answer is a file, a yes or a place.
        None if file.is_some() && form.is_answered_by_file() => "yes".to_owned(),
        None => records::prompt(context, "evidence-ask", &[("question", &name)], || form.missing(key))?,
    };
    let new = NewRecord { key: key.clone(), value, file: file.clone(), by: person(by.as_ref()), note: note.clone() };
    let recorded = evidence::add(book, &new, &host)?;
    if context.output.json {
        let remark = recorded.remark.map(|remark| remark.code);
        let Recorded { value, before, .. } = recorded;
        context.output.answer(&json!({ "key": key, "value": value, "before": before, "remark": remark }))?;
        return Ok(0);
    }
    let texts = context.output.texts();
    let value = said(texts, &recorded.value);
    context.output.tell("evidence-saved", &[("key", key), ("question", &name), ("value", &value)]);
    if let Some(before) = recorded.before {
        let before = said(texts, &before);
        context.output.tell("evidence-replaced", &[("key", key), ("value", &value), ("before", &before)]);
    }
    if let Some(remark) = recorded.remark {
        context.output.tell(&remark.id(), &remark.arguments());
    }
    Ok(0)
}

/// Writes the page for a notary or a lawyer.
fn sheet(context: &Context<'_>, archive: Option<&Path>, out: Option<&Path>, host: &Terminal<'_>) -> Result<u8> {
    let root = context.existing_archive(archive)?;
    let output = context.output;
    let written = sheet::write(&root, out, output.texts().language(), host)?;
    if output.json {
        let (path, sums) = (&written.path, written.sums);
        output.answer(&json!({ "sheet": path, "sums": sums, "timestamps": written.stamps }))?;
        return Ok(0);
    }
    output.tell("sheet-written", &[("path", &written.path.display().to_string())]);
    output.tell("sheet-written-anchor", &[("digest", &written.sums.hex())]);
    if written.stamps == 0 {
        output.tell("sheet-written-unstamped", &[]);
    }
    Ok(0)
}

fn list(context: &Context<'_>, evidence: &Evidence) -> Result<u8> {
    if context.output.json {
        context.output.answer(evidence)?;
        return Ok(0);
    }
    if evidence.evidence.is_empty() {
        context.output.tell("records-none", &[]);
    }
    for record in &evidence.evidence {
        let by = record.by.as_deref().unwrap_or_default();
        let file = record.file.as_deref().unwrap_or_default();
        let texts = context.output.texts();
        let name = named(texts, &record.key);
        let value = said_by(texts, record);
        context.output.row(&[&record.at.date(), &name, &value, by, file])?;
    }
    Ok(0)
}
