//! Every post as one HTML file that needs nothing else: pictures are inside, the style too. Audio and video are too large
//! for that and are written beside it.

use std::collections::HashMap;
use std::io::{Read as _, Write};
use std::sync::Arc;

use base64::engine::general_purpose::STANDARD;
use percent_encoding::utf8_percent_encode;

use super::local_urls::{LocalUrls, outside};
use super::post::PostContent;
use super::publication::{Linked, Publication};
use super::published::published;
use super::{
    Content, ExportOptions, Exporter, Group, Info, Losses, OutPath, Output, Outputs, Shape, Sink, comments, names,
};
use crate::archive::view::HeldFile;
use crate::error::{Error, Result};
use crate::html::markup::{Holds, Markup, markup};
use crate::html::{escape_attribute, escape_text, svg_file};
use crate::model::Sha256;
use crate::text::Texts;

/// The exporter of self-contained HTML files.
pub struct Html;

static INFO: Info = Info {
    name: "html",
    summary_zh: "单个网页文件：一篇一个 .html，图片都在里面，以日期和标题命名；双击就能看，可以发给别人",
    summary_en: "single HTML files: one per post with its images inside, named by date and title; opens by double-click and can be sent to others",
    version: 3,
    group: Group::Document,
    shape: Shape::Folder,
    settings: &[],
};

const HOLDS: Holds = Holds { xml: false, styles: true, drawings: true, players: true };

const STYLE: &str = include_str!("../../templates/html/page.css");

/// Folder of audio and video.
const MEDIA: &str = "media";

impl Exporter for Html {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let posts = names::of_posts(publication, names::day_and_title);
        let pages = Arc::new(Pages { publication, options, names: posts, texts: Texts::new(options.language) });
        let mut written = std::collections::HashSet::new();
        Ok(Box::new((0..pages.names.len()).flat_map(move |place| match pages.of(place) {
            Ok(outputs) => {
                // Two posts may share an audio or a video.
                let is_new = |output: &Output<'v>| {
                    !output.path.as_str().starts_with("media/") || written.insert(output.path.clone())
                };
                outputs.into_iter().filter(is_new).map(Ok).collect::<Vec<_>>()
            }
            Err(error) => vec![Err(error)],
        })))
    }
}

struct Pages<'v> {
    publication: &'v Publication<'v>,
    options: &'v ExportOptions,
    /// Name of each post's file, without its extension.
    names: Vec<String>,
    texts: Texts,
}

