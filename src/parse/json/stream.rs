//! JSON as a stream: gigabytes of it pass through a buffer of fixed size. Whoever reads says what is wanted next; what is
//! not wanted is skipped without being decoded. One value is never held but where it was asked for with a limit.

use std::io::{self, Read};

/// Read from below at a time.
const CHUNK: usize = 256 * 1024;

/// Why reading stopped.
#[derive(Debug)]
pub enum StreamError {
    /// The text ends inside of a value.
    Ended,
    /// Something else stands here than JSON allows or was asked for; at this byte.
    Malformed(u64),
    /// Reading from below failed.
    Read(io::Error),
    /// Whoever takes the bytes of a string refused them.
    Refused(crate::Error),
}

/// The result of a step.
pub type Step<T> = Result<T, StreamError>;

/// What kind of value stands next.
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

/// Takes the bytes of a long string as they are decoded.
pub type Take<'a> = &'a mut dyn FnMut(&[u8]) -> crate::Result<()>;

/// Reads JSON from `R`.
#[derive(Debug)]
pub struct JsonStream<R> {
    from: R,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    /// Bytes that left the buffer.
    passed: u64,
}

impl<R: Read> JsonStream<R> {
    /// From the first byte; a BOM is passed over.
    pub fn new(from: R) -> Self {
        Self { from, buffer: vec![0; CHUNK], at: 0, end: 0, passed: 0 }
    }

    /// How many bytes were read.
    pub fn position(&self) -> u64 {
        self.passed + self.at as u64
    }

    fn malformed<T>(&self) -> Step<T> {
        Err(StreamError::Malformed(self.position()))
    }

    /// The next byte without taking it.
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

    /// The next byte that is no white space, without taking it.
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

    /// What stands next.
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

    /// Goes into an object or array.
    pub fn enter(&mut self) -> Step<()> {
        match self.peek_mark()? {
            b'{' | b'[' => {
                self.at += 1;
                Ok(())
            }
            _ => self.malformed(),
        }
    }

    /// Whether another element follows in an array; steps out of it where none does. `first` is true before the first.
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

    /// The name of the next member of an object, into `name`; steps out of the object where there is none. Names longer
    /// than 64 bytes are cut.
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

    /// A string of which at most `limit` bytes are kept. Anything else than a string is skipped and gives nothing.
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

    /// A whole number; nothing for anything else, which is skipped.
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

    /// Gives out the bytes of a string, decoded, in pieces.
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

    /// What stands behind a backslash.
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

    /// Four hex digits.
    fn unit(&mut self) -> Step<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            let Some(digit) = char::from(self.byte()?).to_digit(16) else { return self.malformed() };
            unit = unit * 16 + digit;
        }
        Ok(unit)
    }

    /// The second half of a pair whose first was `high`. A half without its other stands for no character.
    fn low_half(&mut self, high: u32) -> Step<Option<char>> {
        // Only looked at where the escape is whole in the buffer: a pair that is cut by its edge is drawn in first.
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

    /// Moves what is left to the front and reads on until six bytes are there or no more come.
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

    /// Passes over one value of any depth. What is inside is not checked further than to find its end.
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
