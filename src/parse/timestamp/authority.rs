//! Judges whose certificate signed a timestamp, by authorities that the user names: no list of timestamp authorities is
//! built in, as none that could be has their agreement in twenty years.

use std::time::Duration;

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use super::answer::Token;
use super::signature::Signer;
use crate::error::{Error, Result};

/// `id-kp-timeStamping` as the bytes of an object identifier.
const TIME_STAMPING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];

/// Certificates that the user trusts.
#[derive(Clone, Debug)]
pub struct Authorities(Vec<CertificateDer<'static>>);

/// The judgement on the certificate of a timestamp's signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// It leads to one of the trusted certificates, at the time of the timestamp.
    Trusted,
    /// It does not, for this reason.
    Refused(String),
}

impl Authorities {
    /// Reads the certificates of a PEM file, or the one of a DER file.
    ///
    /// # Errors
    /// `timestamp-authorities-unreadable`, also if there is none.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let unreadable = || Error::input("timestamp-authorities-unreadable");
        let certificates: Vec<CertificateDer<'static>> = if bytes.first() == Some(&0x30) {
            vec![CertificateDer::from(bytes.to_vec())]
        } else {
            let read: Result<_, _> = CertificateDer::pem_slice_iter(bytes).collect();
            read.map_err(|error| unreadable().because(error))?
        };
        let authorities = Self(certificates);
        if authorities.anchors().is_empty() { Err(unreadable()) } else { Ok(authorities) }
    }

    /// Returns the certificates as DER.
    pub(super) fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(AsRef::as_ref)
    }

    fn anchors(&self) -> Vec<TrustAnchor<'_>> {
        self.0.iter().filter_map(|certificate| anchor_from_trusted_cert(certificate).ok()).collect()
    }

    /// Judges the certificate that signed `token`, at the time of the timestamp. Whether it was revoked is not known
    /// without asking.
    pub fn judge(&self, token: &Token, signer: &Signer) -> Trust {
        let own = CertificateDer::from(signer.certificate.as_slice());
        let between: Vec<CertificateDer<'_>> =
            token.certificates.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
        let time = UnixTime::since_unix_epoch(Duration::from_secs(token.time.unix().unsigned_abs()));
        let anchors = self.anchors();
        let judged = EndEntityCert::try_from(&own).and_then(|certificate| {
            let usage = KeyUsage::required(TIME_STAMPING);
            certificate
                .verify_for_usage(webpki::ALL_VERIFICATION_ALGS, &anchors, &between, time, usage, None, None)
                .map(drop)
        });
        judged.map_or_else(|error| Trust::Refused(error.to_string()), |()| Trust::Trusted)
    }
}
