//! Reads and writes the archive on disk: two BagIt bags, evidence packs, the journalled commit, fixity. Everything else
//! reads the bags through [`Archive`]; exporters get the [`View`] of the public bag.

pub mod bagit;
pub mod bags;
pub mod commit;
pub mod describe;
pub mod evidence;
mod folder;
mod handle;
pub mod journal;
pub mod kept;
pub mod lost;
pub mod pack;
pub mod posts;
pub mod private_view;
pub mod verify;
pub mod view;

pub use bagit::BagDescription;
pub use bags::{Bags, Reader};
pub use commit::{Changes, Committed, commit, finish_pending};
pub use handle::{Archive, HeldFile, in_bag, is_archive, place, shown, was_written};
pub use lost::Lost;
pub use pack::{Pack, PackReader, PackWriter};
pub use posts::PostEntry;
pub use private_view::PrivateView;
pub use view::View;
