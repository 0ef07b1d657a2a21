//! Tells how each account of a fleet stands: from what its jobs brought, the worst first.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;
use serde::Serialize;

use super::list::Fleet;
use super::note::{BillFuse, Holdings, Judged, NextDate, Note};
use super::phase::Phase;
use super::queue::{JobRow, JobState, Queue};
use crate::error::Result;
use crate::model::{Problem, Time};
use crate::pipeline::archive::state::is_archive;

/// The status of a fleet.
#[derive(Clone, Debug, Serialize)]
pub struct FleetStatus {
    /// Time of the status.
    pub at: Time,
    /// Number of accounts.
    pub count: usize,
    /// Number of jobs by state.
    pub jobs: BTreeMap<&'static str, u64>,
    /// The accounts, the worst first.
    pub accounts: Vec<AccountStatus>,
}

/// The status of an account.
#[derive(Clone, Debug, Serialize)]
pub struct AccountStatus {
    /// Name in the fleet.
    pub account: String,
    /// Folder of its archive.
    pub archive: PathBuf,
    /// How it stands, the worst first.
    pub standing: Standing,
    /// Phase that it is in: the one that runs, else the first that is not done.
    pub phase: Option<Phase>,
    /// The numbers of its archive.
    #[serde(flatten)]
    pub holdings: Option<Holdings>,
    /// Its verdict, if it was judged.
    pub verdict: Option<Judged>,
    /// The date that comes next: of its verdict, or of its bills.
    pub next: Option<NextDate>,
    /// Next renewal of a quota that it waits for.
    pub quota_reset: Option<Time>,
    /// The first bill that is not held and about to leave the window.
    pub bill: Option<BillFuse>,
    /// Why something of it failed last.
    pub problem: Option<Problem>,
    /// What was wrong with its inputs and its archive.
    pub problems: Vec<Problem>,
    /// Number of all such problems.
    pub problem_count: usize,
    /// Its jobs.
    pub jobs: Vec<JobStatus>,
}

/// How an account stands. What comes first is the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A job was given up.
    GivenUp,
    /// A bill leaves the window within days.
    Urgent,
    /// Something failed and will be tried again.
    Failing,
    /// Something of it is damaged, or could not be read.
    Problems,
    /// No verdict yet.
    Unknown,
    /// It may not be closed.
    NotReady,
    /// It may be closed, with warnings.
    Warnings,
    /// It may be closed.
    Ready,
}

impl Standing {
    /// Returns the code; the text is `fleet-standing-<code>`.
    pub fn code(self) -> &'static str {
        match self {
            Self::GivenUp => "given-up",
            Self::Urgent => "urgent",
            Self::Failing => "failing",
            Self::Problems => "problems",
            Self::Unknown => "unknown",
            Self::NotReady => "not-ready",
            Self::Warnings => "warnings",
            Self::Ready => "ready",
        }
    }
}

/// The status of a job.
#[derive(Clone, Debug, Serialize)]
pub struct JobStatus {
    /// Phase.
    pub phase: Phase,
    /// State.
    pub state: JobState,
    /// Number of tries since it was done last.
    pub attempts: u32,
    /// Worker that does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker: Option<String>,
    /// Time before which it is not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Time>,
    /// Time at which it was done last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<Time>,
}

/// Days before the end of a bill's window from which it is urgent.
const URGENT: i32 = 7;

impl FleetStatus {
    /// Reads the status of `fleet` from its queue.
    ///
    /// # Errors
    /// `fleet-queue-failed`.
    pub fn read(fleet: &Fleet, queue: &dyn Queue, now: Time) -> Result<Self> {
        let mut rows: BTreeMap<String, Vec<JobRow>> = BTreeMap::new();
        let mut jobs = BTreeMap::new();
        for row in queue.jobs()? {
            *jobs.entry(row.state.code()).or_default() += 1;
            rows.entry(row.job.account.clone()).or_default().push(row);
        }
        let status = |account: &super::list::Account| {
            let rows = rows.remove(&account.name).unwrap_or_default();
            let mut status = AccountStatus::of(account.name.clone(), account.archive.clone(), &rows, now);
            if fleet.store.is_none() {
                status.look_for_archive();
            }
            status
        };
        let mut accounts: Vec<AccountStatus> = fleet.accounts.iter().map(status).collect();
        accounts.sort_by(|a, b| a.urgency().cmp(&b.urgency()));
        Ok(Self { at: now, count: accounts.len(), jobs, accounts })
    }
}

