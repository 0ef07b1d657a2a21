//! The second copy: where it is, and a run that makes it or brings it up to date.

use std::path::Path;
use std::sync::Arc;

use minijinja::{Value, context};

use super::{outcome, quiet};
use crate::desk::chooser;
use crate::desk::form::Form;
use crate::desk::host::DeskHost;
use crate::desk::state::Desk;
use crate::desk::view::value;
use crate::desk::views::inputs::troubles;
use crate::desk::views::ready::minute;
use crate::desk::workshop::Outcome;
use crate::error::{Error, Result};
use crate::model::Problem;
use crate::pipeline::archive::copy::{self, SecondCopy};
use crate::pipeline::archive::parcel::pack_name;
use crate::words::keeping::copied;
use crate::words::sentence::SentenceWords;

/// Code of the run.
pub(super) const RUN: &str = "second-copy";
/// Largest number of damaged files of the original that are named.
const NAMED: usize = 12;

/// Returns the values of the part.
pub(super) fn values(desk: &Arc<Desk>, root: &Path, query: &Form) -> Value {
    let phrases = desk.phrases();
    let (ended, finished) = outcome(desk, &[RUN]);
    let report = finished.as_deref().and_then(|finished| match &finished.result {
        Ok(Outcome::Copied(report)) => Some(report),
        _ => None,
    });
    let recorded = copy::recorded(root, &quiet());
    let unreadable = recorded.as_ref().err().map(|error| value(phrases.error(error)));
    let goes_to = query.get("at").map(|at| match copy::destination(root, Path::new(at)) {
        Ok(path) => context! { path => path.display().to_string() },
        Err(error) => context! { refused => value(phrases.error(&error)) },
    });
    // A copy that is not finished goes on in its place.
    let is_done = report.is_some_and(|report| report.damaged.is_empty());
    let named = desk.views.keeping.inner().second.clone().filter(|_| !is_done);
    context! {
        recorded => recorded.ok().flatten().as_ref().map(shown),
        unreadable,
        name => pack_name(root),
        typed => query.get("to").map(str::to_owned).or(named),
        choosing => query.has("choose") || query.has("at"),
        listing => chooser::asked(&phrases, query, false),
        places => value(chooser::places()),
        goes_to,
        said => report.map(|report| {
            let said = copied(report);
            value(said.iter().map(|sentence| sentence.on_page(&phrases)).collect::<Vec<SentenceWords>>())
        }),
        folder => report.map(|report| report.copy.display().to_string()),
        whole => is_done,
        damaged => report.map(|report| {
            let named: Vec<&Problem> = report.damaged.iter().take(NAMED).collect();
            troubles(&phrases, &named)
        }),
        more => report.map(|report| report.damaged.len().saturating_sub(NAMED)),
        ..ended
    }
}

fn shown(copy: &SecondCopy) -> Value {
    context! {
        place => copy.place.as_ref().map(|place| place.display().to_string()),
        there => copy.place.as_ref().is_some_and(|place| place.is_dir()),
        at => minute(copy.at),
        current => copy.is_current,
    }
}

/// Starts the run that copies the archive to the folder of the form.
pub(super) fn start(desk: &Arc<Desk>, root: &Path, form: &Form) -> Result<()> {
    let to = form.get("to").ok_or_else(|| Error::usage("desk-no-folder"))?;
    let target = chooser::typed(to)?;
    copy::destination(root, &target)?;
    let archive = root.to_owned();
    let errand = move |host: &DeskHost| {
        let report = copy::copy(&archive, &target, host)?;
        host.desk().views.keeping.writes(report.copy.clone());
        Ok(Outcome::Copied(Box::new(report)))
    };
    desk.workshop.start(desk, RUN, Arc::new(errand))?;
    desk.views.keeping.inner().second = Some(to.to_owned());
    Ok(())
}
