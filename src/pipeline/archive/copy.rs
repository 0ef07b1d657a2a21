//! Makes a second copy of an archive (`liudi copy`): copies what is not there yet, reads the whole copy back, and records it
//! as the second copy that a closing requires.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{state, store};
use crate::archive::verify::{self, Options};
use crate::archive::{self, Archive, copy as bags};
use crate::audit::fill;
use crate::error::{Error, Kind, Result};
use crate::model::{Class, Problem, StoreAddress, Time, layout};
use crate::pipeline::closing::evidence::{self, NewRecord, Record};
use crate::pipeline::closing::records::RecordBook;
use crate::pipeline::host::Host;
use crate::platform;
use crate::store::ArchiveLock;

/// The result of a copy.
#[derive(Clone, Debug, Serialize)]
pub struct CopyReport {
    /// Folder of the copy.
    pub copy: PathBuf,
    /// Number of files that were copied.
    pub files: u64,
    /// Number of bytes that were copied.
    pub bytes: u64,
    /// Number of files that an earlier copy had already, as they should be.
    pub kept: u64,
    /// Number of files of an earlier copy that the archive no longer has, removed from it.
    pub removed: u64,
    /// Damaged files of the original: the copy lacks them and is not finished.
    pub damaged: Vec<Problem>,
    /// Whether the copy was read from the disk itself; false where the system may have answered from its memory.
    pub read_from_disk: bool,
    /// Whether the copy is recorded as the second one; false if the original cannot be written.
    pub recorded: bool,
}

/// The record of a second copy.
const SECOND_COPY: &str = "second_copy_digest";

/// The second copy that is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondCopy {
    /// Its folder, if it is known.
    pub place: Option<PathBuf>,
    /// Time of the record.
    pub at: Time,
    /// Whether it is of the archive as it is now.
    pub is_current: bool,
}

/// Returns the second copy that is recorded for the archive at `root`.
///
/// # Errors
/// Those of opening the archive and of reading its records.
pub fn recorded(root: &Path, host: &dyn Host) -> Result<Option<SecondCopy>> {
    let book = RecordBook::open(root, host)?;
    let record = book.evidence().newest(SECOND_COPY);
    let Some((record, digest)) = record.and_then(|record| Some((record, record.value.parse().ok()?))) else {
        return Ok(None);
    };
    let is_current = fill::content_digest(&Archive::open(root)?)? == Some(digest);
    Ok(Some(SecondCopy { place: record.note.as_ref().map(PathBuf::from), at: record.at, is_current }))
}

/// Copies the archive at `root` to `target`: into it if it is new, empty, or an earlier copy, otherwise into a folder of
/// the archive's name inside it.
///
/// # Errors
/// `copy-into-itself`, `copy-target-taken`, `copy-of-more`, `copy-in-use`, `copy-failed`, `copy-no-room`, `archive-damaged`,
/// `archive-folder-displaced`, `second-copy-damaged`;
/// `interrupted`, after which the next copy goes on.
pub fn copy(root: &Path, target: &Path, host: &dyn Host) -> Result<CopyReport> {
    if let Some(address) = store::address_of(target)? {
        return into_store(root, &address, false, host);
    }
    let is_in_store = store::address_of(root)?.is_some();
    state::check_finished(root)?;
    archive::check_frame(root)?;
    let target = destination(root, target)?;
    finish_commit(root, host)?;
    let archive = Archive::open(root)?;
    if !archive.is_pending() && !is_in_store {
        // What its lists have lost would be removed from the copy.
        archive::check_tags(root)?;
    }
    check_nothing_is_only_in(&target, &archive)?;
    let done = bags::copy(&archive, &target, false, &host.work())?;
    // Its lock would keep the record from being written.
    drop(archive);
    let mut report = CopyReport {
        copy: target,
        files: done.files,
        bytes: done.bytes,
        kept: done.kept,
        removed: done.removed,
        damaged: done.damaged,
        read_from_disk: platform::READS_FROM_DISK,
        recorded: false,
    };
    if !report.damaged.is_empty() {
        return Ok(report);
    }
    let digest = evidence::check_second_copy(root, &report.copy, host)?.to_string();
    if state::cannot_be_kept(root) {
        return Ok(report);
    }
    report.recorded = true;
    let book = RecordBook::open(root, host)?;
    let place = std::fs::canonicalize(&report.copy).unwrap_or_else(|_| report.copy.clone());
    let place = platform::plain(&place).display().to_string();
    let is_recorded = |record: &Record| record.value == digest && record.note.as_deref() == Some(&place);
    if book.evidence().newest(SECOND_COPY).is_some_and(is_recorded) {
        // A record more would change the archive, and make a signature one of an earlier state.
        return Ok(report);
    }
    let new = NewRecord { key: SECOND_COPY.to_owned(), value: digest, note: Some(place), ..NewRecord::default() };
    evidence::add(book, &new, host)?;
    // The record itself belongs into the copy, which is then the archive as it is now.
    let done = bags::copy(&Archive::open(root)?, &report.copy, true, &host.work())?;
    report.damaged = done.damaged;
    let names_only = Options { read_per_mille: Some(0), from_disk: true, ..Options::default() };
    let found = verify::archive(&report.copy, names_only, &host.work())?;
    report.damaged.extend(found.findings.into_iter().filter(|finding| finding.exit_bit != 0));
    Ok(report)
}

