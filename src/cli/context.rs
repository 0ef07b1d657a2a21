//! What every command needs: the flags, the printer, the archive's place, a way to be stopped.

use std::path::{Path, PathBuf};

use tokio_util::sync::CancellationToken;

use super::arguments::Global;
use super::asking;
use super::output::Output;
use super::progress::Bars;
use crate::error::{Error, Result};
use crate::model::layout;
use crate::progress::{NoProgress, Progress};

/// Everything a command may use.
pub(super) struct Context<'a> {
    pub(super) global: &'a Global,
    pub(super) output: &'a Output,
}

/// Where an archive goes when nobody says.
const DEFAULT_ARCHIVE: &str = "liudi-archive";

impl<'a> Context<'a> {
    pub(super) fn new(global: &'a Global, output: &'a Output) -> Self {
        Self { global, output }
    }

    /// Bars, or silence.
    pub(super) fn progress(&self) -> Box<dyn Progress + '_> {
        if self.output.shows_progress() { Box::new(Bars::new(self.output.texts())) } else { Box::new(NoProgress) }
    }

    /// The archive to work on: named here, named by `-C`, the current folder if it is one, else the default.
    pub(super) fn archive(&self, named: Option<&Path>) -> PathBuf {
        let path = match named.or(self.global.archive.as_deref()) {
            Some(path) => path.to_owned(),
            None if is_archive(Path::new(".")) => PathBuf::from("."),
            None => PathBuf::from(DEFAULT_ARCHIVE),
        };
        self.output.set_archive(&path);
        path
    }

    /// The same, for commands that need none: an archive that is nowhere is not named in printed commands, unless the
    /// person named it.
    pub(super) fn archive_if_any(&self) -> Option<PathBuf> {
        let usual = [Path::new("."), Path::new(DEFAULT_ARCHIVE)];
        let named = self.global.archive.is_some() || usual.into_iter().any(is_archive);
        named.then(|| self.archive(None)).filter(|path| is_archive(path))
    }

    /// The same, for commands that only read.
    ///
    /// # Errors
    /// `archive-not-found` if there is none.
    pub(super) fn existing_archive(&self, named: Option<&Path>) -> Result<PathBuf> {
        let path = self.archive(named);
        if is_archive(&path) { Ok(path) } else { Err(Error::usage("archive-not-found").with("path", path.display())) }
    }

    /// A token that Ctrl-C cancels: the first finishes what is under way, the second stops at once.
    pub(super) fn stop(&self) -> CancellationToken {
        let stop = CancellationToken::new();
        let token = stop.clone();
        // A handler is set once a process; a second command in the same process keeps the first one's.
        let _ = ctrlc::set_handler(move || {
            if token.is_cancelled() || asking::is_asking() {
                // The second Ctrl-C means now, and so does one at a question; what is committed stays.
                std::process::exit(130);
            }
            token.cancel();
        });
        stop
    }
}

fn is_archive(path: &Path) -> bool {
    path.join(layout::SHA256SUMS).is_file()
        || path.join(layout::WORK).is_dir()
        || path.join(layout::COMMITTING).is_file()
}
