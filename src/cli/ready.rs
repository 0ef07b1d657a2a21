//! `liudi ready`: may this account be closed now? The verdict, what is open, the report.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};

use super::closing_arguments::ReadyOptions;
use super::context::Context;
use super::plain;
use super::records::{self, Book, person};
use crate::audit::engine::{Judgement, Scene, Verdict};
use crate::audit::facts::Measured;
use crate::audit::fill::{self, Records};
use crate::audit::questions::{self, Answer, Question, Target};
use crate::audit::rules::{Rules, Severity};
use crate::audit::{advice, report};
use crate::error::{Error, Kind, Result};
use crate::model::{Sha256, Time, layout};
use crate::pipeline::readiness;
use crate::platform;

/// Judges the archive, prints what is open and writes the report beside the bags.
pub(super) fn run(context: &Context<'_>, options: &ReadyOptions) -> Result<u8> {
    let root = context.existing_archive(options.archive_dir.as_deref())?;
    let rules = records::rules(&options.rules)?;
    let now = readiness::clock()?;
    let site = options.site.clone().unwrap_or_else(|| root.join(layout::SITE));
    let fixity = readiness::fixity(&root, now, options.reread, context.progress().as_ref())?;
    let mut measured = records::measure(context, &root, &site, now, Some(fixity))?;
    measured.probes = readiness::probes(&root)?;
    if options.ask {
        ask(context, &root, &rules, &measured, now)?;
    }
    let known = fill::records(&root)?;
    known.profile.check_flags(&rules.meta.flags)?;
    let scene = scene(&rules, &known, &measured, now);
    if options.after {
        return after(context, &scene);
    }
    let judgement = scene.judge();
    let plan = scene.plan(scene.today());
    let report = report::make(&scene, &judgement, &plan);
    let json = report.to_json()?;
    let digest = Sha256::of(json.as_bytes()).hex();
    let html = report::render(&report, &judgement, &rules, &digest, context.output.texts().language())?;
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
        print(context, &rules, &judgement, kept.then(|| root.join("readiness.html")).as_deref())?;
    }
    Ok(if judgement.verdict == Verdict::NotReady { Kind::Findings.exit_bit() } else { 0 })
}

/// How many blockers stand open, without reading every byte again: at least that this was not done.
pub(super) fn open_blockers(context: &Context<'_>, root: &Path, site: &Path) -> Result<usize> {
    let rules = Rules::embedded()?;
    let now = readiness::clock()?;
    let measured = records::measure(context, root, site, now, None)?;
    let known = fill::records(root)?;
    let judgement = scene(&rules, &known, &measured, now).judge();
    Ok(judgement.open().into_iter().filter(|outcome| outcome.severity == Severity::Blocker).count())
}

fn scene<'a>(rules: &'a Rules, known: &'a Records, measured: &'a Measured, now: Time) -> Scene<'a> {
    Scene {
        rules,
        profile: &known.profile,
        evidence: &known.evidence,
        events: &known.events,
        waivers: &known.waivers,
        measured,
        now,
    }
}

fn print(context: &Context<'_>, rules: &Rules, judgement: &Judgement, page: Option<&Path>) -> Result<()> {
    /// More items of one rule stand in the report.
    const MOST: usize = 12;
    let output = context.output;
    let texts = output.texts();
    let language = texts.language();
    let verdict = texts.get(&format!("ready-verdict-{}", judgement.verdict.code().replace('_', "-")), &[]);
    output.data(&verdict)?;
    let until = judgement.valid_until.to_string();
    output.data(&format!("{} {}", texts.get("report-valid-until", &[]), until.get(..16).unwrap_or_default()))?;
    if !judgement.profile_unknown.is_empty() {
        let fields = judgement.profile_unknown.iter().map(|field| texts.get(&format!("report-profile-{field}"), &[]));
        output.data(&(texts.get("report-profile-unknown", &[]) + &fields.collect::<Vec<_>>().join(", ")))?;
    }
    for outcome in judgement.open() {
        let Some(rule) = rules.rule(&outcome.rule) else { continue };
        let mark = if outcome.severity == Severity::Blocker { "✗" } else { "!" };
        let state = texts.get(&format!("ready-state-{}", outcome.state), &[]);
        output.data(&format!("\n{mark} {} [{state}] {}", rule.title(language), rule.id))?;
        let items = advice::to_do(texts, rules, outcome);
        for (index, item) in items.iter().take(MOST).enumerate() {
            let key = item.key.as_deref().map(|key| format!("  [{}]", plain::cell(key))).unwrap_or_default();
            output.data(&format!("    · {}{key}\n        {}", plain::cell(&item.name), plain::cell(&item.reason)))?;
            // The same advice for several items is given once, after the last.
            if items.get(index + 1).is_none_or(|next| next.advice != item.advice || index + 1 == MOST) {
                output.data(&format!("        → {}", plain::cell(&item.advice)))?;
            }
        }
        if let Some(more) = items.len().checked_sub(MOST).filter(|more| *more > 0) {
            output.data(&format!("    {}", texts.get("report-gaps-more", &[("count", &more.to_string())])))?;
        }
    }
    output.data("")?;
    output.data(&texts.get("report-disclaimer", &[]))?;
    if let Some(page) = page {
        output.say("ready-report-written", &[("path", &page.display().to_string())]);
    }
    Ok(())
}

