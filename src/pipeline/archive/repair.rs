//! Mends a damaged archive (`liudi repair`): first its lists, then every file that is missing or has changed, from a
//! second copy, from files given for it, or by making it again from the evidence that the archive holds.
//!
//! Every byte is read before anything is written, and only the bytes that the manifests name are put into a place where
//! something else, or nothing, was found: what is good is never overwritten.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::damage::{Damage, Place};
use super::repair_sources::Sources;
use super::session::Session;
use super::signature::{self, Mending};
use super::{ownership, state};
use crate::archive::bags::FOLDER_IN_PLACE;
use crate::archive::list_repair::{self, Known};
use crate::archive::verify::{self, Options};
use crate::archive::{self, Archive, lists};
use crate::error::{Error, Kind, Result};
use crate::model::{Class, Problem, Sha256, layout};
use crate::pipeline::backup::{self, BackupReport};
use crate::pipeline::closing::{fixity, private_files};
use crate::pipeline::host::Host;
use crate::platform;
use crate::store::{ArchiveLock, Catalog, Stage};
use crate::work::Work;

/// The options of a repair.
#[derive(Clone, Debug, Default)]
pub struct RepairOptions {
    /// Other copies of the archive, and folders and files that may hold what is lost.
    pub from: Vec<PathBuf>,
    /// Whether only to report what would be done.
    pub rehearses: bool,
}

/// Where the right bytes of a damaged file come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// What the archive itself still knows.
    Lists,
    /// A file of another copy, or one that was given.
    Copy(String),
    /// The evidence, from which it is made again.
    Evidence,
}

/// A damaged file that was mended, or would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mended {
    /// Path in the archive.
    pub path: String,
    /// Where its bytes come from.
    pub from: Origin,
}

/// The result of a repair.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RepairReport {
    /// Whether this is only a plan.
    pub rehearsed: bool,
    /// Number of files that were read.
    pub read_files: u64,
    /// Number of bytes that were read.
    pub read_bytes: u64,
    /// Whether the files of a bag can only be looked at once its list is mended: the plan does not name them.
    pub lists_first: bool,
    /// What was mended or would be, by path.
    pub mended: Vec<Mended>,
    /// What is still wrong.
    pub left: Vec<Problem>,
}

impl RepairReport {
    /// Reports whether nothing was found to be wrong.
    pub fn was_whole(&self) -> bool {
        self.mended.is_empty() && self.left.is_empty()
    }

    fn has_mended(&mut self, path: String, from: Origin) {
        self.left.retain(|problem| problem.locator != path);
        self.mended.push(Mended { path, from });
    }
}

/// Codes of the findings about single files of the payload.
const PAYLOAD: &[&str] = &[
    FOLDER_IN_PLACE,
    "payload-corrupt",
    "payload-missing",
    "payload-renamed",
    "payload-special",
    "payload-unreadable",
];
/// Findings that say no more than that sizes do not add up.
const SIZES: &str = "oxum-mismatch";

/// Reports whether only the owner can mend a fault: something of theirs may be in the archive.
pub fn is_for_the_owner(problem: &Problem) -> bool {
    matches!(&*problem.code, FOLDER_IN_PLACE | "payload-extra")
}

/// Mends the archive at `root`.
///
/// # Errors
/// `archive-unfinished`; `archive-folder-displaced`; `repair-from-itself`; `input-not-found` for a source; `archive-locked`; `interrupted`.
pub fn repair(root: &Path, options: &RepairOptions, host: &dyn Host) -> Result<RepairReport> {
    state::check_finished(root)?;
    let work = host.work();
    let sources = Sources::open(root, &options.from)?;
    let Checked { mut report, lost, can_derive } = with_copies(root, options, &sources, host, &work)?;
    if !can_derive {
        // Without the working state nothing says that what the rest would be made from is right.
        if !options.rehearses && !report.was_whole() {
            report.left = remaining(root, std::mem::take(&mut report.left), &work)?;
            write_anew(root, &mut report, host)?;
        }
    } else if options.rehearses {
        for place in lost.keys() {
            if is_derived(place) {
                report.has_mended(archive::place(place.0, &place.1), Origin::Evidence);
            }
        }
    } else if !report.was_whole() {
        derive(root, lost, &mut report, host)?;
        report.left = remaining(root, std::mem::take(&mut report.left), &work)?;
        write_anew(root, &mut report, host)?;
    }
    match signature::mend(root, &sources.archives, !options.rehearses)? {
        Mending::Nothing => {}
        Mending::From(file) => {
            report.has_mended(layout::SIGNATURE.to_owned(), Origin::Copy(file.display().to_string()));
        }
        Mending::Lost => report.left.push(Problem::finding(signature::UNREADABLE, layout::SIGNATURE)),
    }
    report.mended.sort_by(|a, b| a.path.cmp(&b.path));
    if !options.rehearses || report.was_whole() {
        let files: HashSet<&str> = report.mended.iter().map(|mended| mended.path.as_str()).collect();
        fixity::mended(root, &files, report.left.is_empty())?;
    }
    Ok(report)
}

