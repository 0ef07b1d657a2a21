//! The repair: first a plan, with where each damaged file would come from, then the run that carries it out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use minijinja::{Value, context};

use super::{outcome, quiet};
use crate::desk::chooser;
use crate::desk::form::Form;
use crate::desk::host::DeskHost;
use crate::desk::state::Desk;
use crate::desk::view::value;
use crate::desk::views::gaps::damage;
use crate::desk::views::inputs::troubles;
use crate::desk::workshop::Outcome;
use crate::error::{Error, Result};
use crate::model::Problem;
use crate::pipeline::archive::copy;
use crate::pipeline::archive::repair::{self, Mended, Origin, RepairOptions, RepairReport};
use crate::words::Phrases;
use crate::words::keeping::{origin, repaired};

/// Code of the run that only makes a plan.
pub(super) const PLAN: &str = "repair-plan";
/// Code of the run that mends.
pub(super) const RUN: &str = "repair";
/// Largest number of files that are named of what can be mended, and of what cannot.
const NAMED: usize = 100;

/// Returns the values of the part.
pub(super) fn values(desk: &Arc<Desk>, root: &Path, query: &Form) -> Value {
    let phrases = desk.phrases();
    let (ended, finished) = outcome(desk, &[PLAN, RUN]);
    let report = finished.as_deref().and_then(|finished| match &finished.result {
        Ok(Outcome::Mended(report)) => Some(shown(&phrases, report)),
        _ => None,
    });
    let second = second(root);
    let named = desk.views.keeping.inner().sources.clone();
    let source =
        |path: &PathBuf, own: bool| context! { path => path.display().to_string(), own, there => path.exists() };
    let sources: Vec<Value> =
        second.iter().map(|path| source(path, true)).chain(named.iter().map(|path| source(path, false))).collect();
    context! {
        // A plan says more than the last check for a verdict.
        damage => damage(root).ok().flatten().filter(|_| report.is_none()),
        report,
        sources,
        typed => query.get("source"),
        choosing => query.has("choose") || query.has("at"),
        listing => chooser::asked(&phrases, query, true),
        places => value(chooser::places()),
        ..ended
    }
}

fn shown(phrases: &Phrases<'_>, report: &RepairReport) -> Value {
    let mended: Vec<Value> = report
        .mended
        .iter()
        .take(NAMED)
        .map(|mended| context! { path => mended.path.clone(), from => origin(phrases.texts, &short(mended)) })
        .collect();
    let left: Vec<&Problem> = report.left.iter().take(NAMED).collect();
    context! {
        rehearsed => report.rehearsed,
        whole => report.was_whole(),
        lists_first => report.lists_first,
        said => repaired(report).on_page(phrases).text,
        count => report.mended.len(),
        mended,
        more => report.mended.len().saturating_sub(NAMED),
        left => troubles(phrases, &left),
        left_more => report.left.len().saturating_sub(NAMED),
    }
}

/// Returns where a mended file comes from; of a copy that has it at the same place only the copy is named.
fn short(mended: &Mended) -> Origin {
    let names = Path::new(&mended.path).components().count();
    match &mended.from {
        Origin::Copy(file) if Path::new(file).ends_with(&mended.path) => {
            Origin::Copy(Path::new(file).ancestors().nth(names).unwrap_or(Path::new(file)).display().to_string())
        }
        from => from.clone(),
    }
}

/// Returns the folder of the recorded second copy. Of an archive that is too damaged to say, none is known.
fn second(root: &Path) -> Option<PathBuf> {
    copy::recorded(root, &quiet()).ok().flatten().and_then(|copy| copy.place)
}

/// Carries out an action of the part.
pub(super) fn act(desk: &Arc<Desk>, root: &Path, action: &str, form: &Form) -> Result<()> {
    match action {
        "source" => {
            let path = chooser::typed(form.get("source").ok_or_else(|| Error::usage("desk-no-folder"))?)?;
            if !path.exists() {
                return Err(Error::input("input-not-found").with("path", path.display()));
            }
            let sources = &mut desk.views.keeping.inner().sources;
            if !sources.contains(&path) {
                sources.push(path);
            }
        }
        "leave-out" => {
            let gone = form.get("gone").map(Path::new);
            desk.views.keeping.inner().sources.retain(|source| Some(source.as_path()) != gone);
        }
        _ => return start(desk, root, action == "plan"),
    }
    // What was planned without it holds no longer.
    if desk.workshop.now().is_none() { start(desk, root, true) } else { Ok(()) }
}

fn start(desk: &Arc<Desk>, root: &Path, rehearses: bool) -> Result<()> {
    let archive = root.to_owned();
    let errand = move |host: &DeskHost| {
        let mut from: Vec<PathBuf> = second(&archive).into_iter().collect();
        from.extend(host.desk().views.keeping.inner().sources.iter().cloned());
        // A disk that is not connected now stops nothing: what only it holds is named as lost.
        from.retain(|path| path.exists());
        let report = repair::repair(&archive, &RepairOptions { from, rehearses }, host)?;
        Ok(Outcome::Mended(Box::new(report)))
    };
    desk.workshop.start(desk, if rehearses { PLAN } else { RUN }, Arc::new(errand))
}
