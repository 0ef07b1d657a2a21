//! The conformance suite of the fleet's queues: what every one of them promises. The clock is the queue's own.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use liudi::Problem;
use liudi::fleet::phase::Phase;
use liudi::fleet::queue::{Claim, Ended, JobState, MOST_TRIES, NewJob, Queue};

/// A queue under test, with the means to let time pass for it.
pub(crate) struct Bench {
    /// Opens the queue once more, as another process does.
    pub(crate) open: Box<dyn Fn() -> Arc<dyn Queue>>,
    /// Lets time pass.
    pub(crate) pass: Box<dyn Fn(Duration)>,
    /// Length of a lease.
    pub(crate) lease: Duration,
}

fn job(account: &str, phase: Phase) -> NewJob {
    NewJob { account: account.to_owned(), lane: account.to_owned(), phase }
}

fn note(text: &str) -> Ended {
    Ended::Done(format!("{{\"said\":\"{text}\"}}"))
}

fn state(queue: &dyn Queue, key: &str) -> JobState {
    queue.jobs().unwrap().into_iter().find(|row| row.job.key() == key).unwrap_or_else(|| panic!("no {key}")).state
}

fn claim(queue: &dyn Queue, worker: &str) -> Claim {
    queue.claim(worker).unwrap().unwrap_or_else(|| panic!("no job is ready"))
}

/// Runs the whole suite, each part on a queue of its own.
pub(crate) fn conforms(new: impl Fn() -> Bench) {
    urgent_first_and_one_at_a_time_of_an_account(&new());
    a_job_is_known_by_its_key(&new());
    rounds_and_followers(&new());
    a_lost_lease_is_lost(&new());
    a_sleeper_that_nobody_missed_goes_on(&new());
    failures_wait_and_are_given_up(&new());
    a_poisonous_job_is_given_up(&new());
    quotas_are_waited_for(&new());
    a_stop_is_no_try(&new());
    budgets_hold_for_all(&new());
    removed_accounts_are_forgotten(&new());
    many_at_once(&new());
}

fn urgent_first_and_one_at_a_time_of_an_account(bench: &Bench) {
    let queue = (bench.open)();
    let jobs = [
        job("b", Phase::Api),
        job("a", Phase::Api),
        job("b", Phase::Bills),
        job("a", Phase::Check),
        job("c", Phase::Pages),
    ];
    assert_eq!(queue.enqueue(&jobs, 1, false).unwrap(), 5);
    let first = claim(&*queue, "w1");
    assert_eq!(first.job.key(), "b/bills", "the shortest fuse of all");
    let other = (bench.open)();
    let second = claim(&*other, "w2");
    assert_eq!(second.job.key(), "a/api");
    assert_eq!(claim(&*queue, "w1").job.key(), "c/pages");
    assert_eq!(queue.claim("w3").unwrap(), None, "a and b are being worked on");
    assert!(queue.settle(&first, &note("x")).unwrap());
    let next = claim(&*other, "w2");
    assert_eq!(next.job.key(), "b/api");
    assert!(next.epoch > first.epoch);
    let shared = NewJob { lane: "a".to_owned(), ..job("d", Phase::Bills) };
    queue.enqueue(&[shared], 1, false).unwrap();
    assert_eq!(queue.claim("w3").unwrap(), None, "d shares credentials with a");
    assert!(other.settle(&second, &note("y")).unwrap());
    assert_eq!(claim(&*queue, "w3").job.key(), "d/bills");
}

fn a_job_is_known_by_its_key(bench: &Bench) {
    let queue = (bench.open)();
    let jobs = [job("a", Phase::Bills), job("a", Phase::Bills)];
    assert_eq!(queue.enqueue(&jobs, 1, false).unwrap(), 1);
    assert_eq!((bench.open)().enqueue(&jobs, 1, false).unwrap(), 0);
    let claimed = claim(&*queue, "w");
    assert_eq!(queue.enqueue(&jobs, 2, true).unwrap(), 0, "it runs");
    assert!(queue.settle(&claimed, &note("done")).unwrap());
    let rows = queue.jobs().unwrap();
    assert_eq!((rows.len(), rows[0].state, rows[0].note.as_deref()), (1, JobState::Done, Some("{\"said\":\"done\"}")));
    assert_eq!(queue.claim("w").unwrap(), None);
}

