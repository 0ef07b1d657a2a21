//! Gives private exporters the committed private bag. It is a separate type that no [`super::View`] or publication made
//! from one leads to: a public exporter that read a bill would not compile.

use std::io::Read;

use super::handle::Archive;
use crate::error::{Error, Result};
use crate::model::{Class, Sha256, layout};

/// A readable private bag.
#[derive(Debug)]
pub struct PrivateView {
    archive: Archive,
    manifest: Sha256,
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
        Ok(Self { archive: archive.clone(), manifest: Sha256::of(&manifest) })
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
}
