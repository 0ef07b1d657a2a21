//! `[network]`: how gently to fetch, how long to wait, how large a file may be.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::SignedDuration;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::fetch::Settings;
use crate::model::Sha256;

/// The options; durations are written `3s`, `500ms`, `2m`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct NetworkOptions {
    /// Stand-ins for tests: a host of the platform → `http://` on the loopback.
    pub hosts: BTreeMap<String, String>,
    /// What to call ourselves.
    pub user_agent: Option<String>,
    /// How long a used-up quota is waited for, instead of until the platform's next day.
    pub quota_wait: Option<SignedDuration>,
    /// From one call of the API to the next.
    pub api_interval: Option<SignedDuration>,
    /// From one request of the merchants' API to the next.
    pub merchant_interval: Option<SignedDuration>,
    /// From one article page to the next.
    pub page_interval: Option<SignedDuration>,
    /// Added to it at random, up to this.
    pub page_jitter: Option<SignedDuration>,
    /// Article pages at once: one, unless a server of your own stands in for the platform.
    pub pages_at_once: Option<usize>,
    /// Files of one host at once.
    pub files_per_host: Option<usize>,
    /// From one file of a host to the next.
    pub file_interval: Option<SignedDuration>,
    /// Requests at once over all hosts.
    pub concurrency: Option<usize>,
    /// For a connection to stand.
    pub connect_timeout: Option<SignedDuration>,
    /// For a response to begin.
    pub header_timeout: Option<SignedDuration>,
    /// Between two pieces of a body.
    pub idle_timeout: Option<SignedDuration>,
    /// Times that a request is repeated.
    pub retries: Option<usize>,
    /// First wait before repeating.
    pub retry_delay: Option<SignedDuration>,
    /// Longest wait before repeating.
    pub retry_delay_limit: Option<SignedDuration>,
    /// Largest page in bytes.
    pub page_limit: Option<u64>,
    /// Largest file in bytes.
    pub file_limit: Option<u64>,
    /// SHA-256 of pictures that stand in the place of others.
    pub placeholders: Vec<String>,
}

/// The host of article pages.
const PAGES: &str = "mp.weixin.qq.com";

impl NetworkOptions {
    /// The options over the defaults.
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
        // The platform asks for a person where several pages are fetched at once.
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
