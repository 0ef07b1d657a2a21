//! Renders a canonical body for the mirror: local media, local links, classes for styles, reserved space for images,
//! and (in `media`) a note instead of each medium that is not held.

use std::collections::{HashMap, HashSet};

use super::hoist::{Ground, Hoist};
use super::inset;
use crate::html::canonical::{self, Start, Token};
use crate::html::{SanitiseOptions, is_inline, plain_text, sanitise, unescape, write_attribute};
use crate::model::body::MEDIA_SCHEME;
use crate::text::Texts;

/// The target of a link.
pub(super) enum Target {
    /// Another page of the mirror, by its relative URL.
    Local(String),
    /// An article of the platform that is not in the archive.
    NotArchived,
    /// Any other target.
    Outside,
}

/// The page that a body is rendered for.
pub(super) struct Place<'a> {
    /// Function that returns the URL, relative to the page, of a file of the bag (`media/sha256/…`), if it is held.
    pub(super) media: &'a dyn Fn(&str) -> Option<String>,
    /// Function that returns the target of a link.
    pub(super) link: &'a dyn Fn(&str) -> Target,
    /// Pictures already shown above the body, by path in the bag or by `liudi-media:` name.
    pub(super) shown: &'a HashSet<String>,
    /// Size of media files in pixels, by path in the bag.
    pub(super) sizes: &'a HashMap<String, (u32, u32)>,
    /// Set if the author's styles are kept, as classes. Feed readers have their own styles.
    pub(super) styled: bool,
    /// Set if pictures that are not held get a short mark each, since one note lists them all.
    pub(super) folds: bool,
    /// Texts in the site's language.
    pub(super) texts: &'a Texts,
}

/// A rendered body.
#[derive(Default)]
pub(super) struct Rendered {
    /// Markup of the body.
    pub(super) html: String,
    /// Style sheet of the page's own classes.
    pub(super) css: String,
    /// Set if the author separated paragraphs by empty ones, so that the theme adds no space.
    pub(super) spaced: bool,
    /// Headings, in order.
    pub(super) headings: Vec<Heading>,
    /// Pictures that are not held, in order.
    pub(super) lost: Vec<Lost>,
}

/// A heading of a body.
pub(super) struct Heading {
    /// Level, 2 to 6.
    pub(super) level: u8,
    /// Id in the page.
    pub(super) id: String,
    /// Plain text.
    pub(super) text: String,
}

/// A picture that is not held.
pub(super) struct Lost {
    /// Reference in the body.
    pub(super) src: String,
    /// Description, empty if it has none.
    pub(super) alt: String,
}

/// Renders `content`.
pub(super) fn render(content: &str, place: &Place<'_>) -> Rendered {
    if let Some(rendered) = try_render(content, place) {
        return rendered;
    }
    // The body is not what the sanitiser writes, so somebody else changed the archive and none of it is trusted.
    let body = sanitise(content, &SanitiseOptions::default());
    try_render(&body.html, place).unwrap_or_default()
}

fn try_render(content: &str, place: &Place<'_>) -> Option<Rendered> {
    let mut writer = Writer {
        place,
        out: String::with_capacity(content.len()),
        hoist: Hoist::default(),
        open: Vec::new(),
        images: 0,
        lost: Vec::new(),
        headings: Vec::new(),
        heading: None,
        after_object: false,
        shown: 0,
        paragraphs: Vec::new(),
        spacers: (0, 0),
    };
    for token in canonical::tokens(content) {
        match token.ok()? {
            Token::Text(text) => {
                writer.text(text);
            }
            Token::Start(start) => writer.start(&start),
            Token::End(tag) => writer.end(tag),
        }
    }
    let css = writer.hoist.sheet();
    let (spacers, others) = writer.spacers;
    let spaced = spacers * 4 >= others.max(1);
    Some(Rendered { html: writer.out, css, spaced, headings: writer.headings, lost: writer.lost })
}

pub(super) struct Writer<'a> {
    pub(super) place: &'a Place<'a>,
    pub(super) out: String,
    pub(super) hoist: Hoist,
    /// Open elements.
    pub(super) open: Vec<Open>,
    pub(super) images: usize,
    pub(super) lost: Vec<Lost>,
    headings: Vec<Heading>,
    /// Level of the open heading, and the offset of its content in `out`.
    heading: Option<(u8, usize)>,
    /// Set if the last thing written was an inline object, after which a browser may break the line.
    pub(super) after_object: bool,
    /// Number of visible items so far.
    shown: usize,
    /// For each open paragraph, the offset in `out` at which its mark goes, and `shown` before it.
    paragraphs: Vec<(usize, usize)>,
    /// Numbers of empty paragraphs and of other paragraphs.
    spacers: (usize, usize),
}

/// An open element.
#[derive(Clone, Copy, Default)]
pub(super) struct Open {
    /// Ground inside the element.
    pub(super) ground: Ground,
    /// Text written at the end, if it is not the element's own end tag.
    pub(super) end: Option<&'static str>,
    /// Set if the element, or one around it, is a box: see [`inset::is_box`].
    boxed: bool,
    /// Set if the element is an inline object.
    is_object: bool,
}

impl Open {
    pub(super) fn ending(self, end: &'static str) -> Self {
        Self { end: Some(end), ..self }
    }
}

