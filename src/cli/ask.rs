//! Bare `liudi` in a terminal: three questions, then the main job. Elsewhere it prints the help.

use std::io::IsTerminal as _;

use super::arguments::{self, BackupOptions, Global};
use super::backup;
use super::context::Context;
use crate::error::{Error, Result};

/// Asks where the files are, whether fetching is allowed, and where the archive goes.
pub(super) fn run(context: &Context<'_>) -> Result<u8> {
    let output = context.output;
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        output.bytes(arguments::command(output.texts()).render_help().to_string().as_bytes())?;
        return Ok(2);
    }
    output.say("ask-welcome", &[]);
    let folder = unquoted(&output.ask("ask-where", &[])?);
    if folder.is_empty() {
        return Err(Error::usage("input-none"));
    }
    let online = output.ask("ask-online", &[])?;
    let target = unquoted(&output.ask("ask-target", &[])?);
    let global = Global { online: is_yes(&online), ..context.global.clone() };
    let flags = BackupOptions {
        inputs: vec![folder],
        output: (!target.is_empty()).then(|| target.into()),
        ..BackupOptions::default()
    };
    backup::run(&Context::new(&global, output), &flags)
}

/// A path dragged into a terminal comes quoted.
fn unquoted(text: &str) -> String {
    let text = text.trim();
    let inner = ['\'', '"'].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    inner.unwrap_or(text).replace("\\ ", " ")
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.to_lowercase().as_str(), "y" | "yes" | "是" | "好" | "可以")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dragged_paths_lose_their_quotes() {
        assert_eq!(unquoted(" '/a b/c' "), "/a b/c");
        assert_eq!(unquoted("/a\\ b"), "/a b");
    }
}
