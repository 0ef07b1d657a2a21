//! Checks of what only the owner can say: records, answers, the profile.

use crate::audit::engine::{Item, Look, Scene, Used};
use crate::audit::evidence::{self, Record, Says};
use crate::audit::forms::{self, Form};
use crate::audit::profile::Truth;
use crate::audit::rules::Check;
use crate::model::Sha256;

/// The record as the report shows it.
pub(super) fn used(record: &Record) -> Used {
    Used {
        key: record.key.clone(),
        value: record.value.clone(),
        at: record.at,
        by: record.by.clone(),
        sha256: record.sha256,
    }
}

/// The newest record of `key`, if it is good; what is wrong with it goes to `look`.
fn record<'s>(scene: &Scene<'s>, key: &str, max_age_days: Option<u32>, look: &mut Look) -> Option<&'s Record> {
    let Some(record) = scene.evidence.newest(key) else {
        look.items.push(Item::unknown(key, "not_recorded"));
        return None;
    };
    look.used.push(used(record));
    let says = record.says();
    let is_day = forms::form(key) == Some(Form::Day);
    let stale = max_age_days.is_some_and(|days| record.is_stale(days, scene.now));
    let item = match says {
        Says::Unknown => Item::unknown(key, "owner_does_not_know"),
        // An answer that stands against readiness stays so however old it is.
        Says::No => Item::unmet(key, "answered_no"),
        Says::Number(number) if key.ends_with("_zero") && !number.is_zero() => {
            Item::unmet(key, "not_zero").detail(&record.value)
        }
        Says::Text | Says::Day(_) if key.ends_with("_zero") => {
            Item::unknown(key, "number_wanted").detail(&record.value)
        }
        Says::Day(day) if is_day && day > scene.today() => Item::unmet(key, "still_to_come").on(day),
        Says::Text | Says::Number(_) | Says::Yes if is_day => Item::unknown(key, "day_wanted").detail(&record.value),
        _ if stale => Item::unknown(key, "stale").on(record.at.date()),
        _ => {
            look.expires(max_age_days.and_then(|days| evidence::expiry(record.at, days)));
            return Some(record);
        }
    };
    look.items.push(item);
    None
}

/// Every key is recorded, and says what it should.
pub(super) fn evidence(scene: &Scene<'_>, check: &Check, look: &mut Look) {
    let Check::Evidence { keys, file, max_age_days, equal_to, archive_contains, .. } = check else { return };
    for key in keys {
        let Some(record) = record(scene, key, *max_age_days, look) else { continue };
        if *file && record.file.is_none() {
            look.items.push(Item::unmet(key, "file_wanted"));
        }
        if equal_to.as_deref() == Some("archive_digest") {
            match (record.value.trim().parse::<Sha256>(), scene.measured.archive_digest) {
                (Ok(theirs), Some(ours)) if theirs == ours => {}
                (_, None) => look.items.push(Item::unknown(key, "not_measured")),
                _ => look.items.push(Item::unmet(key, "digest_differs").detail(&record.value)),
            }
        }
        if *archive_contains && key.ends_with("_url") && !scene.measured.held_urls.contains(record.value.trim()) {
            look.items.push(Item::unmet(key, "not_archived").detail(&record.value));
        }
    }
}

/// The owner answers yes, with a name.
pub(super) fn attest(scene: &Scene<'_>, question: &str, look: &mut Look) {
    if let Some(record) = record(scene, question, None, look) {
        if record.says() == Says::Text {
            look.items.push(Item::unknown(question, "yes_or_no_wanted").detail(&record.value));
        } else if record.by.as_deref().is_none_or(|by| by.trim().is_empty()) {
            look.items.push(Item::unknown(question, "name_wanted"));
        }
    }
}

/// Each thing is held, or the owner says that there is none.
pub(super) fn present(scene: &Scene<'_>, assets: &[String], look: &mut Look) {
    for asset in assets {
        let none = scene.evidence.newest(asset).is_some_and(|record| {
            look.used.push(used(record));
            record.file.is_some() || record.says() == Says::No
        });
        if !none && !scene.measured.present.contains(asset) {
            look.items.push(Item::unmet(asset, "not_held"));
        }
    }
}

/// Something about the account that is to be looked at: open as long as it holds.
pub(super) fn profile(scene: &Scene<'_>, expr: &str, look: &mut Look) {
    match scene.profile.holds(expr) {
        Some(Truth::No) => look.beside_the_point = true,
        Some(Truth::Yes) => look.items.push(Item::unmet(expr, "look_at_this")),
        Some(Truth::Unknown) | None => look.items.push(Item::unknown(expr, "profile_unknown")),
    }
}

/// The first key always, the others unless the flag is known not to hold.
pub(super) fn profile_or_evidence(scene: &Scene<'_>, needs: &str, keys: &[String], look: &mut Look) {
    let wanted = if scene.profile.flag(needs) == Truth::No { 1 } else { keys.len() };
    for key in keys.iter().take(wanted) {
        record(scene, key, None, look);
    }
}
