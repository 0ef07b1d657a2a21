//! Posts for a new 公众号: for each a page to paste into the platform's editor, the draft for `draft/add` with its
//! pictures in order, and one check sheet of everything the platform would refuse or drop.
//!
//! The limits are those of the interface's documentation (`draft/add`): title 32, author 16, digest 128 characters,
//! content below 20,000 characters with its tags and below 1 MB; pictures in the text are uploaded by `uploadimg`, which
//! takes jpg and png below 1 MB; a 图片消息 has at most 20 pictures.

mod check;
mod draft;

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::comments;
use super::local_urls::{LocalUrls, outside};
use super::post::PostContent;
use super::publication::{Linked, Publication};
use super::published::published;
use super::{Content, ExportOptions, Exporter, Group, Info, OutPath, Output, Outputs, Shape, names};
use crate::error::Result;
use crate::html::markup::{Holds, markup};
use crate::html::{escape_attribute, escape_text};
use crate::text::Texts;

/// The exporter for a new 公众号.
pub struct Wechat;

static INFO: Info = Info {
    name: "wechat",
    summary_zh: "搬到新公众号：每篇一个可以整页复制粘贴的网页、草稿 JSON、按顺序编号的图片，另有一张检查表列出超过平台限制的文章",
    summary_en: "for a new 公众号: per post a page to copy and paste, the draft as JSON and its numbered images, and a check sheet of every post over the platform's limits",
    version: 3,
    group: Group::Platform,
    shape: Shape::Folder,
    settings: &[],
};

/// What the platform's editor keeps.
const HOLDS: Holds = Holds { xml: false, styles: true, drawings: true, players: false };

impl Exporter for Wechat {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let texts = Arc::new(Texts::new(options.language));
        let folders = Arc::new(names::of_posts(publication, names::day_and_title));
        let sheet = check::sheet(publication, options, &folders, &texts)?;
        let places = 0..folders.len();
        let posts = places.flat_map(move |place| match of_post(publication, options, place, &folders[place], &texts) {
            Ok(outputs) => outputs.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        });
        Ok(Box::new(std::iter::once(Ok(sheet)).chain(posts)))
    }
}

/// A post as the platform takes it.
struct Prepared {
    title: String,
    /// Body as HTML; pictures by the names of their files.
    html: String,
    /// Pictures in the order in which they are to be uploaded.
    pictures: Vec<Picture>,
    /// Name of the cover's file.
    cover: Option<String>,
    lost: std::collections::BTreeMap<String, u32>,
    /// Number of links that the platform drops.
    links: u64,
    missing: u32,
}

/// A picture of a post.
#[derive(Clone, Serialize)]
struct Picture {
    file: String,
    /// Size in bytes.
    bytes: u64,
    #[serde(skip)]
    path: String,
}

fn prepare(publication: &Publication<'_>, content: &PostContent, texts: &Texts) -> Prepared {
    let title = content.title.clone().unwrap_or_else(|| texts.get("mirror-untitled", &[]));
    let files: HashMap<&str, String> = files(&content.media).into_iter().collect();
    let links = Cell::new(0);
    let urls = LocalUrls {
        media: &|path| files.get(path).cloned(),
        // The platform keeps links to its own pages alone; those of this account die with it.
        link: &|href| match publication.linked(href) {
            Linked::NotArchived => outside(href),
            Linked::Article(_) | Linked::Album(_) | Linked::Outside => {
                links.set(links.get() + 1);
                None
            }
        },
        texts,
    };
    let body = markup(&content.body, HOLDS, &urls);
    let size = |path: &str| {
        let file = publication.view().file(path)?;
        file.open().ok()?.size().ok()
    };
    let is_held = |path: &&String| is_picture(path) && !publication.view().lost().contains(path);
    let pictures = content.media.iter().filter(is_held).filter_map(|path| {
        let file = files.get(path.as_str())?.clone();
        Some(Picture { file, bytes: size(path).unwrap_or_default(), path: path.clone() })
    });
    Prepared {
        title,
        pictures: pictures.collect(),
        cover: content.cover.as_deref().and_then(|cover| files.get(cover)).cloned(),
        html: body.html,
        lost: body.lost,
        links: links.get(),
        missing: body.missing,
    }
}

