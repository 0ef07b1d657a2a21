//! Progress bars on a terminal. A task that takes less than 700 ms shows none.

use std::fmt::Write;
use std::sync::Once;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::progress::{Progress, Step, Task};
use crate::text::Texts;
use crate::words::plain;

/// Progress bars on standard error.
pub(super) struct Bars<'t> {
    bars: MultiProgress,
    texts: &'t Texts,
}

impl<'t> Bars<'t> {
    pub(super) fn new(texts: &'t Texts) -> Self {
        Self { bars: MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(8)), texts }
    }
}

impl Progress for Bars<'_> {
    fn start(&self, task: Task, total: Option<u64>) -> Box<dyn Step> {
        let bytes = matches!(task, Task::Copy | Task::Statement | Task::Verify);
        let template = match (total.is_some(), bytes) {
            (true, true) => "{prefix} {bar:24} {bytes}/{total_bytes} {eta}",
            (true, false) => "{prefix} {bar:24} {pos}/{len} {eta} {wide_msg}",
            (false, _) => "{prefix} {spinner} {pos} {wide_msg}",
        };
        let bar = ProgressBar::hidden();
        bar.set_length(total.unwrap_or(0));
        if let Ok(style) = ProgressStyle::with_template(template) {
            // What cannot be written is not shown.
            let done = |state: &ProgressState, out: &mut dyn Write| {
                let _ = out.write_str(&plain::size(state.pos()));
            };
            let all = |state: &ProgressState, out: &mut dyn Write| {
                let _ = out.write_str(&plain::size(state.len().unwrap_or(0)));
            };
            bar.set_style(style.with_key("bytes", done).with_key("total_bytes", all));
        }
        bar.set_prefix(self.texts.code("task", task.code()));
        Box::new(Bar { bars: self.bars.clone(), shape: bar, since: Instant::now(), shown: Once::new() })
    }
}

struct Bar {
    bars: MultiProgress,
    shape: ProgressBar,
    since: Instant,
    shown: Once,
}

impl Bar {
    /// Shows the bar once its task has taken a while.
    fn show(&self) {
        if self.since.elapsed() > Duration::from_millis(700) {
            self.shown.call_once(|| {
                self.bars.add(self.shape.clone());
                self.shape.enable_steady_tick(Duration::from_millis(200));
            });
        }
    }
}

impl Step for Bar {
    fn advance(&self, units: u64) {
        self.shape.inc(units);
        self.show();
    }

    fn set_total(&self, total: u64) {
        self.shape.set_length(total);
    }

    fn message(&self, text: &str) {
        self.shape.set_message(text.to_owned());
        self.show();
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.shape.finish_and_clear();
    }
}
