//! The request for a timestamp: `TimeStampReq`.

use der::asn1::{AnyRef, OctetStringRef, UintRef};
use der::{Encode as _, Tag, Tagged as _};

use super::items::{Items, unread};
use super::{Algorithm, Imprint};
use crate::error::{Error, Result};

/// A request for a timestamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What the timestamp is to be for.
    pub imprint: Imprint,
    /// A number that the answer repeats, most significant byte first, without zeros before it.
    pub nonce: Option<Vec<u8>>,
}

impl Request {
    /// Reads a `TimeStampReq`.
    ///
    /// # Errors
    /// `timestamp-not-read`, `timestamp-truncated`, `timestamp-algorithm-unknown`.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let mut items = Items::of_bytes(bytes)?;
        items.must_be(Tag::Integer)?;
        let imprint = items.imprint()?;
        items.if_is(Tag::ObjectIdentifier);
        Ok(Self { imprint, nonce: items.if_is(Tag::Integer).map(number) })
    }

    /// Returns the request as DER. It demands the authority's certificate, without which nobody can check the answer in
    /// twenty years.
    ///
    /// # Errors
    /// `timestamp-not-read`, never in practice.
    pub fn to_der(&self) -> Result<Vec<u8>> {
        let Imprint { algorithm, digest } = &self.imprint;
        let algorithm = sequence(&[algorithm.oid().to_der().map_err(unread)?, vec![0x05, 0x00]])?;
        let digest = OctetStringRef::new(digest).and_then(|digest| digest.to_der()).map_err(unread)?;
        let imprint = sequence(&[algorithm, digest])?;
        let nonce = self.nonce.as_deref().map(|nonce| UintRef::new(nonce).and_then(|nonce| nonce.to_der()));
        let nonce = nonce.transpose().map_err(unread)?.unwrap_or_default();
        sequence(&[1_u8.to_der().map_err(unread)?, imprint, nonce, true.to_der().map_err(unread)?])
    }

    /// Creates the request for a timestamp of `bytes`.
    pub fn of(bytes: &[u8], nonce: [u8; 8]) -> Self {
        let nonce: Vec<u8> = nonce.into_iter().skip_while(|byte| *byte == 0).collect();
        Self { imprint: Imprint::of(bytes), nonce: Some(nonce).filter(|nonce| !nonce.is_empty()) }
    }

    /// Returns the algorithm of the imprint.
    pub fn algorithm(&self) -> Algorithm {
        self.imprint.algorithm
    }
}

/// Returns the bytes of a positive INTEGER without zeros before them.
pub(super) fn number(value: AnyRef<'_>) -> Vec<u8> {
    debug_assert_eq!(value.tag(), Tag::Integer);
    value.value().iter().copied().skip_while(|byte| *byte == 0).collect()
}

/// Wraps encoded items into a SEQUENCE.
fn sequence(items: &[Vec<u8>]) -> Result<Vec<u8>> {
    let content = items.concat();
    let value = AnyRef::new(Tag::Sequence, &content).and_then(|value| value.to_der());
    value.map_err(|error| Error::other("timestamp-not-read").because(error))
}
