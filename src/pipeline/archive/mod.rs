//! The archive as the pipeline works on it: opened for writing, rebuilt from its bags, and what it lacks.

pub mod bill_days;
pub(crate) mod damage;
pub mod gap_list;
pub mod gaps;
pub mod ownership;
pub(crate) mod rebuild;
pub mod session;
pub mod state;
pub mod verify;
