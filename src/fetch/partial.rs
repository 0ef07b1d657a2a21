//! Stores a download in progress: `<key>.part` with a running digest, and `<key>.json`, which records how many bytes
//! are durable and which version of the resource they belong to. Both survive `kill -9` and a power cut.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::{Hasher, Sha256};
use crate::platform;

/// Bytes between two checkpoints from which a killed download resumes.
const CHECKPOINT: u64 = 8 * 1024 * 1024;

/// First bytes kept for inspection: a picture's size may follow a preview and a profile.
const HEAD: usize = 64 * 1024;

/// Version of the resource being fetched. Only a version with a strong tag and a known size can be resumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// Strong `ETag`, quotes included.
    pub etag: String,
    /// Size of the whole resource.
    pub total: u64,
}

/// Note stored next to the partial file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    /// Digest of the URL, which may hold a token.
    url: Sha256,
    version: Version,
    /// Bytes known to be durable.
    synced: u64,
}

/// A partial file, open for writing.
pub struct Partial {
    path: PathBuf,
    note_path: PathBuf,
    file: File,
    url: Sha256,
    version: Option<Version>,
    /// Whether a note may exist.
    noted: bool,
    /// Whether nothing was ever written to the file.
    blank: bool,
    hasher: Hasher,
    head: Vec<u8>,
    written: u64,
    synced: u64,
}

impl std::fmt::Debug for Partial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Partial").field("path", &self.path).field("written", &self.written).finish_non_exhaustive()
    }
}

/// A finished file, still in the folder of partial files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Path of the file. The caller moves it away.
    pub path: PathBuf,
    /// Digest of the content.
    pub sha256: Sha256,
    /// Size.
    pub bytes: u64,
    /// First bytes.
    pub head: Vec<u8>,
}

impl Partial {
    /// Opens the partial file of `name` in `folder`, resuming an earlier try of the same URL.
    pub fn open(folder: &Path, name: &str, url: &str) -> Result<Self> {
        let path = folder.join(format!("{name}.part"));
        let note_path = folder.join(format!("{name}.json"));
        let failed = |error| Error::disk("fetch-partial-failed", path.display(), error);
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        // Most files are new. A note without its file is ignored.
        let (file, blank) = match options.create_new(true).open(&path) {
            Ok(file) => (file, true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                (options.create_new(false).open(&path).map_err(failed)?, false)
            }
            Err(error) => return Err(failed(error)),
        };
        let url = Sha256::of(url.as_bytes());
        let mut partial = Self {
            note_path,
            file,
            url,
            version: None,
            noted: false,
            blank,
            hasher: Hasher::new(),
            head: Vec::new(),
            written: 0,
            synced: 0,
            path: path.clone(),
        };
        if !blank && !partial.take_up().map_err(failed)? {
            partial.restart(None).map_err(failed)?;
        }
        Ok(partial)
    }

    /// Reads back the bytes that the note covers; false if there is nothing to resume.
    fn take_up(&mut self) -> io::Result<bool> {
        let Ok(note) = platform::read(&self.note_path) else { return Ok(false) };
        self.noted = true;
        let Ok(note) = serde_json::from_slice::<Note>(&note) else { return Ok(false) };
        if note.url != self.url || note.synced == 0 || self.file.metadata()?.len() < note.synced {
            return Ok(false);
        }
        self.file.set_len(note.synced)?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = self.file.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            self.digest(&buffer[..read]);
        }
        self.synced = note.synced;
        self.version = Some(note.version);
        Ok(self.written == note.synced)
    }

    fn digest(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        let room = HEAD - self.head.len();
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.written += bytes.len() as u64;
    }

    /// Discards the held bytes and starts over with `version`.
    pub fn restart(&mut self, version: Option<Version>) -> io::Result<()> {
        self.forget()?;
        if !self.blank {
            if self.file.metadata()?.len() > 0 {
                self.file.set_len(0)?;
            }
            self.file.seek(SeekFrom::Start(0))?;
        }
        self.hasher = Hasher::new();
        self.head.clear();
        self.written = 0;
        self.synced = 0;
        self.version = version;
        Ok(())
    }

    /// Removes the note, if there ever was one: most files are completed without one.
    fn forget(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.noted) { remove(&self.note_path) } else { Ok(()) }
    }

    /// Returns the bytes held and their version, if the download can be resumed.
    pub fn resumable(&self) -> Option<(u64, &Version)> {
        let version = self.version.as_ref()?;
        (self.written > 0 && self.written < version.total).then_some((self.written, version))
    }

    /// Returns the bytes held.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Makes the held bytes durable and records that in the note. Does nothing without a version.
    pub fn checkpoint(&mut self) -> io::Result<()> {
        let Some(version) = self.version.clone() else { return Ok(()) };
        if self.synced == self.written {
            return Ok(());
        }
        platform::sync_open_data(&self.file)?;
        let note = Note { url: self.url, version, synced: self.written };
        let fresh = self.note_path.with_extension("json.new");
        fs::write(&fresh, serde_json::to_vec(&note)?)?;
        platform::sync_file(&fresh)?;
        platform::rename(&fresh, &self.note_path)?;
        self.noted = true;
        self.synced = self.written;
        Ok(())
    }

    /// Ends the try: keeps what can be resumed, removes what cannot.
    pub fn leave(mut self) -> Result<()> {
        let left = if self.resumable().is_some() {
            self.checkpoint()
        } else {
            self.forget().and_then(|()| remove(&self.path))
        };
        left.map_err(|error| Error::disk("fetch-partial-failed", self.path.display(), error))
    }

    /// Ends a complete download.
    pub fn finish(mut self) -> Result<Finished> {
        self.forget().map_err(|error| Error::disk("fetch-partial-failed", self.path.display(), error))?;
        Ok(Finished { path: self.path, sha256: self.hasher.finish(), bytes: self.written, head: self.head })
    }
}

