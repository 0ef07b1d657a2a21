//! Keeps a number of requests under way and hands over what they brought, a batch at a time.

use std::collections::VecDeque;
use std::future::Future;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use crate::store::queue::JobRow;

/// Results handed over at once: what they brought is made durable together, and that costs the same for one as for many.
const BATCH: usize = 256;

/// No result waits longer than this to be handed over: it is what a kill can cost.
const PATIENCE: Duration = Duration::from_millis(100);

/// How often the wish to stop is looked at.
const TICK: Duration = Duration::from_millis(50);

/// How long requests under way may take to end once a stop is wished.
const GRACE: Duration = Duration::from_secs(8);

/// Jobs that wait for their turn behind each that may be under way, so that requests go on while results are made durable.
pub(super) const AHEAD: usize = 8;

/// What drives.
pub(super) struct Driver<'a> {
    /// Requests at once, those waiting for their turn included.
    pub(super) width: usize,
    /// Set to stop.
    pub(super) stop: &'a CancellationToken,
}

impl Driver<'_> {
    /// Does jobs until `claim` gives none. `settle` runs on this thread, between requests.
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
