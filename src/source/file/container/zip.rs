//! ZIP archives as inputs: members are read where they lie, never extracted.
//!
//! [`members`] turns one ZIP into one [`Input`] a member, each opened anew for every reading. What cannot be had is
//! named: a refused member is a [`Problem`], a missing password is a [`Gap`], and neither stops the others. A ZIP
//! inside a ZIP is opened the same way, through an unnamed file in the run's scratch folder.
//!
//! The directory is read by the `zip` crate; plain members (stored, deflated) are then read by ourselves, because a
//! reader that owns its file can be handed on. Encrypted ones are decrypted whole by the crate when they are opened.

mod budget;
mod member;
mod name;

use std::collections::HashMap;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use zip::read::{Config, OwnedZipFileEntry};
use zip::unstable::read::ZipIterable;

use crate::error::{Error, Result};
use crate::model::{Gap, GapReason, Hasher, Problem, Sha256, SubjectKind, Time};
use crate::source::{Input, Passwords};

pub(crate) use crate::source::input::spill::spool;
pub use budget::Budget;

use crate::source::input::spill::{self, Place};
use member::Member;

/// What a ZIP holds.
#[derive(Debug, Default)]
pub struct ZipListing {
    /// The file members that can be read, in the order of the directory.
    pub members: Vec<Input>,
    /// What was refused, and why.
    pub problems: Vec<Problem>,
    /// The same by name, and what needs a password that was not given.
    pub gaps: Vec<Gap>,
    /// Gaps of earlier runs that are closed now, because a password opened the ZIP.
    pub filled: Vec<(SubjectKind, String)>,
    /// Members that systems leave beside others and nobody misses.
    pub passed_over: u64,
    /// It is one document in ZIP's clothes (XLSX, DOCX, EPUB …): not to be looked into, but read as it is.
    pub document: bool,
}

impl ZipListing {
    /// A member that is not read is a problem, and a gap by its name.
    fn refuse(&mut self, input: &Input, path: &str, error: &Error) {
        self.problems.push(Problem::from_error(error, input.locator()));
        self.gaps.push(refusal(input, path, error.code()));
    }
}

/// The gap that a refused member is.
fn refusal(input: &Input, path: &str, code: &str) -> Gap {
    Gap::of_input(&format!("{}!/{path}", input.locator()), GapReason::BrokenInput, Some(code))
}

/// Names that are never inputs: what systems leave about.
const LEFT_ABOUT: &[&str] = &[".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX"];

/// Returns true for a name of what systems leave about: also resource forks of a Mac (`._a.csv`) and the locks of
/// workbooks that are open (`~$a.xlsx`, `.~lock.a.ods#`).
pub fn is_left_about(name: &str) -> bool {
    let is_office = name.rsplit_once('.').is_some_and(|(_, end)| {
        ["doc", "docm", "docx", "ppt", "pptm", "pptx", "xls", "xlsb", "xlsm", "xlsx"]
            .iter()
            .any(|known| end.eq_ignore_ascii_case(known))
    });
    LEFT_ABOUT.contains(&name)
        || name.starts_with("._")
        || name.starts_with("~$") && is_office
        || name.starts_with(".~lock.") && name.ends_with('#')
}

/// Whether these first bytes are those of a ZIP.
pub fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// Whether these first bytes are those of a page that carries its ZIP behind it and opens it by script (SingleFile's
/// self-extracting pages).
pub fn is_self_extracting(head: &[u8]) -> bool {
    let start = &head[..head.len().min(SELF_EXTRACTING)];
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    text.trim_ascii_start().starts_with(b"<") && memchr::memmem::find(start, b"<html data-sfz").is_some()
}

/// How far into a page its mark as a self-extracting one may stand: behind a document type.
pub const SELF_EXTRACTING: usize = 1024;

