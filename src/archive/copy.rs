//! Copies an archive into another folder, file by file, each compared with its digest while it is read. A copy that was
//! broken off goes on where it was; until the end a note keeps everybody from taking it for an archive.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::bagit::Entries;
use super::bags::{Obstacle, Reader};
use super::folder::{check_frame, check_way};
use super::handle::{Archive, in_bag, place};
use super::journal::{for_people, inside, is_private};
use super::lists::names;
use super::scratch::{Codes, Scratch};
use crate::error::{Error, Kind, Result};
use crate::model::{Class, Hasher, PIECE, Problem, Sha256, StoreAddress, layout};
use crate::platform;
use crate::progress::Task;
use crate::store::stage::hash_file;
use crate::work::Work;

/// What the note says in the folder of an unfinished copy.
const NOTE: &str = include_str!("../../templates/archive/COPYING.txt");
/// Folder for half-written files in an unfinished copy.
const PARTS: &str = ".copying";
const CODES: Codes = Codes { in_use: "copy-in-use", failed: "copy-failed" };
/// Number and bytes of files that are made durable together.
const BATCH: (usize, u64) = (512, 256 * 1024 * 1024);

/// What a copy did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Number of files that were copied.
    pub files: u64,
    /// Number of bytes that were copied.
    pub bytes: u64,
    /// Number of files that were there already, as they should be.
    pub kept: u64,
    /// Number of files of an earlier state that were removed.
    pub removed: u64,
    /// Files of the original that are damaged, and so are not in the copy.
    pub damaged: Vec<Problem>,
}

/// Copies an open archive into `target`, which is new, empty, or an earlier copy. If the original is damaged, the copy has
/// everything else and stays marked as unfinished.
///
/// A file that is right in the copy is neither read nor needed in the original. With `checked` those that the copy lists
/// were read just now.
///
/// # Errors
/// `copy-in-use`, `copy-failed`, `copy-no-room`, `archive-folder-displaced`, `interrupted`.
pub fn copy(archive: &Archive, target: &Path, checked: bool, work: &Work<'_>) -> Result<Copied> {
    check_frame(target)?;
    let mut total = 0;
    let mut missing = 0;
    for class in [Class::Public, Class::Private] {
        archive.each(class, |path, _| {
            let bytes = archive.size(class, path).unwrap_or(0);
            let held = fs::metadata(inside(target, &place(class, path))).map_or(0, |file| file.len());
            total += bytes;
            missing += if held == bytes { 0 } else { bytes };
            Ok(())
        })?;
    }
    // Before anything is written: a note in a new folder would tell of a copy that was never begun.
    let disk = target.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    if platform::free_bytes(disk).is_some_and(|free| free < missing) {
        let error = Error::new(Kind::Disk, "copy-no-room").with("path", target.display()).with("size", missing);
        return Err(error);
    }
    let mut copy = Copy::begin(target)?;
    let step = work.progress.start(Task::Copy, Some(total));
    let mut done = Copied::default();
    for class in [Class::Public, Class::Private] {
        let mut before = Listed::open(&layout::bag(target, class).join(layout::MANIFEST));
        archive.each(class, |path, digest| {
            work.check()?;
            let to = place(class, path);
            let bytes = archive.size(class, path).unwrap_or(0);
            let listed = before.pass(&in_bag(path));
            if checked && listed == Some(digest) || copy.has(&to, &digest) {
                done.kept += 1;
            } else {
                match copy.add(&to, archive, Some(digest)) {
                    Ok(()) => {
                        done.files += 1;
                        done.bytes += bytes;
                    }
                    Err(Failed::Original(problem)) => done.damaged.push(problem),
                    Err(Failed::Copy(error)) => return Err(error),
                }
            }
            step.advance(bytes);
            Ok(())
        })?;
        for (path, _) in before.end() {
            copy.remove(&format!("{}/{path}", layout::bag_name(class)))?;
            done.removed += 1;
        }
    }
    for path in tag_files(archive) {
        work.check()?;
        match copy.add(&path, archive, None) {
            Ok(()) => {}
            Err(Failed::Original(problem)) => done.damaged.push(problem),
            Err(Failed::Copy(error)) => return Err(error),
        }
    }
    copy.settle()?;
    if let Some(error) = archive.failure() {
        return Err(error);
    }
    if done.damaged.is_empty() {
        copy.finish()?;
    }
    Ok(done)
}

