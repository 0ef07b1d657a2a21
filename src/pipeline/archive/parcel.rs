//! Packs an archive into single files for cloud drives and disks, and makes an archive of such files again.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use super::parity::Parity;
use super::{signature, state};
use crate::archive::parcel::{self, Identities, Opening, Recipients, Recovery, Sealing};
pub use crate::archive::parcel::{PackFile, Packed, PackedBag, Unpacked, are_packs};
use crate::archive::signature::Signature;
use crate::archive::{Archive, only_bag};
use crate::error::{Error, Kind, Result};
use crate::model::Class;
use crate::model::names::safe_name;
use crate::pipeline::host::Host;
use crate::platform;

/// Smallest size of a part in bytes.
const SMALLEST_PART: u64 = 64 * 1024;
/// Fewest characters of a passphrase.
const SHORTEST_PASSPHRASE: usize = 12;
/// Largest file of secret keys that is read, in bytes.
const LONGEST_KEYS: u64 = 64 * 1024;

/// The bags to pack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bags {
    /// The public bag.
    Public,
    /// The private bag.
    Private,
    /// Both, or the only one that is there.
    #[default]
    Both,
}

/// Who can open the private bag's pack.
#[derive(Debug, Default)]
pub enum Encryption {
    /// Everybody who has the pack.
    #[default]
    None,
    /// Whoever knows the passphrase.
    Passphrase(SecretString),
    /// Whoever has the secret key of one of these public keys of age.
    Keys(Vec<String>),
}

/// Options of packing.
#[derive(Debug, Default)]
pub struct PackOptions {
    /// Folder of the packs.
    pub folder: PathBuf,
    /// The bags.
    pub bags: Bags,
    /// Largest size of a file in bytes.
    pub split: Option<u64>,
    /// Encryption of the private bag.
    pub encryption: Encryption,
    /// Recovery files.
    pub parity: Option<Parity>,
}

/// The result of packing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackReport {
    /// Name of the archive, with which all packs begin.
    pub name: String,
    /// The files.
    #[serde(flatten)]
    pub packed: Packed,
    /// Public keys whose secret keys open the private pack.
    pub recipients: Vec<String>,
    /// The signature that travels along.
    pub signature: Option<Signature>,
}

/// Parses a size: `4GB`, `700MB`, `4GiB`, or bytes.
///
/// # Errors
/// `split-size-invalid` for anything else and for less than 64 KiB.
pub fn parse_size(text: &str) -> Result<u64> {
    let wrong = || Error::usage("split-size-invalid").with("value", text);
    let lower = text.trim().to_ascii_lowercase();
    let digits = lower.find(|c: char| !c.is_ascii_digit()).unwrap_or(lower.len());
    let (number, unit) = lower.split_at(digits);
    let unit: u64 = match unit.trim() {
        "" | "b" => 1,
        "k" | "kb" => 1000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "t" | "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        _ => return Err(wrong()),
    };
    let size = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit)).ok_or_else(wrong)?;
    if size < SMALLEST_PART { Err(wrong()) } else { Ok(size) }
}

/// Returns the name that the packs of the archive at `root` begin with: that of its folder.
pub fn pack_name(root: &Path) -> String {
    let full = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let name = safe_name(&platform::name_of(full.file_name().unwrap_or_default()));
    if name.is_empty() { "liudi-archive".to_owned() } else { name }
}

/// Packs the archive at `root`. Nothing has a final name before all of it was compared with the manifests.
///
/// # Errors
/// `pack-nothing-to-encrypt`, `pack-bag-missing`, `pack-folder-inside`, `passphrase-short`, those of
/// [`Recipients::parse`] and of [`parcel::pack`].
pub fn pack(root: &Path, options: &PackOptions, host: &dyn Host) -> Result<PackReport> {
    state::check_finished(root)?;
    let only = only_bag(root);
    let bags = match (options.bags, only) {
        (Bags::Both, None) => vec![Class::Public, Class::Private],
        (Bags::Both, Some(only)) => vec![only],
        (Bags::Public, _) => vec![Class::Public],
        (Bags::Private, _) => vec![Class::Private],
    };
    if only.is_some_and(|only| !bags.contains(&only)) {
        return Err(Error::usage("pack-bag-missing").with("path", root.display()));
    }
    let sealing = match &options.encryption {
        Encryption::None => None,
        Encryption::Passphrase(passphrase) => {
            check_passphrase(passphrase)?;
            Some(Sealing::Passphrase(passphrase.clone()))
        }
        Encryption::Keys(keys) => Some(Sealing::Keys(Recipients::parse(keys)?)),
    };
    if sealing.is_some() && !bags.contains(&Class::Private) {
        return Err(Error::usage("pack-nothing-to-encrypt"));
    }
    check_folder(root, &options.folder)?;
    let name = pack_name(root);
    let archive = Archive::open(root)?;
    // It travels along whatever it is; a verification says more.
    let signature = signature::look(root, None, None).unwrap_or(None);
    let recipients = match &sealing {
        Some(Sealing::Keys(keys)) => keys.names(),
        _ => Vec::new(),
    };
    let how = parcel::PackOptions {
        folder: &options.folder,
        name: &name,
        bags: &bags,
        split: options.split,
        sealing: sealing.as_ref(),
        recovery: options.parity.as_ref().map(|parity| parity as &dyn Recovery),
    };
    let packed = parcel::pack(&archive, &how, &host.work())?;
    Ok(PackReport { name, packed, recipients, signature })
}

