//! Finds the first and last trade of a personal WeChat account, kept apart from those of a merchant account, which has
//! its own bills. Older archives have one record for both.

use jiff::civil::Date;

use super::events::{EventName, Events};
use super::evidence::{Evidence, Says};
use super::profile::AccountKind;

/// Returns the event under which older archives recorded a personal trade.
const fn shared(name: EventName) -> Option<EventName> {
    match name {
        EventName::PersonalFirstTrade => Some(EventName::FirstTrade),
        EventName::PersonalLastTrade => Some(EventName::LastTrade),
        _ => None,
    }
}

/// Returns the date of the first or last personal trade from its own event or record; with `shared_too`, falls back to
/// the shared one unless that belongs to another account.
pub fn personal(events: &Events, evidence: &Evidence, name: EventName, shared_too: bool) -> Option<Date> {
    let dates = |name: EventName| {
        let of_person = |account: Option<AccountKind>| account.is_none_or(|account| account == AccountKind::Wechat);
        let named = events.events.iter().filter(|event| event.name == name && of_person(event.account));
        named.map(|event| event.date).next_back()
    };
    let record = |name: EventName| match evidence.newest(name.code())?.says() {
        Says::Day(day) => Some(day),
        _ => None,
    };
    let shared = shared(name).filter(|_| shared_too);
    dates(name).max(record(name)).or_else(|| shared.and_then(|shared| dates(shared).max(record(shared))))
}

#[cfg(test)]
mod tests {
    use super::super::events::Event;
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
        assert_eq!(day(&[of_wechat], true).as_deref(), Some("2018-01-31"));
        let of_mch = event(EventName::FirstTrade, "2018-01-31", Some(AccountKind::Mch));
        assert_eq!(day(&[of_mch], true), None);
        let own = event(EventName::PersonalFirstTrade, "2017-01-31", None);
        assert_eq!(day(&[own, shared], true).as_deref(), Some("2017-01-31"));
    }
}
