//! Writes files of the private bag through the stage and one journalled commit.

use std::path::Path;

use crate::error::{Kind, Result};
use crate::model::Class;
use crate::pipeline::archive::session::Session;
use crate::pipeline::archive::{ownership, state};
use crate::pipeline::commit;
use crate::pipeline::commit::changes::{CommitPlan, Target};
use crate::pipeline::host::Host;
use crate::work::Work;

/// Writes files to the private bag; paths are inside its `data/`. Returns true if anything changed.
pub(crate) fn save(session: &Session, files: &[(impl AsRef<str>, Vec<u8>)], work: &Work<'_>) -> Result<bool> {
    change(session, work, |plan| {
        files.iter().try_for_each(|(path, bytes)| plan.put(Class::Private, path.as_ref(), bytes))
    })
}

/// Writes an optional note, which only saves work later, to the private bag of the archive at `root`; `path` is inside
/// its `data/`. The note is skipped if another process is writing or the archive cannot be written.
///
/// # Errors
/// Those of a commit.
pub(crate) fn note(root: &Path, path: &str, bytes: Vec<u8>, host: &dyn Host) -> Result<()> {
    match Session::open_for(root, host) {
        Ok(session) => save(&session, &[(path, bytes)], &host.work()).map(drop),
        Err(error) if error.kind() == Kind::Lock || state::cannot_be_kept(root) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Removes files from the private bag; paths are inside its `data/`. Returns true if anything changed.
pub(crate) fn remove(session: &Session, gone: &[String], work: &Work<'_>) -> Result<bool> {
    change(session, work, |plan| {
        for path in gone {
            plan.remove(Class::Private, path);
        }
        Ok(())
    })
}

/// Writes what the bags say of themselves anew, with the sizes that their files have.
pub(crate) fn recount(session: &Session, work: &Work<'_>) -> Result<bool> {
    change(session, work, |plan| {
        plan.recount()?;
        Ok(())
    })
}

fn change(session: &Session, work: &Work<'_>, fill: impl FnOnce(&mut CommitPlan<'_>) -> Result<()>) -> Result<bool> {
    session.catalog.transaction(|_| {
        let own = ownership::remembered(&session.catalog)?;
        let description = commit::description(own.as_ref(), session.begin_clock()?);
        let archive = session.archive();
        let target = Target { archive, description, work: *work };
        let mut plan = CommitPlan::new(&session.catalog, &session.stage, target);
        fill(&mut plan)?;
        plan.finish()
    })
}
