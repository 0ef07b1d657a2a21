//! Tracks whether the program waits for an answer. Ctrl-C then ends it at once, because no work is in progress.

use std::sync::atomic::{AtomicUsize, Ordering};

static ASKING: AtomicUsize = AtomicUsize::new(0);

/// A guard that marks the program as waiting for an answer.
pub(super) struct Asking(());

impl Asking {
    pub(super) fn begin() -> Self {
        ASKING.fetch_add(1, Ordering::Relaxed);
        Self(())
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        ASKING.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Reports whether the program waits for an answer.
pub(super) fn is_asking() -> bool {
    ASKING.load(Ordering::Relaxed) > 0
}
