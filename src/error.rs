//! Defines the crate's error type and the rules for errors.
//!
//! * An error is a **code with arguments**, never a sentence: the messages (zh-CN, en) are in `templates/i18n/*/*.ftl`
//!   under `error-<code>` and, for what the user can do, `hint-<code>`. Only the CLI converts one into the other.
//! * A code is `kebab-case`, names the operation and what went wrong (`zip-open-failed`), and is frozen once released.
//!   A test checks that every code has a message in every language.
//! * The arguments name the input (`path`, `url`, `member`, `line` …). They never hold a secret: URLs are passed as
//!   [`crate::secret::SafeUrl`].
//! * [`Kind`] decides only the exit bit.
//! * An error of a lower layer is attached with [`Error::because`], not rewritten.
//! * A failure of one input or one item is not an `Err` of the run but an [`crate::model::Problem`] or a
//!   [`crate::model::Gap`] emitted along with the good items: one bad file never stops a run.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use crate::platform;

/// Result type of the crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Kind of an error: decides the exit status (a bit field, see `cli`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// Blocked or rate-limited by the platform (8).
    Blocked,
    /// Credentials missing or refused (16).
    Credentials,
    /// Disk full, read-only or failing (1).
    Disk,
    /// Some downloads failed (4).
    Download,
    /// A finding that needs attention (64).
    Findings,
    /// Bad or unreadable input (32).
    Input,
    /// Another process works on this archive (1).
    Lock,
    /// Anything else (1).
    Other,
    /// Wrong use of the command (2).
    Usage,
}

impl Kind {
    /// Returns the bit this kind sets in the exit status.
    pub const fn exit_bit(self) -> u8 {
        match self {
            Self::Disk | Self::Lock | Self::Other => 1,
            Self::Usage => 2,
            Self::Download => 4,
            Self::Blocked => 8,
            Self::Credentials => 16,
            Self::Input => 32,
            Self::Findings => 64,
        }
    }
}

/// Code for cancelled work.
const INTERRUPTED: &str = "interrupted";

/// Code for an input that became shorter while it was read.
pub(crate) const CHANGED: &str = "input-changed";

/// A code with arguments and, if there is one, the underlying error.
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: Kind,
    code: &'static str,
    arguments: Vec<(&'static str, String)>,
    source: Option<Box<dyn StdError + Send + Sync + 'static>>,
}

impl Error {
    /// Creates an error of `kind` with a stable `code`.
    pub fn new(kind: Kind, code: &'static str) -> Self {
        Self { inner: Box::new(Inner { kind, code, arguments: Vec::new(), source: None }) }
    }

    /// Creates a [`Kind::Input`] error: the input is bad or unreadable.
    pub fn input(code: &'static str) -> Self {
        Self::new(Kind::Input, code)
    }

    /// Creates a [`Kind::Findings`] error: a file of the archive, or of its packs, is damaged.
    pub fn damaged(code: &'static str) -> Self {
        Self::new(Kind::Findings, code)
    }

    /// Creates a [`Kind::Usage`] error: the command was used wrongly.
    pub fn usage(code: &'static str) -> Self {
        Self::new(Kind::Usage, code)
    }

    /// Creates a [`Kind::Other`] error.
    pub fn other(code: &'static str) -> Self {
        Self::new(Kind::Other, code)
    }

    /// Creates the error for cancelled work. No incomplete file is left under its final name.
    pub fn interrupted() -> Self {
        Self::other("interrupted")
    }

    /// Returns true if this is [`Error::interrupted`].
    pub fn is_interrupted(&self) -> bool {
        self.code() == INTERRUPTED
    }

    /// Returns the error of an I/O failure on our own files (not an input): our own if one of our readers wrapped it, else
    /// one of [`Kind::Disk`] with the path.
    pub fn disk(code: &'static str, path: impl fmt::Display, source: std::io::Error) -> Self {
        match source.downcast::<Self>() {
            Ok(error) => error,
            Err(source) => Self::new(Kind::Disk, code).with("path", path).because(source),
        }
    }

