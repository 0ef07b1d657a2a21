//! Tells which files of an export the user has changed, so that no run replaces or removes them.

use std::fs;
use std::path::{Path, PathBuf};

use super::written::Entry;
use crate::error::{Error, Result};
use crate::model::Sha256;
use crate::platform;
use crate::store::stage::hash_file;

/// What is in the place of a file that is to be written.
pub(super) enum Found {
    /// Nothing, or what liudi wrote.
    Ours,
    /// What the user made of a file that liudi would write as before.
    Newer,
    /// Something else of the user's.
    Theirs,
}

/// Looks at the place of a file with the digest `new`; `before` is what an earlier run wrote there.
pub(super) fn find(path: &Path, before: Option<&Entry>, new: Option<Sha256>) -> std::io::Result<Found> {
    // An empty file is what a power failure leaves.
    if !fs::symlink_metadata(path).is_ok_and(|file| file.is_file() && file.len() > 0) {
        return Ok(Found::Ours);
    }
    let there = Some(hash_file(path)?.0);
    let written = before.and_then(|entry| entry.digest);
    Ok(if there == new || there == written {
        Found::Ours
    } else if written.is_some() && written == new {
        Found::Newer
    } else if written.is_none() && before.is_some_and(|entry| !entry.is_unknown() && !has_other_size(path, entry)) {
        // Of an older list, which has no digests.
        Found::Ours
    } else {
        Found::Theirs
    })
}

/// Reports whether the file of an earlier run is there, but with another size.
pub(super) fn has_other_size(path: &Path, entry: &Entry) -> bool {
    fs::symlink_metadata(path).is_ok_and(|file| file.is_file() && file.len() != entry.bytes && file.len() > 0)
}

/// Reports whether the file of an earlier run is there, but is no longer what that run wrote.
pub(super) fn is_edited(path: &Path, entry: &Entry) -> bool {
    let is_there = || fs::symlink_metadata(path).is_ok_and(|file| file.is_file() && file.len() > 0);
    has_other_size(path, entry)
        || entry.digest.is_some_and(|digest| is_there() && hash_file(path).is_ok_and(|(now, _)| now != digest))
}

/// Moves a file to a name of its own beside it, which no site generator or notebook takes for a text.
pub(super) fn put_aside(path: &Path) -> Result<PathBuf> {
    let name = path.file_name().unwrap_or_default();
    let aside = (1_u32..).map(|number| {
        let mut name = name.to_owned();
        name.push(if number == 1 { ".edited".to_owned() } else { format!(".edited{number}") });
        path.with_file_name(name)
    });
    let aside = aside.into_iter().find(|aside| fs::symlink_metadata(aside).is_err()).unwrap_or_default();
    platform::rename(path, &aside).map_err(|error| Error::disk("export-write-failed", path.display(), error))?;
    Ok(aside)
}
