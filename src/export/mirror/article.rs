//! The page of one article.

use serde_json::{Value, json};

use super::body::Heading;
use super::parts::{Parts, Viewpoint, is_web};
use super::site::Site;
use super::{heading, post};
use crate::archive::PostEntry;
use crate::error::Result;
use crate::export::OutPath;
use crate::export::comments::Comment;
use crate::export::form::form;
use crate::model::article::Counts;
use crate::model::site::is_link;
use crate::model::{Article, Time};

/// Renders the page.
pub(super) fn page(site: &Site<'_>, index: usize, article: &Article) -> Result<String> {
    let entry = site.publication.post(index);
    let page = site.routes.post(index);
    let mut parts = Parts::new(site, &Viewpoint { page, base: None, styled: true }, entry, article)?;
    let fields = &article.fields;
    let title = site.title(index);
    let named = entry.title.as_deref().filter(|title| form(entry) != "text" && !title.trim().is_empty());
    // For a text post the shortened title is compared with the body; if the title is not the text, it is shown in full.
    let whole =
        |heading: String| if heading.ends_with('…') { entry.title.clone().unwrap_or(heading) } else { heading };
    let heading = named.map_or_else(|| heading::of_text(&title, &mut parts.body).map(whole), |_| Some(title.clone()));
    let description: Option<String> = fields.summary.as_deref().map(|summary| summary.chars().take(200).collect());
    let cover = entry.cover.as_deref().and_then(|cover| site.routes.absolute_media(cover));
    let [previous, next] = post::previous_and_next(site, index);
    let page_context = json!({
        "title": title,
        "kind": "article",
        "description": description,
        "css": parts.css,
        "og_type": "article",
        "og_image": cover,
    });
    let context = json!({
        "id": article.id,
        "form": form(entry),
        "lang": language(article),
        "published": fields.published.map(|time| time.to_string()),
        "when": fields.published.map(|time| site.day(time)),
        "modified": fields.modified.filter(|modified| Some(*modified) != fields.published).map(|time| site.day(time)),
        // If the platform gives no date, the older version held is the only sign of a change.
        "edited": fields.modified.is_none() && !article.versions.is_empty(),
        "author": fields.author,
        "place": fields.place,
        "original": fields.original == Some(true),
        "albums": albums(site, page, article),
        "tags": tags(site, page, entry),
        "reshare": parts.reshare,
        "gallery": parts.gallery,
        "videos": parts.videos,
        "sounds": parts.sounds,
        "body": parts.body,
        "spaced": parts.spaced,
        "heading": heading,
        "day_heading": heading::of_day(site, "mirror-form-text", fields.published),
        "reading": reading_minutes(entry, article).map(|minutes| site.texts.get("mirror-reading", &[("minutes", &minutes.to_string())])),
        "contents": contents(entry, &parts.headings),
        "lost": parts.lost,
        "paid": fields.paid.as_ref().is_some_and(|paid| paid.preview_only),
        "source_url": fields.source_url.as_deref().filter(|url| is_web(url)),
        "counts": fields.counts.as_ref().map(|counts| count_words(site, counts)).filter(|words| !words.is_empty()),
        "old_url": fields.url.as_deref().filter(|url| is_web(url)),
        "archived": article.provenance.sources.iter().filter_map(|source| source.as_of).max().map(|time| site.day(time)),
        "evidence": article.provenance.sources.first().map(|source| source.evidence.hex()),
        "body_digest": entry.content_digest.map(|digest| digest.hex()),
        "missing": article.media.iter().filter(|medium| medium.path.is_none()).count(),
        "previous": previous,
        "next": next,
        "more": more_of_albums(site, page, index),
        "comments": comments(site, entry)?,
        "comments_remark": site.options.comments.as_ref().and_then(|it| it.remark()).map(|id| site.texts.get(id, &[])),
        "json_ld": json_ld(site, index, article, &title),
    });
    site.render("article.html.j2", page, page_context, json!({ "article": context }))
}

fn comments(site: &Site<'_>, entry: &PostEntry) -> Result<Vec<Value>> {
    let Some(comments) = &site.options.comments else { return Ok(Vec::new()) };
    Ok(comments.of(&post::names(entry))?.iter().map(|comment| shown(site, comment)).collect())
}

fn shown(site: &Site<'_>, comment: &Comment) -> Value {
    let name = if comment.own { Some(site.account()) } else { comment.name.clone() };
    json!({
        "name": name.unwrap_or_else(|| site.texts.get("mirror-comment-unnamed", &[])),
        "own": comment.own,
        "text": comment.text,
        "when": comment.when.map(|time| site.day(time)),
        "time": comment.when.map(|time| time.to_string()),
        "place": comment.place,
        "likes": comment.likes,
        "replies": comment.replies.iter().map(|reply| shown(site, reply)).collect::<Vec<_>>(),
    })
}

