//! Writes audio, videos and stickers: static players for the files that the platform identifies by an id.

use ego_tree::NodeRef;
use scraper::Node;
use scraper::node::Element;

use super::card::{caption, card, face, open_card, readable};
use super::{first, has_class, note, value};
use crate::html::walk::Walk;
use crate::html::{address, image};
use crate::model::{MediaKey, MediaRef, MediaRole};

/// Returns the URL of a voice message's file.
pub fn voice_url(file_id: &str) -> String {
    let id = percent_encoding::utf8_percent_encode(file_id, percent_encoding::NON_ALPHANUMERIC);
    format!("https://res.wx.qq.com/voice/getvoice?mediaid={id}")
}

/// Writes a voice message, whose file is available by its id.
pub(super) fn voice(walk: &mut Walk<'_>, element: &Element) {
    let get = |attribute: &str| value(element, attribute);
    let kind = element.name();
    walk.count_replaced(kind);
    note(walk, kind, element);
    open_card(walk, "liudi-card liudi-audio", kind);
    face(walk, get("cover"));
    let id = get("voice_encode_fileid");
    if !id.is_empty() {
        let src = image::by_id(walk, MediaKey::of_voice(id), MediaRole::Audio, vec![voice_url(id)]);
        walk.out.push_str("<audio controls=\"\" preload=\"none\"");
        walk.attribute("src", &src);
        walk.out.push_str("></audio>");
    }
    let length = get("play_length").parse::<u64>().ok().filter(|ms| *ms > 0).map(|ms| clock(ms / 1000));
    let name = readable(get("name"));
    let topic = readable(first(element, &["data-topic_name", "data-topic-name"]));
    let words = [name.as_ref(), get("author"), topic.as_ref(), length.as_deref().unwrap_or_default()];
    caption(walk, "语音", &words, None);
    walk.out.push_str("</span>");
}

/// Formats seconds as `3:05`, `1:02:09`.
fn clock(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{rest:02}") } else { format!("{minutes}:{rest:02}") }
}

/// Writes a frame: a video of the platform or of 腾讯视频, a vote, or embedded content that can only be linked.
pub(super) fn frame(walk: &mut Walk<'_>, element: &Element) {
    let get = |attribute: &str| value(element, attribute);
    let src = first(element, &["data-src", "src", "data"]);
    let query = |name: &str| {
        let query = src.split_once('?').map(|(_, query)| query).unwrap_or_default();
        let decoded = crate::model::article_url::decode(query);
        decoded.split(['&', '#']).find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
    };
    if has_class(element, "vote_iframe") || src.contains("/newappmsgvote") {
        note(walk, "vote_iframe", element);
        card(walk, "vote_iframe", "投票", &[], None, "");
        return;
    }
    let own = Some(get("data-mpvid")).filter(|id| !id.is_empty()).map(str::to_owned);
    let video = own.or_else(|| query("vid")).filter(|id| policy_id(id));
    let Some(video) = video else {
        note(walk, element.name(), element);
        if src.contains("music") {
            card(walk, element.name(), "音乐", &[], Some(src), "");
        } else if address::link(src, walk.page.as_ref()).is_some() {
            card(walk, element.name(), "嵌入内容", &[], Some(src), "");
        } else {
            walk.count_dropped(element.name());
        }
        return;
    };
    let platform = video.starts_with("wxv_");
    walk.count_replaced("video_iframe");
    note(walk, "video_iframe", element);
    open_card(walk, "liudi-card liudi-video", "video_iframe");
    let source = image::by_id(walk, MediaKey::of_video(&video), MediaRole::Video, Vec::new());
    let cover = percent_encoding::percent_decode_str(get("data-cover")).decode_utf8().unwrap_or_default().into_owned();
    let poster = Some(cover).filter(|cover| !cover.is_empty()).and_then(|cover| walk.medium(&cover, MediaRole::Poster));
    walk.out.push_str("<video controls=\"\" preload=\"none\"");
    walk.attribute("src", &source);
    if let Some(poster) = poster {
        walk.attribute("poster", &poster);
    }
    if let Some((width, height)) = shape(get("data-w"), get("data-ratio")) {
        walk.attribute("width", &width.to_string());
        walk.attribute("height", &height.to_string());
    }
    walk.out.push_str("></video>");
    let page = (!platform).then(|| format!("https://v.qq.com/x/page/{video}.html"));
    caption(
        walk,
        if platform { "视频" } else { "腾讯视频" },
        &[first(element, &["data-title", "data-video-title"])],
        page.as_deref(),
    );
    walk.out.push_str("</span>");
}

/// Returns the size of a video in pixels; its ratio is width by height, unlike an image's.
fn shape(width: &str, ratio: &str) -> Option<(u32, u32)> {
    let width: u32 = width.parse().ok().filter(|width| (16..=20_000).contains(width))?;
    let ratio: f64 = ratio.parse().ok().filter(|ratio| (0.1..=10.0).contains(ratio))?;
    Some((width, image::whole(f64::from(width) / ratio)))
}

fn policy_id(id: &str) -> bool {
    (4..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

/// Writes a plain HTML player: from another exporter, or from this pass.
pub(super) fn player(walk: &mut Walk<'_>, node: NodeRef<'_, Node>, element: &Element) {
    let get = |attribute: &str| value(element, attribute);
    let name = element.name();
    let role = if name == "audio" { MediaRole::Audio } else { MediaRole::Video };
    let own = [get("src").to_owned(), get("data-src").to_owned()];
    let sources = node.children().filter_map(|child| {
        let element = child.value().as_element()?;
        Some(first(element, &["src", "data-src"]).to_owned())
    });
    // A streaming player has an address in its own memory (`blob:`), which is skipped.
    let src =
        own.into_iter().chain(sources).find_map(|src| walk.medium(&src, role).filter(|src| !src.starts_with("data:")));
    let Some(src) = src else {
        walk.count_dropped(name);
        face(walk, get("poster"));
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

/// Writes a sticker: an image with a checksum.
pub(super) fn sticker(walk: &mut Walk<'_>, element: &Element) {
    let get = |attribute: &str| value(element, attribute);
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
    note(walk, "mp-common-sticker", element);
    let medium: MediaRef = *medium;
    let src = walk.note(medium);
    walk.out.push_str("<img");
    walk.attribute("src", &src);
    walk.attribute("alt", "表情");
    walk.out.push('>');
}
