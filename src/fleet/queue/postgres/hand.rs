//! A worker of graphile_worker that takes a job when it is asked for one.
//!
//! graphile_worker pushes jobs to handlers as soon as it finds them; our workers ask. A [`Hand`] is a worker of its with one
//! slot, whose driver of the database is ours: the bell that wakes it is a call of [`Hand::ask`] instead of a notification
//! of the server, and a search that nobody asked for finds nothing. So no job is taken, and no lane held, that nobody works
//! on. What it takes, the handler leases, hands over, and keeps until it is settled.

use std::any::Any;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::stream;
use graphile_worker::tokio_postgres::TokioPostgresDatabase;
use graphile_worker::{
    BoxFuture, Database, DatabaseDriver, DbError, DbExecutor, DbParams, DbRow, DbTransaction, IntoTaskHandlerResult,
    Notification, NotificationStream, TaskHandler, WorkerContext, WorkerOptions, WorkerRecoveryConfig,
};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

use super::GRAPHILE;
use super::connection::Server;
use crate::error::{Error, Result};
use crate::fleet::phase::Phase;
use crate::fleet::queue::{Claim, NewJob, millis};

/// Time after which a hand looks whether it was asked, should the bell be lost.
const POLL: Duration = Duration::from_secs(1);

/// Shortest time after which graphile_worker takes a silent worker for dead.
const SHORTEST: Duration = Duration::from_secs(1);

/// A worker of graphile_worker.
pub(super) struct Hand {
    server: Server,
    lease: Duration,
    state: Mutex<State>,
    bell: mpsc::UnboundedSender<()>,
    task: Mutex<Option<AbortHandle>>,
    /// It was stopped, or stopped by itself.
    is_over: AtomicBool,
}

enum State {
    Idle,
    Asked(Demand),
    Busy,
}

/// What a worker asks for.
struct Demand {
    worker: String,
    answer: oneshot::Sender<Result<Option<Held>>>,
}

/// A claim, with the means to let go of the hand that holds it.
pub(super) struct Held {
    /// The claim.
    pub(super) claim: Claim,
    /// Tells the hand that the claim was settled, or lost.
    pub(super) end: oneshot::Sender<Settled>,
}

/// Whether a claim was settled by the one who held it.
pub(super) enum Settled {
    Yes,
    Lost,
}

impl Hand {
    /// Starts a worker.
    pub(super) async fn start(server: &Server, lease: Duration) -> Result<Arc<Self>> {
        let (bell, rung) = mpsc::unbounded_channel();
        let hand = Arc::new(Self {
            server: server.clone(),
            lease,
            state: Mutex::new(State::Idle),
            bell,
            task: Mutex::new(None),
            is_over: AtomicBool::new(false),
        });
        let driver = OnDemand {
            database: TokioPostgresDatabase::new(server.pool().clone()),
            hand: Arc::clone(&hand),
            rung: Mutex::new(Some(rung)),
        };
        // One slot, and no local queue: a job that is fetched in advance holds its lane.
        let recovered_after = lease.max(SHORTEST);
        let recovery = WorkerRecoveryConfig::default()
            .heartbeat_interval(recovered_after / 4)
            .sweep_interval(recovered_after / 2)
            .sweep_threshold(recovered_after)
            .recovery_delay(Duration::ZERO);
        let worker = WorkerOptions::default()
            .concurrency(1)
            .poll_interval(POLL)
            .schema(GRAPHILE)
            .database(Database::new(driver))
            .listen_os_shutdown_signals(false)
            .worker_recovery(recovery)
            .add_extension(Ours(Arc::clone(&hand)))
            .define_job::<Errand>()
            .init();
        let worker = worker.await.map_err(|error| server.failed(error))?;
        let running = Arc::clone(&hand);
        let task = tokio::spawn(async move {
            // It ends when a search or a release fails, as when the server goes away.
            let ended = worker.run().await;
            running.end(ended.err().map(|error| running.server.failed(error)));
        });
        *lock(&hand.task) = Some(task.abort_handle());
        Ok(hand)
    }

