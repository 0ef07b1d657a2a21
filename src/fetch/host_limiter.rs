//! Limits the request rate: one lane for each (account, host). A lane has a width (concurrent requests), a pace (a
//! token bucket with jitter), a backoff after refusals and failures, and a switch that stops it for the rest of the
//! run.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Jitter, Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::address::PlatformUrl;
use super::failure::Failure;
use super::settings::Pace;

/// Consecutive failed requests, each after all its tries, from which a host counts as unreachable.
const FAILURES_IN_A_ROW: u32 = 6;

/// Consecutive requests refused for their rate, each after all their tries, from which a host is stopped.
const REFUSALS_IN_A_ROW: u32 = 2;

/// Backoff of a lane: first and longest wait.
pub type Backoff = (Duration, Duration);

/// Why a lane is stopped for the rest of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Demand for human verification ("环境异常").
    Challenge,
    /// Repeated refusals for the rate.
    Limited,
    /// No response from the host.
    Unreachable,
}

impl Stopped {
    /// Returns the code used as a message argument.
    pub fn code(self) -> &'static str {
        match self {
            Self::Challenge => "challenge",
            Self::Limited => "limited",
            Self::Unreachable => "unreachable",
        }
    }
}

/// Lanes of a run.
#[derive(Debug)]
pub struct Lanes {
    open: Mutex<HashMap<(String, String), Arc<HostLimiter>>>,
    all: Arc<Semaphore>,
    backoff: Backoff,
    time: Ticks,
}

impl Lanes {
    /// Creates an empty set of lanes; `concurrency` limits concurrent requests over all of them.
    pub fn new(concurrency: usize, backoff: Backoff) -> Self {
        Self { open: Mutex::default(), all: Arc::new(Semaphore::new(concurrency.max(1))), backoff, time: Ticks::real() }
    }

    /// Returns the lane of `account` to `host`.
    pub fn lane(&self, account: &str, host: &str, pace: Pace) -> Arc<HostLimiter> {
        let mut lanes = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (account.to_owned(), host.to_owned());
        Arc::clone(
            lanes.entry(key).or_insert_with(|| Arc::new(HostLimiter::new(host, pace, self.backoff, self.time.clone()))),
        )
    }

    /// Returns the stopped hosts with the reason, sorted.
    pub fn stopped(&self) -> Vec<(String, Stopped)> {
        let lanes = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let mut stopped: Vec<_> =
            lanes.values().filter_map(|lane| lane.stopped().map(|why| (lane.host.clone(), why))).collect();
        stopped.sort_by(|left, right| left.0.cmp(&right.0));
        stopped
    }

    /// Waits until the lane admits one request.
    pub async fn enter(&self, lane: &HostLimiter, url: &PlatformUrl) -> Result<Permit, Failure> {
        lane.open(url)?;
        // The host's own permit comes first: a slow host must not hold global permits while it waits.
        let own =
            Arc::clone(&lane.places).acquire_owned().await.map_err(|_| lane.refusal(url, Stopped::Unreachable))?;
        loop {
            lane.open(url)?;
            let wait = lane.wait();
            if wait.is_zero() {
                break;
            }
            tokio::time::sleep(wait).await;
        }
        let all = Arc::clone(&self.all).acquire_owned().await.map_err(|_| lane.refusal(url, Stopped::Unreachable))?;
        lane.open(url)?;
        Ok(Permit { _own: own, _all: all })
    }
}

