//! Detects the type of a file by its first bytes. Names and headers are not trusted.

/// A file type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sniffed {
    /// MIME type, such as `image/png`.
    pub mime: &'static str,
    /// File extension, such as `png`.
    pub extension: &'static str,
}

impl Sniffed {
    /// Reports whether it is a picture.
    pub fn is_image(self) -> bool {
        self.mime.starts_with("image/")
    }

    /// Reports whether it is audio.
    pub fn is_audio(self) -> bool {
        self.mime.starts_with("audio/")
    }

    /// Reports whether it is a video.
    pub fn is_video(self) -> bool {
        self.mime.starts_with("video/")
    }

    /// Reports whether it is a picture, audio or a video.
    pub fn is_media(self) -> bool {
        self.is_image() || self.is_audio() || self.is_video()
    }
}

/// Detects the type of a file that begins with `head` (some hundred bytes are enough); `None` if it is unknown.
pub fn sniff(head: &[u8]) -> Option<Sniffed> {
    if let Some(kind) = infer::get(head)
        // `infer` detects SVG and HTML only at the very first byte; those are checked below.
        && !kind.mime_type().starts_with("text/")
    {
        return Some(Sniffed { mime: kind.mime_type(), extension: kind.extension() });
    }
    if is_svg(head) {
        return Some(Sniffed { mime: "image/svg+xml", extension: "svg" });
    }
    // SILK, the platform's voice format, with and without its leading byte.
    if head.strip_prefix(b"\x02").unwrap_or(head).starts_with(b"#!SILK_V3") {
        return Some(Sniffed { mime: "audio/silk", extension: "silk" });
    }
    None
}

/// Reports whether the root element is `<svg>`, after BOM, XML declaration, comments and document type.
fn is_svg(head: &[u8]) -> bool {
    let mut text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    loop {
        text = text.trim_ascii_start();
        let end: &[u8] = if text.starts_with(b"<?") {
            b"?>"
        } else if text.starts_with(b"<!--") {
            b"-->"
        } else if text.starts_with(b"<!") {
            // A document type may declare entities, as drawing programs do.
            let end = memchr::memchr(b'>', text).unwrap_or(text.len());
            if memchr::memchr(b'[', &text[..end]).is_some() { b"]>" } else { b">" }
        } else {
            break;
        };
        let Some(at) = memchr::memmem::find(text, end) else { return false };
        text = &text[at + end.len()..];
    }
    let Some(rest) = text.strip_prefix(b"<") else { return false };
    let end = rest.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'));
    let name = end.map_or(&[][..], |end| &rest[..end]);
    name == b"svg" || name.ends_with(b":svg")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_seen_in_the_bytes() {
        let mime = |head: &[u8]| sniff(head).map(|found| found.mime);
        assert_eq!(mime(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Some("image/png"));
        assert_eq!(mime(b"\xff\xd8\xff\xe0\0\x10JFIF"), Some("image/jpeg"));
        assert_eq!(mime(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(mime(b"GIF89a"), Some("image/gif"));
        assert_eq!(mime(b"\0\0\0\x18ftypmp42\0\0\0\0"), Some("video/mp4"));
        assert_eq!(mime(b"ID3\x03\0"), Some("audio/mpeg"));
        assert_eq!(mime(b"\x02#!SILK_V3"), Some("audio/silk"));
        assert_eq!(
            mime(b"<?xml version='1.0'?>\n<!-- a --><!DOCTYPE svg PUBLIC \"x\" \"y\">\n<svg xmlns='z'>"),
            Some("image/svg+xml")
        );
        assert_eq!(mime(b"<svgx>"), None);
        assert_eq!(mime(b"{\"errcode\":40001}"), None);
        assert_eq!(mime(b"<!DOCTYPE html><html>"), None);
        assert_eq!(mime(b""), None);
    }
}
