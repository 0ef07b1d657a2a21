//! Stores the list of the files that earlier runs wrote, with the path and key of each. It is kept in the archive's
//! working folder, not in the site, and is streamed, because it is as long as the site has files.
//!
//! While a run writes, a log beside the list names every file before it is touched and again once it is complete. The
//! run merges both at its end; after a kill the next run does, so that it keeps what is complete and knows every file
//! that may be half done.

use std::fmt;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::print::pages_folder;
use super::writer::{link_above, note, part_name, remove_empty_folders};
use crate::error::{Error, Result};
use crate::export::{Losses, OutPath};
use crate::model::{NameMap, NameSet, Sha256};
use crate::platform;

/// A written file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) key: Sha256,
    pub(super) bytes: u64,
    /// Digest of a file that the user may change; none for copies of the archive's files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) digest: Option<Sha256>,
    /// What the file could not express.
    #[serde(default, skip_serializing_if = "Losses::is_empty")]
    pub(super) lost: Losses,
}

/// Calls `visit` for every file of a list; returns whether the list could be read completely.
pub(super) fn each(list: &Path, mut visit: impl FnMut(&str, Entry)) -> bool {
    let Ok(file) = platform::open_file(list) else { return false };
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, file));
    json.deserialize_map(Entries(&mut visit)).is_ok() && json.end().is_ok()
}

struct Entries<'v>(&'v mut dyn FnMut(&str, Entry));

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("files with their keys")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some((path, entry)) = entries.next_entry::<String, Entry>()? {
            (self.0)(&path, entry);
        }
        Ok(())
    }
}

/// Key of a file whose content is not known: no output has it.
fn no_key() -> Sha256 {
    Sha256::from([0; 32])
}

impl Entry {
    /// Reports whether nothing is known of what a killed run left in the file's place.
    pub(super) fn is_unknown(&self) -> bool {
        self.key == no_key() && self.digest.is_none()
    }
}

/// Returns the files that earlier runs wrote to `folder`, after removing what a killed one left half-written. From now
/// on the folder is known as an export, even if this run is killed.
pub(super) fn begin(list: &Path, folder: &Path) -> Result<NameMap<Entry>> {
    merge(list, folder, |_| true)?;
    let mut known = NameMap::default();
    let whole = each(list, |path, entry| {
        known.put(path, entry);
    });
    if !whole {
        // An absent or unreadable list is empty, which only costs work.
        known = NameMap::default();
        note(list, b"{}")?;
    }
    Ok(known)
}

/// The log of a run. It is opened by the first file.
pub(super) struct Log<'l> {
    list: &'l Path,
    file: Mutex<LogFile>,
}

enum LogFile {
    Unopened,
    Open(File),
    /// The archive's working state is read-only.
    ReadOnly,
}

/// A line of the log: a path, with its entry once the file is complete.
type Line = (String, Option<Entry>);

impl<'l> Log<'l> {
    pub(super) fn new(list: &'l Path) -> Self {
        Self { list, file: Mutex::new(LogFile::Unopened) }
    }

    /// Reports whether the run has written or tried to write any file.
    pub(super) fn is_empty(&self) -> bool {
        matches!(*self.file.lock().unwrap_or_else(PoisonError::into_inner), LogFile::Unopened)
    }

    /// Names files that are about to be written.
    pub(super) fn announce<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Result<()> {
        let mut lines = Vec::new();
        for path in paths {
            self.line(&mut lines, path, None)?;
        }
        self.append(&lines)
    }

    /// Notes that a file is complete.
    pub(super) fn add(&self, path: &str, entry: &Entry) -> Result<()> {
        let mut line = Vec::new();
        self.line(&mut line, path, Some(entry))?;
        self.append(&line)
    }

    fn line(&self, out: &mut Vec<u8>, path: &str, entry: Option<&Entry>) -> Result<()> {
        let written = serde_json::to_writer(&mut *out, &(path, entry));
        out.push(b'\n');
        written.map_err(|error| failed(self.list)(error.into()))
    }

    /// Appends whole lines in one call each time: after a kill all of them are there, and perhaps a part of one.
    fn append(&self, lines: &[u8]) -> Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.is_empty() {
            return Ok(());
        }
        if matches!(*file, LogFile::Unopened) {
            let path = log_path(self.list);
            let opened = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| File::create(&path));
            *file = match opened {
                Ok(opened) => LogFile::Open(opened),
                Err(error) if platform::is_read_only(&error) => LogFile::ReadOnly,
                Err(error) => return Err(failed(self.list)(error)),
            };
        }
        match &mut *file {
            LogFile::Open(file) => file.write_all(lines).map_err(failed(self.list)),
            LogFile::Unopened | LogFile::ReadOnly => Ok(()),
        }
    }

    /// Merges the log into the list, without the files for which `keep` is false.
    pub(super) fn finish(self, folder: &Path, keep: impl FnMut(&str) -> bool) -> Result<()> {
        let Self { list, file } = self;
        match file.into_inner().unwrap_or_else(PoisonError::into_inner) {
            LogFile::ReadOnly => return Ok(()),
            LogFile::Open(_) => {}
            // Files were only removed.
            LogFile::Unopened => note(&log_path(list), b"")?,
        }
        merge(list, folder, keep)
    }
}

