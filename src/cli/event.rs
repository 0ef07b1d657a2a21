//! `liudi event`: what happened, by date. Only the owner moves a closing forward.

use super::blanks;
use super::closing_arguments::{EventCommand, EventOptions};
use super::context::Context;
use super::records::{self, Book};
use crate::audit::dates;
use crate::audit::events::{Event, EventName};
use crate::audit::forms::Form;
use crate::audit::profile::AccountKind;
use crate::audit::values;
use crate::error::{Error, Result};

/// Lists the events, or adds one.
pub(super) fn run(context: &Context<'_>, options: &EventOptions) -> Result<u8> {
    let mut book = Book::open(&context.existing_archive(None)?)?;
    let Some(EventCommand::Add { name, date, account_kind, note }) = &options.command else {
        return list(context, &book);
    };
    let name = EventName::from_word(name)?;
    let account = account_kind.as_deref().map(AccountKind::from_word).transpose()?;
    let kinds: Vec<AccountKind> = book.records.profile.kinds.iter().copied().collect();
    if account.is_none() && kinds.len() > 1 {
        let known = kinds.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(", ");
        return Err(Error::usage("event-which-account").with("event", name).with("known", known));
    }
    let words = context.output.texts().get(&format!("event-{}", name.code().replace('_', "-")), &[]);
    let date = match blanks::given(date.as_ref()) {
        Some(date) => date.clone(),
        None => records::prompt(context, "event-ask-date", &[("event", &words)], || Form::Day.missing(name.code()))?,
    };
    if values::is_unknown(&date) {
        return withdraw(context, book, name, account, &words);
    }
    let date = records::day(&date, book.today())?;
    if name.is_past() && date > book.today() {
        return Err(Error::usage("event-in-future").with("event", name).with("date", date));
    }
    let event = Event { name, date, account, at: book.now, note: note.clone() };
    let before = book.records.events.replaced_by(&event).filter(|before| *before != date);
    book.records.events.add(event, &kinds)?;
    book.save(context)?;
    context.output.tell("event-saved", &[("event", &words), ("date", &date.to_string())]);
    if let Some(before) = before {
        let (before, value) = (before.to_string(), date.to_string());
        context.output.tell("evidence-replaced", &[("before", &before), ("value", &value)]);
    }
    Ok(0)
}

/// Takes the records of an event back: it did not happen, or nobody knows when.
fn withdraw(
    context: &Context<'_>,
    mut book: Book,
    name: EventName,
    account: Option<AccountKind>,
    words: &str,
) -> Result<u8> {
    let taken = book.records.events.withdraw(name, account);
    if taken > 0 {
        book.save(context)?;
    }
    context.output.tell("event-withdrawn", &[("event", words), ("count", &taken.to_string())]);
    Ok(0)
}

fn list(context: &Context<'_>, book: &Book) -> Result<u8> {
    if context.output.json {
        context.output.answer(&book.records.events)?;
        return Ok(0);
    }
    for event in &book.records.events.events {
        let texts = context.output.texts();
        let code = event.name.code();
        let words = texts.get(&format!("event-{}", code.replace('_', "-")), &[]);
        let name = texts.get("ready-reason-detail", &[("reason", &words), ("detail", code)]);
        let account = event.account.map(|kind| dates::account(texts, kind)).unwrap_or_default();
        context.output.row(&[&event.date.to_string(), &name, &account])?;
    }
    Ok(0)
}
