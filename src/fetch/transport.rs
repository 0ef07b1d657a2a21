//! Sends requests. Builds its clients at the first request, one for the platform and one for loopback stand-ins, and
//! follows redirects itself, so that each hop is checked and recorded.

use std::sync::OnceLock;

use reqwest::header::{self, HeaderMap};
use reqwest::{Client, ClientBuilder, Method, Request, Response, redirect};
use url::Url;

use crate::error::{Error, Kind, Result};

use super::address::PlatformUrl;
use super::evidence::Exchange;
use super::failure::Failure;
use super::resolve::PublicResolver;
use super::settings::Settings;
use super::timestamp::of_client;
use super::{classify, retry};

/// Limit of the redirects of one request.
const REDIRECTS: usize = 5;

/// Limit of one response's headers, in bytes.
const HEADER_BYTES: usize = 64 * 1024;

/// Limit of one response's header lines.
const HEADER_LINES: usize = 200;

/// HTTP clients.
#[derive(Debug, Default)]
pub(super) struct Transport {
    platform: OnceLock<Client>,
    stand_in: OnceLock<Client>,
    /// For addresses that the user names, of which plain HTTP is allowed.
    named: OnceLock<Client>,
}

impl Transport {
    /// Reports whether a client was built.
    pub(super) fn is_open(&self) -> bool {
        self.platform.get().is_some() || self.stand_in.get().is_some()
    }

    /// Sends a GET and follows its redirects. The last response is a success, an error status, or 304/206 as requested
    /// by `headers`.
    pub(super) async fn get(
        &self,
        first: &PlatformUrl,
        headers: &HeaderMap,
        settings: &Settings,
        exchange: &mut Exchange,
    ) -> Result<(Response, PlatformUrl), Failure> {
        let mut url = first.clone();
        loop {
            let mut request = Request::new(Method::GET, url.url().clone());
            *request.headers_mut() = headers.clone();
            let response = self.send(&url, request, settings).await?;
            exchange.answered(&response);
            let Some(location) = redirect_of(&response) else { return Ok((response, url)) };
            let next = url.join(&location).map_err(Failure::from)?;
            exchange.redirects.push((exchange.status, next.to_string()));
            if classify::is_challenge_url(next.url()) {
                return Err(Failure::blocked("fetch-challenge", first));
            }
            if exchange.redirects.len() > REDIRECTS {
                return Err(Failure::download("fetch-redirect-loop", first));
            }
            url = next;
        }
    }

    /// Sends one request, whose URL is `url`, and waits for the head of its response. Does not follow redirects.
    pub(super) async fn send(
        &self,
        url: &PlatformUrl,
        mut request: Request,
        settings: &Settings,
    ) -> Result<Response, Failure> {
        let (client, target) = self.route(url, settings)?;
        *request.url_mut() = target;
        let patience = settings.connect_timeout + settings.header_timeout;
        let response = tokio::time::timeout(patience, client.execute(request))
            .await
            .map_err(|_| Failure::passing("fetch-timeout", url).with("stage", "headers"))?
            .map_err(|error| retry::of_transport(url, error))?;
        let bytes: usize = response.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        if bytes > HEADER_BYTES {
            return Err(Failure::download("fetch-header-too-large", url).with("limit", HEADER_BYTES));
        }
        Ok(response)
    }

    /// Sends one request to an address that the user named, and waits for the head of its response. Does not follow
    /// redirects, and connects to public addresses only.
    pub(super) async fn send_to_named(&self, mut request: Request, settings: &Settings) -> Result<Response> {
        let url = request.url().clone();
        let client = match settings.hosts.get(url.host_str().unwrap_or_default()) {
            Some(base) => {
                *request.url_mut() = on_stand_in(base, &url);
                lazily(&self.stand_in, || stand_in_client(settings))?
            }
            None => lazily(&self.named, || common(settings).dns_resolver(PublicResolver::of_system()))?,
        };
        client.execute(request).await.map_err(|error| of_client(&url, error))
    }

    /// Returns the client for `url` and the URL to request: `url` itself, or its path on a stand-in.
    fn route(&self, url: &PlatformUrl, settings: &Settings) -> Result<(&Client, Url)> {
        let Some(base) = settings.hosts.get(url.host()) else {
            return Ok((lazily(&self.platform, || platform_client(settings))?, url.url().clone()));
        };
        Ok((lazily(&self.stand_in, || stand_in_client(settings))?, on_stand_in(base, url.url())))
    }
}

/// Returns the URL of `url` on the stand-in at `base`.
fn on_stand_in(base: &Url, url: &Url) -> Url {
    let mut target = base.clone();
    target.set_path(&format!("{}{}", base.path().trim_end_matches('/'), url.path()));
    target.set_query(url.query());
    target
}

fn lazily(cell: &OnceLock<Client>, build: impl FnOnce() -> ClientBuilder) -> Result<&Client> {
    if let Some(client) = cell.get() {
        return Ok(client);
    }
    // Fails on a machine without certificates (reqwest issue 2988); `Client::new` would panic.
    let client = build().build().map_err(|error| Error::new(Kind::Other, "fetch-client-failed").because(error))?;
    Ok(cell.get_or_init(|| client))
}

fn platform_client(settings: &Settings) -> ClientBuilder {
    common(settings).https_only(true).dns_resolver(PublicResolver::of_system())
}

/// Builds a client without certificates: the loopback needs none.
fn stand_in_client(settings: &Settings) -> ClientBuilder {
    common(settings).tls_certs_only([])
}

fn common(settings: &Settings) -> ClientBuilder {
    Client::builder()
        .user_agent(settings.user_agent.as_str())
        .connect_timeout(settings.connect_timeout)
        .redirect(redirect::Policy::none())
        .referer(false)
        // A proxy would resolve names where the address cannot be checked.
        .no_proxy()
        // Decoded in `body`, so that wire lengths can be compared and decoded bytes counted.
        .no_gzip()
        .no_brotli()
        .http1_max_headers(HEADER_LINES)
        .http2_max_header_list_size(u32::try_from(HEADER_BYTES).unwrap_or(u32::MAX))
        .http2_adaptive_window(true)
        // `retry` decides what is repeated.
        .retry(reqwest::retry::never())
}

fn redirect_of(response: &Response) -> Option<String> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(header::LOCATION)?;
    Some(String::from_utf8_lossy(location.as_bytes()).into_owned())
}
