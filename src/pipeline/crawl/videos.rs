//! Fetches the videos of 视频号 posts while the tokens in their lists are valid: decrypts those whose beginning is
//! encrypted, and compares them with the size and MD5 declared in the lists. A video is a saved file like any other;
//! the commit matches it to its post by the key it was fetched for.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Crawl;
use super::driver::Driver;
use super::pages::{account_of, origin};
use super::wanted::{decode, encode, lane_of};
use crate::error::{Error, Result};
use crate::fetch::{Failure, FetchedFile, Fetcher, MediaRequest};
use crate::model::post::VideoSource;
use crate::model::{Gap, GapReason, MediaRole, SavedFile, Sha256, SubjectKind};
use crate::parse::video::isaac64::opens;
use crate::pipeline::archive::ownership::Owner;
use crate::pipeline::collect::media_type::{self, MediaType};
use crate::pipeline::commit::posts::OpenedReader;
use crate::platform;
use crate::progress::{Step, Task};
use crate::source::file::page::saved_file::InspectingReader;
use crate::store::batch::{Batch, BlobRow};
use crate::store::posts::WantedVideo;
use crate::store::queue::{self, Job, JobRow, State};

/// Kind of a job that fetches a video.
const VIDEO: &str = "film";

/// A video to be fetched.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct VideoJob {
    video: WantedVideo,
    title: Option<String>,
}

/// A job with its result.
struct Came {
    job: JobRow,
    result: Result<(FetchedFile, Option<u64>), Failure>,
}

/// The verdict on a fetched video.
enum Judged {
    Film(Box<SavedFile>, BlobRow),
    No(GapReason, String),
}

impl Crawl<'_> {
    /// Enqueues every video that is listed but not saved.
    pub(super) fn want_videos(&self) -> Result<()> {
        let catalog = &self.session.catalog;
        let mut jobs: Vec<(String, VideoJob)> = Vec::new();
        catalog.each_post(|post| {
            let Some(video) = post.video else { return Ok(()) };
            // These tokens have expired; a later list has new ones.
            let over = post.gap.as_ref().is_some_and(|gap| {
                gap.reason == GapReason::ExpiredWindow && gap.detail.as_deref() == Some(&tokens(&video.sources))
            });
            if !over {
                jobs.push((post.id, VideoJob { video, title: post.title }));
            }
            Ok(())
        })?;
        catalog.transaction(|connection| {
            for (key, job) in &jobs {
                let lane = job.video.sources.first().map(|source| lane_of(&source.url)).unwrap_or_default();
                let payload = encode(job)?;
                queue::enqueue(connection, self.run.id, &Job { kind: VIDEO, key, lane: &lane, payload: &payload })?;
            }
            Ok(())
        })
    }

    /// Fetches the videos in the queue; returns true if there were any.
    pub(super) fn fetch_videos(&mut self, own: Option<&Owner>) -> Result<bool> {
        let session = self.session;
        let catalog = &session.catalog;
        let waiting = queue::count(catalog.connection(), VIDEO, State::Waiting)?;
        if waiting == 0 || self.is_stopped() {
            return Ok(false);
        }
        let step = self.progress.start(Task::FetchMedia, Some(waiting));
        let account = account_of(own);
        let driver = Driver { width: self.fetcher.width(), stop: self.stop };
        let (fetcher, folder) = (Arc::clone(&self.fetcher), self.folder.clone());
        let claim = || catalog.transaction(|connection| queue::claim(connection, VIDEO, 64));
        let work = move |job: JobRow| {
            let (fetcher, account, folder) = (Arc::clone(&fetcher), account.clone(), folder.clone());
            async move { Came { result: fetch_one(&fetcher, &account, &job, &folder).await, job } }
        };
        let handle = self.runtime.handle().clone();
        handle.block_on(driver.run(claim, work, |came| self.settle_videos(came, step.as_ref())))?;
        Ok(true)
    }

    fn settle_videos(&mut self, came: Vec<Came>, step: &dyn Step) -> Result<()> {
        let mut rows = Batch::default();
        let (mut held, mut failed) = (Vec::new(), Vec::new());
        for Came { job, result } in came {
            step.advance(1);
            let wanted: VideoJob = decode(&job.payload)?;
            let judged = match result {
                Ok((file, key)) => self.judge(&job, &wanted, &file, key)?,
                Err(failure) if failure.is_disk() => return Err(failure.error),
                Err(failure) if is_over(&failure) => {
                    Judged::No(GapReason::ExpiredWindow, tokens(&wanted.video.sources))
                }
                Err(failure) => {
                    self.note(&failure);
                    Judged::No(failure.reason, failure.error.code().to_owned())
                }
            };
            match judged {
                Judged::Film(file, blob) => {
                    rows.saved.push(*file);
                    rows.blobs.push(blob);
                    held.push(job);
                }
                Judged::No(reason, detail) => {
                    let mut gap = Gap::new(SubjectKind::Video, &job.key, reason);
                    gap.title = wanted.title;
                    gap.detail = Some(detail);
                    rows.gaps.push((gap, origin(&job)));
                    failed.push(job);
                }
            }
        }
        self.session.stage.sync_batch()?;
        let session = self.session;
        let catalog = &session.catalog;
        catalog.transaction(|connection| {
            for job in &held {
                catalog.fill_gap(SubjectKind::Video, &job.key)?;
                queue::finish(connection, job.id)?;
            }
            for job in &failed {
                queue::fail(connection, job.id, "null")?;
            }
            catalog.add_rows(connection, self.run, &rows)
        })?;
        self.report.videos.fetched += held.len() as u64;
        self.report.videos.missing += failed.len() as u64;
        Ok(())
    }

    /// Decrypts a fetched file, compares it with the declared values, and adds it to the stage.
    fn judge(&self, job: &JobRow, wanted: &VideoJob, file: &FetchedFile, key: Option<u64>) -> Result<Judged> {
        let failed = |error| Error::disk("crawl-folder-failed", file.path.display(), error);
        let keys: BTreeSet<u64> =
            key.into_iter().chain(wanted.video.sources.iter().filter_map(|one| one.key)).collect();
        let hidden = !crate::parse::video::mp4::is_mp4(&file.head);
        let key = keys.into_iter().filter(|_| hidden).find(|key| opens(*key, &file.head));
        // The MD5 may be that of the encrypted or of the decrypted video; either is accepted.
        let mut raw = InspectingReader::new(platform::open_file(&file.path).map_err(failed)?);
        let name = wanted.title.clone().unwrap_or_else(|| job.key.clone());
        let (mut saved, staged, kind) = {
            let mut look = InspectingReader::new(OpenedReader::new(&mut raw, key));
            let mut beginning = Vec::new();
            (&mut look).take(64 * 1024).read_to_end(&mut beginning).map_err(failed)?;
            let staged =
                self.session.stage.put(&mut std::io::Cursor::new(&beginning).chain(&mut look), Some(file.bytes))?;
            (look.finish(staged.sha256, &name), staged, media_type::of(&beginning))
        };
        let raw = raw.finish(file.sha256, &name);
        platform::remove_file(&file.path).map_err(failed)?;
        let md5 = &wanted.video.md5;
        if !md5.is_empty() && !md5.contains(&saved.md5) && !md5.contains(&raw.md5) {
            return Ok(Judged::No(GapReason::HashMismatch, saved.md5));
        }
        let kind = if saved.known { MediaType { extension: "mp4", mime: "video/mp4", ..kind } } else { kind };
        let blob = kind.row(staged.sha256, staged.bytes);
        (saved.key, saved.of) = (key, Some(job.key.clone()));
        Ok(Judged::Film(Box::new(saved), blob))
    }
}

