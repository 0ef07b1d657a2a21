//! Asks a timestamp authority (RFC 3161, 3.4): one POST, whose answer is small. The user names the address; plain HTTP is
//! usual there, since the answer is signed.

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request};
use url::{Host, Url};

use super::fetcher::Fetcher;
use super::resolve::is_private_address;
use crate::error::{Error, Kind, Result};

/// Largest accepted answer in bytes.
const LARGEST: usize = 1024 * 1024;

/// Checks the address of an authority: HTTP or HTTPS, a name and no IP address, no password.
///
/// # Errors
/// `timestamp-address-refused`.
fn parse(text: &str) -> Result<Url> {
    let refused = || Error::usage("timestamp-address-refused").with("url", text);
    let url = Url::parse(text.trim()).map_err(|error| refused().because(error))?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    let is_web = matches!(url.scheme(), "http" | "https");
    if is_plain && is_web && matches!(url.host(), Some(Host::Domain(_))) { Ok(url) } else { Err(refused()) }
}

impl Fetcher {
    /// Sends `request` to the authority at `url` and returns its answer, unread. Redirects are not followed: an authority
    /// has none, and where they would lead was not named by the user.
    ///
    /// # Errors
    /// `timestamp-address-refused`, `timestamp-ask-failed`.
    pub async fn timestamp(&self, url: &str, request: Vec<u8>) -> Result<Vec<u8>> {
        let url = parse(url)?;
        let failed = || Error::new(Kind::Download, "timestamp-ask-failed").with("url", &url);
        let mut post = Request::new(Method::POST, url.clone());
        let headers = post.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/timestamp-query"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/timestamp-reply"));
        *post.body_mut() = Some(request.into());
        let limit = self.settings.page_timeout;
        let exchange = async {
            let mut response = self.transport.send_to_named(post, &self.settings).await?;
            let status = response.status();
            if !status.is_success() {
                return Err(failed().with("status", status.as_u16()));
            }
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(|error| failed().because(error.without_url()))? {
                if body.len() + chunk.len() > LARGEST {
                    return Err(Error::input("timestamp-too-large").with("path", &url).with("limit", LARGEST / 1024));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(body)
        };
        tokio::time::timeout(limit, exchange).await.map_err(|error| failed().because(error))?
    }
}

/// Converts a failure of the client.
pub(super) fn of_client(url: &Url, error: reqwest::Error) -> Error {
    let error = error.without_url();
    if is_private_address(&error) {
        return Error::usage("timestamp-address-refused").with("url", url).because(error);
    }
    Error::new(Kind::Download, "timestamp-ask-failed").with("url", url).because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_has_a_name() {
        for good in ["http://timestamp.digicert.com", "https://freetsa.org/tsr", "http://tsa.example.com:3161/tsa?x=1"]
        {
            assert!(parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "tsa",
            "ftp://a.example",
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://[::1]/",
            "http://u:p@a.example/",
        ] {
            assert_eq!(parse(bad).unwrap_err().code(), "timestamp-address-refused", "{bad}");
        }
    }
}
