//! Writes pictures, players and drawings, and notices for media that are not held.

use super::inline::Style;
use super::{Writer, escape};
use crate::html::body_urls::{Word, bag_path};
use crate::html::tree::{Element, Node};

impl Writer<'_> {
    /// Returns the background picture of an element. Behind text it is decoration and only counted; alone it is the
    /// content.
    pub(super) fn background(&mut self, element: &Element<'_>, is_alone: bool) -> Option<String> {
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
    pub(super) fn drawing(&mut self, element: &Element<'_>, look: &Style, out: &mut Vec<String>) {
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

    pub(super) fn picture(&mut self, element: &Element<'_>) -> String {
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
