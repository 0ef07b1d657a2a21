//! `liudi account`: whose account it is.

use super::closing_arguments::{AccountCommand, AccountOptions};
use super::context::Context;
use super::records::Book;
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

fn show(context: &Context<'_>, profile: &crate::audit::profile::Profile) -> Result<u8> {
    if context.output.json {
        context.output.answer(profile)?;
    } else {
        context.output.bytes(profile.to_toml()?.as_bytes())?;
    }
    Ok(0)
}
