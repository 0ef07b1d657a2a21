//! `--api`: prints the plan before the calls and their summary after them.

use std::io::IsTerminal as _;

use super::arguments::BackupOptions as Flags;
use super::context::Context;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::pipeline::api::{AccountPlan, ApiOptions, CallPlan, Line};
use crate::text::typed::yes_or_no;

/// Returns the options of the API calls; `None` without `--api`.
///
/// # Errors
/// `api-not-configured` if `liudi.toml` names no account, and the errors of its credentials.
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

/// Announces that pages are fetched after the API calls, and asks for consent if the user is at a terminal and has not
/// given `--online`. Returns whether pages are fetched.
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

/// Prints the calls ahead of a run.
pub(super) fn announce(context: &Context<'_>, plan: &CallPlan) {
    say_resumed(context, plan);
    plan.accounts.iter().for_each(|account| show(context, account, false));
}

/// Prints the plan as the only result, and returns the exit bits.
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
    // With `--plan` the plan is the result.
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
        // Without `--plan` the run that follows meets the problem too and reports it at its end.
        if only {
            output.stopper(problem);
        }
        return output.space();
    }
    let total = if plan.uncounted == 0 { "api-plan-total" } else { "api-plan-total-at-least" };
    say(total, &[("calls", &plan.calls.to_string()), ("days", &plan.days.to_string())]);
    output.space();
}

/// Returns the name of a collector's data in the user's language.
fn name_of(context: &Context<'_>, line: &Line) -> String {
    context.output.texts().code("api-name", line.collector)
}
