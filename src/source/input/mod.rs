//! An input: a file, a member of a ZIP (read, never extracted), or bytes found inside another input. Inputs know their
//! siblings, so that a page finds its `x_files/` folder on disk and in a container alike.

pub(crate) mod asked;
pub mod fault;
pub mod probe;
pub mod received;
pub(crate) mod recorded;
mod siblings;
pub(crate) mod spill;

use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use secrecy::SecretString;

use self::fault::{Fault, Faults, Listed, Watched};
pub use self::siblings::{Listing, Siblings};
use super::Received;
use crate::error::{Error, Result};
use crate::model::Time;
use crate::platform;
use crate::secret::without_secrets;

/// The user's passwords for encrypted ZIPs. Tried in order; never kept, never shown.
#[derive(Clone, Debug, Default)]
pub struct Passwords(Arc<Vec<SecretString>>);

impl Passwords {
    /// Creates a list of passwords.
    pub fn new(passwords: Vec<SecretString>) -> Self {
        Self(Arc::new(passwords))
    }

    /// Iterates over the passwords.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(secrecy::ExposeSecret::expose_secret)
    }

    /// Returns these passwords and one more.
    pub fn with(&self, more: SecretString) -> Self {
        let known = self.iter().map(|known| SecretString::from(known.to_owned()));
        Self::new(known.chain([more]).collect())
    }

    /// Reports whether there are no passwords.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One input. Cheap to clone.
#[derive(Clone)]
pub struct Input {
    inner: Arc<Inner>,
}

struct Inner {
    /// Path as the file and its folders are named.
    place: Box<str>,
    /// Locator to show and write, where it differs from the place: names can contain secrets.
    locator: Option<Box<str>>,
    size: u64,
    modified: Option<Time>,
    body: Body,
    siblings: OnceLock<Weak<Siblings>>,
    received: OnceLock<Box<Received>>,
    /// Whether the first bytes are those of an image, audio or video; unset until somebody looked.
    is_media: OnceLock<bool>,
    /// Faults, shared with the same input in memory.
    faults: Arc<Faults>,
}

/// The location of the bytes.
enum Body {
    Bytes(Vec<u8>),
    File(PathBuf),
    /// A file that is not opened by a path.
    Held(Arc<dyn OpenFile>),
    /// A source opened again for each reading (a ZIP member).
    Opener(Arc<dyn Open>),
    /// A file of which somebody read the beginning: the first reader goes on from there. In a box, since there may be a
    /// million of the other kinds.
    Begun(Input, Box<Mutex<Option<Beginning>>>),
}

/// The first bytes of a file, and the reader of the rest.
type Beginning = (Vec<u8>, FileReader);

/// A buffered reader of a file. Whoever reads in larger steps than the buffer copies nothing through it.
pub(crate) type FileReader = BufReader<Watched<SeekFile>>;

/// Size of that buffer in bytes.
const BUFFER: usize = 64 * 1024;

/// A file that can be opened more than once.
pub trait OpenFile: Send + Sync {
    /// Opens the file at its first byte.
    fn open(&self) -> std::io::Result<Box<dyn ReadSeek>>;
}

/// A seekable reader.
pub trait ReadSeek: Read + Seek + Send {}

impl<T: Read + Seek + Send> ReadSeek for T {}

/// An open file, readable at any position.
pub(crate) struct SeekFile(Box<dyn ReadSeek>);

impl std::fmt::Debug for SeekFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SeekFile").finish_non_exhaustive()
    }
}

impl Read for SeekFile {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for SeekFile {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

/// A source of bytes that can be opened for reading more than once.
pub trait Open: Send + Sync {
    /// Opens a reader at the first byte.
    fn open(&self) -> Result<Box<dyn Read + '_>>;
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input")
            .field("locator", &self.locator())
            .field("size", &self.inner.size)
            .finish_non_exhaustive()
    }
}

impl Input {
    /// Creates an input from a file on disk. `locator` names it to the user and in evidence (relative to the given
    /// path).
    pub fn file(path: PathBuf, locator: impl Into<String>, size: u64, modified: Option<Time>) -> Self {
        Self::make(locator.into(), size, modified, Body::File(path))
    }

    /// Creates an input from the file `number` of `siblings`.
    fn listed(
        siblings: &Arc<Siblings>,
        number: usize,
        path: PathBuf,
        place: &str,
        size: u64,
        modified: Option<Time>,
    ) -> Self {
        let siblings = Arc::downgrade(siblings);
        let faults = Faults::of(Listed { siblings: Weak::clone(&siblings), number });
        let input = Self::with_faults(place.to_owned(), size, modified, Body::File(path), faults);
        let _ = input.inner.siblings.set(siblings);
        input
    }

    /// Creates an input from bytes in memory, found inside another input.
    pub fn bytes_at(locator: impl Into<String>, bytes: Vec<u8>, modified: Option<Time>) -> Self {
        Self::make(locator.into(), bytes.len() as u64, modified, Body::Bytes(bytes))
    }

