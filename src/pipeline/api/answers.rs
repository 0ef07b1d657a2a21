//! Manages the folder of large responses: files referenced by rows of the call table until they are read.

use std::fs;
use std::io;
use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::model::layout;
use crate::pipeline::archive::session::Session;
use crate::platform;
use crate::store::calls;

impl Session {
    /// Returns the folder of large responses.
    pub(super) fn answers(&self) -> PathBuf {
        self.root.join(layout::WORK).join(layout::ANSWERS)
    }
}

/// Removes the files that no call references: those already read, and those of runs killed before they could reference
/// them. No requests may be in progress.
pub(super) fn sweep(session: &Session) -> Result<()> {
    let folder = session.answers();
    let failed = |error| Error::disk("api-answer-lost", layout::ANSWERS, error);
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(failed)?,
    };
    let named = calls::files(session.catalog.connection())?;
    for entry in entries {
        let entry = entry.map_err(failed)?;
        if !entry.file_name().to_str().is_some_and(|name| named.contains(name)) {
            platform::remove_file(entry.path()).map_err(failed)?;
        }
    }
    Ok(())
}
