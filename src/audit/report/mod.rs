//! The report: `readiness.json` (canonical: keys sorted, two spaces, one final newline, so that its digest means
//! something) and `readiness.html`. It never says that anything is safe, and never is surer than its sources.

mod html;
mod picture;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

pub use self::html::render;
use super::calendar::Dates;
use super::engine::{Facts, Judgement, OpenItem, RuleResult, State, Used, Verdict};
use super::events::Stage;
use super::plan::Plan;
use super::profile::{AccountKind, Entity};
use super::rules::{Basis, Confidence, Phase, Rule, Severity, SourceKind, Stance};
use crate::error::{Error, Result};
use crate::model::{Gap, Sha256, Time};
use crate::text::{Language, Texts};

/// The schema's name.
pub const SCHEMA: &str = "liudi/readiness/v1";
/// The schema itself.
pub const SCHEMA_TEXT: &str = include_str!("../../../docs/schema/readiness.schema.json");

/// The report as data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The program and its version.
    pub tool: Tool,
    /// The rule file.
    pub rules: RuleFile,
    /// The archive.
    pub archive: Archive,
    /// The account.
    pub account: Account,
    /// When the verdict was given.
    pub at: Time,
    /// Until when it stands.
    pub valid_until: Time,
    /// The verdict.
    pub verdict: Verdict,
    /// What of the profile stands against readiness by not being known.
    pub profile_unknown: Vec<&'static str>,
    /// What lies between this and READY, blockers first.
    pub difference: Vec<Difference>,
    /// The three numbers.
    pub assets: Vec<AssetReport>,
    /// Every rule that concerns the account.
    pub rules_looked_at: Vec<RuleReport>,
    /// How many rules do not concern it.
    pub rules_not_applicable: usize,
    /// What was given up, for good.
    pub waivers: Vec<WaiverReport>,
    /// Where each closing stands, and what doing nothing would do.
    pub closings: Vec<Closing>,
    /// What this is not.
    pub disclaimer: BTreeMap<&'static str, String>,
}

/// The program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// The rule file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleFile {
    /// Its date.
    pub version: String,
    /// Its digest.
    pub sha256: String,
}

/// The archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Archive {
    /// Digest of `SHA256SUMS`, the anchor of everything.
    pub sha256: Option<String>,
    /// When the oldest evidence was taken.
    pub snapshot_from: Option<Time>,
    /// When the newest evidence was taken.
    pub snapshot_to: Option<Time>,
    /// BagIt: every listed file is there.
    pub complete: Option<bool>,
    /// BagIt: every file is what its checksum says.
    pub valid: Option<bool>,
}

/// The account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Its name.
    pub name: Option<String>,
    /// Its id, masked.
    pub original_id: Option<String>,
    /// What is to be closed.
    pub kinds: Vec<AccountKind>,
    /// Whose it is.
    pub entity: Option<Entity>,
    /// How many followers.
    pub followers: Option<u64>,
    /// Whether it is verified.
    pub certified: Option<bool>,
    /// The flags the owner set; the others count as yes.
    pub flags: BTreeMap<String, bool>,
}

/// One rule that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which rule.
    pub rule: String,
    /// What it does to the verdict.
    pub severity: Severity,
    /// Unmet or unknown.
    pub state: State,
    /// What is open, by name.
    pub items: Vec<OpenItem>,
}

/// The three numbers of one kind of thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssetReport {
    /// Which kind.
    pub asset: String,
    /// What the platform says there is.
    pub platform_total: Option<u64>,
    /// Where that number is from.
    pub platform_source: Option<String>,
    /// How many are known one by one.
    pub listed: Option<u64>,
    /// How many are held whole.
    pub held: Option<u64>,
    /// Of those listed, how many the platform no longer counts.
    pub withdrawn: u64,
    /// Numbers of another scope, which prove nothing.
    pub other_totals: Vec<super::facts::Total>,
    /// What is missing, by name.
    pub gaps: Vec<Gap>,
}

