//! Writes a canonical body as Markdown: CommonMark with GFM's tables and strikethrough. What Markdown cannot express
//! (merged cells, interactive drawings, cards of the platform) is approximated and counted.

mod code;
mod escape;
mod inline;
mod list;
mod media;
mod table;

use std::collections::BTreeMap;

use self::inline::{Inline, Line, Style};
use self::list::counts_from_one;
use super::body_urls::BodyUrls;
use super::clean::clean;
use super::emphasis::Emphasis;
use super::flow::{backgrounds, draws, holds_block, holds_media, holds_more_than_lines, is_block, words};
use super::tree::{Element, Node, tree};
use super::{SanitiseOptions, sanitise};

/// A body as Markdown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markdown {
    /// Text, without a final line end.
    pub text: String,
    /// Number of things Markdown cannot express, by kind: `svg`, `table`, `background`, or the platform's name of a
    /// card.
    pub lost: BTreeMap<String, u32>,
    /// Number of media that are not held.
    pub missing: u32,
}

/// What distinguishes the Markdown of a target from CommonMark.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dialect {
    /// Texts that the target runs or cuts at even in code. Code that contains one is written as HTML.
    pub html_code: &'static [&'static str],
    /// Set for kramdown, which joins lists with different marks, numbers each from 1, and shows the backslash before a
    /// `|` in code. There, lists are separated by a comment, and what it cannot do is HTML.
    pub is_kramdown: bool,
}

/// Writes `content`, a canonical body, as Markdown.
pub fn markdown(content: &str, urls: &dyn BodyUrls) -> Markdown {
    markdown_as(content, urls, Dialect::default())
}

/// Writes `content`, a canonical body, as the Markdown of a target.
pub fn markdown_as(content: &str, urls: &dyn BodyUrls, dialect: Dialect) -> Markdown {
    let write = |nodes: &[Node<'_>]| {
        let mut writer = Writer { urls, dialect, in_cell: false, backgrounds: 0, lost: BTreeMap::new(), missing: 0 };
        let text = writer.blocks(nodes, &Style::default()).join("\n\n");
        // Whatever way an element was written.
        let behind = backgrounds(nodes).saturating_sub(writer.backgrounds);
        if behind > 0 {
            writer.lost.insert("background".to_owned(), behind);
        }
        Markdown { text, lost: writer.lost, missing: writer.missing }
    };
    if let Ok(nodes) = tree(content) {
        return write(&nodes);
    }
    // Not written by the sanitiser: the archive was edited.
    let body = sanitise(content, &SanitiseOptions::default());
    tree(&body.html).map(|nodes| write(&nodes)).unwrap_or_default()
}

/// Escapes a plain text as Markdown, line by line.
pub fn escape_lines(text: &str) -> String {
    let lines = text.lines().map(str::trim).map(|line| {
        let mut out = String::new();
        escape::text(line, &mut out);
        escape::line(&out)
    });
    lines.collect::<Vec<_>>().join("  \n")
}

struct Writer<'a> {
    urls: &'a dyn BodyUrls,
    dialect: Dialect,
    /// Whether the cell of a table is being written.
    in_cell: bool,
    /// Number of background pictures that are written.
    backgrounds: u32,
    lost: BTreeMap<String, u32>,
    missing: u32,
}

/// Hard line break inside a paragraph.
const NEWLINE: &str = "  \n";

