//! Describes a problem with one input that must be reported to the user: a code with arguments, like an error.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind};

/// One problem with one input. It never stops the run and is always reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable code; its message is `error-<code>`.
    pub code: String,
    /// Input and position in it: `folder/a.html`, `bills.zip!/b.csv:1007`.
    pub locator: String,
    /// Arguments of the code.
    pub arguments: Vec<(String, String)>,
    /// Bit in the exit status; 0 for a remark that is no failure.
    pub exit_bit: u8,
    /// Whether the input lacks something it should hold, whatever the exit bit.
    #[serde(skip)]
    pub incomplete: bool,
}

impl Problem {
    /// Creates the problem for `error` at `locator`.
    pub fn from_error(error: &Error, locator: impl Into<String>) -> Self {
        let mut arguments: Vec<(String, String)> =
            error.arguments().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let mut cause = std::error::Error::source(error);
        let mut causes = Vec::new();
        while let Some(below) = cause {
            // Codes of our own intermediate errors mean nothing to users; messages of the system or a library do.
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

    /// Creates a remark: reported and counted, but no failure.
    pub fn remark(code: &'static str, locator: impl Into<String>) -> Self {
        Self { code: code.to_owned(), locator: locator.into(), arguments: Vec::new(), exit_bit: 0, incomplete: false }
    }

    /// Creates a finding (exit bit 64), such as a bill that does not add up.
    pub fn finding(code: &'static str, locator: impl Into<String>) -> Self {
        Self { exit_bit: Kind::Findings.exit_bit(), ..Self::remark(code, locator) }
    }

    /// Creates a finding about an input that lacks something it should hold, such as a truncated bill.
    pub fn incomplete(code: &'static str, locator: impl Into<String>) -> Self {
        Self { incomplete: true, ..Self::finding(code, locator) }
    }

    /// Reports whether something of an input is missing or could not be read: it is not done, and a gap names it.
    pub fn is_unread(&self) -> bool {
        self.incomplete || self.exit_bit & Kind::Input.exit_bit() != 0
    }

    /// Adds an argument for the message.
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.arguments.push((name.to_owned(), value.to_string()));
        self
    }
}
