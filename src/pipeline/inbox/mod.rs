//! The inbox of an archive: copies of files that a browser sent, because browsers do not tell where a dropped file is.
//! Each drop is a batch in a folder of its own (`.liudi/inbox/1/…`), with the names and places that the files had. A
//! batch is removed once everything in it was read and kept ([`settle()`]); the user's own files are never touched.
//!
//! `N.part` beside a batch holds files that are being received, and the names of what was dropped; it remains if the
//! browser was closed before the end.
//! `list.json` holds what else is to be read.

mod name;
mod receive;
pub mod settle;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use self::receive::Received;
pub use self::settle::{Leftover, NotKept, settle};
use crate::error::{Error, Result};
use crate::model::layout;
use crate::pipeline::archive::session;
use crate::platform;
use crate::store::check_working_folder;

/// Name of the list.
const LIST: &str = "list.json";
/// Ending of a folder for files that are being received.
const PART: &str = "part";
/// Name of the list of what was dropped, among the files that are being received.
const NAMES: &str = "names.json";
/// Ending of a batch that is being removed.
const GONE: &str = "gone";

/// The inbox of an archive.
#[derive(Clone, Debug)]
pub struct Inbox {
    folder: PathBuf,
    root: PathBuf,
}

/// A batch of files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BatchContent {
    /// Number of the batch.
    pub batch: String,
    /// Names of the files and folders that were dropped, by name.
    pub names: Vec<String>,
    /// Number of files.
    pub files: u64,
    /// Bytes of the files.
    pub bytes: u64,
    /// Whether its end was not received.
    pub unfinished: bool,
}

/// What else is to be read: files and folders in their own places, and links.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct List {
    /// Absolute paths.
    pub roots: Vec<PathBuf>,
    /// Links.
    pub links: Vec<String>,
    /// Whether the run that was begun keeps files that no source recognises.
    pub keep_other: bool,
}

impl Inbox {
    /// Returns the inbox of the archive at `root`. Nothing is created.
    pub fn of(root: &Path) -> Self {
        Self { folder: root.join(layout::WORK).join(layout::INBOX), root: root.to_owned() }
    }

    /// Begins a batch and returns its number.
    ///
    /// # Errors
    /// `archive-not-empty` if the archive's folder is another one, `upload-failed`.
    pub fn open(&self) -> Result<String> {
        check_working_folder(&self.root)?;
        self.create()?;
        let last = self.batches()?.last().and_then(|batch| batch.parse::<u64>().ok()).unwrap_or(0);
        for number in last + 1.. {
            let batch = number.to_string();
            match std::fs::create_dir(self.folder.join(&batch)) {
                Ok(()) => {
                    let part = self.part(&batch)?;
                    platform::create_private_folder(&part).map_err(|error| failed(&part, error))?;
                    return Ok(batch);
                }
                // Another page was quicker.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(&self.folder, error)),
            }
        }
        Err(Error::other("upload-damaged"))
    }

    /// Notes the names of what was dropped, so that a batch of which nothing arrives is not forgotten.
    ///
    /// # Errors
    /// `upload-batch-gone`, `upload-failed`.
    pub fn announce(&self, batch: &str, names: &[&str]) -> Result<()> {
        let path = self.part(batch)?.join(NAMES);
        let bytes = serde_json::to_vec(names).unwrap_or_default();
        std::fs::write(&path, bytes).map_err(|error| failed(&path, error))
    }

    /// Returns the names that were announced for a batch whose end was not received.
    fn announced(&self, batch: &str) -> Result<Vec<String>> {
        let bytes = platform::read(self.part(batch)?.join(NAMES)).ok();
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
    }

    /// Ends a batch: all its files were received. One of which none was accepted is removed.
    pub fn close(&self, batch: &str) -> Result<()> {
        self.take_arrived(batch)?;
        remove(&self.part(batch)?)?;
        if self.is_empty(batch)? { self.remove(batch) } else { Ok(()) }
    }

    /// Reports whether no whole file of a batch has arrived.
    pub fn is_empty(&self, batch: &str) -> Result<bool> {
        let mut entries = walkdir::WalkDir::new(self.batch(batch)?).into_iter().flatten();
        Ok(!entries.any(|entry| entry.file_type().is_file()) && self.arrived(batch)?.is_empty())
    }

    /// Returns the folder of a batch.
    ///
    /// # Errors
    /// `upload-batch-gone` if there is no such batch.
    pub fn batch(&self, batch: &str) -> Result<PathBuf> {
        let folder = self.folder.join(batch);
        if is_number(batch) && folder.is_dir() { Ok(folder) } else { Err(Error::input("upload-batch-gone")) }
    }

    fn part(&self, batch: &str) -> Result<PathBuf> {
        Ok(self.batch(batch)?.with_extension(PART))
    }

