//! Extracts media embedded in a page (`data:` URIs), as SingleFile saves pages: in `src` next to the original address,
//! in `src` alone, or once in a style that several images refer to.

use std::collections::BTreeMap;
use std::io::Read as _;

use memchr::memmem;
use percent_encoding::percent_decode;

use super::scan;
use crate::html::ORIGINALS;
use crate::model::body::MEDIA_SCHEME;
use crate::model::sniff::sniff;
use crate::model::{MediaKey, Sha256};
use crate::parse::container::transfer::Base64Reader;

/// Minimum length of a medium; shorter ones are placeholders like the platform's single pixel.
const LEAST: usize = 200;
/// Prefixes of SingleFile's and Save Page WE's CSS variables for an image shared by several elements.
const VARIABLES: [&[u8]; 2] = [b"--sf-img-", b"--savepage-url-"];
/// The comment before an image in a style in which Save Page WE records its address.
const SAVEPAGE: &[u8] = b"/*savepage-url=";

/// A medium embedded in a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inline {
    /// The key of its original address or else of its bytes.
    pub key: MediaKey,
    /// The decoded bytes.
    pub bytes: Vec<u8>,
}

/// Decodes a `data:` URI if it is a medium.
fn medium(uri: &[u8]) -> Option<Vec<u8>> {
    let rest = uri.get(..5).filter(|start| start.eq_ignore_ascii_case(b"data:")).map(|_| &uri[5..])?;
    let comma = memchr::memchr(b',', &rest[..rest.len().min(200)])?;
    let (head, data) = (&rest[..comma], &rest[comma + 1..]);
    if data.len() < LEAST {
        return None;
    }
    let bytes = if head.to_ascii_lowercase().ends_with(b";base64") {
        let mut bytes = Vec::with_capacity(data.len() / 4 * 3);
        Base64Reader::new(data).read_to_end(&mut bytes).ok()?;
        bytes
    } else {
        percent_decode(data).collect()
    };
    let kind = sniff(&bytes)?;
    // An SVG is usually a placeholder whose picture is in a style; in an `img` it may contain script.
    let is_medium = kind.is_image() && kind.mime != "image/svg+xml" || kind.is_audio() || kind.is_video();
    is_medium.then_some(bytes)
}

/// Returns the key of a medium without an address: its digest.
fn key_of(bytes: &[u8]) -> MediaKey {
    MediaKey::of_url(&format!("inline:{}", Sha256::of(bytes).hex()))
}

/// Returns the end of a `data:` URI that begins at `start`: the quote, bracket or entity that closes its context.
fn end_of_uri(html: &[u8], start: usize) -> usize {
    let rest = &html[start..];
    let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\'' | b')' | b'>' | b'<' | b'&' | b' ' | b'\n'));
    start + end.unwrap_or(rest.len())
}

/// Reports whether a page has embedded media; most have none.
pub fn has_any(page: &[u8]) -> bool {
    memmem::find(page, b"data:image/").is_some()
        || memmem::find(page, b"data:audio/").is_some()
        || memmem::find(page, b"data:video/").is_some()
}

/// Returns the media next to their original address: `<img data-src="https://…" src="data:…">`.
pub fn with_addresses(page: &[u8]) -> Vec<Inline> {
    let variables = Variables::of(page);
    let mut found = Vec::new();
    for tag in scan::tags(page, b"<img") {
        let original = ORIGINALS.iter().find_map(|name| tag.attribute(name));
        let Some(address) = original.and_then(|address| crate::parse::json::url(&address)) else { continue };
        let src = tag.attribute("src").unwrap_or_default();
        let bytes = medium(src.as_bytes()).or_else(|| variables.of_style(tag.attribute("style")?.as_bytes()));
        if let Some(bytes) = bytes.filter(|_| address.starts_with("http")) {
            found.push(Inline { key: MediaKey::of_url(&address), bytes });
        }
    }
    found
}

