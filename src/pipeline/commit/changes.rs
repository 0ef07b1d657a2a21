//! Collects the changes of a commit. Rendered files are staged and compared with the manifests; only those that differ
//! become part of the commit. A large commit is split into rounds, so that neither its list nor the stage grows with
//! the archive.

use std::collections::HashMap;

use crate::archive::commit::Changes;
use crate::archive::{Archive, BagDescription};
use crate::error::Result;
use crate::model::{Class, Sha256, layout};
use crate::pipeline::archive::session::MANIFESTS;
use crate::store::Catalog;
use crate::store::stage::{Stage, StageWriter, Staged};
use crate::work::Work;

/// Number of changes in a round. It is small in debug builds, so that tests commit in several rounds.
const ROUND: usize = if cfg!(debug_assertions) { 40 } else { 8192 };

/// Content of the sign of an unfinished commit.
const SIGN: &[u8] = b"{\"schema\":\"liudi/unfinished/v1\"}\n";

/// Target of a plan.
pub(crate) struct Target<'a> {
    /// The archive.
    pub(crate) archive: &'a Archive,
    /// Contents of the bags' `bag-info.txt`.
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
    /// Digest of each path after the commit, or `None` if the path is removed.
    after: HashMap<(Class, String), Option<Sha256>>,
    committed: bool,
    recounts: bool,
}

impl<'a> CommitPlan<'a> {
    pub(crate) fn new(catalog: &'a Catalog, stage: &'a Stage, target: Target<'a>) -> Self {
        Self {
            catalog,
            stage,
            target,
            changes: Changes::default(),
            after: HashMap::new(),
            committed: false,
            recounts: false,
        }
    }

    /// Adds a rendered file, unless the bag already holds the same bytes.
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

    /// Adds a file that was written to the stage, unless the bag already holds the same; returns its digest and length.
    pub(crate) fn put_written(&mut self, bag: Class, path: &str, writer: StageWriter<'_>) -> Result<Staged> {
        let held = self.catalog.payload(bag, path)?;
        let (staged, new) = writer.finish_unless(|staged| held == Some(staged.sha256))?;
        if new {
            self.put_staged(bag, path, staged.clone());
        }
        Ok(staged)
    }

    /// Adds a staged file, unless the bag already holds the same.
    pub(crate) fn put_if_new(&mut self, bag: Class, path: &str, staged: Staged) -> Result<()> {
        if self.catalog.payload(bag, path)? != Some(staged.sha256) {
            self.put_staged(bag, path, staged);
        }
        Ok(())
    }

    /// Begins a file that is too long to be held in memory; [`CommitPlan::put_written`] finishes it.
    pub(crate) fn begin(&self) -> Result<StageWriter<'a>> {
        self.target.work.check()?;
        self.stage.create()
    }

    /// Reports whether the bag will hold this path after the commit.
    pub(crate) fn will_hold(&self, bag: Class, path: &str) -> Result<bool> {
        match self.after.get(&(bag, path.to_owned())) {
            Some(digest) => Ok(digest.is_some()),
            None => Ok(self.catalog.payload(bag, path)?.is_some()),
        }
    }

    /// Reports whether the bag will hold any file below `folder` after the commit.
    pub(crate) fn will_hold_any(&self, bag: Class, folder: &str) -> Result<bool> {
        let mut gone = 0;
        for ((_, _), digest) in self.after.iter().filter(|((of, path), _)| *of == bag && path.starts_with(folder)) {
            if digest.is_some() {
                return Ok(true);
            }
            gone += 1;
        }
        // One more than those that go is one that stays.
        let held = self.catalog.some_payload_under(bag, folder, gone + 1)?;
        Ok(held.iter().any(|path| self.after.get(&(bag, path.clone())).is_none_or(Option::is_some)))
    }

    fn note(&mut self, bag: Class, path: &str, digest: Option<Sha256>) {
        self.after.insert((bag, path.to_owned()), digest);
    }

    /// Adds a staged file.
    pub(crate) fn put_staged(&mut self, bag: Class, path: &str, staged: Staged) {
        self.note(bag, path, Some(staged.sha256));
        self.changes.put(bag, path, staged);
    }

    /// Moves a file from one bag to the other.
    pub(crate) fn move_file(&mut self, from: Class, to: Class, path: &str, digest: Sha256) {
        self.note(from, path, None);
        self.note(to, path, Some(digest));
        self.changes.move_between(from, to, path);
    }

    /// Removes a file from the archive.
    pub(crate) fn remove(&mut self, bag: Class, path: &str) {
        self.note(bag, path, None);
        self.changes.remove(bag, path);
    }

    /// Writes the bags' own descriptions anew even if nothing else changes.
    ///
    /// # Errors
    /// Those of the catalog.
    pub(crate) fn recount(&mut self) -> Result<()> {
        self.recounts = true;
        self.changes.recount();
        let archive = self.target.archive;
        self.catalog.each_blob(|digest, held| {
            let path = layout::media_path(&digest, &held.extension);
            for bag in [Class::Public, Class::Private] {
                if archive.size(bag, &path) != Some(held.bytes) && self.catalog.payload(bag, &path)?.is_some() {
                    self.changes.state_size(bag, &path, held.bytes);
                }
            }
            Ok(())
        })
    }

    /// Reports whether there are enough changes for a round.
    pub(crate) fn is_full(&self) -> bool {
        self.after.len() >= ROUND
    }

    /// Reports whether no round was committed yet.
    pub(crate) fn is_first(&self) -> bool {
        !self.committed
    }

    /// Commits the changes collected so far. The catalog is made durable with them, so that a run killed between two
    /// rounds continues after the first. Both bags are valid after each round.
    pub(crate) fn round(&mut self) -> Result<()> {
        // Tables and gaps follow with the last round: until then the archive says that they are of before.
        self.put(Class::Private, layout::UNFINISHED, SIGN)?;
        self.carry_out()?;
        self.catalog.commit_so_far()
    }

    /// Commits the remaining changes; `true` if this or an earlier round changed the archive.
    pub(crate) fn finish(mut self) -> Result<bool> {
        if !self.after.is_empty() || self.recounts {
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
