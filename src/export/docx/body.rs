//! Writes a body as paragraphs, lists and pictures. What a document cannot express is approximated and counted.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::line::{Line, Look, Piece, write_text};
use super::media::Pictures;
use super::parts::{INDENT, Links, Numbering, WIDTH};
use super::table;
use crate::html::body_urls::BodyUrls;
use crate::html::emphasis::Emphasis;
use crate::html::flow::{backgrounds, draws, holds_block, holds_media, holds_more_than_lines, is_block, words};
use crate::html::tree::{Element, Node};
use crate::text::Texts;

/// What the posts of a document share.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) pictures: Pictures,
    pub(super) numbering: Numbering,
    pub(super) links: Links,
    /// Number of pictures shown so far.
    pub(super) shown: u32,
}

/// A body as paragraphs.
pub(super) struct Written {
    pub(super) xml: String,
    pub(super) lost: BTreeMap<String, u32>,
}

/// Where a paragraph is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// Style of its paragraphs; empty for the usual one.
    pub(super) style: &'static str,
    /// Number of quotes around it.
    pub(super) quotes: u32,
    /// Number of lists around it.
    pub(super) level: u32,
    /// Width in twips.
    pub(super) width: u32,
    /// Alignment.
    pub(super) align: Option<&'static str>,
}

const BODY: Frame = Frame { style: "", quotes: 0, level: 0, width: WIDTH, align: None };

const HEADINGS: [&str; 6] = ["Heading1", "Heading2", "Heading3", "Heading4", "Heading5", "Heading6"];

const QUOTE: u32 = 360;

