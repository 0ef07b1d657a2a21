//! Fetching the films of 视频号 works while the tokens of their lists still live: opened where their beginning is
//! encrypted, and compared with the size and MD5 that the lists declare. What comes is a saved file like any other; the
//! commit finds its work again by the name it was fetched for.

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
use crate::model::piece::FilmSource;
use crate::model::{Gap, GapReason, MediaRole, SavedFile, Sha256, SubjectKind};
use crate::parse::video::isaac64::opens;
use crate::pipeline::archive::ownership::Own;
use crate::pipeline::collect::media_type;
use crate::pipeline::commit::posts::OpenedReader;
use crate::platform;
use crate::progress::{Step, Task};
use crate::source::file::page::saved_file::Look;
use crate::store::pieces::WantedFilm;
use crate::store::queue::{self, Job, JobRow, State};
use crate::store::segment::{BlobRow, Segment};

/// Kind of a job that fetches a film.
const FILM: &str = "film";

/// A film to be fetched.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct FilmJob {
    film: WantedFilm,
    title: Option<String>,
}

/// A job with what came of it.
struct Came {
    job: JobRow,
    result: Result<(FetchedFile, Option<u64>), Failure>,
}

/// What a film turned out to be.
enum Judged {
    Film(Box<SavedFile>, BlobRow),
    No(GapReason, String),
}

