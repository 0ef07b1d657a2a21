//! A listing of every file of one state of an archive: an object that never changes, named by its own digest. It is what
//! `sha256sum -c` reads; the sizes are in comments.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::{Mutex, PoisonError};

use tempfile::NamedTempFile;

use super::TREES;
use super::connection::Connection;
use crate::archive::copy;
use crate::archive::handle::{Archive, in_bag, place};
use crate::error::{Error, Result};
use crate::model::{Class, Hasher, Problem, Sha256, layout};

/// First line of a listing.
const FORMAT: &str = "# liudi tree 1: sizes in bytes and SHA-256 of every file";
/// Number of files between two whose places in the listing are kept in memory.
const STEP: usize = 64;
/// Bytes that are fetched at once.
const PIECE: u64 = 4 * 1024 * 1024;

/// A file in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Path in the archive: `public/data/…`.
    pub(super) path: String,
    pub(super) digest: Sha256,
    /// Size in bytes.
    pub(super) size: u64,
}

/// A listing, kept in a temporary file. Of its names only some are in memory.
#[derive(Debug)]
pub(super) struct Tree {
    file: NamedTempFile,
    reader: Mutex<BufReader<File>>,
    /// Digest of the listing, its name.
    pub(super) digest: Sha256,
    /// Number of files.
    pub(super) files: u64,
    /// Bytes of all files.
    pub(super) bytes: u64,
    /// Every [`STEP`]th path and where its entry begins.
    index: Vec<(String, u64)>,
}

/// Returns the digest of a file as it is.
fn hash(archive: &Archive, path: &str) -> Result<Sha256> {
    let failed = |error| Error::disk("manifest-unreadable", archive.root().join(path).display(), error);
    let reader = archive.bags().read(path).map_err(failed)?;
    let mut reader = reader.ok_or_else(|| failed(std::io::ErrorKind::NotFound.into()))?;
    let mut hasher = Hasher::new();
    std::io::copy(&mut reader, &mut hasher).map_err(failed)?;
    Ok(hasher.finish())
}

/// Returns the name of the object of a listing.
pub(super) fn name(digest: &Sha256) -> String {
    format!("{TREES}{}", digest.hex())
}

/// Reports whether an error says that a listing is missing or was changed.
pub(super) fn is_lost(error: &Error) -> bool {
    matches!(error.code(), "store-tree-missing" | "store-tree-changed")
}

fn spool_failed(error: std::io::Error) -> Error {
    Error::disk("store-spool-failed", std::env::temp_dir().display(), error)
}

impl Tree {
    /// Lists the files of an archive, and names those that are missing.
    ///
    /// # Errors
    /// Those of reading its manifests; `manifest-unreadable` for one that is not sorted.
    pub(super) fn of(archive: &Archive) -> Result<(Self, Vec<Problem>)> {
        let mut missing = Vec::new();
        let mut beside = Vec::new();
        for path in copy::tag_files(archive) {
            let size = archive.bags().size(&path).unwrap_or(0);
            beside.push(Entry { digest: hash(archive, &path)?, path, size });
        }
        beside.sort_by(|a, b| a.path.cmp(&b.path));
        let mut beside = beside.into_iter().peekable();
        let mut writer = Writer::begin()?;
        // In the order of their folders' names.
        for class in [Class::Private, Class::Public] {
            archive.each(class, |path, digest| {
                let path = place(class, path);
                while let Some(entry) = beside.next_if(|entry| entry.path < path) {
                    writer.add(&entry)?;
                }
                let size = archive.bags().size(&path).unwrap_or_else(|| {
                    missing.push(Problem::finding("payload-missing", &*path));
                    0
                });
                writer.add(&Entry { path, digest, size })
            })?;
        }
        beside.try_for_each(|entry| writer.add(&entry))?;
        Ok((writer.end()?, missing))
    }

