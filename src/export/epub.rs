//! EPUB 3 books, one a year or one an album, written post by post: a cover, a contents, and one chapter a post with its
//! pictures.

mod chapter;
mod content_model;
mod package;
mod pictures;

use std::io::{Read as _, Write};
use std::sync::Arc;

use zip::{CompressionMethod, ZipWriter};

use self::package::Package;
use self::pictures::Pictures;
use super::blog::one_line;
use super::identifier::urn;
use super::xml::allowed;
use super::{
    Content, ExportOptions, Exporter, Group, Info, Losses, OutPath, Output, Outputs, Publication, Setting, Shape, Sink,
    Values,
};
use crate::archive::view::HeldFile;
use crate::error::{Error, Result};
use crate::html::SVG_FILE_VERSION;
use crate::model::{Sha256, Time};
use crate::platform;
use crate::text::Texts;

/// The exporter for EPUB.
pub struct Epub;

static INFO: Info = Info {
    name: "epub",
    summary_zh: "EPUB 3 电子书：一年一本，或一个合集一本（volume=album），供电子书阅读器打开",
    summary_en: "EPUB 3 e-books: one a year, or one an album (volume=album), for e-book readers",
    version: 2,
    group: Group::Document,
    shape: Shape::Folder,
    settings: &[Setting {
        name: "volume",
        values: Values::Words(&["year", "album"]),
        summary_zh: "一年一本（默认），或一个合集一本（不在合集里的另成一本）",
        summary_en: "one book a year (default), or one an album (posts in no album make one more)",
    }],
};

impl Exporter for Epub {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let books = Arc::new(Books::new(publication, options));
        let volumes =
            super::volumes::volumes(publication, options, &books.texts).into_iter().map(|volume| books.volume(volume));
        let volumes: Vec<Volume> = volumes.collect();
        Ok(Box::new(volumes.into_iter().map(move |volume| output(&books, volume))))
    }
}

/// What all volumes share.
struct Books<'v> {
    publication: &'v Publication<'v>,
    options: &'v ExportOptions,
    texts: Texts,
    /// Name of the account; empty if it is not known.
    account: String,
    /// Identifier of the account: its `__biz`, or else its name.
    id: String,
}

/// The posts of one book.
struct Volume {
    /// Name of the file, without its extension.
    name: String,
    title: String,
    /// Identifier, which stays the same when posts are added.
    urn: String,
    /// Posts, in the order of the chapters.
    posts: Vec<usize>,
}

impl<'v> Books<'v> {
    fn new(publication: &'v Publication<'v>, options: &'v ExportOptions) -> Self {
        let name = line(publication.site_title(options));
        let id = publication.view().account().biz.clone().unwrap_or_else(|| name.clone());
        Self { publication, options, texts: Texts::new(options.language), account: name, id }
    }

    /// Returns the title of a post in one line.
    fn title(&self, title: Option<&str>) -> String {
        let title = title.map(line).filter(|title| !title.is_empty());
        title.unwrap_or_else(|| self.texts.get("mirror-untitled", &[]))
    }

    fn volume(&self, volume: super::volumes::Volume) -> Volume {
        let title = line(volume.title.as_deref().unwrap_or(&volume.name));
        Volume { urn: urn(&format!("{} epub {}", self.id, volume.id)), name: volume.name, title, posts: volume.posts }
    }
}

/// Returns a text in one line, without the characters that no XML document may hold.
fn line(text: &str) -> String {
    one_line(&allowed(text))
}

