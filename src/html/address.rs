//! Handles URLs in bodies: which may stay, how a medium is identified, and what is removed from a link.

use url::Url;

use crate::model::article_url;
use crate::model::body::MEDIA_SCHEME;
use crate::model::wrapped::unwrapped;
use crate::model::{MediaKey, MediaRef, MediaRole};
use crate::secret;

/// Query keys of the platform that describe the visitor of a page. They and the secret keys, which [`secret`] knows,
/// are always removed from links to the platform.
const VISITOR_KEYS: &[&str] =
    &["abtest_cookie", "ascene", "devicetype", "lang", "poc_token", "version", "wx_header", "x5"];

/// Returns the form in which a link is archived: decoded, absolute, `http`, `https` or `mailto`, without visitor keys
/// if it leads to the platform, and without secrets wherever it leads. `None` for everything else.
pub(super) fn link(href: &str, page: Option<&Url>) -> Option<String> {
    let text = article_url::decode(href);
    if text.is_empty() || text.starts_with('#') || text.len() > 8_000 {
        return None;
    }
    let mut url = match Url::parse(&text) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => page?.join(&text).ok()?,
        Err(_) => return None,
    };
    match url.scheme() {
        "mailto" => return Some(url.to_string()),
        "http" | "https" if url.host_str().is_some_and(|host| !host.is_empty()) => {}
        _ => return None,
    }
    let platform = url.host_str().is_some_and(|host| host == "weixin.qq.com" || host.ends_with(".weixin.qq.com"));
    let had_login = !url.username().is_empty() || url.password().is_some();
    if had_login {
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
    }
    let goes = |pair: &str| if platform { is_visitor_pair(pair) } else { secret::is_secret_pair(pair) };
    if url.query().is_some_and(|query| query.split('&').any(goes)) {
        let kept: Vec<&str> = url.query().unwrap_or_default().split('&').filter(|pair| !goes(pair)).collect();
        let kept = kept.join("&");
        url.set_query((!kept.is_empty()).then_some(kept.as_str()));
        return Some(url.to_string());
    }
    // Kept as written where that is safe: a re-encoded link would be another string to search for.
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\'));
    let absolute = text.starts_with("http://") || text.starts_with("https://");
    Some(if plain && absolute && !had_login { text } else { url.to_string() })
}

fn is_visitor_pair(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or(pair);
    secret::is_secret_name(name) || VISITOR_KEYS.binary_search(&name).is_ok()
}

/// Medium that a page names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// A raster image embedded in the page, unchanged.
    Inline(String),
    /// A medium with a key.
    Medium(Box<MediaRef>),
}

/// Reads the value of a `src`. `None` for placeholders and for values that name no medium.
pub(super) fn medium(value: &str, role: MediaRole, page: Option<&Url>, scope: &str) -> Option<Named> {
    let value = value.trim();
    if let Some(key) = value.strip_prefix(MEDIA_SCHEME) {
        let key = MediaKey::from_text(key)?;
        return Some(Named::Medium(Box::new(MediaRef { key, urls: Vec::new(), ..MediaRef::at("", role) })));
    }
    let head = value.get(..5).unwrap_or_default();
    if head.eq_ignore_ascii_case("data:") {
        return inline_image(value).map(Named::Inline);
    }
    let text = article_url::decode(value);
    if text.is_empty() || text.len() > 8_000 || text.contains(char::is_control) {
        return None;
    }
    let text = unwrapped(&text).unwrap_or(text);
    match Url::parse(&text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Some(remote(&text, &url, role)),
        Ok(url) if url.scheme() == "cid" => part_name(&text).map(|name| beside(name, role, scope)),
        Ok(_) => None,
        Err(_) if text.starts_with("//") => {
            let url = Url::parse(&format!("https:{text}")).ok()?;
            Some(remote(url.as_str(), &url, role))
        }
        Err(_) if text.starts_with('/') => {
            let url = page?.join(&text).ok()?;
            Some(remote(url.as_str(), &url, role))
        }
        Err(_) => local_name(&text).map(|name| beside(name, role, scope)),
    }
}

/// Creates the reference to a medium of this page alone: a file next to it, or a part of the same message.
fn beside(name: String, role: MediaRole, scope: &str) -> Named {
    let key = MediaKey::of_url(&format!("local:{scope}/{name}"));
    Named::Medium(Box::new(MediaRef { key, urls: Vec::new(), local: Some(name), ..MediaRef::at("", role) }))
}

/// Normalizes a `Content-ID` URL (`cid:`, RFC 2392), which names a part of the page's message, so that both sides can
/// be compared. `None` for anything else.
pub fn part_name(url: &str) -> Option<String> {
    let id = url.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("cid:")).and_then(|_| url.get(4..))?;
    let id = percent_encoding::percent_decode_str(id).decode_utf8().ok()?;
    let plain = !id.is_empty() && id.len() < 1_000 && !id.contains(['/', '\\']) && !id.contains(char::is_control);
    plain.then(|| format!("cid:{id}"))
}