impl AccountStatus {
    fn of(account: String, archive: PathBuf, rows: &[JobRow], now: Time) -> Self {
        let note = |row: &JobRow| serde_json::from_str::<Note>(row.note.as_deref()?).ok();
        let mut notes: Vec<(Phase, Note)> = rows.iter().filter_map(|row| Some((row.job.phase, note(row)?))).collect();
        notes.sort_by_key(|(phase, note)| (note.at.map(Time::unix), *phase));
        let newest = |of: &dyn Fn(&Note) -> bool| notes.iter().rev().find(|(_, note)| of(note)).map(|(_, note)| note);
        let later = |row: &JobRow| {
            if row.state == JobState::Waiting {
                return row.waited_until.and_then(Time::from_unix);
            }
            let rest = i64::try_from(row.rest.as_millis().div_ceil(1000)).unwrap_or(0);
            Time::from_unix(now.unix().saturating_add(rest)).filter(|_| !row.rest.is_zero())
        };
        let running = rows.iter().find(|row| row.state == JobState::Running);
        let failed = [JobState::GivenUp, JobState::Retrying, JobState::Ready]
            .into_iter()
            .find_map(|state| rows.iter().find(|row| row.state == state && row.problem.is_some()));
        let open = || rows.iter().filter(|row| row.state != JobState::Done).min_by_key(|row| row.job.phase);
        let bill = notes.iter().rev().find(|(phase, _)| matches!(phase, Phase::Bills | Phase::Check));
        let bill = bill.and_then(|(_, note)| note.bill);
        let verdict = newest(&|note| note.verdict.is_some()).and_then(|note| note.verdict.clone());
        let given_up = rows.iter().any(|row| row.state == JobState::GivenUp);
        let problems: Vec<Problem> = notes.iter().flat_map(|(_, note)| note.problems.clone()).collect();
        let next = verdict.as_ref().and_then(|verdict| verdict.next.clone());
        let of_bill = bill.map(|bill| NextDate {
            day: bill.last_day,
            text: "plan-fuse-bill-day".to_owned(),
            item: Some(bill.day.to_string()),
        });
        let today = now.zoned().date();
        let is_urgent = |bill: BillFuse| days(today, bill.last_day) <= URGENT;
        let standing = if given_up {
            Standing::GivenUp
        } else if bill.is_some_and(is_urgent) {
            Standing::Urgent
        } else if rows.iter().any(|row| row.state == JobState::Retrying) {
            Standing::Failing
        } else if problems.iter().any(|problem| problem.exit_bit != 0) {
            Standing::Problems
        } else {
            match verdict.as_ref().map(|verdict| verdict.verdict.as_str()) {
                None => Standing::Unknown,
                Some("ready") => Standing::Ready,
                Some("ready_with_warnings") => Standing::Warnings,
                Some(_) => Standing::NotReady,
            }
        };
        Self {
            account,
            archive,
            standing,
            phase: running.or(failed).or_else(open).map(|row| row.job.phase),
            holdings: newest(&|note| note.holdings.is_some()).and_then(|note| note.holdings.clone()),
            next: next.into_iter().chain(of_bill).min(),
            verdict,
            quota_reset: rows
                .iter()
                .filter(|row| row.state == JobState::Waiting)
                .filter_map(later)
                .min_by_key(|at| at.unix()),
            bill,
            problem: failed.and_then(|row| row.problem.clone()),
            problem_count: notes.iter().map(|(_, note)| note.problem_count).sum(),
            problems,
            jobs: rows
                .iter()
                .map(|row| JobStatus {
                    phase: row.job.phase,
                    state: row.state,
                    attempts: row.attempts,
                    worker: row.worker.clone(),
                    not_before: later(row),
                    done: note(row).and_then(|note| note.at),
                })
                .collect(),
        }
    }

