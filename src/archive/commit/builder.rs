//! Builds what a commit needs before its first move: the new lists and tag files, and the list of moves.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::pinned::damaged;
use super::plan::{BagPlan, Fate};
use super::{BLOCKED, Committed, README};
use crate::archive::bagit::{BagDescription, DECLARATION, bag_info, manifest_line, merge_manifest};
use crate::archive::folder::{check_way, is_blocked, remove_folder};
use crate::archive::journal::{JOURNAL, Journal, Step, folder, for_people, inside};
use crate::error::{Error, Result};
use crate::model::{Sha256, layout};
use crate::platform;
use crate::store::stage::hash_file;

/// A builder of the new files and the list of moves, in `.liudi/commit.new`.
pub(super) struct Builder<'a> {
    root: &'a Path,
    folder: PathBuf,
    steps: Vec<Step>,
    tags: Vec<Step>,
    /// Digests of the tag manifests that this commit writes.
    anchors: BTreeMap<String, Sha256>,
    numbered: u64,
}

impl<'a> Builder<'a> {
    pub(super) fn new(root: &'a Path) -> Result<Self> {
        let folder = root.join(layout::WORK).join("commit.new");
        platform::create_private_folder(&folder)
            .map_err(|error| Error::disk("commit-failed", folder.display(), error))?;
        Ok(Self { root, folder, steps: Vec::new(), tags: Vec::new(), anchors: BTreeMap::new(), numbered: 0 })
    }

    fn failed(&self, error: std::io::Error) -> Error {
        Error::disk("commit-failed", self.folder.display(), error)
    }

    /// Lists the payload moves: those between the bags first, then new files, then removals.
    pub(super) fn payload(&mut self, bags: &mut [BagPlan], done: &mut Committed) -> Result<()> {
        let targets: HashSet<String> = bags
            .iter()
            .flat_map(|bag| {
                let name = layout::bag_name(bag.class);
                bag.fates
                    .iter()
                    .filter(|(_, fate)| !matches!(fate, Fate::Leave))
                    .map(move |(path, _)| format!("{name}/{path}"))
            })
            .collect();
        let mut moved: HashSet<String> = HashSet::new();
        let mut puts = Vec::new();
        let mut used: HashSet<Sha256> = HashSet::new();
        for bag in bags.iter() {
            let name = layout::bag_name(bag.class);
            for (path, fate) in &bag.fates {
                let to = format!("{name}/{path}");
                match fate {
                    Fate::Arrive { from, sha256 } => {
                        let source = inside(self.root, from);
                        let bytes = fs::metadata(&source).map_err(|error| damaged(&source).because(error))?.len();
                        // A source that is also a target, or has two targets, is copied first: otherwise the order of
                        // moves would matter, and a commit must be repeatable at every point.
                        let from = if targets.contains(from) || !moved.insert(from.clone()) {
                            self.copy(&source)?
                        } else {
                            from.clone()
                        };
                        self.steps.push(Step::Rename { from, to, sha256: *sha256, bytes });
                        done.relocated += 1;
                    }
                    Fate::Put(staged) => {
                        let from = if used.insert(staged.sha256) {
                            format!("{}/{}/{}", layout::WORK, layout::STAGE, staged.sha256.hex())
                        } else {
                            self.copy(&staged.path)?
                        };
                        puts.push(Step::Rename { from, to, sha256: staged.sha256, bytes: staged.bytes });
                        done.put += 1;
                        done.bytes += staged.bytes;
                    }
                    Fate::Leave => {}
                }
            }
        }
        self.steps.append(&mut puts);
        for bag in bags.iter() {
            let name = layout::bag_name(bag.class);
            for (path, fate) in &bag.fates {
                let path = format!("{name}/{path}");
                if matches!(fate, Fate::Leave) && !moved.contains(&path) {
                    self.steps.push(Step::Remove { path });
                    done.removed += 1;
                }
            }
        }
        Ok(())
    }

    /// Copies a file into the commit's folder and returns the path it will have there.
    fn copy(&mut self, source: &Path) -> Result<String> {
        self.numbered += 1;
        let name = self.numbered.to_string();
        let target = self.folder.join(&name);
        // A run that was killed during preparation may have left it.
        let _ = platform::remove_file(&target);
        platform::clone_file(source, &target)
            .and_then(|()| platform::sync_file(&target))
            .map_err(|error| self.failed(error))?;
        Ok(waiting(&name))
    }

