//! The platform's own elements, and the players: each becomes a static form that says what stood here.
//!
//! A card is a `<span class="liudi-card" data-kind="…">`, since widgets stand inside paragraphs, where the parser would
//! not leave a block. Themes give it its looks; the words in it are the author's (a name, a title), with the
//! kind of card before them, so that the text stands on its own.

use std::borrow::Cow;

use ego_tree::NodeRef;
use scraper::Node;
use scraper::node::Element;

use super::address;
use super::escape::escape_text;
use super::image;
use super::walk::Walk;
use crate::model::{MediaKey, MediaRef, MediaRole};

/// Writes the static form of a widget. `None`: it is none. `Some(true)`: what is inside shall be walked.
pub(super) fn widget(walk: &mut Walk<'_>, node: NodeRef<'_, Node>, element: &Element) -> Option<bool> {
    let name = element.name();
    let get = |attribute: &str| element.attr(attribute).map(str::trim).unwrap_or_default();
    let first = |names: &[&str]| names.iter().map(|name| get(name)).find(|value| !value.is_empty()).unwrap_or_default();
    match name {
        "mp-common-mpaudio" | "mpvoice" => voice(walk, element),
        "iframe" => frame(walk, element),
        "audio" | "video" => player(walk, node, element),
        "mp-common-videosnap" | "mpvideosnap" => {
            let who = first(&["data-nickname"]);
            card(walk, name, "视频号", &[who, get("data-desc")], None, first(&["data-url", "data-headimgurl"]));
        }
        "mp-common-profile" | "mpprofile" => {
            let parts = [get("data-nickname"), get("data-signature")];
            card(walk, name, "公众号", &parts, None, get("data-headimg"));
        }
        "mp-common-product" | "mp-wxaproduct" | "mpcps" | "mp-common-cpsad" | "mpproduct" => {
            card(walk, name, "商品", &[first(&["data-title", "data-name"])], None, "");
        }
        "mp-miniprogram" | "mp-weapp" | "mp-common-miniprogram" => {
            let parts = [get("data-miniprogram-title"), get("data-miniprogram-nickname")];
            card(walk, name, "小程序", &parts, None, get("data-miniprogram-imageurl"));
        }
        "qqmusic"
        | "mp-common-qqmusic"
        | "mp-common-plain-music"
        | "mp-common-music"
        | "mp-common-claudio"
        | "mp-common-clmusic"
        | "mp-common-clalbum" => {
            let parts = [
                first(&["music_name", "data-title", "name", "data-name"]),
                first(&["singer", "data-singer", "author"]),
            ];
            card(walk, name, "音乐", &parts, None, first(&["albumurl", "cover", "data-cover"]));
        }
        "mp-common-vote" | "mpvote" => card(walk, name, "投票", &[get("data-title")], None, ""),
        "mppoi" | "mp-common-poi" => card(walk, name, "地点", &[get("data-name"), get("data-address")], None, ""),
        "mp-common-sticker" => sticker(walk, element),
        "redpacketcover" | "mp-common-redpacket" | "bluepacket" | "mp-common-redpacketcover" => {
            card(walk, name, "红包封面", &[first(&["data-title", "data-name"])], None, get("data-coveruri"));
        }
        "mpgongyi" | "mp-common-gongyi" => card(walk, name, "公益", &[get("data-title")], None, ""),
        "mp-style-type" | "mpsearch" | "mp-common-ad" | "mpad" => walk.count_dropped(name),
        "ul" if element.has_class("code-snippet__line-index", scraper::CaseSensitivity::AsciiCaseInsensitive) => {}
        "pre" if code_lines(walk, node) => {}
        "a" if is_mini_program_link(element) => {
            walk.count_replaced("weapp-link");
            return Some(true);
        }
        "blockquote" if !get("data-url").is_empty() => {
            // A quotation of another article: the quoted words stay, its source is a link of the article.
            if let Some(href) = address::link(get("data-url"), walk.page.as_ref()) {
                walk.body.links.push(crate::model::body::Link { href, text: get("data-source-title").to_owned() });
            }
            return None;
        }
        _ if name.starts_with("mp-") || name.starts_with("mp_") => {
            // Not known to this version: counted under its own name, its text kept.
            walk.count_replaced(name);
            return Some(true);
        }
        _ => return None,
    }
    Some(false)
}

fn is_mini_program_link(element: &Element) -> bool {
    element.classes().any(|class| matches!(class, "weapp_text_link" | "weapp_image_link"))
}

