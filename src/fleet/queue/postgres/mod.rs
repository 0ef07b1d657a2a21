//! The queue on PostgreSQL through graphile_worker: for workers on any number of machines. Its clock is the server's.
//!
//! ```text
//! enqueue, settle, retry ─▶ liudi_fleet (job, lane, budget) ─ in one transaction ─▶ liudi_graphile (graphile_worker)
//! claim ─ look ─▶ a hand is asked ─▶ graphile_worker finds the next job whose named queue is free ─▶ lease ─▶ claim
//! ```
//!
//! graphile_worker says which job is next (a named queue for each lane, a job key for each job, priority by phase, `run_at`
//! for rests) and frees what dead workers had locked. It deletes what is done and knows no lease that ends while a process
//! lives, so the tables of `liudi_fleet` keep the rest, and alone decide who may run: a job that both hand out twice is
//! refused by its lane. What one of them lost is brought back by the watchdog.
//!
//! The database belongs to one fleet. The schemas are `liudi_fleet` and `liudi_graphile`; other users of graphile_worker in
//! the same database, who have other ideas of when a worker is dead, are not touched.

mod connection;
mod hand;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use secrecy::SecretString;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio_postgres::Row;

use self::connection::Server;
use self::hand::{Hand, Held, Settled};
use super::{Claim, Ended, JobRow, JobState, MOST_TRIES, NewJob, Queue, json, millis};
use crate::error::{Error, Result};
use crate::fleet::phase::Phase;
use crate::model::Problem;

/// Schema of graphile_worker's tables.
const GRAPHILE: &str = "liudi_graphile";

/// Our own tables and functions.
const SCHEMA: &str = include_str!("schema.sql");

/// Frees the lane of a claim that nobody waits for any more.
const RELEASE: &str = "SELECT liudi_fleet.settle($1, $2, $3, 'ready', 0, NULL, NULL, NULL)";

/// Time after which a call fails if the server does not answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Time for which a claim looks for a job that is ready and that others are just taking, or leaving.
const SEARCH: Duration = Duration::from_secs(1);

/// Rest between two searches of a claim.
const REST: Duration = Duration::from_millis(15);

/// Time after which a hand that was asked and says nothing is replaced.
const STALLED: Duration = Duration::from_secs(5);

/// Time after which the watchdog acts if a job is ready and its lane is free, and no hand finds it.
const STARVED: Duration = Duration::from_secs(5);

/// Most jobs of one transaction. graphile_worker locks each by a lock of which a server has some thousands.
const BATCH: usize = 500;

/// A queue on a server.
pub struct PostgresQueue {
    crew: Arc<Hands>,
    /// Taken when it is dropped.
    runtime: Option<Runtime>,
}

impl fmt::Debug for PostgresQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresQueue").field("place", &self.crew.server.place()).finish_non_exhaustive()
    }
}

impl PostgresQueue {
    /// Opens the queue in the database at `url`, such as `postgresql://user:password@host/database?sslmode=require`, and
    /// makes its tables if they are not there. A worker that is silent for longer than `lease` loses its job.
    ///
    /// TLS needs a certificate that this machine trusts. A socket file is given as `postgresql:///database?host=/folder`.
    ///
    /// # Errors
    /// `fleet-queue-address-invalid`, `fleet-queue-failed`; neither shows the password.
    pub fn open(url: &SecretString, lease: Duration) -> Result<Self> {
        let server = Server::new(url)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("liudi-queue")
            .enable_all()
            .build()
            .map_err(|error| server.failed(error))?;
        let crew = Arc::new(Hands {
            server,
            lease,
            all: Mutex::default(),
            held: Mutex::default(),
            starved: Mutex::default(),
            restarts: AtomicU64::new(0),
        });
        let queue = Self { crew, runtime: Some(runtime) };
        queue.run(|crew| async move {
            crew.server.prepare().await?;
            crew.reconcile().await
        })?;
        Ok(queue)
    }

    /// Returns how often the watchdog has replaced a worker of graphile_worker that took no job.
    pub fn restarts(&self) -> u64 {
        self.crew.restarts.load(Ordering::SeqCst)
    }

