//! `liudi ready`: may this account be closed now? The verdict, what is open, the report.

use std::collections::BTreeSet;
use std::io::BufRead as _;
use std::path::Path;

use super::closing_arguments::ReadyOptions;
use super::context::Context;
use super::output::Output;
use super::plain;
use super::records::{self, Book, person};
use crate::archive::Archive;
use crate::audit::engine::{Judgement, Outcome, Scene, Verdict};
use crate::audit::facts::Measured;
use crate::audit::fill;
use crate::audit::forms::Form;
use crate::audit::questions::{self, Question, Target};
use crate::audit::rules::{Rules, Severity};
use crate::audit::{advice, first, report, values};
use crate::error::{Error, Kind, Result};
use crate::model::{Sha256, Time, layout};
use crate::pipeline::closing::readiness;
use crate::platform;

/// Judges the archive, prints what is open and writes the report beside the bags.
pub(super) fn run(context: &Context<'_>, options: &ReadyOptions) -> Result<u8> {
    let root = context.existing_archive(options.archive_dir.as_deref())?;
    let rules = records::rules(&options.rules)?;
    let now = readiness::clock()?;
    let site = options.site.clone().unwrap_or_else(|| root.join(layout::SITE));
    let archive = Archive::open(&root)?;
    let fixity = readiness::fixity(&archive, now, options.reread, context.progress().as_ref())?;
    let mut measured = fill::measure(&archive, &site, now, Some(fixity))?;
    measured.probes = readiness::probes(&archive)?;
    let mut known = fill::records(&archive)?;
    // Answers are committed, which waits for readers.
    drop(archive);
    if options.ask {
        ask(context, &root, &rules, &measured, now)?;
        known = fill::records(&Archive::open(&root)?)?;
    }
    known.profile.check_flags(&rules.meta.flags)?;
    let scene = readiness::scene(&rules, &known, &measured, now);
    if options.after {
        return after(context, &scene);
    }
    let judgement = scene.judge();
    let plan = scene.plan(scene.today());
    let report = report::make(&scene, &judgement, &plan);
    let json = report.to_json()?;
    let digest = Sha256::of(json.as_bytes()).hex();
    let html = report::render(
        &report,
        &judgement,
        &rules,
        &digest,
        context.output.texts().language(),
        &questions::open(&scene, &judgement),
    )?;
    let mut kept = true;
    for (name, text) in [
        ("readiness.json", json.as_str()),
        ("readiness.html", html.as_str()),
        ("readiness.sha256", report::digest_file(&json).as_str()),
    ] {
        let path = root.join(name);
        match std::fs::write(&path, text) {
            Err(error) if platform::is_read_only(&error) => kept = false,
            written => written.map_err(|error| Error::disk("report-not-kept", path.display(), error))?,
        }
    }
    if !kept {
        context.output.say("ready-report-not-written", &[("path", &root.display().to_string())]);
    }
    if context.output.json {
        context.output.bytes(json.as_bytes())?;
    } else {
        print(context, &scene, &judgement, kept.then(|| root.join("readiness.html")).as_deref())?;
    }
    Ok(if judgement.verdict == Verdict::NotReady { Kind::Findings.exit_bit() } else { 0 })
}

