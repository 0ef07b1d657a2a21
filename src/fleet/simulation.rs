//! A fleet in virtual time: the real queue, budgets and rules of what follows a failure, with a model in the place of the
//! platform. It answers how many accounts one worker and one address serve under the quotas, in minutes instead of weeks.
//!
//! The model has the daily quotas and paces that the platform documents (`docs/api.md`), used up and renewed in Beijing's
//! days; answers that fail; a platform that refuses; and workers that die in the middle of a job.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::crew::round;
use super::note::Note;
use super::phase::Phase;
use super::queue::sqlite::SqliteQueue;
use super::queue::{Claim, JobState, NewJob, Queue};
use super::schedule::{self, Outcome};
use crate::error::{Error, Kind, Result};
use crate::model::Time;

/// What is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scene {
    /// Number of accounts, each with an official API and a merchant.
    pub accounts: usize,
    /// Number of articles of each.
    pub articles: u64,
    /// Number of addresses from which the platform sees the workers.
    pub addresses: usize,
    /// Number of workers at each address.
    pub workers: usize,
    /// Whether answers fail, the platform refuses, and workers die.
    pub faults: bool,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Course {
    /// Time until the last account was done.
    pub took: Duration,
    /// Time until the bills of all accounts were held.
    pub bills: Duration,
    /// Requests to the platform.
    pub requests: u64,
    /// Tries of jobs.
    pub tries: u64,
    /// Tries that failed.
    pub failed: u64,
    /// Workers that died with a job in hand.
    pub died: u64,
    /// Jobs that were given up.
    pub given_up: u64,
    /// Times at which two workers had a valid lease of one account: zero.
    pub overlaps: u64,
    /// Articles that are held in the end.
    pub held: u64,
}

/// Midnight in Beijing on 25 November 2025, in milliseconds.
const BEGIN: i64 = 1_764_000_000_000;
const SECOND: i64 = 1000;
const DAY: i64 = 24 * 60 * 60 * SECOND;
/// Quotas are asked for again ten minutes after midnight.
const RENEWED: i64 = 10 * 60 * SECOND;

/// Time from a request to the next one: the pace, and the answer.
const API: i64 = 250 + 50;
const MERCHANT: i64 = 350 + 50;
/// The pace of one reader: three seconds, and up to three more.
const PAGE: i64 = 4500;
/// The interval of one address, whatever the account.
const ADDRESS: Duration = Duration::from_secs(3);
/// Time for the pictures of an article: ten files, eight at once.
const PICTURES: i64 = 500;
/// Pictures of an article.
const FILES: u64 = 10;

const LEASE: i64 = 60 * SECOND;
/// A worker that died is started again.
const RESTART: i64 = 5 * SECOND;
/// Time between two looks of a worker that finds nothing to do.
const LOOK: i64 = 30 * SECOND;

/// The requests of a merchant's bills: four kinds of 89 days, each asked for and then downloaded.
const BILLS: u64 = 4 * 89 * 2;
/// Days of which statistics are asked for: three years.
const HISTORY: u64 = 3 * 365;

/// Calls of an account, each with its daily quota.
fn calls(articles: u64) -> Vec<(u64, u64)> {
    vec![
        // Published articles, twenty at a time.
        (articles.div_ceil(20), 100),
        // Comments, by article.
        (articles, 1000),
        // Material, twenty at a time.
        ((articles * 5).div_ceil(20), 1000),
        // Statistics of each day: users, messages, sharing, reading, advertising.
        (HISTORY, 1000),
        (HISTORY, 1000),
        (HISTORY, 1000),
        (HISTORY, 1000),
        (HISTORY, 1000),
    ]
}

/// What is left of an account.
struct Account {
    bills: u64,
    calls: Vec<(u64, u64)>,
    /// Used of each quota on `day`.
    used: Vec<u64>,
    day: i64,
    pages: u64,
}

/// A worker's job in progress.
struct Work {
    claim: Claim,
    /// When it was last beaten.
    beaten: i64,
}

/// A source of chances that is the same in every run.
struct Chance(u64);

impl Chance {
    /// Reports whether something happens that does so once in `times`.
    fn once_in(&mut self, times: u64) -> bool {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).is_multiple_of(times)
    }
}

/// How a step of a job ended.
enum Step {
    /// It goes on after this time.
    Goes(i64),
    /// The try is over.
    Ends(Box<Result<Outcome>>),
    /// The worker dies.
    Dies,
}

