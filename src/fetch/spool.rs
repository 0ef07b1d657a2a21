//! Holds the bytes of a response: in memory while they are few, otherwise in a file of the spool folder, so that a bill
//! of half a gigabyte costs no memory. A spooled file is deleted with its last holder, unless it was kept.

use std::fs::OpenOptions;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::NamedTempFile;

use crate::model::{Hasher, Sha256};
use crate::platform;

/// Limit of the bytes held in memory.
pub const MEMORY: usize = 1024 * 1024;

/// Body of a response.
#[derive(Clone, Debug)]
pub enum Spooled {
    /// Few bytes.
    Memory(Vec<u8>),
    /// Many bytes.
    File(Arc<SpooledFile>),
}

/// A file of the spool folder.
#[derive(Debug)]
pub struct SpooledFile {
    path: PathBuf,
    sha256: Sha256,
    bytes: u64,
    kept: AtomicBool,
}

impl SpooledFile {
    /// Wraps a file kept earlier, by this run or a former one.
    pub fn kept(path: PathBuf, sha256: Sha256, bytes: u64) -> Self {
        Self { path, sha256, bytes, kept: AtomicBool::new(true) }
    }

    /// Makes the file durable: it stays until the caller removes it. Returns its name in the folder.
    pub fn keep(&self) -> io::Result<&str> {
        if !self.kept.swap(true, Ordering::Relaxed) {
            platform::sync_file(&self.path)?;
            self.path.parent().map_or(Ok(()), platform::sync_folder)?;
        }
        self.path.file_name().and_then(|name| name.to_str()).ok_or_else(|| io::ErrorKind::InvalidFilename.into())
    }
}

impl Drop for SpooledFile {
    fn drop(&mut self) {
        if !*self.kept.get_mut() {
            // A file that cannot be removed now is swept when the folder is next used.
            let _ = platform::remove_file(&self.path);
        }
    }
}

impl From<Vec<u8>> for Spooled {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Memory(bytes)
    }
}

impl PartialEq for Spooled {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.sha256() == other.sha256()
    }
}

impl Spooled {
    /// Returns the number of bytes.
    pub fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(file) => file.bytes,
        }
    }

    /// Reports whether the body is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the bytes if they are in memory: JSON and refusals always are.
    pub fn memory(&self) -> Option<&[u8]> {
        match self {
            Self::Memory(bytes) => Some(bytes),
            Self::File(_) => None,
        }
    }

    /// Returns the digest.
    pub fn sha256(&self) -> Sha256 {
        match self {
            Self::Memory(bytes) => Sha256::of(bytes),
            Self::File(file) => file.sha256,
        }
    }

    /// Opens a reader at the first byte.
    pub fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        Ok(match self {
            Self::Memory(bytes) => Box::new(bytes.as_slice()),
            Self::File(file) => Box::new(BufReader::with_capacity(64 * 1024, platform::open_file(&file.path)?)),
        })
    }

    /// Reads all bytes, for the few bodies that must be read whole.
    pub fn to_vec(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.len()).unwrap_or(0));
        self.open()?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Returns the body with the bytes at `spans` changed by `cover`, which must not change their length.
    pub fn covered(&self, spans: &[Range<u64>], cover: impl Fn(&mut [u8])) -> io::Result<Self> {
        let Self::File(file) = self else {
            let mut bytes = self.to_vec()?;
            for span in spans {
                let at = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(bytes.len());
                let span = at(span.start)..at(span.end);
                cover(&mut bytes[span]);
            }
            return Ok(Self::Memory(bytes));
        };
        let mut open = OpenOptions::new().read(true).write(true).open(&file.path)?;
        for span in spans {
            let mut bytes = vec![0; usize::try_from(span.end - span.start).unwrap_or(0)];
            open.seek(SeekFrom::Start(span.start))?;
            open.read_exact(&mut bytes)?;
            cover(&mut bytes);
            open.seek(SeekFrom::Start(span.start))?;
            open.write_all(&bytes)?;
        }
        open.seek(SeekFrom::Start(0))?;
        let mut hasher = Hasher::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match open.read(&mut buffer)? {
                0 => break,
                count => hasher.update(&buffer[..count]),
            }
        }
        // The new holder owns the file from now on.
        let kept = file.kept.swap(true, Ordering::Relaxed);
        let (path, bytes) = (file.path.clone(), file.bytes);
        Ok(Self::File(Arc::new(SpooledFile { path, sha256: hasher.finish(), bytes, kept: AtomicBool::new(kept) })))
    }
}

