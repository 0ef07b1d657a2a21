//! Finds article links in any text: plain, escaped for JSON, HTML or JavaScript, and in a parameter of redirectors
//! (`https://link.zhihu.com/?target=https%3A%2F%2Fmp.weixin…`), encoded once or twice.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use memchr::memmem;
use percent_encoding::percent_decode_str;

use crate::model::ArticleUrl;

/// The host of every article link.
const HOST: &str = "mp.weixin.qq.com";

/// Addresses of search engines that redirect to an article for some hours.
const SEARCH: &[&[u8]] = &[b"weixin.sogou.com/link?", b"weixin.sogou.com/api/share?"];

/// The possible beginnings of a link's path in each notation. Percent signs may be encoded once more.
const PATHS: &[&[u8]] = &[
    b"/s/",
    b"/s?",
    b"\\/s\\/",
    b"\\/s?",
    b"\\u002fs",
    b"/mp/appmsg/show",
    b"\\/mp\\/appmsg\\/show",
    b"%2fs",
    b"%252fs",
    b"%25252fs",
    b"/s%3f",
    b"/s%253f",
    b"/s%2f",
    b"%2fmp%2fappmsg%2fshow",
];

/// A finder of the host in any case (scanned QR codes have it in capitals), also with encoded dots.
static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let hosts = [HOST, "mp%2eweixin%2eqq%2ecom", "mp%252eweixin%252eqq%252ecom", "mp%25252eweixin%25252eqq%25252ecom"];
    AhoCorasick::builder().ascii_case_insensitive(true).build(hosts).ok()
});

/// The location of a link in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The start offset, including the redirector around the link.
    pub(crate) start: usize,
    /// The end offset.
    pub(crate) end: usize,
    /// The article.
    pub(crate) link: ArticleUrl,
}

/// Reports whether `bytes` contain a possible link to an article, including temporary links.
pub fn has_link(bytes: &[u8]) -> bool {
    let Some(finder) = FINDER.as_ref() else { return false };
    let article = finder.find_iter(bytes).any(|found| {
        let path = &bytes[found.end()..bytes.len().min(found.end() + 24)];
        PATHS.iter().any(|start| path.get(..start.len()).is_some_and(|path| path.eq_ignore_ascii_case(start)))
    });
    article || SEARCH.iter().any(|address| memmem::find(bytes, address).is_some())
}

/// Returns the first article that `text` links to.
pub fn article_of(text: &str) -> Option<ArticleUrl> {
    places(text).map(|place| place.link).find(|link| !link.aliases().is_empty())
}

/// Returns the links of search engines in `text`.
pub(crate) fn of_search_engines(text: &str) -> impl Iterator<Item = &str> {
    SEARCH.iter().flat_map(move |address| {
        memmem::find_iter(text.as_bytes(), address)
            .filter_map(move |at| text.get(at..at + length(&text.as_bytes()[at..])))
    })
}

/// Returns the links of `text`, in order.
pub(crate) fn places(text: &str) -> impl Iterator<Item = Place> + '_ {
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let finder = FINDER.as_ref()?;
            let found = finder.find(bytes.get(from..)?)?;
            let (at, after) = (from + found.start(), from + found.end());
            let start = beginning(text, from, at);
            let end = after + length(&bytes[after..]);
            from = end;
            // The host as part of a longer name (`xmp.weixin.qq.com`, `mp.weixin.qq.com.example`) is a different host.
            let other =
                bytes[..at].last().is_some_and(|byte| matches!(byte, b'-' | b'.') || byte.is_ascii_alphanumeric())
                    && !ends_with_escape(&bytes[..at]);
            if let Some(link) = text.get(after..end).filter(|_| !other).and_then(read) {
                return Some(Place { start, end, link });
            }
        }
    })
}

/// Reports whether `before` ends with an escaped slash: `%2F`, `%252F`, `\u002F`.
fn ends_with_escape(before: &[u8]) -> bool {
    before.len() >= 2 && before[before.len() - 2..].eq_ignore_ascii_case(b"2f")
}

/// Returns the start of the address whose host is at `at`.
fn beginning(text: &str, from: usize, at: usize) -> usize {
    let before = &text.as_bytes()[from..at];
    let run = before.iter().rposition(|byte| is_end(*byte)).map_or(0, |place| place + 1);
    let run = from + run;
    let lower = text.get(run..at).unwrap_or_default().to_ascii_lowercase();
    let scheme = ["https:", "http:", "https%", "http%"].iter().filter_map(|scheme| lower.find(scheme)).min();
    match scheme {
        Some(place) => run + place,
        None if lower.ends_with("//") => at - 2,
        None => at,
    }
}

