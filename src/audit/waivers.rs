//! Stores what the owner gives up, by name and with a reason. Nothing is waived by default, and the report lists every
//! waiver until it is taken back.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::bill_series;
use crate::error::{Error, Result};
use crate::model::Time;

/// One waiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Id of the rule.
    pub rule: String,
    /// Key of the item as the report prints it. Without one, the waiver covers only a condition (a missing number, an
    /// unanswered question), never a missing thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Reason.
    pub reason: String,
    /// Name of the person who waives.
    pub by: String,
    /// Time of the waiver.
    pub at: Time,
}

/// All waivers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waivers {
    /// Waivers in the order they were added.
    #[serde(default)]
    pub waivers: Vec<Waiver>,
}

impl Waivers {
    /// Parses the file.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| Error::input("waivers-file-invalid").because(error))
    }

    /// Serializes the file.
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

    /// Takes waivers back; returns how many.
    pub fn take_back(&mut self, is_meant: impl Fn(&Waiver) -> bool) -> usize {
        let before = self.waivers.len();
        self.waivers.retain(|waiver| !is_meant(waiver));
        before - self.waivers.len()
    }

    /// Returns the keys of the items that were given up.
    pub fn items(&self) -> BTreeSet<String> {
        self.waivers.iter().filter_map(|waiver| waiver.item.clone()).collect()
    }

    /// Returns the items of a series of bills that were given up, each with its first and last day.
    pub fn of_bills<'w>(&'w self, series: &'w str) -> impl Iterator<Item = (&'w str, (Date, Date))> {
        let items = self.waivers.iter().filter_map(|waiver| waiver.item.as_deref());
        let days = items.filter_map(|item| Some((item, bill_series::days(item)?)));
        days.filter(move |(_, (of, _))| *of == series).map(|(item, (_, days))| (item, days))
    }

    /// Reports whether the bill of `day` of a series was given up, by itself or as one of a range of days.
    pub fn of_bill_day(&self, series: &str, day: Date) -> bool {
        self.of_bills(series).any(|(_, (first, last))| (first..=last).contains(&day))
    }

    /// Returns the waiver of `item` of `rule`. With `by_name_only`, a waiver without an item does not count.
    pub fn of(&self, rule: &str, item: &str, by_name_only: bool) -> Option<&Waiver> {
        self.waivers
            .iter()
            .find(|waiver| waiver.rule == rule && waiver.item.as_deref().map_or(!by_name_only, |named| named == item))
    }
}
