//! Maps the reason of each open item to advice, in one table. The words are `ready-reason-…` and `ready-do-…`.

use super::engine::{OpenItem, RuleResult};
use super::events::EventName;
use super::forms;
use super::rules::Rules;
use super::{bill_series, chronology};
use crate::text::{Texts, id};

/// One open item in words.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ToDo {
    /// Name of the item.
    pub name: String,
    /// Key by which it is waived, if it differs from the name.
    pub key: Option<String>,
    /// URL, for a thing that has one.
    pub url: Option<String>,
    /// Reason why it is open.
    pub reason: String,
    /// Code of the reason.
    pub reason_code: String,
    /// Advice on what to do about it.
    pub advice: String,
    /// Code of the advice.
    pub code: &'static str,
    /// Key of the item.
    pub item: String,
    /// Key of the question or event that the advice is about.
    pub asks: String,
    /// Day that the advice names.
    pub date: Option<String>,
    /// Whether `ready --ask` asks for it.
    pub asked: bool,
    /// Whether the advice is that of [`shared`], which is given once for all items that need it.
    pub shared: bool,
    /// Whether it is a day or month of a series that can still be obtained.
    pub of_series: bool,
    /// Whether it is a day or month of a series that can no longer be obtained.
    pub lost_day: bool,
    /// Whether it is a day, a month or a range of days that can still be obtained: no list of gaps lets it be given up.
    pub in_no_list: bool,
    /// Whether it is a day, or a range of days, without a bill of a merchant: there may have been no trade.
    pub bill_day: bool,
}

/// Code of the advice shared by all items that are found or fetched and then added.
pub(super) const SHARED: &str = "collect";

/// Returns the advice for everything that is still to be added.
pub fn shared(texts: &Texts, command: &str) -> String {
    texts.get(&format!("ready-do-{SHARED}"), &[("liudi", command)])
}

/// The open items of a rule, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToDos {
    /// The first of them.
    pub items: Vec<ToDo>,
    /// Number of those left out.
    pub more: usize,
    /// Number of all those, also of the ones left out, that can no longer be obtained.
    pub lost: usize,
    /// Whether the advice of any is that of [`shared`].
    pub shared: bool,
}

/// Returns the first `most` open items of `outcome` in words. `command` is the prefix of the commands in the advice:
/// `liudi -C "…"`.
pub fn to_do(texts: &Texts, rules: &Rules, outcome: &RuleResult, command: &str, most: usize) -> ToDos {
    // If the total is unknown, "nothing held" adds no information.
    let counted = |item: &&OpenItem| {
        let key = format!("{}:platform_total", item.key.trim_end_matches(":held"));
        item.reason != "nothing_held" || !outcome.open_items().any(|other| other.key == key)
    };
    let in_words = |item: &OpenItem| {
        let name = name(texts, rules, item);
        ToDo {
            key: (item.thing && name != item.key).then(|| item.key.clone()),
            url: item.url.clone().filter(|url| *url != name),
            reason: reason(texts, item),
            reason_code: item.reason.clone(),
            advice: advice(texts, rules, outcome, item, command),
            code: code(item),
            item: item.key.clone(),
            asks: asked_key(rules, outcome, item),
            date: item.date.clone(),
            asked: matches!(code(item), "record" | "profile"),
            shared: code(item) == SHARED,
            of_series: !item.lost && item.series().is_some(),
            lost_day: item.lost && item.series().is_some(),
            in_no_list: !item.lost && item.thing && (item.series().is_some() || item.key.contains("..")),
            bill_day: item.is_bill_day(),
            name,
        }
    };
    // What can still be had comes first: the lost may be thousands.
    let (lost, had): (Vec<&OpenItem>, Vec<&OpenItem>) =
        outcome.open_items().filter(counted).partition(|item| item.lost);
    ToDos {
        more: (had.len() + lost.len()).saturating_sub(most),
        lost: lost.len(),
        shared: had.iter().any(|item| code(item) == SHARED),
        items: had.into_iter().chain(lost).take(most).map(in_words).collect(),
    }
}

