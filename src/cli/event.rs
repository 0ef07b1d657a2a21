//! `liudi event`: dated events. Only the owner moves a closing forward.

use serde_json::json;

use super::blanks;
use super::closing_arguments::{EventCommand, EventOptions};
use super::context::Context;
use super::host::Terminal;
use super::records;
use crate::error::Result;
use crate::pipeline::closing::Events;
use crate::pipeline::closing::event::{EventDraft, EventRecorded};
use crate::pipeline::closing::records::RecordBook;

/// Lists the events, or adds one.
pub(super) fn run(context: &Context<'_>, options: &EventOptions) -> Result<u8> {
    let host = Terminal::new(context);
    let book = RecordBook::open(&context.existing_archive(None)?, &host)?;
    let Some(EventCommand::Add { name, date, account_kind, note }) = &options.command else {
        return list(context, book.events());
    };
    let draft = EventDraft::begin(book, name, account_kind.as_deref())?;
    let output = context.output;
    let words = output.texts().code("event", draft.code());
    let date = match blanks::given(date.as_ref()) {
        Some(date) => date.clone(),
        None => records::prompt(context, "event-ask-date", &[("event", &words)], || draft.missing())?,
    };
    let code = draft.code();
    let recorded = draft.record(&date, note.clone(), &host)?;
    if output.json {
        output.answer(&match recorded {
            EventRecorded::Withdrawn(count) => json!({ "event": code, "withdrawn": count }),
            EventRecorded::On { date, before, remark } => json!({
                "event": code,
                "date": date.to_string(),
                "before": before.map(|date| date.to_string()),
                "remark": remark.map(|remark| remark.code),
            }),
        })?;
        return Ok(0);
    }
    match recorded {
        EventRecorded::Withdrawn(count) => {
            output.tell("event-withdrawn", &[("event", &words), ("count", &count.to_string())]);
        }
        EventRecorded::On { date, before, remark } => {
            output.tell("event-saved", &[("event", &words), ("date", &date.to_string())]);
            if let Some(before) = before {
                let (before, value) = (before.to_string(), date.to_string());
                output.tell("evidence-replaced", &[("before", &before), ("value", &value)]);
            }
            if let Some(remark) = remark {
                output.tell(&remark.id(), &remark.arguments());
            }
        }
    }
    Ok(0)
}

fn list(context: &Context<'_>, events: &Events) -> Result<u8> {
    if context.output.json {
        context.output.answer(events)?;
        return Ok(0);
    }
    if events.events.is_empty() {
        context.output.tell("records-none", &[]);
    }
    for event in &events.events {
        let texts = context.output.texts();
        let code = event.name.code();
        let name = texts.get("ready-reason-detail", &[("reason", &texts.code("event", code)), ("detail", code)]);
        let account = event.account.map(|kind| texts.code("ready-kind", kind.code())).unwrap_or_default();
        context.output.row(&[&event.date.to_string(), &name, &account])?;
    }
    Ok(0)
}
