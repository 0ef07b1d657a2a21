//! Writes a canonical body as HTML or XHTML for systems that take in HTML: with the export's own media and links, and
//! without what the target cannot hold.

use std::collections::BTreeMap;

use super::body_urls::{BodyUrls, Word, bag_path, style_pictures};
use super::canonical::{Start, Token, is_void, tokens};
use super::{SanitiseOptions, escape_text, sanitise, svg, unescape, write_attribute};

/// What a target holds.
#[derive(Clone, Copy, Debug)]
pub struct Holds {
    /// Set if the target is XML.
    pub xml: bool,
    /// Set if it keeps the author's styles.
    pub styles: bool,
    /// Set if it keeps inline SVG. Otherwise the pictures and the text of a drawing are kept.
    pub drawings: bool,
    /// Set if it keeps `<audio>` and `<video>`. Otherwise they become links, or a word if their URL is empty.
    pub players: bool,
}

/// A body as HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markup {
    /// Markup; the body's headings begin at the second level.
    pub html: String,
    /// Number of things the target cannot hold, by kind: `svg`, `style`, `audio`, `video`, or the platform's name of a
    /// card.
    pub lost: BTreeMap<String, u32>,
    /// Number of media that are not held.
    pub missing: u32,
}

/// Writes `content`, a canonical body, for a target that holds `holds`.
pub fn markup(content: &str, holds: Holds, urls: &dyn BodyUrls) -> Markup {
    write(content, holds, urls).unwrap_or_else(|| {
        // Not written by the sanitiser: the archive was edited.
        let body = sanitise(content, &SanitiseOptions::default());
        write(&body.html, holds, urls).unwrap_or_default()
    })
}

fn write(content: &str, holds: Holds, urls: &dyn BodyUrls) -> Option<Markup> {
    let html = String::with_capacity(content.len());
    let out = Markup { html, ..Markup::default() };
    let mut writer = Writer { holds, urls, out, open: Vec::new(), drawn: None, absent: 0 };
    for token in tokens(content) {
        match token.ok()? {
            Token::Text(text) => writer.out.html.push_str(text),
            Token::Start(start) => writer.start(&start),
            Token::End(_) => writer.end(),
        }
    }
    Some(writer.out)
}

struct Writer<'a, 'c> {
    holds: Holds,
    urls: &'a dyn BodyUrls,
    out: Markup,
    /// Name of each open element; empty if the element is not written.
    open: Vec<&'c str>,
    /// Number of open elements around a drawing that is not kept.
    drawn: Option<usize>,
    /// Number of pictures that the open drawing cannot show, because they are not held.
    absent: u32,
}

