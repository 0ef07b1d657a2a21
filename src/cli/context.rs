//! The context of every command: the flags, the printer, the archive's path, and the token that cancels.

use std::path::{Path, PathBuf};

use tokio_util::sync::CancellationToken;

use super::arguments::Global;
use super::asking;
use super::output::Output;
use super::progress::Bars;
use super::store_addresses;
use crate::error::{Error, Result};
use crate::pipeline::archive::state::{is_archive, is_unfinished, is_unfinished_copy};
use crate::progress::{NoProgress, Progress};

/// The context of a command.
pub(super) struct Context<'a> {
    pub(super) global: &'a Global,
    pub(super) output: &'a Output,
}

/// Default path of the archive.
const DEFAULT_ARCHIVE: &str = "liudi-archive";

impl<'a> Context<'a> {
    pub(super) fn new(global: &'a Global, output: &'a Output) -> Self {
        Self { global, output }
    }

    /// Returns progress bars, or none.
    pub(super) fn progress(&self) -> Box<dyn Progress + '_> {
        if self.output.shows_progress() { Box::new(Bars::new(self.output.texts())) } else { Box::new(NoProgress) }
    }

    /// Returns the archive to work on: the one named by the command, by `-C`, the current folder if it is an archive,
    /// or else the default.
    pub(super) fn archive(&self, named: Option<&Path>) -> PathBuf {
        let path = match named.or(self.global.archive.as_deref()) {
            Some(path) => path.to_owned(),
            None if is_archive(Path::new(".")) => PathBuf::from("."),
            None => PathBuf::from(DEFAULT_ARCHIVE),
        };
        self.output.set_archive(&path);
        path
    }

    /// Returns the archive for a command that can do without one. Printed commands name it only if it exists or the
    /// user named it.
    pub(super) fn archive_if_any(&self) -> Option<PathBuf> {
        let usual = [Path::new("."), Path::new(DEFAULT_ARCHIVE)];
        let named = self.global.archive.is_some() || usual.into_iter().any(is_archive);
        named.then(|| self.archive(None)).filter(|path| is_archive(path))
    }

    /// Returns the archive for a command that only reads.
    ///
    /// # Errors
    /// `archive-not-found` if there is none.
    pub(super) fn existing_archive(&self, named: Option<&Path>) -> Result<PathBuf> {
        let path = store_addresses::settled(&self.archive(named))?;
        if store_addresses::connect(self, &path)? {
            return Ok(path);
        }
        if !is_archive(&path) {
            return Err(Error::usage("archive-not-found").with("path", path.display()));
        }
        if is_unfinished_copy(&path) {
            self.output.tell("copy-broken-off", &[]);
        } else if is_unfinished(&path) {
            self.output.tell("archive-commit-unfinished", &[]);
        }
        Ok(path)
    }

    /// Returns a token that Ctrl-C cancels: the first lets the work in progress finish; the second stops at once.
    pub(super) fn stop(&self) -> CancellationToken {
        asking::stop(&self.output.error_line(&Error::interrupted()))
    }
}
