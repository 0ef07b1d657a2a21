//! Waivers: items that the owner gives up, with a name and a reason, and may take back.

use std::path::Path;

use super::nearest::nearest;
use super::readiness::{Assessment, GivenUp, ReadyOptions};
use super::records::RecordBook;
use super::rule_file;
use crate::audit::engine::{OpenItem, RuleResult};
use crate::audit::rules::{Rule, Rules};
use crate::audit::waivers::Waiver;
use crate::error::{Error, Result};
use crate::pipeline::host::Host;
use crate::text::Language;

/// The rule of a waiver.
#[derive(Debug)]
pub struct WaivedRule {
    rules: Rules,
    id: String,
    title: String,
}

/// A waiver without its reason and name.
#[derive(Debug)]
pub struct WaiverDraft {
    book: RecordBook,
    rule: String,
    items: Vec<String>,
    open_things: usize,
}

/// The recorded waivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waived {
    /// Number of waivers requested.
    pub count: usize,
    /// Number of missing items that stay open because they can only be waived by name and none was named.
    pub unnamed_things: usize,
}

impl WaivedRule {
    /// Finds a rule by id or printed title in `file`, or in the embedded rules.
    ///
    /// # Errors
    /// `waiver-rule-unknown`, with the most similar rules.
    pub fn find(file: Option<&Path>, name: &str, language: Language) -> Result<Self> {
        let rules = rule_file::rules(file)?;
        let name = name.trim();
        let titled = |rule: &&Rule| rule.title_zh == name || rule.title_en.eq_ignore_ascii_case(name);
        let found = rules.rule(name).or_else(|| rules.rules.iter().find(titled)).ok_or_else(|| {
            let known = rules.rules.iter().map(|rule| format!("{} ({})", rule.id, rule.title(language)));
            Error::usage("waiver-rule-unknown").with("rule", name).with("known", nearest(name, known).join(" · "))
        })?;
        let (id, title) = (found.id.clone(), found.title(language).to_owned());
        Ok(Self { rules, id, title })
    }

    /// Returns its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns its title, in the language it was found in.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns the error for a waiver without a reason.
    pub fn missing_reason(&self) -> Error {
        Error::usage("waiver-needs-reason-and-name").with("rule", &self.id)
    }

    /// Assesses the archive at `root` and resolves `names` to items. Without names, a condition of the rule is waived.
    ///
    /// # Errors
    /// `waiver-item-unknown`, `waiver-nothing-open`, a failed assessment.
    pub fn draft(&self, root: &Path, names: &[String], host: &dyn Host) -> Result<WaiverDraft> {
        let options = ReadyOptions { root: root.to_owned(), ..ReadyOptions::default() };
        self.draft_by(&Assessment::by(self.rules.clone(), &options, host)?, root, names, host)
    }

    /// Takes back the waivers of `names`, each a key, a title or an address; without names, that of the rule's condition.
    /// Returns how many there were.
    ///
    /// # Errors
    /// `waiver-not-recorded`, `waiver-none-recorded`, a failed assessment, and those of a commit.
    pub fn take_back(&self, root: &Path, names: &[String], host: &dyn Host) -> Result<usize> {
        let mut book = RecordBook::open(root, host)?;
        let recorded = |key: &str| book.records.waivers.of(&self.id, key, true).is_some();
        let all_keys = names.iter().all(|name| recorded(name.trim()));
        // Titles and addresses are known only to an assessment.
        let keys = if all_keys {
            names.iter().map(|name| name.trim().to_owned()).collect()
        } else {
            let known = Assessment::glance(root, host)?.given_up(Language::default())?;
            names.iter().map(|name| self.recorded_item(&known, name)).collect::<Result<Vec<_>>>()?
        };
        let is_meant = |waiver: &Waiver| {
            waiver.rule == self.id && waiver.item.as_ref().map_or(keys.is_empty(), |item| keys.contains(item))
        };
        let count = book.records.waivers.take_back(is_meant);
        if count == 0 {
            return Err(Error::usage("waiver-none-recorded").with("rule", &self.title));
        }
        book.save(host)?;
        Ok(count)
    }

    /// Takes back the waivers of every item of the rule; returns how many there were.
    ///
    /// # Errors
    /// `waiver-none-recorded`, and those of a commit.
    pub fn take_back_all(&self, root: &Path, host: &dyn Host) -> Result<usize> {
        let mut book = RecordBook::open(root, host)?;
        let count = book.records.waivers.take_back(|waiver| waiver.rule == self.id && waiver.item.is_some());
        if count == 0 {
            return Err(Error::usage("waiver-none-recorded").with("rule", &self.title));
        }
        book.save(host)?;
        Ok(count)
    }