impl<'v> Pages<'v> {
    fn of(self: &Arc<Self>, place: usize) -> Result<Vec<Output<'v>>> {
        let (view, post) = (self.publication.view(), self.publication.post(place));
        let record = view.post(post)?;
        let mut key = format!("{} {}", INFO.version, self.options.language.tag());
        for linked in post.linked.iter().filter_map(|alias| view.find(alias)) {
            key = key + "\n" + &self.names[linked];
        }
        let mut outputs = Vec::new();
        for path in self.publication.media_of(&record).iter().filter(|path| picture_type(path).is_none()) {
            if let (Some(file), Some(digest)) = (view.file(path), view.digest(path)) {
                let path = OutPath::new(beside(path))?;
                outputs.push(published(path, digest, file));
            }
        }
        let key = self.publication.key_of(place, self.options, &key);
        let pages = Arc::clone(self);
        let write = move |out: &mut dyn Sink, losses: &mut Losses| {
            let content = pages.publication.content_of(place, &record, pages.options)?;
            pages.write(place, &content, out, losses)
        };
        let page = Output {
            path: OutPath::new(format!("{}.html", self.names[place]))?,
            key,
            content: Content::Stream(Box::new(write)),
        };
        outputs.push(page);
        Ok(outputs)
    }

    fn write(&self, place: usize, content: &PostContent, out: &mut dyn Write, losses: &mut Losses) -> Result<()> {
        let view = self.publication.view();
        // Pictures are read one by one while the page is written; until then each has a name that no text contains.
        let mark = format!("embed:{}:", &Sha256::of(content.body.as_bytes()).hex()[..32]);
        let pictures: HashMap<&str, usize> =
            content.media.iter().enumerate().map(|(number, path)| (path.as_str(), number)).collect();
        let urls = LocalUrls {
            media: &|path| {
                let number = *pictures.get(path)?;
                let is_picture = picture_type(path).is_some();
                Some(if is_picture { format!("{mark}{number};") } else { beside(path) })
            },
            link: &|href| match self.publication.linked(href) {
                Linked::Article(other) => {
                    Some(format!("{}.html", utf8_percent_encode(&self.names[other], super::markdown::PATH)))
                }
                _ => outside(href),
            },
            texts: &self.texts,
        };
        let untitled = self.texts.get("mirror-untitled", &[]);
        let title = content.title.as_deref().unwrap_or(&untitled);
        let body = markup(&content.body, HOLDS, &urls);
        losses.add_body(&body.lost, body.missing, title);
        let page = self.page(title, content, &body);
        let failed = |error: std::io::Error| {
            Error::other("export-write-failed").with("path", format!("{}.html", self.names[place])).because(error)
        };
        let mut parts = page.split(&mark);
        out.write_all(parts.next().unwrap_or_default().as_bytes()).map_err(failed)?;
        for part in parts {
            let (number, rest) = part.split_once(';').unwrap_or((part, ""));
            let path = number.parse().ok().and_then(|number: usize| content.media.get(number));
            if let Some((path, file)) = path.and_then(|path| Some((path, view.file(path)?))) {
                let kind = picture_type(path).unwrap_or_default();
                write!(out, "data:{kind};base64,").map_err(failed)?;
                embed(&file, kind, out)?;
            }
            out.write_all(rest.as_bytes()).map_err(failed)?;
        }
        Ok(())
    }

    fn page(&self, title: &str, content: &PostContent, body: &Markup) -> String {
        let mut html = String::with_capacity(body.html.len() + STYLE.len() + 2048);
        html.push_str("<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.push_str("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self' file:\">\n<title>");
        escape_text(title, &mut html);
        html.push_str("</title>\n<style>");
        html.push_str(STYLE);
        html.push_str("</style>\n</head>\n<body>\n<main>\n<h1>");
        escape_text(title, &mut html);
        html.push_str("</h1>\n<p class=\"byline\">");
        let published = content.published.map(|time| time.zoned().strftime("%Y-%m-%d %H:%M").to_string());
        let named = |names: &[String]| (!names.is_empty()).then(|| names.join("、"));
        let parts = [published, content.author.clone(), named(&content.albums), named(&content.tags)];
        escape_text(&parts.into_iter().flatten().collect::<Vec<_>>().join(" · "), &mut html);
        html.push_str("</p>\n");
        html.push_str(&body.html);
        if let Some(url) = &content.old_url {
            html.push_str("\n<p class=\"source\"><a rel=\"noreferrer\" href=\"");
            escape_attribute(url, &mut html);
            html.push_str("\">");
            escape_text(url, &mut html);
            html.push_str("</a></p>");
        }
        comments::markup(&content.comments, &self.texts, &mut html);
        html.push_str("\n</main>\n</body>\n</html>\n");
        html
    }
}

/// Returns the path of audio or video, relative to the page.
fn beside(path: &str) -> String {
    format!("{MEDIA}/{}", path.rsplit('/').next().unwrap_or(path))
}

/// Returns the MIME type of a picture that browsers show, by the extension, which the archive gives by content.
fn picture_type(path: &str) -> Option<&'static str> {
    match path.rsplit_once('.')?.1 {
        "png" => Some("image/png"),
        "jpg" | "jpeg" => Some("image/jpeg"),
        "gif" => Some("image/gif"),
        "webp" => Some("image/webp"),
        "svg" => Some("image/svg+xml"),
        "avif" => Some("image/avif"),
        "bmp" => Some("image/bmp"),
        _ => None,
    }
}

/// Writes a file as base64, piece by piece; SVG is cleaned, because a browser opens a picture by itself if asked to.
fn embed(file: &HeldFile, kind: &str, out: &mut dyn Write) -> Result<()> {
    let failed = |error: std::io::Error| Error::disk("export-write-failed", file, error);
    let mut reader = file.open().map_err(failed)?;
    let mut writer = base64::write::EncoderWriter::new(out, &STANDARD);
    if kind == "image/svg+xml" {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(failed)?;
        writer.write_all(&svg_file(&bytes)).map_err(failed)?;
    } else {
        std::io::copy(&mut reader, &mut writer).map_err(failed)?;
    }
    writer.finish().map(drop).map_err(failed)
}
