//! Finds the original address of a page where programs that save pages record it. This one table serves the article's
//! identity and every other reader of HTML.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem;
use regex::bytes::Regex;

use super::dom::wall_time;
use super::scan;
use crate::model::wrapped::unwrapped;
use crate::model::{ArticleUrl, Time};
use crate::parse::page;

/// Number of bytes searched at a page's beginning: programs write before the text, at most after styles.
const HEAD: usize = 256 * 1024;
/// Number of bytes searched at a page's end, where web archives sign.
const TAIL: usize = 16 * 1024;

/// Names of `<meta>` tags with the address, the savers' own before the page's.
const METAS: &[&str] = &[
    "savepage-url",
    "savepage-from",
    "source-url",
    "source_url",
    "original-url",
    "original_url",
    "original-source",
    "clip-source",
    "clipped-from",
    "og:url",
    "twitter:url",
    "al:web:url",
    "url",
    "identifier",
    "dc.source",
    "dc.identifier",
    "source",
];

/// Relations of a `<link>` to the page itself.
const RELATIONS: &[&str] = &["canonical", "original", "shortlink", "bookmark", "source"];

/// Returns the article that a page is a copy of, from all statements in it. The first statement takes precedence.
pub fn article(page: &[u8]) -> ArticleUrl {
    let head = head(page);
    let said = saved_from(page).into_iter();
    let said = said.chain(metas(head)).chain(links(head));
    said.fold(ArticleUrl::default(), page::joined)
}

/// Returns the article recorded by the program that saved the page, in a comment or in an attribute of the root.
///
/// SingleFile (`url: …`), browsers (`saved from url=(0043)…`), MaoXian (`OriginalSrc: …`), HTTrack (`Mirrored from …`)
/// and others write a comment before the text; WebScrapBook writes `data-scrapbook-source`.
pub fn saved_from(page: &[u8]) -> Option<ArticleUrl> {
    let head = head(page);
    let body = scan::tags(head, b"<body").next();
    let comments = comments(&head[..body.map_or(head.len(), |body| body.start)]);
    let in_comment = comments.into_iter().find_map(|comment| single(&String::from_utf8_lossy(comment)));
    in_comment.or_else(|| {
        let roots = scan::tags(head, b"<html").take(1).chain(body);
        roots
            .flat_map(|tag| tag.attributes().map(|(_, value)| value).collect::<Vec<_>>())
            .find_map(|value| of_url(&value))
    })
}

/// Returns the time when the page was saved, if the program recorded it to the second.
pub fn saved_at(page: &[u8]) -> Option<Time> {
    let head = head(page);
    for comment in comments(head) {
        let text = String::from_utf8_lossy(comment);
        let Some((_, date)) = text.split_once("saved date:").or_else(|| text.split_once("Saved date:")) else {
            continue;
        };
        let date = date.trim();
        if let Some(time) = script_date(date.lines().next().unwrap_or(date)) {
            return Some(time);
        }
    }
    let stamp = WRAPPER.captures(head).or_else(|| WRAPPER.captures(tail(page)));
    stamp.and_then(|found| compact(std::str::from_utf8(found.name("time")?.as_bytes()).ok()?))
}

/// Parses a date as scripts print it: `Wed May 01 2024 08:10:00 GMT+0800`.
fn script_date(text: &str) -> Option<Time> {
    let mut parts = text.split_whitespace().skip(1);
    let (month, day, year, time, zone) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let zone = zone.strip_prefix("GMT").or_else(|| zone.strip_prefix("UTC")).filter(|zone| zone.len() == 5)?;
    let text = format!("{month} {day} {year} {time} {zone}");
    jiff::fmt::strtime::parse("%b %d %Y %H:%M:%S %z", text).ok()?.to_timestamp().ok().map(Time::from_timestamp)
}

/// Parses a UTC time as web archives write it: `20240106010203`.
fn compact(text: &str) -> Option<Time> {
    jiff::fmt::strtime::parse("%Y%m%d%H%M%S%z", format!("{text}+0000"))
        .ok()?
        .to_timestamp()
        .ok()
        .map(Time::from_timestamp)
}

/// The prefix with a time that a web archive adds to an address.
static WRAPPER: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = concat!(
        r"(?-u)(?:(?:https?:)?(?:\\?/){2}[A-Za-z0-9.-]+(?::[0-9]+)?)?(?:\\?/[A-Za-z0-9_-]{1,40}){0,3}",
        r"\\?/(?P<time>[0-9]{4,14})(?:[a-z]{2}_)?\\?/(?P<scheme>https?:\\?/\\?/)"
    );
    // The pattern is a constant; a test compiles it.
    Regex::new(pattern).unwrap_or_else(|_| unreachable!("a constant pattern"))
});

