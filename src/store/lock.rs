//! One writer an archive: `.liudi/lock` is locked by the process at work; `.liudi/lock-holder` says who that is. Locks
//! are mandatory on Windows, so that a locked file could not tell anybody.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use crate::error::{Error, Kind, Result};
use crate::model::{Time, layout};
use crate::platform;

/// The right to write to an archive, until it is dropped. The system gives it back when the process dies.
#[derive(Debug)]
pub struct ArchiveLock {
    file: File,
}

impl Drop for ArchiveLock {
    fn drop(&mut self) {
        // Closing the file would not do: a process being started by another thread holds a copy of it for a moment, and
        // with the copy the lock. What fails here is done by closing.
        let _ = self.file.unlock();
    }
}

impl ArchiveLock {
    /// Takes the lock of the archive at `root`, creating root and working folder where they are missing. `since` is the
    /// run's clock, for the second process to show.
    ///
    /// # Errors
    /// `archive-locked` ([`Kind::Lock`]) with `pid`, `host` and `since` of the holder.
    pub fn take(root: &Path, since: Time) -> Result<Self> {
        let work = root.join(layout::WORK);
        let path = work.join(layout::LOCK);
        let failed = |error| Error::disk("lock-failed", path.display(), error);
        fs::create_dir_all(root).map_err(failed)?;
        platform::create_private_folder(&work).map_err(failed)?;
        let file = File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held_by(root)),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        // The holder's name is for people; a failure to write it is no reason not to work.
        let holder = format!("pid={}\nhost={}\nsince={since}\n", std::process::id(), host());
        let _ = fs::write(work.join(layout::LOCK_HOLDER), holder);
        Ok(Self { file })
    }

    /// Shares the archive with other readers while no one writes; `None` where there is no lock file (an archive that
    /// was copied without its working folder, or read-only media), which then has no writer either.
    ///
    /// # Errors
    /// `archive-locked` while a process writes.
    pub fn share(root: &Path) -> Result<Option<Self>> {
        let path = root.join(layout::WORK).join(layout::LOCK);
        let Ok(file) = platform::open_file(&path) else { return Ok(None) };
        match file.try_lock_shared() {
            Ok(()) => Ok(Some(Self { file })),
            Err(TryLockError::WouldBlock) => Err(held_by(root)),
            Err(TryLockError::Error(_)) => Ok(None),
        }
    }
}

fn held_by(root: &Path) -> Error {
    let work = root.join(layout::WORK);
    let text = fs::read_to_string(work.join(layout::LOCK_HOLDER)).unwrap_or_default();
    let field = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.unwrap_or("?").to_owned()
    };
    Error::new(Kind::Lock, "archive-locked")
        .with("path", work.join(layout::LOCK).display())
        .with("pid", field("pid"))
        .with("host", field("host"))
        .with("since", field("since"))
}

fn host() -> String {
    let named = fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let named = named.or_else(|| std::env::var("HOSTNAME").ok()).or_else(|| std::env::var("COMPUTERNAME").ok());
    named.map_or_else(|| "?".to_owned(), |name| name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_one_hears_who_holds_it() {
        let root = tempfile::tempdir().unwrap();
        let since = Time::from_unix(1_800_000_000).unwrap();
        let lock = ArchiveLock::take(root.path(), since).unwrap();
        let error = ArchiveLock::take(root.path(), since).unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Lock, "archive-locked"));
        assert_eq!(error.argument("pid").unwrap(), std::process::id().to_string());
        assert_eq!(error.argument("since").unwrap(), since.to_string());
        assert_eq!(ArchiveLock::share(root.path()).unwrap_err().code(), "archive-locked");
        drop(lock);
        let reader = ArchiveLock::share(root.path()).unwrap();
        assert!(reader.is_some());
        assert!(ArchiveLock::take(root.path(), since).is_err());
        drop(reader);
        ArchiveLock::take(root.path(), since).unwrap();
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
    fn no_lock_file_no_writer() {
        assert!(ArchiveLock::share(tempfile::tempdir().unwrap().path()).unwrap().is_none());
    }
}