impl<'c> Writer<'_, 'c> {
    fn start(&mut self, start: &Start<'c>) {
        match start.tag {
            "img" => return self.image(start.get("src"), start),
            "audio" => return self.player(start, Word::Audio, Word::MissingAudio),
            "video" => return self.player(start, Word::Video, Word::MissingVideo),
            "a" => {
                let href = start.get("href").and_then(|href| self.urls.link(&unescape(href)));
                return match href {
                    Some(href) => {
                        let mut link = start.clone();
                        link.attributes.retain(|(name, _)| *name != "href");
                        self.open("a", &link, &[("href", &href)]);
                    }
                    None => self.open.push(""),
                };
            }
            "svg" if !self.holds.drawings && self.drawn.is_none() => {
                self.lose("svg");
                self.drawn = Some(self.open.len());
                self.ground(start);
                self.open.push("");
                return;
            }
            "svg" if self.holds.xml => return self.open("svg", start, &[("xmlns", "http://www.w3.org/2000/svg")]),
            "image" if self.drawn.is_some() => {
                self.image(start.get("href"), &Start { tag: "img", attributes: Vec::new() });
                self.open.push("");
                return;
            }
            tag if self.drawn.is_some() && svg::element(tag).is_some() => {
                self.ground(start);
                return self.open.push("");
            }
            "span" if start.get("class").is_some_and(|class| class.split(' ').any(|one| one == "liudi-card")) => {
                let kind = start.get("data-kind").unwrap_or("card").to_owned();
                self.lose(&kind);
            }
            _ => {}
        }
        if is_void(start.tag) {
            self.tag(start.tag, start, &[]);
        } else {
            let parent = self.open.last().copied().unwrap_or_default();
            let more: &[(&str, &str)] = if self.holds.xml && parent == "foreignObject" {
                &[("xmlns", "http://www.w3.org/1999/xhtml")]
            } else {
                &[]
            };
            self.open(lowered(start.tag), start, more);
        }
    }

    fn end(&mut self) {
        let tag = self.open.pop().unwrap_or_default();
        if !tag.is_empty() {
            for part in ["</", tag, ">"] {
                self.out.html.push_str(part);
            }
        }
        if tag == "svg" && !self.open.contains(&"svg") {
            for _ in 0..std::mem::take(&mut self.absent) {
                self.absent(Word::MissingImage, "");
            }
        }
        if self.drawn == Some(self.open.len()) {
            self.drawn = None;
        }
    }

    /// Writes a start tag, whose element stays open.
    fn open(&mut self, tag: &'c str, start: &Start<'_>, more: &[(&str, &str)]) {
        self.tag(tag, start, more);
        self.open.push(tag);
    }

    /// Writes a start tag with its own attributes and `more`.
    fn tag(&mut self, tag: &str, start: &Start<'_>, more: &[(&str, &str)]) {
        self.out.html.push('<');
        self.out.html.push_str(tag);
        for (name, value) in &start.attributes {
            let kept = match *name {
                "style" => {
                    let style = self.style(value);
                    if !style.is_empty() {
                        self.raw("style", &style);
                    }
                    false
                }
                "href" if tag == "image" => {
                    match bag_path(value).and_then(|path| self.urls.media(path)) {
                        Some(url) => write_attribute("href", &url, &mut self.out.html),
                        None => self.absent += 1,
                    }
                    false
                }
                _ => true,
            };
            if kept {
                self.raw(name, value);
            }
        }
        for (name, value) in more {
            write_attribute(name, value, &mut self.out.html);
        }
        self.out.html.push_str(if self.holds.xml && is_void(tag) { "/>" } else { ">" });
    }

    /// Writes an attribute whose value is escaped.
    fn raw(&mut self, name: &str, value: &str) {
        for part in [" ", name, "=\"", value, "\""] {
            self.out.html.push_str(part);
        }
    }

    /// Returns the declarations that the target keeps, with the export's own background pictures.
    fn style(&mut self, style: &str) -> String {
        if !self.holds.styles {
            if style.contains("url(") {
                self.lose("background");
            }
            return String::new();
        }
        if !style.contains("url(") {
            return style.to_owned();
        }
        let mut kept: Vec<String> = Vec::new();
        for declaration in style.split(';') {
            match self.declaration(declaration) {
                Some(declaration) => kept.push(declaration),
                None => self.out.missing += 1,
            }
        }
        kept.join(";")
    }

    /// Returns a declaration with the export's own pictures; `None` if one of them is not held.
    fn declaration(&self, declaration: &str) -> Option<String> {
        let mut parts = declaration.split("url(");
        let mut kept = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (inner, rest) = part.split_once(')').unwrap_or((part, ""));
            if inner.starts_with("#s-") {
                kept.extend(["url(", inner, ")", rest]);
            } else {
                let mut url = String::new();
                super::escape_attribute(&self.urls.media(bag_path(inner)?)?, &mut url);
                kept.extend(["url('", &url.replace('\'', "%27"), "')", rest]);
            }
        }
        Some(kept)
    }

    fn image(&mut self, src: Option<&str>, start: &Start<'_>) {
        let src = src.unwrap_or_default();
        let inline = src.starts_with("data:").then(|| unescape(src));
        match inline.or_else(|| bag_path(src).and_then(|path| self.urls.media(path))) {
            Some(url) => {
                let mut image = start.clone();
                image.attributes.retain(|(name, _)| *name != "src");
                let more = [("src", url.as_str()), ("alt", "")];
                self.tag("img", &image, if start.get("alt").is_some() { &more[..1] } else { &more });
            }
            None => self.absent(Word::MissingImage, &unescape(start.get("alt").unwrap_or_default())),
        }
    }

    fn player(&mut self, start: &Start<'c>, word: Word, missing: Word) {
        let held = |name: &str| start.get(name).and_then(bag_path).and_then(|path| self.urls.media(path));
        let (url, poster) = (held("src"), held("poster"));
        let Some(url) = url else {
            self.poster(poster.as_deref());
            self.absent(missing, "");
            self.open.push("");
            return;
        };
        if !self.holds.players {
            self.lose(start.tag);
            let word = self.urls.word(word);
            // No link is inside another.
            if url.is_empty() || self.open.contains(&"a") {
                self.poster(poster.as_deref());
                self.out.html.push_str("<em>[");
                escape_text(&word, &mut self.out.html);
                self.out.html.push_str("]</em>");
                self.open.push("");
            } else {
                self.out.html.push_str("<a");
                write_attribute("href", &url, &mut self.out.html);
                self.out.html.push('>');
                self.poster(poster.as_deref());
                escape_text(&word, &mut self.out.html);
                self.open.push("a");
            }
            return;
        }
        let mut kept = Start { tag: start.tag, attributes: start.attributes.clone() };
        kept.attributes.retain(|(name, _)| !matches!(*name, "src" | "poster"));
        let mut more = vec![("src", url.as_str())];
        more.extend(poster.as_ref().map(|poster| ("poster", poster.as_str())));
        self.open(start.tag, &kept, &more);
    }

    /// Writes the poster of a video that is not played as a picture.
    fn poster(&mut self, url: Option<&str>) {
        if let Some(url) = url {
            self.tag("img", &Start { tag: "img", attributes: Vec::new() }, &[("src", url), ("alt", "")]);
        }
    }

    /// Writes the background pictures of an element of a drawing that is not kept.
    fn ground(&mut self, start: &Start<'_>) {
        for src in style_pictures(start.get("style").unwrap_or_default()) {
            self.image(Some(src), &Start { tag: "img", attributes: Vec::new() });
        }
    }

    /// Writes a notice for a medium that is not held.
    fn absent(&mut self, word: Word, alt: &str) {
        self.out.missing += 1;
        let word = self.urls.word(word);
        self.out.html.push_str("<em>[");
        escape_text(&word, &mut self.out.html);
        if !alt.is_empty() {
            escape_text(": ", &mut self.out.html);
            escape_text(alt, &mut self.out.html);
        }
        self.out.html.push_str("]</em>");
    }

    fn lose(&mut self, kind: &str) {
        *self.out.lost.entry(kind.to_owned()).or_default() += 1;
    }
}

