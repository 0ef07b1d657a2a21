//! Walks the parsed tree once, writes what the policy allows and counts what it met.

use std::collections::HashMap;

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use html5ever::ns;
use scraper::node::Element;
use scraper::{Html, Node};
use url::Url;

use super::address;
use super::escape::{escape_text, fingerprint, write_attribute};
use super::left_out::Addresses;
use super::policy::{self, Treatment};
use super::{SanitiseOptions, image, style, svg, widget};
use crate::model::body::{Link, MEDIA_SCHEME};
use crate::model::{Body, Hasher, MediaKey, MediaRole};

/// Limit of the nesting depth as written; deeper elements are unwrapped.
const DEPTH: usize = 200;

/// Walks `raw`.
pub(super) fn walk(raw: &str, options: &SanitiseOptions<'_>) -> (Body, Walked) {
    let tree = Html::parse_fragment(raw).tree;
    let mut walk = Walk {
        page: options.page_url.and_then(|url| Url::parse(url).ok()),
        scope: options.scope,
        out: String::with_capacity(raw.len() / 2 + 64),
        body: Body::default(),
        seen: HashMap::new(),
        frames: Vec::new(),
        written: Vec::new(),
        link: None,
        styles: HashMap::new(),
        pre_start: None,
        unstable: false,
        again: false,
        words: Hasher::new(),
        addresses: Addresses::default(),
        noted: 0,
    };
    let mut skipped: Option<NodeId> = None;
    for edge in tree.root().traverse() {
        match edge {
            Edge::Open(node) if skipped.is_none() => match node.value() {
                Node::Text(text) => walk.text(text),
                Node::Element(element) => {
                    let before = walk.body.media.len() + walk.body.links.len() + walk.noted;
                    let inside = walk.open(node, element);
                    let shown = walk.body.media.len() + walk.body.links.len() + walk.noted > before;
                    walk.addresses.of_element(element, shown);
                    if !inside {
                        skipped = Some(node.id());
                    }
                }
                _ => {}
            },
            Edge::Open(node) => match node.value() {
                Node::Text(text) => walk.addresses.of_text(node, text),
                Node::Element(element) => walk.addresses.of_element(element, false),
                _ => {}
            },
            Edge::Close(node) if skipped == Some(node.id()) => skipped = None,
            Edge::Close(node) if skipped.is_none() && node.value().is_element() => walk.close(),
            Edge::Close(_) => {}
        }
    }
    walk.leave_out();
    walk.body.html = walk.out;
    walk.body.fingerprint = fingerprint(walk.words);
    (walk.body, Walked { unstable: walk.unstable, again: walk.again })
}

/// Stability of a walk's output.
pub(super) struct Walked {
    /// Whether the parser may read it differently from how it was written.
    pub(super) unstable: bool,
    /// Whether the next walk may write it differently.
    pub(super) again: bool,
}

/// An entered element, with the markup to write when it is left.
struct Frame {
    /// Name of the end tag; empty for an unwrapped element.
    tag: &'static str,
    /// Whether it is a link whose text is being collected.
    link: bool,
    /// Markup to write before the end tag.
    last: String,
}

/// State of the pass.
pub(super) struct Walk<'a> {
    pub(super) page: Option<Url>,
    pub(super) scope: &'a str,
    pub(super) out: String,
    pub(super) body: Body,
    /// Media named so far, with their index in `body.media`.
    pub(super) seen: HashMap<MediaKey, usize>,
    frames: Vec<Frame>,
    /// Names of the open elements as written, outermost first.
    written: Vec<&'static str>,
    /// Index of the open link in `body.links`.
    pub(super) link: Option<usize>,
    /// Cleaned forms of the style attributes met so far: editors repeat them by the thousand.
    styles: HashMap<String, String>,
    /// Start of the content of a `pre` just opened: the parser drops a line break there.
    pre_start: Option<usize>,
    unstable: bool,
    /// Whether the next walk may write the output differently, although the parser reads it correctly.
    pub(super) again: bool,
    /// Hasher of the visible text.
    pub(super) words: Hasher,
    /// Addresses of the platform in attributes and style sheets.
    pub(super) addresses: Addresses,
    /// Number of media named so far, including repetitions.
    pub(super) noted: usize,
}