    /// Asks for a job, unless the hand is busy or over: then returns nothing. The answer is a job, none, or an error; if
    /// the hand ends meanwhile, it fails.
    pub(super) fn ask(&self, worker: &str) -> Option<oneshot::Receiver<Result<Option<Held>>>> {
        let mut state = lock(&self.state);
        let is_free = match &*state {
            State::Idle => true,
            State::Asked(demand) => demand.answer.is_closed(),
            State::Busy => false,
        };
        if !is_free || self.is_over() {
            return None;
        }
        let (answer, answered) = oneshot::channel();
        *state = State::Asked(Demand { worker: worker.to_owned(), answer });
        // If nobody hears it, the hand is over, and so is the demand.
        let _ = self.bell.send(());
        Some(answered)
    }

    /// Reports whether it will never take a job again.
    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    /// Reports whether it holds no job.
    pub(super) fn is_idle(&self) -> bool {
        matches!(*lock(&self.state), State::Idle)
    }

    /// Stops it. A job that it holds stays leased.
    pub(super) fn stop(&self) {
        self.end(None);
        if let Some(task) = lock(&self.task).take() {
            task.abort();
        }
    }

    fn end(&self, error: Option<Error>) {
        self.is_over.store(true, Ordering::SeqCst);
        if let (Some(demand), Some(error)) = (self.demand(State::Idle), error) {
            let _ = demand.answer.send(Err(error));
        }
    }

    fn is_asked(&self) -> bool {
        matches!(&*lock(&self.state), State::Asked(demand) if !demand.answer.is_closed())
    }

    /// Takes what it was asked for, and goes over to `next` if there is something.
    fn demand(&self, next: State) -> Option<Demand> {
        let mut state = lock(&self.state);
        match std::mem::replace(&mut *state, next) {
            State::Asked(demand) => Some(demand),
            other => {
                *state = other;
                None
            }
        }
    }

    fn answer(&self, answer: Result<Option<Held>>) {
        if let Some(demand) = self.demand(State::Idle) {
            let _ = demand.answer.send(answer);
        }
    }

    /// Leases the job, hands it over, and keeps it until it is settled or lost.
    async fn hold(&self, key: &str, holder: &str) -> Result<(), String> {
        let ended = match self.demand(State::Busy) {
            Some(demand) if !demand.answer.is_closed() => self.hold_for(demand, key, holder).await,
            // Whoever asked has given up waiting.
            _ => {
                let given_back = self.server.rows("SELECT liudi_fleet.hand_back($1, $2)", &[&holder, &key]).await;
                given_back.map(drop).map_err(|error| error.to_string())
            }
        };
        let mut state = lock(&self.state);
        if matches!(*state, State::Busy) {
            *state = State::Idle;
        }
        ended
    }

    async fn hold_for(&self, demand: Demand, key: &str, holder: &str) -> Result<(), String> {
        let claim = match self.lease(key, holder, &demand.worker).await {
            Ok(Some(claim)) => claim,
            Ok(None) => {
                let _ = demand.answer.send(Ok(None));
                return Ok(());
            }
            Err(error) => {
                let said = error.to_string();
                let _ = demand.answer.send(Err(error));
                return Err(said);
            }
        };
        let (lane, epoch) = (claim.job.lane.clone(), claim.epoch.cast_signed());
        let (end, mut ended) = oneshot::channel();
        if demand.answer.send(Ok(Some(Held { claim, end }))).is_err() {
            let released = self.server.rows(super::RELEASE, &[&lane, &epoch, &key]).await;
            return released.map(drop).map_err(|error| error.to_string());
        }
        loop {
            let waited = tokio::time::timeout(self.lease, &mut ended).await;
            match waited {
                Ok(Ok(Settled::Yes)) => return Ok(()),
                // An error, because it must not delete what somebody else may hold now.
                Ok(Ok(Settled::Lost) | Err(_)) => return Err("lost".to_owned()),
                // Whoever has it may never say another word.
                Err(_) => {
                    let held = "SELECT count(*) FROM liudi_fleet.lane WHERE name = $1 AND epoch = $2 AND job = $3";
                    if self.server.value::<i64>(held, &[&lane, &epoch, &key]).await.is_ok_and(|count| count == 0) {
                        return Err("lost".to_owned());
                    }
                }
            }
        }
    }

