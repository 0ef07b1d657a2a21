//! An archive opened for reading: every file of both bags as the last commit left it. A commit that was interrupted
//! counts as done: what it has not moved yet is read where it waits. As long as the handle lives no commit moves files.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{self, ErrorKind, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::state::{ExpectedState, expected_state};
use crate::error::{Error, Kind, Result};
use crate::model::{Class, Sha256, layout};
use crate::platform;
use crate::store::{ArchiveLock, BagsLock};

/// A file of an archive, open.
pub trait Reader: Read + Seek + Send {
    /// Returns its bytes' number.
    ///
    /// # Errors
    /// The system's.
    fn size(&self) -> io::Result<u64>;
}

impl Reader for fs::File {
    fn size(&self) -> io::Result<u64> {
        self.metadata().map(|metadata| metadata.len())
    }
}

/// An archive opened for reading. Cheap to clone; paths are inside a bag's `data/`.
#[derive(Clone, Debug)]
pub struct Archive(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    root: PathBuf,
    state: ExpectedState,
    /// None for the process that writes, and where there is nothing to lock.
    _reading: Option<BagsLock>,
}

impl Archive {
    /// Opens the archive at `root`. Waits for a commit that moves files just now. Many may read at once, also while a
    /// writer collects: they see what it committed last, and its next commit waits for them.
    ///
    /// # Errors
    /// `archive-locked` if a commit takes very long, `commit-journal-broken` if the list of an interrupted one is damaged,
    /// `archive-half-copied` if it is gone.
    pub fn open(root: &Path) -> Result<Self> {
        let archive = Self::open_any(root)?;
        // The list goes after the note: whoever finds the note alone has a copy without the working folder.
        if !archive.is_pending() && root.join(layout::COMMITTING).exists() {
            return Err(Error::new(Kind::Findings, "archive-half-copied").with("path", root.display()));
        }
        Ok(archive)
    }

    /// Opens whatever is left of an archive, to look what that is.
    ///
    /// # Errors
    /// `archive-locked`, `commit-journal-broken`.
    pub(super) fn open_any(root: &Path) -> Result<Self> {
        // Locked first: what is read of the list afterwards stays true.
        let reading = BagsLock::share(root)?;
        Self::with(root, reading)
    }

    /// Opens the archive at `root` for the process that holds `lock`, whose own commits do not wait for it.
    ///
    /// # Errors
    /// As [`Archive::open`].
    pub fn of_writer(root: &Path, _lock: &ArchiveLock) -> Result<Self> {
        Self::with(root, None)
    }

    fn with(root: &Path, reading: Option<BagsLock>) -> Result<Self> {
        Ok(Self(Arc::new(Inner { root: root.to_owned(), state: expected_state(root)?, _reading: reading })))
    }

    /// Returns its folder.
    pub fn root(&self) -> &Path {
        &self.0.root
    }

    /// Returns whether an interrupted commit waits to be finished.
    pub fn is_pending(&self) -> bool {
        self.0.state.pending.is_some()
    }

    pub(super) fn state(&self) -> &ExpectedState {
        &self.0.state
    }

    /// Opens a file; `None` if there is none.
    ///
    /// # Errors
    /// The system's.
    pub fn read(&self, class: Class, path: &str) -> io::Result<Option<Box<dyn Reader>>> {
        self.open_at(&self.0.state.locate(class, &payload(path)))
    }

    /// Reads a file whole; `None` if there is none.
    ///
    /// # Errors
    /// The system's.
    pub fn bytes(&self, class: Class, path: &str) -> io::Result<Option<Vec<u8>>> {
        whole(&self.0.state.locate(class, &payload(path)))
    }