fn log_path(list: &Path) -> PathBuf {
    let mut name = list.file_name().unwrap_or_default().to_owned();
    name.push(".log");
    list.with_file_name(name)
}

fn failed(list: &Path) -> impl Fn(std::io::Error) -> Error {
    move |error| Error::disk("export-write-failed", list.display(), error)
}

/// Calls `visit` for every line of the log; false if there is no log. A line that a kill cut short is left out.
fn each_line(list: &Path, mut visit: impl FnMut(&str, Option<Entry>)) -> Result<bool> {
    let file = match platform::open_file(log_path(list)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        file => file.map_err(failed(list))?,
    };
    let mut file = BufReader::with_capacity(1 << 16, file);
    let mut line = Vec::new();
    while file.read_until(b'\n', &mut line).map_err(failed(list))? > 0 {
        if let Ok((path, entry)) = serde_json::from_slice::<Line>(&line) {
            visit(&path, entry);
        }
        line.clear();
    }
    Ok(true)
}

/// Replaces the list by that of all files of the list and its log for which `keep` is true, and removes the log. Files
/// that were not completed are listed without a key if an earlier run wrote them, and their temporary files are removed.
fn merge(list: &Path, folder: &Path, mut keep: impl FnMut(&str) -> bool) -> Result<()> {
    let mut complete = NameMap::default();
    if !each_line(list, |path, entry| {
        *complete.get_or_put(path, false) |= entry.is_some();
    })? {
        return Ok(());
    }
    let part: PathBuf = part_name(list);
    let mut out = match File::create(&part) {
        Ok(file) => BufWriter::with_capacity(1 << 16, file),
        Err(error) if platform::is_read_only(&error) => return Ok(()),
        Err(error) => return Err(failed(list)(error)),
    };
    let (mut written, mut comma) = (out.write_all(b"{"), &b""[..]);
    let mut add = |path: &str, entry: &Entry| {
        if written.is_ok() {
            written = out.write_all(comma).and_then(|()| member(&mut out, path, entry));
            comma = b",";
        }
    };
    let mut known = NameSet::default();
    each(list, |path, entry| match complete.get(path) {
        None if keep(path) => add(path, &entry),
        Some(false) => {
            known.insert(path);
            // The digest tells it from what the user may have made of it.
            if let Some(bytes) = sweep(folder, path) {
                add(path, &Entry { key: no_key(), bytes, digest: entry.digest, lost: Losses::default() });
            }
        }
        None | Some(true) => {}
    });
    each_line(list, |path, entry| match entry {
        Some(entry) if keep(path) => add(path, &entry),
        Some(_) => {}
        None if complete.get(path) == Some(&true) || known.contains(path) => {}
        None => {
            if let Some(bytes) = sweep(folder, path) {
                add(path, &Entry { key: no_key(), bytes, digest: None, lost: Losses::default() });
            }
        }
    })?;
    written.and_then(|()| out.write_all(b"}")).map_err(failed(list))?;
    drop(out.into_inner().map_err(|error| failed(list)(error.into_error()))?);
    platform::rename(&part, list).map_err(failed(list))?;
    platform::remove_file(log_path(list)).map_err(failed(list))
}

/// Removes the temporary files of an unfinished output; returns the size of the file itself if there is one.
fn sweep(folder: &Path, path: &str) -> Option<u64> {
    // The log may have been altered: its paths are checked like those of outputs.
    let path = OutPath::new(path).ok()?.inside(folder);
    if link_above(folder, path.parent().unwrap_or(folder)).is_some() {
        return None;
    }
    let part = part_name(&path);
    let _ = platform::remove_file(&part);
    let _ = platform::remove_folder(pages_folder(&part));
    let bytes = fs::symlink_metadata(&path).ok().filter(fs::Metadata::is_file).map(|file| file.len());
    if bytes.is_none() {
        remove_empty_folders(folder, &path);
    }
    bytes
}

fn member(out: &mut impl Write, path: &str, entry: &Entry) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, path)?;
    out.write_all(b":")?;
    serde_json::to_writer(&mut *out, entry).map_err(Into::into)
}
