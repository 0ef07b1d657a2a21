//! Reads quotes, escapes, names and values in bytes of unknown grammar.

/// Quoting of a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    /// `"` or `'` after this many backslashes (JSON inside JSON).
    Plain { backslashes: usize, mark: u8 },
    /// `&quot;` or another entity.
    Entity(&'static [u8]),
}

const ENTITIES: [&[u8]; 4] = [b"&quot;", b"&#34;", b"&#39;", b"&#x27;"];
/// Limit of a string's length, in bytes; longer ones are not searched, since no secret is that long.
const LONGEST: usize = 64 * 1024;

impl Quote {
    /// Returns the quote that starts at `at`, and the start of its content.
    pub(super) fn at(bytes: &[u8], at: usize) -> Option<(Self, usize)> {
        let rest = bytes.get(at..)?;
        let backslashes = rest.iter().take(8).take_while(|byte| **byte == b'\\').count();
        if let Some(mark @ (b'"' | b'\'')) = rest.get(backslashes) {
            return Some((Self::Plain { backslashes, mark: *mark }, at + backslashes + 1));
        }
        ENTITIES.iter().find(|entity| rest.starts_with(entity)).map(|entity| (Self::Entity(entity), at + entity.len()))
    }

    /// Returns the end of the content that starts at `from`, and the position after the closing quote.
    pub(super) fn end(self, bytes: &[u8], from: usize) -> Option<(usize, usize)> {
        let limit = bytes.len().min(from + LONGEST);
        match self {
            Self::Entity(entity) => {
                let end = from + memchr::memmem::find(&bytes[from..limit], entity)?;
                Some((end, end + entity.len()))
            }
            Self::Plain { backslashes, mark } => {
                let mut run = 0;
                for (offset, byte) in bytes[from..limit].iter().enumerate() {
                    match *byte {
                        b'\\' => run += 1,
                        b'\n' => return None,
                        byte if byte == mark && closes(run, backslashes) => {
                            return Some((from + offset - backslashes, from + offset + 1));
                        }
                        _ => run = 0,
                    }
                    if *byte == mark {
                        run = 0;
                    }
                }
                None
            }
        }
    }
}

/// Reports whether a quote after `run` backslashes closes a string that was opened after `backslashes`.
fn closes(run: usize, backslashes: usize) -> bool {
    if backslashes == 0 { run.is_multiple_of(2) } else { run == backslashes }
}

/// Reports whether a byte can be part of a name in code, JSON, URLs and headers.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'-')
}

/// Returns the first position from `at` that is not a blank.
pub(super) fn skip_blanks(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
        at += 1;
    }
    at
}

/// Skips white space like [`skip_blanks`], including line breaks.
pub(super) fn skip_white(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// Reports whether bytes look like a generated token: no blanks or template marks, and a digit or a great length
/// (identifiers in code are shorter).
pub(super) fn is_token(value: &[u8]) -> bool {
    let marks = b"_-+/=%.~:@!*,|&;#\\";
    value.iter().all(|byte| byte.is_ascii_alphanumeric() || marks.contains(byte))
        && (value.len() >= 32 || value.iter().any(u8::is_ascii_digit))
}

/// Reports whether a value is plausible for a name that is a common word (`key`, `token`, `uin`): a number of some
/// length, its base64, or a long run that contains digits.
pub(super) fn fits_word(value: &[u8]) -> bool {
    let plain = plain(value);
    let digits = plain.iter().filter(|byte| byte.is_ascii_digit()).count();
    (digits == plain.len() && digits >= 6)
        || (digits >= 2 && plain.len() >= 16 && is_token(&plain))
        || (plain.len() >= 8 && plain.ends_with(b"=") && is_token(&plain))
        || encoded_number(&plain).is_some()
}

/// Decodes a number of at least five digits from base64, as the platform writes every `uin`.
pub(super) fn encoded_number(value: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let standard: Vec<u8> = value
        .iter()
        .filter(|byte| **byte != b'=')
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            byte => *byte,
        })
        .collect();
    let number = base64::engine::general_purpose::STANDARD_NO_PAD.decode(standard).ok()?;
    (number.len() >= 5 && number.iter().all(u8::is_ascii_digit)).then_some(number)
}

