//! Unwraps addresses of the platform that another service has wrapped: web archives, image proxies and redirectors put
//! the original into their own path or query.

use percent_encoding::percent_decode_str;

/// Domains of the platform, including their subdomains.
const PLATFORM: &[&str] = &["qpic.cn", "qlogo.cn", "weixin.qq.com", "wx.qq.com", "weixinbridge.com", "v.qq.com"];

/// Reports whether `host` belongs to the platform.
pub fn is_platform_host(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    PLATFORM.iter().any(|known| host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// Returns the host of an absolute address, without user and port.
pub fn host_of(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("//")?;
    if !matches!(scheme, "" | "http:" | "https:") {
        return None;
    }
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    (!host.is_empty()).then_some(host)
}

/// Returns the platform address inside `url`, an address of another host
/// (`https://web.archive.org/web/20240106im_/https://…`, `https://images.weserv.nl/?url=…`, `https%3A%2F%2F…` in a
/// query). `None` if there is none.
pub fn unwrapped(url: &str) -> Option<String> {
    let url = url.trim();
    let host = host_of(url)?;
    // The platform's own pages link to each other in their queries.
    if is_platform_host(host) || host.ends_with(".qq.com") || host == "qq.com" {
        return None;
    }
    let rest = &url[url.find(host)? + host.len()..];
    let mut rest = rest.to_owned();
    // An address in a query is encoded once, in a nested redirector twice.
    for _ in 0..3 {
        if let Some(found) = inside(&rest) {
            return Some(found);
        }
        let decoded = percent_decode_str(&rest).decode_utf8().ok()?.into_owned();
        if decoded == rest {
            return None;
        }
        rest = decoded;
    }
    None
}

/// Returns the platform address that begins at a `/`, `=` or `:` of `rest`, with or without its scheme.
fn inside(rest: &str) -> Option<String> {
    let lower = rest.to_ascii_lowercase();
    let starts = lower.match_indices(['/', '=', ':']).map(|(at, _)| at + 1);
    starts.take(64).find_map(|at| {
        let (text, low) = (&rest[at..], &lower[at..]);
        let scheme =
            ["https://", "http://", "https:/", "http:/", ""].into_iter().find(|scheme| low.starts_with(scheme))?;
        let text = text[scheme.len()..].trim_start_matches('/');
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-')).unwrap_or(text.len());
        let path = text[end..].starts_with(['/', '?']);
        let plain = if scheme.starts_with("http:") { "http" } else { "https" };
        (path && is_platform_host(&text[..end])).then(|| format!("{plain}://{text}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_original_is_found_in_every_wrapping() {
        let image = "https://mmbiz.qpic.cn/mmbiz_png/WayPic/640?wx_fmt=png";
        for wrapped in [
            "https://web.archive.org/web/20240106010203im_/https://mmbiz.qpic.cn/mmbiz_png/WayPic/640?wx_fmt=png",
            "http://archive.ph/20240106010203/https:/mmbiz.qpic.cn/mmbiz_png/WayPic/640?wx_fmt=png",
            "https://proxy.example/?w=1&url=https%3A%2F%2Fmmbiz.qpic.cn%2Fmmbiz_png%2FWayPic%2F640%3Fwx_fmt%3Dpng",
            "https://a.example/go?to=https%253A%252F%252Fmmbiz.qpic.cn%252Fmmbiz_png%252FWayPic%252F640%253Fwx_fmt%253Dpng",
            "https://images.weserv.nl/?url=mmbiz.qpic.cn/mmbiz_png/WayPic/640?wx_fmt=png",
            "https://images.weserv.nl/?url=ssl:mmbiz.qpic.cn/mmbiz_png/WayPic/640?wx_fmt=png",
            "https://i0.wp.com/mmbiz.qpic.cn/mmbiz_png/WayPic/640?wx_fmt=png",
            "//wsrv.nl/?url=https://mmbiz.qpic.cn/mmbiz_png/WayPic/640?wx_fmt=png",
        ] {
            assert_eq!(unwrapped(wrapped).as_deref(), Some(image), "{wrapped}");
        }
        assert_eq!(
            unwrapped("https://web.archive.org/web/2024/http://mp.weixin.qq.com/s?__biz=A&mid=1").as_deref(),
            Some("http://mp.weixin.qq.com/s?__biz=A&mid=1")
        );
        for other in [
            image,
            "https://mp.weixin.qq.com/mp/x?url=https://mmbiz.qpic.cn/a/b",
            "https://example.com/?url=https://example.org/mmbiz.qpic.cn.png",
            "https://example.com/mmbiz.qpic.cn.evil.example/a",
            "local:x/mmbiz.qpic.cn/a",
            "",
        ] {
            assert_eq!(unwrapped(other), None, "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(url in r"(https?:|//|/|=|%3A|%252F|mmbiz\.qpic\.cn|你|\?|a){0,24}") {
            let _ = unwrapped(&url);
        }
    }
}
