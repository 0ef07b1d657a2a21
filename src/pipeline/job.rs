//! The main job as a value: plans the API calls, collects, fetches, commits, checks what was written, builds the site
//! and counts the rules that still block a closing.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::apart::apart;
use super::api::{self, CallPlan};
use super::archive::copy::{self, CopyReport};
use super::archive::gaps;
use super::archive::repair;
use super::archive::session::Session;
use super::archive::store;
use super::backup::{self, BackupOptions, BackupReport};
use super::closing::readiness;
use super::collect::rehearse::{self, Rehearsal};
use super::export::request::ExportRequest;
use super::export::{self, Exported, Made, comments};
use super::host::{Event, Host};
use crate::archive::Archive;
use crate::archive::verify::{self, Options};
use crate::error::{Kind, Result};
use crate::export::ExportOptions;
use crate::export::template::Templates;
use crate::model::site::CommentChoice;
use crate::model::{Class, GapReason, Problem, StoreAddress};
use crate::progress::Task;
use crate::text::{Language, Texts};

/// The main job.
#[derive(Clone, Debug, Default)]
pub struct Job {
    /// Folder of the archive.
    pub root: PathBuf,
    /// Sources to collect, and how to collect them.
    pub options: BackupOptions,
    /// Whether to check what was written and to count the open blockers of a closing.
    pub check: bool,
    /// Site to build from the archive.
    pub site: Option<SiteJob>,
    /// Exports to write after the site.
    pub also: Option<ExportRequest>,
    /// Store in the cloud that the archive is kept in: the folder is a working copy of what is there.
    pub store: Option<StoreAddress>,
    /// Language of those exports.
    pub language: Language,
}

/// The site of a job.
#[derive(Clone, Debug)]
pub struct SiteJob {
    /// Folder of the site.
    pub folder: PathBuf,
    /// Folder for the media that are published separately.
    pub media: PathBuf,
    /// Comments to show.
    pub comments: CommentChoice,
    /// What is republished, and how. The comments are opened only once the archive is written.
    pub options: ExportOptions,
}

/// The result of a job.
#[derive(Debug)]
pub struct Done {
    /// Report of the collection.
    pub report: BackupReport,
    /// Result of checking the bags after a change.
    pub checked: Option<verify::VerifyReport>,
    /// The site, if one was built.
    pub site: Option<Site>,
    /// Exports that were written.
    pub exports: Vec<Exported>,
    /// What was exchanged with the store; `None` without one, or if the run was stopped before the end.
    pub exchanged: Option<Exchanged>,
    /// Number of rules that a closing requires, that certainly concern the account and that are unmet or unknown.
    pub open_blockers: Option<usize>,
}

/// What was exchanged with the store.
#[derive(Debug, Serialize)]
pub struct Exchanged {
    /// Number of files that were newer there, or only there, and fetched before the work began.
    pub fetched: u64,
    /// What became of the archive there.
    #[serde(flatten)]
    pub stored: Stored,
}

/// What became of the archive in the store.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stored {
    /// It is as the folder is.
    Kept(CopyReport),
    /// It was not brought there as a whole: why.
    Failed(Problem),
}

impl Stored {
    /// Returns the exit bits.
    pub fn exit_bits(&self) -> u8 {
        match self {
            Self::Kept(report) if report.damaged.is_empty() => 0,
            Self::Kept(_) => Kind::Findings.exit_bit(),
            Self::Failed(problem) => problem.exit_bit,
        }
    }
}

/// What a main job brought, as data for other programs.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct BackupOutput<'a> {
    /// Folder of the archive.
    pub archive: &'a Path,
    /// Folder of the site, if one was built.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<&'a Path>,
    /// What was exchanged with the store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<&'a Exchanged>,
    /// Number of blocking rules that certainly concern the account and are open or unknown; `None` if nothing changed and
    /// they were not judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_blockers: Option<usize>,
    /// Report of the collection.
    #[serde(flatten)]
    pub report: &'a BackupReport,
}

impl Done {
    /// Returns the result as data, with the folders of the job.
    pub fn output<'a>(&'a self, archive: &'a Path, site: Option<&'a Path>) -> BackupOutput<'a> {
        let site = site.filter(|_| self.site.is_some());
        let store = self.exchanged.as_ref();
        BackupOutput { archive, site, store, open_blockers: self.open_blockers, report: &self.report }
    }
}

/// A site that was built.
#[derive(Debug)]
pub struct Site {
    /// Pages and files that were made.
    pub made: Made,
    /// Number of files that a stopped run did not read; the site is incomplete if there are any.
    pub unread: usize,
}

/// What was built, for programs.
#[derive(Debug, Serialize)]
pub struct SiteAnswer<'a> {
    site: &'a Path,
    media: Option<&'a Path>,
    host: Option<&'a str>,
    unread: usize,
    #[serde(flatten)]
    made: &'a Made,
}