fn rounds_and_followers(bench: &Bench) {
    let queue = (bench.open)();
    let jobs = [job("a", Phase::Check)];
    queue.enqueue(&jobs, 5, false).unwrap();
    queue.settle(&claim(&*queue, "w"), &note("")).unwrap();
    assert_eq!(queue.enqueue(&jobs, 5, false).unwrap(), 0, "done in this round");
    assert_eq!(queue.enqueue(&jobs, 0, true).unwrap(), 1, "what it is derived from changed");
    queue.settle(&claim(&*queue, "w"), &note("")).unwrap();
    assert_eq!(queue.enqueue(&jobs, 5, false).unwrap(), 0, "still of round 5");
    assert_eq!(queue.enqueue(&jobs, 6, false).unwrap(), 1);
    let counts = queue.counts().unwrap();
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), [((Phase::Check, JobState::Ready), 1)]);
}

fn a_lost_lease_is_lost(bench: &Bench) {
    let (queue, other) = ((bench.open)(), (bench.open)());
    queue.enqueue(&[job("a", Phase::Bills), job("a", Phase::Api)], 1, false).unwrap();
    let sleeper = claim(&*queue, "sleeper");
    (bench.pass)(bench.lease / 2);
    assert!(queue.beat(&sleeper).unwrap());
    (bench.pass)(bench.lease * 3 / 4);
    assert_eq!(other.claim("w").unwrap(), None, "the beat extended it");
    (bench.pass)(bench.lease);
    let taken = claim(&*other, "w");
    assert_eq!((taken.job.key().as_str(), taken.attempt), ("a/bills", 2));
    assert!(taken.epoch > sleeper.epoch);
    assert!(!queue.beat(&sleeper).unwrap());
    assert!(!queue.settle(&sleeper, &note("late")).unwrap());
    assert_eq!(state(&*queue, "a/bills"), JobState::Running, "what the sleeper says has no effect");
    assert!(other.settle(&taken, &note("in time")).unwrap());
    assert!(!other.settle(&taken, &note("twice")).unwrap());
    let row = queue.jobs().unwrap().into_iter().find(|row| row.job.phase == Phase::Bills).unwrap();
    assert_eq!(row.note.as_deref(), Some("{\"said\":\"in time\"}"));
}

fn a_sleeper_that_nobody_missed_goes_on(bench: &Bench) {
    let queue = (bench.open)();
    queue.enqueue(&[job("a", Phase::Bills)], 1, false).unwrap();
    let sleeper = claim(&*queue, "w");
    (bench.pass)(bench.lease * 2);
    assert!(queue.beat(&sleeper).unwrap(), "nobody took it");
    assert!(queue.settle(&sleeper, &note("")).unwrap());
}

