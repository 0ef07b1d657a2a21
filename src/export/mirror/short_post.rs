//! The page of a note or a video.

use serde_json::{Value, json};

use super::parts::{self, Viewpoint};
use super::site::Site;
use super::{heading, post};
use crate::error::Result;
use crate::model::{Class, Form, Kind, MediaRole, MediaUse, ShortPost};

/// Returns the media of the post for `role` that may be public, in order.
fn media(short: &ShortPost, role: MediaRole) -> impl Iterator<Item = &MediaUse> {
    short.media.iter().filter(move |one| one.role == role && one.bag != Some(Class::Private))
}

/// Returns the data of a note or a video that all its representations share, under the names that templates use.
pub(super) fn shown(site: &Site<'_>, seen: &Viewpoint<'_>, place: usize, short: &ShortPost) -> Value {
    let url = |medium: &MediaUse| medium.path.as_deref().and_then(|path| seen.media(site, path));
    let medium = |one: &MediaUse| {
        let (width, height) = one.width.zip(one.height).unzip();
        let src = url(one);
        let opens = src.as_deref().is_some_and(parts::opens);
        json!({ "src": src, "opens": opens, "width": width, "height": height })
    };
    let of = |role: MediaRole| media(short, role).map(medium).collect::<Vec<_>>();
    let mut videos = of(MediaRole::Video);
    let cover = media(short, MediaRole::Cover).find_map(|one| Some((url(one)?, one.width.zip(one.height)))).unzip();
    for video in &mut videos {
        parts::give_poster(video, cover.0.as_ref(), cover.1.flatten());
    }
    let text = short.fields.text.as_deref().unwrap_or_default();
    let mut paragraphs: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let day = post::of_day(site, site.publication.post(place));
    let heading = heading::of_paragraphs(&site.title(place), &mut paragraphs).unwrap_or_else(|| day.clone());
    json!({
        "videos": videos,
        "gallery": of(MediaRole::Picture),
        "sounds": of(MediaRole::Audio),
        "dated": heading == day,
        "heading": heading,
        "paragraphs": paragraphs,
        "lost": !short.held && short.media.is_empty(),
    })
}

/// Renders the page.
pub(super) fn page(site: &Site<'_>, place: usize, short: &ShortPost) -> Result<String> {
    let entry = site.publication.post(place);
    let (page, fields) = (site.routes.post(place), &short.fields);
    let is_video = entry.kind == Kind::Video;
    let [previous, next] = post::previous_and_next(site, place);
    let mut context = shown(site, &Viewpoint { page, base: None, styled: true }, place, short);
    let more = json!({
        "id": short.id,
        "video": is_video,
        "form": fields.form.map(Form::code),
        "published": fields.published.map(|time| time.to_string()),
        "when": fields.published.map(|time| site.day(time)),
        "length": fields.duration_ms.map(post::clock),
        "counts": counts(site, short),
        "digest": media(short, MediaRole::Video).find_map(|one| one.sha256).map(|digest| digest.hex()),
        "previous": previous,
        "next": next,
    });
    if let (Some(context), Value::Object(more)) = (context.as_object_mut(), more) {
        context.extend(more);
    }
    let text = fields.text.as_deref().unwrap_or_default();
    let page_context = json!({
        "title": site.title(place),
        "kind": "short-post",
        "description": text.chars().take(200).collect::<String>(),
        "og_type": if is_video { "video.other" } else { "article" },
        "og_image": entry.cover.as_deref().and_then(|cover| site.routes.absolute_media(cover)),
    });
    site.render("short-post.html.j2", page, page_context, json!({ "post": context }))
}

fn counts(site: &Site<'_>, short: &ShortPost) -> Vec<String> {
    let Some(counts) = &short.fields.counts else { return Vec::new() };
    [
        ("mirror-count-favourite", counts.like),
        ("mirror-count-recommend", counts.recommend),
        ("mirror-count-comment", counts.comment),
        ("mirror-count-share", counts.share),
    ]
    .into_iter()
    .filter_map(|(id, count)| Some((id, count.filter(|count| *count > 0)?)))
    .map(|(id, count)| site.texts.get(id, &[("count", &count.to_string())]))
    .collect()
}
