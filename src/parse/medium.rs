//! Whether a file is a medium, by its first bytes; names and declared types lie.

/// How many bytes are looked at.
pub const HEAD: usize = 4096;

/// The MIME type of an image, sound or film that begins with `head`; `None` for everything else.
pub fn mime(head: &[u8]) -> Option<&'static str> {
    if let Some(kind) = infer::get(head) {
        let medium = matches!(
            kind.matcher_type(),
            infer::MatcherType::Image | infer::MatcherType::Video | infer::MatcherType::Audio
        );
        if medium {
            return Some(kind.mime_type());
        }
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let svg = text.starts_with(b"<svg")
        || ((text.starts_with(b"<?xml") || text.starts_with(b"<!--") || text.starts_with(b"<!DOCTYPE svg"))
            && memchr::memmem::find(text, b"<svg").is_some());
    svg.then_some("image/svg+xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        assert_eq!(mime(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Some("image/png"));
        assert_eq!(mime(b"RIFF\x24\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(mime(b"GIF89a\x01\0"), Some("image/gif"));
        assert_eq!(mime(b"ID3\x04\0\0"), Some("audio/mpeg"));
        assert_eq!(mime(b"<?xml version=\"1.0\"?>\n<svg xmlns=\"x\">"), Some("image/svg+xml"));
        for no in [&b"<html><svg>"[..], b"{\"errcode\":40001}", b"PK\x03\x04", b"", b"plain"] {
            assert_eq!(mime(no), None);
        }
    }
}
