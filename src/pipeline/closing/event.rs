//! Records dated events of a closure, which only the owner knows.

use jiff::civil::Date;

use super::records::RecordBook;
use super::remark::{self, Remark};
use crate::audit::events::{Event, EventName};
use crate::audit::forms::Form;
use crate::audit::profile::AccountKind;
use crate::audit::values;
use crate::error::{Error, Result};
use crate::pipeline::host::Host;

/// An event without its day.
#[derive(Debug)]
pub struct EventDraft {
    book: RecordBook,
    name: EventName,
    account: Option<AccountKind>,
    kinds: Vec<AccountKind>,
}

/// The result of recording an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventRecorded {
    /// The event has a day.
    On {
        /// The day.
        date: Date,
        /// The previous day, if it differs.
        before: Option<Date>,
        /// What the archive says against it.
        remark: Option<Remark>,
    },
    /// The event did not happen or its day is unknown; the number of records withdrawn.
    Withdrawn(usize),
}

impl EventDraft {
    /// Begins an event by its name. `kind` names the account if there are several. Both may be codes or common names.
    ///
    /// # Errors
    /// `event-which-account` if there are several accounts and none is named; unknown names.
    pub fn begin(book: RecordBook, name: &str, kind: Option<&str>) -> Result<Self> {
        let name = EventName::from_word(name)?;
        let account = kind.map(AccountKind::from_word).transpose()?;
        let kinds: Vec<AccountKind> = book.records.profile.kinds.iter().copied().collect();
        if account.is_none() && kinds.len() > 1 {
            let known = kinds.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(", ");
            return Err(Error::usage("event-which-account").with("event", name).with("known", known));
        }
        Ok(Self { book, name, account, kinds })
    }

    /// Begins an event of all accounts by its name.
    ///
    /// # Errors
    /// `event-unknown`.
    pub fn of_all(book: RecordBook, name: &str) -> Result<Self> {
        let kinds = book.records.profile.kinds.iter().copied().collect();
        Ok(Self { book, name: EventName::from_word(name)?, account: None, kinds })
    }

    /// Returns the code of the event.
    pub fn code(&self) -> &'static str {
        self.name.code()
    }

    /// Returns the error for a missing day.
    pub fn missing(&self) -> Error {
        Form::Day.missing(self.code())
    }

    /// Parses the typed day, records it and commits. "unknown" withdraws the event's records.
    ///
    /// # Errors
    /// `value-day-wanted`, `event-in-future`, `event-too-early`, an impossible order of events, a failed commit.
    pub fn record(mut self, date: &str, note: Option<String>, host: &dyn Host) -> Result<EventRecorded> {
        if values::is_unknown(date) {
            let taken = self.book.records.events.withdraw(self.name, self.account);
            if taken > 0 {
                self.book.save(host)?;
            }
            return Ok(EventRecorded::Withdrawn(taken));
        }
        let today = self.book.today();
        let date = values::day(date, Some(today)).ok_or_else(|| Form::Day.wanted().with("value", date))?;
        self.book.check_day(self.code(), date, self.account)?;
        let event = Event { name: self.name, date, account: self.account, at: self.book.now, note };
        let events = &mut self.book.records.events;
        let before = events.replaced_by(&event).filter(|before| *before != date);
        events.add(event, &self.kinds)?;
        let remark = remark::of_archive(&self.book.root, self.name.code(), &date.to_string(), host)?;
        self.book.save(host)?;
        Ok(EventRecorded::On { date, before, remark })
    }
}
