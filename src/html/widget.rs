//! Writes the platform's own elements and players as static forms.
//!
//! One table lists the known elements; their data besides the text (ids, locations, addresses) is recorded in the
//! body's `widgets`. An unlisted element that looks like the platform's is shown with all its text and marked as
//! unknown in the census, so that it is noticed.

mod card;
mod code;
mod player;
mod table;

use ego_tree::NodeRef;
use scraper::Node;
use scraper::node::Element;

pub use player::voice_url;
pub use table::card_code;

use super::address;
use super::image;
use super::walk::Walk;
use crate::model::body::Widget;

/// Returns the trimmed value of an attribute, empty if it is missing.
fn value<'a>(element: &'a Element, attribute: &str) -> &'a str {
    element.attr(attribute).map(str::trim).unwrap_or_default()
}

/// Returns the first non-empty value of these attributes.
fn first<'a>(element: &'a Element, attributes: &[&str]) -> &'a str {
    attributes.iter().map(|attribute| value(element, attribute)).find(|value| !value.is_empty()).unwrap_or_default()
}

fn has_class(element: &Element, class: &str) -> bool {
    element.has_class(class, scraper::CaseSensitivity::AsciiCaseInsensitive)
}

/// Writes the static form of a widget. `None`: not a widget. `Some(true)`: its content must be walked.
pub(super) fn widget(walk: &mut Walk<'_>, node: NodeRef<'_, Node>, element: &Element) -> Option<bool> {
    let name = element.name();
    match name {
        "mp-common-mpaudio" | "mpvoice" => player::voice(walk, element),
        "iframe" => player::frame(walk, element),
        "audio" | "video" => player::player(walk, node, element),
        "embed" | "object" => return Some(embedded(walk, node, element)),
        "input" if value(element, "type").eq_ignore_ascii_case("image") => image::image(walk, node, element),
        "source" if is_lone_source(node) => image::image(walk, node, element),
        "mp-common-sticker" => player::sticker(walk, element),
        "mp-common-blockquote" => {
            card::quotation(walk, element);
            return Some(true);
        }
        "ul" if has_class(element, "code-snippet__line-index") => {}
        "pre" | "xmp" | "listing" | "code" | "tt" | "section" | "div" | "table" if code::lines(walk, node) => {}
        "a" => return link(walk, element),
        "blockquote" if has_class(element, "js_blockquote_wrap") || !value(element, "data-url").is_empty() => {
            card::quotation(walk, element);
            return Some(true);
        }
        _ => {
            // In a page saved after its scripts had run, players have replaced the frames.
            let drawn_video = !value(element, "data-mpvid").is_empty()
                && (has_class(element, "video_iframe") || has_class(element, "js_mpvedio"));
            if drawn_video {
                player::frame(walk, element);
            } else if let Some(kind) = table::find(element) {
                return Some(card::of_table(walk, element, kind));
            } else if name.starts_with("mp") && !matches!(name, "mphantom" | "mprescripts" | "mpadded") {
                card::unknown(walk, element);
                return Some(true);
            } else {
                return None;
            }
        }
    }
    Some(false)
}

/// Writes an `<embed>` or `<object>`: a picture (such as the platform's formulas), a video, or a link to anything else.
/// Returns whether the content must be walked.
fn embedded(walk: &mut Walk<'_>, node: NodeRef<'_, Node>, element: &Element) -> bool {
    let address = first(element, &["data-src", "src", "data"]);
    let kind = first(element, &["type", "data-type"]).to_ascii_lowercase();
    let path = address.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let picture = kind.starts_with("image")
        || kind.starts_with("svg")
        || [".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp"].iter().any(|end| path.ends_with(end))
        || address.starts_with(crate::model::body::MEDIA_SCHEME)
        || ["/mmbiz_", "/sz_mmbiz_", "/mmbiz/", ".qlogo.cn/"].iter().any(|part| path.contains(part));
    if address.is_empty() {
        walk.count_dropped(element.name());
        return true;
    }
    if picture {
        image::image(walk, node, element);
    } else {
        player::frame(walk, element);
    }
    false
}

/// Reports whether this is the first `<source>` of a `<picture>` without an image.
fn is_lone_source(node: NodeRef<'_, Node>) -> bool {
    let named = |node: &NodeRef<'_, Node>, name: &str| node.value().as_element().is_some_and(|one| one.name() == name);
    node.parent()
        .is_some_and(|parent| named(&parent, "picture") && !parent.children().any(|child| named(&child, "img")))
        && !node.prev_siblings().any(|before| named(&before, "source"))
}

/// Keeps the text of links that only the platform can follow.
fn link(walk: &mut Walk<'_>, element: &Element) -> Option<bool> {
    const INSIDE: &[&str] = &["weapp_image_link", "weapp_text_link", "wx_img_refer_link", "wx_topic_link"];
    let kind = INSIDE.iter().find(|class| has_class(element, class))?;
    walk.count_replaced(kind);
    note(walk, kind, element);
    // A topic may have its own page on the platform.
    let leads = element.attr("href").and_then(|href| address::link(href, walk.page.as_ref())).is_some();
    (!leads).then_some(true)
}

/// Limits of the attributes recorded for one element: their number and the length of a value in bytes.
const ATTRIBUTES: usize = 60;
const VALUE: usize = 4_000;

/// Records the attributes of a platform element, except those about its appearance.
fn note(walk: &mut Walk<'_>, kind: &str, element: &Element) {
    const DRAWN: &[&str] = &["class", "contenteditable", "frameborder", "height", "id", "scrolling", "style", "width"];
    let mut widget = Widget { kind: kind.to_owned(), ..Widget::default() };
    for (name, value) in element.attrs().take(ATTRIBUTES) {
        let value = value.trim();
        if value.is_empty() || value.len() > VALUE || name.len() > 60 || DRAWN.contains(&name) || name.starts_with("on")
        {
            continue;
        }
        let value = if value.contains("://") && value.starts_with("http") {
            // Without the keys of the visitor who saved the page.
            address::link(value, walk.page.as_ref())
        } else {
            Some(value.to_owned()).filter(|value| !value.starts_with("data:") && !value.starts_with("javascript:"))
        };
        if let Some(value) = value {
            widget.data.insert(name.to_owned(), value);
        }
    }
    walk.body.widgets.push(widget);
}
