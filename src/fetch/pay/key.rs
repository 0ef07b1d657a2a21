//! Reads the merchant's private key, `apiclient_key.pem` as issued by the merchant platform (PKCS#8; PKCS#1 as some
//! tools rewrite it).

use std::fmt;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;

use crate::error::{Error, Kind, Result};

/// Private key of the merchant. Signs, and decrypts what was encrypted for the merchant.
pub struct MerchantKey(KeyPair);

impl fmt::Debug for MerchantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MerchantKey(***)")
    }
}

impl MerchantKey {
    /// Reads the key from the text of a PEM file.
    ///
    /// # Errors
    /// `pay-key-unreadable`. The parsers' own errors are not passed on: they may quote the file.
    pub fn from_pem(pem: &[u8]) -> Result<Self> {
        let unreadable = || Error::new(Kind::Credentials, "pay-key-unreadable");
        let pair = match PrivateKeyDer::from_pem_slice(pem) {
            Ok(PrivateKeyDer::Pkcs8(der)) => KeyPair::from_pkcs8(der.secret_pkcs8_der()),
            Ok(PrivateKeyDer::Pkcs1(der)) => KeyPair::from_der(der.secret_pkcs1_der()),
            _ => return Err(unreadable()),
        };
        pair.map(Self).map_err(|_| unreadable())
    }

    /// Signs `message` with SHA256-RSA (PKCS#1 v1.5); returns base64.
    pub(super) fn sign(&self, message: &[u8]) -> Result<String> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|error| Error::other("pay-sign-failed").because(error))?;
        Ok(STANDARD.encode(signature))
    }

    /// Decrypts what was encrypted with the merchant's certificate: RSA-OAEP with SHA-1, as everywhere in API v3.
    ///
    /// # Errors
    /// `pay-envelope-closed`: encrypted for another key, or not encrypted at all.
    pub(super) fn open(&self, sealed: &[u8]) -> Result<Vec<u8>> {
        let closed = || Error::input("pay-envelope-closed").with("what", "key");
        let der: Pkcs8V1Der<'_> = self.0.as_der().map_err(|_| closed())?;
        let key = PrivateDecryptingKey::from_pkcs8(der.as_ref()).map_err(|_| closed())?;
        let key = OaepPrivateDecryptingKey::new(key).map_err(|_| closed())?;
        let mut plain = vec![0; key.min_output_size()];
        key.decrypt(&OAEP_SHA1_MGF1SHA1, sealed, &mut plain, None).map(|plain| plain.to_vec()).map_err(|_| closed())
    }
}
