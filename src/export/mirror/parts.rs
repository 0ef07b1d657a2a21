//! The parts of an article that a page and a feed entry share: its body, pictures, videos, audio, and the words of a
//! reshare. The two differ only in how they reference the site's files.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::body::{self, Heading, Place, Target};
use super::site::Site;
use crate::archive::PostEntry;
use crate::error::Result;
use crate::export::OutPath;
use crate::export::publication::found;
use crate::model::body::MEDIA_SCHEME;
use crate::model::{Article, Class, MediaKey, MediaRef, MediaRole, MediaUse};

/// The place from which the site's files are referenced.
#[derive(Clone, Copy)]
pub(super) struct Viewpoint<'a> {
    /// File that holds the references.
    pub(super) page: &'a OutPath,
    /// Address of the site, set if references must also be valid outside of it.
    pub(super) base: Option<&'a str>,
    /// Set if the author's styles can be shown.
    pub(super) styled: bool,
}

impl Viewpoint<'_> {
    /// Returns a relative URL in the form that is valid from this viewpoint.
    fn url(&self, url: String) -> String {
        match self.base {
            Some(base) if !url.contains("://") => format!("{base}/{url}"),
            _ => url,
        }
    }

    pub(super) fn media(&self, site: &Site<'_>, path: &str) -> Option<String> {
        Some(self.url(site.routes.media(self.page, path)?))
    }

    fn target(&self, site: &Site<'_>, href: &str) -> Target {
        match site.routes.target(site.publication, self.page, href) {
            Target::Local(url) => Target::Local(self.url(url)),
            other => other,
        }
    }
}

/// The rendered parts of an article.
pub(super) struct Parts {
    /// Body, or a note that there is none.
    pub(super) body: String,
    /// Style sheet of the body's own classes.
    pub(super) css: String,
    /// See [`body::Rendered::spaced`].
    pub(super) spaced: bool,
    /// Pictures of the gallery.
    pub(super) gallery: Vec<Value>,
    pub(super) videos: Vec<Value>,
    pub(super) sounds: Vec<Value>,
    pub(super) reshare: Option<Value>,
    /// Headings of the body.
    pub(super) headings: Vec<Heading>,
    /// Pictures that are not held, if there are enough of them for one note to list them all.
    pub(super) lost: Vec<Value>,
}

/// Number of missing pictures from which one note lists them all.
const MANY: usize = 4;

impl Parts {
    /// Reads and renders the parts of an article.
    pub(super) fn new(site: &Site<'_>, seen: &Viewpoint<'_>, entry: &PostEntry, article: &Article) -> Result<Self> {
        let held = Held::new(site, seen, article);
        let read = site.view.content(entry);
        // Only the page of the article itself waits for a body that the archive has lost.
        let content = if seen.styled { read? } else { found(read)?.flatten() };
        let fields = &article.fields;
        let shown = held.shown();
        let render = |folds: bool| {
            let place = Place {
                media: &|path| seen.media(site, path),
                link: &|href| seen.target(site, href),
                shown: &shown,
                sizes: &held.sizes,
                styled: seen.styled,
                folds,
                texts: &site.texts,
            };
            content.as_deref().map(|content| body::render(content, &place)).unwrap_or_default()
        };
        let mut rendered = render(false);
        let mut gallery: Vec<Value> = fields.pictures.iter().map(|medium| held.picture(medium)).collect();
        let mut lost: Vec<Value> = Vec::new();
        for (at, medium) in fields.pictures.iter().enumerate().filter(|(at, _)| gallery[*at]["src"].is_null()) {
            lost.push(json!({ "number": at + 1, "url": held.address(&medium.key) }));
        }
        lost.extend(rendered.lost.iter().enumerate().map(|(at, one)| {
            let key = one.src.strip_prefix(MEDIA_SCHEME).and_then(MediaKey::from_text);
            let url = key.and_then(|key| held.address(&key));
            json!({ "number": at + 1, "alt": one.alt, "url": url })
        }));
        if lost.len() >= MANY && seen.styled {
            if !rendered.lost.is_empty() {
                rendered = render(true);
            }
            gallery.retain(|picture| !picture["src"].is_null());
        } else {
            lost.clear();
        }
        let shows_else = !fields.pictures.is_empty() || !fields.attachments.is_empty() || fields.reshare.is_some();
        if content.is_none() && !shows_else {
            rendered.html = format!("<p class=\"missing\">{}</p>", site.texts.get("mirror-no-body", &[]));
        }
        let cover = article.media.iter().find(|medium| medium.role == MediaRole::Cover);
        let cover = cover.filter(|cover| held.urls.contains_key(&cover.key));
        Ok(Self {
            body: rendered.html,
            css: rendered.css,
            spaced: rendered.spaced,
            gallery,
            headings: rendered.headings,
            lost,
            videos: held.attachments(&[MediaRole::Video, MediaRole::LivePhoto], cover, content.as_deref()),
            sounds: held.attachments(&[MediaRole::Audio], cover, content.as_deref()),
            reshare: reshare(article, content.is_some()),
        })
    }
}

