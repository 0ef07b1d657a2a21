//! Finds the inputs in the given files, folders and ZIPs, in a canonical order that does not depend on the order in
//! which they were given. Folders are walked, ZIP members are read in place. Files of a saved page (`x_files/`) are no
//! inputs of their own: what the page does not read as its siblings is read after it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use tokio_util::sync::CancellationToken;

use super::companions::{mark, settle};
use super::found_input::FoundInput;
use super::input_marks::InputMarks;
use super::listing;
use crate::error::{Error, Result};
use crate::model::sniff::{Sniffed, sniff};
use crate::model::{Gap, GapReason, Problem, SubjectKind, Time, layout};
use crate::platform;
use crate::secret::without_secrets;
use crate::source::file::container::gzip;
use crate::source::file::container::zip::{self, Budget, ZipListing};
use crate::source::file::page::companions;
use crate::source::input::Siblings;
use crate::source::{Input, Passwords};

/// The result of a walk.
#[derive(Debug, Default)]
pub struct Walk {
    /// Inputs, in canonical order.
    pub found: Vec<FoundInput>,
    /// Given paths, with links resolved.
    pub roots: Vec<PathBuf>,
    /// Problems of paths that could not be walked or were refused, with the path.
    pub problems: Vec<(Problem, String)>,
    /// Gaps of the same paths, and of containers that no password opens, with the path.
    pub gaps: Vec<(Gap, String)>,
    /// Containers of which nothing was refused, as files on disk.
    pub containers: Vec<FoundInput>,
    /// Folders and containers that were opened, whatever was found.
    pub opened: HashSet<String>,
    /// Gaps of earlier runs that are now closed.
    pub filled: Vec<(SubjectKind, String)>,
    /// Number of unchanged inputs that were read before.
    pub unchanged: u64,
    /// Those inputs: an interrupted run collects its secrets from everything it was given.
    pub read_before: Vec<FoundInput>,
    /// Number of files, folders and containers that could not be examined.
    pub unreadable: u64,
    /// Number of files in the folders of saved pages, and of indexes of web archives: read with these.
    pub companions: u64,
    /// Whether the walk was stopped before it had seen everything.
    pub stopped: bool,
    /// Number of skipped files that operating systems leave in folders (`Thumbs.db`).
    pub passed_over: u64,
    /// Number of such files in each opened container, by its path.
    pub passed_inside: Vec<(String, u64)>,
    /// Siblings of the members of containers, which hold only weak references to them.
    pub siblings: Vec<Arc<Siblings>>,
}

impl Walk {
    /// Records a problem and a gap for a path that cannot be examined.
    fn trouble(&mut self, locator: &str, path: String, error: &Error) {
        self.unreadable += 1;
        self.problems.push((Problem::from_error(error, locator), path.clone()));
        self.gaps.push((Gap::of_input(locator, GapReason::BrokenInput, Some(error.code())), path));
    }

    /// Records a root that was not seen completely before the walk was stopped: the rest of its contents is unknown.
    pub(super) fn cut_off(&mut self, root: &Path, base: &Path) {
        self.stopped = true;
        let path = platform::text_of(root);
        if !self.gaps.iter().any(|(gap, known)| *known == path && gap.reason == GapReason::NotRead) {
            let name = if base == root { name_of(root) } else { locator(base, root) };
            self.gaps.push((Gap::of_input(&without_secrets(&name), GapReason::NotRead, None), path));
        }
    }

    /// Records an entry of a folder that exists but cannot be examined.
    pub(super) fn unseen(&mut self, locator: &str, path: &Path, error: std::io::Error) {
        let folder = path.symlink_metadata().is_ok_and(|found| found.is_dir());
        let code = match error.kind() {
            std::io::ErrorKind::InvalidFilename => "input-path-too-long",
            _ if folder => "input-folder-unreadable",
            _ => "input-open-failed",
        };
        let error = Error::input(code).with("path", locator).because(error);
        self.trouble(locator, platform::text_of(path), &error);
    }

    /// Records a link. A link into a given root loses nothing; the target of any other link was not given.
    pub(super) fn link(&mut self, locator: String, path: &Path) {
        let name = platform::text_of(path);
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

impl WalkOptions<'_> {
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.is_cancelled()
    }
}

/// The parameters of a walk.
pub struct WalkOptions<'a> {
    /// Folder of the archive, which is skipped if it is inside a root.
    pub archive: &'a Path,
    /// Shared budget of the containers; nested ones are read through unnamed files in its folder.
    pub budget: &'a Budget,
    /// Passwords for encrypted ZIPs.
    pub passwords: &'a Passwords,
    /// Token that stops the walk.
    pub stop: &'a CancellationToken,
    /// Reports whether this version of an input was read before, so that it need not be opened.
    pub seen: &'a dyn Fn(&str, u64, i64) -> Result<bool>,
}

