//! Runs work that needs an async runtime when the caller may already be inside one.

use crate::error::{Error, Result};

/// Runs `work` on a separate thread, because a runtime must not block inside another one.
pub(super) fn apart<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    std::thread::scope(|scope| match std::thread::Builder::new().spawn_scoped(scope, work) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        Err(error) => Err(Error::other("job-thread-failed").because(error)),
    })
}
