//! The pages of notes and videos, and the list of videos.

use std::sync::Arc;

use serde_json::{Value, json};

use super::heading;
use super::parts::{self, Viewpoint};
use super::site::Site;
use crate::archive::view_pieces::PieceEntry;
use crate::error::Result;
use crate::export::publication::PostIndex;
use crate::export::{Content, OutPath, Output};
use crate::model::{Form, MediaRole, MediaUse, Sha256, Time};

/// Adds every page.
pub(super) fn outputs<'v>(site: &Arc<Site<'v>>, outputs: &mut Vec<Output<'v>>) -> Result<()> {
    let entries = site.view.pieces();
    for index in 0..entries.len() {
        let key = key(site, index);
        let (path, site) = (site.routes.piece(index).clone(), Arc::clone(site));
        let render = move || page(&site, index).map(String::into_bytes);
        outputs.push(Output { path, key, content: Content::Render(Box::new(render)) });
    }
    if !site.publication.has_videos() {
        return Ok(());
    }
    let mut text = format!("{} videos", site.key);
    for entry in entries {
        text.push_str(&entry.digest.to_string());
    }
    let (path, key, site) = (OutPath::new("videos/index.html")?, Sha256::of(text.as_bytes()), Arc::clone(site));
    let at = path.clone();
    let render = move || list(&site, &at).map(String::into_bytes);
    outputs.push(Output { path, key, content: Content::Render(Box::new(render)) });
    Ok(())
}

/// Changes whenever the page would: with the record and its neighbours.
pub(super) fn key(site: &Site<'_>, index: usize) -> Sha256 {
    let entries = site.view.pieces();
    let mut text = format!("{} {}", site.key, entries[index].digest);
    for other in neighbours(site, index).into_iter().flatten() {
        text = text + "\n" + site.routes.piece(other).as_str() + " " + &title(site, other);
    }
    Sha256::of(text.as_bytes())
}

/// Its title; most have none and show how their words begin, or what they are and when.
pub(super) fn title(site: &Site<'_>, index: usize) -> String {
    let entry = &site.view.pieces()[index];
    let title = site.publication.title(PostIndex::Piece(index));
    title.unwrap_or_else(|| heading::of_day(site, form_words(entry), entry.piece.fields.published))
}

/// What it is, in a word.
pub(super) fn form_words(entry: &PieceEntry) -> &'static str {
    match entry.piece.fields.form {
        Some(Form::Picture) => "mirror-form-picture",
        Some(Form::Video | Form::Live) => "mirror-form-video",
        Some(Form::Voice) => "mirror-form-audio",
        Some(Form::Text) => "mirror-form-text",
        _ => "mirror-form-message",
    }
}

/// As one line of a list.
pub(super) fn line(site: &Site<'_>, page: &OutPath, index: usize) -> Value {
    let entry = &site.view.pieces()[index];
    let published = entry.piece.fields.published;
    json!({
        "href": site.routes.url(page, site.routes.piece(index)),
        "title": title(site, index),
        "date": published.map(Time::date),
        "day": published.map(|time| time.date()[5..].to_owned()),
        "form": site.texts.get(form_words(entry), &[]),
    })
}

/// As a card with its cover.
pub(super) fn card(site: &Site<'_>, page: &OutPath, index: usize) -> Value {
    let entry = &site.view.pieces()[index];
    let mut card = line(site, page, index);
    card["cover"] = json!(entry.cover().and_then(|cover| site.routes.media(page, cover)));
    card["length"] = json!(entry.piece.fields.duration_ms.map(clock));
    card["missing"] = json!(!entry.piece.held);
    card
}

/// Videos, latest first.
pub(super) fn videos(site: &Site<'_>) -> impl Iterator<Item = usize> {
    let entries = site.view.pieces();
    (0..entries.len()).rev().filter(|index| entries[*index].is_video())
}

