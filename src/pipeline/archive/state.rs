//! Inspects the folder of an archive without opening it.

use std::path::Path;

use crate::archive;
use crate::error::{Error, Result};
use crate::export::Include;
use crate::model::{Class, StoreAddress, layout};
use crate::platform;
use crate::store::Catalog;

/// Returns the path of the ledger of the archive at `root`, if there is one.
pub fn ledger(root: &Path) -> Option<String> {
    let ledgers = [layout::LEDGER, layout::LARGE_LEDGER].map(|path| archive::shown(root, Class::Private, path));
    ledgers.into_iter().find(|path| Path::new(path).is_file())
}

/// Reports whether the archive at `root` may hold the private data of an export.
pub fn holds(root: &Path, include: Include) -> bool {
    match include {
        Include::Bills => ledger(root).is_some(),
        Include::Evidence => Path::new(&archive::shown(root, Class::Private, layout::EVIDENCE_INDEX)).is_file(),
    }
}

/// Reports whether the folder at `path` is an archive, or one that is being made.
pub fn is_archive(path: &Path) -> bool {
    path.join(layout::SHA256SUMS).is_file()
        || path.join(layout::WORK).is_dir()
        || path.join(layout::COMMITTING).is_file()
        || archive::has_lists(path)
}

/// Returns how many files the first run has read so far, if the archive at `root` is that of a first run which has not
/// ended, or was ended before its end: there is nothing in it yet that could be looked at or be damaged.
pub fn unfinished(root: &Path) -> Option<u64> {
    let work = root.join(layout::WORK);
    if !work.is_dir() || archive::was_written(root) {
        return None;
    }
    let catalog = work.join(layout::CATALOG);
    // A run begins by making it. Of one that cannot be read it is unknown what was written.
    if catalog.is_file() { Catalog::begun_at(&catalog).ok().flatten() } else { Some(0) }
}

/// Reports whether the last commit into the archive at `root` has not ended: it was stopped, or the program was ended. What
/// it brought is not all in the tables and the gaps.
pub fn is_unfinished(root: &Path) -> bool {
    Path::new(&archive::shown(root, Class::Private, layout::UNFINISHED)).is_file()
}

/// Reports whether the folder at `path` is a copy that was broken off: what it lacks is not damage.
pub fn is_unfinished_copy(path: &Path) -> bool {
    archive::copy::is_unfinished(path)
}

/// Reports whether anything of an archive was ever written in the folder at `path`, be it whole, half or damaged.
pub fn was_written(path: &Path) -> bool {
    archive::was_written(path)
}

/// Fails for an archive of which nothing was written yet.
///
/// # Errors
/// `archive-unfinished`.
pub fn check_finished(root: &Path) -> Result<()> {
    match unfinished(root) {
        Some(count) => Err(Error::usage("archive-unfinished").with("path", root.display()).with("count", count)),
        None => Ok(()),
    }
}

/// Reports whether the folder at `path` is an archive of which something was written.
pub fn holds_anything(path: &Path) -> bool {
    is_archive(path) && unfinished(path).is_none()
}

/// Reports whether the folder of the working state is read-only.
pub(crate) fn cannot_be_kept(root: &Path) -> bool {
    if StoreAddress::is_meant(root) {
        return true;
    }
    let work = root.join(layout::WORK);
    let folder = if work.is_dir() { work.as_path() } else { root };
    tempfile::tempfile_in(folder).is_err_and(|error| platform::is_read_only(&error))
}
