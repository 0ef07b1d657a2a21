//! The archive on disk: two BagIt bags, evidence packs, the journalled commit, fixity.

pub mod bagit;
pub mod commit;
pub mod describe;
pub mod evidence;
pub mod journal;
pub mod names;
pub mod pack;
pub mod parallel;
pub mod state;
pub mod verify;

pub use bagit::BagDescription;
pub use commit::{Changes, Committed, commit, finish_pending};
pub use names::{article_folder, safe_name};
pub use pack::{Pack, PackReader, PackWriter};
pub use state::{ExpectedState, expected_state};
