//! Counts the files and bytes of a bag as a commit will leave it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::pinned::damaged;
use super::plan::{BagPlan, Fate};
use crate::archive::bagit::{Oxum, read_manifest, stated_oxum};
use crate::archive::folder;
use crate::archive::journal::inside;
use crate::error::{Error, Result};
use crate::model::layout;
use crate::platform;

/// Computes the number and bytes of the payload's files after the changes.
pub(super) fn count(root: &Path, bag: &mut BagPlan, sizes: &BTreeMap<String, u64>) -> Result<()> {
    let folder = layout::bag(root, bag.class);
    let mut counts_anew = bag.recount;
    for path in bag.fates.keys().filter(|path| bag.old.contains_key(*path)) {
        // What is lost leaves with a size that nobody knows.
        counts_anew |= size(&inside(&folder, path))?.is_none();
    }
    if counts_anew {
        return count_anew(root, bag, sizes);
    }
    let info = folder.join(layout::BAG_INFO);
    let mut oxum = Oxum::default();
    if !bag.fresh {
        let text = platform::read_text(&info).map_err(|error| damaged(&info).because(error))?;
        oxum = stated_oxum(&text).ok_or_else(|| damaged(&info))?;
    }
    let length =
        |path: &Path| fs::metadata(path).map(|metadata| metadata.len()).map_err(|error| damaged(path).because(error));
    let mut added = Oxum::default();
    let mut gone = Oxum::default();
    for (path, fate) in &bag.fates {
        if bag.old.contains_key(path) {
            gone.bytes += length(&inside(&folder, path))?;
            gone.files += 1;
        }
        let bytes = match fate {
            Fate::Put(staged) => staged.bytes,
            Fate::Arrive { from, .. } => length(&inside(root, from))?,
            Fate::Leave => continue,
        };
        added.bytes += bytes;
        added.files += 1;
    }
    let settle = |old: u64, added: u64, gone: u64| (old + added).checked_sub(gone).ok_or_else(|| damaged(&info));
    bag.oxum = Oxum {
        bytes: settle(oxum.bytes, added.bytes, gone.bytes)?,
        files: settle(oxum.files, added.files, gone.files)?,
    };
    Ok(())
}

/// Returns the size of a file; `None` if it is lost.
fn size(path: &Path) -> Result<Option<u64>> {
    folder::size(path).map_err(|error| Error::disk("commit-failed", path.display(), error))
}

/// Does what [`count`] does from the sizes of the files that the manifest lists. One that is lost counts with its
/// size in `sizes`, or with no bytes.
fn count_anew(root: &Path, bag: &mut BagPlan, sizes: &BTreeMap<String, u64>) -> Result<()> {
    let folder = layout::bag(root, bag.class);
    let name = layout::bag_name(bag.class);
    let length = |path: &Path| size(path).map(Option::unwrap_or_default);
    let mut oxum = Oxum::default();
    let mut add = |bytes| {
        oxum.bytes += bytes;
        oxum.files += 1;
    };
    read_manifest(&folder.join(layout::MANIFEST), |path, _| {
        if !bag.fates.contains_key(path) {
            let known = sizes.get(&format!("{name}/{path}"));
            add(known.map_or_else(|| length(&inside(&folder, path)), |bytes| Ok(*bytes))?);
        }
        Ok(())
    })?;
    for fate in bag.fates.values() {
        match fate {
            Fate::Put(staged) => add(staged.bytes),
            Fate::Arrive { from, .. } => add(length(&inside(root, from))?),
            Fate::Leave => {}
        }
    }
    bag.oxum = oxum;
    Ok(())
}
