//! `liudi` without arguments in a terminal: three questions, then the backup. Without a terminal it prints the help.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use super::arguments::{self, BackupOptions, Global};
use super::backup;
use super::context::Context;
use super::output::Output;
use crate::error::{Error, Result};
use crate::model::article_url::ArticleUrl;
use crate::pipeline::archive::session;
use crate::text::typed::yes_or_no;

/// Asks where the files are, whether fetching is allowed, and where the archive goes.
pub(super) fn run(context: &Context<'_>) -> Result<u8> {
    let output = context.output;
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        output.bytes(arguments::command(output.texts()).render_help().to_string().as_bytes())?;
        return Ok(2);
    }
    output.say("ask-welcome", &[]);
    let folder = until(output, "ask-where", |answer| {
        let input = from_home(&unquoted(answer));
        let known = ArticleUrl::parse(&input).is_some() || Path::new(&input).exists();
        match (input.is_empty(), known) {
            (true, _) => Err(Error::usage("input-none")),
            (false, false) => Err(Error::usage("input-not-found").with("path", &input)),
            (false, true) => Ok(input),
        }
    })?;
    let online = until(output, "ask-online", is_yes)?;
    let target = until(output, "ask-target", |answer| {
        let target = Some(from_home(&unquoted(answer))).filter(|target| !target.is_empty()).map(PathBuf::from);
        let root = context.archive(target.as_deref());
        session::check_folder(&root).map(|()| target)
    })?;
    let global = Global { online, ..context.global.clone() };
    let flags = BackupOptions { inputs: vec![folder], output: target, ..BackupOptions::default() };
    backup::run(&Context::new(&global, output), &flags)
}

/// Asks until the answer is valid; an invalid answer is reported at once.
fn until<T>(output: &Output, id: &str, check: impl Fn(&str) -> Result<T>) -> Result<T> {
    loop {
        match check(&output.ask(id, &[])?) {
            Ok(answer) => return Ok(answer),
            Err(error) => output.error(&error),
        }
    }
}

/// Expands `~/x` as a shell would.
fn from_home(path: &str) -> String {
    match (
        path.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with(['/', std::path::MAIN_SEPARATOR])),
        std::env::home_dir(),
    ) {
        (Some(rest), Some(home)) => format!("{}{rest}", home.display()),
        _ => path.to_owned(),
    }
}

/// Removes the quotes of a path that was dragged into a terminal.
fn unquoted(text: &str) -> String {
    let text = text.trim();
    let inner = ['\'', '"'].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    let inner = inner.unwrap_or(text);
    // On Windows, a terminal drops paths in quotes, and a backslash separates.
    if cfg!(windows) { inner.to_owned() } else { inner.replace("\\ ", " ") }
}

/// Reports whether the answer is yes, in either language; an empty answer is no.
fn is_yes(answer: &str) -> Result<bool> {
    match answer {
        "" | "不" | "不要" | "不可以" => Ok(false),
        "好" | "可以" | "要" => Ok(true),
        _ => yes_or_no(answer).ok_or_else(|| Error::usage("yes-or-no-wanted").with("value", answer)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dragged_paths_lose_their_quotes() {
        assert_eq!(unquoted(" '/a b/c' "), "/a b/c");
        let after = if cfg!(windows) { "/a\\ b" } else { "/a b" };
        assert_eq!(unquoted("/a\\ b"), after);
    }
}
