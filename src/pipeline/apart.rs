//! Work with a runtime of its own, for callers that may be inside of one.

use crate::error::{Error, Result};

/// Runs `work` on a thread of its own: what it does with a runtime must not meet one of the caller's.
pub(super) fn apart<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    std::thread::scope(|scope| match std::thread::Builder::new().spawn_scoped(scope, work) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
        Err(error) => Err(Error::other("job-thread-failed").because(error)),
    })
}
