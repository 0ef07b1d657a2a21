//! What a job takes from the world around it. The default is the real world; a caller may give another.

use std::fmt;
use std::sync::{Arc, LazyLock};

use super::clock::{Clock, SystemClock};
use crate::error::Result;
use crate::fetch::{Fetcher, Settings};
use crate::model::Time;
use crate::parallel::Pool;

/// The world around a job.
#[derive(Clone)]
pub struct Environment {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Threads that work side by side.
    pub pool: Pool,
    /// Makes what fetches.
    pub fetcher: MakeFetcher,
}

/// Makes a fetcher of these settings, for a run of this time.
pub type MakeFetcher = Arc<dyn Fn(Settings, Time) -> Fetcher + Send + Sync>;

impl Environment {
    /// Returns the real world.
    pub fn real() -> &'static Self {
        static REAL: LazyLock<Environment> = LazyLock::new(Environment::default);
        &REAL
    }

    /// Returns the time that a run is recorded with.
    ///
    /// # Errors
    /// `clock-invalid`.
    pub fn now(&self) -> Result<Time> {
        self.clock.now()
    }

    /// Makes a fetcher of `settings`, for a run of this `time`.
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
