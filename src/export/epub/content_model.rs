//! Rewrites a canonical body so that it keeps the content model of HTML, which readers of books check and browsers do
//! not: no block inside of a line, nothing but items in a list, nothing but cells in a row.

mod kinds;
mod tables;

use self::kinds::{Blocks, Run, as_element, blocks, is, is_blank, is_definitions, is_ruby, of_html, runs};
use crate::export::xml::allowed;
use crate::html::body_urls::{bag_path, style_pictures};
use crate::html::tree::{Element, Node, tree};
use crate::html::{SanitiseOptions, escape_attribute, escape_text, sanitise};

/// A body that keeps the content model.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// Canonical body.
    pub(super) body: String,
    /// Number of pictures that a book cannot hold.
    pub(super) unfit: u64,
    /// Number of background pictures that a book cannot hold.
    pub(super) unfit_backgrounds: u64,
}

/// Rewrites `body`. Pictures whose path in the bag `is_unfit` are named by `word`.
pub(super) fn valid(body: &str, is_unfit: &dyn Fn(&str) -> bool, word: &str) -> Made {
    let mut writer = Writer { made: Made::default(), is_unfit, word, in_link: false };
    if let Ok(nodes) = tree(body) {
        writer.nodes(&nodes, Place::Flow);
    } else {
        // Not written by the sanitiser: the archive was edited.
        let clean = sanitise(body, &SanitiseOptions::default()).html;
        writer.nodes(&tree(&clean).unwrap_or_default(), Place::Flow);
    }
    writer.made
}

/// What the surrounding element may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Blocks and text.
    Flow,
    /// Text and inline elements.
    Inline,
}

struct Writer<'w> {
    made: Made,
    is_unfit: &'w dyn Fn(&str) -> bool,
    word: &'w str,
    in_link: bool,
}

