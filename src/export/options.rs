//! The user's options for an export.

use std::path::PathBuf;
use std::sync::Arc;

use super::comments::Comments;
use super::hosts::Host;
use super::selection::Selection;
use super::settings::Settings;
use crate::error::{Error, Result};
use crate::model::site::Identity;
use crate::text::Language;

/// The checked options of a run.
#[derive(Clone, Debug, Default)]
pub struct ExportOptions {
    /// Language of the interface around the articles.
    pub language: Language,
    /// Folder of templates that replace the embedded ones, file by file.
    pub templates: Option<PathBuf>,
    /// Absolute URL of the site, needed for canonical links, the sitemap and feeds, without a `/` at its end.
    pub base_url: Option<String>,
    /// Absolute URL of the media files if they are not served with the site, without a `/` at its end.
    pub media_base: Option<String>,
    /// Texts of the owner for every page.
    pub identity: Identity,
    /// Selection of the articles to republish.
    pub selection: Selection,
    /// Set to ask search engines not to index the site.
    pub noindex: bool,
    /// Set to leave out the page for each short old link, for hosts that limit the number of files.
    pub without_short_links: bool,
    /// Comments that may be shown.
    pub comments: Option<Arc<dyn Comments>>,
    /// Host of the site.
    pub host: Option<&'static Host>,
    /// Set if media are hard links to the archive's files instead of copies.
    pub hard_links: bool,
    /// Values of the exporter's own settings.
    pub settings: Settings,
}

/// Checks an address that the site's URLs begin with, and returns it without a `/` at its end.
///
/// # Errors
/// `site-address-invalid` if it is not http(s), has a login, a query or a fragment, or holds characters that would have
/// to be escaped in a style sheet or a policy.
pub fn site_address(text: &str) -> Result<String> {
    let invalid = || Error::usage("site-address-invalid").with("url", text);
    let url = url::Url::parse(text.trim()).map_err(|error| invalid().because(error))?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let address = url.as_str().trim_end_matches('/');
    let unescaped = address.contains(['\'', '"', '(', ')', ';', ',', '\\', '<', '>']);
    if plain && !unescaped { Ok(address.to_owned()) } else { Err(invalid()) }
}

/// Returns scheme, host and port of a checked address.
pub fn origin(address: &str) -> String {
    url::Url::parse(address).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

/// Returns the path of a checked address, with a `/` at its end.
pub fn path(address: &str) -> String {
    url::Url::parse(address).map_or_else(|_| "/".to_owned(), |url| format!("{}/", url.path().trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_that_urls_can_begin_with() {
        assert_eq!(site_address(" https://example.com/ ").unwrap(), "https://example.com");
        assert_eq!(
            site_address("https://例子.中国/留底").unwrap(),
            "https://xn--fsqu00a.xn--fiqs8s/%E7%95%99%E5%BA%95"
        );
        for bad in [
            "example.com",
            "ftp://example.com",
            "https://me:pw@example.com",
            "https://example.com/?a",
            "https://example.com/#a",
            "https://example.com/a;b",
            "javascript:alert(1)",
        ] {
            assert_eq!(site_address(bad).unwrap_err().code(), "site-address-invalid", "{bad}");
        }
        assert_eq!(origin("https://cdn.example.com:8443/m/x"), "https://cdn.example.com:8443");
        assert_eq!((path("https://example.com").as_str(), path("https://e.org/repo").as_str()), ("/", "/repo/"));
    }
}
