//! Decrypts the bills of sub-merchants: each file has its own key, encrypted with the merchant's certificate, and is
//! encrypted with AES-256-GCM. No real sample was available, so both nonce lengths that the documents' wording allows
//! are accepted.

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

/// Key and nonce of one file, as the platform sends them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Key of the file, encrypted for the merchant, in base64.
    pub encrypt_key: String,
    /// Nonce, used as the bytes of its characters.
    pub nonce: String,
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Envelope(***)")
    }
}

impl Envelope {
    /// Decrypts the file `sealed`.
    ///
    /// # Errors
    /// `pay-envelope-closed`, with the part that did not fit: `key`, `nonce`, `file`.
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
