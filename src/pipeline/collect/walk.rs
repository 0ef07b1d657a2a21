//! From what a person gave (files, folders, ZIPs) to the inputs in it, in one canonical order, whatever order they were
//! given in. Folders are walked, ZIP members are read in place. Files that belong to a saved page (`x_files/`) are not
//! inputs of their own: the page reads them as its siblings.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use tokio_util::sync::CancellationToken;
use walkdir::WalkDir;

use crate::archive::is_archive;
use crate::error::{Error, Result};
use crate::model::sniff::{Sniffed, sniff};
use crate::model::{Gap, GapReason, Problem, Sha256, SubjectKind, Time};
use crate::secret::without_secrets;
use crate::source::file::container::gzip;
use crate::source::file::container::zip::{self, Budget, ZipListing};
use crate::source::file::page::pictures;
use crate::source::input::Siblings;
use crate::source::{Input, Passwords};

/// One input to be read, with what decides whether it was read before.
#[derive(Clone, Debug)]
pub struct FoundInput {
    /// The input.
    pub input: Input,
    /// Absolute path, or `<path>!/<member>`.
    pub path: String,
    /// Nanoseconds since 1970 of the file's last change.
    pub modified: i64,
    /// It lies beside a saved page (`x_files/…`) and is only read by it.
    pub(crate) companion: bool,
}

impl FoundInput {
    /// An input that is no file, known by `path`.
    pub fn bytes(input: Input, path: String) -> Self {
        Self { input, path, modified: 0, companion: false }
    }
}

/// What a walk gave.
#[derive(Debug, Default)]
pub struct Walk {
    /// The inputs, in canonical order.
    pub found: Vec<FoundInput>,
    /// What was given, with links resolved.
    pub roots: Vec<PathBuf>,
    /// What could not be walked or was refused, with the path it concerns.
    pub problems: Vec<(Problem, String)>,
    /// The same by name, and containers that no password opens, with the path it concerns.
    pub gaps: Vec<(Gap, String)>,
    /// Containers of which nothing was refused, and what they are on disk.
    pub containers: Vec<FoundInput>,
    /// Folders that were looked into and containers that were opened, whatever was found.
    pub opened: HashSet<String>,
    /// Gaps of earlier runs that are closed now.
    pub filled: Vec<(SubjectKind, String)>,
    /// Inputs that were read before, as they stand.
    pub unchanged: u64,
    /// The same, by name: a run that was interrupted learns its secrets from all it was given.
    pub read_before: Vec<FoundInput>,
    /// Files, folders and containers that could not be looked at.
    pub unreadable: u64,
    /// Files that belong to saved pages and are read by them only.
    pub companions: u64,
    /// It was asked to stop before it had seen everything.
    pub stopped: bool,
    /// Files that systems leave beside others (`Thumbs.db`) and nobody misses.
    pub passed_over: u64,
    /// The same in each container that was opened, by its path.
    pub passed_inside: Vec<(String, u64)>,
    /// What lies beside what; inputs hold on to it weakly.
    pub siblings: Vec<Arc<Siblings>>,
}

impl Walk {
    /// What cannot be looked at is a problem and a gap, by name.
    fn trouble(&mut self, locator: &str, path: String, error: &Error) {
        self.unreadable += 1;
        self.problems.push((Problem::from_error(error, locator), path.clone()));
        self.gaps.push((Gap::of_input(locator, GapReason::BrokenInput, Some(error.code())), path));
    }

    /// A root of which not everything was seen before the walk was stopped: what it holds besides is unknown.
    fn cut_off(&mut self, root: &Path) {
        self.stopped = true;
        let path = root.to_string_lossy().into_owned();
        if !self.gaps.iter().any(|(gap, known)| *known == path && gap.reason == GapReason::NotRead) {
            let name = root.file_name().unwrap_or(root.as_os_str()).to_string_lossy().into_owned();
            self.gaps.push((Gap::of_input(&without_secrets(&name), GapReason::NotRead, None), path));
        }
    }

    /// An entry of a folder that is there by name and cannot be looked at.
    fn unseen(&mut self, locator: &str, path: &Path, error: std::io::Error) {
        let folder = path.symlink_metadata().is_ok_and(|found| found.is_dir());
        let code = match error.kind() {
            std::io::ErrorKind::InvalidFilename => "input-path-too-long",
            _ if folder => "input-folder-unreadable",
            _ => "input-open-failed",
        };
        let error = Error::input(code).with("path", locator).because(error);
        self.trouble(locator, path.to_string_lossy().into_owned(), &error);
    }

