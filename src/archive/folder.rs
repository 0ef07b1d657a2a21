//! Reads and writes bags in a local folder. A pending commit counts as done: files it has not moved yet are read from
//! where they wait, and files it removes are treated as gone.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use walkdir::DirEntry;

use super::bagit::BagDescription;
use super::bags::{Bags, Listed, Obstacle, Reader};
use super::commit::{self, Changes, Committed};
use super::journal::{Journal, Step, inside, is_private};
use crate::error::{Error, Kind, Result};
use crate::model::{Class, Sha256, layout};
use crate::platform;
use crate::store::{BagsLock, Stage};
use crate::work::Work;

/// The folder of an archive, or of a single bag.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    pending: bool,
    /// Current paths of a pending commit's files, by target path.
    waiting: HashMap<String, String>,
    /// Files that the pending commit removes.
    leaving: HashSet<String>,
    /// The lock of a reader.
    reading: Option<BagsLock>,
}

impl Folder {
    /// Opens the archive at `root`; `reading` keeps its files in place.
    ///
    /// # Errors
    /// `commit-journal-broken`.
    pub(super) fn open(root: &Path, reading: Option<BagsLock>) -> Result<Self> {
        let mut folder = Self { reading, ..Self::plain(root) };
        let Some(journal) = Journal::pending(root)? else { return Ok(folder) };
        folder.pending = true;
        for step in journal.steps {
            match step {
                Step::Rename { from, to, .. } => {
                    folder.leaving.insert(from.clone());
                    folder.waiting.insert(to, from);
                }
                Step::Remove { path } => drop(folder.leaving.insert(path)),
            }
        }
        folder.leaving.retain(|path| !folder.waiting.contains_key(path));
        Ok(folder)
    }

    /// Opens `root` as a plain folder, without looking for a pending commit.
    pub(super) fn plain(root: &Path) -> Self {
        Self { root: root.to_owned(), pending: false, waiting: HashMap::new(), leaving: HashSet::new(), reading: None }
    }

    /// Reports whether a commit is pending.
    pub(super) fn is_pending(&self) -> bool {
        self.pending
    }

    /// Returns the current path of a file; `None` if the pending commit removes it.
    pub(super) fn locate(&self, path: &str) -> Option<PathBuf> {
        if self.leaving.contains(path) {
            return None;
        }
        let waiting = self.waiting.get(path).map(|from| inside(&self.root, from));
        Some(waiting.filter(|path| path.exists()).unwrap_or_else(|| inside(&self.root, path)))
    }
}

impl Folder {
    /// Visits a file of the pending commit, whether moved yet or not.
    fn visit_waiting(&self, path: &str, visit: &mut dyn FnMut(&str, Listed)) {
        if let Some(bytes) = self.size(path) {
            visit(path, Listed::File(bytes));
        }
    }
}

/// Code of the finding for what stands in the place of a folder of the archive and is none: a link, a device, a file.
pub(super) const DISPLACED: &str = "folder-displaced";

/// Returns the bags and their payload folders in whose places something else stands. Nothing is written where a link leads.
pub(super) fn displaced(root: &Path) -> Vec<String> {
    let bags = [Class::Public, Class::Private].map(layout::bag_name);
    let folders = bags.into_iter().flat_map(|bag| [bag.to_owned(), format!("{bag}/{}", layout::DATA)]);
    folders.filter(|folder| is_displaced(&inside(root, folder))).collect()
}

/// Returns what somebody put into the bags beside their files, sorted: BagIt allows it, no list names it and nothing reads it.
pub(super) fn strangers(root: &Path) -> Vec<String> {
    let own = [layout::DATA, layout::BAGIT, layout::BAG_INFO, layout::MANIFEST, layout::TAG_MANIFEST];
    let mut strangers = Vec::new();
    for class in [Class::Public, Class::Private] {
        let entries = fs::read_dir(layout::bag(root, class)).into_iter().flatten().filter_map(std::result::Result::ok);
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let bag = layout::bag_name(class);
        strangers.extend(names.filter(|name| !own.contains(&name.as_str())).map(|name| format!("{bag}/{name}")));
    }
    strangers.sort();
    strangers
}

/// Checks that the bags and their payload folders at `root` are folders, or are not there yet.
///
/// # Errors
/// `archive-folder-displaced`.
pub fn check_frame(root: &Path) -> Result<()> {
    displaced(root).first().map_or(Ok(()), |folder| Err(displaced_error(&inside(root, folder))))
}

/// Checks that every folder above the file at `path` is a folder, or is not there yet.
///
/// # Errors
/// `archive-folder-displaced`.
pub(super) fn check_way(root: &Path, path: &str) -> Result<()> {
    let displaced = folders_of(root, path).find(|folder| is_displaced(folder));
    displaced.map_or(Ok(()), |folder| Err(displaced_error(&folder)))
}

fn displaced_error(folder: &Path) -> Error {
    Error::damaged("archive-folder-displaced").with("path", folder.display())
}

fn is_displaced(folder: &Path) -> bool {
    folder.symlink_metadata().is_ok_and(|there| !there.is_dir())
}

/// Returns the folders of a file, from that of its bag on.
fn folders_of<'a>(root: &'a Path, path: &'a str) -> impl Iterator<Item = PathBuf> + 'a {
    path.match_indices('/').map(|(end, _)| inside(root, &path[..end]))
}

/// Removes the empty folder that stands in the place of a file.
pub(super) fn remove_folder(target: &Path) -> io::Result<()> {
    if Obstacle::at(target) == Some(Obstacle::Folder) { fs::remove_dir(target) } else { Ok(()) }
}

