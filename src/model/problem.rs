//! Something about one input that a person must hear of: a code with arguments, as errors are.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind};

/// One problem with one input. It never stops the run and never passes unseen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable code; the words are `error-<code>`.
    pub code: String,
    /// Which input, and where in it: `folder/a.html`, `bills.zip!/b.csv:1007`.
    pub locator: String,
    /// The code's arguments.
    pub arguments: Vec<(String, String)>,
    /// Its bit in the exit status; 0 for a remark that is no failure.
    pub exit_bit: u8,
    /// Something that the input should hold is not in it, whatever the exit bit.
    #[serde(skip)]
    pub incomplete: bool,
}

impl Problem {
    /// The problem that `error` is, at `locator`.
    pub fn from_error(error: &Error, locator: impl Into<String>) -> Self {
        let mut arguments: Vec<(String, String)> =
            error.arguments().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let mut cause = std::error::Error::source(error);
        let mut causes = Vec::new();
        while let Some(below) = cause {
            // Of our own errors in between the code says nothing to people; what the system or a library said does.
            if below.downcast_ref::<Error>().is_none() {
                causes.push(below.to_string());
            }
            cause = below.source();
        }
        if !causes.is_empty() {
            arguments.push(("cause".to_owned(), causes.join(": ")));
        }
        Self {
            code: error.code().to_owned(),
            locator: locator.into(),
            arguments,
            exit_bit: error.kind().exit_bit(),
            incomplete: false,
        }
    }

    /// A remark: said, counted, but no failure.
    pub fn remark(code: &'static str, locator: impl Into<String>) -> Self {
        Self { code: code.to_owned(), locator: locator.into(), arguments: Vec::new(), exit_bit: 0, incomplete: false }
    }

    /// A finding (exit bit 64), such as a bill that does not add up.
    pub fn finding(code: &'static str, locator: impl Into<String>) -> Self {
        Self { exit_bit: Kind::Findings.exit_bit(), ..Self::remark(code, locator) }
    }

    /// A finding about an input that lacks something it should hold, such as a bill that was cut off.
    pub fn incomplete(code: &'static str, locator: impl Into<String>) -> Self {
        Self { incomplete: true, ..Self::finding(code, locator) }
    }

    /// Returns true if something of an input is missing or could not be read: it is not done, and a gap names it.
    pub fn is_unread(&self) -> bool {
        self.incomplete || self.exit_bit & Kind::Input.exit_bit() != 0
    }

    /// Adds an argument for the words.
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.arguments.push((name.to_owned(), value.to_string()));
        self
    }
}
