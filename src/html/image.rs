//! Images: which of the URLs is the picture, and how large it is, so that a page does not jump while it loads.

use scraper::node::Element;

use super::address::{self, Named};
use super::policy;
use super::walk::Walk;
use crate::model::{MediaKey, MediaRef, MediaRole};

/// What an `img` says.
#[derive(Default)]
struct Attributes<'a> {
    lazy: &'a str,
    uncropped: &'a str,
    backup: &'a str,
    src: &'a str,
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
                "data-src" => found.lazy = value,
                "data-croporisrc" => found.uncropped = value,
                "data-backsrc" => found.backup = value,
                "src" => found.src = value,
                "alt" => found.alt = value,
                "style" => found.style = value,
                "width" => found.width = value,
                "height" => found.height = value,
                "data-w" => found.natural_width = number(value),
                "data-ratio" => found.ratio = number(value),
                _ => {}
            }
        }
        found
    }

    /// Natural size in pixels, from the platform's own attributes.
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
fn whole(pixels: f64) -> u32 {
    pixels.round().clamp(1.0, 10_000_000.0) as u32
}

/// Writes an image, or counts it as dropped where it names no picture.
pub(super) fn image(walk: &mut Walk<'_>, element: &Element) {
    let attributes = Attributes::of(element);
    let Some(mut named) = [attributes.lazy, attributes.uncropped, attributes.backup, attributes.src]
        .into_iter()
        .filter(|value| !value.trim().is_empty())
        .find_map(|value| address::medium(value, MediaRole::Image, walk.page.as_ref(), walk.scope))
    else {
        walk.count_dropped("img");
        return;
    };
    let natural = attributes.natural();
    if let Named::Medium(medium) = &mut named {
        complete(medium, &attributes, walk);
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
        // What the author set is how wide it is shown; the platform's numbers are how large it is.
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

/// Adds what else the element says of the same medium: a file beside the page, another rendition.
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

/// Alternative text; the platform's own word for "image" says nothing.
fn alternative(alt: &str) -> &str {
    let alt = alt.trim();
    if matches!(alt, "图片" | "圖片" | "Image" | "image" | "img" | "图像" | "cover_image") { "" } else { alt }
}

fn has_width(style: &str) -> bool {
    style
        .split(';')
        .any(|declaration| declaration.split(':').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("width")))
}

/// Notes a medium of the platform that has an id but no URL in the body.
pub(super) fn by_id(walk: &mut Walk<'_>, key: MediaKey, role: MediaRole, urls: Vec<String>) -> String {
    walk.note(MediaRef { key, urls, ..MediaRef::at("", role) })
}
