//! Counts what a process does, and writes it with the state of the queue in the text format of Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;

use super::note::Note;
use super::phase::Phase;
use super::queue::{Ended, JobRow, JobState};
use crate::pipeline::environment::Heard;

/// Counts of a process.
#[derive(Debug, Default)]
pub struct Metrics(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    hosts: BTreeMap<String, Host>,
    ended: BTreeMap<(Phase, &'static str), u64>,
    queue_failures: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Host {
    answered: u64,
    refused: u64,
    failed: u64,
    bytes: u64,
}

impl Metrics {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a try of a request.
    pub fn heard(&self, host: &str, ended: Heard) {
        let mut counts = self.counts();
        let host = counts.hosts.entry(host.to_owned()).or_default();
        match ended {
            Heard::Answered(bytes) => {
                host.answered += 1;
                host.bytes += bytes;
            }
            Heard::Refused => host.refused += 1,
            Heard::Failed => host.failed += 1,
        }
    }

    /// Counts a try of a job.
    pub fn ended(&self, phase: Phase, ended: &Ended) {
        let how = match ended {
            Ended::Done(_) => "done",
            Ended::Waits { .. } => "waits",
            Ended::Failed { .. } => "failed",
            Ended::GivenUp(_) => "given_up",
            Ended::Released => "released",
        };
        *self.counts().ended.entry((phase, how)).or_default() += 1;
    }

    /// Counts a failure to reach the queue.
    pub fn queue_failed(&self) {
        self.counts().queue_failures += 1;
    }

    /// Writes the counts and the state of the queue, of which `None` says that it is out of reach.
    pub fn text(&self, jobs: Option<&[JobRow]>, today: Date) -> String {
        let mut text = String::new();
        let mut family = Family { text: &mut text };
        family.begin("liudi_fleet_queue_up", "gauge", "Whether the queue can be reached.");
        family.put("liudi_fleet_queue_up", &[], u64::from(jobs.is_some()));
        if let Some(jobs) = jobs {
            family.of_queue(jobs, today);
        }
        let counts = self.counts();
        family.begin("liudi_fleet_tries_total", "counter", "Tries of jobs by this process, by phase and outcome.");
        for ((phase, how), count) in &counts.ended {
            family.put("liudi_fleet_tries_total", &[("phase", phase.code()), ("outcome", how)], *count);
        }
        family.begin("liudi_fleet_queue_failures_total", "counter", "Failures of this process to reach the queue.");
        family.put("liudi_fleet_queue_failures_total", &[], counts.queue_failures);
        family.begin("liudi_fleet_requests_total", "counter", "Requests of this process, by host and outcome.");
        for (host, of) in &counts.hosts {
            for (outcome, count) in [("answered", of.answered), ("refused", of.refused), ("failed", of.failed)] {
                family.put("liudi_fleet_requests_total", &[("host", host), ("outcome", outcome)], count);
            }
        }
        family.begin("liudi_fleet_received_bytes_total", "counter", "Bytes received by this process, by host.");
        for (host, of) in &counts.hosts {
            family.put("liudi_fleet_received_bytes_total", &[("host", host)], of.bytes);
        }
        text
    }
}

/// Writes families of metrics.
struct Family<'a> {
    text: &'a mut String,
}

impl Family<'_> {
    fn begin(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn put(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let escaped = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.text, "{name}{labels} {value}");
    }

    fn of_queue(&mut self, jobs: &[JobRow], today: Date) {
        let mut by_state = BTreeMap::new();
        for phase in Phase::ALL {
            for state in JobState::ALL {
                by_state.insert((phase, state), 0_u64);
            }
        }
        for row in jobs {
            *by_state.entry((row.job.phase, row.state)).or_default() += 1;
        }
        self.begin("liudi_fleet_jobs", "gauge", "Jobs in the queue, by phase and state.");
        for ((phase, state), count) in by_state {
            self.put("liudi_fleet_jobs", &[("phase", phase.code()), ("state", state.code())], count);
        }
        let notes = jobs.iter().filter_map(|row| {
            let note: Note = serde_json::from_str(row.note.as_deref()?).ok()?;
            Some((row.job.account.as_str(), row.job.phase, note))
        });
        // The phase of bills is the fresher one: a check that came later has looked again.
        let mut left = BTreeMap::new();
        for (account, phase, note) in notes.filter(|(_, phase, _)| matches!(phase, Phase::Bills | Phase::Check)) {
            if phase == Phase::Check || !left.contains_key(account) {
                left.insert(account, note.bill);
            }
        }
        let name = "liudi_fleet_bill_window_days";
        self.begin(name, "gauge", "Days until the first bill that is not held leaves the platform's window.");
        for (account, bill) in left.iter().filter_map(|(account, bill)| Some((account, (*bill)?))) {
            let days = today.until(bill.last_day).map_or(0, |span| span.get_days());
            self.put(name, &[("account", account)], days);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::queue::NewJob;
    use std::time::Duration;

    #[test]
    fn the_text_has_every_family_and_labels_are_escaped() {
        let metrics = Metrics::default();
        metrics.heard("mp.weixin.qq.com", Heard::Answered(10));
        metrics.heard("mp.weixin.qq.com", Heard::Refused);
        metrics.ended(Phase::Bills, &Ended::Released);
        let note = r#"{"bill":{"day":"2026-09-01","last_day":"2026-11-29"}}"#;
        let row = JobRow {
            job: NewJob { account: "甲\"\n".to_owned(), lane: String::new(), phase: Phase::Bills },
            state: JobState::Done,
            attempts: 0,
            round: 0,
            rest: Duration::ZERO,
            waited_until: None,
            worker: None,
            note: Some(note.to_owned()),
            problem: None,
        };
        let text = metrics.text(Some(&[row]), "2026-11-27".parse().unwrap());
        for line in [
            "liudi_fleet_queue_up 1",
            r#"liudi_fleet_jobs{phase="bills",state="done"} 1"#,
            r#"liudi_fleet_jobs{phase="api",state="ready"} 0"#,
            r#"liudi_fleet_bill_window_days{account="甲\"\n"} 2"#,
            r#"liudi_fleet_tries_total{phase="bills",outcome="released"} 1"#,
            r#"liudi_fleet_requests_total{host="mp.weixin.qq.com",outcome="refused"} 1"#,
            r#"liudi_fleet_received_bytes_total{host="mp.weixin.qq.com"} 10"#,
        ] {
            assert!(text.lines().any(|one| one == line), "{line}\n{text}");
        }
        assert!(metrics.text(None, "2026-11-27".parse().unwrap()).contains("liudi_fleet_queue_up 0"));
    }
}
