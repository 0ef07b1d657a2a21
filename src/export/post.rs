//! The complete content of one post as an exporter writes it. Whatever its form, the post's text, pictures, videos and
//! audio become one canonical body.

use std::fmt::Write as _;

use super::comments::Comment;
use super::publication::{Publication, found};
use super::published::may_be_published;
use super::{ExportOptions, form};
use crate::archive::PostEntry;
use crate::error::Result;
use crate::html::{escape_attribute, escape_paragraphs, escape_text};
use crate::model::article::Counts;
use crate::model::body::MEDIA_SCHEME;
use crate::model::{Article, Class, Kind, MediaKey, MediaRole, MediaUse, Post, Sha256, ShortPost, Time};
use crate::text::Texts;

/// The content of a post.
#[derive(Clone, Debug, Default)]
pub struct PostContent {
    /// Canonical id.
    pub id: String,
    /// Form, one of [`form::FORMS`].
    pub form: &'static str,
    /// Full title; for a text post, the beginning of its text. `None` if it has neither title nor text.
    pub title: Option<String>,
    /// Summary (摘要).
    pub summary: Option<String>,
    /// Author (作者) as printed.
    pub author: Option<String>,
    /// Time of publication.
    pub published: Option<Time>,
    /// Time of the last change, if the post was changed after publication.
    pub modified: Option<Time>,
    /// Titles of its albums.
    pub albums: Vec<String>,
    /// Tags, without `#`.
    pub tags: Vec<String>,
    /// URL of the post on the platform.
    pub old_url: Option<String>,
    /// Target of 阅读原文, the author's own link.
    pub source_url: Option<String>,
    /// URL of the cover on the platform.
    pub cover_url: Option<String>,
    /// Whether the post is marked 原创; `None` if its page does not say.
    pub original: Option<bool>,
    /// Counts as the page showed them.
    pub counts: Option<Counts>,
    /// Set if only the free part of a paid article is held.
    pub preview_only: bool,
    /// File of the cover, relative to the bag's `data/`.
    pub cover: Option<String>,
    /// Media that are held, relative to the bag's `data/`, in order of first mention and without duplicates.
    pub media: Vec<String>,
    /// Canonical body.
    pub body: String,
    /// Comments, if the owner chose to show them.
    pub comments: Vec<Comment>,
}

impl PostContent {
    /// Returns the key of a file made of the post: it changes with the post, its albums and the comments that are shown.
    /// `of` stands for everything else that the file depends on.
    pub fn key(&self, post: &PostEntry, of: &str) -> Sha256 {
        let text = format!(
            "{of} {} {:?} {:?} {:?} {:?}",
            post.record_digest, post.content_digest, self.title, self.albums, self.comments
        );
        Sha256::of(text.as_bytes())
    }
}

