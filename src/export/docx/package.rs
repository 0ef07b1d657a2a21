//! Writes the ZIP file of a document: its parts in a fixed order, the text post by post.

use crate::export::Sink;
use std::fmt::Write as _;
use std::io::Write;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::super::local_urls::{LocalUrls, outside};
use super::super::post::PostContent;
use super::super::publication::{Linked, Publication};
use super::super::volumes::Volume;
use super::super::{ExportOptions, Losses};
use super::body::{Parts, Writer};
use super::media::Pictures;
use super::parts::{self, HEAD, escaped, one_line};
use crate::error::{Error, Result};
use crate::html::tree::{Node, tree};
use crate::html::{SanitiseOptions, sanitise};
use crate::model::Time;
use crate::platform;
use crate::text::Texts;

pub(super) type Zip<'o> = ZipWriter<&'o mut dyn Sink>;

/// A document to write.
pub(super) struct Package<'a> {
    pub(super) publication: &'a Publication<'a>,
    pub(super) options: &'a ExportOptions,
    pub(super) texts: &'a Texts,
    pub(super) volume: &'a Volume,
}

/// Returns the options of every part. Everything is compressed: some readers take no other parts from a file written in one
/// go.
pub(super) fn entry() -> SimpleFileOptions {
    platform::zip_member().compression_method(CompressionMethod::Deflated)
}

pub(super) fn failed(error: impl Into<zip::result::ZipError>) -> Error {
    Error::other("export-write-failed").with("path", "docx").because(error.into())
}

