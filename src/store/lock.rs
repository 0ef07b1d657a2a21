//! Allows one writer per archive. The writing process locks `.liudi/lock` and names itself in `.liudi/lock-holder`:
//! locks are mandatory on Windows, so other processes could not read the locked file.
//!
//! A writer may run for days but changes the bags only briefly. Readers therefore share a separate lock,
//! `.liudi/bags-lock`, which a commit takes exclusively while it moves files: readers and commits wait for each other,
//! but nobody waits for a crawl.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, Kind, Result};
use crate::model::{Time, layout};
use crate::platform;

/// An exclusive lock to write to an archive, held until it is dropped. The system releases it when the process dies.
#[derive(Debug)]
pub struct ArchiveLock {
    file: File,
}

impl Drop for ArchiveLock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process being started by another thread briefly holds a copy of it, and
        // with the copy the lock. If unlocking fails, closing still releases it.
        let _ = self.file.unlock();
    }
}

impl ArchiveLock {
    /// Takes the lock of the archive at `root`, creating root and working folder if they are missing. `since` is the
    /// run's clock, which a second process shows to its user. Waits a few seconds if this process itself holds the lock:
    /// its writes are short, and the user knows of only one program.
    ///
    /// # Errors
    /// `archive-locked` ([`Kind::Lock`]) with `pid`, `host`, `since` and `when` of the holder; those of
    /// [`check_working_folder`].
    pub fn take(root: &Path, since: Time) -> Result<Self> {
        Self::take_within(root, since, OWN_WAITS)
    }

    fn take_within(root: &Path, since: Time, most: Duration) -> Result<Self> {
        let work = root.join(layout::WORK);
        let path = work.join(layout::LOCK);
        let failed = |error| Error::disk("lock-failed", path.display(), error);
        check_working_folder(root)?;
        fs::create_dir_all(root).map_err(failed)?;
        platform::create_private_folder(&work).map_err(failed)?;
        let file = create(&path).map_err(failed)?;
        let holder = work.join(layout::LOCK_HOLDER);
        let mut taken = wait(Duration::ZERO, || file.try_lock(), || ()).map_err(failed)?;
        if !taken && is_own(&holder) {
            taken = wait(most, || file.try_lock(), || ()).map_err(failed)?;
        }
        if !taken {
            return Err(held_by(root));
        }
        name_holder(&holder, since);
        Ok(Self { file })
    }
}

/// An exclusive lock to write an export into a folder, held until it is dropped. The system releases it when the process
/// dies.
#[derive(Debug)]
pub struct ExportLock {
    file: File,
}

impl Drop for ExportLock {
    fn drop(&mut self) {
        // See `ArchiveLock`.
        let _ = self.file.unlock();
    }
}

impl ExportLock {
    /// Takes the lock for exports of the archive at `root` into `folder`, both as absolute paths without links. Returns
    /// `None` if the archive is read-only or its file system has no locks.
    ///
    /// # Errors
    /// `export-folder-in-use` ([`Kind::Lock`]) with `pid`, `host` and `since` of the holder; those of
    /// [`check_working_folder`].
    pub fn take(root: &Path, folder: &Path, since: Time) -> Result<Option<Self>> {
        check_working_folder(root)?;
        let path = layout::export_lock(root, folder);
        let holder = path.with_extension("lock-holder");
        let opened = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| create(&path));
        let file = match opened {
            Err(error) if platform::is_read_only(&error) => return Ok(None),
            file => file.map_err(|error| Error::disk("export-write-failed", path.display(), error))?,
        };
        match file.try_lock() {
            Ok(()) => {
                name_holder(&holder, since);
                Ok(Some(Self { file }))
            }
            Err(TryLockError::WouldBlock) => {
                let error = Error::new(Kind::Lock, "export-folder-in-use").with("path", folder.display());
                Err(with_holder(error, &holder))
            }
            Err(TryLockError::Error(_)) => Ok(None),
        }
    }
}

/// Longest time a write waits for another one of the same process.
const OWN_WAITS: Duration = Duration::from_secs(5);
/// Longest time a reader waits for a commit to end.
const READER_WAITS: Duration = Duration::from_secs(30);
/// Longest time a commit waits for readers: building the site of a large archive takes minutes.
const COMMIT_WAITS: Duration = Duration::from_mins(15);
/// Interval between attempts to take a lock that is held.
const PAUSE: Duration = Duration::from_millis(20);

/// A shared lock to read the bags or an exclusive lock to change them, held until it is dropped.
#[derive(Debug)]
pub struct BagsLock {
    file: File,
}

impl Drop for BagsLock {
    fn drop(&mut self) {
        // See `ArchiveLock`.
        let _ = self.file.unlock();
    }
}

