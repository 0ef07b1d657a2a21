//! Why a fetch brought nothing: an error for people, a reason for the gap list, and whether to try again.

use std::time::Duration;

use crate::error::{Error, Kind};
use crate::model::GapReason;

use super::address::PlatformUrl;
use super::evidence::Exchange;

/// A fetch that brought nothing.
#[derive(Debug)]
pub struct Failure {
    /// What happened, as code and arguments.
    pub error: Error,
    /// What it means for the thing that was wanted.
    pub reason: GapReason,
    /// Whether the same request may succeed in a moment.
    pub transient: bool,
    /// How long the host asks us to wait.
    pub retry_after: Option<Duration>,
    /// What was said on the wire, where anything was.
    pub exchange: Option<Box<Exchange>>,
}

impl Failure {
    /// A failure that trying again does not mend.
    pub fn lasting(error: Error, reason: GapReason) -> Self {
        Self { error, reason, transient: false, retry_after: None, exchange: None }
    }

    /// A failure that trying again may mend.
    pub fn passing(code: &'static str, url: &PlatformUrl) -> Self {
        let error = Error::new(Kind::Download, code).with("url", url);
        Self { transient: true, ..Self::lasting(error, GapReason::DownloadFailed) }
    }

    /// A download that failed for good.
    pub fn download(code: &'static str, url: &PlatformUrl) -> Self {
        Self { transient: false, ..Self::passing(code, url) }
    }

    /// The host asks for a person, or for less.
    pub fn blocked(code: &'static str, url: &PlatformUrl) -> Self {
        Self::lasting(Error::new(Kind::Blocked, code).with("url", url), GapReason::FetchBlocked)
    }

    /// A file that could not be written here. The run cannot go on.
    pub fn disk(error: Error) -> Self {
        Self::lasting(error, GapReason::DownloadFailed)
    }

    /// Whether it is this machine's disk that failed, which ends the run.
    pub fn is_disk(&self) -> bool {
        self.error.kind() == Kind::Disk
    }

    /// Whether it concerns the one thing that was asked for, and not the host, the account or this machine.
    pub fn is_of_one(&self) -> bool {
        matches!(self.error.kind(), Kind::Blocked | Kind::Download | Kind::Input)
            && !matches!(self.error.code(), "fetch-host-stopped" | "pay-answer-stale")
    }

    /// Adds an argument for the words.
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.error = self.error.with(name, value);
        self
    }

    /// Attaches what caused it.
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>) -> Self {
        self.error = self.error.because(source);
        self
    }

    /// Attaches what was said on the wire.
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
