//! The files that describe a book: cover, contents for readers old and new, and the list of all files.

use std::fmt::Write as _;

use super::chapter::{self, head};
use super::pictures::Pictures;
use super::{Books, Volume};
use crate::error::{Error, Result};
use crate::export::xml::Xml;
use crate::html::{escape_attribute, escape_text};
use crate::model::Time;

/// A book being described.
pub(super) struct Package<'a, 'v> {
    books: &'a Books<'v>,
    volume: &'a Volume,
    pictures: &'a Pictures,
    modified: Option<Time>,
    /// Titles of the chapters written so far.
    pub(super) titles: Vec<String>,
}

fn failed(error: std::io::Error) -> Error {
    Error::other("export-write-failed").because(error)
}

impl<'a, 'v> Package<'a, 'v> {
    pub(super) fn new(
        books: &'a Books<'v>,
        volume: &'a Volume,
        pictures: &'a Pictures,
        modified: Option<Time>,
    ) -> Self {
        Self { books, volume, pictures, modified, titles: Vec::new() }
    }

    /// Returns the first page.
    pub(super) fn cover(&self) -> String {
        let mut html = head(&self.volume.title, "");
        html.push_str("<section class=\"cover\" epub:type=\"cover\">\n");
        if let Some(picture) = self.pictures.cover.as_ref().and_then(|path| self.pictures.get(path)) {
            let _ = writeln!(html, "<p><img src=\"{}\" alt=\"\"/></p>", picture.name);
        }
        html.push_str("<h1>");
        escape_text(&self.volume.title, &mut html);
        html.push_str("</h1>\n</section>\n</body>\n</html>\n");
        html
    }

    /// Returns the contents.
    pub(super) fn nav(&self) -> String {
        let contents = self.books.texts.get("epub-contents", &[]);
        let mut html = head(&contents, "");
        html.push_str("<nav epub:type=\"toc\">\n<h1>");
        escape_text(&contents, &mut html);
        html.push_str("</h1>\n<ol>\n");
        for (number, title) in (1..).zip(&self.titles) {
            html.push_str("<li><a href=\"");
            escape_attribute(&chapter::name(number), &mut html);
            html.push_str("\">");
            escape_text(title, &mut html);
            html.push_str("</a></li>\n");
        }
        html.push_str("</ol>\n</nav>\n</body>\n</html>\n");
        html
    }

    /// Returns the contents for readers of EPUB 2.
    pub(super) fn ncx(&self) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        let mut xml = Xml::new(&mut out, failed)?;
        xml.open("ncx", &[("xmlns", "http://www.daisy.org/z3986/2005/ncx/"), ("version", "2005-1")])?;
        xml.open("head", &[])?;
        xml.empty("meta", &[("name", "dtb:uid"), ("content", &self.volume.urn)])?;
        xml.close("head")?;
        xml.open("docTitle", &[])?;
        xml.leaf("text", &[], &self.volume.title)?;
        xml.close("docTitle")?;
        xml.open("navMap", &[])?;
        for (number, title) in (1..).zip(&self.titles) {
            xml.open("navPoint", &[("id", &format!("n{number}")), ("playOrder", &number.to_string())])?;
            xml.open("navLabel", &[])?;
            xml.leaf("text", &[], title)?;
            xml.close("navLabel")?;
            xml.empty("content", &[("src", &chapter::name(number))])?;
            xml.close("navPoint")?;
        }
        xml.close("navMap")?;
        xml.close("ncx")?;
        xml.finish()?;
        Ok(out)
    }

    /// Returns the list of all files.
    pub(super) fn opf(&self) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        let mut xml = Xml::new(&mut out, failed)?;
        let namespace = ("xmlns", "http://www.idpf.org/2007/opf");
        let language = ("xml:lang", chapter::LANGUAGE);
        xml.open("package", &[namespace, ("version", "3.0"), ("unique-identifier", "id"), language])?;
        xml.open("metadata", &[("xmlns:dc", "http://purl.org/dc/elements/1.1/")])?;
        xml.leaf("dc:identifier", &[("id", "id")], &self.volume.urn)?;
        xml.leaf("dc:title", &[], &self.volume.title)?;
        xml.leaf("dc:language", &[], chapter::LANGUAGE)?;
        if !self.books.account.is_empty() {
            xml.leaf("dc:creator", &[], &self.books.account)?;
        }
        // Never the clock's: the same posts give the same bytes.
        let modified = self.modified.map_or(0, Time::unix);
        let modified = jiff::Timestamp::from_second(modified).unwrap_or_default();
        let modified = modified.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        xml.leaf("meta", &[("property", "dcterms:modified")], &modified)?;
        let cover = self.pictures.cover.as_ref().and_then(|path| self.pictures.get(path));
        if let Some(number) = cover.and_then(|cover| self.number(&cover.path)) {
            xml.empty("meta", &[("name", "cover"), ("content", &format!("p{number}"))])?;
        }
        xml.close("metadata")?;
        self.manifest(&mut xml)?;
        xml.open("spine", &[("toc", "ncx")])?;
        xml.empty("itemref", &[("idref", "cover")])?;
        xml.empty("itemref", &[("idref", "nav")])?;
        for number in 1..=self.titles.len() {
            xml.empty("itemref", &[("idref", &format!("c{number}"))])?;
        }
        xml.close("spine")?;
        xml.close("package")?;
        xml.finish()?;
        Ok(out)
    }

    fn number(&self, path: &str) -> Option<usize> {
        self.pictures.in_order().iter().position(|picture| picture.path == path).map(|index| index + 1)
    }

    fn manifest(&self, xml: &mut Xml<'_>) -> Result<()> {
        const PAGE: &str = "application/xhtml+xml";
        let cover = self.pictures.cover.as_deref();
        xml.open("manifest", &[])?;
        xml.empty("item", &[("id", "nav"), ("href", "nav.xhtml"), ("media-type", PAGE), ("properties", "nav")])?;
        xml.empty("item", &[("id", "ncx"), ("href", "toc.ncx"), ("media-type", "application/x-dtbncx+xml")])?;
        xml.empty("item", &[("id", "style"), ("href", "book.css"), ("media-type", "text/css")])?;
        xml.empty("item", &[("id", "cover"), ("href", "cover.xhtml"), ("media-type", PAGE)])?;
        for number in 1..=self.titles.len() {
            let (id, href) = (format!("c{number}"), chapter::name(number));
            xml.empty("item", &[("id", &id), ("href", &href), ("media-type", PAGE)])?;
        }
        for (number, picture) in (1..).zip(self.pictures.in_order()) {
            let id = format!("p{number}");
            let item = [("id", id.as_str()), ("href", &picture.name), ("media-type", picture.mime)];
            if cover == Some(picture.path.as_str()) {
                xml.empty("item", &[&item[..], &[("properties", "cover-image")]].concat())?;
            } else {
                xml.empty("item", &item)?;
            }
        }
        xml.close("manifest")
    }
}
