//! Helpers of the commands around a closing: the name of the user, prompts for omitted values, the names of records.

use std::io::IsTerminal as _;

use super::context::Context;
use crate::error::{Error, Result};
use crate::text::Texts;

/// Returns the name of the user, for records that need one.
pub(super) fn person(given: Option<&String>) -> Option<String> {
    let system = || ["LIUDI_BY", "USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    // If the environment names nobody (a service, a container), the name of the home folder is used.
    let home = || std::env::home_dir().and_then(|home| Some(home.file_name()?.to_string_lossy().into_owned()));
    given.cloned().or_else(system).or_else(home).filter(|name| !name.trim().is_empty())
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

/// Returns the question that a key answers, or the name of the event.
pub(super) fn question(texts: &Texts, key: &str) -> String {
    let found = ["ask", "event"].iter().find_map(|prefix| texts.find_code(prefix, key));
    found.unwrap_or_else(|| key.to_owned())
}

/// Returns the question that a key answers, or the name of the event, followed by the key.
pub(super) fn named(texts: &Texts, key: &str) -> String {
    texts.get("ready-reason-detail", &[("reason", &question(texts, key)), ("detail", key)])
}

/// Returns a recorded value in words.
pub(super) fn said(texts: &Texts, value: &str) -> String {
    match value {
        "yes" | "no" | "unknown" => texts.code("answer", value),
        value => value.to_owned(),
    }
}
