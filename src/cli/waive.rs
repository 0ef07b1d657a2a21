//! `liudi waive`: what the owner gives up, by name and with a reason.

use serde_json::json;

use super::blanks;
use super::closing_arguments::WaiveOptions;
use super::context::Context;
use super::host::Terminal;
use super::records::{self, person};
use crate::error::Result;
use crate::pipeline::closing::waive::WaivedRule;

/// Records waivers of the named items, or, if none are named, of the condition of the rule only.
pub(super) fn run(context: &Context<'_>, options: &WaiveOptions) -> Result<u8> {
    let output = context.output;
    let rule = WaivedRule::find(options.rules.rules.as_deref(), &options.rule, output.texts().language())?;
    let host = Terminal::new(context);
    if options.take_back {
        let count = rule.take_back(&context.existing_archive(None)?, &options.items, &host)?;
        if output.json {
            output.answer(&json!({ "rule": rule.id(), "taken_back": count }))?;
        } else {
            output.tell("waiver-taken-back", &[("rule", rule.title()), ("count", &count.to_string())]);
        }
        return Ok(0);
    }
    let draft = rule.draft(&context.existing_archive(None)?, &options.items, &host)?;
    let title = rule.title();
    let reason = match blanks::given(options.reason.as_ref()) {
        Some(reason) => reason.clone(),
        None => records::prompt(context, "waive-ask-reason", &[("rule", title)], || rule.missing_reason())?,
    };
    let waived = draft.record(&reason, &person(options.by.as_ref()).unwrap_or_default(), &host)?;
    if output.json {
        output.answer(&json!({ "rule": rule.id(), "waived": waived.count, "unnamed": waived.unnamed_things }))?;
        return Ok(0);
    }
    // Missing items are waived by name only; without this message the user would believe it done.
    if waived.unnamed_things > 0 {
        let things = waived.unnamed_things.to_string();
        output.say("waiver-names-wanted", &[("rule", title), ("id", rule.id()), ("count", &things)]);
    } else {
        output.tell("waiver-saved", &[("rule", title), ("count", &waived.count.to_string())]);
    }
    Ok(0)
}