impl Write for Partial {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.blank = false;
        let written = self.file.write(bytes)?;
        self.digest(&bytes[..written]);
        if self.written - self.synced >= CHECKPOINT {
            self.checkpoint()?;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match platform::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(total: u64) -> Version {
        Version { etag: "\"a\"".to_owned(), total }
    }

    #[test]
    fn a_cut_download_goes_on_with_the_same_digest() {
        let folder = tempfile::tempdir().unwrap();
        let mut partial = Partial::open(folder.path(), "k", "https://u").unwrap();
        partial.restart(Some(version(10))).unwrap();
        partial.write_all(b"01234").unwrap();
        partial.leave().unwrap();
        let mut partial = Partial::open(folder.path(), "k", "https://u").unwrap();
        assert_eq!(partial.resumable().map(|(bytes, _)| bytes), Some(5));
        partial.write_all(b"56789").unwrap();
        let finished = partial.finish().unwrap();
        assert_eq!(finished.sha256, Sha256::of(b"0123456789"));
        assert_eq!(fs::read(&finished.path).unwrap(), b"0123456789");
        assert_eq!(finished.head, b"0123456789");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "the note is gone");
    }

    #[test]
    fn bytes_after_the_last_checkpoint_do_not_count_after_a_kill() {
        let folder = tempfile::tempdir().unwrap();
        let mut partial = Partial::open(folder.path(), "k", "https://u").unwrap();
        partial.restart(Some(version(10))).unwrap();
        partial.write_all(b"01234").unwrap();
        partial.checkpoint().unwrap();
        partial.write_all(b"xx").unwrap();
        // A kill: `leave` is not called.
        drop(partial);
        let partial = Partial::open(folder.path(), "k", "https://u").unwrap();
        assert_eq!(partial.resumable().map(|(bytes, _)| bytes), Some(5));
    }

    #[test]
    fn another_url_or_no_strong_version_starts_anew() {
        let folder = tempfile::tempdir().unwrap();
        for (version, url) in [(Some(version(10)), "https://other"), (None, "https://u")] {
            let mut partial = Partial::open(folder.path(), "k", "https://u").unwrap();
            partial.restart(version).unwrap();
            partial.write_all(b"01234").unwrap();
            partial.leave().unwrap();
            let partial = Partial::open(folder.path(), "k", url).unwrap();
            assert_eq!((partial.written(), partial.resumable()), (0, None));
        }
    }

    #[test]
    fn the_note_holds_no_url() {
        let folder = tempfile::tempdir().unwrap();
        let mut partial = Partial::open(folder.path(), "k", "https://u?token=SECRET").unwrap();
        partial.restart(Some(version(10))).unwrap();
        partial.write_all(b"01234").unwrap();
        partial.leave().unwrap();
        assert!(!fs::read_to_string(folder.path().join("k.json")).unwrap().contains("SECRET"));
    }
}
