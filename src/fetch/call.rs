//! Makes one API call: method, headers, body, and the response for any status that is an answer. Error codes in the
//! body are read elsewhere; here the response only has to be complete and of the expected kind.

use std::sync::Arc;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Request};
use serde_json::Value;

use crate::error::Error;
use crate::model::GapReason;

use super::address::PlatformUrl;
use super::body::{self, Limits};
use super::evidence::Exchange;
use super::failure::Failure;
use super::fetcher::Fetcher;
use super::pay::seal::{Answers, Seal};
use super::retry;
use super::spool::{Spool, Spooled};

/// Expected kind of response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expect {
    /// JSON. Other content with a success status is a transient failure.
    #[default]
    Json,
    /// A file, or JSON that says why there is none.
    Any,
}

/// An API call.
#[derive(Clone, Debug)]
pub struct CallRequest {
    /// Account whose lane is used.
    pub account: String,
    /// URL, secrets included.
    pub url: String,
    /// JSON to send; `None` makes it a GET.
    pub body: Option<String>,
    /// Additional headers.
    pub headers: Vec<(&'static str, String)>,
    /// Expected kind of response.
    pub expect: Expect,
    /// Limit of the decoded response, in bytes.
    pub limit: u64,
    /// For the merchants' API: signs each try, and says whether the response is signed.
    pub seal: Option<(Arc<Seal>, Answers)>,
}

/// A complete response.
#[derive(Clone, Debug)]
pub struct Called {
    /// HTTP status.
    pub status: u16,
    /// All headers, needed to verify signatures. `exchange` holds those that may be archived.
    pub headers: HeaderMap,
    /// Decoded body.
    pub body: Spooled,
    /// Record of the exchange.
    pub exchange: Exchange,
}

impl Called {
    /// Parses the body as JSON.
    pub fn json(&self) -> Option<Value> {
        json(self.body.memory()?)
    }
}

/// Parses `bytes` as JSON. The platform leaves raw control characters in user-typed text, which strict JSON forbids;
/// they are replaced by spaces.
pub fn json(bytes: &[u8]) -> Option<Value> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).ok().or_else(|| {
        let first = bytes.trim_ascii_start().first();
        if !matches!(first, Some(b'{' | b'[')) || !bytes.iter().any(|byte| *byte < b' ') {
            return None;
        }
        let text: Vec<u8> = bytes.iter().map(|byte| if *byte < b' ' { b' ' } else { *byte }).collect();
        serde_json::from_slice(&text).ok()
    })
}

pub(super) async fn fetch(fetcher: &Fetcher, request: &CallRequest) -> Result<Called, Failure> {
    let url = PlatformUrl::parse(&request.url)?;
    let mut tries = fetcher.tries(&request.account, &url);
    loop {
        let pass = tries.enter().await?;
        let mut exchange = Exchange::new(if request.body.is_some() { "POST" } else { "GET" }, &url, fetcher.time);
        let outcome = attempt(fetcher, &url, request, &mut exchange).await;
        drop(pass);
        match outcome {
            Ok((status, headers, body)) => {
                tries.succeeded(body.len());
                return Ok(Called { status, headers, body, exchange });
            }
            Err(failure) => {
                let failure = if exchange.status == 0 { failure } else { failure.after(exchange) };
                tries.failed(failure).await?;
            }
        }
    }
}

async fn attempt(
    fetcher: &Fetcher,
    url: &PlatformUrl,
    call: &CallRequest,
    exchange: &mut Exchange,
) -> Result<(u16, HeaderMap, Spooled), Failure> {
    let settings = &fetcher.settings;
    let method = if call.body.is_some() { Method::POST } else { Method::GET };
    let mut request = Request::new(method, url.url().clone());
    let mut lines = headers(call)?;
    if let Some((seal, _)) = &call.seal {
        // Signed for each try: a nonce is used once.
        seal.sign(request.method().as_str(), url.url(), call.body.as_deref().unwrap_or_default(), &mut lines)?;
    }
    *request.headers_mut() = lines;
    *request.body_mut() = call.body.clone().map(Into::into);
    let mut response = fetcher.transport.send(url, request, settings).await?;
    exchange.answered(&response);
    let status = response.status();
    // Refusals carry their reason in the body; rate limits and outages are retried.
    let answers = status.is_success() || (status.is_client_error() && !matches!(status.as_u16(), 408 | 425 | 429));
    if !answers {
        return Err(retry::of_status(url, status, response.headers(), settings));
    }
    // JSON is read whole anyway, and so is a refusal sent instead of a file.
    let is_file = call.expect == Expect::Any && status.is_success();
    let total = if is_file { settings.media_timeout } else { settings.page_timeout };
    let mut spool = Spool::new(fetcher.spool.as_deref().filter(|_| is_file));
    let limits = Limits { bytes: call.limit, total };
    let read = body::read(url, &mut response, limits, settings, &mut spool).await?;
    let body = spool.finish().map_err(|error| Failure::disk(Error::disk("fetch-write-failed", url, error)))?;
    exchange.length_verified = read.length_verified;
    if let Some((seal, answers)) = &call.seal {
        let signed = body.memory().unwrap_or_default();
        seal.check(*answers, status.is_success(), response.headers(), signed).map_err(|error| of_seal(url, error))?;
    }
    if body.is_empty() && call.expect == Expect::Json {
        return Err(Failure::passing("fetch-empty", url));
    }
    if call.expect == Expect::Json && body.memory().and_then(json).is_none() {
        if !status.is_success() {
            return Err(retry::of_status(url, status, response.headers(), settings));
        }
        return Err(Failure::passing("fetch-not-json", url));
    }
    if call.expect == Expect::Any && !read.length_verified {
        // A connection that merely closed may have closed too early, and a file does not reveal that.
        return Err(Failure::passing("fetch-length-unknown", url));
    }
    Ok((status.as_u16(), response.headers().clone(), body))
}

/// Converts the error of a signature check into a failure. The platform occasionally signs wrongly on purpose, and a
/// response garbled in transit may be correct the next time; a wrong clock or a missing key is permanent.
fn of_seal(url: &PlatformUrl, error: Error) -> Failure {
    let transient = matches!(error.code(), "pay-answer-probe" | "pay-answer-signature-wrong" | "pay-answer-unsigned");
    Failure { transient, ..Failure::lasting(error.with("url", url), GapReason::DownloadFailed) }
}

fn headers(call: &CallRequest) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    let accept = if call.expect == Expect::Json { "application/json" } else { "*/*" };
    headers.insert(ACCEPT, HeaderValue::from_static(accept));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    if call.body.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    }
    for (name, value) in &call.headers {
        // The value may be a secret: the error names only the header.
        let mut value =
            HeaderValue::from_str(value).map_err(|_| Error::other("fetch-header-invalid").with("name", name))?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_control_characters_in_texts_are_borne() {
        assert_eq!(json(b"{\"a\":\"x\x08y\"}").unwrap()["a"], "x y");
        assert_eq!(json(b"\xef\xbb\xbf{\"a\":1}\n").unwrap()["a"], 1);
        assert_eq!(json(b"{\"a\":\"x"), None);
        assert_eq!(json(b"\x89PNG\r\n\x1a\n{"), None);
    }
}
