//! Lists the encodings of a secret in text: escaped for URLs, markup, scripts and JSON, nested, and in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Returns the forms of a plain value in text.
pub(super) fn forms(value: &[u8], with_base64: bool) -> Vec<Vec<u8>> {
    let percent = |value: &[u8], upper: bool| {
        let mut out = Vec::with_capacity(value.len() * 3);
        for byte in value {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(byte) {
                out.push(*byte);
            } else {
                out.extend(if upper { format!("%{byte:02X}") } else { format!("%{byte:02x}") }.bytes());
            }
        }
        out
    };
    let escaped = |form: &dyn Fn(u8) -> Option<String>| {
        value.iter().fold(Vec::new(), |mut out, byte| {
            match form(*byte) {
                Some(escape) => out.extend(escape.bytes()),
                None => out.push(*byte),
            }
            out
        })
    };
    let special = |byte: u8| !byte.is_ascii_alphanumeric() && !b"-_.~".contains(&byte);
    let mut forms = vec![
        value.to_vec(),
        percent(value, true),
        percent(value, false),
        percent(&percent(value, true), true),
        percent(&percent(value, false), false),
        escaped(&|byte| (byte == b'&').then(|| "&amp;".to_owned())),
        escaped(&|byte| match byte {
            b'/' => Some("\\/".to_owned()),
            b'"' | b'\\' => Some(format!("\\{}", char::from(byte))),
            _ => None,
        }),
        escaped(&|byte| b"&<>'\"=".contains(&byte).then(|| format!("\\u{byte:04x}"))),
        escaped(&|byte| b"&<>'\"=".contains(&byte).then(|| format!("\\x{byte:02x}"))),
        escaped(&|byte| special(byte).then(|| format!("\\x{byte:02x}"))),
        escaped(&|byte| special(byte).then(|| format!("\\x{byte:02X}"))),
        escaped(&|byte| special(byte).then(|| format!("\\u{byte:04x}"))),
        escaped(&|byte| special(byte).then(|| format!("\\u{byte:04X}"))),
        escaped(&|byte| b"&<>'\"=+/".contains(&byte).then(|| format!("&#{byte};"))),
        escaped(&|byte| b"&<>'\"=+/".contains(&byte).then(|| format!("&#x{byte:X};"))),
        escaped(&|byte| b"&<>'\"=".contains(&byte).then(|| format!("&#{byte};"))),
        escaped(&|byte| b"&<>'\"=".contains(&byte).then(|| format!("&#x{byte:X};"))),
    ];
    forms.extend(forms.iter().flat_map(|form| nested(form)).collect::<Vec<_>>());
    if with_base64 {
        // A separate value, padded or not.
        let whole = STANDARD_NO_PAD.encode(value);
        forms.push(whole.replace('+', "-").replace('/', "_").into_bytes());
        forms.push(whole.into_bytes());
    }
    if with_base64 && value.len() >= 10 {
        // Inside a longer text a value has one of three base64 offsets; the characters shared with its neighbours are
        // omitted.
        for lead in 0..3_usize {
            let mut padded = vec![0; lead];
            padded.extend(value);
            let text = STANDARD_NO_PAD.encode(&padded);
            let from = [0, 2, 3][lead];
            let to = padded.len() / 3 * 4;
            let inner = &text.as_bytes()[from..to];
            forms.push(inner.to_vec());
            forms.push(
                inner
                    .iter()
                    .map(|byte| match byte {
                        b'+' => b'-',
                        b'/' => b'_',
                        byte => *byte,
                    })
                    .collect(),
            );
        }
    }
    forms
}

/// Returns an escaped form as it occurs in a JSON string inside JSON, one and two levels deeper (the backend's lists
/// nest three levels), with slashes escaped and unescaped.
fn nested(form: &[u8]) -> Vec<Vec<u8>> {
    if !form.contains(&b'\\') {
        return Vec::new();
    }
    let deeper = |form: &[u8], slashes: bool| {
        let escape = |byte: &u8| match byte {
            b'\\' => b"\\\\".to_vec(),
            b'/' if slashes => b"\\/".to_vec(),
            byte => vec![*byte],
        };
        form.iter().flat_map(escape).collect::<Vec<u8>>()
    };
    let mut all = Vec::new();
    for slashes in [false, true] {
        let once = deeper(form, slashes);
        all.push(deeper(&once, slashes));
        all.push(once);
    }
    all
}
