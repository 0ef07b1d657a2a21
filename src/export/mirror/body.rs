//! A canonical body as it stands in the mirror: local media, local links, classes for styles, room kept for images,
//! and a note in the place of what is not held.

use std::collections::{HashMap, HashSet};

use super::hoist::{Ground, Hoist};
use crate::html::canonical::{self, Start, Token};
use crate::html::{SanitiseOptions, escape_attribute, escape_text, sanitise};
use crate::model::body::MEDIA_SCHEME;
use crate::text::Texts;

/// Where a link goes.
pub(super) enum Target {
    /// To another page of the mirror: its relative URL.
    Local(String),
    /// To an article of the platform that is not in the archive.
    NotArchived,
    /// Anywhere else.
    Outside,
}

/// What the pass needs to know of the page.
pub(super) struct Place<'a> {
    /// The URL, as seen from the page, of a file of the bag (`media/sha256/…`), if it is held.
    pub(super) media: &'a dyn Fn(&str) -> Option<String>,
    /// Where a link goes.
    pub(super) link: &'a dyn Fn(&str) -> Target,
    /// Pictures that stand above the body already, by path in the bag or by `liudi-media:` name.
    pub(super) shown: &'a HashSet<String>,
    /// Pixels of media files, by their path in the bag.
    pub(super) sizes: &'a HashMap<String, (u32, u32)>,
    /// Whether the author's styles are kept, as classes. Readers of feeds have their own.
    pub(super) styled: bool,
    /// Words.
    pub(super) texts: &'a Texts,
}

/// A rendered body.
pub(super) struct Rendered {
    /// The markup.
    pub(super) html: String,
    /// The page's own classes.
    pub(super) css: String,
}

/// Renders `content`.
pub(super) fn render(content: &str, place: &Place<'_>) -> Rendered {
    if let Some(rendered) = try_render(content, place) {
        return rendered;
    }
    // Not as the sanitiser leaves bodies (another hand was in the archive): nothing of it is trusted.
    let body = sanitise(content, &SanitiseOptions::default());
    try_render(&body.html, place).unwrap_or_else(|| Rendered { html: String::new(), css: String::new() })
}

fn try_render(content: &str, place: &Place<'_>) -> Option<Rendered> {
    let mut writer = Writer {
        place,
        out: String::with_capacity(content.len()),
        hoist: Hoist::default(),
        open: Vec::new(),
        images: 0,
    };
    for token in canonical::tokens(content) {
        match token.ok()? {
            Token::Text(text) => writer.out.push_str(text),
            Token::Start(start) => writer.start(&start),
            Token::End(tag) => writer.end(tag),
        }
    }
    let css = writer.hoist.sheet();
    Some(Rendered { html: writer.out, css })
}

struct Writer<'a> {
    place: &'a Place<'a>,
    out: String,
    hoist: Hoist,
    /// The ground of each open element, and what to write when it is closed if that is not its own end tag.
    open: Vec<(Ground, Option<&'static str>)>,
    images: usize,
}

