//! What to do about each open item: one table from reason to advice. The words are `ready-reason-…` and `ready-do-…`.

use super::engine::{Item, Outcome};
use super::ics::id;
use crate::text::Texts;

/// The advice for a reason.
fn code(item: &Item) -> &'static str {
    if item.lost {
        return "waive";
    }
    match item.reason.as_str() {
        "total_unknown" => "number",
        "act_now" => "act-now",
        "anchor_unknown" => "event",
        "answered_no" | "not_zero" | "pre_check_refuses" => "settle",
        "day_wanted"
        | "file_wanted"
        | "name_wanted"
        | "not_recorded"
        | "number_wanted"
        | "owner_does_not_know"
        | "yes_or_no_wanted" => "record",
        "digest_differs" | "stale" | "still_there" => "refresh",
        "look_at_this" | "window_over" => "look",
        "password_needed" => "password",
        "profile_unknown" => "profile",
        "rule_unknown" | "rule_unmet" => "rule",
        "still_to_come" | "wait" => "wait",
        "archive_changed_since"
        | "bill_row"
        | "broken_link"
        | "comment_author"
        | "file_missing"
        | "hash_mismatch"
        | "id_number"
        | "missing_page"
        | "not_measured"
        | "openid"
        | "phone"
        | "read_in_part"
        | "remote_ref" => "verify",
        // Everything else is a thing that may still be found or fetched.
        _ if item.thing => "collect",
        _ => "record",
    }
}

/// Why `item` is open, in words.
pub fn reason(texts: &Texts, item: &Item) -> String {
    texts.get(&format!("ready-reason-{}", id(&item.reason)), &[])
}

/// What to do about `item` of `outcome`, in words.
pub fn advice(texts: &Texts, outcome: &Outcome, item: &Item) -> String {
    let code = code(item);
    let key = match code {
        "event" => item.detail.as_deref().unwrap_or(&item.key),
        // `article:platform_total`: the key to record is the rule's own.
        "number" => item.detail.as_deref().and_then(recorded_key).unwrap_or(&item.key),
        _ => &item.key,
    };
    let date = item.date.as_deref().unwrap_or_default();
    texts.get(&format!("ready-do-{code}"), &[("key", key), ("rule", &outcome.rule), ("date", date)])
}

fn recorded_key(sources: &str) -> Option<&str> {
    sources.split(", ").find_map(|source| source.strip_prefix("evidence:"))
}
