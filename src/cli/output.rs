//! The only place that prints. Results go to standard output, as data or in words; progress, problems and questions go
//! to standard error. Both are understandable without colour.

use std::borrow::Cow;
use std::io::{BufWriter, IsTerminal as _, StdoutLock, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::arguments::Global;
use super::asking::Asking;
use crate::error::{Error, Result};
use crate::model::Problem;
use crate::text::Texts;
use crate::words::sentence::Sentence;
use crate::words::shell;
use crate::words::{Phrases, plain};

/// A printer in one language.
pub(super) struct Output {
    texts: Texts,
    /// Set if results are JSON.
    pub(super) json: bool,
    quiet: bool,
    /// Beginning of printed commands, with the archive once it is known.
    command: Mutex<String>,
}

/// Standard output. It is no error if the reader has closed it (`| head`).
struct Pipe<'a>(StdoutLock<'a>);

impl Write for Pipe<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.0.write_all(bytes) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }
}

impl Output {
    pub(super) fn new(texts: Texts, global: &Global) -> Self {
        Self { texts, json: global.json, quiet: global.quiet, command: Mutex::new("liudi".to_owned()) }
    }

    /// Returns the texts of the language.
    pub(super) fn texts(&self) -> &Texts {
        &self.texts
    }

    /// Sets the archive that printed commands name.
    pub(super) fn set_archive(&self, root: &Path) {
        *self.command.lock().unwrap_or_else(PoisonError::into_inner) = shell::liudi(root);
    }

    /// Returns the beginning of a command for this archive: `liudi -C "…"`. Every text may use it as `$liudi`.
    pub(super) fn command(&self) -> String {
        self.command.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the phrases of the language, which name the archive in commands.
    pub(super) fn phrases(&self) -> Phrases<'_> {
        Phrases { texts: &self.texts, command: self.command().into(), on_page: false }
    }

    /// Returns the text `id`, which may name commands.
    pub(super) fn text(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        self.phrases().text(id, arguments)
    }

    /// Reports whether only the result is wanted.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Reports whether progress bars may be shown.
    pub(super) fn shows_progress(&self) -> bool {
        !self.quiet && !self.json && std::io::stderr().is_terminal()
    }

    /// Prints a message to standard error, except with `--quiet` or `--json`.
    pub(super) fn say(&self, id: &str, arguments: &[(&str, &str)]) {
        if !self.quiet && !self.json {
            to_people(&self.line(id, arguments));
        }
    }

    /// Prints a line of the result in words to standard output: what was kept, what is missing, what to do next. It is
    /// not printed with `--quiet` or `--json`.
    pub(super) fn tell(&self, id: &str, arguments: &[(&str, &str)]) {
        if !self.quiet && !self.json {
            // If nobody reads the output nothing is lost: the exit status gives the outcome.
            let _ = self.bytes(format!("{}\n", self.line(id, arguments)).as_bytes());
        }
    }

    fn line(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        self.phrases().line(id, arguments)
    }

    /// Prints the sentences of a result, each problem with what to do about it.
    pub(super) fn sentences(&self, sentences: &[Sentence]) {
        for (index, sentence) in sentences.iter().enumerate() {
            match sentence {
                Sentence::Problem(problem) => {
                    self.problem(problem);
                    // Advice that the next problem shares is printed once, after the last.
                    let hint = |problem| self.phrases().problem_hint(problem);
                    let is_shared = matches!(sentences.get(index + 1), Some(Sentence::Problem(next)) if hint(next) == hint(problem));
                    if !is_shared {
                        self.hints([problem]);
                    }
                }
                Sentence::Text { id, arguments } => {
                    let arguments: Vec<(&str, &str)> =
                        arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
                    self.tell(id, &arguments);
                }
            }
        }
    }

    /// Prints an empty line between paragraphs of the result.
    pub(super) fn paragraph(&self) {
        if !self.quiet && !self.json {
            let _ = self.bytes(b"\n");
        }
    }

    /// Prints an empty line between paragraphs of messages.
    pub(super) fn space(&self) {
        if !self.quiet && !self.json {
            to_people("");
        }
    }

    /// Prints one line of data, or several lines of the program's own.
    pub(super) fn data(&self, line: &str) -> Result<()> {
        self.bytes(format!("{}\n", plain::text(line)).as_bytes())
    }

    /// Prints one line of a table with tab-separated cells, without empty cells at the end.
    pub(super) fn row(&self, cells: &[&str]) -> Result<()> {
        let cells: Vec<Cow<'_, str>> = cells.iter().map(|cell| plain::cell(cell)).collect();
        self.bytes(format!("{}\n", cells.join("\t").trim_end()).as_bytes())
    }

    /// Prints a document for other programs (CSV, HTML): unchanged, except on a terminal, which would interpret control
    /// characters in it.
    pub(super) fn document(&self, bytes: &[u8]) -> Result<()> {
        if std::io::stdout().is_terminal() {
            self.bytes(plain::text(&String::from_utf8_lossy(bytes)).as_bytes())
        } else {
            self.bytes(bytes)
        }
    }

