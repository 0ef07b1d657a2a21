//! Where each file is obtained, the most perishable first.

use std::path::Path;

use crate::archive::Archive;
use crate::audit::fill;
use crate::audit::guide::{self, Entry};
use crate::audit::profile::{AccountKind, Profile};
use crate::error::Result;

/// Returns the entries for accounts of `kind`, as people call it, or for those of the profile of the archive at `root`;
/// without either, for every kind.
///
/// # Errors
/// Those of the name, of opening the archive and of its records.
pub fn entries(root: Option<&Path>, kind: Option<&str>) -> Result<Vec<Entry>> {
    let profile = match root {
        Some(root) => fill::records(&Archive::open(root)?)?.profile,
        None => Profile::default(),
    };
    let kinds: Vec<AccountKind> = match kind {
        Some(kind) => vec![AccountKind::from_word(kind)?],
        None => profile.kinds.iter().copied().collect(),
    };
    guide::of(&kinds, &profile)
}
