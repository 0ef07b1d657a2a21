//! Writes images: chooses the URL of the picture and gives its size, so that a page does not jump while it loads.

use ego_tree::NodeRef;
use scraper::Node;
use scraper::node::Element;

use super::address::{self, Named};
use super::policy;
use super::walk::Walk;
use crate::model::wrapped::{host_of, unwrapped};
use crate::model::{MediaKey, MediaRef, MediaRole};

/// Attributes in which pages, and programs that save them, put an image's address when its `src` is something else: a
/// lazy-loading placeholder, a file next to the page, the image data itself. The platform's own comes first.
pub const ORIGINALS: &[&str] = &[
    "data-src",
    "data-original",
    "data-savepage-src",
    "data-scrapbook-orig-attr-src",
    "data-lazy-src",
    "data-original-src",
    "data-actualsrc",
    "data-croporisrc",
];

/// Further attributes, with no defined meaning: used only if the value is a picture of the platform and `src` is not.
const GUESSED: &[&str] = &[
    "data-lazy",
    "data-echo",
    "data-url",
    "data-origin-src",
    "data-wx-src",
    "data-orig-src",
    "data-src-original",
    "data-img-src",
    "data-image",
    "data-file",
    "_src",
    "original",
    "file",
];

/// Reports whether an address is a picture of the platform, wrapped by a proxy or not.
fn is_platforms(address: &str) -> bool {
    let original = unwrapped(address);
    host_of(original.as_deref().unwrap_or(address))
        .is_some_and(|host| host.ends_with("qpic.cn") || host.ends_with("qlogo.cn"))
}

/// Attributes of an `img`.
#[derive(Default)]
struct Attributes<'a> {
    lazy: &'a str,
    uncropped: &'a str,
    backup: &'a str,
    src: &'a str,
    srcset: &'a str,
    alt: &'a str,
    style: &'a str,
    width: &'a str,
    height: &'a str,
    natural_width: Option<f64>,
    ratio: Option<f64>,
}

impl<'a> Attributes<'a> {
    fn of(element: &'a Element) -> Self {
        let mut found = Self::default();
        for (name, value) in element.attrs() {
            match name {
                "data-croporisrc" => found.uncropped = value,
                "data-backsrc" => found.backup = value,
                "src" => found.src = value,
                "data" if element.name() == "object" => found.src = value,
                "srcset" | "data-srcset" => found.srcset = value,
                "alt" => found.alt = value,
                "style" => found.style = value,
                "width" => found.width = value,
                "height" => found.height = value,
                "data-w" => found.natural_width = number(value),
                "data-ratio" => found.ratio = number(value),
                _ => {}
            }
        }
        let original = |name: &&str| element.attr(name).filter(|value| !value.trim().is_empty());
        found.lazy = ORIGINALS.iter().filter(|name| **name != "data-croporisrc").find_map(original).unwrap_or_default();
        if found.lazy.is_empty() && !is_platforms(found.src) {
            let guessed = GUESSED.iter().filter_map(original).find(|value| is_platforms(value.trim()));
            found.lazy = guessed.unwrap_or_default();
        }
        found
    }

    /// Returns the natural size in pixels, from the platform's own attributes.
    fn natural(&self) -> Option<(u32, u32)> {
        let width = self.natural_width.filter(|width| (1.0..=100_000.0).contains(width))?;
        let height = width * self.ratio.filter(|ratio| (0.0001..=1_000.0).contains(ratio))?;
        Some((whole(width), whole(height).max(1)))
    }
}

