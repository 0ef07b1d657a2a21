//! The answer of a timestamp authority: `TimeStampResp`, or the bare token in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Encode as _, Tag, Tagged as _};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::Imprint;
use super::items::{Items, unread};
use super::request::number;
use crate::error::{Error, Result};
use crate::model::Time;

/// `signedData` of CMS.
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
/// `TSTInfo`, the content of a timestamp.
pub(super) const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// Names of the reasons for a refusal by their bits (RFC 3161, 2.4.2).
const REASONS: [(usize, &str); 8] = [
    (0, "badAlg"),
    (2, "badRequest"),
    (5, "badDataFormat"),
    (14, "timeNotAvailable"),
    (15, "unacceptedPolicy"),
    (16, "unacceptedExtension"),
    (17, "addInfoNotAvailable"),
    (25, "systemFailure"),
];

/// An answer with a timestamp.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The answer as DER, whatever form it came in.
    pub der: Vec<u8>,
    /// Whether it is the token alone, without the response around it.
    pub bare: bool,
    /// The timestamp.
    pub token: Token,
}

/// A timestamp: what the authority signed, and the signature.
#[derive(Clone, Debug)]
pub struct Token {
    /// What the timestamp is for.
    pub imprint: Imprint,
    /// The time that the authority states, whole seconds.
    pub time: Time,
    /// The number of the request, if it had one.
    pub nonce: Option<Vec<u8>>,
    /// The authority's number of this timestamp, as hexadecimal digits.
    pub serial: String,
    /// The policy under which the authority stamps, an object identifier.
    pub policy: String,
    pub(super) content: Vec<u8>,
    pub(super) certificates: Vec<Vec<u8>>,
    pub(super) signer: SignerInfo,
}

/// The signature of a timestamp.
#[derive(Clone, Debug)]
pub(super) struct SignerInfo {
    /// Names the certificate: `IssuerAndSerialNumber`, or a key identifier.
    pub(super) id: SignerId,
    pub(super) digest_algorithm: ObjectIdentifier,
    /// What is signed: the attributes as a SET.
    pub(super) attributes: Vec<u8>,
    pub(super) algorithm: ObjectIdentifier,
    pub(super) signature: Vec<u8>,
}

/// The name of a certificate in a signature.
#[derive(Clone, Debug)]
pub(super) enum SignerId {
    /// The issuer's name as DER, and the serial number.
    Issued(Vec<u8>, Vec<u8>),
    /// The identifier of the key.
    Key(Vec<u8>),
}

impl Answer {
    /// Reads an answer: DER, or the same as Base64 text, as some websites give it.
    ///
    /// # Errors
    /// `timestamp-refused` with `status` and the authority's `text`, `timestamp-truncated`, `timestamp-not-read`,
    /// `timestamp-algorithm-unknown`.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let decoded = base64_of(bytes);
        let der = decoded.as_deref().unwrap_or(bytes);
        let mut items = Items::of_bytes(der)?;
        let first = items.any()?;
        let (bare, token) = if first.tag() == Tag::ObjectIdentifier {
            (true, Token::read(&mut Items::of_bytes(der)?)?)
        } else {
            granted(Items::of(first)?)?;
            (false, Token::read(&mut items.sequence()?)?)
        };
        Ok(Self { der: der.to_vec(), bare, token })
    }
}

