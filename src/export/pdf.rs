//! PDF files, one a post or one a year with a clickable contents and an outline, printed by an installed Chromium,
//! Chrome or Edge.

use std::collections::HashMap;
use std::sync::Arc;

use super::local_urls::{LocalUrls, outside};
use super::post::PostContent;
use super::print::Print;
use super::publication::{Linked, Publication};
use super::volumes::{Volume, volumes};
use super::{
    Content, ExportOptions, Exporter, Group, Info, Losses, OutPath, Output, Outputs, Setting, Shape, Sink, Values,
    comments,
};
use crate::archive::view::HeldFile;
use crate::error::{Error, Result};
use crate::html::markup::{Holds, markup};
use crate::html::{escape_attribute, escape_text};
use crate::model::{Sha256, Time};
use crate::text::Texts;

/// The exporter for PDF.
pub struct Pdf;

static INFO: Info = Info {
    name: "pdf",
    summary_zh: "PDF：一篇一个文件，或一年一本、带可以点的目录（volume=year）；要装有 Chrome、Edge 或 Chromium",
    summary_en: "PDF: one file per post, or one per year with a clickable contents (volume=year); needs an installed Chrome, Edge or Chromium",
    version: 2,
    group: Group::Document,
    shape: Shape::Folder,
    settings: &[
        Setting {
            name: "volume",
            values: Values::Words(&["article", "year"]),
            summary_zh: "一篇一个文件（默认），或一年一本",
            summary_en: "one file per post (default), or one per year",
        },
        Setting {
            name: "browser",
            values: Values::Path,
            summary_zh: "浏览器程序的位置，如果没有自动找到",
            summary_en: "path of the browser's program, if it is not found by itself",
        },
    ],
};

const HOLDS: Holds = Holds { xml: false, styles: true, drawings: true, players: false };

const STYLE: &str = include_str!("../../templates/pdf/page.css");

impl Exporter for Pdf {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let texts = Arc::new(Texts::new(options.language));
        let key = format!("{} {} {}", INFO.version, options.language.tag(), options.settings.get("volume"));
        let volumes = volumes(publication, options, &texts);
        Ok(Box::new(volumes.into_iter().map(move |volume| output(publication, options, &texts, &key, volume))))
    }
}

fn output<'v>(
    publication: &'v Publication<'v>,
    options: &'v ExportOptions,
    texts: &Arc<Texts>,
    key: &str,
    volume: Volume,
) -> Result<Output<'v>> {
    let view = publication.view();
    let mut key = Sha256::of(format!("{key} {:?}", volume.title).as_bytes());
    let mut files: Vec<(String, HeldFile)> = Vec::new();
    let mut named = HashMap::new();
    let mut time: Option<Time> = None;
    for place in &volume.posts {
        let content = publication.content(*place, options)?;
        key = content.key(publication.post(*place), &key.hex());
        time = time.max(content.published);
        for path in content.media.iter().filter(|path| !is_played(path)) {
            let Some(file) = view.file(path).filter(|_| !named.contains_key(path)) else { continue };
            let extension = path.rsplit_once('.').map_or("bin", |(_, extension)| extension);
            let name = format!("{:04}.{extension}", files.len() + 1);
            named.insert(path.clone(), name.clone());
            files.push((name, file));
        }
    }
    let path = OutPath::new(format!("{}.pdf", volume.name))?;
    let texts = Arc::clone(texts);
    let page =
        move |out: &mut dyn Sink, losses: &mut Losses| page(publication, options, &texts, &volume, &named, out, losses);
    let browser = Some(options.settings.get("browser").to_owned()).filter(|path| !path.is_empty());
    Ok(Output { path, key, content: Content::Print(Print { page: Box::new(page), files, time, browser }) })
}

/// Reports whether a file is audio or video, which a printed page does not hold.
pub(super) fn is_played(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    matches!(extension, "mp4" | "mov" | "m4v" | "webm" | "mp3" | "m4a" | "aac" | "amr" | "wav" | "ogg" | "silk")
}

fn page(
    publication: &Publication<'_>,
    options: &ExportOptions,
    texts: &Texts,
    volume: &Volume,
    named: &HashMap<String, String>,
    out: &mut dyn std::io::Write,
    losses: &mut Losses,
) -> Result<()> {
    let failed = |error| Error::other("export-write-failed").with("path", &volume.name).because(error);
    let untitled = texts.get("mirror-untitled", &[]);
    let mut html = String::new();
    html.push_str("<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.push_str("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file: data:\">\n<title>");
    let first = volume.posts.first().and_then(|place| publication.title(publication.post(*place)));
    escape_text(volume.title.as_ref().or(first.as_ref()).unwrap_or(&untitled), &mut html);
    html.push_str("</title>\n<style>");
    html.push_str(STYLE);
    html.push_str("</style>\n</head>\n<body>\n");
    if let Some(title) = &volume.title {
        html.push_str("<p class=\"volume\">");
        escape_text(title, &mut html);
        html.push_str("</p>\n<ol class=\"contents\">\n");
        for place in &volume.posts {
            let post = publication.post(*place);
            html.push_str("<li><a href=\"#post-");
            html.push_str(&place.to_string());
            html.push_str("\"><span>");
            html.push_str(&post.published.map(Time::date).unwrap_or_default());
            html.push_str("</span> ");
            escape_text(&publication.title(post).unwrap_or_else(|| untitled.clone()), &mut html);
            html.push_str("</a></li>\n");
        }
        html.push_str("</ol>\n");
    }
    out.write_all(html.as_bytes()).map_err(failed)?;
    for place in &volume.posts {
        let content = publication.content(*place, options)?;
        let article = article(publication, *place, &content, volume, named, texts, losses);
        out.write_all(article.as_bytes()).map_err(failed)?;
    }
    out.write_all(b"</body>\n</html>\n").map_err(failed)
}

fn article(
    publication: &Publication<'_>,
    place: usize,
    content: &PostContent,
    volume: &Volume,
    named: &HashMap<String, String>,
    texts: &Texts,
    losses: &mut Losses,
) -> String {
    let untitled = texts.get("mirror-untitled", &[]);
    let title = content.title.as_deref().unwrap_or(&untitled);
    let urls = LocalUrls {
        // A file that is held but not printed has no address.
        media: &|path| named.get(path).cloned().or_else(|| is_played(path).then(String::new)),
        link: &|href| match publication.linked(href) {
            Linked::Article(other) if volume.posts.contains(&other) => Some(format!("#post-{other}")),
            _ => outside(href),
        },
        texts,
    };
    let body = markup(&content.body, HOLDS, &urls);
    losses.add_body(&body.lost, body.missing, title);
    let mut html = format!("<article id=\"post-{place}\">\n<h1>");
    escape_text(title, &mut html);
    html.push_str("</h1>\n<p class=\"byline\">");
    let published = content.published.map(|time| time.zoned().strftime("%Y-%m-%d %H:%M").to_string());
    let albums = (!content.albums.is_empty()).then(|| content.albums.join("、"));
    let parts = [published, content.author.clone(), albums].into_iter().flatten().collect::<Vec<_>>();
    escape_text(&parts.join(" · "), &mut html);
    html.push_str("</p>\n");
    html.push_str(&body.html);
    if let Some(url) = &content.old_url {
        html.push_str("\n<p class=\"source\"><a href=\"");
        escape_attribute(url, &mut html);
        html.push_str("\">");
        escape_text(url, &mut html);
        html.push_str("</a></p>");
    }
    comments::markup(&content.comments, texts, &mut html);
    html.push_str("\n</article>\n");
    html
}
