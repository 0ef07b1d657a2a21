//! Writes a canonical body as plain text to be read: a line for each block, marks for lists, and a word for each medium.

use std::collections::BTreeMap;

use super::body_urls::{BodyUrls, Word, bag_path, style_pictures};
use super::flow::{Item, items, words};
use super::tree::{Element, Node, tree};
use super::{SanitiseOptions, is_inline, sanitise};

/// A body as plain text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextBlocks {
    /// Text, with an empty line between blocks.
    pub text: String,
    /// Number of things that a text only names or leaves out, by kind: `picture`, `background`, `audio`, `video`,
    /// `svg`.
    pub lost: BTreeMap<String, u32>,
    /// Number of media that are not held.
    pub missing: u32,
}

/// Writes `content`, a canonical body, as plain text.
pub fn text_blocks(content: &str, urls: &dyn BodyUrls) -> TextBlocks {
    let write = |nodes: &[Node<'_>]| {
        let out = TextBlocks::default();
        let mut writer = Writer { urls, out, blocks: Vec::new(), line: String::new(), mark: String::new() };
        writer.nodes(nodes, "");
        writer.end();
        TextBlocks { text: writer.blocks.join("\n\n"), ..writer.out }
    };
    if let Ok(nodes) = tree(content) {
        return write(&nodes);
    }
    // Not written by the sanitiser: the archive was edited.
    let body = sanitise(content, &SanitiseOptions::default());
    tree(&body.html).map(|nodes| write(&nodes)).unwrap_or_default()
}

struct Writer<'a> {
    urls: &'a dyn BodyUrls,
    out: TextBlocks,
    blocks: Vec<String>,
    line: String,
    /// Mark in front of the next block: of a list's item.
    mark: String,
}

impl Writer<'_> {
    fn nodes(&mut self, nodes: &[Node<'_>], indent: &str) {
        for node in nodes {
            match node {
                Node::Text(text) => self.words(text),
                Node::Element(element) => self.element(element, indent),
            }
        }
    }

    /// Adds a text, its white space collapsed.
    fn words(&mut self, text: &str) {
        for c in text.chars().filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}')) {
            if !c.is_whitespace() || c == '\u{3000}' {
                self.line.push(c);
            } else if !self.line.is_empty() && !self.line.ends_with([' ', '\n']) {
                self.line.push(' ');
            }
        }
    }

    fn element(&mut self, element: &Element<'_>, indent: &str) {
        for _ in style_pictures(element.style()) {
            self.count("background", true);
        }
        match element.tag {
            "br" => self.line.push('\n'),
            "img" | "image" => {
                let name = if element.tag == "img" { "src" } else { "href" };
                let held = element.get(name).is_some_and(|src| src.starts_with("data:") || bag_path(&src).is_some());
                let word = if held { Word::Image } else { Word::MissingImage };
                self.count("picture", held);
                self.note(word, &element.get("alt").unwrap_or_default());
            }
            "audio" | "video" => {
                let held = element.get("src").is_some_and(|src| bag_path(&src).is_some());
                let word = match (element.tag, held) {
                    ("audio", true) => Word::Audio,
                    ("audio", false) => Word::MissingAudio,
                    (_, true) => Word::Video,
                    (_, false) => Word::MissingVideo,
                };
                self.count(element.tag, held);
                self.note(word, "");
            }
            "svg" => {
                self.count("svg", true);
                self.end();
                self.nodes(&element.children, indent);
                self.end();
            }
            "hr" => {
                self.end();
                self.blocks.push("———".to_owned());
            }
            "pre" => {
                self.end();
                let code = words(element);
                self.blocks.push(code.trim_end().to_owned());
            }
            "ul" | "ol" => self.list(element, indent),
            "tr" => {
                self.end();
                let mark = std::mem::take(&mut self.mark);
                let cells = element.children.iter().filter_map(|cell| match cell {
                    Node::Element(cell) => Some(self.cell(cell)),
                    Node::Text(_) => None,
                });
                let row = mark + &cells.collect::<Vec<_>>().join("\t");
                // Rows of one table follow each other without an empty line.
                match self.blocks.last_mut().filter(|last| last.contains('\t')) {
                    Some(last) => last.extend(["\n", &row]),
                    None => self.blocks.push(row),
                }
            }
            tag if is_inline(tag) || matches!(tag, "wbr" | "tspan") => self.nodes(&element.children, indent),
            _ => {
                self.end();
                self.nodes(&element.children, indent);
                self.end();
            }
        }
    }

    /// Returns the text of a cell in one line.
    fn cell(&mut self, cell: &Element<'_>) -> String {
        let before = std::mem::take(&mut self.blocks);
        self.nodes(&cell.children, "");
        self.end();
        let blocks = std::mem::replace(&mut self.blocks, before).join(" ");
        blocks.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn list(&mut self, element: &Element<'_>, indent: &str) {
        self.end();
        let inner = format!("{indent}  ");
        for Item { number, nodes, .. } in items(element) {
            self.mark = if element.tag == "ol" { format!("{indent}{number}. ") } else { format!("{indent}- ") };
            self.nodes(nodes, &inner);
            self.end();
        }
        self.mark.clear();
    }

    /// Counts a medium or a drawing.
    fn count(&mut self, kind: &str, is_held: bool) {
        if is_held {
            *self.out.lost.entry(kind.to_owned()).or_default() += 1;
        } else {
            self.out.missing += 1;
        }
    }

    fn note(&mut self, word: Word, alt: &str) {
        let word = self.urls.word(word);
        let parts = [word.as_str(), alt].into_iter().filter(|part| !part.is_empty());
        self.line.push('[');
        self.line.push_str(&parts.collect::<Vec<_>>().join(": "));
        self.line.push(']');
    }

    /// Ends the open block.
    fn end(&mut self) {
        let line = std::mem::take(&mut self.line);
        let text = line.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
        let text = text.trim_matches(['\n', ' ']);
        if !text.is_empty() {
            let mark = std::mem::take(&mut self.mark);
            self.blocks.push(mark + text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::markup::tests::Urls;

    #[test]
    fn pictures_of_drawings_and_backgrounds_are_counted() {
        let body = "<section style=\"background:url(../media/sha256/b.png)\">一</section><svg viewBox=\"0 0 1 1\"><image href=\"../media/sha256/a.png\"></image><image href=\"liudi-media:1\"></image></svg>";
        let written = text_blocks(body, &Urls);
        assert_eq!(written.text, "一\n\n[Image][MissingImage]");
        let lost = ["background", "picture", "svg"].map(|kind| (kind.to_owned(), 1));
        assert_eq!((written.lost, written.missing), (BTreeMap::from(lost), 1));
        let table =
            "<table><tr><td><p>一</p><p>二</p></td><td><img src=\"liudi-media:1\" alt=\"茶\"></td></tr></table>";
        let table = text_blocks(table, &Urls);
        assert_eq!((table.text.as_str(), table.missing), ("一 二\t[MissingImage: 茶]", 1));
    }
}