/// Returns each medium of a post and the name of its file: its number in the post and its extension.
fn files(media: &[String]) -> Vec<(&str, String)> {
    let named = media.iter().enumerate().map(|(number, path)| {
        let extension = path.rsplit_once('.').map_or("bin", |(_, extension)| extension);
        (path.as_str(), format!("images/{:02}.{extension}", number + 1))
    });
    named.collect()
}

fn is_picture(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    matches!(extension, "png" | "jpg" | "jpeg" | "gif" | "webp" | "bmp" | "svg" | "avif" | "heic")
}

fn of_post<'v>(
    publication: &'v Publication<'v>,
    options: &'v ExportOptions,
    place: usize,
    folder: &str,
    texts: &Arc<Texts>,
) -> Result<Vec<Output<'v>>> {
    let view = publication.view();
    let record = Arc::new(view.post(publication.post(place))?);
    let key =
        |name: &str| publication.key_of(place, options, &format!("{} {} {name}", INFO.version, options.language.tag()));
    let media = publication.media_of(&record);
    let mut outputs = Vec::with_capacity(media.len() + 2);
    for (path, name) in files(&media) {
        if let (Some(file), Some(digest)) = (view.file(path), view.digest(path)) {
            let path = OutPath::new(format!("{folder}/{name}"))?;
            outputs.push(published(path, digest, file));
        }
    }
    let (for_page, words) = (Arc::clone(&record), Arc::clone(texts));
    outputs.push(Output {
        path: OutPath::new(format!("{folder}/paste.html"))?,
        key: key("paste"),
        content: Content::Render(Box::new(move |losses| {
            let content = publication.content_of(place, &for_page, options)?;
            let prepared = prepare(publication, &content, &words);
            losses.add_body(&prepared.lost, prepared.missing, &prepared.title);
            losses.add("link", prepared.links, &prepared.title);
            losses.add("comment", comments::count(&content.comments), &prepared.title);
            Ok(page(&prepared, &words).into_bytes())
        })),
    });
    let words = Arc::clone(texts);
    outputs.push(Output {
        path: OutPath::new(format!("{folder}/draft.json"))?,
        key: key("draft"),
        content: Content::Render(Box::new(move |_| {
            let content = publication.content_of(place, &record, options)?;
            Ok(draft::json(&content, &prepare(publication, &content, &words)))
        })),
    });
    Ok(outputs)
}

/// Returns the page to open in a browser, mark as a whole and paste into the editor.
fn page(prepared: &Prepared, texts: &Texts) -> String {
    let mut html = String::with_capacity(prepared.html.len() + 1024);
    html.push_str("<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.push_str("<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    escape_text(&prepared.title, &mut html);
    html.push_str("</title>\n");
    if let Some(cover) = &prepared.cover {
        html.push_str("<meta property=\"og:image\" content=\"");
        escape_attribute(cover, &mut html);
        html.push_str("\">\n");
    }
    html.push_str(
        "<style>body{max-width:677px;margin:0 auto;padding:1rem;font:17px/1.75 system-ui,sans-serif}\
         img,video,svg{max-width:100%;height:auto}\
         .hint{font-size:14px;background:#fff7e0;color:#5c4400;padding:.75rem;user-select:none}</style>\n</head>\n<body>\n",
    );
    html.push_str("<p class=\"hint\">");
    escape_text(&texts.get("wechat-paste-hint", &[]), &mut html);
    html.push_str("</p>\n<article>");
    html.push_str(&prepared.html);
    html.push_str("</article>\n</body>\n</html>\n");
    html
}
