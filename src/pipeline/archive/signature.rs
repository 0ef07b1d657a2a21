//! Signs an archive with the owner's key and looks at its signature.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::{parcel, state, verify};
use crate::archive::Archive;
use crate::archive::signature::{self, SigningKey};
pub use crate::archive::signature::{Signature, SignatureState};
use crate::error::{Error, Kind, Result};
use crate::model::{Problem, layout};
use crate::pipeline::host::Host;
use crate::platform;

/// Code of a signature that is none.
pub(super) const UNREADABLE: &str = "signature-unreadable";
/// Largest file of a public key that is read, in bytes.
const LONGEST_KEY: u64 = 16 * 1024;

/// Reads the file of a secret key of minisign, which only its owner may be able to read.
///
/// # Errors
/// `signing-key-unreadable`, `key-file-open-to-others`, `signing-key-invalid`.
pub fn signing_key(path: &Path) -> Result<SigningKey> {
    parcel::secret_file(path, "signing-key-unreadable").map(SigningKey::new)
}

/// Signs the archive at `root` as it is now. `password` returns the password of an encrypted key.
///
/// # Errors
/// `sign-archive-damaged` if names, numbers, sizes or tag files are wrong; those of [`signature::sign`].
pub fn sign(
    root: &Path,
    key: &SigningKey,
    password: &dyn Fn() -> Result<SecretString>,
    host: &dyn Host,
) -> Result<Signature> {
    state::check_finished(root)?;
    let archive = Archive::open(root)?;
    if let Some(first) = verify::first_fault(&archive, host)? {
        let error = Error::new(Kind::Findings, "sign-archive-damaged").with("path", root.display());
        return Err(error.with("first", first));
    }
    let password = if key.needs_password()? { Some(password()?) } else { None };
    signature::sign(&archive, key, password.as_ref(), host.environment().now()?.unix())
}

/// Looks at the signature of the archive at `root`: the file `file`, or that of the archive itself, with the public key `key`, a
/// file or the key itself.
///
/// # Errors
/// `public-key-invalid`, `signature-unreadable`.
pub(super) fn look(root: &Path, file: Option<&Path>, key: Option<&str>) -> Result<Option<Signature>> {
    let key = key.map(|key| {
        // A key alone has 56 characters and is no name of a file that anybody has.
        let text = match platform::read_whole(Path::new(key), LONGEST_KEY) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(_) => key.to_owned(),
        };
        signature::public_key(&text).map_err(|error| error.with("value", key))
    });
    signature::check(root, file, key.transpose()?.as_ref())
}

/// What a repair does about a signature.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mending {
    /// Nothing: there is one, or none is known of.
    Nothing,
    /// It takes that of another copy of the same state.
    From(PathBuf),
    /// It cannot: what is there is no signature, and no copy has one.
    Lost,
}

/// Puts a lost signature of the archive at `root`, or one that is none any more, back from the first of these copies that has
/// one of the same state, if `applies`. Nothing pins a signature but itself: whether it is good, its key says.
///
/// # Errors
/// `restore-failed`.
pub(super) fn mend(root: &Path, copies: &[PathBuf], applies: bool) -> Result<Mending> {
    let own = signature::check(root, None, None);
    if matches!(own, Ok(Some(_))) {
        return Ok(Mending::Nothing);
    }
    let place = root.join(layout::SIGNATURE);
    let sums = |folder: &Path| platform::read(folder.join(layout::SHA256SUMS)).ok();
    let signs_this = |copy: &&PathBuf| {
        let signed = signature::check(copy, None, None).ok().flatten();
        sums(copy) == sums(root) && signed.is_some_and(|signed| signed.state != SignatureState::Outdated)
    };
    match copies.iter().find(signs_this).filter(|_| !place.is_dir()) {
        Some(copy) => {
            let file = copy.join(layout::SIGNATURE);
            if applies {
                let put = platform::read(&file).and_then(|bytes| platform::write_anew(&place, &bytes));
                put.map_err(|error| Error::disk("restore-failed", place.display(), error))?;
            }
            Ok(Mending::From(file))
        }
        None if own.is_err() => Ok(Mending::Lost),
        None => Ok(Mending::Nothing),
    }
}

/// Looks at the signature of the archive at `root` for a verification, and returns it with what there is to say: a remark if
/// no key was given, else a finding unless it is valid.
///
/// # Errors
/// As [`look`].
pub(super) fn verify(
    root: &Path,
    file: Option<&Path>,
    key: Option<&str>,
) -> Result<(Option<Signature>, Option<Problem>)> {
    let locator = layout::SIGNATURE;
    let found = match look(root, file, key) {
        // A file that the user named is an input; one of the archive is part of what is checked.
        Err(error) if file.is_none() && error.code() == UNREADABLE => {
            return Ok((None, Some(Problem::finding(UNREADABLE, locator))));
        }
        found => found?,
    };
    let problem = match (&found, key) {
        (None, None) => None,
        (None, Some(_)) => Some(Problem::finding("signature-missing", locator)),
        (Some(signature), _) => {
            let problem = match (signature.state, key) {
                (SignatureState::Valid | SignatureState::Unchecked, _) => None,
                (SignatureState::Outdated, None) => Some(Problem::remark("signature-outdated", locator)),
                (SignatureState::Outdated, Some(_)) => Some(Problem::finding("signature-outdated", locator)),
                (SignatureState::Invalid, _) => Some(Problem::finding("signature-invalid", locator)),
            };
            problem.map(|problem| problem.with("key", &signature.key))
        }
    };
    Ok((found, problem))
}
