//! Crawls (`--online`): fetches the pages that are listed but not saved, then the media that pages reference and the
//! archive lacks; with `--discover` also follows albums, neighbours and own links until nothing new is found.
//!
//! * The catalog is queried again in each run for what is wanted; the queue remembers, within a run, what was tried. A
//!   killed run repeats at most the requests that were in progress.
//! * A page goes through the same reader as a saved one; its evidence records how it was fetched.
//! * A failed fetch is a gap with its reason; a host that demands human verification is not contacted again, and the
//!   rest of its pages are gaps to be tried in a later run.
//! * Requests run on the runtime's threads; only this thread reads pages, writes the catalog and decides on the next
//!   requests, so that the disk sets the pace of the network and not the other way round.

mod discover;
mod driver;
mod media;
mod pages;
mod videos;
mod wanted;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use super::archive::ownership::Owner;
use super::archive::session::Session;
use super::collect::evidence_writer::Known;
use crate::error::{Error, Result};
use crate::fetch::{Failure, Fetcher, Pace, Settings};
use crate::model::layout;
use crate::platform;
use crate::progress::Progress;
use crate::secret::SecretSet;
use crate::store::{Run, queue};

/// The options of a crawl.
#[derive(Clone, Debug, Default)]
pub struct CrawlOptions {
    /// Request rate, limits, stand-ins.
    pub settings: Settings,
    /// Whether to follow albums, neighbours and own links.
    pub discover: bool,
}

impl CrawlOptions {
    /// Estimates the duration of a crawl: pages follow one another at the pace of a reader, files come faster.
    pub fn about(&self, pages: u64, media: u64) -> Duration {
        /// Time in which the platform answers with a page, and with a file.
        const ANSWERS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_millis(400));
        let each = |pace: Pace, answer: Duration| {
            let width = u32::try_from(pace.width.max(1)).unwrap_or(u32::MAX);
            (pace.interval + pace.jitter / 2).max(answer / width)
        };
        let times = |one: Duration, count: u64| one.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX));
        let (gentle, brisk) = (self.settings.gentle, self.settings.brisk);
        times(each(gentle, ANSWERS.0), pages).saturating_add(times(each(brisk, ANSWERS.1), media))
    }
}

/// The result of a crawl.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CrawlReport {
    /// Article pages.
    pub pages: Tally,
    /// Media files.
    pub media: Tally,
    /// Videos of 视频号 posts.
    pub videos: Tally,
    /// Number of articles found by following albums and links.
    pub discovered: u64,
    /// Hosts that were not contacted again in this run.
    pub stopped: Vec<StoppedHost>,
    /// Whether it was stopped before everything was fetched.
    pub interrupted: bool,
    /// Bits of the exit status: 4 for failed downloads, 8 for a host that refused.
    pub exit_bits: u8,
}

/// The numbers of fetched and missing items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Number fetched and saved.
    pub fetched: u64,
    /// Number that could not be fetched; each is a gap with its reason.
    pub missing: u64,
}

/// A host that was not contacted again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoppedHost {
    /// Name of the host.
    pub host: String,
    /// Reason: `challenge`, `limited`, `unreachable`.
    pub why: &'static str,
}

/// The state of a crawl.
pub(super) struct Crawl<'a> {
    session: &'a Session,
    run: Run,
    fetcher: Arc<Fetcher>,
    runtime: Runtime,
    secrets: &'a SecretSet,
    progress: &'a dyn Progress,
    stop: &'a CancellationToken,
    folder: PathBuf,
    /// Opened before the first write, so that a sync of the file system reports every failed write.
    file_system: platform::FileSystem,
    /// Digests of the saved evidence, loaded on first use.
    known: Option<Known>,
    report: CrawlReport,
}

/// A function that determines the archive's owner and commits the contents of the catalog.
pub(super) type CommitNow<'a> = dyn FnMut() -> Result<Option<Owner>> + 'a;

/// The context of a crawl.
pub(super) struct Surroundings<'a> {
    pub(super) session: &'a Session,
    pub(super) run: Run,
    pub(super) secrets: &'a SecretSet,
    pub(super) progress: &'a dyn Progress,
    pub(super) stop: &'a CancellationToken,
}

/// Crawls. The contents of the catalog are already folded and committed; `own` is the archive's owner.
pub(super) fn crawl(
    around: &Surroundings<'_>,
    options: &CrawlOptions,
    mut own: Option<Owner>,
    commit: &mut CommitNow<'_>,
) -> Result<CrawlReport> {
    let mut crawl = Crawl::open(around, options)?;
    loop {
        crawl.want_pages()?;
        if crawl.fetch_pages(own.as_ref())? {
            own = commit()?;
        }
        if !options.discover || crawl.is_stopped() {
            break;
        }
        let found = crawl.discover(own.as_ref())?;
        crawl.report.discovered += found;
        if found == 0 {
            break;
        }
        own = commit()?;
    }
    crawl.want_media()?;
    // A walk without new finds may still have left gaps.
    crawl.want_videos()?;
    let media = crawl.fetch_media(own.as_ref())?;
    let videos = crawl.fetch_videos(own.as_ref())?;
    if media || videos || options.discover {
        commit()?;
    }
    Ok(crawl.close())
}

impl<'a> Crawl<'a> {
    fn open(around: &Surroundings<'a>, options: &CrawlOptions) -> Result<Self> {
        let Surroundings { session, run, secrets, progress, stop } = *around;
        let folder = session.root.join(layout::WORK).join(layout::FETCHED);
        platform::create_private_folder(&folder)
            .map_err(|error| Error::disk("crawl-folder-failed", folder.display(), error))?;
        let file_system = platform::FileSystem::of(&folder)
            .map_err(|error| Error::disk("crawl-folder-failed", folder.display(), error))?;
        session.catalog.transaction(|connection| {
            queue::create(connection)?;
            queue::begin(connection, run.id)
        })?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("fetch")
            .enable_all()
            .build()
            .map_err(|error| Error::other("crawl-start-failed").because(error))?;
        Ok(Self {
            session,
            run,
            fetcher: Arc::new(session.environment().fetcher(options.settings.clone(), run.clock)),
            runtime,
            secrets,
            progress,
            stop,
            folder,
            file_system,
            known: None,
            report: CrawlReport::default(),
        })
    }

    fn is_stopped(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Adds a failure to the exit status.
    fn note(&mut self, failure: &Failure) {
        self.report.exit_bits |= failure.error.kind().exit_bit();
    }

    fn close(mut self) -> CrawlReport {
        self.report.interrupted = self.is_stopped();
        self.report.stopped =
            self.fetcher.stopped().into_iter().map(|(host, why)| StoppedHost { host, why: why.code() }).collect();
        // A hanging request must not delay the end.
        self.runtime.shutdown_background();
        self.report
    }
}
