//! The only place that prints. Results go to standard output, as data or in words; progress, problems and questions go
//! to standard error. Both are understandable without colour.

use std::borrow::Cow;
use std::io::{BufWriter, IsTerminal as _, StdoutLock, Write};
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

    /// Returns the text `id`, which may name commands.
    pub(super) fn text(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        let command = self.command();
        let all: Vec<(&str, &str)> = arguments.iter().copied().chain([("liudi", command.as_str())]).collect();
        self.texts.get(id, &all)
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

    /// Returns the text `id`. Values of the arguments cannot break the line or control the terminal.
    fn line(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        /// Arguments that are lists of codes and names, which are joined by the language's separator.
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
        to_people(&self.line("label-error", &[("text", &self.words(&problem))]));
        let mut cause = std::error::Error::source(error);
        while let Some(below) = cause {
            let words = match below.downcast_ref::<Error>() {
                Some(own) => self.words(&Problem::from_error(own, String::new())),
                None => self.cause(&below.to_string()),
            };
            to_people(&format!("  {}", self.line("label-cause", &[("text", &words)])));
            cause = below.source();
        }
        if let Some(hint) = self.disk_hint(error).or_else(|| self.hint(&problem.code, &arguments_of(&problem))) {
            to_people(&format!("\n{hint}"));
        }
    }

    /// Returns the advice for the problem `code`.
    fn hint(&self, code: &str, arguments: &[(&str, &str)]) -> Option<String> {
        self.texts.find(&format!("hint-{code}"), &[])?;
        Some(self.line("label-hint", &[("text", &self.line(&format!("hint-{code}"), arguments))]))
    }

    /// Returns the advice if the system refused to write, whichever file was being written.
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

    /// Prints the advice for `problems`, once for each code.
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
        let label = if problem.exit_bit == 0 { "label-remark" } else { "label-problem" };
        let words = self.words(problem);
        let text = match problem.arguments.iter().find(|(name, _)| name == "cause") {
            Some((_, cause)) => self.text("ready-reason-detail", &[("reason", &words), ("detail", &self.cause(cause))]),
            None => words,
        };
        // A text that already contains the file's name needs no name in front.
        let named = !problem.locator.is_empty() && !text.contains(plain::cell(&problem.locator).as_ref());
        let label = if named { label.to_owned() } else { format!("{label}-alone") };
        self.line(&label, &[("locator", &problem.locator), ("text", &text)])
    }

    /// Returns the text of a code with its arguments.
    pub(super) fn words(&self, problem: &Problem) -> String {
        let named: Vec<(&str, Cow<'_, str>)> =
            arguments_of(problem).into_iter().map(|(name, value)| (name, self.named(name, value))).collect();
        let named: Vec<(&str, &str)> = named.iter().map(|(name, value)| (*name, value.as_ref())).collect();
        self.line(&format!("error-{}", problem.code), &named)
    }

    /// Returns the system's words for a cause in the user's language, with the number by which it can be looked up.
    fn cause(&self, words: &str) -> String {
        let number = words.rsplit_once("(os error ").and_then(|(_, rest)| rest.strip_suffix(')'));
        let number = number.and_then(|number| number.parse::<i32>().ok());
        let code = number.and_then(|number| cause_code(std::io::Error::from_raw_os_error(number).kind()));
        match (number, code) {
            (Some(number), Some(code)) => self.text(&format!("cause-{code}"), &[("number", &number.to_string())]),
            _ => words.to_owned(),
        }
    }

    /// Returns an argument in words if it is the code of an event or of a kind of account.
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

/// Returns the code of the words for a refusal of the system; `None` for a rare one.
fn cause_code(kind: std::io::ErrorKind) -> Option<&'static str> {
    use std::io::ErrorKind;
    Some(match kind {
        ErrorKind::NotFound => "not-found",
        ErrorKind::PermissionDenied => "not-permitted",
        ErrorKind::AlreadyExists => "exists",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "disk-full",
        ErrorKind::FileTooLarge => "too-large",
        ErrorKind::ReadOnlyFilesystem => "read-only",
        ErrorKind::IsADirectory => "is-folder",
        ErrorKind::NotADirectory => "no-folder",
        ErrorKind::DirectoryNotEmpty => "not-empty",
        ErrorKind::InvalidFilename => "name",
        ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy => "busy",
        ErrorKind::TimedOut => "timed-out",
        ErrorKind::ConnectionRefused => "refused",
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => "cut-off",
        ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::NetworkDown => "no-network",
        ErrorKind::AddrInUse => "address-in-use",
        _ => return None,
    })
}

/// Writes a line to standard error. A failure (a full disk, a closed pipe) must not stop the work in progress: the exit
/// status gives the outcome.
fn to_people(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Prints an error of the command line, before there is an [`Output`].
pub(super) fn wrong_usage(words: &str) {
    to_people(&plain::text(words));
}

fn arguments_of(problem: &Problem) -> Vec<(&str, &str)> {
    let arguments = problem.arguments.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    arguments.chain([("locator", problem.locator.as_str())]).collect()
}
