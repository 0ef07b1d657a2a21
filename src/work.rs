//! Progress, cancellation and threads, passed down together so that two jobs in one process do not affect each other.

use std::fmt;
use std::sync::LazyLock;

use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use crate::parallel::Pool;
use crate::progress::{NoProgress, Progress};

/// The conditions that work runs under.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// Receives the progress.
    pub progress: &'a dyn Progress,
    /// Cancels the work.
    pub stop: &'a CancellationToken,
    /// The threads for parallel work.
    pub pool: Pool,
}

impl Work<'_> {
    /// Reports whether the work is cancelled.
    pub fn is_stopped(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Fails if the work is cancelled.
    ///
    /// # Errors
    /// [`Error::interrupted`].
    pub fn check(&self) -> Result<()> {
        if self.is_stopped() { Err(Error::interrupted()) } else { Ok(()) }
    }
}

impl Default for Work<'_> {
    /// Reports no progress, cannot be cancelled and uses one thread per core.
    fn default() -> Self {
        static NEVER: LazyLock<CancellationToken> = LazyLock::new(CancellationToken::new);
        Self { progress: &NoProgress, stop: &NEVER, pool: Pool::default() }
    }
}

impl fmt::Debug for Work<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work").field("stop", &self.stop).field("pool", &self.pool).finish_non_exhaustive()
    }
}
