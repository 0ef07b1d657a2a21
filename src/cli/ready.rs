//! `liudi ready`: answers whether the account may be closed now, with the verdict, the open rules and the report.

use std::io::BufRead as _;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::closing_arguments::ReadyOptions as Flags;
use super::context::Context;
use super::host::Terminal;
use super::output::Output;
use super::records::person;
use crate::error::{Error, Kind, Result};
use crate::pipeline::closing::interview::{Interview, NumberedQuestion};
use crate::pipeline::closing::readiness::{Assessment, OpenRule, Readiness, ReadyOptions};
use crate::pipeline::closing::{Severity, TaskAfter, Verdict};
use crate::pipeline::host::{Host as _, Unattended};
use crate::words::plain;
use crate::words::records::{question, said};

/// Judges the archive, prints the open rules and writes the report next to the bags.
pub(super) fn run(context: &Context<'_>, flags: &Flags) -> Result<u8> {
    let root = context.existing_archive(flags.archive_dir.as_deref())?;
    let host = Terminal::new(context);
    let (rules, site) = (flags.rules.rules.clone(), flags.site.clone());
    let options = ReadyOptions { root: root.clone(), rules, site, reread: flags.reread };
    let assessment = Assessment::measure(&options, &host)?;
    if flags.ask {
        ask(context, assessment.interview(&host)?, &host)?;
    }
    if flags.after {
        return after(context, &assessment.after()?);
    }
    let readiness = assessment.judge()?;
    let page = readiness.write_report(context.output.texts().language())?;
    if page.is_none() {
        context.output.say("ready-report-not-written", &[("path", &root.display().to_string())]);
    }
    if context.output.json {
        context.output.stream(|out| readiness.write_json(out))?;
    } else {
        print(context.output, &readiness, page.as_deref())?;
    }
    Ok(if readiness.verdict() == Verdict::NotReady { Kind::Findings.exit_bit() } else { 0 })
}

fn print(output: &Output, readiness: &Readiness<'_>, page: Option<&Path>) -> Result<()> {
    let texts = output.texts();
    output.data(&texts.code("ready-verdict", readiness.verdict().code()))?;
    if output.is_quiet() {
        // The report next to the bags has the details.
        return Ok(());
    }
    let until = readiness.valid_until().to_string();
    let until = until.get(..16).unwrap_or_default().replace('T', " ");
    output.data(&format!("{} {until}", texts.get("report-valid-until", &[])))?;
    if readiness.is_unfinished() {
        output.data(&texts.get("report-unfinished", &[]))?;
    }
    if !readiness.profile_unknown().is_empty() {
        let fields = readiness.profile_unknown().iter().map(|field| texts.code("report-profile", field));
        let fields = texts.list(&fields.collect::<Vec<_>>());
        output.data(&(texts.get("report-profile-unknown", &[]) + &fields))?;
    }
    if let Some(fixity) = readiness.fixity() {
        let whole = if fixity.missing.is_empty() { "report-complete" } else { "report-incomplete" };
        let sound = if fixity.failed.is_empty() { "report-valid" } else { "report-invalid" };
        let words = texts.list(&[whole, sound].map(|id| texts.get(id, &[])));
        output.data(&texts.get("ready-line", &[("name", &texts.get("report-files", &[])), ("text", &words)]))?;
    }
    let whole = readiness.verdict() == Verdict::Ready;
    let content = texts.get(if whole { "report-content-whole" } else { "ready-content-open" }, &[]);
    output.data(&texts.get("ready-line", &[("name", &texts.get("report-content", &[])), ("text", &content)]))?;
    let command = output.command();
    let steps = readiness.first(texts, &command);
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
    let open = readiness.open(texts, &command, |_| MOST);
    for group in &open.groups {
        output.data(&format!("\n■ {}", texts.code("ready-group", &group.group)))?;
        group.rules.iter().try_for_each(|rule| print_rule(output, rule))?;
        // Advice shared by all items of a group is printed once.
        if group.rules.iter().any(|rule| rule.to_do.shared) {
            output.data(&format!("  → {}", plain::cell(&readiness.shared_advice(texts, &command))))?;
        }
    }
    if open.not_yet > 0 {
        output.data(&format!("\n{}", texts.get("report-not-yet", &[("count", &open.not_yet.to_string())])))?;
    }
    output.data("")?;
    output.data(&texts.get("report-disclaimer", &[]))?;
    if let Some(page) = page {
        output.tell("ready-report-written", &[("path", &page.display().to_string())]);
    }
    Ok(())
}

