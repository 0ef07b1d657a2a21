//! Abstracts the storage of an archive's two bags from their meaning. A local folder (`folder`) is one such storage.

use std::fmt::Debug;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek};
use std::path::Path;

use super::bagit::BagDescription;
use super::commit::{Changes, Committed};
use crate::error::{Error, Result};
use crate::model::{Problem, Sha256};
use crate::platform;
use crate::store::Stage;
use crate::work::Work;

/// An open file of an archive.
pub trait Reader: Read + Seek + Send {
    /// Returns its size in bytes.
    ///
    /// # Errors
    /// The system's.
    fn size(&self) -> io::Result<u64>;

    /// Announces that the file will be read sequentially from its beginning to its end.
    fn reads_in_order(&self) {}

    /// Makes the system read it from the disk, not from memory, where it can.
    fn forget_cached(&self) {}
}

impl Reader for File {
    fn size(&self) -> io::Result<u64> {
        self.metadata().map(|metadata| metadata.len())
    }

    fn reads_in_order(&self) {
        platform::will_read_in_order(self);
    }

    fn forget_cached(&self) {
        platform::forget_cached(self);
    }
}

/// An entry that [`Bags::list`] finds.
#[derive(Debug)]
pub enum Listed {
    /// A file and its size in bytes.
    File(u64),
    /// A link or a device, which cannot be a file of an archive.
    Special,
    /// A file whose name is not valid text.
    Nameless,
    /// A folder or file that cannot be read.
    Unreadable(io::Error),
}

/// What stands in the place of a file and is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// A folder, which may hold somebody's own files.
    Folder,
    /// A link, whose content may be anywhere and change at any time, or a device.
    Special,
}

impl Obstacle {
    /// Returns what stands at `path`, if it is there and is no file.
    pub fn at(path: &Path) -> Option<Self> {
        let there = path.symlink_metadata().ok()?;
        match there.file_type() {
            kind if kind.is_file() => None,
            kind if kind.is_dir() => Some(Self::Folder),
            _ => Some(Self::Special),
        }
    }

    /// Returns the finding for the file that should be in its place.
    pub fn finding(self, path: impl Into<String>) -> Problem {
        let code = match self {
            Self::Folder => FOLDER_IN_PLACE,
            Self::Special => "payload-special",
        };
        Problem::finding(code, path)
    }

    /// Returns the error of reading it.
    pub(super) fn error(self) -> io::Error {
        match self {
            Self::Folder => ErrorKind::IsADirectory.into(),
            Self::Special => io::Error::new(ErrorKind::InvalidInput, "not a regular file"),
        }
    }
}

/// Code for a folder that stands in the place of a file.
pub const FOLDER_IN_PLACE: &str = "folder-in-place";

/// The files of an archive. Paths are relative to it, with `/`: `public/data/…`, `SHA256SUMS`.
pub trait Bags: Debug + Send + Sync {
    /// Opens a file; `None` if there is none.
    ///
    /// # Errors
    /// The system's.
    fn read(&self, path: &str) -> io::Result<Option<Box<dyn Reader>>>;

    /// Calls `visit` with every entry of `folder` that is not a folder, and with `deep` also of those below it, sorted
    /// by the bytes of the path.
    fn list(&self, folder: &str, deep: bool, visit: &mut dyn FnMut(&str, Listed));

    /// Makes `changes`, whose new files wait in `stage`, durable atomically if the archive's head is still
    /// `expected_head` (see [`super::Archive::head`]).
    ///
    /// # Errors
    /// `archive-changed` if the head differs.
    fn commit(
        &self,
        stage: &Stage,
        changes: Changes,
        description: &BagDescription,
        expected_head: &str,
        work: &Work<'_>,
    ) -> Result<Committed>;

    /// Puts a lost file that the manifests list back from `stage`, which keeps it unless this is its `last` use.
    ///
    /// # Errors
    /// `restore-failed`; `archive-folder-displaced` if something else stands in the place of one of its folders.
    fn restore(&self, stage: &Stage, path: &str, digest: &Sha256, last: bool) -> Result<()>;

    /// Removes links and devices from the places of the folders of a file. What they lead to stays.
    ///
    /// # Errors
    /// The system's.
    fn clear_way(&self, path: &str) -> io::Result<()>;

    /// Returns the size of a file in bytes; `None` if there is no such file.
    ///
    /// # Errors
    /// The system's.
    fn measure(&self, path: &str) -> io::Result<Option<u64>> {
        self.read(path)?.map(|file| file.size()).transpose()
    }

    /// Returns the size of a file in bytes; `None` if there is no such file, or none that can be looked at.
    fn size(&self, path: &str) -> Option<u64> {
        self.measure(path).ok().flatten()
    }

    /// Returns what stands in the place of a file and is none.
    fn obstacle(&self, _path: &str) -> Option<Obstacle> {
        None
    }

    /// Returns the first failure to reach the storage as a whole, if there was one: what could not be read then is unknown,
    /// not lost.
    fn failure(&self) -> Option<Error> {
        None
    }

    /// Makes `target` another name of a file, if the file is one of its own.
    ///
    /// # Errors
    /// The system's; [`ErrorKind::Unsupported`] if it is not.
    fn link(&self, _path: &str, _target: &Path) -> io::Result<()> {
        Err(ErrorKind::Unsupported.into())
    }

    /// Makes the new file `target` a copy of a file that shares its blocks; false, without a new file, if the file system
    /// cannot.
    ///
    /// # Errors
    /// The system's.
    fn share(&self, _path: &str, _target: &Path) -> io::Result<bool> {
        Ok(false)
    }
}

/// Reads a whole file; `None` if there is none.
pub(super) fn whole(bags: &dyn Bags, path: &str) -> io::Result<Option<Vec<u8>>> {
    bags.read(path)?.map(all_of).transpose()
}

/// Reads a file to its end.
pub(super) fn all_of(mut reader: Box<dyn Reader>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(reader.size()?).unwrap_or(0));
    reader.read_to_end(&mut bytes)?;
    Ok(bytes)
}
