//! Checks the signature of a timestamp: that the authority whose certificate is in it signed exactly this.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1, ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1,
    ECDSA_P521_SHA512_ASN1, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, UnparsedPublicKey,
    VerificationAlgorithm,
};
use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode as _, Encode as _, Tag};
use x509_cert::Certificate;
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectKeyIdentifier};

use super::answer::{SignerId, TST_INFO, Token};
use super::items::{Items, unread};
use super::{Algorithm, Authorities};
use crate::error::{Error, Result};
use crate::model::Time;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
/// Signature algorithms that name their digest; the others leave it to the signature.
const WITH_DIGEST: [(ObjectIdentifier, Algorithm); 6] = [
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11"), Algorithm::Sha256),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12"), Algorithm::Sha384),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13"), Algorithm::Sha512),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2"), Algorithm::Sha256),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3"), Algorithm::Sha384),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4"), Algorithm::Sha512),
];
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");

/// The authority that signed a timestamp, by its certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// Its name: `CN=…,O=…,C=…` (RFC 4514).
    pub name: String,
    /// The certificate as DER.
    pub(super) certificate: Vec<u8>,
}

impl Token {
    /// Checks the signature, and returns who signed. The certificate is in the token or, if the authority left it out,
    /// among `authorities`. Whether it belongs to whom it names is for [`Authorities::judge`] to say.
    ///
    /// # Errors
    /// `timestamp-certificate-missing`, `timestamp-certificate-purpose`, `timestamp-certificate-expired`,
    /// `timestamp-algorithm-unknown`, `timestamp-signature-wrong`, `timestamp-not-read`.
    pub fn check(&self, authorities: Option<&Authorities>) -> Result<Signer> {
        let others = authorities.map(Authorities::certificates).into_iter().flatten();
        let all = self.certificates.iter().map(Vec::as_slice).chain(others);
        let found = all.filter_map(|der| Some((Certificate::from_der(der).ok()?, der)));
        let (certificate, der) = found
            .into_iter()
            .find(|(certificate, _)| self.signer.id.is_of(certificate))
            .ok_or_else(|| Error::input("timestamp-certificate-missing"))?;
        let tbs = certificate.tbs_certificate();
        let name = tbs.subject().to_string();
        let with_name = |code: &'static str| Error::input(code).with("name", &name);
        let usage = tbs.get_extension::<ExtendedKeyUsage>().map_err(unread)?;
        if !usage.is_some_and(|(_, usage)| usage.0.contains(&TIME_STAMPING)) {
            return Err(with_name("timestamp-certificate-purpose"));
        }
        let second =
            |time: &x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
        let (first, last) = (second(&tbs.validity().not_before), second(&tbs.validity().not_after));
        if !(first..=last).contains(&self.time.unix()) {
            let day = |second| Time::from_unix(second).map(Time::date).unwrap_or_default();
            let error = with_name("timestamp-certificate-expired").with("time", self.time);
            return Err(error.with("first", day(first)).with("last", day(last)));
        }
        self.check_attributes(der)?;
        let key = tbs.subject_public_key_info();
        let curve = key.algorithm.parameters.as_ref().and_then(|curve| curve.decode_as::<ObjectIdentifier>().ok());
        let algorithm = self.algorithm(key.algorithm.oid, curve)?;
        let bytes = key.subject_public_key.raw_bytes();
        UnparsedPublicKey::new(algorithm, bytes)
            .verify(&self.signer.attributes, &self.signer.signature)
            .map_err(|_| with_name("timestamp-signature-wrong"))?;
        Ok(Signer { name, certificate: der.to_vec() })
    }