    /// Returns the key of the waived item that `name` means.
    fn recorded_item(&self, known: &[GivenUp], name: &str) -> Result<String> {
        let name = name.trim();
        let of_rule = || known.iter().filter(|given_up| given_up.waiver.rule == self.id);
        let is_key = |given_up: &&GivenUp| {
            given_up.waiver.item.as_deref() == Some(name) || given_up.key.as_deref() == Some(name)
        };
        let of_key = of_rule().find(is_key);
        let mut fitting =
            of_rule().filter(|given_up| [&given_up.title, &given_up.url].contains(&&Some(name.to_owned())));
        // As when it is given up: a title of two items names neither.
        let found = of_key.or_else(|| fitting.next().filter(|_| fitting.next().is_none()));
        let none = || Error::usage("waiver-not-recorded").with("rule", &self.title).with("item", name);
        found.and_then(|given_up| given_up.waiver.item.clone()).ok_or_else(none)
    }

    /// As [`Self::draft`], for an archive that was measured before.
    ///
    /// # Errors
    /// As [`Self::draft`].
    pub fn draft_by(
        &self,
        assessment: &Assessment,
        root: &Path,
        names: &[String],
        host: &dyn Host,
    ) -> Result<WaiverDraft> {
        let book = RecordBook::open(root, host)?;
        let outcome = self.outcome(assessment, &book);
        let items = names.iter().map(|name| item(&self.id, outcome.as_ref(), name)).collect::<Result<Vec<_>>>()?;
        let open_things = outcome.iter().flat_map(RuleResult::open_items).filter(|item| item.thing).count();
        Ok(WaiverDraft { book, rule: self.id.clone(), items, open_things })
    }

    /// As [`Self::draft_by`], for everything of the rule that can no longer be obtained, each by its name.
    ///
    /// # Errors
    /// `waiver-nothing-lost`.
    pub fn draft_lost(&self, assessment: &Assessment, root: &Path, host: &dyn Host) -> Result<WaiverDraft> {
        let book = RecordBook::open(root, host)?;
        let outcome = self.outcome(assessment, &book);
        let lost = outcome.iter().flat_map(RuleResult::open_items).filter(|item| item.lost);
        let items: Vec<String> = lost.map(|item| item.key.clone()).collect();
        if items.is_empty() {
            return Err(Error::usage("waiver-nothing-lost").with("rule", &self.title));
        }
        Ok(WaiverDraft { book, rule: self.id.clone(), items, open_things: 0 })
    }

    fn outcome(&self, assessment: &Assessment, book: &RecordBook) -> Option<RuleResult> {
        let judged = assessment.scene(&book.records).judge();
        judged.outcomes.into_iter().find(|outcome| outcome.rule == self.id)
    }
}

impl WaiverDraft {
    /// Records the waivers and commits them.
    ///
    /// # Errors
    /// `waiver-needs-reason-and-name`, and those of a commit.
    pub fn record(mut self, reason: &str, by: &str, host: &dyn Host) -> Result<Waived> {
        let count = self.items.len().max(1);
        let unnamed_things = if self.items.is_empty() { self.open_things } else { 0 };
        let items: Vec<Option<String>> =
            if self.items.is_empty() { vec![None] } else { self.items.into_iter().map(Some).collect() };
        for item in items {
            let (reason, by) = (reason.to_owned(), by.to_owned());
            self.book.records.waivers.add(Waiver { rule: self.rule.clone(), item, reason, by, at: self.book.now })?;
        }
        self.book.save(host)?;
        Ok(Waived { count, unnamed_things })
    }
}

/// Takes back what was given up of items with these keys, whichever rule named them. Returns how many waivers there were.
///
/// # Errors
/// Those of the records and of a commit.
pub fn take_back_items(root: &Path, keys: &[String], host: &dyn Host) -> Result<usize> {
    let mut book = RecordBook::open(root, host)?;
    let is_meant = |waiver: &Waiver| waiver.item.as_ref().is_some_and(|item| keys.contains(item));
    let count = book.records.waivers.take_back(is_meant);
    book.save(host)?;
    Ok(count)
}

/// Returns the key of the item that `name` means: its key, its title or its address. A name that fits none would be
/// recorded and never count.
fn item(rule: &str, outcome: Option<&RuleResult>, name: &str) -> Result<String> {
    let name = name.trim();
    let items: Vec<&OpenItem> = outcome.iter().flat_map(|outcome| &outcome.look.items).collect();
    if items.iter().any(|item| item.key == name) {
        return Ok(name.to_owned());
    }
    let meant = |item: &&&OpenItem| item.title.as_deref() == Some(name) || item.url.as_deref() == Some(name);
    let mut fitting = items.iter().filter(meant);
    if let (Some(only), None) = (fitting.next(), fitting.next()) {
        return Ok(only.key.clone());
    }
    let open = items.iter().filter(|item| item.waiver.is_none()).map(|item| match &item.title {
        Some(title) => format!("{} ({title})", item.key),
        None => item.key.clone(),
    });
    let open = nearest(name, open);
    let error = if open.is_empty() { Error::usage("waiver-nothing-open") } else { Error::usage("waiver-item-unknown") };
    Err(error.with("item", name).with("rule", rule).with("known", open.join(" · ")))
}
