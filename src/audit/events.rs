//! Stores dated events and derives the stage of a closing from them. Only the owner moves a closing forward; the
//! program never submits anything.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::chronology;
use super::coded::coded;
use super::profile::AccountKind;
use super::words;
use crate::error::{Error, Result};
use crate::model::Time;

coded! {
    /// An event that windows count from or that moves a closing forward.
    EventName, "event-unknown" {
        /// The application to close a merchant account was approved.
        ApplicationPassed = "application_passed",
        /// The closing was cancelled or lapsed.
        Cancelled = "cancelled",
        /// The platform cleared its data.
        Cleared = "cleared",
        /// The account was closed.
        Deregistered = "deregistered",
        /// First trade of a merchant account.
        FirstTrade = "first_trade",
        /// The freeze ended: the administrator is asked to confirm.
        FreezeEnd = "freeze_end",
        /// The account was frozen.
        Frozen = "frozen",
        /// Last login or API call.
        LastLoginOrApiCall = "last_login_or_api_call",
        /// Last trade of a merchant account.
        LastTrade = "last_trade",
        /// A migration passed its review.
        MigrationReviewPassed = "migration_review_passed",
        /// The notice to followers or customers was published.
        NoticePublished = "notice_published",
        /// First trade of a personal WeChat account.
        PersonalFirstTrade = "personal_first_trade",
        /// Last trade of a personal WeChat account.
        PersonalLastTrade = "personal_last_trade",
        /// The account was registered.
        Registered = "registered",
        /// Name and identity papers became available again.
        Released = "released",
        /// The subject was verified.
        SubjectVerified = "subject_verified",
        /// The closing was submitted.
        Submitted = "submitted",
        /// Last day on which trading was possible.
        TradeEnd = "trade_end",
        /// The small verification transfer was requested.
        TransferShown = "transfer_shown",
    }
}

impl EventName {
    /// Parses an event from its code or name in either language: 提交注销, 注销完成.
    pub fn from_word(text: &str) -> Result<Self> {
        const NAMES: &[(&str, &str)] = &[
            ("提交", "submitted"),
            ("提交申请", "submitted"),
            ("核验通过", "subject_verified"),
            ("冻结", "frozen"),
            ("注销", "deregistered"),
            ("已注销", "deregistered"),
            ("取消", "cancelled"),
            ("最后一笔收款", "last_trade"),
            ("第一笔收款", "first_trade"),
            ("个人第一笔交易", "personal_first_trade"),
            ("个人最后一笔交易", "personal_last_trade"),
            ("最近一次登录", "last_login_or_api_call"),
        ];
        words::code("event", Self::ALL.iter().map(|name| name.code()), NAMES, text).unwrap_or(text).parse()
    }

    /// Returns the event that must be recorded before it, if any.
    const fn needs(self) -> Option<Self> {
        match self {
            Self::ApplicationPassed
            | Self::Cancelled
            | Self::Frozen
            | Self::FreezeEnd
            | Self::SubjectVerified
            | Self::TransferShown => Some(Self::Submitted),
            Self::Cleared | Self::Released => Some(Self::Deregistered),
            _ => None,
        }
    }

    /// Reports whether it can be one of the account of `kind`, which is closed together with `others`.
    pub fn can_be_of(self, kind: AccountKind, others: &[AccountKind]) -> bool {
        use AccountKind::{Mch, Mp, MpGame, MpStore, Wechat};
        match self {
            Self::ApplicationPassed => kind == Mch,
            // Without a merchant number among them, the trades are of the account that takes payments.
            Self::FirstTrade | Self::LastTrade => kind == Mch || !others.contains(&Mch),
            Self::TradeEnd => matches!(kind, Mch | Wechat) || !others.contains(&Mch),
            Self::PersonalFirstTrade | Self::PersonalLastTrade => kind == Wechat,
            Self::SubjectVerified | Self::TransferShown | Self::Frozen | Self::FreezeEnd => {
                kind.is_official_account() || matches!(kind, Mp | MpGame)
            }
            Self::MigrationReviewPassed => kind.is_official_account(),
            // A merchant number has nobody to tell, and a shop of an official account is closed with it.
            Self::NoticePublished => !matches!(kind, Mch | MpStore),
            Self::Cancelled
            | Self::Cleared
            | Self::Deregistered
            | Self::LastLoginOrApiCall
            | Self::Registered
            | Self::Released
            | Self::Submitted => true,
        }
    }
}