impl Walk<'_> {
    fn text(&mut self, text: &str) {
        if let Some("table" | "tbody" | "thead" | "tfoot" | "tr" | "colgroup" | "svg" | "g" | "defs") =
            self.written.last().copied()
        {
            // Only white space is allowed here; in SVG text would not be visible.
            return;
        }
        if self.pre_start == Some(self.out.len()) && text.starts_with('\n') {
            self.out.push('\n');
        }
        self.count_text(text);
        if let Some(link) = self.link
            && let Some(link) = self.body.links.get_mut(link)
        {
            link.text.push_str(text);
        }
        escape_text(text, &mut self.out);
    }

    /// Enters an element; returns `false` if its content must not be walked.
    fn open(&mut self, node: NodeRef<'_, Node>, element: &Element) -> bool {
        let inside_svg = self.written.last().is_some_and(|tag| svg::element(tag).is_some() && *tag != "foreignObject");
        if element.name.ns == ns!(svg) {
            return self.open_svg(element, inside_svg);
        }
        if element.name.ns == ns!(mathml) && !inside_svg && element.name() == "math" {
            return self.formula(node, element);
        }
        if element.name.ns != ns!(html) || inside_svg {
            self.count_dropped(element.name());
            return false;
        }
        let name = element.name();
        if name == "img" {
            image::image(self, node, element);
            return false;
        }
        let depth = self.frames.len();
        if let Some(descend) = widget::widget(self, node, element) {
            // A widget that entered no element is unwrapped.
            return descend && (self.frames.len() > depth || self.unwrap());
        }
        match policy::element(name) {
            Treatment::Drop => {
                self.count_dropped(name);
                false
            }
            Treatment::Unwrap => {
                // The root and the picture around its image are not worth counting.
                if !matches!(name, "html" | "body" | "head" | "picture") {
                    self.count_replaced(name);
                }
                self.unwrap()
            }
            Treatment::UnwrapSpecial => {
                self.count_replaced(name);
                self.unstable = true;
                self.unwrap()
            }
            Treatment::Void(tag) => {
                self.start_tag(tag, name, element);
                false
            }
            Treatment::Keep(tag) => self.keep(tag, name, element),
        }
    }

    /// Writes a formula as text: its source as the author typed it, if recorded. A formula that only duplicates its
    /// picture for screen readers is dropped.
    fn formula(&mut self, node: NodeRef<'_, Node>, element: &Element) -> bool {
        let of = |node: NodeRef<'_, Node>| {
            node.descendants().filter_map(|part| part.value().as_text()).map(|text| text.trim()).collect::<String>()
        };
        let named = |name: &str| {
            let part = node.descendants().find(|part| part.value().as_element().is_some_and(|one| one.name() == name));
            part.map(of).filter(|text| !text.is_empty())
        };
        let drawn = node.parent().and_then(|parent| parent.value().as_element()).is_some_and(|parent| {
            parent.classes().any(|class| class == "katex-mathml") || parent.name() == "mjx-assistive-mml"
        });
        let typed = || element.attr("alttext").map(str::to_owned).filter(|text| !text.trim().is_empty());
        let words = named("annotation").or_else(typed).unwrap_or_else(|| of(node));
        if drawn || words.is_empty() {
            self.count_dropped("math");
        } else {
            self.count_replaced("math");
            self.text(&words);
        }
        false
    }

    fn unwrap(&mut self) -> bool {
        self.frames.push(Frame { tag: "", link: false, last: String::new() });
        true
    }

    fn keep(&mut self, tag: &'static str, name: &str, element: &Element) -> bool {
        if self.written.len() >= DEPTH {
            self.unstable = true;
            return self.unwrap();
        }
        if name == "div" && element.attr("id") == Some("js_content") {
            return self.unwrap();
        }
        if tag == "a" {
            return self.open_link(element);
        }
        // Spans between them kept the parser from closing the outer one, and have been unwrapped.
        let inner = self.written.last().copied().unwrap_or_default();
        self.unstable |= is_heading(tag) && is_heading(inner);
        self.unstable |= closes_an_open_item(&self.written, tag) || closes_an_open_paragraph(&self.written, tag);
        // Outside `ruby` the parser closes list items and paragraphs before them.
        let fits_ruby = !matches!(tag, "rt" | "rp") || inner == "ruby";
        if !fits_ruby || !fits_table(inner, tag) {
            self.unstable = true;
            return self.unwrap();
        }
        let before = self.out.len();
        self.start_tag(tag, name, element);
        if tag == "span" && self.out.len() - before == "<span>".len() {
            self.out.truncate(before);
            return self.unwrap();
        }
        match tag {
            "pre" => self.pre_start = Some(self.out.len()),
            "table" | "blockquote" => self.count_kept(tag),
            _ => {}
        }
        self.enter(tag);
        true
    }

    fn open_link(&mut self, element: &Element) -> bool {
        let href = element.attr("href").and_then(|href| address::link(href, self.page.as_ref()));
        let (Some(href), None) = (href, self.link) else {
            return self.unwrap();
        };
        self.out.push_str("<a");
        self.attribute("href", &href);
        self.styled("a", "a", element);
        self.out.push('>');
        self.link = Some(self.body.links.len());
        self.body.links.push(Link { href, text: String::new() });
        self.enter("a");
        if let Some(frame) = self.frames.last_mut() {
            frame.link = true;
        }
        true
    }

    fn open_svg(&mut self, element: &Element, inside_svg: bool) -> bool {
        let name = element.name();
        let tag = svg::element(name).filter(|tag| inside_svg != (*tag == "svg") || inside_svg);
        let Some(tag) = tag.filter(|_| self.written.len() < DEPTH) else {
            if name == "a" && inside_svg {
                return self.unwrap();
            }
            self.count_dropped(&format!("svg-{name}"));
            return false;
        };
        let animates = element.attr("attributeName").map(str::trim);
        if svg::is_animation(name) && animates.is_none_or(|it| svg::attribute("attributeName", it).is_none()) {
            self.count_dropped(&format!("svg-{name}"));
            return false;
        }
        if tag == "svg" && !inside_svg {
            self.count_kept("svg");
        }
        self.out.push('<');
        self.out.push_str(tag);
        let mut attributes: Vec<(&str, String)> = Vec::new();
        for (name, value) in element.attrs() {
            match name {
                "style" | "class" => {}
                "href" => attributes.extend(self.svg_reference(tag, value).map(|value| ("href", value))),
                "data-src" if tag == "image" && element.attr("href").is_none() => {
                    attributes.extend(self.svg_reference(tag, value).map(|value| ("href", value)));
                }
                _ => attributes.extend(svg::attribute(name, value)),
            }
        }
        // The parser returns `xlink:href` after the other attributes and `href` among them: sorting makes the written
        // form a fixed point.
        attributes.sort_unstable();
        attributes.dedup_by(|a, b| a.0 == b.0);
        for (name, value) in attributes {
            self.attribute(name, &value);
        }
        self.styled(tag, tag, element);
        self.out.push('>');
        self.enter(tag);
        true
    }

    /// Returns the allowed `href` of an SVG element.
    fn svg_reference(&mut self, tag: &str, value: &str) -> Option<String> {
        match tag {
            "image" => self.medium(value, MediaRole::Image),
            "use" => svg::reference(value),
            _ => None,
        }
    }

    fn start_tag(&mut self, tag: &'static str, name: &str, element: &Element) {
        self.out.push('<');
        self.out.push_str(tag);
        for (attribute, value) in element.attrs() {
            if let Some(attribute) = policy::attribute(tag, attribute, value) {
                self.attribute(attribute, value);
            }
        }
        self.styled(tag, name, element);
        self.out.push('>');
    }

    /// Writes the style attribute: presentational attributes first, then the author's style, which takes precedence.
    fn styled(&mut self, tag: &'static str, name: &str, element: &Element) {
        let mut author = None;
        let mut text = String::new();
        for (attribute, value) in element.attrs() {
            match attribute {
                "style" => author = Some(value),
                // The platform's scripts move a background picture here until it comes into view.
                "data-lazy-bgimg" | "background" if !value.contains(['"', '\\', '\n']) && value.contains('/') => {
                    text.push_str("background-image:url(\"");
                    text.push_str(value.trim());
                    text.push_str("\");");
                }
                _ => {
                    if let Some(declaration) = policy::as_style(name, attribute, value) {
                        text.push_str(&declaration);
                        text.push(';');
                    }
                }
            }
        }
        match name {
            "center" => text.push_str("text-align:center;"),
            "big" => text.push_str("font-size:larger;"),
            _ => {}
        }
        let _ = tag;
        if text.is_empty() {
            if let Some(author) = author {
                self.style(author);
            }
        } else {
            text.push_str(author.unwrap_or_default());
            self.style(&text);
        }
    }

    /// Writes ` style="…"` with the parts of `style` that pass, if any.
    pub(super) fn style(&mut self, style: &str) {
        if style.trim().is_empty() {
            return;
        }
        if !self.styles.contains_key(style) {
            let clean = self.clean_style(style);
            self.styles.insert(style.to_owned(), clean);
        }
        let Some(clean) = self.styles.get(style).filter(|clean| !clean.is_empty()) else { return };
        self.out.push_str(" style=\"");
        self.out.push_str(clean);
        self.out.push('"');
    }

    fn clean_style(&mut self, style: &str) -> String {
        let mut clean = String::new();
        style::clean(style, &mut clean, &mut |property, url| {
            if style::shows_picture(property) && !url.starts_with('#') {
                // `url()` takes no quotes, spaces or parentheses here; a data image would need them.
                self.medium(url, MediaRole::Background).filter(|src| src.starts_with(MEDIA_SCHEME))
            } else {
                svg::reference(url)
            }
        });
        clean
    }

    /// Writes one attribute.
    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        write_attribute(name, value, &mut self.out);
    }

    fn enter(&mut self, tag: &'static str) {
        self.enter_with(tag, String::new());
    }

    /// Enters an element just written, with markup to write before its end tag.
    pub(super) fn enter_with(&mut self, tag: &'static str, last: String) {
        self.frames.push(Frame { tag, link: false, last });
        self.written.push(tag);
    }

    fn close(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        if frame.link
            && let Some(link) = self.link.take().and_then(|link| self.body.links.get_mut(link))
        {
            link.text = link.text.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        if !frame.tag.is_empty() {
            self.out.push_str(&frame.last);
            self.written.pop();
            self.out.push_str("</");
            self.out.push_str(frame.tag);
            self.out.push('>');
        }
    }

    /// Marks the output as unstable if a paragraph is open: the parser may read what follows differently.
    pub(super) fn breaks_paragraph(&mut self) {
        self.unstable |= self.written.contains(&"p");
    }
}

