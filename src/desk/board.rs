//! The progress of a run as open pages see it, and the pause: a paused run waits at its next step.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::progress::{Progress, Step, Task};

/// No total is known.
const UNKNOWN: u64 = u64::MAX;
/// Shortest time between two changes of the shown item.
const MESSAGES: Duration = Duration::from_millis(100);

/// The progress of one run.
#[derive(Debug)]
pub(super) struct Board {
    tasks: Mutex<Vec<Arc<Counter>>>,
    pause: Arc<Pause>,
}

#[derive(Debug)]
struct Pause {
    paused: AtomicBool,
    lock: Mutex<()>,
    resumed: Condvar,
    stop: CancellationToken,
}

#[derive(Debug)]
struct Counter {
    task: Task,
    begun: Instant,
    done: AtomicU64,
    total: AtomicU64,
    item: Mutex<String>,
    /// Milliseconds after `begun` when the item was last set.
    item_set: AtomicU64,
    ended: AtomicBool,
    pause: Arc<Pause>,
}

/// A task in progress.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct TaskState {
    /// Code of the task; its words are `task-<code>`.
    pub(super) code: &'static str,
    /// Finished work, in bytes if `bytes`.
    pub(super) done: u64,
    /// Whole work, if known.
    pub(super) total: Option<u64>,
    /// Whether the work is counted in bytes.
    pub(super) bytes: bool,
    /// Current item.
    pub(super) item: String,
    /// Seconds left, where they can be known.
    pub(super) left: Option<u64>,
}

impl Board {
    pub(super) fn new(stop: CancellationToken) -> Self {
        let pause = Pause { paused: AtomicBool::new(false), lock: Mutex::new(()), resumed: Condvar::new(), stop };
        Self { tasks: Mutex::default(), pause: Arc::new(pause) }
    }

    /// Pauses the run at its next step, or resumes it.
    pub(super) fn set_paused(&self, paused: bool) {
        let _lock = self.pause.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.pause.paused.store(paused, Ordering::Release);
        self.pause.resumed.notify_all();
    }

    pub(super) fn is_paused(&self) -> bool {
        self.pause.paused.load(Ordering::Acquire)
    }

    /// Returns the tasks in progress, in the order they began.
    pub(super) fn tasks(&self) -> Vec<TaskState> {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.retain(|task| !task.ended.load(Ordering::Relaxed));
        tasks.iter().map(|task| task.state()).collect()
    }
}

impl Counter {
    fn state(&self) -> TaskState {
        let done = self.done.load(Ordering::Relaxed);
        let total = Some(self.total.load(Ordering::Relaxed)).filter(|total| *total != UNKNOWN);
        let item = self.item.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let bytes = matches!(self.task, Task::Copy | Task::Statement | Task::Verify);
        let left = total.and_then(|total| seconds_left(self.begun.elapsed(), done, total));
        TaskState { code: self.task.code(), done, total, bytes, item, left }
    }
}

/// Estimates the seconds that are left, once enough was done to say anything.
fn seconds_left(elapsed: Duration, done: u64, total: u64) -> Option<u64> {
    if elapsed < Duration::from_secs(3) || done == 0 || done >= total {
        return None;
    }
    let left = u128::from(total - done) * elapsed.as_millis() / u128::from(done) / 1000;
    Some(u64::try_from(left).unwrap_or(u64::MAX).saturating_add(1))
}

impl Progress for Board {
    fn start(&self, task: Task, total: Option<u64>) -> Box<dyn Step> {
        let counter = Arc::new(Counter {
            task,
            begun: Instant::now(),
            done: AtomicU64::new(0),
            total: AtomicU64::new(total.unwrap_or(UNKNOWN)),
            item: Mutex::default(),
            item_set: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            pause: Arc::clone(&self.pause),
        });
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.retain(|task| !task.ended.load(Ordering::Relaxed));
        tasks.push(Arc::clone(&counter));
        Box::new(Line(counter))
    }
}

struct Line(Arc<Counter>);

impl Step for Line {
    fn advance(&self, units: u64) {
        self.0.done.fetch_add(units, Ordering::Relaxed);
        let pause = &self.0.pause;
        if pause.paused.load(Ordering::Acquire) {
            let mut lock = pause.lock.lock().unwrap_or_else(PoisonError::into_inner);
            while pause.paused.load(Ordering::Acquire) && !pause.stop.is_cancelled() {
                lock = pause.resumed.wait(lock).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    fn set_total(&self, total: u64) {
        self.0.total.store(total, Ordering::Relaxed);
    }

    fn message(&self, text: &str) {
        let now = u64::try_from(self.0.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let set = self.0.item_set.load(Ordering::Relaxed);
        if set == 0 || now.saturating_sub(set) >= u64::try_from(MESSAGES.as_millis()).unwrap_or(0) {
            self.0.item_set.store(now.max(1), Ordering::Relaxed);
            text.clone_into(&mut self.0.item.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.0.ended.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_see_the_tasks_that_are_going_on() {
        let board = Board::new(CancellationToken::new());
        let step = board.start(Task::Collect, Some(10));
        step.advance(3);
        step.message("甲.html");
        step.message("too soon to be shown.html");
        let tasks = board.tasks();
        assert_eq!((tasks[0].code, tasks[0].done, tasks[0].total), ("collect", 3, Some(10)));
        assert_eq!(tasks[0].item, "甲.html");
        drop(step);
        assert!(board.tasks().is_empty());
    }

    #[test]
    fn a_paused_run_waits_at_its_next_step_until_it_is_resumed_or_stopped() {
        for stopped in [false, true] {
            let stop = CancellationToken::new();
            let board = Board::new(stop.clone());
            let step = board.start(Task::Collect, None);
            board.set_paused(true);
            let ended = AtomicBool::new(false);
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    step.advance(1);
                    ended.store(true, Ordering::SeqCst);
                });
                std::thread::sleep(Duration::from_millis(50));
                assert!(!ended.load(Ordering::SeqCst) && board.is_paused());
                if stopped {
                    stop.cancel();
                }
                board.set_paused(false);
            });
            assert!(ended.load(Ordering::SeqCst));
        }
    }

    #[test]
    fn the_time_left_is_said_only_where_it_is_known() {
        let after = Duration::from_secs;
        assert_eq!(seconds_left(after(1), 5, 10), None);
        assert_eq!(seconds_left(after(10), 0, 10), None);
        assert_eq!(seconds_left(after(10), 10, 10), None);
        assert_eq!(seconds_left(after(10), 5, 10), Some(11));
        assert_eq!(seconds_left(after(10), 1, u64::MAX - 1).map(|left| left > 1 << 40), Some(true));
    }
}
