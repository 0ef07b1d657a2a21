//! Reads JSON as a stream: gigabytes pass through a buffer of fixed size. The caller asks for the values it wants;
//! others are skipped without being decoded. A value is held in memory only if it was requested with a limit.

use std::io::{self, Read};

/// Number of bytes per read of the input.
const CHUNK: usize = 256 * 1024;

/// The reason why reading stopped.
#[derive(Debug)]
pub enum StreamError {
    /// The text ends within a value.
    Ended,
    /// The byte at this offset is invalid JSON or not the requested kind of value.
    Malformed(u64),
    /// Reading the input failed.
    Read(io::Error),
    /// The receiver of a string's bytes rejected them.
    Refused(crate::Error),
}

/// The result of a step.
pub type Step<T> = Result<T, StreamError>;

/// The kind of the next value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// `[`
    Array,
    /// `true`, `false`, `null`
    Literal,
    /// A number.
    Number,
    /// `{`
    Object,
    /// A string.
    String,
}

/// A receiver of the decoded bytes of a long string.
pub type Take<'a> = &'a mut dyn FnMut(&[u8]) -> crate::Result<()>;

/// A reader of JSON from `R`.
#[derive(Debug)]
pub struct JsonStream<R> {
    from: R,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    /// The number of bytes that left the buffer.
    passed: u64,
}

impl<R: Read> JsonStream<R> {
    /// Creates a reader; a BOM is skipped.
    pub fn new(from: R) -> Self {
        Self { from, buffer: vec![0; CHUNK], at: 0, end: 0, passed: 0 }
    }

    /// Returns the number of bytes read.
    pub fn position(&self) -> u64 {
        self.passed + self.at as u64
    }

    fn malformed<T>(&self) -> Step<T> {
        Err(StreamError::Malformed(self.position()))
    }

    /// Returns the next byte without consuming it.
    fn peek_byte(&mut self) -> Step<u8> {
        while self.at == self.end {
            self.passed += self.end as u64;
            self.at = 0;
            self.end = 0;
            match self.from.read(&mut self.buffer) {
                Ok(0) => return Err(StreamError::Ended),
                Ok(count) => self.end = count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(StreamError::Read(error)),
            }
        }
        Ok(self.buffer[self.at])
    }

    fn byte(&mut self) -> Step<u8> {
        let byte = self.peek_byte()?;
        self.at += 1;
        Ok(byte)
    }

    /// Returns the next byte that is not whitespace, without consuming it.
    fn peek_mark(&mut self) -> Step<u8> {
        loop {
            match self.peek_byte()? {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                0xef if self.position() == 0 => {
                    for wanted in [0xef, 0xbb, 0xbf] {
                        if self.byte()? != wanted {
                            return self.malformed();
                        }
                    }
                }
                byte => return Ok(byte),
            }
        }
    }

    /// Returns the kind of the next value.
    pub fn peek(&mut self) -> Step<Next> {
        match self.peek_mark()? {
            b'"' => Ok(Next::String),
            b'{' => Ok(Next::Object),
            b'[' => Ok(Next::Array),
            b'-' | b'0'..=b'9' => Ok(Next::Number),
            b't' | b'f' | b'n' => Ok(Next::Literal),
            _ => self.malformed(),
        }
    }

    /// Enters an object or array.
    pub fn enter(&mut self) -> Step<()> {
        match self.peek_mark()? {
            b'{' | b'[' => {
                self.at += 1;
                Ok(())
            }
            _ => self.malformed(),
        }
    }

    /// Reports whether another element follows in an array, and leaves the array if not. `first` is true before the
    /// first element.
    pub fn element(&mut self, first: &mut bool) -> Step<bool> {
        let was_first = std::mem::replace(first, false);
        match self.peek_mark()? {
            b']' => {
                self.at += 1;
                Ok(false)
            }
            b',' if !was_first => {
                self.at += 1;
                Ok(true)
            }
            _ if was_first => Ok(true),
            _ => self.malformed(),
        }
    }

    /// Reads the name of the next member of an object into `name`, and leaves the object if there is none. Names longer
    /// than 64 bytes are truncated.
    pub fn member(&mut self, first: &mut bool, name: &mut String) -> Step<bool> {
        let was_first = std::mem::replace(first, false);
        match self.peek_mark()? {
            b'}' => {
                self.at += 1;
                return Ok(false);
            }
            b',' if !was_first => self.at += 1,
            _ if was_first => {}
            _ => return self.malformed(),
        }
        if self.peek_mark()? != b'"' {
            return self.malformed();
        }
        *name = self.text(64)?;
        if self.peek_mark()? != b':' {
            return self.malformed();
        }
        self.at += 1;
        Ok(true)
    }

