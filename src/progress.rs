//! How the library tells that it is at work. It never names a terminal: the CLI implements [`Progress`].

/// A piece of work that takes time. The words for it are the CLI's (`task-<kebab name>`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Task {
    /// Asking an official API (counts collectors).
    Api,
    /// Reading and recognising inputs (counts inputs).
    Collect,
    /// Writing the archive (counts files).
    Commit,
    /// Fetching pages (counts pages).
    FetchPages,
    /// Fetching media (counts files).
    FetchMedia,
    /// Writing a mirror or another export (counts outputs).
    Export,
    /// Waiting for other processes that read the archive (no total).
    Readers,
    /// Looking for inputs (no total).
    Scan,
    /// Reading a statement (counts bytes).
    Statement,
    /// Checking fixity (counts bytes).
    Verify,
    /// Waiting for another day's quota (no total).
    Wait,
}

/// Receives progress. Implementations are cheap and never fail.
pub trait Progress: Send + Sync {
    /// Begins a task; `total` in the task's unit where it is known.
    fn start(&self, task: Task, total: Option<u64>) -> Box<dyn Step>;
}

/// One running task. Dropping it ends the task.
pub trait Step: Send + Sync {
    /// `units` more are done.
    fn advance(&self, units: u64);
    /// The total became known or changed.
    fn set_total(&self, total: u64);
    /// What is being worked on now (a file name, a title); shown where there is room.
    fn message(&self, text: &str);
}

/// Says nothing.
pub struct NoProgress;

impl Progress for NoProgress {
    fn start(&self, _: Task, _: Option<u64>) -> Box<dyn Step> {
        Box::new(Self)
    }
}

impl Step for NoProgress {
    fn advance(&self, _: u64) {}
    fn set_total(&self, _: u64) {}
    fn message(&self, _: &str) {}
}
