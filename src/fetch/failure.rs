//! Describes a failed fetch: an error to show, a reason for the gap list, and whether to retry.

use std::time::Duration;

use crate::error::{Error, Kind};
use crate::model::GapReason;

use super::address::PlatformUrl;
use super::evidence::Exchange;

/// A failed fetch.
#[derive(Debug)]
pub struct Failure {
    /// Error code and arguments.
    pub error: Error,
    /// Reason to record for the requested item.
    pub reason: GapReason,
    /// Whether the same request may succeed shortly.
    pub transient: bool,
    /// Delay requested by the host.
    pub retry_after: Option<Duration>,
    /// Record of the exchange, if a response was received.
    pub exchange: Option<Box<Exchange>>,
}

impl Failure {
    /// Creates a permanent failure.
    pub fn lasting(error: Error, reason: GapReason) -> Self {
        Self { error, reason, transient: false, retry_after: None, exchange: None }
    }

    /// Creates a transient failure.
    pub fn passing(code: &'static str, url: &PlatformUrl) -> Self {
        let error = Error::new(Kind::Download, code).with("url", url);
        Self { transient: true, ..Self::lasting(error, GapReason::DownloadFailed) }
    }

    /// Creates a permanent download failure.
    pub fn download(code: &'static str, url: &PlatformUrl) -> Self {
        Self { transient: false, ..Self::passing(code, url) }
    }

    /// Creates a failure for a host that demands human verification or a lower rate.
    pub fn blocked(code: &'static str, url: &PlatformUrl) -> Self {
        Self::lasting(Error::new(Kind::Blocked, code).with("url", url), GapReason::FetchBlocked)
    }

    /// Creates a failure for a file that could not be written locally. It ends the run.
    pub fn disk(error: Error) -> Self {
        Self::lasting(error, GapReason::DownloadFailed)
    }

    /// Reports whether the local disk failed, which ends the run.
    pub fn is_disk(&self) -> bool {
        self.error.kind() == Kind::Disk
    }

    /// Reports whether the failure concerns only the requested item, and not the host, the account or this machine.
    pub fn is_of_one(&self) -> bool {
        matches!(self.error.kind(), Kind::Blocked | Kind::Download | Kind::Input)
            && !matches!(self.error.code(), "fetch-host-stopped" | "pay-answer-stale")
    }

    /// Adds an argument for the message.
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.error = self.error.with(name, value);
        self
    }

    /// Attaches the cause.
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>) -> Self {
        self.error = self.error.because(source);
        self
    }

    /// Attaches the record of the exchange.
    pub fn after(mut self, exchange: Exchange) -> Self {
        self.exchange = Some(Box::new(exchange));
        self
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::lasting(error, GapReason::DownloadFailed)
    }
}