    /// A link. One that leads to what is read anyway misses nothing; where another leads was not given.
    fn link(&mut self, locator: String, path: &Path) {
        let name = path.to_string_lossy().into_owned();
        match path.canonicalize() {
            Ok(target) if self.roots.iter().any(|root| target.starts_with(root)) => {
                self.problems.push((Problem::remark("input-special-file", locator), name));
            }
            Ok(_) => {
                let error = Error::input("input-link-outside").with("path", &locator);
                self.trouble(&locator, name, &error);
            }
            Err(error) => {
                let error = Error::input("input-link-dangling").with("path", &locator).because(error);
                self.trouble(&locator, name, &error);
            }
        }
    }
}

/// Ends the name of the log that SQLite keeps beside a database.
const DATABASE_LOG: &str = "-wal";

/// Our own working state is never an input.
const WORKING_STATE: &str = ".liudi";

impl WalkOptions<'_> {
    fn is_stopped(&self) -> bool {
        self.stop.is_cancelled()
    }
}

/// What a walk needs to know.
pub struct WalkOptions<'a> {
    /// The archive's own folder: never walked into, should it lie inside a root.
    pub archive: &'a Path,
    /// What containers may cost together; nested ones are read through files without a name in its folder.
    pub budget: &'a Budget,
    /// For encrypted ZIPs.
    pub passwords: &'a Passwords,
    /// Set when the walk shall stop.
    pub stop: &'a CancellationToken,
    /// Whether an input was read as it stands, so that it need not be opened.
    pub seen: &'a dyn Fn(&str, u64, i64) -> Result<bool>,
}

/// Walks `roots`.
pub fn walk(roots: &[PathBuf], options: &WalkOptions<'_>) -> Result<Walk> {
    let mut walk = Walk::default();
    let archive = options.archive.canonicalize().ok();
    for root in roots {
        match root.canonicalize() {
            Ok(absolute) => walk.roots.push(absolute),
            Err(error) => {
                let name = root.file_name().unwrap_or(root.as_os_str()).to_string_lossy().into_owned();
                walk.unseen(&name, &std::path::absolute(root).unwrap_or_else(|_| root.clone()), error);
            }
        }
    }
    for absolute in walk.roots.clone() {
        if options.is_stopped() {
            walk.cut_off(&absolute);
            continue;
        }
        let base = absolute.parent().unwrap_or(&absolute).to_owned();
        let mut files: Vec<FoundInput> = Vec::new();
        let passed_over = Cell::new(0);
        // In the order of the folder itself: a large one is not read as a whole before anybody may stop it.
        let entries = WalkDir::new(&absolute).follow_links(false).into_iter().filter_entry(|entry| {
            if entry.depth() > 0 && entry.file_name().to_str().is_some_and(zip::is_left_about) {
                passed_over.set(passed_over.get() + 1);
                return false;
            }
            archive.as_deref() != Some(entry.path())
                && entry.file_name() != WORKING_STATE
                && !(entry.file_type().is_dir() && is_archive(entry.path()))
        });
        for entry in entries {
            if options.is_stopped() {
                walk.cut_off(&absolute);
                break;
            }
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().unwrap_or(&absolute).to_owned();
                    walk.opened.remove(path.to_string_lossy().as_ref());
                    walk.unseen(
                        &without_secrets(&locator(&base, &path)),
                        &path,
                        error.into_io_error().unwrap_or_else(looped),
                    );
                    continue;
                }
            };
            let path = entry.path().to_string_lossy().into_owned();
            if entry.file_type().is_dir() {
                walk.opened.insert(path);
                continue;
            }
            let place = locator(&base, entry.path());
            let locator = without_secrets(&place).into_owned();
            if entry.file_type().is_symlink() {
                walk.link(locator, entry.path());
                continue;
            }
            if !entry.file_type().is_file() {
                walk.problems.push((Problem::remark("input-special-file", locator), path));
                continue;
            }
            match entry.metadata() {
                Ok(metadata) => {
                    let (modified, time) = modified_of(&metadata);
                    let input = Input::file(entry.path().to_owned(), place, metadata.len(), time);
                    files.push(FoundInput { input, path, modified, companion: false });
                }
                Err(error) => {
                    walk.unseen(&locator, entry.path(), error.into_io_error().unwrap_or_else(looped));
                }
            }
        }
        walk.passed_over += passed_over.get();
        files.sort_by(|one, two| one.path.cmp(&two.path));
        walk.siblings.push(settle(&mut files));
        for file in files {
            if options.is_stopped() {
                walk.cut_off(&absolute);
                break;
            }
            open_container(file, options, &mut walk)?;
        }
    }
    walk.problems.sort_by(|one, two| one.1.cmp(&two.1));
    walk.gaps.sort_by(|one, two| one.1.cmp(&two.1));
    walk.found.sort_by(|a, b| a.path.cmp(&b.path));
    walk.found.dedup_by(|a, b| a.path == b.path);
    Ok(walk)
}