/// Returns the files that an earlier copy in `target` lists and `archive` does not, under any name: of those that somebody
/// gave, which no run makes again. Records, which are written anew, are not among them.
///
/// # Errors
/// Those of reading the lists of `archive`.
pub fn only_in_copy(archive: &Archive, target: &Path) -> Result<Vec<String>> {
    let mut gone: BTreeMap<Sha256, String> = BTreeMap::new();
    for class in [Class::Public, Class::Private] {
        let mut before = match StoreAddress::of(target)? {
            Some(_) => Listed::of(Archive::open(target)?.open_tag_file(class, layout::MANIFEST).ok().flatten()),
            None => Listed::open(&layout::bag(target, class).join(layout::MANIFEST)),
        };
        let mut note = |path: &str, digest: Sha256| {
            if layout::is_given(class, path) && !layout::is_record(path) {
                gone.insert(digest, place(class, path));
            }
        };
        archive.each(class, |path, digest| {
            if let Some(listed) = before.pass(&in_bag(path)).filter(|listed| *listed != digest) {
                note(path, listed);
            }
            Ok(())
        })?;
        for (path, digest) in before.end() {
            note(path.strip_prefix(&in_bag("")).unwrap_or(&path), digest);
        }
    }
    for class in [Class::Public, Class::Private] {
        archive.each(class, |_, digest| {
            gone.remove(&digest);
            Ok(())
        })?;
    }
    let mut gone: Vec<String> = gone.into_values().collect();
    gone.sort();
    Ok(gone)
}

/// Reports whether `folder` is a copy that was broken off, or is being made.
pub fn is_unfinished(folder: &Path) -> bool {
    folder.join(PARTS).is_dir() && folder.join(layout::COMMITTING).is_file()
}

/// Reports whether `folder` is a copy, also an unfinished one, or may become one.
pub fn may_take(folder: &Path) -> bool {
    let is_empty = || fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    // A folder of somebody's may have a folder `public` of its own.
    let has_lists = || super::handle::is_begun(folder) || super::has_lists(folder);
    !folder.exists() || is_empty() || folder.join(PARTS).is_dir() || has_lists()
}

/// Returns the files of an archive that are no payload, those on which the others rest last.
pub(super) fn tag_files(archive: &Archive) -> Vec<String> {
    let mut files = Vec::new();
    let mut add = |folder: &str| {
        archive.bags().list(folder, false, &mut |path, _| files.push(path.to_owned()));
    };
    add(layout::bag_name(Class::Public));
    add(layout::bag_name(Class::Private));
    add("");
    // What somebody put beside them is no part of the archive; with the first list go its signatures.
    let names = names();
    files.retain(|path| names.contains(path) || path.starts_with(layout::SHA256SUMS));
    // A folder in the place of one is not listed, but is damage of the original.
    let is_obstructed = |path: &String| archive.bags().obstacle(path) == Some(Obstacle::Folder);
    files.extend(names.into_iter().chain([layout::SIGNATURE.to_owned()]).filter(is_obstructed));
    files.sort_by_key(|path| (path == layout::SHA256SUMS, path.clone()));
    files
}

/// Why a file was not copied.
enum Failed {
    /// The original cannot be read, or is not what the archive says.
    Original(Problem),
    /// The copy cannot be written.
    Copy(Error),
}

/// The payload files that an earlier copy lists, by their paths in the bag, read beside those of the archive.
struct Listed {
    entries: Option<Entries<Box<dyn Reader>>>,
    next: Option<(String, Sha256)>,
    /// Path of the last entry.
    last: String,
    /// Path of the archive that was passed last.
    passed: String,
    in_order: bool,
    /// Files that the archive does not list.
    gone: Vec<(String, Sha256)>,
}

impl Listed {
    fn open(manifest: &Path) -> Self {
        Self::of(platform::open_file(manifest).ok().map(|file| Box::new(file) as Box<dyn Reader>))
    }

