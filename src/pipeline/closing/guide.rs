//! Selects the guide's entries: how to obtain each file, the most perishable first.

use std::path::Path;

use crate::archive::Archive;
use crate::audit::fill;
use crate::audit::guide::{self, Entry};
use crate::audit::profile::{AccountKind, Profile};
use crate::error::Result;

/// Returns the entries for accounts of `kind` (a code or a common name), else for the kinds in the profile of the
/// archive at `root`, else for every kind.
///
/// # Errors
/// An unknown kind, an unreadable archive.
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
