//! Keeps a number of requests in progress and hands over their results in batches.

use std::collections::VecDeque;
use std::future::Future;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use crate::store::queue::JobRow;

/// Maximum number of results handed over at once: making them durable together costs as much as for one.
const BATCH: usize = 256;

/// Maximum time a result waits to be handed over, which bounds the loss if the run is killed.
const PATIENCE: Duration = Duration::from_millis(100);

/// Interval at which the stop request is checked.
const TICK: Duration = Duration::from_millis(50);

/// Time that requests in progress may take to end once a stop is requested.
const GRACE: Duration = Duration::from_secs(8);

/// Jobs queued per request in progress, so that requests continue while results are made durable.
pub(super) const AHEAD: usize = 8;

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
            while tasks.len() < self.width {
                if waiting.is_empty() && !dry {
                    waiting.extend(claim()?);
                    dry = waiting.is_empty();
                }
                let Some(job) = waiting.pop_front() else { break };
                tasks.spawn(work(job));
            }
            if tasks.is_empty() {
                break;
            }
            let rest = if settled.is_empty() { TICK } else { PATIENCE.saturating_sub(oldest.elapsed()).min(TICK) };
            if let Ok(Some(result)) = tokio::time::timeout(rest, tasks.join_next()).await {
                if settled.is_empty() {
                    oldest = Instant::now();
                }
                settled.push(result.map_err(|error| Error::other("crawl-task-failed").because(error))?);
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
