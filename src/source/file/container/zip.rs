//! ZIP archives as inputs: members are read where they lie, never extracted.
//!
//! [`members`] turns one ZIP into one [`Input`] a member, each opened anew for every reading. What cannot be had is
//! named: a refused member is a [`Problem`], a missing password is a [`Gap`], and neither stops the others. A ZIP
//! inside a ZIP is opened the same way, through an unnamed file in the run's scratch folder.
//!
//! The directory is read by the `zip` crate; plain members (stored, deflated) are then read by ourselves, because a
//! reader that owns its file can be handed on. Encrypted ones are decrypted whole by the crate when they are opened.

mod budget;
mod directory;
mod member;
mod name;

use std::collections::HashMap;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use zip::read::OwnedZipFileEntry;

use crate::error::{Error, Result};
use crate::model::{Gap, GapReason, Hasher, Problem, Sha256, SubjectKind, Time};
use crate::source::{Input, Passwords};

pub(crate) use crate::source::input::spill::spool;
pub use budget::Budget;

use crate::source::input::spill::{self, Place};
use directory::Directory;
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
/// The ZIP as a whole cannot be read or must not be: no directory, overlapping members, too deep in others.
pub fn members(input: &Input, passwords: &Passwords, budget: &Budget) -> Result<ZipListing> {
    let refuse = |error: Error| error.with("path", input.locator());
    budget.check_depth(input.locator())?;
    let place = Arc::new(spill::of(input, budget)?);
    let directory = Directory::of(&place).map_err(refuse)?;
    if directory.document {
        return Ok(ZipListing { document: true, ..ZipListing::default() });
    }
    let mut listing = ZipListing { passed_over: directory.passed_over, ..ZipListing::default() };
    let files = directory.files(budget).map_err(refuse)?;
    let starts = data_starts(&place, &files.entries);
    if starts.is_err() {
        // What is refused as a whole costs the others nothing.
        budget.give_back_entries(files.entries.len() as u64);
    }
    let starts = starts.map_err(refuse)?;
    let fits = fitting(&files.entries, budget);
    let mut seen: HashMap<String, u32> = HashMap::new();
    let mut keys = KeyRing { passwords, works: None };
    let mut locked: Vec<String> = Vec::new();
    let mut opened = false;
    let (mut inflated, mut too_large) = (Vec::new(), Vec::new());
    let mut doubled: Vec<String> = Vec::new();
    for ((entry, start), fits) in files.entries.into_iter().zip(starts).zip(fits) {
        let shown = name::decode(entry.name_raw());
        let path = name::plain(&shown, budget);
        let refused = |code| Error::input(code).with("member", &shown);
        match obstacle(&entry, budget) {
            Some(Obstacle::Link) => {
                listing.refuse(input, &path, &refused("zip-member-link"));
                continue;
            }
            Some(Obstacle::Ratio) => {
                listing.gaps.push(refusal(input, &path, "zip-ratio"));
                inflated.push(shown);
                continue;
            }
            Some(Obstacle::Method(method)) => {
                listing.refuse(input, &path, &refused("zip-method-unsupported").with("method", method));
                continue;
            }
            None if !fits => {
                listing.gaps.push(refusal(input, &path, "zip-members-too-large"));
                too_large.push(shown);
                continue;
            }
            None => {}
        }
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
        if encrypted {
            if !keys.unlock(&mut member) {
                budget.give_back_bytes(size);
                locked.push(shown);
                continue;
            }
            opened = true;
        }
        listing.members.push(Input::opened_by(Arc::new(member), locator, size, modified));
    }
    let limits = budget.limits();
    let mut summed = |code, names: &[String], count: u64, limit: u64| {
        if let Some(first) = names.first() {
            let error = Error::input(code).with("path", input.locator()).with("member", first);
            let error = error.with("count", count).with("limit", limit);
            listing.problems.push(Problem::from_error(&error, input.locator()));
        }
    };
    summed("zip-ratio", &inflated, inflated.len() as u64, limits.ratio);
    summed("zip-members-too-large", &too_large, too_large.len() as u64, limits.bytes);
    summed("zip-too-many-members", &files.beyond, files.beyond_count, limits.members);
    for name in &files.beyond {
        listing.gaps.push(refusal(input, &name::plain(name, budget), "zip-too-many-members"));
    }
    if files.beyond_count > files.beyond.len() as u64 {
        // Of more names than anybody reads the ZIP stands for the rest.
        listing.gaps.push(Gap::of_input(input.locator(), GapReason::BrokenInput, Some("zip-too-many-members")));
    }
    if let Some(first) = doubled.first() {
        // All of them are read: nothing is amiss.
        let remark = Problem::remark("zip-duplicate-names", input.locator()).with("member", first);
        listing.problems.push(remark.with("count", doubled.len()));
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

/// Why a member is not read, whatever the budget.
enum Obstacle {
    Link,
    Method(String),
    /// It would become abnormally large.
    Ratio,
}

fn obstacle(entry: &OwnedZipFileEntry, budget: &Budget) -> Option<Obstacle> {
    if entry.is_symlink() {
        return Some(Obstacle::Link);
    }
    if !budget.ratio_allows(entry.compressed_size(), entry.size()) {
        return Some(Obstacle::Ratio);
    }
    member::unsupported_method(entry).map(Obstacle::Method)
}

/// Which members the bytes of the budget are enough for: of those that are read first as many as fit, then of the others.
fn fitting(entries: &[OwnedZipFileEntry], budget: &Budget) -> Vec<bool> {
    let mut fits = vec![false; entries.len()];
    for wanted in 0..directory::RANKS {
        for (entry, fits) in entries.iter().zip(&mut fits) {
            if directory::rank(entry.name_raw()) == wanted && obstacle(entry, budget).is_none() {
                *fits = budget.take_bytes(entry.size()).is_ok();
            }
        }
    }
    fits
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