impl Publication<'_> {
    /// Reads the post at an index of [`crate::View::posts`], for a file of many posts. A body that the archive has lost
    /// is replaced by a note.
    ///
    /// # Errors
    /// `view-unreadable`, `view-record-broken`, `comments-unreadable`.
    pub fn content(&self, place: usize, options: &ExportOptions) -> Result<PostContent> {
        let (record, post) = (self.view().post(self.post(place))?, self.post(place));
        let body = found(self.view().content(post))?.unwrap_or_else(|| {
            let mut note = String::new();
            escape_paragraphs(&Texts::of(options.language).get("export-body-lost", &[]), &mut note);
            Some(note)
        });
        self.content_with(place, &record, body, options)
    }

    /// Reads the body of a post and its comments, for a record already read and a file of its own.
    ///
    /// # Errors
    /// `archive-file-missing` if the archive has lost the body: the file of an earlier export is then kept;
    /// `comments-unreadable`.
    pub fn content_of(&self, place: usize, record: &Post, options: &ExportOptions) -> Result<PostContent> {
        self.content_with(place, record, self.view().content(self.post(place))?, options)
    }

    fn content_with(
        &self,
        place: usize,
        record: &Post,
        body: Option<String>,
        options: &ExportOptions,
    ) -> Result<PostContent> {
        let (view, post) = (self.view(), self.post(place));
        let mut content = match record {
            Post::Article(article) => of_article(article, &body.unwrap_or_default()),
            Post::Short(short) => of_short_post(short),
        };
        let lost = |path: &str| view.lost().contains(path);
        for medium in media(record) {
            if let Some(path) = medium.path.as_deref().filter(|path| lost(path)) {
                content.body = without(&content.body, path, &format!("{MEDIA_SCHEME}{}", medium.key.as_str()));
            }
        }
        let names: Vec<&str> = post.names().collect();
        let comments = options.comments.as_ref().filter(|_| post.kind == Kind::Article);
        content.comments = comments.map(|of| of.of(&names)).transpose()?.unwrap_or_default();
        content.albums = self.album_titles(place);
        content.cover.clone_from(&post.cover);
        content.form = form::form(post);
        content.title = content.title.filter(|_| content.form != "text").or_else(|| self.title(post));
        content.media = self.media_of(record);
        content.cover = content.cover.filter(|path| view.digest(path).is_some() && !lost(path));
        Ok(content)
    }

    /// Returns the key of a file made of the post at `place` alone, without reading its body: it changes with the post,
    /// its albums and the comments that are shown. `of` stands for everything else that the file depends on.
    pub fn key_of(&self, place: usize, options: &ExportOptions, of: &str) -> Sha256 {
        let post = self.post(place);
        let names: Vec<&str> = post.names().collect();
        let comments = options.comments.as_ref().filter(|_| post.kind == Kind::Article);
        let text = format!(
            "{of} {} {:?} {:?} {:?} {:?}",
            post.record_digest,
            post.content_digest,
            self.title(post),
            self.album_titles(place),
            comments.map(|comments| comments.digest(&names))
        );
        Sha256::of(text.as_bytes())
    }

    /// Returns the titles of a post's albums.
    pub fn album_titles(&self, place: usize) -> Vec<String> {
        self.albums_of(place).iter().map(|(album, _)| self.albums()[*album].title.clone()).collect()
    }

    /// Returns the media of a record that are held, relative to the bag's `data/`, in order of first mention and
    /// without duplicates. Files that the manifest does not list are not available, and documents are not published.
    pub fn media_of(&self, record: &Post) -> Vec<String> {
        let mut held = held(media(record));
        held.retain(|path| self.view().digest(path).is_some() && may_be_published(path));
        held
    }
}

fn media(record: &Post) -> &[MediaUse] {
    match record {
        Post::Article(article) => &article.media,
        Post::Short(short) => &short.media,
    }
}

/// Returns a body in which a medium, by its path in the bag, has the name of media that are not held.
fn without(body: &str, path: &str, name: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut parts = body.split(path);
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.truncate(out.trim_end_matches("../").len());
        out.push_str(name);
        out.push_str(part);
    }
    out
}

