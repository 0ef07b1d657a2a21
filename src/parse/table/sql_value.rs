//! Reads the values of a dump: strings with their prefixes, numbers, function calls around them.

use std::io::{self, BufRead};

use serde_json::Value;

use super::sql_dump::Dump;

/// Maximum nesting of function calls around a value.
const DEPTH: usize = 16;

/// The token after a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Behind {
    /// A comma before another value.
    Comma,
    /// The end of the row or of the call.
    Bracket,
    /// The end of the statement: the row is truncated.
    End,
}

impl<R: BufRead> Dump<R> {
    /// Reads the values of one row, including its closing bracket.
    pub(crate) fn values(&mut self) -> io::Result<Vec<Value>> {
        let mut values = Vec::new();
        loop {
            let value = self.value(0)?;
            if values.len() < 1_000 {
                values.push(value);
            }
            if self.behind_value()? != Behind::Comma {
                return Ok(values);
            }
        }
    }

    /// Skips casts and aliases (`::text`, `AS …`), which do not affect a value, and the token after them.
    fn behind_value(&mut self) -> io::Result<Behind> {
        loop {
            self.space()?;
            let behind = match self.peek()? {
                Some(b',') => Behind::Comma,
                Some(b')') => Behind::Bracket,
                None | Some(b';') => return Ok(Behind::End),
                Some(b'\'' | b'"' | b'`') => {
                    self.quoted()?;
                    continue;
                }
                Some(_) => {
                    self.bump()?;
                    continue;
                }
            };
            self.bump()?;
            return Ok(behind);
        }
    }

    fn value(&mut self, depth: usize) -> io::Result<Value> {
        if self.space_and_minus()? {
            let word = self.word()?;
            return Ok(number(&format!("-{word}")));
        }
        if let Some(b'\'' | b'"') = self.peek()? {
            return self.quoted().map(Value::from);
        }
        let word = self.word()?;
        match self.peek()? {
            // `N'…'`, `_utf8mb4'…'`, `E'…'`, `X'…'`.
            Some(b'\'') => self.prefixed(&word),
            Some(b'(') if depth < DEPTH => self.call(&word, depth + 1),
            Some(b' ') if word.starts_with('_') => {
                self.space()?;
                if self.peek()? == Some(b'\'') { self.prefixed(&word) } else { Ok(Value::Null) }
            }
            _ => Ok(literal(&word)),
        }
    }

    /// Skips whitespace and comments before a value, whose sign is not a comment.
    /// Skips space and comments before a value, and the sign of a negative number; returns whether there was one.
    fn space_and_minus(&mut self) -> io::Result<bool> {
        loop {
            match self.peek()? {
                Some(byte) if byte.is_ascii_whitespace() => drop(self.bump()?),
                Some(b'#') => self.line()?,
                Some(b'/') => self.block_comment()?,
                Some(b'-') => {
                    self.bump()?;
                    if self.peek()? != Some(b'-') {
                        return Ok(true);
                    }
                    self.line()?;
                }
                _ => return Ok(false),
            }
        }
    }

    fn prefixed(&mut self, prefix: &str) -> io::Result<Value> {
        let escapes = self.escapes;
        self.escapes |= prefix.eq_ignore_ascii_case("e");
        let text = self.quoted();
        self.escapes = escapes;
        let text = text?;
        Ok(if prefix.eq_ignore_ascii_case("x") { of_hex(&text) } else { text.into() })
    }

    /// Reads a function call around a value, as `sqlite3 .dump` writes texts with line breaks.
    fn call(&mut self, name: &str, depth: usize) -> io::Result<Value> {
        self.bump()?;
        let mut arguments = Vec::new();
        loop {
            arguments.push(self.value(depth)?);
            match self.behind_value()? {
                Behind::Comma if arguments.len() <= 64 => {}
                Behind::Bracket => return Ok(called(name, arguments)),
                Behind::Comma | Behind::End => return Ok(Value::Null),
            }
        }
    }
}

/// Evaluates a function; an unknown one returns its first argument.
fn called(name: &str, mut arguments: Vec<Value>) -> Value {
    let text = |at: usize, arguments: &[Value]| arguments.get(at).and_then(Value::as_str).map(str::to_owned);
    match name.to_ascii_lowercase().as_str() {
        "char" | "chr" => {
            let letter =
                arguments.first().and_then(Value::as_u64).and_then(|code| char::from_u32(u32::try_from(code).ok()?));
            letter.map_or(Value::Null, |letter| letter.to_string().into())
        }
        "replace" => match (text(0, &arguments), text(1, &arguments), text(2, &arguments)) {
            (Some(whole), Some(from), Some(to)) if !from.is_empty() => whole.replace(&from, &to).into(),
            _ => arguments.into_iter().next().unwrap_or_default(),
        },
        "unistr" => text(0, &arguments).map_or(Value::Null, |text| unescaped(&text).into()),
        _ if arguments.is_empty() => Value::Null,
        _ => arguments.swap_remove(0),
    }
}

/// Decodes the `\u000a` escapes of `unistr`.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let code =
            rest.strip_prefix('u').and_then(|rest| rest.get(..4)).and_then(|code| u32::from_str_radix(code, 16).ok());
        if let Some(letter) = code.and_then(char::from_u32) {
            out.push(letter);
            rest = &rest[5..];
        } else {
            out.push('\\');
            rest = rest.strip_prefix('\\').unwrap_or(rest);
        }
    }
    out.push_str(rest);
    out
}

fn literal(word: &str) -> Value {
    if word.eq_ignore_ascii_case("null") || word.is_empty() {
        return Value::Null;
    }
    match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        Some(digits) => of_hex(digits),
        None => number(word),
    }
}

fn number(word: &str) -> Value {
    serde_json::from_str::<serde_json::Number>(word).map_or_else(|_| word.into(), Value::Number)
}

/// Decodes text written as hex digits; returns null if it is not text.
fn of_hex(digits: &str) -> Value {
    let bytes = hex::decode(digits).unwrap_or_default();
    String::from_utf8(bytes).map_or(Value::Null, Value::from)
}

/// Decodes a cell of `COPY`.
pub(crate) fn copied(cell: &str) -> Value {
    if cell == "\\N" {
        return Value::Null;
    }
    let mut text = String::with_capacity(cell.len());
    let mut letters = cell.chars();
    while let Some(letter) = letters.next() {
        text.push(match letter {
            '\\' => match letters.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    text.into()
}
