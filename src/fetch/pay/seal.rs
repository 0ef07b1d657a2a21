//! A merchant's side of the conversation: each try of a request is signed anew, and an answer that should be signed by
//! the platform is looked at before anybody reads it.

use std::fmt;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::sign::{self, Signer};
use super::verify::{self, PlatformKeys, SignatureHeaders};
use crate::error::{Error, Result};

/// Says which key the platform should sign with, where it has more than one.
static WISHED_SERIAL: HeaderName = HeaderName::from_static("wechatpay-serial");

/// Unix seconds.
pub type Clock = Box<dyn Fn() -> i64 + Send + Sync>;

/// Signs what goes out and checks what comes back.
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

/// Whether an answer is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Every good answer is. A refusal may come from a gate before the signing, so it counts without a signature, but
    /// not with a wrong one.
    Signed,
    /// It is a file: its digest vouches for it.
    Unsigned,
}

impl Seal {
    /// Signs with `signer`, believes `keys`. `clock` is the real time: the platform refuses signatures that are minutes
    /// off, whatever the run's clock says.
    pub fn new(signer: Signer, keys: PlatformKeys, clock: Clock) -> Self {
        Self { signer, keys, clock }
    }

    /// Who signs.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Adds the header lines of one try.
    pub fn sign(&self, method: &str, url: &Url, body: &str, headers: &mut HeaderMap) -> Result<()> {
        let line = self.signer.authorization(method, url, body, (self.clock)(), &sign::nonce()?)?;
        headers.insert(AUTHORIZATION, secret(&line)?);
        if let Some(serial) = self.keys.only() {
            headers.insert(WISHED_SERIAL.clone(), secret(serial)?);
        }
        Ok(())
    }

    /// Looks at an answer.
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
