//! Writes an address as the sorted key of an index (SURT): `com,qq,weixin,mp)/s/abc`. All forms of an address that web
//! archives take for one get one key, the same as by the Python package `surt` that indexers use.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;
use url::{Position, Url};

/// Returns the key of an absolute address.
pub(super) fn surt(url: &Url) -> String {
    let mut key = host(url);
    if let Some(port) = url.port() {
        let _ = write!(key, ":{port}");
    }
    key.push(')');
    key.push_str(&path(url.path()));
    let query = &url[Position::BeforeQuery..Position::AfterQuery];
    let query = in_order(&without_session(&escaped(query).to_ascii_lowercase()));
    if !query.is_empty() {
        key.push('?');
        key.push_str(&query);
    }
    key
}

/// Returns the labels of the host, the last one first, without `www`.
fn host(url: &Url) -> String {
    static WWW: LazyLock<Regex> = LazyLock::new(|| constant(r"^www[0-9]*\."));
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let host = escaped(host).to_ascii_lowercase().replace("..", ".");
    let host = host.trim_matches('.');
    let host = WWW.replace(host, "");
    host.rsplit('.').collect::<Vec<_>>().join(",")
}

fn path(path: &str) -> String {
    static SESSION: LazyLock<Regex> =
        LazyLock::new(|| constant(r"^(.*/)(?:\((?:[a-z]\([0-9a-z]{24}\))+\)|\([0-9a-z]{24}\))/([^?]+\.aspx.*)$"));
    let path = unescaped(path.as_bytes().to_vec());
    let mut kept: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/').skip(1) {
        match part {
            b"." => {}
            b".." => {
                if kept.pop().is_none() {
                    kept.push(part);
                }
            }
            part => kept.push(part),
        }
    }
    let mut plain = vec![b'/'];
    if let Some((last, before)) = kept.split_last() {
        for part in before.iter().filter(|part| !part.is_empty()) {
            plain.extend_from_slice(part);
            plain.push(b'/');
        }
        plain.extend_from_slice(last);
    }
    let path = escape(&plain).to_ascii_lowercase();
    let path = SESSION.replace(&path, "$1$2");
    path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(&path).to_owned()
}

/// Removes the session that some servers put into the query.
fn without_session(query: &str) -> String {
    static SESSIONS: LazyLock<[Regex; 5]> = LazyLock::new(|| {
        [
            r"^(.*)(?:jsessionid=[0-9a-z]{32})(?:&(.*))?$",
            r"^(.*)(?:phpsessid=[0-9a-z]{32})(?:&(.*))?$",
            r"^(.*)(?:sid=[0-9a-z]{32})(?:&(.*))?$",
            r"^(.*)(?:aspsessionid[a-z]{8}=[a-z]{24})(?:&(.*))?$",
            r"^(.*)(?:cfid=[^&]+&cftoken=[^&]+)(?:&(.*))?$",
        ]
        .map(constant)
    });
    SESSIONS.iter().fold(query.to_owned(), |query, session| session.replace(&query, "$1$2").into_owned())
}

/// Sorts the pairs of a query.
fn in_order(query: &str) -> String {
    let mut pairs: Vec<(&str, Option<&str>)> = query
        .split('&')
        .map(|pair| pair.split_once('=').map_or((pair, None), |(name, value)| (name, Some(value))))
        .collect();
    pairs.sort_unstable();
    let pairs =
        pairs.into_iter().map(|(name, value)| value.map_or_else(|| name.to_owned(), |value| format!("{name}={value}")));
    pairs.collect::<Vec<_>>().join("&")
}

/// Undoes all escapes, and escapes what no key may hold.
fn escaped(text: &str) -> String {
    escape(&unescaped(text.as_bytes().to_vec()))
}

/// Undoes escapes until there are none.
fn unescaped(mut text: Vec<u8>) -> Vec<u8> {
    loop {
        let decoded: Vec<u8> = percent_encoding::percent_decode(&text).collect();
        if decoded == text {
            return text;
        }
        text = decoded;
    }
}

fn escape(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text {
        match byte {
            b'#' | b'%' | ..=b' ' | 0x7f.. => {
                let _ = write!(out, "%{byte:02X}");
            }
            byte => out.push(char::from(*byte)),
        }
    }
    out
}

fn constant(pattern: &str) -> Regex {
    // The patterns are constants; a test compiles them.
    Regex::new(pattern).unwrap_or_else(|_| unreachable!("a constant pattern"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `surt.surt` of the Python package surt 0.3.1 gives for each.
    const KEYS: &[(&str, &str)] = &[
        ("https://mp.weixin.qq.com/s/AbC-d_E1", "com,qq,weixin,mp)/s/abc-d_e1"),
        (
            "https://mp.weixin.qq.com/s?__biz=MzA5MDAwMDAwMQ==&mid=2650000101&idx=1&sn=20035337579496314ffc8a671a0bad96",
            "com,qq,weixin,mp)/s?__biz=mza5mdawmdawmq==&idx=1&mid=2650000101&sn=20035337579496314ffc8a671a0bad96",
        ),
        (
            "https://mmbiz.qpic.cn/mmbiz_png/e317AA6f/640?wx_fmt=png&from=appmsg",
            "cn,qpic,mmbiz)/mmbiz_png/e317aa6f/640?from=appmsg&wx_fmt=png",
        ),
        ("http://www.example.com:8080/", "com,example:8080)/"),
        ("https://www12.example.com:443/a//b/./../c/", "com,example)/a/c"),
        ("http://1.2.3.4/x", "4,3,2,1)/x"),
        (
            "https://example.com/%E4%BD%A0%2541%20b?q=%E4%BD%A0+x&b&a=&a",
            "com,example)/%e4%bd%a0a%20b?a&a=&b&q=%e4%bd%a0+x",
        ),
        ("https://example.com/a?", "com,example)/a"),
        ("https://xn--fiqs8s.example/", "example,xn--fiqs8s)/"),
        ("https://example.com/x?sid=0123456789abcdef0123456789ABCDEF&z=1", "com,example)/x?z=1"),
        ("https://example.com/?jsessionid=0123456789abcdef0123456789ABCDEF", "com,example)/"),
        ("http://[2001:db8::1]/p", "2001:db8::1)/p"),
        ("https://example.com/(a(0123456789abcdefghijklmn))/p.aspx?x", "com,example)/p.aspx?x"),
        ("https://example.com/a%2Fb%3Fc?d%26e=%23", "com,example)/a/b?c?d&e=%23"),
        ("https://example.com/a?b=1&b=0&b&a=%3D", "com,example)/a?a==&b&b=0&b=1"),
        ("https://example.com/a/%252e%252e/x/", "com,example)/x"),
        ("https://example.com/s?a={x|y}^`\\", "com,example)/s?a={x|y}^`\\"),
    ];

    #[test]
    fn the_keys_are_those_of_other_indexers() {
        for (url, key) in KEYS {
            assert_eq!(surt(&Url::parse(url).unwrap()), *key, "{url}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_key_has_no_spaces_and_nothing_panics(rest in "[/?&=%a-fA-F0-9 .你#+();]{0,60}") {
            let key = surt(&Url::parse(&format!("https://WWW2.Example.com/{rest}")).unwrap());
            proptest::prop_assert!(key.starts_with("com,example)/") && key.bytes().all(|byte| (0x21..0x7f).contains(&byte)), "{}", key);
        }
    }
}
