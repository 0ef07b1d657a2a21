//! Stores new files until a commit: `.liudi/stage/<64 hex>`, content-addressed, readable by the owner only.
//!
//! Invariant: **a name in the stage means durable, complete content.** Bytes are written to `.liudi/tmp`, hashed on the
//! way, and get their name in [`Stage::sync_batch`] once they are synced. What a killed run left in `tmp` is swept when
//! the stage is opened, under the lock. A row that names a staged file may be committed once `sync_batch` has returned.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::lock::ArchiveLock;
use crate::error::{Error, Result};
use crate::model::{Hasher, PIECE, Sha256, layout};
use crate::platform;

/// Number of new files above which one sync of the whole file system is cheaper than one per file (measured on ext4).
pub(crate) const SYNC_ALL_ABOVE: usize = 4;

/// A file in the stage.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Staged {
    /// Path of the file after [`Stage::sync_batch`].
    pub path: PathBuf,
    /// Digest of the bytes.
    pub sha256: Sha256,
    /// Size in bytes.
    pub bytes: u64,
}

/// The stage of one archive. Shared by all threads of a run.
#[derive(Debug)]
pub struct Stage {
    finished: PathBuf,
    temporary: PathBuf,
    /// Opened before the first write, so that a sync of the file system reports every failed write.
    file_system: platform::FileSystem,
    counter: AtomicU64,
    /// Files that are written but not yet synced, by digest, with their path in `tmp`.
    waiting: Mutex<BTreeMap<Sha256, PathBuf>>,
    /// Digests of files that an earlier run left in the stage and this one has not rewritten.
    inherited: Mutex<HashSet<Sha256>>,
    /// Whether a sync has failed. Held while a batch is synced: a caller that finds nothing waiting must still wait for the
    /// batch in progress.
    syncing: Mutex<bool>,
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The map is valid even after a panic in another thread.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stage {
    /// Opens the stage of the archive at `root` and sweeps half-written files of dead runs.
    pub fn open(root: &Path, _lock: &ArchiveLock) -> Result<Self> {
        let work = root.join(layout::WORK);
        let stage = work.join(layout::STAGE);
        let temporary = work.join(layout::TEMPORARY);
        for folder in [&stage, &temporary] {
            platform::create_private_folder(folder)
                .map_err(|error| Error::disk("stage-open-failed", folder.display(), error))?;
        }
        let failed = |error| Error::disk("stage-open-failed", temporary.display(), error);
        for entry in fs::read_dir(&temporary).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let removed = if path.is_dir() { platform::remove_folder(&path) } else { platform::remove_file(&path) };
            removed.map_err(failed)?;
        }
        let file_system = platform::FileSystem::of(&temporary).map_err(failed)?;
        let mut inherited = HashSet::new();
        for entry in fs::read_dir(&stage).map_err(failed)? {
            inherited.extend(entry.map_err(failed)?.file_name().to_str().and_then(|name| name.parse::<Sha256>().ok()));
        }
        Ok(Self {
            finished: stage,
            temporary,
            file_system,
            counter: AtomicU64::new(0),
            waiting: Mutex::default(),
            inherited: Mutex::new(inherited),
            syncing: Mutex::default(),
        })
    }

    /// Returns the path of the file with this digest once it is durable.
    pub fn path_of(&self, sha256: &Sha256) -> PathBuf {
        self.finished.join(sha256.hex())
    }

    /// Returns a new path in `tmp`, for the run's auxiliary files (swept with the rest).
    pub fn temporary_path(&self) -> PathBuf {
        self.temporary.join(self.counter.fetch_add(1, Ordering::Relaxed).to_string())
    }

