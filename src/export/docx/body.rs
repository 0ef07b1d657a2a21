//! Writes a body as paragraphs, lists and pictures. What a document cannot express is approximated and counted.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::line::{Line, Look, Piece, write_text};
use super::media::{Pictures, Shown, background};
use super::parts::{BULLETS, DEEPEST, HEIGHT, INDENT, Links, Numbering, WIDTH, escaped};
use super::table;
use crate::html::body_urls::{BodyUrls, Word, bag_path};
use crate::html::emphasis::Emphasis;
use crate::html::flow::{holds_block, holds_media, holds_more_than_lines, is_block, words};
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
    urls: &'a dyn BodyUrls,
    texts: &'a Texts,
    parts: &'a mut Parts,
    /// Level of the largest heading.
    largest: usize,
    /// List and level of an item without a paragraph yet.
    mark: Option<(u32, u32)>,
    out: String,
    lost: BTreeMap<String, u32>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(urls: &'a dyn BodyUrls, texts: &'a Texts, parts: &'a mut Parts, largest: usize) -> Self {
        Self { urls, texts, parts, largest, mark: None, out: String::new(), lost: BTreeMap::new() }
    }

    pub(super) fn body(&mut self, nodes: &[Node<'_>]) {
        self.blocks(nodes, &Look::default(), &BODY);
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
                self.background(element, self.out.len() == before, frame);
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

    /// Writes the background picture of an element. Behind text it is decoration and only counted; alone it is the
    /// content.
    fn background(&mut self, element: &Element<'_>, is_alone: bool, frame: &Frame) {
        let Some(src) = background(element).filter(|src| bag_path(src).is_some()) else { return };
        if !is_alone {
            return self.count("background");
        }
        let mut line = Line::default();
        if let Shown::Placed(_) | Shown::Unfit = self.parts.pictures.of(&src) {
            self.picture(&src, "", None, &Look::default(), frame, &mut line);
        }
        self.end_paragraph(&mut line, frame);
    }

    /// Writes the pictures and text of a drawing. A drawing without either is decoration and not counted as lost.
    fn drawing(&mut self, element: &Element<'_>, look: &Look, frame: &Frame) {
        let before = self.out.len();
        self.draw(element, look, frame);
        if self.out.len() > before {
            self.count("svg");
        }
    }

    fn draw(&mut self, element: &Element<'_>, look: &Look, frame: &Frame) {
        match element.tag {
            "image" => {
                let src = element.get("href").unwrap_or_default();
                let mut line = Line::default();
                if !matches!(self.parts.pictures.of(&src), Shown::Missing) {
                    self.picture(&src, "", None, look, frame, &mut line);
                }
                self.end_paragraph(&mut line, frame);
            }
            "text" | "foreignObject" => self.blocks(&element.children, look, frame),
            _ => {
                for child in &element.children {
                    if let Node::Element(child) = child {
                        self.draw(child, look, frame);
                    }
                }
            }
        }
        self.background(element, element.tag != "text" && element.children.is_empty(), frame);
    }

    /// Writes a list, as several if its numbers are not consecutive.
    fn list(&mut self, element: &Element<'_>, look: &Look, frame: &Frame) {
        // An item that begins with a list of its own keeps its mark.
        self.spend_mark(frame);
        let is_ordered = element.tag == "ol";
        let is_reversed = element.get("reversed").is_some();
        let number_of = |element: &Element<'_>, name: &str| element.get(name).and_then(|text| text.parse::<i64>().ok());
        let items = element.children.iter().filter(|one| matches!(one, Node::Element(item) if item.tag == "li"));
        let first = if is_reversed { i64::try_from(items.count()).unwrap_or(1) } else { 1 };
        let mut number = number_of(element, "start").unwrap_or(first);
        let level = frame.level.min(DEEPEST);
        let width = frame.width.saturating_sub(INDENT);
        let frame = Frame { level: level + 1, width, ..*frame };
        let (mut list, mut next) = (BULLETS, None);
        for child in &element.children {
            let (children, look) = match child {
                Node::Element(item) if item.tag == "li" => {
                    number = number_of(item, "value").unwrap_or(number);
                    (&item.children[..], self.look(item, look))
                }
                Node::Text(text) if text.trim().is_empty() => continue,
                // Content outside an item becomes an item.
                Node::Element(_) | Node::Text(_) => (std::slice::from_ref(child), look.clone()),
            };
            if is_ordered && next != Some(number) {
                list = self.parts.numbering.add(level, number);
            }
            self.mark = Some((list, level));
            self.blocks(children, &look, &frame);
            next = self.mark.take().is_none().then(|| number.saturating_add(1));
            number = number.saturating_add(if is_reversed { -1 } else { 1 });
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
                let src = background(element).filter(|src| bag_path(src).is_some());
                if let Some(src) = src {
                    self.picture(&src, "", Some(element), look, frame, line);
                    self.count("svg");
                }
            }
            _ => {
                let inside = self.look(element, look);
                self.inlines(&element.children, &inside, frame, line);
            }
        }
    }

    /// Writes a video or recording: its word, under its poster if it has one.
    fn player(&mut self, element: &Element<'_>, look: &Look, frame: &Frame, line: &mut Line) {
        let (word, missing) = match element.tag {
            "video" => (Word::Video, Word::MissingVideo),
            _ => (Word::Audio, Word::MissingAudio),
        };
        if let Some(poster) = element.get("poster").filter(|_| element.tag == "video")
            && let Shown::Placed(_) = self.parts.pictures.of(&poster)
        {
            self.picture(&poster, "", None, look, frame, line);
            line.push(look, Piece::Break);
        }
        let is_held = element.get("src").as_deref().and_then(bag_path).is_some();
        self.count(if is_held { element.tag } else { "missing" });
        let text = format!("［{}］", self.urls.word(if is_held { word } else { missing }));
        line.push(look, Piece::Text(text));
    }

    fn picture(
        &mut self,
        src: &str,
        alt: &str,
        element: Option<&Element<'_>>,
        look: &Look,
        frame: &Frame,
        line: &mut Line,
    ) {
        let placed = match self.parts.pictures.of(src) {
            Shown::Placed(placed) => placed,
            shown => {
                let mut words = vec![self.urls.word(Word::MissingImage)];
                self.count(if let Shown::Unfit = shown { "picture-format" } else { "missing" });
                if let Shown::Unfit = shown {
                    words[0] = self.texts.get("export-picture", &[]);
                }
                words.extend(Some(alt.to_owned()).filter(|alt| !alt.is_empty()));
                if let (Shown::Unfit, Some(path)) = (shown, bag_path(src)) {
                    words.extend(path.rsplit('/').next().map(str::to_owned));
                }
                return line.push(look, Piece::Text(format!("［{}］", words.join(" · "))));
            }
        };
        let room = u64::from(frame.width.max(INDENT)) * EMU_OF_TWIP;
        let wanted = element.and_then(|element| wanted_width(element, room));
        let (width, height) = fit(placed.width, placed.height, wanted, room);
        self.parts.shown += 1;
        let (id, number, alt) = (self.parts.shown, placed.number, escaped(alt));
        let mut run = String::new();
        let _ = write!(
            run,
            "<w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{width}\" cy=\"{height}\"/><wp:docPr id=\"{id}\" name=\"{id}\" descr=\"{alt}\"/><a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic><pic:nvPicPr><pic:cNvPr id=\"{id}\" name=\"{id}\" descr=\"{alt}\"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed=\"rIdP{number}\"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{width}\" cy=\"{height}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        );
        line.push(look, Piece::Run(run));
    }

    fn end_paragraph(&mut self, line: &mut Line, frame: &Frame) {
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

const EMU_OF_TWIP: u64 = 635;

const EMU_OF_PIXEL: u64 = 9525;

/// Returns the size of a picture in the document's unit: that of its pixels or of its style, at most the page's.
fn fit(width: u32, height: u32, wanted: Option<u64>, room: u64) -> (u64, u64) {
    let (width, height) = (u64::from(width), u64::from(height));
    let tall = u64::from(HEIGHT) * EMU_OF_TWIP;
    let mut wide = wanted.unwrap_or(width * EMU_OF_PIXEL).min(room);
    if wide * height / width > tall {
        wide = tall * width / height;
    }
    (wide.max(1), (wide * height / width).max(1))
}

/// Returns the width of a picture that its style or attribute gives.
fn wanted_width(element: &Element<'_>, room: u64) -> Option<u64> {
    let style = element.style().split(';').find_map(|declaration| declaration.strip_prefix("width:"));
    let value = style.map(str::to_owned).or_else(|| Some(element.get("width")?.into_owned()))?;
    let number = |text: &str| text.trim().split('.').next()?.parse::<u64>().ok().filter(|n| (1..=30_000).contains(n));
    match value.strip_suffix('%') {
        Some(percent) => number(percent).map(|percent| room * percent / 100),
        None => number(value.trim_end_matches("px")).map(|pixels| pixels * EMU_OF_PIXEL),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_fit_the_page_and_keep_their_ratio() {
        let room = u64::from(WIDTH) * EMU_OF_TWIP;
        assert_eq!(fit(100, 50, None, room), (952_500, 476_250));
        assert_eq!(fit(5000, 2500, None, room), (5_731_510, 2_865_755));
        let (wide, tall) = fit(100, 30_000, None, room);
        assert!(wide > 0 && tall <= u64::from(HEIGHT) * EMU_OF_TWIP);
        assert_eq!(fit(200, 100, Some(190_500), room), (190_500, 95_250));
    }
}