/// Reports whether `tag` is allowed directly in `parent`, as far as tables are concerned: the parser moves misplaced
/// elements.
fn fits_table(parent: &str, tag: &str) -> bool {
    match parent {
        "table" => matches!(tag, "caption" | "colgroup" | "thead" | "tbody" | "tfoot"),
        "thead" | "tbody" | "tfoot" => tag == "tr",
        "tr" => matches!(tag, "td" | "th"),
        "colgroup" => tag == "col",
        _ => !matches!(tag, "caption" | "colgroup" | "thead" | "tbody" | "tfoot" | "tr" | "td" | "th"),
    }
}

/// Reports whether the start tag of a list item would close an open one. The parser nests them only where it moves
/// something before a table.
fn closes_an_open_item(written: &[&str], tag: &str) -> bool {
    let closes = |open: &str| match tag {
        "dd" | "dt" => matches!(open, "dd" | "dt"),
        "li" => open == "li",
        _ => false,
    };
    // Searches like the parser: from the innermost out, not across a list or a cell. A false positive only costs a
    // second walk.
    let stops = |open: &str| matches!(open, "dl" | "ol" | "table" | "td" | "th" | "ul");
    written.iter().rev().find(|open| closes(open) || stops(open)).is_some_and(|open| closes(open))
}

/// Reports whether the start tag of a block would close an open paragraph. A form in a table can end up in one.
fn closes_an_open_paragraph(written: &[&str], tag: &str) -> bool {
    let block = matches!(
        tag,
        "blockquote"
            | "details"
            | "div"
            | "dl"
            | "dd"
            | "dt"
            | "figcaption"
            | "figure"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "li"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "ul"
    );
    let stops = |open: &str| matches!(open, "caption" | "foreignObject" | "table" | "td" | "th");
    block && written.iter().rev().take_while(|open| !stops(open)).any(|open| *open == "p")
}

fn is_heading(tag: &str) -> bool {
    matches!(tag, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}
