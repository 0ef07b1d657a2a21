//! What a commit is going to change: files are put into the stage as they are rendered, compared with what the manifests
//! say, and only what differs becomes part of the commit.

use std::collections::HashMap;

use crate::archive::commit::Changes;
use crate::error::Result;
use crate::model::{Class, Sha256};
use crate::store::Catalog;
use crate::store::stage::{Stage, Staged};

/// A commit under construction. Paths are inside the bag's `data/`.
pub(crate) struct Plan<'a> {
    catalog: &'a Catalog,
    stage: &'a Stage,
    changes: Changes,
    after: Vec<(Class, String, Option<Sha256>)>,
    /// Where in `after` a path stands.
    paths: HashMap<(Class, String), usize>,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(catalog: &'a Catalog, stage: &'a Stage) -> Self {
        Self { catalog, stage, changes: Changes::default(), after: Vec::new(), paths: HashMap::new() }
    }

    /// A rendered file: new, changed, or as it stands.
    pub(crate) fn put(&mut self, bag: Class, path: &str, bytes: &[u8]) -> Result<()> {
        let digest = Sha256::of(bytes);
        if self.catalog.payload(bag, path)? == Some(digest) {
            return Ok(());
        }
        let staged = self.stage.put_bytes(bytes)?;
        self.put_staged(bag, path, staged);
        Ok(())
    }

    /// A file that waits in the stage, unless the bag holds the same already.
    pub(crate) fn put_if_new(&mut self, bag: Class, path: &str, staged: Staged) -> Result<()> {
        if self.catalog.payload(bag, path)? != Some(staged.sha256) {
            self.put_staged(bag, path, staged);
        }
        Ok(())
    }

    /// Whether the bag will hold this path after the commit.
    pub(crate) fn will_hold(&self, bag: Class, path: &str) -> Result<bool> {
        match self.paths.get(&(bag, path.to_owned())) {
            Some(index) => Ok(self.after[*index].2.is_some()),
            None => Ok(self.catalog.payload(bag, path)?.is_some()),
        }
    }

    fn note(&mut self, bag: Class, path: &str, digest: Option<Sha256>) {
        self.paths.insert((bag, path.to_owned()), self.after.len());
        self.after.push((bag, path.to_owned(), digest));
    }

    /// A file that waits in the stage.
    pub(crate) fn put_staged(&mut self, bag: Class, path: &str, staged: Staged) {
        self.note(bag, path, Some(staged.sha256));
        self.changes.put(bag, path, staged);
    }

    /// The same file, from one bag to the other.
    pub(crate) fn move_file(&mut self, from: Class, to: Class, path: &str, digest: Sha256) {
        self.note(from, path, None);
        self.note(to, path, Some(digest));
        self.changes.move_between(from, to, path);
    }

    /// A file that is no longer part of the archive.
    pub(crate) fn remove(&mut self, bag: Class, path: &str) {
        self.note(bag, path, None);
        self.changes.remove(bag, path);
    }

    /// Whether anything would change.
    pub(crate) fn is_empty(&self) -> bool {
        self.after.is_empty()
    }

    /// What is to be committed, and what the payload table says afterwards.
    pub(crate) fn finish(self) -> (Changes, Vec<(Class, String, Option<Sha256>)>) {
        (self.changes, self.after)
    }
}