/// Extracts the media of a body: each `data:` URI is replaced by a reference to a medium. Styles are looked up in
/// `page`.
pub fn take_out(body: &str, page: &[u8]) -> (String, Vec<Inline>) {
    let html = body.as_bytes();
    let variables = Variables::of(page);
    let mut media: BTreeMap<MediaKey, Vec<u8>> = BTreeMap::new();
    let mut out = String::new();
    let mut written = 0;
    for start in memmem::find_iter(html, b"data:") {
        let Some(before) = start.checked_sub(1).map(|before| html[before]) else { continue };
        if start < written || !b"\"'(=;".contains(&before) {
            continue;
        }
        let mut end = end_of_uri(html, start);
        let bytes = medium(&html[start..end]).or_else(|| {
            // A placeholder, whose picture is named in the style of the same element. A literal placeholder may contain
            // any characters and ends at its own closing quote.
            end = match before {
                b'=' => end_of_uri(html, start),
                quote => start + memchr::memchr(quote, &html[start..])?,
            };
            let open = memchr::memrchr(b'<', &html[..start])?;
            variables.of_style(scan::Tag::at(html, open)?.attribute("style")?.as_bytes())
        });
        if let Some(bytes) = bytes {
            let key = address_before(html, start).map_or_else(|| key_of(&bytes), |address| MediaKey::of_url(&address));
            out.extend([&body[written..start], MEDIA_SCHEME, key.as_str()]);
            media.entry(key).or_insert(bytes);
            written = end;
        }
    }
    out.push_str(&body[written..]);
    let out = variables.put_in(&out, &mut media);
    (out, media.into_iter().map(|(key, bytes)| Inline { key, bytes }).collect())
}

/// Returns the addresses recorded before images in styles by the program that embedded them.
pub fn noted_addresses(body: &str) -> BTreeMap<MediaKey, String> {
    let html = body.as_bytes();
    let address = |start: usize| {
        let rest = &body[start + SAVEPAGE.len()..];
        crate::parse::json::url(rest.split("*/").next()?).filter(|url| url.starts_with("http"))
    };
    let found = memmem::find_iter(html, SAVEPAGE).filter_map(address);
    found.map(|address| (MediaKey::of_url(&address), address)).collect()
}

/// Returns the address of the image at `start` of a style, if the program that embedded it recorded the address before
/// the `url(`.
fn address_before(html: &[u8], start: usize) -> Option<String> {
    let before = &html[start.saturating_sub(2_000)..start];
    let before = without_quote(before.trim_ascii_end());
    let before = before.strip_suffix(b"url(").unwrap_or(before).trim_ascii_end().strip_suffix(b"*/")?;
    let at = memmem::rfind(before, SAVEPAGE)? + SAVEPAGE.len();
    let address = std::str::from_utf8(&before[at..]).ok()?;
    crate::parse::json::url(address).filter(|url| url.starts_with("http") && !url.contains("*/"))
}

/// Removes a quote at the end.
fn without_quote(bytes: &[u8]) -> &[u8] {
    [&b"\""[..], b"'", b"&quot;", b"&#34;", b"&#39;"]
        .iter()
        .find_map(|quote| bytes.strip_suffix(*quote))
        .unwrap_or(bytes)
}

/// Images that styles hold for several elements, by the name of their variable.
struct Variables<'a>(BTreeMap<&'a [u8], &'a [u8]>);

impl<'a> Variables<'a> {
    fn of(page: &'a [u8]) -> Self {
        let mut found = BTreeMap::new();
        let all = VARIABLES.iter().flat_map(|name| memmem::find_iter(page, name).map(|start| (start, name.len())));
        for (start, length) in all {
            let rest = &page[start + length..];
            let digits = rest.iter().take(8).take_while(|byte| byte.is_ascii_digit()).count();
            let Some(value) = rest[digits..].trim_ascii_start().strip_prefix(b":") else { continue };
            let Some(value) = value.trim_ascii_start().strip_prefix(b"url(") else { continue };
            let value = value.trim_ascii_start();
            let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
            found.entry(&page[start..start + length + digits]).or_insert(&value[..end_of_uri(value, 0)]);
        }
        Self(found)
    }

    fn of_style(&self, style: &[u8]) -> Option<Vec<u8>> {
        memmem::find_iter(style, b"var(").find_map(|at| medium(self.0.get(name_of(&style[at + 4..]))?))
    }

