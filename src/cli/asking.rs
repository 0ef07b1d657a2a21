//! Answers Ctrl-C: work in progress is asked to stop; while the program waits for an answer it ends at once, because no work
//! is in progress, and says so.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_util::sync::CancellationToken;

use super::output::to_people;

static STOP: OnceLock<CancellationToken> = OnceLock::new();
static ASKING: AtomicUsize = AtomicUsize::new(0);

/// A guard that marks the program as waiting for an answer.
pub(super) struct Asking(());

impl Asking {
    /// Marks it; `stopped` is said if Ctrl-C ends the program.
    pub(super) fn begin(stopped: &str) -> Self {
        let _ = stop(stopped);
        ASKING.fetch_add(1, Ordering::Relaxed);
        Self(())
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        ASKING.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Returns the token that Ctrl-C cancels: the first lets the work in progress finish; the second, or one at a question, says
/// `stopped` and ends the program. Committed data stays.
pub(super) fn stop(stopped: &str) -> CancellationToken {
    let begin = || {
        let stop = CancellationToken::new();
        let (token, stopped) = (stop.clone(), format!("\n{stopped}"));
        // Without a handler the system ends the program, and nothing is lost but these words.
        let _ = ctrlc::set_handler(move || {
            if token.is_cancelled() || ASKING.load(Ordering::Relaxed) > 0 {
                to_people(&stopped);
                #[expect(clippy::exit, reason = "a thread that waits for a line cannot be asked to stop")]
                std::process::exit(130);
            }
            token.cancel();
        });
        stop
    };
    STOP.get_or_init(begin).clone()
}
