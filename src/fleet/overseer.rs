//! Spaces the requests of all workers by budgets in the queue, and counts them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::metrics::Metrics;
use super::queue::Queue;
use crate::pipeline::environment::{Counted, Heard, Oversight};

/// Sees every request of a process.
pub struct Overseer {
    /// The queue, whose budgets all workers share.
    pub queue: Arc<dyn Queue>,
    /// Name of the address from which this machine is seen.
    pub address: String,
    /// Interval between article pages of that address.
    pub page_interval: Duration,
    /// Counts of this process.
    pub metrics: Arc<Metrics>,
}

impl fmt::Debug for Overseer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overseer").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Oversight for Overseer {
    fn turn(&self, counted: Counted<'_>, host: &str, interval: Duration) -> Duration {
        let (budget, interval) = match counted {
            Counted::ByAccount(account) => (format!("account/{account}/{host}"), interval),
            Counted::ByAddress => (format!("address/{}/{host}", self.address), self.page_interval),
        };
        if interval.is_zero() {
            return interval;
        }
        // Without the queue the pace of a single account is kept, and no lease is extended either.
        self.queue.take_turn(&budget, interval).unwrap_or(interval)
    }

    fn heard(&self, host: &str, ended: Heard) {
        self.metrics.heard(host, ended);
    }
}
