//! Parses the parts of script and URL syntax that a search for secrets needs: where a name ends, how many times its
//! value is escaped, and where the value ends.

use std::ops::Range;

use super::text::{Quote, is_name, skip_white};

/// Returns the start of a name that follows an escape: `%26key`, `%2526key`, `\x26key`, `\u0026key`.
pub(super) fn after_escape(bytes: &[u8], from: usize, to: usize) -> usize {
    let run = &bytes[from..to];
    match from.checked_sub(1).map(|before| bytes[before]) {
        Some(b'%') => {
            let mut at = 0;
            while run[at..].starts_with(b"25") {
                at += 2;
            }
            if run.len() >= at + 2 && run[at..at + 2].iter().all(u8::is_ascii_hexdigit) { from + at + 2 } else { from }
        }
        Some(b'\\') if run.starts_with(b"x") && run.len() > 3 => from + 3,
        Some(b'\\') if run.starts_with(b"u00") && run.len() > 5 => from + 5,
        _ => from,
    }
}

/// Reports whether the name at `from` is a key of a query or a form: after `?`, `&`, `;` (of `&amp;`), their escapes,
/// or at the start of a line.
pub(super) fn follows_delimiter(bytes: &[u8], from: usize) -> bool {
    let before = &bytes[from.saturating_sub(6)..from];
    let Some(last) = before.last() else { return true };
    matches!(last, b'?' | b'&' | b'\n')
        || before.ends_with(b"amp;")
        || before.ends_with(b"#38;")
        || [&b"%26"[..], b"%3F", b"%3f", b"%2526", b"%253F", b"%253f", b"\\x26", b"\\x3f", b"\\u0026", b"\\u003f"]
            .iter()
            .any(|escape| before.ends_with(escape))
}

/// Returns the start of a query key's value and its level of percent-encoding, if `=` in any form follows the name.
pub(super) fn query_value(bytes: &[u8], name_end: usize) -> Option<(usize, u8)> {
    let rest = &bytes[name_end..];
    let forms: [(&[u8], u8); 9] = [
        (b"=", 0),
        (b"%3D", 1),
        (b"%3d", 1),
        (b"%253D", 2),
        (b"%253d", 2),
        (b"\\x3d", 0),
        (b"\\u003d", 0),
        (b"&#61;", 0),
        (b"&#x3D;", 0),
    ];
    let (form, level) = forms.iter().find(|(form, _)| rest.starts_with(form))?;
    let start = name_end + form.len();
    // `name="value"` and `name == …` are no queries.
    let first = bytes.get(start)?;
    (!matches!(first, b'"' | b'\'' | b' ' | b'=' | b'>' | b'\\')).then_some((start, *level))
}

/// Reports whether a percent sign ends a value encoded `level` times, as an encoded `&` or `#` of its own level does.
pub(super) fn ends_at_level(rest: &[u8], level: u8) -> bool {
    let ends = |prefix: &[u8]| {
        rest.strip_prefix(prefix).is_some_and(|rest| {
            rest.get(..2).is_some_and(|pair| {
                matches!(pair, b"26" | b"23" | b"22" | b"27" | b"20" | b"0A" | b"0a" | b"0D" | b"0d" | b"3C" | b"3c")
            })
        })
    };
    match level {
        0 => !rest.get(1..3).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit)),
        1 => ends(b"%"),
        _ => ends(b"%25") || ends(b"%"),
    }
}

/// Returns the span of a bare number that is a whole value: JSON's `"user_uin":123`.
pub(super) fn number_at(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let digits = bytes[at..].iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
    let end = at + digits;
    (digits > 0 && !bytes.get(end).is_some_and(|byte| is_name(*byte) || *byte == b'.')).then_some(at..end)
}

/// Skips a name, a call or an index; enters a call of `JsDecode`, whose argument is a value.
pub(super) fn skip_expression(bytes: &[u8], at: usize, limit: usize) -> Option<usize> {
    let mut end = at;
    while end < limit && (is_name(bytes[end]) || bytes[end] == b'.') {
        end += 1;
    }
    let name = &bytes[at..end];
    let close = match bytes.get(end) {
        Some(b'(') if matches!(name, b"JsDecode" | b"htmlDecode" | b"decodeURIComponent") => return Some(end + 1),
        Some(b'(') => b')',
        Some(b'[') => b']',
        _ => return Some(end),
    };
    let open = bytes[end];
    let mut depth = 0;
    while end < limit {
        if let Some((quote, start)) = Quote::at(bytes, end) {
            end = quote.end(bytes, start)?.1;
            continue;
        }
        if bytes[end] == open {
            depth += 1;
        } else if bytes[end] == close {
            depth -= 1;
            if depth == 0 {
                return Some(end + 1);
            }
        } else if bytes[end] == b'\n' {
            return None;
        }
        end += 1;
    }
    None
}

/// Parses an object made only of literals and collects its values with their names. `None` at anything else: code is
/// never changed.
pub(super) fn literal_object<'a>(
    bytes: &'a [u8],
    open: usize,
    values: &mut Vec<(&'a [u8], Range<usize>)>,
) -> Option<usize> {
    let mut depth = 0_usize;
    let mut name: &[u8] = b"";
    // Depth of the object that must stay unchanged.
    let mut spared: Option<usize> = None;
    let mut at = open;
    loop {
        at = skip_white(bytes, at);
        if let Some((quote, start)) = Quote::at(bytes, at) {
            let (end, after) = quote.end(bytes, start)?;
            let next = skip_white(bytes, after);
            if bytes.get(next) == Some(&b':') {
                name = &bytes[start..end];
                at = next + 1;
            } else {
                if spared.is_none() && end > start {
                    values.push((name, start..end));
                }
                at = after;
            }
            continue;
        }
        match *bytes.get(at)? {
            b'{' | b'[' => {
                depth += 1;
                if spared.is_none() && name == b"appmsg_bar_data" {
                    spared = Some(depth);
                }
                name = b"";
                at += 1;
            }
            b'}' | b']' => {
                if spared == Some(depth) {
                    spared = None;
                }
                depth = depth.checked_sub(1)?;
                at += 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            b',' | b'*' | b'(' | b')' | b'-' => at += 1,
            byte if byte.is_ascii_digit() => {
                let start = at;
                while bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'.') {
                    at += 1;
                }
                // `'5' * 1`: the factor is not a value.
                let factor = bytes[..start].iter().rev().find(|byte| **byte != b' ') == Some(&b'*');
                if spared.is_none() && !factor && bytes[start..at].iter().all(u8::is_ascii_digit) {
                    values.push((name, start..at));
                }
            }
            byte if byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$') => {
                let start = at;
                while bytes.get(at).is_some_and(|byte| is_name(*byte)) {
                    at += 1;
                }
                let word = &bytes[start..at];
                let next = skip_white(bytes, at);
                match bytes.get(next) {
                    Some(b':') => {
                        name = word;
                        at = next + 1;
                    }
                    Some(b'(') if word == b"JsDecode" => at = next + 1,
                    _ if matches!(word, b"true" | b"false" | b"null" | b"undefined") => {}
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
}