/// Sends the archive at `root` to the store at `address`, reads back what was sent, and records it as the second copy. With
/// `is_working_copy`, `root` is what [`store::fetch`] brings up to date, and nothing is replaced that came there meanwhile.
///
/// # Errors
/// Those of a copy, and of the store.
#[cfg(feature = "cloud")]
pub fn into_store(root: &Path, address: &StoreAddress, is_working_copy: bool, host: &dyn Host) -> Result<CopyReport> {
    if StoreAddress::is_meant(root) {
        return Err(Error::usage("store-to-store").with("path", root.display()));
    }
    let send = if is_working_copy { store::push } else { store::send };
    let sent = send(root, address, None, host)?;
    let mut report = CopyReport {
        copy: address.path(),
        files: sent.files,
        bytes: sent.bytes,
        kept: sent.kept,
        removed: 0,
        damaged: sent.damaged,
        read_from_disk: true,
        recorded: false,
    };
    if !report.damaged.is_empty() || state::cannot_be_kept(root) {
        return Ok(report);
    }
    let Some(digest) = fill::content_digest(&Archive::open(root)?)?.map(|digest| digest.to_string()) else {
        return Ok(report);
    };
    report.recorded = true;
    let book = RecordBook::open(root, host)?;
    let place = address.to_string();
    let is_recorded = |record: &Record| record.value == digest && record.note.as_deref() == Some(&place);
    if book.evidence().newest(SECOND_COPY).is_some_and(is_recorded) {
        return Ok(report);
    }
    let new = NewRecord { key: SECOND_COPY.to_owned(), value: digest, note: Some(place), ..NewRecord::default() };
    evidence::add(book, &new, host)?;
    // The record itself belongs into the copy, which is then the archive as it is now.
    report.damaged = send(root, address, None, host)?.damaged;
    Ok(report)
}

/// Names what this build lacks.
///
/// # Errors
/// `cloud-not-built`.
#[cfg(not(feature = "cloud"))]
pub fn into_store(_: &Path, address: &StoreAddress, _: bool, _: &dyn Host) -> Result<CopyReport> {
    Err(Error::usage("cloud-not-built").with("address", address))
}

/// The owner's records, inside the private bag's `data/`: lists that are only added to.
const RECORDS: &[&str] = &["readiness/events.json", "readiness/evidence.json", "readiness/waivers.json"];

/// Checks that an earlier copy in `target` holds nothing that somebody gave or recorded and `archive` does not: it is one of a
/// later state, or of another archive, and would lose it.
///
/// # Errors
/// `copy-of-more` names the first such file, and says how many there are.
pub(super) fn check_nothing_is_only_in(target: &Path, archive: &Archive) -> Result<()> {
    let mut only = bags::only_in_copy(archive, target)?;
    for path in RECORDS {
        let records = |bytes: Option<Vec<u8>>| -> Vec<serde_json::Value> {
            let file = bytes.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
            let lists = file.into_iter().flat_map(|file| file.as_object().cloned().unwrap_or_default());
            lists.flat_map(|(_, list)| list.as_array().cloned().unwrap_or_default()).collect()
        };
        // A damaged one is named by the copying, and leaves that of the copy as it is.
        let Ok(own) = archive.bytes(Class::Private, path).map(records) else { continue };
        let copied = match StoreAddress::of(target)? {
            Some(_) => Archive::open(target)?.bytes(Class::Private, path).ok().flatten(),
            None => platform::read(archive::file_of(target, Class::Private, path)).ok(),
        };
        let copied = records(copied);
        if copied.iter().any(|record| !own.contains(record)) {
            only.push(archive::place(Class::Private, path));
        }
    }
    match only.first() {
        Some(first) => {
            let error = Error::usage("copy-of-more").with("path", target.display());
            Err(error.with("count", only.len()).with("first", first))
        }
        None => Ok(()),
    }
}

/// Finishes a commit of the archive at `root` that was broken off, so that after a copy both are whole. Somebody who is
/// writing has done so, and where nothing can be written the copy is made of what the commit would have moved.
pub(super) fn finish_commit(root: &Path, host: &dyn Host) -> Result<()> {
    if !Archive::open(root)?.is_pending() || state::cannot_be_kept(root) {
        return Ok(());
    }
    match ArchiveLock::take(root, host.environment().now()?) {
        Ok(_lock) => archive::finish_pending(root).map(|_| ()),
        Err(error) if error.kind() == Kind::Lock => Ok(()),
        Err(error) => Err(error),
    }
}

/// Returns the folder that becomes the copy if the archive at `root` is copied to `target`. Nothing is written.
///
/// # Errors
/// `copy-into-itself`, `copy-target-taken`.
pub fn destination(root: &Path, target: &Path) -> Result<PathBuf> {
    let full = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = if bags::may_take(target) {
        target.to_owned()
    } else {
        let name = full(root).file_name().map_or_else(|| layout::WORK.into(), PathBuf::from);
        target.join(name)
    };
    if target.is_file() || !bags::may_take(&folder) {
        return Err(Error::usage("copy-target-taken").with("path", folder.display()));
    }
    let (inner, outer) = (std::path::absolute(&folder).unwrap_or_else(|_| folder.clone()), full(root));
    let inner = inner.ancestors().find(|path| path.exists()).map_or(inner.clone(), full);
    if inner.starts_with(&outer) || (folder.exists() && full(&folder) == outer) {
        return Err(Error::usage("copy-into-itself").with("path", folder.display()));
    }
    if archive::was_written(&folder) && folder.join(layout::WORK).join(layout::CATALOG).is_file() {
        // Somebody writes into that one: it is an archive of its own, even if it began as a copy.
        return Err(Error::usage("copy-target-taken").with("path", folder.display()));
    }
    Ok(folder)
}
