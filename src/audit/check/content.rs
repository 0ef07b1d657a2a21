//! Checks the archive's contents: the three numbers, lists, files, scans, fixity, dead URLs.

use std::collections::BTreeMap;

use crate::audit::engine::{CheckResult, Facts, OpenItem};
use crate::audit::evidence::{self, Says};
use crate::audit::facts::{Asset, Total};
use crate::audit::rules::{Check, Rules};
use crate::model::Gap;
use crate::model::gap::{numbered, numbers};

/// Converts a gap to an open item.
pub(in crate::audit) fn missing(gap: &Gap) -> OpenItem {
    OpenItem {
        lost: gap.is_lost(),
        is_gap: true,
        title: gap.title.clone(),
        date: gap.date.map(crate::model::Time::date),
        url: gap.url.clone(),
        detail: gap.detail.clone(),
        former_key: gap.former_key(),
        ..OpenItem::missing(&gap.key, gap.reason.code())
    }
}

/// Returns the largest total any of `platform` reports for `asset`, within the scope that can prove completeness.
fn total(
    scene: &Facts<'_>,
    name: &str,
    asset: Option<&Asset>,
    platform: &[&str],
    look: &mut CheckResult,
) -> Option<Total> {
    let mut best: Option<Total> = None;
    let mut offer = |total: Total| {
        if best.as_ref().is_none_or(|best| total.value > best.value) {
            best = Some(total);
        }
    };
    for source in platform {
        if let Some(key) = source.strip_prefix("evidence:") {
            let Some(record) = scene.evidence.newest(key) else { continue };
            look.used.push(super::owner::used(record));
            if let Says::Number(number) = record.says()
                && let Ok(value) = u64::try_from(number)
                && number.fract().is_zero()
            {
                offer(Total { source: (*source).to_owned(), scope: "all".to_owned(), value, at: Some(record.at) });
            }
        } else {
            for total in asset.iter().flat_map(|asset| &asset.totals).filter(|total| total.source == *source) {
                if total.scope == "all" {
                    offer(total.clone());
                } else {
                    // Shown only: a number of another scope proves nothing.
                    look.note(format!("{name}.{}.{}", total.source, total.scope), total.value);
                }
            }
        }
    }
    best
}

/// Compares the archive's number with the platform's, for the asset or each part of it.
pub(super) fn count(
    scene: &Facts<'_>,
    asset: &str,
    platform: &[String],
    by: &[String],
    allow_missing: u64,
    look: &mut CheckResult,
) {
    for (name, sources) in parts(asset, platform, by) {
        let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
        count_one(scene, &name, &sources, allow_missing, look);
    }
}

/// Returns the names of the parts of `asset`, or its own, each with the sources of its total.
fn parts(asset: &str, platform: &[String], by: &[String]) -> Vec<(String, Vec<String>)> {
    if by.is_empty() {
        return vec![(asset.to_owned(), platform.to_vec())];
    }
    by.iter()
        .enumerate()
        .map(|(index, part)| {
            // As many sources as parts: one each. Otherwise every source covers every part.
            let own = if platform.len() == by.len() { &platform[index..=index] } else { platform };
            let named = own.iter().map(|source| source.replace("{part}", part)).collect();
            (format!("{asset}.{part}"), named)
        })
        .collect()
}

/// Returns the names of all counted assets and parts, each with the sources of its total.
fn counted(rules: &Rules) -> impl Iterator<Item = (String, Vec<String>)> {
    rules.rules.iter().flat_map(|rule| match &rule.check {
        Check::Count { asset, platform, by, .. } => parts(asset, platform, by),
        _ => Vec::new(),
    })
}

/// Returns the platform's total of each counted asset, as the verdict uses it.
pub fn totals(scene: &Facts<'_>) -> BTreeMap<String, u64> {
    let mut totals = BTreeMap::new();
    for (name, sources) in counted(scene.rules) {
        let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
        let asset = scene.measured.assets.get(&name);
        if let Some(total) = total(scene, &name, asset, &sources, &mut CheckResult::default()) {
            let known = totals.entry(name).or_insert(total.value);
            *known = total.value.max(*known);
        }
    }
    totals
}

/// Returns the asset whose total is recorded under `key`.
pub fn asset_counted_by(rules: &Rules, key: &str) -> Option<String> {
    let counts = |sources: &[String]| sources.iter().any(|source| source.strip_prefix("evidence:") == Some(key));
    counted(rules).find(|(_, sources)| counts(sources)).map(|(name, _)| name)
}

fn count_one(scene: &Facts<'_>, name: &str, platform: &[&str], allow_missing: u64, look: &mut CheckResult) {
    let asset = scene.measured.assets.get(name);
    let total = total(scene, name, asset, platform, look);
    let numbers = asset.and_then(|asset| Some((asset, asset.listed?, asset.held?)));
    match &total {
        Some(total) => {
            look.note(format!("{name}.platform_total"), total.value);
            look.note(format!("{name}.platform_source"), &total.source);
        }
        None => look
            .items
            .push(OpenItem::unknown(format!("{name}:platform_total"), "total_unknown").detail(platform.join(", "))),
    }
    let Some((asset, listed, held)) = numbers else {
        // A platform total of zero requires nothing in the archive.
        if total.is_none_or(|total| total.value > 0) {
            look.items.push(OpenItem::unknown(format!("{name}:held"), "nothing_held"));
        }
        return;
    };
    look.note(format!("{name}.listed"), listed);
    look.note(format!("{name}.held"), held);
    let mut items: Vec<OpenItem> = asset.gaps.iter().map(missing).collect();
    let named = u64::try_from(items.len()).unwrap_or(u64::MAX);
    let unnamed = listed.saturating_sub(held).saturating_sub(named);
    if unnamed > 0 {
        items.push(OpenItem::missing(format!("{name}:unnamed"), "not_held").detail(unnamed));
    }
    let on_platform = listed.saturating_sub(asset.withdrawn);
    let unlisted = total.map_or(0, |total| total.value.saturating_sub(on_platform));
    if unlisted > 0 {
        // The total may include what was deleted: the list has as many.
        let reason =
            if on_platform.saturating_add(unlisted) <= listed { "not_listed_or_deleted" } else { "not_listed" };
        items.push(OpenItem::missing(format!("{name}:not_listed"), reason).detail(unlisted));
    }
    if named.saturating_add(unnamed).saturating_add(unlisted) > allow_missing {
        look.items.extend(items);
    }
}

