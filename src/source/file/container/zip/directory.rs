//! The directory of a ZIP: walked entry by entry, however many there are, and read as far as the budget goes. Where not all
//! of it fits, pages, lists, tables and archives go before texts, and texts before pictures and what nobody reads.

use std::sync::Arc;

use zip::read::{Config, OwnedZipFileEntry};
use zip::unstable::read::{ZipIterable, ZipIterableFiles};

use super::{Budget, name};
use crate::error::{Error, Result};
use crate::source::input::spill::{Place, PlaceReader};

/// A directory that was walked once.
pub(super) struct Directory {
    archive: ZipIterable<PlaceReader>,
    /// The entries, unless there are so many that they are walked once more instead.
    entries: Option<Vec<OwnedZipFileEntry>>,
    /// It is one document in ZIP's clothes.
    pub(super) document: bool,
    /// It is a proxy's archive of sessions (`.saz`), which looks like a document and is a folder.
    sessions: bool,
    /// Files of each rank.
    files: [u64; RANKS],
    /// Members that systems leave beside others.
    pub(super) passed_over: u64,
}

/// The files of a directory, as far as the budget goes.
#[derive(Default)]
pub(super) struct Files {
    /// In the order of the directory.
    pub(super) entries: Vec<OwnedZipFileEntry>,
    /// Names of those that are too many; of a directory without end the first.
    pub(super) beyond: Vec<String>,
    /// How many are too many.
    pub(super) beyond_count: u64,
}

/// How many ranks there are.
pub(super) const RANKS: usize = 3;

/// Ends of the names of pages, lists, tables and archives.
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
/// Ends of the names of texts.
const SECOND: &[&str] = &["eml", "markdown", "md", "txt", "url", "xml"];

/// How early a member is read where not all are: the smaller, the earlier.
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

/// The parts by which a document is known. The last two are those of Numbers, Pages and Keynote, whose preview is no
/// picture of anybody's.
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
        let (mut files, mut passed_over) = ([0; RANKS], 0);
        let mut entries = (archive.len() <= MOST_HELD).then(Vec::new);
        for entry in archive.files().map_err(broken)? {
            let entry = OwnedZipFileEntry::from(entry.map_err(broken)?);
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
        Ok(Self { archive, entries, document: document && !sessions, sessions, files, passed_over })
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
            // A directory of millions is named in part, and its number whole.
            if files.beyond.len() < MOST_NAMED {
                files.beyond.push(shown);
            }
        }
        Ok(files)
    }
}

/// Entries of a directory, in their order.
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

/// The most entries that are held in memory before it is known which of them are read.
const MOST_HELD: usize = 100_000;
/// The most members that are named one by one because they are too many.
const MOST_NAMED: usize = 100_000;
