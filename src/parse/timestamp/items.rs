//! Reads the items of a DER value one after another.

use std::collections::VecDeque;

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode as _, Reader as _, SliceReader, Tag, TagNumber, Tagged as _};

use super::{Algorithm, Imprint};
use crate::error::{Error, Result};

/// The items of a SEQUENCE or SET that were not taken yet.
pub(super) struct Items<'a>(VecDeque<AnyRef<'a>>);

impl<'a> Items<'a> {
    /// Reads the items of a constructed value.
    ///
    /// # Errors
    /// `timestamp-not-read`.
    pub(super) fn of(value: AnyRef<'a>) -> Result<Self> {
        let mut items = VecDeque::new();
        let mut reader = SliceReader::new(value.value()).map_err(unread)?;
        while !reader.is_finished() {
            items.push_back(AnyRef::decode(&mut reader).map_err(unread)?);
        }
        Ok(Self(items))
    }

    /// Reads the items of the SEQUENCE that `bytes` are.
    ///
    /// # Errors
    /// `timestamp-truncated` if bytes are missing at the end, else `timestamp-not-read`.
    pub(super) fn of_bytes(bytes: &'a [u8]) -> Result<Self> {
        match AnyRef::from_der(bytes) {
            Ok(value) if value.tag() == Tag::Sequence => Self::of(value),
            Ok(_) => Err(Error::input("timestamp-not-read")),
            Err(error) if is_incomplete(bytes, &error) => Err(Error::input("timestamp-truncated")),
            Err(error) => Err(unread(error)),
        }
    }

    /// Takes the next item.
    pub(super) fn any(&mut self) -> Result<AnyRef<'a>> {
        self.0.pop_front().ok_or_else(|| Error::input("timestamp-not-read"))
    }

    /// Takes the next item if it has this tag.
    pub(super) fn if_is(&mut self, tag: Tag) -> Option<AnyRef<'a>> {
        if self.0.front()?.tag() == tag { self.0.pop_front() } else { None }
    }

    /// Takes the next item if its tag is `[number]`, constructed.
    pub(super) fn context(&mut self, number: u32) -> Option<AnyRef<'a>> {
        self.if_is(Tag::ContextSpecific { constructed: true, number: TagNumber(number) })
    }

    /// Takes the next item, which must have this tag.
    pub(super) fn must_be(&mut self, tag: Tag) -> Result<AnyRef<'a>> {
        self.if_is(tag).ok_or_else(|| Error::input("timestamp-not-read"))
    }

    /// Takes a SEQUENCE and returns its items.
    pub(super) fn sequence(&mut self) -> Result<Self> {
        Self::of(self.must_be(Tag::Sequence)?)
    }

    /// Takes an object identifier.
    pub(super) fn oid(&mut self) -> Result<ObjectIdentifier> {
        self.any()?.decode_as().map_err(unread)
    }

    /// Takes an AlgorithmIdentifier and returns its identifier and its parameters.
    pub(super) fn algorithm(&mut self) -> Result<(ObjectIdentifier, Option<AnyRef<'a>>)> {
        let mut items = self.sequence()?;
        Ok((items.oid()?, items.any().ok()))
    }

    /// Takes a MessageImprint.
    pub(super) fn imprint(&mut self) -> Result<Imprint> {
        let mut items = self.sequence()?;
        let algorithm = Algorithm::of(items.algorithm()?.0)?;
        Ok(Imprint { algorithm, digest: items.must_be(Tag::OctetString)?.value().to_vec() })
    }

    /// Returns the items that are left.
    pub(super) fn rest(self) -> impl Iterator<Item = AnyRef<'a>> {
        self.0.into_iter()
    }
}

/// Reports whether `bytes` begin as a SEQUENCE and end before its end.
fn is_incomplete(bytes: &[u8], error: &der::Error) -> bool {
    bytes.first() == Some(&0x30) && matches!(error.kind(), der::ErrorKind::Incomplete { .. })
}

/// Creates the error for bytes that are not what RFC 3161 demands.
pub(super) fn unread(error: der::Error) -> Error {
    Error::input("timestamp-not-read").because(error)
}