/// Writer for the bytes of one response.
#[derive(Debug)]
pub struct Spool<'a> {
    folder: Option<&'a Path>,
    memory: Vec<u8>,
    file: Option<(NamedTempFile, Hasher)>,
}

impl<'a> Spool<'a> {
    /// Creates a spool for a response that may be large, with the folder for it; without one everything stays in
    /// memory.
    pub fn new(folder: Option<&'a Path>) -> Self {
        Self { folder, memory: Vec::new(), file: None }
    }

    /// Finishes writing and returns the body.
    pub fn finish(self) -> io::Result<Spooled> {
        let Some((file, hasher)) = self.file else { return Ok(Spooled::Memory(self.memory)) };
        let (_, path) = file.keep().map_err(|error| error.error)?;
        let bytes = hasher.bytes();
        Ok(Spooled::File(Arc::new(SpooledFile { path, sha256: hasher.finish(), bytes, kept: AtomicBool::new(false) })))
    }

    fn turn_to_file(&mut self, folder: &Path) -> io::Result<()> {
        platform::create_private_folder(folder)?;
        let mut file = tempfile::Builder::new().prefix("").tempfile_in(folder)?;
        file.write_all(&self.memory)?;
        let mut hasher = Hasher::new();
        hasher.update(&self.memory);
        self.memory = Vec::new();
        self.file = Some((file, hasher));
        Ok(())
    }
}

impl Write for Spool<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.file.is_none()
            && self.memory.len() + bytes.len() > MEMORY
            && let Some(folder) = self.folder
        {
            self.turn_to_file(folder)?;
        }
        let Some((file, hasher)) = &mut self.file else {
            self.memory.extend_from_slice(bytes);
            return Ok(bytes.len());
        };
        let count = file.write(bytes)?;
        hasher.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn spooled(folder: &Path, count: usize) -> Spooled {
        let mut spool = Spool::new(Some(folder));
        for part in vec![b'x'; count].chunks(1000) {
            spool.write_all(part).unwrap();
        }
        spool.finish().unwrap()
    }

    fn files(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn few_bytes_stay_in_memory_and_many_in_a_file_that_goes_with_them() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(spooled(folder.path(), MEMORY), Spooled::Memory(_)));
        assert_eq!(files(folder.path()), 0);
        let many = spooled(folder.path(), MEMORY + 1);
        assert!(many.memory().is_none());
        assert_eq!((many.len(), many.sha256()), (MEMORY as u64 + 1, Sha256::of(&vec![b'x'; MEMORY + 1])));
        assert_eq!(many.to_vec().unwrap().len(), MEMORY + 1);
        let again = many.clone();
        drop(many);
        assert_eq!(files(folder.path()), 1);
        drop(again);
        assert_eq!(files(folder.path()), 0);
    }

    #[test]
    fn what_is_kept_stays_under_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let many = spooled(folder.path(), MEMORY + 1);
        let Spooled::File(file) = &many else { panic!("in memory") };
        let path = folder.path().join(file.keep().unwrap());
        drop(many);
        assert_eq!(fs::metadata(path).unwrap().len(), MEMORY as u64 + 1);
    }

    #[test]
    fn what_is_covered_keeps_its_length_and_gets_its_digest() {
        let folder = tempfile::tempdir().unwrap();
        for count in [100, MEMORY + 100] {
            let many = spooled(folder.path(), count);
            let end = count as u64;
            let covered = many.covered(&[5..7, end - 2..end], |bytes| bytes.fill(b'*')).unwrap();
            drop(many);
            let bytes = covered.to_vec().unwrap();
            assert_eq!((bytes.len(), &bytes[4..8], &bytes[count - 3..]), (count, &b"x**x"[..], &b"x**"[..]));
            assert_eq!(covered.sha256(), Sha256::of(&bytes));
        }
        assert_eq!(files(folder.path()), 0);
    }
}
