//! Calls the official API of one account: adds the access token, renews it once when it has expired, waits while the
//! platform is busy, and distinguishes the kinds of refusal.
//!
//! The token comes from `stable_token` without `force_refresh`: the owner's own server keeps its token, and both get
//! the same one. Quotas are never reset (`clear_quota` is not called).

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use crate::error::{Error, Kind};
use crate::model::GapReason;
use crate::secret::SafeUrl;

use super::address::{PlatformUrl, is_signed_host};
use super::answer_code::{Meaning, Said};
use super::api_client::{ApiClient, Call, NoAnswer};
use super::call::{CallRequest, Called, Expect};
use super::failure::Failure;
use super::fetcher::Fetcher;
use super::retry;

/// Base URL of the API.
pub const HOST: &str = "https://api.weixin.qq.com";

/// Path of the token endpoint.
const TOKEN: &str = "/cgi-bin/stable_token";

/// Limit of a token response, in bytes.
const TOKEN_LIMIT: u64 = 64 * 1024;

/// Official API of one account.
#[derive(Debug)]
pub struct WechatApi {
    fetcher: Arc<Fetcher>,
    appid: String,
    secret: SecretString,
    tokens: Mutex<Tokens>,
}

/// Tokens of a run. Expired ones are remembered, since they must not appear in evidence either.
#[derive(Default)]
struct Tokens {
    current: Option<SecretString>,
    seen: Vec<SecretString>,
    /// Signed parts of the addresses in the last response.
    addresses: Vec<SecretString>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tokens({})", self.seen.len())
    }
}

impl WechatApi {
    /// Creates the API of `appid`. Sends nothing before the first call.
    pub fn new(fetcher: Arc<Fetcher>, appid: impl Into<String>, secret: SecretString) -> Self {
        Self { fetcher, appid: appid.into(), secret, tokens: Mutex::default() }
    }

    fn tokens(&self) -> std::sync::MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(&self, Call { target: path, body, expect, limit }: Call<'_>) -> Result<Called, NoAnswer> {
        if is_elsewhere(path) {
            // An address that the platform returned carries its own authorization, and the token must not leak to
            // another host.
            let request = CallRequest {
                account: self.appid.clone(),
                url: path.to_owned(),
                body: None,
                headers: Vec::new(),
                expect,
                limit,
                seal: None,
            };
            let called = self.fetcher.call(&request).await?;
            return if (200..300).contains(&called.status) { Ok(called) } else { Err(lost(&request.url, &called)) };
        }
        let mut renewed = false;
        let mut waits = retry::waits(&self.fetcher.settings);
        loop {
            let token = self.token().await?;
            let join = if path.contains('?') { '&' } else { '?' };
            let value = url::form_urlencoded::byte_serialize(token.expose_secret().as_bytes()).collect::<String>();
            let request = CallRequest {
                account: self.appid.clone(),
                url: format!("{HOST}{path}{join}access_token={value}"),
                body: body.map(ToString::to_string),
                headers: Vec::new(),
                expect,
                limit,
                seal: None,
            };
            let called = self.fetcher.call(&request).await?;
            let Some(said) = said(&called, expect) else {
                self.tokens().addresses = if expect == Expect::Json { signed_parts(&called) } else { Vec::new() };
                return Ok(called);
            };
            match said.meaning() {
                Meaning::Token if !renewed => {
                    self.tokens().current = None;
                    renewed = true;
                }
                Meaning::Token | Meaning::Credentials | Meaning::Frozen => {
                    return Err(NoAnswer::Account(account_error(&said)));
                }
                Meaning::Busy => {
                    let Some(wait) = waits.next() else { return Err(busy(path, &said)) };
                    tokio::time::sleep(wait).await;
                }
                Meaning::DayUsedUp | Meaning::NotPermitted | Meaning::NotYet | Meaning::Other => {
                    return Err(NoAnswer::Said(said, Some(Box::new(called))));
                }
            }
        }
    }

