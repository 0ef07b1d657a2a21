//! Finds the first and last trade of a personal WeChat account, kept apart from those of a merchant account, which has
//! its own bills. Older archives have one record for both.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::chronology;
use super::events::{Event, EventName, Events};
use super::evidence::Evidence;
use super::facts::Series;
use super::profile::AccountKind;

/// Returns the event under which older archives recorded a personal trade.
const fn shared(name: EventName) -> Option<EventName> {
    match name {
        EventName::PersonalFirstTrade => Some(EventName::FirstTrade),
        EventName::PersonalLastTrade => Some(EventName::LastTrade),
        _ => None,
    }
}

/// Returns the date of the first or last personal trade from its own event or record, else from the shared event if it
/// names the WeChat account, and with `shared_too` also from a shared one that names no account.
pub fn personal(events: &Events, evidence: &Evidence, name: EventName, shared_too: bool) -> Option<Date> {
    let known = |name: EventName| chronology::known(events, evidence, name.code(), AccountKind::Wechat);
    known(name).or_else(|| {
        let shared = shared(name)?;
        if shared_too {
            return known(shared);
        }
        let of_wechat = |event: &&Event| event.name == shared && event.account == Some(AccountKind::Wechat);
        events.events.iter().rfind(of_wechat).map(|event| event.date)
    })
}

/// Returns the first or last day of a merchant's trades: the `recorded` one, or that of a trade bill outside of it, which
/// is the better evidence.
pub fn with_bills(name: EventName, recorded: Option<Date>, billed: Option<&Series>) -> Option<Date> {
    let days = billed.map(|series| &series.held);
    recorded.map(|day| match name {
        EventName::FirstTrade => days.and_then(BTreeSet::first).map_or(day, |first| day.min(*first)),
        _ => days.and_then(BTreeSet::last).map_or(day, |last| day.max(*last)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: EventName, date: &str, account: Option<AccountKind>) -> Event {
        Event {
            name,
            date: date.parse().unwrap(),
            account,
            at: "2026-01-01T00:00:00+08:00".parse().unwrap(),
            note: None,
        }
    }

    #[test]
    fn a_merchants_trade_is_not_a_persons() {
        let day = |events: &[Event], shared_too| {
            let events = Events { events: events.to_vec() };
            personal(&events, &Evidence::default(), EventName::PersonalFirstTrade, shared_too)
                .map(|day| day.to_string())
        };
        let shared = event(EventName::FirstTrade, "2019-01-31", None);
        assert_eq!(day(std::slice::from_ref(&shared), true).as_deref(), Some("2019-01-31"));
        assert_eq!(day(std::slice::from_ref(&shared), false), None);
        let of_wechat = event(EventName::FirstTrade, "2018-01-31", Some(AccountKind::Wechat));
        for shared_too in [true, false] {
            assert_eq!(day(std::slice::from_ref(&of_wechat), shared_too).as_deref(), Some("2018-01-31"));
        }
        let of_mch = event(EventName::FirstTrade, "2018-01-31", Some(AccountKind::Mch));
        assert_eq!(day(&[of_mch], true), None);
        let own = event(EventName::PersonalFirstTrade, "2017-01-31", None);
        assert_eq!(day(&[own, shared], true).as_deref(), Some("2017-01-31"));
    }
}
