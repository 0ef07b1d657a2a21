//! Where bytes wait that came out of a container, so that they can be read again, from any thread, at any position: few of
//! them in memory, many in a file without a name in the scratch folder.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::fault::Watched;
use super::{Open, ReadSeek, SeekFile};
use crate::error::{Error, Result};
use crate::model::Time;
use crate::source::Input;
use crate::source::file::container::zip::Budget;

/// What is larger than this goes to the scratch folder instead of memory.
const IN_MEMORY: u64 = 256 * 1024;

/// Bytes that can be read at any position.
#[derive(Debug)]
pub(crate) enum Place {
    /// Few of them.
    Memory(Arc<[u8]>),
    /// A file of the person's, opened when it is read, so that thousands of archives do not hold thousands of files.
    Given(Input),
    /// A file without a name in the scratch folder.
    Scratch(Mutex<File>, u64),
}

/// The place of `input`'s bytes; what can only be read forwards is copied first.
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
    /// Few of them.
    Memory(Vec<u8>),
    /// In a file without a name, at its beginning; and how many.
    Scratch(File, u64),
}

impl Spooled {
    /// How many bytes.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Scratch(_, size) => *size,
        }
    }

    /// Reads them from the first.
    pub(crate) fn into_reader(self) -> Reader {
        match self {
            Self::Memory(bytes) => Box::new(Cursor::new(bytes)),
            Self::Scratch(file, _) => Box::new(io::BufReader::with_capacity(64 * 1024, file)),
        }
    }
}

/// A seekable reader of its own.
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
    /// How many bytes.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Given(input) => input.size(),
            Self::Scratch(_, size) => *size,
        }
    }

    /// A reader of its own, at the first byte.
    pub(crate) fn reader(self: &Arc<Self>) -> Result<PlaceReader> {
        let file = match &**self {
            Self::Given(input) => input.open_file().transpose()?,
            Self::Memory(_) | Self::Scratch(..) => None,
        };
        Ok(PlaceReader { place: Arc::clone(self), file, position: 0 })
    }
}

/// Reads a [`Place`].
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
            // Its own position is always ours: `seek` moves both.
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

/// Most bytes of one body that wait in memory: a page with its inline scripts, not a video.
const BODY_IN_MEMORY: usize = 4 * 1024 * 1024;

/// Takes the bytes of one body as they are decoded. What is long goes to the scratch folder.
pub(crate) struct Spill<'a> {
    budget: &'a Budget,
    memory: Vec<u8>,
    file: Option<File>,
    size: u64,
}

impl<'a> Spill<'a> {
    /// Empty.
    pub(crate) fn new(budget: &'a Budget) -> Self {
        Self { budget, memory: Vec::new(), file: None, size: 0 }
    }

    /// Bytes taken so far.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// The scratch folder's disk: no input is to blame for that.
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

    /// The same, from a reader to its end.
    ///
    /// # Errors
    /// As [`Spill::add`], and what `reader` says: an input's fault, at `locator`.
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

    /// What was taken, as an input.
    pub(crate) fn into_input(self, locator: impl Into<String>, modified: Option<Time>) -> Input {
        match self.file {
            None => Input::bytes_at(locator, self.memory, modified),
            Some(file) => input_of_file(file, self.size, locator, modified),
        }
    }
}

/// A file without a name, `size` long, as an input.
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
