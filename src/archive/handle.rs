//! Opens an archive for reading or writing: every file of both bags as the last commit left it. An interrupted commit
//! counts as done. While a reader's handle lives, no commit moves files.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::bagit::{self, BagDescription};
use super::bags::{self, Bags, Obstacle, Reader};
use super::checked::{Digests, checked};
use super::commit::{Changes, Committed};
use super::folder::{Folder, is_blocked};
use super::journal::inside;
use super::lost::Expected;
use crate::error::{Error, Kind, Result};
use crate::model::{Class, Problem, Sha256, StoreAddress, layout};
use crate::platform;
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
    digests: Digests,
}

impl Archive {
    /// Opens the archive at `root`, waiting for a commit that is moving files. Many readers may share it, also with a
    /// running writer: they see its last commit, and its next commit waits for them.
    ///
    /// # Errors
    /// `archive-locked` if a commit takes very long, `commit-journal-broken` if the list of an interrupted commit is
    /// damaged, `archive-half-copied` if that list is missing.
    pub fn open(root: &Path) -> Result<Self> {
        Self::open_any(root)?.unless_half_copied()
    }

    /// Fails on a note without a list. A commit removes the list after the note, so a note alone means a copy made
    /// without the working folder.
    fn unless_half_copied(self) -> Result<Self> {
        if !self.is_pending() && self.root().join(layout::COMMITTING).exists() {
            return Err(Error::new(Kind::Findings, "archive-half-copied").with("path", self.root().display()));
        }
        Ok(self)
    }

    /// Opens whatever is left of an archive, to inspect it.
    ///
    /// # Errors
    /// `archive-locked`, `commit-journal-broken`.
    pub(super) fn open_any(root: &Path) -> Result<Self> {
        if let Some(address) = StoreAddress::of(root)? {
            return Self::in_store(&address);
        }
        // The lock comes first, so that the list does not change after it was read.
        let reading = BagsLock::share(root)?;
        Self::with(root, reading)
    }

    /// Opens the archive at `address` for reading: every file as the head named it when it was opened.
    #[cfg(feature = "cloud")]
    fn in_store(address: &StoreAddress) -> Result<Self> {
        let cloud = super::cloud::Cloud::open(address)?;
        let (root, digests) = (cloud.root(), Digests::default());
        Ok(Self(Arc::new(Inner { root, bags: Box::new(cloud), pending: false, digests })))
    }

    /// Names what this build lacks.
    #[cfg(not(feature = "cloud"))]
    fn in_store(address: &StoreAddress) -> Result<Self> {
        Err(Error::usage("cloud-not-built").with("address", address))
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
        Ok(Self(Arc::new(Inner {
            root: root.to_owned(),
            bags: Box::new(folder),
            pending,
            digests: Digests::default(),
        })))
    }

    /// Makes changes durable atomically if the archive's head is still `expected_head`.
    ///
    /// # Errors
    /// `archive-changed` if the head differs, `archive-in-use` for an archive that was opened for reading,
    /// `interrupted` before anything is moved.
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

    /// Returns the archive's folder.
    pub fn root(&self) -> &Path {
        &self.0.root
    }

    /// Puts a lost file that the manifests list back from `stage`, which keeps it unless this is its `last` use.
    ///
    /// # Errors
    /// `restore-failed`; `archive-folder-displaced` if something else stands in the place of one of its folders.
    pub fn restore(&self, stage: &Stage, class: Class, path: &str, digest: &Sha256, last: bool) -> Result<()> {
        self.0.bags.restore(stage, &place(class, path), digest, last)
    }

    /// Removes links and devices from the places of the folders of a file. What they lead to stays.
    ///
    /// # Errors
    /// `restore-failed`.
    pub fn clear_way(&self, class: Class, path: &str) -> Result<()> {
        let failed = |error| Error::disk("restore-failed", self.shown(class, path), error);
        self.0.bags.clear_way(&place(class, path)).map_err(failed)
    }

    /// Reports whether an interrupted commit is still to be finished.
    pub fn is_pending(&self) -> bool {
        self.0.pending
    }

    /// Returns the failure to reach the storage as a whole, if there was one: what could not be read then is unknown, not lost.
    pub fn failure(&self) -> Option<Error> {
        self.0.bags.failure()
    }

    /// Returns the storage of the archive's files.
    pub(super) fn bags(&self) -> &dyn Bags {
        &*self.0.bags
    }

    /// Returns the only bag of an archive that was unpacked without the other one.
    pub fn only_bag(&self) -> Option<Class> {
        only_bag(&self.0.root)
    }

    /// Opens a file; `None` if there is none. A list or table ends in an error if it is not as it was archived.
    ///
    /// # Errors
    /// The system's.
    pub fn read(&self, class: Class, path: &str) -> io::Result<Option<Box<dyn Reader>>> {
        let place = place(class, path);
        let Some(reader) = self.0.bags.read(&place)? else { return Ok(None) };
        Ok(Some(match self.0.digests.of(self.bags(), &place) {
            Some(digest) => checked(reader, self.shown(class, path), digest)?,
            None => reader,
        }))
    }