    /// Creates an input from a file that is opened by `file`.
    pub fn held(file: Arc<dyn OpenFile>, locator: impl Into<String>, size: u64, modified: Option<Time>) -> Self {
        Self::make(locator.into(), size, modified, Body::Held(file))
    }

    /// Creates an input that is opened on demand.
    pub fn opened_by(opener: Arc<dyn Open>, locator: impl Into<String>, size: u64, modified: Option<Time>) -> Self {
        Self::make(locator.into(), size, modified, Body::Opener(opener))
    }

    fn make(place: String, size: u64, modified: Option<Time>, body: Body) -> Self {
        Self::with_faults(place, size, modified, body, Faults::default())
    }

    fn with_faults(place: String, size: u64, modified: Option<Time>, body: Body, faults: Faults) -> Self {
        let locator = Some(without_secrets(&place)).filter(|shown| *shown != place.as_str());
        let locator = locator.map(|shown| shown.into_owned().into_boxed_str());
        Self {
            inner: Arc::new(Inner {
                place: place.into_boxed_str(),
                locator,
                size,
                modified,
                body,
                siblings: OnceLock::new(),
                received: OnceLock::new(),
                is_media: OnceLock::new(),
                faults: Arc::new(faults),
            }),
        }
    }

    /// Returns the same input with its bytes in memory, where they are already loaded.
    pub fn with_bytes(&self, bytes: Vec<u8>) -> Self {
        self.with_body(bytes.len() as u64, Body::Bytes(bytes))
    }

    /// Returns the same input with its first bytes in memory and a reader after them, so that it is opened once.
    pub(crate) fn with_begun(&self, head: Vec<u8>, rest: FileReader) -> Self {
        self.with_body(self.size(), Body::Begun(self.clone(), Box::new(Mutex::new(Some((head, rest))))))
    }

    fn with_body(&self, size: u64, body: Body) -> Self {
        let input = Self {
            inner: Arc::new(Inner {
                place: self.inner.place.clone(),
                locator: self.inner.locator.clone(),
                size,
                modified: self.modified(),
                body,
                siblings: OnceLock::new(),
                received: OnceLock::new(),
                is_media: self.inner.is_media.clone(),
                faults: Arc::clone(&self.inner.faults),
            }),
        };
        if let Some(siblings) = self.inner.siblings.get() {
            let _ = input.inner.siblings.set(siblings.clone());
        }
        if let Some(received) = self.inner.received.get() {
            let _ = input.inner.received.set(received.clone());
        }
        input
    }

    /// Adds the container's record of how the input was received.
    pub fn with_received(self, received: Received) -> Self {
        let _ = self.inner.received.set(Box::new(received));
        self
    }

    /// Returns the container's record of how the input was received, for a part of a container that has one.
    pub fn received(&self) -> Option<&Received> {
        self.inner.received.get().map(|received| &**received)
    }

    /// Sets the input's siblings; only the first call counts. The walk owns the siblings while they are read.
    pub fn set_siblings(&self, siblings: &Arc<Siblings>) {
        let _ = self.inner.siblings.set(Arc::downgrade(siblings));
    }

    /// Returns the siblings.
    pub(super) fn siblings(&self) -> Option<Arc<Siblings>> {
        self.inner.siblings.get()?.upgrade()
    }

    /// Returns the path as the file system or the container names it: for finding siblings, never to be written.
    pub fn place(&self) -> &str {
        &self.inner.place
    }

    /// Returns the locator: `folder/a.html`, `bills.zip!/b.csv`.
    pub fn locator(&self) -> &str {
        self.inner.locator.as_deref().unwrap_or(&self.inner.place)
    }

    /// Returns the last part of the locator.
    pub fn name(&self) -> &str {
        self.locator().rsplit('/').next().unwrap_or_default()
    }

    /// Returns the path of a file on disk.
    fn path(&self) -> Option<&Path> {
        match &self.inner.body {
            Body::File(path) => Some(path),
            _ => None,
        }
    }

    /// Returns the size in bytes.
    pub fn size(&self) -> u64 {
        self.inner.size
    }

    /// Returns the time of the file's last change.
    pub fn modified(&self) -> Option<Time> {
        self.inner.modified
    }

    /// Reports whether the input can be read at any position.
    pub(crate) fn is_file(&self) -> bool {
        match &self.inner.body {
            Body::File(_) | Body::Held(_) => true,
            Body::Begun(input, _) => input.is_file(),
            Body::Bytes(_) | Body::Opener(_) => false,
        }
    }

