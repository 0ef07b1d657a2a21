//! The verdict in one line, what to do first, and the open rules.

use std::sync::Arc;

use minijinja::{Value, context};

use super::{Standing, quiet, standing};
use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::error::Result;
use crate::model::Time;
use crate::pipeline::closing::readiness::{OpenRule, Readiness};
use crate::pipeline::closing::records::RecordBook;
use crate::pipeline::closing::{First, Severity, ToDo, Verdict};
use crate::text::Texts;
use crate::words::plain;

/// Number of items shown of each rule; the report has the others.
const MOST: usize = 12;
/// Number of items shown of the rule of which all are asked for.
const ALL: usize = 1_000;

/// Returns the values of the part.
pub(super) fn values(desk: &Arc<Desk>, query: &Form) -> Result<Value> {
    let failed = desk.workshop.last(super::RUN).filter(|last| last.result.is_err());
    let failed = failed.and_then(|last| last.result.as_ref().err().map(|error| desk.phrases().error(error).text));
    let assessment = match standing(desk)? {
        Standing::Unmeasured => return Ok(context! { standing => "unmeasured", failed, live => true }),
        Standing::Outdated { at, expired } => {
            let standing = if expired { "expired" } else { "outdated" };
            return Ok(context! { standing, at => minute(at), failed, live => true });
        }
        Standing::Current(assessment) => assessment,
    };
    let readiness = assessment.judge()?;
    let now = crate::pipeline::host::Host::environment(&quiet()).now()?;
    // Nothing is said today of balances and orders as they were when the verdict ended.
    let until = assessment.day_ends().map_or(readiness.valid_until(), |end| end.min(readiness.valid_until()));
    if until <= now {
        let at = minute(assessment.at());
        return Ok(context! { standing => "expired", at, failed, live => true });
    }
    let texts = desk.texts();
    let fixity = readiness.fixity();
    let whole = query.get("rule").filter(|_| query.has("all"));
    let open = readiness.open(texts, "", |rule| if whole == Some(rule) { ALL } else { MOST });
    let all = || open.groups.iter().flat_map(|group| &group.rules);
    let first_with = |has: fn(&ToDo) -> bool| all().find(|rule| rule.to_do.items.iter().any(has)).map(|rule| &*rule.id);
    let (lost_in, days_in) = (first_with(|item| item.lost_day), first_with(|item| item.of_series));
    let groups: Vec<Value> = open
        .groups
        .iter()
        .map(|group| {
            let rules: Vec<Value> = group.rules.iter().map(|rule| rule_of(texts, rule)).collect();
            let asked = group.rules.iter().any(|rule| Some(rule.id.as_str()) == query.get("rule"));
            context! { code => group.group.as_str(), rules, asked, count => group.rules.len() }
        })
        .collect();
    let tasks = assessment.after()?;
    let under_way: Vec<Value> = RecordBook::open(&desk.root()?, &quiet())?
        .under_way()
        .into_iter()
        .map(|(kind, stage)| context! { account => kind.code(), stage })
        .collect();
    Ok(context! {
        standing => "current",
        verdict => readiness.verdict().code(),
        tone => tone(&readiness),
        at => minute(assessment.at()),
        until => minute(until),
        profile_unknown => readiness.profile_unknown().to_vec(),
        files_there => fixity.is_some_and(|fixity| fixity.missing.is_empty()),
        files_sound => fixity.is_some_and(|fixity| fixity.failed.is_empty()),
        first => readiness.first(texts, "").iter().map(|step| first(step, lost_in, days_in)).collect::<Vec<_>>(),
        blockers => open.blockers,
        warnings => open.warnings,
        groups,
        not_yet => open.not_yet,
        under_way,
        after => !tasks.is_empty(),
        report => query.has("report"),
        rule => query.get("rule"),
        item => query.get("item"),
        all_lost => query.has("lost"),
        typed => query.get("reason"),
        known => query.get("known"),
        live => true,
    })
}

