//! Authenticates a merchant's requests and responses: each try of a request gets its own signature, and a response that
//! should be signed by the platform is verified before it is read.

use std::fmt;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::sign::{self, Signer};
use super::verify::{self, PlatformKeys, SignatureHeaders};
use crate::error::{Error, Result};

/// Header that names the key the platform should sign with, where it has more than one.
static WISHED_SERIAL: HeaderName = HeaderName::from_static("wechatpay-serial");

/// Clock in Unix seconds.
pub type Clock = Box<dyn Fn() -> i64 + Send + Sync>;

/// Signs requests and verifies responses.
pub struct Seal {
    signer: Signer,
    keys: PlatformKeys,
    clock: Clock,
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal").field("signer", &self.signer).finish_non_exhaustive()
    }
}

/// Expected signature of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Signed if successful. A refusal may come from a gateway that does not sign, so it is accepted without a
    /// signature, but not with a wrong one.
    Signed,
    /// Unsigned file, whose digest vouches for it.
    Unsigned,
}

impl Seal {
    /// Creates a seal that signs with `signer` and trusts `keys`. `clock` is the real time: the platform refuses
    /// signatures that are minutes off, whatever the run's clock says.
    pub fn new(signer: Signer, keys: PlatformKeys, clock: Clock) -> Self {
        Self { signer, keys, clock }
    }

    /// Returns the signer.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Adds the headers of one try.
    pub fn sign(&self, method: &str, url: &Url, body: &str, headers: &mut HeaderMap) -> Result<()> {
        let line = self.signer.authorization(method, url, body, (self.clock)(), &sign::nonce()?)?;
        headers.insert(AUTHORIZATION, secret(&line)?);
        if let Some(serial) = self.keys.only() {
            headers.insert(WISHED_SERIAL.clone(), secret(serial)?);
        }
        Ok(())
    }

    /// Verifies a response.
    ///
    /// # Errors
    /// See [`PlatformKeys::verify`]; `pay-answer-unsigned`.
    pub fn check(&self, answers: Answers, is_good: bool, headers: &HeaderMap, body: &[u8]) -> Result<()> {
        match (answers, SignatureHeaders::of(headers)) {
            (Answers::Signed, Some(answer)) => self.keys.verify(&answer, body, (self.clock)()),
            (Answers::Signed, None) if is_good => Err(verify::unsigned()),
            (Answers::Signed, None) | (Answers::Unsigned, _) => Ok(()),
        }
    }
}

fn secret(value: &str) -> Result<HeaderValue> {
    let mut value =
        HeaderValue::from_str(value).map_err(|_| Error::other("fetch-header-invalid").with("name", AUTHORIZATION))?;
    value.set_sensitive(true);
    Ok(value)
}
