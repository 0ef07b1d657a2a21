//! The main job: collect → (fetch) → commit → verify what was written. The mirror and the words are the caller's.

use std::cell::Cell;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::api::{self, ApiOptions, ApiReport};
use super::collect::{Collect, Outcome};
use super::commit::Commit;
use super::crawl::{self, CrawlOptions, CrawlReport, Surroundings};
use super::damage;
use super::datasets::{self, TableReport};
use super::gaps::{self, Numbers, PieceNumbers};
use super::learn::Learn;
use super::own::{self, Own, Share};
use super::session::Session;
use super::walk::{Found, Walk, WalkOptions, groups, walk};
use crate::audit::events::EventName;
use crate::audit::fill;
use crate::error::{Error, Kind, Result};
use crate::model::statement::Statement;
use crate::model::{Gap, GapReason, Problem, Time, layout};
use crate::progress::{NoProgress, Progress, Task};
use crate::secret::SecretSet;
use crate::source::zip::Budget;
use crate::source::{Input, Passwords};
use crate::store::pieces::SavedRow;
use crate::store::segment::{CONTAINER, InputDone, Segment};
use crate::store::{Catalog, Run};

/// How links given as words are remembered among the inputs.
const LINKS: &str = "links:";

/// What to collect and how.
#[derive(Clone, Debug, Default)]
pub struct BackupOptions {
    /// Files and folders.
    pub roots: Vec<PathBuf>,
    /// Links given as words or through standard input, one a line.
    pub links: String,
    /// The account this archive is of.
    pub account: Option<String>,
    /// Keep what nobody recognises as documents.
    pub keep_other: bool,
    /// Passwords for encrypted archives.
    pub passwords: Passwords,
    /// Look whether the media the archive lists are there, and take them again from the inputs if not.
    pub mend: bool,
    /// Threads; 0 for one a core.
    pub jobs: usize,
    /// Ask the official APIs.
    pub api: Option<ApiOptions>,
    /// Fetch what is listed and not held. `None`: nothing is sent anywhere.
    pub online: Option<CrawlOptions>,
}

impl BackupOptions {
    /// Threads to use.
    pub fn threads(&self) -> usize {
        match self.jobs {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            jobs => jobs,
        }
    }
}

/// What a backup did.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Whether the archive changed.
    pub changed: bool,
    /// It was asked to stop before everything was read.
    pub interrupted: bool,
    /// Inputs met.
    pub inputs: u64,
    /// Inputs read in this run, all of each (the others were read before, as they stand).
    pub read: u64,
    /// Inputs that the run did not come to before it was stopped.
    pub unread: u64,
    /// Inputs that could not be read, wholly or in part: the next run tries them again.
    pub unreadable: u64,
    /// Files beside saved pages, read by their pages only.
    pub companions: u64,
    /// Inputs nobody recognised.
    pub unrecognised: Vec<String>,
    /// Whose archive it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Articles of the own account.
    pub articles: Numbers,
    /// What the own account published beside articles.
    #[serde(flatten)]
    pub pieces: PieceNumbers,
    /// Films and recordings that are held and belong to no piece known.
    pub unmatched: u64,
    /// Other accounts' articles, kept private.
    pub others: Vec<OtherAccount>,
    /// The accounts among which the person has to choose with `--account`: until then everything is kept private.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<OtherAccount>,
    /// The accounts of the articles that this run brought, if none of them is the archive's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub only_others: Vec<OtherAccount>,
    /// Media files that were missing in the archive and were taken again from the inputs.
    pub mended: u64,
    /// Archives that need a password which was not given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub locked: Vec<String>,
    /// Files of media held.
    pub media_held: u64,
    /// Statements held, with their rows.
    pub statements: Vec<StatementReport>,
    /// The days that a person's bills cover, as first and last days.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bill_days: Vec<(String, String)>,
    /// Whether the owner said when the first and the last trade was: without it nobody knows what lies outside.
    #[serde(skip)]
    pub knows_trades: bool,
    /// Rows held in the private tables.
    pub datasets: Vec<TableReport>,
    /// Gaps by reason code.
    pub gaps: std::collections::BTreeMap<&'static str, u64>,
    /// What the official APIs gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api: Option<ApiReport>,
    /// What was fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crawl: Option<CrawlReport>,
    /// Standing problems of the inputs given, with the path of each input.
    #[serde(serialize_with = "only_problems")]
    pub problems: Vec<(Problem, String)>,
}

