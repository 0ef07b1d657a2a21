//! The page of one article.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::body::{self, Place};
use super::site::Site;
use crate::error::Result;
use crate::export::OutPath;
use crate::model::article::Counts;
use crate::model::body::MEDIA_SCHEME;
use crate::model::{Article, Class, MediaKey, MediaRef, MediaRole, MediaUse, Sha256};
use crate::store::view::Entry;

/// Changes whenever the page would: with the record, the body, the neighbours, and what its links lead to.
pub(super) fn key(site: &Site<'_>, index: usize) -> Sha256 {
    use std::fmt::Write as _;
    let view = site.view;
    let entry = &view.entries()[index];
    let mut text = format!("{} {} {:?}", site.key, entry.record_digest, entry.content_digest);
    let mut add = |index: usize| {
        let entry = &view.entries()[index];
        let _ = write!(text, "\n{} {}", site.pages[index], site.title(entry));
    };
    for neighbour in
        [index.checked_sub(1), Some(index + 1).filter(|next| *next < view.entries().len())].into_iter().flatten()
    {
        add(neighbour);
    }
    for linked in entry.linked.iter().filter_map(|alias| view.find(alias)) {
        add(linked);
    }
    for (album, place) in site.in_albums.get(&index).into_iter().flatten() {
        let album = &site.albums[*album];
        for neighbour in [place.checked_sub(1), Some(place + 1)].into_iter().flatten() {
            if let Some(member) = album.members.get(neighbour) {
                add(*member);
            }
        }
        add(index);
    }
    Sha256::of(text.as_bytes())
}

/// Renders the page.
pub(super) fn render(site: &Site<'_>, index: usize) -> Result<String> {
    let view = site.view;
    let entry = &view.entries()[index];
    let page = &site.pages[index];
    let article = view.article(entry)?;
    let content = view.content(entry)?;
    let held = Held::new(site, page, &article);
    let rendered = match &content {
        Some(content) => body::render(
            content,
            &Place {
                page,
                file: &|path| site.file(path),
                link: &|href| site.target(page, href),
                shown: &held.shown(),
                sizes: &held.sizes,
                texts: &site.texts,
            },
        ),
        None => body::Rendered::default(),
    };
    let mut html = rendered.html;
    let fields = &article.fields;
    let shows_else = !fields.pictures.is_empty() || !fields.attachments.is_empty() || fields.reshare.is_some();
    if content.is_none() && !shows_else {
        html = format!("<p class=\"missing\">{}</p>", site.texts.get("mirror-no-body", &[]));
    }
    let title = site.title(entry);
    let description: Option<String> = fields.summary.as_deref().map(|summary| summary.chars().take(200).collect());
    let cover = entry.cover.as_deref().and_then(|cover| site.file(cover)).and_then(|cover| site.absolute(&cover));
    let page_context = json!({
        "title": title,
        "kind": "article",
        "description": description,
        "css": rendered.css,
        "og_image": cover,
    });
    let context = json!({
        "id": article.id,
        "form": form(entry),
        "lang": fields.language.as_deref().map_or_else(|| "zh-CN".to_owned(), |language| language.replace('_', "-")),
        "published": fields.published.map(|time| time.to_string()),
        "when": fields.published.map(|time| site.day(time)),
        "modified": fields.modified.filter(|modified| Some(*modified) != fields.published).map(|time| site.day(time)),
        "author": fields.author,
        "place": fields.place,
        "original": fields.original == Some(true),
        "albums": albums(site, page, &article),
        "tags": tags(site, page, entry),
        "reshare": reshare(&article, content.is_some()),
        "gallery": held.gallery(),
        "films": held.attachments(MediaRole::Video, entry, site, content.as_deref()),
        "sounds": held.attachments(MediaRole::Audio, entry, site, content.as_deref()),
        "body": html,
        "spaced": rendered.spaced,
        "paid": fields.paid.as_ref().is_some_and(|paid| paid.preview_only),
        "source_url": fields.source_url.as_deref().filter(|url| is_web(url)),
        "counts": fields.counts.as_ref().map(|counts| count_words(site, counts)).filter(|words| !words.is_empty()),
        "old_url": fields.url.as_deref().filter(|url| is_web(url)),
        "archived": article.provenance.sources.iter().filter_map(|source| source.as_of).max().map(|time| site.day(time)),
        "evidence": article.provenance.sources.first().map(|source| source.evidence.hex()),
        "body_digest": entry.content_digest.map(|digest| digest.hex()),
        "missing": article.media.iter().filter(|medium| medium.path.is_none()).count(),
        "previous": index.checked_sub(1).map(|other| neighbour(site, page, other)),
        "next": Some(index + 1).filter(|next| *next < site.pages.len()).map(|other| neighbour(site, page, other)),
        "album_neighbours": album_neighbours(site, page, index),
        "json_ld": json_ld(site, entry, &article, &title),
    });
    site.render("article.html.j2", page, page_context, json!({ "article": context }))
}

/// What sort of article it is, as a class of the page.
pub(super) fn form(entry: &Entry) -> &'static str {
    match entry.item_show_type {
        Some(5 | 16) => "video",
        Some(6 | 7) => "audio",
        Some(8) => "picture",
        Some(10 | 17) => "text",
        Some(11) => "reshare",
        _ => "article",
    }
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn neighbour(site: &Site<'_>, page: &OutPath, other: usize) -> Value {
    json!({ "href": site.url(page, &site.pages[other]), "title": site.title(&site.view.entries()[other]) })
}

