//! Defines the kinds of check in the rule file, and the windows and keys each refers to.

use serde::Deserialize;

use super::codes::Unit;

/// One name or several.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Names {
    /// One name.
    One(String),
    /// Several names.
    Many(Vec<String>),
}

impl Names {
    /// Iterates over the names.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Many(names) => names,
        }
        .iter()
        .map(String::as_str)
    }
}

/// The check of a rule.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are the rule file's own keys, explained at its head")]
pub enum Check {
    /// Every file used by items of an asset is held.
    Assets { of: String, types: Vec<String>, allow_missing: u64 },
    /// The owner answers yes.
    Attest { question: String },
    /// The archive's number matches the platform's.
    Count {
        asset: String,
        platform: Vec<String>,
        #[serde(default)]
        unit: Option<String>,
        #[serde(default)]
        by: Vec<String>,
        allow_missing: u64,
    },
    /// Every day or month of a series is held.
    Coverage {
        series: String,
        unit: Unit,
        #[serde(default)]
        from: Option<String>,
        #[serde(default)]
        to: Option<String>,
        max_gap: u64,
        #[serde(default)]
        accept: Option<String>,
        #[serde(default)]
        by: Vec<String>,
        #[serde(default)]
        window: Option<String>,
        /// Checked only if something of the series is held; gaps are reported as ranges of days.
        #[serde(default)]
        if_held: bool,
    },
    /// Every blocker of a group is met.
    Derived { all_of_group: String },
    /// The owner recorded the keys.
    Evidence {
        keys: Vec<String>,
        #[serde(default)]
        file: bool,
        #[serde(default)]
        max_age_days: Option<u32>,
        #[serde(default)]
        equal_to: Option<String>,
        #[serde(default)]
        archive_contains: bool,
        #[serde(default)]
        also: Option<Names>,
        #[serde(default)]
        window: Option<String>,
    },
    /// Every file was read back.
    Fixity { read: String, algo: String, max_age_days: u32 },
    /// Every given input file was read.
    Inputs,
    /// Bills match the digests the platform gave.
    Hash {
        algo: String,
        expected: String,
        over: String,
        #[serde(rename = "else")]
        otherwise: String,
    },
    /// An independent list exists.
    Listing { require_any: Vec<String> },
    /// The named items are held.
    Present { assets: Vec<String> },
    /// Archived URLs show the closed account's page.
    Probe { targets: String, expect: Vec<String>, window: String },
    /// A condition of the profile that needs attention.
    Profile { expr: String },
    /// Evidence whose further keys are required only if a flag holds.
    ProfileOrEvidence {
        needs: String,
        keys: Vec<String>,
        #[serde(default)]
        window: Option<String>,
    },
    /// A content scan of the archive or the mirror.
    Scan { scan: String, reject: Vec<String> },
    /// Rows of bills add up to their summary.
    Sum { rows: String, sums: Vec<String> },
    /// Date arithmetic.
    Window {
        window: String,
        mode: WindowMode,
        #[serde(default)]
        then: Option<String>,
        #[serde(default)]
        also: Option<Names>,
    },
}

/// The requirement of a window check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowMode {
    /// Act before its end.
    ActBy,
    /// Wait for its end.
    WaitUntil,
    /// Only shown.
    Info,
}

impl Check {
    /// Returns the windows it names, the main one first.
    pub fn windows(&self) -> Vec<&str> {
        match self {
            Self::Coverage { window, .. } | Self::Evidence { window, .. } | Self::ProfileOrEvidence { window, .. } => {
                window.as_deref().into_iter().collect()
            }
            Self::Probe { window, .. } => vec![window],
            Self::Window { window, then, also, .. } => std::iter::once(window.as_str())
                .chain(then.as_deref())
                .chain(also.iter().flat_map(Names::iter).filter(|name| !name.contains(':')))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the evidence key for the number of `asset`, of those an owner can record for it: `material.image` is
    /// counted by `material_image_total`.
    pub fn key_of_asset(&self, asset: &str) -> Option<String> {
        let part = asset.rsplit('.').next().unwrap_or_default();
        let keys = self.evidence_keys();
        let is_only = keys.len() == 1;
        let of_part = |key: &String| key.contains(part) || is_only || (part == "live_replay" && key.contains("live"));
        keys.into_iter().find(of_part)
    }

    /// Returns the evidence keys an owner can record for it.
    pub fn evidence_keys(&self) -> Vec<String> {
        fn recorded(names: &[String]) -> impl Iterator<Item = &str> {
            names.iter().filter_map(|name| name.strip_prefix("evidence:"))
        }
        match self {
            Self::Attest { question } => vec![question.clone()],
            Self::Count { platform, by, .. } => recorded(platform)
                .flat_map(|key| {
                    // `material_{part}_total` expands to one key per part.
                    let parts: &[String] = if key.contains("{part}") { by } else { &by[..by.len().min(1)] };
                    let one = if parts.is_empty() { vec![key.to_owned()] } else { Vec::new() };
                    parts.iter().map(|part| key.replace("{part}", part)).chain(one).collect::<Vec<_>>()
                })
                .collect(),
            Self::Coverage { from, to, .. } => from.iter().chain(to).cloned().collect(),
            Self::Evidence { keys, .. } | Self::ProfileOrEvidence { keys, .. } => keys.clone(),
            Self::Listing { require_any } => recorded(require_any).map(str::to_owned).collect(),
            Self::Present { assets } => assets.clone(),
            Self::Window { also: Some(names), .. } => {
                names.iter().filter_map(|name| name.strip_prefix("evidence:")).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }
}
