//! Reads HTTP messages as web archives store them: a first line, headers, and a body that is chunked and compressed, or
//! already decoded although the headers say otherwise. The bytes decide, not the headers.

use std::io::{self, BufRead, BufReader, Read};

use super::multipart::Headers;
use super::warc::header_block;

/// The part of a message before its body.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// The request or status line: `HTTP/1.1 200 OK`, `POST /mp/getappmsgext HTTP/1.1`.
    pub first_line: String,
    /// The header fields.
    pub headers: Headers,
}

impl Head {
    /// Reads the head of a message.
    ///
    /// # Errors
    /// The head does not end.
    pub fn read(from: &mut dyn BufRead) -> io::Result<Self> {
        let mut block = header_block(from)?;
        let end = memchr::memchr(b'\n', &block).map_or(block.len(), |at| at + 1);
        let headers = Headers::parse(&block.split_off(end));
        Ok(Self { first_line: String::from_utf8_lossy(&block).trim().to_owned(), headers })
    }

    /// Returns the status of a response; 0 if there is none.
    pub fn status(&self) -> i64 {
        self.first_line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
    }

    /// Returns the method of a request.
    pub fn method(&self) -> &str {
        self.first_line.split(' ').next().unwrap_or_default()
    }
}

/// Returns the body after `head`, without chunking and compression.
///
/// # Errors
/// Its first bytes cannot be read.
pub fn body<'a>(head: &Head, from: impl BufRead + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let mut body: Box<dyn BufRead + 'a> = Box::new(from);
    let chunked =
        head.headers.get("transfer-encoding").is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
    if chunked && begins_chunk(body.fill_buf()?) {
        body = Box::new(BufReader::new(Chunked { from: body, left: 0, state: State::Size }));
    }
    let start = body.fill_buf()?;
    let encoding = head.headers.get("content-encoding").unwrap_or_default().trim().to_ascii_lowercase();
    Ok(match encoding.as_str() {
        "gzip" | "x-gzip" if start.starts_with(b"\x1f\x8b") => Box::new(flate2::bufread::MultiGzDecoder::new(body)),
        "deflate" if start.first().is_some_and(|first| first & 0x0f == 8) => {
            Box::new(flate2::bufread::ZlibDecoder::new(body))
        }
        "zstd" if start.starts_with(b"\x28\xb5\x2f\xfd") => Box::new(zstd::Decoder::with_buffer(body)?),
        // Brotli has no magic bytes: a body that reads as text is taken to be already decompressed.
        "br" if !looks_like_text(start) => Box::new(brotli_decompressor::Decompressor::new(body, 64 * 1024)),
        _ => Box::new(body),
    })
}

/// Reports whether these bytes begin with the size of a chunk.
fn begins_chunk(bytes: &[u8]) -> bool {
    let digits = bytes.iter().take(16).take_while(|byte| byte.is_ascii_hexdigit()).count();
    digits > 0 && matches!(bytes.get(digits), Some(b'\r' | b'\n' | b';' | b' '))
}

fn looks_like_text(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(64)];
    let text = std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true);
    text && !start.iter().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the size of a chunk.
    Size,
    Data,
    End,
}

/// A decoder of a chunked body.
struct Chunked<R> {
    from: R,
    left: u64,
    state: State,
}

impl<R: BufRead> Chunked<R> {
    /// Reads the size line after the line break that ends the previous chunk.
    fn size(&mut self) -> io::Result<()> {
        let mut line = Vec::new();
        while line.iter().all(u8::is_ascii_whitespace) {
            line.clear();
            if (&mut self.from).take(4096).read_until(b'\n', &mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let size = std::str::from_utf8(&line[..digits]).ok().and_then(|digits| u64::from_str_radix(digits, 16).ok());
        self.left = size.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no chunk begins here"))?;
        self.state = if self.left == 0 { State::End } else { State::Data };
        Ok(())
    }
}

impl<R: BufRead> Read for Chunked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.state == State::Size && !buffer.is_empty() {
            self.size()?;
        }
        if self.state == State::End || buffer.is_empty() {
            return Ok(0);
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.from.read(&mut buffer[..most])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= count as u64;
        if self.left == 0 {
            self.state = State::Size;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(message: &[u8]) -> io::Result<Vec<u8>> {
        let mut from = message;
        let head = Head::read(&mut from)?;
        let mut bytes = Vec::new();
        body(&head, from)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn message(headers: &str, body: &[u8]) -> Vec<u8> {
        [format!("HTTP/1.1 200 OK\r\n{headers}\r\n").as_bytes(), body].concat()
    }

    #[test]
    fn bodies_come_out_of_chunks_and_compression() {
        let text = "<p>正文</p>".as_bytes();
        let packed = gz(text);
        let (front, back) = packed.split_at(packed.len() - 3);
        let chunked =
            [format!("{:x};x=y\r\n", front.len()).as_bytes(), front, b"\r\n3\r\n", back, b"\r\n0\r\n\r\n"].concat();
        let zstd = zstd::encode_all(text, 3).unwrap();
        for (headers, body) in [
            ("", text),
            ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", &chunked),
            ("Content-Encoding: gzip\r\n", &packed),
            // Already decoded.
            ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", text),
            ("Content-Encoding: br\r\n", text),
            ("Content-Encoding: zstd\r\n", &zstd),
        ] {
            assert_eq!(read(&message(headers, body)).unwrap(), text, "{headers}");
        }
        // Five letters, uncompressed, encoded by hand after RFC 7932.
        let brotli = b"\x0b\x02\x80hello\x03";
        assert_eq!(read(&message("Content-Encoding: br\r\n", brotli)).unwrap(), b"hello");
    }

    #[test]
    fn what_breaks_off_is_said() {
        let packed = gz(b"text that is long enough to be cut");
        assert!(read(&message("Content-Encoding: gzip\r\n", &packed[..packed.len() - 9])).is_err());
        assert!(read(&message("Transfer-Encoding: chunked\r\n", b"5\r\nab")).is_err());
        assert!(read(&message("Transfer-Encoding: chunked\r\n", b"2\r\nab\r\nzz")).is_err());
        assert!(read(b"HTTP/1.1 200 OK\r\n").is_err());
    }
}
