//! The queue on PostgreSQL. `.ci/postgres` starts two servers and runs these tests; they need three variables:
//! `LIUDI_POSTGRES`, the address of a database whose user may make others; `LIUDI_POSTGRES_STOPPED`, one of a second
//! server, which only the test that stops it uses; and `LIUDI_POSTGRES_SERVER`, a program that takes `start` and `stop`
//! for the second one.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use liudi::fleet::phase::Phase;
use liudi::fleet::queue::postgres::PostgresQueue;
use liudi::fleet::queue::{Ended, JobState, NewJob, Queue};
use secrecy::SecretString;

use crate::fleet_queue::{Bench, conforms};

/// Long enough for a busy machine, as nothing beats in most of the tests.
const LEASE: Duration = Duration::from_millis(1500);

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run .ci/postgres"))
}

/// A database of its own.
#[derive(Clone)]
pub(crate) struct Database(pub(crate) String);

impl Database {
    pub(crate) fn new() -> Self {
        Self::on(&variable("LIUDI_POSTGRES"))
    }

    /// Makes one on the server of the database `first`.
    fn on(first: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("fleet_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        Self(first.to_owned()).execute(&format!("CREATE DATABASE {name}"));
        Self(first.replace("///postgres?", &format!("///{name}?")))
    }

    fn open(&self) -> PostgresQueue {
        self.open_with(LEASE)
    }

    fn open_with(&self, lease: Duration) -> PostgresQueue {
        PostgresQueue::open(&SecretString::from(self.0.clone()), lease).unwrap()
    }

    /// Runs statements as a stranger does, on a connection of its own.
    fn execute(&self, sql: &str) {
        self.during(sql, || {});
    }

    /// Runs `act` while the connection that ran `sql` is open.
    fn during<T>(&self, sql: &str, act: impl FnOnce() -> T) -> T {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let client = runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&self.0, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            client.batch_execute(sql).await.unwrap();
            client
        });
        let done = act();
        drop(client);
        done
    }

    /// Starts another process, which does what [`child`] says.
    fn process(&self, act: &str, folder: &Path, wrapper: &[&str]) -> Process {
        let program = std::env::current_exe().unwrap();
        let mut words = wrapper.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        words.push(program.to_str().unwrap().to_owned());
        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .args(["fleet_postgres::child", "--exact", "--nocapture", "--quiet"])
            .envs([("LIUDI_CHILD", act), ("LIUDI_CHILD_DATABASE", &self.0)])
            .env("LIUDI_CHILD_FOLDER", folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        Process { child, said }
    }
}

struct Process {
    child: Child,
    said: BufReader<ChildStdout>,
}

