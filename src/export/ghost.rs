//! A ZIP file that Ghost takes in: `ghost.json` with the posts, tags and authors, and their media under `content`. Each
//! body is one HTML card, which keeps its layout.

mod document;
mod tags;

use std::io::{Read as _, Write};
use std::sync::Arc;

use zip::{CompressionMethod, ZipWriter};

use self::tags::TagTable;
use super::blog::{Blog, planned};
use super::old_addresses::{self, Old, redirects};
use super::uploads::{Upload, Uploads};
use super::{
    Content, ExportOptions, Exporter, Group, Info, Losses, OutPath, Output, Outputs, Publication, Shape, Sink,
};
use crate::error::{Error, Result};
use crate::html::{SVG_FILE_VERSION, svg_file};
use crate::model::{Hasher, Sha256};
use crate::platform;

/// The exporter for Ghost.
pub struct Ghost;

static INFO: Info = Info {
    name: "ghost",
    summary_zh: "搬到 Ghost：在后台的导入页上传 ghost.zip（文章、标签、作者和图片），旧链接跳转规则在 redirects",
    summary_en: "move to Ghost: upload ghost.zip (posts, tags, authors and images) on its import page; rules for old links are in redirects",
    version: 2,
    group: Group::Website,
    shape: Shape::Folder,
    settings: &[],
};

const FILE: &str = "ghost.zip";

impl Exporter for Ghost {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let blog = Blog::new(publication, options, INFO.version);
        let mut hasher = Hasher::new();
        hasher.update(format!("{} {SVG_FILE_VERSION}", blog.key()).as_bytes());
        let plan = Plan { uploads: Uploads::new(publication.view()), hasher };
        let (posts, tags) = (blog.order.clone(), TagTable::new(&blog));
        let site = Arc::new(Site { blog, tags });
        let of_posts = Arc::clone(&site);
        let each = move |plan: &mut Plan<'v>, place| plan.add(&of_posts.blog, place);
        Ok(planned(posts, plan, each, move |plan| outputs(&site, plan)))
    }
}

struct Plan<'v> {
    uploads: Uploads<'v>,
    hasher: Hasher,
}

impl<'v> Plan<'v> {
    /// Adds a post and its media, which are all in the ZIP file.
    fn add(&mut self, blog: &Blog<'v>, place: usize) -> Result<Vec<Output<'v>>> {
        let content = blog.publication.content(place, blog.options)?;
        let view = blog.publication.view();
        let mut key = blog.key_of(place, &content);
        for (at, path) in content.media.iter().enumerate() {
            let Some(digest) = view.digest(path) else { continue };
            self.uploads.add(path, place, at + 1);
            if let Some(upload) = self.uploads.get(path) {
                key = format!("{key}\n{} {digest}", upload.path(blog, path));
            }
        }
        self.hasher.update(Sha256::of(key.as_bytes()).hex().as_bytes());
        Ok(Vec::new())
    }
}

/// Lists the ZIP file and the redirects.
fn outputs<'v>(site: &Arc<Site<'v>>, plan: Plan<'v>) -> Result<Vec<Output<'v>>> {
    let (key, uploads, of_file) = (plan.hasher.finish(), plan.uploads, Arc::clone(site));
    let write = move |out: &mut dyn Sink, losses: &mut Losses| file(&of_file, &uploads, out, losses);
    let mut outputs = vec![Output { path: OutPath::new(FILE)?, key, content: Content::Stream(Box::new(write)) }];
    outputs.extend(own_redirects(site)?);
    let (blog, pages) = (&site.blog, Arc::clone(site));
    outputs.extend(redirects(blog.publication, blog.options, "redirects", move |old| Some(pages.page(old)))?);
    Ok(outputs)
}

/// Lists `redirects.yaml`, which Ghost itself takes in. It compares only the path of an address, so that it holds the short
/// links alone.
fn own_redirects<'v>(site: &Site<'v>) -> Result<Option<Output<'v>>> {
    let mut text = String::new();
    for (name, old) in old_addresses::names(site.blog.publication) {
        if let Some(short) = name.strip_prefix("short:") {
            text = text + "  \"^/s/" + short + "/?$\": \"/" + &site.page(old) + "\"\n";
        }
    }
    if text.is_empty() {
        return Ok(None);
    }
    text.insert_str(0, "301:\n");
    let (path, key) = (OutPath::new("redirects/redirects.yaml")?, Sha256::of(text.as_bytes()));
    let content = Content::Render(Box::new(move |_| Ok(text.clone().into_bytes())));
    Ok(Some(Output { path, key, content }))
}

/// What surrounds the posts in Ghost.
struct Site<'v> {
    blog: Blog<'v>,
    tags: TagTable,
}

impl Site<'_> {
    /// Returns the path of a page.
    fn page(&self, old: Old) -> String {
        match old {
            Old::Article(index) => format!("{}/", self.blog.slug(index)),
            Old::Album(index) => format!("tag/{}/", self.tags.all[self.tags.of_albums[index]].slug),
        }
    }
}

/// Returns the path of a medium in the ZIP file and in Ghost; each kind has its folder.
fn place(blog: &Blog<'_>, path: &str, upload: Upload) -> String {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    let folder = match extension.as_str() {
        "avif" | "bmp" | "gif" | "ico" | "jpeg" | "jpg" | "png" | "svg" | "webp" => "images",
        "m4a" | "mp3" | "mp4" | "ogg" | "ogv" | "wav" | "webm" => "media",
        _ => "files",
    };
    format!("content/{folder}/{}", upload.path(blog, path))
}

fn failed(error: impl Into<zip::result::ZipError>) -> Error {
    Error::other("export-write-failed").with("path", FILE).because(error.into())
}

fn file(site: &Site<'_>, uploads: &Uploads<'_>, out: &mut dyn Sink, losses: &mut Losses) -> Result<()> {
    let mut zip = ZipWriter::new(out);
    let options = platform::zip_member();
    zip.start_file("ghost.json", options.compression_method(CompressionMethod::Deflated)).map_err(failed)?;
    document::write(site, uploads, &mut zip, losses)?;
    let stored = options.compression_method(CompressionMethod::Stored);
    for (path, upload) in uploads.in_order() {
        if site.blog.publication.view().lost().contains(path) {
            continue;
        }
        let name = place(&site.blog, path, upload);
        let size = site.blog.publication.view().file(path).and_then(|file| file.open().ok()?.size().ok());
        // Not every reader knows the headers of files above 4 GB, so that smaller ones have none.
        let large = size.is_some_and(|size| u32::try_from(size).is_err());
        zip.start_file(name, stored.large_file(large)).map_err(failed)?;
        medium(&site.blog, path, &mut zip)?;
    }
    zip.finish().map(drop).map_err(failed)
}

/// Writes the bytes of a medium; an SVG is cleaned, because a browser that opens it directly treats it as a page of the
/// site.
fn medium(blog: &Blog<'_>, path: &str, zip: &mut ZipWriter<&mut dyn Sink>) -> Result<()> {
    let Some(file) = blog.publication.view().file(path) else { return Ok(()) };
    let unreadable = |error| Error::disk("view-unreadable", &file, error);
    let mut reader = file.open().map_err(unreadable)?;
    if path.ends_with(".svg") {
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(unreadable)?;
        return zip.write_all(&svg_file(&bytes)).map_err(failed);
    }
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = reader.read(&mut buffer).map_err(unreadable)?;
        if read == 0 {
            return Ok(());
        }
        zip.write_all(&buffer[..read]).map_err(failed)?;
    }
}