impl Writer<'_> {
    /// Returns the blocks of `nodes`, each without a final line end.
    fn blocks(&mut self, nodes: &[Node<'_>], look: &Style) -> Vec<String> {
        let mut out = Vec::new();
        let mut line = Line::default();
        self.fill(nodes, look, &mut line, &mut out);
        end_paragraph(&mut line, &mut out);
        out
    }

    /// Adds nodes to the open paragraph and to the blocks before it.
    fn fill(&mut self, nodes: &[Node<'_>], look: &Style, line: &mut Line, out: &mut Vec<String>) {
        for node in nodes {
            match node {
                Node::Text(text) => line.text(look, text),
                Node::Element(element) if element.has_class("liudi-card") => {
                    end_paragraph(line, out);
                    self.inline(element, look, line);
                    end_paragraph(line, out);
                }
                Node::Element(element) if is_block(element) => {
                    end_paragraph(line, out);
                    self.block(element, look, out);
                }
                Node::Element(element) if holds_block(element) => {
                    // A link or emphasis around blocks applies to the text of each.
                    let look = self.look(element, look);
                    self.fill(&element.children, &look, line, out);
                }
                Node::Element(element) => self.inline(element, look, line),
            }
        }
    }

    fn block(&mut self, element: &Element<'_>, look: &Style, out: &mut Vec<String>) {
        let inside = self.look(element, look);
        match element.tag {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if !holds_more_than_lines(element) => {
                // The title is the only heading of the first level.
                let level = element.tag.as_bytes()[1].saturating_sub(b'0').max(2);
                let text = self.heading(element, &inside);
                if !text.is_empty() {
                    out.push(format!("{} {text}", "#".repeat(level.into())));
                }
            }
            "hr" => out.push("---".to_owned()),
            "pre" if !holds_media(element) => out.extend(self.code_block(element)),
            "blockquote" => {
                let inner = self.blocks(&element.children, &inside).join("\n\n");
                if !inner.is_empty() {
                    out.push(prefix(&inner, "> ", "> "));
                }
            }
            "ol" if self.dialect.is_kramdown && !counts_from_one(element) => {
                out.push(self.html(element));
            }
            "ul" | "ol" => self.list(element, &inside, out),
            "table" => {
                let written = table::write(self, element, &inside);
                out.extend(written.into_iter().filter(|block| !block.is_empty()));
            }
            "dt" | "summary" => {
                let bold = Style { bold: true, ..inside };
                out.extend(self.blocks(&element.children, &bold));
            }
            "svg" => self.drawing(element, &inside, out),
            _ => {
                let before = out.len();
                out.extend(self.blocks(&element.children, &inside));
                if out.len() == before {
                    out.extend(self.background(element));
                }
            }
        }
    }

    /// Writes the text of a heading in one line. All bold, it has the same meaning without.
    fn heading(&mut self, element: &Element<'_>, look: &Style) -> String {
        let mut line = Line::default();
        self.inlines_in_one(&element.children, look, &mut line);
        line.lighten();
        if line.is_empty() {
            return String::new();
        }
        let text = line.take(" ");
        // Number signs at the end would be read as a closing sequence.
        let open = text.trim_end_matches('#');
        if open.len() < text.len() && !open.ends_with('\\') {
            return format!("{open}\\{}", &text[open.len()..]);
        }
        text
    }

    /// Adds nodes to one line, with a line break between blocks.
    fn inlines_in_one(&mut self, nodes: &[Node<'_>], look: &Style, line: &mut Line) {
        for node in nodes {
            match node {
                Node::Element(element) if is_block(element) || holds_block(element) => {
                    line.end(look);
                    let look = self.look(element, look);
                    self.inlines_in_one(&element.children, &look, line);
                    line.end(&look);
                }
                _ => self.inlines(std::slice::from_ref(node), look, line),
            }
        }
    }

    /// Returns the style of the text inside an element.
    fn look(&self, element: &Element<'_>, look: &Style) -> Style {
        let mut look = look.clone();
        let Style { bold, italic, struck, breaks, .. } = look;
        let inside = Emphasis { bold, italic, struck, breaks }.inside(element);
        (look.bold, look.italic, look.struck, look.breaks) = (inside.bold, inside.italic, inside.struck, inside.breaks);
        if element.tag == "a" && look.link.is_none() {
            look.link = element.get("href").and_then(|href| self.urls.link(&href));
        }
        look
    }

    fn inlines(&mut self, nodes: &[Node<'_>], look: &Style, line: &mut Line) {
        for node in nodes {
            match node {
                Node::Text(text) => line.text(look, text),
                Node::Element(element) => self.inline(element, look, line),
            }
        }
    }

    fn inline(&mut self, element: &Element<'_>, look: &Style, line: &mut Line) {
        if element.has_class("liudi-card") {
            self.count(&element.get("data-kind").unwrap_or_default());
        }
        let ready = |line: &mut Line, text: String| line.push(look, Inline::Ready(text));
        match element.tag {
            "br" => line.push(look, Inline::Break),
            "wbr" | "rp" | "col" | "colgroup" => {}
            "img" => {
                let picture = self.picture(element);
                ready(line, picture);
            }
            "audio" | "video" => {
                let player = self.player(element);
                ready(line, player);
            }
            "code" | "kbd" | "samp" if !holds_media(element) => self.code(&words(element), look, line),
            "sub" | "sup" => {
                let look = self.look(element, look);
                line.push(&look, Inline::Ready(format!("<{}>", element.tag)));
                self.inlines(&element.children, &look, line);
                line.push(&look, Inline::Ready(format!("</{}>", element.tag)));
            }
            "rt" => {
                line.push(look, Inline::Text("（".to_owned()));
                self.inlines(&element.children, look, line);
                line.push(look, Inline::Text("）".to_owned()));
            }
            "q" => {
                line.push(look, Inline::Text("“".to_owned()));
                let inside = self.look(element, look);
                self.inlines(&element.children, &inside, line);
                line.push(look, Inline::Text("”".to_owned()));
            }
            "svg" => {
                let mut blocks = Vec::new();
                self.drawing(element, look, &mut blocks);
                ready(line, blocks.join(" "));
            }
            _ => {
                let inside = self.look(element, look);
                self.inlines(&element.children, &inside, line);
                if element.children.is_empty()
                    && let Some(picture) = self.background(element)
                {
                    ready(line, picture);
                }
            }
        }
    }

    /// Writes an element as HTML in one line: an empty line would end it, and braces could start a template.
    fn html(&mut self, element: &Element<'_>) -> String {
        for inner in element.descendants() {
            if inner.tag == "svg" && draws(inner) {
                self.count("svg");
            } else if inner.has_class("liudi-card") {
                self.count(&inner.get("data-kind").unwrap_or_default());
            }
        }
        let (html, missing) = clean(std::slice::from_ref(&Node::Element(element.clone())), self.urls);
        self.missing += missing;
        html.replace('\n', "&#10;").replace("{{", "{&#123;").replace("{%", "{&#37;")
    }

    fn count(&mut self, kind: &str) {
        *self.lost.entry(kind.to_owned()).or_default() += 1;
    }
}

fn end_paragraph(line: &mut Line, out: &mut Vec<String>) {
    if line.is_empty() {
        *line = Line::default();
        return;
    }
    let text = line.take(NEWLINE);
    let lines: Vec<String> = text.split(NEWLINE).map(escape::line).filter(|line| !line.is_empty()).collect();
    if !lines.is_empty() {
        out.push(lines.join(NEWLINE));
    }
}

/// Puts `first` before the first line and `rest` before the others. Empty lines get no trailing spaces.
fn prefix(text: &str, first: &str, rest: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (number, line) in text.split('\n').enumerate() {
        let mark = if number == 0 { first } else { rest };
        if number > 0 {
            out.push('\n');
        }
        out.push_str(if line.is_empty() { mark.trim_end() } else { mark });
        out.push_str(line);
    }
    out
}

#[cfg(test)]
mod tests;
