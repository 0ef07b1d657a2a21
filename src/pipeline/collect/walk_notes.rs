//! Records in the catalog the problems and gaps that a walk found, replacing those that earlier walks recorded for the
//! same paths.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use super::CollectOutcome;
use super::found_input::{FoundInput, outermost};
use super::input_marks::InputMarks;
use super::walk::Walk;
use crate::error::{Error, Result};
use crate::model::{Gap, GapReason, Problem, layout};
use crate::pipeline::api;
use crate::platform;
use crate::store::batch::Batch;
use crate::store::{Catalog, Run};

/// Prefix under which links given as text are recorded among the inputs.
pub(crate) const LINKS: &str = "links:";

/// Returns the file on disk that a path refers to or into.
fn file_of(path: &str) -> PathBuf {
    platform::path_of(outermost(path))
}

/// Reports whether a problem concerns the inputs given now. Problems between bills remain until they are checked again.
pub(crate) fn concerns(path: &str, roots: &[PathBuf]) -> bool {
    path == layout::LEDGER
        || path.starts_with(LINKS)
        || path.starts_with(api::ORIGIN)
        || roots.iter().any(|root| file_of(path).starts_with(root))
}

/// Records the findings of a walk, replacing those of earlier walks for the same paths.
pub(crate) fn note_walk(catalog: &Catalog, run: Run, walk: &mut Walk) -> Result<()> {
    let told: HashSet<&str> = walk.problems.iter().map(|(_, path)| path.as_str()).collect();
    let folders: Vec<PathBuf> = told.iter().map(|path| platform::path_of(path)).collect();
    let troubled = catalog.troubled()?;
    // Of a million inputs few are troubled.
    let asked: HashSet<&str> = troubled.iter().flat_map(|path| path_and_containers(path)).collect();
    let unchanged = among(&walk.read_before, &asked);
    let pending = among(&walk.found, &asked);
    for path in &troubled {
        let file = file_of(path);
        let lies_in = |these: &dyn Fn(&str) -> bool| path_and_containers(path).skip(1).any(these);
        if told.contains(path.as_str()) || walk.opened.contains(path) {
            catalog.take_back(path, &walk.gaps)?;
        } else if walk.stopped {
            // Paths that the walk did not reach keep their problems.
        } else if pending.contains(path.as_str()) || lies_in(&|container| unchanged.contains(container)) {
            // Its problems are updated when it is read, or remain.
        } else if unchanged.contains(path.as_str()) {
            // An input that was read once and was then inaccessible for a while is unchanged.
            if is_of_walk(catalog, path)? {
                catalog.take_back(path, &[])?;
            }
        } else if !walk.roots.iter().any(|root| file.starts_with(root)) {
            // Not given this time.
        } else if is_gone(&file) {
            // A deleted file is the user's decision: its problems are removed, but its gap remains. A link was only a
            // path to something else.
            let problems = catalog.problems_of(path)?;
            let link = problems.iter().any(|problem| problem.code.starts_with("input-link-"));
            if link { catalog.take_back(path, &[])? } else { catalog.forget_problems(path)? }
        } else if lies_in(&|container| walk.opened.contains(container))
            || !folders.iter().any(|told| file.starts_with(told))
        {
            // The walk passed it and found no problem: it belongs to a page, or its container no longer contains it.
            catalog.take_back(path, &[])?;
        }
    }
    for (kind, key) in &walk.filled {
        catalog.fill_gap(*kind, key)?;
    }
    // A root that cannot be examined does not count as an ancestor of other paths.
    let unseen = walk.problems.iter().map(|(_, path)| platform::path_of(path));
    let unseen: Vec<PathBuf> = unseen.filter(|path| !walk.roots.iter().any(|root| path.starts_with(root))).collect();
    walk.roots.extend(unseen);
    let (problems, gaps) = (std::mem::take(&mut walk.problems), std::mem::take(&mut walk.gaps));
    catalog.add(run, &Batch { gaps, problems, ..Batch::default() })
}