impl Writer<'_> {
    fn ground(&self) -> Ground {
        self.open.last().map(|(ground, _)| *ground).unwrap_or_default()
    }

    fn start(&mut self, start: &Start<'_>) {
        match start.tag {
            "img" => return self.image(start),
            "audio" | "video" => return self.player(start),
            "table" => {
                self.out.push_str("<div class=\"scroll\" tabindex=\"0\">");
                let ground = self.tag("table", start, &[]);
                self.open.push((ground, Some("</table></div>")));
                return;
            }
            "h1" => {
                let ground = self.tag("h2", start, &[]);
                self.open.push((ground, Some("</h2>")));
                return;
            }
            "pre" => {
                let ground = self.tag("pre", start, &[("tabindex", "0")]);
                self.open.push((ground, Some("</pre>")));
                return;
            }
            "a" => return self.link(start),
            "svg" => {
                let ground = self.tag("svg", start, &[("aria-hidden", "true")]);
                self.open.push((ground, Some("</svg>")));
                return;
            }
            _ => {}
        }
        let ground = self.tag(start.tag, start, &[]);
        if !canonical::is_void(start.tag) {
            self.open.push((ground, None));
        }
    }

    fn end(&mut self, tag: &str) {
        if let Some((_, Some(end))) = self.open.pop() {
            self.out.push_str(end);
        } else {
            self.out.push_str("</");
            self.out.push_str(tag);
            self.out.push('>');
        }
    }

    /// Writes a start tag with the element's own attributes and these; gives the ground inside.
    fn tag(&mut self, tag: &str, start: &Start<'_>, more: &[(&str, &str)]) -> Ground {
        self.out.push('<');
        self.out.push_str(tag);
        let (mut class, mut inside) = (start.get("class").unwrap_or_default().to_owned(), self.ground());
        if let Some(style) = start.get("style").filter(|_| self.place.styled) {
            let style = self.localise_urls(style);
            let (hoisted, ground) = self.hoist.class(&style, inside);
            inside = ground;
            if let Some(hoisted) = hoisted {
                if !class.is_empty() {
                    class.push(' ');
                }
                class.push_str(&hoisted);
            }
        }
        for (name, value) in &start.attributes {
            match *name {
                "style" | "class" => {}
                "href" if matches!(tag, "image" | "use") => {
                    if let Some(href) = self.local_href(tag, value) {
                        self.attribute("href", &href);
                    }
                }
                _ if more.iter().any(|(other, _)| other == name) => {}
                _ => {
                    self.out.push(' ');
                    self.out.push_str(name);
                    self.out.push_str("=\"");
                    self.out.push_str(value);
                    self.out.push('"');
                }
            }
        }
        for (name, value) in more {
            self.attribute(name, value);
        }
        if !class.is_empty() {
            self.attribute("class", &class);
        }
        self.out.push('>');
        inside
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape_attribute(value, &mut self.out);
        self.out.push('"');
    }

    /// The bag's path of a held medium, and the URL of its copy in the mirror.
    fn media<'s>(&self, src: &'s str) -> Option<(&'s str, String)> {
        let at = src.find("media/sha256/")?;
        let (up, path) = src.split_at(at);
        if !up.split('/').all(|part| part.is_empty() || part == "..") {
            return None;
        }
        Some((path, (self.place.media)(path)?))
    }

    fn local_href(&self, tag: &str, value: &str) -> Option<String> {
        if tag == "use" {
            value.starts_with("#s-").then(|| value.to_owned())
        } else {
            self.media(value).map(|(_, url)| url)
        }
    }

    /// Backgrounds of the archive as files of the mirror. One that is not held is named by its key, for the hoister to drop.
    fn localise_urls(&self, style: &str) -> String {
        let mut out = String::with_capacity(style.len());
        let mut rest = style;
        while let Some(start) = rest.find("url(") {
            let (before, after) = rest.split_at(start + 4);
            let end = after.find(')').unwrap_or(after.len());
            out.push_str(before);
            let inner = &after[..end];
            match self.media(inner) {
                Some((_, url)) => out.push_str(&url),
                None if inner.starts_with("#s-") => out.push_str(inner),
                None => out.push_str(MEDIA_SCHEME),
            }
            rest = &after[end..];
        }
        out.push_str(rest);
        out
    }

    fn link(&mut self, start: &Start<'_>) {
        let href = unescape(start.get("href").unwrap_or_default());
        let plain = Start {
            tag: "a",
            attributes: start.attributes.iter().filter(|(name, _)| *name != "href").copied().collect(),
        };
        let note;
        let more: Vec<(&str, &str)> = match (self.place.link)(&href) {
            Target::Local(ref url) => {
                note = url.clone();
                vec![("href", note.as_str())]
            }
            Target::NotArchived => {
                note = self.place.texts.get("mirror-link-not-archived", &[]);
                vec![
                    ("href", href.as_str()),
                    ("rel", "noreferrer noopener external nofollow"),
                    ("title", note.as_str()),
                ]
            }
            Target::Outside if ["https://", "http://", "mailto:"].iter().any(|scheme| href.starts_with(scheme)) => {
                vec![("href", href.as_str()), ("rel", "noreferrer noopener external nofollow")]
            }
            Target::Outside => Vec::new(),
        };
        let ground = self.tag("a", &plain, &more);
        self.open.push((ground, Some("</a>")));
    }

    fn image(&mut self, start: &Start<'_>) {
        let src = start.get("src").unwrap_or_default();
        if !self.place.shown.is_empty() && self.place.shown.contains(src.trim_start_matches("../")) {
            return;
        }
        let declared = size(start.get("width"), start.get("height"));
        let found = if src.starts_with("data:image/") { Some(("", src.to_owned())) } else { self.media(src) };
        let Some((path, url)) = found else {
            let alt = unescape(start.get("alt").unwrap_or_default());
            return self.missing("mirror-missing-image", declared, &alt);
        };
        let known = self.place.sizes.get(path).copied();
        // The author's width without a height (or a percentage of it) is a matter of style; here the proportions count.
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
        // The first picture is what the page is waited for; the others can wait until they are near.
        if self.images > 0 {
            more.push(("loading", "lazy"));
            more.push(("decoding", "async"));
        }
        self.images += 1;
        self.tag("img", &kept, &more);
    }

    fn player(&mut self, start: &Start<'_>) {
        let poster = start.get("poster").and_then(|poster| self.media(poster));
        let film = start.get("src").and_then(|src| self.media(src));
        let video = start.tag == "video";
        if let Some((_, url)) = film {
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
            let ground = self.tag(start.tag, &Start { tag: start.tag, attributes: kept_size(start) }, &more);
            self.open.push((ground, None));
        } else {
            if let Some((_, poster)) = poster {
                self.out.push_str("<span class=\"still\"><img alt=\"\" loading=\"lazy\" decoding=\"async\"");
                self.attribute("src", &poster);
                self.out.push('>');
                self.missing("mirror-missing-video", None, "");
                self.out.push_str("</span>");
            } else {
                self.missing(if video { "mirror-missing-video" } else { "mirror-missing-audio" }, None, "");
            }
            // Nothing was opened, so that nothing is to be closed.
            let ground = self.ground();
            self.open.push((ground, Some("")));
        }
    }

    /// A note in the place of something that is not held, as large as it would be.
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

/// A value as the canonical form escapes it, plain again.
fn unescape(value: &str) -> String {
    value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