impl BagsLock {
    /// Shares the bags of the archive at `root` with other readers, once no commit moves files in them. Returns `None`
    /// if there is no working folder to lock in or this user may not use it: nobody else writes there.
    ///
    /// # Errors
    /// `archive-locked` if a commit takes longer than half a minute.
    pub fn share(root: &Path) -> Result<Option<Self>> {
        Self::share_within(root, READER_WAITS)
    }

    fn share_within(root: &Path, most: Duration) -> Result<Option<Self>> {
        let work = root.join(layout::WORK);
        if is_link(&work) {
            // Nobody writes to an archive with somebody's folder in this place.
            return Ok(None);
        }
        let path = work.join(layout::BAGS_LOCK);
        let opened = match platform::open_file(&path) {
            // An archive written by an older version has no such file yet.
            Err(error) if error.kind() == io::ErrorKind::NotFound => create(&path),
            opened => opened,
        };
        let Ok(file) = opened else { return Ok(None) };
        match wait(most, || file.try_lock_shared(), || ()) {
            Ok(true) => Ok(Some(Self { file })),
            Ok(false) => Err(held_by(root)),
            // A file system without locks.
            Err(_) => Ok(None),
        }
    }

    /// Takes the bags of the archive at `root` exclusively, once nobody reads them. Calls `waits` repeatedly while
    /// somebody does.
    ///
    /// # Errors
    /// `archive-in-use` if they are still read after a quarter of an hour.
    pub fn take(root: &Path, waits: impl FnMut()) -> Result<Self> {
        Self::take_within(root, COMMIT_WAITS, waits)
    }

    fn take_within(root: &Path, most: Duration, waits: impl FnMut()) -> Result<Self> {
        let path = root.join(layout::WORK).join(layout::BAGS_LOCK);
        let failed = |error| Error::disk("lock-failed", path.display(), error);
        // A reader of another user may have created it.
        let file = create(&path).or_else(|error| platform::open_file(&path).map_err(|_| error)).map_err(failed)?;
        if wait(most, || file.try_lock(), waits).map_err(failed)? {
            Ok(Self { file })
        } else {
            Err(Error::new(Kind::Lock, "archive-in-use").with("path", root.display()))
        }
    }
}

/// Checks that the working folder of the archive at `root` is its own, and that there are only folders and files in it: it is
/// written to and cleared, and what a link leads to is somebody's.
///
/// # Errors
/// `working-folder-displaced`.
pub fn check_working_folder(root: &Path) -> Result<()> {
    let work = root.join(layout::WORK);
    let displaced = |path: &Path| Error::damaged("working-folder-displaced").with("path", path.display());
    if is_link(&work) {
        return Err(displaced(&work));
    }
    // What cannot be looked at is named by whoever needs it.
    let mut entries = walkdir::WalkDir::new(&work).min_depth(1).follow_links(false).into_iter().flatten();
    let other = entries.find(|entry| !entry.file_type().is_file() && !entry.file_type().is_dir());
    other.map_or(Ok(()), |entry| Err(displaced(entry.path())))
}

fn is_link(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|there| there.file_type().is_symlink())
}

fn create(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(false).open(path)
}

/// Tries for `most` at least once; returns whether the lock was taken.
fn wait(most: Duration, lock: impl Fn() -> Result<(), TryLockError>, mut waits: impl FnMut()) -> io::Result<bool> {
    let begun = Instant::now();
    loop {
        match lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) => {
                waits();
                if begun.elapsed() >= most {
                    return Ok(false);
                }
                thread::sleep(PAUSE);
            }
        }
    }
}

fn held_by(root: &Path) -> Error {
    let work = root.join(layout::WORK);
    let error = Error::new(Kind::Lock, "archive-locked").with("path", work.join(layout::LOCK).display());
    with_holder(error, &work.join(layout::LOCK_HOLDER))
}

/// Notes this process in the file `holder`. The note is only for messages: a failure to write it does not stop the run.
fn name_holder(holder: &Path, since: Time) {
    let text = format!("pid={}\nhost={}\nsince={since}\n", std::process::id(), platform::host_name());
    let _ = platform::write_anew(holder, text.as_bytes());
}

/// Reports whether the file `holder` names this process.
fn is_own(holder: &Path) -> bool {
    let text = platform::read_text(holder).unwrap_or_default();
    field(&text, "pid") == std::process::id().to_string() && field(&text, "host") == platform::host_name()
}

/// Adds `pid`, `host` and `since` of the process that the file `holder` names, and as `when` the minute of `since`
/// (`2026-11-29 11:49`).
fn with_holder(error: Error, holder: &Path) -> Error {
    let text = platform::read_text(holder).unwrap_or_default();
    let since = field(&text, "since");
    let when = since.get(..16).unwrap_or(since).replace('T', " ");
    error.with("pid", field(&text, "pid")).with("host", field(&text, "host")).with("since", since).with("when", when)
}