/// `1:02:05`, `0:15`.
fn clock(milliseconds: u64) -> String {
    let seconds = (milliseconds + 500) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

fn list(site: &Site<'_>, page: &OutPath) -> Result<String> {
    let cards: Vec<Value> = videos(site).map(|index| card(site, page, index)).collect();
    let title = site.texts.get("mirror-videos", &[]);
    let words = site.texts.get("mirror-videos-count", &[("count", &cards.len().to_string())]);
    site.render(
        "videos.html.j2",
        page,
        json!({ "title": title, "kind": "videos" }),
        json!({ "videos": { "words": words, "cards": cards } }),
    )
}

/// The pieces of the same kind before and after.
fn neighbours(site: &Site<'_>, index: usize) -> [Option<usize>; 2] {
    let entries = site.view.pieces();
    let same = |other: &usize| entries[*other].is_video() == entries[index].is_video();
    [(0..index).rev().find(same), (index + 1..entries.len()).find(same)]
}

/// What a piece shows, wherever it is shown, under the names that templates know.
pub(super) fn shown(site: &Site<'_>, seen: &Viewpoint<'_>, index: usize) -> Value {
    let entry = &site.view.pieces()[index];
    let url = |medium: &MediaUse| medium.path.as_deref().and_then(|path| seen.media(site, path));
    let medium = |one: &MediaUse| {
        let (width, height) = one.width.zip(one.height).unzip();
        let src = url(one);
        let opens = src.as_deref().is_some_and(parts::opens);
        json!({ "src": src, "opens": opens, "width": width, "height": height })
    };
    let of = |role: MediaRole| entry.media(role).map(medium).collect::<Vec<_>>();
    let mut videos = of(MediaRole::Video);
    let cover = entry.media(MediaRole::Cover).find_map(|one| Some((url(one)?, one.width.zip(one.height)))).unzip();
    for video in &mut videos {
        parts::give_poster(video, cover.0.as_ref(), cover.1.flatten());
    }
    let text = entry.piece.fields.text.as_deref().unwrap_or_default();
    let mut paragraphs: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let day = heading::of_day(site, form_words(entry), entry.piece.fields.published);
    let heading = heading::of_paragraphs(&title(site, index), &mut paragraphs).unwrap_or_else(|| day.clone());
    json!({
        "films": videos,
        "gallery": of(MediaRole::Picture),
        "sounds": of(MediaRole::Audio),
        "dated": heading == day,
        "heading": heading,
        "paragraphs": paragraphs,
        "lost": !entry.piece.held && entry.piece.media.is_empty(),
    })
}

fn page(site: &Site<'_>, index: usize) -> Result<String> {
    let entry = &site.view.pieces()[index];
    let (page, piece, fields) = (site.routes.piece(index), &entry.piece, &entry.piece.fields);
    let [previous, next] = neighbours(site, index).map(|other| {
        other.map(
            |other| json!({ "href": site.routes.url(page, site.routes.piece(other)), "title": title(site, other) }),
        )
    });
    let mut context = shown(site, &Viewpoint { page, base: None, styled: true }, index);
    let more = json!({
        "id": piece.id,
        "video": entry.is_video(),
        "form": fields.form.map(Form::code),
        "published": fields.published.map(|time| time.to_string()),
        "when": fields.published.map(|time| site.day(time)),
        "length": fields.duration_ms.map(clock),
        "counts": counts(site, entry),
        "digest": entry.media(MediaRole::Video).find_map(|one| one.sha256).map(|digest| digest.hex()),
        "previous": previous,
        "next": next,
    });
    if let (Some(context), Value::Object(more)) = (context.as_object_mut(), more) {
        context.extend(more);
    }
    let text = fields.text.as_deref().unwrap_or_default();
    let page_context = json!({
        "title": title(site, index),
        "kind": "piece",
        "description": text.chars().take(200).collect::<String>(),
        "og_type": if entry.is_video() { "video.other" } else { "article" },
        "og_image": entry.cover().and_then(|cover| site.routes.absolute_media(cover)),
    });
    site.render("piece.html.j2", page, page_context, json!({ "piece": context }))
}

fn counts(site: &Site<'_>, entry: &PieceEntry) -> Vec<String> {
    let Some(counts) = &entry.piece.fields.counts else { return Vec::new() };
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
