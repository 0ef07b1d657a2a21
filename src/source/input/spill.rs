//! Holds bytes that came out of a container, so that they can be read repeatedly, from any thread, at any position:
//! small ones in memory, large ones in an unnamed file in the scratch folder.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::fault::Watched;
use super::{Open, ReadSeek, SeekFile};
use crate::error::{Error, Result};
use crate::model::Time;
use crate::source::Input;
use crate::source::file::container::zip::Budget;

/// Most bytes held in memory; more go to the scratch folder.
const IN_MEMORY: u64 = 256 * 1024;

/// Bytes that can be read at any position.
#[derive(Debug)]
pub(crate) enum Place {
    /// A small number of bytes.
    Memory(Arc<[u8]>),
    /// The user's file, opened when it is read, so that thousands of archives do not hold thousands of open files.
    Given(Input),
    /// An unnamed file in the scratch folder, and its size in bytes.
    Scratch(Mutex<File>, u64),
}

/// Returns the place of `input`'s bytes; an input that can only be read forwards is copied first.
pub(crate) fn of(input: &Input, budget: &Budget) -> Result<Place> {
    if input.is_file() {
        return Ok(Place::Given(input.clone()));
    }
    let mut reader = input.open()?;
    match spool(&mut *reader, budget).map_err(|error| Error::reading(error, input.locator()))? {
        Spooled::Memory(bytes) => Ok(Place::Memory(bytes.into())),
        Spooled::Scratch(file, size) => Ok(Place::Scratch(Mutex::new(file), size)),
    }
}

/// Bytes copied out of a reader.
pub(crate) enum Spooled {
    /// A small number of bytes.
    Memory(Vec<u8>),
    /// An unnamed file, positioned at its beginning, and its size in bytes.
    Scratch(File, u64),
}

impl Spooled {
    /// Returns the number of bytes.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Scratch(_, size) => *size,
        }
    }

    /// Turns the bytes into a reader from the first byte.
    pub(crate) fn into_reader(self) -> Reader {
        match self {
            Self::Memory(bytes) => Box::new(Cursor::new(bytes)),
            Self::Scratch(file, _) => Box::new(io::BufReader::with_capacity(64 * 1024, file)),
        }
    }
}

/// A seekable reader that owns its bytes.
pub(crate) type Reader = Box<dyn ReadSeek>;

/// Copies `reader` to memory, or to the scratch folder where it is long.
pub(crate) fn spool(reader: &mut dyn Read, budget: &Budget) -> io::Result<Spooled> {
    let mut bytes = Vec::new();
    reader.take(IN_MEMORY + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 <= IN_MEMORY {
        return Ok(Spooled::Memory(bytes));
    }
    let mut file = tempfile::tempfile_in(budget.scratch())?;
    file.write_all(&bytes)?;
    drop(bytes);
    io::copy(reader, &mut file)?;
    let size = file.stream_position()?;
    file.rewind()?;
    Ok(Spooled::Scratch(file, size))
}

impl Place {
    /// Returns the number of bytes.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Given(input) => input.size(),
            Self::Scratch(_, size) => *size,
        }
    }

    /// Opens an independent reader at the first byte.
    pub(crate) fn reader(self: &Arc<Self>) -> Result<PlaceReader> {
        let file = match &**self {
            Self::Given(input) => input.open_file().transpose()?,
            Self::Memory(_) | Self::Scratch(..) => None,
        };
        Ok(PlaceReader { place: Arc::clone(self), file, position: 0 })
    }
}

/// A reader of a [`Place`].
#[derive(Debug)]
pub(crate) struct PlaceReader {
    place: Arc<Place>,
    file: Option<Watched<SeekFile>>,
    position: u64,
}