impl Process {
    /// Returns what it says next, without what the test program says.
    fn says(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert!(self.said.read_line(&mut line).unwrap() > 0, "the process ended");
            if let Some((_, said)) = line.split_once("child: ") {
                return said.trim_end().to_owned();
            }
        }
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    fn go_on(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn job(account: &str, phase: Phase) -> NewJob {
    NewJob { account: account.to_owned(), lane: account.to_owned(), phase }
}

fn done() -> Ended {
    Ended::Done("{}".to_owned())
}

/// Claims until there is something to claim.
fn claim_within(queue: &dyn Queue, time: Duration) -> liudi::fleet::queue::Claim {
    let begun = Instant::now();
    loop {
        if let Ok(Some(claim)) = queue.claim("second") {
            return claim;
        }
        assert!(begun.elapsed() < time, "nothing to claim: {:?}", queue.jobs());
        thread::sleep(Duration::from_millis(20));
    }
}

/// What another process does. It is started by tests of the others, and does nothing in a usual run.
#[test]
fn child() {
    let Ok(act) = std::env::var("LIUDI_CHILD") else { return };
    let database = Database(variable("LIUDI_CHILD_DATABASE"));
    let folder = variable("LIUDI_CHILD_FOLDER");
    let said = |text: &str| println!("\nchild: {text}");
    let queue = database.open();
    match act.as_str() {
        "open" => said("opened"),
        // Holds a job until it is told to settle it, and says which and whether it still had it.
        "hold" => {
            let claim = queue.claim("first").unwrap().unwrap();
            said(&claim.job.key());
            std::io::stdin().read_line(&mut String::new()).unwrap();
            said(&format!("{:?} {:?}", queue.beat(&claim).unwrap(), queue.settle(&claim, &done()).unwrap()));
        }
        // Does what there is, and says how much. A file of the lane's name says that it is busy.
        "work" => {
            let count = thread::scope(|scope| {
                let work = |name: String| {
                    let mut count = 0;
                    while queue.counts().unwrap().keys().any(|(_, state)| *state != JobState::Done) {
                        let Some(claim) = queue.claim(&name).unwrap() else {
                            thread::sleep(Duration::from_millis(5));
                            continue;
                        };
                        let busy = Path::new(&folder).join(&claim.job.lane);
                        std::fs::File::create_new(&busy).unwrap_or_else(|_| panic!("two jobs of {}", claim.job.lane));
                        std::fs::File::create_new(Path::new(&folder).join(claim.job.key().replace('/', "-"))).unwrap();
                        thread::sleep(Duration::from_millis(2));
                        std::fs::remove_file(&busy).unwrap();
                        assert!(queue.settle(&claim, &done()).unwrap());
                        count += 1;
                    }
                    count
                };
                let workers = ["a", "b"].map(|name| scope.spawn(move || work(name.to_owned())));
                workers.into_iter().map(|worker| worker.join().unwrap()).sum::<usize>()
            });
            said(&count.to_string());
        }
        other => panic!("{other}"),
    }
}

#[test]
fn the_queue_on_a_server_conforms() {
    conforms(|| {
        let database = Database::new();
        Bench {
            open: Box::new(move || -> Arc<dyn Queue> { Arc::new(database.open()) }),
            pass: Box::new(thread::sleep),
            lease: LEASE,
        }
    });
}

#[test]
fn a_job_whose_process_is_killed_is_done_by_another() {
    let (database, folder) = (Database::new(), tempfile::tempdir().unwrap());
    let queue = database.open();
    queue.enqueue(&[job("a", Phase::Bills), job("b", Phase::Bills)], 1, false).unwrap();
    let mut first = database.process("hold", folder.path(), &[]);
    assert_eq!(first.says(), "a/bills");
    first.signal("-KILL");
    let begun = Instant::now();
    let other = queue.claim("second").unwrap().unwrap();
    assert_eq!(other.job.key(), "b/bills", "the lease of the dead one goes on");
    assert!(queue.settle(&other, &done()).unwrap());
    let again = claim_within(&queue, LEASE * 3);
    assert_eq!((again.job.key().as_str(), again.attempt), ("a/bills", 2));
    assert!(begun.elapsed() > LEASE / 2, "{:?}", begun.elapsed());
    assert!(queue.settle(&again, &done()).unwrap());
    assert_eq!(queue.claim("second").unwrap(), None);
}

#[test]
fn a_process_that_sleeps_past_its_lease_has_lost_the_job() {
    let (database, folder) = (Database::new(), tempfile::tempdir().unwrap());
    let queue = database.open();
    queue.enqueue(&[job("a", Phase::Bills)], 1, false).unwrap();
    let mut first = database.process("hold", folder.path(), &[]);
    assert_eq!(first.says(), "a/bills");
    first.signal("-STOP");
    let taken = claim_within(&queue, LEASE * 3);
    first.signal("-CONT");
    first.go_on();
    assert_eq!(first.says(), "false false", "neither does it go on nor settle");
    let row = queue.jobs().unwrap().remove(0);
    assert_eq!((row.state, row.worker.as_deref()), (JobState::Running, Some("second")));
    assert!(queue.settle(&taken, &done()).unwrap());
    assert_eq!(queue.claim("second").unwrap(), None);
}

/// The clock of a worker does not matter: one that is two days ahead neither loses its job nor takes those of others.
#[test]
fn clocks_that_differ_do_no_harm() {
    for ahead in ["+2d", "-2d"] {
        let (database, folder) = (Database::new(), tempfile::tempdir().unwrap());
        let queue = database.open_with(LEASE * 4);
        queue.enqueue(&[job("a", Phase::Bills), job("b", Phase::Bills), job("c", Phase::Bills)], 1, false).unwrap();
        let ours = queue.claim("second").unwrap().unwrap();
        let waiting = queue.claim("second").unwrap().unwrap();
        let rest = Duration::from_hours(1);
        queue.settle(&waiting, &Ended::Waits { rest, until: 0, note: "{}".to_owned() }).unwrap();
        let mut other = database.process("hold", folder.path(), &["faketime", "-f", ahead]);
        assert_eq!(other.says(), "c/bills", "neither what we do, nor what waits for an hour");
        assert!(queue.beat(&ours).unwrap());
        assert_eq!(queue.claim("second").unwrap(), None, "{ahead}: its job is not ours either");
        other.go_on();
        assert_eq!(other.says(), "true true");
        let row = queue.jobs().unwrap().remove(1);
        assert!(row.state == JobState::Waiting && row.rest <= rest && row.rest + LEASE * 20 > rest, "{row:?}");
        assert!(queue.settle(&ours, &done()).unwrap());
    }
}

#[test]
fn processes_share_the_work_and_never_do_two_jobs_of_a_lane() {
    const JOBS: usize = 200;
    let (database, folder) = (Database::new(), tempfile::tempdir().unwrap());
    let queue = database.open();
    let jobs: Vec<NewJob> = (0..20)
        .flat_map(|account| Phase::ALL.map(|phase| job(&format!("account{account}"), phase)))
        .chain((0..).map(|account| job(&format!("single{account}"), Phase::Api)))
        .take(JOBS)
        .collect();
    assert_eq!(queue.enqueue(&jobs, 1, false).unwrap(), JOBS);
    let mut processes: Vec<_> = (0..3).map(|_| database.process("work", folder.path(), &[])).collect();
    let counts: Vec<usize> = processes.iter_mut().map(|process| process.says().parse().unwrap()).collect();
    assert_eq!(counts.iter().sum::<usize>(), JOBS, "{counts:?}");
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), JOBS, "each once");
}

