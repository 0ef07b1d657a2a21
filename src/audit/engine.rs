//! From rules, profile, records and measurements to a verdict. Pure, and closed: whatever cannot be told stands
//! against readiness.

use std::collections::BTreeMap;
use std::fmt::Display;

use jiff::civil::Date;
use serde::Serialize;

use super::calendar::{self, Dates};
use super::check;
use super::coded::coded;
use super::events::{EventName, Events};
use super::evidence::{self, Evidence, Says};
use super::facts::Measured;
use super::profile::{AccountKind, Profile, Truth};
use super::rules::{Check, Phase, Rule, Rules, Severity};
use super::trades;
use super::waivers::{Waiver, Waivers};
use crate::model::{Sha256, Time};

coded! {
    /// How a rule stands.
    State, "state-unknown" {
        /// Not met.
        Unmet = "unmet",
        /// Cannot be told.
        Unknown = "unknown",
        /// Everything open in it was waived by name.
        Waived = "waived",
        /// Met.
        Met = "met",
        /// It does not concern this account, or not yet.
        NotApplicable = "not_applicable",
    }
}

coded! {
    /// The answer. Worse answers come first.
    Verdict, "verdict-unknown" {
        /// A blocker is unmet or unknown.
        NotReady = "not_ready",
        /// No blocker is open, a warning is.
        ReadyWithWarnings = "ready_with_warnings",
        /// Nothing is open.
        Ready = "ready",
    }
}

/// Everything the answer depends on.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The rules.
    pub rules: &'a Rules,
    /// The account.
    pub profile: &'a Profile,
    /// What the owner recorded.
    pub evidence: &'a Evidence,
    /// What happened.
    pub events: &'a Events,
    /// What the owner gave up.
    pub waivers: &'a Waivers,
    /// What was measured.
    pub measured: &'a Measured,
    /// The clock.
    pub now: Time,
}

/// One thing that keeps a rule open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpenItem {
    /// Its name, by which it can be waived.
    pub key: String,
    /// Unmet or unknown.
    pub state: State,
    /// Why; a gap's reason code or one of the engine's own.
    pub reason: String,
    /// Whether it is a thing that is missing (only waived by its name) or a condition.
    pub thing: bool,
    /// Whether it can no longer be had.
    pub lost: bool,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What more is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The waiver, if it was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waiver>,
}

impl OpenItem {
    /// A condition that is not met.
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
        }
    }

    /// A condition that cannot be told.
    pub fn unknown(key: impl Into<String>, reason: &str) -> Self {
        Self { state: State::Unknown, ..Self::unmet(key, reason) }
    }

    /// A thing that is missing.
    pub fn missing(key: impl Into<String>, reason: &str) -> Self {
        Self { thing: true, ..Self::unmet(key, reason) }
    }

    /// Adds what more is known.
    pub fn detail(mut self, detail: impl Display) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// Adds its day.
    pub fn on(mut self, date: impl Display) -> Self {
        self.date = Some(date.to_string());
        self
    }
}

/// A record that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Used {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
    /// Its date.
    pub at: Time,
    /// Who says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Digest of the file kept with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
}

/// What a check saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckResult {
    /// What is open.
    pub items: Vec<OpenItem>,
    /// What was measured, by name.
    pub measured: BTreeMap<String, String>,
    /// Dates of the windows it names.
    pub dates: Vec<Dates>,
    /// Records it rests on.
    pub used: Vec<Used>,
    /// When what it rests on grows stale.
    pub expires: Option<Time>,
    /// It does not concern this account after all.
    pub beside_the_point: bool,
}

impl CheckResult {
    /// Notes a measured value.
    pub fn note(&mut self, name: impl Into<String>, value: impl Display) {
        self.measured.insert(name.into(), value.to_string());
    }

    /// Notes that it rests on something that grows stale.
    pub fn expires(&mut self, at: Option<Time>) {
        self.expires = self.expires.into_iter().chain(at).min();
    }
}

/// How one rule stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleResult {
    /// Which rule.
    pub rule: String,
    /// What it does to the verdict.
    pub severity: Severity,
    /// Its group.
    pub group: String,
    /// How it stands.
    pub state: State,
    /// What was seen.
    pub look: CheckResult,
}

impl RuleResult {
    /// Unmet or unknown.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Unmet | State::Unknown)
    }

    /// The items that are not waived.
    pub fn open_items(&self) -> impl Iterator<Item = &OpenItem> {
        self.look.items.iter().filter(|item| item.waiver.is_none())
    }
}

/// The whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// When it was given.
    pub at: Time,
    /// Until when it stands.
    pub valid_until: Time,
    /// What of the profile is not known and stands against readiness by itself: `kinds`, `entity`.
    pub profile_unknown: Vec<&'static str>,
    /// Every rule in the order of the file.
    pub outcomes: Vec<RuleResult>,
}

