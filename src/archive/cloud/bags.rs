//! Reads the bags of an archive in a store.

use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use super::blob;
use super::blobs::Blobs;
use super::connection::Connection;
use super::head;
use super::object::{Failure, Object};
use super::tree::Tree;
use crate::archive::bagit::BagDescription;
use crate::archive::bags::{Bags, Listed, Reader};
use crate::archive::commit::{Changes, Committed};
use crate::error::{Error, Result};
use crate::model::{Sha256, StoreAddress};
use crate::store::Stage;
use crate::work::Work;

type Fetched = (StoreAddress, Arc<Tree>);

/// The listing that was fetched last: a command opens an archive several times.
static LAST: LazyLock<Mutex<Option<Fetched>>> = LazyLock::new(Mutex::default);

/// The bags of an archive in a store, as of the head at which it was opened.
#[derive(Debug)]
pub struct Cloud {
    connection: Arc<Connection>,
    tree: Arc<Tree>,
    blobs: OnceLock<Blobs>,
    failure: Arc<Failure>,
}

impl Cloud {
    /// Opens the archive at `address`.
    ///
    /// # Errors
    /// `archive-not-found`, `store-not-connected`, `store-head-unreadable`, `store-tree-missing`, `store-tree-changed`, and
    /// those of the connection.
    pub fn open(address: &StoreAddress) -> Result<Self> {
        let connection = Connection::of(address)?;
        let current = head::read(&connection)?;
        let head = current.ok_or_else(|| Error::usage("archive-not-found").with("path", address))?.head;
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        let known = last.as_ref().filter(|(of, tree)| of == address && tree.digest == head.tree);
        let tree = match known {
            Some((_, tree)) => Arc::clone(tree),
            None => Arc::new(Tree::fetch(&connection, &head.tree)?),
        };
        *last = Some((address.clone(), Arc::clone(&tree)));
        drop(last);
        Ok(Self { connection, tree, blobs: OnceLock::new(), failure: Arc::default() })
    }

    /// Returns the address in the place of a path, for messages.
    pub(in crate::archive) fn root(&self) -> PathBuf {
        self.connection.address.path()
    }

    fn read_only(&self) -> Error {
        Error::usage("store-read-only").with("path", &self.connection.address)
    }

    /// Returns what content the store has.
    fn blobs(&self) -> io::Result<&Blobs> {
        if let Some(blobs) = self.blobs.get() {
            return Ok(blobs);
        }
        let blobs = Blobs::list(&self.connection).map_err(|error| self.failure.note(error))?;
        Ok(self.blobs.get_or_init(|| blobs))
    }
}

impl Bags for Cloud {
    fn read(&self, path: &str) -> io::Result<Option<Box<dyn Reader>>> {
        let Some(entry) = self.tree.find(path).map_err(io::Error::other)? else { return Ok(None) };
        let size = match self.blobs.get() {
            Some(blobs) => match blobs.size(&entry.digest) {
                Some(size) => size,
                None => return Ok(None),
            },
            None => entry.size,
        };
        let failure = Arc::clone(&self.failure);
        let opened = Object::open(Arc::clone(&self.connection), failure, blob(&entry.digest), size)?;
        Ok(opened.map(|object| Box::new(object) as Box<dyn Reader>))
    }

    fn list(&self, folder: &str, deep: bool, visit: &mut dyn FnMut(&str, Listed)) {
        let blobs = match self.blobs() {
            Ok(blobs) => blobs,
            Err(error) => return visit(folder, Listed::Unreadable(error)),
        };
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let entries = match self.tree.entries(&prefix) {
            Ok(entries) => entries,
            Err(error) => return visit(folder, Listed::Unreadable(io::Error::other(error))),
        };
        for entry in entries {
            match entry {
                Ok(entry) if !deep && entry.path[prefix.len()..].contains('/') => {}
                Ok(entry) => {
                    if let Some(size) = blobs.size(&entry.digest) {
                        visit(&entry.path, Listed::File(size));
                    }
                }
                Err(error) => visit(folder, Listed::Unreadable(io::Error::other(error))),
            }
        }
    }

    fn commit(&self, _: &Stage, _: Changes, _: &BagDescription, _: &str, _: &Work<'_>) -> Result<Committed> {
        Err(self.read_only())
    }

    fn restore(&self, _: &Stage, _: &str, _: &Sha256, _: bool) -> Result<()> {
        Err(self.read_only())
    }

    fn clear_way(&self, _: &str) -> io::Result<()> {
        Err(io::Error::new(ErrorKind::Unsupported, self.read_only()))
    }

    fn measure(&self, path: &str) -> io::Result<Option<u64>> {
        let Some(entry) = self.tree.find(path).map_err(io::Error::other)? else { return Ok(None) };
        Ok(match self.blobs.get() {
            Some(blobs) => blobs.size(&entry.digest),
            None => Some(entry.size),
        })
    }

    fn failure(&self) -> Option<Error> {
        self.failure.take()
    }
}
