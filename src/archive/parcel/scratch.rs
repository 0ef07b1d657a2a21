//! Keeps what is being written in a hidden folder of its own until it is whole. One process at a time uses it, and removes
//! what a killed one left there.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result};
use crate::platform;

/// Name of the lock in the folder.
const LOCK: &str = ".lock";

/// A hidden folder that is removed in the end.
#[derive(Debug)]
pub(super) struct Scratch {
    folder: PathBuf,
    lock: Option<File>,
}

impl Scratch {
    /// Creates the folder, empty.
    ///
    /// # Errors
    /// `pack-in-use` if another process uses it, `packing-failed`.
    pub(super) fn take(folder: &Path) -> Result<Self> {
        let failed = |error| Error::disk("packing-failed", folder.display(), error);
        platform::create_private_folder(folder).map_err(failed)?;
        let path = folder.join(LOCK);
        let lock = File::options().read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => {
                return Err(Error::new(Kind::Lock, "pack-in-use").with("path", folder.display()));
            }
            // A file system without locks.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        for entry in fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let is_folder = entry.file_type().map_err(failed)?.is_dir();
            let removed = match (is_folder, entry.file_name() == LOCK) {
                (_, true) => Ok(()),
                (true, _) => platform::remove_folder(entry.path()),
                (false, _) => platform::remove_file(entry.path()),
            };
            removed.map_err(failed)?;
        }
        Ok(Self { folder: folder.to_owned(), lock: Some(lock) })
    }

    /// Returns the path of a file in it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // On Windows an open file keeps its folder. What cannot be removed now is removed by the next run.
        if let Some(lock) = self.lock.take() {
            let _ = lock.unlock();
        }
        let _ = platform::remove_folder(&self.folder);
    }
}