    /// Says so if the archive of which something is held is not there any more.
    fn look_for_archive(&mut self) {
        let holds = |of: &Holdings| of.held > 0 || of.listed > 0;
        if self.holdings.as_ref().is_some_and(holds) && !is_archive(&self.archive) {
            let gone = Problem::finding("fleet-archive-gone", self.account.clone());
            self.problem = Some(gone.with("path", self.archive.display()));
            self.standing = Standing::GivenUp;
        }
    }

    /// Returns the worst that is known against it: why something failed, or what is wrong with its files.
    pub fn worst(&self) -> Option<&Problem> {
        let wrong = || self.problems.iter().find(|problem| problem.exit_bit != 0);
        self.problem.as_ref().or_else(wrong).or_else(|| self.problems.first())
    }

    /// Returns the exit bits of what is wrong with it.
    pub fn exit_bits(&self) -> u8 {
        self.problem.iter().chain(&self.problems).fold(0, |bits, problem| bits | problem.exit_bit)
    }

    /// Returns what the accounts are sorted by: how they stand, what comes next, their name.
    fn urgency(&self) -> (Standing, Option<Date>, &str) {
        (self.standing, Some(self.next.as_ref().map_or(Date::MAX, |next| next.day)), &self.account)
    }
}

fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::queue::NewJob;
    use std::time::Duration;

    fn row(phase: Phase, state: JobState, note: Option<&str>) -> JobRow {
        JobRow {
            job: NewJob { account: "甲".to_owned(), lane: "甲".to_owned(), phase },
            state,
            attempts: 0,
            round: 1,
            rest: Duration::ZERO,
            waited_until: (state == JobState::Waiting).then_some(1_764_003_600),
            worker: None,
            note: note.map(str::to_owned),
            problem: (state == JobState::GivenUp).then(|| Problem::remark("secret-missing", "")),
        }
    }

    fn status(rows: &[JobRow]) -> AccountStatus {
        // 2025-11-25 in Beijing.
        AccountStatus::of("甲".to_owned(), PathBuf::new(), rows, Time::from_unix(1_764_000_000).unwrap())
    }

    #[test]
    fn the_newest_note_counts_and_the_worst_is_said() {
        let older = r#"{"at":"2025-11-24T10:00:00+08:00","holdings":{"listed":9,"held":3}}"#;
        let newer = r#"{"at":"2025-11-25T10:00:00+08:00","holdings":{"listed":9,"held":9}}"#;
        let check = |verdict: &str| {
            format!(
                r#"{{"at":"2025-11-25T10:00:00+08:00","verdict":{{"verdict":"{verdict}","blockers":0,
                "valid_until":"2025-11-26T00:00:00+08:00","next":null}}}}"#
            )
        };
        let ready = check("ready");
        let mut rows = vec![
            row(Phase::Pages, JobState::Done, Some(newer)),
            row(Phase::Api, JobState::Waiting, Some(older)),
            row(Phase::Check, JobState::Done, Some(&ready)),
        ];
        let one = status(&rows);
        assert_eq!(one.holdings.as_ref().map(|holdings| holdings.held), Some(9));
        assert_eq!((one.standing, one.phase), (Standing::Ready, Some(Phase::Api)));
        assert_eq!(one.quota_reset.map(Time::unix), Some(1_764_003_600));
        let bill = r#"{"at":"2025-11-25T10:00:00+08:00","bill":{"day":"2025-08-31","last_day":"2025-11-28"}}"#;
        rows.push(row(Phase::Bills, JobState::Done, Some(bill)));
        let one = status(&rows);
        // The check came after the bills in the same second and found none missing.
        assert_eq!((one.standing, one.bill), (Standing::Ready, None));
        rows.remove(2);
        let one = status(&rows);
        assert_eq!((one.standing, one.next.unwrap().day.to_string().as_str()), (Standing::Urgent, "2025-11-28"));
        rows.push(row(Phase::Site, JobState::GivenUp, None));
        let one = status(&rows);
        assert_eq!((one.standing, one.problem.unwrap().code.as_str()), (Standing::GivenUp, "secret-missing"));
        assert_eq!(status(&[]).standing, Standing::Unknown);
    }
}
