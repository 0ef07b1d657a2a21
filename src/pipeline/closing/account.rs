//! Sets values of the account's profile by name.

use super::records::RecordBook;
use crate::audit::profile::Profile;
use crate::audit::rules::Rules;
use crate::error::{Error, Result};
use crate::pipeline::host::Host;

/// Sets `values`, each `NAME=VALUE`, and commits. Returns the new profile.
///
/// # Errors
/// `account-value-wanted` for a value without a name, invalid values; nothing is set then.
pub fn set(mut book: RecordBook, values: &[String], host: &dyn Host) -> Result<Profile> {
    let flags = Rules::embedded()?.meta.flags;
    for value in values {
        let (name, value) =
            value.split_once(['=', '＝']).ok_or_else(|| Error::usage("account-value-wanted").with("value", value))?;
        book.records.profile.set(name, value, &flags)?;
    }
    let profile = book.records.profile.clone();
    book.save(host)?;
    Ok(profile)
}