/// Returns the tag of an element; the title is the only heading of the first level.
fn lowered(tag: &str) -> &str {
    if tag == "h1" { "h2" } else { tag }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::html) struct Urls;

    impl BodyUrls for Urls {
        fn media(&self, path: &str) -> Option<String> {
            (!path.contains("gone")).then(|| format!("m/{}", path.rsplit('/').next().unwrap_or_default()))
        }

        fn link(&self, href: &str) -> Option<String> {
            href.starts_with("https:").then(|| href.to_owned())
        }

        fn word(&self, word: Word) -> String {
            format!("{word:?}")
        }
    }

    const ALL: Holds = Holds { xml: true, styles: true, drawings: true, players: true };
    const FEW: Holds = Holds { xml: false, styles: false, drawings: false, players: false };

    #[test]
    fn media_and_links_are_the_exports() {
        let body = "<h1>一</h1><p style=\"color:red;background:url(../media/sha256/a.png) 0 0\">a<br><img src=\"../media/sha256/b.png\"></p>\
                    <p><a href=\"https://e.org/?a=1&amp;b\">x</a><a href=\"javascript:1\">y</a></p>";
        assert_eq!(
            markup(body, ALL, &Urls).html,
            "<h2>一</h2><p style=\"color:red;background:url('m/a.png') 0 0\">a<br/><img src=\"m/b.png\" alt=\"\"/></p>\
             <p><a href=\"https://e.org/?a=1&amp;b\">x</a>y</p>"
        );
        let few = markup(body, FEW, &Urls);
        assert!(few.html.starts_with("<h2>一</h2><p>a<br><img src=\"m/b.png\" alt=\"\">"), "{}", few.html);
        assert_eq!(few.lost, BTreeMap::from([("background".to_owned(), 1)]));
    }

    #[test]
    fn what_is_not_held_or_not_expressed_is_counted_in_place() {
        let body = "<p><img src=\"../media/sha256/gone.png\" alt=\"茶\"><audio controls=\"\" preload=\"none\" src=\"../media/sha256/a.mp3\"></audio></p>\
                    <svg viewBox=\"0 0 1 1\"><image href=\"../media/sha256/b.png\"></image><foreignObject><p>字</p></foreignObject></svg>";
        let few = markup(body, FEW, &Urls);
        assert_eq!(
            few.html,
            "<p><em>[MissingImage: 茶]</em><a href=\"m/a.mp3\">Audio</a></p><img src=\"m/b.png\" alt=\"\"><p>字</p>"
        );
        assert_eq!((few.missing, few.lost), (1, BTreeMap::from([("audio".to_owned(), 1), ("svg".to_owned(), 1)])));
        let all = markup(body, ALL, &Urls);
        assert!(
            all.html.contains("<svg viewBox=\"0 0 1 1\" xmlns=\"http://www.w3.org/2000/svg\"><image href=\"m/b.png\">")
        );
        assert!(all.html.contains("<p xmlns=\"http://www.w3.org/1999/xhtml\">字</p>") && all.lost.is_empty());
    }

    #[test]
    fn a_poster_is_shown_where_its_video_is_not() {
        let video = |src: &str| {
            format!(
                "<p><video controls=\"\" preload=\"none\" src=\"{src}\" poster=\"../media/sha256/p.jpg\"></video></p>"
            )
        };
        let poster = "<img src=\"m/p.jpg\" alt=\"\">";
        let linked = markup(&video("../media/sha256/v.mp4"), FEW, &Urls);
        assert_eq!(linked.html, format!("<p><a href=\"m/v.mp4\">{poster}Video</a></p>"));
        for holds in [FEW, Holds { xml: false, ..ALL }] {
            let missing = markup(&video("liudi-media:1"), holds, &Urls);
            assert_eq!(missing.html, format!("<p>{poster}<em>[MissingVideo]</em></p>"));
        }
    }

    #[test]
    fn every_picture_of_a_style_is_the_exports() {
        let style = |style: &str| markup(&format!("<p style=\"{style}\">x</p>"), ALL, &Urls);
        assert_eq!(
            style("background:url(../media/sha256/a.png), url(../media/sha256/b.png) 0 0;color:red").html,
            "<p style=\"background:url('m/a.png'), url('m/b.png') 0 0;color:red\">x</p>"
        );
        let half = style("background:url(../media/sha256/a.png),url(liudi-media:1);mask:url(#s-m)");
        assert_eq!((half.html.as_str(), half.missing), ("<p style=\"mask:url(#s-m)\">x</p>", 1));
        let drawing = "<svg viewBox=\"0 0 1 1\" style=\"background-image:url(../media/sha256/a.png)\"><g style=\"background:url(liudi-media:1)\"></g></svg>";
        let few = markup(drawing, FEW, &Urls);
        assert_eq!((few.html.as_str(), few.missing), ("<img src=\"m/a.png\" alt=\"\"><em>[MissingImage]</em>", 1));
    }

    #[test]
    fn a_picture_that_a_drawing_cannot_show_is_named_after_it() {
        let inner = "<svg viewBox=\"0 0 1 1\"><image href=\"liudi-media:1\"></image></svg>";
        let body = format!("<svg viewBox=\"0 0 1 1\"><foreignObject><p>{inner}</p></foreignObject></svg><p>后</p>");
        let all = markup(&body, ALL, &Urls);
        assert!(all.html.ends_with("</svg><em>[MissingImage]</em><p>后</p>"), "{}", all.html);
        assert_eq!((all.missing, markup(&body, FEW, &Urls).missing), (1, 1));
    }
}
