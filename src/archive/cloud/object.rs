//! Reads an object as a file, by ranges that grow while it is read in order.

use std::error::Error as _;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf as _, Bytes};

use super::connection::{Connection, REFUSED, UNREACHABLE};
use crate::archive::bags::Reader;
use crate::error::{Error, Kind};

/// Bytes of the first request; a smaller object is fetched by it whole.
const FIRST: u64 = 256 * 1024;
/// Bytes of the largest request, and so the most that a reader holds.
const LARGEST: u64 = 8 * 1024 * 1024;

/// The first request that failed for good: what it was for is unknown, not lost.
#[derive(Debug, Default)]
pub(super) struct Failure(Mutex<Option<Error>>);

impl Failure {
    /// Notes an error and returns it as one of reading.
    pub(super) fn note(&self, error: Error) -> io::Error {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if first.is_none() && error.kind() != Kind::Findings {
            // The error itself goes on to the reader.
            let code = if error.kind() == Kind::Credentials { REFUSED } else { UNREACHABLE };
            let path = error.argument("path").unwrap_or_default().into_owned();
            let cause = error.source().map(ToString::to_string).unwrap_or_default();
            *first = Some(Error::new(error.kind(), code).with("path", path).because(io::Error::other(cause)));
        }
        io::Error::other(error)
    }

    /// Takes the error, if there was one.
    pub(super) fn take(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// An open object.
#[derive(Debug)]
pub(super) struct Object {
    connection: Arc<Connection>,
    failure: Arc<Failure>,
    name: String,
    size: u64,
    position: u64,
    /// What was fetched and not read yet; it begins at `position`.
    held: Bytes,
    /// Bytes of the next request.
    next: u64,
}

impl Object {
    /// Opens an object of this size; `None` if there is none.
    pub(super) fn open(
        connection: Arc<Connection>,
        failure: Arc<Failure>,
        name: String,
        size: u64,
    ) -> io::Result<Option<Self>> {
        let first = connection.get_range(&name, 0..size.min(FIRST)).map_err(|error| failure.note(error))?;
        Ok(first.map(|held| Self { connection, failure, name, size, position: 0, held, next: FIRST * 4 }))
    }
}

impl Read for Object {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.position >= self.size {
            return Ok(0);
        }
        if self.held.is_empty() {
            let end = self.size.min(self.position + self.next);
            let read = self.connection.get_range(&self.name, self.position..end);
            let read = read.map_err(|error| self.failure.note(error))?;
            self.held = read.ok_or(io::ErrorKind::NotFound)?;
            self.next = (self.next * 2).min(LARGEST);
            if self.held.is_empty() {
                // It ends before its size: the digest tells.
                return Ok(0);
            }
        }
        let count = buffer.len().min(self.held.len());
        self.held.copy_to_slice(&mut buffer[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Object {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        let target = target.ok_or(io::ErrorKind::InvalidInput)?;
        let ahead = target.checked_sub(self.position).and_then(|ahead| usize::try_from(ahead).ok());
        if let Some(ahead) = ahead.filter(|ahead| *ahead <= self.held.len()) {
            self.held.advance(ahead);
        } else {
            self.held = Bytes::new();
            self.next = FIRST;
        }
        self.position = target;
        Ok(target)
    }
}

impl Reader for Object {
    fn size(&self) -> io::Result<u64> {
        Ok(self.size)
    }
}
