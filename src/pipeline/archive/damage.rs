//! Finds media files that the archive lists and lacks, and restores them from the inputs that still contain them.

use super::session::Session;
use crate::archive;
use crate::error::Result;
use crate::model::{Class, Problem, Sha256, layout};

/// A file of the archive that is missing or has another size.
#[derive(Clone, Debug)]
pub(crate) struct Damaged {
    digest: Sha256,
    bag: Class,
    /// Path inside the bag's `data/`.
    path: String,
}

/// Code of the finding for such a file.
pub(crate) use crate::archive::lost::MISSING;

/// Returns the media files of `session`'s archive that are missing or differ in size. Altered contents are found by
/// `verify`.
pub(crate) fn find(session: &Session) -> Result<Vec<Damaged>> {
    let mut damaged = Vec::new();
    session.catalog.each_blob(|digest, held| {
        let path = layout::media_path(&digest, &held.extension);
        for bag in [Class::Public, Class::Private] {
            if session.catalog.payload(bag, &path)?.is_none() {
                continue;
            }
            if session.archive().size(bag, &path) != Some(held.bytes) {
                damaged.push(Damaged { digest, bag, path: path.clone() });
            }
        }
        Ok(())
    })?;
    Ok(damaged)
}

/// Restores the files that were read again. Returns the number of restored files, and a finding for each remaining one.
pub(crate) fn mend(session: &Session, damaged: &[Damaged]) -> Result<(u64, Vec<Problem>)> {
    let (mut mended, mut findings) = (0, Vec::new());
    for Damaged { digest, bag, path } in damaged {
        if session.stage.holds(digest) {
            session.archive().restore(&session.stage, *bag, path, digest)?;
            mended += 1;
        } else {
            findings.push(Problem::finding(MISSING, archive::place(*bag, path)));
        }
    }
    Ok((mended, findings))
}
