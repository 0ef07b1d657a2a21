//! WordPress eXtended RSS 1.2, which WordPress, Halo and many site generators take in: posts with their comments,
//! attachments, categories (albums), tags and authors, and the media in the folder `uploads`, to be copied into
//! `wp-content`. Each file of a divided export is complete: it lists every attachment that its posts use.

mod item;

use std::collections::HashSet;
use std::io::Write;
use std::sync::Arc;

use self::item::Item;
use super::blog::{Blog, planned};
use super::old_addresses::{Old, redirects};
use super::post::PostContent;
use super::published::published;
use super::uploads::Uploads;
use super::xml::Xml;
use super::{
    Content, ExportOptions, Exporter, Group, Info, Losses, OutPath, Output, Outputs, Publication, Setting, Shape, Sink,
    Values,
};
use crate::error::{Error, Result};
use crate::model::{Hasher, Sha256};

/// The exporter for WordPress and Halo.
pub struct Wxr;

static INFO: Info = Info {
    name: "wxr",
    summary_zh: "搬到 WordPress 或 Halo：WXR 导入文件 wordpress.xml，图片在 uploads，旧链接跳转规则在 redirects",
    summary_en: "move to WordPress or Halo: the import file wordpress.xml (WXR), images in uploads, rules for old links in redirects",
    version: 3,
    group: Group::Website,
    shape: Shape::Folder,
    settings: &[
        Setting {
            name: "media-base",
            values: Values::Address,
            summary_zh: "uploads 文件夹的网址：WordPress 导入时从这里下载图片",
            summary_en: "address of the folder uploads, from which WordPress downloads the images during the import",
        },
        Setting {
            name: "split-mb",
            values: Values::Number,
            summary_zh: "每个 XML 文件最多多少 MB，超过就分成几个文件",
            summary_en: "maximum size of an XML file in MB; a larger export is divided into several files",
        },
    ],
};

/// Namespaces of the format.
const NAMESPACES: [(&str, &str); 6] = [
    ("version", "2.0"),
    ("xmlns:excerpt", "http://wordpress.org/export/1.2/excerpt/"),
    ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
    ("xmlns:wfw", "http://wellformedweb.org/CommentAPI/"),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ("xmlns:wp", "http://wordpress.org/export/1.2/"),
];

impl Exporter for Wxr {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let blog = Arc::new(Blog::new(publication, options, INFO.version));
        let limit = options.settings.get("split-mb").parse::<u64>().ok().map(|mb| mb * 1_000_000);
        let plan = Plan { uploads: Uploads::new(publication.view()), parts: vec![Part::new(&blog)], limit };
        let (posts, of_posts) = (blog.order.clone(), Arc::clone(&blog));
        let each = move |plan: &mut Plan<'v>, place| plan.add(&of_posts, place);
        Ok(planned(posts, plan, each, move |plan| outputs(&blog, plan)))
    }
}

/// The files and the posts in each.
struct Plan<'v> {
    uploads: Uploads<'v>,
    parts: Vec<Part>,
    /// Maximum size of a file in bytes.
    limit: Option<u64>,
}

/// One XML file.
struct Part {
    posts: Vec<usize>,
    /// Estimated size in bytes, no less than the file has.
    bytes: u64,
    hasher: Hasher,
}

impl Part {
    fn new(blog: &Blog<'_>) -> Self {
        let mut hasher = Hasher::new();
        hasher.update(blog.key().hex().as_bytes());
        let terms = blog.albums.iter().chain(&blog.tags);
        let head: usize = terms.map(|term| 300 + 2 * term.name.len() + term.description.len()).sum();
        let authors = blog.authors.iter().map(|author| 300 + 2 * author.name.len()).sum::<usize>();
        Self { posts: Vec::new(), bytes: (4000 + head + authors) as u64, hasher }
    }
}

