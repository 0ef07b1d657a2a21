//! Gives private exporters the committed private bag. It is a separate type that no [`super::View`] or publication made
//! from one leads to: a public exporter that read a bill would not compile.

use std::io::Read;
use std::sync::Arc;

use super::handle::Archive;
use super::lost::Lost;
use super::view::bagging_date;
use crate::error::{Error, Result};
use crate::model::{Class, Sha256, Time, layout};

/// A readable private bag.
#[derive(Debug)]
pub struct PrivateView {
    archive: Archive,
    manifest: Sha256,
    lost: Arc<Lost>,
}

impl PrivateView {
    /// Opens the private bag of `archive`.
    ///
    /// # Errors
    /// `view-no-archive` if there is no bag, `view-unreadable`.
    pub fn open(archive: &Archive) -> Result<Self> {
        let manifest = archive.tag_file(Class::Private, layout::MANIFEST);
        let manifest = manifest.map_err(|error| Error::disk("view-unreadable", archive.root().display(), error))?;
        let manifest =
            manifest.ok_or_else(|| Error::usage("view-no-archive").with("path", archive.root().display()))?;
        Ok(Self { archive: archive.clone(), manifest: Sha256::of(&manifest), lost: Arc::default() })
    }

    /// Returns the archive, of whose bags an exporter sees only what the functions of this type give it.
    pub(super) fn archive(&self) -> &Archive {
        &self.archive
    }

    /// Returns the failure to reach the archive as a whole, if there was one: what could not be read then is unknown, not lost.
    pub fn failure(&self) -> Option<Error> {
        self.archive.failure()
    }

    /// Returns the files that the archive has lost, of those that were read.
    pub fn lost(&self) -> &Lost {
        &self.lost
    }

    pub(super) fn shared_lost(&self) -> Arc<Lost> {
        Arc::clone(&self.lost)
    }

    /// Returns a text that changes with any change in either bag.
    ///
    /// # Errors
    /// `manifest-unreadable`.
    pub fn head(&self) -> Result<String> {
        self.archive.head()
    }

    /// Returns the day on which the bag was last written, from its own metadata.
    pub fn date(&self) -> Option<Time> {
        bagging_date(&self.archive, Class::Private)
    }

    /// Returns the digest of the manifest, which changes with any change in the bag.
    pub fn manifest_digest(&self) -> Sha256 {
        self.manifest
    }

    /// Opens the ledger as CSV, decompressed if needed; `None` if no bill is held.
    ///
    /// # Errors
    /// `view-unreadable`.
    pub fn ledger(&self) -> Result<Option<Box<dyn Read>>> {
        for (path, packed) in [(layout::LEDGER, false), (layout::LARGE_LEDGER, true)] {
            let unreadable = |error| Error::disk("view-unreadable", self.archive.shown(Class::Private, path), error);
            match self.archive.read(Class::Private, path).map_err(unreadable)? {
                Some(file) if packed => return Ok(Some(Box::new(zstd::Decoder::new(file).map_err(unreadable)?))),
                Some(file) => return Ok(Some(Box::new(file))),
                None => {}
            }
        }
        Ok(None)
    }

    /// Returns the error of a ledger with a row that cannot be read.
    pub fn ledger_damaged(&self, error: csv::Error) -> Error {
        let held =
            [layout::LEDGER, layout::LARGE_LEDGER].into_iter().find(|path| self.archive.has(Class::Private, path));
        let path = self.archive.shown(Class::Private, held.unwrap_or(layout::LEDGER));
        Error::broken_table("view-unreadable", path, error)
    }
}
