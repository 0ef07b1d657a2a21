//! Implements a backup: collect → (fetch) → commit. The site and the messages are the caller's.

mod given;
pub(crate) mod report;

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

pub use self::given::Given;
use self::report::describe;
pub use self::report::{BackupReport, OtherAccount, StatementReport, exit_bits};
use super::api::{self, ApiOptions};
use super::archive::damage::{self, Damage};
use super::archive::ownership::{self, Owner};
use super::archive::session::Session;
use super::closing::private_files;
use super::collect::found_input::FoundInput;
use super::collect::opened;
use super::collect::secret_scan::SecretScan;
use super::collect::walk::{Walk, WalkOptions, groups, walk};
use super::collect::walk_notes::{LINKS, concerns, forget_gone, gone, is_gone, not_read, note_walk, passed_over};
use super::collect::{Collect, CollectOutcome, reading_version};
use super::commit::Commit;
use super::crawl::{self, CrawlOptions, Surroundings};
use crate::archive::verify;
use crate::error::{Error, Kind, Result};
use crate::model::{ContainerLimits, GapReason, Problem, layout};
use crate::progress::{NoProgress, Task};
use crate::secret::SecretSet;
use crate::source::Input;
/// Passwords for encrypted archives.
pub use crate::source::Passwords;
use crate::source::file::container::zip::Budget;
use crate::store::batch::{Batch, CONTAINER, InputDone};
use crate::store::{Catalog, Run};
use crate::work::Work;

/// The options of a backup.
#[derive(Clone, Debug, Default)]
pub struct BackupOptions {
    /// Files and folders to read.
    pub roots: Vec<PathBuf>,
    /// Links given as arguments or through standard input, one per line.
    pub links: String,
    /// Account that owns the archive, if the user named it.
    pub account: Option<String>,
    /// Whether to keep unrecognised inputs as documents.
    pub keep_other: bool,
    /// Passwords for encrypted archives.
    pub passwords: Passwords,
    /// Whether to check that the media listed in the archive exist, and to restore missing ones from the inputs.
    pub mend: bool,
    /// Limits of containers.
    pub limits: ContainerLimits,
    /// Options of the official APIs; `None` calls none.
    pub api: Option<ApiOptions>,
    /// Options for fetching what is listed and not held; `None` sends no request.
    pub online: Option<CrawlOptions>,
}

impl BackupOptions {
    /// Reports whether a run waits and continues when a quota is renewed.
    pub fn waits(&self) -> bool {
        self.api.as_ref().is_some_and(|api| api.quota.wait)
    }
}

