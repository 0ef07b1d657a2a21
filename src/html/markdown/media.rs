//! Writes pictures, players and drawings, and notices for media that are not held.

use super::inline::Style;
use super::{Writer, escape};
use crate::html::body_urls::{Word, bag_path, style_pictures};
use crate::html::flow::draws;
use crate::html::tree::{Element, Node};

impl Writer<'_> {
    /// Returns the background pictures of an element that shows nothing else: there they are the content. Behind text
    /// they are decoration, and counted when the body is written.
    pub(super) fn background(&mut self, element: &Element<'_>) -> Option<String> {
        let pictures = style_pictures(element.style()).map(|src| {
            self.backgrounds += 1;
            self.shown("", src)
        });
        let pictures = pictures.collect::<Vec<_>>().join(" ");
        (!pictures.is_empty()).then_some(pictures)
    }

    /// Writes the pictures and text of a drawing.
    pub(super) fn drawing(&mut self, element: &Element<'_>, look: &Style, out: &mut Vec<String>) {
        self.draw(element, look, out);
        if draws(element) {
            self.count("svg");
        }
    }

    fn draw(&mut self, element: &Element<'_>, look: &Style, out: &mut Vec<String>) {
        match element.tag {
            "image" => out.push(self.shown("", &element.get("href").unwrap_or_default())),
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
        if element.tag != "text" && element.children.is_empty() {
            out.extend(self.background(element));
        }
    }

    pub(super) fn picture(&mut self, element: &Element<'_>) -> String {
        let alt = element.get("alt").unwrap_or_default();
        let alt = alt.split_whitespace().collect::<Vec<_>>().join(" ");
        let src = element.get("src").unwrap_or_default();
        self.shown(&alt, &src)
    }

    /// Writes the picture at an address of the body, or the notice that it is not held.
    fn shown(&mut self, alt: &str, src: &str) -> String {
        let inline = src.starts_with("data:image/").then(|| src.to_owned());
        let Some(url) = inline.or_else(|| self.urls.media(bag_path(src)?)) else {
            return self.missing_medium(Word::MissingImage, alt);
        };
        let mut words = String::new();
        escape::text(alt, &mut words);
        format!("![{words}]({})", escape::url(&url))
    }

    /// Writes a video or recording: a link to its file, under its poster if it has one.
    pub(super) fn player(&mut self, element: &Element<'_>) -> String {
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
}
