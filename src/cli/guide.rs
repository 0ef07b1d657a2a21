//! `liudi guide`: where each file is obtained, the most perishable first.

use super::closing_arguments::GuideOptions;
use super::context::Context;
use crate::archive::Archive;
use crate::audit::profile::{AccountKind, Profile};
use crate::audit::{fill, guide};
use crate::error::Result;

/// Prints the guide for the kind named, or for the profile's; without an archive, for every kind.
pub(super) fn run(context: &Context<'_>, options: &GuideOptions) -> Result<u8> {
    let profile = match context.archive_if_any() {
        Some(root) => fill::records(&Archive::open(&root)?)?.profile,
        None => Profile::default(),
    };
    let kinds: Vec<AccountKind> = match &options.account_kind {
        Some(kind) => vec![AccountKind::from_word(kind)?],
        None => profile.kinds.iter().copied().collect(),
    };
    let entries = guide::of(&kinds, &profile)?;
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
        let confidence = texts.get(&format!("ready-confidence-{}", entry.confidence), &[]);
        for command in entry.commands(language, &output.command()) {
            output.data(&format!("   > {command}"))?;
        }
        output.data(&format!("   {}", texts.get("plan-source", &[("source", &confidence)])))?;
        output.data("")?;
    }
    Ok(0)
}
