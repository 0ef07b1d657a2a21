//! Records the archives that a password opened, by digest: a copy under another name or in another folder is no gap,
//! since its contents are held. The private bag has the list too, so that it survives the loss of the working folder.

use crate::archive::Archive;
use crate::error::{Error, Result};
use crate::model::{Class, layout};
use crate::pipeline::commit::tables::Table;
use crate::store::Catalog;

/// Prefix of the catalog's key of such an archive.
const OPENED: &str = "opened ";
/// Prefix of the key of its gap, before the digest.
const INPUT: &str = "input:";

/// Records that the archive whose gap would be `key` was opened.
pub(crate) fn note(catalog: &Catalog, key: &str) -> Result<()> {
    catalog.set_meta(&format!("{OPENED}{key}"), "1")
}

/// Reports whether the archive was opened before.
pub(crate) fn is_noted(catalog: &Catalog, key: &str) -> Result<bool> {
    Ok(catalog.meta(&format!("{OPENED}{key}"))?.is_some())
}

/// Returns the list for the bag; `None` if no archive was opened.
pub(crate) fn table(catalog: &Catalog) -> Result<Option<Vec<u8>>> {
    let keys = catalog.metas(OPENED)?;
    let digests: Vec<&str> = keys.iter().filter_map(|key| key.strip_prefix(OPENED)?.strip_prefix(INPUT)).collect();
    if digests.is_empty() {
        return Ok(None);
    }
    let mut table = Table::new(&["sha256"])?;
    digests.into_iter().try_for_each(|digest| table.row([digest]))?;
    table.finish().map(Some)
}

/// Restores the list from the private bag.
pub(crate) fn restore(catalog: &Catalog, archive: &Archive) -> Result<()> {
    let path = archive.shown(Class::Private, layout::OPENED);
    let bytes = archive.bytes(Class::Private, layout::OPENED);
    let bytes = bytes.map_err(|error| Error::disk("rebuild-failed", &path, error))?;
    let Some(bytes) = bytes else { return Ok(()) };
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    for row in csv::Reader::from_reader(text).deserialize::<(String,)>() {
        let (digest,) = row.map_err(|error| Error::other("rebuild-failed").with("path", &path).because(error))?;
        note(catalog, &format!("{INPUT}{digest}"))?;
    }
    Ok(())
}