fn albums(site: &Site<'_>, page: &OutPath, article: &Article) -> Vec<Value> {
    article
        .fields
        .albums
        .iter()
        .filter(|album| !album.title.is_empty())
        .map(|album| {
            let known = site.publication.album(&album.id);
            json!({ "title": album.title, "href": known.map(|known| site.routes.url(page, site.routes.album(known))) })
        })
        .collect()
}

/// Maximum number of other articles of an album that an article's page lists.
const NEAR: usize = 4;

/// Returns the albums of an article, by index, each with the articles next to it.
pub(super) fn album_members(site: &Site<'_>, index: usize) -> Vec<(usize, Vec<usize>)> {
    let near = |(album, place): &(usize, usize)| {
        let members = &site.publication.albums()[*album].members;
        let from = place.saturating_sub(NEAR / 2).min(members.len().saturating_sub(NEAR + 1));
        let near = members.iter().skip(from).take(NEAR + 1).copied().filter(|member| *member != index);
        (*album, near.collect::<Vec<_>>())
    };
    let albums = site.publication.albums_of(index).iter().map(near);
    albums.filter(|(_, members)| !members.is_empty()).collect()
}

fn more_of_albums(site: &Site<'_>, page: &OutPath, index: usize) -> Vec<Value> {
    album_members(site, index)
        .into_iter()
        .map(|(album, members)| {
            let day = |other: &usize| site.publication.post(*other).published.map(Time::date);
            let articles: Vec<Value> = members
                .iter()
                .map(|other| {
                    let mut article = post::link(site, page, *other);
                    article["date"] = json!(day(other));
                    article
                })
                .collect();
            let href = site.routes.url(page, site.routes.album(album));
            let album = &site.publication.albums()[album];
            json!({
                "title": album.title,
                "href": href,
                "count": album.members.len(),
                "articles": articles,
            })
        })
        .collect()
}

/// Returns the reading time in minutes, unless it is very short.
fn reading_minutes(entry: &PostEntry, article: &Article) -> Option<u64> {
    // About 400 Chinese characters a minute, or 200 words of five letters.
    let pace = if language(article).starts_with("zh") { 400 } else { 1_000 };
    (entry.text_chars >= pace / 2).then(|| entry.text_chars.div_ceil(pace))
}

/// Number of headings, and of characters, from which an article gets a table of contents.
const HEADINGS: usize = 3;
const LONG: u64 = 600;

fn contents(entry: &PostEntry, headings: &[Heading]) -> Option<Vec<Value>> {
    if headings.len() < HEADINGS || (entry.text_chars < LONG && headings.len() < 2 * HEADINGS) {
        return None;
    }
    // Authors choose the first level by its look, so levels are counted from the highest one used.
    let top = headings.iter().map(|heading| heading.level).min()?;
    let line =
        |heading: &Heading| json!({ "id": heading.id, "text": heading.text, "level": (heading.level - top).min(2) });
    Some(headings.iter().map(line).collect())
}

fn tags(site: &Site<'_>, page: &OutPath, entry: &PostEntry) -> Vec<Value> {
    entry
        .tags
        .iter()
        .filter_map(|tag| site.publication.tag(tag))
        .map(|tag| json!({ "title": site.publication.tags()[tag].title, "href": site.routes.url(page, site.routes.tag(tag)) }))
        .collect()
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

fn json_ld(site: &Site<'_>, index: usize, article: &Article, title: &str) -> String {
    let entry = site.publication.post(index);
    let mut data = json!({
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": title,
        "inLanguage": language(article),
        "publisher": { "@type": "Organization", "name": site.name() },
    });
    let absolute = site.routes.absolute(site.routes.post(index));
    let known = [
        ("datePublished", entry.published.map(|time| json!(time.to_string()))),
        ("dateModified", article.fields.modified.map(|time| json!(time.to_string()))),
        ("author", entry.author.as_ref().map(|author| json!({ "@type": "Person", "name": author }))),
        ("description", entry.summary.as_ref().map(|summary| json!(summary))),
        (
            "license",
            site.options.identity.licence_url.as_ref().filter(|url| is_link(url)).map(|licence| json!(licence)),
        ),
        ("image", entry.cover.as_deref().and_then(|cover| site.routes.absolute_media(cover)).map(|image| json!(image))),
        ("url", absolute.as_ref().map(|url| json!(url))),
        ("mainEntityOfPage", absolute.as_ref().map(|url| json!(url))),
        ("isBasedOn", article.fields.url.as_ref().filter(|url| is_web(url)).map(|url| json!(url))),
    ];
    for (name, value) in known {
        if let Some(value) = value {
            data[name] = value;
        }
    }
    // Nothing inside a script element may look like a tag.
    data.to_string().replace('<', "\\u003c")
}

/// Returns the article's language as a BCP 47 tag.
fn language(article: &Article) -> String {
    article.fields.language.as_deref().map_or_else(|| "zh-CN".to_owned(), |language| language.replace('_', "-"))
}
