//! Signs requests in the platform's format: five lines, the last of them the body, and one header that names the
//! signer.

use std::fmt;
use std::sync::Arc;

use url::Url;

use super::key::MerchantKey;
use crate::error::{Error, Result};

/// The only scheme for RSA merchants.
const SCHEME: &str = "WECHATPAY2-SHA256-RSA2048";

/// Signs the requests of one merchant.
#[derive(Clone)]
pub struct Signer {
    mchid: String,
    serial: String,
    key: Arc<MerchantKey>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("mchid", &self.mchid).finish_non_exhaustive()
    }
}

impl Signer {
    /// Creates the signer of the merchant `mchid` with the key whose certificate has the number `serial`.
    pub fn new(mchid: impl Into<String>, serial: impl Into<String>, key: MerchantKey) -> Self {
        Self { mchid: mchid.into(), serial: serial.into(), key: Arc::new(key) }
    }

    /// Returns the merchant number.
    pub fn mchid(&self) -> &str {
        &self.mchid
    }

    /// Returns the merchant's key, which also decrypts what was encrypted for it.
    pub fn key(&self) -> &MerchantKey {
        &self.key
    }

    /// Returns the value of `Authorization` for one request at `now` (Unix seconds). A nonce is used once.
    pub fn authorization(&self, method: &str, url: &Url, body: &str, now: i64, nonce: &str) -> Result<String> {
        let signature = self.key.sign(message(method, url, body, now, nonce).as_bytes())?;
        Ok(format!(
            "{SCHEME} mchid=\"{}\",nonce_str=\"{nonce}\",timestamp=\"{now}\",serial_no=\"{}\",signature=\"{signature}\"",
            self.mchid, self.serial
        ))
    }
}

/// Builds the message to sign. The URL is the requested one, unchanged: a download URL is never reassembled.
fn message(method: &str, url: &Url, body: &str, now: i64, nonce: &str) -> String {
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    format!("{method}\n{target}\n{now}\n{nonce}\n{body}\n")
}

/// Generates a random nonce in the form of the platform's own examples.
pub fn nonce() -> Result<String> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|error| Error::other("pay-sign-failed").because(error))?;
    Ok(hex::encode_upper(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_what_the_documents_say() {
        let url =
            Url::parse("https://api.mch.weixin.qq.com/v3/bill/tradebill?bill_date=2019-06-11&bill_type=ALL").unwrap();
        assert_eq!(
            message("GET", &url, "", 1_554_208_460, "N"),
            "GET\n/v3/bill/tradebill?bill_date=2019-06-11&bill_type=ALL\n1554208460\nN\n\n"
        );
        let url = Url::parse("https://api.mch.weixin.qq.com/v3/certificates").unwrap();
        assert_eq!(message("POST", &url, "{}", 1, "N"), "POST\n/v3/certificates\n1\nN\n{}\n");
    }

    #[test]
    fn nonces_differ() {
        let (one, other) = (nonce().unwrap(), nonce().unwrap());
        assert_eq!(one.len(), 32);
        assert_ne!(one, other);
    }
}
