//! Derives a verdict from rules, profile, records and measurements. It is pure and fails closed: whatever is unknown
//! counts against readiness.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use jiff::civil::Date;
use serde::Serialize;

use super::bill_series;
use super::calendar::{self, Dates};
use super::check;
use super::chronology::{self, Credible};
use super::coded::coded;
use super::events::{EventName, Events};
use super::evidence::{self, Evidence};
use super::facts::{Measured, Series};
use super::profile::{AccountKind, Profile, Truth};
use super::rules::{Check, Phase, Rule, Rules, Severity};
use super::trades;
use super::waivers::{Waiver, Waivers};
use crate::model::{Sha256, Time};

coded! {
    /// The state of a rule.
    State, "state-unknown" {
        /// Not met.
        Unmet = "unmet",
        /// Undetermined.
        Unknown = "unknown",
        /// Every open item was waived by name.
        Waived = "waived",
        /// Met.
        Met = "met",
        /// The rule does not apply to this account, or not yet.
        NotApplicable = "not_applicable",
    }
}

coded! {
    /// The verdict. Worse verdicts come first.
    Verdict, "verdict-unknown" {
        /// A blocker is unmet or unknown.
        NotReady = "not_ready",
        /// No blocker is open, but a warning is.
        ReadyWithWarnings = "ready_with_warnings",
        /// Nothing is open.
        Ready = "ready",
    }
}

/// All inputs of the verdict.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Rules.
    pub rules: &'a Rules,
    /// Profile of the account.
    pub profile: &'a Profile,
    /// Facts the owner recorded.
    pub evidence: &'a Evidence,
    /// Events that happened.
    pub events: &'a Events,
    /// Items the owner gave up.
    pub waivers: &'a Waivers,
    /// Measurements of the archive.
    pub measured: &'a Measured,
    /// Current time.
    pub now: Time,
}

/// One item that keeps a rule open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpenItem {
    /// Key by which it can be waived.
    pub key: String,
    /// Unmet or unknown.
    pub state: State,
    /// Reason: a gap's reason code or one of the engine's own.
    pub reason: String,
    /// Whether it is a missing thing (waived only by its key) rather than a condition.
    pub thing: bool,
    /// Whether it can no longer be obtained.
    pub lost: bool,
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Further details.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Waiver, if it was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waiver>,
    /// Key that it had in earlier versions, by which it may have been given up.
    #[serde(skip)]
    pub former_key: Option<String>,
    /// Whether the list of gaps has it.
    #[serde(skip)]
    pub is_gap: bool,
}

impl OpenItem {
    /// Returns the series of which it is a day, a month or a range of days of a merchant's bills, if it is one: no list of
    /// gaps names those.
    pub fn series(&self) -> Option<&str> {
        let (series, label) = self.key.split_once(':')?;
        let is_day = |label: &str| label.parse::<Date>().is_ok();
        (self.thing && (is_day(label) || is_day(&format!("{label}-01")) || self.is_bill_day())).then_some(series)
    }

    /// Returns the number of pieces it stands for: a range of days without a bill has as many as days.
    pub fn pieces(&self) -> usize {
        bill_series::days(&self.key).map_or(1, |(_, (first, last))| calendar::days(first, last).count())
    }

    /// Reports whether it is a day, or a range of days, without a merchant's bill.
    pub fn is_bill_day(&self) -> bool {
        self.thing && bill_series::days(&self.key).is_some()
    }

    /// Reports whether `key` is the key that it has or had.
    pub fn is_named(&self, key: &str) -> bool {
        self.key == key || self.former_key.as_deref() == Some(key)
    }

    /// Creates an unmet condition.
    pub fn unmet(key: impl Into<String>, reason: &str) -> Self {
        Self {
            key: key.into(),
            state: State::Unmet,
            reason: reason.to_owned(),
            thing: false,
            lost: false,
            title: None,
            date: None,
            url: None,
            detail: None,
            waiver: None,
            former_key: None,
            is_gap: false,
        }
    }

    /// Creates an undetermined condition.
    pub fn unknown(key: impl Into<String>, reason: &str) -> Self {
        Self { state: State::Unknown, ..Self::unmet(key, reason) }
    }