    /// Prints data unchanged.
    pub(super) fn bytes(&self, bytes: &[u8]) -> Result<()> {
        self.stream(|out| out.write_all(bytes))
    }

    /// Prints what `write` writes, as it is written.
    pub(super) fn stream(&self, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
        let mut out = BufWriter::new(Pipe(std::io::stdout().lock()));
        write(&mut out).and_then(|()| out.flush()).map_err(|error| Error::other("output-failed").because(error))
    }

    /// Prints a JSON result.
    pub(super) fn answer(&self, value: &impl Serialize) -> Result<()> {
        self.stream(|out| {
            serde_json::to_writer_pretty(&mut *out, value)?;
            out.write_all(b"\n")
        })
    }

    /// Prints the error, its causes and a hint. With `--json` it is also printed as a result.
    pub(super) fn error(&self, error: &Error) {
        let problem = Problem::from_error(error, String::new());
        if self.json {
            let arguments: std::collections::BTreeMap<_, _> = error.arguments().collect();
            let answer = serde_json::json!({ "error": {
                "code": error.code(), "arguments": arguments, "message": self.words(&problem),
            }});
            let _ = self.bytes(format!("{answer:#}\n").as_bytes());
        }
        to_people(&self.error_line(error));
        let words = self.phrases().error(error);
        for cause in &words.causes {
            to_people(&format!("  {}", self.line("label-cause", &[("text", cause)])));
        }
        if let Some(hint) = words.hint {
            to_people(&format!("\n{}", self.line("label-hint", &[("text", &hint)])));
        }
    }

    /// Returns what went wrong on one line, without causes and hint.
    pub(super) fn error_line(&self, error: &Error) -> String {
        self.line("label-error", &[("text", &self.phrases().error(error).text)])
    }

    /// Prints the advice for `problems`, once for each code.
    pub(super) fn hints<'p>(&self, problems: impl IntoIterator<Item = &'p Problem>) {
        let mut told = std::collections::BTreeSet::new();
        for problem in problems {
            if let Some(hint) = self.phrases().problem_hint(problem)
                && told.insert(hint.clone())
            {
                to_people(&format!("  {}", self.line("label-hint", &[("text", &hint)])));
            }
        }
    }

    /// Prints a problem that stopped something, with its advice.
    pub(super) fn stopper(&self, problem: &Problem) {
        self.problem(problem);
        self.hints([problem]);
    }

    /// Prints one problem of one input on one line, its cause in brackets.
    pub(super) fn problem(&self, problem: &Problem) {
        to_people(&self.one_line(problem));
    }

    /// Prints a problem as part of the result, for commands that look for problems.
    pub(super) fn finding(&self, problem: &Problem) {
        let _ = self.bytes(format!("{}\n", self.one_line(problem)).as_bytes());
    }

    fn one_line(&self, problem: &Problem) -> String {
        self.phrases().problem_line(problem)
    }

    /// Returns the text of a code with its arguments.
    pub(super) fn words(&self, problem: &Problem) -> String {
        self.phrases().problem(problem)
    }

    /// Asks for one line on the terminal.
    pub(super) fn ask(&self, id: &str, arguments: &[(&str, &str)]) -> Result<String> {
        let _asking = Asking::begin(&self.error_line(&Error::interrupted()));
        let _ = write!(std::io::stderr(), "{} ", self.line(id, arguments));
        let mut line = String::new();
        match std::io::stdin().read_line(&mut line) {
            Ok(0) => Err(Error::usage("input-ended")),
            Ok(_) => Ok(line.trim().to_owned()),
            Err(error) => Err(Error::other("input-prompt-failed").because(error)),
        }
    }

    /// Asks for a password without showing it.
    pub(super) fn ask_password(&self, id: &str, arguments: &[(&str, &str)]) -> Result<String> {
        let _asking = Asking::begin(&self.error_line(&Error::interrupted()));
        rpassword::prompt_password(format!("{} ", self.line(id, arguments))).map_err(|error| match error.kind() {
            // The prompt reads Ctrl-C as a character.
            std::io::ErrorKind::Interrupted => Error::interrupted(),
            _ => Error::other("input-prompt-failed").because(error),
        })
    }
}

/// Writes a line to standard error. A failure (a full disk, a closed pipe) must not stop the work in progress: the exit
/// status gives the outcome.
pub(super) fn to_people(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Prints an error of the command line as a result, before there is an [`Output`].
pub(super) fn wrong_usage_as_json(message: &str) {
    let answer = serde_json::json!({ "error": { "code": "usage-wrong", "arguments": {}, "message": message } });
    let mut out = Pipe(std::io::stdout().lock());
    let _ = writeln!(out, "{answer:#}");
}

/// Prints an error of the command line, before there is an [`Output`].
pub(super) fn wrong_usage(words: &str) {
    to_people(&plain::text(words));
}