/// Returns the name of an item: its title, else the question it answers, else the first available name.
pub(super) fn name(texts: &Texts, rules: &Rules, item: &OpenItem) -> String {
    if let Some(title) = &item.title {
        return title.clone();
    }
    if let Some(rule) = rules.rule(&item.key) {
        return rule.title(texts.language()).to_owned();
    }
    let head = item.key.split(':').next().unwrap_or(&item.key);
    let flag = head.split('=').next().unwrap_or(head);
    for (prefix, key) in [("ask", flag), ("asset", head), ("window", head), ("scan", head)] {
        if let Some(words) = texts.find(&format!("{prefix}-{}", id(key)), &[]) {
            return words;
        }
    }
    if let Some(words) = bill_series::item_words(texts, &item.key) {
        return words;
    }
    item.url.clone().unwrap_or_else(|| item.key.clone())
}

/// Returns an item's detail if it is a number or value for the user, not an internal name.
fn detail(item: &OpenItem) -> Option<&str> {
    let said = matches!(
        item.reason.as_str(),
        "day_wanted"
            | "digest_differs"
            | "not_archived"
            | "not_held"
            | "not_listed"
            | "not_listed_or_deleted"
            | "not_zero"
            | "number_wanted"
            | "pre_check_refuses"
            | "yes_or_no_wanted"
    );
    item.detail.as_deref().filter(|_| said)
}

/// Returns the code of the advice for an item.
fn code(item: &OpenItem) -> &'static str {
    if item.lost {
        return "waive";
    }
    match item.reason.as_str() {
        // What is missing is in no list: either the list lacks it, or the number counts too much.
        "total_unknown" | "not_listed_or_deleted" => "number",
        "act_now" => "act-now",
        "anchor_unknown" => "event",
        // The wrong day is recorded anew, as an event if it is one.
        reason if chronology::is_doubt(reason) => {
            let key = item.detail.as_deref().unwrap_or(&item.key);
            if key == "bill_date" || key.parse::<EventName>().is_ok() { "event" } else { "record" }
        }
        "answered_no" | "not_zero" | "pre_check_refuses" => "settle",
        "day_wanted"
        | "file_wanted"
        | "name_wanted"
        | "not_recorded"
        | "number_wanted"
        | "owner_does_not_know"
        | "yes_or_no_wanted" => "record",
        "digest_differs" | "files_since" | "stale" | "still_there" => "refresh",
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
        "nothing_held" => "collect",
        // Any other thing may still be found or fetched.
        _ if item.thing => "collect",
        _ => "record",
    }
}

/// Returns the reason why `item` is open, in words.
fn reason(texts: &Texts, item: &OpenItem) -> String {
    let words = texts.code("ready-reason", &item.reason);
    let Some(detail) = detail(item) else { return words };
    texts.get("ready-reason-detail", &[("reason", &words), ("detail", detail)])
}

/// Returns the key of the question or event that the advice on `item` is about.
fn asked_key(rules: &Rules, outcome: &RuleResult, item: &OpenItem) -> String {
    let detail = item.detail.as_deref();
    let asset = || item.key.split(':').next().unwrap_or_default();
    let asked = match code(item) {
        // The date of the last bill is that of the last trade.
        "event" if detail == Some("bill_date") => Some("last_trade".to_owned()),
        "event" => detail.map(str::to_owned),
        // `article:platform_total`: the key to record is the rule's own.
        "number" => rules.rule(&outcome.rule).and_then(|rule| rule.check.key_of_asset(asset())),
        _ => None,
    };
    asked.unwrap_or_else(|| item.key.clone())
}

/// Returns the advice on `item` of `outcome`, in words.
fn advice(texts: &Texts, rules: &Rules, outcome: &RuleResult, item: &OpenItem, command: &str) -> String {
    let (code, key) = (code(item), &*asked_key(rules, outcome, item));
    let date = item.date.as_deref().unwrap_or_default();
    let blank = forms::blank(texts, key);
    texts.get(
        &format!("ready-do-{code}"),
        &[("key", key), ("rule", &outcome.rule), ("date", date), ("liudi", command), ("blank", &blank)],
    )
}
