//! What a walk found out besides inputs, as the catalog keeps it: problems and gaps of paths, put in the place of what
//! earlier walks said of the same paths.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use super::CollectOutcome;
use super::walk::{FoundInput, Walk};
use crate::error::{Error, Result};
use crate::model::{Gap, GapReason, Problem, layout};
use crate::pipeline::api;
use crate::store::batch::Batch;
use crate::store::{Catalog, Run};

/// How links given as words are remembered among the inputs.
pub(crate) const LINKS: &str = "links:";

/// The file on disk that a path leads to or into.
fn file_of(path: &str) -> &Path {
    Path::new(path.split("!/").next().unwrap_or(path))
}

/// Whether a problem is of what was given now. What bills tell of each other stands until it is looked at.
pub(crate) fn concerns(path: &str, roots: &[PathBuf]) -> bool {
    path == layout::LEDGER
        || path.starts_with(LINKS)
        || path.starts_with(api::ORIGIN)
        || roots.iter().any(|root| file_of(path).starts_with(root))
}

/// Stores what a walk found out, in place of what earlier ones said of the same paths.
pub(crate) fn note_walk(catalog: &Catalog, run: Run, walk: &mut Walk) -> Result<()> {
    let told: HashSet<&str> = walk.problems.iter().map(|(_, path)| path.as_str()).collect();
    let unchanged: HashSet<&str> = walk.read_before.iter().map(|found| found.path.as_str()).collect();
    let pending: HashSet<&str> = walk.found.iter().map(|found| found.path.as_str()).collect();
    for path in catalog.troubled()? {
        let file = file_of(&path);
        let lies_in = |these: &dyn Fn(&str) -> bool| path.match_indices("!/").any(|(end, _)| these(&path[..end]));
        if told.contains(path.as_str()) || walk.opened.contains(&path) {
            catalog.take_back(&path, &walk.gaps)?;
        } else if walk.stopped {
            // What the walk did not come to stands as it stood.
        } else if pending.contains(path.as_str()) || lies_in(&|container| unchanged.contains(container)) {
            // It is told of when it is read, or stands as it stood.
        } else if unchanged.contains(path.as_str()) {
            // What was read once, and then could not be looked at for a while, stands as it stood.
            if is_of_walk(catalog, &path)? {
                catalog.take_back(&path, &[])?;
            }
        } else if !walk.roots.iter().any(|root| file.starts_with(root)) {
            // Not given this time.
        } else if is_gone(file) {
            // Whoever took it away knows; its gap stays. A link was never more than a way to something.
            let problems = catalog.problems_of(&path)?;
            let link = problems.iter().any(|problem| problem.code.starts_with("input-link-"));
            if link { catalog.take_back(&path, &[])? } else { catalog.forget_problems(&path)? }
        } else if lies_in(&|container| walk.opened.contains(container))
            || !told.iter().any(|told| file.starts_with(told))
        {
            // The walk went by and found nothing wrong: it lies beside a page, or its container holds it no longer.
            catalog.take_back(&path, &[])?;
        }
    }
    for (kind, key) in &walk.filled {
        catalog.fill_gap(*kind, key)?;
    }
    // Roots that cannot be looked at are no roots of anything else.
    let unseen = walk.problems.iter().map(|(_, path)| PathBuf::from(path));
    let unseen: Vec<PathBuf> = unseen.filter(|path| !walk.roots.iter().any(|root| path.starts_with(root))).collect();
    walk.roots.extend(unseen);
    let (problems, gaps) = (std::mem::take(&mut walk.problems), std::mem::take(&mut walk.gaps));
    catalog.add(run, &Batch { gaps, problems, ..Batch::default() })
}

/// Whether all that is said of a path is that it could not be looked at.
fn is_of_walk(catalog: &Catalog, path: &str) -> Result<bool> {
    let problems = catalog.problems_of(path)?;
    Ok(problems.iter().all(|problem| matches!(problem.code.as_str(), "input-open-failed" | "input-folder-unreadable")))
}

pub(crate) fn is_gone(path: &Path) -> bool {
    path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

/// Inputs that a stopped run did not come to, by name.
pub(crate) fn not_read(unread: &[FoundInput]) -> Vec<(Gap, String)> {
    let gap = |found: &FoundInput| (Gap::of_input(found.input.locator(), GapReason::NotRead, None), found.path.clone());
    unread.iter().map(gap).collect()
}

/// A root that was there when it was walked and is not there any more (a stick was pulled, a share is gone) is told of
/// first, and by its own name.
pub(crate) fn gone(roots: &[PathBuf], outcome: &mut CollectOutcome, batch: &mut Batch) {
    for root in roots {
        let unreadable = outcome.unreadable.iter().filter(|path| file_of(path).starts_with(root)).count();
        if unreadable == 0 || root.symlink_metadata().is_ok() {
            continue;
        }
        let locator = root.file_name().unwrap_or(root.as_os_str()).to_string_lossy().into_owned();
        let path = root.to_string_lossy().into_owned();
        let error = Error::input("input-root-gone").with("path", root.display()).with("count", unreadable);
        batch.problems.push((Problem::from_error(&error, &locator), path.clone()));
        batch.gaps.push((Gap::of_input(&locator, GapReason::BrokenInput, Some(error.code())), path));
    }
}

/// Key of the catalog's `meta` for the files of containers that were passed over, by the container's path.
const PASSED: &str = "passed_over";

/// Files that systems leave beside others and that were passed over: those of this walk, and those in containers that were
/// opened by an earlier one. A second run says the same as the first.
pub(crate) fn passed_over(catalog: &Catalog, walk: &Walk) -> Result<u64> {
    let mut inside: BTreeMap<String, u64> =
        catalog.meta(PASSED)?.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    inside.retain(|path, _| !walk.opened.contains(path));
    inside.extend(walk.passed_inside.iter().cloned());
    let json = serde_json::to_string(&inside).map_err(|error| Error::other("catalog-encode-failed").because(error))?;
    catalog.set_meta(PASSED, &json)?;
    let unchanged: HashSet<&str> = walk.read_before.iter().map(|found| found.path.as_str()).collect();
    let given = |path: &str| {
        let file = path.split("!/").next().unwrap_or(path);
        walk.opened.contains(path) || unchanged.contains(file)
    };
    Ok(walk.passed_over + inside.iter().filter(|(path, _)| given(path)).map(|(_, count)| count).sum::<u64>())
}
