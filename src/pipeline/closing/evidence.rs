//! What the owner records, with the files that show it.

use std::path::PathBuf;

use super::nearest::nearest;
use super::records::RecordBook;
use crate::audit::forms::{self, Form};
use crate::error::{Error, Result};
use crate::pipeline::host::Host;

/// One record to be added.
#[derive(Clone, Debug, Default)]
pub struct NewRecord {
    /// What it is about.
    pub key: String,
    /// The value as it was typed.
    pub value: String,
    /// A file to keep with it.
    pub file: Option<PathBuf>,
    /// Who says so.
    pub by: Option<String>,
    /// The owner's words.
    pub note: Option<String>,
}

/// A record that was added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The value as it was understood.
    pub value: String,
    /// The value that counted before, if it is another one.
    pub before: Option<String>,
}

/// Returns the form of the value of `key`.
///
/// # Errors
/// `evidence-key-unknown`: a misspelt key would be recorded and never read.
pub fn form(key: &str) -> Result<Form> {
    forms::form(key).ok_or_else(|| {
        let near = nearest(key, forms::keys().map(str::to_owned)).join(", ");
        Error::usage("evidence-key-unknown").with("key", key).with("known", near)
    })
}

/// Adds a record and commits it.
///
/// # Errors
/// `evidence-key-unknown`, `value-…-wanted`, `input-open-failed` for its file, and those of a commit.
pub fn add(mut book: RecordBook, new: &NewRecord, host: &dyn Host) -> Result<Recorded> {
    let NewRecord { key, value, file, by, note } = new;
    let form = form(key)?;
    let before = book.records.evidence.newest(key).map(|record| record.value.clone());
    let value = book.answer(key, form, value, file.as_deref(), by.clone(), note.clone())?;
    book.save(host)?;
    let before = before.filter(|before| *before != value);
    Ok(Recorded { value, before })
}
