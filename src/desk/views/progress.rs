//! 进度: the run in progress with its buttons and questions, and what the last one brought.

use std::path::Path;
use std::sync::Arc;

use minijinja::{Value, context};

use super::inputs::troubles;
use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::desk::view::{Info, View, value};
use crate::desk::workshop::{Finished, Outcome, Question, Running, Watched};
use crate::error::Result;
use crate::model::Problem;
use crate::pipeline::inbox::{Inbox, List};
use crate::words::Phrases;
use crate::words::sentence::Sentence;
use crate::words::summary::{Told, summary};

/// The view.
pub(in crate::desk) struct Progress;

impl View for Progress {
    fn info(&self) -> &'static Info {
        &Info { slug: "progress", of_archive: false, in_steps: true }
    }

    fn values(&self, desk: &Arc<Desk>, query: &Form) -> Result<Value> {
        let phrases = desk.phrases();
        let now = desk.workshop.now();
        if now.is_none() && desk.archive().is_some() {
            desk.root()?;
        }
        let last = desk.workshop.latest().filter(|_| now.is_none());
        let watched = now.as_deref().and_then(Running::watched);
        let inbox = desk.archive().filter(|_| now.is_none()).map(|root| Inbox::of(&root));
        let (receiving, lost) =
            inbox.map(|inbox| desk.views.inputs.outstanding(&inbox)).transpose()?.unwrap_or_default();
        Ok(context! {
            receiving => desk.texts().list(&receiving),
            lost,
            live => true,
            now => now.as_deref().map(in_progress),
            last => last.as_deref().map(|finished| ended(&phrases, finished)),
            watched => watched.map(|watched| shown(&watched)),
            waiting => now.is_none() && desk.archive().is_some_and(|root| is_waiting(&root)),
            ending => now.is_some() && query.get("end") == Some("ask"),
        })
    }

    fn json(&self, desk: &Arc<Desk>) -> Result<Option<Vec<u8>>> {
        let runs = ["backup", "watch"].map(|code| desk.workshop.last(code));
        let Some(last) = runs.into_iter().flatten().max_by_key(|finished| finished.number) else { return Ok(None) };
        let Ok(Outcome::Backup { root, site, done }) = &last.result else { return Ok(None) };
        Ok(serde_json::to_vec_pretty(&done.output(root, Some(site))).ok())
    }
}

/// Reports whether files or links wait for a run: it was not started yet, or the program was ended before its end.
pub(super) fn is_waiting(root: &Path) -> bool {
    let inbox = Inbox::of(root);
    inbox.list() != List::default()
        || inbox
            .batches()
            .is_ok_and(|batches| batches.iter().any(|batch| inbox.is_empty(batch).is_ok_and(|empty| !empty)))
}

fn in_progress(now: &Running) -> Value {
    let questions = now.questions();
    let questions = questions.iter().map(|open| match &*open.question {
        Question::Password(names, refused) => {
            context! { kind => "password", names => names.clone(), refused => *refused, meanwhile => open.meanwhile, trying => open.trying }
        }
        Question::Account(candidates) => {
            let candidates: Vec<Value> = candidates
                .iter()
                .map(|one| {
                    let face = one.name.chars().find(|c| c.is_alphanumeric()).unwrap_or('?').to_uppercase().to_string();
                    context! { biz => one.biz.clone(), name => one.name.clone(), articles => one.articles, face }
                })
                .collect();
            context! { kind => "account", candidates, meanwhile => open.meanwhile, trying => open.trying }
        }
    });
    let questions: Vec<Value> = questions.collect();
    context! { code => now.code, paused => now.board.is_paused(), stopping => now.stop.is_cancelled(), questions }
}

/// Returns the folder that is watched, for a template.
pub(super) fn shown(watched: &Watched) -> Value {
    context! { path => watched.folder.display().to_string(), gone => watched.gone }
}

/// Returns what became of a run.
fn ended(phrases: &Phrases<'_>, finished: &Finished) -> Value {
    let code = finished.code;
    let state = |interrupted: bool| match (interrupted, finished.stopped) {
        (true, true) => "stopped",
        (true, false) => "interrupted",
        (false, _) => "done",
    };
    match &finished.result {
        Ok(Outcome::Backup { root, site, done }) => {
            let report = &done.report;
            let state = state(report.interrupted);
            let output = done.output(root, Some(site));
            let told = Told {
                root,
                report,
                site: output.site,
                open_blockers: done.open_blockers,
                online: report.crawl.is_some(),
            };
            let damage = done.checked.iter().flat_map(|checked| &checked.findings);
            let problems: Vec<&Problem> = report.problems.iter().map(|(problem, _)| problem).chain(damage).collect();
            context! {
                code, state,
                paragraphs => paragraphs(phrases, &summary(phrases.texts, &told)),
                problems => troubles(phrases, &problems),
                archive => root.display().to_string(),
                site => output.site.is_some(),
                gaps => report.gaps.values().sum::<u64>(),
                undecided => report.undecided.len(),
                locked => report.locked.len(),
            }
        }
        // The page of the run says what is not in it.
        Ok(Outcome::Copied(report)) if !report.damaged.is_empty() => context! { code, state => "in-part" },
        Ok(Outcome::Mended(report)) if !report.rehearsed && !report.left.is_empty() => {
            context! { code, state => "in-part" }
        }
        Ok(_) => context! { code, state => "done" },
        Err(error) if error.is_interrupted() => context! { code, state => state(true) },
        Err(error) => context! { code, state => "failed", error => value(phrases.error(error)) },
    }
}

/// Returns the lines of a summary by paragraph. A line that names a command has its own words here
/// (`desk-summary-…`), which are `-` where a button says it.
fn paragraphs(phrases: &Phrases<'_>, sentences: &[Vec<Sentence>]) -> Vec<Vec<String>> {
    let lines = |paragraph: &Vec<Sentence>| -> Vec<String> {
        let lines = paragraph.iter().map(|sentence| sentence.on_page(phrases).text);
        lines.filter(|line| line.trim() != "-").collect()
    };
    sentences.iter().map(lines).filter(|lines| !lines.is_empty()).collect()
}
