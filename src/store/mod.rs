//! Holds the working state: the catalog of observations (SQLite), the stage where new files wait for a commit, and the
//! work queue.

pub mod batch;
mod body;
pub mod calls;
pub mod catalog;
pub mod datasets;
mod entities;
pub(crate) mod gaps;
pub mod ledger;
pub mod lock;
pub mod media;
pub mod payload;
pub mod posts;
pub mod queue;
pub mod read;
pub mod saved;
pub mod stage;

pub use batch::Batch;
pub use catalog::{Catalog, Run};
pub use lock::{ArchiveLock, BagsLock, ExportLock, check_working_folder};
pub use stage::{Stage, Staged};
