//! Whether an archive has room for notes that only save work.

use std::path::Path;

use crate::model::layout;
use crate::platform;

/// Whether nothing can be written into the working state's folder.
pub(crate) fn cannot_be_kept(root: &Path) -> bool {
    let work = root.join(layout::WORK);
    let folder = if work.is_dir() { work.as_path() } else { root };
    tempfile::tempfile_in(folder).is_err_and(|error| platform::is_read_only(&error))
}
