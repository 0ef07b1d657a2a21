//! `--api`: the plan before, the account of it after.

use std::io::IsTerminal as _;

use super::arguments::BackupOptions as Flags;
use super::context::Context;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::pipeline::api::{AccountPlan, ApiOptions, ApiReport, CallPlan, Line};
use crate::text::typed::yes_or_no;

/// What to ask, of whom; `None` without `--api`.
///
/// # Errors
/// `api-not-configured` if `liudi.toml` names no account, and what is wrong with its credentials.
pub(super) fn options(context: &Context<'_>, flags: &Flags) -> Result<Option<ApiOptions>> {
    if !flags.api {
        return Ok(None);
    }
    if context.global.offline {
        return Err(Error::usage("api-needs-network"));
    }
    let config = Config::find(context.global.config.as_deref())?;
    ApiOptions::settle(config, flags.followers, flags.wait).map(Some)
}

/// Says that pages are fetched once the interfaces have answered, and asks whether they shall be where somebody is there
/// to answer and has not said so with `--online`. Returns whether they are.
pub(super) fn fetches_pages(context: &Context<'_>) -> Result<bool> {
    let output = context.output;
    if context.global.online || output.json {
        return Ok(true);
    }
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        output.say("api-fetches-pages", &[]);
        return Ok(true);
    }
    loop {
        let answer = output.ask("api-ask-pages", &[])?;
        if answer.is_empty() {
            return Ok(true);
        }
        match yes_or_no(&answer) {
            Some(yes) => return Ok(yes),
            None => output.say("hint-yes-or-no-wanted", &[]),
        }
    }
}

/// Says what lies ahead of a run.
pub(super) fn announce(context: &Context<'_>, plan: &CallPlan) {
    say_resumed(context, plan);
    plan.accounts.iter().for_each(|account| show(context, account, false));
}

/// Says what can be asked, where that is all that is wanted; gives the exit bits.
pub(super) fn show_plan(context: &Context<'_>, plan: &CallPlan) -> Result<u8> {
    say_resumed(context, plan);
    plan.accounts.iter().for_each(|account| show(context, account, true));
    if context.output.json {
        context.output.answer(plan)?;
    }
    let problems = plan.accounts.iter().filter_map(|account| account.problem.as_ref());
    Ok(problems.fold(0, |bits, problem| bits | problem.exit_bit))
}

fn say_resumed(context: &Context<'_>, plan: &CallPlan) {
    if plan.resumed {
        context.output.say("api-plan-resumed", &[]);
    }
}

fn show(context: &Context<'_>, plan: &AccountPlan, only: bool) {
    let output = context.output;
    if plan.lines.is_empty() && plan.problem.is_some() && !only {
        return;
    }
    // The plan is the result where nothing else is wanted.
    let say = |id: &str, arguments: &[(&str, &str)]| {
        if only { output.tell(id, arguments) } else { output.say(id, arguments) }
    };
    say("api-plan-account", &[("service", plan.service.code()), ("account", &plan.account)]);
    for line in &plan.lines {
        let calls = line.calls.map_or_else(String::new, |calls| calls.to_string());
        let days = line.days.to_string();
        let code = line.code.map_or_else(|| "?".to_owned(), |code| code.to_string());
        let name = name_of(context, line);
        say(
            &format!("api-plan-{}", line.prospect_code()),
            &[("name", &name), ("calls", &calls), ("days", &days), ("code", &code)],
        );
    }
    if let Some(problem) = &plan.problem {
        // The run that follows meets it too, and tells of it at its end.
        if only {
            output.stopper(problem);
        }
        return output.space();
    }
    let total = if plan.uncounted == 0 { "api-plan-total" } else { "api-plan-total-at-least" };
    say(total, &[("calls", &plan.calls.to_string()), ("days", &plan.days.to_string())]);
    output.space();
}

/// What a collector brings, in the person's language.
fn name_of(context: &Context<'_>, line: &Line) -> String {
    context.output.texts().code("api-name", line.collector)
}

/// What came of it.
pub(super) fn summary(context: &Context<'_>, report: &ApiReport) {
    let output = context.output;
    for one in &report.collectors {
        let name = output.texts().code("api-name", one.name);
        output.tell(&format!("api-{}", one.outcome.code()), &[("name", &name), ("calls", &one.calls.to_string())]);
    }
    if let Some(until) = report.until {
        output.tell("api-until", &[("time", &until.to_string())]);
    }
}