    /// Runs `work` on our own runtime and waits for it: the caller may be inside of another one, which cannot wait.
    fn run<T, W>(&self, work: impl FnOnce(Arc<Hands>) -> W) -> Result<T>
    where
        T: Send + 'static,
        W: Future<Output = Result<T>> + Send + 'static,
    {
        let late = || self.crew.server.failed("no answer");
        let Some(runtime) = &self.runtime else { return Err(late()) };
        let (tell, told) = mpsc::sync_channel(1);
        let work = work(Arc::clone(&self.crew));
        runtime.spawn(async move {
            // Nobody listens only if the caller is gone.
            let _ = tell.send(tokio::time::timeout(PATIENCE, work).await);
        });
        match told.recv() {
            Ok(Ok(done)) => done,
            _ => Err(late()),
        }
    }
}

impl Drop for PostgresQueue {
    fn drop(&mut self) {
        for hand in lock(&self.crew.all).drain(..) {
            hand.stop();
        }
        if let Some(runtime) = self.runtime.take() {
            // The caller may be inside of another runtime, where nothing may wait.
            runtime.shutdown_background();
        }
    }
}

/// The workers of graphile_worker of one queue.
struct Hands {
    server: Server,
    lease: Duration,
    all: Mutex<Vec<Arc<Hand>>>,
    /// How to let go of the hands that hold claims, by lane and epoch.
    held: Mutex<HashMap<(String, u64), oneshot::Sender<Settled>>>,
    /// Since when a job is ready and no hand finds it.
    starved: Mutex<Option<Instant>>,
    restarts: AtomicU64,
}

impl Hands {
    async fn claim(&self, worker: &str) -> Result<Option<Claim>> {
        let begun = Instant::now();
        loop {
            if !self.look().await? {
                *lock(&self.starved) = None;
                return Ok(None);
            }
            if let Some(held) = self.ask(worker).await? {
                *lock(&self.starved) = None;
                let mut known = lock(&self.held);
                known.retain(|_, end| !end.is_closed());
                known.insert((held.claim.job.lane.clone(), held.claim.epoch), held.end);
                return Ok(Some(held.claim));
            }
            if begun.elapsed() > SEARCH {
                self.watch().await?;
                return Ok(None);
            }
            // Workers that search at the same time pass over each other's lanes.
            tokio::time::sleep(REST).await;
        }
    }

    /// Frees the lane whose lease ended first, and reports whether a job can run.
    async fn look(&self) -> Result<bool> {
        let lost = Problem::from_error(&Error::other("fleet-worker-lost"), String::new());
        let tries = MOST_TRIES.cast_signed();
        self.server.value("SELECT liudi_fleet.look($1, $2)", &[&tries, &json(&lost)]).await
    }

    /// Asks a hand, and another one if it does not answer.
    async fn ask(&self, worker: &str) -> Result<Option<Held>> {
        for _ in 0..2 {
            let (hand, answered) = self.free(worker).await?;
            if let Ok(Ok(answer)) = tokio::time::timeout(STALLED, answered).await {
                return answer;
            }
            // It stalls, or it ended between two jobs.
            hand.stop();
            self.restarts.fetch_add(1, Ordering::SeqCst);
        }
        Ok(None)
    }

    /// Asks a hand that is free; starts one if there is none.
    async fn free(&self, worker: &str) -> Result<(Arc<Hand>, oneshot::Receiver<Result<Option<Held>>>)> {
        let asked = {
            let mut hands = lock(&self.all);
            hands.retain(|hand| !hand.is_over());
            hands.iter().find_map(|hand| Some((Arc::clone(hand), hand.ask(worker)?)))
        };
        if let Some(asked) = asked {
            return Ok(asked);
        }
        let hand = Hand::start(&self.server, self.lease).await?;
        let answered = hand.ask(worker).ok_or_else(|| self.server.failed("the worker ended"))?;
        lock(&self.all).push(Arc::clone(&hand));
        Ok((hand, answered))
    }

