//! Opens an archive for writing, rebuilds its working state from the bags, and lists what it lacks.

pub mod bill_days;
pub mod bills;
pub mod copy;
pub(crate) mod damage;
pub mod gap_inputs;
pub mod gap_list;
pub mod gaps;
pub mod opened_packs;
pub mod ownership;
pub mod parcel;
pub mod parity;
pub(crate) mod rebuild;
mod recovery_files;
pub mod repair;
mod repair_sources;
pub mod session;
pub mod signature;
pub mod state;
pub mod store;
pub mod verify;
