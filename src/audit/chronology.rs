//! Tells which days cannot be true: a day to come of something that has happened, a day before the platform existed,
//! two days in the wrong order. Such a day is refused when it is recorded; one that an archive already holds counts as
//! unknown, so that no range between two impossible days is empty and therefore complete.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::{Date, date};

use super::calendar;
use super::engine::{Facts, OpenItem};
use super::events::{EventName, Events};
use super::evidence::{Evidence, Says};
use super::forms::{self, Form};
use super::profile::AccountKind;
use super::rules::{OnExpiry, Rules, Window};
use crate::error::{Error, Result};

/// Facts whose day may lie in the future: it is planned or announced. Every other day is of something that happened.
const PLANNED: &[&str] = &["freeze_end", "notice_date", "notice_published", "trade_end"];

/// What follows the submission of a closing.
const STEPS: &[&str] = &[
    "application_passed",
    "cleared",
    "deregistered",
    "freeze_end",
    "frozen",
    "released",
    "subject_verified",
    "transfer_shown",
];

/// Facts of which the first is never later than any of the others.
const ORDER: &[(&str, &[&str])] = &[
    ("application_passed", &["deregistered"]),
    ("deregistered", &["cleared", "released"]),
    ("first_order", &["last_order"]),
    ("first_trade", &["last_trade"]),
    ("freeze_end", &["deregistered"]),
    ("frozen", &["freeze_end", "deregistered"]),
    ("last_trade", &["application_passed"]),
    ("personal_first_trade", &["personal_last_trade"]),
    ("registered", &["last_login_or_api_call", "submitted"]),
    ("registered", STEPS),
    ("subject_verified", &["freeze_end", "deregistered"]),
    ("submitted", STEPS),
    ("transfer_shown", &["subject_verified", "freeze_end", "deregistered"]),
];

/// What is between the start and the end of a freeze, which the closing ends no earlier than.
const FREEZE: (&[&str], &[&str]) = (&["frozen", "subject_verified", "submitted"], &["freeze_end", "deregistered"]);

/// The kinds of accounts that wait between their submission and their end: in a freeze or, if they are deleted by
/// themselves, while their owner may return. How long is known from second hand only, and what an owner saw counts; but
/// neither ends on the day it began.
static WAITING: LazyLock<BTreeSet<AccountKind>> = LazyLock::new(|| {
    let windows = Rules::embedded().map(|rules| rules.windows).unwrap_or_default();
    let waits = |window: &Window| {
        matches!(
            (window.on_expiry, window.anchor.as_str()),
            (OnExpiry::AskAdmin, "subject_verified") | (OnExpiry::Deleted, "submitted")
        )
    };
    windows.into_iter().filter(waits).flat_map(|window| window.accounts).collect()
});

/// Two facts of one account, of which the first is at least so many days before the second.
#[derive(Clone, Copy, Debug)]
struct Pair {
    before: &'static str,
    after: &'static str,
    days: u32,
}

impl Pair {
    /// Returns the pairs of `kind`. Of two pairs of the same facts, the one with days between them comes last.
    fn of(kind: AccountKind) -> impl Iterator<Item = Self> {
        let every = ORDER.iter().flat_map(|(before, after)| after.iter().map(move |after| (*before, *after)));
        // Other accounts may take payments until they are frozen.
        let merchant = (kind == AccountKind::Mch).then_some(("last_trade", "submitted"));
        let (starts, ends) =
            if kind.deletes_by_itself() { (&["submitted"][..], &["deregistered"][..]) } else { FREEZE };
        let apart = WAITING
            .contains(&kind)
            .then_some(starts)
            .into_iter()
            .flatten()
            .flat_map(move |before| ends.iter().map(move |after| Self { before: *before, after: *after, days: 1 }));
        every.chain(merchant).map(|(before, after)| Self { before, after, days: 0 }).chain(apart)
    }

    /// Reports whether the two days can be those of the facts.
    fn holds(self, before: Date, after: Date) -> bool {
        calendar::shift(before, self.days.into()) <= after
    }
}

/// Day WeChat appeared.
const WECHAT: Date = date(2011, 1, 21);
/// Month official accounts appeared.
const OFFICIAL_ACCOUNTS: Date = date(2012, 8, 1);

