//! Signs an archive and checks its signature: a minisign signature over `SHA256SUMS`, which pins every byte of both bags,
//! in `SHA256SUMS.minisig` beside it. `minisign -V` checks it too.
//!
//! A commit changes `SHA256SUMS`, and the signature is then one of an earlier state. Signatures made here name the digest of
//! what they are over in their signed comment, so that this is seen without any key.

use std::io::{Cursor, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use minisign::{PublicKey, PublicKeyBox, SecretKey, SecretKeyBox, SignatureBox};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use super::bags::whole;
use super::handle::Archive;
use crate::error::{Error, Kind, Result};
use crate::model::{Sha256, StoreAddress, layout};
use crate::platform;

/// What is known about a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureState {
    /// Of this key, over the archive as it is.
    Valid,
    /// Not of this key, or over something else.
    Invalid,
    /// Over an earlier state of the archive.
    Outdated,
    /// Not checked, for want of a key.
    Unchecked,
}

impl SignatureState {
    /// Returns the code; the text is `signature-<code>`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Outdated => "outdated",
            Self::Unchecked => "unchecked",
        }
    }
}

/// A signature that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// The result.
    pub state: SignatureState,
    /// Number of the key that made it, in hexadecimal digits.
    pub key: String,
    /// The signed comment. Only that of a valid signature is certain.
    pub comment: String,
}

/// Beginning of the digest in a signed comment.
const DIGEST: &str = "sha256:";

/// Where a secret key names the function that made its key of a password, and the name of none; where its checksum begins.
const KDF: std::ops::Range<usize> = 2..4;
const NO_KDF: [u8; 2] = [0, 0];
const CHECKSUM: usize = 126;

/// A key that can be signed with once its password is known.
pub struct SigningKey(SecretString);

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey")
    }
}

impl SigningKey {
    /// Takes the text of a secret key's file.
    pub fn new(text: SecretString) -> Self {
        Self(text)
    }

    fn boxed(&self) -> Result<SecretKeyBox> {
        SecretKeyBox::from_string(self.0.expose_secret()).map_err(|_| Self::invalid())
    }

    fn invalid() -> Error {
        Error::new(Kind::Credentials, "signing-key-invalid")
    }

    /// Returns the key as it stands in the file, encrypted or not.
    fn stated(&self) -> Result<SecretKey> {
        let key = self.0.expose_secret().lines().nth(1).unwrap_or_default();
        let bytes = BASE64.decode(key.trim()).map_err(|_| Self::invalid())?;
        SecretKey::from_bytes(&bytes).map_err(|_| Self::invalid())
    }

    /// Reports whether the key is encrypted with a password.
    ///
    /// # Errors
    /// `signing-key-invalid`.
    pub fn needs_password(&self) -> Result<bool> {
        Ok(self.stated()?.to_bytes().get(KDF) != Some(&NO_KDF))
    }

    fn open(&self, password: Option<&SecretString>) -> Result<SecretKey> {
        let Some(password) = password else {
            let stated = self.stated()?;
            // minisign itself gives a key without a password no checksum, which the library asks for.
            let has_checksum = stated.to_bytes().get(CHECKSUM..).is_some_and(|sum| sum.iter().any(|byte| *byte != 0));
            return if has_checksum {
                self.boxed()?.into_unencrypted_secret_key().map_err(|_| Self::invalid())
            } else {
                Ok(stated)
            };
        };
        // The library takes a string of its own and drops it at once.
        let opened = self.boxed()?.into_secret_key(Some(password.expose_secret().to_owned()));
        opened.map_err(|error| match error.kind() {
            minisign::ErrorKind::Verify => Error::new(Kind::Credentials, "signing-password-wrong"),
            _ => Self::invalid().because(error),
        })
    }
}

/// Parses a public key: the text of its file, or the key alone.
///
/// # Errors
/// `public-key-invalid`.
pub fn public_key(text: &str) -> Result<PublicKey> {
    let text = text.trim();
    let parsed = match PublicKey::from_base64(text) {
        Ok(key) => Ok(key),
        Err(_) => PublicKeyBox::from_string(text).and_then(PublicKeyBox::into_public_key),
    };
    parsed.map_err(|_| Error::usage("public-key-invalid"))
}