/// Links are not followed, so that no folder can be met twice; walkdir has an error for it all the same.
fn looped() -> std::io::Error {
    std::io::ErrorKind::InvalidInput.into()
}

/// `<name of the root>/<path inside it>`, with `/` on every system.
fn locator(base: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(base).unwrap_or(path);
    relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

pub(crate) fn modified_of(metadata: &std::fs::Metadata) -> (i64, Option<Time>) {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let nanoseconds = i64::try_from(since.as_nanos()).unwrap_or(i64::MAX);
    (nanoseconds, i64::try_from(since.as_secs()).ok().and_then(Time::from_unix))
}

/// Tells the inputs of one root of each other, and marks the companions of saved pages.
pub(crate) fn settle(files: &mut [FoundInput]) -> Arc<Siblings> {
    let siblings: Siblings = files.iter().map(|file| file.input.clone()).collect();
    let pages: HashSet<&str> = siblings
        .places()
        .filter_map(|locator| locator.rsplit_once('.').filter(|(_, ext)| is_page_extension(ext)).map(|(stem, _)| stem))
        .collect();
    let archives = web_archives(&siblings);
    let mut beside: HashMap<String, i64> = HashMap::new();
    let companions: Vec<bool> = files
        .iter()
        .map(|file| {
            let locator = file.input.place();
            let beside_data = archives
                .iter()
                .any(|root| locator.strip_prefix(root).is_some_and(|inside| !inside.starts_with("archive/")));
            let page = page_of(locator, &pages);
            if let Some(page) = &page {
                let sum = beside.entry(page.clone()).or_default();
                *sum = sum.wrapping_add(state_of(file));
            }
            beside_data || page.is_some()
        })
        .collect();
    // A database is what it and its log say together.
    let logs: HashMap<String, i64> = files
        .iter()
        .filter_map(|file| Some((file.input.place().strip_suffix(DATABASE_LOG)?.to_owned(), state_of(file))))
        .collect();
    let siblings = Arc::new(siblings);
    for (file, companion) in files.iter_mut().zip(companions) {
        file.companion = companion;
        file.input.set_siblings(&siblings);
        let stem = file.input.place().rsplit_once('.').filter(|(_, ext)| is_page_extension(ext));
        // A page is read again when what lies beside it came or changed after it was read.
        if let Some((stem, _)) = stem.filter(|_| !companion) {
            file.modified ^= beside.get(stem).unwrap_or(&0);
            file.modified ^= pictures::state(&siblings, file.input.place());
        }
        if let Some(state) = logs.get(file.input.place()) {
            file.modified ^= state;
        }
    }
    siblings
}

/// A number for a file as it stands.
fn state_of(file: &FoundInput) -> i64 {
    let text = format!("{}\n{}\n{}", file.input.place(), file.input.size(), file.modified);
    let digest = Sha256::of(text.as_bytes());
    digest.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | i64::from(*byte))
}

/// Folders that are a WACZ: their data stand in `archive/`, beside it indexes that name the same pages once more.
fn web_archives(files: &Siblings) -> Vec<&str> {
    let roots = files.places().filter_map(|locator| locator.strip_suffix("datapackage.json"));
    roots
        .filter(|root| root.ends_with('/'))
        .filter(|root| {
            files.places().any(|locator| {
                locator
                    .strip_prefix(*root)
                    .is_some_and(|inside| inside.starts_with("archive/") && inside.contains(".warc"))
            })
        })
        .collect()
}