/// Returns the card of a reshare. The owner's words are part of the body if there is one.
fn reshare(article: &Article, has_body: bool) -> Option<Value> {
    let reshare = article.fields.reshare.as_ref()?;
    Some(json!({
        "account": reshare.account_name,
        "title": reshare.title,
        "url": reshare.url.as_deref().filter(|url| is_web(url)),
        "words": reshare.guide_words.as_ref().filter(|_| !has_body || reshare.inline),
    }))
}

/// Reports whether a picture may be opened directly: an SVG file is then a document that may run scripts, which it is
/// not in `<img>`.
pub(super) fn opens(src: &str) -> bool {
    !src.to_ascii_lowercase().ends_with(".svg")
}

/// Reports whether a browser can follow the URL.
pub(super) fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// The media of an article that the mirror holds.
struct Held<'a> {
    article: &'a Article,
    urls: HashMap<&'a MediaKey, String>,
    uses: HashMap<&'a MediaKey, &'a MediaUse>,
    sizes: HashMap<String, (u32, u32)>,
}

impl<'a> Held<'a> {
    fn new(site: &Site<'_>, seen: &Viewpoint<'_>, article: &'a Article) -> Self {
        let (mut urls, mut uses, mut sizes) = (HashMap::new(), HashMap::new(), HashMap::new());
        for medium in &article.media {
            uses.entry(&medium.key).or_insert(medium);
            let Some(path) = medium.path.as_deref().filter(|_| medium.bag != Some(Class::Private)) else { continue };
            if let (Some(width), Some(height)) = (medium.width, medium.height) {
                sizes.insert(path.to_owned(), (width, height));
            }
            if let Some(url) = seen.media(site, path) {
                urls.insert(&medium.key, url);
            }
        }
        Self { article, urls, uses, sizes }
    }

    fn picture(&self, medium: &MediaRef) -> Value {
        let known = self.uses.get(&medium.key);
        let width = known.and_then(|known| known.width).or(medium.width);
        let height = known.and_then(|known| known.height).or(medium.height);
        let (width, height) = width.zip(height).unzip();
        let src = self.urls.get(&medium.key);
        json!({ "src": src, "opens": src.is_some_and(|src| opens(src)), "width": width, "height": height })
    }

    /// Returns the platform's URL of a medium that is not held.
    fn address(&self, key: &MediaKey) -> Option<String> {
        self.uses.get(key)?.url.clone().filter(|url| is_web(url))
    }

    /// Returns the pictures of the gallery as a body would reference them, since some pages repeat them there.
    fn shown(&self) -> HashSet<String> {
        self.article
            .fields
            .pictures
            .iter()
            .flat_map(|medium| {
                let path = self.uses.get(&medium.key).and_then(|known| known.path.clone());
                path.into_iter().chain([format!("{MEDIA_SCHEME}{}", medium.key.as_str())])
            })
            .collect()
    }

    /// Reports whether the body shows a medium.
    fn is_in(&self, content: Option<&str>, medium: &MediaRef) -> bool {
        let path = self.uses.get(&medium.key).and_then(|known| known.path.as_deref());
        content.is_some_and(|content| {
            content.contains(medium.key.as_str()) || path.is_some_and(|path| content.contains(path))
        })
    }

    /// Returns the media outside of the body, each with its poster. Media that the body has a player for are left out.
    fn attachments(&self, roles: &[MediaRole], cover: Option<&MediaUse>, content: Option<&str>) -> Vec<Value> {
        let is_poster = |medium: &&MediaUse| medium.role == MediaRole::Poster && self.urls.contains_key(&medium.key);
        let posters: Vec<&MediaUse> = self.article.media.iter().filter(is_poster).collect();
        let attachments = self.article.fields.attachments.iter();
        let beside = attachments.filter(|medium| roles.contains(&medium.role) && !self.is_in(content, medium));
        beside
            .enumerate()
            .map(|(index, medium)| {
                let mut video = self.picture(medium);
                let poster = posters.get(index).copied().or(cover);
                let src = poster.and_then(|poster| self.urls.get(&poster.key));
                give_poster(&mut video, src, poster.and_then(|poster| poster.width.zip(poster.height)));
                video
            })
            .collect()
    }
}

/// Adds the picture that is shown until a video plays, or instead of a video that is not held.
pub(super) fn give_poster(video: &mut Value, src: Option<&String>, size: Option<(u32, u32)>) {
    let (width, height) = size.unzip();
    video["poster"] = json!(src);
    video["poster_width"] = json!(width);
    video["poster_height"] = json!(height);
    // A player whose video has no known size takes that of its poster, so that the page does not shift when the poster
    // loads.
    if video["width"].is_null() || video["height"].is_null() {
        video["width"] = json!(width);
        video["height"] = json!(height);
    }
}