fn number(key: &[u8]) -> String {
    let mut digits: Vec<u8> = key.to_vec();
    digits.reverse();
    hex::encode_upper(digits)
}

/// Returns the content of `SHA256SUMS`; nothing if it cannot be read, which the check of the archive reports.
fn sums(archive: &Archive) -> Vec<u8> {
    whole(archive.bags(), layout::SHA256SUMS).ok().flatten().unwrap_or_default()
}

/// Signs an archive: writes `SHA256SUMS.minisig`, over an earlier one. `now` is the time in its comment, in Unix seconds.
///
/// # Errors
/// `signing-key-invalid`, `signing-password-wrong`, `sign-failed`.
pub fn sign(archive: &Archive, key: &SigningKey, password: Option<&SecretString>, now: i64) -> Result<Signature> {
    let secret = key.open(password)?;
    let sums = sums(archive);
    let digest = Sha256::of(&sums).hex();
    let comment = format!("timestamp:{now}\tfile:{}\t{DIGEST}{digest}", layout::SHA256SUMS);
    let number = number(secret.keynum());
    let path = archive.root().join(layout::SIGNATURE);
    let untrusted = format!("minisign signature over {}", layout::SHA256SUMS);
    let signed = minisign::sign(None, &secret, Cursor::new(&sums), Some(&comment), Some(&untrusted));
    let signed = signed.map_err(|error| Error::other("sign-failed").with("path", path.display()).because(error))?;
    let new = path.with_extension("minisig.new");
    let write = || {
        // A killed run may have left it.
        let _ = platform::remove_file(&new);
        let mut file = platform::create_new(&new, false)?;
        file.write_all(signed.into_string().as_bytes())?;
        platform::sync_open_file(&file)?;
        drop(file);
        platform::rename(&new, &path)?;
        platform::sync_folder(archive.root())
    };
    write().map_err(|error| Error::disk("sign-failed", path.display(), error))?;
    Ok(Signature { state: SignatureState::Valid, key: number, comment })
}

/// Checks the signature of the archive at `root`, by `key` if it is given. `file` is the signature's, unless it is the archive's own;
/// `None` if there is none.
///
/// # Errors
/// `signature-unreadable`.
pub fn check(root: &Path, file: Option<&Path>, key: Option<&PublicKey>) -> Result<Option<Signature>> {
    let path = file.map_or_else(|| root.join(layout::SIGNATURE), Path::to_owned);
    let is_in_store = file.is_none() && StoreAddress::is_meant(root);
    let unreadable = || Error::input("signature-unreadable").with("path", path.display());
    let read = if is_in_store {
        let found = whole(Archive::open_any(root)?.bags(), layout::SIGNATURE);
        found.and_then(|bytes| bytes.ok_or_else(|| std::io::ErrorKind::NotFound.into()))
    } else {
        platform::read_whole(&path, 64 * 1024)
    };
    let text = match read {
        Ok(bytes) => String::from_utf8(bytes).map_err(|_| unreadable())?,
        Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable().because(error)),
    };
    let signed = SignatureBox::from_string(&text).map_err(|_| unreadable())?;
    let sums = sums(&Archive::open_any(root)?);
    let comment = signed.trusted_comment().unwrap_or_default();
    let stated = comment.split('\t').find_map(|part| part.strip_prefix(DIGEST));
    let is_of_another_state = stated.is_some_and(|stated| stated != Sha256::of(&sums).hex());
    let is_valid = key.map(|key| minisign::verify(key, &signed, Cursor::new(&sums), true, false, false).is_ok());
    let state = match is_valid {
        Some(true) => SignatureState::Valid,
        _ if is_of_another_state => SignatureState::Outdated,
        Some(false) => SignatureState::Invalid,
        None => SignatureState::Unchecked,
    };
    Ok(Some(Signature { state, key: number(signed.keynum()), comment }))
}