fn after(context: &Context<'_>, scene: &Scene<'_>) -> Result<u8> {
    let output = context.output;
    let tasks = scene.after();
    if output.json {
        output.answer(&tasks)?;
        return Ok(0);
    }
    let texts = output.texts();
    output.data(&texts.get(if tasks.is_empty() { "after-none" } else { "after-title" }, &[]))?;
    for task in &tasks {
        let mark = if task.done { "☑" } else { "☐" };
        let when = task.act_by.or(task.not_before).map(|day| day.to_string()).unwrap_or_default();
        let account = texts.get(&format!("ready-kind-{}", task.account.code().replace('.', "-")), &[]);
        output.data(&format!("{mark} {when}  {account}: {}", texts.get(&format!("after-{}", task.code), &[])))?;
    }
    Ok(0)
}

/// Puts the open questions one by one. An empty answer passes over; the end of input ends. What was answered is kept.
fn ask(context: &Context<'_>, root: &Path, rules: &Rules, measured: &Measured, now: Time) -> Result<()> {
    let mut lines = std::io::stdin().lock().lines();
    let mut book = Book::open(root)?;
    let mut passed = Vec::new();
    loop {
        // Every answer changes what else is to be asked.
        let open = {
            let scene = scene(rules, &book.records, measured, now);
            questions::open(&scene, &scene.judge())
        };
        let Some(question) = open.into_iter().find(|question| !passed.contains(&question.key)) else { break };
        put(context, &question);
        let Some(line) = lines.next() else { break };
        let line = line.map_err(|error| Error::other("input-prompt-failed").because(error))?;
        passed.push(question.key.clone());
        if let Err(error) = take(&mut book, rules, &question, line.trim()) {
            context.output.error(&error);
            passed.pop();
        }
    }
    let left = {
        let scene = scene(rules, &book.records, measured, now);
        scene.judge().open().len().to_string()
    };
    book.save(context)?;
    context.output.say("ask-done", &[("count", &left)]);
    Ok(())
}

fn put(context: &Context<'_>, question: &Question) {
    let id = question.key.replace(['.', '_'], "-");
    let hint = match question.answer {
        Answer::Day => "ask-hint-day",
        Answer::File => "ask-hint-file",
        Answer::Number => "ask-hint-number",
        Answer::Text => "ask-hint-text",
        Answer::YesNo => "ask-hint-yes-no",
    };
    context.output.space();
    context.output.say(&format!("ask-{id}"), &[]);
    context.output.say(hint, &[]);
}

fn take(book: &mut Book, rules: &Rules, question: &Question, line: &str) -> Result<()> {
    if line.is_empty() {
        return Ok(());
    }
    if question.target == Target::Profile {
        return book.records.profile.set(&question.key, line, &rules.meta.flags);
    }
    let by = person(None);
    match question.answer {
        Answer::Day => {
            let day =
                crate::audit::evidence::day(line).ok_or_else(|| Error::usage("ask-day-wanted").with("value", line))?;
            book.record(&question.key, &day.to_string(), None, by, None)?;
        }
        Answer::File => {
            let path = PathBuf::from(line.trim_matches(['\'', '"']));
            if path.is_file() {
                book.record(&question.key, "yes", Some(&path), by, None)?;
            } else {
                book.record(&question.key, line, None, by, None)?;
            }
        }
        Answer::YesNo => {
            // A place or a word is as good an answer as yes.
            let value = crate::audit::profile::yes_or_no(line).map_or(line, |yes| if yes { "yes" } else { "no" });
            book.record(&question.key, value, None, by, None)?;
        }
        Answer::Number | Answer::Text => {
            book.record(&question.key, line, None, by, None)?;
        }
    }
    Ok(())
}