pub(super) struct Writer<'a> {
    pub(super) urls: &'a dyn BodyUrls,
    pub(super) texts: &'a Texts,
    pub(super) parts: &'a mut Parts,
    /// Level of the largest heading.
    largest: usize,
    /// List and level of an item without a paragraph yet.
    pub(super) mark: Option<(u32, u32)>,
    /// Number of background pictures shown.
    pub(super) backgrounds: u32,
    pub(super) out: String,
    lost: BTreeMap<String, u32>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(urls: &'a dyn BodyUrls, texts: &'a Texts, parts: &'a mut Parts, largest: usize) -> Self {
        Self { urls, texts, parts, largest, mark: None, backgrounds: 0, out: String::new(), lost: BTreeMap::new() }
    }

    pub(super) fn body(&mut self, nodes: &[Node<'_>]) {
        self.blocks(nodes, &Look::default(), &BODY);
        let behind = backgrounds(nodes).saturating_sub(std::mem::take(&mut self.backgrounds));
        if behind > 0 {
            *self.lost.entry("background".to_owned()).or_default() += behind;
        }
    }

    /// Writes a paragraph of plain text.
    pub(super) fn plain(&mut self, style: &'static str, text: &str) {
        let mut line = Line::default();
        line.push(&Look::default(), Piece::Text(text.to_owned()));
        self.end_paragraph(&mut line, &Frame { style, ..BODY });
    }

    /// Writes a paragraph with a link.
    pub(super) fn link(&mut self, style: &'static str, url: &str) {
        let mut line = Line::default();
        line.push(&Look { link: Some(url.to_owned()), ..Look::default() }, Piece::Text(url.to_owned()));
        self.end_paragraph(&mut line, &Frame { style, ..BODY });
    }

    /// Writes a comment or, on the second level, a reply.
    pub(super) fn comment(&mut self, level: u32, name: &str, text: &str) {
        let mut line = Line::default();
        line.push(&Look { bold: true, ..Look::default() }, Piece::Text(name.to_owned()));
        let look = Look { breaks: true, ..Look::default() };
        line.push(&look, Piece::Break);
        line.text(&look, text);
        self.end_paragraph(&mut line, &Frame { level, ..BODY });
    }

    pub(super) fn finish(mut self) -> Written {
        self.after_table();
        Written { xml: self.out, lost: self.lost }
    }

    pub(super) fn blocks(&mut self, nodes: &[Node<'_>], look: &Look, frame: &Frame) {
        let mut line = Line::default();
        self.fill(nodes, look, frame, &mut line);
        self.end_paragraph(&mut line, frame);
    }

    /// Adds nodes to the open paragraph, and writes the blocks before it.
    fn fill(&mut self, nodes: &[Node<'_>], look: &Look, frame: &Frame, line: &mut Line) {
        for node in nodes {
            match node {
                Node::Text(text) => line.text(look, text),
                Node::Element(element) if element.has_class("liudi-card") => {
                    self.end_paragraph(line, frame);
                    self.count(&element.get("data-kind").unwrap_or_default());
                    self.inline(element, look, frame, line);
                    self.end_paragraph(line, frame);
                }
                Node::Element(element) if is_block(element) => {
                    self.end_paragraph(line, frame);
                    self.block(element, look, frame);
                }
                Node::Element(element) if holds_block(element) => {
                    let look = self.look(element, look);
                    self.fill(&element.children, &look, frame, line);
                }
                Node::Element(element) => self.inline(element, look, frame, line),
            }
        }
    }

    fn block(&mut self, element: &Element<'_>, look: &Look, frame: &Frame) {
        let inside = self.look(element, look);
        let frame = &Frame { align: align(element).or(frame.align), ..*frame };
        match element.tag {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if !holds_more_than_lines(element) => {
                let level = usize::from(element.tag.as_bytes()[1] - b'0').max(self.largest);
                let mut line = Line::default();
                self.in_one_line(&element.children, &inside, frame, &mut line);
                self.end_paragraph(&mut line, &Frame { style: HEADINGS[level - 1], ..*frame });
            }
            "hr" => self.out.push_str("<w:p><w:pPr><w:pBdr><w:bottom w:val=\"single\" w:sz=\"6\" w:space=\"1\" w:color=\"BFBFBF\"/></w:pBdr></w:pPr></w:p>\n"),
            "pre" if !holds_media(element) => {
                let code = words(element);
                let code = code.trim_matches('\n');
                if !code.trim().is_empty() {
                    let mut run = "<w:r>".to_owned();
                    write_text(code, &mut run);
                    run.push_str("</w:r>");
                    self.paragraph(&run, &Frame { style: "Code", align: None, ..*frame });
                }
            }
            "blockquote" => {
                let width = frame.width.saturating_sub(QUOTE);
                let frame = Frame { style: "Quote", quotes: frame.quotes + 1, width, ..*frame };
                self.blocks(&element.children, &inside, &frame);
            }
            "figcaption" => self.blocks(&element.children, &inside, &Frame { style: "Caption", ..*frame }),
            "ul" | "ol" => self.list(element, &inside, frame),
            "table" => table::write(self, element, &inside, frame),
            "dt" | "summary" => self.blocks(&element.children, &Look { bold: true, ..inside }, frame),
            "svg" => self.drawing(element, &inside, frame),
            _ => {
                let before = self.out.len();
                self.blocks(&element.children, &inside, frame);
                if self.out.len() == before {
                    let mut line = Line::default();
                    self.background(element, &inside, frame, &mut line);
                    self.end_paragraph(&mut line, frame);
                }
            }
        }
    }

    /// Adds nodes to one line, with a line break between blocks.
    fn in_one_line(&mut self, nodes: &[Node<'_>], look: &Look, frame: &Frame, line: &mut Line) {
        for node in nodes {
            match node {
                Node::Element(element) if is_block(element) || holds_block(element) => {
                    line.push(look, Piece::Break);
                    let look = self.look(element, look);
                    self.in_one_line(&element.children, &look, frame, line);
                    line.push(&look, Piece::Break);
                }
                Node::Element(element) => self.inline(element, look, frame, line),
                Node::Text(text) => line.text(look, text),
            }
        }
    }

    /// Writes the mark of an item whose content begins with something else than a paragraph.
    pub(super) fn spend_mark(&mut self, frame: &Frame) {
        if self.mark.is_some() {
            self.paragraph("", frame);
        }
    }

    /// Returns the look of the text inside an element.
    pub(super) fn look(&self, element: &Element<'_>, look: &Look) -> Look {
        let mut look = look.clone();
        let Look { bold, italic, struck, breaks, .. } = look;
        let inside = Emphasis { bold, italic, struck, breaks }.inside(element);
        (look.bold, look.italic, look.struck, look.breaks) = (inside.bold, inside.italic, inside.struck, inside.breaks);
        match element.tag {
            "u" | "ins" => look.underlined = true,
            "sub" => look.raised = Some("subscript"),
            "sup" => look.raised = Some("superscript"),
            "code" | "kbd" | "samp" | "pre" => look.code = true,
            "a" if look.link.is_none() => look.link = element.get("href").and_then(|href| self.urls.link(&href)),
            _ => {}
        }
        for declaration in element.style().split(';') {
            if let Some(("text-decoration" | "text-decoration-line", value)) = declaration.split_once(':') {
                look.underlined |= value.contains("underline");
            }
        }
        look
    }

    fn inlines(&mut self, nodes: &[Node<'_>], look: &Look, frame: &Frame, line: &mut Line) {
        for node in nodes {
            match node {
                Node::Text(text) => line.text(look, text),
                Node::Element(element) => self.inline(element, look, frame, line),
            }
        }
    }

    fn inline(&mut self, element: &Element<'_>, look: &Look, frame: &Frame, line: &mut Line) {
        let around = |marks: [&str; 2], writer: &mut Self, line: &mut Line| {
            line.push(look, Piece::Text(marks[0].to_owned()));
            let inside = writer.look(element, look);
            writer.inlines(&element.children, &inside, frame, line);
            line.push(look, Piece::Text(marks[1].to_owned()));
        };
        match element.tag {
            "br" => line.push(look, Piece::Break),
            "wbr" | "rp" | "col" | "colgroup" => {}
            "img" => {
                let alt = element.get("alt").unwrap_or_default();
                let alt = alt.split_whitespace().collect::<Vec<_>>().join(" ");
                let src = element.get("src").unwrap_or_default();
                self.picture(&src, &alt, Some(element), look, frame, line);
            }
            "audio" | "video" => self.player(element, look, frame, line),
            "code" | "kbd" | "samp" if !holds_media(element) => {
                let look = self.look(element, look);
                line.push(&look, Piece::Code(words(element)));
            }
            "rt" => around(["（", "）"], self, line),
            "q" => around(["“", "”"], self, line),
            "svg" => {
                // Inside a line there is only a drawing without content of its own.
                self.background(element, look, frame, line);
                if draws(element) {
                    self.count("svg");
                }
            }
            _ => {
                let inside = self.look(element, look);
                self.inlines(&element.children, &inside, frame, line);
            }
        }
    }

    pub(super) fn end_paragraph(&mut self, line: &mut Line, frame: &Frame) {
        if line.is_empty() {
            *line = Line::default();
            return;
        }
        let runs = line.take(&mut self.parts.links);
        self.paragraph(&runs, frame);
    }

    fn paragraph(&mut self, runs: &str, frame: &Frame) {
        let mut form = String::new();
        if !frame.style.is_empty() {
            let _ = write!(form, "<w:pStyle w:val=\"{}\"/>", frame.style);
        }
        let mark = self.mark.take();
        if let Some((list, level)) = mark {
            let _ = write!(form, "<w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/></w:numPr>");
        }
        if frame.level > 0 || frame.quotes > 1 {
            let left = frame.level * INDENT + frame.quotes.min(12) * QUOTE;
            let hanging = if mark.is_some() { INDENT } else { 0 };
            let _ = write!(form, "<w:ind w:left=\"{left}\" w:hanging=\"{hanging}\"/>");
        }
        if let Some(align) = frame.align {
            let _ = write!(form, "<w:jc w:val=\"{align}\"/>");
        }
        self.out.push_str("<w:p>");
        if !form.is_empty() {
            let _ = write!(self.out, "<w:pPr>{form}</w:pPr>");
        }
        self.out.push_str(runs);
        self.out.push_str("</w:p>\n");
    }

    /// Writes what is not text: the elements of a table.
    pub(super) fn raw(&mut self, xml: &str) {
        self.out.push_str(xml);
    }

    /// Writes an empty paragraph after a table, where the format asks for one.
    pub(super) fn after_table(&mut self) {
        if self.out.ends_with("</w:tbl>\n") {
            self.out.push_str("<w:p/>\n");
        }
    }

    /// Ends a cell, which must end with a paragraph.
    pub(super) fn end_cell(&mut self) {
        if !self.out.ends_with("</w:p>\n") && !self.out.ends_with("<w:p/>\n") {
            self.out.push_str("<w:p/>\n");
        }
        self.out.push_str("</w:tc>\n");
    }

    pub(super) fn count(&mut self, kind: &str) {
        *self.lost.entry(kind.to_owned()).or_default() += 1;
    }
}

pub(super) fn align(element: &Element<'_>) -> Option<&'static str> {
    let value = element.style().split(';').find_map(|declaration| declaration.strip_prefix("text-align:"))?;
    match value {
        "center" | "-webkit-center" => Some("center"),
        "right" | "end" => Some("right"),
        "justify" => Some("both"),
        "left" | "start" => Some("left"),
        _ => None,
    }
}