impl Judgement {
    /// The outcome of a rule.
    pub fn outcome(&self, rule: &str) -> Option<&RuleResult> {
        self.outcomes.iter().find(|outcome| outcome.rule == rule)
    }

    /// Open rules, blockers first, then in the order of the file.
    pub fn open(&self) -> Vec<&RuleResult> {
        let mut open: Vec<&RuleResult> =
            self.outcomes.iter().filter(|outcome| outcome.is_open() && outcome.severity != Severity::Info).collect();
        open.sort_by_key(|outcome| outcome.severity);
        open
    }
}

impl Facts<'_> {
    /// Today in Beijing.
    pub fn today(&self) -> Date {
        self.now.zoned().date()
    }

    /// The kinds that are to be closed. Where the owner has not said: what the archive holds; where that says nothing
    /// either: all of them.
    pub fn kinds(&self) -> Vec<AccountKind> {
        if !self.profile.kinds.is_empty() {
            self.profile.kinds.iter().copied().collect()
        } else if self.measured.kinds_seen.is_empty() {
            AccountKind::ALL.to_vec()
        } else {
            self.measured.kinds_seen.iter().copied().collect()
        }
    }

    /// The kinds for which `rule` is looked at now; empty where it does not apply.
    pub fn kinds_of(&self, rule: &Rule) -> Vec<AccountKind> {
        if self.profile.entity.is_some_and(|entity| !rule.concerns_entity(entity))
            || rule.needs.iter().any(|flag| self.profile.flag(flag) == Truth::No)
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

    /// The day `name` fell on, by an event or a record; of two the later, which is the cautious one for every window
    /// that counts from it.
    pub fn anchor(&self, name: &str, kind: AccountKind) -> Option<Date> {
        if let Ok(personal @ (EventName::PersonalFirstTrade | EventName::PersonalLastTrade)) = name.parse() {
            return trades::personal(self.events, self.evidence, personal, true);
        }
        let event = name.parse::<EventName>().ok().and_then(|event| self.events.date(event, kind));
        let record = self.evidence.newest(name).and_then(|record| match record.says() {
            Says::Day(day) => Some(day),
            _ => None,
        });
        let known = event.max(record);
        match name {
            "bill_date" => self.anchor("last_trade", kind),
            "freeze_end" => known.or_else(|| self.freeze_end(kind)),
            // A bill of a later day than the owner remembers is the better witness.
            "last_trade" => {
                let billed =
                    self.measured.series.get("wxpay_trade_bill").and_then(|series| series.held.last().copied());
                known.map(|known| billed.map_or(known, |billed| billed.max(known)))
            }
            _ => known,
        }
    }

    /// When the freeze of `kind` is over at the earliest.
    fn freeze_end(&self, kind: AccountKind) -> Option<Date> {
        let verified = self.anchor("subject_verified", kind)?;
        let freeze = self
            .rules
            .windows
            .iter()
            .find(|window| window.anchor == "subject_verified" && calendar::concerns(window, kind, self.profile))?;
        calendar::dates(freeze, kind, self.profile, Some(verified)).not_before
    }

    /// The dates of `window` for each of `kinds` that it concerns.
    pub fn dates(&self, window: &str, kinds: &[AccountKind]) -> Vec<Dates> {
        let Some(window) = self.rules.window(window) else { return Vec::new() };
        kinds
            .iter()
            .filter(|kind| calendar::concerns(window, **kind, self.profile))
            .map(|kind| calendar::dates(window, *kind, self.profile, self.anchor(&window.anchor, *kind)))
            .collect()
    }

    /// The answer.
    pub fn judge(&self) -> Judgement {
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
        let verdict = if !profile_unknown.is_empty() || open(Severity::Blocker) {
            Verdict::NotReady
        } else if open(Severity::Warning) {
            Verdict::ReadyWithWarnings
        } else {
            Verdict::Ready
        };
        let latest = evidence::expiry(self.now, self.rules.meta.valid_days.unsigned_abs()).unwrap_or(self.now);
        let expiries = outcomes.iter().filter(|outcome| outcome.state == State::Met || outcome.state == State::Waived);
        let valid_until = expiries.filter_map(|outcome| outcome.look.expires).chain([latest]).min().unwrap_or(latest);
        Judgement { verdict, at: self.now, valid_until, profile_unknown, outcomes }
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

    /// Applies the waivers and gives the state.
    fn finish(&self, rule: &Rule, mut look: CheckResult) -> RuleResult {
        for item in &mut look.items {
            item.waiver = self.waivers.of(&rule.id, &item.key, item.thing).cloned();
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

/// A rule that follows from the blockers of a group: open as long as one of them is.
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