fn print(context: &Context<'_>, scene: &Scene<'_>, judgement: &Judgement, page: Option<&Path>) -> Result<()> {
    let (output, rules) = (context.output, scene.rules);
    let texts = output.texts();
    let verdict = texts.get(&format!("ready-verdict-{}", judgement.verdict.code().replace('_', "-")), &[]);
    output.data(&verdict)?;
    if output.is_quiet() {
        // The report beside the bags says the rest.
        return Ok(());
    }
    let until = judgement.valid_until.to_string();
    output.data(&format!(
        "{} {}",
        texts.get("report-valid-until", &[]),
        until.get(..16).unwrap_or_default().replace('T', " ")
    ))?;
    if !judgement.profile_unknown.is_empty() {
        let fields = judgement.profile_unknown.iter().map(|field| texts.get(&format!("report-profile-{field}"), &[]));
        let fields = fields.collect::<Vec<_>>().join(&texts.get("list-separator", &[]));
        output.data(&(texts.get("report-profile-unknown", &[]) + &fields))?;
    }
    if let Some(fixity) = &scene.measured.fixity {
        let whole = if fixity.missing.is_empty() { "report-complete" } else { "report-incomplete" };
        let sound = if fixity.failed.is_empty() { "report-valid" } else { "report-invalid" };
        let separator = texts.get("list-separator", &[]);
        let words = [whole, sound].map(|id| texts.get(id, &[])).join(&separator);
        output.data(&texts.get("ready-line", &[("name", &texts.get("report-files", &[])), ("text", &words)]))?;
    }
    let content = if judgement.verdict == Verdict::Ready { "report-content-whole" } else { "ready-content-open" };
    let name = texts.get("report-content", &[]);
    output.data(&texts.get("ready-line", &[("name", &name), ("text", &texts.get(content, &[]))]))?;
    let questions = questions::open(scene, judgement);
    let steps = first::first(texts, rules, judgement, &questions, &output.command());
    if !steps.is_empty() {
        output.data(&format!("\n■ {}", texts.get("report-first", &[])))?;
        for (number, step) in steps.iter().enumerate() {
            let text = match &step.command {
                Some(command) => texts.get("ready-line", &[("name", &step.text), ("text", command)]),
                None => step.text.clone(),
            };
            output.data(&format!("  {}. {}", number + 1, plain::cell(&text)))?;
        }
    }
    let mut open = judgement.open();
    open.sort_by_key(|outcome| (first::place(&outcome.group), outcome.severity));
    let all = open.len();
    open.retain(|outcome| {
        let rule = rules.rule(&outcome.rule);
        rule.is_some_and(|rule| rule.surely_concerns(scene.profile.entity, &scene.profile.flags))
    });
    for group in open.chunk_by(|a, b| a.group == b.group) {
        let Some(first) = group.first() else { continue };
        output.data(&format!("\n■ {}", texts.get(&format!("ready-group-{}", first.group), &[])))?;
        let mut shared = false;
        for outcome in group {
            shared |= print_rule(output, rules, outcome)?;
        }
        // What is to be found and added is the same for all of them: said once.
        if shared {
            output.data(&format!("  → {}", plain::cell(&advice::shared(texts, &output.command()))))?;
        }
    }
    if all > open.len() {
        output.data(&format!("\n{}", texts.get("report-not-yet", &[("count", &(all - open.len()).to_string())])))?;
    }
    output.data("")?;
    output.data(&texts.get("report-disclaimer", &[]))?;
    if let Some(page) = page {
        output.tell("ready-report-written", &[("path", &page.display().to_string())]);
    }
    Ok(())
}

/// Prints an open rule and its items; true if some of them are still to be added.
fn print_rule(output: &Output, rules: &Rules, outcome: &Outcome) -> Result<bool> {
    /// More items of one rule stand in the report.
    const MOST: usize = 12;
    let texts = output.texts();
    let Some(rule) = rules.rule(&outcome.rule) else { return Ok(false) };
    let mark = if outcome.severity == Severity::Blocker { "✗" } else { "!" };
    let state = texts.get(&format!("ready-state-{}", outcome.state), &[]);
    output.data(&format!("{mark} {} [{state}] {}", rule.title(texts.language()), rule.id))?;
    let items = advice::to_do(texts, rules, outcome, &output.command());
    for (index, item) in items.iter().take(MOST).enumerate() {
        let key = item.key.as_deref().map(|key| format!("  [{}]", plain::cell(key))).unwrap_or_default();
        output.data(&format!("    · {}{key}  {}", plain::cell(&item.name), plain::cell(&item.reason)))?;
        // The same advice for several items is given once, after the last; what `--ask` asks for is said above.
        let last = items.get(index + 1).is_none_or(|next| next.advice != item.advice || index + 1 == MOST);
        if !item.asked && !item.shared && last {
            output.data(&format!("        → {}", plain::cell(&item.advice)))?;
        }
    }
    if let Some(more) = items.len().checked_sub(MOST).filter(|more| *more > 0) {
        output.data(&format!("    {}", texts.get("report-gaps-more", &[("count", &more.to_string())])))?;
    }
    Ok(items.iter().any(|item| item.shared))
}

