//! Selects the open questions for this account, so that nobody has to type twenty commands. It can be interrupted at
//! any time: an answer that is recorded and acceptable is not asked for again.

use std::collections::BTreeSet;

use serde::Serialize;

use super::chronology;
use super::engine::{Facts, Judgement};
use super::forms::{self, Form};
use super::profile::Truth;
use super::rules::{Check, Severity};

/// The destination of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The evidence.
    Evidence,
    /// The profile.
    Profile,
}

/// One question; its text is `ask-<key>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// Key it is recorded under.
    pub key: String,
    /// Form of the answer.
    pub form: Form,
    /// Destination of the answer.
    pub target: Target,
    /// Rule that asks; `None` for the profile.
    pub rule: Option<String>,
}

/// Returns the questions still open, blockers first, in the order of the rule file. Questions about the profile precede
/// them: the answers decide what else is asked.
pub fn open(scene: &Facts<'_>, judgement: &Judgement) -> Vec<Question> {
    let mut questions = profile(scene, judgement);
    // The profile's number of followers answers both; who passes over it is not asked in other words.
    let counted = questions.iter().any(|question| question.key == "followers");
    let mut seen: BTreeSet<String> = counted.then(|| forms::FOLLOWERS.to_owned()).into_iter().collect();
    let mut ask = |key: &str, rule: &str| {
        if seen.insert(key.to_owned()) {
            let rule = Some(rule.to_owned());
            let form = forms::form(key).unwrap_or(Form::Text);
            questions.push(Question { key: key.to_owned(), form, target: Target::Evidence, rule });
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
                ask(&item.key, &rule.id);
            } else if item.reason == "anchor_unknown" || chronology::is_doubt(&item.reason) {
                // The date of a bill is that of the last trade.
                let anchor = item.detail.as_deref().unwrap_or_default();
                ask(if anchor == "bill_date" { "last_trade" } else { anchor }, &rule.id);
            } else if item.reason == "total_unknown" {
                if let Some(key) = rule.check.key_of_asset(item.key.split(':').next().unwrap_or_default()) {
                    ask(&key, &rule.id);
                }
            } else if item.reason == "no_list" {
                for key in &keys {
                    ask(key, &rule.id);
                }
            }
        }
    }
    questions
}

fn profile(scene: &Facts<'_>, judgement: &Judgement) -> Vec<Question> {
    let ask = |key: &str, form| Question { key: key.to_owned(), form, target: Target::Profile, rule: None };
    let mut questions: Vec<Question> = judgement.profile_unknown.iter().map(|key| ask(key, Form::Text)).collect();
    let official = scene.kinds().into_iter().any(super::profile::AccountKind::is_official_account);
    if official && scene.profile.followers.is_none() {
        questions.push(ask("followers", Form::Count));
    }
    if official && scene.profile.certified.is_none() {
        questions.push(ask("certified", Form::YesNo));
    }
    for flag in &scene.rules.meta.flags {
        let concerned = scene.rules.rules.iter().any(|rule| {
            let wants = rule.needs.contains(flag)
                || matches!(&rule.check, Check::ProfileOrEvidence { needs, .. } if needs == flag);
            wants && scene.kinds().into_iter().any(|kind| rule.concerns(kind))
        });
        if concerned && scene.profile.flag(flag) == Truth::Unknown {
            questions.push(ask(flag, Form::YesNo));
        }
    }
    questions
}