    async fn lease(&self, key: &str, holder: &str, worker: &str) -> Result<Option<Claim>> {
        let sql = "SELECT * FROM liudi_fleet.lease($1, $2, $3, $4)";
        let rows = self.server.rows(sql, &[&key, &holder, &worker, &millis(self.lease)]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let read = || {
            let place = i64::from(row.try_get::<_, i32>("phase")?);
            let phase = Phase::at(place);
            Ok(Claim {
                job: NewJob { account: row.try_get("account")?, lane: row.try_get("lane")?, phase },
                attempt: row.try_get::<_, i32>("attempt")?.cast_unsigned(),
                epoch: row.try_get::<_, i64>("epoch")?.cast_unsigned(),
                waited_until: row.try_get("waited_until")?,
            })
        };
        read().map(Some).map_err(|error: tokio_postgres::Error| self.server.failed(error))
    }
}

impl fmt::Debug for Hand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hand").field("is_over", &self.is_over()).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the handler of jobs finds in its context.
#[derive(Clone, Debug)]
struct Ours(Arc<Hand>);

/// A job as graphile_worker knows it.
#[derive(Debug, Serialize, Deserialize)]
struct Errand {
    key: String,
}

impl TaskHandler for Errand {
    const IDENTIFIER: &'static str = "liudi_fleet";

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        match context.get_ext::<Ours>() {
            Some(Ours(hand)) => hand.hold(&self.key, context.worker_id()).await,
            None => Err("not ours".to_owned()),
        }
    }
}

/// A driver through which a worker searches only if its hand was asked.
struct OnDemand {
    database: TokioPostgresDatabase,
    hand: Arc<Hand>,
    rung: Mutex<Option<mpsc::UnboundedReceiver<()>>>,
}

impl fmt::Debug for OnDemand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnDemand").finish_non_exhaustive()
    }
}

/// Reports whether a statement is the search for a job: the only one of graphile_worker 0.14 that passes over what is
/// locked. If a later one is not known by it, no test passes.
fn is_search(sql: &str) -> bool {
    sql.contains("skip locked")
}

impl DbExecutor for OnDemand {
    fn execute<'a>(&'a self, sql: &'a str, params: DbParams) -> BoxFuture<'a, Result<u64, DbError>> {
        self.database.execute(sql, params)
    }

    fn fetch_all<'a>(&'a self, sql: &'a str, params: DbParams) -> BoxFuture<'a, Result<Vec<DbRow>, DbError>> {
        if !is_search(sql) {
            return self.database.fetch_all(sql, params);
        }
        Box::pin(async move {
            if !self.hand.is_asked() {
                return Ok(Vec::new());
            }
            let found = self.database.fetch_all(sql, params).await;
            match &found {
                Ok(rows) if rows.is_empty() => self.hand.answer(Ok(None)),
                Ok(_) => {}
                Err(error) => self.hand.answer(Err(self.hand.server.failed(error.clone()))),
            }
            found
        })
    }
}

impl DatabaseDriver for OnDemand {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn begin(&self) -> BoxFuture<'_, Result<DbTransaction, DbError>> {
        self.database.begin()
    }

    fn listen<'a>(&'a self, channel: &'a str) -> BoxFuture<'a, Result<Option<NotificationStream>, DbError>> {
        let rung = lock(&self.rung).take();
        let channel = channel.to_owned();
        Box::pin(async move {
            Ok(rung.map(|rung| {
                let rings = stream::unfold((rung, channel), |(mut rung, channel)| async move {
                    rung.recv().await?;
                    let notification = Notification { channel: channel.clone(), payload: String::new() };
                    Some((Ok(notification), (rung, channel)))
                });
                Box::pin(rings) as NotificationStream
            }))
        })
    }
}
