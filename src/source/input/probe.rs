//! Looks at an input lazily and within bounds; shared by all importers that are asked to identify it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::Read;
use std::sync::OnceLock;

use crate::parse::encoding;
use crate::parse::list::feed::root_name;
use crate::parse::table::Record;
use crate::source::file::table::tables::FirstRows;
use crate::source::{Input, Received};

/// The certainty of an importer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// Not of its kind.
    No,
    /// Of its kind unless another importer is sure.
    Likely,
    /// Of its kind and no other.
    Sure,
}

/// Number of first bytes that [`Probe::head`] reads.
pub const HEAD: usize = 64 * 1024;

/// Root elements of XML that is not a page, even if it contains HTML.
const NO_PAGES: &[&str] = &["rss", "feed", "rdf:rdf", "en-export", "note", "opml", "plist"];

/// A bounded look at one input.
pub struct Probe<'a> {
    input: &'a Input,
    /// Reader positioned after the head, until all bytes are requested.
    rest: RefCell<Option<Box<dyn Read + 'a>>>,
    head: OnceLock<Vec<u8>>,
    whole: OnceLock<Option<Vec<u8>>>,
    rows: OnceLock<FirstRows>,
}

/// Largest input in bytes that [`Probe::whole`] loads: fits a page, a list or a table of a page, not a HAR or a video.
pub const WHOLE: u64 = 16 * 1024 * 1024;

impl<'a> Probe<'a> {
    /// Creates a probe of `input`.
    pub fn new(input: &'a Input) -> Self {
        Self { input, rest: RefCell::default(), head: OnceLock::new(), whole: OnceLock::new(), rows: OnceLock::new() }
    }

    /// Returns the input.
    pub fn input(&self) -> &'a Input {
        self.input
    }

    /// Returns the file name, without folders.
    pub fn name(&self) -> &str {
        self.input.name()
    }

    /// Returns how the input was received, for a part of a container that recorded it (HAR, WARC, MHTML).
    pub fn received(&self) -> Option<&'a Received> {
        self.input.received()
    }

    /// Returns the size in bytes.
    pub fn size(&self) -> u64 {
        self.input.size()
    }

    /// Returns the first [`HEAD`] bytes; empty if the input cannot be read (which reading it will report).
    pub fn head(&self) -> &[u8] {
        if let Some(Some(whole)) = self.whole.get() {
            return &whole[..whole.len().min(HEAD)];
        }
        self.head.get_or_init(|| {
            let mut head = Vec::new();
            if let Ok(mut reader) = self.input.open() {
                // An unreadable input is reported when it is read, not when it is probed.
                let read = reader.by_ref().take(HEAD as u64).read_to_end(&mut head);
                if read.is_ok() && self.size() <= WHOLE {
                    self.rest.replace(Some(reader));
                }
            }
            head
        })
    }

    /// Returns all bytes of an input not larger than [`WHOLE`].
    pub fn whole(&self) -> Option<&[u8]> {
        self.whole.get_or_init(|| self.read_whole()).as_deref()
    }

    /// Continues reading where the head ended, so that an input is opened once.
    fn read_whole(&self) -> Option<Vec<u8>> {
        if self.size() > WHOLE {
            return None;
        }
        let Some(head) = self.head.get() else { return self.input.bytes(WHOLE).ok() };
        let reader = self.rest.take()?;
        let mut whole = Vec::with_capacity(usize::try_from(self.size()).unwrap_or(0));
        whole.extend_from_slice(head);
        reader.take(WHOLE + 1 - head.len() as u64).read_to_end(&mut whole).ok()?;
        (whole.len() as u64 <= WHOLE).then_some(whole)
    }

    /// Returns the bytes if [`Probe::whole`] loaded them: saves reading the input a second time.
    pub fn into_whole(self) -> Option<Vec<u8>> {
        self.whole.into_inner().flatten()
    }

    /// Returns the first non-white byte after a BOM.
    pub fn first_byte(&self) -> Option<u8> {
        let head = self.head();
        head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).iter().copied().find(|byte| !byte.is_ascii_whitespace())
    }

    /// Returns the first rows of each table, at most `most` of each: of text, of every sheet of a workbook, of HTML
    /// tables.
    pub fn first_rows(&self, most: usize) -> impl Iterator<Item = &[Record]> {
        self.rows.get_or_init(|| FirstRows::of(self)).tables(most)
    }

    /// Reports whether the input may be a table of text: not a binary file (guessing the encoding of a picture takes
    /// longer than reading it), not a page, not JSON.
    pub fn may_be_text_table(&self) -> bool {
        !self.is_binary() && !matches!(self.first_byte(), None | Some(b'<' | b'{' | b'['))
    }

    /// Reports whether the input is not text in any encoding, so that a search for words is pointless.
    pub fn is_binary(&self) -> bool {
        let head = self.head();
        !is_utf16(head) && memchr::memchr(0, head).is_some()
    }

    /// Reports whether `needle` occurs in the whole input (up to [`WHOLE`]), else in its head.
    pub fn contains(&self, needle: &[u8]) -> bool {
        let hay = self.whole().unwrap_or_else(|| self.head());
        memchr::memmem::find(hay, needle).is_some()
    }

    /// Reports whether the input begins like HTML (after BOM, white space and comments).
    pub fn looks_like_html(&self) -> bool {
        begins_like_html(self.head())
    }

    /// Returns the text of the input, at most [`WHOLE`] bytes: UTF-16 as UTF-8, other encodings unchanged.
    pub fn readable(&self) -> Cow<'_, [u8]> {
        let bytes = self.whole().unwrap_or_else(|| self.head());
        if is_utf16(bytes) {
            Cow::Owned(encoding::decode(bytes, None).bytes.into_owned())
        } else {
            Cow::Borrowed(bytes)
        }
    }
}

/// Reports whether the bytes are UTF-16, with or without a BOM.
pub fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || encoding::utf16(bytes).is_some()
}

/// Reports whether the bytes begin like HTML (after BOM, white space and comments).
pub(crate) fn begins_like_html(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let start = &bytes[..bytes.len().min(4096)];
    bytes.starts_with(b"<")
        && !NO_PAGES.contains(&root_name(start).as_str())
        && [&b"<!doctype html"[..], b"<html", b"<head", b"<body", b"<meta", b"<script", b"<div"]
            .iter()
            .any(|tag| start.windows(tag.len()).any(|window| window.eq_ignore_ascii_case(tag)))
}
