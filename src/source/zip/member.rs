//! One member of a ZIP, opened anew for each reading and checked while it is read: a wrong length or checksum is an
//! error at the end of reading, never passed over.

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
use crate::source::place::{Place, PlaceReader};

/// How much is read from the file at a time.
const CHUNK: usize = 64 * 1024;

/// One member.
pub(super) struct Member {
    place: Arc<Place>,
    entry: OwnedZipFileEntry,
    data_start: u64,
    locator: String,
    password: Option<SecretString>,
    scratch: Budget,
}

impl Member {
    pub(super) fn new(
        place: Arc<Place>,
        entry: OwnedZipFileEntry,
        data_start: u64,
        locator: String,
        budget: &Budget,
    ) -> Self {
        // Only the folder is of use here; what the member may cost was taken from the budget when it was listed.
        let scratch = Budget::new(budget.scratch());
        Self { place, entry, data_start, locator, password: None, scratch }
    }

    /// The method by which it is packed, if we cannot unpack it.
    pub(super) fn unsupported_method(&self) -> Option<String> {
        let method = self.entry.compression();
        let known = matches!(method, CompressionMethod::Stored | CompressionMethod::Deflated | CompressionMethod::Aes);
        (!known).then(|| method.to_string())
    }

    /// Whether `password` opens it, by reading it to its end: the older encryption lets one wrong password in 256
    /// pass its own check. The password that does is kept for later readings.
    pub(super) fn opens_with(&mut self, password: &str) -> bool {
        let Ok(mut reader) = self.place.reader() else { return false };
        let options = ZipReadOptions::new().password(Some(password.as_bytes()));
        let opens = self
            .entry
            .as_ref()
            .with_reader(&mut reader, options)
            .is_ok_and(|mut file| io::copy(&mut file, &mut io::sink()).is_ok());
        if opens {
            self.password = Some(SecretString::from(password));
        }
        opens
    }

    fn decrypted(&self, password: &SecretString) -> Result<Box<dyn Read + '_>> {
        let broken = || Error::input("zip-member-broken").with("path", &self.locator);
        let mut reader = self.place.reader()?;
        let options = ZipReadOptions::new().password(Some(password.expose_secret().as_bytes()));
        let mut file =
            self.entry.as_ref().with_reader(&mut reader, options).map_err(|error| broken().because(error))?;
        let spooled = spool(&mut file, &self.scratch).map_err(|error| broken().because(error))?;
        Ok(Box::new(spooled.into_reader()))
    }
}

impl Open for Member {
    fn open(&self) -> Result<Box<dyn Read + '_>> {
        if let Some(password) = &self.password {
            return self.decrypted(password);
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

/// Unpacks.
enum Unpack {
    Deflated(DeflateDecoder<BufReader<io::Take<PlaceReader>>>),
    Stored(BufReader<io::Take<PlaceReader>>),
}

/// Counts and sums what is read.
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
