//! Limits what all archives of one run may cost together: entries, bytes, and the compression ratio of a member.
//! Shared, so that nesting does not raise the limits.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};
use crate::model::ContainerLimits;

/// Members smaller than this many bytes are never refused for their ratio: a table of equal rows packs to almost
/// nothing.
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
    /// Lock held while unpacking what may need much memory.
    turn: Arc<Mutex<()>>,
}

impl Budget {
    /// Creates a budget with the default limits. `scratch` is an existing folder for unnamed files; nothing stays in
    /// it.
    pub fn new(scratch: impl Into<PathBuf>) -> Self {
        Self::of(ContainerLimits::default(), scratch)
    }

    /// Creates a budget with these limits and this folder for unnamed files.
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

    /// Returns an unused budget with the same folder and the same lock.
    pub(super) fn same_scratch(&self) -> Self {
        Self { turn: Arc::clone(&self.turn), ..Self::of(self.limits, &self.scratch) }
    }

    /// Waits for the lock on unpacking what may need much memory.
    pub(super) fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the folder for unnamed files.
    pub(crate) fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// Returns the limits.
    pub(crate) fn limits(&self) -> ContainerLimits {
        self.limits
    }

    pub(super) fn name_bytes(&self) -> usize {
        self.name_bytes
    }

    pub(super) fn name_depth(&self) -> usize {
        self.name_depth
    }

    /// Checks that an archive at `locator` is not nested too deeply.
    pub(crate) fn check_depth(&self, locator: &str) -> Result<()> {
        if locator.matches("!/").count() < self.limits.nesting as usize {
            return Ok(());
        }
        Err(Error::input("zip-too-deep").with("path", locator).with("limit", self.limits.nesting))
    }

    /// Takes up to `count` members from the budget and returns the number granted.
    pub(super) fn grant_entries(&self, count: u64) -> u64 {
        let room = |before: u64| self.limits.members.saturating_sub(before).min(count);
        let before =
            self.entries.try_update(Ordering::Relaxed, Ordering::Relaxed, |before| Some(before + room(before)));
        before.map_or(0, room)
    }

    /// Returns `count` granted members to the budget.
    pub(super) fn give_back_entries(&self, count: u64) {
        self.entries.fetch_sub(count, Ordering::Relaxed);
    }

    /// Takes `count` unpacked bytes from the budget.
    pub(crate) fn take_bytes(&self, count: u64) -> Result<()> {
        let taken = self.bytes.try_update(Ordering::Relaxed, Ordering::Relaxed, |before| {
            before.checked_add(count).filter(|after| *after <= self.limits.bytes)
        });
        match taken {
            Ok(_) => Ok(()),
            Err(_) => Err(Error::input("zip-too-large").with("limit", self.limits.bytes)),
        }
    }

    /// Returns `count` bytes to the budget.
    pub(crate) fn give_back_bytes(&self, count: u64) {
        self.bytes.fetch_sub(count, Ordering::Relaxed);
    }

    /// Reports whether `packed` bytes may unpack to `size` bytes.
    pub(crate) fn ratio_allows(&self, packed: u64, size: u64) -> bool {
        size <= RATIO_FLOOR || size <= packed.saturating_mul(self.limits.ratio)
    }
}