/// Checks that a passphrase is long enough to protect anything.
///
/// # Errors
/// `passphrase-short`.
pub fn check_passphrase(passphrase: &SecretString) -> Result<()> {
    if passphrase.expose_secret().chars().count() < SHORTEST_PASSPHRASE {
        return Err(Error::new(Kind::Credentials, "passphrase-short").with("count", SHORTEST_PASSPHRASE));
    }
    Ok(())
}

/// Checks that a passphrase was typed the same way twice: a slip would lock the owner out.
///
/// # Errors
/// `passphrase-differs`.
pub fn check_same(first: &SecretString, again: &SecretString) -> Result<()> {
    if first.expose_secret() == again.expose_secret() {
        Ok(())
    } else {
        Err(Error::new(Kind::Credentials, "passphrase-differs"))
    }
}

/// Checks that packs do not go into the archive itself, where they would be in the way.
///
/// # Errors
/// `pack-folder-inside`.
pub fn check_folder(root: &Path, folder: &Path) -> Result<()> {
    let full = |path: &Path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        path.ancestors()
            .find_map(|above| Some(above.canonicalize().ok()?.join(path.strip_prefix(above).ok()?)))
            .unwrap_or(path)
    };
    if full(folder).starts_with(full(root)) {
        return Err(Error::usage("pack-folder-inside").with("path", folder.display()));
    }
    Ok(())
}

/// Reads a file of secret keys, which only its owner may be able to read.
///
/// # Errors
/// `identity-unreadable`, `key-file-open-to-others`, `identity-invalid`.
pub fn identities(path: &Path) -> Result<Identities> {
    let text = secret_file(path, "identity-unreadable")?;
    Identities::parse(text.expose_secret()).map_err(|error| error.with("path", path.display()))
}

/// Reads a small file with a secret, which only its owner may be able to read.
///
/// # Errors
/// `code`, `key-file-open-to-others`.
pub(super) fn secret_file(path: &Path, code: &'static str) -> Result<SecretString> {
    let failed = |error| Error::new(Kind::Credentials, code).with("path", path.display()).because(error);
    let file = platform::open_file(path).map_err(failed)?;
    if !platform::is_owner_only(&file).map_err(failed)? {
        return Err(Error::new(Kind::Credentials, "key-file-open-to-others").with("path", path.display()));
    }
    let bytes = platform::read_whole(path, LONGEST_KEYS).map_err(failed)?;
    String::from_utf8(bytes).map(SecretString::from).map_err(|error| failed(std::io::Error::other(error.utf8_error())))
}

/// Unpacks packs into the new folder `target`. `passphrase` returns the passphrase; it is called only for a pack that has
/// one.
///
/// # Errors
/// Those of [`parcel::unpack`].
pub fn unpack(
    inputs: &[PathBuf],
    target: &Path,
    identities: Option<Identities>,
    passphrase: &dyn Fn() -> Result<SecretString>,
    host: &dyn Host,
) -> Result<Unpacked> {
    parcel::unpack(inputs, target, &Opening { identities, passphrase }, &host.work())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("4GB", 4_000_000_000),
            ("4 gib", 1 << 32),
            ("700m", 700_000_000),
            ("65536", 65536),
            ("2TB", 2_000_000_000_000),
        ] {
            assert_eq!(parse_size(text).unwrap(), bytes, "{text}");
        }
        for wrong in ["", "GB", "4XB", "1.5GB", "-1", "65535", "99999999999999999999GB", "20000000TB", "0"] {
            assert_eq!(parse_size(wrong).unwrap_err().code(), "split-size-invalid", "{wrong}");
        }
    }
}