fn output<'v>(books: &Arc<Books<'v>>, volume: Volume) -> Result<Output<'v>> {
    let (publication, options) = (books.publication, books.options);
    let mut key = Sha256::of(
        format!(
            "{} {SVG_FILE_VERSION} {:?} {} {:?} {:?} {}",
            INFO.version,
            options.comments.as_ref().and_then(|comments| comments.remark()),
            options.language.tag(),
            books.account,
            volume.title,
            volume.urn
        )
        .as_bytes(),
    );
    let mut pictures = Pictures::default();
    let mut modified: Option<Time> = None;
    for place in &volume.posts {
        let post = publication.post(*place);
        let content = publication.content(*place, options)?;
        modified = modified.max(post.last_change());
        let mut text = key.hex();
        for other in post.linked.iter().filter_map(|alias| publication.view().find(alias)) {
            text = format!("{text} {:?}", volume.posts.iter().position(|place| *place == other));
        }
        let cover = content.cover.as_ref().filter(|_| pictures.cover.is_none());
        let used = content.media.iter().filter(|path| content.body.contains(path.as_str()));
        for path in used.chain(cover) {
            if let Some(file) = publication.view().file(path).filter(HeldFile::is_there) {
                pictures.add(path, &file)?;
            }
        }
        if pictures.cover.is_none() {
            pictures.cover = content.cover.filter(|path| pictures.get(path).is_some());
        }
        key = publication.key_of(*place, options, &text);
    }
    let path = OutPath::new(format!("{}.epub", volume.name))?;
    let books = Arc::clone(books);
    let write = move |out: &mut dyn Sink, losses: &mut Losses| {
        book(&books, &volume, &pictures, modified, out, losses)
            .map_err(|error| error.with("path", format!("{}.epub", volume.name)))
    };
    Ok(Output { path, key, content: Content::Stream(Box::new(write)) })
}

fn failed(error: impl Into<zip::result::ZipError>) -> Error {
    Error::other("export-write-failed").because(error.into())
}

const CONTAINER: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
 <rootfiles>
  <rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>
 </rootfiles>
</container>
"#;

const STYLE: &str = include_str!("../../templates/epub/book.css");

fn book(
    books: &Books<'_>,
    volume: &Volume,
    pictures: &Pictures,
    modified: Option<Time>,
    out: &mut dyn Sink,
    losses: &mut Losses,
) -> Result<()> {
    // A picture that turned out to have changed while the book was written is not in it when it is written again.
    let lost = books.publication.view().lost();
    let pictures = &pictures.without(|path| lost.contains(path));
    let mut zip = ZipWriter::new(out);
    let options = platform::zip_member();
    let stored = options.compression_method(CompressionMethod::Stored);
    // A stored file of a length that is not known in advance is one that many readers cannot read: all others are
    // deflated.
    let deflated = options.compression_method(CompressionMethod::Deflated);
    zip.start_file("mimetype", stored).map_err(failed)?;
    zip.write_all(b"application/epub+zip").map_err(failed)?;
    let mut package = Package::new(books, volume, pictures, modified);
    let mut file = |name: &str, text: &[u8]| -> Result<()> {
        zip.start_file(name, deflated).map_err(failed)?;
        zip.write_all(text).map_err(failed)
    };
    file("META-INF/container.xml", CONTAINER.as_bytes())?;
    file("EPUB/book.css", STYLE.as_bytes())?;
    file("EPUB/cover.xhtml", package.cover().as_bytes())?;
    for (number, place) in (1..).zip(&volume.posts) {
        let content = books.publication.content(*place, books.options)?;
        let title = books.title(content.title.as_deref());
        let text = chapter::chapter(books, volume, pictures, &content, &title, losses);
        file(&format!("EPUB/{}", chapter::name(number)), text.as_bytes())?;
        package.titles.push(title);
    }
    for picture in pictures.in_order() {
        zip.start_file(format!("EPUB/{}", picture.name), deflated).map_err(failed)?;
        let Some(held) = books.publication.view().file(&picture.path) else { continue };
        if let Some(svg) = pictures::drawing(&held, picture)? {
            zip.write_all(&svg).map_err(failed)?;
            continue;
        }
        let unreadable = |error| Error::disk("view-unreadable", &held, error);
        let mut reader = held.open().map_err(unreadable)?;
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = reader.read(&mut buffer).map_err(unreadable)?;
            if read == 0 {
                break;
            }
            zip.write_all(&buffer[..read]).map_err(failed)?;
        }
    }
    let mut file = |name: &str, text: &[u8]| -> Result<()> {
        zip.start_file(name, deflated).map_err(failed)?;
        zip.write_all(text).map_err(failed)
    };
    file("EPUB/nav.xhtml", package.nav().as_bytes())?;
    file("EPUB/toc.ncx", &package.ncx()?)?;
    file("EPUB/package.opf", &package.opf()?)?;
    zip.finish().map(drop).map_err(failed)
}
