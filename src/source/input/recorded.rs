//! Selects recorded responses (of a HAR or a web archive) that are worth reading, and names them.

use super::received::{host, path};
use crate::source::Received;

/// Domains of the platform, including their subdomains.
const HOSTS: &[&str] =
    &["weixin.qq.com", "qpic.cn", "qlogo.cn", "wechat.com", "video.qq.com", "tc.qq.com", "tenpay.com", "wechatpay.cn"];

/// Content types that belong to the platform's own pages, never to an account.
const FURNITURE: &[&str] = &["javascript", "ecmascript", "css", "font", "wasm", "event-stream", "x-protobuf"];

/// Reports whether a response of this address and content type may hold data of an account.
pub(crate) fn is_wanted(url: &str, mime: &str) -> bool {
    let host = host(url).to_ascii_lowercase();
    let path = path(url);
    if host == "res.wx.qq.com" {
        return path.starts_with("/voice/");
    }
    let of_platform = HOSTS
        .iter()
        .any(|known| host.strip_suffix(known).is_some_and(|before| before.is_empty() || before.ends_with('.')));
    let mime = mime.to_ascii_lowercase();
    of_platform && !is_telemetry(path) && !FURNITURE.iter().any(|kind| mime.contains(kind))
}

/// Reports whether the path receives the pages' telemetry about their visitor.
fn is_telemetry(path: &str) -> bool {
    ["report", "monitor", "badjs"].iter().any(|word| path.contains(word))
}

/// Reports whether the response is complete: neither an error nor a part of a video.
pub(crate) fn is_whole(status: i64, range: Option<&str>) -> bool {
    match status {
        206 => range.is_some_and(|range| {
            let covered = range.trim().strip_prefix("bytes 0-").and_then(|range| range.split_once('/'));
            covered.is_some_and(|(last, all)| {
                last.parse().ok().and_then(|last: u64| last.checked_add(1)) == all.parse().ok()
            })
        }),
        204 | 205 => false,
        status => (200..300).contains(&status),
    }
}

/// Returns a name for a response: the plain characters of the last path segment.
pub(crate) fn name(received: &Received) -> String {
    let last = received.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let name: String = last.chars().filter(plain).take(60).collect();
    let name = name.trim_matches('.');
    if name.is_empty() { "index".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_the_platform_are_wanted() {
        for url in [
            "https://mp.weixin.qq.com/s/AbC",
            "https://MP.weixin.qq.com:443/mp/profile_ext?action=getmsg",
            "https://mmbiz.qpic.cn/mmbiz_png/x/640",
            "https://channels.weixin.qq.com/cgi-bin/mmfinderassistant-bin/post/post_list",
            "https://finder.video.qq.com/251/20302/stodownload?x",
            "https://res.wx.qq.com/voice/getvoice?mediaid=M",
            "https://pay.weixin.qq.com/bill.zip",
        ] {
            assert!(is_wanted(url, "text/html; charset=UTF-8"), "{url}");
        }
        assert!(!is_wanted("https://mp.weixin.qq.com/a.js", "application/javascript"));
        for url in [
            "https://res.wx.qq.com/mmbizwap/a.png",
            "https://mp.weixin.qq.com/mp/jsmonitor?x",
            "https://mp.weixin.qq.com/mp/appmsgreport",
            "https://evilweixin.qq.com.example.com/",
            "https://notweixin.qq.com/",
            "https://example.com/?https://mp.weixin.qq.com/",
            "data:text/html,x",
            "",
        ] {
            assert!(!is_wanted(url, "text/html"), "{url}");
        }
    }

    #[test]
    fn pieces_and_errors_are_not_whole() {
        assert!(is_whole(200, None) && is_whole(206, Some("bytes 0-99/100")));
        assert!(
            !is_whole(206, Some("bytes 0-98/100")) && !is_whole(206, Some("bytes 1-99/100")) && !is_whole(206, None)
        );
        assert!(!is_whole(304, None) && !is_whole(404, None) && !is_whole(0, None) && !is_whole(204, None));
    }

    #[test]
    fn names_come_from_the_path() {
        assert_eq!(name(&Received::at("https://a.b/cgi-bin/appmsgpublish?x=/y")), "appmsgpublish");
        assert_eq!(name(&Received::at("https://a.b/")), "index");
        assert_eq!(name(&Received::at("https://a.b/..%2f../..")), "index");
    }
}
