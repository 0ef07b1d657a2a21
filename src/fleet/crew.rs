//! The workers of one process: each takes one job after the other, and all their leases are kept alive by one heartbeat.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::errand::Errands;
use super::list::Fleet;
use super::queue::{Claim, Ended, JobState, Queue};
use super::schedule;
use crate::error::{Error, Result};
use crate::model::Time;
use crate::pipeline::environment::Environment;
use crate::pipeline::job::pause;
use crate::platform;

/// How long a crew works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until what is left waits for another day.
    NothingToDo,
    /// Until everything is done or given up.
    AllDone,
    /// Until it is stopped: a new round begins every day.
    Stopped,
}

/// The workers of a process.
pub struct Crew<'a> {
    /// The fleet.
    pub fleet: &'a Fleet,
    /// The queue.
    pub queue: &'a dyn Queue,
    /// What does the jobs.
    pub errands: &'a dyn Errands,
    /// Hears what happens.
    pub listener: &'a dyn Listener,
    /// The clock.
    pub environment: &'a Environment,
    /// Stops the crew: the jobs in progress end at their next safe point.
    pub stop: &'a CancellationToken,
    /// Number of workers.
    pub workers: usize,
    /// How long it works.
    pub until: Until,
    /// Whether what was done today is done again, and what failed is tried at once.
    pub again: bool,
}

impl std::fmt::Debug for Crew<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Crew").field("workers", &self.workers).field("until", &self.until).finish_non_exhaustive()
    }
}

