//! Makes the temporary file of an output, beside the place where it goes.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::print;
use super::writer::{create, part_name};
use crate::error::{Error, Kind, Result};
use crate::export::{Content, Losses, Output, WriteTo};
use crate::model::{Class, Sha256};
use crate::pipeline::archive::damage;
use crate::platform;
use crate::store::stage::hash_file;
use crate::work::Work;

/// A temporary file.
pub(super) struct Part {
    pub(super) path: PathBuf,
    /// Size in bytes.
    pub(super) bytes: u64,
    /// Digest, if it was asked for.
    pub(super) digest: Option<Sha256>,
    /// What it could not express.
    pub(super) lost: Losses,
    /// Whether the user's version stays in its place.
    pub(super) is_dropped: bool,
}

/// Makes the temporary file of an output that goes to `target`.
///
/// # Errors
/// `archive-file-missing`, and the errors of rendering and writing.
pub(super) fn make(
    output: &Output<'_>,
    target: &Path,
    class: Class,
    linked: bool,
    with_digest: bool,
    work: &Work<'_>,
) -> Result<Part> {
    let failed = |error| Error::disk("export-write-failed", target.display(), error);
    let path = part_name(target);
    let mut digest = None;
    let lost = match &output.content {
        Content::File(from) => {
            let _ = platform::remove_file(&path);
            let linked = linked && from.is_there() && from.link_to(&path).is_ok();
            if !linked && !from.copy_to(&path).map_err(failed)? {
                return Err(Error::new(Kind::Findings, damage::MISSING).with("path", from));
            }
            // A copy is what the archive has under this digest.
            digest = Some(output.key);
            Losses::default()
        }
        Content::Print(page) => print::print(page, &path, work)?,
        Content::Stream(write) => stream(&path, class, write, work)?,
        Content::Render(render) => {
            let mut lost = Losses::default();
            let bytes = render(&mut lost)?;
            create(&path, class).and_then(|mut file| file.write_all(&bytes)).map_err(failed)?;
            digest = with_digest.then(|| Sha256::of(&bytes));
            lost
        }
    };
    if with_digest && digest.is_none() {
        digest = Some(hash_file(&path).map_err(failed)?.0);
    }
    let bytes = fs::metadata(&path).map_err(failed)?.len();
    Ok(Part { path, bytes, digest: digest.filter(|_| with_digest), lost, is_dropped: false })
}

/// Streams a temporary file; returns what it could not express.
fn stream(part: &Path, class: Class, write: &WriteTo<'_>, work: &Work<'_>) -> Result<Losses> {
    let failed = |error| Error::disk("export-write-failed", part.display(), error);
    let file = Stoppable { file: create(part, class).map_err(failed)?, work };
    let mut out = std::io::BufWriter::with_capacity(1 << 16, file);
    let mut lost = Losses::default();
    let written = write(&mut out, &mut lost).and_then(|()| out.flush().map_err(failed));
    let (Stoppable { file, .. }, _) = out.into_parts();
    if let Err(error) = written {
        drop(file);
        let _ = platform::remove_file(part);
        // The exporter's own error only reflects the cancelled writer.
        return Err(work.check().err().unwrap_or(error));
    }
    Ok(lost)
}

/// A file that refuses further writes once the export is cancelled.
struct Stoppable<'w> {
    file: fs::File,
    work: &'w Work<'w>,
}

impl std::io::Write for Stoppable<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.work.check().map_err(std::io::Error::other)?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

impl std::io::Seek for Stoppable<'_> {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}