/// Runs the scene with a queue at `path`.
///
/// # Errors
/// `fleet-queue-failed`.
pub fn run(scene: Scene, path: &Path) -> Result<Course> {
    let clock = Arc::new(AtomicI64::new(BEGIN));
    let read = Arc::clone(&clock);
    let lease = Duration::from_millis(LEASE.cast_unsigned());
    let queue = SqliteQueue::with_clock(path, lease, Arc::new(move || read.load(Ordering::Relaxed)))?;
    let accounts = (0..scene.accounts).map(|_| Account {
        bills: BILLS,
        calls: calls(scene.articles),
        used: vec![0; calls(scene.articles).len()],
        day: 0,
        pages: scene.articles,
    });
    let mut simulation = Simulation {
        scene,
        queue: &queue,
        clock: &clock,
        accounts: accounts.collect(),
        chance: Chance(1),
        course: Course::default(),
        leases: HashMap::new(),
    };
    simulation.run()?;
    Ok(simulation.course)
}

struct Simulation<'a> {
    scene: Scene,
    queue: &'a SqliteQueue,
    clock: &'a AtomicI64,
    accounts: Vec<Account>,
    chance: Chance,
    course: Course,
    /// The end of the lease of each account that is worked on, with its worker.
    leases: HashMap<String, (usize, i64)>,
}

const PHASES: [Phase; 5] = [Phase::Bills, Phase::Api, Phase::Pages, Phase::Site, Phase::Check];

impl Simulation<'_> {
    fn run(&mut self) -> Result<()> {
        let jobs: Vec<NewJob> = (0..self.accounts.len()).flat_map(jobs).collect();
        self.queue.enqueue(&jobs, round(self.time()), false)?;
        let count = self.scene.addresses * self.scene.workers;
        let mut events: BinaryHeap<Reverse<(i64, usize)>> = (0..count).map(|worker| Reverse((BEGIN, worker))).collect();
        let mut works: BTreeMap<usize, Work> = BTreeMap::new();
        let mut open = jobs.len();
        while let Some(Reverse((now, worker))) = events.pop() {
            self.clock.store(now, Ordering::Relaxed);
            let Some(mut work) = works.remove(&worker) else {
                match self.claim(worker, now)? {
                    Some(work) => {
                        works.insert(worker, work);
                        events.push(Reverse((now, worker)));
                    }
                    None if open > 0 => events.push(Reverse((now + LOOK, worker))),
                    None => {}
                }
                continue;
            };
            if now - work.beaten >= LEASE / 4 {
                self.queue.beat(&work.claim)?;
                work.beaten = now;
                self.leases.insert(work.claim.job.account.clone(), (worker, now + LEASE));
            }
            match self.step(worker, &work.claim, now)? {
                Step::Goes(rest) => {
                    works.insert(worker, work);
                    events.push(Reverse((now + rest, worker)));
                }
                Step::Dies => {
                    self.course.died += 1;
                    events.push(Reverse((now + RESTART, worker)));
                }
                Step::Ends(result) => {
                    self.settle(&work.claim, *result)?;
                    open = self.open()?;
                    events.push(Reverse((now, worker)));
                    if open == 0 {
                        self.course.took = since_begin(now);
                    }
                }
            }
        }
        self.course.held = self.accounts.iter().map(|account| self.scene.articles - account.pages).sum();
        Ok(())
    }

    fn time(&self) -> Time {
        let seconds = self.clock.load(Ordering::Relaxed) / SECOND;
        // Every second of the next ten thousand years is a time.
        Time::from_unix(seconds).unwrap_or_else(|| unreachable!("{seconds}"))
    }

    /// Returns the number of jobs that are neither done nor given up.
    fn open(&mut self) -> Result<usize> {
        let counts = self.queue.counts()?;
        let is_open = |state: JobState| !matches!(state, JobState::Done | JobState::GivenUp);
        let all = |is: &dyn Fn(JobState) -> bool| {
            counts.iter().filter(|((_, state), _)| is(*state)).map(|(_, count)| *count).sum::<u64>()
        };
        self.course.given_up = all(&|state| state == JobState::GivenUp);
        Ok(usize::try_from(all(&is_open)).unwrap_or(usize::MAX))
    }

    fn claim(&mut self, worker: usize, now: i64) -> Result<Option<Work>> {
        let Some(claim) = self.queue.claim(&worker.to_string())? else { return Ok(None) };
        self.course.tries += 1;
        let lease = (worker, now + LEASE);
        if self.leases.insert(claim.job.account.clone(), lease).is_some_and(|(_, until)| until > now) {
            self.course.overlaps += 1;
        }
        Ok(Some(Work { claim, beaten: now }))
    }

    fn settle(&mut self, claim: &Claim, result: Result<Outcome>) -> Result<()> {
        self.leases.remove(&claim.job.account);
        self.course.failed += u64::from(result.is_err());
        if let Ok(outcome) = &result {
            let jobs = jobs(number(claim)).into();
            self.queue.enqueue(&schedule::followers(jobs, claim.job.phase, &outcome.note), 0, true)?;
        }
        let ended = schedule::ended(result, claim, Duration::from_secs(30), self.time());
        self.queue.settle(claim, &ended).map(drop)
    }

    fn step(&mut self, worker: usize, claim: &Claim, now: i64) -> Result<Step> {
        if self.scene.faults {
            if self.chance.once_in(20_000) {
                return Ok(Step::Dies);
            }
            if self.chance.once_in(5_000) {
                return Ok(Step::Ends(Box::new(Err(Error::new(Kind::Download, "fetch-timeout")))));
            }
        }
        let index = number(claim);
        match claim.job.phase {
            Phase::Bills => Ok(self.bills(index, now)),
            Phase::Api => Ok(self.api(index, now)),
            Phase::Pages => self.page(index, worker),
            // Made from what is there: milliseconds an article.
            _ if now < self.leases[&claim.job.account].1 - LEASE + SECOND => Ok(Step::Goes(SECOND)),
            _ => Ok(done(false)),
        }
    }

    fn bills(&mut self, index: usize, now: i64) -> Step {
        let account = &mut self.accounts[index];
        if account.bills == 0 {
            self.course.bills = self.course.bills.max(since_begin(now));
            return done(true);
        }
        let some = account.bills.min(25);
        account.bills -= some;
        self.course.requests += some;
        Step::Goes(some.cast_signed() * MERCHANT)
    }

    fn api(&mut self, index: usize, now: i64) -> Step {
        let account = &mut self.accounts[index];
        let day = (now - BEGIN).div_euclid(DAY);
        if day > account.day {
            account.day = day;
            account.used.fill(0);
        }
        for ((left, quota), used) in account.calls.iter_mut().zip(&mut account.used) {
            let some = (*left).min(*quota - *used).min(40);
            if some > 0 {
                *left -= some;
                *used += some;
                self.course.requests += some;
                return Step::Goes(some.cast_signed() * API);
            }
        }
        if account.calls.iter().all(|(left, _)| *left == 0) {
            return done(true);
        }
        let until = Time::from_unix((BEGIN + (day + 1) * DAY + RENEWED) / SECOND);
        // The call that is refused.
        self.course.requests += 1;
        let note = Note { changed: true, ..Note::default() };
        Step::Ends(Box::new(Ok(Outcome { note, until, ..Outcome::default() })))
    }

    fn page(&mut self, index: usize, worker: usize) -> Result<Step> {
        if self.scene.faults && self.chance.once_in(50_000) {
            return Ok(Step::Ends(Box::new(Err(Error::new(Kind::Blocked, "fetch-host-stopped")))));
        }
        let account = &mut self.accounts[index];
        if account.pages == 0 {
            return Ok(done(true));
        }
        account.pages -= 1;
        self.course.requests += 1 + FILES;
        let address = worker / self.scene.workers;
        let turn = self.queue.take_turn(&format!("address/{address}"), ADDRESS)?;
        let turn = i64::try_from(turn.as_millis()).unwrap_or(i64::MAX);
        Ok(Step::Goes(turn.max(PAGE) + PICTURES))
    }
}

