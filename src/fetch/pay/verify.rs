//! Verifies that the platform sent a response: checks the signature over its time, nonce and body with the key that the
//! response names.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderMap;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, SubjectPublicKeyInfoDer};

use crate::error::{Error, Kind, Result};

/// Largest accepted age of a response in seconds, in either direction: an older one could be a replay.
const FRESH: u64 = 300;

/// Prefix of a deliberately wrong signature, with which the platform tests whether the merchant verifies.
const PROBE: &str = "WECHATPAY/SIGNTEST/";

/// The platform's keys by id: `PUB_KEY_ID_…` of a 微信支付公钥, or the serial number of a platform certificate.
#[derive(Clone, Debug, Default)]
pub struct PlatformKeys(BTreeMap<String, Vec<u8>>);

/// Signature headers of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureHeaders {
    timestamp: String,
    nonce: String,
    serial: String,
    signature: String,
}

impl SignatureHeaders {
    /// Reads the headers of a response; `None` if it is not signed.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let header = |name: &str| Some(headers.get(name)?.to_str().ok()?.trim().to_owned());
        Some(Self {
            timestamp: header("wechatpay-timestamp")?,
            nonce: header("wechatpay-nonce")?,
            serial: header("wechatpay-serial")?,
            signature: header("wechatpay-signature")?,
        })
    }
}

impl PlatformKeys {
    /// Adds a 微信支付公钥 with its id.
    ///
    /// # Errors
    /// `pay-public-key-unreadable`.
    pub fn add_public_key(&mut self, id: &str, pem: &[u8]) -> Result<()> {
        let key = SubjectPublicKeyInfoDer::from_pem_slice(pem)
            .map_err(|error| Error::new(Kind::Credentials, "pay-public-key-unreadable").because(error))?;
        self.0.insert(id.to_owned(), key.as_ref().to_vec());
        Ok(())
    }

    /// Adds the platform certificates of a PEM file, each by its own serial number.
    ///
    /// # Errors
    /// `pay-certificate-unreadable`, also if the file contains none.
    pub fn add_certificates(&mut self, pem: &[u8]) -> Result<()> {
        let unreadable = || Error::new(Kind::Credentials, "pay-certificate-unreadable");
        let mut found = false;
        for der in CertificateDer::pem_slice_iter(pem) {
            let der = der.map_err(|error| unreadable().because(error))?;
            let certificate = webpki::EndEntityCert::try_from(&der).map_err(|error| unreadable().because(error))?;
            // DER encodes a positive number whose first bit is set with a leading zero, which is not part of the serial
            // number.
            let serial = certificate.serial();
            let serial = serial.strip_prefix(&[0]).unwrap_or(serial);
            self.0.insert(hex::encode_upper(serial), certificate.subject_public_key_info().as_ref().to_vec());
            found = true;
        }
        if found { Ok(()) } else { Err(unreadable()) }
    }

    /// Reports whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the id of the key, if there is only one; responses are requested to be signed with it.
    pub fn only(&self) -> Option<&str> {
        let mut serials = self.0.keys();
        serials.next().filter(|_| serials.next().is_none()).map(String::as_str)
    }

    /// Verifies that the platform sent `body`, and recently. `now` is in Unix seconds.
    ///
    /// # Errors
    /// `pay-answer-stale`, `pay-answer-key-unknown`, `pay-answer-probe`, `pay-answer-signature-wrong`. A retry can only
    /// help with the last two.
    pub fn verify(&self, answer: &SignatureHeaders, body: &[u8], now: i64) -> Result<()> {
        let fresh = answer.timestamp.parse::<i64>().is_ok_and(|then| now.abs_diff(then) <= FRESH);
        if !fresh {
            return Err(Error::new(Kind::Download, "pay-answer-stale").with("time", &answer.timestamp));
        }
        if answer.signature.starts_with(PROBE) {
            return Err(Error::new(Kind::Download, "pay-answer-probe"));
        }
        let Some(key) = self.0.get(&answer.serial) else {
            return Err(Error::new(Kind::Credentials, "pay-answer-key-unknown").with("serial", &answer.serial));
        };
        let message = [answer.timestamp.as_bytes(), b"\n", answer.nonce.as_bytes(), b"\n", body, b"\n"].concat();
        let wrong = || Error::new(Kind::Download, "pay-answer-signature-wrong");
        let signature = STANDARD.decode(&answer.signature).map_err(|_| wrong())?;
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(&message, &signature).map_err(|_| wrong())
    }
}

/// Creates the failure of a response that should be signed and is not.
pub fn unsigned() -> Error {
    Error::new(Kind::Download, "pay-answer-unsigned")
}
