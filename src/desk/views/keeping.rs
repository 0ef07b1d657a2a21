//! 保管: a second copy of the archive, the repair of what is damaged, packs for cloud drives, timestamps.

mod packs;
mod repair;
mod second;
mod stamps;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use minijinja::{Value, context};

use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::desk::view::{self, Download, Info, Then, View, value};
use crate::desk::workshop::{Finished, Outcome};
use crate::error::Result;
use crate::pipeline::archive::state::was_written;
use crate::pipeline::host::Unattended;

/// The view.
pub(in crate::desk) struct Keeping;

/// The parts of the view, the first shown at first; their words are `desk-keeping-part-<code>`.
const PARTS: &[&str] = &["copy", "repair", "packs", "stamps"];

/// What the view keeps between requests.
#[derive(Default)]
pub(in crate::desk) struct Kept(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// The folder that was named for the second copy.
    second: Option<String>,
    /// The folder that was named for packs.
    packs: Option<String>,
    /// Folders and files, besides the second copy, that may hold what is lost.
    sources: Vec<PathBuf>,
    /// Folders that runs wrote outside of the archive.
    written: Vec<PathBuf>,
}

impl Kept {
    /// Forgets what is about the archive.
    pub(in crate::desk) fn forget(&self) {
        *self.inner() = Inner::default();
    }

    /// Reports whether a run of this desk wrote this folder, which may then be shown to the user.
    pub(in crate::desk) fn wrote(&self, folder: &Path) -> bool {
        self.inner().written.iter().any(|written| written == folder)
    }

    fn writes(&self, folder: PathBuf) {
        let written = &mut self.inner().written;
        if !written.contains(&folder) {
            written.push(folder);
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl View for Keeping {
    fn info(&self) -> &'static Info {
        &Info { slug: "keeping", of_archive: true, in_steps: true }
    }

    fn values(&self, desk: &Arc<Desk>, query: &Form) -> Result<Value> {
        let root = desk.root()?;
        // Also of an archive that has lost the very list by which it is known.
        if !was_written(&root) {
            return Ok(context! { empty => true, live => true });
        }
        let part = PARTS.iter().find(|part| Some(**part) == query.get("part")).copied().unwrap_or(PARTS[0]);
        let values = match part {
            "repair" => repair::values(desk, &root, query),
            "packs" => packs::values(desk, &root, query),
            "stamps" => stamps::values(desk, &root, query),
            _ => second::values(desk, &root, query),
        };
        let parts: Vec<Value> = PARTS.iter().map(|code| context! { code => *code, current => *code == part }).collect();
        Ok(context! { part_of_view => part, parts, live => true, ..values })
    }

    fn json(&self, desk: &Arc<Desk>) -> Result<Option<Vec<u8>>> {
        let Some(finished) = latest(desk, &[second::RUN, repair::PLAN, repair::RUN, packs::RUN]) else {
            return Ok(None);
        };
        match &finished.result {
            Ok(Outcome::Copied(report)) => view::json(report).map(Some),
            Ok(Outcome::Mended(report)) => view::json(report).map(Some),
            Ok(Outcome::Packed(_, report)) => view::json(report).map(Some),
            _ => Ok(None),
        }
    }

    fn file(&self, desk: &Arc<Desk>, name: &str, query: &Form) -> Result<Option<Download>> {
        stamps::file(&desk.root()?, name, query)
    }

    fn act(&self, desk: &Arc<Desk>, action: &str, form: &Form) -> Result<Option<Then>> {
        let root = desk.root()?;
        let part = match action {
            "copy" => {
                second::start(desk, &root, form)?;
                "copy"
            }
            "pack" => {
                packs::start(desk, &root, form)?;
                "packs"
            }
            "ask" | "ask-online" | "answer" | "sheet" => {
                stamps::act(desk, &root, action, form)?;
                "stamps"
            }
            "source" | "leave-out" | "plan" | "mend" => {
                repair::act(desk, &root, action, form)?;
                "repair"
            }
            _ => return Ok(None),
        };
        Ok(Some(Then::Show(format!("/keeping?part={part}"))))
    }
}

/// Returns the host of short work that asks nothing.
fn quiet() -> Unattended {
    Unattended::default()
}

/// Returns the last run of these kinds.
fn latest(desk: &Desk, codes: &[&str]) -> Option<Arc<Finished>> {
    let runs = codes.iter().filter_map(|code| desk.workshop.last(code));
    runs.max_by_key(|finished| finished.number)
}

/// Returns what became of the last run of these kinds, unless one is in progress: as values if it brought nothing, else the
/// run.
fn outcome(desk: &Desk, codes: &[&str]) -> (Value, Option<Arc<Finished>>) {
    let now = desk.workshop.now().map(|now| now.code).filter(|now| codes.contains(now));
    if let Some(now) = now {
        return (context! { going_on => now }, None);
    }
    let Some(finished) = latest(desk, codes) else { return (context! {}, None) };
    match &finished.result {
        Ok(_) => (context! {}, Some(finished)),
        Err(error) if error.is_interrupted() => (context! { stopped => finished.code }, None),
        Err(error) => (context! { failed => value(desk.phrases().error(error)) }, None),
    }
}
