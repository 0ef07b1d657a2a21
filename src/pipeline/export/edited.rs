//! Tells which files of an export the user has changed, so that no run replaces or removes them.

use std::fs;
use std::path::{Path, PathBuf};

use super::written::Entry;
use crate::error::{Error, Result};
use crate::model::Sha256;
use crate::store::stage::hash_file;

/// What tells a written file from one that the user has changed: its digest. Copies of the archive's files have none,
/// and are compared by their size.
pub(super) fn digest_of(path: &Path) -> std::io::Result<Option<Sha256>> {
    hash_file(path).map(|(digest, _)| Some(digest))
}

/// Reports whether the file of an earlier run is there, but with another size. An empty file is what a power failure
/// leaves.
pub(super) fn has_other_size(path: &Path, entry: &Entry) -> bool {
    fs::symlink_metadata(path).is_ok_and(|file| file.is_file() && file.len() != entry.bytes && file.len() > 0)
}

/// Reports whether the file of an earlier run is there, but is no longer what that run wrote.
pub(super) fn is_edited(path: &Path, entry: &Entry) -> bool {
    let is_there = || fs::symlink_metadata(path).is_ok_and(|file| file.is_file());
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
    fs::rename(path, &aside).map_err(|error| Error::disk("export-write-failed", path.display(), error))?;
    Ok(aside)
}
