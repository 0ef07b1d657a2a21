//! Lists folders for the user to choose from: browsers do not tell the paths of what is chosen in their own dialogs.

use std::path::{Path, PathBuf};

use minijinja::{Value, context};
use serde::Serialize;

use super::form::Form;
use super::view::value;
use crate::error::{Error, Result};
use crate::model::names::is_portable;
use crate::pipeline::archive::state::is_archive;
use crate::platform;
use crate::words::Phrases;

/// Largest number of entries that are listed.
const MOST: usize = 2000;

/// A folder with what is in it.
#[derive(Debug, Serialize)]
struct Listing {
    /// Absolute path.
    path: String,
    /// Folder above.
    parent: Option<String>,
    /// Folders in it, by name.
    folders: Vec<Entry>,
    /// Files in it, by name; empty unless they were asked for.
    files: Vec<Entry>,
    /// Number of entries that are not listed: too many, or with names that are no text.
    more: usize,
    /// Whether it is an archive itself.
    archive: bool,
    /// Whether it is empty.
    empty: bool,
}

/// An entry of a folder.
#[derive(Debug, Serialize)]
struct Entry {
    /// Name.
    name: String,
    /// Absolute path.
    path: String,
    /// Whether it is an archive.
    archive: bool,
}

/// A place to begin at.
#[derive(Debug, Serialize)]
pub(super) struct Start {
    /// Code of its kind; its words are `desk-place-<code>`.
    pub(super) code: &'static str,
    /// Absolute path.
    pub(super) path: String,
}

/// Returns the places to begin at: the home folder, the usual folders in it, the drives.
pub(super) fn places() -> Vec<Start> {
    let places = platform::places().into_iter();
    places.map(|place| Start { code: place.kind.code(), path: place.path.display().to_string() }).collect()
}

/// Lists the folder that a page was asked for, with the words for the reason if it cannot be listed: another one can be
/// chosen all the same.
pub(super) fn asked(phrases: &Phrases<'_>, query: &Form, with_files: bool) -> Option<Value> {
    let at = query.get("at")?;
    Some(match list(Path::new(at), with_files) {
        Ok(listing) => value(listing),
        Err(error) => context! { unreadable => value(phrases.error(&error)) },
    })
}

/// Lists a folder.
///
/// # Errors
/// `desk-folder-unreadable`.
fn list(path: &Path, with_files: bool) -> Result<Listing> {
    let failed = |error| Error::disk("desk-folder-unreadable", path.display(), error);
    let path = std::path::absolute(path).map_err(failed)?;
    let (mut folders, mut files, mut more, mut empty) = (Vec::new(), Vec::new(), 0, true);
    for entry in std::fs::read_dir(&path).map_err(failed)? {
        let Ok(entry) = entry else { continue };
        empty = false;
        // Links are followed: a folder may be one.
        let Ok(metadata) = std::fs::metadata(entry.path()) else { continue };
        let Ok(name) = entry.file_name().into_string() else {
            more += 1;
            continue;
        };
        if name.starts_with('.') {
            continue;
        }
        let list = if metadata.is_dir() { &mut folders } else { &mut files };
        if !metadata.is_dir() && !with_files {
            continue;
        }
        if list.len() == MOST {
            more += 1;
            continue;
        }
        let path = entry.path();
        let archive = metadata.is_dir() && is_archive(&path);
        list.push(Entry { name, archive, path: path.display().to_string() });
    }
    for list in [&mut folders, &mut files] {
        list.sort_by_key(|entry| entry.name.to_lowercase());
    }
    let parent = path.parent().map(|parent| parent.display().to_string());
    Ok(Listing { parent, archive: is_archive(&path), path: path.display().to_string(), folders, files, more, empty })
}

/// Returns the path that a user typed or pasted: Windows puts one that is copied into quotation marks.
///
/// # Errors
/// `desk-path-in-part` for one that does not begin at a drive or at the root: where it would lead depends on how the program
/// was started.
pub(super) fn typed(text: &str) -> Result<PathBuf> {
    let path = PathBuf::from(text.trim().trim_matches(['"', '\'']));
    if path.is_absolute() { Ok(path) } else { Err(Error::usage("desk-path-in-part").with("path", path.display())) }
}

/// Returns the path of a new folder with this name in `folder`.
///
/// # Errors
/// `desk-name-invalid` if not every system can have a folder of this name: an archive moves.
pub(super) fn inside(folder: &Path, name: &str) -> Result<PathBuf> {
    if is_portable(name) { Ok(folder.join(name)) } else { Err(Error::usage("desk-name-invalid").with("name", name)) }
}
