//! Reads a ZIP of the one form of [`super::form`], file by file, and refuses every other.

use std::io::{self, ErrorKind, Read, Write};

use super::form::{self, Member};
use crate::error::{Error, Kind, Result};
use crate::model::{Hasher, PIECE, Sha256};

/// Returns the error of a pack that cannot be read.
pub(super) fn damaged(name: &str, error: io::Error) -> Error {
    match error.downcast::<Error>() {
        // Cancelled.
        Ok(error) => error,
        // A disk that fails or a missing permission says nothing of the content.
        Err(error) if Error::is_of_device(&error) => Error::input("packs-unreadable").with("path", name).because(error),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Error::damaged("pack-truncated").with("path", name),
        Err(error) => Error::damaged("pack-damaged").with("path", name).because(error),
    }
}

/// A reader of a ZIP in our form.
pub(super) struct Zip<'a> {
    input: &'a mut dyn Read,
    pub(super) name: String,
    members: Vec<Member>,
    buffer: Vec<u8>,
}

impl<'a> Zip<'a> {
    pub(super) fn new(input: &'a mut dyn Read, name: &str) -> Self {
        Self { input, name: name.to_owned(), members: Vec::new(), buffer: vec![0; PIECE] }
    }

    /// Returns the error of a pack that liudi has not written so.
    pub(super) fn foreign(&self) -> Error {
        Error::damaged("pack-foreign").with("path", &self.name)
    }

    pub(super) fn unsafe_name(&self, file: &str) -> Error {
        Error::damaged("pack-name-refused").with("path", &self.name).with("file", file)
    }

    pub(super) fn unexpected(&self, file: &str, expected: &str) -> Error {
        Error::damaged("pack-unexpected").with("path", &self.name).with("file", file).with("expected", expected)
    }

    /// Returns the error of a file whose content has changed.
    pub(super) fn wrong(&self, file: &str) -> Error {
        Error::new(Kind::Findings, "pack-content-wrong").with("path", &self.name).with("file", file)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        self.input.read_exact(bytes).map_err(|error| damaged(&self.name, error))
    }

    /// Reads the header of the next file; `None` at the directory.
    pub(super) fn header(&mut self) -> Result<Option<(String, Member)>> {
        let mut signature = [0; 4];
        self.fill(&mut signature)?;
        if signature == form::DIRECTORY {
            return Ok(None);
        }
        if signature != form::FILE {
            return Err(self.foreign());
        }
        let mut fixed = [0; form::FIXED];
        self.fill(&mut fixed)?;
        let u16_at = |at: usize| usize::from(u16::from_le_bytes([fixed[at], fixed[at + 1]]));
        let u32_at = |at: usize| u32::from_le_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
        let (name_length, extra_length) = (u16_at(22), u16_at(24));
        if name_length > form::LONGEST_NAME || extra_length > form::EXTRA {
            return Err(self.foreign());
        }
        let mut rest = vec![0; name_length + extra_length];
        self.fill(&mut rest)?;
        let (name, extra) = rest.split_at(name_length);
        let name = std::str::from_utf8(name).map_err(|_| self.foreign())?;
        let size = match extra.get(4..).and_then(<[u8]>::first_chunk::<8>) {
            Some(size) => u64::from_le_bytes(*size),
            None => u32_at(14).into(),
        };
        let member = Member { size, crc: u32_at(10) };
        let found = [&signature[..], &fixed, &rest].concat();
        // Any other form of the same header is not ours: compressed, encrypted, dated, with two lengths.
        if form::file(name, member) != found {
            return Err(self.foreign());
        }
        self.members.push(member);
        Ok(Some((name.to_owned(), member)))
    }

    /// Reads a file's content and returns its digest.
    pub(super) fn content(
        &mut self,
        file: &str,
        member: Member,
        mut visit: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<Sha256> {
        let (mut hasher, mut crc) = (Hasher::new(), crc32fast::Hasher::new());
        let mut left = member.size;
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(self.buffer.len());
            let count = match self.input.read(&mut self.buffer[..most]) {
                Ok(0) => return Err(damaged(&self.name, ErrorKind::UnexpectedEof.into())),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(damaged(&self.name, error)),
            };
            let piece = &self.buffer[..count];
            hasher.update(piece);
            crc.update(piece);
            visit(piece).map_err(|error| Error::disk("unpacking-failed", file, error))?;
            left -= count as u64;
        }
        if crc.finalize() == member.crc { Ok(hasher.finish()) } else { Err(self.wrong(file)) }
    }

    pub(super) fn small(&mut self, file: &str, member: Member) -> Result<Vec<u8>> {
        let mut content = Vec::new();
        self.content(file, member, |piece| {
            content.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(content)
    }

    /// Reads the directory, whose first signature has been read, to the end of the pack.
    pub(super) fn end(&mut self, private: bool, names: form::Names<'_>) -> Result<()> {
        let mut same = Same { input: &mut *self.input, skip: form::DIRECTORY.len() };
        match form::write_directory(&mut same, &self.members, private, names) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::InvalidInput => return Err(self.foreign()),
            Err(error) => return Err(damaged(&self.name, error)),
        }
        match self.input.read(&mut [0]) {
            Ok(0) => Ok(()),
            Ok(_) => Err(self.foreign()),
            Err(error) => Err(damaged(&self.name, error)),
        }
    }
}

/// A writer that compares what is written with what it reads.
struct Same<'a> {
    input: &'a mut dyn Read,
    /// Number of bytes that were read before.
    skip: usize,
}

impl Write for Same<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let known = self.skip.min(bytes.len());
        self.skip -= known;
        let mut found = vec![0; bytes.len() - known];
        self.input.read_exact(&mut found)?;
        if found == bytes[known..] { Ok(bytes.len()) } else { Err(ErrorKind::InvalidInput.into()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