/// Characters that may not begin a line.
const CLOSING: &[char] = &[
    '，', '。', '、', '；', '：', '？', '！', '）', '」', '』', '》', '〉', '】', '〕', '”', '’', '…', '—', '～', '·',
    ',', '.', ';', ':', '?', '!', ')', ']', '}', '%',
];

impl Writer<'_> {
    /// Returns the state of the innermost open element.
    pub(super) fn around(&self) -> Open {
        Open { end: None, is_object: false, ..self.open.last().copied().unwrap_or_default() }
    }

    fn text(&mut self, text: &str) {
        self.shown += usize::from(!text.trim().is_empty());
        // Browsers allow a line break on both sides of an object, whatever follows it; a word joiner prevents it.
        if self.after_object && text.starts_with(CLOSING) {
            self.out.push('\u{2060}');
        }
        self.after_object &= text.is_empty();
        self.out.push_str(text);
    }

    fn start(&mut self, start: &Start<'_>) {
        match start.tag {
            "img" | "audio" | "video" | "svg" | "hr" => self.shown += 1,
            "p" => self.paragraphs.push((self.out.len() + "<p".len(), self.shown)),
            _ => {}
        }
        match start.tag {
            "img" => return self.image(start),
            "audio" | "video" => return self.player(start),
            "table" => {
                self.out.push_str("<div class=\"scroll\" tabindex=\"0\">");
                let open = self.tag("table", start, &[]);
                self.open.push(open.ending("</table></div>"));
                return;
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => return self.heading(start),
            "pre" => {
                let open = self.tag("pre", start, &[("tabindex", "0")]);
                self.open.push(open.ending("</pre>"));
                return;
            }
            "a" => return self.link(start),
            "svg" => {
                let open = self.tag("svg", start, &[("aria-hidden", "true")]);
                self.open.push(open.ending("</svg>"));
                return;
            }
            _ => {}
        }
        let open = self.tag(start.tag, start, &[]);
        if !canonical::is_void(start.tag) {
            self.open.push(open);
        }
    }

    /// Writes a heading one level down if it is an `h1`, which is reserved for the heading of the page.
    fn heading(&mut self, start: &Start<'_>) {
        let (tag, end, level) = match start.tag {
            "h1" | "h2" => ("h2", "</h2>", 2),
            "h3" => ("h3", "</h3>", 3),
            "h4" => ("h4", "</h4>", 4),
            "h5" => ("h5", "</h5>", 5),
            _ => ("h6", "</h6>", 6),
        };
        let id = format!("part-{}", self.headings.len() + 1);
        let more = [("id", id.as_str())];
        let open = self.tag(tag, start, if self.place.styled { &more } else { &[] });
        self.heading = Some((level, self.out.len()));
        self.open.push(open.ending(end));
    }

    fn end(&mut self, tag: &str) {
        if let Some((at, before)) = self.paragraphs.pop_if(|_| tag == "p") {
            if self.shown == before {
                self.out.insert_str(at, " data-spacer");
                self.spacers.0 += 1;
            } else {
                self.spacers.1 += 1;
            }
        }
        if matches!(tag, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
            && let Some((level, from)) = self.heading.take()
        {
            let text = plain_text(&self.out[from..]);
            if !text.is_empty() {
                let id = format!("part-{}", self.headings.len() + 1);
                self.headings.push(Heading { level, id, text });
            }
        }
        let closed = self.open.pop().unwrap_or_default();
        self.after_object = closed.is_object || (self.after_object && is_inline(tag));
        if let Some(end) = closed.end {
            self.out.push_str(end);
        } else {
            self.out.push_str("</");
            self.out.push_str(tag);
            self.out.push('>');
        }
    }

    /// Writes a start tag with the element's own attributes and `more`, and returns the state inside it.
    pub(super) fn tag(&mut self, tag: &str, start: &Start<'_>, more: &[(&str, &str)]) -> Open {
        self.out.push('<');
        self.out.push_str(tag);
        let (mut class, mut inside) = (start.get("class").unwrap_or_default().to_owned(), self.around());
        self.after_object &= is_inline(tag);
        inside.boxed |= !is_flow(tag) && !is_inline(tag);
        if let Some(style) = start.get("style").filter(|_| self.place.styled) {
            let style = self.localise_urls(style);
            let is_box = inset::is_box(&style);
            let style = if inside.boxed || !is_flow(tag) { style.into() } else { inset::flush(&style, is_box) };
            inside.boxed |= is_box;
            inside.is_object = style.contains("display:inline-");
            let (hoisted, ground) = self.hoist.class(&style, inside.ground);
            inside.ground = ground;
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

    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        write_attribute(name, value, &mut self.out);
    }

    /// Returns the path in the bag of a held medium, and the URL of its copy in the mirror.
    pub(super) fn media<'s>(&self, src: &'s str) -> Option<(&'s str, String)> {
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

    /// Replaces the URLs of backgrounds by those of the mirror. One that is not held gets the scheme of media keys, so
    /// that the hoister drops it.
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
        let open = self.tag("a", &plain, &more);
        self.open.push(open.ending("</a>"));
    }
}

/// Elements whose insets are the column's.
fn is_flow(tag: &str) -> bool {
    matches!(tag, "section" | "div" | "p" | "h2" | "h3" | "h4" | "h5" | "h6" | "figure")
}
