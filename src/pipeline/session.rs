//! An archive opened for writing: the lock is held, an interrupted commit is finished, and the catalog agrees with the
//! bags.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::archive;
use crate::error::{Error, Result};
use crate::model::{Class, Time, layout};
use crate::platform;
use crate::store::ledger::LedgerStore;
use crate::store::lock::ArchiveLock;
use crate::store::stage::Stage;
use crate::store::{Catalog, Run};

/// An archive opened for writing.
pub struct Session {
    /// Its folder.
    pub root: PathBuf,
    /// The catalog.
    pub catalog: Catalog,
    /// Where new files wait.
    pub stage: Stage,
    /// Statement rows.
    pub ledger: LedgerStore,
    _lock: ArchiveLock,
    /// The run that this process began.
    begun: Cell<Option<i64>>,
}

impl Session {
    /// Opens or creates the archive at `root`.
    ///
    /// # Errors
    /// [`crate::error::Kind::Lock`] if another process writes to it, `archive-not-empty` if the folder holds other things.
    pub fn open(root: &Path) -> Result<Self> {
        check_folder(root)?;
        let work = root.join(layout::WORK);
        platform::create_private_folder(&work)
            .map_err(|error| Error::disk("archive-open-failed", work.display(), error))?;
        let lock = ArchiveLock::take(root, clock()?)?;
        archive::commit::finish_pending(root)?;
        let stage = Stage::open(root, &lock)?;
        let catalog = Catalog::open(&work.join("catalog.sqlite"))?;
        let ledger = LedgerStore::open(&work.join("ledger"))?;
        let session = Self { root: root.to_owned(), catalog, stage, ledger, _lock: lock, begun: Cell::new(None) };
        session.agree_with_bags()?;
        if session.catalog.is_new()? {
            super::rebuild::rebuild(&session)?;
        }
        Ok(session)
    }

    /// A commit whose renames were done but whose rows were not leaves the payload table behind the manifests.
    fn agree_with_bags(&self) -> Result<()> {
        let now = archive::commit::manifests_digest(&self.root)?;
        if self.catalog.meta("manifests")?.as_deref() == Some(now.as_str()) {
            return Ok(());
        }
        self.catalog.transaction(|_| {
            self.catalog.clear_payload()?;
            for bag in [Class::Public, Class::Private] {
                archive::bagit::each_payload(&layout::bag(&self.root, bag), |path, digest| {
                    self.catalog.set_payload(bag, path, Some(&digest))
                })?;
            }
            self.catalog.set_meta("manifests", &now)
        })
    }

    /// The clock a run would have now.
    pub(super) fn begin_clock(&self) -> Result<Time> {
        clock()
    }

    /// Begins a run, or goes on with the one that was interrupted.
    pub fn begin(&self) -> Result<Run> {
        let run = self.catalog.begin_run(clock()?)?;
        // One that this process itself began, to look before it goes, was not interrupted.
        let ours = self.begun.replace(Some(run.id)) == Some(run.id);
        Ok(Run { resumed: run.resumed && !ours, ..run })
    }
}

/// A folder that is empty, absent or an archive of ours; nothing else is written into.
fn check_folder(root: &Path) -> Result<()> {
    if !root.exists() || root.join(layout::WORK).is_dir() || root.join(layout::SHA256SUMS).is_file() {
        return Ok(());
    }
    let mut entries =
        std::fs::read_dir(root).map_err(|error| Error::disk("archive-open-failed", root.display(), error))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(Error::usage("archive-not-empty").with("path", root.display())),
    }
}

/// The run's one clock value: `SOURCE_DATE_EPOCH` if it is set, else now.
///
/// # Errors
/// `clock-invalid` if `SOURCE_DATE_EPOCH` is no number of seconds.
pub(super) fn clock() -> Result<Time> {
    match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(seconds) => seconds
            .trim()
            .parse()
            .ok()
            .and_then(Time::from_unix)
            .ok_or_else(|| Error::usage("clock-invalid").with("value", seconds)),
        Err(_) => {
            Time::from_unix(Timestamp::now().as_second()).ok_or_else(|| Error::other("clock-invalid").with("value", 0))
        }
    }
}
