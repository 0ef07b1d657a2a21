//! How work is done: where its progress is shown, what stops it, how many threads it takes. It is handed down, so that two
//! jobs of one process do not disturb each other.

use std::fmt;
use std::sync::LazyLock;

use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use crate::parallel::Pool;
use crate::progress::{NoProgress, Progress};

/// See the module.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// Shows how far it is.
    pub progress: &'a dyn Progress,
    /// Cancelled to stop it.
    pub stop: &'a CancellationToken,
    /// Threads that work side by side.
    pub pool: Pool,
}

impl Work<'_> {
    /// Returns true if it is to stop.
    pub fn is_stopped(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Ends what is under way if it is to stop.
    ///
    /// # Errors
    /// [`Error::interrupted`].
    pub fn check(&self) -> Result<()> {
        if self.is_stopped() { Err(Error::interrupted()) } else { Ok(()) }
    }
}

impl Default for Work<'_> {
    /// Shows nothing and is never stopped.
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