impl Crawl<'_> {
    /// Puts every film that is listed and not held into the queue.
    pub(super) fn want_films(&self) -> Result<()> {
        let catalog = &self.session.catalog;
        let mut jobs: Vec<(String, FilmJob)> = Vec::new();
        catalog.each_piece(|piece| {
            let Some(film) = piece.film else { return Ok(()) };
            // These very tokens are over; a list taken later has others.
            let over = piece.gap.as_ref().is_some_and(|gap| {
                gap.reason == GapReason::ExpiredWindow && gap.detail.as_deref() == Some(&tokens(&film.sources))
            });
            if !over {
                jobs.push((piece.id, FilmJob { film, title: piece.title }));
            }
            Ok(())
        })?;
        catalog.transaction(|connection| {
            for (key, job) in &jobs {
                let lane = job.film.sources.first().map(|source| lane_of(&source.url)).unwrap_or_default();
                let payload = encode(job)?;
                queue::enqueue(connection, self.run.id, &Job { kind: FILM, key, lane: &lane, payload: &payload })?;
            }
            Ok(())
        })
    }

    /// Fetches the films in the queue; true if there were any.
    pub(super) fn fetch_films(&mut self, own: Option<&Own>) -> Result<bool> {
        let session = self.session;
        let catalog = &session.catalog;
        let waiting = queue::count(catalog.connection(), FILM, State::Waiting)?;
        if waiting == 0 || self.is_stopped() {
            return Ok(false);
        }
        let step = self.progress.start(Task::FetchMedia, Some(waiting));
        let account = account_of(own);
        let driver = Driver { width: self.fetcher.width(), stop: self.stop };
        let (fetcher, folder) = (Arc::clone(&self.fetcher), self.folder.clone());
        let claim = || catalog.transaction(|connection| queue::claim(connection, FILM, 64));
        let work = move |job: JobRow| {
            let (fetcher, account, folder) = (Arc::clone(&fetcher), account.clone(), folder.clone());
            async move { Came { result: fetch_one(&fetcher, &account, &job, &folder).await, job } }
        };
        let handle = self.runtime.handle().clone();
        handle.block_on(driver.run(claim, work, |came| self.settle_films(came, step.as_ref())))?;
        Ok(true)
    }

    fn settle_films(&mut self, came: Vec<Came>, step: &dyn Step) -> Result<()> {
        let mut rows = Segment::default();
        let (mut held, mut failed) = (Vec::new(), Vec::new());
        for Came { job, result } in came {
            step.advance(1);
            let wanted: FilmJob = decode(&job.payload)?;
            let judged = match result {
                Ok((file, key)) => self.judge(&job, &wanted, &file, key)?,
                Err(failure) if failure.is_disk() => return Err(failure.error),
                Err(failure) if is_over(&failure) => Judged::No(GapReason::ExpiredWindow, tokens(&wanted.film.sources)),
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

    /// Opens what came, compares it with what the lists declare, and puts it into the stage.
    fn judge(&self, job: &JobRow, wanted: &FilmJob, file: &FetchedFile, key: Option<u64>) -> Result<Judged> {
        let failed = |error| Error::disk("crawl-folder-failed", file.path.display(), error);
        let keys: BTreeSet<u64> = key.into_iter().chain(wanted.film.sources.iter().filter_map(|one| one.key)).collect();
        let hidden = !crate::parse::video::mp4::is_film(&file.head);
        let key = keys.into_iter().filter(|_| hidden).find(|key| opens(*key, &file.head));
        // The MD5 of a list is of the film; of which form it is when the film is hidden nobody says: either will do.
        let mut raw = Look::new(platform::open_file(&file.path).map_err(failed)?);
        let name = wanted.title.clone().unwrap_or_else(|| job.key.clone());
        let (mut saved, staged) = {
            let mut look = Look::new(OpenedReader::new(&mut raw, key));
            let mut beginning = Vec::new();
            (&mut look).take(64 * 1024).read_to_end(&mut beginning).map_err(failed)?;
            let staged =
                self.session.stage.put(&mut std::io::Cursor::new(&beginning).chain(&mut look), Some(file.bytes))?;
            (look.finish(staged.sha256, &name), staged)
        };
        let raw = raw.finish(file.sha256, &name);
        std::fs::remove_file(&file.path).map_err(failed)?;
        let md5 = &wanted.film.md5;
        if !md5.is_empty() && !md5.contains(&saved.md5) && !md5.contains(&raw.md5) {
            return Ok(Judged::No(GapReason::HashMismatch, saved.md5));
        }
        let kind = media_type::of(&file.head);
        let (extension, mime) = if saved.known { ("mp4", "video/mp4") } else { (kind.extension, kind.mime) };
        let blob = BlobRow {
            digest: staged.sha256,
            bytes: staged.bytes,
            extension: extension.to_owned(),
            mime: mime.to_owned(),
            width: None,
            height: None,
        };
        (saved.key, saved.of) = (key, Some(job.key.clone()));
        Ok(Judged::Film(Box::new(saved), blob))
    }
}

/// Which tokens were tried, without the tokens.
fn tokens(sources: &[FilmSource]) -> String {
    let all: Vec<String> =
        sources.iter().map(|one| format!("{}{}", one.url, one.token.as_deref().unwrap_or_default())).collect();
    format!("tokens {}", &Sha256::of(all.join("\n").as_bytes()).hex()[..12])
}

/// Whether the platform no longer honours the token: its file hosts say so by a status.
fn is_over(failure: &Failure) -> bool {
    failure.exchange.as_ref().is_some_and(|exchange| matches!(exchange.status, 400 | 401 | 403 | 404 | 410))
}

/// Each source in turn; the first failure is told.
async fn fetch_one(
    fetcher: &Fetcher,
    account: &str,
    job: &JobRow,
    folder: &std::path::Path,
) -> Result<(FetchedFile, Option<u64>), Failure> {
    let FilmJob { film, .. } = decode(&job.payload)?;
    let mut first = None;
    for source in &film.sources {
        let request = MediaRequest {
            account: account.to_owned(),
            key: film.key.clone(),
            role: MediaRole::Video,
            urls: vec![format!("{}{}", source.url, source.token.as_deref().unwrap_or_default())],
            declared: None,
            bytes: Some(&film.bytes).filter(|bytes| bytes.len() == 1).and_then(|bytes| bytes.first().copied()),
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