impl Read for PlaceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match (&*self.place, &mut self.file) {
            (Place::Memory(bytes), _) => {
                let start = usize::try_from(self.position).unwrap_or(usize::MAX).min(bytes.len());
                (&bytes[start..]).read(buffer)?
            }
            (Place::Scratch(file, _), _) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(self.position))?;
                file.read(buffer)?
            }
            // The file's position always equals ours: `seek` moves both.
            (Place::Given(_), Some(file)) => file.read(buffer)?,
            (Place::Given(_), None) => 0,
        };
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for PlaceReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.place.size().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        let position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(position))?;
        }
        self.position = position;
        Ok(position)
    }
}

/// Most bytes of one body held in memory: enough for a page with its inline scripts, not for a video.
const BODY_IN_MEMORY: usize = 4 * 1024 * 1024;

/// A sink for the bytes of one body as they are decoded. A long body goes to the scratch folder.
pub(crate) struct Spill<'a> {
    budget: &'a Budget,
    memory: Vec<u8>,
    file: Option<File>,
    size: u64,
}

impl<'a> Spill<'a> {
    /// Creates an empty sink.
    pub(crate) fn new(budget: &'a Budget) -> Self {
        Self { budget, memory: Vec::new(), file: None, size: 0 }
    }

    /// Returns the number of bytes taken so far.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// A failure of the scratch folder's disk, never the input's fault.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> Result<()> {
        self.size += bytes.len() as u64;
        if self.file.is_none() {
            if self.memory.len() + bytes.len() <= BODY_IN_MEMORY {
                self.memory.extend_from_slice(bytes);
                return Ok(());
            }
            let mut file = tempfile::tempfile_in(self.budget.scratch()).map_err(|error| self.failed(error))?;
            file.write_all(&self.memory).map_err(|error| self.failed(error))?;
            self.memory = Vec::new();
            self.file = Some(file);
        }
        match &mut self.file {
            Some(file) => file.write_all(bytes).map_err(|error| self.failed(error)),
            None => Ok(()),
        }
    }

    /// Adds all bytes of a reader.
    ///
    /// # Errors
    /// Those of [`Spill::add`], and those of `reader`: a fault of the input at `locator`.
    pub(crate) fn add_all(&mut self, reader: &mut dyn Read, locator: &str) -> Result<()> {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => self.add(&buffer[..count])?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::reading(error, locator)),
            }
        }
    }

    fn failed(&self, error: io::Error) -> Error {
        Error::disk("scratch-write-failed", self.budget.scratch().display(), error)
    }

    /// Turns the bytes into an input.
    pub(crate) fn into_input(self, locator: impl Into<String>, modified: Option<Time>) -> Input {
        match self.file {
            None => Input::bytes_at(locator, self.memory, modified),
            Some(file) => input_of_file(file, self.size, locator, modified),
        }
    }
}

/// Turns an unnamed file of `size` bytes into an input.
pub(crate) fn input_of_file(file: File, size: u64, locator: impl Into<String>, modified: Option<Time>) -> Input {
    let place = Arc::new(Place::Scratch(Mutex::new(file), size));
    Input::opened_by(Arc::new(Waiting(place)), locator, size, modified)
}

struct Waiting(Arc<Place>);

impl Open for Waiting {
    fn open(&self) -> Result<Box<dyn Read + '_>> {
        Ok(Box::new(io::BufReader::with_capacity(256 * 1024, self.0.reader()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_waits_on_disk_and_is_read_again_and_again() {
        let folder = tempfile::tempdir().unwrap();
        let budget = Budget::new(folder.path());
        for length in [10, BODY_IN_MEMORY, BODY_IN_MEMORY + 1, 3 * BODY_IN_MEMORY] {
            let bytes: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let mut spill = Spill::new(&budget);
            for chunk in bytes.chunks(1_000_003) {
                spill.add(chunk).unwrap();
            }
            assert_eq!(spill.file.is_some(), length > BODY_IN_MEMORY);
            let input = spill.into_input("a", None);
            for _ in 0..2 {
                assert!(input.bytes(u64::MAX - 1).unwrap() == bytes);
            }
            assert_eq!(input.size(), length as u64);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the files have no names");
    }
}