    /// The watchdog: if nothing is found for too long although something is ready, the two halves are made to agree, and
    /// the hands that hold nothing are replaced.
    async fn watch(&self) -> Result<()> {
        if lock(&self.starved).get_or_insert_with(Instant::now).elapsed() < STARVED {
            return Ok(());
        }
        *lock(&self.starved) = None;
        self.reconcile().await?;
        let mut hands = lock(&self.all);
        for hand in hands.extract_if(.., |hand| hand.is_idle()) {
            hand.stop();
            self.restarts.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    }

    /// Has graphile_worker hand out what it should and does not.
    async fn reconcile(&self) -> Result<()> {
        let most = i32::try_from(BATCH).unwrap_or(i32::MAX);
        while self.server.value::<i64>("SELECT liudi_fleet.reconcile($1)", &[&most]).await? >= i64::from(most) {}
        Ok(())
    }

    async fn settle(&self, claim: &Claim, ended: &Ended) -> Result<bool> {
        let (mut rest, mut until, mut note, mut why) = (0, None, None, None);
        let state = match ended {
            Ended::Done(brought) => {
                note = Some(brought.as_str());
                JobState::Done
            }
            Ended::Waits { rest: time, until: moment, note: brought } => {
                (rest, until, note) = (millis(*time), Some(*moment), Some(brought.as_str()));
                JobState::Waiting
            }
            Ended::Failed { rest: time, problem } if claim.attempt < MOST_TRIES => {
                (rest, why) = (millis(*time), Some(json(problem)));
                JobState::Retrying
            }
            Ended::Failed { problem, .. } | Ended::GivenUp(problem) => {
                why = Some(json(problem));
                JobState::GivenUp
            }
            Ended::Released => JobState::Ready,
        };
        let (lane, key, epoch) = (&claim.job.lane, claim.job.key(), claim.epoch.cast_signed());
        let sql = "SELECT liudi_fleet.settle($1, $2, $3, $4, $5, $6, $7, $8)";
        let settled = self.server.value(sql, &[lane, &epoch, &key, &state.code(), &rest, &until, &note, &why]).await?;
        if let Some(end) = lock(&self.held).remove(&(lane.clone(), claim.epoch)) {
            // A hand that is over needs no word.
            let _ = end.send(if settled { Settled::Yes } else { Settled::Lost });
        }
        Ok(settled)
    }

    async fn enqueue(&self, jobs: &[NewJob], round: i64, again: bool) -> Result<usize> {
        // By key: a job that is named twice would be changed twice by one statement, which the server refuses.
        let jobs: BTreeMap<String, &NewJob> = jobs.iter().map(|job| (job.key(), job)).collect();
        let jobs: Vec<(String, &NewJob)> = jobs.into_iter().collect();
        let mut added = 0;
        for jobs in jobs.chunks(BATCH) {
            let keys: Vec<&str> = jobs.iter().map(|(key, _)| key.as_str()).collect();
            let accounts: Vec<&str> = jobs.iter().map(|(_, job)| job.account.as_str()).collect();
            let lanes: Vec<&str> = jobs.iter().map(|(_, job)| job.lane.as_str()).collect();
            let phases: Vec<i32> = jobs.iter().map(|(_, job)| place(job.phase)).collect();
            let sql = "SELECT liudi_fleet.enqueue($1, $2, $3, $4, $5, $6)";
            added += self.count(sql, &[&keys, &accounts, &lanes, &phases, &round, &again]).await?;
        }
        Ok(added)
    }

    async fn count(&self, sql: &str, values: &[&(dyn tokio_postgres::types::ToSql + Sync)]) -> Result<usize> {
        Ok(usize::try_from(self.server.value::<i64>(sql, values).await?).unwrap_or(0))
    }

    fn row(&self, row: &Row) -> Result<JobRow> {
        let read = || {
            let state = JobState::from_code(row.try_get("state")?);
            let rest: i64 = row.try_get("rest")?;
            let later = matches!(state, JobState::Waiting | JobState::Retrying);
            let problem: Option<&str> = row.try_get("problem")?;
            Ok(JobRow {
                job: NewJob {
                    account: row.try_get("account")?,
                    lane: row.try_get("lane")?,
                    phase: Phase::at(row.try_get::<_, i32>("phase")?.into()),
                },
                state,
                attempts: row.try_get::<_, i32>("attempts")?.cast_unsigned(),
                round: row.try_get("round")?,
                rest: if later { Duration::from_millis(u64::try_from(rest).unwrap_or(0)) } else { Duration::ZERO },
                waited_until: row.try_get("waited_until")?,
                worker: row.try_get("worker")?,
                note: row.try_get("note")?,
                problem: problem.and_then(|problem| serde_json::from_str(problem).ok()),
            })
        };
        read().map_err(|error: tokio_postgres::Error| self.server.failed(error))
    }
}

impl Queue for PostgresQueue {
    fn enqueue(&self, jobs: &[NewJob], round: i64, again: bool) -> Result<usize> {
        let jobs = jobs.to_vec();
        self.run(|crew| async move { crew.enqueue(&jobs, round, again).await })
    }