/// Decodes the name of a file next to the page; `None` if it is not such a name.
pub(super) fn local_name(value: &str) -> Option<String> {
    let path = value.split(['?', '#']).next().unwrap_or(value);
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    let path = decoded.trim().trim_start_matches("./").to_owned();
    let outside = path.split(['/', '\\']).any(|part| part == "..") || path.starts_with('/') || path.contains(':');
    (!path.is_empty() && !outside && !path.contains(char::is_control)).then_some(path)
}

fn remote(text: &str, url: &Url, role: MediaRole) -> Named {
    let mut medium = MediaRef::at(text, role);
    medium.urls = candidates(text, url);
    Named::Medium(Box::new(medium))
}

/// Returns the URLs of a medium, best rendition first: on the platform's image hosts `/0` is the original.
fn candidates(text: &str, url: &Url) -> Vec<String> {
    let as_given = text.split('#').next().unwrap_or(text).to_owned();
    let platform = url.host_str().is_some_and(|host| host.ends_with(".qpic.cn"));
    let parts: Vec<&str> = url.path().trim_start_matches('/').split('/').collect();
    if !platform || parts.len() < 2 || parts[1].is_empty() {
        return vec![as_given];
    }
    let mut whole = format!("https://{}/{}/{}/0", url.host_str().unwrap_or_default(), parts[0], parts[1]);
    if let Some((_, format)) = url.query_pairs().find(|(name, _)| name == "wx_fmt")
        && !format.is_empty()
        && format.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        whole.push_str("?wx_fmt=");
        whole.push_str(&format);
    }
    if whole == as_given { vec![whole] } else { vec![whole, as_given] }
}

/// Accepts `data:` images in base64 that are rasters and larger than a placeholder (the platform's is one pixel).
fn inline_image(value: &str) -> Option<String> {
    const FORMATS: &[&str] =
        &["image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp", "image/avif", "image/bmp"];
    let (head, data) = value[5..].split_once(',')?;
    let format = head.strip_suffix(";base64")?.to_ascii_lowercase();
    let data: String = data.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let plain = data.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
    (FORMATS.contains(&format.as_str()) && plain && (200..=8_000_000).contains(&data.len()))
        .then(|| format!("data:{format};base64,{data}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visitor_keys_are_sorted() {
        assert!(VISITOR_KEYS.is_sorted());
    }

    #[test]
    fn links_lose_what_tells_of_the_visitor() {
        let page = Url::parse("https://mp.weixin.qq.com/s/AbC").ok();
        let run = |href: &str| link(href, page.as_ref());
        assert_eq!(run("https://example.com/a?key=1&amp;amp;b=2").as_deref(), Some("https://example.com/a?key=1&b=2"));
        assert_eq!(
            run("http://mp.weixin.qq.com/s?__biz=Mz==&amp;mid=1&uin=MTIz&key=abc#rd").as_deref(),
            Some("http://mp.weixin.qq.com/s?__biz=Mz==&mid=1#rd")
        );
        assert_eq!(
            run("/mp/appmsgalbum?album_id=7").as_deref(),
            Some("https://mp.weixin.qq.com/mp/appmsgalbum?album_id=7")
        );
        assert_eq!(run("https://me:secret@example.com/").as_deref(), Some("https://example.com/"));
        assert_eq!(run("mailto:a@example.com").as_deref(), Some("mailto:a@example.com"));
        for bad in [
            "javascript:alert(1)",
            "JaVa\tScript:alert(1)",
            " data:text/html,x",
            "#top",
            "",
            "vbscript:x",
            "file:///etc/passwd",
            "weixin://dl/x",
            "http://",
        ] {
            assert_eq!(run(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_original_rendition_comes_first() {
        let Some(Named::Medium(medium)) = medium(
            "https://mmbiz.qpic.cn/sz_mmbiz_png/Id/640?wx_fmt=png&from=appmsg&tp=webp#imgIndex=1",
            MediaRole::Image,
            None,
            "",
        ) else {
            panic!("no medium")
        };
        assert_eq!(
            medium.urls,
            [
                "https://mmbiz.qpic.cn/sz_mmbiz_png/Id/0?wx_fmt=png",
                "https://mmbiz.qpic.cn/sz_mmbiz_png/Id/640?wx_fmt=png&from=appmsg&tp=webp"
            ]
        );
    }

    #[test]
    fn files_beside_the_page_are_named() {
        let run = |value: &str| match medium(value, MediaRole::Image, None, "page") {
            Some(Named::Medium(medium)) => medium.local,
            _ => None,
        };
        assert_eq!(run("./%E6%96%87_files/640%20(1).png?x").as_deref(), Some("文_files/640 (1).png"));
        assert_eq!(run("CID:image%2B1@x").as_deref(), Some("cid:image+1@x"), "a part of the same message");
        for bad in [
            "cid:",
            "cid:a/../b",
            "../../etc/passwd",
            "a/../../b",
            "C:\\x.png",
            "/etc/passwd",
            "data:image/png;base64,AAAA",
        ] {
            assert_eq!(run(bad), None, "{bad}");
        }
    }
}
