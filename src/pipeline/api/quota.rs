//! Decides whether a run waits for the next quota of the APIs, and determines its time.

use std::time::Duration;

use crate::model::Time;

const DAY: i64 = 24 * 60 * 60;

/// Delay in seconds after midnight: the counters of different servers are not reset at the same second.
const MARGIN: i64 = 10 * 60;

/// A run's policy for used-up quotas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuotaBudget {
    /// Waits for the next quota instead of ending.
    pub wait: bool,
    /// Time from the end of a quota to the next one; `None` for the platform's next day.
    pub pause: Option<Duration>,
    /// Time up to which the run has waited; needed because a fixed clock does not advance.
    renewed: Option<Time>,
}

impl QuotaBudget {
    /// Creates a budget.
    pub fn new(wait: bool, pause: Option<Duration>) -> Self {
        Self { wait, pause, renewed: None }
    }

    /// Records that the run waited for a new quota until `time`.
    pub fn renew(&mut self, time: Time) {
        self.renewed = Some(time);
    }

    /// Returns the current time: that of the clock, or the time waited for if it is later.
    pub fn now(&self, clock: Time) -> Time {
        self.renewed.map_or(clock, |time| time.max(clock))
    }

    /// Returns the time at which a quota that is used up at `now` is renewed: the platform counts by days in Beijing.
    pub fn renewal(&self, now: Time) -> Time {
        let midnight = Time::from_wall(&now.date()).unwrap_or(now).unix();
        let renewed = match self.pause {
            Some(pause) => now.unix().saturating_add(i64::try_from(pause.as_secs()).unwrap_or(i64::MAX)),
            None => midnight + DAY + MARGIN,
        };
        Time::from_unix(renewed).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_renewed_after_midnight_in_beijing_or_after_the_configured_pause() {
        // 2026-03-01 23:59:50 in Beijing.
        let now = Time::from_unix(1_772_380_790).unwrap();
        assert_eq!(QuotaBudget::default().renewal(now).unix() - now.unix(), 10 + MARGIN);
        assert_eq!(
            QuotaBudget::default().renewal(Time::from_unix(now.unix() + 10).unwrap()).unix() - now.unix(),
            10 + DAY + MARGIN
        );
        let paused = QuotaBudget::new(true, Some(Duration::from_secs(5)));
        assert_eq!(paused.renewal(now).unix() - now.unix(), 5);
        assert_eq!(QuotaBudget::new(true, Some(Duration::MAX)).renewal(now), now);
    }

    #[test]
    fn a_fixed_clock_does_not_undo_the_wait() {
        let at = |unix| Time::from_unix(unix).unwrap();
        let mut quota = QuotaBudget::new(true, None);
        assert_eq!(quota.now(at(1_000)), at(1_000));
        quota.renew(at(5_000));
        assert_eq!((quota.now(at(1_000)), quota.now(at(9_000))), (at(5_000), at(9_000)));
    }
}
