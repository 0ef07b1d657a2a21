//! Records the platform addresses that a body names but does not show: in a dropped element, an unknown attribute, or a
//! style that does not pass. Pictures are recorded as media as well, so that they are archived or listed as missing.

use std::collections::BTreeSet;

use ego_tree::NodeRef;
use scraper::Node;
use scraper::node::Element;

use super::address;
use super::image::ORIGINALS;
use super::walk::Walk;
use crate::model::body::LeftOut;
use crate::model::wrapped::{host_of, is_platform_host, unwrapped};
use crate::model::{MediaKey, MediaRef, MediaRole, article_url};

/// Limit of the addresses recorded for one body.
const MOST: usize = 10_000;

/// Addresses of the platform, with their element and attribute.
#[derive(Debug, Default)]
pub(super) struct Addresses(Vec<LeftOut>);

impl Addresses {
    /// Records the addresses in the attributes of an element; `shown` if the walk has recorded media or links of it.
    pub(super) fn of_element(&mut self, element: &Element, shown: bool) {
        let name = element.name();
        if name == "script" {
            return;
        }
        for (attribute, value) in element.attrs() {
            // Other renditions of a displayed picture, and the target of a kept link.
            let told = match name {
                "img" | "image" => {
                    matches!(attribute, "src" | "href" | "srcset" | "data-srcset" | "data-backsrc")
                        || ORIGINALS.contains(&attribute)
                }
                "a" => attribute == "href",
                _ => false,
            };
            if !(shown && told) {
                self.of_value(name, attribute, value);
            }
        }
    }

    /// Records the addresses in a style sheet, or in markup that the parser treats as text.
    pub(super) fn of_text(&mut self, node: NodeRef<'_, Node>, text: &str) {
        // The parser treats the content of these as text.
        const RAW: &[&str] = &["style", "noscript", "noembed", "noframes", "textarea"];
        let parent = node.parent();
        let Some(parent) = parent.as_ref().and_then(|parent| parent.value().as_element()) else { return };
        if RAW.contains(&parent.name()) {
            self.of_value(parent.name(), "", text);
        }
    }

    fn of_value(&mut self, element: &str, attribute: &str, value: &str) {
        for url in platform_urls(value) {
            if self.0.len() < MOST {
                let element = element.chars().take(60).collect();
                self.0.push(LeftOut { element, attribute: attribute.chars().take(60).collect(), url });
            }
        }
    }
}

impl Walk<'_> {
    /// Records the addresses that no medium, link or widget of the body names.
    pub(super) fn leave_out(&mut self) {
        let addresses = std::mem::take(&mut self.addresses.0);
        if addresses.is_empty() {
            return;
        }
        let mut told: BTreeSet<String> = self.body.links.iter().map(|link| link.href.clone()).collect();
        let noted = self.body.widgets.iter().flat_map(|widget| widget.data.values());
        told.extend(noted.flat_map(|value| platform_urls(value)).map(|url| normal(&url)));
        for left in addresses {
            let is_picture = is_picture(&left.url);
            let key = MediaKey::of_url(&left.url);
            if self.seen.contains_key(&key) || !told.insert(normal(&left.url)) {
                continue;
            }
            if is_picture {
                self.note(MediaRef::at(left.url.clone(), MediaRole::Image));
            }
            self.body.left_out.push(LeftOut { url: normal(&left.url), ..left });
        }
    }
}

/// Returns an address without the keys of the visitor who saved the page.
fn normal(url: &str) -> String {
    address::link(url, None).unwrap_or_else(|| url.split(['?', '#']).next().unwrap_or(url).to_owned())
}

fn is_picture(url: &str) -> bool {
    host_of(url).is_some_and(|host| {
        let host = host.to_ascii_lowercase();
        (host.ends_with("qpic.cn") || host.ends_with("qlogo.cn")) && !host.starts_with("mpvideo")
    })
}