    /// Returns the current token, or requests a new one.
    async fn token(&self) -> Result<SecretString, NoAnswer> {
        if let Some(token) = &self.tokens().current {
            return Ok(token.clone());
        }
        let body = json!({
            "grant_type": "client_credential", "appid": self.appid, "secret": self.secret.expose_secret(),
            "force_refresh": false,
        });
        let request = CallRequest {
            account: self.appid.clone(),
            url: format!("{HOST}{TOKEN}"),
            body: Some(body.to_string()),
            headers: Vec::new(),
            expect: Expect::Json,
            limit: TOKEN_LIMIT,
            seal: None,
        };
        let mut waits = retry::waits(&self.fetcher.settings);
        loop {
            let called = self.fetcher.call(&request).await?;
            let answer = called.json().unwrap_or_default();
            if let Some(said) = Said::of(&answer) {
                match (said.meaning(), waits.next()) {
                    (Meaning::Busy, Some(wait)) => tokio::time::sleep(wait).await,
                    (Meaning::Busy, None) => return Err(busy(TOKEN, &said)),
                    (Meaning::DayUsedUp, _) => return Err(NoAnswer::Said(said, Some(Box::new(called)))),
                    _ => return Err(NoAnswer::Account(account_error(&said))),
                }
                continue;
            }
            let Some(token) = answer["access_token"].as_str().filter(|token| !token.is_empty()) else {
                return Err(Error::new(Kind::Credentials, "api-token-missing").into());
            };
            let token = SecretString::from(token.to_owned());
            let mut tokens = self.tokens();
            tokens.current = Some(token.clone());
            tokens.seen.push(token.clone());
            return Ok(token);
        }
    }
}

impl ApiClient for WechatApi {
    fn account(&self) -> &str {
        &self.appid
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Called, NoAnswer>> {
        Box::pin(self.answer(call))
    }

    fn secrets(&self) -> Vec<Vec<u8>> {
        let tokens = self.tokens();
        let all = tokens.seen.iter().chain(&tokens.addresses).chain([&self.secret]);
        all.map(|secret| secret.expose_secret().as_bytes().to_vec()).collect()
    }
}

fn is_elsewhere(target: &str) -> bool {
    target.starts_with("https://") || target.starts_with("http://")
}

/// Reads the error in a response. Where a file is expected, only a short JSON can be one.
fn said(called: &Called, expect: Expect) -> Option<Said> {
    /// Size limit of a refusal, in bytes; an owner's JSON file that contains an `errcode` is longer.
    const REFUSAL: u64 = 2048;
    if expect == Expect::Any && called.body.len() > REFUSAL {
        return None;
    }
    Said::of(&called.json()?)
}

fn busy(path: &str, said: &Said) -> NoAnswer {
    let error = Error::new(Kind::Blocked, "api-busy").with("path", path).with("code", said.code);
    NoAnswer::Failed(Failure { transient: true, ..Failure::lasting(error, GapReason::FetchBlocked) })
}

/// Returns the secrets in a response's file addresses: they open the files for some hours.
fn signed_parts(called: &Called) -> Vec<SecretString> {
    /// Length below which a value is a name, not a secret.
    const SHORTEST: usize = 16;
    let text = String::from_utf8_lossy(called.body.memory().unwrap_or_default()).replace("\\/", "/");
    let mut parts = Vec::new();
    for (at, _) in text.match_indices("https://") {
        let address = text[at..].split(['"', ' ']).next().unwrap_or_default();
        let Ok(url) = url::Url::parse(address) else { continue };
        if !url.host_str().is_some_and(is_signed_host) {
            continue;
        }
        let values = url.query_pairs().map(|(_, value)| value.into_owned()).filter(|value| value.len() >= SHORTEST);
        parts.extend(values.map(SecretString::from));
    }
    parts
}

/// Creates the failure of a file that an address of the platform did not return.
fn lost(url: &str, called: &Called) -> NoAnswer {
    let error = Error::new(Kind::Download, "fetch-status").with("status", called.status);
    let error = error.with("url", SafeUrl::kept(url).unwrap_or_default());
    // An address with a limited validity has expired; a permanent one may work again.
    let is_over = called.status == 404 && PlatformUrl::parse(url).is_ok_and(|url| is_signed_host(url.host()));
    let reason = if is_over { GapReason::ExpiredWindow } else { GapReason::DownloadFailed };
    NoAnswer::Failed(Failure::lasting(error, reason))
}

/// Creates the error that stops the account.
fn account_error(said: &Said) -> Error {
    let code = match (said.meaning(), said.code) {
        (Meaning::Frozen, _) => {
            return Error::new(Kind::Blocked, "api-account-frozen").with("code", said.code).with("words", &said.words);
        }
        (_, 40_164) => {
            return Error::new(Kind::Credentials, "api-address-not-allowed").with("ip", said.address().unwrap_or("?"));
        }
        (_, 40_243) => "api-secret-frozen",
        (_, 89_501 | 89_503 | 89_506 | 89_507) => "api-needs-confirmation",
        _ => "api-credentials-refused",
    };
    Error::new(Kind::Credentials, code).with("code", said.code).with("words", &said.words)
}
