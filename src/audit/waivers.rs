//! What the owner gives up, by name and with a reason. Nothing is ever waived by default, and the report prints every
//! waiver for good.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::Time;

/// One waiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Which rule.
    pub rule: String,
    /// Which item of it: the key as the report prints it. Without one, only a condition (a missing number, an
    /// unanswered question) is waived, never a thing that is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Time,
}

/// All waivers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waivers {
    /// In the order they were given.
    #[serde(default)]
    pub waivers: Vec<Waiver>,
}

impl Waivers {
    /// Reads the file.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| Error::input("waivers-file-invalid").because(error))
    }

    /// Writes the file.
    pub fn to_json(&self) -> String {
        super::evidence::pretty(self)
    }

    /// Adds a waiver; a reason and a name are required.
    pub fn add(&mut self, waiver: Waiver) -> Result<()> {
        if waiver.reason.trim().is_empty() || waiver.by.trim().is_empty() {
            return Err(Error::usage("waiver-needs-reason-and-name").with("rule", waiver.rule));
        }
        if !self.waivers.iter().any(|other| other.rule == waiver.rule && other.item == waiver.item) {
            self.waivers.push(waiver);
        }
        Ok(())
    }

    /// The waiver of `item` of `rule`. `by_name_only`: a waiver without an item does not count.
    pub fn of(&self, rule: &str, item: &str, by_name_only: bool) -> Option<&Waiver> {
        self.waivers
            .iter()
            .find(|waiver| waiver.rule == rule && waiver.item.as_deref().map_or(!by_name_only, |named| named == item))
    }
}