    /// Starts a new file.
    pub fn create(&self) -> Result<StageWriter<'_>> {
        let path = self.temporary_path();
        let file = platform::create_new(&path, true)
            .map_err(|error| Error::disk("stage-write-failed", path.display(), error))?;
        Ok(StageWriter { stage: self, file: Some(file), path, hasher: Hasher::new() })
    }

    /// Copies `reader` into the stage.
    ///
    /// # Errors
    /// `stage-length-differs` ([`crate::error::Kind::Input`]) if `expected` is given and the number of bytes differs;
    /// `stage-read-failed` if the reader fails; `stage-write-failed` if our disk does.
    pub fn put(&self, reader: &mut dyn Read, expected: Option<u64>) -> Result<Staged> {
        let mut writer = self.create()?;
        let mut buffer = vec![0; 128 * 1024];
        loop {
            let count = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Error::input("stage-read-failed").because(error)),
            };
            writer.append(&buffer[..count])?;
            if expected.is_some_and(|expected| writer.bytes() > expected) {
                break;
            }
        }
        if let Some(expected) = expected.filter(|expected| *expected != writer.bytes()) {
            return Err(Error::input("stage-length-differs").with("expected", expected).with("bytes", writer.bytes()));
        }
        // Many pages are saved with the same picture: one that is already durable here is not written again.
        let (staged, _) = writer.finish_unless(|staged| {
            fs::metadata(&staged.path).is_ok_and(|metadata| metadata.is_file() && metadata.len() == staged.bytes)
        })?;
        Ok(staged)
    }

    /// Takes over a file on the same file system, whose digest and length the caller knows. After the next
    /// [`Stage::sync_batch`] it is durable and has moved from its old path.
    pub fn adopt(&self, path: &Path, sha256: Sha256, bytes: u64) -> Result<Staged> {
        self.take(sha256, bytes, path)
    }

    /// Adds bytes that are in memory.
    pub fn put_bytes(&self, bytes: &[u8]) -> Result<Staged> {
        self.put_hashed(bytes, Sha256::of(bytes))
    }

    /// Adds bytes that are in memory and whose digest is known.
    pub fn put_hashed(&self, bytes: &[u8], sha256: Sha256) -> Result<Staged> {
        let path = self.temporary_path();
        let failed = |error| Error::disk("stage-write-failed", path.display(), error);
        let written = platform::create_new(&path, true).and_then(|mut file| file.write_all(bytes));
        if let Err(error) = written {
            // A file that cannot be removed now is swept when the stage is next opened.
            let _ = platform::remove_file(&path);
            return Err(failed(error));
        }
        self.take(sha256, bytes.len() as u64, &path)
    }

    /// Opens a staged file for reading, whether durable or not.
    pub fn read(&self, sha256: &Sha256) -> Result<File> {
        let waiting = held(&self.waiting);
        let path = waiting.get(sha256).cloned().unwrap_or_else(|| self.path_of(sha256));
        platform::open_file(&path).map_err(|error| Error::disk("stage-read-back-failed", path.display(), error))
    }

    /// Makes every file added so far durable and gives it its name. Rows may then refer to it.
    ///
    /// # Errors
    /// `stage-sync-failed`: no file of the batch may be relied on (a failed sync is never retried on the same file).
    pub fn sync_batch(&self) -> Result<()> {
        let mut has_failed = held(&self.syncing);
        let failed = |path: &Path, error| Error::disk("stage-sync-failed", path.display(), error);
        // The files of whoever asks now may have been in the batch that failed.
        if *has_failed {
            return Err(failed(&self.temporary, io::Error::other("an earlier sync failed")));
        }
        let batch = std::mem::take(&mut *held(&self.waiting));
        if batch.is_empty() {
            return Ok(());
        }
        let synced = self.sync(&batch);
        *has_failed = synced.is_err();
        synced.map_err(|(path, error)| failed(&path, error))
    }

    /// Makes the files of a batch durable; on failure, returns the path that is concerned.
    fn sync(&self, batch: &BTreeMap<Sha256, PathBuf>) -> std::result::Result<(), (PathBuf, io::Error)> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |error| (path, error)
        };
        let all = batch.len() > SYNC_ALL_ABOVE && self.file_system.sync().map_err(at(&self.temporary))?;
        for (sha256, path) in batch {
            if !all {
                platform::sync_file(path).map_err(at(path))?;
            }
            platform::rename(path, self.path_of(sha256)).map_err(at(path))?;
        }
        held(&self.inherited).retain(|left| !batch.contains_key(left));
        platform::sync_folder(&self.finished).map_err(at(&self.finished))
    }

    /// Reports whether an earlier run staged the file. This run hashed its own files while writing them and the system
    /// reported them durable: reading them back would only read the cache.
    pub fn is_inherited(&self, sha256: &Sha256) -> bool {
        held(&self.inherited).contains(sha256)
    }

    /// Reads a durable file back and checks its digest and length.
    ///
    /// # Errors
    /// `stage-read-back-failed` if the bytes differ from the staged ones.
    pub fn read_back(&self, staged: &Staged) -> Result<()> {
        let failed = |error| Error::disk("stage-read-back-failed", staged.path.display(), error);
        // An earlier run synced it: what the disk gives back counts, not what is still in memory.
        platform::forget_cached(&platform::open_file(&staged.path).map_err(failed)?);
        let (sha256, bytes) = hash_file(&staged.path).map_err(failed)?;
        if (sha256, bytes) == (staged.sha256, staged.bytes) {
            return Ok(());
        }
        Err(failed(io::Error::new(io::ErrorKind::InvalidData, format!("{bytes} bytes, {sha256}"))))
    }

    /// Reports whether a durable file with this digest is staged.
    pub fn holds(&self, sha256: &Sha256) -> bool {
        self.path_of(sha256).is_file()
    }

    /// Removes every durable file that `keep` does not name and returns their number. A run that is killed between
    /// staging a file and committing its row leaves such files.
    pub fn sweep(&self, keep: &HashSet<Sha256>) -> Result<u64> {
        let failed = |error| Error::disk("stage-sweep-failed", self.finished.display(), error);
        let mut removed = 0;
        for entry in fs::read_dir(&self.finished).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let digest = entry.file_name().to_str().and_then(|name| name.parse().ok());
            if digest.is_none_or(|digest| !keep.contains(&digest)) {
                platform::remove_file(entry.path()).map_err(failed)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Registers a file for the next sync. A duplicate of a waiting file is removed; a durable file is overwritten.
    fn take(&self, sha256: Sha256, bytes: u64, temporary: &Path) -> Result<Staged> {
        let path = self.path_of(&sha256);
        let mut waiting = held(&self.waiting);
        if let Entry::Vacant(place) = waiting.entry(sha256) {
            place.insert(temporary.to_owned());
        } else {
            platform::remove_file(temporary)
                .map_err(|error| Error::disk("stage-write-failed", path.display(), error))?;
        }
        Ok(Staged { path, sha256, bytes })
    }
}

/// A file being written to the stage. If dropped without [`StageWriter::finish`], it leaves nothing behind.
#[derive(Debug)]
pub struct StageWriter<'s> {
    stage: &'s Stage,
    file: Option<File>,
    path: PathBuf,
    hasher: Hasher,
}

