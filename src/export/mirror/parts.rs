//! What an article shows, wherever it is shown: its body, its pictures, videos and sounds, the words of a reshare. A page
//! of the mirror and an entry of a feed differ only in how they name the site's files.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::body::{self, Heading, Place, Target};
use super::site::Site;
use crate::archive::PostEntry;
use crate::error::Result;
use crate::export::OutPath;
use crate::model::body::MEDIA_SCHEME;
use crate::model::{Article, Class, MediaKey, MediaRef, MediaRole, MediaUse};

/// From where the site's files are named.
#[derive(Clone, Copy)]
pub(super) struct Viewpoint<'a> {
    /// The file that names them.
    pub(super) page: &'a OutPath,
    /// The site's own address, where names must hold outside of it.
    pub(super) base: Option<&'a str>,
    /// Whether it can show the author's styles.
    pub(super) styled: bool,
}

impl Viewpoint<'_> {
    /// A relative URL as it is named from here.
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

/// What there is to show.
pub(super) struct Parts {
    /// The body, or a note that there is none.
    pub(super) body: String,
    /// The body's own classes.
    pub(super) css: String,
    /// See [`body::Rendered::spaced`].
    pub(super) spaced: bool,
    /// Pictures of a gallery.
    pub(super) gallery: Vec<Value>,
    pub(super) videos: Vec<Value>,
    pub(super) sounds: Vec<Value>,
    pub(super) reshare: Option<Value>,
    /// Headings of the body.
    pub(super) headings: Vec<Heading>,
    /// Pictures that are not held, where they are so many that one note names them.
    pub(super) lost: Vec<Value>,
}

/// From how many pictures on one note names those that are not held.
const MANY: usize = 4;

impl Parts {
    /// Reads and renders them.
    pub(super) fn new(site: &Site<'_>, seen: &Viewpoint<'_>, entry: &PostEntry, article: &Article) -> Result<Self> {
        let held = Held::new(site, seen, article);
        let content = site.view.content(entry)?;
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

/// The card of a reshare. The owner's words stand in the body, where there is one.
fn reshare(article: &Article, has_body: bool) -> Option<Value> {
    let reshare = article.fields.reshare.as_ref()?;
    Some(json!({
        "account": reshare.account_name,
        "title": reshare.title,
        "url": reshare.url.as_deref().filter(|url| is_web(url)),
        "words": reshare.guide_words.as_ref().filter(|_| !has_body || reshare.inline),
    }))
}

/// Whether a picture may be opened by itself: an SVG file is then a document that may run scripts; in `<img>` it is not.
pub(super) fn opens(src: &str) -> bool {
    !src.to_ascii_lowercase().ends_with(".svg")
}

/// Whether a browser can follow it.
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

    /// Where the platform has, or had, a medium that is not held.
    fn address(&self, key: &MediaKey) -> Option<String> {
        self.uses.get(key)?.url.clone().filter(|url| is_web(url))
    }

    /// The pictures of the gallery as a body would name them: some pages repeat them there.
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

    /// Whether the body shows a medium.
    fn is_in(&self, content: Option<&str>, medium: &MediaRef) -> bool {
        let path = self.uses.get(&medium.key).and_then(|known| known.path.as_deref());
        content.is_some_and(|content| {
            content.contains(medium.key.as_str()) || path.is_some_and(|path| content.contains(path))
        })
    }

    /// Media beside the body, each with its poster. What the body has a player for is not shown twice.
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

/// What stands in the place of a video until it plays, and instead of it where it is not held.
pub(super) fn give_poster(video: &mut Value, src: Option<&String>, size: Option<(u32, u32)>) {
    let (width, height) = size.unzip();
    video["poster"] = json!(src);
    video["poster_width"] = json!(width);
    video["poster_height"] = json!(height);
    // A player whose video does not say its size takes its poster's, so that nothing moves when that is there.
    if video["width"].is_null() || video["height"].is_null() {
        video["width"] = json!(width);
        video["height"] = json!(height);
    }
}
