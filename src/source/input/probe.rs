//! Looks at an input lazily and within bounds; shared by all importers that are asked to identify it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::Read;
use std::sync::OnceLock;

use crate::parse::encoding;
use crate::parse::list::feed::root_name;
use crate::parse::table::Record;
use crate::source::file::table::tables::FirstRows;
use crate::source::input::FileReader;
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
    rest: RefCell<Option<Rest<'a>>>,
    head: OnceLock<Vec<u8>>,
    whole: OnceLock<Option<Vec<u8>>>,
    rows: OnceLock<FirstRows>,
}

/// What follows the head.
enum Rest<'a> {
    /// Of a file: can be handed on to whoever reads it.
    File(FileReader),
    Other(Box<dyn Read + 'a>),
}

impl Read for Rest<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::File(reader) => reader.read(buffer),
            Self::Other(reader) => reader.read(buffer),
        }
    }
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
            let opened = if self.input.is_file() {
                self.input.begin().map(Rest::File)
            } else {
                self.input.open().map(Rest::Other)
            };
            if let Ok(mut reader) = opened {
                head.reserve_exact(usize::try_from(self.size()).unwrap_or(HEAD).min(HEAD));
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

    /// Returns the input with what was read of it, so that nobody reads that from disk a second time.
    pub fn into_input(self) -> Input {
        if let Some(whole) = self.whole.into_inner().flatten() {
            return self.input.with_bytes(whole);
        }
        match (self.head.into_inner(), self.rest.into_inner()) {
            (Some(head), Some(Rest::File(rest))) => self.input.with_begun(head, rest),
            _ => self.input.clone(),
        }
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

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::source::input::{OpenFile, ReadSeek};

    /// Counts how often it is opened.
    struct Counted(Vec<u8>, AtomicUsize);

    impl OpenFile for Counted {
        fn open(&self) -> std::io::Result<Box<dyn ReadSeek>> {
            self.1.fetch_add(1, Ordering::Relaxed);
            Ok(Box::new(Cursor::new(self.0.clone())))
        }
    }

    fn counted(length: usize, stated: u64) -> (Input, Arc<Counted>) {
        let bytes = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let file = Arc::new(Counted(bytes, AtomicUsize::new(0)));
        (Input::held(file.clone(), "a/b.png", stated, None), file)
    }

    #[test]
    fn what_was_probed_is_read_without_opening_it_again() {
        for length in [0, 1, HEAD - 1, HEAD, HEAD + 1, 5 * HEAD] {
            for loads_all in [false, true] {
                let (input, file) = counted(length, length as u64);
                let probe = Probe::new(&input);
                assert_eq!(probe.head(), &file.0[..length.min(HEAD)]);
                if loads_all {
                    assert_eq!(probe.whole(), Some(file.0.as_slice()));
                }
                let read = probe.into_input();
                assert_eq!((read.locator(), read.size()), (input.locator(), length as u64));
                assert!(read.bytes(WHOLE).unwrap() == file.0);
                assert_eq!(file.1.load(Ordering::Relaxed), 1, "{length}");
                // Whoever reads it once more gets all of it, too.
                assert!(read.bytes(WHOLE).unwrap() == file.0);
                assert_eq!(input.fault(), None);
            }
        }
    }

    #[test]
    fn a_file_that_ends_early_is_a_fault_whoever_reads_on() {
        let (input, _) = counted(2 * HEAD, 3 * HEAD as u64);
        let probe = Probe::new(&input);
        assert_eq!(probe.head().len(), HEAD);
        let read = probe.into_input();
        assert!(read.bytes(WHOLE).is_err());
        assert!(input.fault().is_some());
    }

    #[test]
    fn first_bytes_are_those_of_any_input() {
        let (file, _) = counted(100, 100);
        for input in [file, Input::bytes_at("a", (0..100).collect(), None)] {
            for most in [0, 1, 99, 100, 101] {
                assert_eq!(input.first_bytes(most), (0..100).take(most).collect::<Vec<u8>>());
            }
            assert_eq!(input.fault(), None);
        }
    }
}