coded! {
    /// The stage of a closing.
    Stage, "stage-unknown" {
        /// Nothing was submitted.
        Collecting = "collecting",
        /// The notice was published.
        Notice = "notice",
        /// Submitted.
        Submitted = "submitted",
        /// The subject is being verified.
        Verifying = "verifying",
        /// Frozen.
        Frozen = "frozen",
        /// Waiting for the administrator's confirmation.
        AwaitingConfirm = "awaiting_confirm",
        /// 视频号 and 微信: the cooling-off period is running; at its end the account is deleted.
        Cooling = "cooling",
        /// Closed.
        Deregistered = "deregistered",
        /// Cleared.
        Cleared = "cleared",
        /// Name and identity papers are available again.
        Released = "released",
        /// Cancelled.
        Cancelled = "cancelled",
    }
}

impl Stage {
    /// Reports whether the closing is submitted and not yet finished.
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Submitted | Self::Verifying | Self::Frozen | Self::AwaitingConfirm | Self::Cooling)
    }

    /// Reports whether the account is closed.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Deregistered | Self::Cleared | Self::Released)
    }
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Name of the event.
    pub name: EventName,
    /// Date in Beijing.
    pub date: Date,
    /// Account it belongs to; `None` means all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountKind>,
    /// Time of recording.
    pub at: Time,
    /// Note by the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The events of an archive in the order of recording; of several with one name the last recorded counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Events {
    /// List of events.
    #[serde(default)]
    pub events: Vec<Event>,
}