fn given(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn web(url: Option<&String>) -> Option<String> {
    url.filter(|url| url.starts_with("https://") || url.starts_with("http://")).cloned()
}

fn of_article(article: &Article, body: &str) -> PostContent {
    let fields = &article.fields;
    let file = |key: &MediaKey| article.media.iter().find(|medium| medium.key == *key);
    let is_in_body = |medium: &MediaUse| {
        body.contains(medium.key.as_str()) || medium.path.as_deref().is_some_and(|path| body.contains(path))
    };
    let mut before = String::new();
    for medium in fields.pictures.iter().filter_map(|one| file(&one.key)).filter(|one| !is_in_body(one)) {
        player("img", medium, None, &mut before);
    }
    let posters: Vec<&MediaUse> = article.media.iter().filter(|medium| medium.role == MediaRole::Poster).collect();
    let attached = fields.attachments.iter().filter_map(|one| file(&one.key)).filter(|one| !is_in_body(one));
    for (number, medium) in attached.enumerate() {
        let tag = if medium.role == MediaRole::Audio { "audio" } else { "video" };
        player(tag, medium, posters.get(number).copied(), &mut before);
    }
    let mut after = String::new();
    if let Some(reshare) = &fields.reshare {
        if let Some(words) = reshare.guide_words.as_ref().filter(|_| body.is_empty() || reshare.inline) {
            escape_paragraphs(words, &mut before);
        }
        let title = given(reshare.title.as_ref());
        let account = given(reshare.account_name.as_ref());
        let words = [account, title].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        if !words.is_empty() {
            after.push_str("<blockquote><p>");
            match web(reshare.url.as_ref()) {
                Some(url) => {
                    after.push_str("<a href=\"");
                    escape_attribute(&url, &mut after);
                    after.push_str("\">");
                    escape_text(&words, &mut after);
                    after.push_str("</a>");
                }
                None => escape_text(&words, &mut after),
            }
            after.push_str("</p></blockquote>");
        }
    }
    PostContent {
        id: article.id.clone(),
        title: given(fields.title.as_ref()),
        summary: given(fields.summary.as_ref()),
        author: given(fields.author.as_ref()),
        published: fields.published,
        modified: fields.modified.filter(|modified| Some(*modified) != fields.published),
        tags: tags(&fields.tags),
        old_url: web(fields.url.as_ref()),
        source_url: web(fields.source_url.as_ref()),
        cover_url: web(fields.cover.as_ref().and_then(|cover| cover.urls.first())),
        original: fields.original,
        counts: fields.counts,
        preview_only: fields.paid.as_ref().is_some_and(|paid| paid.preview_only),
        body: before + body + &after,
        ..PostContent::default()
    }
}

fn of_short_post(post: &ShortPost) -> PostContent {
    let mut body = String::new();
    let poster = post.media.iter().find(|medium| medium.role == MediaRole::Cover);
    for medium in post.media.iter().filter(|medium| medium.bag != Some(Class::Private)) {
        match medium.role {
            MediaRole::Video => player("video", medium, poster, &mut body),
            MediaRole::Audio => player("audio", medium, None, &mut body),
            MediaRole::Picture => player("img", medium, None, &mut body),
            _ => {}
        }
    }
    escape_paragraphs(post.fields.text.as_deref().unwrap_or_default(), &mut body);
    PostContent {
        id: post.id.clone(),
        title: given(post.fields.title.as_ref()),
        published: post.fields.published,
        counts: post.fields.counts.as_ref().map(|counts| Counts {
            like: counts.like,
            share: counts.share,
            comment: counts.comment,
            ..Counts::default()
        }),
        body,
        ..PostContent::default()
    }
}

/// Writes a medium outside of the text in the same form as the sanitiser.
fn player(tag: &str, medium: &MediaUse, poster: Option<&MediaUse>, out: &mut String) {
    let src = |medium: &MediaUse| match medium.path.as_deref().filter(|_| medium.bag != Some(Class::Private)) {
        Some(path) => path.to_owned(),
        None => format!("{MEDIA_SCHEME}{}", medium.key.as_str()),
    };
    let size = |out: &mut String| {
        if let (Some(width), Some(height)) = (medium.width, medium.height) {
            let _ = write!(out, " width=\"{width}\" height=\"{height}\"");
        }
    };
    if tag == "img" {
        let _ = write!(out, "<p><img src=\"{}\" alt=\"\"", src(medium));
        size(out);
        out.push_str("></p>");
        return;
    }
    let _ = write!(out, "<p><{tag} controls=\"\" preload=\"none\" src=\"{}\"", src(medium));
    if tag == "video" {
        if let Some(poster) = poster.filter(|poster| poster.path.is_some()) {
            let _ = write!(out, " poster=\"{}\"", src(poster));
        }
        size(out);
    }
    let _ = write!(out, "></{tag}></p>");
}

fn held(media: &[MediaUse]) -> Vec<String> {
    let mut held: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for medium in media.iter().filter(|medium| medium.bag != Some(Class::Private)) {
        if let Some(path) = medium.path.as_ref().filter(|path| seen.insert(path.as_str())) {
            held.push(path.clone());
        }
    }
    held
}

fn tags(tags: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for tag in tags.iter().map(|tag| tag.trim().trim_matches('#')).filter(|tag| !tag.is_empty()) {
        if !all.iter().any(|known| known == tag) {
            all.push(tag.to_owned());
        }
    }
    all
}