fn failures_wait_and_are_given_up(bench: &Bench) {
    let queue = (bench.open)();
    queue.enqueue(&[job("a", Phase::Bills), job("b", Phase::Bills)], 1, false).unwrap();
    let problem = Problem::remark("fetch-timeout", "甲").with("host", "x");
    let rest = bench.lease;
    for attempt in 1..=MOST_TRIES {
        let claimed = claim(&*queue, "w");
        assert_eq!((claimed.job.key().as_str(), claimed.attempt), ("a/bills", attempt));
        if attempt == 1 {
            let other = claim(&*queue, "w");
            queue.settle(&other, &Ended::GivenUp(problem.clone())).unwrap();
            assert_eq!(state(&*queue, "b/bills"), JobState::GivenUp, "for good, at once");
        }
        assert!(queue.settle(&claimed, &Ended::Failed { rest, problem: problem.clone() }).unwrap());
        assert_eq!(queue.claim("w").unwrap(), None, "not before its time");
        if attempt < MOST_TRIES {
            assert_eq!(state(&*queue, "a/bills"), JobState::Retrying);
            let row = queue.jobs().unwrap().remove(0);
            assert!(!row.rest.is_zero() && row.rest <= rest, "{:?}", row.rest);
        }
        (bench.pass)(rest + Duration::from_millis(5));
    }
    assert_eq!(queue.claim("w").unwrap(), None);
    let row = queue.jobs().unwrap().remove(0);
    assert_eq!((row.state, row.problem.as_ref()), (JobState::GivenUp, Some(&problem)));
    assert_eq!(queue.retry(Some("nobody")).unwrap(), 0);
    assert_eq!(queue.retry(Some("a")).unwrap(), 1);
    let again = claim(&*queue, "w");
    assert_eq!((again.job.key().as_str(), again.attempt), ("a/bills", 1));
    queue.settle(&again, &note("")).unwrap();
    assert_eq!(queue.jobs().unwrap()[0].problem, None, "forgotten once it is done");
    assert_eq!(queue.enqueue(&[job("b", Phase::Bills)], 2, false).unwrap(), 1, "the next round tries again");
}

fn a_poisonous_job_is_given_up(bench: &Bench) {
    let queue = (bench.open)();
    queue.enqueue(&[job("a", Phase::Bills)], 1, false).unwrap();
    for _ in 0..MOST_TRIES {
        claim(&*queue, "dies");
        (bench.pass)(bench.lease + Duration::from_millis(50));
    }
    assert_eq!(queue.claim("w").unwrap(), None);
    let row = queue.jobs().unwrap().remove(0);
    assert_eq!(row.state, JobState::GivenUp);
    assert_eq!(row.problem.map(|problem| problem.code).as_deref(), Some("fleet-worker-lost"));
}

fn quotas_are_waited_for(bench: &Bench) {
    let queue = (bench.open)();
    queue.enqueue(&[job("a", Phase::Api), job("a", Phase::Pages)], 1, false).unwrap();
    let claimed = claim(&*queue, "w");
    assert_eq!(claimed.waited_until, None);
    let rest = bench.lease * 2;
    let note = "{\"changed\":true}".to_owned();
    queue.settle(&claimed, &Ended::Waits { rest, until: 1_764_000_000, note: note.clone() }).unwrap();
    let row = queue.jobs().unwrap().remove(0);
    assert_eq!((row.state, row.note, row.attempts), (JobState::Waiting, Some(note), 0));
    assert_eq!(row.waited_until, Some(1_764_000_000));
    assert_eq!(claim(&*queue, "w").job.phase, Phase::Pages, "what waits keeps nothing else from running");
    assert_eq!(queue.enqueue(&[job("a", Phase::Api)], 2, true).unwrap(), 0, "it waits in the next round too");
    assert_eq!(queue.retry(None).unwrap(), 0, "no retry brings a quota");
    (bench.pass)(rest + Duration::from_millis(5));
    assert_eq!(queue.claim("w2").unwrap().map(|claim| claim.job.key()).as_deref(), Some("a/pages"), "lost meanwhile");
    let pages = queue.jobs().unwrap().into_iter().find(|row| row.job.phase == Phase::Pages).unwrap();
    assert_eq!(pages.worker.as_deref(), Some("w2"));
    (bench.pass)(bench.lease + Duration::from_millis(50));
    let pages = claim(&*queue, "w3");
    queue.settle(&pages, &Ended::Done("{}".to_owned())).unwrap();
    let again = claim(&*queue, "w");
    assert_eq!((again.job.phase, again.attempt, again.waited_until), (Phase::Api, 1, Some(1_764_000_000)));
    queue.settle(&again, &Ended::Done("{}".to_owned())).unwrap();
}

fn a_stop_is_no_try(bench: &Bench) {
    let queue = (bench.open)();
    queue.enqueue(&[job("a", Phase::Api)], 1, false).unwrap();
    for _ in 0..MOST_TRIES * 2 {
        let claimed = claim(&*queue, "w");
        assert_eq!(claimed.attempt, 1);
        assert!(queue.settle(&claimed, &Ended::Released).unwrap());
        assert_eq!(state(&*queue, "a/api"), JobState::Ready);
    }
}