impl Writer<'_> {
    fn nodes<'n, 'a: 'n>(&mut self, nodes: impl IntoIterator<Item = &'n Node<'a>>, place: Place) {
        for node in nodes {
            match node {
                Node::Text(text) => escape_text(&allowed(text), &mut self.made.body),
                Node::Element(element) => self.element(element, place),
            }
        }
    }

    fn element(&mut self, element: &Element<'_>, place: Place) {
        let tag = element.tag;
        let below = blocks(element);
        match tag {
            "img" if self.is_unfit(&element.get("src").unwrap_or_default()) => self.unfit(element),
            "image" if self.is_unfit(&element.get("href").unwrap_or_default()) => self.unfit(element),
            "video" => {
                if self.is_unfit(&element.get("poster").unwrap_or_default()) {
                    self.unfit(element);
                }
                self.whole(tag, element, "", place);
            }
            "br" | "img" | "wbr" => self.start(tag, element, ""),
            "hr" if place == Place::Flow => self.start(tag, element, ""),
            "hr" => self.made.body.push_str("<br>"),
            "col" => {}
            "a" if self.in_link => self.nodes(&element.children, place),
            "a" => {
                self.in_link = true;
                self.whole("a", element, "", place);
                self.in_link = false;
            }
            "dfn" => self.inline("abbr", element, "", below, place),
            "ruby" if below == Blocks::None && is_ruby(element) => self.ruby(element),
            // A time without a date in the form that HTML asks for is plain text.
            "time" | "ruby" | "rt" | "rp" => self.inline("span", element, "", below, place),
            "strong" | "b" => self.inline(tag, element, "font-weight:bold", below, place),
            "em" | "i" | "cite" => self.inline(tag, element, "font-style:italic", below, place),
            "u" => self.inline(tag, element, "text-decoration:underline", below, place),
            "s" => self.inline(tag, element, "text-decoration:line-through", below, place),
            // A direction has to be given.
            "bdo" => {
                let tag = if element.get("dir").is_none() { "span" } else { tag };
                self.inline(tag, element, "", below, place);
            }
            "abbr" | "bdi" | "code" | "kbd" | "mark" | "q" | "samp" | "small" | "span" | "sub" | "sup" | "var" => {
                self.inline(tag, element, "", below, place);
            }
            // A block where only lines may be.
            _ if place == Place::Inline && of_html(tag) => self.whole("span", element, "display:block", place),
            "p" if below != Blocks::None => self.whole("div", element, "", place),
            "p" => self.whole("p", element, "", Place::Inline),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if below == Blocks::Other => {
                self.whole("div", element, "font-weight:bold", place);
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.whole(tag, element, "", Place::Inline),
            "pre" if below == Blocks::Other => self.whole("div", element, "white-space:pre-wrap", place),
            "pre" => self.whole("pre", element, "", Place::Inline),
            "ul" | "ol" => self.list(element),
            "dl" if is_definitions(element) => self.definitions(element),
            "table" => self.table(element),
            "details" if !self.in_link => self.details(element),
            "figure" => self.figure(element),
            "caption" | "dd" | "details" | "dl" | "dt" | "figcaption" | "li" | "summary" | "tbody" | "td" | "tfoot"
            | "th" | "thead" | "tr" | "colgroup" | "section" => self.whole("div", element, "", place),
            // Without content of its own kind: `div`, `blockquote`, `ins`, `del`, players, drawings.
            _ => self.whole(tag, element, "", place),
        }
    }

    /// Writes an inline element; around lists and tables, and for `span` around any block, a block with its style.
    fn inline(&mut self, tag: &str, element: &Element<'_>, style: &str, below: Blocks, place: Place) {
        let is_block = below == Blocks::Other || below == Blocks::Plain && tag == "span";
        if is_block && place == Place::Flow {
            self.whole("div", element, style, Place::Flow);
        } else {
            self.whole(tag, element, "", Place::Inline);
        }
    }

    /// Writes an element under the name `tag`, its own style after `style`.
    fn whole(&mut self, tag: &str, element: &Element<'_>, style: &str, place: Place) {
        self.start(tag, element, style);
        self.nodes(&element.children, place);
        self.end(tag);
    }

    fn start(&mut self, tag: &str, element: &Element<'_>, style: &str) {
        let own = element.get("style").unwrap_or_default();
        // Books give the direction of a text by `dir` alone.
        let mut kept: Vec<&str> = own.split(';').filter(|one| !one.trim_start().starts_with("direction:")).collect();
        let before = kept.len();
        kept.retain(|one| !style_pictures(one).any(|src| self.is_unfit(src)));
        self.made.unfit_backgrounds += (before - kept.len()) as u64;
        let style = std::iter::once(style).chain(kept).filter(|one| !one.is_empty()).collect::<Vec<_>>().join(";");
        self.made.body.push('<');
        self.made.body.push_str(tag);
        for (name, value) in element.attributes() {
            let kept = match *name {
                "class" | "dir" => true,
                "title" => tag == "abbr",
                "style" | "datetime" => false,
                "width" | "height" if tag == "img" => {
                    !value.is_empty() && value.len() < 6 && value.bytes().all(|byte| byte.is_ascii_digit())
                }
                _ => tag == element.tag,
            };
            if kept {
                self.made.body.extend([" ", name, "=\"", &allowed(value), "\""]);
            }
        }
        if !style.is_empty() {
            self.made.body.push_str(" style=\"");
            escape_attribute(&allowed(&style), &mut self.made.body);
            self.made.body.push('"');
        }
        self.made.body.push('>');
    }

    fn end(&mut self, tag: &str) {
        for part in ["</", tag, ">"] {
            self.made.body.push_str(part);
        }
    }

    /// Reports whether the picture at an address of the body cannot be in a book.
    fn is_unfit(&self, src: &str) -> bool {
        match src.strip_prefix("data:image/") {
            Some(inline) => !["png;", "jpeg;", "gif;", "webp;"].iter().any(|format| inline.starts_with(format)),
            None => bag_path(src).is_some_and(self.is_unfit),
        }
    }

    /// Names a picture that cannot be in the book.
    fn unfit(&mut self, element: &Element<'_>) {
        self.made.unfit += 1;
        self.made.body.push_str("<em>[");
        escape_text(self.word, &mut self.made.body);
        let alt = element.get("alt").unwrap_or_default();
        if !alt.is_empty() {
            self.made.body.push_str(": ");
            escape_text(&allowed(&alt), &mut self.made.body);
        }
        self.made.body.push_str("]</em>");
    }

    fn list(&mut self, element: &Element<'_>) {
        let tag = element.tag;
        self.start(tag, element, "");
        for group in runs(&element.children, &["li"]) {
            match group {
                Run::Own(item) => {
                    if tag == "ul" && item.get("value").is_some() {
                        let style = item.get("style").unwrap_or_default();
                        self.bare("li", &style);
                    } else {
                        self.start("li", item, "");
                    }
                    self.nodes(&item.children, Place::Flow);
                    self.end("li");
                }
                Run::Others(nodes) => {
                    self.bare("li", "list-style-type:none");
                    self.nodes(nodes, Place::Flow);
                    self.end("li");
                }
            }
        }
        self.end(tag);
    }

    fn bare(&mut self, tag: &str, style: &str) {
        self.made.body.push('<');
        self.made.body.push_str(tag);
        if !style.is_empty() {
            self.made.body.push_str(" style=\"");
            escape_attribute(style, &mut self.made.body);
            self.made.body.push('"');
        }
        self.made.body.push('>');
    }

    fn definitions(&mut self, element: &Element<'_>) {
        self.start("dl", element, "");
        for item in element.children.iter().filter_map(as_element) {
            self.start(item.tag, item, "");
            // Terms hold no headings.
            let place = if item.tag == "dt" { Place::Inline } else { Place::Flow };
            self.nodes(&item.children, place);
            self.end(item.tag);
        }
        self.end("dl");
    }

    fn ruby(&mut self, element: &Element<'_>) {
        self.start("ruby", element, "");
        for node in &element.children {
            match node {
                Node::Element(one) if matches!(one.tag, "rt" | "rp") => self.whole(one.tag, one, "", Place::Inline),
                node => self.nodes([node], Place::Inline),
            }
        }
        self.end("ruby");
    }

    fn details(&mut self, element: &Element<'_>) {
        let mut rest = element.children.iter().skip_while(|node| is_blank(node));
        let Some(Node::Element(summary)) = rest.next().filter(|node| is(node, &["summary"])) else {
            return self.whole("div", element, "", Place::Flow);
        };
        self.start("details", element, "");
        self.whole("summary", summary, "", Place::Inline);
        self.nodes(rest, Place::Flow);
        self.end("details");
    }

    fn figure(&mut self, element: &Element<'_>) {
        let shown: Vec<&Node<'_>> = element.children.iter().filter(|node| !is_blank(node)).collect();
        let captions = shown.iter().filter(|node| is(node, &["figcaption"])).count();
        let at_end = [shown.first(), shown.last()].into_iter().flatten().any(|node| is(node, &["figcaption"]));
        self.start("figure", element, "");
        for node in shown {
            match node {
                Node::Element(caption) if captions == 1 && at_end && caption.tag == "figcaption" => {
                    self.whole("figcaption", caption, "", Place::Flow);
                }
                node => self.nodes([node], Place::Flow),
            }
        }
        self.end("figure");
    }
}

#[cfg(test)]
mod tests;
