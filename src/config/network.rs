//! Reads `[network]`: request rates, timeouts, retries and size limits.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::SignedDuration;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::fetch::Settings;
use crate::model::Sha256;

/// Options of `[network]`; durations are written `3s`, `500ms`, `2m`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct NetworkOptions {
    /// Stand-ins for tests: a host of the platform → `http://` on the loopback.
    pub hosts: BTreeMap<String, String>,
    /// Value of `User-Agent`.
    pub user_agent: Option<String>,
    /// Time to wait for a used-up quota, instead of until the platform's next day.
    pub quota_wait: Option<SignedDuration>,
    /// Interval between calls of the API.
    pub api_interval: Option<SignedDuration>,
    /// Interval between requests to the merchants' API.
    pub merchant_interval: Option<SignedDuration>,
    /// Interval between article pages.
    pub page_interval: Option<SignedDuration>,
    /// Upper bound of the random addition to [`NetworkOptions::page_interval`].
    pub page_jitter: Option<SignedDuration>,
    /// Concurrent article pages: one, unless a server of the user's own stands in for the platform.
    pub pages_at_once: Option<usize>,
    /// Concurrent files of one host.
    pub files_per_host: Option<usize>,
    /// Interval between files of one host.
    pub file_interval: Option<SignedDuration>,
    /// Concurrent requests over all hosts.
    pub concurrency: Option<usize>,
    /// Timeout for connecting.
    pub connect_timeout: Option<SignedDuration>,
    /// Timeout for the response headers.
    pub header_timeout: Option<SignedDuration>,
    /// Timeout between two chunks of a body.
    pub idle_timeout: Option<SignedDuration>,
    /// Number of retries of a request.
    pub retries: Option<usize>,
    /// Delay before the first retry.
    pub retry_delay: Option<SignedDuration>,
    /// Longest delay before a retry.
    pub retry_delay_limit: Option<SignedDuration>,
    /// Limit of a page, in bytes.
    pub page_limit: Option<u64>,
    /// Limit of a file, in bytes.
    pub file_limit: Option<u64>,
    /// SHA-256 of known placeholder pictures.
    pub placeholders: Vec<String>,
}

/// Host of article pages.
const PAGES: &str = "mp.weixin.qq.com";

impl NetworkOptions {
    /// Applies the options to the defaults.
    ///
    /// # Errors
    /// `fetch-host-map-invalid`, `config-value-invalid`.
    pub fn settle(&self) -> Result<Settings> {
        let mut settings = Settings::default();
        for (host, base) in &self.hosts {
            settings.stand_in(host, base)?;
        }
        let durations = [
            ("api-interval", self.api_interval, &mut settings.api.interval),
            ("merchant-interval", self.merchant_interval, &mut settings.merchant.interval),
            ("page-interval", self.page_interval, &mut settings.gentle.interval),
            ("page-jitter", self.page_jitter, &mut settings.gentle.jitter),
            ("file-interval", self.file_interval, &mut settings.brisk.interval),
            ("connect-timeout", self.connect_timeout, &mut settings.connect_timeout),
            ("header-timeout", self.header_timeout, &mut settings.header_timeout),
            ("idle-timeout", self.idle_timeout, &mut settings.idle_timeout),
            ("retry-delay", self.retry_delay, &mut settings.retry_delay),
            ("retry-delay-limit", self.retry_delay_limit, &mut settings.retry_delay_limit),
        ];
        for (key, given, setting) in durations {
            if let Some(given) = given {
                *setting = Duration::try_from(given).map_err(|error| invalid(key, given).because(error))?;
            }
        }
        let counts = [
            ("pages-at-once", self.pages_at_once, &mut settings.gentle.width),
            ("files-per-host", self.files_per_host, &mut settings.brisk.width),
            ("concurrency", self.concurrency, &mut settings.concurrency),
        ];
        for (key, given, setting) in counts {
            match given {
                Some(0) => return Err(invalid(key, 0)),
                Some(given) => *setting = given,
                None => {}
            }
        }
        // The platform demands human verification if several pages are fetched at once.
        if settings.gentle.width > 1 && !settings.hosts.contains_key(PAGES) {
            return Err(invalid("pages-at-once", settings.gentle.width));
        }
        settings.retries = self.retries.unwrap_or(settings.retries);
        settings.page_limit = self.page_limit.unwrap_or(settings.page_limit);
        settings.media_limit = self.file_limit.unwrap_or(settings.media_limit);
        if let Some(name) = &self.user_agent {
            settings.user_agent.clone_from(name);
        }
        for digest in &self.placeholders {
            let digest: Sha256 = digest.parse().map_err(|error| invalid("placeholders", digest).because(error))?;
            settings.placeholders.insert(digest);
        }
        if self.file_interval.is_some() {
            settings.brisk.jitter = settings.brisk.interval / 2;
        }
        if self.api_interval.is_some() {
            settings.api.jitter = settings.api.interval / 2;
        }
        if self.merchant_interval.is_some() {
            settings.merchant.jitter = Duration::ZERO;
        }
        Ok(settings)
    }
}

fn invalid(key: &'static str, value: impl std::fmt::Display) -> Error {
    Error::usage("config-value-invalid").with("key", format!("network.{key}")).with("value", value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(text: &str) -> Result<Settings> {
        toml::from_str::<NetworkOptions>(text).unwrap().settle()
    }

    #[test]
    fn options_go_over_the_defaults() {
        let digest = Sha256::of(b"placeholder");
        let settings = settle(&format!(
            "page-interval = '500ms'\npage-jitter = '0s'\nfiles-per-host = 3\nplaceholders = ['{}']\n\
             [hosts]\n'mp.weixin.qq.com' = 'http://127.0.0.1:9'",
            digest.hex()
        ))
        .unwrap();
        assert_eq!(settings.gentle.interval, Duration::from_millis(500));
        assert_eq!(settings.gentle.jitter, Duration::ZERO);
        assert_eq!(settings.brisk.width, 3);
        assert_eq!(settings.retries, Settings::default().retries);
        assert!(settings.placeholders.contains(&digest) && settings.hosts.len() == 1);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["page-interval = '-3s'", "concurrency = 0", "placeholders = ['abc']", "pages-at-once = 4"] {
            assert_eq!(settle(text).unwrap_err().code(), "config-value-invalid", "{text}");
        }
        assert_eq!(settle("[hosts]\n'a.com' = 'http://127.0.0.1'").unwrap_err().code(), "fetch-host-map-invalid");
    }
}
