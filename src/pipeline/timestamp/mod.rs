//! Proves that an archive existed at a time: asks a timestamp authority (RFC 3161) to sign the digest of `SHA256SUMS`, keeps
//! what it answers, and checks what was kept.
//!
//! Keeping an answer is itself a commit, after which `SHA256SUMS` is another one, as after every other commit. So an answer is
//! kept together with a copy of the lists of the state that it is for (see [`Lists`](crate::archive::Lists)), which stay
//! checkable whatever is added later: the folder `timestamps/<first 16 digits of the digest>/` in the private bag.

mod answer;
mod kept;
mod online;
mod request;

use std::path::Path;

pub use answer::{Kept, take, take_bytes};
pub use kept::{Stamp, Stamps, check};
pub use online::ask_online;
pub use request::{Asked, ask};

use crate::archive::Archive;
pub use crate::archive::lists::{MANIFEST, TAG_MANIFEST, bags};
use crate::error::{Error, Result};
use crate::model::{Class, layout};
use crate::parse::timestamp::Authorities;
use crate::platform;

/// Name of a request in the folder of the state that it is for.
const REQUEST: &str = "request.tsq";

/// The largest accepted file of certificates in bytes: the system's own list has 200 KB.
const LARGEST_AUTHORITIES: u64 = 4 * 1024 * 1024;

/// Reads the certificates that the user trusts.
///
/// # Errors
/// `input-not-found`, `timestamp-authorities-unreadable`.
pub fn authorities(path: &Path) -> Result<Authorities> {
    let bytes = platform::read_whole(path, LARGEST_AUTHORITIES).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::input("input-not-found").with("path", path.display()),
        _ => Error::input("timestamp-authorities-unreadable").with("path", path.display()).because(error),
    })?;
    Authorities::read(&bytes).map_err(|error| error.with("path", path.display()))
}

/// Returns the folders of the kept timestamps inside the private bag's `data/`, each with its answers.
fn folders(archive: &Archive) -> Result<std::collections::BTreeMap<String, Vec<String>>> {
    let mut folders = std::collections::BTreeMap::new();
    let prefix = format!("{}/", layout::TIMESTAMPS);
    for path in archive.below(Class::Private, &prefix)?.into_keys() {
        let Some((state, name)) = path[prefix.len()..].split_once('/') else { continue };
        let answers: &mut Vec<String> = folders.entry(format!("{prefix}{state}")).or_default();
        if !name.contains('/') && (name.ends_with(".tsr") || name.ends_with(".tst")) {
            answers.push(name.to_owned());
        }
    }
    Ok(folders)
}

/// Returns the name of the folder for the state whose `SHA256SUMS` has the digest `hex`.
fn state_name(hex: &str) -> &str {
    hex.get(..16).unwrap_or(hex)
}
