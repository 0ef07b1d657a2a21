//! Compares a file of an archive with its digest while it is read.

use std::io::{self, Read, Seek, SeekFrom};

use super::bags::Reader;
use crate::model::{Hasher, Sha256};

/// What a reader met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Met {
    /// The content is another than the digest says.
    Other,
    /// The file cannot be read to its end.
    Unreadable,
}

/// A reader that says when what it has read is not what it should be, as soon as it has read the last byte. Only one that is
/// read in order can tell.
pub(super) struct Compared<D> {
    reader: Box<dyn Reader>,
    expected: Sha256,
    size: u64,
    /// Digest so far; `None` after a jump and once it was compared.
    hasher: Option<Hasher>,
    differs: D,
}

impl<D: Fn(Met) -> io::Result<()> + Send> Compared<D> {
    /// Creates a reader that calls `differs`, whose error is that of the read.
    pub(super) fn new(reader: Box<dyn Reader>, expected: Sha256, differs: D) -> io::Result<Self> {
        let size = reader.size()?;
        Ok(Self { reader, expected, size, hasher: Some(Hasher::new()), differs })
    }
}

impl<D: Fn(Met) -> io::Result<()> + Send> Read for Compared<D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match self.reader.read(buffer) {
            Ok(read) => read,
            Err(error) => {
                (self.differs)(Met::Unreadable)?;
                return Err(error);
            }
        };
        let Some(hasher) = &mut self.hasher else { return Ok(read) };
        hasher.update(&buffer[..read]);
        // A decompressor does not ask again after its last byte.
        let is_whole = hasher.bytes() == self.size || read == 0 && !buffer.is_empty();
        if is_whole && self.hasher.take().is_some_and(|hasher| hasher.finish() != self.expected) {
            (self.differs)(Met::Other)?;
        }
        Ok(read)
    }
}

impl<D: Send> Seek for Compared<D> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.hasher = None;
        self.reader.seek(to)
    }
}

impl<D: Fn(Met) -> io::Result<()> + Send> Reader for Compared<D> {
    fn size(&self) -> io::Result<u64> {
        self.reader.size()
    }

    fn reads_in_order(&self) {
        self.reader.reads_in_order();
    }

    fn forget_cached(&self) {
        self.reader.forget_cached();
    }
}