fn number(value: &str) -> Option<f64> {
    value.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels, checked to be positive and small")]
pub(super) fn whole(pixels: f64) -> u32 {
    pixels.round().clamp(1.0, 10_000_000.0) as u32
}

/// Writes an image, or counts it as dropped if it names no picture.
pub(super) fn image(walk: &mut Walk<'_>, node: NodeRef<'_, Node>, element: &Element) {
    let attributes = Attributes::of(element);
    let largest = largest_of_set(attributes.srcset);
    let Some(mut named) = [attributes.lazy, attributes.uncropped, attributes.backup, attributes.src, largest]
        .into_iter()
        .chain(sources_beside(node))
        .filter(|value| !value.trim().is_empty())
        .find_map(|value| address::medium(value, MediaRole::Image, walk.page.as_ref(), walk.scope))
    else {
        walk.count_dropped("img");
        return;
    };
    let natural = attributes.natural();
    if let Named::Medium(medium) = &mut named {
        complete(medium, &attributes, walk);
        larger(medium, largest, walk);
        if let Some((width, height)) = natural {
            medium.width = Some(width);
            medium.height = Some(height);
        }
    }
    let src = match named {
        Named::Inline(data) => data,
        Named::Medium(medium) => walk.note(*medium),
    };
    walk.count_kept("img");
    walk.out.push_str("<img");
    walk.attribute("src", &src);
    walk.attribute("alt", alternative(attributes.alt));
    let mut style = String::new();
    if let Some((width, height)) = natural {
        walk.attribute("width", &width.to_string());
        walk.attribute("height", &height.to_string());
        // The author's width is the displayed one; the platform's numbers are the natural size.
        if let Some(shown) = policy::length(attributes.width).filter(|_| !has_width(attributes.style)) {
            style = format!("width:{shown};");
        }
    } else {
        for (name, value) in [("width", attributes.width), ("height", attributes.height)] {
            let value = value.trim();
            if value.parse::<u32>().is_ok_and(|pixels| (1..=100_000).contains(&pixels)) {
                walk.attribute(name, value);
            } else if let Some(length) = policy::length(value) {
                style.push_str(name);
                style.push(':');
                style.push_str(&length);
                style.push(';');
            }
        }
    }
    style.push_str(attributes.style);
    walk.style(&style);
    walk.out.push('>');
}

/// Adds what the element states about the same medium: a file next to the page, another rendition.
fn complete(medium: &mut MediaRef, attributes: &Attributes<'_>, walk: &Walk<'_>) {
    let src = attributes.src.trim();
    if src.is_empty() || medium.local.is_some() {
        return;
    }
    match address::medium(src, MediaRole::Image, walk.page.as_ref(), walk.scope) {
        Some(Named::Medium(other)) if other.local.is_some() => medium.local = other.local,
        Some(Named::Medium(other)) if other.key == medium.key => {
            for url in other.urls {
                if !medium.urls.contains(&url) {
                    medium.urls.push(url);
                }
            }
        }
        _ => {}
    }
}

/// Returns the largest candidate of a `srcset`, by its descriptor (`2x`, `1280w`).
fn largest_of_set(set: &str) -> &str {
    let mut best = (0.0, "");
    let mut rest = set.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    while !rest.is_empty() {
        // A URL may contain commas; one at its end separates a candidate without a descriptor.
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (url, after) = rest.split_at(end);
        let (url, descriptor, next) = if let Some(url) = url.strip_suffix(',') {
            (url, "", after)
        } else {
            let end = after.find(',').unwrap_or(after.len());
            (url, after[..end].trim(), &after[end..])
        };
        let size = number(descriptor.trim_end_matches(['w', 'x', 'h'])).unwrap_or(1.0);
        if size > best.0 {
            best = (size, url);
        }
        rest = next.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    }
    best.1
}

/// Returns the candidates of the `<source>`s of a `<picture>` for its image.
fn sources_beside<'a>(node: NodeRef<'a, Node>) -> impl Iterator<Item = &'a str> {
    let is = |node: &NodeRef<'a, Node>, name: &str| node.value().as_element().is_some_and(|one| one.name() == name);
    let picture = node.parent().filter(|parent| is(parent, "picture"));
    picture
        .into_iter()
        .flat_map(|picture| picture.children())
        .filter_map(|child| child.value().as_element())
        .filter(|element| element.name() == "source")
        .filter_map(|source| Some(largest_of_set(source.attr("srcset").or_else(|| source.attr("data-srcset"))?)))
}

/// Puts the larger rendition of a `srcset` first.
fn larger(medium: &mut MediaRef, largest: &str, walk: &Walk<'_>) {
    if let Some(Named::Medium(other)) = address::medium(largest, MediaRole::Image, walk.page.as_ref(), walk.scope)
        && let Some(url) = other.urls.into_iter().next()
        && !medium.urls.is_empty()
        && !medium.urls.contains(&url)
    {
        medium.urls.insert(0, url);
    }
}

/// Returns the alternative text; empty for the platform's generic word for "image".
fn alternative(alt: &str) -> &str {
    let alt = alt.trim();
    if matches!(alt, "图片" | "圖片" | "Image" | "image" | "img" | "图像" | "cover_image") { "" } else { alt }
}

fn has_width(style: &str) -> bool {
    style
        .split(';')
        .any(|declaration| declaration.split(':').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("width")))
}

/// Records a medium of the platform that has an id but no URL in the body.
pub(super) fn by_id(walk: &mut Walk<'_>, key: MediaKey, role: MediaRole, urls: Vec<String>) -> String {
    walk.note(MediaRef { key, urls, ..MediaRef::at("", role) })
}
