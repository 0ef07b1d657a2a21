//! Renders the pictures, videos and audio of a body in their proportions, or a note for each that is not held.

use super::body::{Lost, Writer};
use crate::html::canonical::Start;
use crate::html::escape_text;
use crate::html::unescape;

impl Writer<'_> {
    pub(super) fn image(&mut self, start: &Start<'_>) {
        let src = start.get("src").unwrap_or_default();
        if !self.place.shown.is_empty() && self.place.shown.contains(src.trim_start_matches("../")) {
            return;
        }
        let declared = size(start.get("width"), start.get("height"));
        let found = if src.starts_with("data:image/") { Some(("", src.to_owned())) } else { self.media(src) };
        let Some((path, url)) = found else {
            let alt = unescape(start.get("alt").unwrap_or_default());
            self.lost.push(Lost { src: src.to_owned(), alt: alt.clone() });
            if self.place.folds {
                return self.mark_lost();
            }
            return self.missing("mirror-missing-image", declared, &alt);
        };
        let known = self.place.sizes.get(path).copied();
        // A width without a height, or in percent, is a matter of style; only the proportions matter here.
        let (width, height) = match (declared, known) {
            (Some(declared), _) => (Some(declared.0.to_string()), Some(declared.1.to_string())),
            (None, Some((width, height))) => {
                let shown = start.get("width").and_then(|value| value.parse::<u32>().ok());
                match shown {
                    Some(shown) if width > 0 => {
                        let scaled = u64::from(shown) * u64::from(height) / u64::from(width);
                        (Some(shown.to_string()), Some(scaled.max(1).to_string()))
                    }
                    _ => (Some(width.to_string()), Some(height.to_string())),
                }
            }
            (None, None) => (start.get("width").map(str::to_owned), None),
        };
        let kept = Start {
            tag: "img",
            attributes: start
                .attributes
                .iter()
                .filter(|(name, _)| matches!(*name, "alt" | "style" | "class"))
                .copied()
                .collect(),
        };
        let mut more = vec![("src", url.as_str())];
        if let Some(width) = &width {
            more.push(("width", width));
        }
        if let Some(height) = &height {
            more.push(("height", height));
        }
        // The first picture is needed at once; the others can load when they come near.
        if self.images > 0 {
            more.push(("loading", "lazy"));
            more.push(("decoding", "async"));
        }
        self.images += 1;
        self.tag("img", &kept, &more);
        self.after_object = true;
    }

    /// Writes a mark instead of a picture that is listed in the note above the body.
    fn mark_lost(&mut self) {
        self.out.push_str("<span class=\"gone\">");
        let number = self.lost.len().to_string();
        escape_text(&self.place.texts.get("mirror-lost-here", &[("number", &number)]), &mut self.out);
        self.out.push_str("</span>");
    }

    pub(super) fn player(&mut self, start: &Start<'_>) {
        let poster = start.get("poster").and_then(|poster| self.media(poster));
        let file = start.get("src").and_then(|src| self.media(src));
        let video = start.tag == "video";
        if let Some((_, url)) = file {
            let size = poster.as_ref().and_then(|(path, _)| self.place.sizes.get(*path)).copied();
            let (width, height) = size.map(|(width, height)| (width.to_string(), height.to_string())).unzip();
            let mut more = vec![("src", url.as_str()), ("controls", ""), ("preload", "none")];
            if let Some((_, poster)) = &poster {
                more.push(("poster", poster));
            }
            if let (Some(width), Some(height), None) = (&width, &height, start.get("width")) {
                more.push(("width", width));
                more.push(("height", height));
            }
            let open = self.tag(start.tag, &Start { tag: start.tag, attributes: kept_size(start) }, &more);
            self.open.push(open);
        } else {
            if let Some((path, poster)) = poster {
                self.out.push_str("<span class=\"still\"><img alt=\"\" loading=\"lazy\" decoding=\"async\"");
                self.attribute("src", &poster);
                if let Some((width, height)) = self.place.sizes.get(path) {
                    self.attribute("width", &width.to_string());
                    self.attribute("height", &height.to_string());
                }
                self.out.push('>');
                self.missing("mirror-missing-video", None, "");
                self.out.push_str("</span>");
            } else {
                self.missing(if video { "mirror-missing-video" } else { "mirror-missing-audio" }, None, "");
            }
            // No element was opened, so no end tag is written.
            let open = self.around().ending("");
            self.open.push(open);
        }
    }

    /// Writes a note instead of a medium that is not held, in the size the medium would have.
    fn missing(&mut self, text: &str, size: Option<(u32, u32)>, alt: &str) {
        let mut class = "missing".to_owned();
        if let Some((width, height)) =
            size.filter(|(width, height)| self.place.styled && *width >= 120 && *height >= 60)
        {
            class.push(' ');
            class.push_str(&self.hoist.rule(format!("width:{width}px;aspect-ratio:{width}/{height}")));
        }
        self.out.push_str("<span");
        self.attribute("class", &class);
        self.out.push('>');
        escape_text(&self.place.texts.get(text, &[]), &mut self.out);
        if !alt.is_empty() {
            escape_text(&format!(" · {alt}"), &mut self.out);
        }
        self.out.push_str("</span>");
        self.after_object = true;
    }
}

fn kept_size<'a>(start: &Start<'a>) -> Vec<(&'a str, &'a str)> {
    start
        .attributes
        .iter()
        .filter(|(name, _)| matches!(*name, "width" | "height" | "style" | "class"))
        .copied()
        .collect()
}

fn size(width: Option<&str>, height: Option<&str>) -> Option<(u32, u32)> {
    Some((width?.parse().ok()?, height?.parse().ok()?)).filter(|(width, height)| *width > 0 && *height > 0)
}