    /// Checks that the signed attributes are those of this content and of this certificate.
    fn check_attributes(&self, certificate: &[u8]) -> Result<()> {
        let wrong = || Error::input("timestamp-signature-wrong");
        let set = AnyRef::from_der(&self.signer.attributes).map_err(unread)?;
        let (mut typed, mut digested, mut named) = (false, false, false);
        for attribute in Items::of(set)?.rest() {
            let mut attribute = Items::of(attribute)?;
            let kind = attribute.oid()?;
            let mut values = Items::of(attribute.must_be(Tag::Set)?)?;
            match kind {
                CONTENT_TYPE => typed = values.oid()? == TST_INFO,
                MESSAGE_DIGEST => {
                    let algorithm = Algorithm::of(self.signer.digest_algorithm)?;
                    digested = values.must_be(Tag::OctetString)?.value() == algorithm.digest(&self.content);
                }
                SIGNING_CERTIFICATE | SIGNING_CERTIFICATE_V2 => {
                    let mut first = values.sequence()?.sequence()?.sequence()?;
                    let digest = match first.if_is(Tag::Sequence) {
                        Some(algorithm) => Algorithm::of(Items::of(algorithm)?.oid()?)?.digest(certificate),
                        None if kind == SIGNING_CERTIFICATE_V2 => Algorithm::Sha256.digest(certificate),
                        None => digest(&SHA1_FOR_LEGACY_USE_ONLY, certificate).as_ref().to_vec(),
                    };
                    named |= first.must_be(Tag::OctetString)?.value() == digest;
                }
                _ => {}
            }
        }
        if typed && digested && named { Ok(()) } else { Err(wrong()) }
    }

    /// Returns the algorithm that checks the signature with a key of this kind.
    fn algorithm(
        &self,
        key: ObjectIdentifier,
        curve: Option<ObjectIdentifier>,
    ) -> Result<&'static dyn VerificationAlgorithm> {
        let named = WITH_DIGEST.iter().find(|(oid, _)| *oid == self.signer.algorithm).map(|(_, digest)| *digest);
        let digest = named.map_or_else(|| Algorithm::of(self.signer.digest_algorithm), Ok)?;
        Ok(match (key, self.signer.algorithm, curve, digest) {
            (RSA | RSA_PSS, RSA_PSS, _, Algorithm::Sha256) => &RSA_PSS_2048_8192_SHA256,
            (RSA | RSA_PSS, RSA_PSS, _, Algorithm::Sha384) => &RSA_PSS_2048_8192_SHA384,
            (RSA | RSA_PSS, RSA_PSS, _, Algorithm::Sha512) => &RSA_PSS_2048_8192_SHA512,
            (RSA, _, _, Algorithm::Sha256) => &RSA_PKCS1_2048_8192_SHA256,
            (RSA, _, _, Algorithm::Sha384) => &RSA_PKCS1_2048_8192_SHA384,
            (RSA, _, _, Algorithm::Sha512) => &RSA_PKCS1_2048_8192_SHA512,
            (EC, _, Some(P256), Algorithm::Sha256) => &ECDSA_P256_SHA256_ASN1,
            (EC, _, Some(P256), Algorithm::Sha384) => &ECDSA_P256_SHA384_ASN1,
            (EC, _, Some(P256), Algorithm::Sha512) => &ECDSA_P256_SHA512_ASN1,
            (EC, _, Some(P384), Algorithm::Sha256) => &ECDSA_P384_SHA256_ASN1,
            (EC, _, Some(P384), Algorithm::Sha384) => &ECDSA_P384_SHA384_ASN1,
            (EC, _, Some(P384), Algorithm::Sha512) => &ECDSA_P384_SHA512_ASN1,
            (EC, _, Some(P521), Algorithm::Sha256) => &ECDSA_P521_SHA256_ASN1,
            (EC, _, Some(P521), Algorithm::Sha384) => &ECDSA_P521_SHA384_ASN1,
            (EC, _, Some(P521), Algorithm::Sha512) => &ECDSA_P521_SHA512_ASN1,
            _ => return Err(Error::input("timestamp-algorithm-unknown").with("algorithm", key)),
        })
    }
}

impl SignerId {
    /// Reports whether this names `certificate`.
    fn is_of(&self, certificate: &Certificate) -> bool {
        let tbs = certificate.tbs_certificate();
        match self {
            Self::Issued(issuer, serial) => {
                let own = tbs.serial_number().as_bytes().iter().copied().skip_while(|byte| *byte == 0);
                tbs.issuer().to_der().is_ok_and(|name| name == *issuer) && own.eq(serial.iter().copied())
            }
            Self::Key(key) => {
                let own = tbs.get_extension::<SubjectKeyIdentifier>().ok().flatten();
                own.is_some_and(|(_, own)| own.0.as_bytes() == key)
            }
        }
    }
}
