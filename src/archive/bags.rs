//! Where the two bags of an archive are kept: the seam between what an archive means and the place it lies in. A local
//! folder is one such place (`folder`).

use std::fmt::Debug;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek};
use std::path::Path;

use super::bagit::BagDescription;
use super::commit::{Changes, Committed};
use crate::error::Result;
use crate::model::Sha256;
use crate::platform;
use crate::store::Stage;
use crate::work::Work;

/// A file of an archive, open.
pub trait Reader: Read + Seek + Send {
    /// Returns its size in bytes.
    ///
    /// # Errors
    /// The system's.
    fn size(&self) -> io::Result<u64>;

    /// Says that it is going to be read from its beginning to its end.
    fn reads_in_order(&self) {}
}

impl Reader for File {
    fn size(&self) -> io::Result<u64> {
        self.metadata().map(|metadata| metadata.len())
    }

    fn reads_in_order(&self) {
        platform::will_read_in_order(self);
    }
}

/// What [`Bags::list`] meets.
#[derive(Debug)]
pub enum Listed {
    /// A file and its size in bytes.
    File(u64),
    /// A link or a device, which is no file of an archive.
    Special,
    /// A file whose name is no text.
    Nameless,
    /// A folder or file that cannot be looked at.
    Unreadable(io::Error),
}

/// The files of an archive. Paths are relative to it, with `/`: `public/data/…`, `SHA256SUMS`.
pub trait Bags: Debug + Send + Sync {
    /// Opens a file; `None` if there is none.
    ///
    /// # Errors
    /// The system's.
    fn read(&self, path: &str) -> io::Result<Option<Box<dyn Reader>>>;

    /// Calls `visit` with everything in `folder` that is no folder, and with `deep` in those below it, sorted by the bytes
    /// of the path.
    fn list(&self, folder: &str, deep: bool, visit: &mut dyn FnMut(&str, Listed));

    /// Makes `changes`, whose new files wait in `stage`, durable as one, if the archive is still the one that
    /// `expected_head` names (see [`super::Archive::head`]).
    ///
    /// # Errors
    /// `archive-changed` if it is another one.
    fn commit(
        &self,
        stage: &Stage,
        changes: Changes,
        description: &BagDescription,
        expected_head: &str,
        work: &Work<'_>,
    ) -> Result<Committed>;

    /// Puts a file that the manifests list and that is gone back into its place, out of `stage`.
    ///
    /// # Errors
    /// `commit-failed`.
    fn restore(&self, stage: &Stage, path: &str, digest: &Sha256) -> Result<()>;

    /// Returns the size of a file in bytes; `None` if there is no such file.
    fn size(&self, path: &str) -> Option<u64> {
        self.read(path).ok().flatten()?.size().ok()
    }

    /// Copies a file to the new file `target`.
    ///
    /// # Errors
    /// The system's.
    fn copy(&self, path: &str, target: &Path) -> io::Result<()> {
        let mut from = self.read(path)?.ok_or(ErrorKind::NotFound)?;
        io::copy(&mut from, &mut File::create_new(target)?).map(drop)
    }
}

/// Reads a file whole; `None` if there is none.
pub(super) fn whole(bags: &dyn Bags, path: &str) -> io::Result<Option<Vec<u8>>> {
    let Some(mut reader) = bags.read(path)? else { return Ok(None) };
    let mut bytes = Vec::with_capacity(usize::try_from(reader.size()?).unwrap_or(0));
    reader.read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}