impl StageWriter<'_> {
    /// Appends bytes.
    pub fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.write_all(bytes).map_err(|error| Error::disk("stage-write-failed", self.path.display(), error))
    }

    /// Returns the number of bytes written so far.
    pub fn bytes(&self) -> u64 {
        self.hasher.bytes()
    }

    /// Finishes the file. It is durable after the next [`Stage::sync_batch`].
    pub fn finish(self) -> Result<Staged> {
        self.finish_unless(|_| false).map(|(staged, _)| staged)
    }

    /// Finishes the file. If `is_held` accepts it, discards it and returns false with its facts.
    pub fn finish_unless(mut self, is_held: impl FnOnce(&Staged) -> bool) -> Result<(Staged, bool)> {
        let hasher = std::mem::take(&mut self.hasher);
        let bytes = hasher.bytes();
        let sha256 = hasher.finish();
        let staged = Staged { path: self.stage.path_of(&sha256), sha256, bytes };
        if is_held(&staged) {
            return Ok((staged, false));
        }
        let staged = self.stage.take(sha256, bytes, &self.path)?;
        self.file = None;
        Ok((staged, true))
    }
}

impl Write for StageWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(file) = &mut self.file else { return Err(io::ErrorKind::BrokenPipe.into()) };
        let count = file.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for StageWriter<'_> {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // A file that cannot be removed now is swept when the stage is next opened.
            let _ = platform::remove_file(&self.path);
        }
    }
}

