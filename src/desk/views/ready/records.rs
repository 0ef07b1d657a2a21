//! What the owner recorded: the facts about the account, the events and the answers.

use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;
use minijinja::{Value, context};

use super::{for_questions, free, quiet};
use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::desk::view::Then;
use crate::error::{Error, Result};
use crate::pipeline::closing::event::{EventDraft, EventRecorded};
use crate::pipeline::closing::evidence::{self, NewRecord, no_bill};
use crate::pipeline::closing::readiness::GivenUp;
use crate::pipeline::closing::records::RecordBook;
use crate::pipeline::closing::waive::WaivedRule;
use crate::pipeline::closing::{AccountKind, EventName, account};
use crate::text::Texts;
use crate::words::records::{bill, person, question, said, said_by};

/// Values of the profile that are answers to questions; the flags are too.
const ABOUT: [&str; 4] = ["kinds", "entity", "followers", "certified"];

/// Number of things that are named of each list, until the user asks for all of that list.
const MOST: usize = 12;

/// Name of the list of days without bills in the query; the other lists have the names of their rules.
const NO_BILLS: &str = "no-bills";

/// Returns the values of the part.
pub(super) fn values(desk: &Arc<Desk>, query: &Form) -> Result<Value> {
    let book = RecordBook::open(&desk.root()?, &quiet())?;
    let (texts, profile) = (desk.texts(), book.profile());
    let shown = |list: &str| if query.get("all") == Some(list) { usize::MAX } else { MOST };
    let facts: Vec<Value> = profile
        .texts()
        .into_iter()
        .map(|(name, text)| {
            let typed = query.get(name).or(text.map(String::as_str));
            context! { name, words => question(texts, name), typed }
        })
        .collect();
    let kinds: Vec<Value> = profile
        .kinds
        .iter()
        .map(|kind| context! { code => kind.code(), words => texts.code("ready-kind", kind.code()) })
        .collect();
    let names: Vec<Value> = EventName::ALL
        .iter()
        .map(|name| context! { code => name.code(), words => texts.code("event", name.code()), chosen => query.get("event") == Some(name.code()) })
        .collect();
    let events: Vec<Value> = book
        .events()
        .current()
        .map(|event| {
            context! {
                name => event.name.code(),
                words => texts.code("event", event.name.code()),
                date => event.date.to_string(),
                counts => other_day(book.day_of(event.name.code(), event.account), event.date),
                account => event.account.map(AccountKind::code),
                account_words => event.account.map(|kind| texts.code("ready-kind", kind.code())),
            }
        })
        .collect();
    // Of several answers to one question the newest counts.
    let mut answers: Vec<(&str, Value)> = Vec::new();
    let without_bill: Vec<&str> = book.evidence().without_bill().collect();
    for record in book.evidence().evidence.iter().rev().filter(|record| !record.key.starts_with(&no_bill(""))) {
        if !answers.iter().any(|(key, _)| *key == record.key) {
            let answer = context! {
                key => record.key.as_str(),
                question => asked(texts, &record.key),
                said => said_by(texts, record),
                counts => record.value.parse().ok().and_then(|day| other_day(book.day_of(&record.key, None), day)),
                by => record.by.as_deref(),
                at => record.at.date(),
            };
            answers.push((&record.key, answer));
        }
    }
    let profile_answers: Vec<Value> = ABOUT
        .iter()
        .copied()
        .chain(profile.flags.keys().map(String::as_str))
        .filter_map(|key| {
            let value = profile.value(key)?;
            let words = |code: &str| match key {
                "kinds" => texts.code("ready-kind", code),
                "entity" => texts.code("ready-entity", code),
                _ => said(texts, code),
            };
            let parts: Vec<String> = value.split(", ").map(words).collect();
            Some(context! { key, question => asked(texts, key), said => texts.list(&parts) })
        })
        .collect();
    let mut given_up = for_questions(desk)?.given_up(desk.language())?;
    given_up.sort_by(|one, other| one.waiver.rule.cmp(&other.waiver.rule));
    let given_up: Vec<Value> = given_up
        .chunk_by(|one, other| one.waiver.rule == other.waiver.rule)
        .map(|of_rule| waived(texts, of_rule, shown))
        .collect();
    let answers: Vec<Value> =
        profile_answers.into_iter().chain(answers.into_iter().rev().map(|(_, answer)| answer)).collect();
    let known = |item: &str| book.evidence().newest(&no_bill(item)).and_then(|record| record.note.clone());
    let no_bill = |item: &&str| context! { name => bill(texts, item), item => *item, known => known(item) };
    Ok(context! {
        no_bills => without_bill.iter().take(shown(NO_BILLS)).map(no_bill).collect::<Vec<_>>(),
        no_bills_more => without_bill.len().saturating_sub(shown(NO_BILLS)),
        no_bills_all => without_bill.len(),
        facts, kinds, names, events, answers, given_up,
        date => query.get("date"),
        earliest => book.days_of(query.get("event").unwrap_or_default()).0.to_string(),
        account => query.get("account"),
    })
}

