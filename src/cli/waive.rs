//! `liudi waive`: what the owner gives up, by name and with a reason.

use super::closing_arguments::WaiveOptions;
use super::context::Context;
use super::records::{self, Book, person};
use crate::audit::waivers::Waiver;
use crate::error::{Error, Result};

/// Records waivers. Named items first; without any, only a condition of the rule is given up.
pub(super) fn run(context: &Context<'_>, options: &WaiveOptions) -> Result<u8> {
    let rules = records::rules(&options.rules)?;
    if rules.rule(&options.rule).is_none() {
        return Err(Error::usage("waiver-rule-unknown").with("rule", &options.rule));
    }
    let mut book = Book::open(&context.existing_archive(None)?)?;
    let by = person(options.by.as_ref()).unwrap_or_default();
    let items: Vec<Option<String>> =
        if options.items.is_empty() { vec![None] } else { options.items.iter().cloned().map(Some).collect() };
    for item in items {
        book.records.waivers.add(Waiver {
            rule: options.rule.clone(),
            item,
            reason: options.reason.clone(),
            by: by.clone(),
            at: book.now,
        })?;
    }
    book.save(context)?;
    let count = options.items.len().max(1).to_string();
    context.output.say("waiver-saved", &[("rule", &options.rule), ("count", &count)]);
    Ok(0)
}
