//! What the network part may do: limits, pace, hosts. Resolved values; the options behind them are `config::network`'s.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use url::Url;

use crate::error::{Error, Result};
use crate::model::Sha256;

use super::address;

/// Resolved settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Hosts that stand-ins answer for: host → base URL on the loopback. Only for tests and rehearsals.
    pub hosts: BTreeMap<String, Url>,
    /// What we call ourselves.
    pub user_agent: String,
    /// Hosts that are asked one thing at a time.
    pub gentle: Pace,
    /// All other hosts.
    pub brisk: Pace,
    /// The API's hosts: made for programs, and counted by the minute.
    pub api: Pace,
    /// The merchants' API: three requests a second.
    pub merchant: Pace,
    /// Requests at once over all hosts.
    pub concurrency: usize,
    /// For a connection to stand.
    pub connect_timeout: Duration,
    /// For the response to begin.
    pub header_timeout: Duration,
    /// Between two pieces of a body.
    pub idle_timeout: Duration,
    /// For a page as a whole.
    pub page_timeout: Duration,
    /// For a file as a whole.
    pub media_timeout: Duration,
    /// Bytes a second below which a body is given up, once [`Settings::rate_grace`] is over.
    pub minimum_rate: u64,
    /// How long a body may be slower than [`Settings::minimum_rate`].
    pub rate_grace: Duration,
    /// Times that a request is repeated.
    pub retries: usize,
    /// First wait before repeating; doubles.
    pub retry_delay: Duration,
    /// Longest wait before repeating, also where the host asks for a longer one.
    pub retry_delay_limit: Duration,
    /// Bytes of a page, decoded.
    pub page_limit: u64,
    /// Bytes of a file.
    pub media_limit: u64,
    /// Digests of pictures that stand in the place of other pictures.
    pub placeholders: BTreeSet<Sha256>,
}

/// How fast a host is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Requests at once.
    pub width: usize,
    /// From one request to the next; zero for no limit.
    pub interval: Duration,
    /// Added to the interval at random, up to this.
    pub jitter: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hosts: BTreeMap::new(),
            user_agent: format!(
                "Mozilla/5.0 (compatible; liudi/{}; archiving by the owner)",
                env!("CARGO_PKG_VERSION")
            ),
            // Article pages: what readers of the facts page's tools live with is 8-10 s for lists of articles and a few
            // seconds for single pages.
            gentle: Pace { width: 1, interval: Duration::from_secs(3), jitter: Duration::from_secs(3) },
            brisk: Pace { width: 8, interval: Duration::from_millis(20), jitter: Duration::from_millis(10) },
            api: Pace { width: 1, interval: Duration::from_millis(250), jitter: Duration::from_millis(100) },
            merchant: Pace { width: 1, interval: Duration::from_millis(350), jitter: Duration::from_millis(50) },
            concurrency: 16,
            connect_timeout: Duration::from_secs(15),
            header_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(30),
            page_timeout: Duration::from_mins(2),
            media_timeout: Duration::from_hours(1),
            minimum_rate: 512,
            rate_grace: Duration::from_secs(30),
            retries: 4,
            retry_delay: Duration::from_secs(1),
            retry_delay_limit: Duration::from_mins(1),
            page_limit: 16 * 1024 * 1024,
            media_limit: 2 * 1024 * 1024 * 1024,
            placeholders: BTreeSet::new(),
        }
    }
}

impl Settings {
    /// The pace of `host`: article pages answer to a person's pace, the file hosts to a browser's, the API to a program's.
    pub fn pace(&self, host: &str) -> Pace {
        if address::is_file_host(host) {
            self.brisk
        } else if address::is_merchant_host(host) {
            self.merchant
        } else if address::is_api_host(host) {
            self.api
        } else {
            self.gentle
        }
    }

    /// Lets `base` stand in for `host`.
    ///
    /// # Errors
    /// `fetch-host-map-invalid` unless `host` is the platform's and `base` is `http://` on a loopback address.
    pub fn stand_in(&mut self, host: &str, base: &str) -> Result<()> {
        let invalid = || Error::usage("fetch-host-map-invalid").with("host", host).with("base", base);
        let url = Url::parse(base).map_err(|error| invalid().because(error))?;
        let loopback = match url.host() {
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            Some(url::Host::Domain(_)) | None => false,
        };
        let host = host.to_ascii_lowercase();
        if !loopback || url.scheme() != "http" || !address::is_platform_host(&host) {
            return Err(invalid());
        }
        self.hosts.insert(host, url);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_loopback_stands_in_and_only_for_the_platform() {
        let mut settings = Settings::default();
        settings.stand_in("mp.weixin.qq.com", "http://127.0.0.1:8080").unwrap();
        settings.stand_in("mmbiz.qpic.cn", "http://[::1]:8080/images").unwrap();
        for (host, base) in [
            ("mp.weixin.qq.com", "http://10.0.0.1"),
            ("mp.weixin.qq.com", "http://localhost:1"),
            ("mp.weixin.qq.com", "https://127.0.0.1"),
            ("mp.weixin.qq.com", "http://example.com"),
            ("example.com", "http://127.0.0.1"),
            ("mp.weixin.qq.com", "no url"),
        ] {
            assert_eq!(settings.stand_in(host, base).unwrap_err().code(), "fetch-host-map-invalid", "{host} {base}");
        }
        assert_eq!(settings.hosts.len(), 2);
    }

    #[test]
    fn pages_are_asked_for_gently_and_files_briskly() {
        let settings = Settings::default();
        assert_eq!(settings.pace("mp.weixin.qq.com").width, 1);
        assert_eq!(settings.pace("api.weixin.qq.com"), settings.api);
        assert!(settings.pace("api.mch.weixin.qq.com").interval * 3 > Duration::from_secs(1));
        assert_eq!(settings.pace("mmbiz.qpic.cn").width, 8);
    }
}
