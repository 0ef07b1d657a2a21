//! Reads and writes the archive on disk: two BagIt bags, evidence packs, the journalled commit, fixity. Everything else
//! reads the bags through [`Archive`]; exporters get the [`View`] of the public bag.

pub mod bagit;
pub mod bags;
mod checked;
#[cfg(feature = "cloud")]
pub mod cloud;
pub mod commit;
mod compared;
pub mod copy;
pub mod describe;
pub mod evidence;
mod folder;
mod handle;
pub mod journal;
pub mod kept;
pub mod list_repair;
pub mod lists;
pub mod lost;
pub mod pack;
pub mod parcel;
pub mod posts;
pub mod private_view;
mod scratch;
pub mod signature;
pub mod verify;
pub mod view;

pub use bagit::BagDescription;
pub use bags::{Bags, Reader};
pub use commit::{Changes, Committed, check_lists, check_tags, commit, finish_pending};
pub use folder::check_frame;
pub use handle::{
    Archive, HeldFile, file_of, has_lists, in_bag, is_archive, is_payload_folder, only_bag, place, place_of, shown,
    was_written,
};
pub use lists::{Compared, Lists};
pub use lost::Lost;
pub use pack::{Pack, PackReader, PackWriter};
pub use posts::PostEntry;
pub use private_view::PrivateView;
pub use view::View;
