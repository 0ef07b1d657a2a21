//! `liudi completions SHELL`, `liudi man`: generated from the tree of commands.

use super::arguments::{self, CompletionOptions, ManOptions};
use super::context::Context;
use crate::error::{Error, Result};

/// Prints the completions of a shell.
pub(super) fn completions(context: &Context<'_>, options: &CompletionOptions) -> Result<u8> {
    let mut bytes = Vec::new();
    clap_complete::generate(options.shell, &mut arguments::command(context.output.texts()), "liudi", &mut bytes);
    context.output.bytes(&bytes)?;
    Ok(0)
}

/// Prints the manual page of a command, or writes those of all commands as files.
pub(super) fn man(context: &Context<'_>, options: &ManOptions) -> Result<u8> {
    let command = arguments::command(context.output.texts());
    if let Some(folder) = &options.output {
        let failed = |error| Error::disk("man-not-written", folder.display(), error);
        std::fs::create_dir_all(folder).map_err(failed)?;
        clap_mangen::generate_to(command, folder).map_err(failed)?;
        context.output.tell("man-written", &[("path", &folder.display().to_string())]);
        return Ok(0);
    }
    let command = match &options.of {
        None => command,
        Some(name) => {
            let unknown = || Error::usage("man-command-unknown").with("command", name);
            command.find_subcommand(name).cloned().ok_or_else(unknown)?
        }
    };
    let mut bytes = Vec::new();
    clap_mangen::Man::new(command).render(&mut bytes).map_err(|error| Error::other("output-failed").because(error))?;
    context.output.bytes(&bytes)?;
    Ok(0)
}