    /// Writes the manifest, `bagit.txt`, `bag-info.txt` and tag manifest of a bag that changes.
    pub(super) fn tag_files(&mut self, bag: &BagPlan, description: &BagDescription) -> Result<()> {
        let folder = layout::bag(self.root, bag.class);
        let name = layout::bag_name(bag.class);
        let anchor = format!("{name}/{}", layout::TAG_MANIFEST);
        if bag.is_unchanged() {
            let path = folder.join(layout::TAG_MANIFEST);
            let (sha256, _) = hash_file(&path).map_err(|error| damaged(&path).because(error))?;
            self.anchors.insert(anchor, sha256);
            return Ok(());
        }
        let changes: BTreeMap<String, Option<Sha256>> = bag
            .fates
            .iter()
            .map(|(path, fate)| {
                let sha256 = match fate {
                    Fate::Put(staged) => Some(staged.sha256),
                    Fate::Arrive { sha256, .. } => Some(*sha256),
                    Fate::Leave => None,
                };
                (path.clone(), sha256)
            })
            .collect();
        let old = folder.join(layout::MANIFEST);
        let manifest = self.write(name, layout::MANIFEST, |out| merge_manifest(&old, &changes, out))?;
        let texts =
            [(layout::BAG_INFO, bag_info(description, bag.class, bag.oxum)), (layout::BAGIT, DECLARATION.to_owned())];
        let mut tags = String::new();
        for (file, text) in texts {
            let sha256 = self.write(name, file, |out| write_all(out, text.as_bytes()))?;
            tags.push_str(&manifest_line(&sha256, file));
        }
        tags.push_str(&manifest_line(&manifest, layout::MANIFEST));
        let sha256 = self.write(name, layout::TAG_MANIFEST, |out| write_all(out, tags.as_bytes()))?;
        self.anchors.insert(anchor, sha256);
        Ok(())
    }

    /// Writes `README.txt` and `SHA256SUMS`.
    pub(super) fn sums(&mut self) -> Result<()> {
        let readme = for_people(README);
        let sha256 = self.write("", layout::README, |out| write_all(out, &readme))?;
        self.anchors.insert(layout::README.to_owned(), sha256);
        let text: String = self.anchors.iter().map(|(path, sha256)| manifest_line(sha256, path)).collect();
        self.write("", layout::SHA256SUMS, |out| write_all(out, text.as_bytes()))?;
        Ok(())
    }

    /// Writes one new file durably and adds its move.
    fn write(
        &mut self,
        bag: &str,
        file: &str,
        fill: impl FnOnce(&mut dyn std::io::Write) -> Result<()>,
    ) -> Result<Sha256> {
        let (name, to) = if bag.is_empty() {
            (file.to_owned(), file.to_owned())
        } else {
            (format!("{bag}-{file}"), format!("{bag}/{file}"))
        };
        let path = self.folder.join(&name);
        let _ = platform::remove_file(&path);
        let new = platform::create_new(&path, true).map_err(|error| self.failed(error))?;
        let mut out = Counted { file: BufWriter::with_capacity(256 * 1024, new), hasher: crate::model::Hasher::new() };
        fill(&mut out)?;
        let bytes = out.hasher.bytes();
        let sha256 = out.hasher.finish();
        out.file
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)
            .and_then(|file| platform::sync_open_file(&file))
            .map_err(|error| self.failed(error))?;
        self.tags.push(Step::Rename { from: waiting(&name), to, sha256, bytes });
        Ok(sha256)
    }

    /// Checks that no folder stands where a file goes, and no link where a folder is: a commit that cannot be completed is not begun.
    pub(super) fn check_places(&self) -> Result<()> {
        let mut last = None;
        for step in self.steps.iter().chain(&self.tags) {
            let Step::Rename { to, .. } = step else { continue };
            let target = inside(self.root, to);
            let failed = |error| Error::disk("commit-failed", target.display(), error);
            if is_blocked(&target) {
                return Err(Error::damaged(BLOCKED).with("path", target.display()));
            }
            remove_folder(&target).map_err(failed)?;
            // Most files share their folder with the one before them.
            let folder = to.rsplit_once('/').map(|(folder, _)| folder);
            if last != Some(folder) {
                check_way(self.root, to)?;
                last = Some(folder);
            }
        }
        Ok(())
    }

    /// Makes the list durable and gives the folder its name: from here on the commit is certain to complete.
    pub(super) fn seal(mut self) -> Result<Journal> {
        self.steps.append(&mut self.tags);
        let journal = Journal { steps: std::mem::take(&mut self.steps) };
        let write = || {
            let path = self.folder.join(JOURNAL);
            let _ = platform::remove_file(&path);
            let mut file = platform::create_new(&path, true)?;
            file.write_all(journal.to_text().as_bytes())?;
            platform::sync_open_file(&file)?;
            platform::sync_folder(&self.folder)?;
            platform::rename(&self.folder, folder(self.root))?;
            platform::sync_folder(&self.root.join(layout::WORK))
        };
        write().map_err(|error| self.failed(error))?;
        Ok(journal)
    }
}

/// Returns the path of a file in the commit's folder while the commit is pending.
fn waiting(name: &str) -> String {
    format!("{}/{}/{name}", layout::WORK, layout::COMMIT)
}

fn write_all(out: &mut dyn std::io::Write, bytes: &[u8]) -> Result<()> {
    out.write_all(bytes).map_err(|error| Error::disk("commit-failed", layout::WORK, error))
}

/// A file with the digest of the bytes written to it.
struct Counted {
    file: BufWriter<File>,
    hasher: crate::model::Hasher,
}

impl std::io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