/// Writes a card: its kind, the words that are there, a picture and a link where there are.
fn card(walk: &mut Walk<'_>, kind: &str, word: &str, parts: &[&str], href: Option<&str>, picture: &str) {
    walk.count_replaced(kind);
    open_card(walk, "liudi-card", kind);
    let picture = percent_encoding::percent_decode_str(picture).decode_utf8().unwrap_or_default();
    if (picture.starts_with("http") || picture.starts_with("//"))
        && let Some(src) = walk.medium(&picture, MediaRole::Image)
    {
        walk.out.push_str("<img");
        walk.attribute("src", &src);
        walk.attribute("alt", "");
        walk.out.push('>');
    }
    caption(walk, word, parts, href);
    walk.out.push_str("</span>");
}

fn open_card(walk: &mut Walk<'_>, class: &str, kind: &str) {
    walk.out.push_str("<span");
    walk.attribute("class", class);
    walk.attribute("data-kind", kind);
    walk.out.push('>');
}

/// `〔kind〕 words · words`, linked where that is possible.
fn caption(walk: &mut Walk<'_>, word: &str, parts: &[&str], href: Option<&str>) {
    // A link in a link would be taken apart by the parser.
    let href = href.filter(|_| walk.link.is_none()).and_then(|href| address::link(href, walk.page.as_ref()));
    walk.out.push_str("<span class=\"liudi-words\">");
    if let Some(href) = &href {
        walk.out.push_str("<a");
        walk.attribute("href", href);
        walk.out.push('>');
    }
    walk.out.push('〔');
    walk.out.push_str(word);
    walk.out.push('〕');
    let words: Vec<Cow<'_, str>> = parts.iter().map(|part| tidy(part)).filter(|part| !part.is_empty()).collect();
    escape_text(&words.join(" · "), &mut walk.out);
    if let Some(href) = href {
        walk.out.push_str("</a>");
        walk.body.links.push(crate::model::body::Link { href, text: words.join(" · ") });
    }
    walk.out.push_str("</span>");
}

/// Words of an attribute, which are often escaped once more than they need be, on one line.
fn tidy(text: &str) -> Cow<'_, str> {
    let text = text
        .replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn voice(walk: &mut Walk<'_>, element: &Element) {
    let get = |attribute: &str| element.attr(attribute).map(str::trim).unwrap_or_default();
    let kind = element.name();
    walk.count_replaced(kind);
    open_card(walk, "liudi-card liudi-audio", kind);
    let id = get("voice_encode_fileid");
    if !id.is_empty() {
        let url = format!(
            "https://res.wx.qq.com/voice/getvoice?mediaid={}",
            percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC)
        );
        let src = image::by_id(walk, MediaKey::of_voice(id), MediaRole::Audio, vec![url]);
        walk.out.push_str("<audio controls=\"\" preload=\"none\"");
        walk.attribute("src", &src);
        walk.out.push_str("></audio>");
    }
    let length = get("play_length").parse::<u64>().ok().filter(|ms| *ms > 0).map(|ms| clock(ms / 1000));
    caption(walk, "语音", &[get("name"), get("author"), length.as_deref().unwrap_or_default()], None);
    walk.out.push_str("</span>");
}

/// `3:05`, `1:02:09`.
fn clock(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{rest:02}") } else { format!("{minutes}:{rest:02}") }
}

/// A frame: a film of the platform or of 腾讯视频, a vote, or something that cannot stand.
fn frame(walk: &mut Walk<'_>, element: &Element) {
    let get = |attribute: &str| element.attr(attribute).map(str::trim).unwrap_or_default();
    let src = if get("data-src").is_empty() { get("src") } else { get("data-src") };
    let query = |name: &str| {
        let query = src.split_once('?').map(|(_, query)| query).unwrap_or_default();
        let decoded = crate::model::article_url::decode(query);
        decoded.split(['&', '#']).find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
    };
    if element.has_class("vote_iframe", scraper::CaseSensitivity::AsciiCaseInsensitive)
        || src.contains("/newappmsgvote")
    {
        card(walk, "vote_iframe", "投票", &[], None, "");
        return;
    }
    let own = Some(get("data-mpvid")).filter(|id| !id.is_empty()).map(str::to_owned);
    let video = own.or_else(|| query("vid")).filter(|id| policy_id(id));
    let Some(video) = video else {
        if src.contains("music") {
            card(walk, "iframe", "音乐", &[], Some(src), "");
        } else if address::link(src, walk.page.as_ref()).is_some() {
            card(walk, "iframe", "嵌入内容", &[], Some(src), "");
        } else {
            walk.count_dropped("iframe");
        }
        return;
    };
    let platform = video.starts_with("wxv_");
    walk.count_replaced("video_iframe");
    open_card(walk, "liudi-card liudi-video", "video_iframe");
    let film = image::by_id(walk, MediaKey::of_video(&video), MediaRole::Video, Vec::new());
    let cover = percent_encoding::percent_decode_str(get("data-cover")).decode_utf8().unwrap_or_default().into_owned();
    let poster = Some(cover).filter(|cover| !cover.is_empty()).and_then(|cover| walk.medium(&cover, MediaRole::Poster));
    walk.out.push_str("<video controls=\"\" preload=\"none\"");
    walk.attribute("src", &film);
    if let Some(poster) = poster {
        walk.attribute("poster", &poster);
    }
    walk.out.push_str("></video>");
    let page = (!platform).then(|| format!("https://v.qq.com/x/page/{video}.html"));
    caption(walk, if platform { "视频" } else { "腾讯视频" }, &[get("data-title")], page.as_deref());
    walk.out.push_str("</span>");
}

