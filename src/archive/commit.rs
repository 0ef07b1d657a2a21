//! Makes a set of changes to both bags durable atomically, with a journalled commit.
//!
//! New manifests and tag files are written next to a list of moves ([`super::journal`]); then `COMMITTING.txt` appears
//! at the root, every file is renamed into its place, `SHA256SUMS` last, and the note is removed. A run that is killed
//! at any point leaves either the old archive or one that [`finish_pending`] completes to exactly the new one. A commit
//! without changes writes nothing.

mod builder;
mod count;
mod pinned;
mod plan;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use self::builder::Builder;
pub use self::pinned::{check_lists, check_tags};
use self::plan::{BagPlan, Fate, plan};
use super::bagit::{BagDescription, payload_path};
use super::bags::Obstacle;
use super::journal::Journal;
use crate::error::{Error, Result};
use crate::model::{Class, Sha256, layout};
use crate::platform;
use crate::progress::Task;
use crate::store::{BagsLock, Stage, Staged};
use crate::work::Work;

/// Instructions for reading and checking an archive without liudi.
pub(super) const README: &str = include_str!("../../templates/archive/README.txt");
/// Code for a folder in the place of a file that a commit writes.
pub const BLOCKED: &str = "commit-blocked";
const BOTH: [Class; 2] = [Class::Public, Class::Private];

/// The changes that a commit makes. Paths are relative to a bag's `data/`. The last change of a path wins, except that
/// a path that is put or is the target of a move is never removed.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    put: Vec<(Class, String, Staged)>,
    relocate: Vec<(Class, String, Class, String)>,
    remove: Vec<(Class, String)>,
    recount: bool,
    /// Sizes of lost files, as far as they are known.
    sizes: BTreeMap<String, u64>,
}

impl Changes {
    /// Adds or replaces a file, unless it is already there with the same digest. The same staged file may be put in
    /// several places.
    pub fn put(&mut self, bag: Class, path: &str, staged: Staged) {
        self.put.push((bag, path.to_owned(), staged));
    }

    /// Moves a file to the other bag under the same name.
    pub fn move_between(&mut self, from: Class, to: Class, path: &str) {
        self.relocate(from, path, to, path);
    }

    /// Moves a file to another bag or another name.
    pub fn relocate(&mut self, from: Class, path: &str, to: Class, new_path: &str) {
        self.relocate.push((from, path.to_owned(), to, new_path.to_owned()));
    }

    /// Writes what the bags say of themselves anew, with the sizes that their files have now, even if nothing else changes.
    pub fn recount(&mut self) {
        self.recount = true;
    }

    /// Says what size a lost file has, for when it is counted.
    pub fn state_size(&mut self, bag: Class, path: &str, bytes: u64) {
        self.sizes.insert(format!("{}/{}", layout::bag_name(bag), payload_path(path)), bytes);
    }

    /// Removes a file, if it exists.
    pub fn remove(&mut self, bag: Class, path: &str) {
        self.remove.push((bag, path.to_owned()));
    }
}

/// The result of a commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// Whether a byte changed.
    pub changed: bool,
    /// Number of files put.
    pub put: u64,
    /// Number of files moved.
    pub relocated: u64,
    /// Number of files removed.
    pub removed: u64,
    /// Number of bytes put.
    pub bytes: u64,
}

/// Applies `changes` to the bags at `root`, after finishing a pending commit. Every staged file is synced before the
/// first move; files that an earlier run staged are read back and hashed. Cancellation takes effect only before the
/// list of moves is durable.
pub fn commit(
    root: &Path,
    stage: &Stage,
    changes: Changes,
    description: &BagDescription,
    work: &Work<'_>,
) -> Result<Committed> {
    finish_pending(root)?;
    stage.sync_batch()?;
    let mut bags = plan(root, changes)?;
    if bags.iter().all(BagPlan::is_unchanged) {
        return Ok(Committed::default());
    }
    let step = work.progress.start(Task::Commit, Some(bags.iter().map(|bag| bag.fates.len() as u64).sum()));
    read_back(stage, &bags, work)?;
    let mut builder = Builder::new(root)?;
    let mut done = Committed { changed: true, ..Committed::default() };
    builder.payload(&mut bags, &mut done)?;
    for bag in &bags {
        builder.tag_files(bag, description)?;
    }
    builder.sums()?;
    work.check()?;
    builder.check_places()?;
    let journal = builder.seal()?;
    // From here on, new readers see the archive as the commit will leave it; earlier readers must finish first.
    let mut waiting = None;
    let waits = || waiting.get_or_insert_with(|| work.progress.start(Task::Readers, None)).message("");
    let _alone = BagsLock::take(root, waits)?;
    drop(waiting);
    journal.apply(root, false)?;
    step.advance(journal.steps.len() as u64);
    Ok(done)
}

/// Finishes the commit that an interrupted run left and returns whether there was one. Every command that writes calls
/// it first, holding the lock; it may itself be interrupted and called again.
pub fn finish_pending(root: &Path) -> Result<bool> {
    let Some(journal) = Journal::pending(root)? else {
        // A list that was never completed, or one whose commit ended before it was removed.
        for leftover in ["commit.new", "commit.done"] {
            let path = root.join(layout::WORK).join(leftover);
            if path.exists() {
                platform::remove_folder(&path).map_err(|error| Error::disk("commit-failed", path.display(), error))?;
            }
        }
        return Ok(false);
    };
    let _alone = BagsLock::take(root, || ())?;
    journal.apply(root, true)?;
    Ok(true)
}

/// Returns a digest of `SHA256SUMS`, which pins every byte of both bags and so shows whether they have changed. Empty
/// if there is no archive yet.
pub fn manifests_digest(root: &Path) -> Result<String> {
    let path = root.join(layout::SHA256SUMS);
    match platform::read(&path) {
        Ok(bytes) => Ok(Sha256::of(&bytes).hex()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        // Nothing is known of an archive in which something else stands in its place.
        Err(_) if Obstacle::at(&path).is_some() => Ok(String::new()),
        Err(error) => Err(Error::disk("manifest-unreadable", path.display(), error)),
    }
}

/// Reads back and hashes the files that an earlier run staged, on all cores: they may be days old, and this run never
/// saw their bytes.
fn read_back(stage: &Stage, bags: &[BagPlan], work: &Work<'_>) -> Result<()> {
    let staged: Vec<&Staged> = bags
        .iter()
        .flat_map(|bag| bag.fates.values())
        .filter_map(|fate| match fate {
            Fate::Put(staged) if stage.is_inherited(&staged.sha256) => Some(staged),
            _ => None,
        })
        .collect();
    work.pool.each(&staged, |staged| {
        work.check()?;
        stage.read_back(staged)
    })
}

#[cfg(test)]
mod tests;
