//! Writes a canonical body as Markdown: CommonMark with GFM's tables and strikethrough. What Markdown cannot express
//! (merged cells, interactive drawings, cards of the platform) is approximated and counted.

mod escape;
mod inline;
mod table;

use std::collections::BTreeMap;

use self::inline::{Inline, Line, Style, longest_run};
use super::body_urls::{BodyUrls, Word, bag_path};
use super::clean::clean;
use super::emphasis::Emphasis;
use super::tree::{Element, Node, tree};
use super::{SanitiseOptions, escape_text, is_inline, sanitise};

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
        let mut writer = Writer { urls, dialect, in_cell: false, lost: BTreeMap::new(), missing: 0 };
        let text = writer.blocks(nodes, &Style::default()).join("\n\n");
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
                out.push(one_line(&clean(std::slice::from_ref(&Node::Element(element.clone())), self.urls)));
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
                if let Some(picture) = self.background(element, out.len() == before) {
                    out.push(picture);
                }
            }
        }
    }

    /// Returns the background picture of an element. Behind text it is decoration and only counted; alone it is the
    /// content.
    fn background(&mut self, element: &Element<'_>, is_alone: bool) -> Option<String> {
        let (_, after) = element.style().split_once("url(")?;
        let path = bag_path(after.split(')').next()?)?;
        if !is_alone {
            self.count("background");
            return None;
        }
        let url = self.urls.media(path)?;
        Some(format!("![]({})", escape::url(&url)))
    }

    /// Writes the pictures and text of a drawing. A drawing without either is decoration and not counted as lost.
    fn drawing(&mut self, element: &Element<'_>, look: &Style, out: &mut Vec<String>) {
        let before = out.len();
        self.draw(element, look, out);
        if out.len() > before {
            self.count("svg");
        }
    }

    fn draw(&mut self, element: &Element<'_>, look: &Style, out: &mut Vec<String>) {
        match element.tag {
            "image" => {
                let url = element.get("href").as_deref().and_then(bag_path).and_then(|path| self.urls.media(path));
                out.extend(url.map(|url| format!("![]({})", escape::url(&url))));
            }
            "text" | "foreignObject" => {
                let words = self.blocks(&element.children, look);
                out.extend(words);
            }
            _ => {
                for child in &element.children {
                    if let Node::Element(child) = child {
                        self.draw(child, look, out);
                    }
                }
            }
        }
        out.extend(self.background(element, element.tag != "text" && element.children.is_empty()));
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

    /// Writes a list, as several if its numbers are not consecutive.
    fn list(&mut self, element: &Element<'_>, look: &Style, out: &mut Vec<String>) {
        let is_ordered = element.tag == "ol";
        let number_of = |element: &Element<'_>, name: &str| element.get(name).and_then(|text| text.parse::<i64>().ok());
        let items = element.children.iter().filter(|one| matches!(one, Node::Element(item) if item.tag == "li"));
        let is_reversed = element.get("reversed").is_some();
        let first = if is_reversed { i64::try_from(items.count()).unwrap_or(1) } else { 1 };
        let mut number = number_of(element, "start").unwrap_or(first);
        let mut part = Part::default();
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
            let blocks = self.blocks(children, &look);
            if !blocks.is_empty() {
                if part.next != Some(number) && is_ordered {
                    self.end_list(&std::mem::take(&mut part), out);
                }
                if part.items.is_empty() {
                    part.mark = self.mark(is_ordered, out);
                }
                // The numbers of Markdown have at most nine digits and no sign.
                let mark = if is_ordered {
                    format!("{}{} ", number.clamp(0, 999_999_999), part.mark)
                } else {
                    format!("{} ", part.mark)
                };
                part.add(&mark, &blocks);
                part.next = Some(number.saturating_add(1));
            }
            number = number.saturating_add(if is_reversed { -1 } else { 1 });
        }
        self.end_list(&part, out);
    }

    fn end_list(&self, part: &Part, out: &mut Vec<String>) {
        if part.items.is_empty() {
            return;
        }
        if self.dialect.is_kramdown && out.last().is_some_and(|block| list_mark(block).is_some()) {
            out.push("<!-- -->".to_owned());
        }
        out.push(part.items.join(if part.is_loose { "\n\n" } else { "\n" }));
    }

    /// Returns the mark of a list after the blocks `before`: another than that of a list directly before it, with which
    /// it would be one.
    fn mark(&self, is_ordered: bool, before: &[String]) -> char {
        let last = before.last().and_then(|block| list_mark(block)).filter(|_| !self.dialect.is_kramdown);
        match (is_ordered, last) {
            (true, Some('.')) => ')',
            (true, _) => '.',
            (false, Some('-')) => '*',
            (false, _) => '-',
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
            }
        }
    }

    /// Writes inline code, each of its lines on its own.
    fn code(&self, code: &str, look: &Style, line: &mut Line) {
        for (number, code) in code.split('\n').enumerate() {
            if number > 0 {
                line.push(look, Inline::Break);
            }
            if code.is_empty() {
                continue;
            }
            let mut html = "<code>".to_owned();
            if self.dialect.is_kramdown && self.in_cell && code.contains('|') {
                // Inside of this element it reads no Markdown.
                escape_text(code, &mut html);
                line.push(look, Inline::Ready(html.replace('|', "&#124;") + "</code>"));
            } else if self.dialect.html_code.iter().any(|text| code.contains(text)) {
                escape::words(code, &mut html);
                line.push(look, Inline::Ready(html + "</code>"));
            } else {
                line.push(look, Inline::Code(code.to_owned()));
            }
        }
    }

    /// Writes a fenced code block, with the language recorded by the platform's editor.
    fn code_block(&self, element: &Element<'_>) -> Option<String> {
        let code = words(element);
        let code = code.trim_matches('\n');
        if code.trim().is_empty() {
            return None;
        }
        let language = element.descendants().into_iter().find_map(|one| one.get("data-lang")).unwrap_or_default();
        if self.dialect.html_code.iter().any(|text| code.contains(text)) {
            let mut html = "<pre><code>".to_owned();
            escape_text(code, &mut html);
            return Some(html.replace("{{", "{&#123;") + "</code></pre>");
        }
        let fence = "`".repeat((longest_run(code) + 1).max(3));
        Some(format!("{fence}{language}\n{code}\n{fence}"))
    }

    fn picture(&mut self, element: &Element<'_>) -> String {
        let alt = element.get("alt").unwrap_or_default();
        let alt = alt.split_whitespace().collect::<Vec<_>>().join(" ");
        let src = element.get("src").unwrap_or_default();
        let inline = src.starts_with("data:image/").then(|| src.clone().into_owned());
        let Some(url) = inline.or_else(|| self.urls.media(bag_path(&src)?)) else {
            return self.missing_medium(Word::MissingImage, &alt);
        };
        let mut words = String::new();
        escape::text(&alt, &mut words);
        format!("![{words}]({})", escape::url(&url))
    }

    /// Writes a video or recording: a link to its file, under its poster if it has one.
    fn player(&mut self, element: &Element<'_>) -> String {
        let (word, missing) = match element.tag {
            "video" => (Word::Video, Word::MissingVideo),
            _ => (Word::Audio, Word::MissingAudio),
        };
        let of = |name: &str| element.get(name).as_deref().and_then(bag_path).and_then(|path| self.urls.media(path));
        let (src, poster) = (of("src"), of("poster"));
        let label = self.urls.word(word);
        match (src, poster) {
            (Some(src), Some(poster)) => {
                format!("[![{label}]({})]({})", escape::url(&poster), escape::url(&src))
            }
            (Some(src), None) => format!("[{label}]({})", escape::url(&src)),
            (None, Some(poster)) => {
                format!("![{label}]({}) {}", escape::url(&poster), self.missing_medium(missing, ""))
            }
            (None, None) => self.missing_medium(missing, ""),
        }
    }

    /// Returns the notice for a medium that is not held.
    fn missing_medium(&mut self, word: Word, alt: &str) -> String {
        self.missing += 1;
        let mut text = self.urls.word(word);
        if !alt.is_empty() {
            text = format!("{text} · {alt}");
        }
        let mut out = String::new();
        escape::text(&format!("［{text}］"), &mut out);
        out
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

/// Reports whether the items of a list have the numbers 1, 2, 3 …
fn counts_from_one(element: &Element<'_>) -> bool {
    let has_own = |item: &Node<'_>| matches!(item, Node::Element(item) if item.get("value").is_some());
    element.get("reversed").is_none()
        && element.get("start").is_none_or(|start| start == "1")
        && !element.children.iter().any(has_own)
}

/// Puts HTML in one line: an empty line would end it, and braces could start a template.
fn one_line(html: &str) -> String {
    html.replace('\n', "&#10;").replace("{{", "{&#123;").replace("{%", "{&#37;")
}

/// The items of a list with consecutive numbers.
#[derive(Default)]
struct Part {
    mark: char,
    /// Number of the next item.
    next: Option<i64>,
    items: Vec<String>,
    /// Whether an item has several paragraphs.
    is_loose: bool,
}

impl Part {
    fn add(&mut self, mark: &str, blocks: &[String]) {
        // Text directly followed by a nested list stays tight; only a list that begins with 1 can end a paragraph.
        let follows = |block: &String| match list_mark(block) {
            Some('.' | ')') => block.starts_with("1.") || block.starts_with("1)"),
            mark => mark.is_some(),
        };
        let is_tight = blocks.len() == 1 || blocks[1..].iter().all(follows);
        let inner = blocks.join(if is_tight { "\n" } else { "\n\n" });
        // A mark and a rule of the same characters would be one longer rule.
        let inner = if inner.starts_with("---") { inner.replacen("---", "___", 1) } else { inner };
        self.items.push(prefix(&inner, mark, &" ".repeat(mark.len())));
        self.is_loose |= !is_tight;
    }
}

/// Returns the mark of a block that is a list.
fn list_mark(block: &str) -> Option<char> {
    let number = block.bytes().take_while(u8::is_ascii_digit).count();
    let (mark, rest) = block.get(number..)?.split_at_checked(1)?;
    let mark = mark.chars().next()?;
    let is_mark = if number > 0 { matches!(mark, '.' | ')') } else { matches!(mark, '-' | '*') };
    (is_mark && rest.starts_with(' ')).then_some(mark)
}

/// Reports whether an element contains pictures, players or tables, which code cannot.
fn holds_media(element: &Element<'_>) -> bool {
    element.descendants().iter().any(|one| matches!(one.tag, "img" | "audio" | "video" | "svg" | "table"))
}

/// Reports whether a heading contains blocks that do not fit into a line.
fn holds_more_than_lines(element: &Element<'_>) -> bool {
    let is_more = |tag: &str| matches!(tag, "table" | "ul" | "ol" | "dl" | "pre" | "blockquote" | "hr");
    element.descendants()[1..].iter().any(|one| is_more(one.tag) || one.tag.len() == 2 && one.tag.starts_with('h'))
}

fn is_block(element: &Element<'_>) -> bool {
    !is_inline(element.tag)
        && !matches!(element.tag, "br" | "wbr" | "img" | "audio" | "video" | "ruby" | "rt" | "rp" | "svg")
        || (element.tag == "svg" && element.descendants().len() > 1)
}

fn holds_block(element: &Element<'_>) -> bool {
    element.descendants()[1..].iter().any(|inner| is_block(inner) || inner.has_class("liudi-card"))
}

/// Returns the unescaped text of an element.
fn words(element: &Element<'_>) -> String {
    let mut out = String::new();
    gather(&element.children, &mut out);
    out
}

fn gather(nodes: &[Node<'_>], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Element(element) if element.tag == "br" => out.push('\n'),
            Node::Element(element) => gather(&element.children, out),
        }
    }
}

#[cfg(test)]
mod tests;