fn is_page_extension(extension: &str) -> bool {
    ["html", "htm", "xhtml"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// The page, without its extension, that a folder of the path is the companion of and that lies beside that folder:
/// `x_files/`, `x.files/`, `x_file/` of `x.html` (browsers), `assets/` beside `index.html` (exporters).
fn page_of(locator: &str, pages: &HashSet<&str>) -> Option<String> {
    let mut end = 0;
    while let Some(slash) = locator[end..].find('/') {
        let folder = &locator[..end + slash];
        end += slash + 1;
        let of_browser = ["_files", ".files", "_file"].iter().find_map(|tail| folder.strip_suffix(tail));
        let of_exporter = folder.strip_suffix("/assets").map(|parent| format!("{parent}/index"));
        let page = of_browser.map(str::to_owned).into_iter().chain(of_exporter);
        if let Some(page) = page.into_iter().find(|stem| pages.contains(stem.as_str())) {
            return Some(page);
        }
    }
    None
}

/// What a ZIP or gzip file holds; `None` for any other file, and for one document in a ZIP's clothes.
///
/// # Errors
/// It is broken as a whole, or costs too much.
pub(crate) fn unfold(input: &Input, passwords: &Passwords, budget: &Budget) -> Result<Option<ZipListing>> {
    // What cannot be read is noted by the input.
    let head = input.first_bytes(zip::SELF_EXTRACTING);
    input.note_media(sniff(&head).is_some_and(Sniffed::is_media));
    let listing = if zip::is_zip(&head) {
        zip::members(input, passwords, budget).map(Some)
    } else if zip::is_self_extracting(&head) {
        // Without its ZIP it is a page like others.
        Ok(zip::members(input, passwords, budget).ok())
    } else if gzip::is_gzip(&head) && !gzip::holds_warc(input) {
        gzip::member(input, budget).map(|member| Some(ZipListing { members: vec![member], ..ZipListing::default() }))
    } else {
        Ok(None)
    };
    // Of a container that came in part nobody can say what it holds, or whether a password opens it.
    match input.fault() {
        Some(fault) => Err(fault.error()),
        None => Ok(listing?.filter(|listing| !listing.document)),
    }
}

/// Puts a file into the walk, or what a ZIP or gzip holds in its place. Returns whether all of it could be opened: a
/// container is done only when everything in it is, however deep it lies.
fn open_container(file: FoundInput, options: &WalkOptions<'_>, walk: &mut Walk) -> Result<bool> {
    if file.companion {
        walk.companions += 1;
        return Ok(true);
    }
    if (options.seen)(&file.path, file.input.size(), file.modified)? {
        walk.unchanged += 1;
        walk.read_before.push(file);
        return Ok(true);
    }
    let listing = match unfold(&file.input, options.passwords, options.budget) {
        Ok(Some(listing)) => listing,
        Ok(None) => {
            walk.found.push(file);
            return Ok(true);
        }
        Err(error) => {
            walk.trouble(file.input.locator(), file.path.clone(), &error);
            return Ok(false);
        }
    };
    walk.opened.insert(file.path.clone());
    if listing.passed_over > 0 {
        walk.passed_inside.push((file.path.clone(), listing.passed_over));
    }
    // What was refused is looked at again by every run, as what is locked.
    let mut whole = listing.gaps.is_empty() && listing.problems.iter().all(|problem| problem.exit_bit == 0);
    walk.problems.extend(listing.problems.into_iter().map(|problem| (problem, file.path.clone())));
    walk.filled.extend(listing.filled);
    walk.gaps.extend(listing.gaps.into_iter().map(|gap| (gap, file.path.clone())));
    let mut members: Vec<FoundInput> = listing
        .members
        .into_iter()
        .map(|input| {
            let inside = input.locator().strip_prefix(file.input.locator()).unwrap_or(input.locator());
            FoundInput { path: format!("{}{inside}", file.path), modified: file.modified, companion: false, input }
        })
        .collect();
    walk.siblings.push(settle(&mut members));
    for member in members {
        whole &= open_container(member, options, walk)?;
    }
    if whole {
        walk.containers.push(file);
    }
    Ok(whole)
}

/// Cuts the inputs into groups: at most 16, at most 64 MB. The cut depends on nothing but the inputs and their order.
pub fn groups(inputs: Vec<FoundInput>) -> Vec<Vec<FoundInput>> {
    const INPUTS: usize = 16;
    const BYTES: u64 = 64 * 1024 * 1024;
    let mut groups: Vec<Vec<FoundInput>> = Vec::new();
    let mut bytes = 0;
    for input in inputs {
        let size = input.input.size();
        match groups.last_mut() {
            Some(group) if group.len() < INPUTS && bytes + size <= BYTES => {
                bytes += size;
                group.push(input);
            }
            _ => {
                bytes = size;
                groups.push(vec![input]);
            }
        }
    }
    groups
}
