//! Fetches article pages. A fetched page is durable in the work folder before its job counts as kept; pages are read in
//! groups of sixteen, in the order of the queue, so that evidence packs are the same however often the run was killed.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::Crawl;
use super::driver::{AHEAD, Driver};
use super::wanted::{PAGE, PageJob, decode, encode};
use crate::archive::pack::MOST_LEAVES;
use crate::error::{Error, Result};
use crate::fetch::{Failure, Fetcher};
use crate::model::{ArticleUrl, Gap, GapReason, SubjectKind};
use crate::pipeline::archive::ownership::Owner;
use crate::pipeline::collect::batch::BatchBuilder;
use crate::pipeline::collect::evidence_writer::GroupWriter;
use crate::pipeline::collect::version_of;
use crate::platform;
use crate::progress::{Step, Task};
use crate::source::file::page::article::{PageOutcome, read_page};
use crate::source::{EvidenceMeta, Out as _};
use crate::store::batch::Batch;
use crate::store::queue::{self, JobRow, State};
use crate::store::stage::SYNC_ALL_ABOVE;

/// Number of pages read and committed together: one evidence pack.
const GROUP: u64 = MOST_LEAVES as u64;

/// Name of the source in evidence.
const SOURCE: &str = "page";

/// A job with its result: the exchange or the failure.
struct Came {
    job: JobRow,
    result: Result<Map<String, Value>, Failure>,
}

impl Crawl<'_> {
    /// Fetches the pages in the queue; returns true if there were any.
    pub(super) fn fetch_pages(&mut self, own: Option<&Owner>) -> Result<bool> {
        let session = self.session;
        let catalog = &session.catalog;
        let connection = catalog.connection();
        self.sweep()?;
        // Pages fetched by a killed run are read first.
        let waiting = queue::count(connection, PAGE, State::Waiting)?;
        if waiting == 0 && queue::count(connection, PAGE, State::Kept)? == 0 {
            return Ok(false);
        }
        let step = self.progress.start(Task::FetchPages, Some(waiting));
        let account = account_of(own);
        // Only one page waits behind a single request: a job waiting for the rate limit delays a stop.
        let width = match self.fetcher.page_width() {
            0 | 1 => 2,
            wide => wide * AHEAD,
        };
        let driver = Driver { width, stop: self.stop };
        let (fetcher, folder) = (Arc::clone(&self.fetcher), self.folder.clone());
        let claim = || catalog.transaction(|connection| queue::claim(connection, PAGE, 32));
        let work = move |job: JobRow| {
            let (fetcher, account, folder) = (Arc::clone(&fetcher), account.clone(), folder.clone());
            async move { Came { result: fetch_one(&fetcher, &account, &job, &folder).await, job } }
        };
        let handle = self.runtime.handle().clone();
        handle.block_on(driver.run(claim, work, |came| self.settle_pages(came, step.as_ref())))?;
        self.read_groups(true)?;
        Ok(true)
    }

    /// Makes fetched pages durable and marks them as kept, then reads the complete groups.
    fn settle_pages(&mut self, came: Vec<Came>, step: &dyn Step) -> Result<()> {
        self.sync(&came)?;
        let session = self.session;
        let catalog = &session.catalog;
        let mut failures = Vec::new();
        catalog.transaction(|connection| {
            let mut rows = Batch::default();
            for Came { job, result } in came {
                step.advance(1);
                match result {
                    Ok(exchange) => queue::keep(connection, job.id, &encode(&exchange)?)?,
                    Err(failure) if failure.is_disk() => return Err(failure.error),
                    Err(failure) => {
                        queue::fail(connection, job.id, &encode(&failure.error.to_string())?)?;
                        rows.gaps.push((gap_of(&job, &failure)?, origin(&job)));
                        failures.push(failure);
                    }
                }
            }
            catalog.add_rows(connection, self.run, &rows)
        })?;
        for failure in &failures {
            self.report.pages.missing += 1;
            self.note(failure);
        }
        self.read_groups(false)
    }

    /// Makes fetched pages durable; many of them with one sync of the whole file system.
    fn sync(&self, came: &[Came]) -> Result<()> {
        let paths: Vec<PathBuf> =
            came.iter().filter(|one| one.result.is_ok()).map(|one| spooled(&self.folder, one.job.id)).collect();
        let failed = |path: &Path, error| Error::disk("crawl-folder-failed", path.display(), error);
        let all =
            paths.len() > SYNC_ALL_ABOVE && self.file_system.sync().map_err(|error| failed(&self.folder, error))?;
        if !all {
            for path in &paths {
                platform::sync_file(path).map_err(|error| failed(path, error))?;
            }
        }
        platform::sync_folder(&self.folder).map_err(|error| failed(&self.folder, error))
    }

    /// Reads every group whose pages were all fetched or failed; with `rest` also the last, shorter one.
    fn read_groups(&mut self, rest: bool) -> Result<()> {
        let session = self.session;
        let catalog = &session.catalog;
        let Some(first) = queue::first_open(catalog.connection(), PAGE)? else { return Ok(()) };
        let mut from = first / GROUP * GROUP;
        loop {
            let group = queue::slice(catalog.connection(), PAGE, from, GROUP)?;
            if group.is_empty() {
                return Ok(());
            }
            let whole = group.len() as u64 == GROUP
                && group.iter().all(|job| !matches!(job.state, State::Waiting | State::Claimed));
            if whole || rest {
                self.read_group(&group)?;
            }
            from += GROUP;
        }
    }

    /// Reads the kept pages of one group and commits them in one transaction.
    fn read_group(&mut self, group: &[JobRow]) -> Result<()> {
        let kept: Vec<&JobRow> = group.iter().filter(|job| job.state == State::Kept).collect();
        if kept.is_empty() {
            return Ok(());
        }
        let session = self.session;
        let catalog = &session.catalog;
        let mut known = match self.known.take() {
            Some(known) => known,
            None => Arc::new(catalog.evidence_digests()?),
        };
        let writer =
            GroupWriter::new(Some(&session.stage), self.secrets, Arc::clone(&known), &version_of, self.run.clock);
        let mut builder = BatchBuilder::new(String::new());
        let mut held: Vec<String> = Vec::new();
        let mut missing = 0;
        for job in &kept {
            let path = spooled(&self.folder, job.id);
            let bytes =
                platform::read(&path).map_err(|error| Error::disk("crawl-folder-failed", path.display(), error))?;
            let page: PageJob = decode(&job.payload)?;
            let exchange: Map<String, Value> = decode(job.outcome.as_deref().unwrap_or("{}"))?;
            let meta = EvidenceMeta {
                source: SOURCE,
                locator: page.url.clone(),
                template: "page",
                mime: "text/html",
                time: Some(self.run.clock),
                fetch: Some(exchange),
            };
            builder.turn_to(origin(job));
            match read_page(&bytes, &meta, None, &writer, &mut builder)? {
                PageOutcome::Article(names) => {
                    held.extend(names);
                    held.push(job.key.clone());
                }
                PageOutcome::Unavailable(_) => missing += 1,
                PageOutcome::NotAPage => {
                    let mut gap = Gap::new(SubjectKind::Article, &job.key, GapReason::DownloadFailed);
                    gap.url = Some(page.url);
                    gap.detail = Some("page-not-an-article".to_owned());
                    builder.item(crate::source::Item::Gap(gap))?;
                    missing += 1;
                }
            }
        }
        let rows = builder.with(writer.seal()?)?;
        drop(writer);
        Arc::make_mut(&mut known).extend(rows.evidence.iter().map(|row| row.digest));
        self.known = Some(known);
        catalog.transaction(|connection| {
            for name in &held {
                catalog.fill_gap(SubjectKind::Article, name)?;
            }
            catalog.add_rows(connection, self.run, &rows)?;
            kept.iter().try_for_each(|job| queue::finish(connection, job.id))
        })?;
        self.report.pages.missing += missing;
        self.report.pages.fetched += kept.len() as u64 - missing;
        for job in kept {
            remove(&spooled(&self.folder, job.id))?;
        }
        Ok(())
    }

    /// Removes page files without a kept job.
    fn sweep(&self) -> Result<()> {
        let failed = |error| Error::disk("crawl-folder-failed", self.folder.display(), error);
        let open = queue::slice(self.session.catalog.connection(), PAGE, 0, u64::MAX >> 1)?;
        let kept: HashSet<PathBuf> =
            open.iter().filter(|job| job.state == State::Kept).map(|job| spooled(&self.folder, job.id)).collect();
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_some_and(|extension| extension == "page") && !kept.contains(&path) {
                remove(&path)?;
            }
        }
        Ok(())
    }
}

