//! Reports progress. The library never accesses a terminal: the CLI implements [`Progress`].

/// A task that takes time. Its label is in the CLI's texts (`task-<kebab name>`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Task {
    /// Calling an official API (counts collectors).
    Api,
    /// Reading and recognising inputs (counts inputs).
    Collect,
    /// Writing the archive (counts files).
    Commit,
    /// Copying an archive (counts bytes).
    Copy,
    /// Fetching pages (counts pages).
    FetchPages,
    /// Fetching media (counts files).
    FetchMedia,
    /// Writing a mirror or another export (counts outputs).
    Export,
    /// Packing an archive into files (counts bytes).
    Pack,
    /// Computing or using recovery files (no total).
    Parity,
    /// Waiting for other processes that read the archive (no total).
    Readers,
    /// Rebuilding the working state from the kept evidence (counts evidence files).
    Rebuild,
    /// Looking for inputs (no total).
    Scan,
    /// Reading a statement (counts bytes).
    Statement,
    /// Unpacking an archive (counts bytes).
    Unpack,
    /// Checking fixity (counts bytes).
    Verify,
    /// Waiting for another day's quota (no total).
    Wait,
}

impl Task {
    /// Returns the code; the text is `task-<code>`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Collect => "collect",
            Self::Commit => "commit",
            Self::Copy => "copy",
            Self::FetchPages => "fetch-pages",
            Self::FetchMedia => "fetch-media",
            Self::Export => "export",
            Self::Pack => "pack",
            Self::Parity => "parity",
            Self::Readers => "readers",
            Self::Rebuild => "rebuild",
            Self::Scan => "scan",
            Self::Statement => "statement",
            Self::Unpack => "unpack",
            Self::Verify => "verify",
            Self::Wait => "wait",
        }
    }
}

/// Receives progress. Implementations are cheap and never fail.
pub trait Progress: Send + Sync {
    /// Starts a task; `total` is in the task's unit, if known.
    fn start(&self, task: Task, total: Option<u64>) -> Box<dyn Step>;
}

/// A running task. Dropping it ends the task.
pub trait Step: Send + Sync {
    /// Adds `units` of finished work.
    fn advance(&self, units: u64);
    /// Sets the total once it becomes known or changes.
    fn set_total(&self, total: u64);
    /// Shows the current item (a file name, a title), if there is room.
    fn message(&self, text: &str);
}

/// Progress receiver that ignores everything.
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
