//! The only module that reads the system clock.

use jiff::Timestamp;

use crate::error::{Error, Result};
use crate::model::Time;

/// A source of the current time.
pub trait Clock: Send + Sync {
    /// Returns the time to record for a run.
    ///
    /// # Errors
    /// `clock-invalid` if the clock is set to an invalid time.
    fn now(&self) -> Result<Time>;

    /// Returns the Unix time for signing requests, which no setting changes.
    fn signing_second(&self) -> i64;
}

/// The system clock. `SOURCE_DATE_EPOCH` overrides the recorded time.
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

/// Returns the time of the system in Unix milliseconds, which no setting changes.
pub fn unix_millis() -> i64 {
    Timestamp::now().as_millisecond()
}