/// Returns the range of days that `key` can have for any of `kinds` (none: unknown), as far as it has an end.
pub fn range(key: &str, kinds: &[AccountKind], today: Date) -> (Date, Option<Date>) {
    // Trades and orders may be older than the account that is closed.
    let of_account = !key.ends_with("_trade") && !key.ends_with("_order");
    let official = of_account && !kinds.is_empty() && kinds.iter().all(|kind| kind.is_official_account());
    let first = if official { OFFICIAL_ACCOUNTS } else { WECHAT };
    (first, (!PLANNED.contains(&key)).then_some(today))
}

/// Checks that `day` can be that of `key` on `today` for all of `kinds`, given the days that are `known` of the others.
///
/// # Errors
/// `event-in-future`, `event-too-early`, `event-before-its-cause` or `event-after-its-effect` for a wrong order, and
/// `event-too-soon` for the end of a freeze on the day it began.
pub fn check(
    (key, day): (&str, Date),
    kinds: &[AccountKind],
    today: Date,
    known: impl Fn(&str, AccountKind) -> Option<Date>,
) -> Result<()> {
    let refused = |code| Error::usage(code).with("event", key).with("date", day);
    let (first, last) = range(key, kinds, today);
    if last.is_some_and(|last| day > last) {
        return Err(refused("event-in-future"));
    }
    if day < first {
        return Err(refused("event-too-early").with("since", first));
    }
    for kind in if kinds.is_empty() { AccountKind::ALL } else { kinds } {
        order((key, day), *kind, |other| known(other, *kind))?;
    }
    Ok(())
}

/// Checks that `day` is neither earlier than what must precede `key` of `kind`, nor later than what can only follow it,
/// nor too close to either.
pub(super) fn order((key, day): (&str, Date), kind: AccountKind, known: impl Fn(&str) -> Option<Date>) -> Result<()> {
    for pair in Pair::of(kind) {
        let (code, other) = match key {
            key if key == pair.before => ("event-after-its-effect", pair.after),
            key if key == pair.after => ("event-before-its-cause", pair.before),
            _ => continue,
        };
        let Some(held) = known(other) else { continue };
        let (before, after) = if key == pair.before { (day, held) } else { (held, day) };
        if !pair.holds(before, after) {
            let refused = Error::usage(if before <= after { "event-too-soon" } else { code });
            let refused = refused.with("event", key).with("date", day).with("needs", other).with("other", held);
            return Err(if before <= after { refused.with("account", kind) } else { refused });
        }
    }
    Ok(())
}

/// Returns the day of `key` from the events of `kind` and the records. If both exist, the cautious one counts: the
/// earlier of a beginning, and else the later, from which every window is counted.
pub fn known(events: &Events, evidence: &Evidence, key: &str, kind: AccountKind) -> Option<Date> {
    let kind = if key.starts_with("personal_") { AccountKind::Wechat } else { kind };
    let event = key.parse::<EventName>().ok().and_then(|name| events.date(name, kind));
    let record = evidence.newest(key).and_then(|record| match record.says() {
        Says::Day(day) => Some(day),
        _ => None,
    });
    let days = event.into_iter().chain(record);
    if is_beginning(key) { days.min() } else { days.max() }
}

/// Reports whether `key` is the first day of a range.
pub fn is_beginning(key: &str) -> bool {
    ORDER.iter().any(|(before, _)| *before == key) && key.contains("first_")
}

/// The records without the days that cannot be true.
#[derive(Debug)]
pub struct Credible {
    /// Events.
    pub events: Events,
    /// Evidence.
    pub evidence: Evidence,
    /// Reason for each fact that was left out.
    doubts: BTreeMap<String, &'static str>,
}

/// Reasons why a recorded day counts as unknown.
const REASONS: [&str; 3] = ["day_in_future", "day_too_early", "days_contradict"];

/// Reports whether `reason` says that a recorded day counts as unknown.
pub fn is_doubt(reason: &str) -> bool {
    REASONS.contains(&reason)
}

impl Credible {
    /// Leaves out what cannot be true on `today` of accounts of `kinds`.
    pub fn new(events: &Events, evidence: &Evidence, kinds: &[AccountKind], today: Date) -> Self {
        let mut credible = Self { events: events.clone(), evidence: evidence.clone(), doubts: BTreeMap::new() };
        credible.leave_out_impossible(kinds, today);
        credible.leave_out_contradictions(kinds);
        credible
    }

