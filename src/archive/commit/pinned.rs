//! Checks that what a commit takes over is what the last one wrote.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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

/// Checks that the manifests of the archive at `root` are those that `SHA256SUMS` pins.
///
/// # Errors
/// `archive-damaged` names the first list that does not agree with the one above it.
pub fn check_lists(root: &Path) -> Result<()> {
    let written = BOTH.into_iter().filter(|class| layout::bag(root, *class).join(layout::TAG_MANIFEST).exists());
    written.into_iter().try_for_each(|class| check_bag_lists(root, class, &TAKEN_OVER[..1]))
}

/// Checks that the lists a commit takes over are those of the last one: a commit would make an altered digest in them the
/// right one.
pub(super) fn check_bag_lists(root: &Path, class: Class, taken: &[&str]) -> Result<()> {
    let folder = layout::bag(root, class);
    let stated = |list: &Path| -> Result<BTreeMap<String, Sha256>> {
        let mut entries = BTreeMap::new();
        read_manifest(list, |path, sha256| {
            entries.insert(path.to_owned(), sha256);
            Ok(())
        })
        .map_err(|error| damaged(list).because(error))?;
        Ok(entries)
    };
    let check = |file: PathBuf, digest: Option<&Sha256>| {
        let (found, _) = hash_file(&file).map_err(|error| damaged(&file).because(error))?;
        if digest == Some(&found) { Ok(()) } else { Err(damaged(&file)) }
    };
    let sums = stated(&root.join(layout::SHA256SUMS))?;
    let tags = folder.join(layout::TAG_MANIFEST);
    check(tags.clone(), sums.get(&format!("{}/{}", layout::bag_name(class), layout::TAG_MANIFEST)))?;
    let tags = stated(&tags)?;
    taken.iter().try_for_each(|name| check(folder.join(name), tags.get(*name)))
}
