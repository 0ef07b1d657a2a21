//! Working state: the catalog of observations (SQLite), the stage where new files wait for a commit, the queue of work;
//! and the [`View`] that exporters and audits read.

pub mod view;

pub use view::View;
