//! Adds evidence that only the owner has, with supporting files.

use std::path::Path;

use super::nearest::nearest;
use super::records::RecordBook;
use super::remark::{self, Remark};
use super::second_copy;
use crate::audit::forms::{self, Form};
use crate::error::{Error, Result};
use crate::model::Sha256;
use crate::pipeline::host::Host;

pub use super::records::NewRecord;
pub use crate::audit::evidence::Record;
pub use crate::audit::forms::no_bill;

/// An added record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The parsed value.
    pub value: String,
    /// The previous value, if it differs.
    pub before: Option<String>,
    /// What the archive says against it.
    pub remark: Option<Remark>,
}

/// Returns the form of the value of `key`.
///
/// # Errors
/// `evidence-key-unknown`, because a misspelt key would never be read.
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
    let key = &new.key;
    let form = form(key)?;
    let before = book.records.evidence.newest(key).map(|record| record.value.clone());
    let value = book.answer(new, form, host)?;
    if let Some((series, (first, last))) = forms::days_without_bill(key).filter(|_| value == "yes") {
        book.check_no_trade(series, first, last)?;
    }
    let remark = remark::of_archive(&book.root, key, &value, host)?;
    book.save(host)?;
    let before = before.filter(|before| *before != value);
    Ok(Recorded { value, before, remark })
}

/// Returns the digest of the copy of the archive at `root` after reading it, without recording it.
///
/// # Errors
/// `second-copy-differs`, `second-copy-damaged`, `interrupted`.
pub fn check_second_copy(root: &Path, copy: &Path, host: &dyn Host) -> Result<Sha256> {
    second_copy::read(root, copy, host)
}

/// Withdraws what was recorded of days without a bill, and commits; returns the number of records.
///
/// # Errors
/// Those of a commit.
pub fn withdraw_days_without_bill(mut book: RecordBook, host: &dyn Host) -> Result<usize> {
    let keys: Vec<String> = book.records.evidence.without_bill().map(no_bill).collect();
    for key in &keys {
        book.record(key, "unknown", None, None, None)?;
    }
    book.save(host)?;
    Ok(keys.len())
}
