//! What all archives of one run may cost together: entries, bytes, and how much smaller than its content a member may
//! be. Shared, so that nesting buys nothing.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};
use crate::model::ContainerLimits;

/// Members smaller than this are never called inflated: a table of rows that are all alike packs to nearly nothing.
const RATIO_FLOOR: u64 = 64 * 1024 * 1024;

/// The budget of one run.
#[derive(Debug)]
pub struct Budget {
    scratch: PathBuf,
    limits: ContainerLimits,
    entries: AtomicU64,
    bytes: AtomicU64,
    name_bytes: usize,
    name_depth: usize,
    /// Held by whoever unpacks what may need much memory.
    turn: Arc<Mutex<()>>,
}

impl Budget {
    /// The usual limits. `scratch` is an existing folder for files without a name; nothing stays in it.
    pub fn new(scratch: impl Into<PathBuf>) -> Self {
        Self::of(ContainerLimits::default(), scratch)
    }

    /// These limits, and the folder for files without a name.
    pub fn of(limits: ContainerLimits, scratch: impl Into<PathBuf>) -> Self {
        Self {
            scratch: scratch.into(),
            limits,
            entries: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            name_bytes: 4096,
            name_depth: 32,
            turn: Arc::default(),
        }
    }

    /// The same folder and the same turn, and nothing taken.
    pub(super) fn same_scratch(&self) -> Self {
        Self { turn: Arc::clone(&self.turn), ..Self::of(self.limits, &self.scratch) }
    }

    /// Waits until nobody else unpacks what may need much memory.
    pub(super) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where unnamed files go.
    pub(crate) fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// What may be had in all.
    pub(crate) fn limits(&self) -> ContainerLimits {
        self.limits
    }

    pub(super) fn name_bytes(&self) -> usize {
        self.name_bytes
    }

    pub(super) fn name_depth(&self) -> usize {
        self.name_depth
    }

    /// An archive at `locator` may be opened: it does not lie too deep in others.
    pub(crate) fn check_depth(&self, locator: &str) -> Result<()> {
        if locator.matches("!/").count() < self.limits.nesting as usize {
            return Ok(());
        }
        Err(Error::input("zip-too-deep").with("path", locator).with("limit", self.limits.nesting))
    }

    /// Returns how many of `count` more members may be read.
    pub(super) fn grant_entries(&self, count: u64) -> u64 {
        let room = |before: u64| self.limits.members.saturating_sub(before).min(count);
        let before =
            self.entries.try_update(Ordering::Relaxed, Ordering::Relaxed, |before| Some(before + room(before)));
        before.map_or(0, room)
    }

    /// `count` members that were granted are not read after all.
    pub(super) fn give_back_entries(&self, count: u64) {
        self.entries.fetch_sub(count, Ordering::Relaxed);
    }

    /// `count` more bytes come out of archives.
    pub(crate) fn take_bytes(&self, count: u64) -> Result<()> {
        let taken = self.bytes.try_update(Ordering::Relaxed, Ordering::Relaxed, |before| {
            before.checked_add(count).filter(|after| *after <= self.limits.bytes)
        });
        match taken {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::input("zip-too-large").with("limit", self.limits.bytes)),
        }
    }

    /// `count` bytes that were taken do not come out after all.
    pub(crate) fn give_back_bytes(&self, count: u64) {
        self.bytes.fetch_sub(count, Ordering::Relaxed);
    }

    /// Whether `size` bytes may come out of `packed` ones.
    pub(crate) fn ratio_allows(&self, packed: u64, size: u64) -> bool {
        size <= RATIO_FLOOR || size <= packed.saturating_mul(self.limits.ratio)
    }
}
