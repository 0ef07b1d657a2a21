//! An article, a note or a video as feeds need it.

use minijinja::value::Serde;
use serde_json::{Value, json};

use super::parts::{self, Parts, Viewpoint};
use super::piece;
use super::site::Site;
use crate::error::Result;
use crate::export::publication::PostIndex;
use crate::export::{OutPath, identifier};
use crate::html::escape_paragraphs;
use crate::model::Time;

/// See the module.
pub(super) struct FeedItem {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) url: String,
    pub(super) old_url: Option<String>,
    pub(super) published: Option<Time>,
    pub(super) modified: Option<Time>,
    pub(super) author: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) subjects: Vec<String>,
    pub(super) image: Option<String>,
    pub(super) content: String,
}

impl FeedItem {
    /// Reads and renders it, as the file `feed` names the site's files.
    pub(super) fn new(site: &Site<'_>, feed: &OutPath, item: PostIndex) -> Result<Self> {
        match item {
            PostIndex::Article(index) => Self::article(site, feed, index),
            PostIndex::Piece(index) => Self::piece(site, feed, index),
        }
    }

    fn article(site: &Site<'_>, feed: &OutPath, index: usize) -> Result<Self> {
        let entry = &site.view.entries()[index];
        let record = site.view.article(entry)?;
        let parts = Parts::new(site, &viewpoint(site, feed), entry, &record)?;
        let fields = &record.fields;
        let old_url = fields.url.clone().filter(|url| parts::is_web(url));
        let context = json!({
            "gallery": parts.gallery,
            "films": parts.videos,
            "sounds": parts.sounds,
            "reshare": parts.reshare,
            "body": parts.body,
            "paid": fields.paid.as_ref().is_some_and(|paid| paid.preview_only),
            "old_url": old_url,
        });
        let albums = fields.albums.iter().map(|album| album.title.clone()).filter(|title| !title.is_empty());
        let tags = entry.tags.iter().map(|tag| tag.trim().trim_matches('#').to_owned()).filter(|tag| !tag.is_empty());
        let mut subjects: Vec<String> = albums.chain(tags).collect();
        subjects.dedup();
        Ok(Self {
            id: identifier::urn(&entry.id),
            title: site.title(index),
            url: url(site, feed, site.routes.article(index)),
            old_url,
            published: entry.published,
            modified: PostIndex::Article(index).last_change(site.view),
            author: entry.author.clone(),
            summary: entry.summary.clone().filter(|summary| !summary.trim().is_empty()),
            subjects,
            image: entry.cover.as_deref().and_then(|cover| site.routes.absolute_media(cover)),
            content: content(site, &context)?,
        })
    }

    fn piece(site: &Site<'_>, feed: &OutPath, index: usize) -> Result<Self> {
        let entry = &site.view.pieces()[index];
        let fields = &entry.piece.fields;
        let mut context = piece::shown(site, &viewpoint(site, feed), index);
        // All of its words, its title's too: readers of feeds show titles apart, or not at all.
        let mut body = String::new();
        escape_paragraphs(fields.text.as_deref().unwrap_or_default(), &mut body);
        if context["lost"] == json!(true) {
            body = body + "<p>" + &site.texts.get("mirror-missing-note", &[]) + "</p>";
        }
        context["body"] = json!(body);
        Ok(Self {
            id: identifier::urn(&entry.piece.id),
            title: piece::title(site, index),
            url: url(site, feed, site.routes.piece(index)),
            old_url: None,
            published: fields.published,
            modified: fields.published,
            author: None,
            summary: None,
            subjects: Vec::new(),
            image: entry.cover().and_then(|cover| site.routes.absolute_media(cover)),
            content: content(site, &context)?,
        })
    }
}

fn viewpoint<'a>(site: &'a Site<'_>, feed: &'a OutPath) -> Viewpoint<'a> {
    Viewpoint { page: feed, base: site.options.base_url.as_deref(), styled: false }
}

fn url(site: &Site<'_>, feed: &OutPath, page: &OutPath) -> String {
    site.routes.absolute(page).unwrap_or_else(|| site.routes.url(feed, page))
}

fn content(site: &Site<'_>, article: &Value) -> Result<String> {
    let context = json!({ "article": article });
    site.templates.render("feed-entry.html.j2", minijinja::Value::from(Serde(&context)))
}
