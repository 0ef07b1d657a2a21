//! Fetches media concurrently: directly to disk, into the stage by a rename, into the catalog in batches.

use std::sync::Arc;

use super::Crawl;
use super::driver::{AHEAD, Driver};
use super::pages::{account_of, origin};
use super::wanted::{MEDIA, MediaJob, decode, encode};
use crate::error::Result;
use crate::fetch::{Failure, FetchedFile, Fetcher};
use crate::model::{Gap, GapReason, MediaHeld, MediaKey, SubjectKind};
use crate::pipeline::archive::ownership::Owner;
use crate::pipeline::collect::media_type::{self, MediaType};
use crate::progress::{Step, Task};
use crate::store::batch::Batch;
use crate::store::queue::{self, JobRow, State};

/// A job with its result.
struct Came {
    job: JobRow,
    result: Result<(FetchedFile, MediaType), Failure>,
}

impl Crawl<'_> {
    /// Fetches the media in the queue; returns true if there were any.
    pub(super) fn fetch_media(&mut self, own: Option<&Owner>) -> Result<bool> {
        let session = self.session;
        let catalog = &session.catalog;
        let waiting = queue::count(catalog.connection(), MEDIA, State::Waiting)?;
        if waiting == 0 || self.is_stopped() {
            return Ok(false);
        }
        let step = self.progress.start(Task::FetchMedia, Some(waiting));
        let account = account_of(own);
        let driver = Driver { width: self.fetcher.width() * AHEAD, stop: self.stop };
        let (fetcher, folder) = (Arc::clone(&self.fetcher), self.folder.clone());
        let claim = || catalog.transaction(|connection| queue::claim(connection, MEDIA, 256));
        let work = move |job: JobRow| {
            let (fetcher, account, folder) = (Arc::clone(&fetcher), account.clone(), folder.clone());
            async move {
                let result = fetch_one(&fetcher, &account, &job, &folder).await;
                Came { job, result }
            }
        };
        let handle = self.runtime.handle().clone();
        handle.block_on(driver.run(claim, work, |came| self.settle_media(came, step.as_ref())))?;
        self.retract()?;
        Ok(true)
    }

    fn settle_media(&mut self, came: Vec<Came>, step: &dyn Step) -> Result<()> {
        let mut rows = Batch::default();
        let (mut held, mut failed) = (Vec::new(), Vec::new());
        for Came { job, result } in came {
            step.advance(1);
            let Some(key) = MediaKey::from_text(&job.key) else { continue };
            match result {
                Ok((file, found)) => {
                    self.session.stage.adopt(&file.path, file.sha256, file.bytes)?;
                    rows.blobs.push(found.row(file.sha256, file.bytes));
                    let origin = file.exchange.last_url().to_owned();
                    rows.media.push(MediaHeld { key, sha256: file.sha256, origin });
                    held.push(job);
                }
                Err(failure) if failure.is_disk() => return Err(failure.error),
                Err(failure) => {
                    rows.gaps.push((gap_of(&job, failure.reason, failure.error.code())?, origin(&job)));
                    failed.push((job, failure));
                }
            }
        }
        self.session.stage.sync_batch()?;
        let session = self.session;
        let catalog = &session.catalog;
        catalog.transaction(|connection| {
            for job in &held {
                catalog.fill_gap(SubjectKind::Media, &job.key)?;
                queue::finish(connection, job.id)?;
            }
            for (job, failure) in &failed {
                queue::fail(connection, job.id, &encode(&failure.error.to_string())?)?;
            }
            catalog.add_rows(connection, self.run, &rows)
        })?;
        self.report.media.fetched += held.len() as u64;
        self.report.media.missing += failed.len() as u64;
        for (_, failure) in &failed {
            self.note(failure);
        }
        Ok(())
    }

    /// Retracts images that were accepted before they were recognised as placeholders by their content.
    fn retract(&mut self) -> Result<()> {
        let found_out = self.fetcher.found_out();
        let session = self.session;
        let catalog = &session.catalog;
        let retracted = catalog.transaction(|connection| {
            let mut rows = Batch::default();
            for (digest, key) in &found_out {
                if catalog.held(key)?.is_some_and(|held| held.digest == *digest) {
                    catalog.retract_media(key, digest)?;
                    let gap = Gap::new(SubjectKind::Media, key.as_str(), GapReason::Placeholder);
                    rows.gaps.push((gap, format!("fetch:{}", key.as_str())));
                }
            }
            catalog.add_rows(connection, self.run, &rows)?;
            Ok(rows.gaps.len() as u64)
        })?;
        self.report.media.fetched -= retracted.min(self.report.media.fetched);
        self.report.media.missing += retracted;
        Ok(())
    }
}

async fn fetch_one(
    fetcher: &Fetcher,
    account: &str,
    job: &JobRow,
    folder: &std::path::Path,
) -> Result<(FetchedFile, MediaType), Failure> {
    let wanted: MediaJob = decode(&job.payload)?;
    let key = MediaKey::from_text(&job.key).ok_or_else(|| crate::Error::other("crawl-job-invalid"))?;
    let mut file = fetcher.media(&wanted.request(account, key), folder).await?;
    let found = media_type::of(&file.head);
    // The head is not needed while the file waits to be handed over.
    file.head = Vec::new();
    Ok((file, found))
}

fn gap_of(job: &JobRow, reason: GapReason, code: &str) -> Result<Gap> {
    let wanted: MediaJob = decode(&job.payload)?;
    let mut gap = Gap::new(SubjectKind::Media, &job.key, reason);
    gap.url = wanted.urls.into_iter().next();
    gap.of = Some(wanted.of);
    gap.detail = Some(code.to_owned());
    Ok(gap)
}