/// Permission for one request. Dropping it frees the slot.
#[derive(Debug)]
pub struct Permit {
    _own: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

/// Limiter of one (account, host).
#[derive(Debug)]
pub struct HostLimiter {
    host: String,
    places: Arc<Semaphore>,
    bucket: Option<RateLimiter<NotKeyed, InMemoryState, Ticks, NoOpMiddleware<Duration>>>,
    jitter: Duration,
    backoff: Backoff,
    time: Ticks,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Earliest time of the next request.
    not_before: Duration,
    backoff: Duration,
    failures: u32,
    refusals: u32,
    stopped: Option<Stopped>,
}

impl HostLimiter {
    fn new(host: &str, pace: Pace, backoff: Backoff, time: Ticks) -> Self {
        // A bucket of the lane's width: pages are requested evenly, never in bursts; wide lanes may start that many at
        // once.
        let burst = u32::try_from(pace.width).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN);
        let bucket = Quota::with_period(pace.interval)
            .map(|quota| RateLimiter::direct_with_clock(quota.allow_burst(burst), time.clone()));
        Self {
            host: host.to_owned(),
            places: Arc::new(Semaphore::new(pace.width.max(1))),
            bucket,
            jitter: pace.jitter,
            backoff,
            time,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns why the lane is stopped, if it is.
    pub fn stopped(&self) -> Option<Stopped> {
        self.state().stopped
    }

    fn open(&self, url: &PlatformUrl) -> Result<(), Failure> {
        self.stopped().map_or(Ok(()), |why| Err(self.refusal(url, why)))
    }

    fn refusal(&self, url: &PlatformUrl, why: Stopped) -> Failure {
        let failure = match why {
            Stopped::Challenge | Stopped::Limited => Failure::blocked("fetch-host-stopped", url),
            Stopped::Unreachable => Failure::download("fetch-host-stopped", url),
        };
        failure.with("host", &self.host).with("why", why.code())
    }

    /// Returns how long the next request must wait; zero takes a token and admits it.
    fn wait(&self) -> Duration {
        let now = self.time.now();
        let rest = self.state().not_before.saturating_sub(now);
        if !rest.is_zero() {
            return rest;
        }
        let Some(bucket) = &self.bucket else { return Duration::ZERO };
        match bucket.check() {
            Ok(()) => {
                // The next request waits for the jitter, on top of the pace.
                let jitter = Jitter::up_to(self.jitter) + Duration::ZERO;
                self.state().not_before = now + if self.jitter.is_zero() { Duration::ZERO } else { jitter };
                Duration::ZERO
            }
            Err(early) => early.wait_time_from(now).max(Duration::from_micros(1)),
        }
    }

    /// Records a response: the lane returns to its full speed.
    pub fn succeeded(&self) {
        let mut state = self.state();
        state.backoff = Duration::ZERO;
        state.failures = 0;
        state.refusals = 0;
    }

    /// Slows the whole lane down after a refused or failed try.
    pub fn slow_down(&self, at_least: Option<Duration>) {
        let now = self.time.now();
        let (first, longest) = self.backoff;
        let mut state = self.state();
        state.backoff = (state.backoff * 2).max(first).min(longest);
        let wait = at_least.map_or(state.backoff, |asked| asked.max(state.backoff)).min(longest);
        state.not_before = state.not_before.max(now + wait);
    }

    /// Records a request given up after all its tries.
    pub fn gave_up(&self, refused_for_rate: bool) {
        let mut state = self.state();
        if refused_for_rate {
            state.refusals += 1;
            if state.refusals >= REFUSALS_IN_A_ROW {
                state.stopped.get_or_insert(Stopped::Limited);
            }
        } else {
            state.failures += 1;
            if state.failures >= FAILURES_IN_A_ROW {
                state.stopped.get_or_insert(Stopped::Unreachable);
            }
        }
    }

    /// Stops the lane for the rest of the run.
    pub fn stop(&self, why: Stopped) {
        self.state().stopped.get_or_insert(why);
    }
}

/// Clock of the lanes: real, or moved by a test.
#[derive(Clone, Debug)]
enum Ticks {
    Real(Instant),
    #[cfg_attr(not(test), expect(dead_code, reason = "moved by tests"))]
    Moved(Arc<AtomicU64>),
}

impl Ticks {
    fn real() -> Self {
        Self::Real(Instant::now())
    }
}

impl Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        match self {
            Self::Real(start) => start.elapsed(),
            Self::Moved(millis) => Duration::from_millis(millis.load(Ordering::Relaxed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(pace: Pace) -> (HostLimiter, Arc<AtomicU64>) {
        let millis = Arc::new(AtomicU64::new(1));
        (HostLimiter::new("mp.weixin.qq.com", pace, (SECOND, 60 * SECOND), Ticks::Moved(Arc::clone(&millis))), millis)
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pages_come_evenly() {
        let (lane, millis) = lane(Pace { width: 1, interval: 3 * SECOND, jitter: Duration::ZERO });
        assert_eq!(lane.wait(), Duration::ZERO);
        let wait = lane.wait();
        assert!(wait > 2 * SECOND && wait <= 3 * SECOND, "{wait:?}");
        millis.store(3100, Ordering::Relaxed);
        assert_eq!(lane.wait(), Duration::ZERO);
        assert!(!lane.wait().is_zero());
    }

    #[test]
    fn jitter_is_added_and_bounded() {
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..20 {
            let (lane, millis) = lane(Pace { width: 1, interval: SECOND, jitter: 5 * SECOND });
            assert_eq!(lane.wait(), Duration::ZERO);
            millis.store(1001, Ordering::Relaxed);
            let wait = lane.wait();
            assert!(wait <= 5 * SECOND, "{wait:?}");
            seen.insert(wait);
        }
        assert!(seen.len() > 5, "{seen:?}");
    }

    #[test]
    fn a_host_that_asks_for_time_gets_it() {
        let (lane, millis) = lane(Pace { width: 8, interval: Duration::ZERO, jitter: Duration::ZERO });
        lane.slow_down(Some(7 * SECOND));
        assert_eq!(lane.wait(), 7 * SECOND);
        millis.store(7001, Ordering::Relaxed);
        assert_eq!(lane.wait(), Duration::ZERO);
        lane.slow_down(None);
        assert_eq!(lane.wait(), 2 * SECOND);
        lane.succeeded();
        millis.store(20_001, Ordering::Relaxed);
        lane.slow_down(None);
        assert_eq!(lane.wait(), SECOND);
        lane.slow_down(Some(9000 * SECOND));
        assert_eq!(lane.wait(), 60 * SECOND);
    }

    #[test]
    fn a_dead_host_is_given_up_and_an_answer_forgives() {
        let (lane, _) = lane(Pace { width: 1, interval: Duration::ZERO, jitter: Duration::ZERO });
        for _ in 1..FAILURES_IN_A_ROW {
            lane.gave_up(false);
        }
        lane.succeeded();
        lane.gave_up(false);
        assert_eq!(lane.stopped(), None);
        for _ in 0..FAILURES_IN_A_ROW {
            lane.gave_up(false);
        }
        assert_eq!(lane.stopped(), Some(Stopped::Unreachable));
    }

    #[tokio::test]
    async fn a_stopped_lane_lets_nothing_go() {
        let lanes = Lanes::new(1, (SECOND, SECOND));
        let lane =
            lanes.lane("a", "mp.weixin.qq.com", Pace { width: 1, interval: Duration::ZERO, jitter: Duration::ZERO });
        let url = PlatformUrl::parse("https://mp.weixin.qq.com/s/x").unwrap();
        drop(lanes.enter(&lane, &url).await.unwrap());
        lane.stop(Stopped::Challenge);
        let failure = lanes.enter(&lane, &url).await.unwrap_err();
        assert_eq!(
            (failure.error.code(), failure.reason),
            ("fetch-host-stopped", crate::model::GapReason::FetchBlocked)
        );
        // Another account has its own lane.
        let other =
            lanes.lane("b", "mp.weixin.qq.com", Pace { width: 1, interval: Duration::ZERO, jitter: Duration::ZERO });
        assert!(lanes.enter(&other, &url).await.is_ok());
        assert_eq!(lanes.stopped(), [("mp.weixin.qq.com".to_owned(), Stopped::Challenge)]);
    }
}