    /// Creates a missing thing.
    pub fn missing(key: impl Into<String>, reason: &str) -> Self {
        Self { thing: true, ..Self::unmet(key, reason) }
    }

    /// Adds further details.
    pub fn detail(mut self, detail: impl Display) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// Adds the date.
    pub fn on(mut self, date: impl Display) -> Self {
        self.date = Some(date.to_string());
        self
    }
}

/// A record that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Used {
    /// Key of the record.
    pub key: String,
    /// Recorded value.
    pub value: String,
    /// Time of the record.
    pub at: Time,
    /// Person who vouches for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Digest of the file kept with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
}

/// The result of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckResult {
    /// Open items.
    pub items: Vec<OpenItem>,
    /// Measured values, by name.
    pub measured: BTreeMap<String, String>,
    /// Dates of the windows the check names.
    pub dates: Vec<Dates>,
    /// Records the check relies on.
    pub used: Vec<Used>,
    /// Earliest time at which one of its inputs becomes stale.
    pub expires: Option<Time>,
    /// The rule does not apply to this account after all.
    pub beside_the_point: bool,
}

impl CheckResult {
    /// Adds a measured value.
    pub fn note(&mut self, name: impl Into<String>, value: impl Display) {
        self.measured.insert(name.into(), value.to_string());
    }

    /// Lowers the expiry to `at` if that is earlier.
    pub fn expires(&mut self, at: Option<Time>) {
        self.expires = self.expires.into_iter().chain(at).min();
    }
}

/// The result of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleResult {
    /// Id of the rule.
    pub rule: String,
    /// Effect on the verdict.
    pub severity: Severity,
    /// Group of the rule.
    pub group: String,
    /// State of the rule.
    pub state: State,
    /// Result of the check.
    pub look: CheckResult,
}

impl RuleResult {
    /// Reports whether the rule is unmet or unknown.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Unmet | State::Unknown)
    }

    /// Returns the items that are not waived.
    pub fn open_items(&self) -> impl Iterator<Item = &OpenItem> {
        self.look.items.iter().filter(|item| item.waiver.is_none())
    }
}

/// How much the list of gaps has that was not given up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListedGaps {
    /// Number of things that may still be found.
    pub to_find: usize,
    /// Number of things that can no longer be obtained.
    pub lost: usize,
}

/// The verdict with the results of all rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Verdict.
    pub verdict: Verdict,
    /// Time of the verdict.
    pub at: Time,
    /// Time until which the verdict is valid.
    pub valid_until: Time,
    /// Unknown values of the profile that prevent readiness by themselves: `kinds`, `entity`.
    pub profile_unknown: Vec<&'static str>,
    /// Kinds of accounts of which the archive holds anything.
    pub kinds_seen: BTreeSet<AccountKind>,
    /// Numbers of the list of gaps; zero if it was not read.
    pub gaps: ListedGaps,
    /// Results of all rules in the order of the rule file.
    pub outcomes: Vec<RuleResult>,
}

/// The open rules that certainly concern an account: what every list and every number of open rules is made of.
#[derive(Clone, Debug)]
pub struct SurelyOpen<'j> {
    /// The rules, blockers first, then in the order of the rule file.
    pub rules: Vec<&'j RuleResult>,
    /// Number of open rules that may or may not concern it.
    pub not_yet: usize,
}

impl SurelyOpen<'_> {
    /// Counts the rules of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.rules.iter().filter(|outcome| outcome.severity == severity).count()
    }
}

impl Judgement {
    /// Returns the result of a rule.
    pub fn outcome(&self, rule: &str) -> Option<&RuleResult> {
        self.outcomes.iter().find(|outcome| outcome.rule == rule)
    }

    /// Returns the open rules that certainly concern the account, and how many of the others may concern it: what is
    /// still unknown of the profile decides.
    pub fn surely_open(&self, rules: &Rules, profile: &Profile) -> SurelyOpen<'_> {
        let concerns = |outcome: &&RuleResult| {
            rules.rule(&outcome.rule).is_some_and(|rule| rule.surely_concerns(profile, &self.kinds_seen))
        };
        let (open, others): (Vec<_>, Vec<_>) = self.open().into_iter().partition(concerns);
        SurelyOpen { rules: open, not_yet: others.len() }
    }

    /// Returns the open rules, blockers first, then in the order of the rule file.
    pub fn open(&self) -> Vec<&RuleResult> {
        let mut open: Vec<&RuleResult> =
            self.outcomes.iter().filter(|outcome| outcome.is_open() && outcome.severity != Severity::Info).collect();
        open.sort_by_key(|outcome| outcome.severity);
        open
    }
}

