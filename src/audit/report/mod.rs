//! Builds the report: `readiness.json` (canonical: keys sorted, two spaces, one final newline, so that its digest is
//! reproducible) and `readiness.html`. It never states that anything is safe, and never claims more certainty than its
//! sources.

mod canonical;
mod html;
mod picture;
mod wording;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

pub use self::html::render;
use super::calendar::Dates;
use super::engine::{Facts, Judgement, OpenItem, RuleResult, State, Used, Verdict};
use super::events::Stage;
use super::plan::Plan;
use super::profile::{AccountKind, Entity};
use super::rules::{Basis, Confidence, Phase, Rule, Severity, SourceKind, Stance};
use crate::model::{Gap, Sha256, Time};
use crate::text::{Language, Texts};

/// Name of the schema.
pub const SCHEMA: &str = "liudi/readiness/v1";
/// Text of the schema.
pub const SCHEMA_TEXT: &str = include_str!("../../../docs/schema/readiness.schema.json");

/// The report as data. Missing items are borrowed from the judgement and its facts, which hold each of them once: an
/// archive may miss a hundred thousand. Fields are in the order of their names, which is that of the canonical form.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report<'a> {
    /// Account.
    #[serde(serialize_with = "canonical::sorted")]
    pub account: Account,
    /// Archive.
    #[serde(serialize_with = "canonical::sorted")]
    pub archive: Archive,
    /// The three numbers of each asset.
    pub assets: Vec<AssetReport<'a>>,
    /// Time of the verdict.
    pub at: Time,
    /// State of each closing and the effect of inaction.
    #[serde(serialize_with = "canonical::each")]
    pub closings: Vec<Closing>,
    /// Open rules that separate this from READY, blockers first.
    pub difference: Vec<Difference<'a>>,
    /// Disclaimer by language.
    pub disclaimer: BTreeMap<&'static str, String>,
    /// Unknown values of the profile that prevent readiness by themselves.
    pub profile_unknown: Vec<&'static str>,
    /// Whether the last run into the archive was not finished, so that the rest is of before it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unfinished: bool,
    /// Rule file.
    #[serde(serialize_with = "canonical::sorted")]
    pub rules: RuleFile,
    /// Every rule that applies to the account.
    pub rules_looked_at: Vec<RuleReport<'a>>,
    /// Number of rules that do not apply.
    pub rules_not_applicable: usize,
    /// Name of the schema: [`SCHEMA`].
    pub schema: &'static str,
    /// Program and version.
    #[serde(serialize_with = "canonical::sorted")]
    pub tool: Tool,
    /// Time until which the verdict is valid.
    pub valid_until: Time,
    /// Verdict.
    pub verdict: Verdict,
    /// Permanent list of what was given up.
    #[serde(serialize_with = "canonical::each")]
    pub waivers: Vec<WaiverReport>,
}

/// The program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tool {
    /// Name.
    pub name: &'static str,
    /// Version.
    pub version: &'static str,
}

/// The rule file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleFile {
    /// Date.
    pub version: String,
    /// Digest.
    pub sha256: String,
}

/// The archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Archive {
    /// Digest of `SHA256SUMS`, the anchor of the whole archive.
    pub sha256: Option<String>,
    /// Time of the oldest evidence.
    pub snapshot_from: Option<Time>,
    /// Time of the newest evidence.
    pub snapshot_to: Option<Time>,
    /// BagIt completeness: every listed file is present.
    pub complete: Option<bool>,
    /// BagIt validity: every file matches its checksum.
    pub valid: Option<bool>,
}

/// The account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Name.
    pub name: Option<String>,
    /// Original id, masked.
    pub original_id: Option<String>,
    /// Kinds to be closed.
    pub kinds: Vec<AccountKind>,
    /// Kind of subject that owns it.
    pub entity: Option<Entity>,
    /// Number of followers.
    pub followers: Option<u64>,
    /// Whether it is verified.
    pub certified: Option<bool>,
    /// Flags the owner set; the others count as yes.
    pub flags: BTreeMap<String, bool>,
}

/// One open rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference<'a> {
    /// Whether the rule certainly concerns the account; if not, what the profile does not say yet decides.
    pub certain: bool,
    /// Open items.
    #[serde(serialize_with = "canonical::each")]
    pub items: Vec<&'a OpenItem>,
    /// Id of the rule.
    pub rule: String,
    /// Effect on the verdict.
    pub severity: Severity,
    /// Unmet or unknown.
    pub state: State,
}

/// The three numbers of one asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssetReport<'a> {
    /// Name of the asset.
    pub asset: String,
    /// Missing items, by name.
    #[serde(serialize_with = "canonical::each")]
    pub gaps: &'a [Gap],
    /// Number of items held completely.
    pub held: Option<u64>,
    /// Number of items listed individually.
    pub listed: Option<u64>,
    /// Totals of other scopes, which prove nothing.
    #[serde(serialize_with = "canonical::each")]
    pub other_totals: &'a [super::facts::Total],
    /// Source of that total.
    pub platform_source: Option<String>,
    /// Total reported by the platform.
    pub platform_total: Option<u64>,
    /// Number of listed items that the platform no longer counts.
    pub withdrawn: u64,
}

