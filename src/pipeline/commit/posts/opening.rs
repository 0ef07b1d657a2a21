//! Opens videos whose beginning is still encrypted, with the keys that lists give. Only the opened video is kept, since
//! the encrypted one follows from it and the key. A key may arrive long after its file.

use std::collections::BTreeSet;
use std::io::Read;

use crate::archive::Reader;
use crate::error::{Error, Result};
use crate::model::{Class, SavedFile, Sha256, layout};
use crate::parse::video::isaac64::{Keystream, opens};
use crate::pipeline::commit::Commit;
use crate::pipeline::commit::changes::CommitPlan;
use crate::source::file::page::saved_file::InspectingReader;
use crate::store::batch::Batch;
use crate::store::saved::SavedRow;

/// Opens the encrypted saved files that one of `keys` fits.
pub(crate) fn open_hidden(commit: &Commit<'_>, keys: &BTreeSet<u64>, plan: &mut CommitPlan<'_>) -> Result<()> {
    commit.catalog.each_saved(|row| {
        if row.file.known {
            return Ok(());
        }
        // A file that was opened before and is given again is not kept a second time.
        let Some(opened) = row.file.opened.map_or_else(|| open(commit, &row.file, keys), |opened| Ok(Some(opened)))?
        else {
            return Ok(());
        };
        let row = SavedRow { file: SavedFile { opened: Some(opened), ..row.file }, post: None, matched: None };
        commit.catalog.put_saved(commit.run, &row)?;
        let path = layout::media_path(&row.file.sha256, "bin");
        for bag in [Class::Public, Class::Private] {
            if commit.catalog.payload(bag, &path)?.is_some() {
                plan.remove(bag, &path);
            }
        }
        commit.catalog.forget_blob(&row.file.sha256)
    })
}

/// Opens an encrypted file, keeps the video and returns its digest; `None` if no key opens it.
fn open(commit: &Commit<'_>, hidden: &SavedFile, keys: &BTreeSet<u64>) -> Result<Option<Sha256>> {
    let mut file = held(commit, &hidden.sha256)?;
    let failed = |error| Error::disk("stage-read-back-failed", &hidden.name, error);
    let mut head = [0; 12];
    if file.read_exact(&mut head).is_err() {
        return Ok(None);
    }
    let Some(key) = keys.iter().copied().find(|key| opens(*key, &head)) else { return Ok(None) };
    let whole = std::io::Cursor::new(head).chain(file);
    let mut look = InspectingReader::new(OpenedReader::new(whole, Some(key)));
    let mut beginning = Vec::new();
    (&mut look).take(64 * 1024).read_to_end(&mut beginning).map_err(failed)?;
    let staged = commit.stage.put(&mut std::io::Cursor::new(&beginning).chain(&mut look), Some(hidden.bytes))?;
    let kind = crate::pipeline::collect::media_type::of(&beginning);
    let video = SavedFile { key: Some(key), ..look.finish(staged.sha256, &hidden.name) };
    let blob = kind.row(staged.sha256, staged.bytes);
    commit.catalog.put_saved(commit.run, &SavedRow { file: video, post: None, matched: None })?;
    let rows = Batch { blobs: vec![blob], ..Batch::default() };
    commit.catalog.add_rows(commit.catalog.connection(), commit.run, &rows)?;
    Ok(Some(staged.sha256))
}

/// Opens a held file, from a bag or from the stage.
fn held(commit: &Commit<'_>, digest: &Sha256) -> Result<Box<dyn Reader>> {
    if let Some(blob) = commit.catalog.blob(digest)? {
        let path = layout::media_path(digest, &blob.extension);
        for bag in [Class::Private, Class::Public] {
            if commit.catalog.payload(bag, &path)?.is_some() {
                let file = commit.archive.file(bag, &path);
                return file.open().map_err(|error| Error::disk("stage-read-back-failed", &file, error));
            }
        }
    }
    Ok(Box::new(commit.stage.read(digest)?))
}

/// A reader that decrypts the beginning of a file if there is a key for it.
pub(crate) struct OpenedReader<R> {
    reader: R,
    stream: Option<Keystream>,
}

impl<R: Read> OpenedReader<R> {
    /// Wraps `reader`, decrypting with `key`.
    pub(crate) fn new(reader: R, key: Option<u64>) -> Self {
        Self { reader, stream: key.map(Keystream::new) }
    }
}

impl<R: Read> Read for OpenedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.reader.read(buffer)?;
        if let Some(stream) = &mut self.stream {
            stream.apply(&mut buffer[..count]);
        }
        Ok(count)
    }
}
