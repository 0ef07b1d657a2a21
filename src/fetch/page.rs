//! Fetches a page, or a JSON response, into memory.

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, HeaderMap, HeaderValue};

use super::address::PlatformUrl;
use super::body::{self, Limits};
use super::evidence::Exchange;
use super::failure::Failure;
use super::fetcher::Fetcher;
use super::{classify, retry};

/// A complete page.
#[derive(Clone, Debug)]
pub struct FetchedPage {
    /// Decoded body.
    pub bytes: Vec<u8>,
    /// Record of the exchange.
    pub exchange: Exchange,
}

pub(super) async fn fetch(fetcher: &Fetcher, account: &str, url: &str) -> Result<FetchedPage, Failure> {
    let url = PlatformUrl::parse(url)?;
    let mut tries = fetcher.tries(account, &url);
    loop {
        let pass = tries.enter().await?;
        let outcome = attempt(fetcher, &url).await;
        drop(pass);
        match outcome {
            Ok(page) => {
                tries.succeeded(page.bytes.len() as u64);
                return Ok(page);
            }
            Err(failure) => tries.failed(failure).await?,
        }
    }
}

async fn attempt(fetcher: &Fetcher, url: &PlatformUrl) -> Result<FetchedPage, Failure> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("text/html,application/json;q=0.9,*/*;q=0.8"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("zh-CN,zh;q=0.9"));
    let mut exchange = Exchange::new("GET", url, fetcher.time);
    match answer(fetcher, url, &headers, &mut exchange).await {
        Ok(bytes) => Ok(FetchedPage { bytes, exchange }),
        Err(failure) if exchange.status != 0 => Err(failure.after(exchange)),
        Err(failure) => Err(failure),
    }
}

async fn answer(
    fetcher: &Fetcher,
    url: &PlatformUrl,
    headers: &HeaderMap,
    exchange: &mut Exchange,
) -> Result<Vec<u8>, Failure> {
    let settings = &fetcher.settings;
    let (mut response, _) = fetcher.transport.get(url, headers, settings, exchange).await?;
    if !response.status().is_success() {
        return Err(retry::of_status(url, response.status(), response.headers(), settings));
    }
    let mut bytes = Vec::new();
    let limits = Limits { bytes: settings.page_limit, total: settings.page_timeout };
    let read = body::read(url, &mut response, limits, settings, &mut bytes).await?;
    exchange.length_verified = read.length_verified;
    if bytes.is_empty() {
        return Err(Failure::passing("fetch-empty", url));
    }
    if classify::is_challenge(&bytes) {
        return Err(Failure::blocked("fetch-challenge", url));
    }
    Ok(bytes)
}
