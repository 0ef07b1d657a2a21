//! What happened, by date. Only the owner moves a closing forward.

use jiff::civil::Date;

use super::records::RecordBook;
use crate::audit::events::{Event, EventName};
use crate::audit::forms::Form;
use crate::audit::profile::AccountKind;
use crate::audit::values;
use crate::error::{Error, Result};
use crate::pipeline::host::Host;

/// An event that wants its day.
#[derive(Debug)]
pub struct EventDraft {
    book: RecordBook,
    name: EventName,
    account: Option<AccountKind>,
    kinds: Vec<AccountKind>,
}

/// What was recorded of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventRecorded {
    /// Its day.
    On {
        /// The day.
        date: Date,
        /// The day that counted before, if it is another one.
        before: Option<Date>,
    },
    /// That it did not happen, or that nobody knows when: so many records of it no longer count.
    Withdrawn(usize),
}

impl EventDraft {
    /// Begins the record of the event `name`, of the account `kind` where there are several; both as people call them.
    ///
    /// # Errors
    /// `event-which-account` where there are several and none is named, and those of the names.
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

    /// Returns the code of the event.
    pub fn code(&self) -> &'static str {
        self.name.code()
    }

    /// Returns the error for a day that was left out.
    pub fn missing(&self) -> Error {
        Form::Day.missing(self.code())
    }

    /// Records the day as it was typed, and commits; "unknown" takes the records of the event back.
    ///
    /// # Errors
    /// `value-day-wanted`, `event-in-future`, those of the order of events and of a commit.
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
        if self.name.is_past() && date > today {
            return Err(Error::usage("event-in-future").with("event", self.name).with("date", date));
        }
        let event = Event { name: self.name, date, account: self.account, at: self.book.now, note };
        let events = &mut self.book.records.events;
        let before = events.replaced_by(&event).filter(|before| *before != date);
        events.add(event, &self.kinds)?;
        self.book.save(host)?;
        Ok(EventRecorded::On { date, before })
    }
}
