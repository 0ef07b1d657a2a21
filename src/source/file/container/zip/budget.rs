//! What all archives of one run may cost together: entries, bytes, and how much smaller than its content a member may
//! be. Shared, so that nesting buys nothing.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};

/// Members smaller than this are never called inflated: a table of rows that are all alike packs to nearly nothing.
const RATIO_FLOOR: u64 = 64 * 1024 * 1024;

/// The budget of one run.
#[derive(Debug)]
pub struct Budget {
    scratch: PathBuf,
    entries: AtomicU64,
    entries_limit: u64,
    bytes: AtomicU64,
    bytes_limit: u64,
    ratio: u64,
    depth: usize,
    name_bytes: usize,
    name_depth: usize,
    /// Held by whoever unpacks what may need much memory.
    turn: Arc<Mutex<()>>,
}

impl Budget {
    /// The usual limits: 100,000 entries, 50 GiB, 200 times its size, three deep. `scratch` is an existing folder for
    /// files without a name; nothing stays in it.
    pub fn new(scratch: impl Into<PathBuf>) -> Self {
        Self {
            scratch: scratch.into(),
            entries: AtomicU64::new(0),
            entries_limit: 100_000,
            bytes: AtomicU64::new(0),
            bytes_limit: 50 * 1024 * 1024 * 1024,
            ratio: 200,
            depth: 3,
            name_bytes: 4096,
            name_depth: 32,
            turn: Arc::default(),
        }
    }

    /// The same folder and the same turn, and nothing taken.
    pub(super) fn same_scratch(&self) -> Self {
        Self { turn: Arc::clone(&self.turn), ..Self::new(&self.scratch) }
    }

    /// Waits until nobody else unpacks what may need much memory.
    pub(super) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Allows this many bytes in all (what is free on the disk, a person's choice).
    pub fn with_bytes(mut self, limit: u64) -> Self {
        self.bytes_limit = limit;
        self
    }

    /// Allows this many members in all.
    pub fn with_entries(mut self, limit: u64) -> Self {
        self.entries_limit = limit;
        self
    }

    /// Allows members to be this many times larger than what they take up.
    pub fn with_ratio(mut self, limit: u64) -> Self {
        self.ratio = limit;
        self
    }

    /// Where unnamed files go.
    pub(crate) fn scratch(&self) -> &Path {
        &self.scratch
    }

    pub(super) fn ratio(&self) -> u64 {
        self.ratio
    }

    pub(super) fn name_bytes(&self) -> usize {
        self.name_bytes
    }

    pub(super) fn name_depth(&self) -> usize {
        self.name_depth
    }

    /// An archive at `locator` may be opened: it does not lie too deep in others.
    pub(crate) fn check_depth(&self, locator: &str) -> Result<()> {
        if locator.matches("!/").count() < self.depth {
            return Ok(());
        }
        Err(Error::input("zip-too-deep").with("path", locator).with("limit", self.depth))
    }

    pub(super) fn take_entries(&self, count: u64) -> Result<()> {
        let before = self.entries.fetch_add(count, Ordering::Relaxed);
        if before.saturating_add(count) <= self.entries_limit {
            return Ok(());
        }
        self.entries.fetch_sub(count, Ordering::Relaxed);
        Err(Error::input("zip-too-many-members").with("count", count).with("limit", self.entries_limit))
    }

    /// `count` more bytes come out of archives.
    pub(crate) fn take_bytes(&self, count: u64) -> Result<()> {
        let taken = self.bytes.try_update(Ordering::Relaxed, Ordering::Relaxed, |before| {
            before.checked_add(count).filter(|after| *after <= self.bytes_limit)
        });
        match taken {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::input("zip-too-large").with("limit", self.bytes_limit)),
        }
    }

    /// Whether `size` bytes may come out of `packed` ones.
    pub(crate) fn ratio_allows(&self, packed: u64, size: u64) -> bool {
        size <= RATIO_FLOOR || size <= packed.saturating_mul(self.ratio)
    }
}
