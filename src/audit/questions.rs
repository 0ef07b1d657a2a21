//! The questions that are still open and concern this account, so that nobody types twenty commands. Resumable by
//! nature: what was answered is recorded, and what is recorded and good is not asked again.

use std::collections::BTreeSet;

use serde::Serialize;

use super::engine::{Judgement, Scene};
use super::profile::Truth;
use super::rules::{Check, Severity};

/// What sort of answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// A day.
    Day,
    /// A file to keep.
    File,
    /// A number.
    Number,
    /// Some words.
    Text,
    /// Yes or no.
    YesNo,
}

/// Where an answer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Into the evidence.
    Evidence,
    /// Into the profile.
    Profile,
}

/// One question: the words are `ask-<key>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// The key it is recorded under.
    pub key: String,
    /// What sort of answer is wanted.
    pub answer: Answer,
    /// Where it goes.
    pub target: Target,
    /// Which rule asks; none for the profile.
    pub rule: Option<String>,
}

/// What `scene` still needs to know, blockers first, in the order of the rule file. The profile comes first of all: it
/// decides what else is asked.
pub fn open(scene: &Scene<'_>, judgement: &Judgement) -> Vec<Question> {
    let mut questions = profile(scene, judgement);
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut ask = |key: &str, answer, rule: &str| {
        if seen.insert(key.to_owned()) {
            let rule = Some(rule.to_owned());
            questions.push(Question { key: key.to_owned(), answer, target: Target::Evidence, rule });
        }
    };
    let mut outcomes: Vec<_> = judgement.outcomes.iter().filter(|outcome| outcome.is_open()).collect();
    outcomes.sort_by_key(|outcome| outcome.severity);
    for outcome in outcomes {
        let Some(rule) = scene.rules.rule(&outcome.rule) else { continue };
        if outcome.severity == Severity::Info && !matches!(rule.check, Check::Attest { .. }) {
            continue;
        }
        let keys = rule.check.evidence_keys();
        for item in outcome.open_items() {
            if keys.contains(&item.key) {
                ask(&item.key, answer(&rule.check, &item.key), &rule.id);
            } else if item.reason == "anchor_unknown" {
                // A bill's day is that of the last trade.
                let anchor = item.detail.as_deref().unwrap_or_default();
                ask(if anchor == "bill_date" { "last_trade" } else { anchor }, Answer::Day, &rule.id);
            } else if item.reason == "total_unknown" {
                let part = item.key.split(':').next().unwrap_or_default().rsplit('.').next().unwrap_or_default();
                let of_part = |key: &&String| {
                    key.contains(part) || keys.len() == 1 || (part == "live_replay" && key.contains("live"))
                };
                if let Some(key) = keys.iter().find(of_part) {
                    ask(key, Answer::Number, &rule.id);
                }
            } else if item.reason == "no_list" {
                for key in &keys {
                    ask(key, Answer::File, &rule.id);
                }
            }
        }
    }
    questions
}

fn profile(scene: &Scene<'_>, judgement: &Judgement) -> Vec<Question> {
    let ask = |key: &str, answer| Question { key: key.to_owned(), answer, target: Target::Profile, rule: None };
    let mut questions: Vec<Question> = judgement.profile_unknown.iter().map(|key| ask(key, Answer::Text)).collect();
    let official = scene.kinds().into_iter().any(super::profile::AccountKind::is_official_account);
    if official && scene.profile.followers.is_none() {
        questions.push(ask("followers", Answer::Number));
    }
    if official && scene.profile.certified.is_none() {
        questions.push(ask("certified", Answer::YesNo));
    }
    for flag in &scene.rules.meta.flags {
        let concerned = scene.rules.rules.iter().any(|rule| {
            let wants = rule.needs.contains(flag)
                || matches!(&rule.check, Check::ProfileOrEvidence { needs, .. } if needs == flag);
            wants && scene.kinds().into_iter().any(|kind| rule.concerns(kind))
        });
        if concerned && scene.profile.flag(flag) == Truth::Unknown {
            questions.push(ask(flag, Answer::YesNo));
        }
    }
    questions
}

/// What sort of answer `key` wants.
pub fn answer(check: &Check, key: &str) -> Answer {
    match check {
        Check::Attest { .. } => Answer::YesNo,
        Check::Count { .. } => Answer::Number,
        Check::Coverage { .. } => Answer::Day,
        Check::Listing { .. } | Check::Present { .. } | Check::Evidence { file: true, .. } => Answer::File,
        _ if key.ends_with("_date") || key.ends_with("_at") => Answer::Day,
        _ if key.ends_with("_zero") || key.ends_with("_total") => Answer::Number,
        _ if key.ends_with("_url") || key.ends_with("_digest") || key.ends_with("_result") => Answer::Text,
        _ => Answer::YesNo,
    }
}
