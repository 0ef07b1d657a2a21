//! Puts pictures, drawings and players into a document.

use std::fmt::Write as _;

use super::body::{Frame, Writer};
use super::line::{Line, Look, Piece};
use super::media::Shown;
use super::parts::{HEIGHT, INDENT, escaped};
use crate::html::body_urls::{Word, bag_path, style_pictures};
use crate::html::flow::draws;
use crate::html::tree::{Element, Node};

impl Writer<'_> {
    /// Writes the background pictures of an element that shows nothing else: there they are the content. Behind text
    /// they are decoration, and counted at the end.
    pub(super) fn background(&mut self, element: &Element<'_>, look: &Look, frame: &Frame, line: &mut Line) {
        for src in style_pictures(element.style()) {
            self.backgrounds += 1;
            self.picture(src, "", Some(element), look, frame, line);
        }
    }

    /// Writes the pictures and text of a drawing.
    pub(super) fn drawing(&mut self, element: &Element<'_>, look: &Look, frame: &Frame) {
        self.draw(element, look, frame);
        if draws(element) {
            self.count("svg");
        }
    }

    fn draw(&mut self, element: &Element<'_>, look: &Look, frame: &Frame) {
        match element.tag {
            "image" => {
                let src = element.get("href").unwrap_or_default();
                let mut line = Line::default();
                self.picture(&src, "", None, look, frame, &mut line);
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
        if element.tag != "text" && element.children.is_empty() {
            let mut line = Line::default();
            self.background(element, look, frame, &mut line);
            self.end_paragraph(&mut line, frame);
        }
    }

    /// Writes a video or recording: its word, under its poster if it has one.
    pub(super) fn player(&mut self, element: &Element<'_>, look: &Look, frame: &Frame, line: &mut Line) {
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

    pub(super) fn picture(
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

#[cfg(test)]
mod tests {
    use super::super::parts::WIDTH;
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