/// Another account met in the inputs.
#[derive(Debug, Serialize)]
pub struct OtherAccount {
    /// `__biz`.
    pub biz: String,
    /// Its name or, where that is unknown, `__biz`.
    pub name: String,
    /// Articles of it.
    pub articles: u64,
}

impl From<Share> for OtherAccount {
    fn from(Share { biz, name, articles }: Share) -> Self {
        Self { name: name.unwrap_or_else(|| biz.clone()), biz, articles }
    }
}

/// A statement, for the summary.
#[derive(Debug, Serialize)]
pub struct StatementReport {
    /// Layout as recognised.
    pub layout: String,
    /// Rows.
    pub rows: u64,
    /// First and last day.
    pub from: Option<String>,
    /// Last day.
    pub to: Option<String>,
}

/// Collects `options` into the archive and commits.
pub fn backup(
    session: &Session,
    options: &BackupOptions,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Report> {
    let run = session.begin()?;
    let nothing = SecretSet::default();
    let scratch = session.root.join(layout::WORK);
    let budget = Budget::new(&scratch);
    let collect = Collect {
        stage: Some(&session.stage),
        ledger: &session.ledger,
        run,
        passwords: &options.passwords,
        budget: &budget,
        secrets: &nothing,
        keep_other: options.keep_other,
        jobs: options.threads(),
        stop,
        progress,
    };
    let damaged = if options.mend { damage::find(session)? } else { Vec::new() };
    let seen = |path: &str, size: u64, modified: i64| {
        // Whatever is given may hold what is missing.
        Ok(damaged.is_empty() && collect.is_done(&session.catalog, path, size, modified)?)
    };
    let step = progress.start(Task::Scan, None);
    let mut found = walk(
        &options.roots,
        &WalkOptions { archive: &session.root, budget: &budget, passwords: &options.passwords, seen: &seen },
    )?;
    drop(step);
    let locked = locked_in(&session.catalog, &mut found)?;
    note_walk(&session.catalog, run, &mut found)?;
    let roots = found.roots.clone();
    // Pages find their pictures through these as long as they are read.
    let siblings = std::mem::take(&mut found.siblings);
    let read_before = std::mem::take(&mut found.read_before);
    let unseen = found.unreadable;
    let mut report =
        Report { inputs: found.found.len() as u64 + found.unchanged + unseen, locked, ..Report::default() };
    let (pending, mut containers) = pending(session, found, options, &collect, &mut report)?;
    let pending_count = pending.len() as u64;
    let step = progress.start(Task::Scan, None);
    let learn = Learn {
        passwords: &options.passwords,
        budget: &Budget::new(&scratch),
        ledger: &session.ledger,
        jobs: options.threads(),
        stop,
    };
    // A run that goes on must blank what it would have blanked uninterrupted.
    let before = read_before.iter().filter(|_| run.resumed);
    let secrets = learn.all(&pending.iter().chain(before).map(|found| &found.input).collect::<Vec<_>>());
    let secrets = secrets.with(options.api.iter().flat_map(ApiOptions::secrets));
    drop(step);
    let collect = Collect { secrets: &secrets, ..collect };
    let mut outcome = collect.read(&session.catalog, &groups(pending))?;
    drop(siblings);
    report.unread = outcome.unread.len() as u64;
    report.read = pending_count - report.unread - outcome.unreadable.len() as u64;
    report.unreadable = unseen + outcome.unreadable.len() as u64;
    let whole = outcome.unread.is_empty();
    report.interrupted = !whole;
    let (mended, lost) = damage::mend(session, &damaged)?;
    report.mended = mended;
    // Only now: a container counts as read when all its members are.
    containers.inputs.retain(|done| whole && !outcome.has_failed_below(&done.path));
    containers.gaps = not_read(&outcome.unread);
    gone(&roots, &mut outcome, &mut containers);
    session.catalog.add(run, &containers)?;
    let own = match own::decide(&session.catalog, options.account.as_deref()) {
        Ok(own) => {
            let brought = own::only_of_others(&session.catalog, run, own.as_ref())?;
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
    commit(session, run, own.as_ref(), progress, &mut report)?;
    if whole {
        Network { session, run, options, secrets: &secrets, progress, stop }.run(own, &mut report)?;
    }
    report.problems.retain(|(_, path)| concerns(path, &roots));
    report.problems.extend(lost.into_iter().map(|problem| (problem, String::new())));
    if !options.passwords.is_empty() {
        let refused = |name: &String| {
            (Problem::from_error(&Error::new(Kind::Credentials, "zip-password-wrong"), name), String::new())
        };
        report.problems.extend(report.locked.iter().map(refused));
    }
    session.catalog.finish_run(run)?;
    // Everything that counts is in the bags now; what is left was kept twice.
    session.stage.sweep(&HashSet::new())?;
    Ok(report)
}

/// The part of a run that uses the network.
struct Network<'a> {
    session: &'a Session,
    run: Run,
    options: &'a BackupOptions,
    /// What the files and the settings gave away.
    secrets: &'a SecretSet,
    progress: &'a dyn Progress,
    stop: &'a AtomicBool,
}

impl Network<'_> {
    /// Asks the APIs, then fetches what they and the files list; with `--wait` again when a quota is new.
    fn run(&self, mut own: Option<Own>, report: &mut Report) -> Result<()> {
        let Self { session, run, options, secrets, progress, stop } = *self;
        let clients = options.api.as_ref().map(|api| api::Clients::new(api, session, run)).transpose()?;
        let mut now = session.begin_clock()?;
        loop {
            let mut until = None;
            if let (Some(api), Some(clients)) = (&options.api, &clients) {
                let passwords = &options.passwords;
                let known = Cell::default();
                let around = api::Surroundings { session, run, secrets, passwords, progress, stop, known };
                let asked = api::collect(&around, clients, api, now)?;
                own = self.commit(report)?;
                until = asked.until.filter(|_| api.wait);
                report.interrupted = asked.interrupted;
                report.api = Some(asked);
            }
            if let Some(online) = &options.online {
                let secrets = secrets.with(clients.iter().flat_map(api::Clients::secrets));
                let around = Surroundings { session, run, secrets: &secrets, progress, stop };
                let crawled = crawl::crawl(&around, online, own.clone(), &mut || self.commit(report))?;
                report.interrupted |= crawled.interrupted;
                report.crawl = Some(crawled);
            }
            match until {
                Some(until) if !report.interrupted => {
                    self.wait(until)?;
                    // A clock that was set does not go on by itself.
                    now = session.begin_clock()?.max(until);
                }
                _ => return Ok(()),
            }
        }
    }

    fn commit(&self, report: &mut Report) -> Result<Option<Own>> {
        let own = own::decide(&self.session.catalog, self.options.account.as_deref())?;
        commit(self.session, self.run, own.as_ref(), self.progress, report)?;
        Ok(own)
    }

    /// Waits for a day to come, or for the wish to stop.
    fn wait(&self, until: Time) -> Result<()> {
        let step = self.progress.start(Task::Wait, None);
        step.message(&until.to_string());
        let seconds = until.unix().saturating_sub(self.session.begin_clock()?.unix());
        let end = Instant::now() + Duration::from_secs(seconds.max(0).cast_unsigned());
        while Instant::now() < end && !self.stop.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

/// Commits what the catalog holds and fills the report.
pub fn commit(
    session: &Session,
    run: Run,
    own: Option<&Own>,
    progress: &dyn Progress,
    report: &mut Report,
) -> Result<()> {
    let commit = Commit {
        root: &session.root,
        catalog: &session.catalog,
        stage: &session.stage,
        ledger: &session.ledger,
        run,
        own,
        progress,
    };
    report.changed |= commit.run()?;
    describe(session, own, report)
}

/// Takes the inputs that must be read out of a walk, and stores what the walk itself found out.
fn pending(
    session: &Session,
    walk: Walk,
    options: &BackupOptions,
    collect: &Collect<'_>,
    report: &mut Report,
) -> Result<(Vec<Found>, Segment)> {
    let mut pending = walk.found;
    report.companions = walk.companions;
    if !options.links.trim().is_empty() {
        let digest = crate::model::Sha256::of(options.links.as_bytes()).hex();
        let path = format!("{LINKS}{digest}");
        let bytes = options.links.clone().into_bytes();
        report.inputs += 1;
        if !collect.is_done(&session.catalog, &path, bytes.len() as u64, 0)? {
            let input = Input::bytes_at("links.txt", bytes, None);
            pending.push(Found::bytes(input, path));
        }
    }
    let containers = walk
        .containers
        .into_iter()
        .map(|found| InputDone {
            path: found.path,
            locator: found.input.locator().to_owned(),
            size: found.input.size(),
            modified: found.modified,
            source: Some(CONTAINER.to_owned()),
            version: 1,
        })
        .collect();
    Ok((pending, Segment { inputs: containers, ..Segment::default() }))
}

/// Names of the archives among `options` that none of the passwords opens, looked at before anything is read or asked.
pub fn locked(session: &Session, options: &BackupOptions, stop: &AtomicBool) -> Result<Vec<String>> {
    let budget = Budget::new(session.root.join(layout::WORK));
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
    let around = WalkOptions { archive: &session.root, budget: &budget, passwords: &options.passwords, seen: &seen };
    locked_in(&session.catalog, &mut walk(&options.roots, &around)?)
}

/// Names of the archives a walk could not open; takes the gaps of those out of it that were opened before under another
/// name or in another place: what they hold is held.
pub(super) fn locked_in(catalog: &Catalog, walk: &mut Walk) -> Result<Vec<String>> {
    let opened = |key: &str| format!("opened {key}");
    for (_, key) in &walk.filled {
        catalog.set_meta(&opened(key), "1")?;
    }
    let (mut gaps, mut locked) = (Vec::new(), Vec::new());
    for (gap, path) in std::mem::take(&mut walk.gaps) {
        if gap.reason == GapReason::PasswordNeeded {
            if catalog.meta(&opened(&gap.key))?.is_some() {
                continue;
            }
            locked.push(gap.title.clone().unwrap_or_else(|| gap.key.clone()));
        }
        gaps.push((gap, path));
    }
    walk.gaps = gaps;
    Ok(locked)
}

/// What the archive holds now.
fn describe(session: &Session, own: Option<&Own>, report: &mut Report) -> Result<()> {
    let catalog = &session.catalog;
    report.account = own.and_then(|own| own.name.clone().or_else(|| own.biz.clone()));
    report.articles = gaps::numbers(catalog)?;
    report.pieces = gaps::piece_numbers(catalog)?;
    let alone = |row: &&SavedRow| row.piece.is_none() && row.file.known && row.file.whole;
    report.unmatched = super::pieces::saved_alone(catalog)?.iter().filter(alone).count() as u64;
    report.unrecognised = catalog.unrecognised()?;
    report.problems = catalog.problems()?;
    report.media_held = catalog.count_blobs()?;
    report.others = own::shares(catalog, None)?
        .into_iter()
        .filter(|share| own.is_some_and(|own| own.biz.as_ref() != Some(&share.biz)))
        .map(OtherAccount::from)
        .collect();
    report.undecided = own::undecided(catalog, own)?.into_iter().map(OtherAccount::from).collect();
    let statements: Vec<Statement> = catalog.statements()?.into_iter().map(|row| row.1).collect();
    let covered = gaps::covered(&statements);
    report.bill_days = covered.ranges().iter().map(|(first, last)| (first.to_string(), last.to_string())).collect();
    report.knows_trades = !report.bill_days.is_empty() && knows_trades(&session.root)?;
    report.statements = statements
        .into_iter()
        .map(|statement| StatementReport {
            layout: statement.layout,
            rows: statement.rows,
            from: statement.from,
            to: statement.to,
        })
        .collect();
    report.datasets = datasets::report(catalog)?;
    report.gaps.clear();
    gaps::each(catalog, |gap: Gap, _| {
        *report.gaps.entry(gap.reason.code()).or_default() += 1;
        Ok(())
    })
}

/// Whether the first and the last trade are on record, as an event or as evidence.
fn knows_trades(root: &Path) -> Result<bool> {
    let records = fill::records(root)?;
    Ok([EventName::FirstTrade, EventName::LastTrade].into_iter().all(|name| {
        records.events.events.iter().any(|event| event.name == name) || records.evidence.newest(name.code()).is_some()
    }))
}

/// The file on disk that a path leads to or into.
fn file_of(path: &str) -> &Path {
    Path::new(path.split("!/").next().unwrap_or(path))
}

/// Whether a problem is of what was given now. What bills tell of each other stands until it is looked at.
pub(super) fn concerns(path: &str, roots: &[PathBuf]) -> bool {
    path == layout::LEDGER
        || path.starts_with(LINKS)
        || path.starts_with(api::ORIGIN)
        || roots.iter().any(|root| file_of(path).starts_with(root))
}

/// Stores what a walk found out, in place of what earlier ones said of the same paths.
pub(super) fn note_walk(catalog: &Catalog, run: Run, walk: &mut Walk) -> Result<()> {
    let told: HashSet<&str> = walk.problems.iter().map(|(_, path)| path.as_str()).collect();
    let unchanged: HashSet<&str> = walk.read_before.iter().map(|found| found.path.as_str()).collect();
    let pending: HashSet<&str> = walk.found.iter().map(|found| found.path.as_str()).collect();
    for path in catalog.troubled()? {
        let file = file_of(&path);
        let lies_in = |these: &dyn Fn(&str) -> bool| path.match_indices("!/").any(|(end, _)| these(&path[..end]));
        if told.contains(path.as_str()) || walk.opened.contains(&path) {
            catalog.take_back(&path, &walk.gaps)?;
        } else if pending.contains(path.as_str()) || lies_in(&|container| unchanged.contains(container)) {
            // It is told of when it is read, or stands as it stood.
        } else if unchanged.contains(path.as_str()) {
            // What was read once, and then could not be looked at for a while, stands as it stood.
            if is_of_walk(catalog, &path)? {
                catalog.take_back(&path, &[])?;
            }
        } else if !walk.roots.iter().any(|root| file.starts_with(root)) {
            // Not given this time.
        } else if is_gone(file) {
            // Whoever took it away knows; its gap stays. A link was never more than a way to something.
            let problems = catalog.problems_of(&path)?;
            let link = problems.iter().any(|problem| problem.code.starts_with("input-link-"));
            if link { catalog.take_back(&path, &[])? } else { catalog.forget_problems(&path)? }
        } else if lies_in(&|container| walk.opened.contains(container))
            || !told.iter().any(|told| file.starts_with(told))
        {
            // The walk went by and found nothing wrong: it lies beside a page, or its container holds it no longer.
            catalog.take_back(&path, &[])?;
        }
    }
    for (kind, key) in &walk.filled {
        catalog.fill_gap(*kind, key)?;
    }
    // Roots that cannot be looked at are no roots of anything else.
    let unseen = walk.problems.iter().map(|(_, path)| PathBuf::from(path));
    let unseen: Vec<PathBuf> = unseen.filter(|path| !walk.roots.iter().any(|root| path.starts_with(root))).collect();
    walk.roots.extend(unseen);
    let (problems, gaps) = (std::mem::take(&mut walk.problems), std::mem::take(&mut walk.gaps));
    catalog.add(run, &Segment { gaps, problems, ..Segment::default() })
}

/// Whether all that is said of a path is that it could not be looked at.
fn is_of_walk(catalog: &Catalog, path: &str) -> Result<bool> {
    let problems = catalog.problems_of(path)?;
    Ok(problems.iter().all(|problem| matches!(problem.code.as_str(), "input-open-failed" | "input-folder-unreadable")))
}

fn is_gone(path: &Path) -> bool {
    path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

/// Inputs that a stopped run did not come to, by name.
fn not_read(unread: &[Found]) -> Vec<(Gap, String)> {
    let gap = |found: &Found| (Gap::of_input(found.input.locator(), GapReason::NotRead, None), found.path.clone());
    unread.iter().map(gap).collect()
}

/// A root that was there when it was walked and is not there any more (a stick was pulled, a share is gone) is told of
/// first, and by its own name.
fn gone(roots: &[PathBuf], outcome: &mut Outcome, segment: &mut Segment) {
    for root in roots {
        let unreadable = outcome.unreadable.iter().filter(|path| file_of(path).starts_with(root)).count();
        if unreadable == 0 || root.symlink_metadata().is_ok() {
            continue;
        }
        let locator = root.file_name().unwrap_or(root.as_os_str()).to_string_lossy().into_owned();
        let path = root.to_string_lossy().into_owned();
        let error = Error::input("input-root-gone").with("path", root.display()).with("count", unreadable);
        segment.problems.push((Problem::from_error(&error, &locator), path.clone()));
        segment.gaps.push((Gap::of_input(&locator, GapReason::BrokenInput, Some(error.code())), path));
    }
}

fn only_problems<S: serde::Serializer>(problems: &[(Problem, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(problems.iter().map(|(problem, _)| problem))
}

/// The exit bits of a report: what was planted as a gap is no failure, what could not be read is, and so is a run that was
/// stopped.
pub fn exit_bits(report: &Report) -> u8 {
    let fetched = report.crawl.as_ref().map_or(0, |crawl| crawl.exit_bits);
    let fetched = report.api.as_ref().map_or(fetched, |api| fetched | api.exit_bits());
    // Whose archive it is has to be said with a flag.
    let unnamed = if report.undecided.is_empty() { 0 } else { Kind::Usage.exit_bit() };
    let stopped = if report.interrupted { Kind::Other.exit_bit() } else { 0 };
    report.problems.iter().fold(fetched | unnamed | stopped, |bits, (problem, _)| bits | problem.exit_bit)
}

/// Checks that `options` name something that exists.
pub fn check(options: &BackupOptions) -> Result<()> {
    for root in &options.roots {
        if is_gone(root) {
            return Err(Error::input("input-not-found").with("path", root.display()));
        }
    }
    Ok(())
}
