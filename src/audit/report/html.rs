//! `readiness.html`: one file with everything in it, for the screen, the phone, the dark and the printer. No script, no
//! request to anywhere.

use minijinja::value::{Kwargs, Serde};
use minijinja::{Environment, context};
use serde::Serialize;

use super::{Report, picture};
use crate::audit::advice::{ToDo, to_do};
use crate::audit::engine::Judgement;
use crate::audit::ics::id;
use crate::audit::rules::Rules;
use crate::error::{Error, Result};
use crate::text::{Language, Texts};

const TEMPLATE: &str = include_str!("../../../templates/readiness.html.j2");

/// An open rule as the page lists it.
#[derive(Serialize)]
struct Open {
    rule: String,
    title: String,
    text: String,
    severity: &'static str,
    state: &'static str,
    confidence: &'static str,
    items: Vec<ToDo>,
}

/// Renders the page in `language`. `digest` is that of `readiness.json`. The page names no place
/// on this computer: it is the same wherever the archive is copied to.
pub fn render(
    report: &Report,
    judgement: &Judgement,
    rules: &Rules,
    digest: &str,
    language: Language,
) -> Result<String> {
    let texts = Texts::new(language);
    let tag = language.tag();
    let word = |rule: &str| report.rules_looked_at.iter().find(|known| known.rule == rule);
    let open: Vec<Open> = judgement
        .open()
        .into_iter()
        .filter_map(|outcome| {
            let rule = word(&outcome.rule)?;
            Some(Open {
                rule: outcome.rule.clone(),
                title: rule.title.get(tag).cloned().unwrap_or_default(),
                text: rule.text.get(tag).cloned().unwrap_or_default(),
                severity: outcome.severity.code(),
                state: outcome.state.code(),
                confidence: rule.confidence.code(),
                items: to_do(&texts, rules, outcome, "liudi"),
            })
        })
        .collect();
    let charts: Vec<_> = report.assets.iter().map(|asset| picture::chart(asset, &texts)).collect();
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
    environment.add_template("readiness.html.j2", TEMPLATE).map_err(failed)?;
    let template = environment.get_template("readiness.html.j2").map_err(failed)?;
    let context = context! {
        report => Serde(report),
        open => Serde(open),
        charts => Serde(charts),
        timeline => Serde(timeline),
        digest,
        tag,
    };
    template.render(context).map_err(failed)
}
