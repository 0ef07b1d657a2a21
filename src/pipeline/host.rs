//! Defines the host of a job or a use case: a command line, a local page or a worker. It receives events, answers
//! questions that only the owner can answer, and can cancel the work.

use std::path::Path;

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::api::CallPlan;
use super::backup::{BackupReport, OtherAccount};
use super::environment::Environment;
use crate::error::Result;
use crate::model::Time;
use crate::progress::{NoProgress, Progress};
use crate::work::Work;

/// The host of a job.
pub trait Host: Sync {
    /// Returns the receiver of progress.
    fn progress(&self) -> &dyn Progress;

    /// Returns the token that cancels the job. Committed changes stay committed.
    fn stop(&self) -> &CancellationToken;

    /// Returns the clock, threads and network access of the job.
    fn environment(&self) -> &Environment {
        Environment::real()
    }

    /// Returns the progress, cancellation and threads of the job.
    fn work(&self) -> Work<'_> {
        Work { progress: self.progress(), stop: self.stop(), pool: self.environment().pool }
    }

    /// Receives an event.
    fn hear(&self, event: Event<'_>);

    /// Returns one more password for the archives named `locked`; `None` continues without one. `refused` is true if
    /// none of the given passwords opened any of them. Called only if [`Host::answers`].
    fn password(&self, locked: &[String], refused: bool) -> Result<Option<SecretString>>;

    /// Returns the `__biz` of the account that owns the archive, out of several; `None` leaves it undecided. Called
    /// only if [`Host::answers`].
    fn account(&self, shares: &[OtherAccount]) -> Result<Option<String>>;

    /// Returns a password for the archives named `locked`, which stay closed in a folder that is watched; `None` leaves
    /// them closed for now. Called after every look at the folder: a host whose user can answer at any time shows what
    /// is locked and returns at once. The others ask only if the question is `new`.
    fn password_meanwhile(&self, locked: &[String], refused: bool, new: bool) -> Result<Option<SecretString>> {
        if new && !locked.is_empty() { self.password(locked, refused) } else { Ok(None) }
    }

    /// Returns the owner of the archive as [`Host::account`] does, while a folder is watched.
    fn account_meanwhile(&self, shares: &[OtherAccount], new: bool) -> Result<Option<String>> {
        if new && !shares.is_empty() { self.account(shares) } else { Ok(None) }
    }

    /// Reports whether pages may be fetched once the APIs have listed them.
    fn fetches_pages(&self) -> Result<bool>;

    /// Reports whether the host can answer questions.
    fn answers(&self) -> bool;
}

/// A host without a user: it reports no progress, answers no question and permits every fetch.
#[derive(Clone, Debug, Default)]
pub struct Unattended {
    /// Cancels the job.
    pub stop: CancellationToken,
    /// The clock, threads and network access of the job.
    pub environment: Environment,
}

impl Host for Unattended {
    fn progress(&self) -> &dyn Progress {
        &NoProgress
    }

    fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    fn environment(&self) -> &Environment {
        &self.environment
    }

    fn hear(&self, _: Event<'_>) {}

    fn password(&self, _: &[String], _: bool) -> Result<Option<SecretString>> {
        Ok(None)
    }

    fn account(&self, _: &[OtherAccount]) -> Result<Option<String>> {
        Ok(None)
    }

    fn fetches_pages(&self) -> Result<bool> {
        Ok(true)
    }

    fn answers(&self) -> bool {
        false
    }
}

/// A host whose cancellation has already taken effect: the remaining work runs to its end.
pub(super) struct ToTheEnd<'h> {
    host: &'h dyn Host,
    stop: CancellationToken,
}

impl<'h> ToTheEnd<'h> {
    pub(super) fn of(host: &'h dyn Host) -> Self {
        Self { host, stop: CancellationToken::new() }
    }
}

impl Host for ToTheEnd<'_> {
    fn progress(&self) -> &dyn Progress {
        self.host.progress()
    }

    fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    fn environment(&self) -> &Environment {
        self.host.environment()
    }

    fn hear(&self, event: Event<'_>) {
        self.host.hear(event);
    }

    fn password(&self, locked: &[String], refused: bool) -> Result<Option<SecretString>> {
        self.host.password(locked, refused)
    }

    fn account(&self, shares: &[OtherAccount]) -> Result<Option<String>> {
        self.host.account(shares)
    }

    fn fetches_pages(&self) -> Result<bool> {
        self.host.fetches_pages()
    }

    fn answers(&self) -> bool {
        self.host.answers()
    }
}

/// An event of a job.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The working state was rebuilt from the bags; contains the code of the remark with the reason.
    Repaired(&'static str),
    /// The plan of the API calls, with their number and the days they take.
    Planned(&'a CallPlan),
    /// None of the given passwords opened these archives.
    PasswordsRefused(&'a [String]),
    /// A quota is used up until this time. The archive is not locked meanwhile.
    Waiting(Time),
    /// A folder is being watched.
    Watching(&'a Path),
    /// The watched folder disappeared. The job waits for it.
    FolderGone(&'a Path),
    /// The watched folder is there again.
    FolderBack(&'a Path),
    /// The files saved into the watched folder were read.
    Imported(&'a BackupReport),
    /// Archives in the watched folder need a password, and nobody can be asked for it.
    Locked(&'a [String]),
}
