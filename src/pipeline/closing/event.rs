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
    /// Begins an event by its name. `kind` names the account if it can be one of several. Both may be codes or common
    /// names.
    ///
    /// # Errors
    /// `event-which-account` if it can be one of several accounts and none is named; unknown names.
    pub fn begin(book: RecordBook, name: &str, kind: Option<&str>) -> Result<Self> {
        let name = EventName::from_word(name)?;
        let account = kind.map(AccountKind::from_word).transpose()?;
        let draft = Self { account, ..Self::of(book, name) };
        if account.is_some() || draft.kinds.len() < 2 {
            return Ok(draft);
        }
        match *draft.fitting() {
            [only] => Ok(Self { account: Some(only), ..draft }),
            // The owner's own trades, when their WeChat account is not to be closed.
            [] => Ok(draft),
            ref several => {
                let known = several.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(", ");
                Err(Error::usage("event-which-account").with("event", name).with("known", known))
            }
        }
    }

    /// Begins an event of all accounts by its name.
    ///
    /// # Errors
    /// `event-unknown`.
    pub fn of_all(book: RecordBook, name: &str) -> Result<Self> {
        Ok(Self::of(book, EventName::from_word(name)?))
    }

    fn of(book: RecordBook, name: EventName) -> Self {
        let kinds = book.records.profile.kinds.iter().copied().collect();
        Self { book, name, account: None, kinds }
    }

    /// Returns the accounts that it can be one of.
    fn fitting(&self) -> Vec<AccountKind> {
        self.kinds.iter().copied().filter(|kind| self.name.can_be_of(*kind, &self.kinds)).collect()
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
    /// `event-still-needed`, `value-day-wanted`, `event-in-future`, `event-too-early`, `event-not-of-account`, an impossible order of events, a
    /// failed commit.
    pub fn record(mut self, date: &str, note: Option<String>, host: &dyn Host) -> Result<EventRecorded> {
        if values::is_unknown(date) {
            self.book.records.events.check_withdrawal(self.name, self.account, &self.kinds)?;
            let taken = self.book.records.events.withdraw(self.name, self.account);
            if taken > 0 {
                self.book.save(host)?;
            }
            return Ok(EventRecorded::Withdrawn(taken));
        }
        if let Some(kind) = self.account.filter(|kind| !self.name.can_be_of(*kind, &self.kinds)) {
            return Err(Error::usage("event-not-of-account").with("event", self.name).with("account", kind));
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
