//! What both bags are to hold: the manifests, overlaid with a commit that is under way, so that verification and
//! readers see stage and bags as one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::bagit::read_manifest;
use super::journal::Journal;
use crate::error::Result;
use crate::model::{Class, Sha256, layout};

/// What an archive is to hold, and where each file lies now.
#[derive(Clone, Debug)]
pub struct ExpectedState {
    root: PathBuf,
    /// The commit under way, if there is one.
    pub pending: Option<Journal>,
}

/// Reads what the archive at `root` is to hold.
pub fn expected_state(root: &Path) -> Result<ExpectedState> {
    Ok(ExpectedState { root: root.to_owned(), pending: Journal::pending(root)? })
}

impl ExpectedState {
    /// Where the file of a bag lies now. `path` is relative to the bag: `data/…` or a tag file.
    pub fn locate(&self, class: Class, path: &str) -> PathBuf {
        self.locate_in_root(&format!("{}/{path}", layout::bag_name(class)))
    }

    /// As [`ExpectedState::locate`], for a path relative to the root.
    pub fn locate_in_root(&self, path: &str) -> PathBuf {
        match &self.pending {
            Some(journal) => journal.locate(&self.root, path),
            None => super::journal::inside(&self.root, path),
        }
    }

    /// Calls `visit` with every payload file of a bag (`data/…`), sorted.
    pub fn each(&self, class: Class, visit: impl FnMut(&str, Sha256) -> Result<()>) -> Result<()> {
        read_manifest(&self.locate(class, layout::MANIFEST), visit)
    }

    /// The payload files of a bag below `prefix` (relative to its `data/`), without the `data/`.
    pub fn below(&self, class: Class, prefix: &str) -> Result<BTreeMap<String, Sha256>> {
        let mut files = BTreeMap::new();
        self.each(class, |path, sha256| {
            if let Some(inner) = path.strip_prefix("data/").filter(|inner| inner.starts_with(prefix)) {
                files.insert(inner.to_owned(), sha256);
            }
            Ok(())
        })?;
        Ok(files)
    }
}