/// Identifies the tried tokens by a digest, without disclosing them.
fn tokens(sources: &[VideoSource]) -> String {
    let all: Vec<String> =
        sources.iter().map(|one| format!("{}{}", one.url, one.token.as_deref().unwrap_or_default())).collect();
    format!("tokens {}", &Sha256::of(all.join("\n").as_bytes()).hex()[..12])
}

/// Reports whether the token has expired: the platform's file hosts signal that by a status code.
fn is_over(failure: &Failure) -> bool {
    failure.exchange.as_ref().is_some_and(|exchange| matches!(exchange.status, 400 | 401 | 403 | 404 | 410))
}

/// Tries each source in turn; returns the first failure if all fail.
async fn fetch_one(
    fetcher: &Fetcher,
    account: &str,
    job: &JobRow,
    folder: &std::path::Path,
) -> Result<(FetchedFile, Option<u64>), Failure> {
    let VideoJob { video, .. } = decode(&job.payload)?;
    let mut first = None;
    for source in &video.sources {
        let request = MediaRequest {
            account: account.to_owned(),
            key: video.key.clone(),
            role: MediaRole::Video,
            urls: vec![format!("{}{}", source.url, source.token.as_deref().unwrap_or_default())],
            declared: None,
            bytes: Some(&video.bytes).filter(|bytes| bytes.len() == 1).and_then(|bytes| bytes.first().copied()),
            hidden: true,
        };
        match fetcher.media(&request, folder).await {
            Ok(file) => return Ok((file, source.key)),
            Err(failure) if failure.is_disk() => return Err(failure),
            Err(failure) => {
                first.get_or_insert(failure);
            }
        }
    }
    Err(first.unwrap_or_else(|| Failure::from(Error::other("crawl-job-invalid"))))
}
