//! Many accounts: a list of them, a queue of their jobs that workers on one machine or several share, and what became of
//! each. A host of the pipeline like the command line and the desk: it does with many accounts what they do with one.
//!
//! ```text
//! fleet.toml ─ list ▶ jobs (account × phase) ▶ queue ◀ claim, beat, settle ─ crew ▶ errand ▶ pipeline
//!                                                └▶ status, report, metrics
//! ```

pub mod crew;
pub mod errand;
pub mod list;
pub mod metrics;
pub mod metrics_server;
pub mod note;
pub mod overseer;
pub mod phase;
pub mod queue;
pub mod schedule;
pub mod simulation;
pub mod status;