    /// Fetches the listing with this digest.
    ///
    /// # Errors
    /// `store-tree-missing`, `store-tree-changed`, and those of the connection.
    pub(super) fn fetch(connection: &Connection, digest: &Sha256) -> Result<Self> {
        let object = name(digest);
        let changed = || Error::damaged("store-tree-changed").with("path", connection.shown(&object));
        let mut file = NamedTempFile::new().map_err(spool_failed)?;
        let (mut hasher, mut offset) = (Hasher::new(), 0);
        loop {
            let Some(bytes) = connection.get_range(&object, offset..offset + PIECE)? else {
                return Err(Error::damaged("store-tree-missing").with("path", connection.shown(&object)));
            };
            hasher.update(&bytes);
            file.write_all(&bytes).map_err(spool_failed)?;
            offset += bytes.len() as u64;
            if (bytes.len() as u64) < PIECE {
                break;
            }
        }
        if hasher.finish() != *digest {
            return Err(changed());
        }
        Self::read(file, *digest)?.ok_or_else(changed)
    }

    /// Indexes a listing; `None` if it is not in our form.
    fn read(file: NamedTempFile, digest: Sha256) -> Result<Option<Self>> {
        let reader = Mutex::new(BufReader::new(file.reopen().map_err(spool_failed)?));
        let mut tree = Self { reader, file, digest, files: 0, bytes: 0, index: Vec::new() };
        let mut entries = tree.entries("")?;
        let (mut last, mut index, mut files, mut bytes) = (String::new(), Vec::new(), 0_u64, 0_u64);
        loop {
            let at = entries.offset;
            let entry = match entries.next() {
                None => break,
                Some(Err(_)) => return Ok(None),
                Some(Ok(entry)) => entry,
            };
            if entry.path <= last {
                return Ok(None);
            }
            if files.is_multiple_of(STEP as u64) {
                index.push((entry.path.clone(), at));
            }
            files += 1;
            bytes = bytes.saturating_add(entry.size);
            last = entry.path;
        }
        drop(entries);
        (tree.index, tree.files, tree.bytes) = (index, files, bytes);
        Ok(Some(tree))
    }

    /// Puts the listing unless it is there, and reads it back.
    pub(super) fn put(&self, connection: &Connection) -> Result<()> {
        match Self::fetch(connection, &self.digest) {
            Err(error) if is_lost(&error) => {}
            fetched => return fetched.map(drop),
        }
        let object = name(&self.digest);
        let size = self.file.as_file().metadata().map_err(spool_failed)?.len();
        let mut from = self.file.reopen().map_err(spool_failed)?;
        let mut upload = connection.writer(&object, size)?;
        loop {
            let mut piece = Vec::new();
            (&mut from).take(PIECE).read_to_end(&mut piece).map_err(spool_failed)?;
            if piece.is_empty() {
                break;
            }
            upload.write(piece.into())?;
        }
        upload.close()?;
        Self::fetch(connection, &self.digest).map(drop)
    }