/// Collects the inputs of `options` into the archive and commits.
pub fn backup(session: &Session, options: &BackupOptions, work: &Work<'_>) -> Result<BackupReport> {
    let Work { progress, stop, pool } = *work;
    if session.lacks_description {
        private_files::recount(session, work)?;
    }
    let run = session.begin()?;
    let nothing = SecretSet::default();
    let scratch = session.root.join(layout::WORK);
    let budget = Budget::of(options.limits, &scratch);
    let collect = Collect {
        stage: Some(&session.stage),
        ledger: &session.ledger,
        run,
        passwords: &options.passwords,
        budget: &budget,
        secrets: &nothing,
        keep_other: options.keep_other,
        jobs: pool.threads(),
        stop,
        progress,
    };
    let damaged = if options.mend { damage::find(session)? } else { Damage::default() };
    damaged.expect(session);
    let seen = |path: &str, size: u64, modified: i64| {
        // Any input may contain a missing file.
        Ok(damaged.is_empty() && collect.is_done(&session.catalog, path, size, modified)?)
    };
    let step = progress.start(Task::Scan, None);
    let options_of_walk =
        WalkOptions { archive: &session.root, budget: &budget, passwords: &options.passwords, stop, seen: &seen };
    // In one transaction; otherwise SQLite locks its file twice per input.
    let mut found = session.catalog.transaction(|_| walk(&options.roots, &options_of_walk))?;
    drop(step);
    let locked = locked_in(&session.catalog, &mut found)?;
    let passed_over = passed_over(&session.catalog, &found)?;
    let seen_whole = !found.stopped;
    note_walk(&session.catalog, run, &mut found)?;
    let gone_unrecognised = session.catalog.transaction(|_| forget_gone(&session.catalog, &session.root))?;
    let roots = found.roots.clone();
    // Pages find their pictures through the siblings while they are read.
    let siblings = std::mem::take(&mut found.siblings);
    let read_before = std::mem::take(&mut found.read_before);
    let unseen = found.unreadable;
    let mut report = BackupReport {
        inputs: found.found.len() as u64 + found.unchanged + unseen,
        unchanged: found.unchanged,
        passed_over,
        locked,
        gone_unrecognised,
        ..BackupReport::default()
    };
    let (pending, mut containers) = pending(session, found, options, &collect, &mut report)?;
    let pending_count = pending.len() as u64;
    let step = progress.start(Task::Scan, None);
    let learn = SecretScan {
        passwords: &options.passwords,
        budget: &Budget::of(options.limits, &scratch),
        ledger: &session.ledger,
        pool,
        stop,
    };
    // A resumed run must blank the same secrets as an uninterrupted one.
    let before = if run.resumed { read_before.as_slice() } else { &[] };
    let secrets = learn.all(&pending, before);
    let secrets = secrets.with(options.api.iter().flat_map(ApiOptions::secrets));
    drop(step);
    let collect = Collect { secrets: &secrets, ..collect };
    let mut outcome = collect.read(&session.catalog, &groups(&pending))?;
    drop((pending, siblings));
    report.unread = outcome.unread.len() as u64;
    report.read = pending_count - report.unread - outcome.unreadable.len() as u64;
    report.unreadable = unseen + outcome.unreadable.len() as u64;
    report.recognised = session.catalog.inputs_by_source(run)?.into_iter().collect();
    let whole = seen_whole && outcome.unread.is_empty();
    report.seen_in_part = !seen_whole;
    report.interrupted = !whole;
    // A container counts as read only now that all its members are.
    containers.inputs.retain(|done| whole && !outcome.has_failed_below(&done.path));
    containers.gaps = not_read(&outcome.unread);
    report.locked.extend(locked_inside(&session.catalog, &outcome)?);
    gone(&roots, &mut outcome, &mut containers);
    session.catalog.add(run, &containers)?;
    let mut own = match ownership::decide(&session.catalog, options.account.as_deref()) {
        Ok(own) => {
            let brought = ownership::only_of_others(&session.catalog, run, own.as_ref())?;
            report.only_others = brought.into_iter().map(OtherAccount::from).collect();
            own
        }
        Err(error) => {
            if error.code() == "archive-other-account" {
                session.catalog.abandon_run(run)?;
            }
            return Err(error);
        }
    };
    damaged.derive(session)?;
    let (mut committed, lost) = commit_mending(session, run, own.as_ref(), work, &mut report, &damaged)?;
    if whole && committed {
        let network = Network {
            session,
            run,
            options,
            secrets: &secrets,
            work,
            own: RefCell::new(own),
            committed: Cell::new(true),
        };
        network.run(&mut report)?;
        (own, committed) = (network.own.into_inner(), network.committed.get());
    }
    // In one transaction, as the walk.
    session.catalog.transaction(|_| describe(session, own.as_ref(), &mut report))?;
    report.problems.retain(|(_, path)| concerns(path, &roots));
    report.problems.extend(lost.into_iter().map(|problem| (problem, String::new())));
    if !options.passwords.is_empty() {
        let refused = |name: &String| {
            (Problem::from_error(&Error::new(Kind::Credentials, "zip-password-wrong"), name), String::new())
        };
        report.problems.extend(report.locked.iter().map(refused));
    }
    if !committed {
        // The next run needs the staged files.
        return Ok(report);
    }
    session.catalog.finish_run(run)?;
    // Everything is in the bags now; the rest of the stage is redundant.
    session.stage.sweep(&HashSet::new())?;
    Ok(report)
}