    fn of(manifest: Option<Box<dyn Reader>>) -> Self {
        let entries = manifest.map(Entries::new);
        let (last, passed) = (String::new(), String::new());
        let mut listed = Self { entries, next: None, last, passed, in_order: true, gone: Vec::new() };
        listed.step();
        listed
    }

    /// Returns the next entry and goes on to the one after it. A list that cannot be read, or is in another order than
    /// ours, ends.
    fn step(&mut self) -> Option<(String, Sha256)> {
        let after = self.entries.as_mut().and_then(|entries| entries.next().ok().flatten());
        let after = after.map(|(path, digest)| (path.to_owned(), digest));
        if let Some((path, _)) = &after {
            self.in_order &= *path > self.last;
            path.clone_into(&mut self.last);
        }
        std::mem::replace(&mut self.next, after.filter(|_| self.in_order))
    }

    /// Returns the digest that is listed for a path of the archive, which come in order.
    fn pass(&mut self, path: &str) -> Option<Sha256> {
        self.in_order &= self.passed.as_str() < path;
        path.clone_into(&mut self.passed);
        while self.next.as_ref().is_some_and(|(next, _)| next.as_str() < path) {
            let gone = self.step();
            self.gone.extend(gone);
        }
        let is_listed = self.next.as_ref().is_some_and(|(next, _)| next == path);
        if is_listed { self.step().map(|(_, digest)| digest) } else { None }
    }

    /// Returns the files that the archive does not list. Of lists in another order nothing is said to be gone.
    fn end(mut self) -> Vec<(String, Sha256)> {
        while let Some(gone) = self.step() {
            self.gone.push(gone);
        }
        if self.in_order { self.gone } else { Vec::new() }
    }
}

struct Copy<'t> {
    target: &'t Path,
    file_system: platform::FileSystem,
    /// The folder for half-written files. Stays until the copy is finished, so that the copy is known for one.
    parts: Scratch,
    /// Half-written files with their final paths.
    waiting: Vec<(PathBuf, String)>,
    waiting_bytes: u64,
    folders: BTreeSet<PathBuf>,
}

impl<'t> Copy<'t> {
    fn failed(&self, error: io::Error) -> Error {
        Error::disk("copy-failed", self.target.display(), error)
    }

    /// Puts the note and clears what an earlier copy left half-written.
    fn begin(target: &'t Path) -> Result<Self> {
        let failed = |error| Error::disk("copy-failed", target.display(), error);
        fs::create_dir_all(target).map_err(failed)?;
        let file_system = platform::FileSystem::of(target).map_err(failed)?;
        let mut parts = Scratch::take(&target.join(PARTS), CODES)?;
        parts.stay(true);
        let note = target.join(layout::COMMITTING);
        if !note.exists() {
            let part = parts.path("note");
            let mut file = platform::create_new(&part, false).map_err(failed)?;
            file.write_all(&for_people(NOTE)).and_then(|()| platform::sync_open_file(&file)).map_err(failed)?;
            platform::rename(&part, &note).and_then(|()| platform::sync_folder(target)).map_err(failed)?;
        }
        Ok(Self { target, file_system, parts, waiting: Vec::new(), waiting_bytes: 0, folders: BTreeSet::default() })
    }

    /// Reports whether a file is there with the right bytes.
    fn has(&self, path: &str, digest: &Sha256) -> bool {
        let file = inside(self.target, path);
        fs::symlink_metadata(&file).is_ok_and(|metadata| metadata.is_file())
            && hash_file(&file).is_ok_and(|(found, _)| found == *digest)
    }

