//! `liudi evidence`: what the owner records, with the files that show it.

use super::closing_arguments::{EvidenceCommand, EvidenceOptions};
use super::context::Context;
use super::records::{Book, person};
use crate::audit::events::EventName;
use crate::audit::fill;
use crate::audit::rules::Rules;
use crate::error::{Error, Result};

/// Keys that no rule asks for and that the list of what is left afterwards reads.
const AFTERWARDS: &[&str] =
    &["followers_purged_at", "icp_filing_decided", "keys_revoked", "mailbox_free", "registrations_updated"];

/// Lists the records, or adds one.
pub(super) fn run(context: &Context<'_>, options: &EvidenceOptions) -> Result<u8> {
    let mut book = Book::open(&context.existing_archive(None)?)?;
    let Some(EvidenceCommand::Add { key, value, file, by, note }) = &options.command else {
        return list(context, &book);
    };
    known(key)?;
    let mut value = value.clone().unwrap_or_else(|| "yes".to_owned());
    if key == "second_copy_digest" {
        value = second_copy(value)?;
    }
    let before = book.records.evidence.newest(key).map(|record| record.value.clone());
    book.record(key, &value, file.as_deref(), person(by.as_ref()), note.clone())?;
    book.save(context)?;
    context.output.say("evidence-saved", &[("key", key), ("value", &value)]);
    if let Some(before) = before.filter(|before| *before != value) {
        context.output.say("evidence-replaced", &[("key", key), ("value", &value), ("before", &before)]);
    }
    Ok(0)
}

/// A misspelt key would be recorded and never read.
pub(super) fn known(key: &str) -> Result<()> {
    let rules = Rules::embedded()?;
    let mut keys = rules.evidence_keys();
    keys.extend(EventName::ALL.iter().map(|name| name.code().to_owned()));
    keys.extend(AFTERWARDS.iter().map(|key| (*key).to_owned()));
    if keys.contains(key) {
        return Ok(());
    }
    let known = keys.into_iter().collect::<Vec<_>>().join(", ");
    Err(Error::usage("evidence-key-unknown").with("key", key).with("known", known))
}

/// The folder of the second copy stands for the digest of what it holds.
fn second_copy(value: String) -> Result<String> {
    let path = std::path::Path::new(&value);
    if !path.is_dir() {
        return Ok(value);
    }
    let digest = fill::content_digest(path)?.ok_or_else(|| Error::usage("archive-not-found").with("path", &value))?;
    Ok(digest.to_string())
}

fn list(context: &Context<'_>, book: &Book) -> Result<u8> {
    if context.output.json {
        context.output.answer(&book.records.evidence)?;
        return Ok(0);
    }
    for record in &book.records.evidence.evidence {
        let by = record.by.as_deref().unwrap_or_default();
        let file = record.file.as_deref().unwrap_or_default();
        context.output.row(&[&record.at.date(), &record.key, &record.value, by, file])?;
    }
    Ok(0)
}
