//! What a job takes from the world around it. The default is the real world; a caller may give another.

use std::fmt;
use std::sync::{Arc, LazyLock};

use super::clock::{Clock, SystemClock};
use crate::error::Result;
use crate::model::Time;

/// The world around a job.
#[derive(Clone)]
pub struct Environment {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

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
}

impl Default for Environment {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock) }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}