    /// Copies a file. Bytes with another digest than `expected` are not put into place.
    fn add(&mut self, path: &str, archive: &Archive, expected: Option<Sha256>) -> std::result::Result<(), Failed> {
        let unreadable =
            |error: io::Error| Failed::Original(Problem::finding("payload-unreadable", path).with("cause", error));
        if let Some(obstacle) = archive.bags().obstacle(path) {
            return Err(Failed::Original(obstacle.finding(path)));
        }
        let Some(mut reader) = archive.bags().read(path).map_err(unreadable)? else {
            return Err(Failed::Original(Problem::finding("payload-missing", path)));
        };
        reader.reads_in_order();
        let part = self.parts.path(&self.waiting.len().to_string());
        let failed = |error| Failed::Copy(Error::disk("copy-failed", part.display(), error));
        let mut out = platform::create_new(&part, true).map_err(failed)?;
        let (mut hasher, mut buffer) = (Hasher::new(), vec![0; PIECE]);
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    hasher.update(&buffer[..count]);
                    out.write_all(&buffer[..count]).map_err(failed)?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    drop(out);
                    platform::remove_file(&part).map_err(failed)?;
                    return Err(unreadable(error));
                }
            }
        }
        drop(out);
        self.waiting_bytes += hasher.bytes();
        if expected.is_some_and(|expected| hasher.finish() != expected) {
            platform::remove_file(&part).map_err(failed)?;
            return Err(Failed::Original(Problem::finding("payload-corrupt", path)));
        }
        self.waiting.push((part, path.to_owned()));
        if self.waiting.len() >= BATCH.0 || self.waiting_bytes >= BATCH.1 {
            self.settle().map_err(Failed::Copy)?;
        }
        Ok(())
    }

    fn remove(&mut self, path: &str) -> Result<()> {
        check_way(self.target, path)?;
        let file = inside(self.target, path);
        match platform::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed(error)),
            _ => {
                self.folders.extend(file.parent().map(Path::to_owned));
                Ok(())
            }
        }
    }

    /// Makes the files that wait durable and gives them their names.
    fn settle(&mut self) -> Result<()> {
        let all = self.file_system.sync().map_err(|error| self.failed(error))?;
        for (part, path) in std::mem::take(&mut self.waiting) {
            check_way(self.target, &path)?;
            let target = inside(self.target, &path);
            let place = || {
                if !all {
                    platform::sync_file(&part)?;
                }
                let folder = target.parent().unwrap_or(self.target);
                if is_private(&path) {
                    platform::create_private_folder(folder)?;
                } else {
                    fs::create_dir_all(folder)?;
                }
                platform::rename(&part, &target)?;
                platform::set_file_private(&target, is_private(&path))
            };
            place().map_err(|error| Error::disk("copy-failed", target.display(), error))?;
            self.folders.extend(target.parent().map(Path::to_owned));
        }
        self.waiting_bytes = 0;
        Ok(())
    }

    /// Makes the names durable and takes the note away.
    fn finish(self) -> Result<()> {
        let Self { target, file_system, mut parts, folders, .. } = self;
        let finish = || {
            if !file_system.sync()? {
                folders.iter().filter(|folder| folder.is_dir()).try_for_each(|folder| platform::sync_folder(folder))?;
            }
            platform::remove_file(target.join(layout::COMMITTING))?;
            // Last, since its lock keeps others from writing a note that would be taken away here.
            parts.stay(false);
            drop(parts);
            platform::sync_folder(target)
        };
        finish().map_err(|error| Error::disk("copy-failed", target.display(), error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gone(list: &[&str], archive: &[&str]) -> (Vec<String>, usize) {
        let file = tempfile::NamedTempFile::new().unwrap();
        let lines: String =
            list.iter().map(|path| super::super::bagit::manifest_line(&Sha256::of(b""), path)).collect();
        fs::write(file.path(), lines).unwrap();
        let mut listed = Listed::open(file.path());
        let known = archive.iter().filter(|path| listed.pass(path).is_some()).count();
        (listed.end().into_iter().map(|(path, _)| path).collect(), known)
    }

    #[test]
    fn what_only_an_earlier_copy_lists_is_gone() {
        assert_eq!(gone(&["a", "b", "d", "f"], &["a", "c", "d"]), (vec!["b".to_owned(), "f".to_owned()], 2));
        assert_eq!(gone(&["a", "b"], &["a", "b"]), (vec![], 2));
        assert_eq!(gone(&["a", "b"], &[]), (vec!["a".to_owned(), "b".to_owned()], 0));
        assert_eq!(gone(&[], &["a"]), (vec![], 0));
    }

    #[test]
    fn of_lists_in_another_order_nothing_is_gone() {
        assert_eq!(gone(&["b", "a", "c"], &["a", "c"]).0, Vec::<String>::new());
        assert_eq!(gone(&["a", "b"], &["b", "a"]).0, Vec::<String>::new());
    }
}