    fn claim(&self, worker: &str) -> Result<Option<Claim>> {
        let worker = worker.to_owned();
        self.run(|crew| async move { crew.claim(&worker).await })
    }

    fn beat(&self, claim: &Claim) -> Result<bool> {
        let (lane, key, epoch) = (claim.job.lane.clone(), claim.job.key(), claim.epoch.cast_signed());
        let sql = "WITH beaten AS (
                UPDATE liudi_fleet.lane SET lease_until = clock_timestamp() + $4 * interval '1 millisecond'
                WHERE name = $1 AND epoch = $2 AND job = $3 RETURNING name
            ) SELECT EXISTS (SELECT 1 FROM beaten)";
        self.run(|crew| async move { crew.server.value(sql, &[&lane, &epoch, &key, &wide(crew.lease)]).await })
    }

    fn settle(&self, claim: &Claim, ended: &Ended) -> Result<bool> {
        let (claim, ended) = (claim.clone(), ended.clone());
        self.run(|crew| async move { crew.settle(&claim, &ended).await })
    }

    fn retry(&self, account: Option<&str>) -> Result<usize> {
        let account = account.map(str::to_owned);
        let most = i32::try_from(BATCH).unwrap_or(i32::MAX);
        self.run(move |crew| async move {
            let mut all = 0;
            loop {
                let some = crew.count("SELECT liudi_fleet.retry($1, $2)", &[&account, &most]).await?;
                all += some;
                if some < BATCH {
                    return Ok(all);
                }
            }
        })
    }

    fn forget_others(&self, accounts: &[&str]) -> Result<usize> {
        let accounts: Vec<String> = accounts.iter().map(|account| (*account).to_owned()).collect();
        self.run(|crew| async move { crew.count("SELECT liudi_fleet.forget_others($1)", &[&accounts]).await })
    }

    fn jobs(&self) -> Result<Vec<JobRow>> {
        let sql = "SELECT job.*, lane.worker,
                ceil(extract(epoch FROM job.due - clock_timestamp()) * 1000)::bigint AS rest
            FROM liudi_fleet.job LEFT JOIN liudi_fleet.lane ON lane.name = job.lane AND lane.job = job.key
            ORDER BY job.account COLLATE \"C\", job.phase";
        self.run(|crew| async move {
            let rows = crew.server.rows(sql, &[]).await?;
            rows.iter().map(|row| crew.row(row)).collect()
        })
    }

    fn counts(&self) -> Result<BTreeMap<(Phase, JobState), u64>> {
        let sql = "SELECT phase, state, count(*) FROM liudi_fleet.job GROUP BY phase, state";
        self.run(|crew| async move {
            let rows = crew.server.rows(sql, &[]).await?;
            let read = |row: &Row| {
                let key = (Phase::at(row.try_get::<_, i32>(0)?.into()), JobState::from_code(row.try_get(1)?));
                Ok((key, row.try_get::<_, i64>(2)?.cast_unsigned()))
            };
            let counts: Result<_, tokio_postgres::Error> = rows.iter().map(read).collect();
            counts.map_err(|error| crew.server.failed(error))
        })
    }

    fn take_turn(&self, budget: &str, interval: Duration) -> Result<Duration> {
        // The moment is read before the row is locked. Waiting for the lock only makes the turn later than it must be.
        let sql = "WITH now AS MATERIALIZED (
                SELECT clock_timestamp() AS moment, $2 * interval '1 millisecond' AS span
            ), taken AS (
                INSERT INTO liudi_fleet.budget AS budget (name, free_at) SELECT $1, moment + span FROM now
                ON CONFLICT (name) DO UPDATE SET free_at =
                    greatest(budget.free_at, (SELECT moment FROM now)) + (SELECT span FROM now)
                RETURNING free_at
            ) SELECT ceil(extract(epoch FROM free_at - span - moment) * 1000)::bigint FROM taken, now";
        let budget = budget.to_owned();
        self.run(move |crew| async move {
            let wait: i64 = crew.server.value(sql, &[&budget, &wide(interval)]).await?;
            Ok(Duration::from_millis(u64::try_from(wait).unwrap_or(0)))
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Milliseconds as the server multiplies an interval by.
#[expect(clippy::cast_precision_loss, reason = "exact for the next 285,000 years")]
fn wide(duration: Duration) -> f64 {
    millis(duration) as f64
}

fn place(phase: Phase) -> i32 {
    i32::try_from(phase.place()).unwrap_or(i32::MAX)
}
