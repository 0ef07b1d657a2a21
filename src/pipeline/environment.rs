//! Bundles the external dependencies of a job: clock, threads, network. A caller may replace the defaults.

use std::fmt;
use std::sync::{Arc, LazyLock};

use jiff::civil::Date;

use super::clock::{Clock, SystemClock};
use crate::error::Result;
pub use crate::fetch::{Counted, Heard, Oversight};
use crate::fetch::{Fetcher, Settings};
use crate::model::Time;
use crate::parallel::Pool;

/// The external dependencies of a job.
#[derive(Clone)]
pub struct Environment {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The threads for parallel work.
    pub pool: Pool,
    /// Creates HTTP fetchers.
    pub fetcher: MakeFetcher,
}

/// Creates a fetcher from settings and the time of the run.
pub type MakeFetcher = Arc<dyn Fn(Settings, Time) -> Fetcher + Send + Sync>;

impl Environment {
    /// Returns the default: the system clock, one thread per core, the network.
    pub fn real() -> &'static Self {
        static REAL: LazyLock<Environment> = LazyLock::new(Environment::default);
        &REAL
    }

    /// Returns the environment with `oversight` over every request.
    pub fn overseen(self, oversight: Arc<dyn Oversight>) -> Self {
        let make = self.fetcher;
        let fetcher: MakeFetcher =
            Arc::new(move |settings, time| make(settings, time).overseen(Arc::clone(&oversight)));
        Self { fetcher, ..self }
    }

    /// Returns the time to record for a run.
    ///
    /// # Errors
    /// `clock-invalid`.
    pub fn now(&self) -> Result<Time> {
        self.clock.now()
    }

    /// Returns the current day in Beijing.
    ///
    /// # Errors
    /// `clock-invalid`.
    pub fn today(&self) -> Result<Date> {
        Ok(self.now()?.zoned().date())
    }

    /// Creates a fetcher from `settings` for a run at `time`.
    pub(crate) fn fetcher(&self, settings: Settings, time: Time) -> Fetcher {
        (self.fetcher)(settings, time)
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), pool: Pool::default(), fetcher: Arc::new(Fetcher::new) }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("pool", &self.pool).finish_non_exhaustive()
    }
}
