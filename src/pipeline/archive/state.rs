//! The working state of an archive that is only read. It is never part of the archive: where it is missing, damaged or of
//! other bags, it is rebuilt from them; on a medium that cannot be written, in a temporary folder.

use std::path::Path;

use tempfile::TempDir;

use super::rebuild::{self, Target};
use super::session::{self, MANIFESTS, Session};
use crate::archive::Archive;
use crate::error::{Error, Kind, Result};
use crate::model::layout;
use crate::platform;
use crate::store::Catalog;
use crate::store::ledger::LedgerStore;

/// The catalog of an archive, which agrees with its bags.
pub struct State {
    /// The catalog.
    pub catalog: Catalog,
    /// Why it was rebuilt, as the code of a remark; `None` if it was as it should be.
    pub repaired: Option<&'static str>,
    /// Holds a catalog that could not be kept.
    _scratch: Option<TempDir>,
}

/// Opens the catalog of the archive at `root`, rebuilding it if need be.
///
/// # Errors
/// `rebuild-failed` if the bags are damaged, `archive-locked` if a process writes to an archive that has no catalog yet.
pub fn open(root: &Path) -> Result<State> {
    let kept = Catalog::open_to_read(&root.join(layout::WORK).join(layout::CATALOG));
    let now = Archive::open(root)?.head()?;
    let agrees = |catalog: &Catalog| -> Result<bool> {
        Ok(catalog.meta(rebuild::UNDER_WAY)?.is_none() && catalog.meta(MANIFESTS)?.as_deref() == Some(now.as_str()))
    };
    let kept = match kept {
        Some(catalog) if agrees(&catalog)? => return Ok(State { catalog, repaired: None, _scratch: None }),
        kept => kept,
    };
    match Session::open(root) {
        Ok(Session { catalog, repaired, .. }) => Ok(State { catalog, repaired, _scratch: None }),
        Err(error) => match (error.kind(), kept) {
            // The process that holds the lock is about to make them agree.
            (Kind::Lock, Some(catalog)) => Ok(State { catalog, repaired: None, _scratch: None }),
            _ if cannot_be_kept(root) => elsewhere(root),
            _ => Err(error),
        },
    }
}

/// Whether nothing can be written into the working state's folder.
pub(crate) fn cannot_be_kept(root: &Path) -> bool {
    let work = root.join(layout::WORK);
    let folder = if work.is_dir() { work.as_path() } else { root };
    tempfile::tempfile_in(folder).is_err_and(|error| platform::is_read_only(&error))
}

/// Rebuilds the catalog in a temporary folder.
fn elsewhere(root: &Path) -> Result<State> {
    let scratch = tempfile::tempdir()
        .map_err(|error| Error::disk("archive-open-failed", std::env::temp_dir().display(), error))?;
    let catalog = Catalog::open(&scratch.path().join(layout::CATALOG))?;
    let ledger = LedgerStore::open(&scratch.path().join(session::LEDGER))?;
    rebuild::rebuild(&Target {
        archive: &Archive::open(root)?,
        catalog: &catalog,
        ledger: &ledger,
        scratch: scratch.path(),
        clock: session::clock()?,
    })?;
    Ok(State { catalog, repaired: None, _scratch: Some(scratch) })
}