fn field<'t>(text: &'t str, name: &str) -> &'t str {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap_or("?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_one_hears_who_holds_it() {
        let root = tempfile::tempdir().unwrap();
        let since = Time::from_unix(1_800_000_000).unwrap();
        let lock = ArchiveLock::take(root.path(), since).unwrap();
        let error = ArchiveLock::take_within(root.path(), since, Duration::ZERO).unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Lock, "archive-locked"));
        assert_eq!(error.argument("pid").unwrap(), std::process::id().to_string());
        assert_eq!(error.argument("since").unwrap(), since.to_string());
        assert_eq!(error.argument("when").unwrap(), "2027-01-15 16:00");
        drop(lock);
        ArchiveLock::take(root.path(), since).unwrap();
    }

    #[test]
    fn a_write_waits_for_another_one_of_the_same_program_only() {
        let root = tempfile::tempdir().unwrap();
        let since = Time::from_unix(1_800_000_000).unwrap();
        let lock = ArchiveLock::take(root.path(), since).unwrap();
        let other = thread::spawn({
            let root = root.path().to_owned();
            move || ArchiveLock::take(&root, since).map(drop)
        });
        thread::sleep(Duration::from_millis(200));
        drop(lock);
        other.join().unwrap().unwrap();
        let _lock = ArchiveLock::take(root.path(), since).unwrap();
        let holder = root.path().join(layout::WORK).join(layout::LOCK_HOLDER);
        fs::write(holder, "pid=1\nhost=elsewhere\nsince=2026-11-29T11:49:16+08:00\n").unwrap();
        let begun = Instant::now();
        let error = ArchiveLock::take(root.path(), since).unwrap_err();
        assert!(begun.elapsed() < OWN_WAITS, "{:?}", begun.elapsed());
        assert_eq!(error.argument("when").unwrap(), "2026-11-29 11:49");
    }

    #[test]
    fn one_export_at_a_time_goes_into_a_folder() {
        let root = tempfile::tempdir().unwrap();
        let (root, since) = (root.path(), Time::from_unix(1_800_000_000).unwrap());
        let lock = ExportLock::take(root, &root.join("a"), since).unwrap().unwrap();
        let other = ExportLock::take(root, &root.join("b"), since).unwrap();
        let error = ExportLock::take(root, &root.join("a"), since).unwrap_err();
        assert_eq!((error.kind(), error.code(), other.is_some()), (Kind::Lock, "export-folder-in-use", true));
        assert_eq!(error.argument("pid").unwrap(), std::process::id().to_string());
        drop(lock);
        ExportLock::take(root, &root.join("a"), since).unwrap().unwrap();
    }

    #[test]
    fn readers_share_the_bags_whoever_is_at_work_and_a_commit_has_them_alone() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let since = Time::from_unix(1_800_000_000).unwrap();
        let _writer = ArchiveLock::take(root, since).unwrap();
        let readers = [BagsLock::share(root).unwrap().unwrap(), BagsLock::share(root).unwrap().unwrap()];
        let mut waited = false;
        let error = BagsLock::take_within(root, Duration::ZERO, || waited = true).unwrap_err();
        assert_eq!((error.kind(), error.code(), waited), (Kind::Lock, "archive-in-use", true));
        drop(readers);
        let commit = BagsLock::take(root, || panic!("nobody reads")).unwrap();
        let error = BagsLock::share_within(root, Duration::ZERO).unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Lock, "archive-locked"));
        assert_eq!(error.argument("pid").unwrap(), std::process::id().to_string());
        drop(commit);
        BagsLock::share(root).unwrap().unwrap();
    }

    #[test]
    fn the_locked_file_itself_says_nothing_since_nobody_else_may_be_able_to_read_it() {
        let root = tempfile::tempdir().unwrap();
        let _lock = ArchiveLock::take(root.path(), Time::from_unix(1_800_000_000).unwrap()).unwrap();
        let work = root.path().join(layout::WORK);
        assert_eq!(fs::read(work.join(layout::LOCK)).unwrap(), b"");
        assert!(fs::read_to_string(work.join(layout::LOCK_HOLDER)).unwrap().starts_with("pid="));
    }

    #[test]
    fn a_lock_that_is_given_back_is_free_at_once_even_with_a_copy_of_its_file_about() {
        let root = tempfile::tempdir().unwrap();
        let since = Time::from_unix(1_800_000_000).unwrap();
        let lock = ArchiveLock::take(root.path(), since).unwrap();
        let copy = lock.file.try_clone().unwrap();
        drop(lock);
        ArchiveLock::take(root.path(), since).unwrap();
        drop(copy);
    }

    #[test]
    fn without_a_working_folder_nothing_is_locked_or_made() {
        let root = tempfile::tempdir().unwrap();
        assert!(BagsLock::share(root.path()).unwrap().is_none());
        assert!(fs::read_dir(root.path()).unwrap().next().is_none());
    }
}