fn done(changed: bool) -> Step {
    Step::Ends(Box::new(Ok(Outcome { note: Note { changed, ..Note::default() }, ..Outcome::default() })))
}

fn since_begin(now: i64) -> Duration {
    Duration::from_millis((now - BEGIN).cast_unsigned())
}

fn jobs(index: usize) -> [NewJob; PHASES.len()] {
    let name = index.to_string();
    PHASES.map(|phase| NewJob { account: name.clone(), lane: name.clone(), phase })
}

fn number(claim: &Claim) -> usize {
    claim.job.account.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(accounts: usize, addresses: usize, workers: usize, faults: bool) -> Course {
        let folder = tempfile::tempdir().unwrap();
        let scene = Scene { accounts, articles: 60, addresses, workers, faults };
        let course = run(scene, &folder.path().join("queue.sqlite")).unwrap();
        assert_eq!((course.overlaps, course.given_up, course.held), (0, 0, accounts as u64 * 60), "{course:?}");
        course
    }

    #[test]
    fn quotas_bound_the_days_and_addresses_the_pages() {
        let alone = course(1, 1, 1, false);
        // Statistics of three years take two days of quotas.
        assert!(alone.took > Duration::from_hours(24) && alone.took < Duration::from_hours(26), "{alone:?}");
        assert!(alone.bills < Duration::from_mins(6), "{alone:?}");
        let many = course(40, 1, 4, false);
        // 2,400 pages, three seconds each, and not faster for more workers.
        assert!(many.took >= Duration::from_hours(2), "{many:?}");
        assert_eq!(many.requests, 40 * alone.requests, "every call once");
    }

    #[test]
    fn nothing_is_lost_or_done_twice_by_workers_that_die() {
        let course = course(30, 2, 3, true);
        assert!(course.died > 0 && course.failed > 0, "{course:?}");
    }
}
