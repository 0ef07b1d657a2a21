//! Opens an archive for writing: takes the lock, finishes an interrupted commit and makes the catalog agree with the
//! bags.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use super::rebuild::{self, Target};
use crate::archive::list_repair::{self, Known};
use crate::archive::{self, Archive, evidence, verify};
use crate::error::{Error, Kind, Result};
use crate::model::{Class, Problem, Time, layout};
use crate::pipeline::environment::Environment;
use crate::pipeline::host::{Event, Host};
use crate::platform;
use crate::store::catalog;
use crate::store::ledger::LedgerStore;
use crate::store::lock::ArchiveLock;
use crate::store::stage::Stage;
use crate::store::{Catalog, Run};
use crate::work::Work;

/// An archive opened for writing.
pub struct Session {
    /// Folder of the archive.
    pub root: PathBuf,
    /// Catalog.
    pub catalog: Catalog,
    /// Stage for new files.
    pub stage: Stage,
    /// Rows of the statements.
    pub ledger: LedgerStore,
    /// Code of the remark that explains why the working state was rebuilt; `None` if it was intact.
    pub repaired: Option<&'static str>,
    /// Whether what a bag says of itself is lost or damaged; a commit writes it anew.
    pub(crate) lacks_description: bool,
    archive: Archive,
    _lock: ArchiveLock,
    environment: Environment,
    /// Run that this process began.
    begun: Cell<Option<i64>>,
}

impl Session {
    /// Opens or creates the archive at `root`.
    ///
    /// # Errors
    /// [`crate::error::Kind::Lock`] if another process writes to it, `archive-not-empty` if the folder contains other
    /// files, `archive-folder-displaced`.
    pub fn open(root: &Path) -> Result<Self> {
        Self::open_in(root, Environment::real(), &Work::default())
    }

    /// Opens or creates the archive at `root` and reports a rebuild of the working state to `host`.
    ///
    /// # Errors
    /// As [`Session::open`]; `interrupted` if a rebuild was cancelled; the next session restarts it.
    pub fn open_for(root: &Path, host: &dyn Host) -> Result<Self> {
        let session = Self::open_in(root, host.environment(), &host.work())?;
        if let Some(why) = session.repaired {
            host.hear(Event::Repaired(why));
        }
        Ok(session)
    }

    fn open_in(root: &Path, environment: &Environment, work: &Work<'_>) -> Result<Self> {
        check_folder(root)?;
        archive::check_frame(root)?;
        let folder = root.join(layout::WORK);
        platform::create_private_folder(&folder)
            .map_err(|error| Error::disk("archive-open-failed", folder.display(), error))?;
        let now = environment.now()?;
        let lock = ArchiveLock::take(root, now)?;
        archive::commit::finish_pending(root)?;
        let archive = Archive::of_writer(root, &lock)?;
        let stage = Stage::open(root, &lock)?;
        let (mut catalog, mut repaired) = open_catalog(&folder)?;
        let head = catalog.meta(MANIFESTS)?;
        let known = Known { catalog: Some(&catalog), head: head.as_deref(), others: &[] };
        let damaged = list_repair::mend(root, &known, true)?;
        if damaged.iter().any(|list| list.found.is_some()) {
            repaired = Some("lists-mended");
        }
        let lacks_description =
            damaged.iter().any(|list| list.found.is_none() && list_repair::is_written_anew(&list.path));
        check_lists(root, head.as_deref())?;
        if !agrees(&archive, &catalog, &stage)? {
            check_whole(&archive, work)?;
            drop(catalog);
            discard_state(&folder)?;
            catalog = Catalog::open(&folder.join(layout::CATALOG))?;
            repaired = Some("state-outdated");
        }
        let ledger = LedgerStore::open(&folder.join(LEDGER))?;
        let begun = Cell::new(None);
        if catalog.is_new()? {
            if repaired != Some("state-outdated")
                && let Err(error) = check_whole(&archive, work)
            {
                // Nobody is to take it for the working state of these bags.
                drop(catalog);
                discard_state(&folder)?;
                return Err(error);
            }
            let into =
                Target { archive: &archive, catalog: &catalog, ledger: &ledger, scratch: &folder, clock: now, work };
            rebuild::rebuild(&into)?;
        }
        Ok(Self {
            root: root.to_owned(),
            catalog,
            stage,
            ledger,
            repaired,
            lacks_description,
            archive,
            _lock: lock,
            environment: environment.clone(),
            begun,
        })
    }

    /// Returns the bags as of the last commit.
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    /// Returns the environment the session was opened in.
    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Returns the clock that a run would have now.
    pub(crate) fn begin_clock(&self) -> Result<Time> {
        self.environment.now()
    }

    /// Begins a run, or resumes the interrupted one.
    pub fn begin(&self) -> Result<Run> {
        let run = self.catalog.begin_run(self.environment.now()?)?;
        // A run that this process itself began for probing was not interrupted.
        let ours = self.begun.replace(Some(run.id)) == Some(run.id);
        Ok(Run { resumed: run.resumed && !ours, ..run })
    }
}

/// Key of the catalog's `meta` for the manifests that it was last compared with.
pub const MANIFESTS: &str = "manifests";
/// Folder of the statement rows inside the working state.
pub(crate) const LEDGER: &str = "ledger";