/// Returns the path of a job's fetched page.
fn spooled(folder: &Path, job: i64) -> PathBuf {
    folder.join(format!("{job}.page"))
}

fn remove(path: &Path) -> Result<()> {
    match platform::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::disk("crawl-folder-failed", path.display(), error))
        }
        _ => Ok(()),
    }
}

/// Returns the account used for rate-limit lanes.
pub(super) fn account_of(own: Option<&Owner>) -> String {
    own.and_then(|own| own.biz.clone()).unwrap_or_default()
}

async fn fetch_one(
    fetcher: &Fetcher,
    account: &str,
    job: &JobRow,
    folder: &Path,
) -> Result<Map<String, Value>, Failure> {
    let page: PageJob = decode(&job.payload)?;
    let answer = fetcher.page(account, &page.url).await?;
    let path = spooled(folder, job.id);
    write_private(&path, &answer.bytes)
        .map_err(|error| Failure::disk(Error::disk("crawl-folder-failed", path.display(), error)))?;
    Ok(answer.exchange.to_json())
}

/// Writes a page readable only by its owner: it contains secrets that the evidence will not.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    match platform::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    platform::create_new(path, true)?.write_all(bytes)
}

/// Returns the origin of a job's gaps for the catalog.
pub(super) fn origin(job: &JobRow) -> String {
    format!("fetch:{}", job.key)
}

fn gap_of(job: &JobRow, failure: &Failure) -> Result<Gap> {
    let page: PageJob = decode(&job.payload)?;
    let mut gap = Gap::new(SubjectKind::Article, &job.key, failure.reason);
    gap.account = ArticleUrl::parse(&page.url).and_then(|url| url.biz);
    gap.url = Some(page.url);
    gap.detail = Some(failure.error.code().to_owned());
    Ok(gap)
}
