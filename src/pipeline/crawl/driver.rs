//! Keeps a number of requests in progress and hands over their results in batches.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use crate::store::queue::JobRow;

/// Number of results that are handed over without waiting longer: making them durable together costs as much as for one.
const BATCH: usize = 256;

/// Maximum time a result waits to be handed over, which bounds the loss if the run is killed.
const PATIENCE: Duration = Duration::from_millis(100);

/// Interval at which the stop request is checked.
const TICK: Duration = Duration::from_millis(50);

/// Time that requests in progress may take to end once a stop is requested.
const GRACE: Duration = Duration::from_secs(8);

/// Jobs queued per request in progress, so that requests continue while results are made durable.
pub(super) const AHEAD: usize = 8;

/// Results of tasks that ended. The thread that settles them is woken for many at once: waking it for every file costs
/// about as much as asking for the file.
struct Results<T> {
    ready: Mutex<Ready<T>>,
    wake: Notify,
}

struct Ready<T> {
    results: Vec<T>,
    /// Number of results at which the waiting thread is woken.
    enough: usize,
}

impl<T> Results<T> {
    fn new() -> Self {
        Self { ready: Mutex::new(Ready { results: Vec::new(), enough: 1 }), wake: Notify::new() }
    }

    fn ready(&self) -> MutexGuard<'_, Ready<T>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, result: T) {
        let mut ready = self.ready();
        ready.results.push(result);
        if ready.results.len() == ready.enough {
            self.wake.notify_one();
        }
    }

    /// Waits until `enough` results are ready or `rest` is over; takes those that are.
    async fn take(&self, enough: usize, rest: Duration) -> Vec<T> {
        let held = {
            let mut ready = self.ready();
            ready.enough = enough;
            ready.results.len()
        };
        if held < enough {
            // A wake-up left over from an earlier wait only ends this one early.
            let _ = tokio::time::timeout(rest, self.wake.notified()).await;
        }
        std::mem::take(&mut self.ready().results)
    }
}

/// The driver of concurrent requests.
pub(super) struct Driver<'a> {
    /// Maximum number of concurrent requests, including those waiting for their turn.
    pub(super) width: usize,
    /// Token that requests a stop.
    pub(super) stop: &'a CancellationToken,
}

impl Driver<'_> {
    /// Runs jobs until `claim` returns none. `settle` runs on this thread, between requests.
    pub(super) async fn run<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
        &self,
        mut claim: impl FnMut() -> Result<Vec<JobRow>>,
        work: impl Fn(JobRow) -> F,
        mut settle: impl FnMut(Vec<T>) -> Result<()>,
    ) -> Result<()> {
        let mut tasks = JoinSet::new();
        let results = Arc::new(Results::new());
        // Tasks whose result was not taken yet.
        let mut running = 0;
        let mut waiting: VecDeque<JobRow> = VecDeque::new();
        let mut settled: Vec<T> = Vec::new();
        let mut oldest = Instant::now();
        let mut stopped_at: Option<Instant> = None;
        let mut dry = false;
        loop {
            if self.stop.is_cancelled() {
                stopped_at.get_or_insert_with(Instant::now);
                waiting.clear();
                dry = true;
            }
            while running < self.width {
                if waiting.is_empty() && !dry {
                    waiting.extend(claim()?);
                    dry = waiting.is_empty();
                }
                let Some(job) = waiting.pop_front() else { break };
                let (work, results) = (work(job), Arc::clone(&results));
                tasks.spawn(async move { results.push(work.await) });
                running += 1;
            }
            if running == 0 {
                break;
            }
            // The first result starts the clock. After it this thread sleeps until a batch is full or half of the tasks have
            // ended: with fewer in progress, requests could run out.
            let (enough, rest) = if settled.is_empty() {
                (1, TICK)
            } else {
                (running.div_ceil(2).min(BATCH - settled.len()), PATIENCE.saturating_sub(oldest.elapsed()).min(TICK))
            };
            let ready = results.take(enough, rest).await;
            if settled.is_empty() {
                oldest = Instant::now();
            }
            running -= ready.len();
            settled.extend(ready);
            // A task that panicked has no result.
            while let Some(ended) = tasks.try_join_next() {
                ended.map_err(|error| Error::other("crawl-task-failed").because(error))?;
            }
            if settled.len() >= BATCH || (!settled.is_empty() && oldest.elapsed() >= PATIENCE) {
                settle(std::mem::take(&mut settled))?;
            }
            if stopped_at.is_some_and(|at| at.elapsed() >= GRACE) {
                tasks.shutdown().await;
                break;
            }
        }
        if settled.is_empty() { Ok(()) } else { settle(settled) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::store::queue::State;

    const JOBS: i64 = 1000;

    fn job(id: i64) -> JobRow {
        let (key, payload) = (id.to_string(), "{}".to_owned());
        JobRow { id, key, ordinal: id.cast_unsigned(), payload, state: State::Claimed, outcome: None }
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
    }

    /// Runs all jobs with `width`; returns the sizes of the batches and the ids in them.
    fn run(width: usize) -> (Vec<usize>, Vec<i64>) {
        let stop = CancellationToken::new();
        let mut jobs = (0..JOBS).map(job).collect::<VecDeque<_>>();
        let (mut sizes, mut ids) = (Vec::new(), Vec::new());
        let driver = Driver { width, stop: &stop };
        let claim = || Ok(jobs.drain(..jobs.len().min(100)).collect());
        let work = |job: JobRow| async move {
            tokio::task::yield_now().await;
            job.id
        };
        let settle = |batch: Vec<i64>| {
            sizes.push(batch.len());
            ids.extend(batch);
            Ok(())
        };
        runtime().block_on(driver.run(claim, work, settle)).unwrap();
        (sizes, ids)
    }

    #[test]
    fn every_result_is_handed_over_once_and_many_at_a_time() {
        for width in [1, 2, 16, 128] {
            let (sizes, ids) = run(width);
            assert_eq!(ids.len(), 1000, "{width}");
            assert_eq!(ids.iter().copied().collect::<BTreeSet<_>>(), (0..JOBS).collect(), "{width}");
            assert!(sizes.iter().all(|size| (1..BATCH + width).contains(size)), "{width}: {sizes:?}");
        }
    }

    #[test]
    fn a_task_that_panics_is_an_error() {
        let stop = CancellationToken::new();
        let mut jobs = vec![vec![job(1), job(2)]];
        let driver = Driver { width: 2, stop: &stop };
        let work = |job: JobRow| async move { assert_ne!(job.id, 2, "on purpose") };
        let ended = runtime().block_on(driver.run(|| Ok(jobs.pop().unwrap_or_default()), work, |_| Ok(())));
        assert_eq!(ended.unwrap_err().code(), "crawl-task-failed");
    }

    #[test]
    fn a_stop_ends_the_claims_and_keeps_the_results() {
        let stop = CancellationToken::new();
        let mut claims = 0;
        let driver = Driver { width: 4, stop: &stop };
        let claim = || {
            claims += 1;
            stop.cancel();
            Ok(vec![job(1), job(2), job(3), job(4), job(5)])
        };
        let mut settled = Vec::new();
        let settle = |batch: Vec<i64>| {
            settled.extend(batch);
            Ok(())
        };
        runtime().block_on(driver.run(claim, |job| async move { job.id }, settle)).unwrap();
        settled.sort_unstable();
        assert_eq!((claims, settled), (1, vec![1, 2, 3, 4]));
    }
}
