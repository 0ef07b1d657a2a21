//! `liudi evidence`: what the owner records, with the files that show it.

use super::blanks;
use super::closing_arguments::{EvidenceCommand, EvidenceOptions};
use super::context::Context;
use super::records::{self, Book, person};
use crate::audit::forms::{self, Form};
use crate::error::{Error, Result};

/// Lists the records, or adds one.
pub(super) fn run(context: &Context<'_>, options: &EvidenceOptions) -> Result<u8> {
    let mut book = Book::open(&context.existing_archive(None)?)?;
    let Some(EvidenceCommand::Add { key, value, file, by, note }) = &options.command else {
        return list(context, &book);
    };
    let form = known(key)?;
    let name = records::question(context.output.texts(), key);
    let value = match blanks::given(value.as_ref()) {
        Some(value) => value.clone(),
        // A file answers whatever a file, a yes or a place would answer.
        None if file.is_some() && matches!(form, Form::File | Form::YesNo | Form::YesNoOrPlace) => "yes".to_owned(),
        None => records::prompt(context, "evidence-ask", &[("question", &name)], || form.missing(key))?,
    };
    let before = book.records.evidence.newest(key).map(|record| record.value.clone());
    let recorded = book.answer(key, form, &value, file.as_deref(), person(by.as_ref()), note.clone())?;
    book.save(context)?;
    let texts = context.output.texts();
    let value = records::said(texts, &recorded);
    context.output.tell("evidence-saved", &[("key", key), ("question", &name), ("value", &value)]);
    if let Some(before) = before.filter(|before| *before != recorded) {
        let before = records::said(texts, &before);
        context.output.tell("evidence-replaced", &[("key", key), ("value", &value), ("before", &before)]);
    }
    Ok(0)
}

/// Returns the form of `key`. A misspelt key would be recorded and never read.
fn known(key: &str) -> Result<Form> {
    forms::form(key).ok_or_else(|| {
        let near = records::nearest(key, forms::keys().map(str::to_owned)).join(", ");
        Error::usage("evidence-key-unknown").with("key", key).with("known", near)
    })
}

fn list(context: &Context<'_>, book: &Book) -> Result<u8> {
    if context.output.json {
        context.output.answer(&book.records.evidence)?;
        return Ok(0);
    }
    for record in &book.records.evidence.evidence {
        let by = record.by.as_deref().unwrap_or_default();
        let file = record.file.as_deref().unwrap_or_default();
        let texts = context.output.texts();
        let name = records::named(texts, &record.key);
        let value = records::said(texts, &record.value);
        context.output.row(&[&record.at.date(), &name, &value, by, file])?;
    }
    Ok(0)
}