/// The part of a run that uses the network.
struct Network<'a> {
    session: &'a Session,
    run: Run,
    options: &'a BackupOptions,
    /// Secrets found in the files and the settings.
    secrets: &'a SecretSet,
    work: &'a Work<'a>,
    /// The archive's owner as of the last commit.
    own: RefCell<Option<Owner>>,
    /// Whether no commit was cancelled.
    committed: Cell<bool>,
}

impl Network<'_> {
    /// Calls the APIs, then fetches what they and the files list.
    fn run(&self, report: &mut BackupReport) -> Result<()> {
        let Self { session, run, options, secrets, work, .. } = *self;
        let Work { progress, stop, .. } = *work;
        let clients = options.api.as_ref().map(|api| api::Clients::new(api, session, run)).transpose()?;
        if let (Some(api), Some(clients)) = (&options.api, &clients) {
            let now = api.quota.now(session.begin_clock()?);
            let (passwords, known) = (&options.passwords, Cell::default());
            let secrets = RefCell::new(secrets.clone());
            let around = api::Surroundings { session, run, secrets, passwords, progress, stop, known };
            let asked = api::collect(&around, clients, api, now)?;
            self.commit(report)?;
            report.interrupted |= asked.interrupted;
            report.api = Some(asked);
        }
        if let Some(online) = &options.online {
            let secrets = secrets.with(clients.iter().flat_map(api::Clients::secrets));
            let around = Surroundings { session, run, secrets: &secrets, progress, stop };
            let own = self.own.borrow().clone();
            let crawled = crawl::crawl(&around, online, own, &mut || self.commit(report))?;
            report.interrupted |= crawled.interrupted;
            report.crawl = Some(crawled);
        }
        Ok(())
    }

    fn commit(&self, report: &mut BackupReport) -> Result<Option<Owner>> {
        let own = ownership::decide(&self.session.catalog, self.options.account.as_deref())?;
        if !commit(self.session, self.run, own.as_ref(), self.work, report)? {
            self.committed.set(false);
        }
        self.own.replace(own.clone());
        Ok(own)
    }
}

/// Commits what the catalog holds; returns true if everything is committed. If the run
/// was cancelled while reading, everything read so far is committed. If the commit itself is cancelled, it ends between two
/// rounds and the next run continues.
pub fn commit(
    session: &Session,
    run: Run,
    own: Option<&Owner>,
    work: &Work<'_>,
    report: &mut BackupReport,
) -> Result<bool> {
    commit_mending(session, run, own, work, report, &Damage::default()).map(|(committed, _)| committed)
}

/// Does what [`commit`] does and puts what was lost back; also returns a finding for each file that is still lost.
fn commit_mending(
    session: &Session,
    run: Run,
    own: Option<&Owner>,
    work: &Work<'_>,
    report: &mut BackupReport,
    damage: &Damage,
) -> Result<(bool, Vec<Problem>)> {
    let done = commit_only(session, run, own, work, report, damage)?;
    // In one transaction, for the same reason as the walk.
    session.catalog.transaction(|_| describe(session, own, report))?;
    Ok(done)
}

/// Does what [`commit_mending`] does without reading the bags for the report: they may still be damaged.
pub(super) fn commit_only(
    session: &Session,
    run: Run,
    own: Option<&Owner>,
    work: &Work<'_>,
    report: &mut BackupReport,
    damage: &Damage,
) -> Result<(bool, Vec<Problem>)> {
    let whole = Work::default();
    let work = if work.is_stopped() { Work { stop: whole.stop, ..*work } } else { *work };
    let commit = Commit {
        archive: session.archive(),
        catalog: &session.catalog,
        stage: &session.stage,
        ledger: &session.ledger,
        run,
        own,
        work,
    };
    let committed = match commit.run() {
        Err(error) if error.is_interrupted() => false,
        changed => {
            report.changed |= changed?;
            true
        }
    };
    report.interrupted |= !committed;
    let (mended, lost) = damage.mend(session)?;
    report.mended += mended;
    if mended > 0 && has_other_size(session)? {
        private_files::recount(session, &whole)?;
    }
    Ok((committed, lost))
}

