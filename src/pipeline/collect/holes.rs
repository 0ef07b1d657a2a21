//! Detects texts with a hole: zero bytes where text was written, as left by failing disks, drives unplugged too early
//! and broken downloads.

use crate::source::file::registry::IMPORTERS;

/// Number of zeros in a row that occur in no text, whatever its encoding.
const RUN: usize = 4;
/// Number of bytes examined to distinguish text from other data.
const HEAD: usize = 512;

/// Reports whether zeros in `head` occur only in holes, so that it may be text.
pub(crate) fn may_be_text(head: &[u8]) -> bool {
    let rest = outside(head, HEAD);
    let rest = &rest[..rest.len().min(HEAD)];
    let plain = |byte: &u8| *byte >= 0x20 || byte.is_ascii_whitespace() || *byte == 0x1b;
    !head.starts_with(b"\xff\xfe") && !head.starts_with(b"\xfe\xff") && rest.iter().all(plain)
}

/// Returns the text around its holes; `None` if it has none or is not text.
pub(crate) fn around(bytes: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr(0, bytes)?;
    if !may_be_text(bytes) {
        return None;
    }
    let rest = outside(bytes, usize::MAX);
    memchr::memchr(0, &rest).is_none().then_some(rest)
}

/// Returns the bytes outside long runs of zeros and trailing zeros: at least the first `enough` of them.
fn outside(bytes: &[u8], enough: usize) -> Vec<u8> {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let mut rest = Vec::with_capacity(end.min(enough));
    let mut zeros = 0;
    for byte in &bytes[..end] {
        if *byte == 0 {
            zeros += 1;
            continue;
        }
        if zeros < RUN {
            rest.resize(rest.len() + zeros, 0);
        }
        zeros = 0;
        rest.push(*byte);
        if rest.len() >= enough {
            break;
        }
    }
    rest
}

/// Reports whether a file of this name is a bill, regardless of its contents.
pub(crate) fn is_bill_by_name(name: &str) -> bool {
    let bills = IMPORTERS.iter().map(|importer| importer.info()).filter(|info| is_bill(info.name));
    // A pattern that only fixes the extension is not specific enough.
    let patterns = bills.flat_map(|info| info.patterns).filter(|pattern| !pattern.starts_with("*."));
    patterns.into_iter().any(|pattern| fits(name, pattern))
}

/// Reports whether a source reads bills.
pub(crate) fn is_bill(source: &str) -> bool {
    source.starts_with("bill-")
}

/// Reports whether `name` matches `pattern`, in which `*` matches any text.
fn fits(name: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut last = "";
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
        last = part;
    }
    last.is_empty() || name.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_told_from_what_is_no_text() {
        let text = |bytes: &[u8]| around(bytes).map(|rest| String::from_utf8(rest).unwrap());
        assert_eq!(text("a,b\n1,2\n".as_bytes()), None);
        assert_eq!(text(b"a,b\n\0").as_deref(), Some("a,b\n"));
        assert_eq!(text(b"a,b\n\0\0\0\0\0\0c,d\n\0\0").as_deref(), Some("a,b\nc,d\n"));
        assert_eq!(text(b"\0\0\0\0\0\0\0\0c,d\n").as_deref(), Some("c,d\n"));
        assert_eq!(text(&[0; 100]).as_deref(), Some(""));
        // UTF-16, with and without a byte order mark, and a picture.
        assert_eq!(text(b"\xff\xfea\0,\0b\0\n\0"), None);
        assert_eq!(text(b"a\0,\0b\0\n\0"), None);
        assert_eq!(text(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0"), None);
    }

    #[test]
    fn bills_are_known_by_their_names() {
        for name in ["1900000000All2026-03-20.csv", "微信支付账单(20260101-20260331).csv", "tradebill_ALL.csv"] {
            assert!(is_bill_by_name(name), "{name}");
        }
        for name in ["a.csv", "微信支付账单.pdf.html", "notes.txt", "All.csv.bak"] {
            assert!(!is_bill_by_name(name), "{name}");
        }
    }
}