/// One rule with the facts it relies on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuleReport<'a> {
    /// Sources it is based on.
    #[serde(serialize_with = "canonical::each")]
    pub basis: Vec<BasisReport>,
    /// Confidence in its sources.
    pub confidence: Confidence,
    /// Dates of its windows.
    #[serde(serialize_with = "canonical::each")]
    pub dates: Vec<Dates>,
    /// Records it relies on.
    #[serde(serialize_with = "canonical::each")]
    pub evidence: Vec<Used>,
    /// Group.
    pub group: String,
    /// Open or waived items.
    #[serde(serialize_with = "canonical::each")]
    pub items: &'a [OpenItem],
    /// Measured values.
    pub measured: BTreeMap<String, String>,
    /// Phase in which it is checked.
    pub phase: Phase,
    /// Id.
    pub rule: String,
    /// Effect on the verdict.
    pub severity: Severity,
    /// State.
    pub state: State,
    /// Text by language.
    pub text: BTreeMap<&'static str, String>,
    /// Title by language.
    pub title: BTreeMap<&'static str, String>,
}

/// One source of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BasisReport {
    /// Id of the source.
    pub source: String,
    /// Kind of the source.
    pub kind: SourceKind,
    /// Title.
    pub title: String,
    /// Date.
    pub date: Option<String>,
    /// Address of the source.
    pub address: Option<String>,
    /// Stance of the source towards the rule.
    pub stance: Stance,
    /// Quote from the source.
    pub quote: Option<String>,
}

/// One waived item or condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaiverReport {
    /// Id of the rule.
    pub rule: String,
    /// Key of the item; `None`: a condition of the rule.
    pub item: Option<String>,
    /// Reason.
    pub reason: String,
    /// Name of the person who waived it.
    pub by: String,
    /// Time of the waiver.
    pub at: Time,
}

/// The state of one closing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Closing {
    /// Account.
    pub account: AccountKind,
    /// Stage of the closing.
    pub stage: Stage,
    /// Effect of inaction after submitting.
    pub if_nothing_is_done: &'static str,
    /// Dates of its windows.
    pub dates: Vec<Dates>,
    /// Actual or earliest possible day of submission.
    pub submit: jiff::civil::Date,
    /// Whether that day is only planned.
    pub planned: bool,
}

/// Masks the middle of an id: `gh_1a2b3c4d5e6f` → `gh_1a…6f`.
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
    Language::ALL.into_iter().map(|language| (language.tag(), Texts::of(language).get(id, &[]))).collect()
}

/// Builds the report of a judgement and the plan that belongs to it.
pub fn make<'a>(scene: &Facts<'a>, judgement: &'a Judgement, plan: &Plan) -> Report<'a> {
    let measured = scene.measured;
    let profile = scene.profile;
    let certain = judgement.surely_open(scene.rules, profile).rules;
    let is_certain = |outcome: &RuleResult| certain.iter().any(|other| other.rule == outcome.rule);
    let difference = judgement.open().into_iter().map(|outcome| difference(outcome, is_certain(outcome))).collect();
    let looked_at = judgement.outcomes.iter().filter(|outcome| outcome.state != State::NotApplicable);
    let rules_looked_at: Vec<RuleReport<'_>> =
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
        unfinished: scene.measured.unfinished,
        difference,
        assets: assets(scene, judgement),
        rules_not_applicable: judgement.outcomes.len() - rules_looked_at.len(),
        rules_looked_at,
        waivers: waivers.collect(),
        closings: closings.collect(),
        disclaimer: both("report-disclaimer"),
    }
}

fn difference(outcome: &RuleResult, certain: bool) -> Difference<'_> {
    Difference {
        certain,
        rule: outcome.rule.clone(),
        severity: outcome.severity,
        state: outcome.state,
        items: outcome.open_items().collect(),
    }
}

fn rule_report<'a>(scene: &Facts<'_>, rule: &Rule, outcome: &'a RuleResult) -> RuleReport<'a> {
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
        items: &outcome.look.items,
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

/// Returns the three numbers of every asset that was measured or that a rule asked for.
fn assets<'a>(scene: &Facts<'a>, judgement: &Judgement) -> Vec<AssetReport<'a>> {
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
        let asset = scene.measured.assets.get(name);
        AssetReport {
            asset: name.to_owned(),
            platform_total: noted.get(format!("{name}.platform_total").as_str()).and_then(|text| text.parse().ok()),
            platform_source: noted.get(format!("{name}.platform_source").as_str()).map(|text| (*text).to_owned()),
            listed: asset.and_then(|asset| asset.listed),
            held: asset.and_then(|asset| asset.held),
            withdrawn: asset.map_or(0, |asset| asset.withdrawn),
            other_totals: asset.map_or(&[], |asset| &asset.totals),
            gaps: asset.map_or(&[], |asset| &asset.gaps),
        }
    };
    names.into_iter().map(of).collect()
}

impl Report<'_> {
    /// Returns the report without the open and missing items.
    fn without_items(&self) -> Self {
        let mut report = Self { assets: Vec::new(), difference: Vec::new(), ..self.clone() };
        report.rules_looked_at.iter_mut().for_each(|rule| rule.items = &[]);
        report
    }

    /// Writes `readiness.json` in canonical form.
    pub fn write_json(&self, out: impl Write) -> io::Result<()> {
        canonical::write(self, out)
    }
}

/// Returns `readiness.sha256` in the format of `sha256sum -c`; this is the file to sign.
pub fn digest_file(json: Sha256) -> String {
    format!("{}  readiness.json\n", json.hex())
}