/// Walks `roots`.
pub fn walk(roots: &[PathBuf], options: &WalkOptions<'_>) -> Result<Walk> {
    let mut walk = Walk::default();
    let archive = options.archive.canonicalize().ok();
    // The folder of a batch in the inbox is ours: its files are named as if they had been given where they came from.
    let inbox = archive.as_ref().map(|archive| archive.join(layout::WORK).join(layout::INBOX));
    let mut unseen: Vec<(PathBuf, std::io::Error)> = Vec::new();
    for root in &with_folders(roots) {
        match root.canonicalize() {
            Ok(absolute) => walk.roots.push(absolute),
            Err(error) => unseen.push((std::path::absolute(root).unwrap_or_else(|_| root.clone()), error)),
        }
    }
    let given = outermost(&walk.roots);
    let bases = Bases::of(given.iter().chain(unseen.iter().map(|(root, _)| root)), inbox.as_deref());
    for (root, error) in unseen {
        let name = locator(bases.get(&root), &root);
        walk.unseen(&name, &root, error);
    }
    // Roots of one folder are siblings: a page and its folder may be given one by one.
    let mut folders: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for root in given {
        folders.entry(bases.get(&root).to_owned()).or_default().push(root);
    }
    for (base, roots) in folders {
        let (siblings, unseen) = listing::of(&roots, &base, archive.as_deref(), options, &mut walk);
        let mut files = FoundInput::all_of(&siblings);
        mark(&mut files, &siblings, &unseen);
        for file in files {
            if options.is_stopped() {
                for root in &roots {
                    walk.cut_off(root, &base);
                }
                break;
            }
            open_container(file, options, &mut walk)?;
        }
    }
    let mut marks = InputMarks::default();
    walk.gaps = walk.gaps.into_iter().map(|(gap, path)| (marks.mark(gap, &path), path)).collect();
    walk.problems.sort_by(|one, two| in_order(&one.1, &two.1));
    walk.gaps.sort_by(|one, two| in_order(&one.1, &two.1));
    walk.found.sort_by(FoundInput::in_order);
    walk.found.dedup_by(|a, b| a.is_at_path_of(b));
    Ok(walk)
}

/// Compares paths so that the order is the same on every system: `a/b` comes before `aB`, and `a\b` would not.
pub(super) fn in_order(one: &str, two: &str) -> std::cmp::Ordering {
    if cfg!(windows) { one.replace('\\', "/").cmp(&two.replace('\\', "/")) } else { one.cmp(two) }
}

/// Returns `<name of the root>/<path inside it>`, with `/` on every system.
pub(super) fn locator(base: &Path, path: &Path) -> String {
    platform::shown(path.strip_prefix(base).unwrap_or(path))
}

/// Returns the name of a root.
fn name_of(root: &Path) -> String {
    platform::name_of(root.file_name().unwrap_or(root.as_os_str())).into_owned()
}

/// The folders from which the inputs of the roots are named: those around the roots. Of roots of one name as many folders
/// are named as tell them apart (`a/备份.zip` and `b/备份.zip`).
struct Bases(HashMap<PathBuf, PathBuf>);

impl Bases {
    fn of<'r>(roots: impl Iterator<Item = &'r PathBuf>, inbox: Option<&Path>) -> Self {
        let (batches, others): (Vec<&PathBuf>, Vec<&PathBuf>) =
            roots.partition(|root| root.parent().is_some_and(|parent| inbox == Some(parent)));
        let around = |root: &Path, folders: usize| root.ancestors().nth(folders).map(Path::to_owned);
        let name = |root: &Path, folders: usize| around(root, folders).map(|base| locator(&base, root));
        let mut bases: HashMap<PathBuf, PathBuf> =
            batches.into_iter().map(|batch| (batch.clone(), batch.clone())).collect();
        for root in &others {
            let is_named_alike = |folders: usize| {
                let own = name(root, folders);
                others.iter().any(|other| other != root && name(other, folders) == own)
            };
            let deepest = root.ancestors().count().saturating_sub(1);
            let folders = (1..=deepest).find(|folders| !is_named_alike(*folders)).unwrap_or(1);
            bases.insert((*root).clone(), around(root, folders).unwrap_or_else(|| (*root).clone()));
        }
        Self(bases)
    }

    fn get<'r>(&'r self, root: &'r Path) -> &'r Path {
        self.0.get(root).map_or(root, PathBuf::as_path)
    }
}

/// Returns the roots, and with a page that is given by itself the folder that belongs to it.
fn with_folders(roots: &[PathBuf]) -> Vec<PathBuf> {
    let folders_of = |root: &PathBuf| -> Vec<PathBuf> {
        // A link leads to where the page and its folder are.
        let root = root.canonicalize().unwrap_or_else(|_| root.clone());
        let name = root.file_name().filter(|_| root.is_file()).map(|name| platform::text_of(Path::new(name)));
        let folders = name.as_deref().and_then(companions::stem).map(companions::folders).unwrap_or_default();
        let beside = |folder: &String| root.with_file_name(platform::path_of(folder.trim_end_matches('/')));
        folders.iter().map(beside).filter(|folder| folder.is_dir()).collect()
    };
    roots.iter().flat_map(|root| std::iter::once(root.clone()).chain(folders_of(root))).collect()
}

