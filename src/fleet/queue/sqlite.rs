//! The queue in an SQLite file: for any number of processes on one machine, without a server. Its clock is that machine's.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, TransactionBehavior, params};

use super::{Claim, Ended, JobRow, JobState, MOST_TRIES, NewJob, Queue, json, millis};
use crate::error::{Error, Result};
use crate::fleet::phase::Phase;
use crate::model::Problem;
use crate::pipeline::clock;

/// A clock in Unix milliseconds.
pub type Millis = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A queue in a file.
pub struct SqliteQueue {
    path: PathBuf,
    connection: Mutex<Connection>,
    lease: i64,
    now: Millis,
}

impl fmt::Debug for SqliteQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteQueue").field("path", &self.path).finish_non_exhaustive()
    }
}

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS job (
    key TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    lane TEXT NOT NULL,
    phase INTEGER NOT NULL,            -- place of the phase: smaller is more urgent
    round INTEGER NOT NULL,
    state TEXT NOT NULL,
    due INTEGER NOT NULL DEFAULT 0,    -- Unix milliseconds
    attempts INTEGER NOT NULL DEFAULT 0,
    waited_until INTEGER,              -- Unix seconds of the worker
    note TEXT,                         -- JSON
    problem TEXT                       -- JSON
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS job_due ON job (phase, state, due);
CREATE INDEX IF NOT EXISTS job_account ON job (account);
CREATE TABLE IF NOT EXISTS lane (
    name TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,            -- the time of the claim, or one more than the last: a new file has no lower ones
    worker TEXT,                       -- NULL if nobody works
    job TEXT,                          -- key of what is worked on
    lease_until INTEGER                -- Unix milliseconds
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lane_lease ON lane (lease_until) WHERE worker IS NOT NULL;
CREATE TABLE IF NOT EXISTS budget (
    name TEXT PRIMARY KEY,
    free_at INTEGER NOT NULL           -- Unix milliseconds
) WITHOUT ROWID;
";

/// Time for which a process waits while others write.
const PATIENCE: Duration = Duration::from_mins(1);

impl SqliteQueue {
    /// Opens or creates the queue at `path`. A worker that is silent for longer than `lease` loses its job.
    ///
    /// # Errors
    /// `fleet-queue-failed`.
    pub fn open(path: &Path, lease: Duration) -> Result<Self> {
        Self::with_clock(path, lease, Arc::new(clock::unix_millis))
    }

    /// Does what [`SqliteQueue::open`] does, with a clock of the caller's.
    ///
    /// # Errors
    /// `fleet-queue-failed`.
    pub fn with_clock(path: &Path, lease: Duration, now: Millis) -> Result<Self> {
        let failed = |error| failed(path)(error);
        let connection = Connection::open(path).map_err(failed)?;
        connection.busy_timeout(PATIENCE).map_err(failed)?;
        // Power cuts may undo the last transactions, and a job runs once more; it never breaks the file.
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
            .and_then(|()| connection.execute_batch(SCHEMA))
            .map_err(failed)?;
        Ok(Self { path: path.to_owned(), connection: Mutex::new(connection), lease: millis(lease), now })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `act` in one transaction, with the time of its beginning.
    fn transaction<T>(&self, act: impl FnOnce(&Transaction<'_>, i64) -> rusqlite::Result<T>) -> Result<T> {
        let mut connection = self.connection();
        let run = || {
            // Immediate: two that read first and then write would refuse each other.
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = act(&transaction, (self.now)())?;
            transaction.commit()?;
            Ok(done)
        };
        run().map_err(failed(&self.path))
    }
}

fn failed(path: &Path) -> impl FnOnce(rusqlite::Error) -> Error {
    move |error| Error::other("fleet-queue-failed").with("place", path.display()).because(error)
}

/// Returns the key of the most urgent job that can run now. One look into the index for each phase and state: what waits
/// for later is not walked over.
fn next(transaction: &Transaction<'_>, now: i64) -> rusqlite::Result<Option<String>> {
    let lost = "SELECT job FROM lane WHERE worker IS NOT NULL AND lease_until <= ?1 ORDER BY lease_until LIMIT 1";
    let lost = transaction.prepare_cached(lost)?.query_row([now], |row| row.get(0)).optional()?;
    if lost.is_some() {
        return Ok(lost);
    }
    let mut due = transaction.prepare_cached(
        "SELECT key, due FROM job WHERE phase = ?1 AND state = ?2 AND due <= ?3
         AND NOT EXISTS (SELECT 1 FROM lane WHERE lane.name = job.lane AND lane.worker IS NOT NULL)
         ORDER BY due, key LIMIT 1",
    )?;
    for phase in Phase::ALL {
        let mut first = None::<(i64, String)>;
        for state in [JobState::Ready, JobState::Waiting, JobState::Retrying] {
            let values = params![phase.place(), state.code(), now];
            let found = due.query_row(values, |row| Ok((row.get::<_, i64>(1)?, row.get::<_, String>(0)?)));
            first = first.into_iter().chain(found.optional()?).min();
        }
        if let Some((_, key)) = first {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

fn job(row: &Row<'_>) -> rusqlite::Result<NewJob> {
    Ok(NewJob { account: row.get("account")?, lane: row.get("lane")?, phase: Phase::at(row.get("phase")?) })
}

impl Queue for SqliteQueue {
    fn enqueue(&self, jobs: &[NewJob], round: i64, again: bool) -> Result<usize> {
        self.transaction(|transaction, now| {
            let mut added = 0;
            for job in jobs {
                // Credentials may have come to be shared. What runs keeps the lane that it holds, with all of its account.
                transaction
                    .prepare_cached(
                        "UPDATE job SET lane = ?2 WHERE key = ?1 AND lane <> ?2 AND NOT EXISTS (
                             SELECT 1 FROM job other WHERE other.account = job.account AND other.state = 'running')",
                    )?
                    .execute([&job.key(), &job.lane])?;
                added += transaction
                    .prepare_cached(
                        "INSERT INTO job (key, account, lane, phase, round, state, due) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                         ON CONFLICT (key) DO UPDATE SET state = excluded.state, due = excluded.due, attempts = 0,
                             round = max(round, excluded.round), waited_until = NULL
                         WHERE state IN ('done', 'given-up') AND (round < excluded.round OR ?8)",
                    )?
                    .execute(params![
                        job.key(),
                        job.account,
                        job.lane,
                        job.phase.place(),
                        round,
                        JobState::Ready.code(),
                        now,
                        again
                    ])?;
            }
            Ok(added)
        })
    }

    fn claim(&self, worker: &str) -> Result<Option<Claim>> {
        self.transaction(|transaction, now| {
            loop {
                let Some(key) = next(transaction, now)? else { return Ok(None) };
                let (job, attempts, waited_until) = transaction
                    .prepare_cached("SELECT account, lane, phase, attempts, waited_until FROM job WHERE key = ?1")?
                    .query_row([&key], |row| Ok((job(row)?, row.get::<_, u32>(3)?, row.get(4)?)))?;
                if attempts >= MOST_TRIES {
                    // Whoever tried it last never came back: it may be what ends them.
                    let problem = Problem::from_error(&Error::other("fleet-worker-lost"), String::new());
                    give_up(transaction, &key, &problem)?;
                    free(transaction, &job.lane)?;
                    continue;
                }
                let epoch = transaction
                    .prepare_cached(
                        "INSERT INTO lane (name, epoch, worker, job, lease_until) VALUES (?1, ?5, ?2, ?3, ?4)
                         ON CONFLICT (name) DO UPDATE SET epoch = max(epoch + 1, excluded.epoch), worker = excluded.worker,
                             job = excluded.job, lease_until = excluded.lease_until
                         RETURNING epoch",
                    )?
                    .query_row(params![job.lane, worker, key, now + self.lease, now], |row| row.get::<_, i64>(0))?;
                transaction
                    .prepare_cached("UPDATE job SET state = ?2, attempts = attempts + 1 WHERE key = ?1")?
                    .execute(params![key, JobState::Running.code()])?;
                return Ok(Some(Claim { job, attempt: attempts + 1, epoch: epoch.cast_unsigned(), waited_until }));
            }
        })
    }

    fn beat(&self, claim: &Claim) -> Result<bool> {
        self.transaction(|transaction, now| {
            let extended = transaction
                .prepare_cached("UPDATE lane SET lease_until = ?4 WHERE name = ?1 AND epoch = ?2 AND job = ?3")?
                .execute(params![claim.job.lane, claim.epoch.cast_signed(), claim.job.key(), now + self.lease])?;
            Ok(extended > 0)
        })
    }

    fn settle(&self, claim: &Claim, ended: &Ended) -> Result<bool> {
        self.transaction(|transaction, now| {
            let key = claim.job.key();
            let freed = transaction
                .prepare_cached(
                    "UPDATE lane SET worker = NULL, job = NULL, lease_until = NULL
                     WHERE name = ?1 AND epoch = ?2 AND job = ?3",
                )?
                .execute(params![claim.job.lane, claim.epoch.cast_signed(), key])?;
            if freed == 0 {
                return Ok(false);
            }
            match ended {
                Ended::Done(note) => transaction
                    .prepare_cached(
                        "UPDATE job SET state = ?2, note = ?3, problem = NULL, attempts = 0, waited_until = NULL
                         WHERE key = ?1",
                    )?
                    .execute(params![key, JobState::Done.code(), note])?,
                Ended::Waits { rest, until, note } => transaction
                    .prepare_cached(
                        "UPDATE job SET state = ?2, due = ?3, waited_until = ?4, note = ?5, problem = NULL, attempts = 0
                         WHERE key = ?1",
                    )?
                    .execute(params![key, JobState::Waiting.code(), now + millis(*rest), until, note])?,
                Ended::Failed { problem, .. } | Ended::GivenUp(problem)
                    if claim.attempt >= MOST_TRIES || matches!(ended, Ended::GivenUp(_)) =>
                {
                    give_up(transaction, &key, problem)?
                }
                Ended::Failed { rest, problem } => transaction
                    .prepare_cached("UPDATE job SET state = ?2, due = ?3, problem = ?4 WHERE key = ?1")?
                    .execute(params![key, JobState::Retrying.code(), now + millis(*rest), json(problem)])?,
                Ended::GivenUp(_) => 0,
                Ended::Released => transaction
                    .prepare_cached("UPDATE job SET state = ?2, due = ?3, attempts = attempts - 1 WHERE key = ?1")?
                    .execute(params![key, JobState::Ready.code(), now])?,
            };
            Ok(true)
        })
    }

    fn retry(&self, account: Option<&str>) -> Result<usize> {
        self.transaction(|transaction, now| {
            transaction
                .prepare_cached(
                    "UPDATE job SET state = ?1, due = ?2, attempts = 0
                     WHERE state IN (?3, ?4) AND (?5 IS NULL OR account = ?5)",
                )?
                .execute(params![
                    JobState::Ready.code(),
                    now,
                    JobState::GivenUp.code(),
                    JobState::Retrying.code(),
                    account
                ])
        })
    }

    fn forget_others(&self, accounts: &[&str]) -> Result<usize> {
        let accounts = serde_json::json!(accounts).to_string();
        self.transaction(|transaction, _| {
            transaction
                .prepare_cached(
                    "DELETE FROM job WHERE state <> 'running' AND account NOT IN (SELECT value FROM json_each(?1))",
                )?
                .execute([accounts])
        })
    }

    fn jobs(&self) -> Result<Vec<JobRow>> {
        self.transaction(|transaction, now| {
            transaction
                .prepare_cached(
                    "SELECT job.*, lane.worker FROM job
                     LEFT JOIN lane ON lane.name = job.lane AND lane.job = job.key
                     ORDER BY account, phase",
                )?
                .query_map([], |row| {
                    let due: i64 = row.get("due")?;
                    let state = JobState::from_code(&row.get::<_, String>("state")?);
                    let later = matches!(state, JobState::Waiting | JobState::Retrying);
                    let rest = if later { u64::try_from(due - now).unwrap_or(0) } else { 0 };
                    let problem: Option<String> = row.get("problem")?;
                    Ok(JobRow {
                        job: job(row)?,
                        state,
                        attempts: row.get("attempts")?,
                        round: row.get("round")?,
                        rest: Duration::from_millis(rest),
                        waited_until: row.get("waited_until")?,
                        worker: row.get("worker")?,
                        note: row.get("note")?,
                        problem: problem.and_then(|problem| serde_json::from_str(&problem).ok()),
                    })
                })?
                .collect()
        })
    }

    fn counts(&self) -> Result<BTreeMap<(Phase, JobState), u64>> {
        self.transaction(|transaction, _| {
            transaction
                .prepare_cached("SELECT phase, state, count(*) FROM job GROUP BY phase, state")?
                .query_map([], |row| {
                    let key = (Phase::at(row.get(0)?), JobState::from_code(&row.get::<_, String>(1)?));
                    Ok((key, row.get::<_, i64>(2)?.cast_unsigned()))
                })?
                .collect()
        })
    }

    fn take_turn(&self, budget: &str, interval: Duration) -> Result<Duration> {
        self.transaction(|transaction, now| {
            let free_at = transaction
                .prepare_cached(
                    "INSERT INTO budget (name, free_at) VALUES (?1, ?2 + ?3)
                     ON CONFLICT (name) DO UPDATE SET free_at = max(free_at, ?2) + ?3
                     RETURNING free_at",
                )?
                .query_row(params![budget, now, millis(interval)], |row| row.get::<_, i64>(0))?;
            Ok(Duration::from_millis(u64::try_from(free_at - millis(interval) - now).unwrap_or(0)))
        })
    }
}

fn give_up(transaction: &Transaction<'_>, key: &str, problem: &Problem) -> rusqlite::Result<usize> {
    transaction.prepare_cached("UPDATE job SET state = ?2, problem = ?3 WHERE key = ?1")?.execute(params![
        key,
        JobState::GivenUp.code(),
        json(problem)
    ])
}

fn free(transaction: &Transaction<'_>, lane: &str) -> rusqlite::Result<usize> {
    transaction
        .prepare_cached("UPDATE lane SET worker = NULL, job = NULL, lease_until = NULL WHERE name = ?1")?
        .execute([lane])
}