fn albums(site: &Site<'_>, page: &OutPath, article: &Article) -> Vec<Value> {
    article
        .fields
        .albums
        .iter()
        .filter(|album| !album.title.is_empty())
        .map(|album| {
            let known = site.albums.iter().find(|known| known.id == album.id);
            json!({ "title": album.title, "href": known.map(|known| site.url(page, &known.page)) })
        })
        .collect()
}

fn album_neighbours(site: &Site<'_>, page: &OutPath, index: usize) -> Vec<Value> {
    site.in_albums
        .get(&index)
        .into_iter()
        .flatten()
        .filter_map(|(album, place)| {
            let album = &site.albums[*album];
            let at = |place: Option<usize>| {
                place.and_then(|place| album.members.get(place)).map(|other| neighbour(site, page, *other))
            };
            let (previous, next) = (at(place.checked_sub(1)), at(Some(place + 1)));
            (previous.is_some() || next.is_some())
                .then(|| json!({ "title": album.title, "previous": previous, "next": next }))
        })
        .collect()
}

fn tags(site: &Site<'_>, page: &OutPath, entry: &Entry) -> Vec<Value> {
    entry
        .tags
        .iter()
        .map(|tag| tag.trim().trim_matches('#'))
        .filter_map(|tag| site.tags.iter().find(|known| known.id == tag))
        .map(|tag| json!({ "title": tag.title, "href": site.url(page, &tag.page) }))
        .collect()
}

/// Where a reshare comes from. As a card its body is the owner's words already.
fn reshare(article: &Article, has_body: bool) -> Option<Value> {
    let reshare = article.fields.reshare.as_ref()?;
    Some(json!({
        "account": reshare.account_name,
        "title": reshare.title,
        "url": reshare.url.as_deref().filter(|url| is_web(url)),
        "words": reshare.guide_words.as_ref().filter(|_| !has_body || reshare.inline),
    }))
}

fn count_words(site: &Site<'_>, counts: &Counts) -> Vec<String> {
    let read = counts.read.map(|read| if counts.capped { "100000+".to_owned() } else { read.to_string() });
    let plain = |count: Option<u64>| count.filter(|count| *count > 0).map(|count| count.to_string());
    [
        ("mirror-count-read", read),
        ("mirror-count-like", plain(counts.like)),
        ("mirror-count-looking", plain(counts.looking)),
        ("mirror-count-share", plain(counts.share)),
        ("mirror-count-comment", plain(counts.comment)),
    ]
    .into_iter()
    .filter_map(|(id, count)| Some(site.texts.get(id, &[("count", &count?)])))
    .collect()
}

fn json_ld(site: &Site<'_>, entry: &Entry, article: &Article, title: &str) -> String {
    let mut data = json!({
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": title,
        "publisher": { "@type": "Organization", "name": site.name() },
    });
    if let Some(time) = entry.published {
        data["datePublished"] = json!(time.to_string());
    }
    if let Some(author) = &entry.author {
        data["author"] = json!({ "@type": "Person", "name": author });
    }
    if let Some(url) = &article.fields.url {
        data["isBasedOn"] = json!(url);
    }
    // Inside a script element nothing may look like a tag.
    data.to_string().replace('<', "\\u003c")
}

/// The media of an article that the mirror holds.
struct Held<'a> {
    article: &'a Article,
    urls: HashMap<&'a MediaKey, String>,
    uses: HashMap<&'a MediaKey, &'a MediaUse>,
    sizes: HashMap<String, (u32, u32)>,
}

impl<'a> Held<'a> {
    fn new(site: &Site<'_>, page: &OutPath, article: &'a Article) -> Self {
        let (mut urls, mut uses, mut sizes) = (HashMap::new(), HashMap::new(), HashMap::new());
        for medium in &article.media {
            uses.entry(&medium.key).or_insert(medium);
            let Some(path) = medium.path.as_deref().filter(|_| medium.bag != Some(Class::Private)) else { continue };
            if let (Some(width), Some(height)) = (medium.width, medium.height) {
                sizes.insert(path.to_owned(), (width, height));
            }
            if let Some(file) = site.file(path) {
                urls.insert(&medium.key, site.url(page, &file));
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
        // An SVG file opened by itself is a document that may run scripts; in `<img>` it is a picture.
        let opens = src.is_some_and(|src| !src.to_ascii_lowercase().ends_with(".svg"));
        json!({ "src": src, "opens": opens, "width": width, "height": height })
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

    fn gallery(&self) -> Vec<Value> {
        self.article.fields.pictures.iter().map(|medium| self.picture(medium)).collect()
    }

    /// Films or sounds that stand beside the body: those in it are played there.
    fn attachments(&self, role: MediaRole, entry: &Entry, site: &Site<'_>, content: Option<&str>) -> Vec<Value> {
        let in_body = |medium: &MediaRef| {
            let path = self.uses.get(&medium.key).and_then(|known| known.path.as_deref());
            content.is_some_and(|content| {
                path.is_some_and(|path| content.contains(path))
                    || content.contains(&format!("{MEDIA_SCHEME}{}", medium.key.as_str()))
            })
        };
        let page_root = Site::root(&OutPath::clone(&site.pages[0]));
        let cover =
            entry.cover.as_deref().and_then(|cover| site.file(cover)).map(|cover| format!("{page_root}{cover}"));
        let posters: Vec<&String> = self
            .article
            .media
            .iter()
            .filter(|m| m.role == MediaRole::Poster)
            .filter_map(|m| self.urls.get(&m.key))
            .collect();
        let of_role = self.article.fields.attachments.iter().filter(|medium| medium.role == role && !in_body(medium));
        of_role
            .enumerate()
            .map(|(index, medium)| {
                let mut film = self.picture(medium);
                film["poster"] = json!(posters.get(index).map(|poster| (*poster).clone()).or_else(|| cover.clone()));
                film
            })
            .collect()
    }
}
