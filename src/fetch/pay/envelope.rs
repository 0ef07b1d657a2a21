//! Bills of sub-merchants come encrypted: a key for each file, itself encrypted with the merchant's certificate, and the
//! file in AES-256-GCM. No real one was ever seen here, so both lengths of nonce that the documents' words allow are
//! taken.

use std::fmt;

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::{Aead as _, KeyInit as _};
use aes_gcm::aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::key::MerchantKey;
use crate::error::{Error, Result};

/// The key and nonce of one file, as the platform sends them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The file's key, encrypted for the merchant, in base64.
    pub encrypt_key: String,
    /// The nonce, whose characters are its bytes.
    pub nonce: String,
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Envelope(***)")
    }
}

impl Envelope {
    /// The file in `sealed`.
    ///
    /// # Errors
    /// `pay-envelope-closed`, with what did not fit: `key`, `nonce`, `file`.
    pub fn open(&self, key: &MerchantKey, sealed: &[u8]) -> Result<Vec<u8>> {
        let closed = |what: &str| Error::input("pay-envelope-closed").with("what", what);
        let wrapped = STANDARD.decode(&self.encrypt_key).map_err(|_| closed("key"))?;
        let file_key = key.open(&wrapped)?;
        let nonce = self.nonce.as_bytes();
        if let Ok(nonce) = <&[u8; 12]>::try_from(nonce) {
            let cipher = AesGcm::<Aes256, U12>::new_from_slice(&file_key).map_err(|_| closed("key"))?;
            return cipher.decrypt(&(*nonce).into(), sealed).map_err(|_| closed("file"));
        }
        if let Ok(nonce) = <&[u8; 16]>::try_from(nonce) {
            let cipher = AesGcm::<Aes256, U16>::new_from_slice(&file_key).map_err(|_| closed("key"))?;
            return cipher.decrypt(&(*nonce).into(), sealed).map_err(|_| closed("file"));
        }
        Err(closed("nonce"))
    }
}
