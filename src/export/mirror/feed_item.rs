//! The data of a post that feeds need.

use std::collections::HashSet;

use minijinja::value::Serde;
use serde_json::{Value, json};

use super::parts::{self, Parts, Viewpoint};
use super::short_post;
use super::site::Site;
use crate::archive::PostEntry;
use crate::error::Result;
use crate::export::{OutPath, identifier};
use crate::html::escape_paragraphs;
use crate::model::{Article, Post, ShortPost, Time};

/// A post in a feed.
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
    /// Reads and renders the post at an index of the view, with URLs as seen from the file `feed`.
    pub(super) fn new(site: &Site<'_>, feed: &OutPath, place: usize) -> Result<Self> {
        let post = site.publication.post(place);
        let page = site.routes.post(place);
        let mut item = Self {
            id: identifier::urn(&post.id),
            title: site.title(place),
            url: site.routes.absolute(page).unwrap_or_else(|| site.routes.url(feed, page)),
            old_url: None,
            published: post.published,
            modified: post.last_change(),
            author: post.author.clone(),
            summary: post.summary.clone().filter(|summary| !summary.trim().is_empty()),
            subjects: Vec::new(),
            image: post.cover.as_deref().and_then(|cover| site.routes.absolute_media(cover)),
            content: String::new(),
        };
        let seen = Viewpoint { page: feed, base: site.options.base_url.as_deref(), styled: false };
        let article = match site.view.post(post)? {
            Post::Article(article) => item.article(site, &seen, post, &article)?,
            Post::Short(short) => words(site, &seen, place, &short),
        };
        let context = json!({ "article": article });
        item.content = site.templates.render("feed-entry.html.j2", minijinja::Value::from(Serde(&context)))?;
        Ok(item)
    }

    /// Fills in the fields that only articles have, and returns the data for the template.
    fn article(&mut self, site: &Site<'_>, seen: &Viewpoint<'_>, post: &PostEntry, record: &Article) -> Result<Value> {
        let parts = Parts::new(site, seen, post, record)?;
        let fields = &record.fields;
        self.old_url = fields.url.clone().filter(|url| parts::is_web(url));
        let albums = fields.albums.iter().map(|album| album.title.clone()).filter(|title| !title.is_empty());
        let tags = post.tags.iter().map(|tag| tag.trim().trim_matches('#').to_owned()).filter(|tag| !tag.is_empty());
        let mut seen = HashSet::new();
        self.subjects = albums.chain(tags).filter(|subject| seen.insert(subject.clone())).collect();
        Ok(json!({
            "gallery": parts.gallery,
            "videos": parts.videos,
            "sounds": parts.sounds,
            "reshare": parts.reshare,
            "body": parts.body,
            "paid": fields.paid.as_ref().is_some_and(|paid| paid.preview_only),
            "old_url": self.old_url,
        }))
    }
}

/// Returns the data of a note or a video for the template.
fn words(site: &Site<'_>, seen: &Viewpoint<'_>, place: usize, short: &ShortPost) -> Value {
    let mut context = short_post::shown(site, seen, place, short);
    // The body includes the title's text, since feed readers show titles separately or not at all.
    let mut body = String::new();
    escape_paragraphs(short.fields.text.as_deref().unwrap_or_default(), &mut body);
    if context["lost"] == json!(true) {
        body = body + "<p>" + &site.texts.get("mirror-missing-note", &[]) + "</p>";
    }
    context["body"] = json!(body);
    context
}
