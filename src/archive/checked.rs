//! Compares the lists and tables of an archive with the manifests while they are read: a number that has changed on the disk
//! is an error, not an answer. What is large in number (articles, media, evidence) is compared by those who read it.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::bagit;
use super::bags::{Bags, Reader, whole};
use super::compared::{Compared, Met};
use crate::error::{Error, Result};
use crate::model::{Class, Sha256, layout};

/// Code of the error for a list that is not as it was archived.
const CHANGED: &str = "archive-list-changed";

/// Digests by path in the archive (`public/data/…`).
type ByPath = HashMap<String, Sha256>;

/// The digests of the lists of an archive, as of the commit at which they were read.
#[derive(Debug, Default)]
pub(super) struct Digests(Mutex<Option<(Sha256, Arc<ByPath>)>>);

/// Reports whether a path in the archive is one of a list: at the top of a bag's payload, or in a folder there.
fn is_list(path: &str) -> bool {
    path.split_once('/')
        .and_then(|(_, inner)| inner.strip_prefix("data/"))
        .is_some_and(|inner| inner.matches('/').count() < 2)
}

impl Digests {
    /// Returns the digest that a list has to have; `None` for what is no list, and if the manifests do not say.
    pub(super) fn of(&self, bags: &dyn Bags, path: &str) -> Option<Sha256> {
        if !is_list(path) {
            return None;
        }
        let head = Sha256::of(&whole(bags, layout::SHA256SUMS).ok()??);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().is_none_or(|(of, _)| *of != head) {
            *known = Some((head, Arc::new(read(bags))));
        }
        known.as_ref()?.1.get(path).copied()
    }
}

/// Reads the digests of all lists. A manifest that is damaged says nothing; whoever reads it itself names it.
fn read(bags: &dyn Bags) -> ByPath {
    let mut digests = ByPath::new();
    for class in [Class::Public, Class::Private] {
        let bag = layout::bag_name(class);
        let path = format!("{bag}/{}", layout::MANIFEST);
        let Ok(Some(manifest)) = bags.read(&path) else { continue };
        let _: Result<()> = bagit::read_entries(manifest, path.as_ref(), |inner, digest| {
            let path = format!("{bag}/{inner}");
            if is_list(&path) {
                digests.insert(path, digest);
            }
            Ok(())
        });
    }
    digests
}

/// Returns a reader of a list that ends in an error if the content is not what was archived. `shown` is its path for messages.
pub(super) fn checked(reader: Box<dyn Reader>, shown: String, expected: Sha256) -> io::Result<Box<dyn Reader>> {
    let differs = move |met| match met {
        Met::Other => Err(io::Error::other(Error::damaged(CHANGED).with("path", &shown))),
        Met::Unreadable => Ok(()),
    };
    Ok(Box::new(Compared::new(reader, expected, differs)?))
}