    /// Reads a whole file; `None` if there is none.
    ///
    /// # Errors
    /// The system's; `archive-list-changed` inside of one for a list or table that is not as it was archived.
    pub fn bytes(&self, class: Class, path: &str) -> io::Result<Option<Vec<u8>>> {
        self.read(class, path)?.map(bags::all_of).transpose()
    }

    /// Reads a whole file as it is, whatever was archived; `None` if there is none.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn bytes_as_they_are(&self, class: Class, path: &str) -> io::Result<Option<Vec<u8>>> {
        bags::whole(self.bags(), &place(class, path))
    }

    /// Reads a whole tag file of a bag (`bag-info.txt`); `None` if there is none.
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

    /// Returns a handle to a file that is read or copied later.
    pub fn file(&self, class: Class, path: &str) -> HeldFile {
        HeldFile { archive: self.clone(), class, path: path.to_owned(), expected: None }
    }

    /// Reports whether a bag has this file.
    pub fn has(&self, class: Class, path: &str) -> bool {
        self.size(class, path).is_some()
    }

    /// Returns the size of a file in bytes; `None` if there is no such file.
    ///
    /// # Errors
    /// The system's.
    pub fn measure(&self, class: Class, path: &str) -> io::Result<Option<u64>> {
        self.0.bags.measure(&place(class, path))
    }

    /// Returns the size of a file in bytes; `None` if there is no such file, or none that can be looked at.
    pub fn size(&self, class: Class, path: &str) -> Option<u64> {
        self.0.bags.size(&place(class, path))
    }

    /// Reports whether a bag was ever written.
    pub fn has_bag(&self, class: Class) -> bool {
        self.0.bags.size(&manifest(class)).is_some()
    }

    /// Calls `visit` with every payload file and its digest, sorted.
    ///
    /// # Errors
    /// `manifest-unreadable`, `manifest-line-malformed`, and those of `visit`.
    pub fn each(&self, class: Class, mut visit: impl FnMut(&str, Sha256) -> Result<()>) -> Result<()> {
        let path = manifest(class);
        let shown = self.0.root.join(&path);
        let failed = |error| match self.0.bags.obstacle(&path) {
            Some(_) => Error::damaged("manifest-unreadable").with("path", shown.display()).because(error),
            None => Error::disk("manifest-unreadable", shown.display(), error),
        };
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

    /// Returns the finding for the folder of somebody's that stands in the place of a file, if there is one.
    pub fn blocked(&self, class: Class, path: &str) -> Option<Problem> {
        let place = place(class, path);
        is_blocked(&inside(self.root(), &place)).then(|| Obstacle::Folder.finding(place))
    }

    /// Returns the path of a file, for messages.
    pub fn shown(&self, class: Class, path: &str) -> String {
        shown(&self.0.root, class, path)
    }

    /// Returns a digest of `SHA256SUMS`, which pins every byte of both bags: equal digests mean equal archives. Empty
    /// if there is no archive yet.
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

/// Returns the path of a file of the archive at `root`, for messages.
pub fn shown(root: &Path, class: Class, path: &str) -> String {
    platform::plain(&layout::bag(root, class).join(layout::DATA).join(path)).display().to_string()
}

/// Reports whether `folder` is an archive of this program, with bags in it.
pub fn is_archive(folder: &Path) -> bool {
    let bag = layout::bag(folder, Class::Public);
    folder.join(layout::SHA256SUMS).is_file() && bag.join(layout::BAGIT).is_file()
}

/// Reports whether anything of an archive was ever written in `folder`, be it whole, half or damaged.
pub fn was_written(folder: &Path) -> bool {
    let mut bags = [Class::Public, Class::Private].into_iter().map(|class| layout::bag(folder, class));
    is_begun(folder) || bags.any(|path| path.exists())
}

/// Reports whether `folder` has the list above all others of an archive, or the note of a commit.
pub(super) fn is_begun(folder: &Path) -> bool {
    [layout::SHA256SUMS, layout::COMMITTING].iter().any(|name| folder.join(name).exists())
}

/// Reports whether `folder` has lists of a bag, by which it is known for an archive that has lost the list above them.
pub fn has_lists(folder: &Path) -> bool {
    [Class::Public, Class::Private].into_iter().any(|class| {
        let bag = layout::bag(folder, class);
        [layout::BAGIT, layout::MANIFEST, layout::TAG_MANIFEST].iter().any(|name| bag.join(name).is_file())
    })
}

/// Returns where a file of the archive at `root` is; another process may be moving it.
pub fn file_of(root: &Path, class: Class, path: &str) -> PathBuf {
    layout::bag(root, class).join(layout::DATA).join(path)
}

/// Returns the only bag of the archive at `root`, if it was unpacked without the other one: a note says so, and that one's
/// folder is not there.
pub fn only_bag(root: &Path) -> Option<Class> {
    let both = [(Class::Public, Class::Private), (Class::Private, Class::Public)];
    let is_only = |(this, other): &(Class, Class)| {
        root.join(layout::only(*this)).is_file() && !layout::bag(root, *other).exists()
    };
    both.into_iter().find(is_only).map(|(this, _)| this)
}

fn payload(path: &str) -> String {
    format!("{}/{path}", layout::DATA)
}

/// Returns a payload file's path in the archive: `private/data/…`.
pub fn place(class: Class, path: &str) -> String {
    format!("{}/{}", layout::bag_name(class), payload(path))
}

/// Reports whether a path in the archive is that of a bag's `data/` itself.
pub fn is_payload_folder(path: &str) -> bool {
    [Class::Public, Class::Private]
        .into_iter()
        .any(|class| path == format!("{}/{}", layout::bag_name(class), layout::DATA))
}

/// Returns the bag and the path inside its `data/` of a payload file by its path in the archive; `None` for other files.
pub fn place_of(path: &str) -> Option<(Class, String)> {
    [Class::Public, Class::Private].into_iter().find_map(|class| {
        let inner = path.strip_prefix(layout::bag_name(class))?.strip_prefix('/')?;
        Some((class, inner.strip_prefix(layout::DATA)?.strip_prefix('/')?.to_owned()))
    })
}

/// Returns a payload file's path in its bag: `data/…`.
pub fn in_bag(path: &str) -> String {
    payload(path)
}

fn manifest(class: Class) -> String {
    format!("{}/{}", layout::bag_name(class), layout::MANIFEST)
}

/// A handle to a file of an archive that is read or copied later.
#[derive(Clone)]
pub struct HeldFile {
    archive: Archive,
    class: Class,
    path: String,
    /// What the file must be, for the files of a view.
    expected: Option<Expected>,
}

impl fmt::Debug for HeldFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HeldFile").field(&self.to_string()).finish()
    }
}

