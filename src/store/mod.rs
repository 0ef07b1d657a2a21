//! Working state: the catalog of observations (SQLite), the stage where new files wait for a commit, the queue of work;
//! and the [`View`] that exporters and audits read.

pub mod lock;
pub mod stage;
pub mod view;

pub use lock::ArchiveLock;
pub use stage::{Stage, Staged};
pub use view::View;
