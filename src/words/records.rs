//! Puts the names and values of the owner's records into words.

use crate::pipeline::closing::evidence::{self, Record};
use crate::pipeline::closing::{Form, bill_series};
use crate::text::Texts;

/// Returns the name of the user of this computer, for records that need one.
pub fn person() -> Option<String> {
    let system = ["LIUDI_BY", "USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    // If the environment names nobody (a service, a container), the name of the home folder is used.
    let home = || std::env::home_dir().and_then(|home| Some(home.file_name()?.to_string_lossy().into_owned()));
    system.or_else(home).filter(|name| !name.trim().is_empty())
}

/// Returns the question that a key answers, or the name of the event.
pub fn question(texts: &Texts, key: &str) -> String {
    if let Some(item) = key.strip_prefix(&evidence::no_bill("")) {
        return texts.get("ask-no-bill", &[("bill", &bill(texts, item))]);
    }
    let found = ["ask", "event"].iter().find_map(|prefix| texts.find_code(prefix, key));
    found.unwrap_or_else(|| key.to_owned())
}

/// Returns the name of an item of a series of bills: `wxpay_trade_bill:2026-03-01`. What is no series stays as it is.
pub fn bill(texts: &Texts, item: &str) -> String {
    bill_series::item_words(texts, item).unwrap_or_else(|| item.to_owned())
}

/// Returns the question that a key answers, or the name of the event, followed by the key.
pub fn named(texts: &Texts, key: &str) -> String {
    texts.get("ready-reason-detail", &[("reason", &question(texts, key)), ("detail", key)])
}

/// Returns what a record says in words: of a second copy its place, and not the digest; of a file its name.
pub fn said_by(texts: &Texts, record: &Record) -> String {
    let place = record.note.as_ref().filter(|_| evidence::form(&record.key).is_ok_and(|form| form == Form::Digest));
    // Kept files begin with their digest.
    let file = record.file.as_deref().and_then(|path| path.rsplit('/').next()?.split_once('-'));
    match (place, file) {
        (Some(place), _) => place.clone(),
        (None, Some((_, name))) => {
            texts.get("ready-reason-detail", &[("reason", &said(texts, &record.value)), ("detail", name)])
        }
        (None, None) => said(texts, &record.value),
    }
}

/// Returns a recorded value in words.
pub fn said(texts: &Texts, value: &str) -> String {
    match value {
        "yes" | "no" | "unknown" => texts.code("answer", value),
        value => value.to_owned(),
    }
}
