//! Converts JSON in other encodings to UTF-8: UTF-16 as PowerShell and 记事本 write it, GBK, and texts that a client
//! decoded as Latin-1 before storing them.

use std::borrow::Cow;

use crate::parse::encoding;

/// JSON converted to UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recoded {
    /// The converted JSON.
    pub bytes: Vec<u8>,
    /// The number of repaired strings that had been decoded as Latin-1.
    pub repaired: usize,
    /// The number of strings that look wrongly decoded but cannot be repaired exactly, and of undecodable sequences.
    pub lost: usize,
}

/// Converts `bytes` to JSON in UTF-8; returns `None` if they need no conversion or are not JSON.
pub fn json(bytes: &[u8]) -> Option<Recoded> {
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let decoded = if std::str::from_utf8(plain).is_ok() && encoding::utf16(plain).is_none() {
        if !may_be_garbled(plain) {
            return None;
        }
        None
    } else {
        Some(encoding::decode(bytes, None)).filter(|decoded| decoded.encoding != "UTF-8")
    };
    let text = match &decoded {
        Some(decoded) => decoded.text(),
        None => Cow::Borrowed(std::str::from_utf8(plain).ok()?),
    };
    if !text.trim_start().starts_with(['{', '[']) || !begins_as_json(&text) {
        return None;
    }
    let mut recoded = undone(&text);
    if decoded.is_none() && recoded.repaired == 0 && recoded.lost == 0 {
        return None;
    }
    recoded.lost += decoded.as_ref().map_or(0, |decoded| decoded.lost);
    Some(recoded)
}

/// Reports whether there are signs of UTF-8 read as Latin-1 (`æ–‡`), literally or escaped. A fast check, since most
/// files have none.
fn may_be_garbled(bytes: &[u8]) -> bool {
    let escaped = [&b"\\u00e"[..], b"\\u00E"];
    escaped.iter().any(|mark| memchr::memmem::find(bytes, mark).is_some())
        || memchr::memchr_iter(0xc3, bytes).take(64).any(|at| matches!(bytes.get(at + 1), Some(0xa3..=0xaf)))
}

/// Reports whether the first value is JSON.
fn begins_as_json(text: &str) -> bool {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde::de::IgnoredAny>();
    values.next().is_some_and(|first| first.is_ok())
}

/// Repairs every string of the JSON that was decoded as Latin-1. Everything else stays unchanged.
fn undone(text: &str) -> Recoded {
    let mut recoded = Recoded { bytes: Vec::with_capacity(text.len()), repaired: 0, lost: 0 };
    let mut rest = text;
    while let Some(start) = rest.find('"') {
        recoded.bytes.extend_from_slice(&rest.as_bytes()[..start]);
        rest = &rest[start..];
        let end = end_of_string(rest.as_bytes());
        let (literal, after) = rest.split_at(end);
        rest = after;
        let plain = literal.is_ascii() && !literal.contains("\\u00");
        let value: Option<String> = if plain { None } else { serde_json::from_str(literal).ok() };
        match value.as_deref().map(|value| (encoding::undone(value), encoding::is_garbled(value))) {
            Some((Some(value), _)) => {
                recoded.repaired += 1;
                recoded.bytes.extend(serde_json::to_string(&value).unwrap_or_else(|_| literal.to_owned()).bytes());
            }
            Some((None, true)) => {
                recoded.lost += 1;
                recoded.bytes.extend_from_slice(literal.as_bytes());
            }
            _ => recoded.bytes.extend_from_slice(literal.as_bytes()),
        }
    }
    recoded.bytes.extend_from_slice(rest.as_bytes());
    recoded
}

/// Returns the offset after the quote that ends the string at the beginning of `bytes`.
fn end_of_string(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += found;
        if bytes[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_in_other_encodings_becomes_utf_8() {
        let text = "{\"title\":\"今天天气不错\",\"id\":12345678901234567890123}\n{\"title\":\"第二行\"}";
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let gbk = encoding_rs::GBK.encode(text).0.into_owned();
        for bytes in [utf16[2..].to_vec(), utf16, gbk] {
            let found = json(&bytes).unwrap();
            assert_eq!((String::from_utf8(found.bytes).unwrap().as_str(), found.lost), (text, 0));
        }
        assert_eq!(json(text.as_bytes()), None);
        assert_eq!(json("[1] 标题".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>().as_slice()), None);
        assert_eq!(json(b"{\"a\":\"caf\\u00e9\"}"), None);
    }

    #[test]
    fn strings_read_as_latin_1_are_put_right_and_the_rest_stays() {
        let latin: String = "文章".bytes().map(char::from).collect();
        let escaped: Vec<String> = latin.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
        let escaped = escaped.concat();
        for written in [&latin, &escaped] {
            let text = format!("{{\"a\": [1.50, \"{written}\"], \"b\":\"x\\\"y\"}}");
            let found = json(text.as_bytes()).unwrap();
            assert_eq!(String::from_utf8(found.bytes).unwrap(), "{\"a\": [1.50, \"文章\"], \"b\":\"x\\\"y\"}");
            assert_eq!((found.repaired, found.lost), (1, 0));
        }
        let broken: String = "文章题目".bytes().map(char::from).collect::<String>().replacen('\u{96}', "?", 1);
        let found = json(format!("{{\"a\":\"{broken}\"}}").as_bytes()).unwrap();
        assert_eq!((found.repaired, found.lost), (0, 1));
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(text in r#"([{}\[\]",:]|\\|\\u00e6|æ|é|你|1){0,40}"#) {
            let _ = json(text.as_bytes());
        }
    }
}
