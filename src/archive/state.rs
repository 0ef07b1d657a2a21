//! What both bags are to hold: the manifests, overlaid with a commit that is under way, so that verification and
//! readers see stage and bags as one.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::bagit::read_manifest;
use super::journal::{Journal, Step, inside};
use crate::error::Result;
use crate::model::{Class, Sha256, layout};

/// What an archive is to hold, and where each file lies now.
#[derive(Debug)]
pub(super) struct ExpectedState {
    root: PathBuf,
    /// The commit under way, if there is one.
    pub(super) pending: Option<Journal>,
    /// Where the commit's files wait, by where they belong.
    waiting: HashMap<String, String>,
}

/// Reads what the archive at `root` is to hold.
pub(super) fn expected_state(root: &Path) -> Result<ExpectedState> {
    let pending = Journal::pending(root)?;
    let steps = pending.iter().flat_map(|journal| &journal.steps);
    let waiting = steps
        .filter_map(|step| match step {
            Step::Rename { from, to, .. } => Some((to.clone(), from.clone())),
            Step::Remove { .. } => None,
        })
        .collect();
    Ok(ExpectedState { root: root.to_owned(), pending, waiting })
}

impl ExpectedState {
    /// Where the file of a bag lies now. `path` is relative to the bag: `data/…` or a tag file.
    pub(super) fn locate(&self, class: Class, path: &str) -> PathBuf {
        self.locate_in_root(&format!("{}/{path}", layout::bag_name(class)))
    }

    /// As [`ExpectedState::locate`], for a path relative to the root.
    pub(super) fn locate_in_root(&self, path: &str) -> PathBuf {
        let waiting = self.waiting.get(path).map(|from| inside(&self.root, from));
        waiting.filter(|path| path.exists()).unwrap_or_else(|| inside(&self.root, path))
    }

    /// Files of a bag that the commit under way brings, relative to the bag.
    pub(super) fn arriving(&self, class: Class) -> impl Iterator<Item = &str> {
        self.waiting.keys().filter_map(move |path| in_bag(path, class))
    }

    /// Files of a bag that the commit under way takes away, relative to the bag.
    pub(super) fn leaving(&self, class: Class) -> impl Iterator<Item = &str> {
        let steps = self.pending.iter().flat_map(|journal| &journal.steps);
        let left = steps.map(|step| match step {
            Step::Rename { from, .. } => from,
            Step::Remove { path } => path,
        });
        left.filter_map(move |path| in_bag(path, class))
    }

    /// Calls `visit` with every payload file of a bag (`data/…`), sorted.
    pub(super) fn each(&self, class: Class, visit: impl FnMut(&str, Sha256) -> Result<()>) -> Result<()> {
        read_manifest(&self.locate(class, layout::MANIFEST), visit)
    }
}

fn in_bag(path: &str, class: Class) -> Option<&str> {
    path.strip_prefix(layout::bag_name(class))?.strip_prefix('/')
}
