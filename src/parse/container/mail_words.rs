//! Decodes the non-ASCII words in mail headers: `=?gb18030?B?…?=`, `=?utf-8?Q?…?=` and `utf-8''%E5%BE%AE…`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Decodes a header's value; undecodable parts stay unchanged.
pub fn decode_words(value: &str) -> String {
    if let Some((charset, rest)) = value.split_once("''").filter(|(charset, _)| !charset.contains([' ', '%'])) {
        let bytes: Vec<u8> = percent_encoding::percent_decode_str(rest).collect();
        return text_of(charset, &bytes).unwrap_or_else(|| value.to_owned());
    }
    let mut words = String::new();
    let mut rest = value;
    while let Some(at) = rest.find("=?") {
        // Whitespace between two encoded words is not part of the text.
        let before = &rest[..at];
        if words.is_empty() || !before.trim().is_empty() {
            words.push_str(before);
        }
        let word = &rest[at + 2..];
        let Some((decoded, after)) = encoded_word(word) else {
            words.push_str("=?");
            rest = word;
            continue;
        };
        words.push_str(&decoded);
        rest = after;
    }
    words + rest
}

/// Reads `charset?B?text?=` and returns the text and the rest.
fn encoded_word(word: &str) -> Option<(String, &str)> {
    let (charset, rest) = word.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (text, after) = rest.split_once("?=")?;
    let bytes = match encoding {
        "B" | "b" => STANDARD.decode(text).ok()?,
        "Q" | "q" => quoted(text),
        _ => return None,
    };
    // The charset may be followed by a language.
    Some((text_of(charset.split('*').next()?, &bytes)?, after))
}

fn quoted(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, more)) = rest.split_first() {
        rest = more;
        match byte {
            b'_' => bytes.push(b' '),
            b'=' => {
                let code = more.get(..2).and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
                match code {
                    Some(code) => {
                        bytes.push(code);
                        rest = &more[2..];
                    }
                    None => bytes.push(b'='),
                }
            }
            byte => bytes.push(byte),
        }
    }
    bytes
}

fn text_of(charset: &str, bytes: &[u8]) -> Option<String> {
    let encoding = encoding_rs::Encoding::for_label(charset.trim().as_bytes())?;
    Some(encoding.decode_without_bom_handling(bytes).0.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_every_encoding_of_mails() {
        for (value, name) in [
            ("=?utf-8?B?5b6u5L+h5pSv5LuYLnppcA==?=", "微信支付.zip"),
            ("=?GB18030?B?zqLQxdanuLYuemlw?=", "微信支付.zip"),
            ("=?utf-8?Q?a=5Fb_=E5=BE=AE?= =?utf-8?B?5L+h?=", "a_b 微信"),
            ("UTF-8''%E5%BE%AE%E4%BF%A1.zip", "微信.zip"),
            ("bill.zip", "bill.zip"),
            ("=?what?", "=?what?"),
            ("=?utf-8?B?!!?=.zip", "=?utf-8?B?!!?=.zip"),
        ] {
            assert_eq!(decode_words(value), name);
        }
    }
}
