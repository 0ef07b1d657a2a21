//! `liudi account`: whose account it is.

use super::closing_arguments::{AccountCommand, AccountOptions};
use super::context::Context;
use super::records::{self, Book};
use crate::audit::profile::Profile;
use crate::audit::rules::Rules;
use crate::error::{Error, Result};

/// Shows the profile, or sets values of it.
pub(super) fn run(context: &Context<'_>, options: &AccountOptions) -> Result<u8> {
    let mut book = Book::open(&context.existing_archive(None)?)?;
    if let Some(AccountCommand::Set { values }) = &options.command {
        let flags = Rules::embedded()?.meta.flags;
        for value in values {
            let (name, value) = value
                .split_once(['=', '＝'])
                .ok_or_else(|| Error::usage("account-value-wanted").with("value", value))?;
            book.records.profile.set(name, value, &flags)?;
        }
        let profile = book.records.profile.clone();
        book.save(context)?;
        context.output.say("account-saved", &[]);
        return show(context, &profile);
    }
    show(context, &book.records.profile)
}

/// Prints each value as `account set` takes it, in the person's words, with what it answers.
fn show(context: &Context<'_>, profile: &Profile) -> Result<u8> {
    let output = context.output;
    if output.json {
        output.answer(profile)?;
        return Ok(0);
    }
    let texts = output.texts();
    let words = |prefix: &str, code: &str| texts.get(&format!("{prefix}-{}", code.replace(['.', '_'], "-")), &[]);
    let answer = |yes: bool| records::said(texts, if yes { "yes" } else { "no" });
    // `公众号 (subscription account)`: the name alone is taken back among others.
    let short = |name: String| name.split(" (").next().unwrap_or_default().to_owned();
    let kinds: Vec<String> = profile.kinds.iter().map(|kind| short(words("ready-kind", kind.code()))).collect();
    let texts_of = profile.texts().into_iter().map(|(name, value)| (name, value.cloned()));
    let values = texts_of.chain([
        ("kinds", Some(kinds.join(&texts.get("list-separator", &[]))).filter(|kinds| !kinds.is_empty())),
        ("entity", profile.entity.map(|entity| words("ready-entity", entity.code()))),
        ("followers", profile.followers.map(|count| count.to_string())),
        ("certified", profile.certified.map(answer)),
    ]);
    let flags = profile.flags.iter().map(|(flag, yes)| (flag.as_str(), Some(answer(*yes))));
    for (name, value) in values.chain(flags) {
        if let Some(value) = value {
            let question = records::question(texts, name);
            output.row(&[&format!("{name}={value}"), if question == name { "" } else { &question }])?;
        }
    }
    Ok(0)
}