    /// Replaces the variables in the body's styles with references to their images, except in an `img`, whose source
    /// the variable is.
    fn put_in(&self, body: &str, media: &mut BTreeMap<MediaKey, Vec<u8>>) -> String {
        let html = body.as_bytes();
        let mut out = String::with_capacity(body.len());
        let mut written = 0;
        for start in memmem::find_iter(html, b"var(").filter(|_| !self.0.is_empty()) {
            let name = name_of(&html[start + 4..]);
            let Some(end) = memchr::memchr(b')', &html[start..]).map(|end| start + end + 1) else { break };
            let of_image = memchr::memrchr(b'<', &html[..start])
                .and_then(|open| scan::Tag::at(html, open))
                .is_none_or(|tag| tag.name().eq_ignore_ascii_case(b"img") || tag.end <= start);
            let Some(bytes) = self.0.get(name).filter(|_| !of_image && start >= written).and_then(|uri| medium(uri))
            else {
                continue;
            };
            let key = address_before(html, start).map_or_else(|| key_of(&bytes), |address| MediaKey::of_url(&address));
            out.extend([&body[written..start], "url(", MEDIA_SCHEME, key.as_str(), ")"]);
            media.entry(key).or_insert(bytes);
            written = end;
        }
        out.push_str(&body[written..]);
        out
    }
}

/// Returns the name of the variable at the beginning of `text`.
fn name_of(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_start();
    let end = text.iter().position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b'_'));
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::*;

    fn picture(seed: u8) -> (Vec<u8>, String) {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(std::iter::repeat_n(seed, 200));
        let uri = format!("data:image/png;base64,{}", base64::engine::general_purpose::STANDARD.encode(&bytes));
        (bytes, uri)
    }

    #[test]
    fn media_are_named_in_their_place() {
        let ((one, one_uri), (two, two_uri)) = (picture(1), picture(2));
        let svg = "data:image/svg+xml,<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\"></svg>";
        let page = format!("<style>:root{{--sf-img-4: url(\"{two_uri}\")}}</style>");
        let shared = "style='background-image:var(--sf-img-4)!important'";
        let pixel = "<img src=\"data:image/gif;base64,R0lGOD\">";
        let body = |one: &str, two: &str| {
            format!(
                "<p>data: 图</p><img src=\"{one}\"><section style='background:url({one})'></section><img src='{two}' {shared}>{pixel}"
            )
        };
        let (html, media) = take_out(&body(&one_uri, svg), page.as_bytes());
        let name = |bytes: &[u8]| format!("{MEDIA_SCHEME}{}", key_of(bytes).as_str());
        assert_eq!(html, body(&name(&one), &name(&two)));
        let mut bytes: Vec<Vec<u8>> = media.into_iter().map(|medium| medium.bytes).collect();
        bytes.sort();
        assert_eq!(bytes, [one, two]);
    }

    #[test]
    fn grounds_are_known_by_the_address_before_them_and_by_their_variables() {
        let ((one, one_uri), (two, two_uri)) = (picture(5), picture(6));
        let page = format!("<style>:root{{--savepage-url-3:url({two_uri});}}</style>");
        let body = format!(
            "<p style=\"background:/*savepage-url=https://mmbiz.qpic.cn/mmbiz_png/Ground/640*/url({one_uri})\"><b style='background:var(--savepage-url-3)'></b>"
        );
        let (html, media) = take_out(&body, page.as_bytes());
        let key = MediaKey::of_url("https://mmbiz.qpic.cn/mmbiz_png/Ground/0");
        assert!(html.contains(&format!("*/url({MEDIA_SCHEME}{})", key.as_str())), "{html}");
        assert!(html.contains(&format!("background:url({MEDIA_SCHEME}{})'", key_of(&two).as_str())), "{html}");
        assert!(media.contains(&Inline { key, bytes: one }) && media.len() == 2);
    }

    #[test]
    fn media_beside_their_address_are_known_by_it() {
        let (bytes, uri) = picture(3);
        let page = format!(
            "<img data-src=\"https://mmbiz.qpic.cn/mmbiz_png/Inline/640?a=1&amp;wx_fmt=png\" src=\"{uri}\">\
             <img data-src=\"https://a/b\" src=\"c.png\">"
        );
        let key = MediaKey::of_url("https://mmbiz.qpic.cn/mmbiz_png/Inline/0");
        assert_eq!(with_addresses(page.as_bytes()), [Inline { key, bytes }]);
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read_without_harm(parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "data:", "image/png;base64,", "image/svg+xml,", "iVBORw0KGgoAAAAN", "\"", "'", "<img ", "src=", ">", "url(", ")",
                "--sf-img-1", ":", "var(--sf-img-1)", "style=", "汉", "&", " ",
            ]),
            0..40,
        )) {
            let text = parts.concat();
            let (html, _) = take_out(&text, text.as_bytes());
            proptest::prop_assert!(html.len() <= text.len() + 64 * parts.len());
            let _ = with_addresses(text.as_bytes());
        }
    }
}