/// What a look at every byte found.
struct Checked {
    report: RepairReport,
    /// What is still lost.
    lost: BTreeMap<Place, Sha256>,
    /// Whether the working state is that of the bags, so that derived files can be made again.
    can_derive: bool,
}

/// Writes what the bags say of themselves, and the README, anew if they are damaged and every file is there to be counted.
fn write_anew(root: &Path, report: &mut RepairReport, host: &dyn Host) -> Result<()> {
    if !report.left.iter().any(is_written_anew) || report.left.iter().any(|problem| !keeps_the_lists(problem)) {
        return Ok(());
    }
    let (anew, others): (Vec<Problem>, _) = std::mem::take(&mut report.left).into_iter().partition(is_written_anew);
    let session = match Session::open_for(root, host) {
        Ok(session) => session,
        Err(error) if error.kind() == Kind::Findings => {
            report.left = others.into_iter().chain(anew).collect();
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    match private_files::recount(&session, &host.work()) {
        Ok(_) => {}
        // Nothing was written: the folder is named.
        Err(error) if error.code() == archive::commit::BLOCKED => {
            report.left = others.into_iter().chain(anew).collect();
            return Ok(());
        }
        Err(error) => return Err(error),
    }
    drop(session);
    report.left = remaining(root, others, &host.work())?;
    let left: HashSet<String> = report.left.iter().map(|problem| problem.locator.clone()).collect();
    for problem in anew.into_iter().filter(|problem| !left.contains(&problem.locator)) {
        report.has_mended(problem.locator, Origin::Lists);
    }
    Ok(())
}

/// Reports whether a fault leaves the lists as they were, so that the files can be counted by them.
fn keeps_the_lists(problem: &Problem) -> bool {
    is_written_anew(problem) || archive::place_of(&problem.locator).is_some()
}

/// Reports whether a fault is of what every commit writes anew: what a bag says of itself, and the README.
fn is_written_anew(problem: &Problem) -> bool {
    let tags = [
        FOLDER_IN_PLACE,
        "anchor-mismatch",
        "payload-special",
        "tag-corrupt",
        "tag-missing",
        "tag-unreadable",
        "oxum-malformed",
        SIZES,
    ];
    list_repair::is_written_anew(&problem.locator) && tags.contains(&&*problem.code)
}

/// Mends the lists, reads everything, and mends what the sources hold. Returns what is still lost.
fn with_copies(
    root: &Path,
    options: &RepairOptions,
    sources: &Sources,
    host: &dyn Host,
    work: &Work<'_>,
) -> Result<Checked> {
    archive::check_frame(root)?;
    let lock = ArchiveLock::take(root, host.environment().now()?)?;
    archive::finish_pending(root)?;
    let catalog = root.join(layout::WORK).join(layout::CATALOG);
    // One that cannot be opened knows nothing; the session that follows replaces it.
    let catalog = catalog.is_file().then(|| Catalog::open(&catalog).ok()).flatten();
    let head = catalog.as_ref().map(|catalog| catalog.meta(super::session::MANIFESTS)).transpose()?.flatten();
    let known = Known { catalog: catalog.as_ref(), head: head.as_deref(), others: &sources.archives };
    let damaged_lists = list_repair::mend(root, &known, !options.rehearses)?;
    // In a rehearsal the anchor may still be damaged, and is right if its digest is known.
    let now = archive::commit::manifests_digest(root)?;
    let is_mended = damaged_lists.iter().any(|list| list.path == layout::SHA256SUMS && list.found.is_some());
    let are_right = damaged_lists.iter().all(|list| list.found.is_some() || list_repair::is_written_anew(&list.path));
    let is_known = |head: &str| head == now || (options.rehearses && is_mended);
    let can_derive = are_right && head.as_deref().is_some_and(is_known);
    drop(catalog);
    let archive = Archive::of_writer(root, &lock)?;
    let checked = verify::opened(&archive, Options::default(), work)?;
    work.check()?;
    let mut report = RepairReport {
        rehearsed: options.rehearses,
        read_files: checked.read_files,
        read_bytes: checked.read_bytes,
        left: checked.findings.into_iter().filter(|finding| finding.exit_bit != 0).collect(),
        ..RepairReport::default()
    };
    // That the sizes do not add up, or that there is no folder for them, follows from the files that are named.
    if report.left.iter().any(|finding| PAYLOAD.contains(&&*finding.code)) {
        report.left.retain(|finding| finding.code != SIZES && !is_missing_folder(root, finding));
    }
    for list in damaged_lists {
        let Some(found) = list.found else { continue };
        let from = match found {
            list_repair::Source::Itself => Origin::Lists,
            list_repair::Source::Other(file) => Origin::Copy(file.display().to_string()),
        };
        report.has_mended(list.path, from);
    }
    if options.rehearses {
        // Of a bag whose list is only planned to be mended nothing is known yet.
        let suffix = format!("/{}", lists::MANIFEST);
        let listless: Vec<&str> =
            report.mended.iter().filter_map(|mended| mended.path.strip_suffix(suffix.as_str())).collect();
        let is_listed = |path: &str| !path.split_once('/').is_some_and(|(bag, _)| listless.contains(&bag));
        report.left.retain(|finding| finding.code != "payload-extra" || is_listed(&finding.locator));
        report.lists_first = !listless.is_empty();
    }
    let mut lost = wanted(&archive, &report.left);
    let moved = moved(root, &report.left);
    // What a link leads to may be the file itself.
    let linked = report.left.iter().filter(|finding| finding.code == "payload-special");
    let linked = linked.filter_map(|finding| std::fs::canonicalize(root.join(&finding.locator)).ok());
    let near = moved.iter().cloned().chain(linked).collect();
    let places = sources.find(&lost, near, work)?;
    let stage = Stage::open(root, &lock)?;
    for ((class, path), digest) in lost.clone() {
        let Some(file) = places.get(&digest) else { continue };
        work.check()?;
        // A folder with something in it is somebody's own.
        if archive.blocked(class, &path).is_some() {
            continue;
        }
        if !options.rehearses {
            if !restore(&archive, &stage, (class, &path), &digest, file)? {
                continue;
            }
            // Moved inside the archive: it is where it belongs again.
            if moved.contains(file) {
                platform::remove_file(file).map_err(|error| Error::disk("restore-failed", file.display(), error))?;
            }
        }
        report.has_mended(archive::place(class, &path), Origin::Copy(file.display().to_string()));
        lost.remove(&(class, path));
    }
    Ok(Checked { report, lost, can_derive })
}

/// Puts a lost file back from `file`; false if that is no longer what it was, or cannot be read.
fn restore(
    archive: &Archive,
    stage: &Stage,
    (class, path): (Class, &str),
    digest: &Sha256,
    file: &Path,
) -> Result<bool> {
    let staged = match platform::open_file(file).map(|mut file| stage.put(&mut file, None)) {
        Ok(Ok(staged)) => staged,
        Ok(Err(error)) if error.kind() == Kind::Disk => return Err(error),
        _ => return Ok(false),
    };
    if staged.sha256 != *digest {
        return Ok(false);
    }
    archive.clear_way(class, path)?;
    archive.restore(stage, class, path, digest, true)?;
    Ok(true)
}

/// Makes what is derived again from the evidence, and remembers the rest for the next run over the inputs.
fn derive(root: &Path, lost: BTreeMap<Place, Sha256>, report: &mut RepairReport, host: &dyn Host) -> Result<()> {
    if lost.is_empty() {
        return Ok(());
    }
    let session = Session::open_for(root, host)?;
    for (class, path) in lost.keys() {
        session.archive().clear_way(*class, path)?;
    }
    let damage = Damage::of(lost);
    damage.expect(&session);
    damage.derive(&session)?;
    let run = session.begin()?;
    let own = ownership::decide(&session.catalog, None)?;
    let (committed, findings) =
        backup::commit_only(&session, run, own.as_ref(), &host.work(), &mut BackupReport::default(), &damage)?;
    let left: HashSet<&str> = findings.iter().map(|finding| finding.locator.as_str()).collect();
    for (place, _) in damage.files() {
        let path = archive::place(place.0, &place.1);
        if !left.contains(path.as_str()) {
            report.has_mended(path, Origin::Evidence);
        }
    }
    if !committed {
        return Err(Error::interrupted());
    }
    session.catalog.finish_run(run)
}

/// Makes those of the public files at `damaged` again that are derived; the paths are those of messages, as an export names
/// what it found changed. Returns the number of mended files.
pub(crate) fn mend_public(root: &Path, damaged: &[String], host: &dyn Host) -> Result<u64> {
    let folder = archive::shown(root, Class::Public, "");
    let inside = |path: &String| Some(platform::slashed(Path::new(path).strip_prefix(&folder).ok()?));
    let damaged: HashSet<String> = damaged.iter().filter_map(inside).collect();
    let mut lost = BTreeMap::new();
    Archive::open(root)?.each(Class::Public, |path, digest| {
        let place = (Class::Public, path.to_owned());
        if damaged.contains(path) && is_derived(&place) {
            lost.insert(place, digest);
        }
        Ok(())
    })?;
    let mut report = RepairReport::default();
    derive(root, lost, &mut report, host)?;
    Ok(report.mended.len() as u64)
}

/// Returns what is still wrong: the findings about content, and what a look at names and sizes finds now.
fn remaining(root: &Path, content: Vec<Problem>, work: &Work<'_>) -> Result<Vec<Problem>> {
    let names_only = Options { read_per_mille: Some(0), ..Options::default() };
    let mut left: Vec<Problem> = verify::archive(root, names_only, work)?.findings;
    left.retain(|finding| finding.exit_bit != 0);
    let known: BTreeSet<(String, String)> = left.iter().map(|one| (one.code.clone(), one.locator.clone())).collect();
    let is_content = |problem: &Problem| {
        let is_file = archive::place_of(&problem.locator).is_some() || list_repair::is_written_anew(&problem.locator);
        is_file && matches!(&*problem.code, "payload-corrupt" | "payload-unreadable" | "tag-corrupt" | "tag-unreadable")
    };
    left.extend(
        content
            .into_iter()
            .filter(|problem| is_content(problem) && !known.contains(&(problem.code.clone(), problem.locator.clone()))),
    );
    // That the sizes do not add up follows from the files that are named.
    if left.iter().any(|problem| PAYLOAD.contains(&&*problem.code)) {
        left.retain(|problem| problem.code != SIZES);
    }
    left.sort_by(|a, b| (&a.locator, &a.code).cmp(&(&b.locator, &b.code)));
    Ok(left)
}

/// Reports whether a finding says that a bag has no folder for its payload.
fn is_missing_folder(root: &Path, finding: &Problem) -> bool {
    archive::is_payload_folder(&finding.locator) && !root.join(&finding.locator).exists()
}

/// Returns the payload files that findings are about, with the digests that they should have.
fn wanted(archive: &Archive, findings: &[Problem]) -> BTreeMap<Place, Sha256> {
    let faulty = findings.iter().filter(|finding| PAYLOAD.contains(&&*finding.code));
    let faulty: HashSet<Place> = faulty.filter_map(|finding| archive::place_of(&finding.locator)).collect();
    let mut lost = BTreeMap::new();
    if faulty.is_empty() {
        return lost;
    }
    for class in [Class::Public, Class::Private] {
        // A manifest that cannot be read to its end has been named among the lists.
        let _ = archive.each(class, |path, digest| {
            let place = (class, path.to_owned());
            if faulty.contains(&place) {
                lost.insert(place, digest);
            }
            Ok(())
        });
    }
    lost
}

/// Returns the files that were renamed inside the archive.
fn moved(root: &Path, findings: &[Problem]) -> Vec<PathBuf> {
    let renamed = findings.iter().filter(|finding| finding.code == "payload-renamed");
    let to = |finding: &Problem| finding.arguments.iter().find(|(name, _)| name == "to").map(|(_, to)| root.join(to));
    renamed.filter_map(to).collect()
}

/// Reports whether a file is made from others: not given by anybody and not recorded by the owner.
fn is_derived((class, path): &Place) -> bool {
    !layout::is_given(*class, path)
}
