//! Files that the manifest lists and the archive does not have as it archived them: deleted, cut short, changed or
//! unreadable. A [`super::View`] treats them as if they had never been held, so that every export names them in place.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use super::bags::Reader;
use super::compared::Compared;
use crate::model::Sha256;

/// Code of the finding for such a file.
pub const MISSING: &str = "archive-file-missing";

/// The lost files that are known so far. Whether a file is there is known when the bag is opened; that its content has
/// changed, only once it is read.
#[derive(Debug, Default)]
pub struct Lost {
    any: AtomicBool,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Paths relative to `data/`.
    paths: BTreeSet<String>,
    seen: HashMap<ThreadId, Seen>,
}

/// What one thread has met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Number of lost files that it was the first to find.
    pub found: u64,
    /// Number of times that it asked for a lost file.
    pub asked: u64,
}

impl Lost {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a file.
    pub fn add(&self, path: &str) {
        let mut inner = self.inner();
        self.any.store(true, Ordering::Release);
        let is_new = inner.paths.insert(path.to_owned());
        let seen = inner.seen.entry(thread::current().id()).or_default();
        seen.found += u64::from(is_new);
        seen.asked += 1;
    }

    /// Reports whether a file is lost.
    pub fn contains(&self, path: &str) -> bool {
        if !self.any.load(Ordering::Acquire) {
            return false;
        }
        let mut inner = self.inner();
        let is_lost = inner.paths.contains(path);
        if is_lost {
            inner.seen.entry(thread::current().id()).or_default().asked += 1;
        }
        is_lost
    }

    /// Returns what this thread has met so far: a caller that compares it before and after some work knows whether the
    /// work lacked a file.
    pub fn seen(&self) -> Seen {
        if !self.any.load(Ordering::Acquire) {
            return Seen::default();
        }
        self.inner().seen.get(&thread::current().id()).copied().unwrap_or_default()
    }

    /// Returns all lost files, sorted.
    pub fn paths(&self) -> Vec<String> {
        self.inner().paths.iter().cloned().collect()
    }
}

/// How a file of the archive is recognised.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    pub(super) digest: Sha256,
    pub(super) lost: Arc<Lost>,
}

impl Expected {
    /// Returns a reader of the file at `path` that adds it to the lost ones if it differs or cannot be read.
    pub(super) fn of(&self, reader: Box<dyn Reader>, path: &str) -> io::Result<Box<dyn Reader>> {
        let (lost, path) = (Arc::clone(&self.lost), path.to_owned());
        let differs = move |_| {
            lost.add(&path);
            Ok(())
        };
        Ok(Box::new(Compared::new(reader, self.digest, differs)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_knows_what_it_lacked_and_what_it_found() {
        let lost = Lost::default();
        assert!(!lost.contains("a") && lost.seen() == Seen::default());
        lost.add("a");
        lost.add("a");
        assert!(lost.contains("a") && !lost.contains("b"));
        assert_eq!(lost.seen(), Seen { found: 1, asked: 3 });
        thread::scope(|scope| {
            scope.spawn(|| assert_eq!(lost.seen(), Seen::default()));
        });
        assert_eq!(lost.paths(), ["a"]);
    }
}
