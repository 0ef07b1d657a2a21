//! Restricts requests to the platform's hosts over HTTPS and to public addresses.
//!
//! The check runs on the parsed URL, and the parsed URL is what is requested: the many spellings of an address
//! (`2130706433`, `0x7f.1`, full-width digits) are one after parsing.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::error::{Error, Kind, Result};

/// Allowed hosts, including their subdomains.
const HOSTS: &[&str] = &[
    "api.mch.weixin.qq.com",
    "api.weixin.qq.com",
    "api2.mch.weixin.qq.com",
    "channels.weixin.qq.com",
    "mp.weixin.qq.com",
    "res.wx.qq.com",
    "wxapp.tc.qq.com",
];

/// Domains whose subdomains are allowed, but which are not allowed themselves. The last two serve exports and files of
/// a 小程序's cloud, at addresses that the API returns.
const PARENTS: &[&str] = &[".qlogo.cn", ".qpic.cn", ".video.qq.com", ".wxs.qq.com", ".myqcloud.com", ".tcb.qcloud.la"];

/// Parents and hosts that only serve files.
const FILE_HOSTS: &[&str] = &[
    ".qlogo.cn",
    ".qpic.cn",
    ".video.qq.com",
    ".wxs.qq.com",
    ".wx.qq.com",
    ".myqcloud.com",
    ".tcb.qcloud.la",
    "wxapp.tc.qq.com",
];

/// Hosts of the APIs.
const API_HOSTS: &[&str] = &["api.mch.weixin.qq.com", "api.weixin.qq.com", "api2.mch.weixin.qq.com"];

/// A URL that may be requested.
#[derive(Clone, PartialEq, Eq)]
pub struct PlatformUrl(Url);

impl PlatformUrl {
    /// Parses and checks `text`. Raises plain HTTP to HTTPS and drops the fragment.
    ///
    /// # Errors
    /// `fetch-url-refused`, with the argument `why`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let text = if text.starts_with("//") { format!("https:{text}") } else { text.to_owned() };
        Self::check(Url::parse(&text).map_err(|error| refused(&text, "syntax").because(error))?)
    }

    /// Resolves `location` against this URL and checks the result.
    ///
    /// # Errors
    /// `fetch-url-refused`.
    pub fn join(&self, location: &str) -> Result<Self> {
        Self::check(self.0.join(location).map_err(|error| refused(location, "syntax").because(error))?)
    }

    fn check(mut url: Url) -> Result<Self> {
        let refused = |url: &Url, why| Err(refused(&super::evidence::shown(url), why));
        if !(url.scheme() == "https" || url.scheme() == "http" && url.port().is_none()) {
            return refused(&url, "scheme");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refused(&url, "credentials");
        }
        if url.port().is_some() {
            return refused(&url, "port");
        }
        match url.host() {
            Some(Host::Domain(host)) if is_platform_host(host) => {}
            Some(Host::Domain(_)) => return refused(&url, "host"),
            Some(Host::Ipv4(_) | Host::Ipv6(_)) | None => return refused(&url, "address"),
        }
        // These hosts serve everything over HTTPS too; older pages still link to `http:`.
        if url.scheme() == "http" && url.set_scheme("https").is_err() {
            return refused(&url, "scheme");
        }
        url.set_fragment(None);
        Ok(Self(url))
    }

    /// Returns the parsed URL.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Returns the host in lower case.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

/// Shows the URL with secrets blanked.
impl fmt::Display for PlatformUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::evidence::shown(&self.0))
    }
}

impl fmt::Debug for PlatformUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn refused(url: &str, why: &'static str) -> Error {
    Error::new(Kind::Download, "fetch-url-refused").with("url", url).with("why", why)
}

/// Reports whether `host` (lower case) belongs to the platform.
pub fn is_platform_host(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    HOSTS.iter().any(|known| host == *known || is_below(host, known))
        || PARENTS.iter().any(|parent| host.len() > parent.len() && host.ends_with(parent))
}

fn is_below(host: &str, parent: &str) -> bool {
    host.strip_suffix(parent).is_some_and(|front| front.len() > 1 && front.ends_with('.'))
}

/// Reports whether `host` only serves files (images, audio, videos).
pub fn is_file_host(host: &str) -> bool {
    FILE_HOSTS.iter().any(|parent| host.ends_with(parent))
}

/// Reports whether `host` serves an API: the official one or the merchants'.
pub fn is_api_host(host: &str) -> bool {
    API_HOSTS.contains(&host)
}

/// Reports whether files of `host` are authorized by a signature in their URL: those of a 小程序's cloud.
pub fn is_signed_host(host: &str) -> bool {
    host.ends_with(".myqcloud.com") || host.ends_with(".tcb.qcloud.la")
}

/// Reports whether `host` serves the merchants' API.
pub fn is_merchant_host(host: &str) -> bool {
    host.ends_with(".mch.weixin.qq.com")
}

