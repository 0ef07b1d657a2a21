//! Removes other people's data that is no longer needed. A dated record of the removal remains.

use std::path::Path;

use super::private_files;
use super::records::RecordBook;
use crate::archive::{self, Archive};
use crate::error::Result;
use crate::model::Class;
use crate::pipeline::archive::session::Session;
use crate::pipeline::host::Host;

/// The files with followers' data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowerFiles {
    /// Paths inside the private bag's `data/`.
    pub files: Vec<String>,
}

impl FollowerFiles {
    /// Lists them in the archive at `root`.
    ///
    /// # Errors
    /// Those of opening the archive.
    pub fn list(root: &Path) -> Result<Self> {
        let files = Archive::open(root)?.below(Class::Private, "followers/")?.into_keys().collect();
        Ok(Self { files })
    }

    /// Returns the paths inside the archive.
    pub fn places(&self) -> impl Iterator<Item = String> {
        self.files.iter().map(|path| archive::place(Class::Private, path))
    }

    /// Removes them from the archive at `root`, and records that `by` did so.
    ///
    /// # Errors
    /// Those of a commit.
    pub fn remove(&self, root: &Path, by: Option<String>, host: &dyn Host) -> Result<()> {
        private_files::remove(&Session::open_for(root, host)?, &self.files, &host.work())?;
        let mut book = RecordBook::open(root, host)?;
        let day = book.now.date();
        book.record("followers_purged_at", &day, None, by, Some(format!("{} files", self.files.len())))?;
        book.save(host)
    }
}
