//! The crawler (`--online`): fetches the pages that a list names and nothing holds, then the media that pages name and
//! nothing holds; with `--discover` also follows albums, neighbours and own links until nothing new is found.
//!
//! * What is wanted is a question to the catalog, put again in each run; the queue remembers, within a run, what was
//!   tried. A run killed anywhere repeats at most the requests under way.
//! * A page goes through the same reader as a saved one; its evidence carries how it came.
//! * What did not come is a gap with its reason, by name; a host that asks for a person is left alone and the rest of
//!   its pages are gaps to be tried in a later run.
//! * Fetching runs on the runtime's threads; this thread alone reads pages, writes the catalog and decides what is asked
//!   next, so that the disk sets the pace of the network and not the other way round.

mod discover;
mod driver;
mod media;
mod pages;
mod videos;
mod wanted;

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use super::archive::ownership::Owner;
use super::archive::session::Session;
use super::collect::evidence_writer::Known;
use crate::error::{Error, Result};
use crate::fetch::{Failure, Fetcher, Settings};
use crate::model::layout;
use crate::platform;
use crate::progress::Progress;
use crate::secret::SecretSet;
use crate::store::{Run, queue};

/// How to crawl.
#[derive(Clone, Debug, Default)]
pub struct CrawlOptions {
    /// Pace, limits, stand-ins.
    pub settings: Settings,
    /// Follow albums, neighbours and own links.
    pub discover: bool,
}

/// What a crawl did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CrawlReport {
    /// Article pages.
    pub pages: Tally,
    /// Media files.
    pub media: Tally,
    /// Videos of 视频号 works.
    pub videos: Tally,
    /// Articles found by following albums and links.
    pub discovered: u64,
    /// Hosts that were left alone for the rest of the run.
    pub stopped: Vec<StoppedHost>,
    /// It was asked to stop before everything was fetched.
    pub interrupted: bool,
    /// Bits of the exit status: 4 for failed downloads, 8 for a host that refused.
    pub exit_bits: u8,
}

/// How many came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Fetched and held.
    pub fetched: u64,
    /// Asked for in vain; each is a gap with its reason.
    pub missing: u64,
}

/// A host that was left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoppedHost {
    /// The host.
    pub host: String,
    /// `challenge`, `limited`, `unreachable`.
    pub why: &'static str,
}

/// A crawl under way.
pub(super) struct Crawl<'a> {
    session: &'a Session,
    run: Run,
    fetcher: Arc<Fetcher>,
    runtime: Runtime,
    secrets: &'a SecretSet,
    progress: &'a dyn Progress,
    stop: &'a CancellationToken,
    folder: PathBuf,
    /// Open since before the first write, so that a sync of the file system reports every failed write.
    file_system: platform::FileSystem,
    /// Digests of the evidence that is held, once they are needed.
    known: Option<Known>,
    report: CrawlReport,
}

/// Decides whose archive it is and commits what the catalog holds.
pub(super) type CommitNow<'a> = dyn FnMut() -> Result<Option<Owner>> + 'a;

/// What a crawl works with.
pub(super) struct Surroundings<'a> {
    pub(super) session: &'a Session,
    pub(super) run: Run,
    pub(super) secrets: &'a SecretSet,
    pub(super) progress: &'a dyn Progress,
    pub(super) stop: &'a CancellationToken,
}

/// Crawls. What the catalog holds is folded and committed already; `own` is whose archive it is.
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
    // A walk that found nothing new may still have left gaps.
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
            fetcher: Arc::new(Fetcher::new(options.settings.clone(), run.clock)),
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

    /// Notes what a failure means for the exit status.
    fn note(&mut self, failure: &Failure) {
        self.report.exit_bits |= failure.error.kind().exit_bit();
    }

    fn close(mut self) -> CrawlReport {
        self.report.interrupted = self.is_stopped();
        self.report.stopped =
            self.fetcher.stopped().into_iter().map(|(host, why)| StoppedHost { host, why: why.code() }).collect();
        // A request that hangs must not hold up the end.
        self.runtime.shutdown_background();
        self.report
    }
}
