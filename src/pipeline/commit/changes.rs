//! What a commit is going to change: files are put into the stage as they are rendered, compared with what the manifests
//! say, and only what differs becomes part of the commit. A large commit goes in rounds, so that neither its list nor what
//! waits in the stage grows with the archive.

use std::collections::HashMap;

use crate::archive::commit::Changes;
use crate::archive::{Archive, BagDescription};
use crate::error::Result;
use crate::model::{Class, Sha256};
use crate::pipeline::archive::session::MANIFESTS;
use crate::store::Catalog;
use crate::store::stage::{Stage, StageWriter, Staged};
use crate::work::Work;

/// Changes of one round. Where mistakes are looked for, every commit of some size goes in several.
const ROUND: usize = if cfg!(debug_assertions) { 40 } else { 8192 };

/// Where a plan is carried out.
pub(crate) struct Target<'a> {
    /// The archive.
    pub(crate) archive: &'a Archive,
    /// What the bags say of themselves.
    pub(crate) description: BagDescription,
    /// Progress, cancellation and threads.
    pub(crate) work: Work<'a>,
}

/// A commit under construction. Paths are inside the bag's `data/`.
pub(crate) struct CommitPlan<'a> {
    catalog: &'a Catalog,
    stage: &'a Stage,
    target: Target<'a>,
    changes: Changes,
    /// What becomes of each path: its digest, or `None` where it goes.
    after: HashMap<(Class, String), Option<Sha256>>,
    committed: bool,
}

impl<'a> CommitPlan<'a> {
    pub(crate) fn new(catalog: &'a Catalog, stage: &'a Stage, target: Target<'a>) -> Self {
        Self { catalog, stage, target, changes: Changes::default(), after: HashMap::new(), committed: false }
    }

    /// A rendered file: new, changed, or as it stands.
    pub(crate) fn put(&mut self, bag: Class, path: &str, bytes: &[u8]) -> Result<()> {
        self.target.work.check()?;
        let digest = Sha256::of(bytes);
        if self.catalog.payload(bag, path)? == Some(digest) {
            return Ok(());
        }
        let staged = self.stage.put_hashed(bytes, digest)?;
        self.put_staged(bag, path, staged);
        Ok(())
    }

    /// A file that was written to the stage, unless the bag holds the same already; gives its digest and length.
    pub(crate) fn put_written(&mut self, bag: Class, path: &str, writer: StageWriter<'_>) -> Result<Staged> {
        let held = self.catalog.payload(bag, path)?;
        let (staged, new) = writer.finish_unless(|staged| held == Some(staged.sha256))?;
        if new {
            self.put_staged(bag, path, staged.clone());
        }
        Ok(staged)
    }

    /// A file that waits in the stage, unless the bag holds the same already.
    pub(crate) fn put_if_new(&mut self, bag: Class, path: &str, staged: Staged) -> Result<()> {
        if self.catalog.payload(bag, path)? != Some(staged.sha256) {
            self.put_staged(bag, path, staged);
        }
        Ok(())
    }

    /// Begins a file that is too long to be held in memory; [`Plan::put_written`] ends it.
    pub(crate) fn begin(&self) -> Result<StageWriter<'a>> {
        self.target.work.check()?;
        self.stage.create()
    }

    /// Whether the bag will hold this path after the commit.
    pub(crate) fn will_hold(&self, bag: Class, path: &str) -> Result<bool> {
        match self.after.get(&(bag, path.to_owned())) {
            Some(digest) => Ok(digest.is_some()),
            None => Ok(self.catalog.payload(bag, path)?.is_some()),
        }
    }

    fn note(&mut self, bag: Class, path: &str, digest: Option<Sha256>) {
        self.after.insert((bag, path.to_owned()), digest);
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

    /// Whether there is enough for a round.
    pub(crate) fn is_full(&self) -> bool {
        self.after.len() >= ROUND
    }

    /// Whether no round was committed yet.
    pub(crate) fn is_first(&self) -> bool {
        !self.committed
    }

    /// Commits what was put so far. What the catalog says is durable with it, so that a run killed between two rounds goes
    /// on after the first. Both bags are whole after each.
    pub(crate) fn round(&mut self) -> Result<()> {
        self.carry_out()?;
        self.catalog.commit_so_far()
    }

    /// Commits what is left; `true` if this or an earlier round changed the archive.
    pub(crate) fn finish(mut self) -> Result<bool> {
        if !self.after.is_empty() {
            self.carry_out()?;
        }
        Ok(self.committed)
    }

    fn carry_out(&mut self) -> Result<()> {
        self.stage.sync_batch()?;
        let Target { archive, description, work } = &self.target;
        let changes = std::mem::take(&mut self.changes);
        let head = self.catalog.meta(MANIFESTS)?.unwrap_or_default();
        archive.commit(self.stage, changes, description, &head, work)?;
        for ((bag, path), digest) in self.after.drain() {
            self.catalog.set_payload(bag, &path, digest.as_ref())?;
        }
        self.catalog.set_meta(MANIFESTS, &archive.head()?)?;
        self.committed = true;
        Ok(())
    }
}