/// Maximum number of items printed per rule; the report has the others.
const MOST: usize = 12;

/// Prints an open rule and its items.
fn print_rule(output: &Output, rule: &OpenRule) -> Result<()> {
    let texts = output.texts();
    let mark = if rule.severity == Severity::Blocker { "✗" } else { "!" };
    let state = texts.code("ready-state", rule.state);
    output.data(&format!("{mark} {} [{state}] {}", rule.title, rule.id))?;
    for (index, item) in rule.to_do.items.iter().enumerate() {
        let key = item.key.as_deref().map(|key| format!("  [{}]", plain::cell(key))).unwrap_or_default();
        output.data(&format!("    · {}{key}  {}", plain::cell(&item.name), plain::cell(&item.reason)))?;
        // Advice shared by consecutive items is printed once, after the last; advice for `--ask` is printed above.
        let last = rule.to_do.items.get(index + 1).is_none_or(|next| next.advice != item.advice);
        if !item.asked && !item.shared && last {
            output.data(&format!("        → {}", plain::cell(&item.advice)))?;
        }
    }
    if rule.to_do.more > 0 {
        output.data(&format!("    {}", texts.get("report-gaps-more", &[("count", &rule.to_do.more.to_string())])))?;
    }
    Ok(())
}

fn after(context: &Context<'_>, tasks: &[TaskAfter]) -> Result<u8> {
    let output = context.output;
    if output.json {
        output.answer(&tasks)?;
        return Ok(0);
    }
    let texts = output.texts();
    output.data(&output.text(if tasks.is_empty() { "after-none" } else { "after-title" }, &[]))?;
    for task in tasks {
        let mark = if task.done { "☑" } else { "☐" };
        let when = task.act_by.or(task.not_before).map(|day| day.to_string()).unwrap_or_default();
        let account = texts.code("ready-kind", task.account.code());
        let text = output.text(&format!("after-{}", task.code), &[]);
        let line = texts.get("ready-line", &[("name", &account), ("text", &text)]);
        output.data(&format!("{mark} {when}  {line}"))?;
    }
    Ok(0)
}

/// Asks the open questions in turn, numbered. An empty answer skips a question; `q` or the end of input stops. Answers
/// given so far are kept.
fn ask(context: &Context<'_>, mut interview: Interview<'_>, host: &Terminal<'_>) -> Result<()> {
    let output = context.output;
    let mut lines = lines(host);
    while let Some(next) = interview.next() {
        put(output, &next);
        let Some(line) = lines() else { break };
        let line = line.map_err(|error| Error::other("input-prompt-failed").because(error))?;
        let line = line.trim();
        if matches!(line.to_lowercase().as_str(), "q" | "ｑ" | "quit" | "exit" | "退出") {
            break;
        }
        match interview.answer(&next.question, line, person(None), host) {
            Err(error) => output.error(&error),
            Ok(Some(value)) if value != line => {
                output.say("ask-understood", &[("value", &said(output.texts(), &value))]);
            }
            Ok(_) => {}
        }
        if let Some(remark) = interview.remark(&next.question).filter(|_| !line.is_empty()) {
            output.say(&remark.id(), &remark.arguments());
        }
    }
    if !host.stop().is_cancelled() {
        let left = interview.finish(host)?;
        output.say("ask-done", &[("count", &left.to_string())]);
        return Ok(());
    }
    // Ctrl-C ends the questions; what was answered is recorded all the same.
    interview.finish(&Unattended::default())?;
    output.say("ask-stopped", &[]);
    Err(Error::interrupted())
}

/// Returns the lines that the user types, until Ctrl-C: they are read by another thread, which may wait for ever.
fn lines(host: &Terminal<'_>) -> impl FnMut() -> Option<std::io::Result<String>> {
    const PATIENCE: Duration = Duration::from_millis(50);
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            if send.send(line).is_err() {
                break;
            }
        }
    });
    let stop = host.stop().clone();
    move || loop {
        match receive.recv_timeout(PATIENCE) {
            Ok(line) => return Some(line),
            Err(RecvTimeoutError::Timeout) if !stop.is_cancelled() => {}
            Err(_) => return None,
        }
    }
}

fn put(output: &Output, NumberedQuestion { question: asked, number, all }: &NumberedQuestion) {
    output.space();
    let words = question(output.texts(), &asked.key);
    output.say("ask-numbered", &[("number", &number.to_string()), ("all", &all.to_string()), ("question", &words)]);
    output.say(&format!("ask-hint-{}", asked.form.name()), &[]);
}