/// Returns the digest and length of a file, without loading it.
pub fn hash_file(path: &Path) -> io::Result<(Sha256, u64)> {
    let mut file = platform::open_file(path)?;
    platform::will_read_in_order(&file);
    let length = file.metadata()?.len();
    let mut hasher = Hasher::new();
    let mut buffer = vec![0; usize::try_from(length).unwrap_or(PIECE).clamp(1, PIECE)];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => hasher.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let bytes = hasher.bytes();
    Ok((hasher.finish(), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;

    fn archive() -> (tempfile::TempDir, ArchiveLock) {
        let root = tempfile::tempdir().unwrap();
        let lock = ArchiveLock::take(root.path(), Time::from_unix(1_800_000_000).unwrap()).unwrap();
        (root, lock)
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn after_a_failed_sync_no_file_is_relied_on() {
        let (root, lock) = archive();
        let stage = Stage::open(root.path(), &lock).unwrap();
        let staged = stage.put(&mut &b"hello"[..], Some(5)).unwrap();
        let path = held(&stage.waiting)[&staged.sha256].clone();
        platform::remove_file(path).unwrap();
        for _ in 0..2 {
            assert_eq!(stage.sync_batch().unwrap_err().code(), "stage-sync-failed");
        }
    }

    #[test]
    fn a_name_in_the_stage_appears_only_after_the_sync() {
        let (root, lock) = archive();
        let stage = Stage::open(root.path(), &lock).unwrap();
        let staged = stage.put(&mut &b"hello"[..], Some(5)).unwrap();
        assert_eq!(staged.sha256, Sha256::of(b"hello"));
        assert!(!staged.path.exists());
        let mut text = String::new();
        stage.read(&staged.sha256).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello");
        stage.sync_batch().unwrap();
        assert_eq!(fs::read(&staged.path).unwrap(), b"hello");
        stage.read_back(&staged).unwrap();
        assert!(stage.holds(&staged.sha256));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&staged.path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn equal_bytes_are_kept_once() {
        let (root, lock) = archive();
        let stage = Stage::open(root.path(), &lock).unwrap();
        let first = stage.put_bytes(b"same").unwrap();
        assert_eq!(stage.put_bytes(b"same").unwrap(), first);
        stage.sync_batch().unwrap();
        assert_eq!(stage.put(&mut &b"same"[..], None).unwrap(), first);
        assert_eq!(names(&root.path().join(".liudi/tmp")), Vec::<String>::new());
        assert_eq!(names(&root.path().join(".liudi/stage")), vec![first.sha256.hex()]);
    }

    #[test]
    fn wrong_lengths_and_abandoned_files_leave_nothing() {
        let (root, lock) = archive();
        let stage = Stage::open(root.path(), &lock).unwrap();
        for expected in [4, 6] {
            let error = stage.put(&mut &b"hello"[..], Some(expected)).unwrap_err();
            assert_eq!(error.code(), "stage-length-differs");
        }
        let mut abandoned = stage.create().unwrap();
        abandoned.append(b"half").unwrap();
        drop(abandoned);
        stage.sync_batch().unwrap();
        assert!(names(&root.path().join(".liudi/tmp")).is_empty());
        assert!(names(&root.path().join(".liudi/stage")).is_empty());
    }

    #[test]
    fn leftovers_are_swept_and_named_files_kept() {
        let (root, lock) = archive();
        let stage = Stage::open(root.path(), &lock).unwrap();
        let kept = stage.put_bytes(b"kept").unwrap();
        let orphan = stage.put_bytes(b"orphan").unwrap();
        stage.sync_batch().unwrap();
        fs::write(root.path().join(".liudi/tmp/7"), b"half").unwrap();
        drop(stage);
        let stage = Stage::open(root.path(), &lock).unwrap();
        assert!(names(&root.path().join(".liudi/tmp")).is_empty());
        assert!(stage.is_inherited(&kept.sha256) && stage.is_inherited(&orphan.sha256));
        stage.put_bytes(b"orphan").unwrap();
        stage.sync_batch().unwrap();
        assert!(stage.is_inherited(&kept.sha256) && !stage.is_inherited(&orphan.sha256));
        assert_eq!(stage.sweep(&HashSet::from([kept.sha256])).unwrap(), 1);
        assert!(kept.path.exists() && !orphan.path.exists());
    }

    #[test]
    fn a_changed_file_is_found_when_it_is_read_back() {
        let (root, lock) = archive();
        let stage = Stage::open(root.path(), &lock).unwrap();
        let staged = stage.put_bytes(b"hello").unwrap();
        stage.sync_batch().unwrap();
        fs::write(&staged.path, b"jello").unwrap();
        assert_eq!(stage.read_back(&staged).unwrap_err().code(), "stage-read-back-failed");
    }
}
