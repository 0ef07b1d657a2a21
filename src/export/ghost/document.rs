//! Writes `ghost.json` post by post.

use std::io::Write;

use serde_json::{Value, json};

use super::{Site, place};
use crate::error::Result;
use crate::export::Losses;
use crate::export::blog::{Blog, Term};
use crate::export::comments;
use crate::export::local_urls::LocalUrls;
use crate::export::post::PostContent;
use crate::export::uploads::Uploads;
use crate::html::markup::{Holds, markup};
use crate::model::{Class, Sha256, Time};

/// Limits of Ghost's database, in characters.
const TITLE: usize = 255;
const EXCERPT: usize = 300;
const NAME: usize = 191;
const DESCRIPTION: usize = 500;

/// Stands for the address of the site, wherever it is.
const ADDRESS: &str = "__GHOST_URL__";

/// Writes the document into `out`.
pub(super) fn write(site: &Site<'_>, uploads: &Uploads<'_>, out: &mut dyn Write, losses: &mut Losses) -> Result<()> {
    let blog = &site.blog;
    let mut text = |text: &str| out.write_all(text.as_bytes()).map_err(super::failed);
    let exported = blog.last_change().map_or(0, Time::unix) * 1000;
    let meta = json!({ "exported_on": exported, "version": "5.130.6" });
    text(&format!("{{\"db\":[{{\"meta\":{meta},\"data\":{{\"posts\":["))?;
    let mut list = |name: &str, rows: &mut dyn Iterator<Item = Result<Value>>| -> Result<()> {
        if !name.is_empty() {
            text(&format!("\n],\"{name}\":["))?;
        }
        for (number, row) in rows.enumerate() {
            text(if number == 0 { "\n" } else { ",\n" })?;
            text(&row?.to_string())?;
        }
        Ok(())
    };
    let mut posts = blog.order.iter().map(|index| {
        let content = blog.publication.content(*index, blog.options)?;
        Ok(post(site, uploads, *index, &content, losses))
    });
    list("", &mut posts)?;
    list("tags", &mut site.tags.all.iter().map(|term| Ok(tag(term))))?;
    let mut tagged = blog.order.iter().flat_map(|index| {
        let post = post_id(blog, *index);
        let row = move |(order, tag): (usize, usize)| {
            Ok(json!({ "post_id": post, "tag_id": id("tag", &site.tags.all[tag].slug), "sort_order": order }))
        };
        site.tags.of_post(blog, *index).into_iter().enumerate().map(row)
    });
    list("posts_tags", &mut tagged)?;
    let mut users = blog.authors.iter().map(|author| {
        Ok(json!({
            "id": id("author", &author.login),
            "name": cut(&author.name, NAME),
            "slug": author.login,
            "email": author.email(),
        }))
    });
    list("users", &mut users)?;
    let mut authors = blog.order.iter().map(|index| {
        let author = id("author", &blog.authors[blog.author(*index)].login);
        Ok(json!({ "post_id": post_id(blog, *index), "author_id": author, "sort_order": 0 }))
    });
    list("posts_authors", &mut authors)?;
    text("\n]}}]}\n")
}

fn tag(term: &Term) -> Value {
    let description = (!term.description.is_empty()).then(|| cut(&term.description, DESCRIPTION));
    json!({
        "id": id("tag", &term.slug),
        "name": cut(&term.name, NAME),
        "slug": term.slug,
        "description": description,
        "visibility": Class::Public,
    })
}

/// Returns an identifier in the form of Ghost's.
fn id(kind: &str, name: &str) -> String {
    let mut hex = Sha256::of(format!("{kind} {name}").as_bytes()).hex();
    hex.truncate(24);
    hex
}

fn post_id(blog: &Blog<'_>, index: usize) -> String {
    id("post", &blog.publication.post(index).id)
}

fn post(site: &Site<'_>, uploads: &Uploads<'_>, index: usize, content: &PostContent, losses: &mut Losses) -> Value {
    let blog = &site.blog;
    let media = |path: &str| uploads.get(path).map(|upload| format!("{ADDRESS}/{}", place(blog, path, upload)));
    let link = |href: &str| blog.link(href, |old| format!("{ADDRESS}/{}", site.page(old)));
    let urls = LocalUrls { media: &media, link: &link, texts: &blog.texts };
    let holds = Holds { xml: false, styles: true, drawings: true, players: true };
    let body = markup(&content.body, holds, &urls);
    let title = blog.title(content);
    losses.add_body(&body.lost, body.missing, &title);
    let summary = content.summary.as_deref().unwrap_or_default();
    losses.add("title", u64::from(cut(&title, TITLE) != title), &title);
    losses.add("summary", u64::from(cut(summary, EXCERPT) != summary), &title);
    losses.add("date", u64::from(content.published.is_none()), &title);
    losses.add("source", u64::from(content.source_url.is_some()), &title);
    losses.add("comment", comments::count(&content.comments), &title);
    // Ghost would date a published post without a date to the day of the import.
    let status = if content.published.is_some() { "published" } else { "draft" };
    let written = content.published.or(content.modified).or(blog.last_change());
    json!({
        "id": post_id(blog, index),
        "title": cut(&title, TITLE),
        "slug": blog.slug(index),
        "lexical": lexical(&body.html),
        "status": status,
        "type": "post",
        "visibility": Class::Public,
        "featured": false,
        "feature_image": content.cover.as_deref().and_then(media),
        "custom_excerpt": (!summary.is_empty()).then(|| cut(summary, EXCERPT)),
        "canonical_url": null,
        "created_at": written.map(universal),
        "updated_at": content.modified.or(written).map(universal),
        "published_at": content.published.map(universal),
    })
}

/// Returns a body as the text of a document with one HTML card.
fn lexical(html: &str) -> String {
    let child = if html.is_empty() {
        json!({ "children": [], "direction": null, "format": "", "indent": 0, "type": "paragraph", "version": 1 })
    } else {
        json!({ "type": "html", "version": 1, "html": html })
    };
    let root = json!({
        "children": [child], "direction": null, "format": "", "indent": 0, "type": "root", "version": 1,
    });
    json!({ "root": root }).to_string()
}

fn universal(time: Time) -> String {
    time.zoned().with_time_zone(jiff::tz::TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// Returns at most `limit` characters, the last of which shows that some are left out.
fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_to_ghosts_limits_in_characters() {
        assert_eq!(cut(&"汉".repeat(255), TITLE), "汉".repeat(255));
        let cut = cut(&"汉".repeat(256), TITLE);
        assert_eq!((cut.chars().count(), cut.ends_with("汉…")), (255, true));
    }

    #[test]
    fn a_body_is_one_card() {
        let card: Value = serde_json::from_str(&lexical("<p>\"a\"</p>")).unwrap();
        assert_eq!(card["root"]["children"][0]["html"], "<p>\"a\"</p>");
        let empty: Value = serde_json::from_str(&lexical("")).unwrap();
        assert_eq!(empty["root"]["children"][0]["type"], "paragraph");
    }
}
