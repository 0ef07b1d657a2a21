//! Writes a canonical body as Markdown: CommonMark with GFM's tables and strikethrough. What Markdown cannot express
//! (merged cells, interactive drawings, cards of the platform) is approximated and counted.

mod escape;
mod inline;
mod table;

use std::collections::BTreeMap;

use self::inline::{Inline, Line, Style};
use super::body_urls::{BodyUrls, Word, bag_path};
use super::tree::{Element, Node, tree};
use super::{SanitiseOptions, is_inline, sanitise};

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

/// Writes `content`, a canonical body, as Markdown.
pub fn markdown(content: &str, urls: &dyn BodyUrls) -> Markdown {
    let write = |nodes: &[Node<'_>]| {
        let mut writer = Writer { urls, lost: BTreeMap::new(), missing: 0 };
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
                Node::Text(text) => line.push(look, Inline::Text(text.clone().into_owned())),
                Node::Element(element) if element.has_class("liudi-card") => {
                    end_paragraph(line, out);
                    self.count(&element.get("data-kind").unwrap_or_default());
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
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                // The title is the only heading of the first level.
                let level = element.tag.as_bytes()[1].saturating_sub(b'0').max(2);
                let mut line = Line::default();
                self.inlines(&element.children, &inside, &mut line);
                line.lighten();
                if !line.is_empty() {
                    let text = line.take(" ");
                    // Number signs at the end would be read as a closing sequence.
                    let text = match text.trim_end_matches('#') {
                        open if open.len() < text.len() && !open.ends_with('\\') => {
                            format!("{open}\\{}", &text[open.len()..])
                        }
                        _ => text,
                    };
                    out.push(format!("{} {text}", "#".repeat(level.into())));
                }
            }
            "hr" => out.push("---".to_owned()),
            "pre" => out.extend(code_block(element)),
            "blockquote" => {
                let inner = self.blocks(&element.children, &inside).join("\n\n");
                if !inner.is_empty() {
                    out.push(prefix(&inner, "> ", "> "));
                }
            }
            "ul" | "ol" => out.extend(self.list(element, &inside)),
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

    fn list(&mut self, element: &Element<'_>, look: &Style) -> Option<String> {
        let ordered = element.tag == "ol";
        let mut number = element.get("start").and_then(|start| start.parse::<u32>().ok()).unwrap_or(1);
        let mut items: Vec<(String, bool)> = Vec::new();
        for child in &element.children {
            let (children, look) = match child {
                Node::Element(item) if item.tag == "li" => (&item.children[..], self.look(item, look)),
                Node::Text(text) if text.trim().is_empty() => continue,
                // Content outside an item becomes an item.
                Node::Element(_) | Node::Text(_) => (std::slice::from_ref(child), look.clone()),
            };
            let blocks = self.blocks(children, &look);
            if blocks.is_empty() {
                continue;
            }
            let mark = if ordered { format!("{number}. ") } else { "- ".to_owned() };
            number = number.saturating_add(1);
            // Text directly followed by a nested list stays tight.
            let tight = blocks.len() == 1 || blocks[1..].iter().all(|block| is_list(block));
            let inner = blocks.join(if tight { "\n" } else { "\n\n" });
            items.push((prefix(&inner, &mark, &" ".repeat(mark.len())), tight));
        }
        let tight = items.iter().all(|(_, tight)| *tight);
        let lines: Vec<String> = items.into_iter().map(|(item, _)| item).collect();
        (!lines.is_empty()).then(|| lines.join(if tight { "\n" } else { "\n\n" }))
    }

    /// Returns the style of the text inside an element.
    fn look(&self, element: &Element<'_>, look: &Style) -> Style {
        let mut look = look.clone();
        match element.tag {
            "b" | "strong" => look.bold = true,
            "em" | "i" | "cite" | "dfn" | "var" => look.italic = true,
            "s" | "del" => look.struck = true,
            "a" if look.link.is_none() => {
                look.link = element.get("href").and_then(|href| self.urls.link(&href));
            }
            _ => {}
        }
        for declaration in element.style().split(';') {
            match declaration.split_once(':') {
                Some(("font-weight", weight)) => {
                    look.bold = matches!(weight, "bold" | "bolder" | "600" | "700" | "800" | "900");
                }
                Some(("font-style", style)) => look.italic = matches!(style, "italic" | "oblique"),
                Some(("text-decoration" | "text-decoration-line", line)) if line.contains("line-through") => {
                    look.struck = true;
                }
                _ => {}
            }
        }
        look
    }

    fn inlines(&mut self, nodes: &[Node<'_>], look: &Style, line: &mut Line) {
        for node in nodes {
            match node {
                Node::Text(text) => line.push(look, Inline::Text(text.clone().into_owned())),
                Node::Element(element) => self.inline(element, look, line),
            }
        }
    }

    fn inline(&mut self, element: &Element<'_>, look: &Style, line: &mut Line) {
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
            "code" | "kbd" | "samp" => {
                let code = code_span(&words(element));
                ready(line, code);
            }
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

fn is_list(block: &str) -> bool {
    block.starts_with("- ") || block.split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok())
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

/// Writes inline code, between as many backticks as needed.
fn code_span(code: &str) -> String {
    let code = code.replace('\n', " ");
    if code.trim().is_empty() {
        return code;
    }
    let fence = "`".repeat(longest_run(&code) + 1);
    let room = if code.starts_with(['`', ' ']) || code.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{room}{code}{room}{fence}")
}

/// Writes a fenced code block, with the language recorded by the platform's editor.
fn code_block(element: &Element<'_>) -> Option<String> {
    let code = words(element);
    let code = code.trim_matches('\n');
    if code.trim().is_empty() {
        return None;
    }
    let language = element.descendants().into_iter().find_map(|one| one.get("data-lang")).unwrap_or_default();
    let fence = "`".repeat((longest_run(code) + 1).max(3));
    Some(format!("{fence}{language}\n{code}\n{fence}"))
}

/// Returns the length of the longest run of backticks.
fn longest_run(code: &str) -> usize {
    code.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests;