fn policy_id(id: &str) -> bool {
    (4..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

/// A player of HTML's own: from another exporter, or from this pass.
fn player(walk: &mut Walk<'_>, node: NodeRef<'_, Node>, element: &Element) {
    let get = |attribute: &str| element.attr(attribute).map(str::trim).unwrap_or_default();
    let name = element.name();
    let role = if name == "audio" { MediaRole::Audio } else { MediaRole::Video };
    let source = node.children().find_map(|child| child.value().as_element()?.attr("src").map(str::to_owned));
    let src = Some(get("src").to_owned()).filter(|src| !src.is_empty()).or(source).unwrap_or_default();
    let Some(src) = walk.medium(&src, role).filter(|src| !src.starts_with("data:")) else {
        walk.count_dropped(name);
        return;
    };
    walk.count_kept(name);
    walk.out.push_str(if name == "audio" {
        "<audio controls=\"\" preload=\"none\""
    } else {
        "<video controls=\"\" preload=\"none\""
    });
    walk.attribute("src", &src);
    if name == "video" {
        let poster = get("poster").to_owned();
        if let Some(poster) =
            Some(poster).filter(|p| !p.is_empty()).and_then(|poster| walk.medium(&poster, MediaRole::Poster))
        {
            walk.attribute("poster", &poster);
        }
        for name in ["width", "height"] {
            if get(name).parse::<u32>().is_ok_and(|pixels| (1..=100_000).contains(&pixels)) {
                walk.attribute(name, get(name));
            }
        }
    }
    walk.style(get("style"));
    walk.out.push_str(if name == "audio" { "></audio>" } else { "></video>" });
}

fn sticker(walk: &mut Walk<'_>, element: &Element) {
    let get = |attribute: &str| element.attr(attribute).map(str::trim).unwrap_or_default();
    let url = if get("data-emoji_url").is_empty() { get("src") } else { get("data-emoji_url") };
    let Some(address::Named::Medium(mut medium)) =
        address::medium(url, MediaRole::Sticker, walk.page.as_ref(), walk.scope)
    else {
        card(walk, "mp-common-sticker", "表情", &[], None, "");
        return;
    };
    let md5 = get("data-md5").to_ascii_lowercase();
    if md5.len() == 32 && md5.bytes().all(|b| b.is_ascii_hexdigit()) {
        medium.md5 = Some(md5);
    }
    walk.count_replaced("mp-common-sticker");
    let medium: MediaRef = *medium;
    let src = walk.note(medium);
    walk.out.push_str("<img");
    walk.attribute("src", &src);
    walk.attribute("alt", "表情");
    walk.out.push('>');
}

/// The platform's code block has one `<code>` a line; ours is one with line breaks. `false` for every other `pre`.
fn code_lines(walk: &mut Walk<'_>, node: NodeRef<'_, Node>) -> bool {
    let lines: Vec<NodeRef<'_, Node>> = node.children().filter(|child| child.value().is_element()).collect();
    let is_code =
        |child: &NodeRef<'_, Node>| child.value().as_element().is_some_and(|element| element.name() == "code");
    let snippet =
        node.value().as_element().is_some_and(|pre| pre.classes().any(|class| class.starts_with("code-snippet")));
    let text_between = node.children().any(|child| child.value().as_text().is_some_and(|text| !text.trim().is_empty()));
    if lines.is_empty() || !lines.iter().all(is_code) || text_between || (lines.len() < 2 && !snippet) {
        return false;
    }
    let mut text = String::new();
    for line in &lines {
        let start = text.len();
        for part in line.descendants() {
            match part.value() {
                Node::Text(part) => text.push_str(&part.text),
                Node::Element(element) if element.name() == "br" => text.push('\n'),
                _ => {}
            }
        }
        // An empty line holds a `<br>` so that it can be clicked into.
        if text[start..].ends_with('\n') {
            text.pop();
        }
        text.push('\n');
    }
    text.pop();
    walk.count_kept("code-snippet");
    walk.body.text_chars += super::escape::visible_chars(&text);
    walk.out.push_str("<pre><code");
    let language = node.value().as_element().and_then(|pre| pre.attr("data-lang")).unwrap_or_default().trim();
    if super::policy::is_word(language) {
        walk.attribute("data-lang", language);
    }
    walk.out.push('>');
    escape_text(&text.replace('\u{a0}', " "), &mut walk.out);
    walk.out.push_str("</code></pre>");
    true
}