    fn leave_out_impossible(&mut self, kinds: &[AccountKind], today: Date) {
        let doubt = |key: &str, day: Date, kinds: &[AccountKind]| {
            let (first, last) = range(key, kinds, today);
            match last {
                Some(last) if day > last => Some(REASONS[0]),
                _ => (day < first).then_some(REASONS[1]),
            }
        };
        // Of several records of one fact only the last counts; an older one does not take its place.
        let counts: BTreeMap<_, _> =
            self.events.events.iter().map(|event| ((event.name, event.account), event.date)).collect();
        for ((name, account), day) in counts {
            let concerned = account.map_or(kinds, |_| account.as_slice());
            if let Some(reason) = doubt(name.code(), day, concerned) {
                self.events.withdraw(name, account);
                self.doubts.insert(name.code().to_owned(), reason);
            }
        }
        for key in forms::keys().filter(|key| forms::form(key) == Some(Form::Day)) {
            if let Some(Says::Day(day)) = self.evidence.newest(key).map(super::evidence::Record::says)
                && let Some(reason) = doubt(key, day, kinds)
            {
                self.evidence.evidence.retain(|record| record.key != key);
                self.doubts.insert(key.to_owned(), reason);
            }
        }
    }

    fn leave_out_contradictions(&mut self, kinds: &[AccountKind]) {
        let mut wrong = Vec::new();
        for kind in if kinds.is_empty() { AccountKind::ALL } else { kinds } {
            let day = |key: &str| known(&self.events, &self.evidence, key, *kind);
            for pair in Pair::of(*kind) {
                if let (Some(first), Some(last)) = (day(pair.before), day(pair.after))
                    && !pair.holds(first, last)
                {
                    wrong.extend([(pair.before, *kind), (pair.after, *kind)]);
                }
            }
        }
        for (key, kind) in wrong {
            let kind = if key.starts_with("personal_") { AccountKind::Wechat } else { kind };
            self.events
                .events
                .retain(|event| event.name.code() != key || event.account.is_some_and(|account| account != kind));
            self.evidence.evidence.retain(|record| record.key != key);
            self.doubts.insert(key.to_owned(), REASONS[2]);
        }
    }

    /// Returns `scene` with these records.
    pub fn facts<'a>(&'a self, scene: &Facts<'a>) -> Facts<'a> {
        Facts { events: &self.events, evidence: &self.evidence, ..*scene }
    }

