//! ZIP archives as inputs: members are read in place, never extracted.
//!
//! [`members`] turns a ZIP into one [`Input`] per member, opened again for every reading. What cannot be read is
//! reported: a refused member as a [`Problem`], a missing password as a [`Gap`]. Neither stops the others. A ZIP inside
//! a ZIP is opened the same way, through an unnamed file in the run's scratch folder.
//!
//! The `zip` crate reads the directory. Plain members (stored, deflated) are then read by our own code, because a
//! reader that owns its file can be handed on. Encrypted ones are decrypted whole by the crate when they are opened.

mod budget;
mod directory;
mod member;
mod name;
mod unlisted;

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

/// The contents of a ZIP.
#[derive(Debug, Default)]
pub struct ZipListing {
    /// File members that can be read, in the order of the directory.
    pub members: Vec<Input>,
    /// Problems of refused members.
    pub problems: Vec<Problem>,
    /// Gaps of the refused members, and of those that need a password.
    pub gaps: Vec<Gap>,
    /// Gaps of earlier runs that are closed, because a password opened the ZIP.
    pub filled: Vec<(SubjectKind, String)>,
    /// Number of skipped members that operating systems add (`.DS_Store` and the like).
    pub passed_over: u64,
    /// Whether the ZIP is the container of one document (XLSX, DOCX, EPUB …), which is read as a whole.
    pub document: bool,
}

impl ZipListing {
    /// Records a refused member as a problem and as a gap under its name.
    fn refuse(&mut self, input: &Input, path: &str, error: &Error) {
        self.problems.push(Problem::from_error(error, input.locator()));
        self.gaps.push(refusal(input, path, error.code()));
    }
}

/// Returns the gap of a refused member.
fn refusal(input: &Input, path: &str, code: &str) -> Gap {
    Gap::of_input(&format!("{}!/{path}", input.locator()), GapReason::BrokenInput, Some(code))
}

/// Reports whether these first bytes are those of a ZIP.
pub fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// Reports whether these first bytes are those of a page that carries a ZIP after it and opens it by script
/// (SingleFile's self-extracting pages).
pub fn is_self_extracting(head: &[u8]) -> bool {
    let start = &head[..head.len().min(SELF_EXTRACTING)];
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    text.trim_ascii_start().starts_with(b"<") && memchr::memmem::find(start, b"<html data-sfz").is_some()
}

/// Number of first bytes that contain the mark of a self-extracting page: it may follow a document type.
pub const SELF_EXTRACTING: usize = 1024;

/// Lists the members of the ZIP in `input`.
///
/// # Errors
/// The ZIP as a whole cannot or must not be read: no directory, overlapping members, nested too deeply.
pub fn members(input: &Input, passwords: &Passwords, budget: &Budget) -> Result<ZipListing> {
    let refuse = |error: Error| error.with("path", input.locator());
    budget.check_depth(input.locator())?;
    let place = Arc::new(spill::of(input, budget)?);
    let mut directory = Directory::of(&place).map_err(refuse)?;
    let headers = std::mem::take(&mut directory.headers);
    let broken = |error: std::io::Error| refuse(Error::input("zip-open-failed").because(error));
    let is_any = |headers| unlisted::is_any(place.reader()?, place.size(), headers).map_err(broken);
    let has_unlisted = headers.as_deref().map(is_any).transpose()?.is_some_and(|any| any);
    if directory.document {
        // The document lies in a ZIP that was cut off: it is not what was given.
        let whole = ZipListing { document: true, ..ZipListing::default() };
        return if has_unlisted { Err(refuse(Error::input("zip-open-failed"))) } else { Ok(whole) };
    }
    let mut listing = ZipListing { passed_over: directory.passed_over, ..ZipListing::default() };
    let files = directory.files(budget).map_err(refuse)?;
    let starts = data_starts(&place, &files.entries);
    if starts.is_err() {
        // A ZIP that is refused as a whole must not use up the budget of others.
        budget.give_back_entries(files.entries.len() as u64);
    }
    let starts = starts.map_err(refuse)?;
    if has_unlisted {
        let error = refuse(Error::input("zip-unlisted"));
        listing.problems.push(Problem::from_error(&error, input.locator()));
        listing.gaps.push(Gap::of_input(input.locator(), GapReason::BrokenInput, Some("zip-unlisted")));
    }
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
        // Refused here: whoever opens it to see what it is would take it for a file of no known kind.
        if let Err(error) = member.check_window() {
            budget.give_back_bytes(size);
            listing.refuse(input, &path, &error);
            continue;
        }
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
        // Beyond the limit of names, one gap of the ZIP covers the rest.
        listing.gaps.push(Gap::of_input(input.locator(), GapReason::BrokenInput, Some("zip-too-many-members")));
    }
    if let Some(first) = doubled.first() {
        // All of them are read: a remark, not an error.
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

/// A reason to refuse a member regardless of the budget.
enum Obstacle {
    Link,
    Method(String),
    /// The unpacked size is abnormally large for the packed one.
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

/// Selects the members that fit into the byte budget: as many as possible of each rank, in the order of ranks.
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

/// Returns the offset of each entry's data, from its local header. A ZIP with overlapping entries is refused, because a
/// small file can pretend to hold a large one that way.
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

/// Returns the digest that identifies a locked ZIP in the gap list.
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

/// The given passwords, and the one that opened the last member.
struct KeyRing<'a> {
    passwords: &'a Passwords,
    works: Option<usize>,
}

impl KeyRing<'_> {
    /// Finds the password that opens `member` and sets it.
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
