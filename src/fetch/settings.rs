//! Holds the resolved settings of the network part: limits, pace, hosts. The options behind them are in
//! `config::network`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use url::Url;

use crate::error::{Error, Result};
use crate::model::Sha256;

use super::address;

/// Resolved settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Hosts replaced by stand-ins: host → base URL on the loopback. Only for tests and rehearsals.
    pub hosts: BTreeMap<String, Url>,
    /// Value of `User-Agent`.
    pub user_agent: String,
    /// Pace of all other hosts, which serve article pages.
    pub gentle: Pace,
    /// Pace of the file hosts.
    pub brisk: Pace,
    /// Pace of the API's hosts: made for programs, with quotas per minute.
    pub api: Pace,
    /// Pace of the merchants' API: three requests a second.
    pub merchant: Pace,
    /// Concurrent requests over all hosts.
    pub concurrency: usize,
    /// Timeout for connecting.
    pub connect_timeout: Duration,
    /// Timeout for the response headers.
    pub header_timeout: Duration,
    /// Timeout between two chunks of a body.
    pub idle_timeout: Duration,
    /// Timeout for a whole page.
    pub page_timeout: Duration,
    /// Timeout for a whole file.
    pub media_timeout: Duration,
    /// Bytes per second below which a body is given up, once [`Settings::rate_grace`] is over.
    pub minimum_rate: u64,
    /// Time for which a body may be slower than [`Settings::minimum_rate`].
    pub rate_grace: Duration,
    /// Number of retries of a request.
    pub retries: usize,
    /// Delay before the first retry; doubles.
    pub retry_delay: Duration,
    /// Longest delay before a retry, even where the host asks for a longer one.
    pub retry_delay_limit: Duration,
    /// Limit of a decoded page, in bytes.
    pub page_limit: u64,
    /// Limit of a file, in bytes.
    pub media_limit: u64,
    /// Digests of known placeholder pictures.
    pub placeholders: BTreeSet<Sha256>,
}

/// Pace of requests to a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Concurrent requests.
    pub width: usize,
    /// Interval between requests; zero for no limit.
    pub interval: Duration,
    /// Upper bound of the random addition to the interval.
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
            // Article pages: tools on the facts page get by with 8-10 s for lists of articles and a few seconds for
            // single pages.
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
    /// Returns the pace of `host`: a human reader's for article pages, a browser's for file hosts, a program's for the
    /// APIs.
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

    /// Replaces `host` with the stand-in `base`.
    ///
    /// # Errors
    /// `fetch-host-map-invalid` unless `host` is the platform's, or one of the names under `.test` that no network has, and
    /// `base` is `http://` on a loopback address.
    pub fn stand_in(&mut self, host: &str, base: &str) -> Result<()> {
        let invalid = || Error::usage("fetch-host-map-invalid").with("host", host).with("base", base);
        let url = Url::parse(base).map_err(|error| invalid().because(error))?;
        let loopback = match url.host() {
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            Some(url::Host::Domain(_)) | None => false,
        };
        let host = host.to_ascii_lowercase();
        if !loopback || url.scheme() != "http" || !(address::is_platform_host(&host) || host.ends_with(".test")) {
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