impl<'v> Plan<'v> {
    /// Adds a post to the last file, or to a new one if the last is full; returns the media it uses first.
    fn add(&mut self, blog: &Blog<'v>, place: usize) -> Result<Vec<Output<'v>>> {
        let content = blog.publication.content(place, blog.options)?;
        let bytes = estimate(blog, place, &content);
        if let (Some(limit), Some(last)) = (self.limit, self.parts.last())
            && !last.posts.is_empty()
            && last.bytes + bytes > limit
        {
            self.parts.push(Part::new(blog));
        }
        let view = blog.publication.view();
        let mut outputs = Vec::new();
        let mut key = blog.key_of(place, &content);
        for (at, path) in content.media.iter().enumerate() {
            let is_new = self.uploads.add(path, place, at + 1);
            let Some(upload) = self.uploads.get(path) else { continue };
            let to = upload.path(blog, path);
            key = format!("{key}\n{} {path} {to}", upload.number);
            if let (true, Some(file), Some(digest)) = (is_new, view.file(path), view.digest(path)) {
                outputs.push(published(OutPath::new(format!("uploads/{to}"))?, digest, file));
            }
        }
        if let Some(part) = self.parts.last_mut() {
            part.posts.push(place);
            part.bytes += bytes;
            part.hasher.update(Sha256::of(key.as_bytes()).hex().as_bytes());
        }
        Ok(outputs)
    }
}

/// Returns the size of a post and its attachments in bytes, estimated from above.
fn estimate(blog: &Blog<'_>, place: usize, content: &PostContent) -> u64 {
    let terms = blog.albums_of(place).count() + blog.tags_of(place).len();
    let base = blog.options.settings.get("media-base").len() + blog.options.base_url.as_ref().map_or(0, String::len);
    let links = content.body.matches("<a ").count();
    let comments: usize = content
        .comments
        .iter()
        .flat_map(|comment| comment.replies.iter().chain([comment]))
        .map(|comment| 1200 + comment.text.len() + comment.name.as_ref().map_or(0, String::len))
        .sum();
    let summary = content.summary.as_ref().map_or(0, String::len);
    let media = content.media.len() * (2000 + 4 * base);
    (content.body.len() * 21 / 20 + 4000 + summary + 400 * terms + comments + media + links * (base + 60)) as u64
}

/// Lists the XML files and the redirects.
fn outputs<'v>(blog: &Arc<Blog<'v>>, plan: Plan<'v>) -> Result<Vec<Output<'v>>> {
    let (uploads, twins) = (Arc::new(plan.uploads), Arc::new(twins(blog)));
    let mut outputs = Vec::new();
    for (number, mut part) in plan.parts.into_iter().enumerate() {
        let name = if number == 0 { "wordpress.xml".to_owned() } else { format!("wordpress-{}.xml", number + 1) };
        // The numbers of attachments follow those of all posts.
        let first = part.posts.first().map(|place| blog.number(*place));
        part.hasher.update(format!("{} {first:?}", blog.order.len()).as_bytes());
        let (key, posts) = (part.hasher.finish(), part.posts);
        let (blog, uploads, twins) = (Arc::clone(blog), Arc::clone(&uploads), Arc::clone(&twins));
        let write =
            move |out: &mut dyn Sink, losses: &mut Losses| document(&blog, &uploads, &twins, &posts, out, losses);
        outputs.push(Output { path: OutPath::new(name)?, key, content: Content::Stream(Box::new(write)) });
    }
    let pages = Arc::clone(blog);
    outputs.extend(redirects(blog.publication, blog.options, "redirects", move |old| Some(page(&pages, old)))?);
    Ok(outputs)
}

/// Returns the posts that have the title and the time of an earlier one. WordPress' importer takes them for posts that it
/// has already and leaves them out.
fn twins(blog: &Blog<'_>) -> HashSet<usize> {
    let mut known = HashSet::new();
    let is_twin = |place: &&usize| {
        let post = blog.publication.post(**place);
        !known.insert((post.published, blog.publication.title(post)))
    };
    blog.order.iter().filter(is_twin).copied().collect()
}

/// Returns the path of a page if the address of a post in WordPress is its name (`/%postname%/`).
fn page(blog: &Blog<'_>, old: Old) -> String {
    match old {
        Old::Article(index) => format!("{}/", blog.slug(index)),
        Old::Album(index) => format!("category/{}/", blog.albums[index].slug),
    }
}

fn failed(error: std::io::Error) -> Error {
    Error::other("export-write-failed").with("path", "wordpress.xml").because(error)
}

/// Writes a file with these posts.
fn document(
    blog: &Blog<'_>,
    uploads: &Uploads<'_>,
    twins: &HashSet<usize>,
    posts: &[usize],
    out: &mut dyn Write,
    losses: &mut Losses,
) -> Result<()> {
    let mut xml = Xml::new(out, failed)?;
    xml.open("rss", &NAMESPACES)?;
    xml.open("channel", &[])?;
    head(blog, &mut xml)?;
    let item = Item::new(blog, uploads);
    let mut listed = HashSet::new();
    let mut comments = 0;
    for place in posts {
        let content = blog.publication.content(*place, blog.options)?;
        item.post(&mut xml, *place, &content, &mut comments, losses)?;
        losses.add("twin", u64::from(twins.contains(place)), &blog.title(&content));
        for path in &content.media {
            let is_lost = blog.publication.view().lost().contains(path);
            if let Some(upload) = uploads.get(path).filter(|upload| !is_lost && listed.insert(upload.number)) {
                item.attachment(&mut xml, path, upload)?;
            }
        }
    }
    xml.close("channel")?;
    xml.close("rss")?;
    xml.finish()
}

/// Writes the head of the channel: the site, its authors, categories and tags.
fn head(blog: &Blog<'_>, xml: &mut Xml<'_>) -> Result<()> {
    let base = blog.options.base_url.as_deref().unwrap_or_default();
    xml.leaf("title", &[], blog.account())?;
    xml.leaf("link", &[], base)?;
    xml.leaf("description", &[], blog.publication.view().account().signature.as_deref().unwrap_or_default())?;
    if let Some(time) = blog.last_change() {
        xml.leaf("pubDate", &[], &item::mail_date(time)?)?;
    }
    xml.leaf("language", &[], "zh-CN")?;
    xml.leaf("wp:wxr_version", &[], "1.2")?;
    xml.leaf("wp:base_site_url", &[], base)?;
    xml.leaf("wp:base_blog_url", &[], base)?;
    for (number, author) in (1..).zip(&blog.authors) {
        xml.open("wp:author", &[])?;
        xml.leaf("wp:author_id", &[], &number.to_string())?;
        xml.cdata("wp:author_login", &[], &author.login)?;
        xml.cdata("wp:author_email", &[], &author.email())?;
        xml.cdata("wp:author_display_name", &[], &author.name)?;
        xml.cdata("wp:author_first_name", &[], "")?;
        xml.cdata("wp:author_last_name", &[], "")?;
        xml.close("wp:author")?;
    }
    for (number, album) in (1..).zip(&blog.albums) {
        xml.open("wp:category", &[])?;
        xml.leaf("wp:term_id", &[], &number.to_string())?;
        xml.cdata("wp:category_nicename", &[], &album.slug)?;
        xml.cdata("wp:category_parent", &[], "")?;
        xml.cdata("wp:cat_name", &[], &album.name)?;
        xml.cdata("wp:category_description", &[], &album.description)?;
        xml.close("wp:category")?;
    }
    for (number, tag) in (blog.albums.len() + 1..).zip(&blog.tags) {
        xml.open("wp:tag", &[])?;
        xml.leaf("wp:term_id", &[], &number.to_string())?;
        xml.cdata("wp:tag_slug", &[], &tag.slug)?;
        xml.cdata("wp:tag_name", &[], &tag.name)?;
        xml.close("wp:tag")?;
    }
    xml.leaf("generator", &[], "liudi")
}