    fn reopen(&self) -> Result<SeekFile> {
        let opened: std::io::Result<Box<dyn ReadSeek>> = match &self.inner.body {
            Body::File(path) => platform::open_file(path).map(|file| Box::new(file) as _),
            Body::Held(file) => file.open(),
            Body::Begun(input, _) => return input.reopen(),
            Body::Bytes(_) | Body::Opener(_) => Err(std::io::ErrorKind::Unsupported.into()),
        };
        let failed = |error| Error::input("input-open-failed").with("path", self.locator()).because(error);
        opened.map(SeekFile).map_err(failed)
    }

    /// Opens a reader at the first byte.
    pub fn open(&self) -> Result<Box<dyn Read + '_>> {
        match &self.inner.body {
            Body::Bytes(bytes) => Ok(Box::new(Cursor::new(bytes.as_slice()))),
            Body::File(_) | Body::Held(_) => Ok(Box::new(self.begin()?)),
            Body::Opener(opener) => Ok(Box::new(self.watched(opener.open())?)),
            Body::Begun(input, begun) => match begun.lock().unwrap_or_else(PoisonError::into_inner).take() {
                Some((head, rest)) => Ok(Box::new(Cursor::new(head).chain(rest))),
                None => input.open(),
            },
        }
    }

    /// Opens a file at its first byte; the reader outlives the input.
    pub(crate) fn begin(&self) -> Result<FileReader> {
        Ok(BufReader::with_capacity(BUFFER, self.watched(self.reopen())?.until_the_end(self.size())))
    }

    /// Returns the first bytes, at most `most`: all that can be read of them. A failure is noted by the input.
    pub(crate) fn first_bytes(&self, most: usize) -> Vec<u8> {
        let mut head = Vec::new();
        let read = |reader: &mut dyn Read, head: &mut Vec<u8>| {
            head.reserve_exact(most);
            // An unreadable input is reported when it is read.
            let _ = reader.take(most as u64).read_to_end(head);
        };
        if self.is_file() {
            // Without a buffer, which would read more than is asked for.
            if let Ok(file) = self.watched(self.reopen()) {
                read(&mut file.until_the_end(self.size()), &mut head);
            }
        } else if let Ok(mut reader) = self.open() {
            read(&mut reader, &mut head);
        }
        head
    }

    /// Notes whether the first bytes are those of an image, audio or video.
    pub(crate) fn note_media(&self, is_media: bool) {
        let _ = self.inner.is_media.set(is_media);
    }

    /// Reports whether the input was found to be an image, audio or video; false where nobody looked.
    pub(crate) fn is_noted_media(&self) -> bool {
        self.inner.is_media.get().is_some_and(|is_media| *is_media)
    }

    /// Opens the file for reading at any position; `None` for an input that can only be read forwards.
    pub(crate) fn open_file(&self) -> Option<Result<Watched<SeekFile>>> {
        self.is_file().then(|| self.watched(self.reopen()))
    }

    fn watched<R>(&self, opened: Result<R>) -> Result<Watched<R>> {
        match opened {
            Ok(reader) => Ok(Watched::new(reader, &self.inner.faults, self.locator())),
            Err(error) => {
                self.inner.faults.note(&error, self.locator());
                Err(error)
            }
        }
    }

    /// Returns the failures that kept this input, or a sibling it needs, from being read, regardless of the reader and
    /// of how it handled them.
    pub fn faults(&self) -> Vec<Fault> {
        self.inner.faults.all()
    }

    /// Returns the first failure of reading this input itself.
    pub fn fault(&self) -> Option<Fault> {
        self.inner.faults.first()
    }

    /// Reads all bytes.
    ///
    /// # Errors
    /// `input-too-large` above `limit`, `input-read-failed` where reading breaks off.
    pub fn bytes(&self, limit: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.size().min(limit)).unwrap_or(0));
        self.open()?.take(limit + 1).read_to_end(&mut bytes).map_err(|error| Error::reading(error, self.locator()))?;
        if bytes.len() as u64 > limit {
            return Err(Error::input("input-too-large").with("path", self.locator()).with("limit", limit));
        }
        Ok(bytes)
    }

    /// Returns the input at `relative`, resolved from this one as an HTML file means it (decoded, `/` between parts,
    /// `./` allowed). Never leaves the root.
    pub fn sibling(&self, relative: &str) -> Option<Self> {
        let siblings = self.siblings()?;
        let mut parts: Vec<&str> = self.inner.place.split('/').collect();
        parts.pop();
        for part in relative.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                part => parts.push(part),
            }
        }
        let found = siblings.get(&parts.join("/"))?;
        self.inner.faults.depend_on(&found.inner.faults);
        Some(found)
    }

    /// Returns the files in the folders of this input, if it is named like a saved page (`x_files/` of `x.html`).
    pub(crate) fn companions(&self) -> impl Iterator<Item = Self> {
        self.siblings().into_iter().flat_map(|siblings| siblings.companions(self.place()))
    }

    /// Reports whether this input asked for `other` as its [sibling](Self::sibling).
    pub(crate) fn asked_for(&self, other: &Self) -> bool {
        self.inner.faults.depends_on(&other.inner.faults)
    }
}
