//! The messages of a fleet at work: in words, or one JSON object a line.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::output::{Output, to_people};
use crate::error::Error;
use crate::fleet::crew::{Listener, Told};
use crate::fleet::note::Note;
use crate::fleet::phase::Phase;
use crate::fleet::queue::{Claim, Ended};
use crate::model::{Problem, Time};
use crate::pipeline::clock;
use crate::words::fleet::moment;
use crate::words::plain;

/// Messages in words.
pub(super) struct TextLog<'a> {
    pub(super) output: &'a Output,
}

impl Listener for TextLog<'_> {
    fn hear(&self, told: &Told<'_>) {
        let output = self.output;
        let phase = |claim: &Claim| output.texts().code("fleet-phase", claim.job.phase.code());
        match told {
            Told::Enqueued(count) => output.say("fleet-log-round", &[("count", &count.to_string())]),
            // What goes over the network may take minutes without a word.
            Told::Begun(claim) if matches!(claim.job.phase, Phase::Bills | Phase::Api | Phase::Pages) => {
                output.say("fleet-log-begun", &[("account", &claim.job.account), ("phase", &phase(claim))]);
            }
            Told::Begun(_) => {}
            Told::Ended(claim, ended, took) => {
                let (account, phase) = (claim.job.account.as_str(), phase(claim));
                let seconds = took.as_secs().to_string();
                let common = [("account", account), ("phase", phase.as_str()), ("seconds", seconds.as_str())];
                match ended {
                    Ended::Done(note) => {
                        let held = articles(note);
                        let id = if held.is_empty() { "fleet-log-done" } else { "fleet-log-held" };
                        output.say(id, &[common.as_slice(), &[("articles", &held)]].concat());
                    }
                    Ended::Waits { until, .. } => {
                        let time = Time::from_unix(*until).map(moment).unwrap_or_default();
                        output.say("fleet-log-waits", &[common.as_slice(), &[("time", &time)]].concat());
                    }
                    Ended::Failed { rest, problem } => {
                        let (text, rest) = (output.phrases().problem(problem), rest.as_secs().to_string());
                        output.say(
                            "fleet-log-failed",
                            &[common.as_slice(), &[("text", &text), ("rest", &rest)]].concat(),
                        );
                    }
                    Ended::GivenUp(problem) => {
                        let text = output.phrases().problem(problem);
                        output.say("fleet-log-given-up", &[common.as_slice(), &[("text", &text)]].concat());
                    }
                    Ended::Released => output.say("fleet-log-released", &common),
                }
            }
            Told::Lost(claim) => {
                output.say("fleet-log-lost", &[("account", &claim.job.account), ("phase", &phase(claim))]);
            }
            Told::QueueFailed(error) => output.error(error),
        }
    }
}

/// Returns the held and listed articles that a note names.
fn articles(note: &str) -> String {
    let note: Note = serde_json::from_str(note).unwrap_or_default();
    note.holdings.map_or_else(String::new, |of| format!("{}/{}", of.held, of.listed))
}

/// Messages for machines, on standard error.
pub(super) struct JsonLog;

impl Listener for JsonLog {
    fn hear(&self, told: &Told<'_>) {
        let time = Timestamp::from_millisecond(clock::unix_millis()).unwrap_or_default();
        let mut line = Map::new();
        line.insert("time".to_owned(), json!(format!("{time:.3}")));
        let of = |claim: &Claim| {
            json!({
                "account": claim.job.account, "phase": claim.job.phase.code(), "attempt": claim.attempt,
                "epoch": claim.epoch,
            })
        };
        let (level, event, rest) = match told {
            Told::Enqueued(count) => ("info", "enqueued", json!({ "jobs": count })),
            Told::Begun(claim) => ("info", "begun", of(claim)),
            Told::Ended(claim, ended, took) => {
                let (level, event, how) = how(ended, *took);
                (level, event, merged(of(claim), how))
            }
            Told::Lost(claim) => ("warn", "lost", of(claim)),
            Told::QueueFailed(error) => ("error", "queue-failed", json!({ "problem": problem(error) })),
        };
        line.insert("level".to_owned(), json!(level));
        line.insert("event".to_owned(), json!(event));
        if let Value::Object(rest) = rest {
            line.extend(rest);
        }
        to_people(&plain::cell(&Value::Object(line).to_string()));
    }
}

fn how(ended: &Ended, took: Duration) -> (&'static str, &'static str, Value) {
    let seconds = took.as_secs_f64();
    let note = |note: &str| serde_json::from_str::<Value>(note).unwrap_or(Value::Null);
    match ended {
        Ended::Done(said) => ("info", "done", json!({ "seconds": seconds, "note": note(said) })),
        Ended::Waits { until, note: said, .. } => {
            let until = Time::from_unix(*until).map(|time| time.to_string());
            ("info", "waits", json!({ "seconds": seconds, "until": until, "note": note(said) }))
        }
        Ended::Failed { rest, problem } => {
            ("warn", "failed", json!({ "seconds": seconds, "again_after": rest.as_secs_f64(), "problem": problem }))
        }
        Ended::GivenUp(problem) => ("error", "given-up", json!({ "seconds": seconds, "problem": problem })),
        Ended::Released => ("info", "released", json!({ "seconds": seconds })),
    }
}

fn merged(mut one: Value, other: Value) -> Value {
    if let (Value::Object(one), Value::Object(other)) = (&mut one, other) {
        one.extend(other);
    }
    one
}

fn problem(error: &Error) -> Problem {
    Problem::from_error(error, String::new())
}
