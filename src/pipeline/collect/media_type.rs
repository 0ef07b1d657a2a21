//! Determines the type of a media file from its first bytes alone: names and declared types are unreliable.

use crate::model::Sha256;
use crate::model::sniff::sniff;
use crate::store::batch::BlobRow;

/// The type, the extension and the dimensions in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MediaType {
    pub(crate) mime: &'static str,
    pub(crate) extension: &'static str,
    pub(crate) width: Option<u32>,
    pub(crate) height: Option<u32>,
}

impl MediaType {
    /// Returns the catalog's row of a file of this type.
    pub(crate) fn row(self, digest: Sha256, bytes: u64) -> BlobRow {
        let Self { mime, extension, width, height } = self;
        BlobRow { digest, bytes, extension: extension.to_owned(), mime: mime.to_owned(), width, height }
    }
}

/// Returns the type of the file that begins with `head`; `application/octet-stream` and `bin` if unknown.
pub(crate) fn of(head: &[u8]) -> MediaType {
    let (mime, extension) =
        sniff(head).map_or(("application/octet-stream", "bin"), |found| (found.mime, found.extension));
    let size = if mime.starts_with("image/") { imagesize::blob_size(head).ok() } else { None };
    let pixels = |value: usize| u32::try_from(value).ok();
    MediaType {
        mime,
        extension,
        width: size.and_then(|size| pixels(size.width)),
        height: size.and_then(|size| pixels(size.height)),
    }
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
