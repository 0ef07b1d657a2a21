//! Puts what `readiness.json` names by code into the words of the page: sources, measurements, records, and what was
//! given up.

use serde::Serialize;

use super::{BasisReport, Report, RuleReport};
use crate::audit::advice;
use crate::audit::engine::Used;
use crate::audit::rules::{Rules, SourceKind};
use crate::model::{Gap, SubjectKind};
use crate::text::Texts;

/// A measured value, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Measure {
    pub(super) name: String,
    value: String,
}

/// Something that was given up, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct GivenUp {
    rule: String,
    item: Option<String>,
    reason: String,
    by: String,
    at: String,
}

/// Splits advice into its commands, which are in backticks.
pub(super) fn commands(advice: &str) -> Vec<String> {
    advice.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Returns the words for where a number comes from: `evidence:published_total`, `api:draft.count`.
pub(super) fn source(texts: &Texts, source: &str) -> String {
    let kind = source.split(':').next().unwrap_or_default();
    texts.find_code("report-source", kind).unwrap_or_else(|| source.to_owned())
}

/// Returns a measured value in words.
pub(super) fn measure(texts: &Texts, name: &str, value: &str) -> Measure {
    let said = |code: &str| texts.find_code("report-measured", code);
    if name == "list" {
        return Measure { name: said(name).unwrap_or_default(), value: source(texts, value) };
    }
    let of = |thing: &str| ["asset", "series", "scan"].iter().find_map(|prefix| texts.find_code(prefix, thing));
    // `article.api:freepublish.total_count.published` is a number of another scope.
    let other = ["api:", "list:", "evidence:"].iter().find_map(|kind| name.split_once(&format!(".{kind}")));
    let named = match (other, name.rsplit_once('.')) {
        (Some((thing, _)), _) => of(thing).zip(said("other")),
        (None, Some((thing, what))) => of(thing).zip(said(what)),
        (None, None) => None,
    };
    let value = if name.ends_with(".platform_source") { source(texts, value) } else { minute(value) };
    let name = match named {
        Some((thing, what)) => texts.get("ready-reason-detail", &[("reason", &thing), ("detail", &what)]),
        None => of(name).unwrap_or_else(|| name.to_owned()),
    };
    Measure { name, value }
}

/// Returns a time to the minute, and anything else as it is.
fn minute(value: &str) -> String {
    match value.parse::<crate::model::Time>() {
        Ok(_) => value.get(..16).unwrap_or(value).replace('T', " "),
        Err(_) => value.to_owned(),
    }
}

/// Returns a record on which a rule relies, named as the question that it answers or as the event.
pub(super) fn record(texts: &Texts, used: &Used) -> Measure {
    let named = ["ask", "event"].iter().find_map(|prefix| texts.find_code(prefix, &used.key));
    Measure {
        name: named.unwrap_or_else(|| used.key.clone()),
        value: texts.find_code("answer", &used.value).unwrap_or_else(|| used.value.clone()),
    }
}

/// Returns the title of a source. A requirement of this tool is named in the language of the page.
pub(super) fn basis(texts: &Texts, basis: &BasisReport) -> String {
    if basis.kind == SourceKind::Tool { texts.code("ready-confidence", "tool") } else { basis.title.clone() }
}

/// Returns what was given up, named as the list of what is missing names it.
pub(super) fn given_up(texts: &Texts, rules: &Rules, report: &Report<'_>) -> Vec<GivenUp> {
    let item_of = |rule: Option<&RuleReport<'_>>, key: &str| {
        let item = rule.and_then(|rule| rule.items.iter().find(|item| item.key == key));
        item.map_or_else(|| key.to_owned(), |item| advice::name(texts, rules, item))
    };
    report
        .waivers
        .iter()
        .map(|waiver| GivenUp {
            rule: rules
                .rule(&waiver.rule)
                .map_or_else(|| waiver.rule.clone(), |rule| rule.title(texts.language()).to_owned()),
            item: waiver
                .item
                .as_deref()
                .map(|key| item_of(report.rules_looked_at.iter().find(|rule| rule.rule == waiver.rule), key)),
            reason: waiver.reason.clone(),
            by: waiver.by.clone(),
            at: waiver.at.date(),
        })
        .collect()
}

/// Returns what is said about a missing thing besides the reason: the platform's own words or a number, no mark of ours.
pub(super) fn detail(texts: &Texts, gap: &Gap) -> Option<String> {
    let detail = gap.detail.as_deref()?;
    if let Some(names) = detail.strip_prefix(Gap::UNCLEAR) {
        return Some(texts.get("gaps-unclear", &[("names", names)]));
    }
    let is_ours =
        gap.kind == SubjectKind::Video || detail.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    (!is_ours).then(|| detail.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::rules::Check;
    use crate::text::Language;

    #[test]
    fn every_measurement_has_words() {
        let rules = Rules::embedded().unwrap();
        let mut names: Vec<String> = ["fixity.at", "bills", "bills.by_hand", "list"].map(str::to_owned).into();
        for rule in &rules.rules {
            let (things, what): (Vec<String>, &[&str]) = match &rule.check {
                Check::Coverage { series, by, .. } if by.is_empty() => {
                    (vec![series.clone()], &["from", "to", "held", "wanted"])
                }
                Check::Coverage { series, by, .. } => {
                    (by.iter().map(|part| format!("{series}.{part}")).collect(), &["from", "to", "held", "wanted"])
                }
                Check::Count { asset, by, .. } if by.is_empty() => (
                    vec![asset.clone()],
                    &["listed", "held", "platform_total", "platform_source", "api:x.total.published"],
                ),
                Check::Count { asset, by, .. } => (
                    by.iter().map(|part| format!("{asset}.{part}")).collect(),
                    &["listed", "held", "platform_total", "platform_source"],
                ),
                Check::Scan { scan, .. } => (vec![scan.clone()], &["at"]),
                _ => continue,
            };
            names.extend(things.iter().flat_map(|thing| what.iter().map(move |what| format!("{thing}.{what}"))));
        }
        assert!(names.len() > 40, "{names:?}");
        for language in Language::ALL {
            let texts = Texts::new(language);
            for name in &names {
                let words = measure(&texts, name, "api:x").name;
                assert!(!words.is_empty() && !words.contains(['_', '[']) && words != *name, "{name}: {words}");
            }
        }
    }
}
