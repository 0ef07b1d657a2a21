//! Packs an archive into single files and unpacks it again. Each bag is one ZIP of one form (`form`), whole or in parts,
//! and may be encrypted; a third, small ZIP has the files that pin both. Unzipped into one folder, the three are the
//! archive again, with any program. The private bag is never written readable if it is to be encrypted: ZIP, encryption
//! and parts are one stream.

mod find;
mod folder;
mod form;
mod parts;
mod read;
mod seal;
mod write;
mod zip;

pub use find::are_packs;
pub use folder::{are_of_one, missing_packs, packs_among};
pub use parts::PackFile;
pub use read::{Unpacked, unpack};
pub use seal::{Identities, Opening, Recipients, Sealing};
pub use write::{PackOptions, Packed, PackedBag, Recovery, pack, recovery_index};

use crate::archive::scratch::Codes;
use crate::model::{Class, layout};

/// Errors of the folder for what is half packed or unpacked.
const CODES: Codes = Codes { in_use: "pack-in-use", failed: "packing-failed" };

/// Returns the name of a bag's pack: `NAME-public.zip`, `NAME-private.zip.age`.
fn bag_pack(name: &str, class: Class, encrypted: bool) -> String {
    let end = if encrypted { ".age" } else { "" };
    format!("{name}-{}.zip{end}", layout::bag_name(class))
}

/// Returns the name of the pack of the files that pin the archive.
fn anchor_name(name: &str) -> String {
    format!("{name}-anchor.zip")
}

/// Returns the name of the instructions.
fn guide_name(name: &str) -> String {
    format!("{name}-README.txt")
}

/// Returns the name of the note that only one bag was packed.
fn only_name(name: &str, class: Class) -> String {
    format!("{name}-{}", layout::only(class))
}

/// Returns the name of the archive that a pack is of, by the name of one of its files.
fn archive_of(file: &str) -> Option<&str> {
    let ends = [Class::Public, Class::Private].map(|class| format!("-{}.zip", layout::bag_name(class)));
    ends.iter().find_map(|end| file.rfind(end.as_str()).map(|at| &file[..at]))
}

#[cfg(test)]
mod tests;
