//! Helpers of the commands around a closing: the name of the user, prompts for omitted values.

use std::io::IsTerminal as _;

use super::context::Context;
use crate::error::{Error, Result};
use crate::words::records;

/// Returns the name of the user, for records that need one.
pub(super) fn person(given: Option<&String>) -> Option<String> {
    given.cloned().or_else(records::person).filter(|name| !name.trim().is_empty())
}

/// Asks for an omitted value; without a terminal it returns the error `missing`.
pub(super) fn prompt(
    context: &Context<'_>,
    id: &str,
    arguments: &[(&str, &str)],
    missing: impl FnOnce() -> Error,
) -> Result<String> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(missing());
    }
    let line = context.output.ask(id, arguments)?;
    if line.is_empty() { Err(missing()) } else { Ok(line) }
}
