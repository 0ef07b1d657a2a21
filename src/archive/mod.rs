//! The archive on disk: two BagIt bags, evidence packs, the journalled commit, fixity.

pub mod names;
pub mod pack;
