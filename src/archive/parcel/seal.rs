//! Encrypts packs and decrypts them, in the age format (age-encryption.org/v1).

use std::io::{self, Read, Write};
use std::iter;

use age::{DecryptError, Decryptor, Encryptor, scrypt, x25519};
use secrecy::SecretString;

use crate::error::{Error, Kind, Result};

/// First line of an encrypted pack.
pub(super) const MAGIC: &[u8] = b"age-encryption.org/v1\n";
/// Largest header that is read: one of a thousand keys has half of it.
pub(super) const LONGEST_HEADER: usize = 256 * 1024;
/// Beginning of the last line of a header.
const HEADER_END: &[u8] = b"\n--- ";
/// Work that a passphrase costs, as a power of two: that of the reference program, about a second and 256 MiB.
const WORK: u8 = 18;
/// Most work that is done to open a pack: a gibibyte of memory. A hostile one could ask for any.
const MOST_WORK: u8 = 20;

/// The recipients of a pack: whoever has the passphrase, or one of the secret keys.
#[derive(Debug)]
pub enum Sealing {
    /// Opened by a passphrase.
    Passphrase(SecretString),
    /// Opened by the secret key of any of these public keys.
    Keys(Recipients),
}

/// Public keys.
#[derive(Debug)]
pub struct Recipients(Vec<x25519::Recipient>);

impl Recipients {
    /// Parses public keys (`age1…`).
    ///
    /// # Errors
    /// `recipient-invalid`, `recipient-unsupported` for a key of another kind.
    pub fn parse(keys: &[String]) -> Result<Self> {
        let parse = |key: &String| {
            let key = key.trim();
            key.parse().map_err(|_| {
                let other = key.starts_with("ssh-") || key.starts_with("age1") && key.matches('1').count() > 1;
                let code = if other { "recipient-unsupported" } else { "recipient-invalid" };
                Error::usage(code).with("key", key)
            })
        };
        keys.iter().map(parse).collect::<Result<_>>().map(Self)
    }

    /// Returns the keys as they are written.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}

impl Sealing {
    /// Returns a writer that encrypts into `out`. It must be finished.
    pub(super) fn wrap<W: Write>(&self, out: W) -> io::Result<age::stream::StreamWriter<W>> {
        let encryptor = match self {
            Self::Passphrase(passphrase) => {
                let mut recipient = scrypt::Recipient::new(passphrase.clone());
                recipient.set_work_factor(WORK);
                Encryptor::with_recipients(iter::once(&recipient as &dyn age::Recipient))
            }
            Self::Keys(keys) => Encryptor::with_recipients(keys.0.iter().map(|key| key as &dyn age::Recipient)),
        };
        encryptor.map_err(io::Error::other)?.wrap_output(out)
    }
}

/// Secret keys that open packs.
pub struct Identities(Vec<x25519::Identity>);

impl std::fmt::Debug for Identities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Identities").field(&self.0.len()).finish()
    }
}

impl Identities {
    /// Parses a file of secret keys as `age-keygen` writes it: one per line, with remarks after `#`.
    ///
    /// # Errors
    /// `identity-invalid`.
    pub fn parse(text: &str) -> Result<Self> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys: Vec<x25519::Identity> = lines
            .map(|line| line.parse().map_err(|_| Error::new(Kind::Credentials, "identity-invalid")))
            .collect::<Result<_>>()?;
        if keys.is_empty() { Err(Error::new(Kind::Credentials, "identity-invalid")) } else { Ok(Self(keys)) }
    }
}

/// The means to open encrypted packs.
pub struct Opening<'a> {
    /// Secret keys, if any are given.
    pub identities: Option<Identities>,
    /// Returns the passphrase; asks for it if it is not given.
    pub passphrase: &'a dyn Fn() -> Result<SecretString>,
}

impl std::fmt::Debug for Opening<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening").field("identities", &self.identities).finish_non_exhaustive()
    }
}

/// Reports whether a header whose end is among these first bytes can be read.
pub(super) fn has_header(begin: &[u8]) -> bool {
    memchr::memmem::find(begin, HEADER_END).is_some()
}

impl Opening<'_> {
    /// Returns a reader of the decrypted pack `name`.
    ///
    /// # Errors
    /// `pack-passphrase-wrong`, `pack-key-wrong`, `pack-key-needed`, `pack-too-much-work`, `pack-damaged`.
    pub(super) fn open<R: Read>(&self, input: R, name: &str) -> Result<age::stream::StreamReader<R>> {
        let refused = |code: &'static str| Error::new(Kind::Credentials, code).with("path", name);
        let damaged = |error: DecryptError| Error::damaged("pack-damaged").with("path", name).because(error);
        let decryptor = Decryptor::new(input).map_err(damaged)?;
        let opened = if decryptor.is_scrypt() {
            let mut identity = scrypt::Identity::new((self.passphrase)()?);
            identity.set_max_work_factor(MOST_WORK);
            decryptor.decrypt(iter::once(&identity as &dyn age::Identity))
        } else {
            let Some(keys) = &self.identities else { return Err(refused("pack-key-needed")) };
            decryptor.decrypt(keys.0.iter().map(|key| key as &dyn age::Identity))
        };
        opened.map_err(|error| match error {
            DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => refused("pack-passphrase-wrong"),
            DecryptError::NoMatchingKeys => refused("pack-key-wrong"),
            DecryptError::ExcessiveWork { required, .. } => {
                Error::input("pack-too-much-work").with("path", name).with("work", required)
            }
            error => damaged(error),
        })
    }
}
