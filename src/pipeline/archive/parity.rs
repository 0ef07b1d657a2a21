//! Recovery files in the format PAR2, against bit rot and lost pieces: made beside packs and used to mend them. The
//! arithmetic is that of the installed program `par2` (par2cmdline); its numbers of exit are those of its manual.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Serialize;

use crate::archive::bagit::read_entries;
use crate::archive::parcel::{Recovery, are_of_one, missing_packs, packs_among, recovery_index};
use crate::error::{Error, Result};
use crate::model::{Problem, Sha256};
use crate::pipeline::archive::recovery_files::{self, recovery_of};
use crate::pipeline::child;
use crate::pipeline::host::Host;
use crate::platform;
use crate::progress::Task;
use crate::store::stage::hash_file;
use crate::work::Work;

/// Exit status of par2 for files that are damaged and can be mended.
const CAN_BE_MENDED: i32 = 1;
/// Exit status of par2 for more damage than there is recovery for.
const BEYOND: i32 = 2;

/// Exit status of par2 for recovery files that lack what it begins with.
const UNREADABLE: i32 = 4;

/// The installed program.
#[derive(Clone, Debug)]
struct Par2(PathBuf);

impl Par2 {
    /// # Errors
    /// `parity-program-missing`.
    fn find() -> Result<Self> {
        platform::installed_program("par2").map(Self).ok_or_else(|| Error::usage("parity-program-missing"))
    }

    /// Runs in `folder`, so that only names without folders get into a recovery file; returns the exit status.
    fn run(&self, folder: &Path, verb: &str, options: &[&str], files: &[OsString], work: &Work<'_>) -> Result<i32> {
        let failed = || Error::other("parity-failed").with("path", folder.display()).with("program", self.0.display());
        // The program changes into another folder before it looks for itself.
        let program = std::path::absolute(&self.0).map_err(|error| failed().because(error))?;
        let step = work.progress.start(Task::Parity, None);
        let child = Command::new(program)
            .current_dir(folder)
            .args([verb, "-q", "-q"])
            .args(options)
            .arg("--")
            .args(files)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed().because(error))?;
        let status = child::wait(child, None, work)?;
        drop(step);
        status.and_then(|status| status.code()).ok_or_else(failed)
    }
}

/// Recovery files of a certain size beside packs.
#[derive(Clone, Debug)]
pub struct Parity {
    program: Par2,
    percent: u8,
}

impl Parity {
    /// Parses the size of the recovery files as a share of the packs: `5%`, `5`.
    ///
    /// # Errors
    /// `parity-invalid` for anything else than a whole number from 1 to 100, `parity-program-missing`.
    pub fn parse(text: &str) -> Result<Self> {
        let digits = text.trim().trim_end_matches(['%', '％']).trim_end();
        let percent = digits.parse().ok().filter(|percent| (1..=100).contains(percent));
        let percent = percent.ok_or_else(|| Error::usage("parity-invalid").with("value", text))?;
        Ok(Self { program: Par2::find()?, percent })
    }
}

impl Recovery for Parity {
    fn make(&self, folder: &Path, pack: &str, files: &[&str], work: &Work<'_>) -> Result<()> {
        let index = recovery_index(pack);
        let names: Vec<OsString> = [&*index].iter().chain(files).map(OsString::from).collect();
        match self.program.run(folder, "create", &[&format!("-r{}", self.percent), "-n1"], &names, work)? {
            0 => Ok(()),
            status => Err(failed(&folder.join(index), status)),
        }
    }
}

/// What became of the packs of one list of checksums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PackState {
    /// Nothing was wrong with them.
    Whole,
    /// They are damaged and would be mended.
    Mendable,
    /// They were damaged and are mended.
    Mended,
    /// They are damaged, and the recovery files are not enough.
    Beyond,
    /// They are damaged, and there are no recovery files for them.
    Unprotected,
}

impl PackState {
    /// Returns the code, as in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Mendable => "mendable",
            Self::Mended => "mended",
            Self::Beyond => "beyond",
            Self::Unprotected => "unprotected",
        }
    }

    /// Reports whether the packs are damaged and stay so.
    pub const fn is_lost(self) -> bool {
        matches!(self, Self::Beyond | Self::Unprotected)
    }
}

/// The packs of one list of checksums.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackMended {
    /// Name of the file by which they are known: of recovery files, or of the list.
    pub name: String,
    /// What became of them.
    pub state: PackState,
    /// Whether there are recovery files for them.
    pub recovery: bool,
}

/// What a look at a folder of packs found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PacksReport {
    /// The packs of each list of checksums.
    pub packs: Vec<PackMended>,
    /// Packs that cannot be checked or are not there, and recovery files that are damaged or missing.
    pub findings: Vec<Problem>,
}

impl PacksReport {
    /// Reports whether nothing is wrong, or no longer.
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty() && !self.packs.iter().any(|pack| pack.state.is_lost())
    }
}