/// Decodes Base64 text, with or without the lines of PEM around it.
fn base64_of(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.first() == Some(&0x30) {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
    STANDARD.decode(lines.collect::<String>()).ok().filter(|der| der.first() == Some(&0x30))
}

/// Checks that a `PKIStatusInfo` grants a timestamp.
fn granted(mut status: Items<'_>) -> Result<()> {
    let code: u8 = status.any()?.decode_as().map_err(unread)?;
    // 1: granted with changes that the owner has to look at, of which the token says all that counts here.
    if code <= 1 {
        return Ok(());
    }
    let mut said = Vec::new();
    if let Some(texts) = status.if_is(Tag::Sequence) {
        said.extend(Items::of(texts)?.rest().map(|text| String::from_utf8_lossy(text.value()).into_owned()));
    }
    if let Some(bits) = status.if_is(Tag::BitString) {
        let bits = bits.value().get(1..).unwrap_or_default();
        let is_set = |bit: usize| bits.get(bit / 8).is_some_and(|byte| byte & (0x80 >> (bit % 8)) != 0);
        said.extend(REASONS.iter().filter(|(bit, _)| is_set(*bit)).map(|(_, name)| (*name).to_owned()));
    }
    Err(Error::input("timestamp-refused").with("status", code).with("text", said.join("; ")))
}

impl Token {
    /// Reads a `ContentInfo` with `SignedData` over a `TSTInfo`.
    fn read(items: &mut Items<'_>) -> Result<Self> {
        let not_read = || Error::input("timestamp-not-read");
        if items.oid()? != SIGNED_DATA {
            return Err(not_read());
        }
        let mut explicit = Items::of(items.context(0).ok_or_else(not_read)?)?;
        let mut signed = explicit.sequence()?;
        signed.must_be(Tag::Integer)?;
        signed.must_be(Tag::Set)?;
        let mut encapsulated = signed.sequence()?;
        if encapsulated.oid()? != TST_INFO {
            return Err(not_read());
        }
        let mut explicit = Items::of(encapsulated.context(0).ok_or_else(not_read)?)?;
        let content = explicit.must_be(Tag::OctetString)?.value();
        let mut certificates = Vec::new();
        if let Some(set) = signed.context(0) {
            for certificate in Items::of(set)?.rest() {
                certificates.push(certificate.to_der().map_err(unread)?);
            }
        }
        signed.context(1);
        let mut signers = Items::of(signed.must_be(Tag::Set)?)?;
        let signer = SignerInfo::read(signers.sequence()?)?;
        if signers.any().is_ok() {
            return Err(not_read());
        }
        let mut info = Items::of_bytes(content)?;
        info.must_be(Tag::Integer)?;
        let policy = info.oid()?.to_string();
        let imprint = info.imprint()?;
        let serial = hex::encode(info.must_be(Tag::Integer)?.value());
        let time = time(info.must_be(Tag::GeneralizedTime)?).ok_or_else(not_read)?;
        // Accuracy and ordering.
        info.if_is(Tag::Sequence);
        info.if_is(Tag::Boolean);
        let nonce = info.if_is(Tag::Integer).map(number);
        Ok(Self { imprint, time, nonce, serial, policy, content: content.to_vec(), certificates, signer })
    }
}

impl SignerInfo {
    fn read(mut items: Items<'_>) -> Result<Self> {
        let not_read = || Error::input("timestamp-not-read");
        items.must_be(Tag::Integer)?;
        let id = items.any()?;
        let id = if id.tag() == Tag::Sequence {
            let mut issued = Items::of(id)?;
            let issuer = issued.must_be(Tag::Sequence)?.to_der().map_err(unread)?;
            SignerId::Issued(issuer, number(issued.must_be(Tag::Integer)?))
        } else {
            SignerId::Key(id.value().to_vec())
        };
        let (digest_algorithm, _) = items.algorithm()?;
        // Signed as a SET, sent under a tag of its own (RFC 5652, 5.4).
        let attributes = items.context(0).ok_or_else(not_read)?;
        let attributes = AnyRef::new(Tag::Set, attributes.value()).and_then(|set| set.to_der()).map_err(unread)?;
        let (algorithm, _) = items.algorithm()?;
        let signature = items.must_be(Tag::OctetString)?.value().to_vec();
        Ok(Self { id, digest_algorithm, attributes, algorithm, signature })
    }
}

/// Reads a time in UTC such as `20251125001500.5Z`; fractions of a second, which DER allows here, are left out.
fn time(value: AnyRef<'_>) -> Option<Time> {
    let text = std::str::from_utf8(value.value()).ok()?.strip_suffix('Z')?;
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let wall = DateTime::strptime("%Y%m%d%H%M%S", whole).ok()?;
    wall.to_zoned(TimeZone::UTC).ok().map(|zoned| Time::from_timestamp(zoned.timestamp()))
}