    /// Returns the entry of a file.
    pub(super) fn find(&self, path: &str) -> Result<Option<Entry>> {
        let before = self.index.partition_point(|(first, _)| first.as_str() <= path);
        let Some((_, offset)) = before.checked_sub(1).and_then(|at| self.index.get(at)) else { return Ok(None) };
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        reader.seek(SeekFrom::Start(*offset)).map_err(spool_failed)?;
        for _ in 0..STEP {
            match next(&mut reader)? {
                Some((entry, _)) if entry.path == path => return Ok(Some(entry)),
                Some((entry, _)) if entry.path.as_str() < path => {}
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Returns the files whose paths begin with `prefix`, sorted.
    pub(super) fn entries(&self, prefix: &str) -> Result<Entries> {
        let before = self.index.partition_point(|(first, _)| first.as_str() <= prefix);
        let offset = before.checked_sub(1).and_then(|at| self.index.get(at)).map_or(0, |(_, offset)| *offset);
        let mut reader = BufReader::new(self.file.reopen().map_err(spool_failed)?);
        reader.seek(SeekFrom::Start(offset)).map_err(spool_failed)?;
        Ok(Entries { reader, prefix: prefix.to_owned(), offset, ended: false })
    }
}

/// The files of a listing below a prefix.
pub(super) struct Entries {
    reader: BufReader<File>,
    prefix: String,
    offset: u64,
    ended: bool,
}

impl Iterator for Entries {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            match next(&mut self.reader) {
                Ok(Some((entry, bytes))) => {
                    self.offset += bytes;
                    if entry.path.starts_with(&self.prefix) {
                        return Some(Ok(entry));
                    }
                    self.ended = entry.path > self.prefix;
                }
                Ok(None) => self.ended = true,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

/// Reads the next entry and returns it with the bytes that were read for it; `None` at the end.
fn next(reader: &mut BufReader<File>) -> Result<Option<(Entry, u64)>> {
    let malformed = || Error::damaged("store-tree-changed").with("path", "trees/");
    let (mut size, mut read) = (None, 0);
    let mut line = String::new();
    loop {
        line.clear();
        let count = reader.read_line(&mut line).map_err(spool_failed)?;
        if count == 0 {
            return Ok(None);
        }
        read += count as u64;
        let text = line.strip_suffix('\n').ok_or_else(malformed)?;
        if let Some(comment) = text.strip_prefix('#') {
            size = comment.parse().ok();
            continue;
        }
        let (digest, path) = text.split_once("  ").ok_or_else(malformed)?;
        let digest = digest.parse().map_err(|_| malformed())?;
        let is_inside = !path.is_empty() && !path.split('/').any(|part| matches!(part, "" | "." | ".."));
        if !is_inside || path.contains('\\') {
            return Err(malformed());
        }
        return Ok(Some((Entry { path: path.to_owned(), digest, size: size.ok_or_else(malformed)? }, read)));
    }
}

/// A listing that is being written.
struct Writer {
    out: BufWriter<NamedTempFile>,
    hasher: Hasher,
    last: String,
}

impl Writer {
    fn begin() -> Result<Self> {
        let out = BufWriter::new(NamedTempFile::new().map_err(spool_failed)?);
        let mut writer = Self { out, hasher: Hasher::new(), last: String::new() };
        writer.line(&format!("{FORMAT}\n"))?;
        Ok(writer)
    }

    fn line(&mut self, line: &str) -> Result<()> {
        self.hasher.update(line.as_bytes());
        self.out.write_all(line.as_bytes()).map_err(spool_failed)
    }

    fn add(&mut self, entry: &Entry) -> Result<()> {
        if entry.path <= self.last {
            let manifest = format!("{}/{}", entry.path.split('/').next().unwrap_or_default(), layout::MANIFEST);
            return Err(Error::damaged("manifest-unreadable").with("path", manifest));
        }
        entry.path.clone_into(&mut self.last);
        self.line(&format!("#{}\n{}  {}\n", entry.size, entry.digest.hex(), entry.path))
    }

    fn end(self) -> Result<Tree> {
        let file = self.out.into_inner().map_err(|error| spool_failed(error.into_error()))?;
        let digest = self.hasher.finish();
        Tree::read(file, digest)?.ok_or_else(|| Error::damaged("manifest-unreadable").with("path", in_bag("")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found_and_no_other() {
        let mut writer = Writer::begin().unwrap();
        let paths: Vec<String> = (0..1000).map(|number| format!("public/data/{number:04}/x")).collect();
        for path in &paths {
            writer.add(&Entry { path: path.clone(), digest: Sha256::of(path.as_bytes()), size: 7 }).unwrap();
        }
        assert_eq!(
            writer.add(&Entry { path: "a".into(), digest: Sha256::of(b""), size: 0 }).unwrap_err().code(),
            "manifest-unreadable"
        );
        let tree = writer.end().unwrap();
        assert_eq!((tree.files, tree.bytes), (1000, 7000));
        for path in &paths {
            assert_eq!(tree.find(path).unwrap().unwrap().digest, Sha256::of(path.as_bytes()));
        }
        for none in ["", "a", "public/data/0001", "public/data/0001/y", "public/data/0500/w", "z"] {
            assert_eq!(tree.find(none).unwrap(), None, "{none}");
        }
        let below = |prefix: &str| tree.entries(prefix).unwrap().map(|entry| entry.unwrap().path).collect::<Vec<_>>();
        assert_eq!(below(""), paths);
        assert_eq!(below("public/data/064"), paths[640..650]);
        assert!(below("public/data/2").is_empty() && below("private/").is_empty());
    }
}