    /// Returns the error of a table of ours that cannot be read: our own if one of our readers wrapped it, else one of
    /// [`Kind::Findings`] with the path.
    pub fn broken_table(code: &'static str, path: impl fmt::Display, source: csv::Error) -> Self {
        let broken = |source| Self::damaged(code).with("path", path).because(source);
        if !source.is_io_error() {
            return broken(Box::<dyn StdError + Send + Sync>::from(source));
        }
        match source.into_kind() {
            csv::ErrorKind::Io(source) => match source.downcast::<Self>() {
                Ok(error) => error,
                Err(source) => broken(source.into()),
            },
            _ => Self::damaged(code),
        }
    }

    /// Returns the error of a failed read of the input `path`: our own if one of our readers wrapped it (a broken ZIP
    /// member), else `input-read-failed`.
    pub fn reading(source: std::io::Error, path: impl fmt::Display) -> Self {
        match source.downcast::<Self>() {
            Ok(error) => error,
            Err(source) => Self::input("input-read-failed").with("path", path).because(source),
        }
    }

    /// Reports whether `error` comes from the device, the network or a permission, and not from the content: such an
    /// input may be intact, and only could not be read this time.
    pub fn is_of_device(error: &(dyn StdError + 'static)) -> bool {
        let mut next = Some(error);
        while let Some(error) = next {
            let of_system = error.downcast_ref::<std::io::Error>().is_some_and(|error| error.raw_os_error().is_some());
            if of_system || error.downcast_ref::<Self>().is_some_and(|error| error.code() == CHANGED) {
                return true;
            }
            // The inner error of an I/O error is not its source.
            let inside = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
            next = match inside {
                Some(inside) => Some(inside as &(dyn StdError + 'static)),
                None => error.source(),
            };
        }
        false
    }

    /// Adds an argument for the message; a path of Windows without the prefix of resolved paths.
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.inner.arguments.push((name, platform::plain_prefix(&value.to_string()).into_owned()));
        self
    }

    /// Attaches the error that caused this one.
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync + 'static>>) -> Self {
        self.inner.source = Some(source.into());
        self
    }

    /// Returns the kind.
    pub fn kind(&self) -> Kind {
        self.inner.kind
    }

    /// Returns the stable code.
    pub fn code(&self) -> &'static str {
        self.inner.code
    }

    /// Returns the arguments, in the order they were added.
    pub fn arguments(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.inner.arguments.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Returns one argument by name.
    pub fn argument(&self, name: &str) -> Option<Cow<'_, str>> {
        self.inner.arguments.iter().find(|(key, _)| *key == name).map(|(_, value)| Cow::Borrowed(value.as_str()))
    }
}

/// Writes the log form: `code (name=value, …)`. Users see the CLI's messages instead.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.inner.code)?;
        for (index, (name, value)) in self.inner.arguments.iter().enumerate() {
            write!(f, "{}{name}={value}", if index == 0 { " (" } else { ", " })?;
        }
        if self.inner.arguments.is_empty() { Ok(()) } else { f.write_str(")") }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.inner.kind)?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, "; caused by: {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.source.as_deref().map(|error| error as _)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_log_form_names_code_and_arguments() {
        let error = Error::input("zip-open-failed").with("path", "a.zip").because(std::io::Error::other("broken"));
        assert_eq!(error.to_string(), "zip-open-failed (path=a.zip)");
        assert_eq!(format!("{error:?}"), "Input: zip-open-failed (path=a.zip); caused by: broken");
        assert_eq!(error.kind().exit_bit(), 32);
        let resolved = Error::other("zip-open-failed").with("path", Path::new(r"\\?\D:\留底\a.zip").display());
        assert_eq!(resolved.argument("path").as_deref(), Some(r"D:\留底\a.zip"));
    }
}