    /// Reads a tag file of a bag whole (`bag-info.txt`); `None` if there is none.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn tag_file(&self, class: Class, name: &str) -> io::Result<Option<Vec<u8>>> {
        whole(&self.0.state.locate(class, name))
    }

    fn open_at(&self, path: &Path) -> io::Result<Option<Box<dyn Reader>>> {
        match platform::open_file(path) {
            Ok(file) => Ok(Some(Box::new(file))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns a file as something that is read or copied later.
    pub fn file(&self, class: Class, path: &str) -> HeldFile {
        HeldFile { archive: self.clone(), class, path: path.to_owned() }
    }

    /// Returns whether a bag has this file.
    pub fn has(&self, class: Class, path: &str) -> bool {
        self.size(class, path).is_some()
    }

    /// Returns how many bytes a file has; `None` if there is no such file.
    pub fn size(&self, class: Class, path: &str) -> Option<u64> {
        let metadata = fs::metadata(self.0.state.locate(class, &payload(path))).ok()?;
        metadata.is_file().then_some(metadata.len())
    }

    /// Returns whether a bag was ever written.
    pub fn has_bag(&self, class: Class) -> bool {
        self.0.state.locate(class, layout::MANIFEST).is_file()
    }

    /// Calls `visit` with every payload file and its digest, sorted.
    ///
    /// # Errors
    /// `manifest-unreadable`, `manifest-malformed`, and those of `visit`.
    pub fn each(&self, class: Class, mut visit: impl FnMut(&str, Sha256) -> Result<()>) -> Result<()> {
        self.0.state.each(class, |path, digest| path.strip_prefix("data/").map_or(Ok(()), |inner| visit(inner, digest)))
    }

    /// Returns the payload files whose paths begin with `prefix`, with their digests.
    ///
    /// # Errors
    /// As [`Archive::each`].
    pub fn below(&self, class: Class, prefix: &str) -> Result<BTreeMap<String, Sha256>> {
        let mut files = BTreeMap::new();
        self.each(class, |path, digest| {
            if path.starts_with(prefix) {
                files.insert(path.to_owned(), digest);
            }
            Ok(())
        })?;
        Ok(files)
    }

    /// Returns where a file is to be found, for people.
    pub fn shown(&self, class: Class, path: &str) -> String {
        shown(&self.0.root, class, path)
    }

    /// Returns a digest of `SHA256SUMS`, which pins every byte of both bags: the same digest, the same archive. Empty
    /// where there is no archive yet.
    ///
    /// # Errors
    /// `manifest-unreadable`.
    pub fn head(&self) -> Result<String> {
        let path = self.0.state.locate_in_root(layout::SHA256SUMS);
        let bytes = whole(&path).map_err(|error| Error::disk("manifest-unreadable", path.display(), error))?;
        Ok(bytes.map(|bytes| Sha256::of(&bytes).hex()).unwrap_or_default())
    }
}

/// Returns where a file of the archive at `root` is to be found, for people.
pub fn shown(root: &Path, class: Class, path: &str) -> String {
    layout::bag(root, class).join(layout::DATA).join(path).display().to_string()
}

fn payload(path: &str) -> String {
    format!("{}/{path}", layout::DATA)
}

fn whole(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A file of an archive, to be read or copied later.
#[derive(Clone)]
pub struct HeldFile {
    archive: Archive,
    class: Class,
    path: String,
}

impl fmt::Debug for HeldFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HeldFile").field(&self.to_string()).finish()
    }
}

/// Where it is to be found, for people.
impl fmt::Display for HeldFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.archive.shown(self.class, &self.path))
    }
}

impl HeldFile {
    /// Opens it.
    ///
    /// # Errors
    /// The system's; [`ErrorKind::NotFound`] where the archive has lost it.
    pub fn open(&self) -> io::Result<Box<dyn Reader>> {
        self.archive.read(self.class, &self.path)?.ok_or_else(|| ErrorKind::NotFound.into())
    }

    /// Returns whether the archive still has it.
    pub fn is_there(&self) -> bool {
        self.archive.has(self.class, &self.path)
    }

    /// Returns the file that holds it, for readers that go back and forth in it and name it to nobody.
    pub fn local_path(&self) -> PathBuf {
        self.archive.0.state.locate(self.class, &payload(&self.path))
    }

    /// Copies it to the new file `target`, sharing its blocks where the file system can.
    ///
    /// # Errors
    /// The system's.
    pub fn copy_to(&self, target: &Path) -> io::Result<()> {
        platform::clone_file(&self.archive.0.state.locate(self.class, &payload(&self.path)), target)
    }
}
