//! Detects, with one quick scan before parsing, bodies that would keep any HTML parser busy for minutes: its cost is
//! quadratic in deep nesting, in unclosed formatting elements before many blocks, and in thousands of attributes on one
//! tag.

use memchr::memchr;

use super::escape::unescape;

/// Nesting depth that no body reaches, written by hand or by an editor (real ones stay below 60).
const DEPTH: usize = 1_500;
/// White space inside one tag: an upper bound of its attributes.
const TAG_SPACES: usize = 20_000;
/// Product of the unclosed formatting elements and the elements that would repeat them.
const REPEATS: usize = 2_000_000;

/// Reports whether the parser's work on `raw` is roughly linear in its length.
pub(super) fn is_parseable(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let (mut depth, mut deepest, mut open_formats, mut most_formats, mut elements) = (0_usize, 0, 0_usize, 0, 0_usize);
    let mut at = 0;
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        at += found + 1;
        let closing = bytes.get(at) == Some(&b'/');
        let name_start = at + usize::from(closing);
        let name_end = bytes[name_start..]
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))
            .map_or(bytes.len(), |length| name_start + length);
        let name = &bytes[name_start..name_end];
        if !name.first().is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let format = is_formatting(name);
        if closing {
            depth = depth.saturating_sub(1);
            open_formats -= usize::from(format && open_formats > 0);
        } else {
            let end = memchr(b'>', &bytes[name_end..]).map_or(bytes.len(), |length| name_end + length);
            if end - name_end > TAG_SPACES
                && bytes[name_end..end].iter().filter(|b| b.is_ascii_whitespace() || **b == b'/').count() > TAG_SPACES
            {
                return false;
            }
            elements += 1;
            depth += usize::from(!is_void(name));
            open_formats += usize::from(format);
            deepest = deepest.max(depth);
            most_formats = most_formats.max(open_formats);
        }
        at = name_end;
    }
    deepest <= DEPTH && most_formats.saturating_mul(elements) <= REPEATS
}

/// Reports whether an element has no content, or is closed by the next one of its kind.
fn is_void(name: &[u8]) -> bool {
    const VOID: &[&[u8]] = &[
        b"br", b"img", b"hr", b"input", b"wbr", b"col", b"source", b"link", b"meta", b"p", b"li", b"td", b"tr", b"dd",
        b"dt",
    ];
    VOID.iter().any(|void| name.eq_ignore_ascii_case(void))
}

/// Reports whether the parser reopens an element in every following block until it is closed.
fn is_formatting(name: &[u8]) -> bool {
    const FORMATTING: &[&[u8]] = &[
        b"a", b"b", b"big", b"code", b"em", b"font", b"i", b"nobr", b"s", b"small", b"strike", b"strong", b"tt", b"u",
    ];
    FORMATTING.iter().any(|formatting| name.eq_ignore_ascii_case(formatting))
}

/// Returns the text of `raw` without its tags: a crude fallback for bodies that cannot be parsed.
pub(super) fn strip_tags(raw: &str) -> String {
    let mut text = String::new();
    let mut rest = raw;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('>') else {
            return text;
        };
        if rest[open..].starts_with("<p") || rest[open..].starts_with("<br") || rest[open..].starts_with("</p") {
            text.push('\n');
        }
        rest = &rest[open + close + 1..];
    }
    text.push_str(rest);
    unescape(&text)
}
