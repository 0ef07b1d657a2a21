//! Repairs UTF-8 that a program read as Latin-1 or Windows-1252 and stored again: `æ–‡ç« ` for 文章. The usual cause is
//! an API client that does not handle a missing `charset`.

use serde_json::Value;

/// Characters of Windows-1252 above Latin-1 and their bytes.
const WINDOWS_1252: &[(char, u8)] = &[
    ('€', 0x80),
    ('‚', 0x82),
    ('ƒ', 0x83),
    ('„', 0x84),
    ('…', 0x85),
    ('†', 0x86),
    ('‡', 0x87),
    ('ˆ', 0x88),
    ('‰', 0x89),
    ('Š', 0x8a),
    ('‹', 0x8b),
    ('Œ', 0x8c),
    ('Ž', 0x8e),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('•', 0x95),
    ('–', 0x96),
    ('—', 0x97),
    ('˜', 0x98),
    ('™', 0x99),
    ('š', 0x9a),
    ('›', 0x9b),
    ('œ', 0x9c),
    ('ž', 0x9e),
    ('Ÿ', 0x9f),
];

/// Returns the original text; `None` if `text` needs no repair. Only sequences of three or four bytes count: two
/// accented letters may be intended.
pub fn repaired(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let bytes: Vec<u8> = text.chars().map(byte_of).collect::<Option<_>>()?;
    let whole = match std::str::from_utf8(&bytes) {
        Ok(whole) => whole,
        // A digest is truncated after a number of bytes, possibly within a character.
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    whole.chars().any(|character| character >= '\u{800}').then(|| whole.to_owned())
}

fn byte_of(character: char) -> Option<u8> {
    u8::try_from(u32::from(character))
        .ok()
        .or_else(|| WINDOWS_1252.iter().find(|(known, _)| *known == character).map(|(_, byte)| *byte))
}

/// Repairs every string in `value` and returns the number of repaired strings.
pub fn repair(value: &mut Value) -> u64 {
    match value {
        Value::String(text) => match repaired(text) {
            Some(meant) => {
                *text = meant;
                1
            }
            None => 0,
        },
        Value::Array(values) => values.iter_mut().map(repair).sum(),
        Value::Object(members) => members.values_mut().map(repair).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_found_and_nothing_else_touched() {
        let latin1: String = "文章：“春茶”".bytes().map(char::from).collect();
        assert_eq!(repaired(&latin1).as_deref(), Some("文章：“春茶”"));
        assert_eq!(repaired("æ–‡ç«").as_deref(), Some("文"), "a cut sequence at the end");
        let (windows, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling("题目".as_bytes());
        assert_eq!(repaired(&windows).as_deref(), Some("题目"));
        for text in ["文章", "plain", "café", "Ã©", "“quoted”", "naïve – yes", ""] {
            assert_eq!(repaired(text), None, "{text}");
        }
    }
}
