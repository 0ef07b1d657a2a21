//! Decides what follows a try of a job. Pure: the simulation decides by the same rules.

use std::time::Duration;

use super::note::Note;
use super::phase::Phase;
use super::queue::{Claim, Ended, NewJob};
use crate::error::{Error, Kind, Result};
use crate::model::{Problem, Time};

/// What a try brought.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What it brought.
    pub note: Note,
    /// Time of the next quota, if something waits for it.
    pub until: Option<Time>,
    /// Why it must be tried again, if it must.
    pub failure: Option<Problem>,
    /// Whether it was stopped before its end.
    pub stopped: bool,
}

/// Longest time between two tries.
const LONGEST: Duration = Duration::from_hours(2);

/// How many times longer than after another failure a platform that refuses is left alone.
const AFTER_REFUSAL: u32 = 60;

/// Returns how a try ended. `retry` is the time before the first new try, `now` that of the worker.
pub fn ended(result: Result<Outcome>, claim: &Claim, retry: Duration, now: Time) -> Ended {
    let outcome = match result {
        Ok(outcome) => outcome,
        Err(error) if error.is_interrupted() => return Ended::Released,
        Err(error) => return failed(Problem::from_error(&error, &claim.job.account), claim, retry),
    };
    if outcome.stopped {
        return Ended::Released;
    }
    if let Some(problem) = outcome.failure {
        return failed(problem, claim, retry);
    }
    let note = serde_json::to_string(&outcome.note).unwrap_or_default();
    match outcome.until {
        Some(until) => {
            let rest = u64::try_from(until.unix().saturating_sub(now.unix())).unwrap_or(0);
            Ended::Waits { rest: Duration::from_secs(rest), until: until.unix(), note }
        }
        None => Ended::Done(note),
    }
}

/// Returns how a failed try ended. Credentials, settings, files that are not there and damage do not get better by
/// themselves within hours; the next round tries them again.
fn failed(problem: Problem, claim: &Claim, retry: Duration) -> Ended {
    let is = |kind: Kind| problem.exit_bit & kind.exit_bit() != 0;
    if [Kind::Credentials, Kind::Usage, Kind::Input, Kind::Findings].into_iter().any(is) {
        return Ended::GivenUp(problem);
    }
    let doubled = retry.saturating_mul(2_u32.saturating_pow(claim.attempt.saturating_sub(1)));
    let rest = if is(Kind::Blocked) { doubled.saturating_mul(AFTER_REFUSAL) } else { doubled };
    Ended::Failed { rest: rest.min(LONGEST), problem }
}

/// Returns the jobs that a job which changed the archive makes due again, out of those of its account.
pub fn followers(jobs: Vec<NewJob>, phase: Phase, note: &Note) -> Vec<NewJob> {
    let follows = |later: Phase| match later {
        // Bills list no articles.
        Phase::Pages => matches!(phase, Phase::Files | Phase::Api),
        later => later > phase && !later.collects(),
    };
    let changed = note.changed && phase.collects();
    jobs.into_iter().filter(|job| changed && follows(job.phase)).collect()
}

/// Returns the problem that a panic of a job is.
pub fn panicked(claim: &Claim) -> Error {
    Error::other("fleet-job-panicked").with("account", &claim.job.account).with("phase", claim.job.phase.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(phase: Phase, attempt: u32) -> Claim {
        let job = NewJob { account: "甲".to_owned(), lane: "甲".to_owned(), phase };
        Claim { job, attempt, epoch: 1, waited_until: None }
    }

    fn rest_after(error: Error, attempt: u32) -> Option<u64> {
        let now = Time::from_unix(1_764_000_000).unwrap();
        match ended(Err(error), &claim(Phase::Api, attempt), Duration::from_secs(30), now) {
            Ended::Failed { rest, .. } => Some(rest.as_secs()),
            Ended::GivenUp(_) => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn failures_are_tried_again_ever_later_and_credentials_are_not() {
        let other = |attempt| rest_after(Error::other("x"), attempt);
        assert_eq!([other(1), other(2), other(5), other(30)], [Some(30), Some(60), Some(480), Some(7200)]);
        assert_eq!(rest_after(Error::new(Kind::Blocked, "x"), 1), Some(1800));
        assert_eq!(rest_after(Error::new(Kind::Credentials, "x"), 1), None);
        assert_eq!(rest_after(Error::usage("x"), 1), None);
        assert_eq!(rest_after(Error::input("x"), 1), None);
        assert_eq!(rest_after(Error::damaged("x"), 1), None);
        assert_eq!(rest_after(Error::new(Kind::Lock, "x"), 1), Some(30));
    }

    #[test]
    fn a_quota_is_waited_for_by_the_workers_clock_and_a_stop_is_no_try() {
        let now = Time::from_unix(1_764_000_000).unwrap();
        let outcome = |until: Option<i64>, stopped| {
            let until = until.and_then(Time::from_unix);
            ended(Ok(Outcome { until, stopped, ..Outcome::default() }), &claim(Phase::Api, 1), Duration::ZERO, now)
        };
        match outcome(Some(1_764_000_100), false) {
            Ended::Waits { rest, until, .. } => assert_eq!((rest.as_secs(), until), (100, 1_764_000_100)),
            other => panic!("{other:?}"),
        }
        assert_eq!(outcome(Some(1_764_000_100), true), Ended::Released);
        assert!(matches!(outcome(None, false), Ended::Done(_)));
    }

    #[test]
    fn what_is_derived_follows_what_changed() {
        let all: Vec<NewJob> = Phase::ALL.map(|phase| claim(phase, 1).job).into();
        let codes = |phase, changed| {
            let note = Note { changed, ..Note::default() };
            followers(all.clone(), phase, &note).iter().map(|job| job.phase.code()).collect::<Vec<_>>()
        };
        assert_eq!(codes(Phase::Bills, true), ["site", "check"]);
        assert_eq!(codes(Phase::Api, true), ["pages", "site", "check"]);
        assert_eq!(codes(Phase::Api, false), Vec::<&str>::new());
        assert_eq!(codes(Phase::Site, true), Vec::<&str>::new());
    }
}