/// Reports whether the catalog belongs to these bags. A commit interrupted between its renames and its rows leaves the
/// payload table behind the manifests, which is repaired here. Bags from another machine or an older copy contain
/// evidence that the catalog lacks, or lack evidence that it refers to.
fn agrees(archive: &Archive, catalog: &Catalog, stage: &Stage) -> Result<bool> {
    if catalog.meta(rebuild::UNDER_WAY)?.is_some() {
        return Ok(false);
    }
    let now = archive.head()?;
    if catalog.meta(MANIFESTS)?.as_deref() == Some(now.as_str()) {
        return Ok(true);
    }
    read_payload(archive, catalog)?;
    if catalog.is_new()? {
        // The rebuild that follows uses these manifests.
        catalog.set_meta(MANIFESTS, &now)?;
        return Ok(true);
    }
    let known = catalog.evidence_digests()?;
    if let Ok(Some(bytes)) = archive.bytes(Class::Private, layout::EVIDENCE_INDEX) {
        let mut all = true;
        evidence::read_index(&bytes, |row, _| {
            all &= known.contains(&row.digest);
            Ok(())
        })?;
        if !all {
            return Ok(false);
        }
    }
    for (place, digest) in catalog.evidence_places()? {
        let waits = stage.path_of(&crate::pipeline::commit::staged_digest(&place, digest)).exists();
        if !waits && catalog.payload(Class::Private, &place)?.is_none() {
            return Ok(false);
        }
    }
    catalog.set_meta(MANIFESTS, &now)?;
    Ok(true)
}

/// Checks that the lists of the archive at `root` are those of its last commit: what is gone or has changed by itself must not
/// become the right one. `head` is the digest of `SHA256SUMS` after the last commit, if there was one.
///
/// # Errors
/// `archive-damaged` names the first list that is gone or has changed.
fn check_lists(root: &Path, head: Option<&str>) -> Result<()> {
    let sums = root.join(layout::SHA256SUMS);
    if head.is_some_and(|head| !head.is_empty()) && !sums.exists() {
        return Err(Error::damaged("archive-damaged").with("path", sums.display()));
    }
    archive::check_lists(root)
}

/// Code of the error of an archive that is damaged and has no working state to mend it by.
const DAMAGED_ALONE: &str = "archive-damaged-alone";

/// Reads every byte of an archive whose working state has to be made from it: what is damaged would be taken for what was
/// archived, and the next commit would make it the right one.
///
/// # Errors
/// `archive-damaged-alone` names the first file that is missing or not as it was archived; `interrupted`.
fn check_whole(archive: &Archive, work: &Work<'_>) -> Result<()> {
    if !archive.has_bag(Class::Public) && !archive.has_bag(Class::Private) {
        return Ok(());
    }
    let report = verify::opened(archive, verify::Options::default(), work)?;
    work.check()?;
    let is_damage = |finding: &&Problem| {
        finding.exit_bit != 0 && finding.code != "payload-extra" && !list_repair::is_written_anew(&finding.locator)
    };
    match report.findings.iter().find(is_damage) {
        Some(finding) => {
            let path = archive.root().join(&finding.locator);
            Err(Error::new(Kind::Findings, DAMAGED_ALONE).with("path", path.display()))
        }
        None => Ok(()),
    }
}

/// Opens the catalog in `work`; a damaged one is replaced by an empty one, with a remark.
fn open_catalog(work: &Path) -> Result<(Catalog, Option<&'static str>)> {
    let path = work.join(layout::CATALOG);
    match Catalog::open(&path) {
        Ok(catalog) => Ok((catalog, None)),
        Err(error) if error.code() == catalog::DAMAGED => {
            discard_state(work)?;
            Ok((Catalog::open(&path)?, Some("state-damaged")))
        }
        Err(error) => Err(error),
    }
}

/// Removes the catalog and the rows of statements.
pub(crate) fn discard_state(work: &Path) -> Result<()> {
    catalog::discard(&work.join(layout::CATALOG))?;
    let folder = work.join(LEDGER);
    let gone = if folder.is_dir() { platform::remove_folder(&folder) } else { platform::remove_file(&folder) };
    match gone {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::disk("archive-open-failed", folder.display(), error))
        }
        _ => Ok(()),
    }
}

/// Reads the manifests into the payload table.
pub(crate) fn read_payload(archive: &Archive, catalog: &Catalog) -> Result<()> {
    catalog.transaction(|_| {
        catalog.clear_payload()?;
        for bag in [Class::Public, Class::Private] {
            archive.each(bag, |path, digest| catalog.set_payload(bag, path, Some(&digest)))?;
        }
        Ok(())
    })
}

/// Checks that `root` is empty, absent or an archive of liudi; nothing else is written into.
///
/// # Errors
/// `archive-not-empty`, `archive-no-folder`, `archive-damaged`; `archive-one-bag` for one that was unpacked without its other bag.
pub fn check_folder(root: &Path) -> Result<()> {
    if archive::only_bag(root).is_some() {
        return Err(Error::usage("archive-one-bag").with("path", root.display()));
    }
    if !root.exists() || root.join(layout::WORK).is_dir() || root.join(layout::SHA256SUMS).is_file() {
        return Ok(());
    }
    if !root.is_dir() {
        return Err(Error::usage("archive-no-folder").with("path", root.display()));
    }
    let mut entries =
        std::fs::read_dir(root).map_err(|error| Error::disk("archive-open-failed", root.display(), error))?;
    match entries.next() {
        None => Ok(()),
        Some(_) if archive::has_lists(root) => {
            Err(Error::damaged("archive-damaged").with("path", root.join(layout::SHA256SUMS).display()))
        }
        Some(_) => Err(Error::usage("archive-not-empty").with("path", root.display())),
    }
}
