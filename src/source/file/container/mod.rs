//! Inputs that contain other inputs: archives, recordings of a browser, saved pages with their parts.

pub(crate) mod contents;
pub mod enex;
pub mod gzip;
pub mod har;
pub mod http_message;
pub mod mail;
pub mod mhtml;
pub(crate) mod ranges;
pub mod warc;
pub mod webarchive;
pub mod zip;

/// Reports whether a file that begins with these bytes is compressed in a form that is not opened: rar, 7z, xz, bzip2, tar.
pub(crate) fn is_packed(head: &[u8]) -> bool {
    let signs = [&b"Rar!\x1a\x07"[..], b"7z\xbc\xaf\x27\x1c", b"\xfd7zXZ\0", b"BZh"];
    signs.iter().any(|sign| head.starts_with(sign)) || head.get(257..262) == Some(b"ustar")
}