/// Parses the part of a link after its host.
fn read(rest: &str) -> Option<ArticleUrl> {
    let plain = ArticleUrl::parse(&format!("https://{HOST}{rest}"));
    if plain.as_ref().is_some_and(|link| !link.aliases().is_empty()) {
        return plain;
    }
    // The link is a parameter's value: it ends at the next parameter of the redirector.
    let mut value = rest.split(['&', '#']).next().unwrap_or_default().to_owned();
    for _ in 0..3 {
        let decoded = percent_decode_str(&value).decode_utf8_lossy().into_owned();
        if decoded == value {
            break;
        }
        value = decoded;
        let end = length(value.as_bytes());
        let link = value.get(..end).and_then(|value| ArticleUrl::parse(&format!("https://{HOST}{value}")));
        if link.as_ref().is_some_and(|link| !link.aliases().is_empty() || link.temporary) {
            return link;
        }
    }
    plain
}

/// Reports whether the byte ends a URL: whitespace, a quote, a bracket, a comma, or not ASCII.
fn is_end(byte: u8) -> bool {
    !byte.is_ascii_graphic()
        || matches!(
            byte,
            b'"' | b'\'' | b'<' | b'>' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'|' | b'^' | b'`' | b','
        )
}

/// Returns the length of a URL.
fn length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        // `\/` and `\x26` are part of the URL, `\n` of a JSON string is not.
        let escape = byte == b'\\' && !matches!(bytes.get(at + 1), Some(b'/' | b'x' | b'u'));
        let entity = byte == b'&'
            && [&b"&quot;"[..], b"&lt;", b"&gt;", b"&#34;", b"&#39;", b"&apos;"]
                .iter()
                .any(|entity| bytes[at..].starts_with(entity));
        if is_end(byte) || escape || entity {
            break;
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(text: &str) -> Vec<String> {
        places(text).filter_map(|place| place.link.canonical()).collect()
    }

    #[test]
    fn every_way_of_writing_a_link_is_found() {
        let long = "https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=2650000022&idx=1&sn=aa";
        let once =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let forms = [
            long.to_owned(),
            long.replace("https:", "HTTP:").replace("mp.weixin.qq.com", "MP.WEIXIN.QQ.COM"),
            long.replace("https:", ""),
            long.replace('&', "&amp;"),
            long.replace('/', "\\/"),
            long.replace('/', "\\u002F").replace('&', "\\u0026").replace('=', "\\u003D"),
            format!("https://link.zhihu.com/?target={}", once(long)),
            format!("https://link.zhihu.com/?target={}", once(long).replace("%2F", "/")),
            format!("http://redirect.example/out?x=1&amp;url={}&amp;from=b", once(long)),
            format!("https://mp.weixinbridge.com/mp/wapredirect?url={}&action=appmsg_redirect&uin=1", once(long)),
            format!("https://a.example/?u={}", once(&once(long))),
            format!("https://a.example/?to={}", once(&once(&once(long)))),
            format!("https://a.example/jump?{long}"),
        ];
        for form in forms {
            for text in [
                form.clone(),
                format!("看：{form}，好"),
                format!("\"{form}\""),
                format!("[看]({form})"),
                format!("<{form}>"),
            ] {
                assert_eq!(links(&text), [long], "{text}");
                assert!(has_link(text.as_bytes()), "{text}");
            }
        }
        let short = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA";
        for text in [short.to_owned(), format!("https://x.example/?url={}%3Fscene%3D1&y=2", once(short))] {
            assert_eq!(links(&text), [short], "{text}");
        }
    }

    #[test]
    fn other_hosts_and_pages_are_no_articles() {
        for text in [
            "https://xmp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA",
            "https://a.mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA",
            "https://mp.weixin.qq.com.example/s/AAAAAAAAAAAAAAAAAAAAAA",
            "https://mp.weixin.qq.com/mp/profile_ext?action=home",
            "https://mp.weixin.qq.com/",
        ] {
            assert_eq!(links(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn the_redirector_belongs_to_the_link() {
        let text = "题目 https://link.zhihu.com/?target=https%3A//mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA 尾";
        let place = places(text).next().unwrap();
        assert_eq!((&text[..place.start], &text[place.end..]), ("题目 ", " 尾"));
    }
}
