//! Makes a set of changes to both bags durable atomically, with a journalled commit.
//!
//! New manifests and tag files are written next to a list of moves ([`super::journal`]); then `COMMITTING.txt` appears
//! at the root, every file is renamed into its place, `SHA256SUMS` last, and the note is removed. A run that is killed
//! at any point leaves either the old archive or one that [`finish_pending`] completes to exactly the new one. A commit
//! without changes writes nothing.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::bagit::{
    BagDescription, DECLARATION, Oxum, bag_info, manifest_line, merge_manifest, payload_path, read_manifest,
    stated_oxum,
};
use super::bags::Obstacle;
use super::folder::{check_way, is_blocked, remove_folder};
use super::journal::{JOURNAL, Journal, Step, folder, for_people, inside};
use crate::error::{Error, Kind, Result};
use crate::model::names::{check_payload_path, collision_key};
use crate::model::{Class, Sha256, layout};
use crate::platform;
use crate::progress::Task;
use crate::store::stage::hash_file;
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

/// The change of one path of a bag.
enum Fate {
    Put(Staged),
    Arrive { from: String, sha256: Sha256 },
    Leave,
}

struct BagPlan {
    class: Class,
    /// Changes by path under the bag (`data/…`).
    fates: BTreeMap<String, Fate>,
    /// Digests in the old manifest of the paths in `fates`.
    old: HashMap<String, Sha256>,
    oxum: Oxum,
    fresh: bool,
    /// Whether sizes are counted from the files instead of from what the bag states.
    recount: bool,
}

