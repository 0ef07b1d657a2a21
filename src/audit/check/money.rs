//! Checks series and bills: no day is missing, digests match, rows add up.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::audit::engine::{CheckResult, Facts, OpenItem};
use crate::audit::facts::Bill;
use crate::audit::profile::AccountKind;
use crate::audit::rules::{Check, Unit};
use crate::audit::{bill_series, calendar, chronology};

/// Series of merchant bills.
const MERCHANT: [&str; 2] = ["wxpay_fund_bill", "wxpay_trade_bill"];

/// Maximum number of steps in a series: a misread year must not cause an endless loop.
const LONGEST: usize = 40_000;

/// Checks that every day or month between two bounds is held, or known to be empty.
pub(super) fn coverage(scene: &Facts<'_>, check: &Check, kinds: &[AccountKind], look: &mut CheckResult) {
    let Check::Coverage { series, unit, from, to, max_gap, accept, by, window, if_held } = check else { return };
    let names: Vec<String> =
        if by.is_empty() { vec![series.clone()] } else { by.iter().map(|part| format!("{series}.{part}")).collect() };
    let names: Vec<String> = names.iter().flat_map(|name| bill_series::due(name, &scene.measured.series)).collect();
    let accept_nothing = accept.as_deref() == Some("no_bill_marker");
    let bound = |name: &Option<String>| {
        name.as_deref().map(|name| {
            let days = kinds.iter().filter_map(|kind| scene.anchor(name, *kind));
            (name.to_owned(), if chronology::is_beginning(name) { days.min() } else { days.max() })
        })
    };
    let (from, to) = (bound(from), bound(to));
    if scene.measured.bills_unnoted && MERCHANT.contains(&series.as_str()) {
        look.items.push(OpenItem::unknown("bills", "bills_unnoted"));
    }
    for name in &names {
        let held = scene.series(name);
        for (key, day) in [&from, &to].into_iter().flatten() {
            if day.is_none() && !look.items.iter().any(|item| item.key == *key) {
                look.items.push(OpenItem::unknown(key, "not_recorded"));
            }
        }
        let seen = held.bounds();
        // Held data may exceed the bounds the owner recorded: the wider bounds count.
        let first = from.as_ref().and_then(|(_, day)| *day).into_iter().chain(seen.map(|seen| seen.0)).min();
        let last = to.as_ref().and_then(|(_, day)| *day).into_iter().chain(seen.map(|seen| seen.1)).max();
        // Which of several merchants the recorded ends are of is not known: what lies before or after the bills of one
        // is one thing, which its owner confirms or gives up as a whole.
        let whole = if bill_series::is_of_one(name) { seen } else { None };
        let (Some(first), Some(last)) = (first, last) else {
            look.items.push(OpenItem::unknown(name, "nothing_held"));
            continue;
        };
        look.note(format!("{name}.from"), first);
        look.note(format!("{name}.to"), last);
        look.note(format!("{name}.held"), held.held.len());
        let steps = steps(first, last, *unit);
        look.note(format!("{name}.wanted"), steps.len());
        let missing: Vec<Date> = steps.into_iter().filter(|day| !held.covers(*day, accept_nothing)).collect();
        if missing.len() as u64 <= *max_gap {
            continue;
        }
        if *if_held {
            // Personal bills omit whole months: one item per range.
            for (first, last) in ranges(&missing) {
                let label = format!("{first}..{last}");
                // The list of gaps has these ranges.
                let item = OpenItem::missing(format!("{name}:{label}"), "not_held").on(label);
                look.items.push(OpenItem { is_gap: true, ..item });
            }
            continue;
        }
        let is_outside = |day: &Date| whole.is_some_and(|(first, last)| *day < first || *day > last);
        let (outside, missing): (Vec<Date>, Vec<Date>) = missing.into_iter().partition(is_outside);
        // What was given up stays given up when the ends move; only the days beyond it are asked for anew.
        let given_up = scene
            .waivers
            .of_bills(name)
            .filter(|(_, (first, last))| calendar::days(*first, *last).all(|day| outside.binary_search(&day).is_ok()));
        let given_up: Vec<(String, (Date, Date))> = given_up.map(|(item, days)| (item.to_owned(), days)).collect();
        let is_open = |day: &&Date| {
            **day < scene.today() && !given_up.iter().any(|(_, (first, last))| (first..=last).contains(day))
        };
        let open: Vec<Date> = outside.iter().filter(is_open).copied().collect();
        let open = ranges(&open).into_iter().map(|(first, last)| (format!("{name}:{first}..{last}"), (first, last)));
        for (key, (first, last)) in open.chain(given_up) {
            let gone = calendar::bill_last_day(last) < scene.today();
            let reason = if gone { "expired_window" } else { "not_held" };
            look.items.push(OpenItem { lost: gone, ..OpenItem::missing(key, reason).on(first) });
        }
        for day in missing {
            // The bill of a day is issued the day after.
            if MERCHANT.contains(&series.as_str()) && day >= scene.today() {
                look.items.push(OpenItem::unmet(format!("{name}:{day}"), "wait").on(calendar::shift(day, 1)));
                continue;
            }
            let gone = window.as_deref() == Some("mch.bill_api") && calendar::bill_last_day(day) < scene.today();
            let label = if *unit == Unit::Month { day.strftime("%Y-%m").to_string() } else { day.to_string() };
            let mut item =
                OpenItem::missing(format!("{name}:{label}"), if gone { "expired_window" } else { "not_held" });
            item.lost = gone;
            look.items.push(item.on(label));
        }
    }
}