/// Restores the addresses of a page that a web archive rewrote.
pub fn unarchived(page: &[u8]) -> Cow<'_, [u8]> {
    const SIGNS: &[&[u8]] = &[b"archive.org/_static", b"web-static.archive.org", b"FILE ARCHIVED ON", b"wombat.js"];
    let head = head(page);
    let signed =
        SIGNS.iter().any(|sign| memmem::find(head, sign).is_some() || memmem::find(tail(page), sign).is_some());
    let itself = || {
        let urls = metas_texts(head).chain(links_texts(head)).chain(comments(head).into_iter().flat_map(urls_of));
        urls.filter(|url| unwrapped(url).is_some()).any(|url| WRAPPER.is_match(url.as_bytes()))
    };
    if !signed && !itself() {
        return Cow::Borrowed(page);
    }
    WRAPPER.replace_all(page, &b"${scheme}"[..])
}

/// Returns the article of an address, including one wrapped in another address.
pub fn of_url(url: &str) -> Option<ArticleUrl> {
    let url = crate::model::article_url::decode(url);
    ArticleUrl::parse(&url).or_else(|| ArticleUrl::parse(&unwrapped(&url)?)).filter(|url| !url.temporary)
}

fn head(page: &[u8]) -> &[u8] {
    &page[..page.len().min(HEAD)]
}

fn tail(page: &[u8]) -> &[u8] {
    &page[page.len().saturating_sub(TAIL)..]
}

/// Returns the contents of the first few comments.
fn comments(html: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(start) = memmem::find(rest, b"<!--").filter(|_| found.len() < 64) {
        let inside = &rest[start + 4..];
        let Some(end) = memmem::find(inside, b"-->") else { break };
        found.push(&inside[..end]);
        rest = &inside[end..];
    }
    found
}

/// Returns the addresses in a comment, also without a scheme (`Mirrored from mp.weixin.qq.com/s/…`).
fn urls_of(comment: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(comment);
    let words =
        text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '(' | ')' | '[' | ']' | '，'));
    words
        .filter_map(|word| {
            let at = ["http:", "https:", "mp.weixin.qq.com"].iter().filter_map(|start| word.find(start)).min()?;
            Some(word[at..].trim_end_matches("--").to_owned())
        })
        .take(16)
        .collect()
}

/// Returns the article that a comment names, if it names exactly one.
fn single(comment: &str) -> Option<ArticleUrl> {
    let mut found = urls_of(comment.as_bytes()).into_iter().filter_map(|url| of_url(&url));
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

fn metas(head: &[u8]) -> impl Iterator<Item = ArticleUrl> + use<> {
    let mut found: Vec<(usize, ArticleUrl)> = Vec::new();
    for tag in scan::tags(head, b"<meta").take(128) {
        let name = ["property", "name", "itemprop"].iter().find_map(|name| tag.attribute(name));
        let Some(name) = name.map(|name| name.trim().to_ascii_lowercase()) else { continue };
        let place = METAS.iter().position(|known| *known == name);
        if let (Some(place), Some(link)) = (place, tag.attribute("content").and_then(|content| of_url(&content))) {
            found.push((place, link));
        }
    }
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, link)| link)
}

fn metas_texts(head: &[u8]) -> impl Iterator<Item = String> {
    scan::tags(head, b"<meta").take(128).filter_map(|tag| Some(tag.attribute("content")?.into_owned()))
}

fn links_texts(head: &[u8]) -> impl Iterator<Item = String> {
    let named = scan::tags(head, b"<link").take(128).filter(|tag| {
        let relation = tag.attribute("rel").unwrap_or_default().to_ascii_lowercase();
        relation.split_whitespace().any(|relation| RELATIONS.contains(&relation))
    });
    named.chain(scan::tags(head, b"<base").take(1)).filter_map(|tag| Some(tag.attribute("href")?.into_owned()))
}

fn links(head: &[u8]) -> impl Iterator<Item = ArticleUrl> {
    links_texts(head).filter_map(|url| of_url(&url))
}

/// Returns the article recorded in a file next to a clipped page: the clipper's notes as JSON (MaoXian's `index.json`)
/// or as RDF (MAFF, ScrapBook).
pub fn of_note(note: &[u8]) -> Option<ArticleUrl> {
    const KEYS: &[&str] = &["link", "url", "originalUrl", "original_url", "sourceUrl", "source_url", "source", "href"];
    let text = crate::parse::list::links::decoded(note);
    if let Ok(serde_json::Value::Object(clip)) = serde_json::from_str(&text) {
        return KEYS.iter().find_map(|key| of_url(clip.get(*key)?.as_str()?));
    }
    let rdf = text.contains("originalurl") || text.contains("rdf:RDF") || text.contains("RDF:RDF");
    rdf.then(|| single(&text.replace('=', " "))).flatten().or_else(|| {
        let at = text.find("originalurl")?;
        text[at..].split(['"', '\'']).find_map(of_url)
    })
}