/// Returns the roots that are inside no other root, each once: what another root contains is found there, except in a
/// working state (the inbox), which is not walked.
fn outermost(roots: &[PathBuf]) -> Vec<PathBuf> {
    let walked = |inside: &Path| !inside.components().any(|part| part.as_os_str() == layout::WORK);
    let inside = |(index, root): (usize, &PathBuf)| {
        let others = roots.iter().enumerate().filter(|(other, _)| *other != index);
        others
            .into_iter()
            .any(|(other, folder)| root.strip_prefix(folder).is_ok_and(walked) && (root != folder || other < index))
    };
    roots.iter().enumerate().filter(|root| !inside(*root)).map(|(_, root)| root.clone()).collect()
}

pub(crate) fn modified_of(metadata: &std::fs::Metadata) -> (i64, Option<Time>) {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let nanoseconds = i64::try_from(since.as_nanos()).unwrap_or(i64::MAX);
    (nanoseconds, i64::try_from(since.as_secs()).ok().and_then(Time::from_unix))
}

/// Lists the contents of a ZIP or gzip file; `None` for any other file, and for a document in ZIP format.
///
/// # Errors
/// The errors of a container that is broken as a whole or exceeds the budget.
pub(crate) fn unfold(input: &Input, passwords: &Passwords, budget: &Budget) -> Result<Option<ZipListing>> {
    // The input itself records read failures.
    let head = input.first_bytes(zip::SELF_EXTRACTING);
    input.note_media(sniff(&head).is_some_and(Sniffed::is_media));
    let listing = if zip::is_zip(&head) {
        zip::members(input, passwords, budget).map(Some)
    } else if zip::is_self_extracting(&head) {
        // Without its ZIP it is an ordinary page.
        Ok(zip::members(input, passwords, budget).ok())
    } else if gzip::is_gzip(&head) && !gzip::holds_warc(input) {
        gzip::member(input, budget).map(|member| Some(ZipListing { members: vec![member], ..ZipListing::default() }))
    } else {
        Ok(None)
    };
    // Of a container that could only be read in part, neither the contents nor the need for a password is known.
    match input.fault() {
        Some(fault) => Err(fault.error()),
        None => Ok(listing?.filter(|listing| !listing.document)),
    }
}

/// Adds a file to the walk, or the contents of a ZIP or gzip instead of it. Returns whether all of it could be opened:
/// a container is done only when everything in it is, at any depth.
fn open_container(mut file: FoundInput, options: &WalkOptions<'_>, walk: &mut Walk) -> Result<bool> {
    if file.companion {
        walk.companions += 1;
        return Ok(true);
    }
    let path = file.path().into_owned();
    if (options.seen)(&path, file.size(), file.modified)? {
        walk.unchanged += 1;
        walk.read_before.push(file);
        return Ok(true);
    }
    let input = file.input();
    let listing = match unfold(&input, options.passwords, options.budget) {
        Ok(Some(listing)) => listing,
        Ok(None) => {
            file.note_media(input.is_noted_media());
            walk.found.push(file);
            return Ok(true);
        }
        Err(_) if input.companions().next().is_some() => {
            // Who reads the page says what is wrong with it, and reads what else lies in its folder.
            walk.found.push(file);
            return Ok(false);
        }
        Err(error) => {
            walk.trouble(input.locator(), path, &error);
            return Ok(false);
        }
    };
    walk.opened.insert(path.clone());
    if listing.passed_over > 0 {
        walk.passed_inside.push((path.clone(), listing.passed_over));
    }
    // Refused members, like locked ones, are examined again by every run.
    let mut whole = listing.gaps.is_empty() && listing.problems.iter().all(|problem| problem.exit_bit == 0);
    walk.problems.extend(listing.problems.into_iter().map(|problem| (problem, path.clone())));
    walk.filled.extend(listing.filled);
    walk.gaps.extend(listing.gaps.into_iter().map(|gap| (gap, path.clone())));
    let mut members: Vec<FoundInput> = listing
        .members
        .into_iter()
        .map(|member| {
            let inside = member.locator().strip_prefix(input.locator()).unwrap_or(member.locator());
            let path = format!("{path}{inside}");
            FoundInput::inside(member, path, file.modified)
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

/// Splits the inputs into groups of at most 16 inputs and 64 MB. The split depends only on the inputs and their order.
pub fn groups(inputs: &[FoundInput]) -> Vec<&[FoundInput]> {
    const INPUTS: usize = 16;
    const BYTES: u64 = 64 * 1024 * 1024;
    let mut groups = Vec::with_capacity(inputs.len() / INPUTS + 1);
    let (mut start, mut bytes) = (0, 0);
    for (index, input) in inputs.iter().enumerate() {
        let size = input.size();
        if index > start && (index - start == INPUTS || bytes + size > BYTES) {
            groups.push(&inputs[start..index]);
            (start, bytes) = (index, 0);
        }
        bytes += size;
    }
    if start < inputs.len() {
        groups.push(&inputs[start..]);
    }
    groups
}
