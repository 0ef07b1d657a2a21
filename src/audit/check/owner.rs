//! Checks what only the owner can state: records, answers, the profile.

use crate::audit::engine::{CheckResult, Facts, OpenItem, Used};
use crate::audit::evidence::{self, Record, Says};
use crate::audit::forms::{self, FOLLOWERS, Form};
use crate::audit::profile::Truth;
use crate::audit::rules::Check;
use crate::model::Sha256;

/// Converts a record for the report.
pub(super) fn used(record: &Record) -> Used {
    Used {
        key: record.key.clone(),
        value: record.value.clone(),
        at: record.at,
        by: record.by.clone(),
        sha256: record.sha256,
    }
}

/// Returns the newest record of `key` if it is acceptable; otherwise adds the problem to `look`.
fn record<'s>(scene: &Facts<'s>, key: &str, max_age_days: Option<u32>, look: &mut CheckResult) -> Option<&'s Record> {
    let Some(record) = scene.evidence.newest(key) else {
        look.items.push(OpenItem::unknown(key, "not_recorded"));
        return None;
    };
    look.used.push(used(record));
    let says = record.says();
    let is_day = forms::form(key) == Some(Form::Day);
    let stale = max_age_days.is_some_and(|days| record.is_stale(days, scene.now));
    let item = match says {
        Says::Unknown => OpenItem::unknown(key, "owner_does_not_know"),
        // A negative answer counts however old it is.
        Says::No => OpenItem::unmet(key, "answered_no"),
        Says::Number(number) if key.ends_with("_zero") && !number.is_zero() => {
            OpenItem::unmet(key, "not_zero").detail(&record.value)
        }
        Says::Text | Says::Day(_) if key.ends_with("_zero") => {
            OpenItem::unknown(key, "number_wanted").detail(&record.value)
        }
        Says::Day(day) if is_day && day > scene.today() => OpenItem::unmet(key, "still_to_come").on(day),
        Says::Text | Says::Number(_) | Says::Yes if is_day => {
            OpenItem::unknown(key, "day_wanted").detail(&record.value)
        }
        _ if stale => OpenItem::unknown(key, "stale").on(record.at.date()),
        _ => {
            look.expires(max_age_days.and_then(|days| evidence::expiry(record.at, days)));
            return Some(record);
        }
    };
    look.items.push(item);
    None
}

/// Checks that every key is recorded with the required value.
pub(super) fn evidence(scene: &Facts<'_>, check: &Check, look: &mut CheckResult) {
    let Check::Evidence { keys, file, max_age_days, equal_to, archive_contains, .. } = check else { return };
    for key in keys {
        let Some(record) = record(scene, key, *max_age_days, look) else { continue };
        if *file && record.file.is_none() {
            look.items.push(OpenItem::unmet(key, "file_wanted"));
        }
        if equal_to.as_deref() == Some("archive_digest") {
            match (record.value.trim().parse::<Sha256>(), scene.measured.archive_digest) {
                // The digest leaves out the owner's records, and so the files kept with them.
                (Ok(theirs), Some(ours)) if theirs == ours => {
                    let newer = |other: &Record| other.file.is_some() && other.at > record.at;
                    if scene.evidence.evidence.iter().any(newer) {
                        look.items.push(OpenItem::unmet(key, "files_since"));
                    }
                }
                (_, None) => look.items.push(OpenItem::unknown(key, "not_measured")),
                _ => look.items.push(OpenItem::unmet(key, "digest_differs").detail(&record.value)),
            }
        }
        if *archive_contains && key.ends_with("_url") && !scene.measured.held_urls.contains(record.value.trim()) {
            look.items.push(OpenItem::unmet(key, "not_archived").detail(&record.value));
        }
    }
}

/// Checks that the owner answered yes and gave a name.
pub(super) fn attest(scene: &Facts<'_>, question: &str, look: &mut CheckResult) {
    if let Some(record) = record(scene, question, None, look) {
        if record.says() == Says::Text {
            look.items.push(OpenItem::unknown(question, "yes_or_no_wanted").detail(&record.value));
        } else if record.by.as_deref().is_none_or(|by| by.trim().is_empty()) {
            look.items.push(OpenItem::unknown(question, "name_wanted"));
        }
    }
}

/// Checks that each thing is held, or that the owner stated there is none.
pub(super) fn present(scene: &Facts<'_>, assets: &[String], look: &mut CheckResult) {
    for asset in assets {
        let none = scene.evidence.newest(asset).is_some_and(|record| {
            look.used.push(used(record));
            record.file.is_some() || record.says() == Says::No
        });
        if !none && !scene.measured.present.contains(asset) {
            look.items.push(OpenItem::unmet(asset, "not_held"));
        }
    }
}

/// Checks a condition of the account that needs attention: open as long as it holds.
pub(super) fn profile(scene: &Facts<'_>, expr: &str, look: &mut CheckResult) {
    match scene.profile.holds(expr) {
        Some(Truth::No) => look.beside_the_point = true,
        Some(Truth::Yes) => look.items.push(OpenItem::unmet(expr, "look_at_this")),
        Some(Truth::Unknown) | None => look.items.push(OpenItem::unknown(expr, "profile_unknown")),
    }
}

/// Checks the first key always, and the others unless the flag is known not to hold.
pub(super) fn profile_or_evidence(scene: &Facts<'_>, needs: &str, keys: &[String], look: &mut CheckResult) {
    let wanted = if scene.profile.flag(needs) == Truth::No { 1 } else { keys.len() };
    for key in keys.iter().take(wanted) {
        // The number of followers is asked once: the profile has it too.
        if key == FOLLOWERS && scene.evidence.newest(key).is_none() && scene.profile.followers.is_some() {
            continue;
        }
        record(scene, key, None, look);
    }
}
