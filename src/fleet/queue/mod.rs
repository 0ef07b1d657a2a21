//! The queue of jobs, which many workers share: on one machine in an SQLite file, on several in PostgreSQL (feature
//! `postgres`). Both pass the same conformance suite (`tests/it/fleet_queue.rs`).
//!
//! * A job is a phase of an account, known by its key: it exists once, however often it is enqueued.
//! * Jobs of one **lane** never run at the same time. Accounts that share credentials share a lane, because the platform
//!   counts calls by AppID.
//! * A claim is a **lease**, measured by the queue's own clock and never by that of a worker: clocks that differ do no harm.
//!   A worker that stays silent longer loses it, and whoever claims the job next has a higher **epoch**. What the former
//!   holder says of the job from then on is refused.

#[cfg(feature = "postgres")]
pub mod postgres;
pub mod sqlite;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::list::Fleet;
use super::phase::Phase;
#[cfg(feature = "postgres")]
use crate::config::accounts;
use crate::error::{Error, Kind, Result};
use crate::model::Problem;
use crate::platform;

/// A job to enqueue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewJob {
    /// Name of the account.
    pub account: String,
    /// Its lane.
    pub lane: String,
    /// The phase.
    pub phase: Phase,
}

impl NewJob {
    /// Returns the key of the job.
    pub fn key(&self) -> String {
        key(&self.account, self.phase)
    }
}

/// Returns the key of the job of `account` and `phase`.
pub fn key(account: &str, phase: Phase) -> String {
    format!("{account}/{}", phase.code())
}

/// A job that this worker may run until its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The job.
    pub job: NewJob,
    /// Number of this try, from 1.
    pub attempt: u32,
    /// Number of this claim among those of the lane: later ones are higher.
    pub epoch: u64,
    /// Time up to which the job has waited for a quota, in Unix seconds of the worker that said so.
    pub waited_until: Option<i64>,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Done; what it brought, as JSON.
    Done(String),
    /// Waits for the next quota, which is no failure.
    Waits {
        /// Time from now.
        rest: Duration,
        /// The same as Unix seconds of the worker's clock.
        until: i64,
        /// What it brought so far, as JSON.
        note: String,
    },
    /// Failed; tried again after a while.
    Failed {
        /// Time until the next try.
        rest: Duration,
        /// Why.
        problem: Problem,
    },
    /// Failed for good, until somebody has it retried.
    GivenUp(Problem),
    /// The worker stops: the job is free for others at once, and this was no try.
    Released,
}

/// The state of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Can be claimed once its lane is free.
    Ready,
    /// Claimed.
    Running,
    /// Waits for the next quota.
    Waiting,
    /// Waits for its next try after a failure.
    Retrying,
    /// Done.
    Done,
    /// Failed for good.
    GivenUp,
}

impl JobState {
    /// All states.
    pub const ALL: [Self; 6] = [Self::Ready, Self::Running, Self::Waiting, Self::Retrying, Self::Done, Self::GivenUp];

    /// Returns the code; the text is `fleet-state-<code>`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Retrying => "retrying",
            Self::Done => "done",
            Self::GivenUp => "given-up",
        }
    }

    /// Returns the state of this code; what no version knows can be claimed.
    fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.code() == code).unwrap_or(Self::Ready)
    }

    /// Reports whether the job goes on without waiting for another day.
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Ready | Self::Running | Self::Retrying)
    }
}

/// A job as the queue knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRow {
    /// The job.
    pub job: NewJob,
    /// Its state.
    pub state: JobState,
    /// Number of tries since it was enqueued or was done last.
    pub attempts: u32,
    /// Round that it was enqueued for.
    pub round: i64,
    /// Time from now until it can be claimed; zero if it can be.
    pub rest: Duration,
    /// Time at which the quota that it waits for is renewed, in Unix seconds of the worker that said so.
    pub waited_until: Option<i64>,
    /// Worker that runs it.
    pub worker: Option<String>,
    /// What its last successful try brought, as JSON.
    pub note: Option<String>,
    /// Why its last try failed; forgotten once it is done.
    pub problem: Option<Problem>,
}

/// A queue of jobs. Every function is one transaction.
pub trait Queue: Debug + Send + Sync {
    /// Adds the jobs that are not known, and makes those of an earlier round that are done or given up ready again; with
    /// `again` those of this round too. What waits, or runs, is left alone. Returns the number of jobs that became ready.
    ///
    /// # Errors
    /// `fleet-queue-failed`, as everywhere in this trait.
    fn enqueue(&self, jobs: &[NewJob], round: i64, again: bool) -> Result<usize>;

    /// Claims the most urgent job that can run now; `None` if there is none.
    fn claim(&self, worker: &str) -> Result<Option<Claim>>;

    /// Extends the lease; false if it is lost, so that the work must stop.
    fn beat(&self, claim: &Claim) -> Result<bool>;

    /// Records how a try ended and frees its lane; false, without any effect, if the lease is lost.
    fn settle(&self, claim: &Claim, ended: &Ended) -> Result<bool>;

    /// Makes the jobs that failed ready at once, and those that were given up: of `account`, or of all. Returns their
    /// number.
    fn retry(&self, account: Option<&str>) -> Result<usize>;

    /// Removes the jobs of accounts that are not in `accounts`, unless they run. Returns their number.
    fn forget_others(&self, accounts: &[&str]) -> Result<usize>;

    /// Returns all jobs, by account and phase.
    fn jobs(&self) -> Result<Vec<JobRow>>;

    /// Counts the jobs by phase and state.
    fn counts(&self) -> Result<BTreeMap<(Phase, JobState), u64>>;

    /// Takes the next turn of a budget that allows one request an interval, whoever makes it. Returns the time to wait
    /// until the turn.
    fn take_turn(&self, budget: &str, interval: Duration) -> Result<Duration>;
}

/// Returns a time in milliseconds, as both engines count.
fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}

/// Returns a problem as both engines keep it.
fn json(problem: &Problem) -> String {
    serde_json::to_string(problem).unwrap_or_default()
}

/// Number of tries after which a job is given up.
pub const MOST_TRIES: u32 = 8;

/// Name of the queue's file in the fleet's own folder.
const FILE: &str = "queue.sqlite";

/// Opens the queue of a fleet.
///
/// # Errors
/// `fleet-queue-failed`, `fleet-postgres-not-built`, `fleet-queue-address-invalid`, and
/// those of [`crate::config::accounts::read_private`].
pub fn open(fleet: &Fleet) -> Result<Arc<dyn Queue>> {
    if let Some(file) = &fleet.postgres_file {
        return on_server(file, fleet.lease);
    }
    let folder = fleet.state();
    let failed = |error| Error::new(Kind::Disk, "fleet-queue-failed").with("place", folder.display()).because(error);
    platform::create_private_folder(&folder).map_err(failed)?;
    let file = folder.join(FILE);
    match platform::create_new(&file, true) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(failed(error)),
        _ => {}
    }
    Ok(Arc::new(sqlite::SqliteQueue::open(&file, fleet.lease)?))
}

#[cfg(feature = "postgres")]
fn on_server(file: &Path, lease: Duration) -> Result<Arc<dyn Queue>> {
    let address = accounts::read_private(file)?.trim().to_owned();
    Ok(Arc::new(postgres::PostgresQueue::open(&address.into(), lease)?))
}

#[cfg(not(feature = "postgres"))]
fn on_server(file: &Path, _: Duration) -> Result<Arc<dyn Queue>> {
    Err(Error::usage("fleet-postgres-not-built").with("path", file.display()))
}
