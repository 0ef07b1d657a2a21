//! A folder per post for browser publishers, which post it to 知乎, 头条, 小红书, 掘金 and others: one `article.md` beside
//! its pictures.
//!
//! The publishers' rule, as Wechatsync's command line reads it: `title:` in the front matter; pictures as `![…](path)` with a path
//! that is not decoded, has no `)` and is followed by no title text; png, jpg, gif, webp, svg and bmp alone.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use super::comments;
use super::front_matter::FrontMatter;
use super::local_urls::{LocalUrls, outside};
use super::post::PostContent;
use super::publication::{Linked, Publication};
use super::published::published;
use super::{Content, ExportOptions, Exporter, Group, Info, Losses, OutPath, Output, Outputs, Shape, names};
use crate::error::Result;
use crate::html::markdown::markdown;
use crate::text::Texts;

/// The exporter of publishing kits.
pub struct Kit;

static INFO: Info = Info {
    name: "kit",
    summary_zh: "发布包：每篇一个文件夹（article.md 和图片），用浏览器发布工具（Wechatsync 等）发到知乎、头条、小红书、掘金等平台",
    summary_en: "publishing kit: one folder per post (article.md and its images), for browser publishers such as Wechatsync that post to 知乎, 头条, 小红书, 掘金 and others",
    version: 2,
    group: Group::Platform,
    shape: Shape::Folder,
    settings: &[],
};

/// Extensions of the pictures that publishers take.
const PICTURES: &[&str] = &["bmp", "gif", "jpeg", "jpg", "png", "svg", "webp"];

impl Exporter for Kit {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let folders = names::of_posts(publication, names::day_and_title);
        let texts = Arc::new(Texts::new(options.language));
        let outputs = folders.into_iter().enumerate().flat_map(move |(place, folder)| {
            match of_post(publication, options, place, &folder, &texts) {
                Ok(outputs) => outputs.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            }
        });
        Ok(Box::new(outputs))
    }
}

fn of_post<'v>(
    publication: &'v Publication<'v>,
    options: &'v ExportOptions,
    place: usize,
    folder: &str,
    texts: &Arc<Texts>,
) -> Result<Vec<Output<'v>>> {
    let view = publication.view();
    let record = view.post(publication.post(place))?;
    let held = publication.media_of(&record);
    let mut outputs = Vec::with_capacity(held.len() + 1);
    let mut media = HashMap::new();
    for (number, path) in held.iter().enumerate() {
        let extension = path.rsplit_once('.').map_or("bin", |(_, extension)| extension);
        let name = format!("{:02}.{extension}", number + 1);
        if let (Some(file), Some(digest)) = (view.file(path), view.digest(path)) {
            let out = OutPath::new(format!("{folder}/{name}"))?;
            outputs.push(published(out, digest, file));
            media.insert(path.clone(), name);
        }
    }
    let key = publication.key_of(place, options, &format!("{} {}", INFO.version, options.language.tag()));
    let texts = Arc::clone(texts);
    let render = move |losses: &mut Losses| {
        let content = publication.content_of(place, &record, options)?;
        Ok(article(publication, &content, &media, &texts, losses).into_bytes())
    };
    let article =
        Output { path: OutPath::new(format!("{folder}/article.md"))?, key, content: Content::Render(Box::new(render)) };
    outputs.push(article);
    Ok(outputs)
}

fn article(
    publication: &Publication<'_>,
    content: &PostContent,
    media: &HashMap<String, String>,
    texts: &Texts,
    losses: &mut Losses,
) -> String {
    let untitled = texts.get("mirror-untitled", &[]);
    let title = content.title.as_deref().unwrap_or(&untitled);
    let cut_links = Cell::new(0);
    let urls = LocalUrls {
        media: &|path| media.get(path).cloned(),
        // A link to another post of the account would lead nowhere once the account is closed.
        link: &|href| match publication.linked(href) {
            Linked::Article(_) | Linked::Album(_) => {
                cut_links.set(cut_links.get() + 1);
                None
            }
            Linked::NotArchived | Linked::Outside => outside(href),
        },
        texts,
    };
    let body = markdown(&content.body, &urls);
    losses.add_body(&body.lost, body.missing, title);
    losses.add("own-link", cut_links.get(), title);
    losses.add("comment", comments::count(&content.comments), title);
    let unfit = media.values().filter(|name| !is_picture(name) && body.text.contains(&format!("]({name})"))).count();
    losses.add("medium", unfit as u64, title);
    let mut matter = FrontMatter::default();
    matter.text("title", title);
    matter.maybe("description", content.summary.as_deref());
    matter.maybe("author", content.author.as_deref());
    matter.list("tags", &content.tags);
    matter.maybe("cover", content.cover.as_ref().and_then(|cover| media.get(cover)).map(String::as_str));
    matter.finish() + &body.text + "\n"
}

fn is_picture(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| PICTURES.contains(&extension))
}
