//! Reads one member of a ZIP, opened again for each reading and verified while it is read: a wrong length or checksum
//! is an error at the end of reading, never ignored.

use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::sync::Arc;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use secrecy::{ExposeSecret as _, SecretString};
use zip::CompressionMethod;
use zip::read::{OwnedZipFileEntry, ZipReadOptions};

use super::{Budget, spool};
use crate::error::{Error, Result};
use crate::source::input::Open;
use crate::source::input::spill::{Place, PlaceReader};

/// Bytes read from the file at a time.
const CHUNK: usize = 64 * 1024;

/// A member of a ZIP.
pub(super) struct Member {
    place: Arc<Place>,
    entry: OwnedZipFileEntry,
    data_start: u64,
    locator: String,
    password: Option<SecretString>,
    /// Budget for its scratch folder and lock only: the member's cost was taken when it was listed.
    budget: Budget,
}

/// Returns the compression method of a member that we cannot unpack.
pub(super) fn unsupported_method(entry: &OwnedZipFileEntry) -> Option<String> {
    let method = entry.compression();
    let known = matches!(
        method,
        CompressionMethod::Stored
            | CompressionMethod::Deflated
            | CompressionMethod::Deflate64
            | CompressionMethod::Bzip2
            | CompressionMethod::Lzma
            | CompressionMethod::Ppmd
            | CompressionMethod::Xz
            | CompressionMethod::Zstd
            | CompressionMethod::Aes
    );
    (!known).then(|| method.to_string())
}

/// Largest dictionary window in bytes: programs use at most 64 MB unless configured to use more.
const WINDOW: u64 = 256 * 1024 * 1024;
/// Number of first bytes of a packed member that contain the size of its window.
const WINDOW_WITHIN: u64 = 64;

impl Member {
    pub(super) fn new(
        place: Arc<Place>,
        entry: OwnedZipFileEntry,
        data_start: u64,
        locator: String,
        budget: &Budget,
    ) -> Self {
        Self { place, entry, data_start, locator, password: None, budget: budget.same_scratch() }
    }

    /// Reports whether the crate unpacks the whole member at once.
    fn is_read_whole(&self) -> bool {
        let ours = matches!(self.entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated);
        self.password.is_some() || !ours
    }

    /// Refuses a member that needs far more memory than any program would have used to pack it.
    pub(super) fn check_window(&self) -> Result<()> {
        let method = self.entry.compression();
        if self.password.is_some() || !matches!(method, CompressionMethod::Lzma | CompressionMethod::Xz) {
            return Ok(());
        }
        let mut head = Vec::new();
        let mut reader = self.place.reader()?;
        reader
            .seek(SeekFrom::Start(self.data_start))
            .and_then(|_| reader.take(WINDOW_WITHIN).read_to_end(&mut head))
            .map_err(|error| self.broken(error))?;
        let window = if method == CompressionMethod::Lzma {
            // Version, size of the properties, properties, size of the window; a window never exceeds the content.
            head.get(5..9)
                .map_or(0, |size| size.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
                .min(self.entry.size())
        } else {
            // The filter's id and the length of its properties: one byte, which encodes the window.
            let filter = head.windows(3).skip(12).find(|filter| filter.starts_with(&[0x21, 1]));
            filter.map_or(0, |filter| (2 | u64::from(filter[2] & 1)) << (u32::from(filter[2].min(40)) / 2 + 11))
        };
        if window > WINDOW {
            return Err(Error::input("zip-member-window").with("path", &self.locator).with("limit", WINDOW >> 20));
        }
        Ok(())
    }

    /// Returns the error of a member that breaks off: the device's error, if it is one.
    fn broken(&self, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        let error = error.into();
        let code = if Error::is_of_device(&*error) { "input-read-failed" } else { "zip-member-broken" };
        Error::input(code).with("path", &self.locator).because(error)
    }

    /// Unpacks the whole member, one such member at a time because each may need much memory.
    fn unpacked(&self) -> Result<Box<dyn Read + '_>> {
        self.check_window()?;
        let _turn = self.budget.turn();
        let password = self.password.as_ref().map(|password| password.expose_secret().as_bytes());
        let mut reader = self.place.reader()?;
        let options = ZipReadOptions::new().password(password);
        let file = self.entry.as_ref().with_reader(&mut reader, options).map_err(|error| self.broken(error))?;
        let size = self.entry.size();
        let spooled = spool(&mut file.take(size.saturating_add(1)), &self.budget);
        let spooled = spooled.map_err(|error| self.broken(error))?;
        match spooled.size() {
            longer if longer > size => Err(Error::input("zip-member-longer").with("path", &self.locator)),
            shorter if shorter < size => Err(Error::input("zip-member-shorter").with("path", &self.locator)),
            _ => Ok(Box::new(spooled.into_reader())),
        }
    }

