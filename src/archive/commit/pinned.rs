//! Checks that what a commit takes over is what the last one wrote.

use std::collections::BTreeMap;
use std::path::Path;

use super::BOTH;
use crate::archive::bagit::read_manifest;
use crate::error::{Error, Kind, Result};
use crate::model::{Class, Sha256, layout};
use crate::store::stage::hash_file;

/// Returns the error of a file that is not as the last commit left it.
pub(super) fn damaged(path: &Path) -> Error {
    Error::new(Kind::Findings, "archive-damaged").with("path", path.display())
}

/// What a commit takes over from the lists of a bag.
pub(super) const TAKEN_OVER: &[&str] = &[layout::MANIFEST, layout::BAG_INFO];

/// Checks that the manifests of the archive at `root` are those that `SHA256SUMS` pins: of every bag that it names, also of
/// one that is gone as a whole.
///
/// # Errors
/// `archive-damaged` names the first list that does not agree with the one above it.
pub fn check_lists(root: &Path) -> Result<()> {
    written(root)?.into_iter().try_for_each(|class| check_bag_lists(root, class, &TAKEN_OVER[..1]))
}

/// Checks every file of the archive at `root` that is no payload: what [`check_lists`] checks, what the bags say of
/// themselves, and the README.
///
/// # Errors
/// As [`check_lists`].
pub fn check_tags(root: &Path) -> Result<()> {
    for class in written(root)? {
        let tags = stated(&layout::bag(root, class).join(layout::TAG_MANIFEST))?;
        check_bag_lists(root, class, &tags.keys().map(String::as_str).collect::<Vec<_>>())?;
    }
    let readme = stated(&root.join(layout::SHA256SUMS))?.get(layout::README).copied();
    readme.map_or(Ok(()), |digest| check(&root.join(layout::README), Some(&digest)))
}

/// Returns the bags that `SHA256SUMS` names, and those that have a list.
fn written(root: &Path) -> Result<Vec<Class>> {
    let sums = stated(&root.join(layout::SHA256SUMS))?;
    let is_written = |class: &Class| {
        sums.contains_key(&tags_of(*class)) || layout::bag(root, *class).join(layout::TAG_MANIFEST).exists()
    };
    Ok(BOTH.into_iter().filter(is_written).collect())
}

/// Checks that `SHA256SUMS` does not name a bag that a commit is about to begin.
pub(super) fn check_is_new(root: &Path, class: Class) -> Result<()> {
    let is_named = stated(&root.join(layout::SHA256SUMS))?.contains_key(&tags_of(class));
    if is_named { Err(damaged(&layout::bag(root, class).join(layout::TAG_MANIFEST))) } else { Ok(()) }
}

/// Checks that the lists a commit takes over are those of the last one: a commit would make an altered digest in them the
/// right one.
pub(super) fn check_bag_lists(root: &Path, class: Class, taken: &[&str]) -> Result<()> {
    let folder = layout::bag(root, class);
    let sums = stated(&root.join(layout::SHA256SUMS))?;
    let tags = folder.join(layout::TAG_MANIFEST);
    check(&tags, sums.get(&tags_of(class)))?;
    let tags = stated(&tags)?;
    taken.iter().try_for_each(|name| check(&folder.join(name), tags.get(*name)))
}

/// Returns the path of a bag's tag manifest in the archive.
fn tags_of(class: Class) -> String {
    format!("{}/{}", layout::bag_name(class), layout::TAG_MANIFEST)
}

/// Reads a list; one that is not there is empty.
fn stated(list: &Path) -> Result<BTreeMap<String, Sha256>> {
    let mut entries = BTreeMap::new();
    read_manifest(list, |path, sha256| {
        entries.insert(path.to_owned(), sha256);
        Ok(())
    })
    .map_err(|error| damaged(list).because(error))?;
    Ok(entries)
}

fn check(file: &Path, digest: Option<&Sha256>) -> Result<()> {
    let (found, _) = hash_file(file).map_err(|error| damaged(file).because(error))?;
    if digest == Some(&found) { Ok(()) } else { Err(damaged(file)) }
}