#[test]
fn processes_that_start_together_make_the_tables_once() {
    let (database, folder) = (Database::new(), tempfile::tempdir().unwrap());
    let mut processes: Vec<_> = (0..4).map(|_| database.process("open", folder.path(), &[])).collect();
    for process in &mut processes {
        assert_eq!(process.says(), "opened");
    }
}

#[test]
fn a_server_that_restarts_between_claim_and_settle_loses_nothing() {
    let server =
        |act: &str| assert!(Command::new(variable("LIUDI_POSTGRES_SERVER")).arg(act).status().unwrap().success());
    let database = Database::on(&variable("LIUDI_POSTGRES_STOPPED"));
    let lease = Duration::from_secs(20);
    let queue = database.open_with(lease);
    queue.enqueue(&[job("a", Phase::Bills), job("a", Phase::Api), job("b", Phase::Api)], 1, false).unwrap();
    let claim = queue.claim("w").unwrap().unwrap();
    server("stop");
    for failed in [queue.claim("w").err(), queue.beat(&claim).err(), queue.settle(&claim, &done()).err()] {
        let error = failed.expect("the server is gone");
        assert_eq!(error.code(), "fleet-queue-failed");
        assert!(!format!("{error:?}").contains("unused"), "the password: {error:?}");
    }
    server("start");
    assert!(queue.beat(&claim).unwrap(), "it is ours as before");
    assert!(queue.settle(&claim, &done()).unwrap());
    let keys: Vec<String> = (0..2).map(|_| claim_within(&queue, LEASE * 3).job.key()).collect();
    assert_eq!(keys, ["a/api", "b/api"]);
    // Nobody settles these. The server stops once more, and another process does them when their leases end.
    server("stop");
    server("start");
    drop(queue);
    let other = database.open_with(Duration::from_millis(200));
    database.execute("UPDATE liudi_fleet.lane SET lease_until = clock_timestamp() WHERE worker IS NOT NULL");
    for _ in 0..2 {
        let claim = claim_within(&other, LEASE * 3);
        assert_eq!(claim.attempt, 2);
        assert!(other.settle(&claim, &done()).unwrap());
    }
    assert_eq!(other.counts().unwrap().values().sum::<u64>(), 3);
    assert!(other.counts().unwrap().keys().all(|(_, state)| *state == JobState::Done));
}

/// The watchdog, from both sides: a worker that hangs in its search, and one that finds nothing although a job is ready.
#[test]
fn a_worker_that_stops_taking_jobs_is_replaced() {
    let database = Database::new();
    let queue = database.open_with(Duration::from_secs(20));
    queue.enqueue(&[job("a", Phase::Bills), job("b", Phase::Bills)], 1, false).unwrap();
    let first = queue.claim("w").unwrap().unwrap();
    assert!(queue.settle(&first, &done()).unwrap());
    // Its search waits for this lock, and a worker that is started meanwhile does as well.
    let lock = "BEGIN; LOCK TABLE liudi_graphile._private_jobs IN ACCESS EXCLUSIVE MODE";
    database.during(lock, || assert_eq!(queue.claim("w").unwrap(), None));
    assert!(queue.restarts() >= 1, "{}", queue.restarts());
    let second = claim_within(&queue, LEASE * 2);
    assert_eq!((second.job.key().as_str(), second.attempt), ("b/bills", 1), "what the late ones found was given back");
    assert!(queue.settle(&second, &done()).unwrap());

    let before = queue.restarts();
    queue.enqueue(&[job("c", Phase::Bills)], 1, false).unwrap();
    database.execute("DELETE FROM liudi_graphile._private_jobs");
    let third = claim_within(&queue, Duration::from_secs(12));
    assert_eq!(third.job.key(), "c/bills");
    assert!(queue.restarts() > before);
    assert!(queue.settle(&third, &done()).unwrap());

    // Whoever opens the queue finds such a job at once.
    queue.enqueue(&[job("d", Phase::Bills)], 1, false).unwrap();
    database.execute("DELETE FROM liudi_graphile._private_jobs");
    assert_eq!(database.open().claim("w").unwrap().unwrap().job.key(), "d/bills");
}