/// Calls `with` with the tree of a body.
fn nodes<T>(body: &str, with: impl FnOnce(&[Node<'_>]) -> T) -> T {
    if let Ok(nodes) = tree(body) {
        return with(&nodes);
    }
    // Not written by the sanitiser: the archive was edited.
    let body = sanitise(body, &SanitiseOptions::default());
    with(&tree(&body.html).unwrap_or_default())
}

impl Package<'_> {
    pub(super) fn write(&self, out: &mut dyn Sink, losses: &mut Losses) -> Result<()> {
        let mut zip = ZipWriter::new(out);
        part(&mut zip, "[Content_Types].xml", &format!("{HEAD}{}", parts::TYPES))?;
        part(&mut zip, "_rels/.rels", &format!("{HEAD}{}", parts::RELATIONSHIPS))?;
        part(&mut zip, "docProps/core.xml", &self.core()?)?;
        part(&mut zip, "word/styles.xml", parts::STYLES)?;
        part(&mut zip, "word/settings.xml", &format!("{HEAD}{}", parts::SETTINGS))?;
        let mut pictures = Pictures::default();
        for place in &self.volume.posts {
            let content = self.publication.content(*place, self.options)?;
            nodes(&content.body, |nodes| pictures.write(nodes, self.publication.view(), &mut zip))?;
        }
        let mut parts = Parts { pictures, ..Parts::default() };
        zip.start_file("word/document.xml", entry()).map_err(failed)?;
        zip.write_all(format!("{HEAD}{}{}", parts::DOCUMENT, self.contents()).as_bytes()).map_err(failed)?;
        for (number, place) in self.volume.posts.iter().enumerate() {
            let content = self.publication.content(*place, self.options)?;
            let text = self.post(number + 1, &content, &mut parts, losses);
            zip.write_all(text.as_bytes()).map_err(failed)?;
        }
        zip.write_all(parts::END.as_bytes()).map_err(failed)?;
        part(&mut zip, "word/numbering.xml", &parts.numbering.xml())?;
        let relationships = parts::relationships(&parts.links, &parts.pictures.names);
        part(&mut zip, "word/_rels/document.xml.rels", &relationships)?;
        zip.finish().map(drop).map_err(failed)
    }

    fn untitled(&self) -> String {
        self.texts.get("mirror-untitled", &[])
    }

    fn title(&self, place: usize) -> String {
        let title = self.publication.title(self.publication.post(place));
        one_line(&title.unwrap_or_else(|| self.untitled()))
    }

    fn core(&self) -> Result<String> {
        let account = self.publication.view().account().name.clone().unwrap_or_default();
        let times = || self.volume.posts.iter().filter_map(|place| self.publication.post(*place).published);
        let (first, last): (Option<Time>, Option<Time>) = (times().min(), times().max());
        if let Some(title) = &self.volume.title {
            return Ok(parts::core(&one_line(title), &account, first, last));
        }
        let content = self.publication.content(self.volume.posts[0], self.options)?;
        let title = one_line(&content.title.unwrap_or_else(|| self.untitled()));
        Ok(parts::core(&title, &content.author.unwrap_or(account), first, content.modified.or(last)))
    }

    /// Returns the title and contents of a volume of several posts. The entries are written, so that they show without
    /// an update of the field.
    fn contents(&self) -> String {
        let Some(title) = &self.volume.title else { return String::new() };
        let mut out = format!(
            "<w:p><w:pPr><w:pStyle w:val=\"Title\"/></w:pPr><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>\n",
            escaped(&one_line(title))
        );
        for (number, place) in self.volume.posts.iter().enumerate() {
            out.push_str("<w:p><w:pPr><w:pStyle w:val=\"TOC1\"/></w:pPr>");
            if number == 0 {
                out.push_str("<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> TOC \\o \"1-1\" \\h </w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>");
            }
            let _ = write!(
                out,
                "<w:hyperlink w:anchor=\"post_{}\" w:history=\"1\"><w:r><w:rPr><w:rStyle w:val=\"Hyperlink\"/></w:rPr><w:t xml:space=\"preserve\">{}</w:t></w:r></w:hyperlink>",
                number + 1,
                escaped(&self.title(*place))
            );
            if number + 1 == self.volume.posts.len() {
                out.push_str("<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>");
            }
            out.push_str("</w:p>\n");
        }
        out
    }

    fn post(&self, number: usize, content: &PostContent, parts: &mut Parts, losses: &mut Losses) -> String {
        let shown = content.title.clone().unwrap_or_else(|| self.untitled());
        let in_volume = self.volume.title.is_some();
        let urls = LocalUrls {
            media: &|_| None,
            link: &|href| match self.publication.linked(href) {
                Linked::Article(other) => match self.volume.posts.iter().position(|place| *place == other) {
                    Some(at) => Some(format!("#post_{}", at + 1)),
                    None => outside(href),
                },
                _ => outside(href),
            },
            texts: self.texts,
        };
        let style = if in_volume { "Heading1" } else { "Title" };
        let page = if in_volume { "<w:pageBreakBefore/>" } else { "" };
        let mut out = format!(
            "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{page}</w:pPr><w:bookmarkStart w:id=\"{number}\" w:name=\"post_{number}\"/><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r><w:bookmarkEnd w:id=\"{number}\"/></w:p>\n",
            escaped(&one_line(&shown))
        );
        let published = content.published.map(|time| time.zoned().strftime("%Y-%m-%d %H:%M").to_string());
        let albums = (!content.albums.is_empty()).then(|| content.albums.join("、"));
        let byline = [published, content.author.clone(), albums].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        let mut writer = Writer::new(&urls, self.texts, parts, if in_volume { 2 } else { 1 });
        if !byline.is_empty() {
            writer.plain("Byline", &byline);
        }
        nodes(&content.body, |nodes| writer.body(nodes));
        if let Some(url) = &content.old_url {
            writer.link("Byline", url);
        }
        if !content.comments.is_empty() {
            writer.plain("Heading2", &self.texts.get("mirror-comments", &[]));
            let unnamed = self.texts.get("mirror-comment-unnamed", &[]);
            for comment in &content.comments {
                for (level, one) in std::iter::once((0, comment)).chain(comment.replies.iter().map(|one| (1, one))) {
                    writer.comment(level, one.name.as_deref().unwrap_or(&unnamed), &one.text);
                }
            }
        }
        let written = writer.finish();
        losses.add_body(&written.lost, 0, &shown);
        out.push_str(&written.xml);
        out
    }
}

fn part(zip: &mut Zip<'_>, name: &str, text: &str) -> Result<()> {
    zip.start_file(name, entry()).map_err(failed)?;
    zip.write_all(text.as_bytes()).map_err(failed)
}