    /// Returns a string, truncated to `limit` bytes. Any other value is skipped and returned as an empty string.
    pub fn text(&mut self, limit: usize) -> Step<String> {
        if self.peek()? != Next::String {
            self.skip()?;
            return Ok(String::new());
        }
        let mut bytes = Vec::new();
        self.string(&mut |part| {
            bytes.extend_from_slice(&part[..part.len().min(limit - bytes.len())]);
            Ok(())
        })?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Returns a whole number; any other value is skipped and returned as `None`.
    pub fn whole(&mut self) -> Step<Option<i64>> {
        if self.peek()? != Next::Number {
            self.skip()?;
            return Ok(None);
        }
        let mut digits = String::new();
        self.number(&mut |byte| digits.push(char::from(byte)))?;
        Ok(digits.parse().ok())
    }

    fn number(&mut self, take: &mut dyn FnMut(u8)) -> Step<()> {
        let mut length = 0;
        loop {
            match self.peek_byte() {
                Ok(byte @ (b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')) if length < 64 => {
                    take(byte);
                    length += 1;
                    self.at += 1;
                }
                Ok(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E') => self.at += 1,
                Ok(_) | Err(StreamError::Ended) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    /// Passes the decoded bytes of a string to `take` in pieces.
    pub fn string(&mut self, take: Take<'_>) -> Step<()> {
        if self.peek_mark()? != b'"' {
            return self.malformed();
        }
        self.at += 1;
        loop {
            self.peek_byte()?;
            let have = &self.buffer[self.at..self.end];
            let found = memchr::memchr2(b'"', b'\\', have);
            let plain = &have[..found.unwrap_or(have.len())];
            if !plain.is_empty() {
                take(plain).map_err(StreamError::Refused)?;
            }
            self.at += plain.len();
            let Some(offset) = found else { continue };
            let mark = have[offset];
            self.at += 1;
            if mark == b'"' {
                return Ok(());
            }
            let mut letter = [0; 4];
            let text = self.escape(&mut letter)?;
            take(text).map_err(StreamError::Refused)?;
        }
    }

    /// Decodes an escape after its backslash.
    fn escape<'b>(&mut self, letter: &'b mut [u8; 4]) -> Step<&'b [u8]> {
        let byte = match self.byte()? {
            byte @ (b'"' | b'\\' | b'/') => byte,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let unit = self.unit()?;
                let code = match unit {
                    0xd800..=0xdbff => self.low_half(unit)?,
                    unit => char::from_u32(unit),
                };
                return Ok(code.unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(letter).as_bytes());
            }
            _ => return self.malformed(),
        };
        letter[0] = byte;
        Ok(&letter[..1])
    }

    /// Reads four hex digits.
    fn unit(&mut self) -> Step<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            let Some(digit) = char::from(self.byte()?).to_digit(16) else { return self.malformed() };
            unit = unit * 16 + digit;
        }
        Ok(unit)
    }

    /// Reads the low surrogate after `high`. An unpaired surrogate is not a character.
    fn low_half(&mut self, high: u32) -> Step<Option<char>> {
        // The escape must be complete in the buffer, so a pair across its edge is loaded first.
        if self.end - self.at < 6 {
            self.draw_in()?;
        }
        let rest = &self.buffer[self.at..self.end];
        let low = rest
            .strip_prefix(b"\\u")
            .and_then(|digits| std::str::from_utf8(digits.get(..4)?).ok())
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        Ok(match low {
            Some(low @ 0xdc00..=0xdfff) => {
                self.at += 6;
                char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))
            }
            _ => None,
        })
    }

    /// Moves the unread bytes to the front and reads until there are six bytes or the input ends.
    fn draw_in(&mut self) -> Step<()> {
        self.buffer.copy_within(self.at..self.end, 0);
        self.passed += self.at as u64;
        self.end -= self.at;
        self.at = 0;
        while self.end < 6 {
            match self.from.read(&mut self.buffer[self.end..]) {
                Ok(0) => return Ok(()),
                Ok(count) => self.end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(StreamError::Read(error)),
            }
        }
        Ok(())
    }

    /// Skips one value of any depth. Its content is checked only as far as needed to find its end.
    pub fn skip(&mut self) -> Step<()> {
        let mut depth = 0_u64;
        loop {
            match self.peek_mark()? {
                b'"' => self.skip_string()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                b'-' | b'0'..=b'9' => self.number(&mut |_| {})?,
                b'a'..=b'z' => {
                    while matches!(self.peek_byte(), Ok(b'a'..=b'z')) {
                        self.at += 1;
                    }
                }
                _ => return self.malformed(),
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    fn skip_string(&mut self) -> Step<()> {
        self.at += 1;
        loop {
            self.peek_byte()?;
            let have = &self.buffer[self.at..self.end];
            match memchr::memchr2(b'"', b'\\', have) {
                None => self.at = self.end,
                Some(offset) => {
                    let mark = have[offset];
                    self.at += offset + 1;
                    if mark == b'"' {
                        return Ok(());
                    }
                    self.byte()?;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
