//! Reads web archives (WARC 1.0 and 1.1) in one pass: a sequence of records, each with a block of declared length.

use std::io::{self, BufRead, Read};

use super::multipart::Headers;

/// Maximum length of a header block in bytes.
const HEADERS: usize = 64 * 1024;

/// A reader of the records of an archive.
#[derive(Debug)]
pub struct Records<R> {
    from: R,
    /// The number of bytes of the current block that are not read yet.
    left: u64,
}

impl<R: BufRead> Records<R> {
    /// Creates a reader of an uncompressed archive.
    pub fn new(from: R) -> Self {
        Self { from, left: 0 }
    }

    /// Returns the headers of the next record, skipping the rest of the previous one; `None` at the end.
    ///
    /// # Errors
    /// [`io::ErrorKind::UnexpectedEof`] if the archive ends within a record, [`io::ErrorKind::InvalidData`] if no
    /// record begins here because a previous length was wrong.
    pub fn next_record(&mut self) -> io::Result<Option<Headers>> {
        io::copy(&mut self.block(), &mut io::sink())?;
        loop {
            // A record ends with two empty lines; some writers emit one.
            let have = self.from.fill_buf()?;
            let Some(first) = have.first() else { return Ok(None) };
            if !matches!(first, b'\r' | b'\n') {
                break;
            }
            self.from.consume(1);
        }
        let mut head = header_block(&mut self.from)?;
        if !head.starts_with(b"WARC/") {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "no record begins here"));
        }
        let version = memchr::memchr(b'\n', &head).map_or(head.len(), |at| at + 1);
        let headers = Headers::parse(&head.split_off(version));
        self.left = headers
            .get("content-length")
            .and_then(|length| length.parse().ok())
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a record without a length"))?;
        Ok(Some(headers))
    }

    /// Returns the block of the current record.
    pub fn block(&mut self) -> Block<'_, R> {
        Block(self)
    }
}

/// Reads lines up to and including the empty one.
///
/// # Errors
/// The input ends before the empty line, or the block is too long.
pub(crate) fn header_block(from: &mut dyn BufRead) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    loop {
        let start = head.len();
        let limit = (HEADERS - start.min(HEADERS)) as u64 + 1;
        if from.take(limit).read_until(b'\n', &mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if matches!(&head[start..], b"\n" | b"\r\n") {
            return Ok(head);
        }
        if head.len() > HEADERS {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "headers without an end"));
        }
    }
}

/// The block of one record.
#[derive(Debug)]
pub struct Block<'a, R>(&'a mut Records<R>);

impl<R: BufRead> Read for Block<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.0.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.0.from.read(&mut buffer[..most])?;
        if count == 0 && most > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.0.left -= count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARCHIVE: &str = "WARC/1.1\r\nWARC-Type: warcinfo\r\nContent-Length: 3\r\n\r\na\r\n\r\n\r\nWARC/1.0\r\n\
        WARC-Type: resource\r\nWARC-Target-URI: <https://a/>\r\ncontent-length: 5\r\n\r\nWARC/\r\n\r\n";

    fn read(bytes: &[u8]) -> (Vec<(String, String)>, Option<io::ErrorKind>) {
        let mut records = Records::new(bytes);
        let mut found = Vec::new();
        loop {
            match records.next_record() {
                Ok(Some(headers)) => {
                    let mut block = String::new();
                    if let Err(error) = records.block().read_to_string(&mut block) {
                        return (found, Some(error.kind()));
                    }
                    found.push((headers.get("warc-type").unwrap_or_default().to_owned(), block));
                }
                Ok(None) => return (found, None),
                Err(error) => return (found, Some(error.kind())),
            }
        }
    }

    #[test]
    fn records_are_read_one_after_another() {
        let wanted = [("warcinfo".to_owned(), "a\r\n".to_owned()), ("resource".to_owned(), "WARC/".to_owned())];
        assert_eq!(read(ARCHIVE.as_bytes()), (wanted.to_vec(), None));
    }

    #[test]
    fn cuts_and_lies_are_said() {
        let second = ARCHIVE.find("WARC/1.0").unwrap();
        for cut in second + 1..ARCHIVE.len() - 4 {
            let (found, error) = read(&ARCHIVE.as_bytes()[..cut]);
            assert_eq!((found.len(), error), (1, Some(io::ErrorKind::UnexpectedEof)), "{cut}");
        }
        let long = ARCHIVE.replace("Content-Length: 3", "Content-Length: 99999");
        assert_eq!(read(long.as_bytes()).1, Some(io::ErrorKind::UnexpectedEof));
        assert_eq!(read(b"HTTP/1.1 200 OK\r\n\r\n").1, Some(io::ErrorKind::InvalidData));
        assert_eq!(read(b"WARC/1.1\r\nContent-Length: -1\r\n\r\n").1, Some(io::ErrorKind::InvalidData));
        let endless = [&b"WARC/1.1\r\n"[..], &b"a: b\r\n".repeat(20_000)].concat();
        assert_eq!(read(&endless).1, Some(io::ErrorKind::InvalidData));
    }
}