/// Reports whether an address belongs to the public internet. All others (loopback, local networks, a cloud machine's
/// internal network, translation prefixes that lead back to IPv4) are never connected to.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || a == 10
        || a == 127
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 169 && b == 254)
        || (a == 172 && (16..32).contains(&b))
        || (a == 192 && b == 168)
        || (a == 192 && b == 0 && (c == 0 || c == 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    // Only 2000::/3 is allocated; this excludes ::1, ::ffff:0:0/96, 64:ff9b::/96, fc00::/7, fe80::/10, ff00::/8.
    (parts[0] & 0xe000) == 0x2000
        // Teredo, ORCHID, benchmarking and the other special blocks of 2001:0::/23.
        && !(parts[0] == 0x2001 && parts[1] < 0x0200)
        // Documentation.
        && !(parts[0] == 0x2001 && parts[1] == 0x0db8)
        && !(parts[0] == 0x3fff && parts[1] < 0x1000)
        // 6to4 carries an IPv4 address.
        && parts[0] != 0x2002
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(url: &str) -> String {
        match PlatformUrl::parse(url) {
            Ok(url) => format!("ok {url}"),
            Err(error) => error.argument("why").unwrap().into_owned(),
        }
    }

    #[test]
    fn only_the_platform_over_https() {
        assert_eq!(why("https://mp.weixin.qq.com/s/abc#rd"), "ok https://mp.weixin.qq.com/s/abc");
        assert_eq!(why("http://mmbiz.qpic.cn/mmbiz_png/x/0"), "ok https://mmbiz.qpic.cn/mmbiz_png/x/0");
        assert_eq!(why("//wx.qlogo.cn/mmhead/x/0"), "ok https://wx.qlogo.cn/mmhead/x/0");
        assert_eq!(why("https://example.com/"), "host");
        assert_eq!(why("https://mp.weixin.qq.com.example.com/"), "host");
        assert_eq!(why("https://evilmp.weixin.qq.com/"), "host");
        assert_eq!(why("https://qpic.cn/"), "host");
        assert_eq!(why("https://evilqpic.cn/"), "host");
        assert_eq!(why("https://mp.weixin.qq.com@example.com/"), "credentials");
        assert_eq!(why("https://mp.weixin.qq.com:8443/"), "port");
        assert_eq!(why("http://mp.weixin.qq.com:8080/"), "scheme");
        assert_eq!(why("ftp://mp.weixin.qq.com/"), "scheme");
        assert_eq!(why("file:///etc/passwd"), "scheme");
        assert_eq!(why("s/abc"), "syntax");
    }

    #[test]
    fn every_spelling_of_an_address_is_refused() {
        for host in
            ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "１２７.0.0.1", "127.1"]
        {
            assert_eq!(why(&format!("https://{host}/")), "address", "{host}");
        }
    }

    #[test]
    fn a_redirect_is_checked_like_a_first_url() {
        let here = PlatformUrl::parse("https://mp.weixin.qq.com/s/abc").unwrap();
        assert_eq!(here.join("/mp/x?y=1").unwrap().host(), "mp.weixin.qq.com");
        assert!(here.join("http://169.254.169.254/latest/meta-data").is_err());
        assert!(here.join("//internal.example/").is_err());
    }

    #[test]
    fn special_ranges_are_not_public() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:a00:1::1",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        // Both ends of every range and their neighbours outside it.
        let ranges = [
            ("0.0.0.0", "0.255.255.255"),
            ("10.0.0.0", "10.255.255.255"),
            ("100.64.0.0", "100.127.255.255"),
            ("127.0.0.0", "127.255.255.255"),
            ("169.254.0.0", "169.254.255.255"),
            ("172.16.0.0", "172.31.255.255"),
            ("192.0.0.0", "192.0.0.255"),
            ("192.0.2.0", "192.0.2.255"),
            ("192.88.99.0", "192.88.99.255"),
            ("192.168.0.0", "192.168.255.255"),
            ("198.18.0.0", "198.19.255.255"),
            ("198.51.100.0", "198.51.100.255"),
            ("203.0.113.0", "203.0.113.255"),
            ("224.0.0.0", "255.255.255.255"),
        ];
        for (first, last) in ranges {
            let number = |text: &str| u32::from(text.parse::<Ipv4Addr>().unwrap());
            let (first, last) = (number(first), number(last));
            let middle = first + (last - first) / 2;
            for inside in [first, middle, last] {
                let address = Ipv4Addr::from(inside);
                assert!(!is_public(address.into()), "{address}");
                assert!(!is_public(address.to_ipv6_mapped().into()), "{address}");
            }
            for outside in [first.checked_sub(1), last.checked_add(1)].into_iter().flatten() {
                assert!(is_public(Ipv4Addr::from(outside).into()), "{}", Ipv4Addr::from(outside));
            }
        }
        let ranges_v6 = [
            ("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ];
        for (first, last) in ranges_v6 {
            let number = |text: &str| u128::from(text.parse::<Ipv6Addr>().unwrap());
            let (first, last) = (number(first), number(last));
            for inside in [first, last] {
                assert!(!is_public(Ipv6Addr::from(inside).into()), "{}", Ipv6Addr::from(inside));
            }
            for outside in [first - 1, last + 1] {
                assert!(is_public(Ipv6Addr::from(outside).into()), "{}", Ipv6Addr::from(outside));
            }
        }
        for address in ["1fff:ffff:ffff:ffff::1", "4000::", "fbff::1", "fdff:ffff::1", "febf::1"] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in ["1.1.1.1", "100.63.0.1", "172.32.0.1", "43.129.1.1", "2402:4e00::1", "2606:4700::1111"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }
}
