//! Reads the directory of a ZIP, entry by entry, as far as the budget allows. Where not all of it fits, pages, lists,
//! tables and archives take precedence over texts, and texts over pictures and unreadable files.

use std::sync::Arc;

use zip::read::{Config, OwnedZipFileEntry};
use zip::unstable::read::{ZipIterable, ZipIterableFiles};

use super::{Budget, name};
use crate::error::{Error, Result};
use crate::source::input::spill::{Place, PlaceReader};

/// A directory that was walked once.
pub(super) struct Directory {
    archive: ZipIterable<PlaceReader>,
    /// Entries, unless there are so many that they are walked a second time instead.
    entries: Option<Vec<OwnedZipFileEntry>>,
    /// Whether the ZIP is the container of one document.
    pub(super) document: bool,
    /// Whether the ZIP is a proxy's archive of sessions (`.saz`), which resembles a document but is a folder.
    sessions: bool,
    /// Number of files of each rank.
    files: [u64; RANKS],
    /// Number of skipped files that operating systems add.
    pub(super) passed_over: u64,
    /// Offset of the local header and packed size of every entry, of a directory that is held.
    pub(super) headers: Option<Vec<(u64, u64)>>,
}

/// The files of a directory, as far as the budget goes.
#[derive(Default)]
pub(super) struct Files {
    /// Entries in the order of the directory.
    pub(super) entries: Vec<OwnedZipFileEntry>,
    /// Names of the files beyond the budget; of a huge directory only the first ones.
    pub(super) beyond: Vec<String>,
    /// Number of files beyond the budget.
    pub(super) beyond_count: u64,
}

/// Number of ranks.
pub(super) const RANKS: usize = 3;

/// Extensions of pages, lists, tables and archives.
const FIRST: &[&str] = &[
    "atom",
    "csv",
    "db",
    "enex",
    "et",
    "gz",
    "har",
    "htm",
    "html",
    "json",
    "jsonl",
    "mht",
    "mhtml",
    "ndjson",
    "ods",
    "rss",
    "saz",
    "shtml",
    "sql",
    "sqlite",
    "sqlite3",
    "tsv",
    "wacz",
    "warc",
    "webarchive",
    "xhtml",
    "xls",
    "xlsb",
    "xlsm",
    "xlsx",
    "zip",
];
/// Extensions of texts.
const SECOND: &[&str] = &["eml", "markdown", "md", "txt", "url", "xml"];

/// Returns the rank of a member; members of a smaller rank are read first.
pub(super) fn rank(name: &[u8]) -> usize {
    let file = name.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or(name);
    let end = file.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    let is = |ends: &[&str]| ends.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(end));
    match end {
        _ if is(FIRST) => 0,
        _ if is(SECOND) => 1,
        _ => 2,
    }
}

/// Reports whether a member identifies a document. The last two belong to Numbers, Pages and Keynote, whose preview is
/// not one of the user's pictures.
fn is_document(name: &[u8]) -> bool {
    matches!(name, b"[Content_Types].xml" | b"mimetype" | b"Index.zip")
        || name.starts_with(b"Index/") && name.ends_with(b".iwa")
}

fn broken(error: zip::result::ZipError) -> Error {
    Error::input("zip-open-failed").because(error)
}

impl Directory {
    /// Walks the directory of the ZIP in `place`.
    pub(super) fn of(place: &Arc<Place>) -> Result<Self> {
        let mut archive = ZipIterable::try_new(place.reader()?, Config::default()).map_err(broken)?;
        let (mut document, mut sessions) = (false, false);
        let (mut files, mut passed_over, mut headers) = ([0; RANKS], 0, (archive.len() <= MOST_HELD).then(Vec::new));
        let mut entries = (archive.len() <= MOST_HELD).then(Vec::new);
        for entry in archive.files().map_err(broken)? {
            let entry = OwnedZipFileEntry::from(entry.map_err(broken)?);
            if let Some(headers) = &mut headers {
                headers.push((entry.header_start(), entry.compressed_size()));
            }
            let name = entry.name_raw();
            document |= is_document(name);
            sessions |= name.starts_with(b"raw/") && name.ends_with(b"_s.txt");
            if entry.is_dir() {
                continue;
            }
            if name::is_left_about(&name::decode(name)) {
                passed_over += 1;
                continue;
            }
            files[rank(name)] += 1;
            if let Some(entries) = &mut entries {
                entries.push(entry);
            }
        }
        Ok(Self { archive, entries, document: document && !sessions, sessions, files, passed_over, headers })
    }

    /// Reads the files of the directory, as many as the budget grants.
    pub(super) fn files(mut self, budget: &Budget) -> Result<Files> {
        let mut left = budget.grant_entries(self.files.iter().sum());
        let mut room = self.files.map(|count| {
            let fits = count.min(left);
            left -= fits;
            fits
        });
        let mut files = Files::default();
        let walked = match self.entries.take() {
            Some(entries) => Walked::Held(entries.into_iter()),
            None => Walked::Again(self.archive.files().map_err(broken)?),
        };
        for entry in walked {
            let entry = entry?;
            let name = entry.name_raw();
            let shown = name::decode(name);
            if entry.is_dir() || name::is_left_about(&shown) || self.sessions && is_document(name) {
                continue;
            }
            let room = &mut room[rank(name)];
            if *room > 0 {
                *room -= 1;
                files.entries.push(entry);
                continue;
            }
            files.beyond_count += 1;
            // Of a directory with millions of files only some are named, but all are counted.
            if files.beyond.len() < MOST_NAMED {
                files.beyond.push(shown);
            }
        }
        Ok(files)
    }
}

/// The entries of a directory, in order.
enum Walked<'a> {
    Held(std::vec::IntoIter<OwnedZipFileEntry>),
    Again(&'a mut ZipIterableFiles<PlaceReader>),
}

impl Iterator for Walked<'_> {
    type Item = Result<OwnedZipFileEntry>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Held(entries) => entries.next().map(Ok),
            Self::Again(files) => files.next().map(|entry| entry.map(OwnedZipFileEntry::from).map_err(broken)),
        }
    }
}

/// Most entries held in memory before it is known which of them are read.
const MOST_HELD: usize = 100_000;
/// Most members beyond the budget that are named individually.
const MOST_NAMED: usize = 100_000;
