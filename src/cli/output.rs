//! The one place that prints. Results go to standard output, as data or in words; how it goes, what went wrong and what is
//! asked goes to standard error. Both are understandable without colour.

use std::borrow::Cow;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::arguments::Global;
use super::asking::Asking;
use super::{plain, shell};
use crate::error::{Error, Kind, Result};
use crate::model::Problem;
use crate::platform;
use crate::text::Texts;

/// Prints, in one language.
pub(super) struct Output {
    texts: Texts,
    /// Answers are JSON.
    pub(super) json: bool,
    quiet: bool,
    /// How printed commands begin: with the archive, once it is known.
    command: Mutex<String>,
}

impl Output {
    pub(super) fn new(texts: Texts, global: &Global) -> Self {
        Self { texts, json: global.json, quiet: global.quiet, command: Mutex::new("liudi".to_owned()) }
    }

    /// The texts.
    pub(super) fn texts(&self) -> &Texts {
        &self.texts
    }

    /// Notes the archive that printed commands name.
    pub(super) fn set_archive(&self, root: &Path) {
        *self.command.lock().unwrap_or_else(PoisonError::into_inner) = shell::liudi(root);
    }

    /// How a command for this archive begins: `liudi -C "…"`. Every text may use it as `$liudi`.
    pub(super) fn command(&self) -> String {
        self.command.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The text `id`, which may name commands.
    pub(super) fn text(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        let command = self.command();
        let all: Vec<(&str, &str)> = arguments.iter().copied().chain([("liudi", command.as_str())]).collect();
        self.texts.get(id, &all)
    }

    /// Whether nothing but the answer is wanted.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether bars may be shown.
    pub(super) fn shows_progress(&self) -> bool {
        !self.quiet && !self.json && std::io::stderr().is_terminal()
    }

    /// Words for people; not said with `--quiet`, nor with `--json`.
    pub(super) fn say(&self, id: &str, arguments: &[(&str, &str)]) {
        if !self.quiet && !self.json {
            to_people(&self.line(id, arguments));
        }
    }

    /// A line of the result in words, on standard output: what was kept, what is missing, what to do next. Not said with
    /// `--quiet`, nor with `--json`.
    pub(super) fn tell(&self, id: &str, arguments: &[(&str, &str)]) {
        if !self.quiet && !self.json {
            // Where nobody reads, nothing is lost: the exit status says how it went.
            let _ = self.bytes(format!("{}\n", self.line(id, arguments)).as_bytes());
        }
    }

    /// The text `id`; what the arguments bring with them breaks no line and is obeyed by no terminal.
    fn line(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        /// Arguments that are lists of codes and names: joined as the language joins them.
        const LISTS: &[&str] = &["columns", "days", "known", "names", "values"];
        let separator = self.texts.get("list-separator", &[]);
        let shown = arguments.iter().map(|(name, value)| {
            let value = plain::cell(value);
            (*name, if LISTS.contains(name) { value.replace(", ", &separator).into() } else { value })
        });
        let shown: Vec<(&str, Cow<'_, str>)> = shown.collect();
        let shown: Vec<(&str, &str)> = shown.iter().map(|(name, value)| (*name, value.as_ref())).collect();
        plain::text(&self.text(id, &shown)).into_owned()
    }

    /// An empty line between paragraphs of the result.
    pub(super) fn paragraph(&self) {
        if !self.quiet && !self.json {
            let _ = self.bytes(b"\n");
        }
    }

    /// An empty line between paragraphs of words.
    pub(super) fn space(&self) {
        if !self.quiet && !self.json {
            to_people("");
        }
    }

    /// One line of data, or several of our own.
    pub(super) fn data(&self, line: &str) -> Result<()> {
        self.bytes(format!("{}\n", plain::text(line)).as_bytes())
    }

    /// One line of a table whose cells are separated by tabs; empty cells at its end are left out.
    pub(super) fn row(&self, cells: &[&str]) -> Result<()> {
        let cells: Vec<Cow<'_, str>> = cells.iter().map(|cell| plain::cell(cell)).collect();
        self.bytes(format!("{}\n", cells.join("\t").trim_end()).as_bytes())
    }

    /// A document for other programs (CSV, HTML): byte for byte, but for a terminal, which would obey what is in it.
    pub(super) fn document(&self, bytes: &[u8]) -> Result<()> {
        if std::io::stdout().is_terminal() {
            self.bytes(plain::text(&String::from_utf8_lossy(bytes)).as_bytes())
        } else {
            self.bytes(bytes)
        }
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
        self.bytes(format!("{text}\n").as_bytes())
    }

    /// The error, its causes and what to do. With `--json` it is an answer too.
    pub(super) fn error(&self, error: &Error) {
        let problem = Problem::from_error(error, String::new());
        if self.json {
            let arguments: std::collections::BTreeMap<_, _> = error.arguments().collect();
            let answer = serde_json::json!({ "error": {
                "code": error.code(), "arguments": arguments, "message": self.words(&problem),
            }});
            let _ = self.bytes(format!("{answer:#}\n").as_bytes());
        }
        to_people(&self.line("label-error", &[("text", &self.words(&problem))]));
        let mut cause = std::error::Error::source(error);
        while let Some(below) = cause {
            let words = match below.downcast_ref::<Error>() {
                Some(own) => self.words(&Problem::from_error(own, String::new())),
                None => below.to_string(),
            };
            to_people(&format!("  {}", self.line("label-cause", &[("text", &words)])));
            cause = below.source();
        }
        if let Some(hint) = self.disk_hint(error).or_else(|| self.hint(&problem.code, &arguments_of(&problem))) {
            to_people(&format!("\n{hint}"));
        }
    }

    /// What a person can do about the problem `code`.
    fn hint(&self, code: &str, arguments: &[(&str, &str)]) -> Option<String> {
        self.texts.find(&format!("hint-{code}"), &[])?;
        Some(self.line("label-hint", &[("text", &self.line(&format!("hint-{code}"), arguments))]))
    }

    /// What to do where the system refuses to write, whatever was being written.
    fn disk_hint(&self, error: &Error) -> Option<String> {
        let mut cause = std::error::Error::source(error);
        while let Some(below) = cause {
            let refusal = below.downcast_ref::<std::io::Error>().and_then(platform::refusal_to_write);
            if error.kind() == Kind::Disk
                && let Some(refusal) = refusal
            {
                return self.hint(refusal, &[]);
            }
            cause = below.source();
        }
        None
    }

    /// What can be done about `problems`, once for each code.
    pub(super) fn hints<'p>(&self, problems: impl IntoIterator<Item = &'p Problem>) {
        let mut told = std::collections::BTreeSet::new();
        for problem in problems {
            if let Some(hint) = self.hint(&problem.code, &arguments_of(problem))
                && told.insert(hint.clone())
            {
                to_people(&format!("  {hint}"));
            }
        }
    }

    /// A problem that stopped something, with what can be done about it.
    pub(super) fn stopper(&self, problem: &Problem) {
        self.problem(problem);
        self.hints([problem]);
    }

    /// One problem of one input on one line, its cause in brackets.
    pub(super) fn problem(&self, problem: &Problem) {
        to_people(&self.one_line(problem));
    }

    /// The same where looking for such things is what was asked for: the result.
    pub(super) fn finding(&self, problem: &Problem) {
        let _ = self.bytes(format!("{}\n", self.one_line(problem)).as_bytes());
    }

    fn one_line(&self, problem: &Problem) -> String {
        let label = if problem.exit_bit == 0 { "label-remark" } else { "label-problem" };
        let words = self.words(problem);
        let text = match problem.arguments.iter().find(|(name, _)| name == "cause") {
            Some((_, cause)) => self.text("ready-reason-detail", &[("reason", &words), ("detail", cause)]),
            None => words,
        };
        // Words that name the file themselves need no name before them.
        let named = !problem.locator.is_empty() && !text.contains(plain::cell(&problem.locator).as_ref());
        let label = if named { label.to_owned() } else { format!("{label}-alone") };
        self.line(&label, &[("locator", &problem.locator), ("text", &text)])
    }

    /// The words for a code with its arguments.
    pub(super) fn words(&self, problem: &Problem) -> String {
        let named: Vec<(&str, Cow<'_, str>)> =
            arguments_of(problem).into_iter().map(|(name, value)| (name, self.named(name, value))).collect();
        let named: Vec<(&str, &str)> = named.iter().map(|(name, value)| (*name, value.as_ref())).collect();
        self.line(&format!("error-{}", problem.code), &named)
    }

    /// Returns an argument in words where it is the code of an event or of a kind of account.
    fn named<'v>(&self, name: &str, value: &'v str) -> Cow<'v, str> {
        let prefix = match name {
            "event" | "needs" => "event",
            "account" => "ready-kind",
            _ => return value.into(),
        };
        let words = self.texts.find(&format!("{prefix}-{}", value.replace(['.', '_'], "-")), &[]);
        words.map_or(value.into(), Cow::Owned)
    }

