//! `liudi account`: the profile of the account.

use super::closing_arguments::{AccountCommand, AccountOptions};
use super::context::Context;
use super::host::Terminal;
use crate::error::Result;
use crate::pipeline::closing::records::RecordBook;
use crate::pipeline::closing::{Profile, account};
use crate::words::records::{question, said};

/// Shows the profile, or sets values in it.
pub(super) fn run(context: &Context<'_>, options: &AccountOptions) -> Result<u8> {
    let host = Terminal::new(context);
    let book = RecordBook::open(&context.existing_archive(None)?, &host)?;
    let Some(AccountCommand::Set { values }) = &options.command else {
        return show(context, book.profile());
    };
    let profile = account::set(book, values, &host)?;
    context.output.say("account-saved", &[]);
    show(context, &profile)
}

/// Prints each value in the form that `account set` accepts, in the user's language, with the question it answers.
fn show(context: &Context<'_>, profile: &Profile) -> Result<u8> {
    let output = context.output;
    if output.json {
        output.answer(profile)?;
        return Ok(0);
    }
    let texts = output.texts();
    let answer = |yes: bool| said(texts, if yes { "yes" } else { "no" });
    // Of `公众号 (subscription account)` only the name is accepted as input in a list.
    let short = |name: String| name.split(" (").next().unwrap_or_default().to_owned();
    let kinds: Vec<String> = profile.kinds.iter().map(|kind| short(texts.code("ready-kind", kind.code()))).collect();
    let texts_of = profile.texts().into_iter().map(|(name, value)| (name, value.cloned()));
    let values = texts_of.chain([
        ("kinds", Some(texts.list(&kinds)).filter(|kinds| !kinds.is_empty())),
        ("entity", profile.entity.map(|entity| texts.code("ready-entity", entity.code()))),
        ("followers", profile.followers.map(|count| count.to_string())),
        ("certified", profile.certified.map(answer)),
    ]);
    let flags = profile.flags.iter().map(|(flag, yes)| (flag.as_str(), Some(answer(*yes))));
    let known: Vec<_> = values.chain(flags).filter_map(|(name, value)| Some((name, value?))).collect();
    if known.is_empty() {
        output.tell("records-none", &[]);
    }
    for (name, value) in known {
        let asked = question(texts, name);
        output.row(&[&format!("{name}={value}"), if asked == name { "" } else { &asked }])?;
    }
    Ok(0)
}