fn tone(readiness: &Readiness<'_>) -> &'static str {
    match readiness.verdict() {
        Verdict::NotReady => "bad",
        Verdict::ReadyWithWarnings => "warn",
        Verdict::Ready => "good",
    }
}

/// Returns a time of the platform's day, to the minute.
pub(in crate::desk::views) fn minute(time: Time) -> String {
    time.to_string().get(..16).unwrap_or_default().replace('T', " ")
}

/// Returns the address of a rule in the list, in its opened group.
fn opened(rule: &str) -> String {
    format!("/ready?rule={rule}#rule-{rule}")
}

/// Returns a step for the template. `lost_in` is the first rule that has things which can no longer be obtained, `days_in`
/// the first that has days which can.
fn first(step: &First, lost_in: Option<&str>, days_in: Option<&str>) -> Value {
    let href = match (step.code, &step.rule) {
        ("ask" | "profile", _) => "/ready?part=questions".to_owned(),
        // Days without a bill can be too many for the list of what is missing.
        ("days", None) => days_in.map_or_else(|| "#open".to_owned(), opened),
        ("lost-days", None) => lost_in.map_or_else(|| "#open".to_owned(), opened),
        ("gaps", _) => "/gaps?still=found#list".to_owned(),
        ("lost", _) => "/gaps?still=lost#list".to_owned(),
        (_, Some(rule)) => opened(rule),
        _ => "/ready".to_owned(),
    };
    let text = (step.code == "rule").then(|| step.text.clone());
    context! { code => step.code, count => step.count, text, href }
}

fn rule_of(texts: &Texts, rule: &OpenRule) -> Value {
    let items = &rule.to_do.items;
    let shown = items.iter().enumerate().map(|(index, item)| {
        // A step shared by consecutive items is shown once, after the last.
        let step = |item: &ToDo| (step_code(item), href(item), item.date.clone());
        let last = items.get(index + 1).is_none_or(|next| step(next) != step(item));
        item_of(texts, item, last || item.code == "waive")
    });
    context! {
        id => rule.id.as_str(),
        title => rule.title.as_str(),
        state => rule.state,
        blocker => rule.severity == Severity::Blocker,
        items => shown.collect::<Vec<_>>(),
        more => rule.to_do.more,
        lost => rule.to_do.lost,
    }
}

/// Returns the code of the step; its words are `desk-do-<code>`.
fn step_code(item: &ToDo) -> &'static str {
    // Of a kind of which there is nothing at all, and of days, no list names what is missing.
    let in_no_list = item.of_series && !item.bill_day || item.item.ends_with(":unnamed");
    if item.reason_code == "nothing_held" || in_no_list {
        "add"
    } else if item.asks == SECOND_COPY && item.code != "waive" {
        "copy"
    } else {
        item.code
    }
}

/// What is asked of the second copy.
const SECOND_COPY: &str = "second_copy_digest";
/// Folder of the kept bills.
const BILLS: &str = "billing/";

/// Returns the page where the step is done.
fn href(item: &ToDo) -> Option<String> {
    match step_code(item) {
        "record" | "number" | "profile" | "refresh" | "settle" | "event" => {
            let key = percent_encoding::utf8_percent_encode(&item.asks, percent_encoding::NON_ALPHANUMERIC);
            Some(format!("/ready?part=questions&ask={key}#question"))
        }
        "add" => Some("/inputs".to_owned()),
        "copy" => Some("/keeping?part=copy".to_owned()),
        // What does not add up is told there by file.
        "collect" if item.item.starts_with(BILLS) => Some("/bills".to_owned()),
        "collect" if item.bill_day => Some("/bills#days".to_owned()),
        "collect" => Some("/gaps".to_owned()),
        "password" => Some("/gaps?kind=input".to_owned()),
        _ => None,
    }
}

fn item_of(texts: &Texts, item: &ToDo, with_step: bool) -> Value {
    context! {
        name => match texts.find_code("desk-ask", &item.item) {
            Some(question) => question,
            None if item.name.starts_with(BILLS) => plain::original_name(&item.name).to_owned(),
            None => item.name.clone(),
        },
        key => item.item.as_str(),
        reason => texts.find_code("desk-reason", &item.reason_code).unwrap_or_else(|| item.reason.clone()),
        code => with_step.then(|| step_code(item)),
        date => item.date.as_deref(),
        href => href(item),
        bill_day => item.bill_day,
        in_no_list => item.in_no_list,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    /// Returns the rest of the ids that begin with `prefix` in a file of texts, each with its text.
    fn ids(file: &'static str, prefix: &str) -> Vec<(&'static str, &'static str)> {
        let texts = file.lines().filter_map(|line| line.split_once(" = "));
        texts.filter_map(|(id, text)| Some((id.strip_prefix(prefix)?, text))).collect()
    }

    #[test]
    fn advice_and_hints_that_name_commands_have_words_of_the_desk() {
        let ready = include_str!("../../../../templates/i18n/zh-CN/ready.ftl");
        let verdict = include_str!("../../../../templates/i18n/zh-CN/verdict.ftl");
        let advice = ids(verdict, "ready-do-");
        assert!(advice.len() > 10);
        let closing = include_str!("../../../../templates/i18n/zh-CN/closing.ftl");
        let hints = [closing, ready, verdict].into_iter().flat_map(|file| ids(file, "hint-"));
        let plan = include_str!("../../../../templates/i18n/zh-CN/plan.ftl");
        let names_command = |text: &str| text.contains("$liudi") || text.contains("--");
        let own: Vec<String> = advice
            .into_iter()
            .map(|(code, _)| format!("desk-do-{code}"))
            .chain(hints.filter(|(_, text)| names_command(text)).map(|(code, _)| format!("desk-hint-{code}")))
            .chain(
                ids(plan, "after-")
                    .into_iter()
                    .filter(|(code, text)| *code != "none" && names_command(text))
                    .map(|(code, _)| format!("desk-after-{code}")),
            )
            .collect();
        for language in Language::ALL {
            let texts = Texts::new(language);
            for id in &own {
                let words = texts.find(id, &[]).unwrap_or_else(|| panic!("{id}"));
                assert!(!words.contains("liudi ") && !words.contains("--"), "{words}");
            }
        }
    }
}