fn after(context: &Context<'_>, scene: &Scene<'_>) -> Result<u8> {
    let output = context.output;
    let tasks = scene.after();
    if output.json {
        output.answer(&tasks)?;
        return Ok(0);
    }
    let texts = output.texts();
    output.data(&output.text(if tasks.is_empty() { "after-none" } else { "after-title" }, &[]))?;
    for task in &tasks {
        let mark = if task.done { "☑" } else { "☐" };
        let when = task.act_by.or(task.not_before).map(|day| day.to_string()).unwrap_or_default();
        let account = texts.get(&format!("ready-kind-{}", task.account.code().replace('.', "-")), &[]);
        let text = output.text(&format!("after-{}", task.code), &[]);
        let line = texts.get("ready-line", &[("name", &account), ("text", &text)]);
        output.data(&format!("{mark} {when}  {line}"))?;
    }
    Ok(0)
}

/// Puts the open questions one by one, with how many there are. An empty answer passes over; `q` and the end of input
/// end. What was answered is kept.
fn ask(context: &Context<'_>, root: &Path, rules: &Rules, measured: &Measured, now: Time) -> Result<()> {
    let mut lines = std::io::stdin().lock().lines();
    let mut book = Book::open(root)?;
    // Each question is put once, also where an answer changes which are open; a bad answer is asked for again.
    let mut passed: BTreeSet<String> = BTreeSet::new();
    loop {
        let open = {
            let scene = readiness::scene(rules, &book.records, measured, now);
            questions::open(&scene, &scene.judge())
        };
        let mut open = open.into_iter().filter(|question| !passed.contains(&question.key));
        let Some(question) = open.next() else { break };
        put(context, &question, passed.len() + 1, passed.len() + 1 + open.count());
        let Some(line) = lines.next() else { break };
        let line = line.map_err(|error| Error::other("input-prompt-failed").because(error))?;
        let line = line.trim();
        if matches!(line.to_lowercase().as_str(), "q" | "ｑ" | "quit" | "exit" | "退出") {
            break;
        }
        match take(&mut book, rules, &question, line) {
            Err(error) => context.output.error(&error),
            Ok(recorded) => {
                if let Some(value) = recorded.filter(|value| value != line) {
                    let value = records::said(context.output.texts(), &value);
                    context.output.say("ask-understood", &[("value", &value)]);
                }
                passed.insert(question.key);
            }
        }
    }
    let left = {
        let scene = readiness::scene(rules, &book.records, measured, now);
        scene.judge().open().len().to_string()
    };
    book.save(context)?;
    context.output.say("ask-done", &[("count", &left)]);
    Ok(())
}

fn put(context: &Context<'_>, question: &Question, number: usize, all: usize) {
    let hint = match (question.target, question.form) {
        (Target::Profile, Form::Text) | (_, Form::Text | Form::Url | Form::Digest) => "ask-hint-text",
        (_, Form::Amount) => "ask-hint-amount",
        (_, Form::Count) => "ask-hint-number",
        (_, Form::Day) => "ask-hint-day",
        (_, Form::File) => "ask-hint-file",
        (_, Form::YesNo | Form::YesNoOrPlace) => "ask-hint-yes-no",
    };
    let output = context.output;
    output.space();
    let words = records::question(output.texts(), &question.key);
    output.say("ask-numbered", &[("number", &number.to_string()), ("all", &all.to_string()), ("question", &words)]);
    output.say(hint, &[]);
}

/// Records an answer; returns the value as it was understood, nothing for an empty line.
fn take(book: &mut Book, rules: &Rules, question: &Question, line: &str) -> Result<Option<String>> {
    if line.is_empty() {
        return Ok(None);
    }
    if question.target == Target::Profile {
        if values::is_unknown(line) {
            return Ok(None);
        }
        return book.records.profile.set(&question.key, line, &rules.meta.flags).map(|()| None);
    }
    book.answer(&question.key, question.form, line, None, person(None), None).map(Some)
}