/// Lists the members of the ZIP that `input` is.
///
/// # Errors
/// The ZIP as a whole cannot be read or must not be: no directory, overlapping members, over the budget.
pub fn members(input: &Input, passwords: &Passwords, budget: &Budget) -> Result<ZipListing> {
    let refuse = |error: Error| error.with("path", input.locator());
    budget.check_depth(input.locator())?;
    let place = Arc::new(spill::of(input, budget)?);
    let entries = directory(&place).map_err(refuse)?;
    // A proxy's archive of sessions (`.saz`) looks like a document, and is a folder.
    let sessions =
        entries.iter().any(|entry| entry.name_raw().starts_with(b"raw/") && entry.name_raw().ends_with(b"_s.txt"));
    // The last two are those of Numbers, Pages and Keynote, whose preview is no picture of anybody's.
    let is_document = |name: &[u8]| {
        matches!(name, b"[Content_Types].xml" | b"mimetype" | b"Index.zip")
            || name.starts_with(b"Index/") && name.ends_with(b".iwa")
    };
    if !sessions && entries.iter().any(|entry| is_document(entry.name_raw())) {
        return Ok(ZipListing { document: true, ..ZipListing::default() });
    }
    budget.take_entries(entries.len() as u64).map_err(refuse)?;
    let starts = data_starts(&place, &entries).map_err(refuse)?;
    let mut listing = ZipListing::default();
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut keys = KeyRing { passwords, works: None };
    let mut locked: Vec<String> = Vec::new();
    let mut opened = false;
    let mut inflated: Vec<String> = Vec::new();
    let mut doubled: Vec<String> = Vec::new();
    for (entry, start) in entries.into_iter().zip(starts) {
        if entry.is_dir() || sessions && is_document(entry.name_raw()) {
            continue;
        }
        let shown = name::decode(entry.name_raw());
        if name::is_left_about(&shown) {
            listing.passed_over += 1;
            continue;
        }
        let path = name::plain(&shown, budget);
        let refused = |code| Error::input(code).with("member", &shown);
        if entry.is_symlink() {
            listing.refuse(input, &path, &refused("zip-member-link"));
            continue;
        }
        if !budget.ratio_allows(entry.compressed_size(), entry.size()) {
            listing.gaps.push(refusal(input, &path, "zip-ratio"));
            inflated.push(shown);
            continue;
        }
        budget.take_bytes(entry.size()).map_err(refuse)?;
        let count = seen.entry(path.clone()).or_default();
        *count += 1;
        let path = if *count > 1 {
            doubled.push(shown.clone());
            name::numbered(&path, *count)
        } else {
            path
        };
        let locator = format!("{}!/{path}", input.locator());
        let size = entry.size();
        let modified = entry.last_modified().and_then(|time| {
            Time::from_wall(&format!(
                "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
                time.year(),
                time.month(),
                time.day(),
                time.hour(),
                time.minute(),
                time.second()
            ))
        });
        let encrypted = entry.encrypted();
        let mut member = Member::new(Arc::clone(&place), entry, start, locator.clone(), budget);
        if let Some(method) = member.unsupported_method() {
            listing.refuse(input, &path, &refused("zip-method-unsupported").with("method", method));
            continue;
        }
        if encrypted {
            if !keys.unlock(&mut member) {
                locked.push(shown);
                continue;
            }
            opened = true;
        }
        listing.members.push(Input::opened_by(Arc::new(member), locator, size, modified));
    }
    if let Some(first) = inflated.first() {
        let error = Error::input("zip-ratio").with("member", first).with("count", inflated.len());
        listing.problems.push(Problem::from_error(&error.with("limit", budget.ratio()), input.locator()));
    }
    if let Some(first) = doubled.first() {
        let error = Error::input("zip-duplicate-names").with("member", first).with("count", doubled.len());
        listing.problems.push(Problem::from_error(&error, input.locator()));
    }
    if opened || !locked.is_empty() {
        let key = format!("input:{}", digest(input)?.hex());
        if locked.is_empty() {
            listing.filled.push((SubjectKind::Input, key));
        } else {
            let mut gap = Gap::new(SubjectKind::Input, key, GapReason::PasswordNeeded);
            gap.title = Some(input.name().to_owned());
            gap.detail = Some(locked.join("\n"));
            listing.gaps.push(gap);
        }
    }
    Ok(listing)
}

/// Every entry of the directory, those that share a name included.
fn directory(place: &Arc<Place>) -> Result<Vec<OwnedZipFileEntry>> {
    let broken = |error: zip::result::ZipError| Error::input("zip-open-failed").because(error);
    let mut archive = ZipIterable::try_new(place.reader()?, Config::default()).map_err(broken)?;
    let mut entries = Vec::new();
    for entry in archive.files().map_err(broken)? {
        entries.push(OwnedZipFileEntry::from(entry.map_err(broken)?));
    }
    Ok(entries)
}

/// Where each entry's data begins, by its local header. Entries whose bytes overlap are how a small file pretends to
/// hold a large one: such a ZIP is refused.
fn data_starts(place: &Arc<Place>, entries: &[OwnedZipFileEntry]) -> Result<Vec<u64>> {
    let mut reader = place.reader()?;
    let mut starts = Vec::with_capacity(entries.len());
    let mut ranges = Vec::with_capacity(entries.len());
    for entry in entries {
        let mut header = [0_u8; 30];
        reader
            .seek(SeekFrom::Start(entry.header_start()))
            .and_then(|_| reader.read_exact(&mut header))
            .map_err(|error| Error::input("zip-open-failed").because(error))?;
        if !header.starts_with(b"PK\x03\x04") {
            return Err(Error::input("zip-open-failed").with("member", name::decode(entry.name_raw())));
        }
        let length = |at: usize| u64::from(u16::from_le_bytes([header[at], header[at + 1]]));
        let start = entry.header_start() + 30 + length(26) + length(28);
        starts.push(start);
        ranges.push((entry.header_start(), start.saturating_add(entry.compressed_size())));
    }
    ranges.sort_unstable();
    if ranges.windows(2).any(|pair| pair[0].1 > pair[1].0) {
        return Err(Error::input("zip-overlap"));
    }
    if ranges.last().is_some_and(|last| last.1 > place.size()) {
        return Err(Error::input("zip-open-failed"));
    }
    Ok(starts)
}

/// The digest by which a locked ZIP is known in the gap list.
fn digest(input: &Input) -> Result<Sha256> {
    let mut hasher = Hasher::new();
    let mut reader = input.open()?;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let count = reader.read(&mut buffer).map_err(|error| Error::reading(error, input.locator()))?;
        if count == 0 {
            return Ok(hasher.finish());
        }
        hasher.update(&buffer[..count]);
    }
}

/// The passwords that were given, and which of them opened the last member.
struct KeyRing<'a> {
    passwords: &'a Passwords,
    works: Option<usize>,
}

impl KeyRing<'_> {
    /// Finds the password that opens `member` and gives it to it.
    fn unlock(&mut self, member: &mut Member) -> bool {
        let order =
            self.works.into_iter().chain((0..self.passwords.iter().count()).filter(|at| Some(*at) != self.works));
        for at in order.collect::<Vec<_>>() {
            if let Some(password) = self.passwords.iter().nth(at)
                && member.opens_with(password)
            {
                self.works = Some(at);
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests;
