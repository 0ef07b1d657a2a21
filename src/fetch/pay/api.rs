//! Calls the API of one merchant. A bill takes two requests: one that returns a download address valid for some
//! minutes, and one that fetches it. Both are one call here, since the address is a short-lived secret: it is never
//! kept, and requested again once it has expired.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::offer::{FileFacts, Form, Offer, Unpacked, unpack};
use super::seal::{Answers, Seal};
use crate::error::{Error, Kind};
use crate::fetch::answer_code::{Meaning, Said};
use crate::fetch::api_client::{ApiClient, Call, NoAnswer};
use crate::fetch::call::{CallRequest, Called, Expect};
use crate::fetch::failure::Failure;
use crate::fetch::fetcher::Fetcher;
use crate::fetch::spool::{Spool, Spooled};
use crate::model::GapReason;
use crate::secret::SafeUrl;

/// Base URL of the API.
pub const HOST: &str = "https://api.mch.weixin.qq.com";

/// Number of times a bill is requested in all, while its address has expired or its content does not match the digest.
const TURNS: usize = 3;

/// Limit of a response that offers a bill, in bytes.
const OFFER_LIMIT: u64 = 4 * 1024 * 1024;

/// The platform's code for "no trade that day": a regular response.
pub const NO_STATEMENT: &str = "NO_STATEMENT_EXIST";

/// API of one merchant.
#[derive(Debug)]
pub struct PayApi {
    fetcher: Arc<Fetcher>,
    seal: Arc<Seal>,
    addresses: Mutex<Addresses>,
}

/// Tokens of the download addresses received so far, which must not appear in evidence.
#[derive(Default)]
struct Addresses(Vec<Vec<u8>>);

impl std::fmt::Debug for Addresses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Addresses({})", self.0.len())
    }
}

impl PayApi {
    /// Creates the API of the merchant who signs with `seal`.
    pub fn new(fetcher: Arc<Fetcher>, seal: Seal) -> Self {
        Self { fetcher, seal: Arc::new(seal), addresses: Mutex::default() }
    }

    async fn answer(&self, call: Call<'_>) -> Result<Called, NoAnswer> {
        if call.expect == Expect::Json {
            let called = self.ask(&call, call.limit).await?;
            return match said(&called) {
                Some(said) => Err(refusal(said, called)),
                None => Ok(called),
            };
        }
        let mut last = None;
        for _ in 0..TURNS {
            let offered = self.ask(&call, OFFER_LIMIT).await?;
            if let Some(said) = said(&offered) {
                if said.name.as_deref() == Some(NO_STATEMENT) {
                    return Ok(offered);
                }
                return Err(refusal(said, offered));
            }
            match self.fetch(&call, &offered).await? {
                Fetched::Bill(bill) => return Ok(*bill),
                Fetched::Again(why) => last = Some(why),
            }
        }
        Err(last.unwrap_or_else(|| lost("pay-offer-empty", call.target, GapReason::DownloadFailed)).into())
    }

    /// Requests JSON.
    async fn ask(&self, call: &Call<'_>, limit: u64) -> Result<Called, NoAnswer> {
        let url = format!("{HOST}{}", call.target);
        let request = CallRequest {
            body: call.body.map(Value::to_string),
            seal: Some((Arc::clone(&self.seal), Answers::Signed)),
            ..self.request(url, Expect::Json, limit)
        };
        Ok(self.fetcher.call(&request).await?)
    }

    fn request(&self, url: String, expect: Expect, limit: u64) -> CallRequest {
        let account = self.account().to_owned();
        CallRequest {
            account,
            url,
            body: None,
            headers: Vec::new(),
            expect,
            limit,
            seal: Some((Arc::clone(&self.seal), Answers::Unsigned)),
        }
    }

    /// Fetches the offered file, or all of its parts.
    async fn fetch(&self, call: &Call<'_>, offered: &Called) -> Result<Fetched, NoAnswer> {
        let offers = Offer::all(&offered.json().unwrap_or_default());
        let mut parts: Vec<(&Offer, Called)> = Vec::new();
        for offer in &offers {
            self.remember(&offer.url);
            let limit = call.limit.saturating_sub(parts.iter().map(|(_, part)| part.body.len()).sum());
            let part = self.fetcher.call(&self.request(offer.url.clone(), Expect::Any, limit)).await?;
            match said(&part) {
                None => parts.push((offer, part)),
                // The platform reports an expired address as an invalid request.
                Some(said) if said.meaning() == Meaning::Other => {
                    let why = lost("pay-address-over", call.target, GapReason::DownloadFailed);
                    return Ok(Fetched::Again(why.with("words", &said.words)));
                }
                Some(said) => return Err(refusal(said, part)),
            }
        }
        if parts.is_empty() {
            return Ok(Fetched::Again(lost("pay-offer-empty", call.target, GapReason::DownloadFailed)));
        }
        let assembled = self.assemble(&parts, call.limit);
        let assembled = assembled.map_err(|error| Failure::disk(Error::disk("fetch-write-failed", "pay", error)))?;
        match assembled {
            Assembled::Bill(body, file) => {
                let mut bill = parts.swap_remove(0).1;
                bill.body = body;
                bill.exchange.file = Some(file);
                Ok(Fetched::Bill(Box::new(bill)))
            }
            Assembled::AnotherFile => {
                Ok(Fetched::Again(lost("pay-digest-differs", call.target, GapReason::HashMismatch)))
            }
            Assembled::TooLarge => Err(lost("pay-bill-too-large", call.target, GapReason::TooLarge).into()),
        }
    }