impl Events {
    /// Parses the file.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| Error::input("events-file-invalid").because(error))
    }

    /// Serializes the file.
    pub fn to_json(&self) -> String {
        super::evidence::pretty(self)
    }

    /// Returns the date of `name` for `kind` that was recorded last, so that a mistyped date is corrected by recording
    /// it again. The steps of a closing no longer count once a cancellation on the same or a later date is recorded.
    pub fn date(&self, name: EventName, kind: AccountKind) -> Option<Date> {
        let cancelled = self.last(EventName::Cancelled, kind);
        let date = self.last(name, kind)?;
        let of_an_attempt = matches!(
            name,
            EventName::Submitted
                | EventName::SubjectVerified
                | EventName::Frozen
                | EventName::FreezeEnd
                | EventName::TransferShown
                | EventName::ApplicationPassed
        );
        (!of_an_attempt || cancelled.is_none_or(|cancelled| date > cancelled)).then_some(date)
    }

    fn last(&self, name: EventName, kind: AccountKind) -> Option<Date> {
        self.events
            .iter()
            .rfind(|event| event.name == name && event.account.is_none_or(|account| account == kind))
            .map(|event| event.date)
    }

    /// Returns the events that count: of several records of one event of an account, the last.
    pub fn current(&self) -> impl Iterator<Item = &Event> {
        let same = |one: &Event, other: &Event| one.name == other.name && one.account == other.account;
        self.events
            .iter()
            .enumerate()
            .filter(move |(index, event)| !self.events[index + 1..].iter().any(|later| same(event, later)))
            .map(|(_, event)| event)
    }

    /// Checks that nothing recorded of `kinds` stands only because of this event of `account` (or of all of them).
    ///
    /// # Errors
    /// `event-still-needed`.
    pub fn check_withdrawal(&self, name: EventName, account: Option<AccountKind>, kinds: &[AccountKind]) -> Result<()> {
        let mut left = self.clone();
        left.withdraw(name, account);
        for kind in account.map_or_else(|| kinds.to_vec(), |kind| vec![kind]) {
            let stands = |later: &EventName| later.needs() == Some(name) && left.last(*later, kind).is_some();
            if left.last(name, kind).is_none()
                && let Some(later) = EventName::ALL.iter().copied().find(stands)
            {
                return Err(Error::usage("event-still-needed")
                    .with("event", name)
                    .with("later", later)
                    .with("account", kind));
            }
        }
        Ok(())
    }

    /// Removes all records of an event of an account (or of all accounts), and returns their number.
    pub fn withdraw(&mut self, name: EventName, account: Option<AccountKind>) -> usize {
        let before = self.events.len();
        self.events.retain(|event| event.name != name || event.account != account);
        before - self.events.len()
    }

    /// Returns the date currently recorded for the same event and account.
    pub fn replaced_by(&self, event: &Event) -> Option<Date> {
        let same = |known: &&Event| known.name == event.name && known.account == event.account;
        self.events.iter().rfind(same).map(|known| known.date)
    }

    /// Returns the stage of the closing of `kind` on `today`; events in the future are only planned.
    pub fn stage(&self, kind: AccountKind, today: Date) -> Stage {
        let reached = |name| self.date(name, kind).is_some_and(|date| date <= today);
        if reached(EventName::Released) {
            Stage::Released
        } else if reached(EventName::Cleared) {
            Stage::Cleared
        } else if reached(EventName::Deregistered) {
            Stage::Deregistered
        } else if reached(EventName::Submitted) && kind.deletes_by_itself() {
            Stage::Cooling
        } else if reached(EventName::FreezeEnd) || reached(EventName::ApplicationPassed) {
            Stage::AwaitingConfirm
        } else if reached(EventName::Frozen) || reached(EventName::SubjectVerified) {
            Stage::Frozen
        } else if reached(EventName::TransferShown) {
            Stage::Verifying
        } else if reached(EventName::Submitted) {
            Stage::Submitted
        } else if reached(EventName::Cancelled) {
            Stage::Cancelled
        } else if reached(EventName::NoticePublished) {
            Stage::Notice
        } else {
            Stage::Collecting
        }
    }

    /// Adds an event after checking that it can follow the recorded ones.
    pub fn add(&mut self, event: Event, kinds: &[AccountKind]) -> Result<()> {
        let concerned: Vec<AccountKind> = match event.account {
            Some(kind) => vec![kind],
            None => kinds.to_vec(),
        };
        for kind in concerned {
            let before = |name: EventName| self.date(name, kind);
            if let Some(need) = event.name.needs().filter(|need| before(*need).is_none()) {
                return Err(Error::usage("event-out-of-order")
                    .with("event", event.name)
                    .with("needs", need)
                    .with("account", kind));
            }
            // A cancellation follows its attempt, but another attempt may follow the cancellation.
            if event.name == EventName::Cancelled
                && let Some(submitted) = before(EventName::Submitted).filter(|date| *date > event.date)
            {
                return Err(Error::usage("event-before-its-cause")
                    .with("event", event.name)
                    .with("date", event.date)
                    .with("needs", EventName::Submitted)
                    .with("other", submitted));
            }
            chronology::order((event.name.code(), event.date), kind, |key| before(key.parse().ok()?))?;
            if event.name == EventName::Cancelled && before(EventName::Deregistered).is_some() {
                return Err(Error::usage("event-after-the-end").with("event", event.name).with("account", kind));
            }
        }
        self.events.push(event);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn event(name: EventName, on: Date) -> Event {
        Event { name, date: on, account: None, at: Time::from_wall("2026-11-22").unwrap(), note: None }
    }

    #[test]
    fn a_closing_moves_only_by_events_and_a_cancelled_one_starts_anew() {
        const OA: AccountKind = AccountKind::OaSubscription;
        let mut events = Events::default();
        assert_eq!(
            events.add(event(EventName::FreezeEnd, date(2026, 12, 1)), &[OA]).unwrap_err().code(),
            "event-out-of-order"
        );
        events.add(event(EventName::Submitted, date(2026, 12, 1)), &[OA]).unwrap();
        assert_eq!(events.stage(OA, date(2026, 11, 30)), Stage::Collecting, "planned, not yet done");
        assert_eq!(events.stage(OA, date(2026, 12, 1)), Stage::Submitted);
        assert_eq!(events.stage(AccountKind::Channels, date(2026, 12, 1)), Stage::Cooling);
        assert_eq!(
            events.add(event(EventName::SubjectVerified, date(2026, 11, 1)), &[OA]).unwrap_err().code(),
            "event-before-its-cause"
        );
        events.add(event(EventName::SubjectVerified, date(2026, 12, 2)), &[OA]).unwrap();
        assert_eq!(events.stage(OA, date(2026, 12, 2)), Stage::Frozen);
        events.add(event(EventName::Cancelled, date(2026, 12, 20)), &[OA]).unwrap();
        assert_eq!(events.stage(OA, date(2026, 12, 20)), Stage::Cancelled);
        assert_eq!(events.date(EventName::SubjectVerified, OA), None);
        events.add(event(EventName::Submitted, date(2027, 1, 2)), &[OA]).unwrap();
        assert_eq!(events.stage(OA, date(2027, 1, 2)), Stage::Submitted);
        events.add(event(EventName::Deregistered, date(2027, 2, 9)), &[OA]).unwrap();
        assert_eq!(events.stage(OA, date(2027, 2, 9)), Stage::Deregistered);
        assert_eq!(
            events.add(event(EventName::Cancelled, date(2027, 2, 10)), &[OA]).unwrap_err().code(),
            "event-after-the-end"
        );
        assert_eq!(Events::from_json(&events.to_json()).unwrap(), events);
    }

    #[test]
    fn what_others_rest_on_is_withdrawn_last() {
        const KINDS: &[AccountKind] = &[AccountKind::OaSubscription, AccountKind::Mch];
        let needing = EventName::ALL.iter().copied().filter_map(|name| Some((name, name.needs()?)));
        for (later, name) in needing {
            let mut events = Events::default();
            // A freeze lies between some of them.
            let mut add = |name: EventName| {
                let month = if name == later { 12 } else { 10 };
                events.add(Event { account: Some(KINDS[0]), ..event(name, date(2026, month, 1)) }, KINDS)
            };
            assert_eq!(add(later).unwrap_err().code(), "event-out-of-order", "{later}");
            add(name).unwrap();
            add(later).unwrap();
            let withdrawal = |events: &Events, account| events.check_withdrawal(name, account, KINDS);
            assert_eq!(withdrawal(&events, Some(KINDS[0])).unwrap_err().code(), "event-still-needed", "{later}");
            assert!(withdrawal(&events, Some(KINDS[1])).is_ok() && withdrawal(&events, None).is_ok());
            events.withdraw(later, Some(KINDS[0]));
            assert!(withdrawal(&events, Some(KINDS[0])).is_ok());
        }
    }

    #[test]
    fn an_approved_merchant_number_waits_for_its_confirmation() {
        const MCH: AccountKind = AccountKind::Mch;
        let mut events = Events::default();
        events.add(event(EventName::LastTrade, date(2026, 7, 1)), &[MCH]).unwrap();
        events.add(event(EventName::Submitted, date(2026, 11, 1)), &[MCH]).unwrap();
        events.add(event(EventName::ApplicationPassed, date(2026, 11, 9)), &[MCH]).unwrap();
        assert_eq!(events.stage(MCH, date(2026, 11, 9)), Stage::AwaitingConfirm);
        let late = events.add(event(EventName::LastTrade, date(2026, 11, 10)), &[MCH]).unwrap_err();
        assert_eq!(late.code(), "event-after-its-effect");
    }

    #[test]
    fn a_mistyped_day_is_recorded_again_and_ends_keep_their_order() {
        const MCH: AccountKind = AccountKind::Mch;
        let ends = [
            (EventName::FirstTrade, EventName::LastTrade),
            (EventName::PersonalFirstTrade, EventName::PersonalLastTrade),
        ];
        for (first, last) in ends {
            let mut events = Events::default();
            events.add(event(last, date(2026, 6, 30)), &[MCH]).unwrap();
            let right = event(last, date(2025, 6, 30));
            assert_eq!(events.replaced_by(&right), Some(date(2026, 6, 30)));
            events.add(right, &[MCH]).unwrap();
            assert_eq!(events.date(last, MCH), Some(date(2025, 6, 30)));
            let late = events.add(event(first, date(2025, 7, 1)), &[MCH]).unwrap_err();
            assert_eq!(late.code(), "event-after-its-effect");
            events.add(event(first, date(2025, 6, 30)), &[MCH]).unwrap();
            assert_eq!((events.withdraw(last, None), events.date(last, MCH)), (2, None));
            events.add(event(last, date(2025, 6, 30)), &[MCH]).unwrap();
            assert_eq!(
                events.add(event(last, date(2025, 6, 29)), &[MCH]).unwrap_err().code(),
                "event-before-its-cause"
            );
        }
    }
}