    /// Reports whether `password` opens the member, by reading it to its end: the older encryption's own check accepts
    /// one wrong password in 256. The right password is kept for later readings.
    pub(super) fn opens_with(&mut self, password: &str) -> bool {
        let Ok(mut reader) = self.place.reader() else { return false };
        let _turn = self.budget.turn();
        let size = self.entry.size();
        let options = ZipReadOptions::new().password(Some(password.as_bytes()));
        let opens = self
            .entry
            .as_ref()
            .with_reader(&mut reader, options)
            .is_ok_and(|file| io::copy(&mut file.take(size.saturating_add(1)), &mut io::sink()).is_ok());
        if opens {
            self.password = Some(SecretString::from(password));
        }
        opens
    }
}

impl Open for Member {
    fn open(&self) -> Result<Box<dyn Read + '_>> {
        if self.is_read_whole() {
            return self.unpacked();
        }
        let mut reader = self.place.reader()?;
        reader
            .seek(SeekFrom::Start(self.data_start))
            .map_err(|error| Error::input("input-read-failed").with("path", &self.locator).because(error))?;
        let packed = BufReader::with_capacity(CHUNK, reader.take(self.entry.compressed_size()));
        let unpack = match self.entry.compression() {
            CompressionMethod::Deflated => Unpack::Deflated(DeflateDecoder::new(packed)),
            _ => Unpack::Stored(packed),
        };
        Ok(Box::new(Checked {
            unpack,
            crc: Crc::new(),
            left: self.entry.size(),
            expected: self.entry.crc32(),
            locator: &self.locator,
        }))
    }
}

/// A decompressor.
enum Unpack {
    Deflated(DeflateDecoder<BufReader<io::Take<PlaceReader>>>),
    Stored(BufReader<io::Take<PlaceReader>>),
}

/// A reader that verifies length and checksum.
struct Checked<'a> {
    unpack: Unpack,
    crc: Crc,
    left: u64,
    expected: u32,
    locator: &'a str,
}

impl Checked<'_> {
    fn error(&self, code: &'static str) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, Error::input(code).with("path", self.locator))
    }
}

impl Read for Checked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let count = match &mut self.unpack {
            Unpack::Deflated(reader) => reader.read(buffer),
            Unpack::Stored(reader) => reader.read(buffer),
        };
        let count = count.map_err(|error| {
            if Error::is_of_device(&error) {
                return error;
            }
            io::Error::new(
                io::ErrorKind::InvalidData,
                Error::input("zip-member-broken").with("path", self.locator).because(error),
            )
        })?;
        if count as u64 > self.left {
            return Err(self.error("zip-member-longer"));
        }
        self.left -= count as u64;
        self.crc.update(&buffer[..count]);
        if count == 0 {
            if self.left > 0 {
                return Err(self.error("zip-member-shorter"));
            }
            if self.crc.sum() != self.expected {
                return Err(self.error("zip-member-broken"));
            }
        }
        Ok(count)
    }
}
