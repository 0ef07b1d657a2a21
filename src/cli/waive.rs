//! `liudi waive`: what the owner gives up, by name and with a reason.

use std::path::Path;

use super::blanks;
use super::closing_arguments::WaiveOptions;
use super::context::Context;
use super::records::{self, Book, person};
use crate::archive::Archive;
use crate::audit::engine::{Item, Judgement, Outcome, Scene};
use crate::audit::fill;
use crate::audit::rules::{Rule, Rules};
use crate::audit::waivers::Waiver;
use crate::error::{Error, Result};
use crate::model::layout;
use crate::pipeline::closing::readiness;

/// Records waivers. Named items first; without any, only a condition of the rule is given up.
pub(super) fn run(context: &Context<'_>, options: &WaiveOptions) -> Result<u8> {
    let rules = records::rules(&options.rules)?;
    let rule = rule(context, &rules, &options.rule)?;
    let root = context.existing_archive(None)?;
    let mut book = Book::open(&root)?;
    let outcome = judged(context, &root, &rules, &book)?.outcomes.into_iter().find(|outcome| outcome.rule == rule.id);
    let items = options.items.iter().map(|name| item(&rule.id, outcome.as_ref(), name)).collect::<Result<Vec<_>>>()?;
    let reason = if let Some(reason) = blanks::given(options.reason.as_ref()) {
        reason.clone()
    } else {
        let title = rule.title(context.output.texts().language());
        records::prompt(context, "waive-ask-reason", &[("rule", title)], || {
            Error::usage("waiver-needs-reason-and-name").with("rule", &rule.id)
        })?
    };
    let by = person(options.by.as_ref()).unwrap_or_default();
    let count = items.len().max(1).to_string();
    let named = !items.is_empty();
    let items: Vec<Option<String>> = if named { items.into_iter().map(Some).collect() } else { vec![None] };
    for item in items {
        book.records.waivers.add(Waiver {
            rule: rule.id.clone(),
            item,
            reason: reason.clone(),
            by: by.clone(),
            at: book.now,
        })?;
    }
    book.save(context)?;
    let title = rule.title(context.output.texts().language());
    // What is missing is given up by its name only: say so, or the person believes it done.
    let things = outcome.iter().flat_map(Outcome::open_items).filter(|item| item.thing).count();
    if !named && things > 0 {
        let things = things.to_string();
        context.output.say("waiver-names-wanted", &[("rule", title), ("id", &rule.id), ("count", &things)]);
    } else {
        context.output.tell("waiver-saved", &[("rule", title), ("count", &count)]);
    }
    Ok(0)
}

/// Finds a rule by its id or by the title that is printed.
fn rule<'r>(context: &Context<'_>, rules: &'r Rules, name: &str) -> Result<&'r Rule> {
    let name = name.trim();
    let titled = |rule: &&Rule| rule.title_zh == name || rule.title_en.eq_ignore_ascii_case(name);
    rules.rule(name).or_else(|| rules.rules.iter().find(titled)).ok_or_else(|| {
        let language = context.output.texts().language();
        let known = rules.rules.iter().map(|rule| format!("{} ({})", rule.id, rule.title(language)));
        Error::usage("waiver-rule-unknown").with("rule", name).with("known", records::nearest(name, known).join(" · "))
    })
}

/// Judges the archive as `ready` does.
fn judged(context: &Context<'_>, root: &Path, rules: &Rules, book: &Book) -> Result<Judgement> {
    let archive = Archive::open(root)?;
    let fixity = readiness::fixity(&archive, book.now, false, context.progress().as_ref())?;
    let mut measured = fill::measure(&archive, &root.join(layout::SITE), book.now, Some(fixity))?;
    measured.probes = readiness::probes(&archive)?;
    let scene = Scene {
        rules,
        profile: &book.records.profile,
        evidence: &book.records.evidence,
        events: &book.records.events,
        waivers: &book.records.waivers,
        measured: &measured,
        now: book.now,
    };
    Ok(scene.judge())
}

/// Returns the key of the item that `name` means: its key, its title or its address. A name that fits none would be
/// recorded and never count.
fn item(rule: &str, outcome: Option<&Outcome>, name: &str) -> Result<String> {
    let name = name.trim();
    let items: Vec<&Item> = outcome.iter().flat_map(|outcome| &outcome.look.items).collect();
    if items.iter().any(|item| item.key == name) {
        return Ok(name.to_owned());
    }
    let meant = |item: &&&Item| item.title.as_deref() == Some(name) || item.url.as_deref() == Some(name);
    let mut fitting = items.iter().filter(meant);
    if let (Some(only), None) = (fitting.next(), fitting.next()) {
        return Ok(only.key.clone());
    }
    let open = items.iter().filter(|item| item.waiver.is_none()).map(|item| match &item.title {
        Some(title) => format!("{} ({title})", item.key),
        None => item.key.clone(),
    });
    let open = records::nearest(name, open);
    let error = if open.is_empty() { Error::usage("waiver-nothing-open") } else { Error::usage("waiver-item-unknown") };
    Err(error.with("item", name).with("rule", rule).with("known", open.join(" · ")))
}
