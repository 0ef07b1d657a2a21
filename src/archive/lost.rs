//! Files that the manifest lists and the archive does not have as it archived them: deleted, cut short, changed or
//! unreadable. A [`super::View`] treats them as if they had never been held, so that every export names them in place.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use super::bags::Reader;
use crate::model::{Hasher, Sha256};

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

/// A reader that compares what it has read with the digest once it reaches the end. Only a reader that is read in order
/// can tell.
pub(super) struct Compared {
    reader: Box<dyn Reader>,
    path: String,
    expected: Expected,
    /// Digest so far; `None` after a jump.
    hasher: Option<Hasher>,
}

impl Compared {
    pub(super) fn new(reader: Box<dyn Reader>, path: &str, expected: &Expected) -> Self {
        Self { reader, path: path.to_owned(), expected: expected.clone(), hasher: Some(Hasher::new()) }
    }
}

impl Read for Compared {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer).inspect_err(|_| self.expected.lost.add(&self.path))?;
        if read > 0 {
            if let Some(hasher) = &mut self.hasher {
                hasher.update(&buffer[..read]);
            }
        } else if !buffer.is_empty() && self.hasher.take().is_some_and(|hasher| hasher.finish() != self.expected.digest)
        {
            self.expected.lost.add(&self.path);
        }
        Ok(read)
    }
}

impl Seek for Compared {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.hasher = None;
        self.reader.seek(to)
    }
}

impl Reader for Compared {
    fn size(&self) -> io::Result<u64> {
        self.reader.size()
    }

    fn reads_in_order(&self) {
        self.reader.reads_in_order();
    }

    fn forget_cached(&self) {
        self.reader.forget_cached();
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