/// Iterates over a path and those of the containers around it.
fn path_and_containers(path: &str) -> impl Iterator<Item = &str> {
    std::iter::once(path).chain(path.match_indices("!/").map(|(end, _)| &path[..end]))
}

/// Returns those of the paths `asked` that are found.
fn among<'a>(found: &[FoundInput], asked: &HashSet<&'a str>) -> HashSet<&'a str> {
    if asked.is_empty() {
        return HashSet::new();
    }
    found.iter().filter_map(|found| asked.get(found.path().as_ref()).copied()).collect()
}

/// Reports whether all problems of a path are failures to open it.
fn is_of_walk(catalog: &Catalog, path: &str) -> Result<bool> {
    let problems = catalog.problems_of(path)?;
    Ok(problems.iter().all(|problem| matches!(problem.code.as_str(), "input-open-failed" | "input-folder-unreadable")))
}

pub(crate) fn is_gone(path: &Path) -> bool {
    path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

/// Forgets the unrecognised inputs whose files are gone, and returns their locators, so that they are named once more and
/// then no longer. Those of the inbox were removed by the user's own hand and are not named.
pub(crate) fn forget_gone(catalog: &Catalog, root: &Path) -> Result<Vec<String>> {
    let inbox = root.canonicalize().unwrap_or_else(|_| root.to_owned()).join(layout::WORK).join(layout::INBOX);
    let mut named = Vec::new();
    for (path, locator) in catalog.unrecognised_paths()? {
        let file = file_of(&path);
        // Links and responses are no files.
        if file.is_absolute() && is_gone(&file) {
            catalog.forget_input(&path)?;
            if !file.starts_with(&inbox) {
                named.push(locator);
            }
        }
    }
    Ok(named)
}

/// Returns gaps that name the inputs a stopped run did not reach.
pub(crate) fn not_read(unread: &[FoundInput]) -> Vec<(Gap, String)> {
    let mut marks = InputMarks::default();
    let gap = |found: &FoundInput| {
        let (gap, path) = (Gap::of_input(&found.locator(), GapReason::NotRead, None), found.path().into_owned());
        (marks.mark(gap, &path), path)
    };
    unread.iter().map(gap).collect()
}

/// Reports a root that existed during the walk and is gone now (an unplugged drive, a lost network share), before its
/// files and by its own name.
pub(crate) fn gone(roots: &[PathBuf], outcome: &mut CollectOutcome, batch: &mut Batch) {
    for root in roots {
        let unreadable = outcome.unreadable.iter().filter(|path| file_of(path).starts_with(root)).count();
        if unreadable == 0 || root.symlink_metadata().is_ok() {
            continue;
        }
        let locator = platform::name_of(root.file_name().unwrap_or(root.as_os_str())).into_owned();
        let path = platform::text_of(root);
        let error = Error::input("input-root-gone").with("path", root.display()).with("count", unreadable);
        batch.problems.push((Problem::from_error(&error, &locator), path.clone()));
        batch.gaps.push((Gap::of_input(&locator, GapReason::BrokenInput, Some(error.code())), path));
    }
}

/// Key of the catalog's `meta` for the number of skipped files in containers, by the container's path.
const PASSED: &str = "passed_over";

/// Counts the skipped files that operating systems leave in folders: those of this walk and those in containers opened
/// by an earlier one, so that a second run reports the same number.
pub(crate) fn passed_over(catalog: &Catalog, walk: &Walk) -> Result<u64> {
    let mut inside: BTreeMap<String, u64> =
        catalog.meta(PASSED)?.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    inside.retain(|path, _| !walk.opened.contains(path));
    inside.extend(walk.passed_inside.iter().cloned());
    let json = serde_json::to_string(&inside).map_err(|error| Error::other("catalog-encode-failed").because(error))?;
    catalog.set_meta(PASSED, &json)?;
    let asked = inside.keys().map(|path| outermost(path)).collect();
    let unchanged = among(&walk.read_before, &asked);
    let given = |path: &str| walk.opened.contains(path) || unchanged.contains(outermost(path));
    Ok(walk.passed_over + inside.iter().filter(|(path, _)| given(path)).map(|(_, count)| count).sum::<u64>())
}
