//! Renders `readiness.html`: one self-contained file for desktop, phone, dark mode and print. It has no scripts and
//! makes no requests.

use jiff::civil::Date;
use minijinja::value::{Kwargs, Serde};
use minijinja::{Environment, context};
use serde::Serialize;

use super::{Closing, Report, picture};
use crate::audit::advice::{ToDo, ToDos, shared, to_do};
use crate::audit::dates::{self, Line, lines};
use crate::audit::engine::{Judgement, SurelyOpen};
use crate::audit::first::{first, place};
use crate::audit::profile::Profile;
use crate::audit::questions::Question;
use crate::audit::rules::Rules;
use crate::error::{Error, Result};
use crate::model::Gap;
use crate::text::{Language, Texts, id};

const TEMPLATE: &str = include_str!("../../../templates/readiness.html.j2");

/// An open rule as listed on the page.
#[derive(Serialize)]
struct Open {
    rule: String,
    group: String,
    title: String,
    text: String,
    severity: &'static str,
    state: &'static str,
    confidence: &'static str,
    items: Vec<ToDo>,
    /// Number of items left out.
    more: usize,
    /// Whether some of the items are still to be added.
    shared: bool,
}

/// The missing items of an asset as listed on the page.
#[derive(Serialize)]
struct Missing<'a> {
    asset: &'a str,
    gaps: &'a [Gap],
    /// Number of gaps left out.
    more: usize,
}

/// Items listed of each open rule; `readiness.json` has them all.
const ITEMS: usize = 40;

/// Missing items listed of each asset.
const GAPS: usize = 200;

/// A line of the calendar as listed on the page.
#[derive(Serialize)]
struct Window {
    account: String,
    #[serde(flatten)]
    line: Line,
    planned: bool,
}

/// Returns the calendar of one closing; only its first line names the account.
fn windows(closing: &Closing, today: Date, texts: &Texts) -> Vec<Window> {
    let lines = lines(texts, today, closing.submit, closing.planned, &closing.dates);
    let submit = lines.iter().position(|line| line.start == closing.submit);
    let name = dates::account(texts, closing.account);
    let window = |(index, line): (usize, Line)| Window {
        account: if index == 0 { name.clone() } else { String::new() },
        planned: closing.planned && Some(index) == submit,
        line,
    };
    lines.into_iter().enumerate().map(window).collect()
}

/// Renders the page in `language`. `digest` is that of `readiness.json`. The page contains no local paths, so it is the
/// same wherever the archive is copied.
pub fn render(
    report: &Report<'_>,
    judgement: &Judgement,
    rules: &Rules,
    profile: &Profile,
    digest: &str,
    language: Language,
    questions: &[Question],
) -> Result<String> {
    let texts = Texts::new(language);
    let tag = language.tag();
    let word = |rule: &str| report.rules_looked_at.iter().find(|known| known.rule == rule);
    let surely = judgement.surely_open(rules, profile);
    let first = first(&texts, rules, judgement, &surely, questions, "liudi");
    let SurelyOpen { rules: mut outcomes, not_yet } = surely;
    outcomes.sort_by_key(|outcome| (place(&outcome.group), outcome.severity));
    let open: Vec<Open> = outcomes
        .into_iter()
        .filter_map(|outcome| {
            let rule = word(&outcome.rule)?;
            let ToDos { items, more, shared, .. } = to_do(&texts, rules, outcome, "liudi", ITEMS);
            Some(Open {
                rule: outcome.rule.clone(),
                group: outcome.group.clone(),
                title: rule.title.get(tag).cloned().unwrap_or_default(),
                text: rule.text.get(tag).cloned().unwrap_or_default(),
                severity: outcome.severity.code(),
                state: outcome.state.code(),
                confidence: rule.confidence.code(),
                items,
                more,
                shared,
            })
        })
        .collect();
    let shared = shared(&texts, "liudi");
    let missing = report.assets.iter().filter(|asset| !asset.gaps.is_empty()).map(|asset| {
        let shown = asset.gaps.len().min(GAPS);
        Missing { asset: &asset.asset, gaps: &asset.gaps[..shown], more: asset.gaps.len() - shown }
    });
    let missing: Vec<Missing<'_>> = missing.collect();
    let charts: Vec<_> = report.assets.iter().map(|asset| picture::chart(asset, &texts)).collect();
    let windows: Vec<_> =
        report.closings.iter().flat_map(|closing| windows(closing, report.at.zoned().date(), &texts)).collect();
    let timeline = picture::timeline(report, &texts);
    let mut environment = Environment::new();
    let failed = |error: minijinja::Error| Error::other("report-not-rendered").because(error);
    let syntax = environment.syntax().to_builder().trim_blocks(true).lstrip_blocks(true).build().map_err(failed)?;
    environment.set_syntax(syntax);
    environment.add_function("t", move |name: String, arguments: Kwargs| -> Result<String, minijinja::Error> {
        let mut values: Vec<(&str, String)> = Vec::new();
        for key in arguments.args() {
            values.push((key, arguments.get::<minijinja::Value>(key)?.to_string()));
        }
        let borrowed: Vec<(&str, &str)> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
        Ok(texts.get(&id(&name), &borrowed))
    });
    environment.add_filter("code", commands);
    environment.add_template("readiness.html.j2", TEMPLATE).map_err(failed)?;
    let template = environment.get_template("readiness.html.j2").map_err(failed)?;
    let context = context! {
        report => Serde(report.without_items()),
        missing => Serde(missing),
        open => Serde(open),
        first => Serde(first),
        not_yet,
        shared,
        charts => Serde(charts),
        windows => Serde(windows),
        timeline => Serde(timeline),
        digest,
        tag,
    };
    template.render(context).map_err(failed)
}

/// Escapes a text and marks up its commands, which are in backticks, as code.
fn commands(text: &str) -> minijinja::Value {
    let mut html = String::new();
    for (index, part) in text.split('`').enumerate() {
        let part = part.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let (open, close) = if index % 2 == 1 { ("<code>", "</code>") } else { ("", "") };
        html.extend([open, &part, close]);
    }
    minijinja::Value::from_safe_string(html)
}
