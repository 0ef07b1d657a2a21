//! Selects at most three things to do first, shown before the full list.

use serde::Serialize;

use super::engine::{Judgement, OpenItem, SurelyOpen};
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
    /// Code: `ask` or `profile` for questions, `gaps`, `days`, `lost-days`, `lost`, or `rule`.
    pub code: &'static str,
    /// Number of questions or things.
    pub count: usize,
    /// Id of the rule, if it is one or only one has the things.
    pub rule: Option<String>,
}

/// Returns the first three things to do. `command` is the prefix of printed commands.
///
/// Only what certainly concerns the account is to be done: it is `open` as the lists show it.
pub fn first(
    texts: &Texts,
    rules: &Rules,
    judgement: &Judgement,
    open: &SurelyOpen<'_>,
    questions: &[Question],
    command: &str,
) -> Vec<First> {
    let mut all = Vec::new();
    let step = |code: &'static str, count: usize| First {
        text: texts.get(&format!("report-first-{code}"), &[("count", &count.to_string()), ("liudi", command)]),
        command: None,
        code,
        count,
        rule: None,
    };
    if !questions.is_empty() {
        // Kinds and entity decide which questions follow, so their number is not known before.
        let code = if judgement.profile_unknown.is_empty() { "ask" } else { "profile" };
        let ask = texts.get("report-first-command", &[("liudi", command)]);
        all.push(First { command: Some(ask), ..step(code, questions.len()) });
    }
    let (open, gaps) = (&open.rules, judgement.gaps);
    let is_open = |has: &dyn Fn(&OpenItem) -> bool| open.iter().any(|outcome| outcome.open_items().any(has));
    // The list that the step leads to names what no rule asks for, too, and each thing once.
    if gaps.to_find > 0 && is_open(&|item| item.is_gap && !item.lost) {
        all.push(step("gaps", gaps.to_find));
    }
    let only_rule = |has: &dyn Fn(&OpenItem) -> bool| {
        let mut rules = open.iter().filter(|outcome| outcome.open_items().any(has)).map(|outcome| outcome.rule.clone());
        rules.next().filter(|_| rules.next().is_none())
    };
    let pieces = |lost: bool| -> usize {
        let items = open.iter().flat_map(|outcome| outcome.open_items());
        items.filter(|item| is_day(item) && item.lost == lost).map(OpenItem::pieces).sum()
    };
    for (code, lost) in [("days", false), ("lost-days", true)] {
        let count = pieces(lost);
        if count > 0 {
            all.push(First { rule: only_rule(&|item| is_day(item) && item.lost == lost), ..step(code, count) });
        }
    }
    if gaps.lost > 0 && is_open(&|item| item.is_gap && item.lost) {
        all.push(step("lost", gaps.lost));
    }
    let named = open
        .iter()
        .filter(|outcome| {
            outcome.severity == Severity::Blocker && !outcome.open_items().any(|item| item.is_gap || is_day(item))
        })
        .filter_map(|outcome| rules.rule(&outcome.rule));
    for rule in named {
        let text = rule.title(texts.language()).to_owned();
        all.push(First { text, command: None, code: "rule", count: 1, rule: Some(rule.id.clone()) });
    }
    all.truncate(3);
    all
}

/// Reports whether an item is a day, a month or a range of days of a series.
fn is_day(item: &OpenItem) -> bool {
    item.series().is_some()
}

/// Returns the position of `group` in [`ORDER`]; unknown groups come last.
pub fn place(group: &str) -> usize {
    ORDER.iter().position(|known| *known == group).unwrap_or(ORDER.len())
}