/// Formats the file's path for messages.
impl fmt::Display for HeldFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.archive.shown(self.class, &self.path))
    }
}

impl HeldFile {
    /// Returns the file as one that has to have a digest; if it has not, it is added to the lost ones.
    pub(super) fn expecting(self, expected: Expected) -> Self {
        Self { expected: Some(expected), ..self }
    }

    /// Opens the file. One of a view is compared with its digest while it is read, and added to the view's lost files if
    /// it differs.
    ///
    /// # Errors
    /// The system's; [`ErrorKind::NotFound`] if the archive has lost it.
    pub fn open(&self) -> io::Result<Box<dyn Reader>> {
        let opened = self.archive.bags().read(&place(self.class, &self.path));
        let opened = opened.and_then(|reader| reader.ok_or_else(|| ErrorKind::NotFound.into()));
        match &self.expected {
            None => opened,
            Some(expected) => match opened {
                Ok(reader) => expected.of(reader, &self.path),
                Err(error) => {
                    expected.lost.add(&self.path);
                    Err(error)
                }
            },
        }
    }

    /// Reports whether the archive still has the file, as far as is known.
    pub fn is_there(&self) -> bool {
        let Some(expected) = &self.expected else { return self.archive.has(self.class, &self.path) };
        if expected.lost.contains(&self.path) {
            return false;
        }
        let is_there = self.archive.has(self.class, &self.path);
        if !is_there {
            expected.lost.add(&self.path);
        }
        is_there
    }

    /// Notes that the file is not as it was archived; for a file of a view.
    pub fn note_lost(&self) {
        if let Some(expected) = &self.expected {
            expected.lost.add(&self.path);
        }
    }

    /// Makes `target` another name of the file itself.
    ///
    /// # Errors
    /// The system's; [`ErrorKind::Unsupported`] if the file is not a file of its own.
    pub fn link_to(&self, target: &Path) -> io::Result<()> {
        self.archive.0.bags.link(&place(self.class, &self.path), target)
    }

    /// Copies the file to the new file `target`, sharing its blocks where the file system can. Returns false, without a
    /// new file, if the archive has lost it: a copy that is read is compared with the digest.
    ///
    /// # Errors
    /// Those of writing.
    pub fn copy_to(&self, target: &Path) -> io::Result<bool> {
        if !self.is_there() {
            return Ok(false);
        }
        if self.archive.0.bags.share(&place(self.class, &self.path), target)? {
            return Ok(true);
        }
        let Ok(mut reader) = self.open() else { return Ok(false) };
        let mut out = platform::create_new(target, false)?;
        let mut buffer = vec![0; 1 << 16];
        // A file that cannot be read to its end is lost.
        let whole = loop {
            match reader.read(&mut buffer) {
                Ok(0) => break self.expected.as_ref().is_none_or(|expected| !expected.lost.contains(&self.path)),
                Ok(read) => out.write_all(&buffer[..read])?,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => break false,
            }
        };
        if !whole {
            drop(out);
            platform::remove_file(target)?;
        }
        Ok(whole)
    }
}
