//! Waits for other programs that ours starts.

use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use crate::error::Result;
use crate::work::Work;

/// Waits until a program ends, and ends it when the work is stopped or it takes longer than `longest`; `None` then, and if
/// it cannot be waited for.
///
/// # Errors
/// `interrupted`.
pub(super) fn wait(mut child: Child, longest: Option<Duration>, work: &Work<'_>) -> Result<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(None) => {}
            Ok(Some(status)) => return Ok(Some(status)),
            Err(_) => return Ok(None),
        }
        if work.is_stopped() || longest.is_some_and(|longest| begun.elapsed() > longest) {
            let _ = child.kill();
            let _ = child.wait();
            work.check()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