    /// Returns the numbers of the batches, in order.
    pub fn batches(&self) -> Result<Vec<String>> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(&self.folder, error)),
        };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut batches: Vec<String> = names.filter(|name| is_number(name)).collect();
        batches.sort_by_key(|name| name.parse::<u64>().unwrap_or(u64::MAX));
        Ok(batches)
    }

    /// Returns the folders to read: those of all batches.
    pub fn roots(&self) -> Result<Vec<PathBuf>> {
        Ok(self.batches()?.iter().map(|batch| self.folder.join(batch)).collect())
    }

    /// Returns what is in a batch.
    pub fn content(&self, batch: &str) -> Result<BatchContent> {
        let folder = self.batch(batch)?;
        let mut content = BatchContent { batch: batch.to_owned(), ..BatchContent::default() };
        content.unfinished = self.part(batch)?.is_dir();
        for entry in walkdir::WalkDir::new(&folder).min_depth(1).into_iter().flatten() {
            if entry.depth() == 1 {
                content.names.push(entry.file_name().to_string_lossy().into_owned());
            }
            if entry.file_type().is_file() {
                content.files += 1;
                content.bytes += entry.metadata().map_or(0, |metadata| metadata.len());
            }
        }
        for arrived in self.arrived(batch)? {
            if let Some(first) = arrived.place.components().next() {
                content.names.push(first.as_os_str().to_string_lossy().into_owned());
            }
            content.files += 1;
            content.bytes += arrived.bytes;
        }
        content.names.extend(self.announced(batch)?);
        content.names.sort();
        content.names.dedup();
        Ok(content)
    }

    /// Removes a batch. The files that the user dropped stay where they are.
    pub fn remove(&self, batch: &str) -> Result<()> {
        let (folder, part) = (self.batch(batch)?, self.part(batch)?);
        // Under its number a batch is whole.
        let gone = folder.with_extension(GONE);
        remove(&gone)?;
        platform::rename(&folder, &gone).map_err(|error| failed(&folder, error))?;
        remove(&part)?;
        remove(&gone)
    }

    /// Returns what else is to be read; nothing if the list cannot be read.
    pub fn list(&self) -> List {
        let bytes = platform::read(self.folder.join(LIST)).ok();
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Replaces the list.
    pub fn set_list(&self, list: &List) -> Result<()> {
        self.create()?;
        let path = self.folder.join(LIST);
        let bytes = serde_json::to_vec_pretty(list).unwrap_or_default();
        let written = tempfile::Builder::new().tempfile_in(&self.folder).and_then(|mut file| {
            file.write_all(&bytes)?;
            platform::rename(file.into_temp_path(), &path)
        });
        written.map_err(|error| failed(&path, error))
    }

    fn create(&self) -> Result<()> {
        session::check_folder(&self.root)?;
        platform::create_private_folder(&self.folder).map_err(|error| failed(&self.folder, error))
    }
}

fn is_number(name: &str) -> bool {
    !name.is_empty() && name.len() < 12 && name.bytes().all(|byte| byte.is_ascii_digit())
}

fn remove(folder: &Path) -> Result<()> {
    match platform::remove_folder(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(folder, error)),
        _ => Ok(()),
    }
}

fn failed(path: &Path, error: std::io::Error) -> Error {
    Error::disk("upload-failed", path.display(), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn inbox() -> (tempfile::TempDir, Inbox) {
        let folder = tempfile::tempdir().unwrap();
        let inbox = Inbox::of(&folder.path().join("archive"));
        (folder, inbox)
    }

    /// Returns the body of a request with these files.
    pub(super) fn body(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (path, bytes) in files {
            let header = serde_json::json!({ "path": path, "size": bytes.len(), "modified": 1_700_000_000_123_u64 });
            let header = header.to_string();
            body.extend(u32::try_from(header.len()).unwrap().to_be_bytes());
            body.extend(header.as_bytes());
            body.extend(*bytes);
        }
        body
    }

    #[test]
    fn batches_do_not_meet_and_are_removed_as_a_whole() {
        let (_folder, inbox) = inbox();
        assert!(inbox.batches().unwrap().is_empty());
        let (one, two) = (inbox.open().unwrap(), inbox.open().unwrap());
        assert_ne!(one, two);
        inbox.receive(&one, body(&[("a/x", b"one")]).as_slice()).unwrap();
        inbox.receive(&two, body(&[("a/x", b"another")]).as_slice()).unwrap();
        assert!(inbox.content(&one).unwrap().unfinished);
        inbox.close(&one).unwrap();
        let content = inbox.content(&one).unwrap();
        assert_eq!((content.files, content.bytes, content.unfinished), (1, 3, false));
        assert_eq!(content.names, ["a"]);
        inbox.remove(&one).unwrap();
        assert_eq!(inbox.batches().unwrap(), [two]);
        assert_eq!(inbox.receive(&one, &b""[..]).unwrap_err().code(), "upload-batch-gone");
    }

    #[test]
    fn a_folder_of_other_files_gets_no_inbox() {
        let (folder, _) = inbox();
        std::fs::write(folder.path().join("mine.txt"), "x").unwrap();
        let inbox = Inbox::of(folder.path());
        assert_eq!(inbox.open().unwrap_err().code(), "archive-not-empty");
        assert!(inbox.set_list(&List::default()).is_err());
        assert!(!folder.path().join(layout::WORK).exists());
    }

    #[test]
    fn the_list_is_kept() {
        let (_folder, inbox) = inbox();
        assert_eq!(inbox.list(), List::default());
        let list = List {
            roots: vec![PathBuf::from("/下载")],
            links: vec!["https://mp.weixin.qq.com/s/x".to_owned()],
            keep_other: true,
        };
        inbox.set_list(&list).unwrap();
        assert_eq!(inbox.list(), list);
        assert!(inbox.batches().unwrap().is_empty());
    }
}