/// Reports whether a bag states another size than its files have: it was described while some of them were lost.
fn has_other_size(session: &Session) -> Result<bool> {
    let names_only = verify::Options { read_per_mille: Some(0), ..verify::Options::default() };
    let report = verify::opened(session.archive(), names_only, &Work::default())?;
    Ok(report.findings.iter().any(|finding| finding.code == "oxum-mismatch"))
}

/// Takes the inputs that must be read from a walk, and returns the containers to mark as read.
fn pending(
    session: &Session,
    walk: Walk,
    options: &BackupOptions,
    collect: &Collect<'_>,
    report: &mut BackupReport,
) -> Result<(Vec<FoundInput>, Batch)> {
    let mut pending = walk.found;
    report.companions = walk.companions;
    if !options.links.trim().is_empty() {
        let digest = crate::model::Sha256::of(options.links.as_bytes()).hex();
        let path = format!("{LINKS}{digest}");
        let bytes = options.links.clone().into_bytes();
        report.inputs += 1;
        if collect.is_done(&session.catalog, &path, bytes.len() as u64, 0)? {
            report.unchanged += 1;
        } else {
            let input = Input::bytes_at("links.txt", bytes, None);
            pending.push(FoundInput::bytes(input, path));
        }
    }
    let containers = walk
        .containers
        .into_iter()
        .map(|found| InputDone {
            path: found.path().into_owned(),
            locator: found.locator().into_owned(),
            size: found.size(),
            modified: found.modified,
            source: Some(CONTAINER.to_owned()),
            version: reading_version(Some(CONTAINER)),
        })
        .collect();
    Ok((pending, Batch { inputs: containers, ..Batch::default() }))
}

/// Returns the names of the archives among `options` that none of the passwords opens, before anything is read or
/// asked.
pub fn locked(session: &Session, options: &BackupOptions, stop: &CancellationToken) -> Result<Vec<String>> {
    let budget = Budget::of(options.limits, session.root.join(layout::WORK));
    let collect = Collect {
        stage: None,
        ledger: &session.ledger,
        run: session.begin()?,
        passwords: &options.passwords,
        budget: &budget,
        secrets: &SecretSet::default(),
        keep_other: options.keep_other,
        jobs: 1,
        stop,
        progress: &NoProgress,
    };
    let seen = |path: &str, size: u64, modified: i64| collect.is_done(&session.catalog, path, size, modified);
    let around =
        WalkOptions { archive: &session.root, budget: &budget, passwords: &options.passwords, stop, seen: &seen };
    locked_in(&session.catalog, &mut walk(&options.roots, &around)?)
}

/// Returns the names of the archives that a walk could not open. Removes the gaps of those that were opened before
/// under another name or in another folder, because their contents are held.
pub(super) fn locked_in(catalog: &Catalog, walk: &mut Walk) -> Result<Vec<String>> {
    for (_, key) in &walk.filled {
        opened::note(catalog, key)?;
    }
    let (mut gaps, mut locked) = (Vec::new(), Vec::new());
    for (gap, path) in std::mem::take(&mut walk.gaps) {
        if gap.reason == GapReason::PasswordNeeded {
            if opened::is_noted(catalog, &gap.key)? {
                continue;
            }
            locked.push(gap.title.clone().unwrap_or_else(|| gap.key.clone()));
        }
        gaps.push((gap, path));
    }
    walk.gaps = gaps;
    Ok(locked)
}

/// Returns the names of the archives inside inputs or beside them that none of the passwords opens: attachments of a mail,
/// ZIPs in the folder of a page. Only who reads the input finds them.
fn locked_inside(catalog: &Catalog, outcome: &CollectOutcome) -> Result<Vec<String>> {
    let mut locked = Vec::new();
    for path in &outcome.unreadable {
        let gaps = catalog.gaps_of(path)?.into_iter().filter(|gap| gap.reason == GapReason::PasswordNeeded);
        locked.extend(gaps.map(|gap| gap.title.unwrap_or(gap.key)));
    }
    Ok(locked)
}

/// Checks that every root of `options` exists.
pub fn check(options: &BackupOptions) -> Result<()> {
    for root in &options.roots {
        if is_gone(root) {
            return Err(Error::input("input-not-found").with("path", root.display()));
        }
    }
    Ok(())
}