impl Facts<'_> {
    /// Returns today's date in Beijing.
    pub fn today(&self) -> Date {
        self.now.zoned().date()
    }

    /// Returns the kinds to be closed: those the owner named, else those seen in the archive, else all.
    pub fn kinds(&self) -> Vec<AccountKind> {
        if !self.profile.kinds.is_empty() {
            self.profile.kinds.iter().copied().collect()
        } else if self.measured.kinds_seen.is_empty() {
            AccountKind::ALL.to_vec()
        } else {
            self.measured.kinds_seen.iter().copied().collect()
        }
    }

    /// Returns the kinds for which `rule` is checked now; empty if it does not apply.
    pub fn kinds_of(&self, rule: &Rule) -> Vec<AccountKind> {
        if self.profile.entity.is_some_and(|entity| !rule.concerns_entity(entity))
            || rule.needs.iter().any(|flag| self.profile.flag_of(flag, &self.measured.kinds_seen) == Truth::No)
            || matches!(&rule.check, Check::Coverage { series, if_held: true, .. } if !self.measured.series.contains_key(series))
        {
            return Vec::new();
        }
        let stage = |kind| self.events.stage(kind, self.today());
        let in_phase = |kind: &AccountKind| match rule.phase {
            Phase::Before => true,
            Phase::During => stage(*kind).is_running(),
            Phase::After => stage(*kind).is_over(),
        };
        self.kinds().into_iter().filter(|kind| rule.concerns(*kind)).filter(in_phase).collect()
    }

    /// Returns the date of `name` from an event or a record.
    pub fn anchor(&self, name: &str, kind: AccountKind) -> Option<Date> {
        if let Ok(personal @ (EventName::PersonalFirstTrade | EventName::PersonalLastTrade)) = name.parse() {
            // With a merchant account, the shared record is about its trades.
            let merchant =
                self.kinds().contains(&AccountKind::Mch) || self.measured.kinds_seen.contains(&AccountKind::Mch);
            return trades::personal(self.events, self.evidence, personal, !merchant);
        }
        let known = chronology::known(self.events, self.evidence, name, kind);
        match name {
            "bill_date" => self.anchor("last_trade", kind),
            "freeze_end" => known.or_else(|| self.freeze_end(kind)),
            // The freeze begins once the subject is verified: of the two, the owner sees the freeze.
            "subject_verified" => known.max(chronology::known(self.events, self.evidence, "frozen", kind)),
            "first_trade" | "last_trade" => {
                let end = if name == "first_trade" { EventName::FirstTrade } else { EventName::LastTrade };
                trades::with_bills(end, known, self.measured.series.get("wxpay_trade_bill"))
            }
            _ => known,
        }
    }

    /// Returns the measured series `name` with what the owner recorded of it.
    pub fn series(&self, name: &str) -> Series {
        let mut series = self.measured.series.get(name).cloned().unwrap_or_default();
        self.evidence.mark_days_without_bill(name, &mut series);
        series
    }

    /// Returns the earliest end of the freeze of `kind`.
    fn freeze_end(&self, kind: AccountKind) -> Option<Date> {
        let verified = self.anchor("subject_verified", kind)?;
        let freeze = self
            .rules
            .windows
            .iter()
            .find(|window| window.anchor == "subject_verified" && calendar::concerns(window, kind, self.profile))?;
        calendar::dates(freeze, kind, self.profile, Some(verified)).not_before
    }

    /// Returns the dates of `window` for each of `kinds` it applies to.
    pub fn dates(&self, window: &str, kinds: &[AccountKind]) -> Vec<Dates> {
        let Some(window) = self.rules.window(window) else { return Vec::new() };
        kinds
            .iter()
            .filter(|kind| calendar::concerns(window, **kind, self.profile))
            .map(|kind| calendar::dates(window, *kind, self.profile, self.anchor(&window.anchor, *kind)))
            .collect()
    }

    /// Returns the records without the days that cannot be true.
    pub fn credible(&self) -> Credible {
        Credible::new(self.events, self.evidence, &self.kinds(), self.today())
    }

    /// Computes the verdict.
    pub fn judge(&self) -> Judgement {
        let credible = self.credible();
        let mut judgement = credible.facts(self).judge_as_recorded();
        for outcome in &mut judgement.outcomes {
            for item in &mut outcome.look.items {
                credible.explain(item);
            }
        }
        judgement
    }

    fn judge_as_recorded(&self) -> Judgement {
        let mut outcomes: Vec<RuleResult> = self.rules.rules.iter().map(|rule| self.outcome(rule)).collect();
        for index in 0..outcomes.len() {
            let rule = &self.rules.rules[index];
            if let Check::Derived { all_of_group } = &rule.check
                && outcomes[index].state != State::NotApplicable
            {
                let look = derived(rule, all_of_group, &outcomes);
                outcomes[index] = self.finish(rule, look);
            }
        }
        let mut profile_unknown = Vec::new();
        if self.profile.kinds.is_empty() {
            profile_unknown.push("kinds");
        }
        if self.profile.entity.is_none() {
            profile_unknown.push("entity");
        }
        let open =
            |severity| outcomes.iter().any(|outcome: &RuleResult| outcome.severity == severity && outcome.is_open());
        let verdict = if !profile_unknown.is_empty() || self.measured.unfinished || open(Severity::Blocker) {
            Verdict::NotReady
        } else if open(Severity::Warning) {
            Verdict::ReadyWithWarnings
        } else {
            Verdict::Ready
        };
        let latest = evidence::expiry(self.now, self.rules.meta.valid_days.unsigned_abs()).unwrap_or(self.now);
        let expiries = outcomes.iter().filter(|outcome| outcome.state == State::Met || outcome.state == State::Waived);
        let valid_until = expiries.filter_map(|outcome| outcome.look.expires).chain([latest]).min().unwrap_or(latest);
        let kinds_seen = self.measured.kinds_seen.clone();
        let gaps = ListedGaps::default();
        Judgement { verdict, at: self.now, valid_until, profile_unknown, kinds_seen, gaps, outcomes }
    }

    fn outcome(&self, rule: &Rule) -> RuleResult {
        let kinds = self.kinds_of(rule);
        let look = if kinds.is_empty() {
            CheckResult { beside_the_point: true, ..CheckResult::default() }
        } else {
            check::look(self, rule, &kinds)
        };
        self.finish(rule, look)
    }

    /// Applies the waivers and computes the state.
    fn finish(&self, rule: &Rule, mut look: CheckResult) -> RuleResult {
        for item in &mut look.items {
            let of = |key: &str| self.waivers.of(&rule.id, key, item.thing);
            item.waiver = of(&item.key).or_else(|| item.former_key.as_deref().and_then(of)).cloned();
        }
        let open = |state| look.items.iter().any(|item| item.waiver.is_none() && item.state == state);
        let state = if look.beside_the_point {
            State::NotApplicable
        } else if open(State::Unmet) {
            State::Unmet
        } else if open(State::Unknown) {
            State::Unknown
        } else if look.items.is_empty() {
            State::Met
        } else {
            State::Waived
        };
        RuleResult { rule: rule.id.clone(), severity: rule.severity, group: rule.group.clone(), state, look }
    }
}

/// Checks a rule derived from the blockers of a group: it is open as long as one of them is.
fn derived(rule: &Rule, group: &str, outcomes: &[RuleResult]) -> CheckResult {
    let mut look = CheckResult::default();
    let others = outcomes.iter().filter(|outcome| outcome.group == group && outcome.rule != rule.id);
    for outcome in others.filter(|outcome| outcome.severity == Severity::Blocker && outcome.is_open()) {
        let item = match outcome.state {
            State::Unmet => OpenItem::unmet(&outcome.rule, "rule_unmet"),
            _ => OpenItem::unknown(&outcome.rule, "rule_unknown"),
        };
        look.items.push(item);
    }
    look
}