fn budgets_hold_for_all(bench: &Bench) {
    let (queue, other) = ((bench.open)(), (bench.open)());
    let interval = Duration::from_secs(30);
    assert_eq!(queue.take_turn("account/wx1", interval).unwrap(), Duration::ZERO);
    let waits = [&other, &queue, &other].map(|queue| queue.take_turn("account/wx1", interval).unwrap());
    for (turn, wait) in (1..).zip(waits) {
        let due = interval * turn;
        assert!(wait <= due && wait + Duration::from_secs(5) > due, "{turn}: {wait:?}");
    }
    assert_eq!(other.take_turn("account/wx2", interval).unwrap(), Duration::ZERO, "of its own");
}

fn removed_accounts_are_forgotten(bench: &Bench) {
    let queue = (bench.open)();
    queue.enqueue(&[job("a", Phase::Api), job("b", Phase::Api), job("c", Phase::Bills)], 1, false).unwrap();
    let running = claim(&*queue, "w");
    assert_eq!(running.job.account, "c");
    assert_eq!(queue.forget_others(&["b"]).unwrap(), 1);
    let left: Vec<String> = queue.jobs().unwrap().into_iter().map(|row| row.job.account).collect();
    assert_eq!(left, ["b", "c"], "what runs is not");
    assert!(queue.settle(&running, &note("")).unwrap());
}

/// Several workers, each with its own connection: every job once, and never two of one lane.
fn many_at_once(bench: &Bench) {
    const ACCOUNTS: usize = 6;
    let queue = (bench.open)();
    let phases = [Phase::Bills, Phase::Api, Phase::Pages];
    let jobs: Vec<NewJob> =
        (0..ACCOUNTS).flat_map(|account| phases.map(|phase| job(&format!("account{account}"), phase))).collect();
    assert_eq!(queue.enqueue(&jobs, 1, false).unwrap(), jobs.len());
    let busy = std::sync::Mutex::new(BTreeSet::new());
    let queues: Vec<Arc<dyn Queue>> = (0..4).map(|_| (bench.open)()).collect();
    let done: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..)
            .zip(&queues)
            .map(|(number, queue)| {
                let busy = &busy;
                scope.spawn(move || {
                    let mut done = Vec::new();
                    while queue.jobs().unwrap().iter().any(|row| row.state != JobState::Done) {
                        let Some(claim) = queue.claim(&format!("w{number}")).unwrap() else {
                            std::thread::sleep(Duration::from_millis(2));
                            continue;
                        };
                        assert!(busy.lock().unwrap().insert(claim.job.lane.clone()), "two jobs of {}", claim.job.lane);
                        std::thread::sleep(Duration::from_millis(1));
                        assert!(busy.lock().unwrap().remove(&claim.job.lane));
                        assert!(queue.settle(&claim, &note("")).unwrap());
                        done.push(claim.job.key());
                    }
                    done
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert_eq!(done.len(), jobs.len());
    assert_eq!(done.iter().collect::<BTreeSet<_>>().len(), jobs.len());
}

#[test]
fn the_queue_in_a_file_conforms() {
    use liudi::fleet::queue::sqlite::SqliteQueue;
    use std::sync::atomic::{AtomicI64, Ordering};
    let lease = Duration::from_mins(1);
    conforms(|| {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(1_764_000_000_000));
        let passed = Arc::clone(&clock);
        let open = move || -> Arc<dyn Queue> {
            let clock = Arc::clone(&clock);
            let now = Arc::new(move || clock.load(Ordering::SeqCst));
            Arc::new(SqliteQueue::with_clock(&folder.path().join("queue.sqlite"), lease, now).unwrap())
        };
        let pass = move |time: Duration| {
            passed.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
        };
        Bench { open: Box::new(open), pass: Box::new(pass), lease }
    });
}