    /// Assembles the parts; keeps them as received if one of them cannot be decrypted.
    fn assemble(&self, parts: &[(&Offer, Called)], limit: u64) -> io::Result<Assembled> {
        let mut facts = FileFacts::default();
        let mut bill: Vec<Spooled> = Vec::new();
        for (offer, part) in parts {
            let (declared, plain) = match &offer.envelope {
                None => (offer.agrees(&part.body, Form::Content)?, part.body.clone()),
                Some(envelope) => {
                    let declared = offer.agrees(&part.body, Form::Encrypted)?;
                    // It can only be decrypted as a whole, so it is held in memory as a whole.
                    if let Ok(plain) = envelope.open(self.seal.signer().key(), &part.body.to_vec()?) {
                        let plain = Spooled::from(plain);
                        // The documents do not say either whether the digest is of the decrypted content.
                        let inside = if declared.is_none() { offer.agrees(&plain, Form::Content)? } else { None };
                        (declared.or(inside), plain)
                    } else {
                        facts.sealed.push(envelope.clone());
                        (declared, part.body.clone())
                    }
                }
            };
            let Some(declared) = declared else { return Ok(Assembled::AnotherFile) };
            facts.declared.push(declared);
            bill.push(plain);
        }
        let mut whole = Spool::new(self.fetcher.spool.as_deref());
        if !facts.sealed.is_empty() {
            // All parts are kept encrypted: a partly decrypted bill would pass for a whole one.
            facts.sealed = parts.iter().filter_map(|(offer, _)| offer.envelope.clone()).collect();
            facts.parts = parts.iter().map(|(_, part)| part.body.len()).collect();
            for (_, part) in parts {
                io::copy(&mut part.body.open()?, &mut whole)?;
            }
            return Ok(Assembled::Bill(whole.finish()?, facts));
        }
        let mut left = limit;
        for part in bill {
            match unpack(&part, left, &mut whole)? {
                Unpacked::Whole(count) => left -= count,
                Unpacked::Broken => return Ok(Assembled::AnotherFile),
                Unpacked::TooLarge => return Ok(Assembled::TooLarge),
            }
        }
        Ok(Assembled::Bill(whole.finish()?, facts))
    }

    fn remember(&self, url: &str) {
        let token = url::Url::parse(url).ok().and_then(|url| {
            url.query_pairs().find(|(key, _)| key == "token").map(|(_, value)| value.into_owned().into_bytes())
        });
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        addresses.0.extend(token.filter(|token| !token.is_empty()));
    }
}

impl ApiClient for PayApi {
    fn account(&self) -> &str {
        self.seal.signer().mchid()
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Called, NoAnswer>> {
        Box::pin(self.answer(call))
    }

    fn secrets(&self) -> Vec<Vec<u8>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }
}

enum Fetched {
    Bill(Box<Called>),
    Again(Failure),
}

/// Result of assembling a bill's parts.
enum Assembled {
    Bill(Spooled, FileFacts),
    /// A part that does not match its digest, or is truncated.
    AnotherFile,
    TooLarge,
}

/// Reads the error of a response: `{"code":"NO_AUTH","message":"…"}` with a status other than 2xx.
fn said(called: &Called) -> Option<Said> {
    if (200..300).contains(&called.status) {
        return None;
    }
    let answer = called.json().unwrap_or_default();
    let name = answer["code"].as_str().filter(|name| !name.is_empty()).map(str::to_owned);
    let words = answer["message"].as_str().unwrap_or_default().to_owned();
    let rid = called.headers.get("request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    Some(Said { code: called.status.into(), name, words, rid })
}

fn refusal(said: Said, called: Called) -> NoAnswer {
    match said.meaning() {
        Meaning::Credentials => NoAnswer::Account(
            Error::new(Kind::Credentials, "pay-credentials-refused")
                .with("code", said.name.as_deref().unwrap_or_default())
                .with("words", &said.words),
        ),
        Meaning::Frozen => NoAnswer::Account(
            Error::new(Kind::Blocked, "api-account-frozen").with("code", said.code).with("words", &said.words),
        ),
        _ => NoAnswer::Said(said, Some(Box::new(called))),
    }
}

/// Creates the failure of this one bill.
fn lost(code: &'static str, target: &str, reason: GapReason) -> Failure {
    Failure::lasting(Error::new(Kind::Download, code).with("url", SafeUrl::new(target)), reason)
}
