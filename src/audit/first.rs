//! Selects at most three things to do first, shown before the full list.

use serde::Serialize;

use super::engine::{Judgement, OpenItem};
use super::questions::Question;
use super::rules::{Rules, Severity};
use crate::text::Texts;

/// Order in which the groups of rules are worked through.
pub const ORDER: &[&str] =
    &["content", "finance", "subject", "unbind", "notice", "law", "health", "alternative", "window", "after"];

/// A thing to do first, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct First {
    /// Description of what to do.
    pub text: String,
    /// Command that does it, if there is one.
    pub command: Option<String>,
}

/// Returns the first three things to do. `command` is the prefix of printed commands.
pub fn first(texts: &Texts, rules: &Rules, judgement: &Judgement, questions: &[Question], command: &str) -> Vec<First> {
    let mut all = Vec::new();
    let say = |id: &str, count: usize| texts.get(id, &[("count", &count.to_string()), ("liudi", command)]);
    if !questions.is_empty() {
        let ask = texts.get("report-first-command", &[("liudi", command)]);
        // Kinds and entity decide which questions follow, so their number is not known before.
        let text = if judgement.profile_unknown.is_empty() {
            say("report-first-ask", questions.len())
        } else {
            say("report-first-profile", questions.len())
        };
        all.push(First { text, command: Some(ask) });
    }
    let open = judgement.open();
    let things: Vec<&OpenItem> =
        open.iter().flat_map(|outcome| outcome.open_items()).filter(|item| item.thing).collect();
    let lost = things.iter().filter(|item| item.lost).count();
    if things.len() > lost {
        all.push(First { text: say("report-first-gaps", things.len() - lost), command: None });
    }
    if lost > 0 {
        all.push(First { text: say("report-first-lost", lost), command: None });
    }
    let named = open
        .iter()
        .filter(|outcome| outcome.severity == Severity::Blocker && !outcome.open_items().any(|item| item.thing))
        .filter_map(|outcome| rules.rule(&outcome.rule));
    for rule in named {
        all.push(First { text: rule.title(texts.language()).to_owned(), command: None });
    }
    all.truncate(3);
    all
}

/// Returns the position of `group` in [`ORDER`]; unknown groups come last.
pub fn place(group: &str) -> usize {
    ORDER.iter().position(|known| *known == group).unwrap_or(ORDER.len())
}