impl BagPlan {
    fn is_unchanged(&self) -> bool {
        self.fates.is_empty() && !self.fresh && !self.recount
    }
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

/// Groups the changes by bag, drops those without effect, checks names and sums sizes.
fn plan(root: &Path, changes: Changes) -> Result<Vec<BagPlan>> {
    let (recount, sizes) = (changes.recount, changes.sizes);
    let mut fates: BTreeMap<(Class, String), Fate> = BTreeMap::new();
    for (class, path) in changes.remove {
        fates.insert((class, payload_path(&path)), Fate::Leave);
    }
    for (from, path, to, new_path) in changes.relocate {
        if (from, &path) == (to, &new_path) {
            continue;
        }
        let source = payload_path(&path);
        let origin = format!("{}/{source}", layout::bag_name(from));
        check_payload_path(&new_path)?;
        fates.insert((to, payload_path(&new_path)), Fate::Arrive { from: origin, sha256: Sha256::from([0; 32]) });
        fates.entry((from, source)).or_insert(Fate::Leave);
    }
    for (class, path, staged) in changes.put {
        check_payload_path(&path)?;
        fates.insert((class, payload_path(&path)), Fate::Put(staged));
    }
    let mut bags: Vec<BagPlan> = BOTH
        .map(|class| BagPlan {
            class,
            fates: BTreeMap::new(),
            old: HashMap::new(),
            oxum: Oxum::default(),
            fresh: false,
            recount,
        })
        .into();
    for ((class, path), fate) in fates {
        if let Some(bag) = bags.iter_mut().find(|bag| bag.class == class) {
            bag.fates.insert(path, fate);
        }
    }
    let sources: HashSet<String> = bags
        .iter()
        .flat_map(|bag| bag.fates.values())
        .filter_map(|fate| match fate {
            Fate::Arrive { from, .. } => Some(from.clone()),
            _ => None,
        })
        .collect();
    let mut digests: HashMap<String, Sha256> = HashMap::new();
    for bag in &mut bags {
        look_up(root, bag, &sources, &mut digests)?;
    }
    for bag in &mut bags {
        for fate in bag.fates.values_mut() {
            if let Fate::Arrive { from, sha256 } = fate {
                *sha256 =
                    *digests.get(from).ok_or_else(|| Error::other("commit-source-missing").with("path", &*from))?;
            }
        }
        let old = std::mem::take(&mut bag.old);
        bag.fates.retain(|path, fate| match fate {
            Fate::Put(staged) => old.get(path) != Some(&staged.sha256),
            Fate::Arrive { .. } => true,
            Fate::Leave => old.contains_key(path),
        });
        bag.old = old;
        if !bag.is_unchanged() {
            if !bag.fresh {
                // What is counted anew is not taken over.
                let taken = if bag.recount { &TAKEN_OVER[..1] } else { TAKEN_OVER };
                check_bag_lists(root, bag.class, taken)?;
            }
            count(root, bag, &sizes)?;
        }
    }
    Ok(bags)
}

fn damaged(path: &Path) -> Error {
    Error::new(Kind::Findings, "archive-damaged").with("path", path.display())
}

/// What a commit takes over from the lists of a bag.
const TAKEN_OVER: &[&str] = &[layout::MANIFEST, layout::BAG_INFO];

/// Checks that the manifests of the archive at `root` are those that `SHA256SUMS` pins.
///
/// # Errors
/// `archive-damaged` names the first list that does not agree with the one above it.
pub fn check_lists(root: &Path) -> Result<()> {
    let written = BOTH.into_iter().filter(|class| layout::bag(root, *class).join(layout::TAG_MANIFEST).exists());
    written.into_iter().try_for_each(|class| check_bag_lists(root, class, &TAKEN_OVER[..1]))
}

/// Checks that the lists a commit takes over are those of the last one: a commit would make an altered digest in them the
/// right one.
fn check_bag_lists(root: &Path, class: Class, taken: &[&str]) -> Result<()> {
    let folder = layout::bag(root, class);
    let stated = |list: &Path| -> Result<BTreeMap<String, Sha256>> {
        let mut entries = BTreeMap::new();
        read_manifest(list, |path, sha256| {
            entries.insert(path.to_owned(), sha256);
            Ok(())
        })
        .map_err(|error| damaged(list).because(error))?;
        Ok(entries)
    };
    let check = |file: PathBuf, digest: Option<&Sha256>| {
        let (found, _) = hash_file(&file).map_err(|error| damaged(&file).because(error))?;
        if digest == Some(&found) { Ok(()) } else { Err(damaged(&file)) }
    };
    let sums = stated(&root.join(layout::SHA256SUMS))?;
    let tags = folder.join(layout::TAG_MANIFEST);
    check(tags.clone(), sums.get(&format!("{}/{}", layout::bag_name(class), layout::TAG_MANIFEST)))?;
    let tags = stated(&tags)?;
    taken.iter().try_for_each(|name| check(folder.join(name), tags.get(*name)))
}

/// Reads a bag's manifest once: collects the digests of the affected paths and finds names that collide with new ones.
fn look_up(
    root: &Path,
    bag: &mut BagPlan,
    sources: &HashSet<String>,
    digests: &mut HashMap<String, Sha256>,
) -> Result<()> {
    let folder = layout::bag(root, bag.class);
    let manifest = folder.join(layout::MANIFEST);
    bag.fresh = !folder.join(layout::TAG_MANIFEST).exists();
    if bag.fates.is_empty() && sources.is_empty() {
        return Ok(());
    }
    let mut keys: HashMap<String, &str> = HashMap::new();
    let leaves = |path: &str| matches!(bag.fates.get(path), Some(Fate::Leave));
    for (path, fate) in &bag.fates {
        if !matches!(fate, Fate::Leave)
            && let Some(other) = keys.insert(collision_key(path), path)
        {
            return Err(Error::other("payload-path-collides").with("path", path).with("other", other));
        }
    }
    let name = layout::bag_name(bag.class);
    let mut collisions = CollisionKeys::default();
    read_manifest(&manifest, |path, sha256| {
        let known = bag.fates.contains_key(path);
        if known {
            bag.old.insert(path.to_owned(), sha256);
        }
        if !sources.is_empty() {
            let full = format!("{name}/{path}");
            if sources.contains(&full) {
                digests.insert(full, sha256);
            }
        }
        if let Some(new) = keys.get(collisions.of(path))
            && *new != path
            && !leaves(path)
        {
            return Err(Error::other("payload-path-collides").with("path", new).with("other", path));
        }
        Ok(())
    })
}

/// A generator of collision keys for paths in order; the key of a folder is reused for the next path in it.
#[derive(Default)]
struct CollisionKeys {
    folder: String,
    /// Key of the folder, then of the path.
    key: String,
    folder_key: usize,
}

impl CollisionKeys {
    fn of(&mut self, path: &str) -> &str {
        // Every path has at least the folder `data/`.
        let (folder, name) = path.split_at(path.rfind('/').map_or(0, |slash| slash + 1));
        if self.folder != folder {
            folder.clone_into(&mut self.folder);
            self.key = collision_key(folder);
            self.folder_key = self.key.len();
        }
        self.key.truncate(self.folder_key);
        self.key.push_str(&collision_key(name));
        &self.key
    }
}

/// Computes the number and bytes of the payload's files after the changes.
fn count(root: &Path, bag: &mut BagPlan, sizes: &BTreeMap<String, u64>) -> Result<()> {
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
    super::folder::size(path).map_err(|error| Error::disk("commit-failed", path.display(), error))
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

/// A builder of the new files and the list of moves, in `.liudi/commit.new`.
struct Builder<'a> {
    root: &'a Path,
    folder: PathBuf,
    steps: Vec<Step>,
    tags: Vec<Step>,
    /// Digests of the tag manifests that this commit writes.
    anchors: BTreeMap<String, Sha256>,
    numbered: u64,
}

impl<'a> Builder<'a> {
    fn new(root: &'a Path) -> Result<Self> {
        let folder = root.join(layout::WORK).join("commit.new");
        platform::create_private_folder(&folder)
            .map_err(|error| Error::disk("commit-failed", folder.display(), error))?;
        Ok(Self { root, folder, steps: Vec::new(), tags: Vec::new(), anchors: BTreeMap::new(), numbered: 0 })
    }

    fn failed(&self, error: std::io::Error) -> Error {
        Error::disk("commit-failed", self.folder.display(), error)
    }

    /// Lists the payload moves: those between the bags first, then new files, then removals.
    fn payload(&mut self, bags: &mut [BagPlan], done: &mut Committed) -> Result<()> {
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
    fn tag_files(&mut self, bag: &BagPlan, description: &BagDescription) -> Result<()> {
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
    fn sums(&mut self) -> Result<()> {
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
    fn check_places(&self) -> Result<()> {
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
    fn seal(mut self) -> Result<Journal> {
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

#[cfg(test)]
mod tests;
