//! What content a store has, by one listing of its objects.

use super::BLOBS;
use super::connection::Connection;
use crate::error::Result;
use crate::model::Sha256;

/// The content of a store and its sizes, sorted: 40 bytes an object.
#[derive(Debug, Default)]
pub(super) struct Blobs(Vec<(Sha256, u64)>);

impl Blobs {
    /// Lists the content. What has another name is somebody's, and no content.
    ///
    /// # Errors
    /// Those of the connection.
    pub(super) fn list(connection: &Connection) -> Result<Self> {
        let mut blobs = Vec::new();
        connection.list(BLOBS, &mut |path, size| {
            let digest = path.rsplit('/').next().and_then(|name| name.parse::<Sha256>().ok());
            blobs.extend(digest.filter(|digest| super::blob(digest) == path).map(|digest| (digest, size)));
        })?;
        // Stores list by name, but need not.
        blobs.sort_unstable();
        Ok(Self(blobs))
    }

    /// Returns the size of a content; `None` if it is not there.
    pub(super) fn size(&self, digest: &Sha256) -> Option<u64> {
        let at = self.0.binary_search_by(|(known, _)| known.cmp(digest)).ok()?;
        self.0.get(at).map(|(_, size)| *size)
    }
}