    /// Asks for one line on the terminal.
    pub(super) fn ask(&self, id: &str, arguments: &[(&str, &str)]) -> Result<String> {
        let _ = write!(std::io::stderr(), "{} ", self.line(id, arguments));
        let mut line = String::new();
        let _asking = Asking::begin();
        match std::io::stdin().read_line(&mut line) {
            Ok(0) => Err(Error::usage("input-ended")),
            Ok(_) => Ok(line.trim().to_owned()),
            Err(error) => Err(Error::other("input-prompt-failed").because(error)),
        }
    }

    /// Asks for a password without showing it.
    pub(super) fn ask_password(&self, id: &str, arguments: &[(&str, &str)]) -> Result<String> {
        let _asking = Asking::begin();
        rpassword::prompt_password(format!("{} ", self.line(id, arguments)))
            .map_err(|error| Error::other("input-prompt-failed").because(error))
    }
}

/// Writes a line to standard error. One that cannot be written (a full disk, a closed pipe) must not end what is under way:
/// the exit status says how it went.
fn to_people(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Says what is wrong with a command line, before there is an [`Output`].
pub(super) fn wrong_usage(words: &str) {
    to_people(&plain::text(words));
}

fn arguments_of(problem: &Problem) -> Vec<(&str, &str)> {
    let arguments = problem.arguments.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    arguments.chain([("locator", problem.locator.as_str())]).collect()
}