/// Returns the platform addresses in a value: plain, percent-encoded, or wrapped by a proxy.
fn platform_urls(value: &str) -> Vec<String> {
    // Nearly all values have none.
    if !value.contains("qq.com") && !value.contains("qpic.cn") && !value.contains("qlogo.cn") {
        return Vec::new();
    }
    let mut text = article_url::decode(value);
    if text.contains("%2F%2F") || text.contains("%2f%2f") {
        text = percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned();
    }
    let mut urls: Vec<String> = Vec::new();
    let mut from = 0;
    while let Some(found) = text[from..].find("//") {
        let at = from + found;
        let ends = |c: char| {
            c.is_whitespace()
                || matches!(c, '"' | '\'' | '<' | '>' | '(' | ')' | '\\' | '`' | '{' | '}' | ';')
                || !c.is_ascii()
        };
        let end = text[at..].find(ends).map_or(text.len(), |end| at + end);
        from = end.max(at + 2);
        let scheme = if text[..at].ends_with("http:") { "http:" } else { "https:" };
        let url = format!("{scheme}{}", text[at..end].trim_end_matches([',', '.', '*', '/']));
        let url = unwrapped(&url).unwrap_or(url);
        let path = host_of(&url).filter(|host| is_platform_host(host)).and_then(|host| url.split_once(host));
        if path.is_some_and(|(_, path)| path.trim_matches('/').len() > 1) && !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::{SanitiseOptions, sanitise};

    #[test]
    fn a_picture_in_any_place_is_a_medium() {
        const URL: &str = "https://mmbiz.qpic.cn/mmbiz_png/AnyPlace/640?wx_fmt=png";
        let encoded = URL.replace(':', "%3A").replace('/', "%2F").replace('?', "%3F").replace('=', "%3D");
        for shape in [
            "<img data-src='URL'>",
            "<IMG SRC=URL>",
            "<img srcset='URL 2x, a.png 1x'>",
            "<img src='data:image/gif;base64,AA' data-anything='URL'>",
            "<embed src='URL'>",
            "<object data='URL'></object>",
            "<object type='image/svg+xml' data='URL'><p>x</p></object>",
            "<input type=image src='URL'>",
            "<picture><source srcset='URL'></picture>",
            "<picture><source srcset='URL'><img></picture>",
            "<video poster='URL'></video>",
            "<video src='https://mpvideo.qpic.cn/a/b.mp4' poster='URL'></video>",
            "<svg><image href='URL'/></svg>",
            "<svg><image xlink:href='URL'/></svg>",
            "<svg><image data-src='URL'/></svg>",
            "<svg><feImage href='URL'/></svg>",
            "<svg style='background:url(URL)'></svg>",
            "<table background='URL'><tr><td>x</table>",
            "<section data-bg='URL'>x</section>",
            "<section data-lazy-bgimg='URL'>x</section>",
            "<section style='background-image:url(URL)'>x</section>",
            "<section style='background-image:/*a*/url(&quot;URL&quot;)'>x</section>",
            "<section style='background-image:image-set(url(URL) 1x)'>x</section>",
            "<section style='border-image:url(URL) 30'>x</section>",
            "<section style='list-style-image:url(URL)'>x</section>",
            "<section style='-webkit-mask-image:url(URL)'>x</section>",
            "<section style='content:url(URL)'>x</section>",
            "<section style='cursor:url(URL),auto'>x</section>",
            "<section style='--x:url(URL)'>x</section>",
            "<section style='background:url(URL'>x</section>",
            "<style>.a{background:url(URL)}</style><p class=a>x</p>",
            "<noscript><img src='URL'></noscript>",
            "<template><img src='URL'></template>",
            "<iframe data-cover='ENCODED' data-mpvid='wxv_12345'></iframe>",
            "<mp-common-new data-cover='ENCODED'></mp-common-new>",
            "<canvas data-src='URL'></canvas>",
            "<button style='background:url(URL)'>x</button>",
            "<math><mi style='background:url(URL)'>x</mi></math>",
            "<img src='https://images.weserv.nl/?url=ENCODED'>",
        ] {
            let raw = shape.replace("URL", URL).replace("ENCODED", &encoded);
            let body = sanitise(&raw, &SanitiseOptions::default());
            let key = MediaKey::of_url(URL);
            assert!(body.media.iter().any(|medium| medium.key == key), "{raw}\n{body:#?}");
            let again = sanitise(&body.html, &SanitiseOptions::default());
            assert_eq!(again.html, body.html, "{raw}");
        }
    }

    #[test]
    fn what_is_shown_or_linked_is_not_left_out() {
        let raw = "<p><a href='https://mp.weixin.qq.com/s/AbCdEf?uin=1'>x</a><img data-src='https://mmbiz.qpic.cn/mmbiz_png/A/640' data-croporisrc='https://mmbiz.qpic.cn/mmbiz_png/B/0'>https://mmbiz.qpic.cn/mmbiz_png/C/0</p>";
        assert_eq!(sanitise(raw, &SanitiseOptions::default()).left_out, []);
        let body = sanitise(
            "<embed src='https://v.qq.com/x/page/abc123.html'><area href='https://mp.weixin.qq.com/s/AbC?key=SECRET'>",
            &SanitiseOptions::default(),
        );
        assert!(body.html.contains("v.qq.com"), "{body:?}");
        assert_eq!(body.left_out.len(), 1, "{body:?}");
        assert!(!body.left_out[0].url.contains("SECRET"));
    }
}