/// Groups sorted days into ranges of first and last day.
fn ranges(days: &[Date]) -> Vec<(Date, Date)> {
    let mut ranges: Vec<(Date, Date)> = Vec::new();
    for day in days {
        match ranges.last_mut() {
            Some(range) if range.1.checked_add(1.day()).is_ok_and(|next| next == *day) => range.1 = *day,
            _ => ranges.push((*day, *day)),
        }
    }
    ranges
}

/// Returns the days or months from `first` to `last`.
fn steps(first: Date, last: Date, unit: Unit) -> Vec<Date> {
    let (first, step) = match unit {
        Unit::Month => (first.first_of_month(), 1.month()),
        _ => (first, 1.day()),
    };
    let mut steps = Vec::new();
    let mut day = first;
    while day <= last && steps.len() < LONGEST {
        steps.push(day);
        match day.checked_add(step) {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    steps
}

/// Checks that bills match the digest the platform gave; where it gave none, ours must be on record.
pub(super) fn hash(scene: &Facts<'_>, look: &mut CheckResult) {
    let bills = &scene.measured.bills;
    unnoted(scene, look);
    look.note("bills", bills.len());
    look.note("bills.by_hand", bills.iter().filter(|bill| bill.digest_agrees.is_none()).count());
    each(bills, look, |bill| match (bill.digest_agrees, bill.recorded) {
        (Some(true), _) | (None, true) => None,
        (Some(false), _) => Some(OpenItem::missing(&bill.name, "hash_mismatch")),
        (None, false) => Some(OpenItem { thing: true, ..OpenItem::unknown(&bill.name, "digest_not_recorded") }),
    });
}

/// Checks that the rows of every bill add up to its summary.
pub(super) fn sum(scene: &Facts<'_>, look: &mut CheckResult) {
    unnoted(scene, look);
    each(&scene.measured.bills, look, |bill| match bill.adds_up {
        Some(true) => None,
        Some(false) => Some(OpenItem::missing(&bill.name, "does_not_add_up")),
        None => Some(OpenItem { thing: true, ..OpenItem::unknown(&bill.name, "no_summary") }),
    });
}

/// Adds an item for bills whose coverage an archive of an older version does not record, whatever is known of the
/// others.
fn unnoted(scene: &Facts<'_>, look: &mut CheckResult) {
    if scene.measured.bills_unnoted {
        look.items.push(OpenItem::unknown("bills", "bills_unnoted"));
    }
}

fn each(bills: &[Bill], look: &mut CheckResult, wrong: impl Fn(&Bill) -> Option<OpenItem>) {
    if bills.is_empty() && look.items.is_empty() {
        look.items.push(OpenItem::unknown("bills", "nothing_held"));
    }
    look.items.extend(bills.iter().filter_map(wrong));
}