/// Returns the machine-readable time of publication in the page's head.
pub fn published(page: &[u8]) -> Option<Time> {
    const NAMES: &[&str] = &[
        "article:published_time",
        "og:article:published_time",
        "datepublished",
        "og:release_date",
        "publishdate",
        "pubdate",
    ];
    scan::tags(head(page), b"<meta").take(128).find_map(|tag| {
        let name = ["property", "name", "itemprop"].iter().find_map(|name| tag.attribute(name))?;
        NAMES.contains(&name.trim().to_ascii_lowercase().as_str()).then_some(())?;
        let text = tag.attribute("content")?;
        let text = text.trim();
        let instant: Option<jiff::Timestamp> = text.parse().ok();
        instant.map(Time::from_timestamp).or_else(|| wall_time(text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: &str = "https://mp.weixin.qq.com/s/SaverTable0000000000001";

    #[test]
    fn every_saver_is_read() {
        for page in [
            format!("<!-- saved from url=(0043){SHORT} --><html><body>"),
            format!(
                "<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: {SHORT} \n saved date: x\n--><meta charset=utf-8>"
            ),
            format!("<html><!-- OriginalSrc: {SHORT} --><head></head><body>"),
            format!("<html><!-- Mirrored from {} by HTTrack Website Copier/3.x [XR&CO'2014] --><body>", &SHORT[8..]),
            format!("<html data-scrapbook-source=\"{SHORT}\" data-scrapbook-create='20240106010203000'><body>"),
            format!("<html data-scrapbook-source={SHORT}><body>"),
            format!("<html><head><META CONTENT='{SHORT}' NAME='savepage-url'></head><body>"),
            format!("<meta name=source-url content={SHORT}>"),
            format!("<meta property=og:url content=https://web.archive.org/web/20240106010203/{SHORT}>"),
            format!("<link href=https://archive.ph/20240106010203/{SHORT} rel=canonical>"),
            format!("<base href=\"{SHORT}\">"),
            format!("<head><meta name=viewport content=x><LINK REL='shortlink' HREF='{SHORT}'>"),
        ] {
            assert_eq!(article(page.as_bytes()), ArticleUrl::parse(SHORT).unwrap(), "{page}");
        }
        let two = format!("<!-- {SHORT} https://mp.weixin.qq.com/s/Another000000000000001 --><body>");
        assert_eq!(article(two.as_bytes()), ArticleUrl::default());
        let within = format!("<body><!-- {SHORT} --><p>");
        assert_eq!(article(within.as_bytes()), ArticleUrl::default());
    }

    #[test]
    fn a_web_archives_rewriting_is_undone() {
        let page = br#"<!-- FILE ARCHIVED ON 01:02:03 Jan 06, 2024 --><a href="/web/20240106010203/https://example.com/a">
            <img src="//web.archive.org/web/20240106010203im_/https://mmbiz.qpic.cn/a/b"><script>x = "https:\/\/web.archive.org\/web\/20240106010203\/http:\/\/mp.weixin.qq.com\/s\/x"</script>"#;
        let page = unarchived(page);
        let text = String::from_utf8_lossy(&page);
        assert!(
            text.contains("href=\"https://example.com/a\"") && text.contains("src=\"https://mmbiz.qpic.cn/a/b\""),
            "{text}"
        );
        assert!(text.contains(r#""http:\/\/mp.weixin.qq.com\/s\/x""#), "{text}");
        let plain = b"<p><a href=https://web.archive.org/web/20240106010203/https://example.com>";
        assert!(matches!(unarchived(plain), Cow::Borrowed(_)), "an author's own link stays");
    }

    #[test]
    fn the_time_of_saving_is_read_where_it_is_exact() {
        let page = "<!--\n Page saved with SingleFile \n url: x \n saved date: Wed May 01 2024 08:10:00 GMT+0800 (中国标准时间)\n-->";
        assert_eq!(saved_at(page.as_bytes()), Time::from_wall("2024-05-01 08:10"));
        let page =
            "<meta property=og:url content=https://web.archive.org/web/20240106010203/https://mp.weixin.qq.com/s/a>";
        assert_eq!(saved_at(page.as_bytes()), Time::from_wall("2024-01-06 09:02:03"));
        assert_eq!(saved_at(b"<!-- saved from url=(0001)x -->"), None);
    }

    #[test]
    fn notes_beside_a_page_are_read() {
        let found = ArticleUrl::parse(SHORT);
        assert_eq!(of_note(format!(r#"{{"clipId":"1","title":"t","link":"{SHORT}"}}"#).as_bytes()), found);
        let rdf = format!(
            r#"<RDF:RDF><RDF:Description><MAF:originalurl RDF:resource="{SHORT}"/></RDF:Description></RDF:RDF>"#
        );
        assert_eq!(of_note(rdf.as_bytes()), found);
        assert_eq!(of_note(b"[1]"), None);
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(page in r#"(<!--|-->|<meta |name=url |content=|https://mp\.weixin\.qq\.com/s/a|/web/20240106010203|[<> "'=你]){0,40}"#) {
            let _ = (article(page.as_bytes()), saved_at(page.as_bytes()), unarchived(page.as_bytes()));
            let _ = of_note(page.as_bytes());
        }
    }
}
