//! Decodes text of an unknown encoding to UTF-8 block by block. A byte-order mark decides; otherwise the text is UTF-8
//! until an invalid byte occurs. Then the encoding is guessed (usually GB18030) and the rest decoded.

use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::parse::encoding;

/// Number of bytes per read.
const BLOCK: usize = 256 * 1024;

/// A window on the text: [`Text::bytes`] is the part that was read and not yet skipped.
pub(crate) struct Text<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    ended: bool,
    begun: bool,
    /// Whether a non-ASCII character was read as UTF-8: then the text is UTF-8, and invalid bytes are damage.
    proven: bool,
    /// Whether lines end with a carriage return alone, as old Macintosh programs write them.
    ends_in_cr: bool,
    encoding: &'static Encoding,
    decoder: Option<Decoder>,
    raw: Vec<u8>,
}

impl<R: Read> Text<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            start: 0,
            ended: false,
            begun: false,
            proven: false,
            ends_in_cr: false,
            encoding: UTF_8,
            decoder: None,
            raw: Vec::new(),
        }
    }

    pub(crate) fn encoding(&self) -> &'static str {
        self.encoding.name()
    }

    /// Reports whether the text is decoded, in which case undecodable bytes are U+FFFD.
    pub(crate) fn is_decoded(&self) -> bool {
        self.decoder.is_some()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Reports whether a non-ASCII character was read as UTF-8.
    pub(crate) fn is_proven(&self) -> bool {
        self.proven
    }

    /// Advances by `count` bytes; `proof` if they contain non-ASCII UTF-8.
    pub(crate) fn skip(&mut self, count: usize, proof: bool) {
        self.start += count;
        self.proven |= proof;
    }

    /// Returns the last `count` bytes that were skipped. They are available until the next [`Text::more`].
    pub(crate) fn skipped(&self, count: usize) -> &[u8] {
        &self.buffer[self.start.saturating_sub(count)..self.start]
    }

    /// Goes back by `count` of the last skipped bytes.
    pub(crate) fn unskip(&mut self, count: usize) {
        self.start = self.start.saturating_sub(count);
    }

    /// Reads another block after [`Text::bytes`]; returns `false` at the end.
    pub(crate) fn more(&mut self) -> io::Result<bool> {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        if self.ended {
            return Ok(false);
        }
        if self.decoder.is_some() {
            return self.more_decoded();
        }
        let before = self.buffer.len();
        self.buffer.resize(before + BLOCK, 0);
        let count = read_full(&mut self.reader, &mut self.buffer[before..])?;
        self.buffer.truncate(before + count);
        self.ended = count < BLOCK;
        if self.begun {
            self.end_lines(before);
        } else {
            self.begun = true;
            self.look_at_mark();
            self.ends_in_cr = ends_in_returns(self.bytes());
            self.end_lines(0);
        }
        Ok(count > 0)
    }

    /// Converts the carriage returns that end lines to line feeds, from `from` on.
    fn end_lines(&mut self, from: usize) {
        if self.ends_in_cr {
            self.buffer[from..].iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        }
    }

    fn look_at_mark(&mut self) {
        let head = &self.buffer;
        if head.starts_with(b"\xef\xbb\xbf") {
            self.start = 3;
            self.proven = true;
        } else if let Some(encoding) = utf16(head) {
            self.decode_from_here(encoding);
        }
    }

    /// Handles a line that is not UTF-8: guesses the encoding and decodes from that line on. Returns `false` if the
    /// text is UTF-8 with a broken byte.
    pub(crate) fn switch_encoding(&mut self) -> bool {
        if self.proven || self.decoder.is_some() {
            return false;
        }
        // No text in any of these encodings contains a zero byte: this is not text, and a guess would take longer than
        // reading it.
        if memchr::memchr(0, self.bytes()).is_some() {
            return false;
        }
        self.decode_from_here(encoding::of_sample(self.bytes(), self.ended));
        true
    }

    fn decode_from_here(&mut self, encoding: &'static Encoding) {
        self.encoding = encoding;
        let mut decoder = encoding.new_decoder_with_bom_removal();
        let raw = self.buffer.split_off(self.start);
        self.buffer.clear();
        self.start = 0;
        decode(&mut decoder, &raw, self.ended, &mut self.buffer);
        self.decoder = Some(decoder);
    }

    fn more_decoded(&mut self) -> io::Result<bool> {
        let Some(decoder) = &mut self.decoder else { return Ok(false) };
        self.raw.resize(BLOCK, 0);
        let count = read_full(&mut self.reader, &mut self.raw)?;
        self.ended = count < BLOCK;
        let before = self.buffer.len();
        decode(decoder, &self.raw[..count], self.ended, &mut self.buffer);
        self.end_lines(before);
        Ok(self.buffer.len() > before || count > 0)
    }
}

/// Reports whether the lines of a table that begins with `text` end with a carriage return alone, as spreadsheets save
/// them for old Macs. A quoted cell may contain line feeds.
fn ends_in_returns(text: &[u8]) -> bool {
    let (mut returns, mut feeds) = (0_usize, 0_usize);
    let mut is_quoted = false;
    let mut bytes = text.iter().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => is_quoted ^= true,
            b'\n' if !is_quoted => feeds += 1,
            b'\r' if !is_quoted && bytes.peek() != Some(&&b'\n') => returns += 1,
            _ => {}
        }
    }
    returns > feeds
}

/// Detects UTF-16 with or without a byte-order mark.
fn utf16(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [0xff, 0xfe, ..] => Some(UTF_16LE),
        [0xfe, 0xff, ..] => Some(UTF_16BE),
        _ => encoding::utf16(head),
    }
}

fn decode(decoder: &mut Decoder, raw: &[u8], last: bool, into: &mut Vec<u8>) {
    let mut rest = raw;
    loop {
        let room = decoder.max_utf8_buffer_length(rest.len()).unwrap_or(rest.len() * 3 + 16);
        let before = into.len();
        into.resize(before + room, 0);
        let (result, read, written, _) = decoder.decode_to_utf8(rest, &mut into[before..], last);
        into.truncate(before + written);
        rest = &rest[read..];
        if result == encoding_rs::CoderResult::InputEmpty {
            return;
        }
    }
}

/// Fills `buffer` as far as the input lasts.
fn read_full(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
