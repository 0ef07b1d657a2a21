//! Parses and validates the rule file: its types, the embedded copy, and its consistency checks. Unknown keys and kinds
//! are errors, so that a rule that is not understood can never pass.

mod checks;
mod codes;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use self::checks::{Check, Names, WindowMode};
pub use self::codes::{Confidence, OnExpiry, Phase, Severity, SourceKind, Stance, Unit, WindowKind};
use super::profile::{AccountKind, Entity, Profile, Truth};
use crate::error::{Error, Result};
use crate::model::Sha256;
use crate::text::Language;

/// Rule file shipped with the program.
pub const EMBEDDED: &str = include_str!("../rules.toml");

/// The whole rule file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Metadata.
    pub meta: Meta,
    /// Sources of rules and windows.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
    /// Time windows.
    #[serde(rename = "window")]
    pub windows: Vec<Window>,
    /// Rules.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
    /// SHA-256 of the file as read.
    #[serde(skip, default = "no_digest")]
    pub digest: Sha256,
}

fn no_digest() -> Sha256 {
    Sha256::of(b"")
}

/// The head of the file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    /// Version of the schema; always 1.
    pub schema: u32,
    /// Date of the rules.
    pub rules_version: String,
    /// Time zone; always Asia/Shanghai.
    pub time_zone: String,
    /// Maximum validity of a verdict, in days.
    pub valid_days: i32,
    /// Account kinds the file covers.
    pub account_kinds: Vec<AccountKind>,
    /// Entities the file covers.
    pub entity_kinds: Vec<Entity>,
    /// Flags a profile may set.
    pub flags: Vec<String>,
}

/// One source.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Id.
    pub id: String,
    /// Kind of the source.
    pub kind: SourceKind,
    /// Title.
    pub title: String,
    /// File name of an article's text.
    #[serde(default)]
    pub file: Option<String>,
    /// Address of the source.
    #[serde(default)]
    pub address: Option<String>,
    /// Date.
    #[serde(default)]
    pub date: Option<String>,
}

/// A time window.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Id.
    pub id: String,
    /// Account kinds it applies to.
    pub accounts: Vec<AccountKind>,
    /// Wait, deadline or info.
    pub kind: WindowKind,
    /// Event it counts from.
    pub anchor: String,
    /// Unit of its length.
    pub unit: Unit,
    /// Planning length.
    #[serde(default)]
    pub length: Option<u32>,
    /// Lengths by followers.
    #[serde(default)]
    pub tiers: Vec<Tier>,
    /// End of the range of claims that the length represents.
    pub plan: PlanEnd,
    /// Effect of inaction.
    pub on_expiry: OnExpiry,
    /// Condition on the profile.
    #[serde(default)]
    pub only_if: Option<String>,
    /// Every differing claim.
    #[serde(default, rename = "claim")]
    pub claims: Vec<Claim>,
}

/// The end of the range of claims used for planning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlanEnd {
    /// For deadlines.
    Shortest,
    /// For waits.
    Longest,
}

/// One tier.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Condition on the profile.
    pub when: String,
    /// Length if it holds.
    pub length: u32,
}

/// The claim of one source about a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Id of the source.
    pub source: String,
    /// Claim, in short.
    pub value: String,
    /// Quote from the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Id.
    pub id: String,
    /// Group.
    pub group: String,
    /// Account kinds it applies to; `any` is every kind.
    pub accounts: Vec<String>,
    /// Entities it applies to; `any` is every one.
    pub entities: Vec<String>,
    /// Required flags.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Phase in which it is checked.
    pub phase: Phase,
    /// Effect on the verdict.
    pub severity: Severity,
    /// Confidence in its sources.
    pub confidence: Confidence,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// Text in Chinese.
    pub text_zh: String,
    /// Text in English.
    pub text_en: String,
    /// Check.
    pub check: Check,
    /// Sources it is based on.
    #[serde(default)]
    pub basis: Vec<Basis>,
}

/// The relation of one source to a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// Id of the source.
    pub source: String,
    /// Stance of the source towards the rule.
    pub stance: Stance,
    /// Quote from the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
}

impl Rule {
    /// Returns the title in `language`.
    pub fn title(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.title_zh,
            Language::English => &self.title_en,
        }
    }

    /// Returns the text in `language`.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.text_zh,
            Language::English => &self.text_en,
        }
    }

    /// Reports whether the rule applies to `kind`.
    pub fn concerns(&self, kind: AccountKind) -> bool {
        self.accounts.iter().any(|account| account == "any" || account == kind.code())
    }

    /// Reports whether the rule is known to apply: an entity or a flag that has not been stated may or may not make it
    /// apply.
    pub fn surely_concerns(&self, profile: &Profile, seen: &BTreeSet<AccountKind>) -> bool {
        let of_all = self.entities.iter().any(|name| name == "any");
        (of_all || profile.entity.is_some())
            && self.needs.iter().all(|flag| profile.flag_of(flag, seen) != Truth::Unknown)
    }

    /// Reports whether it is checked by reading the files of the archive.
    pub fn reads_files(&self) -> bool {
        matches!(self.check, Check::Fixity { .. })
    }

    /// Reports whether the rule applies to `entity`.
    pub fn concerns_entity(&self, entity: Entity) -> bool {
        self.entities.iter().any(|name| name == "any" || name == entity.code())
    }
}

