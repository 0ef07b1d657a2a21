//! Inspects the folder of an archive without opening it.

use std::path::Path;

use crate::archive;
use crate::model::{Class, layout};
use crate::platform;

/// Returns the path of the ledger of the archive at `root`, if there is one.
pub fn ledger(root: &Path) -> Option<String> {
    let ledgers = [layout::LEDGER, layout::LARGE_LEDGER].map(|path| archive::shown(root, Class::Private, path));
    ledgers.into_iter().find(|path| Path::new(path).is_file())
}

/// Reports whether the folder at `path` is an archive, or one that is being made.
pub fn is_archive(path: &Path) -> bool {
    path.join(layout::SHA256SUMS).is_file()
        || path.join(layout::WORK).is_dir()
        || path.join(layout::COMMITTING).is_file()
}

/// Reports whether the folder of the working state is read-only.
pub(crate) fn cannot_be_kept(root: &Path) -> bool {
    let work = root.join(layout::WORK);
    let folder = if work.is_dir() { work.as_path() } else { root };
    tempfile::tempfile_in(folder).is_err_and(|error| platform::is_read_only(&error))
}