/// Returns the day that counts in words, if it is not `day`.
fn other_day(counts: Option<Date>, day: Date) -> Option<String> {
    counts.filter(|counts| *counts != day).map(|counts| counts.to_string())
}

/// Returns what was given up of one rule, for the template.
fn waived(texts: &Texts, of_rule: &[GivenUp], shown: impl Fn(&str) -> usize) -> Value {
    let entry = |GivenUp { waiver, title, .. }: &GivenUp| {
        let name = title.clone().or_else(|| waiver.item.as_deref().map(|key| bill(texts, key)));
        context! {
            item => waiver.item.as_deref(),
            name, reason => waiver.reason.as_str(), by => waiver.by.as_str(), at => waiver.at.date(),
        }
    };
    let rule = of_rule.first().map(|first| first.waiver.rule.as_str());
    let shown = rule.map_or(MOST, shown);
    context! {
        rule,
        title => of_rule.first().map(|first| first.rule_title.as_str()),
        entries => of_rule.iter().take(shown).map(entry).collect::<Vec<_>>(),
        more => of_rule.len().saturating_sub(shown),
        all => of_rule.iter().filter(|one| one.waiver.item.is_some()).count(),
    }
}

/// Returns the question that a key answers, as the desk asks it.
fn asked(texts: &Texts, key: &str) -> String {
    texts.find_code("desk-ask", key).unwrap_or_else(|| question(texts, key))
}

/// Records or withdraws an event.
pub(super) fn event(desk: &Arc<Desk>, root: &Path, form: &Form) -> Result<Then> {
    free(desk)?;
    let name = form.get("event").ok_or_else(|| Error::usage("desk-answer-empty"))?;
    let withdraws = form.has("withdraw");
    let book = RecordBook::open(root, &quiet())?;
    let draft = match form.get("account") {
        // An event of all accounts is withdrawn as such.
        None if withdraws => EventDraft::of_all(book, name)?,
        account => EventDraft::begin(book, name, account)?,
    };
    let date = match form.get("date") {
        _ if withdraws => "unknown",
        Some(date) => date,
        None => return Err(draft.missing()),
    };
    if let EventRecorded::On { remark: Some(remark), .. } = draft.record(date, None, &quiet())? {
        super::say(desk, &remark);
    }
    desk.changed();
    let said = if withdraws { "desk-records-withdrawn" } else { "desk-ready-recorded" };
    Ok(Then::Say("/ready?part=records".to_owned(), said))
}

/// Records the facts for letters.
pub(super) fn facts(desk: &Arc<Desk>, root: &Path, form: &Form) -> Result<Then> {
    free(desk)?;
    let book = RecordBook::open(root, &quiet())?;
    let known = book.profile().texts().map(|(name, text)| (name, text.cloned().unwrap_or_default()));
    let changed = form.fields().filter_map(|(name, value)| {
        let (name, before) = known.iter().find(|(known, _)| *known == name)?;
        (before != value.trim()).then(|| format!("{name}={}", value.trim()))
    });
    let changed: Vec<String> = changed.collect();
    account::set(book, &changed, &quiet())?;
    desk.changed();
    Ok(Then::Say("/ready?part=records".to_owned(), "desk-ready-recorded"))
}

/// Records that there is no bill of a day, or withdraws that of one day or of all.
pub(super) fn no_bill_of(desk: &Arc<Desk>, root: &Path, form: &Form) -> Result<Then> {
    free(desk)?;
    let book = RecordBook::open(root, &quiet())?;
    if form.has("all") {
        evidence::withdraw_days_without_bill(book, &quiet())?;
    } else {
        let withdraws = form.has("withdraw");
        let note = form.get("known").map(str::to_owned);
        if note.is_none() && !withdraws {
            return Err(Error::usage("desk-reason-wanted"));
        }
        let value = if withdraws { "unknown" } else { "yes" }.to_owned();
        let key = no_bill(form.get("item").unwrap_or_default());
        evidence::add(book, &NewRecord { key, value, note, by: person(), ..NewRecord::default() }, &quiet())?;
    }
    desk.changed();
    Ok(if form.get("part") == Some("records") {
        Then::Say("/ready?part=records".to_owned(), "desk-records-withdrawn")
    } else {
        Then::Say("/ready".to_owned(), "desk-ready-recorded")
    })
}

/// Takes back what was given up.
pub(super) fn take_back(desk: &Arc<Desk>, root: &Path, form: &Form) -> Result<Then> {
    free(desk)?;
    let rule = WaivedRule::find(None, form.get("rule").unwrap_or_default(), desk.language())?;
    if form.has("all") {
        rule.take_back_all(root, &quiet())?;
    } else {
        let items: Vec<String> = form.all("item").map(str::to_owned).collect();
        rule.take_back(root, &items, &quiet())?;
    }
    desk.changed();
    Ok(Then::Say("/ready?part=records#given-up".to_owned(), "desk-gaps-taken-back"))
}