impl Job {
    /// Runs the job. The caller may already be inside an async runtime.
    ///
    /// # Errors
    /// Returns `site-folder-taken` before anything is read, and the errors of collecting, committing and building.
    pub fn run(&self, host: &dyn Host) -> Result<Done> {
        apart(|| {
            self.check_first()?;
            let fetched = self.store.as_ref().map(|store| store::fetch(store, &self.root, None, host)).transpose()?;
            let mut options = self.options.clone();
            if let Some(api) = &options.api {
                host.hear(Event::Planned(&api::probe(&self.session(host)?, api, host.stop())?));
                if options.online.is_some() && !host.fetches_pages()? {
                    options.online = None;
                }
            }
            let report = self.ask_and_collect(&mut options, host)?;
            let mut done = self.finish(report, host)?;
            if let (Some(exchanged), Some(fetched)) = (&mut done.exchanged, fetched) {
                exchanged.fetched = fetched.files;
            }
            Ok(done)
        })
    }

    /// Reports what a run would do, without keeping anything.
    pub fn rehearse(&self, host: &dyn Host) -> Result<Rehearsal> {
        apart(|| {
            self.check_first()?;
            rehearse::rehearse(&self.root, &self.options, host)
        })
    }

    /// Probes the APIs for the calls they allow and discards the result of the probe; `None` if no API is configured.
    pub fn plan(&self, host: &dyn Host) -> Result<Option<CallPlan>> {
        let Some(options) = &self.options.api else { return Ok(None) };
        apart(|| {
            let session = self.session(host)?;
            let plan = api::probe(&session, options, host.stop())?;
            api::forget_probe(&session)?;
            Ok(Some(plan))
        })
    }

    /// Checks every precondition that can be checked before anything is read.
    pub(super) fn check_first(&self) -> Result<()> {
        backup::check(&self.options)?;
        if let Some(also) = &self.also {
            also.check(&self.root, self.language)?;
        }
        match &self.site {
            Some(site) => export::check_folder(&self.root, &site.folder, &self.options.roots),
            None => Ok(()),
        }
    }

    fn session(&self, host: &dyn Host) -> Result<Session> {
        Session::open_for(&self.root, host)
    }

    /// Collects without asking anything.
    pub(super) fn collect(&self, options: &BackupOptions, host: &dyn Host) -> Result<BackupReport> {
        through_quotas(self.session(host)?, options, &self.root, host)
    }

    /// Collects, asking for passwords beforehand and for the archive's owner afterwards.
    fn ask_and_collect(&self, options: &mut BackupOptions, host: &dyn Host) -> Result<BackupReport> {
        let session = self.session(host)?;
        if host.answers() {
            ask_passwords(&session, options, host)?;
        }
        let report = through_quotas(session, options, &self.root, host)?;
        if !host.answers() || report.undecided.is_empty() {
            return Ok(report);
        }
        let Some(account) = host.account(&report.undecided)? else { return Ok(report) };
        options.account = Some(account);
        // Everything has been read: only the owner changes.
        let again = BackupOptions { api: None, online: None, ..options.clone() };
        let decided = backup::backup(&self.session(host)?, &again, &host.work())?;
        Ok(report.followed_by(decided))
    }

    /// Checks the archive, builds the site and counts the open blockers once everything is committed.
    fn finish(&self, mut report: BackupReport, host: &dyn Host) -> Result<Done> {
        // Contents were hashed while being written; only the presence of the expected files is checked here.
        let options = Options { read_per_mille: Some(0), ..Options::default() };
        let look = || verify::archive(&self.root, options, &host.work());
        let checked = unless_stopped((self.check && report.changed).then(look).transpose())?;
        // Without any recognised record there is nothing to show.
        let anything = Archive::open(&self.root)?.has_bag(Class::Public);
        let whole = anything && !report.interrupted && report.undecided.is_empty();
        let mut site = if whole { unless_stopped(self.build(host))? } else { None };
        // Reading everything for the site shows what has changed without changing its size.
        let damaged = site.as_ref().map(|site| site.made.summary.damaged.clone()).unwrap_or_default();
        if !damaged.is_empty() && !host.stop().is_cancelled() {
            let mended = repair::mend_public(&self.root, &damaged, host)?;
            report.mended += mended;
            if mended > 0 {
                site = unless_stopped(self.build(host))?;
            }
        }
        let stopped = host.stop().is_cancelled();
        let exports = if whole && !stopped { unless_stopped(self.export(host).map(Some))? } else { None };
        let exchanged = if host.stop().is_cancelled() { None } else { self.keep_in_store(host) };
        report.interrupted |= host.stop().is_cancelled();
        let open_blockers = match (&self.site, &site) {
            (Some(of), Some(_)) => Some(readiness::open_blockers(&self.root, &of.folder, host)?),
            _ => None,
        };
        Ok(Done { report, checked, site, exports: exports.unwrap_or_default(), exchanged, open_blockers })
    }