/// Reports whether a value is the result of [`cover`], or means "none".
pub(super) fn is_blank(value: &[u8]) -> bool {
    matches!(value, b"" | b"777" | b"undefined" | b"null")
        || value.iter().all(|byte| *byte == b'x')
        || value.iter().all(|byte| *byte == b'0')
        || value.strip_prefix(b"1").is_some_and(|rest| rest.iter().all(|byte| *byte == b'0'))
}

/// Blanks bytes so that every grammar around them stays valid: a number becomes 1000…, everything else letters.
pub fn cover(value: &mut [u8]) {
    if value.iter().all(u8::is_ascii_digit) {
        value.fill(b'0');
        if let Some(first) = value.first_mut() {
            *first = b'1';
        }
    } else {
        value.fill(b'x');
    }
}

/// Reports whether a value is a present-day timestamp, in seconds or milliseconds: no secret even in a secret field.
pub(super) fn is_timestamp(value: &[u8]) -> bool {
    matches!(value.len(), 10 | 13)
        && value.iter().all(u8::is_ascii_digit)
        && value[0] == b'1'
        && matches!(value[1], b'2'..=b'9')
}

/// Decodes a value that is percent-encoded (once or twice), escaped for JSON or JS, or contains entities.
pub(super) fn plain(value: &[u8]) -> Vec<u8> {
    let mut plain = value.to_vec();
    for _ in 0..3 {
        let next = decode_once(&plain);
        if next == plain {
            break;
        }
        plain = next;
    }
    plain
}

fn decode_once(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut at = 0;
    while at < value.len() {
        let rest = &value[at..];
        let (byte, length) = match rest {
            [b'%', high, low, ..] => hex_pair(*high, *low).map_or((b'%', 1), |byte| (byte, 3)),
            [b'\\', b'x', high, low, ..] => hex_pair(*high, *low).map_or((b'\\', 1), |byte| (byte, 4)),
            [b'\\', b'u', b'0', b'0', high, low, ..] => hex_pair(*high, *low).map_or((b'\\', 1), |byte| (byte, 6)),
            [b'\\', mark @ (b'/' | b'"' | b'\'' | b'\\'), ..] => (*mark, 2),
            rest if rest.starts_with(b"&amp;") => (b'&', 5),
            rest => (rest[0], 1),
        };
        out.push(byte);
        at += length;
    }
    out
}

fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(text: &str) -> Option<&str> {
        let bytes = text.as_bytes();
        let (quote, start) = Quote::at(bytes, 0)?;
        let (end, _) = quote.end(bytes, start)?;
        Some(&text[start..end])
    }

    #[test]
    fn strings_end_where_their_own_quote_closes_them() {
        assert_eq!(content(r#""ab" c"#), Some("ab"));
        assert_eq!(content(r#""a\"b" c"#), Some(r#"a\"b"#));
        assert_eq!(content(r#""a\\" c""#), Some(r"a\\"));
        assert_eq!(content(r#"\"ab\" c"#), Some("ab"));
        assert_eq!(content(r#"\"a\\\"b\" c"#), Some(r#"a\\\"b"#));
        assert_eq!(content("&quot;ab&quot;"), Some("ab"));
        assert_eq!(content("'ab\n'"), None);
    }

    #[test]
    fn plain_forms() {
        for form in ["a/b=c", "a%2Fb%3Dc", "a%252fb%253dc", r"a\/b\x3dc", r"a\u002fb\u003dc"] {
            assert_eq!(plain(form.as_bytes()), b"a/b=c", "{form}");
        }
        assert_eq!(plain(b"100%"), b"100%");
    }
}
