//! Preserves numbers that JSON parsers would round: integers beyond 64 bits and decimals beyond a double become strings
//! of the same digits.

use std::io::{self, BufRead, BufReader, Read};

/// A filter that passes JSON through and quotes the numbers that a double cannot hold.
pub struct ExactNumbers<R> {
    from: BufReader<R>,
    is_string: bool,
    is_escaped: bool,
    /// The number being read.
    number: Vec<u8>,
    /// The output that is ready to be read.
    ready: Vec<u8>,
    at: usize,
    is_over: bool,
}

impl<R: Read> ExactNumbers<R> {
    /// Creates a filter of `from`.
    pub fn new(from: R) -> Self {
        Self {
            from: BufReader::new(from),
            is_string: false,
            is_escaped: false,
            number: Vec::new(),
            ready: Vec::new(),
            at: 0,
            is_over: false,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.at = 0;
        let block = self.from.fill_buf()?;
        let length = block.len();
        self.is_over = length == 0;
        for &byte in block {
            let is_part = matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
            if !self.is_string && is_part && (!self.number.is_empty() || matches!(byte, b'0'..=b'9' | b'-')) {
                self.number.push(byte);
                continue;
            }
            hand_on(&mut self.number, &mut self.ready);
            if self.is_string {
                match byte {
                    _ if self.is_escaped => self.is_escaped = false,
                    b'\\' => self.is_escaped = true,
                    b'"' => self.is_string = false,
                    _ => {}
                }
            } else {
                self.is_string = byte == b'"';
            }
            self.ready.push(byte);
        }
        if self.is_over {
            hand_on(&mut self.number, &mut self.ready);
        }
        self.from.consume(length);
        Ok(())
    }
}

/// Outputs the number, in quotes if a parser would round it.
fn hand_on(number: &mut Vec<u8>, ready: &mut Vec<u8>) {
    let is_exact = is_exact(number);
    if !is_exact {
        ready.push(b'"');
    }
    ready.append(number);
    if !is_exact {
        ready.push(b'"');
    }
}

fn is_exact(number: &[u8]) -> bool {
    let digits = number.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits <= 15 {
        return true;
    }
    let Ok(text) = std::str::from_utf8(number) else { return true };
    if !text.contains(['.', 'e', 'E']) {
        return text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok();
    }
    // An invalid number is left for the JSON parser to reject.
    let value = text.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
    value.is_none_or(|value| value.to_string() == text)
}

impl<R: Read> Read for ExactNumbers<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() && !self.is_over {
            self.fill()?;
        }
        let rest = &self.ready[self.at..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_that_would_be_rounded_become_strings() {
        let text = r#"{"a":9007199254740993,"b":123456789012345678901234567890,"c":"123456789012345678901 \"1","d":-1.5e3,
            "e":0.1234567890123456789012,"f":18446744073709551615,"g":[1,2]}"#;
        let mut seen = String::new();
        ExactNumbers::new(text.as_bytes()).read_to_string(&mut seen).unwrap();
        let wanted = text
            .replace(":123456789012345678901234567890", ":\"123456789012345678901234567890\"")
            .replace(":0.1234567890123456789012", ":\"0.1234567890123456789012\"");
        assert_eq!(seen, wanted);
        let mut seen = String::new();
        ExactNumbers::new(&b"99999999999999999999999"[..]).read_to_string(&mut seen).unwrap();
        assert_eq!(seen, "\"99999999999999999999999\"");
    }
}
