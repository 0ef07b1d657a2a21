//! The one place that prints. Data goes to standard output, words to standard error; both are understandable without
//! colour.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the one place that prints")]

use std::io::{IsTerminal as _, Write as _};

use serde::Serialize;

use super::arguments::Global;
use crate::error::{Error, Result};
use crate::model::Problem;
use crate::text::Texts;

/// Prints, in one language.
pub(super) struct Output {
    texts: Texts,
    /// Answers are JSON.
    pub(super) json: bool,
    quiet: bool,
}

impl Output {
    pub(super) fn new(texts: Texts, global: &Global) -> Self {
        Self { texts, json: global.json, quiet: global.quiet }
    }

    /// The texts.
    pub(super) fn texts(&self) -> &Texts {
        &self.texts
    }

    /// Whether bars may be shown.
    pub(super) fn shows_progress(&self) -> bool {
        !self.quiet && !self.json && std::io::stderr().is_terminal()
    }

    /// Words for people; not said with `--quiet`, nor with `--json`.
    pub(super) fn say(&self, id: &str, arguments: &[(&str, &str)]) {
        if !self.quiet && !self.json {
            eprintln!("{}", self.texts.get(id, arguments));
        }
    }

    /// An empty line between paragraphs of words.
    pub(super) fn space(&self) {
        if !self.quiet && !self.json {
            eprintln!();
        }
    }

    /// One line of data.
    pub(super) fn data(&self, line: &str) -> Result<()> {
        self.bytes(format!("{line}\n").as_bytes())
    }

    /// Data as it is. A reader that has seen enough (`| head`) is no error.
    pub(super) fn bytes(&self, bytes: &[u8]) -> Result<()> {
        let mut out = std::io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(Error::other("output-failed").because(error))
            }
            _ => Ok(()),
        }
    }

    /// A JSON answer.
    pub(super) fn answer(&self, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string_pretty(value).map_err(|error| Error::other("output-failed").because(error))?;
        self.data(&text)
    }

    /// The error, its causes and what to do. With `--json` it is an answer too.
    pub(super) fn error(&self, error: &Error) {
        let problem = Problem::from_error(error, String::new());
        if self.json {
            let arguments: std::collections::BTreeMap<_, _> = error.arguments().collect();
            let answer = serde_json::json!({ "error": {
                "code": error.code(), "arguments": arguments, "message": self.words(&problem),
            }});
            println!("{answer:#}");
        }
        eprintln!("{}", self.texts.get("label-error", &[("text", &self.words(&problem))]));
        let mut cause = std::error::Error::source(error);
        while let Some(below) = cause {
            eprintln!("  {}", self.texts.get("label-cause", &[("text", &below.to_string())]));
            cause = below.source();
        }
        if let Some(hint) = self.hint(&problem) {
            eprintln!("\n{hint}");
        }
    }

    /// What a person can do about it.
    fn hint(&self, problem: &Problem) -> Option<String> {
        let hint = self.texts.find(&format!("hint-{}", problem.code), &arguments_of(problem))?;
        Some(self.texts.get("label-hint", &[("text", &hint)]))
    }

    /// A problem that stopped something, with what can be done about it.
    pub(super) fn stopper(&self, problem: &Problem) {
        self.problem(problem);
        if let Some(hint) = self.hint(problem) {
            eprintln!("  {hint}");
        }
    }

    /// One problem of one input on one line, its cause in brackets.
    pub(super) fn problem(&self, problem: &Problem) {
        let label = if problem.exit_bit == 0 { "label-remark" } else { "label-problem" };
        let words = self.words(problem);
        let text = match problem.arguments.iter().find(|(name, _)| name == "cause") {
            Some((_, cause)) => format!("{words} ({cause})"),
            None => words,
        };
        eprintln!("{}", self.texts.get(label, &[("locator", &problem.locator), ("text", &text)]));
    }

    /// The words for a code with its arguments.
    pub(super) fn words(&self, problem: &Problem) -> String {
        self.texts.get(&format!("error-{}", problem.code), &arguments_of(problem))
    }

    /// Asks for one line on the terminal.
    pub(super) fn ask(&self, id: &str, arguments: &[(&str, &str)]) -> Result<String> {
        eprint!("{} ", self.texts.get(id, arguments));
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map_err(|error| Error::other("input-prompt-failed").because(error))?;
        Ok(line.trim().to_owned())
    }

    /// Asks for a password without showing it.
    pub(super) fn ask_password(&self, id: &str, arguments: &[(&str, &str)]) -> Result<String> {
        rpassword::prompt_password(format!("{} ", self.texts.get(id, arguments)))
            .map_err(|error| Error::other("input-prompt-failed").because(error))
    }
}

fn arguments_of(problem: &Problem) -> Vec<(&str, &str)> {
    let arguments = problem.arguments.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    arguments.chain([("locator", problem.locator.as_str())]).collect()
}
