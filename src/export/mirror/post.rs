//! The representations of a post in the mirror: its page, a line of a list, a card, and its label.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Value, json};

use super::site::Site;
use super::{article, heading, short_post};
use crate::archive::PostEntry;
use crate::error::Result;
use crate::export::{Content, Losses, OutPath, Output};
use crate::model::{Form, Kind, Post, Sha256, Time};

/// Adds the page of every post.
pub(super) fn outputs<'v>(site: &Arc<Site<'v>>) -> impl Iterator<Item = Output<'v>> + use<'v> {
    let site = Arc::clone(site);
    (0..site.view.posts().len()).map(move |place| {
        let (path, key, site) = (site.routes.post(place).clone(), key(&site, place), Arc::clone(&site));
        let render = move |_: &mut Losses| page(&site, place).map(String::into_bytes);
        Output { path, key, content: Content::Render(Box::new(render)) }
    })
}

fn page(site: &Site<'_>, place: usize) -> Result<String> {
    match site.view.post(site.publication.post(place))? {
        Post::Article(article) => article::page(site, place, &article),
        Post::Short(short) => short_post::page(site, place, &short),
    }
}

/// Returns the key of a post's page, which changes whenever the page would: with the record, the body, the neighbours,
/// and the pages it links to.
pub(super) fn key(site: &Site<'_>, place: usize) -> Sha256 {
    let post = site.publication.post(place);
    let mut text = format!("{} {} {:?}", site.key, post.record_digest, post.content_digest);
    let linked = post.linked.iter().filter_map(|alias| site.view.find(alias));
    let mut others: Vec<usize> = neighbours(site, place).into_iter().flatten().chain(linked).collect();
    for (album, members) in article::album_members(site, place) {
        others.extend(members);
        let album = &site.publication.albums()[album];
        let _ = write!(text, "\n{} {}", album.title, album.members.len());
    }
    for other in others {
        let _ = write!(text, "\n{} {}", site.routes.post(other), site.title(other));
    }
    if let Some(comments) = site.options.comments.as_ref().and_then(|comments| comments.digest(&names(post))) {
        let _ = write!(text, "\n{comments}");
    }
    Sha256::of(text.as_bytes())
}

/// Returns the names by which comments may refer to a post.
pub(super) fn names(post: &PostEntry) -> Vec<&str> {
    post.names().collect()
}

/// Returns the previous and the next post of the same kind.
fn neighbours(site: &Site<'_>, place: usize) -> [Option<usize>; 2] {
    let posts = site.view.posts();
    let same = |other: &usize| posts[*other].kind == posts[place].kind;
    [(0..place).rev().find(same), (place + 1..posts.len()).find(same)]
}

/// Returns links to the previous and the next post of the same kind.
pub(super) fn previous_and_next(site: &Site<'_>, place: usize) -> [Option<Value>; 2] {
    let page = site.routes.post(place);
    neighbours(site, place).map(|other| other.map(|other| link(site, page, other)))
}

/// Returns a link to a post.
pub(super) fn link(site: &Site<'_>, page: &OutPath, place: usize) -> Value {
    json!({ "href": site.routes.url(page, site.routes.post(place)), "title": site.title(place) })
}

/// Returns the id of the word for the form of a post; articles are the default and have none.
pub(super) fn form_word(post: &PostEntry) -> Option<&'static str> {
    match post.form {
        Form::Article => None,
        Form::Live | Form::Video => Some("mirror-form-video"),
        Form::Other => Some("mirror-form-message"),
        Form::Picture => Some("mirror-form-picture"),
        Form::Reshare => Some("mirror-form-reshare"),
        Form::Text => Some("mirror-form-text"),
        Form::Voice => Some("mirror-form-audio"),
    }
}

/// Returns the form of a post and its day, for a post without a title.
pub(super) fn of_day(site: &Site<'_>, post: &PostEntry) -> String {
    heading::of_day(site, form_word(post).unwrap_or("mirror-untitled"), post.published)
}

/// Returns a post as one line of a list.
pub(super) fn line(site: &Site<'_>, page: &OutPath, place: usize) -> Value {
    let post = site.publication.post(place);
    let mut line = link(site, page, place);
    line["date"] = json!(post.published.map(Time::date));
    line["day"] = json!(post.published.map(|time| time.date()[5..].to_owned()));
    line["form"] = json!(form_word(post).map(|id| site.texts.get(id, &[])));
    line
}

/// Returns a post as a card with its cover.
pub(super) fn card(site: &Site<'_>, page: &OutPath, place: usize) -> Value {
    let post = site.publication.post(place);
    let mut card = line(site, page, place);
    card["cover"] = json!(post.cover.as_deref().and_then(|cover| site.routes.media(page, cover)));
    if post.kind == Kind::Article {
        let has_title = post.title.as_deref().is_some_and(|title| !title.trim().is_empty());
        let summary = post.summary.as_deref().filter(|_| has_title);
        card["summary"] = json!(summary.map(|summary| summary.chars().take(120).collect::<String>()));
    } else {
        card["length"] = json!(post.duration_ms.map(clock));
        card["missing"] = json!(!post.held);
    }
    card
}

/// Formats a duration: `1:02:05`, `0:15`.
pub(super) fn clock(milliseconds: u64) -> String {
    let seconds = (milliseconds + 500) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}
