//! The rule file: its types, the embedded copy, and the checks that it hangs together. Unknown keys and kinds are
//! errors, so that a rule that is not understood can never be a rule that passes.

mod checks;
mod codes;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use self::checks::{Check, Names, WindowMode};
pub use self::codes::{Confidence, OnExpiry, Phase, Severity, SourceKind, Stance, Unit, WindowKind};
use super::profile::{AccountKind, Entity, Profile};
use crate::error::{Error, Result};
use crate::model::Sha256;
use crate::text::Language;

/// The shipped file.
pub const EMBEDDED: &str = include_str!("../rules.toml");

/// The whole file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// What the file says of itself.
    pub meta: Meta,
    /// What rules and windows rest on.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
    /// Time windows.
    #[serde(rename = "window")]
    pub windows: Vec<Window>,
    /// The rules.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
    /// SHA-256 of the file as read.
    #[serde(skip, default = "no_digest")]
    pub digest: Sha256,
}

fn no_digest() -> Sha256 {
    Sha256::of(b"")
}

/// Head of the file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    /// Always 1.
    pub schema: u32,
    /// Its date.
    pub rules_version: String,
    /// Always Asia/Shanghai.
    pub time_zone: String,
    /// How long a verdict may stand at most.
    pub valid_days: i32,
    /// The kinds the file speaks of.
    pub account_kinds: Vec<AccountKind>,
    /// The entities the file speaks of.
    pub entity_kinds: Vec<Entity>,
    /// The flags a profile may set.
    pub flags: Vec<String>,
}

/// One source.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: SourceKind,
    /// Its title.
    pub title: String,
    /// File name of an article's text.
    #[serde(default)]
    pub file: Option<String>,
    /// Where it can be read.
    #[serde(default)]
    pub address: Option<String>,
    /// Its date.
    #[serde(default)]
    pub date: Option<String>,
}

/// A time window.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Its id.
    pub id: String,
    /// Whom it concerns.
    pub accounts: Vec<AccountKind>,
    /// Wait or deadline.
    pub kind: WindowKind,
    /// The event it counts from.
    pub anchor: String,
    /// What it counts in.
    pub unit: Unit,
    /// Its planning length.
    #[serde(default)]
    pub length: Option<u32>,
    /// Lengths by followers.
    #[serde(default)]
    pub tiers: Vec<Tier>,
    /// Which end of the claims the length is.
    pub plan: PlanEnd,
    /// What inaction does.
    pub on_expiry: OnExpiry,
    /// A condition on the profile.
    #[serde(default)]
    pub only_if: Option<String>,
    /// Every differing claim.
    #[serde(default, rename = "claim")]
    pub claims: Vec<Claim>,
}

/// Which end of several claims is planned with.
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
    /// A condition on the profile.
    pub when: String,
    /// The length then.
    pub length: u32,
}

/// What one source says of a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Which source.
    pub source: String,
    /// What it says, in short.
    pub value: String,
    /// Its words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// Its group.
    pub group: String,
    /// Whom it concerns; `any` is everybody.
    pub accounts: Vec<String>,
    /// Which entities it concerns; `any` is every one.
    pub entities: Vec<String>,
    /// Flags it needs.
    #[serde(default)]
    pub needs: Vec<String>,
    /// When it is looked at.
    pub phase: Phase,
    /// What it does to the verdict.
    pub severity: Severity,
    /// How far its sources carry.
    pub confidence: Confidence,
    /// Its title in Chinese.
    pub title_zh: String,
    /// Its title in English.
    pub title_en: String,
    /// Its text in Chinese.
    pub text_zh: String,
    /// Its text in English.
    pub text_en: String,
    /// How it is looked at.
    pub check: Check,
    /// What it rests on.
    #[serde(default)]
    pub basis: Vec<Basis>,
}

/// What one source has to do with a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// Which source.
    pub source: String,
    /// How it stands to the rule.
    pub stance: Stance,
    /// Its words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
}

impl Rule {
    /// Its title.
    pub fn title(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.title_zh,
            Language::English => &self.title_en,
        }
    }

    /// Its text.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.text_zh,
            Language::English => &self.text_en,
        }
    }

    /// Whether it concerns `kind`.
    pub fn concerns(&self, kind: AccountKind) -> bool {
        self.accounts.iter().any(|account| account == "any" || account == kind.code())
    }

    /// Whether it is known to concern an account of `profile`: an entity or a use nobody has named yet may or may not.
    pub fn surely_concerns(&self, entity: Option<Entity>, flags: &BTreeMap<String, bool>) -> bool {
        let of_all = self.entities.iter().any(|name| name == "any");
        (of_all || entity.is_some()) && self.needs.iter().all(|flag| flags.contains_key(flag))
    }

    /// Whether it concerns `entity`.
    pub fn concerns_entity(&self, entity: Entity) -> bool {
        self.entities.iter().any(|name| name == "any" || name == entity.code())
    }
}

impl Rules {
    /// The shipped rules.
    pub fn embedded() -> Result<Self> {
        Self::parse(EMBEDDED)
    }

    /// Reads and checks a rule file.
    pub fn parse(text: &str) -> Result<Self> {
        let mut rules: Self = toml::from_str(text).map_err(|error| Error::input("rules-invalid").because(error))?;
        rules.digest = Sha256::of(text.as_bytes());
        rules.check()?;
        Ok(rules)
    }

    /// A rule by id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// A window by id.
    pub fn window(&self, id: &str) -> Option<&Window> {
        self.windows.iter().find(|window| window.id == id)
    }

    /// A source by id.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == id)
    }

    /// Every key an owner can record, and every event a window counts from.
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
