//! The archive on disk: two BagIt bags, evidence packs, the journalled commit, fixity.

pub mod bagit;
pub mod commit;
pub mod describe;
pub mod evidence;
pub mod names;
pub mod pack;