    /// Brings the archive into its store. If that fails, everything else was done.
    fn keep_in_store(&self, host: &dyn Host) -> Option<Exchanged> {
        let address = self.store.as_ref()?;
        let stored = match copy::into_store(&self.root, address, true, host) {
            Ok(report) => Stored::Kept(report),
            Err(error) => Stored::Failed(Problem::from_error(&error, address.to_string())),
        };
        Some(Exchanged { fetched: 0, stored })
    }

    pub(super) fn export(&self, host: &dyn Host) -> Result<Vec<Exported>> {
        self.also.as_ref().map_or_else(|| Ok(Vec::new()), |also| also.run(&self.root, self.language, host))
    }

    pub(super) fn build(&self, host: &dyn Host) -> Result<Option<Site>> {
        self.site.as_ref().map(|site| site.build(&self.root, host)).transpose()
    }
}

impl SiteJob {
    /// Builds the site of the archive at `root`.
    pub fn build(&self, root: &Path, host: &dyn Host) -> Result<Site> {
        let shown = comments::open(root, self.comments, &Texts::new(self.options.language))?;
        let options = ExportOptions { comments: shown, ..self.options.clone() };
        let made = export::make_site(root, &self.folder, &self.media, &options, host)?;
        // The comments hold the archive open.
        drop(options);
        export::note_withheld(root, &self.folder, &made.withheld_paths, host)?;
        let gaps = gaps::read_back(&Archive::open(root)?)?;
        let unread = gaps.iter().filter(|gap| gap.reason == GapReason::NotRead).count();
        Ok(Site { made, unread })
    }

    /// Checks the owner's templates.
    ///
    /// # Errors
    /// `template-broken`, `template-unreadable`, `templates-none`.
    pub fn check_templates(&self) -> Result<()> {
        let texts = Arc::new(Texts::new(self.options.language));
        Templates::load(self.options.templates.as_deref(), &texts).map(drop)
    }

    /// Returns what was built, for programs.
    pub fn answer<'a>(&'a self, built: &'a Site) -> SiteAnswer<'a> {
        SiteAnswer {
            site: &self.folder,
            media: self.options.media_base.is_some().then_some(self.media.as_path()),
            host: self.options.host.map(|host| host.name),
            unread: built.unread,
            made: &built.made,
        }
    }
}

/// Turns cancellation into `None`, so that the committed part is still reported.
fn unless_stopped<T>(result: Result<Option<T>>) -> Result<Option<T>> {
    match result {
        Err(error) if error.is_interrupted() => Ok(None),
        result => result,
    }
}

/// Collects; if a quota is used up and the user chose to wait for the next day, releases the archive meanwhile.
fn through_quotas(session: Session, options: &BackupOptions, root: &Path, host: &dyn Host) -> Result<BackupReport> {
    let mut session = Some(session);
    let mut options = options.clone();
    let mut so_far = None::<BackupReport>;
    loop {
        let open = match session.take() {
            Some(session) => session,
            None => Session::open_for(root, host)?,
        };
        let report = backup::backup(&open, &options, &host.work())?;
        drop(open);
        let report = match so_far.take() {
            Some(earlier) => earlier.followed_by(report),
            None => report,
        };
        let until = report.api.as_ref().and_then(|api| api.until).filter(|_| options.waits() && !report.interrupted);
        let Some(until) = until else { return Ok(report) };
        host.hear(Event::Waiting(until));
        let step = host.progress().start(Task::Wait, None);
        step.message(&until.to_string());
        let seconds = until.unix().saturating_sub(host.environment().now()?.unix()).max(0).cast_unsigned();
        pause(Duration::from_secs(seconds), host.stop());
        if host.stop().is_cancelled() {
            return Ok(BackupReport { interrupted: true, ..report });
        }
        if let Some(api) = &mut options.api {
            api.quota.renew(until);
        }
        so_far = Some(report);
    }
}

/// Number of wrong passwords in a row after which the run continues without one.
pub(super) const TRIES: usize = 3;

/// Asks for the passwords of archives that none of the given passwords opens.
fn ask_passwords(session: &Session, options: &mut BackupOptions, host: &dyn Host) -> Result<()> {
    let mut locked = backup::locked(session, options, host.stop())?;
    let mut tries = 0;
    let mut refused = !options.passwords.is_empty();
    while !locked.is_empty() && tries < TRIES {
        let Some(password) = host.password(&locked, refused)? else { return Ok(()) };
        options.passwords = options.passwords.with(password);
        let before = std::mem::replace(&mut locked, backup::locked(session, options, host.stop())?);
        refused = locked.len() == before.len();
        tries = if refused { tries + 1 } else { 0 };
    }
    if refused && !locked.is_empty() {
        host.hear(Event::PasswordsRefused(&locked));
    }
    Ok(())
}

/// Waits for `length`, or until a stop is requested.
pub(crate) fn pause(length: Duration, stop: &CancellationToken) {
    let end = Instant::now() + length;
    while Instant::now() < end && !stop.is_cancelled() {
        std::thread::sleep(Duration::from_millis(50).min(end.saturating_duration_since(Instant::now())));
    }
}