    /// Gives an item that is open for want of a day the reason why the recorded one does not count.
    pub fn explain(&self, item: &mut OpenItem) {
        let key = match item.reason.as_str() {
            "anchor_unknown" => {
                item.detail.as_deref().map(|anchor| if anchor == "bill_date" { "last_trade" } else { anchor })
            }
            "not_recorded" => Some(item.key.as_str()),
            _ => None,
        };
        if let Some(reason) = key.and_then(|key| self.doubts.get(key)) {
            item.reason = (*reason).to_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::events::Event;
    use crate::audit::evidence::Record;
    use crate::model::Time;

    const TODAY: Date = date(2026, 11, 29);

    fn code(key: &str, day: Date, kinds: &[AccountKind], held: &[(&str, Date)]) -> String {
        let known = |key: &str, _| held.iter().find(|(held, _)| *held == key).map(|(_, day)| *day);
        check((key, day), kinds, TODAY, known).map_or_else(|error| error.code().to_owned(), |()| "ok".to_owned())
    }

    #[test]
    fn every_day_that_can_be_recorded_keeps_to_the_calendar() {
        for key in forms::keys().filter(|key| forms::form(key) == Some(Form::Day)) {
            let ahead = if PLANNED.contains(&key) { "ok" } else { "event-in-future" };
            assert_eq!(code(key, date(2026, 11, 30), &[], &[]), ahead, "{key}");
            assert_eq!(code(key, TODAY, &[], &[]), "ok", "{key}");
            assert_eq!(code(key, date(1970, 1, 1), &[], &[]), "event-too-early", "{key}");
        }
        let oa = [AccountKind::OaService];
        assert_eq!(code("registered", date(2012, 7, 31), &oa, &[]), "event-too-early");
        assert_eq!(code("registered", date(2012, 7, 31), &[AccountKind::Wechat], &[]), "ok");
        assert_eq!(code("first_trade", date(2012, 7, 31), &oa, &[]), "ok");
        for key in PLANNED.iter().chain(ORDER.iter().flat_map(|(before, after)| after.iter().chain([before]))) {
            assert_eq!(forms::form(key), Some(Form::Day), "{key}");
        }
    }

    #[test]
    fn each_pair_keeps_its_order_whichever_is_recorded_first() {
        let (early, late) = (date(2026, 3, 20), date(2026, 11, 1));
        for (before, after) in ORDER.iter().flat_map(|(before, after)| after.iter().map(move |after| (*before, *after)))
        {
            assert_eq!(code(before, late, &[], &[(after, early)]), "event-after-its-effect", "{before} {after}");
            assert_eq!(code(after, early, &[], &[(before, late)]), "event-before-its-cause", "{before} {after}");
            let none = [AccountKind::MpStore];
            assert_eq!(code(before, early, &none, &[(after, early)]), "ok", "{before} {after}");
            assert_eq!(code(after, late, &[], &[(before, early)]), "ok", "{before} {after}");
        }
    }

    #[test]
    fn neither_a_freeze_nor_a_time_to_return_ends_on_the_day_it_began() {
        use AccountKind::{Channels, Mch, Mp, MpGame, OaService, OaSubscription, Wechat};
        let start = date(2026, 3, 1);
        let on = |days| calendar::shift(start, days);
        for kind in [OaSubscription, OaService, Mp, MpGame] {
            for (before, after) in
                FREEZE.0.iter().flat_map(|before| FREEZE.1.iter().map(move |after| (*before, *after)))
            {
                assert_eq!(
                    code(after, on(0), &[kind], &[(before, start)]),
                    "event-too-soon",
                    "{kind} {before} {after}"
                );
                assert_eq!(code(before, start, &[kind], &[(after, on(0))]), "event-too-soon", "{kind}");
                assert_eq!(code(after, on(1), &[kind], &[(before, start)]), "ok", "{kind} {before} {after}");
            }
        }
        for kind in [Channels, Wechat] {
            let end = |days| code("deregistered", on(days), &[kind], &[("submitted", start)]);
            assert_eq!((end(0).as_str(), end(1).as_str()), ("event-too-soon", "ok"), "{kind}");
        }
        // The administrator may confirm, and the platform clear, on one day.
        let held = [("frozen", start), ("freeze_end", on(7)), ("deregistered", on(7))];
        assert_eq!(code("cleared", on(7), &[OaService], &held), "ok");
        assert_eq!(code("deregistered", on(0), &[Mch], &[("submitted", start)]), "ok", "nobody knows how long");
    }

    #[test]
    fn a_merchant_number_is_given_up_after_its_last_trade() {
        let (submitted, trade) = (("submitted", date(2026, 3, 1)), ("last_trade", date(2026, 3, 2)));
        assert_eq!(code(submitted.0, submitted.1, &[AccountKind::Mch], &[trade]), "event-before-its-cause");
        assert_eq!(code(trade.0, trade.1, &[AccountKind::Mch], &[submitted]), "event-after-its-effect");
        assert_eq!(code(submitted.0, submitted.1, &[AccountKind::OaService], &[trade]), "ok");
    }

    fn record(key: &str, value: &str) -> Record {
        let at = Time::from_wall("2026-11-28").unwrap();
        Record { key: key.to_owned(), value: value.to_owned(), at, by: None, file: None, sha256: None, note: None }
    }

    #[test]
    fn impossible_records_of_an_older_archive_count_as_unknown() {
        let at = Time::from_wall("2026-11-28").unwrap();
        let event = |name, day| Event { name, date: day, account: None, at, note: None };
        let events = Events {
            events: vec![
                event(EventName::Submitted, date(2026, 11, 28)),
                event(EventName::Deregistered, date(2019, 1, 1)),
                event(EventName::TradeEnd, date(2027, 1, 1)),
                event(EventName::LastLoginOrApiCall, date(2026, 1, 1)),
                event(EventName::LastLoginOrApiCall, date(2099, 1, 1)),
            ],
        };
        let evidence = Evidence {
            evidence: vec![
                record("first_trade", "2026-11-01"),
                record("last_trade", "2026-03-20"),
                record("personal_first_trade", "1970-01-01"),
                record("personal_last_trade", "2026-01-01"),
            ],
        };
        let credible = Credible::new(&events, &evidence, &[AccountKind::OaSubscription, AccountKind::Mch], TODAY);
        let left: Vec<&str> = credible.events.events.iter().map(|event| event.name.code()).collect();
        assert_eq!(left, ["trade_end"]);
        let left: Vec<&str> = credible.evidence.evidence.iter().map(|record| record.key.as_str()).collect();
        assert_eq!(left, ["personal_last_trade"]);
        assert_eq!(credible.doubts["first_trade"], "days_contradict");
        assert_eq!(credible.doubts["deregistered"], "days_contradict");
        assert_eq!(credible.doubts["last_login_or_api_call"], "day_in_future");
        assert_eq!(credible.doubts["personal_first_trade"], "day_too_early");
    }
}
