//! Whether the program waits for somebody's answer: then there is nothing under way that Ctrl-C would have to let finish.

use std::sync::atomic::{AtomicUsize, Ordering};

static ASKING: AtomicUsize = AtomicUsize::new(0);

/// An answer is waited for as long as this lives.
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

/// Returns true if an answer is waited for.
pub(super) fn is_asking() -> bool {
    ASKING.load(Ordering::Relaxed) > 0
}