/// The files of one list of checksums, and the recovery files for them.
#[derive(Debug)]
struct Set {
    /// Name of the pack.
    pack: String,
    /// Name of a recovery file, by which par2 finds the others.
    recovery: Option<String>,
    /// Name of the list; it may be lost.
    list: String,
    /// Files with their digests, as the list has them. None where it is lost or damaged: no list of ours is empty.
    listed: Vec<(String, Sha256)>,
}

impl Set {
    /// Reports whether a file is the pack or a part of it.
    fn is_own(&self, name: &str) -> bool {
        name.strip_prefix(self.pack.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// Returns the names of the files that are lost or damaged: of the list itself, if it says nothing.
    fn damaged(&self, folder: &Path) -> BTreeSet<&str> {
        // One that has lost the very line says nothing either.
        if !self.listed.iter().any(|(name, _)| self.is_own(name)) {
            return BTreeSet::from([self.list.as_str()]);
        }
        let is_right = |name: &str, digest| hash_file(&folder.join(name)).is_ok_and(|(found, _)| found == digest);
        let damaged = self.listed.iter().filter(|(name, digest)| !is_right(name, *digest));
        damaged.map(|(name, _)| name.as_str()).collect()
    }
}

/// Returns the sets of packs in a folder, in order.
fn sets(folder: &Path) -> Vec<Set> {
    let mut found: BTreeMap<String, Option<String>> = BTreeMap::new();
    for name in names(folder) {
        if let Some(pack) = name.strip_suffix(".sha256") {
            found.entry(pack.to_owned()).or_default();
        } else if let Some((pack, _)) = recovery_of(&name) {
            // The smallest comes first; it may be the one that is lost.
            found.entry(pack.to_owned()).or_default().get_or_insert_with(|| name.clone());
        }
    }
    found.retain(|pack, _| [".zip", ".zip.age"].iter().any(|end| pack.ends_with(end)));
    let set = |(pack, recovery): (String, Option<String>)| {
        let list = format!("{pack}.sha256");
        // Recovery files may mend a damaged one.
        Set { listed: listed(&folder.join(&list)).unwrap_or_default(), pack, list, recovery }
    };
    found.into_iter().map(set).collect()
}

/// Reads a list of checksums; one that is not there is empty.
fn listed(list: &Path) -> Result<Vec<(String, Sha256)>> {
    let mut listed = Vec::new();
    if list.is_file() {
        let file = platform::open_file(list).map_err(|error| Error::disk("parity-failed", list.display(), error))?;
        read_entries(file, list, |name, digest| {
            if !name.contains(['/', '\\']) {
                listed.push((name.to_owned(), digest));
            }
            Ok(())
        })?;
    }
    Ok(listed)
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(std::result::Result::ok);
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    files.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

/// Reports whether a folder holds packs, with recovery files or without.
pub fn has_packs(folder: &Path) -> bool {
    !sets(folder).is_empty() || !packs_among(&names(folder)).is_empty()
}

/// Mends the packs in `folder` with the recovery files beside them, or says what would be done.
///
/// # Errors
/// `parity-program-missing` if there are recovery files; `parity-failed`, `interrupted`.
pub fn mend(folder: &Path, rehearses: bool, host: &dyn Host) -> Result<PacksReport> {
    let sets = sets(folder);
    let has_recovery = sets.iter().any(|set| set.recovery.is_some());
    let program = if has_recovery { Some(Par2::find()?) } else { None };
    let work = host.work();
    let state = |set: &Set| match (&program, &set.recovery) {
        (Some(program), Some(recovery)) => mend_set(program, folder, recovery, set, rehearses, &work),
        _ => Ok(unprotected(folder, set)),
    };
    let mut states: Vec<PackState> = sets.iter().map(state).collect::<Result<_>>()?;
    // Some files are in several sets: what one set mends another need not.
    let of = |states: &[PackState], wanted| {
        let sets = sets.iter().zip(states).filter(move |(_, state)| **state == wanted);
        sets.flat_map(|(set, _)| set.listed.iter().map(|(name, _)| name.as_str())).collect::<BTreeSet<_>>()
    };
    let (mended, mendable) = (of(&states, PackState::Mended), of(&states, PackState::Mendable));
    for (set, known) in sets.iter().zip(&mut states).filter(|(_, state)| state.is_lost()) {
        if !mended.is_empty() {
            *known = state(set)?;
            // What the other set mended was all that was wrong.
            *known = if *known == PackState::Whole { PackState::Mended } else { *known };
        } else if !mendable.is_empty() && set.damaged(folder).is_subset(&mendable) {
            *known = PackState::Mendable;
        }
    }
    let findings = findings(folder, &sets, &work)?;
    let pack = |(set, state): (Set, PackState)| {
        // Of recovery files that are damaged it is not said that nothing is wrong with them.
        let beginning = format!("{}.", set.pack);
        let is_named = |name: &str| name.ends_with(".par2") && name.starts_with(&beginning);
        let recovery = set.recovery.is_some();
        let name = set.recovery.filter(|_| !findings.iter().any(|finding| is_named(&finding.locator)));
        PackMended { recovery, name: name.unwrap_or(set.list), state }
    };
    let packs = sets.into_iter().zip(states).map(pack).collect();
    Ok(PacksReport { packs, findings })
}

/// Returns what becomes of packs for which the recovery files are not enough. These may be damaged themselves, so that `par2`
/// does not know what a file was; the packs are whole if the list names them all and has them so.
fn beyond(folder: &Path, set: &Set) -> PackState {
    let names = names(folder);
    let is_listed = |name: &&str| set.listed.iter().any(|(listed, _)| listed == name);
    let are_listed = packs_among(&names).iter().filter(|name| set.is_own(name)).all(is_listed);
    if are_listed && set.damaged(folder).is_empty() { PackState::Whole } else { PackState::Beyond }
}

/// Compares packs with their list alone.
fn unprotected(folder: &Path, set: &Set) -> PackState {
    if set.damaged(folder).is_empty() { PackState::Whole } else { PackState::Unprotected }
}

/// Returns what no list of checksums tells: packs that none names, packs that are not there, and recovery files that could
/// not be relied on.
fn findings(folder: &Path, sets: &[Set], work: &Work<'_>) -> Result<Vec<Problem>> {
    let names = names(folder);
    let (mut findings, mut known) = (Vec::new(), BTreeSet::new());
    for set in sets {
        // It may have been mended.
        known.extend(listed(&folder.join(&set.list)).unwrap_or_default().into_iter().map(|(name, _)| name));
        if set.recovery.is_some() {
            let files = recovery_files::check(folder, &set.pack, &names, work)?;
            findings.extend(files.findings);
            known.extend(files.protected);
        } else if sets.iter().any(|other| other.recovery.is_some() && are_of_one(&other.pack, &set.pack)) {
            // They are made for all packs of an archive, or for none.
            findings.push(Problem::finding("parity-file-missing", recovery_index(&set.pack)));
        }
    }
    let is_known = |name: &str| known.contains(name);
    let unlisted = packs_among(&names).into_iter().filter(|name| !is_known(name));
    findings.extend(unlisted.map(|name| Problem::finding("packs-unlisted", name)));
    // What a list names has been compared with it.
    let missing = missing_packs(folder, &names).into_iter().filter(|name| !is_known(name));
    findings.extend(missing.map(|name| Problem::finding("packs-absent", name)));
    Ok(findings)
}

fn mend_set(
    program: &Par2,
    folder: &Path,
    index: &str,
    set: &Set,
    rehearses: bool,
    work: &Work<'_>,
) -> Result<PackState> {
    let before = names(folder);
    // The others too: a pack may have been renamed, or moved aside by a run that was stopped.
    let others = before.iter().filter(|name| !name.ends_with(".par2"));
    let files: Vec<OsString> = [index].into_iter().map(OsString::from).chain(others.map(OsString::from)).collect();
    match program.run(folder, "verify", &[], &files, work)? {
        0 => return Ok(PackState::Whole),
        CAN_BE_MENDED if rehearses => return Ok(PackState::Mendable),
        CAN_BE_MENDED => {}
        BEYOND => return Ok(beyond(folder, set)),
        UNREADABLE => return Ok(unprotected(folder, set)),
        status => return Err(failed(&folder.join(index), status)),
    }
    match program.run(folder, "repair", &[], &files, work)? {
        0 => {}
        BEYOND => return Ok(beyond(folder, set)),
        status => return Err(failed(&folder.join(index), status)),
    }
    if !settle(folder, set, &before)? {
        return Ok(PackState::Beyond);
    }
    Ok(PackState::Mended)
}

/// Compares mended packs with their list of checksums, which is among them, makes them durable, and removes the damaged ones
/// that were moved aside, `NAME.1`. Returns whether all are what they were.
fn settle(folder: &Path, set: &Set, before: &BTreeSet<String>) -> Result<bool> {
    let disk = |error| Error::disk("parity-failed", folder.display(), error);
    // The list may have been mended too.
    let list = folder.join(&set.list);
    let listed = listed(&list)?;
    for (name, digest) in &listed {
        let path = folder.join(name);
        if hash_file(&path).map(|(found, _)| found).ok() != Some(*digest) {
            return Ok(false);
        }
        platform::sync_file(&path).map_err(disk)?;
    }
    if list.is_file() {
        platform::sync_file(&list).map_err(disk)?;
    }
    let is_moved_aside = |name: &&String| {
        let base = name.rsplit_once('.').filter(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()));
        let is_of_set = |base: &str| base == set.list || listed.iter().any(|(listed, _)| listed == base);
        !before.contains(*name) && base.is_some_and(|(base, _)| is_of_set(base))
    };
    for name in names(folder).iter().filter(is_moved_aside) {
        platform::remove_file(folder.join(name)).map_err(disk)?;
    }
    platform::sync_folder(folder).map_err(disk)?;
    Ok(true)
}

fn failed(path: &Path, status: i32) -> Error {
    Error::other("parity-failed").with("path", path.display()).with("program", "par2").with("status", status)
}