/// Removes links and devices in the places of the folders of a file.
pub(super) fn unlink_folders(root: &Path, path: &str) -> io::Result<()> {
    for folder in folders_of(root, path) {
        if Obstacle::at(&folder) == Some(Obstacle::Special) {
            // Where a link to a folder is a folder itself.
            platform::remove_file(&folder).or_else(|error| fs::remove_dir(&folder).map_err(|_| error))?;
        }
    }
    Ok(())
}

/// Reports whether a folder that is not empty stands in the place of a file.
pub(super) fn is_blocked(target: &Path) -> bool {
    Obstacle::at(target) == Some(Obstacle::Folder)
        && !fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none())
}

/// Compares two names of a folder so that whole paths come sorted: a folder's name sorts as if it ended in `/`.
fn in_order(a: &DirEntry, b: &DirEntry) -> Ordering {
    let (x, y) = (a.file_name().as_encoded_bytes(), b.file_name().as_encoded_bytes());
    let both = x.len().min(y.len());
    let next = |name: &[u8], entry: &DirEntry| name.get(both).copied().or(entry.file_type().is_dir().then_some(b'/'));
    x[..both].cmp(&y[..both]).then_with(|| next(x, a).cmp(&next(y, b)))
}

/// Returns the size of a file; `None` if it is lost, or a link is in its place. One that cannot be looked at is not lost,
/// only out of reach for now.
pub(super) fn size(path: &Path) -> io::Result<Option<u64>> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(metadata.is_file().then_some(metadata.len())),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Bags for Folder {
    fn read(&self, path: &str) -> io::Result<Option<Box<dyn Reader>>> {
        let Some(path) = self.locate(path) else { return Ok(None) };
        if let Some(obstacle) = Obstacle::at(&path) {
            return Err(obstacle.error());
        }
        match platform::open_file(path) {
            Ok(file) => Ok(Some(Box::new(file))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn list(&self, folder: &str, deep: bool, visit: &mut dyn FnMut(&str, Listed)) {
        let begin = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let depth = if deep { usize::MAX } else { 1 };
        let below = |path: &str| path.strip_prefix(&begin).is_some_and(|inner| deep || !inner.contains('/'));
        let mut waiting: Vec<&String> = self.waiting.keys().filter(|path| below(path)).collect();
        waiting.sort_unstable();
        let mut waiting = waiting.into_iter().peekable();
        let walk = walkdir::WalkDir::new(inside(&self.root, folder)).max_depth(depth).follow_links(false);
        for entry in walk.sort_by(in_order) {
            let shown = |path: &Path| platform::slashed(path.strip_prefix(&self.root).unwrap_or(path));
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().map_or_else(|| folder.to_owned(), shown);
                    visit(&path, Listed::Unreadable(error.into()));
                    continue;
                }
            };
            if entry.file_type().is_dir() {
                continue;
            }
            let path = shown(entry.path());
            while let Some(path) = waiting.next_if(|waiting| **waiting <= path) {
                self.visit_waiting(path, visit);
            }
            if self.leaving.contains(&path) || self.waiting.contains_key(&path) {
                continue;
            }
            let listed = match entry.metadata() {
                // The folder around it may be called anything.
                _ if entry.path().strip_prefix(&self.root).is_ok_and(|path| path.to_str().is_none()) => {
                    Listed::Nameless
                }
                Ok(metadata) if entry.file_type().is_file() => Listed::File(metadata.len()),
                _ => Listed::Special,
            };
            visit(&path, listed);
        }
        waiting.for_each(|path| self.visit_waiting(path, visit));
    }

    fn commit(
        &self,
        stage: &Stage,
        changes: Changes,
        description: &BagDescription,
        expected_head: &str,
        work: &Work<'_>,
    ) -> Result<Committed> {
        if self.reading.is_some() {
            // The commit would wait for its own reader lock.
            return Err(Error::new(Kind::Lock, "archive-in-use").with("path", self.root.display()));
        }
        if commit::manifests_digest(&self.root)? != expected_head {
            return Err(Error::other("archive-changed").with("path", self.root.display()));
        }
        commit::commit(&self.root, stage, changes, description, work)
    }

    fn restore(&self, stage: &Stage, path: &str, digest: &Sha256, last: bool) -> Result<()> {
        let target = inside(&self.root, path);
        let failed = |error| Error::disk("restore-failed", target.display(), error);
        let folder = target.parent().unwrap_or(&self.root);
        stage.sync_batch()?;
        let mut source = stage.path_of(digest);
        if !last {
            let copy = stage.temporary_path();
            platform::clone_file(&source, &copy).and_then(|()| platform::sync_file(&copy)).map_err(failed)?;
            source = copy;
        }
        let _alone = BagsLock::take(&self.root, || ())?;
        check_way(&self.root, path)?;
        remove_folder(&target).map_err(failed)?;
        if is_private(path) { platform::create_private_folder(folder) } else { fs::create_dir_all(folder) }
            .map_err(failed)?;
        platform::rename(source, &target).map_err(failed)?;
        platform::set_private(&target, is_private(path)).map_err(failed)?;
        platform::sync_folder(folder).map_err(failed)
    }

    fn clear_way(&self, path: &str) -> io::Result<()> {
        unlink_folders(&self.root, path)
    }

    fn measure(&self, path: &str) -> io::Result<Option<u64>> {
        self.locate(path).map_or(Ok(None), |path| size(&path))
    }

    fn obstacle(&self, path: &str) -> Option<Obstacle> {
        Obstacle::at(&self.locate(path)?)
    }

    fn link(&self, path: &str, target: &Path) -> io::Result<()> {
        fs::hard_link(self.locate(path).ok_or(ErrorKind::NotFound)?, target)
    }

    fn share(&self, path: &str, target: &Path) -> io::Result<bool> {
        platform::share_blocks(&self.locate(path).ok_or(ErrorKind::NotFound)?, target)
    }
}
