//! Writes WARC 1.1 records (ISO 28500), each as a gzip member of its own, so that an index can lead to any of them and a
//! file that is cut off keeps all records before the cut.

use std::fmt::Write as _;
use std::io::{self, Write};

use flate2::{Compression, GzBuilder};

use crate::export::identifier::urn;
use crate::model::{Hasher, Sha256, Time};

/// A member that ends a record's block.
const END: &[u8] = b"\r\n\r\n";
/// Operating system of a gzip member: not known, so that the same content is the same bytes everywhere.
const NO_SYSTEM: u8 = 255;

/// The header of a record, in the order of its fields.
#[derive(Debug)]
pub(super) struct Head {
    id: String,
    text: String,
}

impl Head {
    /// Begins a record. Its id depends on its kind, address, date and `content` alone.
    pub(super) fn new(kind: &str, url: Option<&str>, date: &str, content: Sha256) -> Self {
        let id = urn(&format!("warc {kind} {date} {} {}", url.unwrap_or_default(), content.hex()));
        let mut head = Self { text: "WARC/1.1\r\n".to_owned(), id: String::new() };
        head.add("WARC-Type", kind);
        head.add("WARC-Record-ID", &format!("<{id}>"));
        if let Some(url) = url {
            head.add("WARC-Target-URI", url);
        }
        head.add("WARC-Date", date);
        head.id = id;
        head
    }

    /// Returns the id: `urn:uuid:…`.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Adds a field. Characters that would end it are left out.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        let _ = write!(self.text, "{name}: {value}\r\n");
    }

    /// Adds a digest.
    pub(super) fn add_digest(&mut self, name: &str, digest: Sha256) {
        self.add(name, &labelled(digest));
    }

    fn finish(mut self, bytes: u64) -> String {
        self.add("Content-Length", &bytes.to_string());
        self.text.push_str("\r\n");
        self.text
    }
}

/// Returns a digest as WARC files and their packages write it.
pub(super) fn labelled(digest: Sha256) -> String {
    format!("sha256:{}", digest.hex())
}

/// Returns a time as WARC 1.1 writes it: `2024-01-31T08:00:00Z`.
pub(super) fn date(time: Time) -> String {
    jiff::Timestamp::from_second(time.unix()).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Where a record lies in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    /// First byte.
    pub(super) offset: u64,
    /// Number of compressed bytes.
    pub(super) length: u64,
    /// Digest of the compressed bytes.
    pub(super) digest: Sha256,
}

/// A file of records.
pub(super) struct Records<W> {
    out: W,
    offset: u64,
}

impl<W: Write> Records<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, offset: 0 }
    }

    /// Writes a record whose block is `block`, or `bytes` bytes that `rest` writes after it.
    pub(super) fn write(
        &mut self,
        head: Head,
        block: &[u8],
        bytes: u64,
        packed: bool,
        rest: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<Placed> {
        let offset = self.offset;
        let counted = Counted { out: &mut self.out, hasher: Hasher::new() };
        let level = if packed { Compression::none() } else { Compression::new(6) };
        let mut member = GzBuilder::new().mtime(0).operating_system(NO_SYSTEM).write(counted, level);
        member.write_all(head.finish(block.len() as u64 + bytes).as_bytes())?;
        member.write_all(block)?;
        rest(&mut member)?;
        member.write_all(END)?;
        let hasher = member.finish()?.hasher;
        let length = hasher.bytes();
        self.offset += length;
        Ok(Placed { offset, length, digest: hasher.finish() })
    }
}

/// A writer that counts and hashes.
struct Counted<W> {
    out: W,
    hasher: Hasher,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_record_is_a_member_of_its_own_and_no_value_ends_its_line() {
        let mut file = Vec::new();
        let mut records = Records::new(&mut file);
        let head = || {
            let mut head = Head::new("resource", Some("https://a/"), "2024-01-31T00:00:00Z", Sha256::of(b"x"));
            head.add("Content-Type", "text/html\r\nX: y");
            head
        };
        let id = head().id().to_owned();
        let first = records.write(head(), b"ab", 1, false, |out| out.write_all(b"c")).unwrap();
        let second = records.write(head(), b"", 0, true, |_| Ok(())).unwrap();
        assert_eq!((first.offset, first.length, second.offset + second.length), (0, second.offset, file.len() as u64));
        let at = usize::try_from(second.offset).unwrap();
        assert_eq!((Sha256::of(&file[..at]), Sha256::of(&file[at..])), (first.digest, second.digest));
        let mut text = String::new();
        flate2::read::GzDecoder::new(&file[..at]).read_to_string(&mut text).unwrap();
        assert_eq!(
            text,
            format!(
                "WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <{id}>\r\nWARC-Target-URI: https://a/\r\n\
                 WARC-Date: 2024-01-31T00:00:00Z\r\nContent-Type: text/htmlX: y\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n"
            )
        );
    }

    #[test]
    fn dates_are_in_utc() {
        assert_eq!(date(Time::from_wall("2024-01-31 08:00:01").unwrap()), "2024-01-31T00:00:01Z");
    }
}
