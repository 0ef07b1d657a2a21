//! Reads the literals of a script: objects, lists and strings. An unreadable value does not affect its neighbours.

use serde_json::{Map, Value};

use super::{Js, Reader};

impl Reader<'_> {
    /// Reads an object literal. A value of unknown form is null and counted; a truncated object is returned as far as
    /// it goes.
    pub fn object(&mut self) -> Option<Map<String, Value>> {
        let mut map = Map::new();
        self.eat(b"{")?;
        loop {
            self.space();
            match self.peek() {
                // The end of the page, or another value's bracket: this object was never closed.
                None | Some(b']' | b')') => {
                    self.truncated = true;
                    return Some(map);
                }
                Some(b'}') => {
                    self.at += 1;
                    return Some(map);
                }
                Some(b',') => {
                    self.at += 1;
                    continue;
                }
                _ => {}
            }
            let key = match self.peek() {
                Some(b'\'' | b'"') => self.string(),
                Some(b'0'..=b'9') => {
                    let start = self.at;
                    while matches!(self.peek(), Some(b'0'..=b'9')) {
                        self.at += 1;
                    }
                    Some(String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned())
                }
                _ => self.name().map(str::to_owned),
            };
            self.space();
            let Some(key) = key.filter(|_| self.peek() == Some(b':')) else {
                // Not a `key: value` (a spread, a method, the end of a truncated page), so it is skipped.
                self.skipped += 1;
                self.skip_to_comma();
                continue;
            };
            self.at += 1;
            match self.element(b'}') {
                Js::Undefined => {}
                value => {
                    map.insert(key, value.value().unwrap_or(Value::Null));
                }
            }
        }
    }

    pub(super) fn array(&mut self) -> Option<Vec<Value>> {
        let mut list = Vec::new();
        self.eat(b"[")?;
        loop {
            self.space();
            match self.peek() {
                None | Some(b'}' | b')') => {
                    self.truncated = true;
                    return Some(list);
                }
                Some(b']') => {
                    self.at += 1;
                    return Some(list);
                }
                Some(b',') => self.at += 1,
                _ => list.push(self.element(b']').value().unwrap_or(Value::Null)),
            }
        }
    }

    /// Reads the value of a property or element with recovery: afterwards the reader is at `,`, `close` or the end.
    fn element(&mut self, close: u8) -> Js {
        let start = self.at;
        let value = self.expression();
        self.space();
        match (value, self.peek()) {
            (Some(value), Some(next)) if next == b',' || next == close => {
                if value == Js::Unknown {
                    self.skipped += 1;
                }
                value
            }
            (Some(value), None) if self.truncated => value,
            _ => {
                self.at = start;
                self.skipped += 1;
                self.skip_to_comma();
                Js::Unknown
            }
        }
    }

    /// Skips to the next `,` or closing bracket of this level, over strings and nested brackets.
    fn skip_to_comma(&mut self) {
        let mut level = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'\'' | b'"' => {
                    if self.skip_string().is_none() {
                        return;
                    }
                    continue;
                }
                b'{' | b'[' | b'(' => level += 1,
                b'}' | b']' | b')' if level == 0 => {
                    // An unmatched bracket must be consumed, or it would be reached again.
                    if byte == b')' {
                        self.at += 1;
                        continue;
                    }
                    return;
                }
                b'}' | b']' | b')' => level -= 1,
                b',' if level == 0 => return,
                _ => {}
            }
            self.at += 1;
        }
        self.truncated = true;
    }

    /// Skips a bracketed part that starts at the current bracket.
    pub(super) fn skip_balanced(&mut self) -> Option<()> {
        let mut level = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'\'' | b'"' => {
                    self.skip_string()?;
                    continue;
                }
                b'{' | b'[' | b'(' => level += 1,
                b'}' | b']' | b')' => {
                    level = level.saturating_sub(1);
                    if level == 0 {
                        self.at += 1;
                        return Some(());
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        self.truncated = true;
        None
    }

    /// Skips a string that starts at the current quote.
    fn skip_string(&mut self) -> Option<()> {
        let quote = self.peek()?;
        self.at += 1;
        loop {
            let Some(found) = memchr::memchr2(quote, b'\\', self.rest()) else {
                self.at = self.bytes.len();
                self.truncated = true;
                return None;
            };
            self.at += found + 1;
            if self.bytes[self.at - 1] == quote {
                return Some(());
            }
            self.at = (self.at + 1).min(self.bytes.len());
        }
    }

    /// Reads a string literal from its quote. Returns `None` if it does not end.
    pub fn string(&mut self) -> Option<String> {
        let quote = self.peek()?;
        self.at += 1;
        let mut text = Vec::new();
        loop {
            let rest = self.rest();
            let Some(found) = memchr::memchr2(quote, b'\\', rest) else {
                self.at = self.bytes.len();
                self.truncated = true;
                return None;
            };
            text.extend_from_slice(&rest[..found]);
            self.at += found + 1;
            if rest[found] == quote {
                break;
            }
            self.escape(&mut text);
        }
        Some(String::from_utf8(text).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// Decodes an escape after its backslash.
    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'v' => text.push(11),
            b'0' if !matches!(self.peek(), Some(b'0'..=b'9')) => text.push(0),
            b'x' => match self.hex(2) {
                Some(code) => push_char(text, code),
                None => text.push(b'x'),
            },
            b'u' => {
                let code = if self.peek() == Some(b'{') {
                    let start = self.at + 1;
                    memchr::memchr(b'}', &self.bytes[start..]).filter(|length| *length <= 6).and_then(|length| {
                        let digits = std::str::from_utf8(&self.bytes[start..start + length]).ok()?;
                        let code = u32::from_str_radix(digits, 16).ok()?;
                        self.at = start + length + 1;
                        Some(code)
                    })
                } else {
                    self.hex(4)
                };
                match code {
                    Some(high @ 0xD800..=0xDBFF) if self.rest().starts_with(b"\\u") => {
                        let back = self.at;
                        self.at += 2;
                        if let Some(low @ 0xDC00..=0xDFFF) = self.hex(4) {
                            push_char(text, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
                        } else {
                            self.at = back;
                            push_char(text, high);
                        }
                    }
                    Some(code) => push_char(text, code),
                    None => text.push(b'u'),
                }
            }
            b'\n' => {}
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.at += 1;
                }
            }
            other => text.push(other),
        }
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        let text = std::str::from_utf8(self.bytes.get(self.at..self.at + digits)?).ok()?;
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += digits;
        u32::from_str_radix(text, 16).ok()
    }
}

/// Appends a code unit as UTF-8; a lone surrogate becomes the replacement character.
fn push_char(text: &mut Vec<u8>, code: u32) {
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}