/// graphile_worker frees what a dead worker had locked before the lease was written.
#[test]
fn a_job_that_was_taken_and_not_leased_comes_back() {
    let database = Database::new();
    let queue = database.open();
    queue.enqueue(&[job("a", Phase::Bills), job("b", Phase::Bills)], 1, false).unwrap();
    // The sweeper is part of a worker.
    let other = queue.claim("w").unwrap().unwrap();
    assert_eq!(other.job.key(), "a/bills");
    database.execute(
        "UPDATE liudi_graphile._private_jobs SET locked_by = 'dead', locked_at = now() WHERE key = 'b/bills';
         UPDATE liudi_graphile._private_job_queues SET locked_by = 'dead', locked_at = now() WHERE queue_name = 'b'",
    );
    let back = loop {
        assert!(queue.beat(&other).unwrap());
        match queue.claim("w").unwrap() {
            Some(claim) => break claim,
            None => thread::sleep(Duration::from_millis(50)),
        }
    };
    assert_eq!((back.job.key().as_str(), back.attempt), ("b/bills", 1));
}

/// A worker whose heartbeat was late: graphile_worker hands its job out again, and our lease refuses it.
#[test]
fn a_job_that_is_handed_out_twice_runs_once() {
    let database = Database::new();
    let (queue, other) = (database.open_with(LEASE * 20), database.open());
    queue.enqueue(&[job("a", Phase::Bills), job("a", Phase::Api), job("b", Phase::Api)], 1, false).unwrap();
    let first = queue.claim("w").unwrap().unwrap();
    assert_eq!(first.job.key(), "a/bills");
    database.execute("SELECT liudi_graphile.recover_dead_worker_jobs(ARRAY(SELECT holder FROM liudi_fleet.lane))");
    let second = claim_within(&other, LEASE * 3);
    assert_eq!(second.job.key(), "b/api", "a/bills runs, and so does its lane");
    assert!(other.settle(&second, &done()).unwrap());
    assert_eq!(other.claim("second").unwrap(), None);
    assert!(queue.beat(&first).unwrap() && queue.settle(&first, &done()).unwrap());
    assert_eq!(claim_within(&other, LEASE * 3).job.key(), "a/api");
}

#[test]
fn it_works_inside_of_another_runtime() {
    let database = Database::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let queue = database.open();
        queue.enqueue(&[job("a", Phase::Bills)], 1, false).unwrap();
        assert!(queue.settle(&queue.claim("w").unwrap().unwrap(), &done()).unwrap());
    });
}

#[test]
fn a_server_that_is_not_there_is_an_error_without_the_password() {
    let url = "postgresql:///postgres?host=/nonexistent&user=liudi&password=geheim";
    let error = PostgresQueue::open(&SecretString::from(url), LEASE).unwrap_err();
    assert_eq!(
        (error.code(), error.argument("place").as_deref()),
        ("fleet-queue-failed", Some("postgresql:///nonexistent/postgres"))
    );
    assert!(!format!("{error:?} {error}").contains("geheim"), "{error:?}");
}

/// Says how fast it is, if `LIUDI_POSTGRES_MEASURE` is set; with `LIUDI_POSTGRES_FSYNC=on`, as a server is run.
#[test]
fn measured() {
    if std::env::var_os("LIUDI_POSTGRES_MEASURE").is_none() {
        return;
    }
    let database = Database::new();
    let queue = database.open_with(Duration::from_mins(1));
    let accounts = 10_000;
    let jobs: Vec<NewJob> = (0..accounts).map(|account| job(&format!("account{account}"), Phase::Api)).collect();
    let begun = Instant::now();
    assert_eq!(queue.enqueue(&jobs, 1, false).unwrap(), accounts);
    println!("enqueue: {accounts} jobs in {:?}", begun.elapsed());
    for workers in [1, 4] {
        let begun = Instant::now();
        let count = 200;
        thread::scope(|scope| {
            for worker in 0..workers {
                let queue = &queue;
                scope.spawn(move || {
                    for _ in 0..count / workers {
                        let claim = loop {
                            if let Some(claim) = queue.claim(&worker.to_string()).unwrap() {
                                break claim;
                            }
                        };
                        assert!(queue.settle(&claim, &done()).unwrap());
                    }
                });
            }
        });
        println!("claim and settle, {workers} workers: {:.1} jobs/s", f64::from(count) / begun.elapsed().as_secs_f64());
    }
    let begun = Instant::now();
    for _ in 0..100 {
        queue.take_turn("a", Duration::ZERO).unwrap();
    }
    println!("take_turn: {:?}", begun.elapsed() / 100);
}
