//! Packs named as the source of a repair: they are unpacked into the working folder, and removed from there in the end.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::parcel::{self, are_packs};
use super::repair::{Origin, RepairReport};
use crate::archive::parcel::Identities;
use crate::error::{Error, Result};
use crate::model::layout;
use crate::pipeline::host::Host;
use crate::platform;

/// The sources of a repair, with packs unpacked.
#[derive(Debug)]
pub struct OpenedPacks {
    folder: PathBuf,
    /// Each source with the packs it was unpacked from.
    sources: Vec<(PathBuf, Option<PathBuf>)>,
}

impl OpenedPacks {
    /// Unpacks those of `from` that are packs, for a repair of the archive at `root`. `passphrase` returns the passphrase;
    /// it is called only for a pack that has one.
    ///
    /// # Errors
    /// Those of [`parcel::unpack`].
    pub fn open(
        root: &Path,
        from: &[PathBuf],
        identities: &dyn Fn() -> Result<Option<Identities>>,
        passphrase: &dyn Fn() -> Result<SecretString>,
        host: &dyn Host,
    ) -> Result<Self> {
        let folder = root.join(layout::WORK).join(layout::UNPACKED);
        let mut opened = Self { folder, sources: Vec::new() };
        // What a run that was killed left there.
        opened.remove();
        for (index, path) in from.iter().enumerate() {
            if !are_packs(path) {
                opened.sources.push((path.clone(), None));
                continue;
            }
            let failed = |error| Error::disk("unpacking-failed", opened.folder.display(), error);
            platform::create_private_folder(&opened.folder).map_err(failed)?;
            let target = opened.folder.join(index.to_string());
            parcel::unpack(std::slice::from_ref(path), &target, identities()?, passphrase, host)?;
            opened.sources.push((target, Some(path.clone())));
        }
        Ok(opened)
    }

    /// Returns the sources, of which none is a pack.
    pub fn sources(&self) -> Vec<PathBuf> {
        self.sources.iter().map(|(path, _)| path.clone()).collect()
    }

    /// Names the packs in a report instead of what they were unpacked to.
    pub fn name_in(&self, report: &mut RepairReport) {
        for mended in &mut report.mended {
            let Origin::Copy(file) = &mut mended.from else { continue };
            for (unpacked, packs) in &self.sources {
                if let (Some(packs), Ok(inside)) = (packs, Path::new(file.as_str()).strip_prefix(unpacked)) {
                    let inside = platform::slashed(inside);
                    *file = format!("{} ({inside})", packs.display());
                    break;
                }
            }
        }
    }

    fn remove(&self) {
        if self.folder.symlink_metadata().is_ok() {
            let _ = platform::remove_folder(&self.folder);
        }
    }
}

impl Drop for OpenedPacks {
    fn drop(&mut self) {
        self.remove();
    }
}