/// Hears what happens to a crew.
pub trait Listener: Sync {
    /// Hears it.
    fn hear(&self, told: &Told<'_>);
}

/// What happens to a crew.
#[derive(Debug)]
pub enum Told<'a> {
    /// Jobs became ready for a round.
    Enqueued(usize),
    /// A job begins.
    Begun(&'a Claim),
    /// A try of a job ended, after a while.
    Ended(&'a Claim, &'a Ended, Duration),
    /// The lease of a job was lost: somebody else does it.
    Lost(&'a Claim),
    /// The queue could not be reached; it is tried again.
    QueueFailed(&'a Error),
}

/// Longest rest of a worker that finds nothing to do.
const REST: Duration = Duration::from_secs(1);

/// Time for which a queue may be out of reach before the crew gives up, unless it works until it is stopped.
const PATIENCE: Duration = Duration::from_mins(10);

/// The leases of a crew.
type Leases = Mutex<BTreeMap<String, Lease>>;

/// A job in progress.
struct Lease {
    claim: Claim,
    stop: CancellationToken,
    /// When the queue last said that it is ours.
    heard: Instant,
}

impl Crew<'_> {
    /// Enqueues today's round and works.
    ///
    /// # Errors
    /// `fleet-queue-failed` if the queue stays out of reach.
    pub fn run(&self) -> Result<()> {
        self.enqueue(self.again)?;
        let leases = Leases::default();
        let over = CancellationToken::new();
        thread::scope(|scope| {
            scope.spawn(|| self.keep_alive(&leases, &over));
            let name = |number| format!("{}-{}-{number}", platform::host_name(), std::process::id());
            let workers: Vec<_> = (0..self.workers.max(1))
                .map(|number| {
                    let leases = &leases;
                    scope.spawn(move || self.work(&name(number), leases))
                })
                .collect();
            let ended = workers
                .into_iter()
                .map(|worker| worker.join().unwrap_or_else(|_| Err(Error::other("fleet-worker-lost"))));
            let ended = ended.collect::<Vec<_>>().into_iter().collect();
            over.cancel();
            ended
        })
    }

    /// Enqueues the round of today; with `again`, also what is done already or failed.
    fn enqueue(&self, again: bool) -> Result<()> {
        let accounts: Vec<&str> = self.fleet.accounts.iter().map(|account| account.name.as_str()).collect();
        self.queue.forget_others(&accounts)?;
        let retried = if again { self.queue.retry(None)? } else { 0 };
        let added = retried + self.queue.enqueue(&self.fleet.jobs(), round(self.environment.now()?), again)?;
        self.listener.hear(&Told::Enqueued(added));
        Ok(())
    }

    /// Extends the leases of the crew until its work is `over`. A lease that was lost, or that nobody confirms any more,
    /// ends its job.
    fn keep_alive(&self, leases: &Leases, over: &CancellationToken) {
        while !over.is_cancelled() {
            pause(self.fleet.lease / 4, over);
            let claims: Vec<Claim> = lock(leases).values().map(|lease| lease.claim.clone()).collect();
            for claim in claims {
                let beaten = self.queue.beat(&claim);
                if let Err(error) = &beaten {
                    self.listener.hear(&Told::QueueFailed(error));
                }
                let mut leases = lock(leases);
                let Some(lease) = leases.get_mut(&claim.job.key()) else { continue };
                match beaten {
                    Ok(true) => lease.heard = Instant::now(),
                    Ok(false) => lease.stop.cancel(),
                    // Somebody who reaches it may have taken the job.
                    Err(_) if lease.heard.elapsed() > self.fleet.lease => lease.stop.cancel(),
                    Err(_) => {}
                }
            }
        }
    }

    fn work(&self, name: &str, leases: &Leases) -> Result<()> {
        let mut failing = None::<Instant>;
        let mut day = round(self.environment.now()?);
        while !self.stop.is_cancelled() {
            let done = self.one(name, leases).and_then(|worked| if worked { Ok(true) } else { self.rest(&mut day) });
            match done {
                Ok(true) => failing = None,
                Ok(false) => return Ok(()),
                Err(error) => {
                    self.listener.hear(&Told::QueueFailed(&error));
                    let since = *failing.get_or_insert_with(Instant::now);
                    if self.until != Until::Stopped && since.elapsed() > PATIENCE {
                        self.stop.cancel();
                        return Err(error);
                    }
                    pause(REST, self.stop);
                }
            }
        }
        Ok(())
    }

    /// Rests if there will be something to do; returns false if the work is over.
    fn rest(&self, day: &mut i64) -> Result<bool> {
        let counts = self.queue.counts()?;
        let any = |is: &dyn Fn(JobState) -> bool| counts.keys().any(|(_, state)| is(*state));
        let goes_on = match self.until {
            Until::Stopped => {
                let today = round(self.environment.now()?);
                if today > *day {
                    *day = today;
                    self.enqueue(false)?;
                }
                true
            }
            Until::AllDone => any(&|state| state.is_under_way() || state == JobState::Waiting),
            Until::NothingToDo => any(&JobState::is_under_way),
        };
        if goes_on {
            pause(REST, self.stop);
        }
        Ok(goes_on)
    }

    /// Does the most urgent job; returns false if there is none now.
    fn one(&self, name: &str, leases: &Leases) -> Result<bool> {
        let Some(claim) = self.queue.claim(name)? else { return Ok(false) };
        let begun = Instant::now();
        self.listener.hear(&Told::Begun(&claim));
        let stop = self.stop.child_token();
        let lease = Lease { claim: claim.clone(), stop: stop.clone(), heard: begun };
        lock(leases).insert(claim.job.key(), lease);
        // A job that panics must not take those of the others with it.
        let result = catch_unwind(AssertUnwindSafe(|| self.errands.run(&claim, &stop)));
        let result = result.unwrap_or_else(|_| Err(schedule::panicked(&claim)));
        let mut settled = Ok(false);
        if let Ok(outcome) = &result {
            let jobs = self.fleet.account(&claim.job.account).map(|account| self.fleet.jobs_of(account));
            let due = schedule::followers(jobs.unwrap_or_default(), claim.job.phase, &outcome.note);
            // Before the job is settled: what is derived from it must not be left out if this process dies.
            settled = self.insist(|| self.queue.enqueue(&due, 0, true).map(|_| true));
        }
        let ended = schedule::ended(result, &claim, self.fleet.retry, self.environment.now()?);
        if settled.is_ok() {
            settled = self.insist(|| self.queue.settle(&claim, &ended));
        }
        lock(leases).remove(&claim.job.key());
        if settled? {
            self.listener.hear(&Told::Ended(&claim, &ended, begun.elapsed()));
        } else {
            self.listener.hear(&Told::Lost(&claim));
        }
        Ok(true)
    }

    /// Tries to tell the queue what was done until the lease is surely lost.
    fn insist(&self, tell: impl Fn() -> Result<bool>) -> Result<bool> {
        let begun = Instant::now();
        loop {
            match tell() {
                Err(error) if begun.elapsed() < self.fleet.lease => {
                    self.listener.hear(&Told::QueueFailed(&error));
                    thread::sleep(REST.min(self.fleet.lease / 4));
                }
                told => return told,
            }
        }
    }
}

fn lock(leases: &Leases) -> MutexGuard<'_, BTreeMap<String, Lease>> {
    leases.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the round of `now`: there is one a day, in Beijing.
pub fn round(now: Time) -> i64 {
    const DAY: i64 = 24 * 60 * 60;
    const BEIJING: i64 = 8 * 60 * 60;
    (now.unix() + BEIJING).div_euclid(DAY)
}
