//! An archive, opened to be read or written: every file of both bags as the last commit left it. A commit that was
//! interrupted counts as done. As long as a reader's handle lives no commit moves files.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::bagit::{self, BagDescription};
use super::bags::{self, Bags, Reader};
use super::commit::{Changes, Committed};
use super::folder::Folder;
use crate::error::{Error, Kind, Result};
use crate::model::{Class, Sha256, layout};
use crate::store::{ArchiveLock, BagsLock, Stage};
use crate::work::Work;

/// An open archive. Cheap to clone; paths are inside a bag's `data/`.
#[derive(Clone, Debug)]
pub struct Archive(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    root: PathBuf,
    bags: Box<dyn Bags>,
    pending: bool,
}

impl Archive {
    /// Opens the archive at `root`. Waits for a commit that moves files just now. Many may read at once, also while a
    /// writer collects: they see what it committed last, and its next commit waits for them.
    ///
    /// # Errors
    /// `archive-locked` if a commit takes very long, `commit-journal-broken` if the list of an interrupted one is damaged,
    /// `archive-half-copied` if it is gone.
    pub fn open(root: &Path) -> Result<Self> {
        Self::open_any(root)?.unless_half_copied()
    }

    /// The list goes after the note: whoever finds the note alone has a copy without the working folder.
    fn unless_half_copied(self) -> Result<Self> {
        if !self.is_pending() && self.root().join(layout::COMMITTING).exists() {
            return Err(Error::new(Kind::Findings, "archive-half-copied").with("path", self.root().display()));
        }
        Ok(self)
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
        Self::with(root, None)?.unless_half_copied()
    }

    fn with(root: &Path, reading: Option<BagsLock>) -> Result<Self> {
        let folder = Folder::open(root, reading)?;
        let pending = folder.is_pending();
        Ok(Self(Arc::new(Inner { root: root.to_owned(), bags: Box::new(folder), pending })))
    }

    /// Makes changes durable as one, if the archive is still the one that `expected_head` names.
    ///
    /// # Errors
    /// `archive-changed` if it is another one, `archive-in-use` for an archive that was opened to be read, `interrupted`
    /// before anything is moved.
    pub fn commit(
        &self,
        stage: &Stage,
        changes: Changes,
        description: &BagDescription,
        expected_head: &str,
        work: &Work<'_>,
    ) -> Result<Committed> {
        self.0.bags.commit(stage, changes, description, expected_head, work)
    }

    /// Returns its folder.
    pub fn root(&self) -> &Path {
        &self.0.root
    }

    /// Puts a file that the manifests list and that is gone back into its place, out of `stage`.
    ///
    /// # Errors
    /// `commit-failed`.
    pub fn restore(&self, stage: &Stage, class: Class, path: &str, digest: &Sha256) -> Result<()> {
        self.0.bags.restore(stage, &place(class, path), digest)
    }

    /// Returns whether an interrupted commit waits to be finished.
    pub fn is_pending(&self) -> bool {
        self.0.pending
    }

    /// Returns the files by themselves.
    pub(super) fn bags(&self) -> &dyn Bags {
        &*self.0.bags
    }

    /// Opens a file; `None` if there is none.
    ///
    /// # Errors
    /// The system's.
    pub fn read(&self, class: Class, path: &str) -> io::Result<Option<Box<dyn Reader>>> {
        self.0.bags.read(&place(class, path))
    }

    /// Reads a file whole; `None` if there is none.
    ///
    /// # Errors
    /// The system's.
    pub fn bytes(&self, class: Class, path: &str) -> io::Result<Option<Vec<u8>>> {
        bags::whole(self.bags(), &place(class, path))
    }

    /// Reads a tag file of a bag whole (`bag-info.txt`); `None` if there is none.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn tag_file(&self, class: Class, name: &str) -> io::Result<Option<Vec<u8>>> {
        bags::whole(self.bags(), &format!("{}/{name}", layout::bag_name(class)))
    }

    /// Opens a tag file of a bag; `None` if there is none.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn open_tag_file(&self, class: Class, name: &str) -> io::Result<Option<Box<dyn Reader>>> {
        self.0.bags.read(&format!("{}/{name}", layout::bag_name(class)))
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
        self.0.bags.size(&place(class, path))
    }

    /// Returns whether a bag was ever written.
    pub fn has_bag(&self, class: Class) -> bool {
        self.0.bags.size(&manifest(class)).is_some()
    }

    /// Calls `visit` with every payload file and its digest, sorted.
    ///
    /// # Errors
    /// `manifest-unreadable`, `manifest-malformed`, and those of `visit`.
    pub fn each(&self, class: Class, mut visit: impl FnMut(&str, Sha256) -> Result<()>) -> Result<()> {
        let path = manifest(class);
        let failed = |error| Error::disk("manifest-unreadable", self.0.root.join(&path).display(), error);
        let Some(reader) = self.0.bags.read(&path).map_err(failed)? else { return Ok(()) };
        let prefix = payload("");
        bagit::read_entries(reader, &self.0.root.join(&path), |path, digest| {
            path.strip_prefix(&prefix).map_or(Ok(()), |inner| visit(inner, digest))
        })
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
        let bytes = bags::whole(self.bags(), layout::SHA256SUMS).map_err(|error| {
            Error::disk("manifest-unreadable", self.0.root.join(layout::SHA256SUMS).display(), error)
        })?;
        Ok(bytes.map(|bytes| Sha256::of(&bytes).hex()).unwrap_or_default())
    }
}

/// Returns where a file of the archive at `root` is to be found, for people.
pub fn shown(root: &Path, class: Class, path: &str) -> String {
    layout::bag(root, class).join(layout::DATA).join(path).display().to_string()
}

/// Returns whether `folder` is an archive of ours, with bags in it.
pub fn is_archive(folder: &Path) -> bool {
    let bag = layout::bag(folder, Class::Public);
    folder.join(layout::SHA256SUMS).is_file() && bag.join(layout::BAGIT).is_file()
}

fn payload(path: &str) -> String {
    format!("{}/{path}", layout::DATA)
}

/// Returns a payload file's path in the archive: `private/data/…`.
pub fn place(class: Class, path: &str) -> String {
    format!("{}/{}", layout::bag_name(class), payload(path))
}

/// Returns a payload file's path in its bag: `data/…`.
pub fn in_bag(path: &str) -> String {
    payload(path)
}

fn manifest(class: Class) -> String {
    format!("{}/{}", layout::bag_name(class), layout::MANIFEST)
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

    /// Copies it to the new file `target`, sharing its blocks where the file system can.
    ///
    /// # Errors
    /// The system's.
    pub fn copy_to(&self, target: &Path) -> io::Result<()> {
        self.archive.0.bags.copy(&place(self.class, &self.path), target)
    }
}
