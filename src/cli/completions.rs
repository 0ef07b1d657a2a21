//! `liudi completions SHELL`, `liudi man`: made from the tree of commands.

use super::arguments::{self, CompletionOptions};
use super::context::Context;
use crate::error::{Error, Result};

/// The completions of a shell.
pub(super) fn completions(context: &Context<'_>, options: &CompletionOptions) -> Result<u8> {
    let mut bytes = Vec::new();
    clap_complete::generate(options.shell, &mut arguments::command(context.output.texts()), "liudi", &mut bytes);
    context.output.bytes(&bytes)?;
    Ok(0)
}

/// The manual page.
pub(super) fn man(context: &Context<'_>) -> Result<u8> {
    let mut bytes = Vec::new();
    clap_mangen::Man::new(arguments::command(context.output.texts()))
        .render(&mut bytes)
        .map_err(|error| Error::other("output-failed").because(error))?;
    context.output.bytes(&bytes)?;
    Ok(0)
}
