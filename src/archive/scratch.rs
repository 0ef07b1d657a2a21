//! Keeps what is being written in a hidden folder of its own until it is whole. One process at a time uses it, and removes
//! what a killed one left there.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result};
use crate::platform;

/// Name of the lock in the folder.
const LOCK: &str = ".lock";

/// Codes of the errors of a scratch folder.
#[derive(Clone, Copy, Debug)]
pub(super) struct Codes {
    /// Another process uses the folder.
    pub(super) in_use: &'static str,
    /// The folder cannot be written.
    pub(super) failed: &'static str,
}

/// A hidden folder that is removed in the end.
#[derive(Debug)]
pub(super) struct Scratch {
    folder: PathBuf,
    lock: Option<File>,
    stays: bool,
}

impl Scratch {
    /// Creates the folder, empty.
    ///
    /// # Errors
    /// Those of `codes`.
    pub(super) fn take(folder: &Path, codes: Codes) -> Result<Self> {
        let failed = |error| Error::disk(codes.failed, folder.display(), error);
        let path = folder.join(LOCK);
        let lock = loop {
            platform::create_private_folder(folder).map_err(failed)?;
            let lock =
                File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
            match lock.try_lock() {
                Err(TryLockError::WouldBlock) => {
                    return Err(Error::new(Kind::Lock, codes.in_use).with("path", folder.display()));
                }
                // The process that had it has removed it since it was opened here: it locks nothing.
                Ok(()) if !path.exists() => {}
                // Or a file system without locks.
                Ok(()) | Err(TryLockError::Error(_)) => break lock,
            }
        };
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
        Ok(Self { folder: folder.to_owned(), lock: Some(lock), stays: false })
    }

    /// Returns the path of a file in it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Keeps the folder in the end if `stays`, for the next process to go on from.
    pub(super) fn stay(&mut self, stays: bool) {
        self.stays = stays;
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let unlock = |lock: Option<File>| lock.map(|lock| lock.unlock());
        // On Windows an open file keeps its folder. Elsewhere nobody is to come in between.
        if cfg!(windows) {
            let _ = unlock(self.lock.take());
        }
        // What cannot be removed now is removed by the next run.
        if !self.stays {
            let _ = platform::remove_folder(&self.folder);
        }
        let _ = unlock(self.lock.take());
    }
}
