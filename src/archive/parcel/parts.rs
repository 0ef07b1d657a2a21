//! Writes and reads a pack as one file or as several numbered parts, `NAME.001`, `NAME.002` …: plain pieces of the same
//! bytes, which `cat`, `copy /b` and 7-Zip join.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::{Error, Result};
use crate::model::{Hasher, Sha256};
use crate::platform;

/// Largest number of parts: three digits.
const MOST_PARTS: usize = 999;

/// A file that packing wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackFile {
    /// Name of the file.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Digest of its bytes.
    pub sha256: Sha256,
}

/// A writer of one file, or of parts of a certain size, into a folder.
pub(super) struct PartsWriter {
    folder: PathBuf,
    limit: u64,
    private: bool,
    current: Option<(File, Hasher)>,
    /// Size and digest of the parts that are whole.
    done: Vec<(u64, Sha256)>,
}

impl PartsWriter {
    /// Creates a writer into `folder`, where the parts are called `1`, `2` … for now. `limit` is the largest size of one.
    pub(super) fn new(folder: PathBuf, limit: Option<u64>, private: bool) -> io::Result<Self> {
        platform::create_private_folder(&folder)?;
        Ok(Self { folder, limit: limit.unwrap_or(u64::MAX), private, current: None, done: Vec::new() })
    }

    fn part(&mut self) -> io::Result<&mut (File, Hasher)> {
        if self.current.as_ref().is_some_and(|(_, hasher)| hasher.bytes() >= self.limit) {
            self.close()?;
        }
        if self.current.is_none() {
            if self.done.len() == MOST_PARTS {
                return Err(io::Error::other(Error::usage("pack-too-many-parts").with("count", MOST_PARTS)));
            }
            let path = self.folder.join((self.done.len() + 1).to_string());
            self.current = Some((platform::create_new(&path, self.private)?, Hasher::new()));
        }
        self.current.as_mut().ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn close(&mut self) -> io::Result<()> {
        if let Some((file, hasher)) = self.current.take() {
            platform::sync_open_file(&file)?;
            self.done.push((hasher.bytes(), hasher.finish()));
        }
        Ok(())
    }

    /// Makes all parts durable and returns their present paths with the names they are to have: `name` alone for one part,
    /// else with its number.
    pub(super) fn finish(mut self, name: &str) -> io::Result<Vec<(PathBuf, PackFile)>> {
        self.close()?;
        let alone = self.done.len() == 1;
        let parts = self.done.iter().enumerate().map(|(index, (bytes, sha256))| {
            let number = index + 1;
            let name = if alone { name.to_owned() } else { format!("{name}.{number:03}") };
            (self.folder.join(number.to_string()), PackFile { name, bytes: *bytes, sha256: *sha256 })
        });
        Ok(parts.collect())
    }
}

impl Write for PartsWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let limit = self.limit;
        let (file, hasher) = self.part()?;
        let room = usize::try_from(limit - hasher.bytes()).unwrap_or(usize::MAX);
        let count = file.write(&bytes[..bytes.len().min(room)])?;
        hasher.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The files of one pack, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// Name of the pack without the number of a part.
    pub(super) name: String,
    pub(super) paths: Vec<PathBuf>,
    /// Bytes of all parts.
    pub(super) bytes: u64,
}

/// Splits the name of a part into the pack's name and its number.
pub(super) fn numbered(name: &str) -> Option<(&str, usize)> {
    let (pack, number) = name.rsplit_once('.')?;
    let is_number = number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { Some((pack, number.parse().ok()?)) } else { None }
}

impl Parts {
    /// Finds all parts of the pack that the file at `path` belongs to.
    ///
    /// # Errors
    /// `pack-missing`, `pack-part-missing`, `packs-unreadable`.
    pub(super) fn of(path: &Path) -> Result<Self> {
        let failed = |path: &Path, error: io::Error| {
            let code = if error.kind() == ErrorKind::NotFound { "pack-missing" } else { "packs-unreadable" };
            Error::input(code).with("path", path.display()).because(error)
        };
        let length = |path: &Path| path.metadata().map(|metadata| metadata.len()).map_err(|error| failed(path, error));
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some((pack, _)) = numbered(&name) else {
            return Ok(Self { bytes: length(path)?, name, paths: vec![path.to_owned()] });
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let entries = folder.read_dir().map_err(|error| failed(folder, error))?;
        let mut numbers: Vec<usize> = entries
            .filter_map(|entry| {
                let name = entry.ok()?.file_name();
                numbered(name.to_str()?).filter(|(of, _)| *of == pack).map(|(_, number)| number)
            })
            .collect();
        numbers.sort_unstable();
        let path_of = |number: usize| folder.join(format!("{pack}.{number:03}"));
        let (mut paths, mut bytes) = (Vec::new(), 0);
        for (index, number) in numbers.iter().enumerate() {
            if *number != index + 1 {
                return Err(Error::damaged("pack-part-missing").with("path", path_of(index + 1).display()));
            }
            paths.push(path_of(*number));
            bytes += length(&path_of(*number))?;
        }
        if paths.is_empty() {
            return Err(failed(path, ErrorKind::NotFound.into()));
        }
        Ok(Self { name: pack.to_owned(), paths, bytes })
    }

    /// Opens the parts as one stream.
    pub(super) fn open(&self) -> PartsReader {
        PartsReader { left: self.paths.clone().into_iter(), current: None }
    }
}

/// A reader of all parts, one after the other.
pub(super) struct PartsReader {
    left: std::vec::IntoIter<PathBuf>,
    current: Option<File>,
}

impl Read for PartsReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(file) = &mut self.current {
                let count = file.read(buffer)?;
                if count > 0 || buffer.is_empty() {
                    return Ok(count);
                }
                self.current = None;
            }
            let Some(path) = self.left.next() else { return Ok(0) };
            let file = platform::open_file(path)?;
            platform::will_read_in_order(&file);
            self.current = Some(file);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_the_size_that_was_asked_for_and_join_to_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let content: Vec<u8> = (0..25_u8).collect();
        for (limit, sizes) in
            [(None, vec![25]), (Some(25), vec![25]), (Some(10), vec![10, 10, 5]), (Some(5), vec![5; 5])]
        {
            let into = folder.path().join(format!("{limit:?}"));
            let mut writer = PartsWriter::new(into.clone(), limit, false).unwrap();
            writer.write_all(&content[..3]).unwrap();
            writer.write_all(&content[3..]).unwrap();
            let parts = writer.finish("x.zip").unwrap();
            assert_eq!(parts.iter().map(|(_, part)| part.bytes).collect::<Vec<_>>(), sizes);
            for (path, part) in &parts {
                platform::rename(path, into.join(&part.name)).unwrap();
            }
            let last = &parts.last().unwrap().1.name;
            assert_eq!(last.ends_with(".zip"), sizes.len() == 1, "{last}");
            let found = Parts::of(&into.join(last)).unwrap();
            let mut read = Vec::new();
            found.open().read_to_end(&mut read).unwrap();
            assert_eq!((found.name.as_str(), found.bytes, read), ("x.zip", 25, content.clone()));
        }
        platform::remove_file(folder.path().join("Some(5)/x.zip.003")).unwrap();
        let error = Parts::of(&folder.path().join("Some(5)/x.zip.001")).unwrap_err();
        assert_eq!(error.code(), "pack-part-missing");
        assert!(error.argument("path").unwrap().ends_with("x.zip.003"));
    }
}