/// One rule, with what it rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuleReport {
    /// Its id.
    pub rule: String,
    /// Its group.
    pub group: String,
    /// When it is looked at.
    pub phase: Phase,
    /// What it does to the verdict.
    pub severity: Severity,
    /// How far its sources carry.
    pub confidence: Confidence,
    /// How it stands.
    pub state: State,
    /// Its titles and texts by language.
    pub title: BTreeMap<&'static str, String>,
    /// Its texts.
    pub text: BTreeMap<&'static str, String>,
    /// What was measured.
    pub measured: BTreeMap<String, String>,
    /// What is open or waived.
    pub items: Vec<OpenItem>,
    /// Dates of its windows.
    pub dates: Vec<Dates>,
    /// Records it rests on.
    pub evidence: Vec<Used>,
    /// Sources it rests on.
    pub basis: Vec<BasisReport>,
}

/// One source of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BasisReport {
    /// Which source.
    pub source: String,
    /// What it is.
    pub kind: SourceKind,
    /// Its title.
    pub title: String,
    /// Its date.
    pub date: Option<String>,
    /// Where it can be read.
    pub address: Option<String>,
    /// How it stands to the rule.
    pub stance: Stance,
    /// Its words.
    pub quote: Option<String>,
}

/// One thing given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaiverReport {
    /// Which rule.
    pub rule: String,
    /// Which item; none: a condition of the rule.
    pub item: Option<String>,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Time,
}

/// Where one closing stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Closing {
    /// Which account.
    pub account: AccountKind,
    /// Where it stands.
    pub stage: Stage,
    /// What doing nothing after submitting does.
    pub if_nothing_is_done: &'static str,
    /// Its windows.
    pub dates: Vec<Dates>,
    /// The day it is or can be submitted.
    pub submit: jiff::civil::Date,
    /// Whether that day is only planned.
    pub planned: bool,
}

/// Hides the middle of an id: `gh_1a2b3c4d5e6f` → `gh_1a…6f`.
fn mask(id: &str) -> String {
    let characters: Vec<char> = id.chars().collect();
    if characters.len() <= 6 {
        return "…".to_owned();
    }
    let head: String = characters[..5].iter().collect();
    let tail: String = characters[characters.len() - 2..].iter().collect();
    format!("{head}…{tail}")
}

fn both(id: &str) -> BTreeMap<&'static str, String> {
    Language::ALL.into_iter().map(|language| (language.tag(), Texts::new(language).get(id, &[]))).collect()
}

/// Makes the report of a judgement and the plan that goes with it.
pub fn make(scene: &Facts<'_>, judgement: &Judgement, plan: &Plan) -> Report {
    let measured = scene.measured;
    let profile = scene.profile;
    let difference = judgement.open().into_iter().map(difference).collect();
    let looked_at = judgement.outcomes.iter().filter(|outcome| outcome.state != State::NotApplicable);
    let rules_looked_at: Vec<RuleReport> =
        looked_at.filter_map(|outcome| Some(rule_report(scene, scene.rules.rule(&outcome.rule)?, outcome))).collect();
    let closings = plan.steps.iter().map(|step| Closing {
        account: step.account,
        stage: step.stage,
        if_nothing_is_done: step.inaction,
        dates: step.dates.clone(),
        submit: step.submit,
        planned: step.planned,
    });
    let waivers = scene.waivers.waivers.iter().map(|waiver| WaiverReport {
        rule: waiver.rule.clone(),
        item: waiver.item.clone(),
        reason: waiver.reason.clone(),
        by: waiver.by.clone(),
        at: waiver.at,
    });
    Report {
        schema: SCHEMA,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        rules: RuleFile { version: scene.rules.meta.rules_version.clone(), sha256: scene.rules.digest.hex() },
        archive: Archive {
            sha256: measured.archive_digest.map(|digest| digest.hex()),
            snapshot_from: measured.snapshot.map(|snapshot| snapshot.0),
            snapshot_to: measured.snapshot.map(|snapshot| snapshot.1),
            complete: measured.fixity.as_ref().map(|fixity| fixity.missing.is_empty()),
            valid: measured.fixity.as_ref().filter(|fixity| fixity.read_all).map(|fixity| fixity.failed.is_empty()),
        },
        account: Account {
            name: profile.name.clone(),
            original_id: profile.original_id.as_deref().map(mask),
            kinds: scene.kinds(),
            entity: profile.entity,
            followers: profile.followers,
            certified: profile.certified,
            flags: profile.flags.clone(),
        },
        at: judgement.at,
        valid_until: judgement.valid_until,
        verdict: judgement.verdict,
        profile_unknown: judgement.profile_unknown.clone(),
        difference,
        assets: assets(scene, judgement),
        rules_not_applicable: judgement.outcomes.len() - rules_looked_at.len(),
        rules_looked_at,
        waivers: waivers.collect(),
        closings: closings.collect(),
        disclaimer: both("report-disclaimer"),
    }
}

