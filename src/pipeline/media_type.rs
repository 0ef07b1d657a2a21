//! What a media file is, by its first bytes alone: names and declared types lie.

/// Type, extension and size in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MediaType {
    pub(super) mime: &'static str,
    pub(super) extension: &'static str,
    pub(super) width: Option<u32>,
    pub(super) height: Option<u32>,
}

/// The type of the file that begins with `head`; `application/octet-stream` and `bin` where it cannot be told.
pub(super) fn of(head: &[u8]) -> MediaType {
    let (mime, extension) = match infer::get(head) {
        Some(kind) => (kind.mime_type(), kind.extension()),
        None if is_svg(head) => ("image/svg+xml", "svg"),
        None => ("application/octet-stream", "bin"),
    };
    let size = if mime.starts_with("image/") { imagesize::blob_size(head).ok() } else { None };
    let pixels = |value: usize| u32::try_from(value).ok();
    MediaType {
        mime,
        extension,
        width: size.and_then(|size| pixels(size.width)),
        height: size.and_then(|size| pixels(size.height)),
    }
}

fn is_svg(head: &[u8]) -> bool {
    let start = &head[..head.len().min(1024)];
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    text.starts_with(b"<") && memchr::memmem::find(start, b"<svg").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_go_by_content() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x03\0\0\0\x02\x08\x06\0\0\0";
        let found = of(png);
        assert_eq!((found.mime, found.extension, found.width, found.height), ("image/png", "png", Some(3), Some(2)));
        assert_eq!(of(b"<?xml version=\"1.0\"?><svg xmlns=\"x\">").extension, "svg");
        assert_eq!(of(b"{\"errcode\":1}").extension, "bin");
    }
}
