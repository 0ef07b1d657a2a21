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
    /// Code: `ask` or `profile` for questions, `gaps`, `days`, `lost`, or `rule`.
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
    let open = &open.rules;
    let things: Vec<&OpenItem> =
        open.iter().flat_map(|outcome| outcome.open_items()).filter(|item| item.thing).collect();
    let lost = things.iter().filter(|item| item.lost).count();
    let is_day = |item: &OpenItem| !item.lost && item.series().is_some();
    let days: Vec<&OpenItem> = things.iter().copied().filter(|item| is_day(item)).collect();
    let only_rule = |has: &dyn Fn(&OpenItem) -> bool| {
        let mut rules = open.iter().filter(|outcome| outcome.open_items().any(has)).map(|outcome| outcome.rule.clone());
        rules.next().filter(|_| rules.next().is_none())
    };
    // A number that differs names no thing to look for; the rule says what to do about it.
    let numbers = things.iter().filter(|item| is_number(item)).count();
    if things.len() > lost + days.len() + numbers {
        all.push(step("gaps", things.len() - lost - days.len() - numbers));
    }
    if !days.is_empty() {
        let days = days.iter().map(|item| item.pieces()).sum();
        all.push(First { rule: only_rule(&|item| is_day(item)), ..step("days", days) });
    }
    if lost > 0 {
        all.push(First { rule: only_rule(&|item| item.thing && item.lost), ..step("lost", lost) });
    }
    let named = open
        .iter()
        .filter(|outcome| {
            outcome.severity == Severity::Blocker && !outcome.open_items().any(|item| item.thing && !is_number(item))
        })
        .filter_map(|outcome| rules.rule(&outcome.rule));
    for rule in named {
        let text = rule.title(texts.language()).to_owned();
        all.push(First { text, command: None, code: "rule", count: 1, rule: Some(rule.id.clone()) });
    }
    all.truncate(3);
    all
}

/// Reports whether an item says only that the platform's number is larger than the list.
fn is_number(item: &OpenItem) -> bool {
    matches!(item.reason.as_str(), "not_listed" | "not_listed_or_deleted")
}

/// Returns the position of `group` in [`ORDER`]; unknown groups come last.
pub fn place(group: &str) -> usize {
    ORDER.iter().position(|known| *known == group).unwrap_or(ORDER.len())
}
