//! Records failures of the device behind an input (a bad sector, an unplugged stick, a lost network share, a missing
//! permission) where the bytes are read. Importers, probes and the search for secrets may handle a failed read as they
//! like: an input with a fault never counts as read.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use super::Siblings;
use crate::error::{CHANGED, Error};

/// A failed attempt to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    locator: String,
    code: &'static str,
    cause: String,
}

impl Fault {
    /// Returns the locator of the input that could not be read.
    pub fn locator(&self) -> &str {
        &self.locator
    }

    /// Returns the error that the reader got.
    pub fn error(&self) -> Error {
        let error = Error::input(self.code).with("path", &self.locator);
        if self.cause.is_empty() { error } else { error.because(self.cause.clone()) }
    }
}

/// Faults of one input.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    first: OnceLock<Box<Fault>>,
    /// The file on disk that is read, which remembers what befell earlier inputs of it.
    listed: Option<Listed>,
    /// The neighbouring inputs it depends on.
    beside: Mutex<HashMap<Neighbour, Beside>>,
}

/// A file on disk, by its number among the files of its root.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) siblings: Weak<Siblings>,
    pub(super) number: usize,
}

impl Listed {
    fn first(&self) -> Option<Fault> {
        self.siblings.upgrade()?.fault(self.number)
    }
}

/// What tells the neighbours of an input apart: all of them are in one root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Neighbour {
    /// The number of a file on disk.
    Listed(usize),
    /// The address of the faults of any other input.
    Input(usize),
}

impl Neighbour {
    fn of(faults: &Arc<Faults>) -> Self {
        match &faults.listed {
            Some(listed) => Self::Listed(listed.number),
            None => Self::Input(Arc::as_ptr(faults).addr()),
        }
    }
}

#[derive(Debug)]
enum Beside {
    Input(Weak<Faults>),
    Listed(Listed),
}

impl Beside {
    fn first(&self) -> Option<Fault> {
        match self {
            Self::Input(faults) => faults.upgrade()?.first(),
            Self::Listed(listed) => listed.first(),
        }
    }
}

impl Faults {
    /// Returns the faults of a file on disk.
    pub(super) fn of(listed: Listed) -> Self {
        Self { listed: Some(listed), ..Self::default() }
    }

    fn set(&self, fault: Fault) {
        if let Some((siblings, listed)) = self.listed.as_ref().and_then(|one| Some((one.siblings.upgrade()?, one))) {
            siblings.note_fault(listed.number, fault.clone());
        }
        let _ = self.first.set(Box::new(fault));
    }

    /// Records a failed opening.
    pub(crate) fn note(&self, error: &Error, locator: &str) {
        if Error::is_of_device(error) {
            let mut source = std::error::Error::source(error);
            let mut cause = String::new();
            while let Some(error) = source {
                cause = error.to_string();
                source = error.source();
            }
            let code = if error.code() == "input-open-failed" { error.code() } else { "input-read-failed" };
            self.set(Fault { locator: locator.to_owned(), code, cause });
        }
    }

    fn note_read(&self, error: &io::Error, locator: &str) {
        if error.kind() != io::ErrorKind::Interrupted && Error::is_of_device(error) {
            let ours = error.get_ref().and_then(|inside| inside.downcast_ref::<Error>());
            let fault = match ours {
                Some(ours) if ours.code() == CHANGED => (CHANGED, String::new()),
                _ => ("input-read-failed", error.to_string()),
            };
            let (code, cause) = fault;
            self.set(Fault { locator: locator.to_owned(), code, cause });
        }
    }

    pub(crate) fn depend_on(&self, other: &Arc<Self>) {
        let mut beside = self.beside.lock().unwrap_or_else(PoisonError::into_inner);
        beside.entry(Neighbour::of(other)).or_insert_with(|| match &other.listed {
            Some(listed) => Beside::Listed(listed.clone()),
            None => Beside::Input(Arc::downgrade(other)),
        });
    }

    pub(super) fn depends_on(&self, other: &Arc<Self>) -> bool {
        self.beside.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&Neighbour::of(other))
    }

    pub(crate) fn first(&self) -> Option<Fault> {
        let earlier = self.listed.as_ref().and_then(Listed::first);
        earlier.or_else(|| self.first.get().map(|fault| Fault::clone(fault)))
    }

    pub(crate) fn all(&self) -> Vec<Fault> {
        let beside = self.beside.lock().unwrap_or_else(PoisonError::into_inner);
        let others = beside.values().filter_map(Beside::first);
        let mut all: Vec<Fault> = self.first().into_iter().chain(others).collect();
        all.sort_by(|a, b| a.locator.cmp(&b.locator));
        all.dedup();
        all
    }
}

/// A reader that records its failures.
#[derive(Debug)]
pub(crate) struct Watched<R> {
    reader: R,
    faults: Arc<Faults>,
    locator: String,
    /// Bytes still expected; `None` where the size is unknown.
    left: Option<u64>,
}

impl<R> Watched<R> {
    pub(crate) fn new(reader: R, faults: &Arc<Faults>, locator: &str) -> Self {
        Self { reader, faults: Arc::clone(faults), locator: locator.to_owned(), left: None }
    }

    /// Makes an end before `size` bytes a failure: the file was truncated while it was read.
    pub(crate) fn until_the_end(self, size: u64) -> Self {
        Self { left: Some(size), ..self }
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let result = match self.reader.read(buffer) {
            Ok(0) if !buffer.is_empty() && self.left.is_some_and(|left| left > 0) => {
                Err(io::Error::other(Error::input(CHANGED).with("path", &self.locator)))
            }
            other => other,
        };
        match &result {
            Ok(count) => self.left = self.left.map(|left| left.saturating_sub(*count as u64)),
            Err(error) => self.faults.note_read(error, &self.locator),
        }
        result
    }
}

impl<R: Seek> Seek for Watched<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.left = None;
        self.reader.seek(to).inspect_err(|error| self.faults.note_read(error, &self.locator))
    }
}
