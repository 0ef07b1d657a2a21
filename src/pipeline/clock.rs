//! The one place that reads the clock of the system.

use jiff::Timestamp;

use crate::error::{Error, Result};
use crate::model::Time;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Returns the time that a run is recorded with.
    ///
    /// # Errors
    /// `clock-invalid` if it is set to something that is no time.
    fn now(&self) -> Result<Time>;

    /// Returns the second that requests are signed with, which no setting moves.
    fn signing_second(&self) -> i64;
}

/// The clock of the system. `SOURCE_DATE_EPOCH` sets it for everything that is recorded.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Result<Time> {
        match std::env::var("SOURCE_DATE_EPOCH") {
            Ok(seconds) => seconds
                .trim()
                .parse()
                .ok()
                .and_then(Time::from_unix)
                .ok_or_else(|| Error::usage("clock-invalid").with("value", seconds)),
            Err(_) => {
                Time::from_unix(self.signing_second()).ok_or_else(|| Error::other("clock-invalid").with("value", 0))
            }
        }
    }

    fn signing_second(&self) -> i64 {
        Timestamp::now().as_second()
    }
}
