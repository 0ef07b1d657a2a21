//! Reads and writes RFC 3161 timestamps: a request for one, the answer of a timestamp authority (TSA), and the token in
//! it, which is a CMS message (RFC 5652) signed by the authority.
//!
//! The structures are read here from their items: `x509-tsp` and the released `cms` are of the generation of `der` before the one
//! that `x509-cert` needs.

mod answer;
mod authority;
mod items;
mod request;
mod signature;

pub use answer::{Answer, Token};
pub use authority::{Authorities, Trust};
pub use request::Request;
pub use signature::Signer;

use aws_lc_rs::digest;
use der::asn1::ObjectIdentifier;

use crate::error::{Error, Result};

/// The largest accepted answer in bytes; a usual one has 2 to 8 KB.
pub const LARGEST: u64 = 1024 * 1024;

/// A digest algorithm that a timestamp may rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha256 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"),
            Self::Sha384 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"),
            Self::Sha512 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"),
        }
    }

    /// Returns the algorithm of an object identifier.
    ///
    /// # Errors
    /// `timestamp-algorithm-unknown`; MD5 and SHA-1 are among those that prove nothing today.
    fn of(oid: ObjectIdentifier) -> Result<Self> {
        let known = Self::ALL.into_iter().find(|algorithm| algorithm.oid() == oid);
        known.ok_or_else(|| Error::input("timestamp-algorithm-unknown").with("algorithm", oid))
    }

    /// Returns the digest of `bytes`.
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        };
        digest::digest(algorithm, bytes).as_ref().to_vec()
    }
}

/// The digest of what a timestamp is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imprint {
    /// Its algorithm.
    pub algorithm: Algorithm,
    /// The digest.
    pub digest: Vec<u8>,
}

impl Imprint {
    /// Returns the imprint of `bytes` by SHA-256.
    pub fn of(bytes: &[u8]) -> Self {
        Self { algorithm: Algorithm::Sha256, digest: Algorithm::Sha256.digest(bytes) }
    }

    /// Reports whether this is the imprint of `bytes`.
    pub fn is_of(&self, bytes: &[u8]) -> bool {
        self.algorithm.digest(bytes) == self.digest
    }
}

#[cfg(test)]
mod tests;