fn difference(outcome: &RuleResult) -> Difference {
    Difference {
        rule: outcome.rule.clone(),
        severity: outcome.severity,
        state: outcome.state,
        items: outcome.open_items().cloned().collect(),
    }
}

fn rule_report(scene: &Facts<'_>, rule: &Rule, outcome: &RuleResult) -> RuleReport {
    let words = |zh: &str, en: &str| BTreeMap::from([("zh-CN", zh.to_owned()), ("en", en.to_owned())]);
    RuleReport {
        rule: rule.id.clone(),
        group: rule.group.clone(),
        phase: rule.phase,
        severity: rule.severity,
        confidence: rule.confidence,
        state: outcome.state,
        title: words(&rule.title_zh, &rule.title_en),
        text: words(&rule.text_zh, &rule.text_en),
        measured: outcome.look.measured.clone(),
        items: outcome.look.items.clone(),
        dates: outcome.look.dates.clone(),
        evidence: outcome.look.used.clone(),
        basis: rule.basis.iter().filter_map(|basis| basis_report(scene, basis)).collect(),
    }
}

fn basis_report(scene: &Facts<'_>, basis: &Basis) -> Option<BasisReport> {
    let source = scene.rules.source(&basis.source)?;
    Some(BasisReport {
        source: source.id.clone(),
        kind: source.kind,
        title: source.title.clone(),
        date: source.date.clone(),
        address: source.address.clone().filter(|address| !address.is_empty()),
        stance: basis.stance,
        quote: basis.quote.clone(),
    })
}

/// The three numbers of every kind that was measured or that a rule asked for.
fn assets(scene: &Facts<'_>, judgement: &Judgement) -> Vec<AssetReport> {
    let mut names: Vec<&str> = scene.measured.assets.keys().map(String::as_str).collect();
    let noted: BTreeMap<&str, &str> = judgement
        .outcomes
        .iter()
        .filter(|outcome| outcome.state != State::NotApplicable)
        .flat_map(|outcome| &outcome.look.measured)
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    names.extend(noted.keys().filter_map(|name| name.strip_suffix(".platform_total")));
    names.sort_unstable();
    names.dedup();
    let of = |name: &str| {
        let asset = scene.measured.assets.get(name).cloned().unwrap_or_default();
        AssetReport {
            asset: name.to_owned(),
            platform_total: noted.get(format!("{name}.platform_total").as_str()).and_then(|text| text.parse().ok()),
            platform_source: noted.get(format!("{name}.platform_source").as_str()).map(|text| (*text).to_owned()),
            listed: asset.listed,
            held: asset.held,
            withdrawn: asset.withdrawn,
            other_totals: asset.totals,
            gaps: asset.gaps,
        }
    };
    names.into_iter().map(of).collect()
}

impl Report {
    /// `readiness.json`, canonical.
    pub fn to_json(&self) -> Result<String> {
        let value = serde_json::to_value(self).map_err(|error| Error::other("report-not-written").because(error))?;
        let text = serde_json::to_string_pretty(&sorted(value));
        text.map(|text| text + "\n").map_err(|error| Error::other("report-not-written").because(error))
    }
}

/// `readiness.sha256`, as `sha256sum -c` reads it; this is the file to sign.
pub fn digest_file(json: &str) -> String {
    format!("{}  readiness.json\n", Sha256::of(json.as_bytes()).hex())
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Array(list) => Value::Array(list.into_iter().map(sorted).collect()),
        Value::Object(map) => {
            let ordered: BTreeMap<String, Value> = map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            Value::Object(Map::from_iter(ordered))
        }
        other => other,
    }
}