/// Checks that every given input file was read.
pub(super) fn inputs(scene: &Facts<'_>, look: &mut CheckResult) {
    let unread = &scene.measured.unread;
    let numbers = numbers(unread.iter());
    look.items.extend(unread.iter().map(|gap| {
        let mut item = missing(gap);
        if let (Some(title), Some(number)) = (&mut item.title, numbers.get(gap.key.as_str())) {
            *title = numbered(title, *number);
        }
        item
    }));
}

/// Checks that every file used by items of this asset is held.
pub(super) fn assets(scene: &Facts<'_>, of: &str, allow_missing: u64, look: &mut CheckResult) {
    let name = format!("{of}.media");
    let Some((asset, listed, held)) =
        scene.measured.assets.get(&name).and_then(|asset| Some((asset, asset.listed?, asset.held?)))
    else {
        look.items.push(OpenItem::unknown(format!("{name}:held"), "nothing_held"));
        return;
    };
    look.note(format!("{name}.listed"), listed);
    look.note(format!("{name}.held"), held);
    let mut items: Vec<OpenItem> = asset.gaps.iter().map(missing).collect();
    let unnamed = listed.saturating_sub(held).saturating_sub(u64::try_from(items.len()).unwrap_or(u64::MAX));
    if unnamed > 0 {
        items.push(OpenItem::missing(format!("{name}:unnamed"), "not_held").detail(unnamed));
    }
    if u64::try_from(items.len()).unwrap_or(u64::MAX) > allow_missing {
        look.items = items;
    }
}

/// Checks that there is a list that names every item, from a source that omits none.
pub(super) fn listing(scene: &Facts<'_>, require_any: &[String], look: &mut CheckResult) {
    for source in require_any {
        let found = match source.strip_prefix("evidence:") {
            None => scene.measured.lists.contains(source),
            // A statement that there is a list is not enough: the file itself is required.
            Some(key) => scene.evidence.newest(key).is_some_and(|record| {
                look.used.push(super::owner::used(record));
                record.file.is_some() && !matches!(record.says(), Says::No | Says::Unknown)
            }),
        };
        if found {
            look.note("list", source);
            return;
        }
    }
    look.items.push(OpenItem::unmet("list", "no_list").detail(require_any.join(", ")));
}

/// Checks the findings of a content scan of the archive in its current state.
pub(super) fn scan(scene: &Facts<'_>, name: &str, reject: &[String], look: &mut CheckResult) {
    let Some(scan) = scene.measured.scans.get(name) else {
        look.items.push(OpenItem::unknown(name, "not_measured"));
        return;
    };
    look.note(format!("{name}.at"), scan.at);
    if scan.archive.is_none() || scan.archive != scene.measured.archive_digest {
        look.items.push(OpenItem::unknown(name, "archive_changed_since"));
        return;
    }
    let rejected = scan.findings.iter().filter(|finding| reject.contains(&finding.code));
    look.items
        .extend(rejected.map(|finding| OpenItem::missing(format!("{}:{}", finding.code, finding.item), &finding.code)));
}

/// Checks that every file of the archive in its current state was read back recently.
pub(super) fn fixity(scene: &Facts<'_>, max_age_days: u32, look: &mut CheckResult) {
    let Some(fixity) = &scene.measured.fixity else {
        look.items.push(OpenItem::unknown("fixity", "not_measured"));
        return;
    };
    look.note("fixity.at", fixity.at);
    let expiry = evidence::expiry(fixity.at, max_age_days);
    look.expires(expiry);
    for path in &fixity.missing {
        look.items.push(OpenItem::missing(path, "file_missing"));
    }
    for path in &fixity.failed {
        look.items.push(OpenItem::missing(path, "hash_mismatch"));
    }
    if !fixity.read_all {
        look.items.push(OpenItem::unknown("fixity", "read_in_part"));
    } else if fixity.archive.is_none() || fixity.archive != scene.measured.archive_digest {
        look.items.push(OpenItem::unknown("fixity", "archive_changed_since"));
    } else if expiry.is_none_or(|expiry| scene.now > expiry) {
        look.items.push(OpenItem::unknown("fixity", "stale"));
    }
}

/// Checks that archived URLs show the page of a closed account.
pub(super) fn probe(scene: &Facts<'_>, expect: &[String], look: &mut CheckResult) {
    if scene.measured.probes.is_empty() {
        look.items.push(OpenItem::unknown("probe", "not_measured"));
    }
    for probe in &scene.measured.probes {
        if !expect.iter().any(|text| probe.text.contains(text)) {
            look.items.push(OpenItem::unmet(&probe.url, "still_there").on(probe.at.date()));
        }
    }
}