impl Rules {
    /// Parses the embedded rules.
    pub fn embedded() -> Result<Self> {
        Self::parse(EMBEDDED)
    }

    /// Parses and validates a rule file.
    pub fn parse(text: &str) -> Result<Self> {
        let mut rules: Self = toml::from_str(text).map_err(|error| Error::input("rules-invalid").because(error))?;
        rules.digest = Sha256::of(text.as_bytes());
        rules.check()?;
        Ok(rules)
    }

    /// Returns a rule by id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// Returns a window by id.
    pub fn window(&self, id: &str) -> Option<&Window> {
        self.windows.iter().find(|window| window.id == id)
    }

    /// Returns a source by id.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == id)
    }

    /// Returns every key an owner can record for a rule.
    pub fn evidence_keys(&self) -> BTreeSet<String> {
        self.rules.iter().flat_map(|rule| rule.check.evidence_keys()).collect()
    }

    fn check(&self) -> Result<()> {
        let wrong = |what: &'static str, at: &str, name: &str| {
            Err(Error::input("rules-inconsistent").with("what", what).with("at", at).with("name", name))
        };
        if self.meta.schema != 1 {
            return wrong("schema", "meta", &self.meta.schema.to_string());
        }
        if self.meta.time_zone != "Asia/Shanghai" {
            return wrong("time_zone", "meta", &self.meta.time_zone);
        }
        if !(1..=3).contains(&self.meta.valid_days) {
            return wrong("valid_days", "meta", &self.meta.valid_days.to_string());
        }
        let mut seen = BTreeSet::new();
        let ids = self.rules.iter().map(|rule| &rule.id).chain(self.windows.iter().map(|window| &window.id));
        for id in ids.chain(self.sources.iter().map(|source| &source.id)) {
            if !seen.insert(id) {
                return wrong("twice", id, id);
            }
        }
        let nobody = Profile::default();
        for window in &self.windows {
            if window.length.is_none() && window.tiers.is_empty() {
                return wrong("length", &window.id, "length");
            }
            let conditions = window.tiers.iter().map(|tier| &tier.when).chain(&window.only_if);
            for condition in conditions {
                if nobody.holds(condition).is_none() {
                    return wrong("condition", &window.id, condition);
                }
            }
            for claim in &window.claims {
                if self.source(&claim.source).is_none() {
                    return wrong("source", &window.id, &claim.source);
                }
            }
        }
        for rule in &self.rules {
            for name in rule.check.windows() {
                if self.window(name).is_none() {
                    return wrong("window", &rule.id, name);
                }
            }
            for basis in &rule.basis {
                if self.source(&basis.source).is_none() {
                    return wrong("source", &rule.id, &basis.source);
                }
            }
            if rule.basis.is_empty() {
                return wrong("basis", &rule.id, "basis");
            }
            for flag in &rule.needs {
                if !self.meta.flags.contains(flag) {
                    return wrong("flag", &rule.id, flag);
                }
            }
            for account in rule.accounts.iter().filter(|account| *account != "any") {
                if account.parse::<AccountKind>().is_err() {
                    return wrong("account", &rule.id, account);
                }
            }
            for entity in rule.entities.iter().filter(|entity| *entity != "any") {
                if entity.parse::<Entity>().is_err() {
                    return wrong("entity", &rule.id, entity);
                }
            }
            match &rule.check {
                Check::Derived { all_of_group } if !self.rules.iter().any(|other| other.group == *all_of_group) => {
                    return wrong("group", &rule.id, all_of_group);
                }
                Check::Profile { expr } if nobody.holds(expr).is_none() => return wrong("condition", &rule.id, expr),
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_file_hangs_together() {
        let rules = Rules::embedded().unwrap();
        assert_eq!((rules.rules.len(), rules.windows.len(), rules.sources.len()), (62, 27, 43));
        assert_eq!(rules.digest, Sha256::of(EMBEDDED.as_bytes()));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (from, to) in [
            ("severity = \"blocker\"", "severity = \"maybe\""),
            ("severity = \"blocker\"", "severity = \"blocker\"\nurgent = true"),
            ("kind = \"fixity\"", "kind = \"magic\""),
            ("kind = \"fixity\", ", "kind = \"fixity\", quick = true, "),
            ("window = \"oa.confirm\"", "window = \"oa.nothing\""),
            ("source = \"oa-ads\"", "source = \"nobody\""),
            ("expr = \"will_migrate\"", "expr = \"sky is blue\""),
            ("when = \"followers<=1000\"", "when = \"fans<=1000\""),
            ("valid_days = 3", "valid_days = 30"),
        ] {
            assert!(EMBEDDED.contains(from), "{from}");
            let error = Rules::parse(&EMBEDDED.replacen(from, to, 1)).unwrap_err();
            assert!(matches!(error.code(), "rules-invalid" | "rules-inconsistent"), "{from}: {error}");
        }
    }
}
