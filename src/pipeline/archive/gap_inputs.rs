//! Finds the inputs that must be read again to close gaps: a locked archive, a file that a stopped run did not reach.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::model::layout;
use crate::pipeline::collect::found_input::outermost;
use crate::platform;
use crate::store::Catalog;

/// Returns the files on this computer that reported a gap with one of these keys and still exist. A member of a
/// container is found through its container.
///
/// # Errors
/// An unreadable working state.
pub fn inputs(root: &Path, keys: &[String]) -> Result<Vec<PathBuf>> {
    let path = root.join(layout::WORK).join(layout::CATALOG);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let catalog = Catalog::open(&path)?;
    let mut files = BTreeSet::new();
    for origin in catalog.troubled()? {
        if catalog.gaps_of(&origin)?.iter().any(|gap| keys.contains(&gap.key)) {
            files.insert(platform::path_of(outermost(&origin)));
        }
    }
    files.retain(|file| file.exists());
    Ok(files.into_iter().collect())
}
