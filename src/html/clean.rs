//! Writes a canonical body as plain HTML for other systems: without styles or classes, with the export's URLs for media
//! and links. The output is well-formed XML as well, as EPUB and feeds need it.

use super::body_urls::{BodyUrls, Word, bag_path};
use super::canonical::is_void;
use super::emphasis::Emphasis;
use super::escape::{escape_text, write_attribute};
use super::tree::{Element, Node};

/// Writes `nodes` without styles, as HTML that is also XHTML, and counts the media that are not held. Emphasis by styles
/// becomes elements.
pub fn clean(nodes: &[Node<'_>], urls: &dyn BodyUrls) -> (String, u32) {
    let mut out = String::new();
    let mut clean = Clean { urls, out: &mut out, missing: 0 };
    clean.nodes(nodes, Emphasis::default());
    let missing = clean.missing;
    (out, missing)
}

struct Clean<'a> {
    urls: &'a dyn BodyUrls,
    out: &'a mut String,
    missing: u32,
}

impl Clean<'_> {
    fn nodes(&mut self, nodes: &[Node<'_>], look: Emphasis) {
        for node in nodes {
            match node {
                Node::Text(text) => self.text(text, look),
                Node::Element(element) => self.element(element, look),
            }
        }
    }

    /// Writes a text in its own elements of emphasis, because a style may end within an element.
    fn text(&mut self, text: &str, look: Emphasis) {
        if text.trim().is_empty() {
            return escape_text(text, self.out);
        }
        let marks = [(look.bold, "strong"), (look.italic, "em"), (look.struck, "del")];
        let tags = || marks.iter().filter(|(is_set, _)| *is_set).map(|(_, tag)| tag);
        for tag in tags() {
            self.out.extend(["<", tag, ">"]);
        }
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.out.push_str(if look.breaks { "<br />" } else { " " });
            }
            escape_text(line, self.out);
        }
        for tag in tags().rev() {
            self.out.extend(["</", tag, ">"]);
        }
    }

    fn element(&mut self, element: &Element<'_>, look: Emphasis) {
        let inside = look.inside(element);
        match element.tag {
            "img" => self.picture(element),
            "audio" | "video" => self.player(element),
            "svg" => self.drawing(element, inside),
            // Emphasis is written around the text; a span only carries styles.
            "b" | "strong" | "em" | "i" | "s" | "del" | "span" if element.get("dir").is_none() => {
                self.nodes(&element.children, inside);
            }
            tag => {
                // Of code the lines are kept by the element itself.
                let inside = if tag == "pre" { Emphasis { breaks: true, ..inside } } else { inside };
                self.out.extend(["<", tag]);
                for name in ["dir", "colspan", "rowspan", "span", "start", "reversed", "value", "datetime", "title"] {
                    if let Some(value) = element.get(name) {
                        self.attribute(name, &value);
                    }
                }
                if tag == "a"
                    && let Some(url) = element.get("href").and_then(|href| self.urls.link(&href))
                {
                    self.attribute("href", &url);
                }
                if is_void(tag) {
                    self.out.push_str(" />");
                    return;
                }
                self.out.push('>');
                self.nodes(&element.children, inside);
                self.out.extend(["</", tag, ">"]);
            }
        }
    }

    /// Writes the pictures and the text of a drawing.
    fn drawing(&mut self, element: &Element<'_>, look: Emphasis) {
        match element.tag {
            "image" => {
                let url = element.get("href").as_deref().and_then(bag_path).and_then(|path| self.urls.media(path));
                let Some(url) = url else { return self.missing(Word::MissingImage) };
                self.still(&url);
            }
            "text" | "foreignObject" => self.nodes(&element.children, look.inside(element)),
            "tspan" => self.nodes(&element.children, look),
            _ => {
                for child in &element.children {
                    if let Node::Element(child) = child {
                        self.drawing(child, look.inside(child));
                    }
                }
            }
        }
    }

    fn picture(&mut self, element: &Element<'_>) {
        let src = element.get("src").unwrap_or_default();
        let inline = src.starts_with("data:image/").then(|| src.clone().into_owned());
        let Some(url) = inline.or_else(|| self.urls.media(bag_path(&src)?)) else {
            return self.missing(Word::MissingImage);
        };
        self.out.push_str("<img");
        self.attribute("src", &url);
        self.attribute("alt", &element.get("alt").unwrap_or_default());
        for name in ["width", "height"] {
            if let Some(value) = element.get(name) {
                self.attribute(name, &value);
            }
        }
        self.out.push_str(" />");
    }

    fn player(&mut self, element: &Element<'_>) {
        let missing = if element.tag == "video" { Word::MissingVideo } else { Word::MissingAudio };
        let of = |name: &str| element.get(name).as_deref().and_then(bag_path).and_then(|path| self.urls.media(path));
        let (src, poster) = (of("src"), of("poster"));
        let Some(src) = src else {
            if let Some(poster) = poster {
                self.still(&poster);
            }
            return self.missing(missing);
        };
        self.out.push('<');
        self.out.push_str(element.tag);
        self.attribute("controls", "controls");
        self.attribute("src", &src);
        if let Some(poster) = poster {
            self.attribute("poster", &poster);
        }
        self.out.push_str("></");
        self.out.push_str(element.tag);
        self.out.push('>');
    }

    /// Writes a picture without words.
    fn still(&mut self, url: &str) {
        self.out.push_str("<img");
        self.attribute("src", url);
        self.attribute("alt", "");
        self.out.push_str(" />");
    }

    fn missing(&mut self, word: Word) {
        self.missing += 1;
        escape_text(&format!("［{}］", self.urls.word(word)), self.out);
    }

    fn attribute(&mut self, name: &str, value: &str) {
        write_attribute(name, value, self.out);
    }
}
