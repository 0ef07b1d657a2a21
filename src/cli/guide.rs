//! `liudi guide`: where each file is obtained, the most perishable first.

use super::closing_arguments::GuideOptions;
use super::context::Context;
use crate::error::Result;
use crate::pipeline::closing::guide;

/// Prints the guide for the named kind, or for the kinds of the profile; without an archive, for every kind.
pub(super) fn run(context: &Context<'_>, options: &GuideOptions) -> Result<u8> {
    let entries = guide::entries(context.archive_if_any().as_deref(), options.account_kind.as_deref())?;
    let output = context.output;
    if output.json {
        output.answer(&entries)?;
        return Ok(0);
    }
    let texts = output.texts();
    let language = texts.language();
    for (number, entry) in entries.iter().enumerate() {
        output.data(&format!("{}. {}", number + 1, entry.title(language)))?;
        output.data(&format!("   ! {}", entry.perishes(language)))?;
        for step in entry.steps(language) {
            output.data(&format!("   - {step}"))?;
        }
        let confidence = texts.code("ready-confidence", entry.confidence.code());
        for command in entry.commands(language, &output.command()) {
            output.data(&format!("   > {command}"))?;
        }
        output.data(&format!("   {}", texts.get("plan-source", &[("source", &confidence)])))?;
        output.data("")?;
    }
    Ok(0)
}
