//! Feeds: Atom, RSS and JSON Feed with the newest posts, and an Atom feed with all posts for migration to another
//! system.
//!
//! Atom allows relative references (RFC 4287, section 2), so it is valid at any address; RSS and JSON Feed need
//! absolute URLs and are written only if the site's address is known. Identifiers never depend on the address.

use std::io::Write;
use std::sync::Arc;

use serde_json::{Value, json};

use super::feed_item::FeedItem;
use super::post;
use super::site::Site;
use crate::archive::PostEntry;
use crate::error::{Error, Result};
use crate::export::xml::Xml;
use crate::export::{Content, OutPath, Output, identifier};
use crate::model::{Hasher, Sha256, Time};

/// Maximum number of posts in the feeds for readers.
const NEWEST: usize = 50;

/// File, media type and name of each feed.
const FEEDS: &[(&str, &str, &str)] = &[
    ("atom.xml", "application/atom+xml", "Atom"),
    ("rss.xml", "application/rss+xml", "RSS"),
    ("feed.json", "application/feed+json", "JSON Feed"),
];

/// Returns the feeds that pages announce.
pub(super) fn names(site: &Site<'_>) -> Vec<Value> {
    let known = FEEDS.iter().filter(|(file, ..)| *file == "atom.xml" || site.options.base_url.is_some());
    known.map(|(file, kind, name)| json!({ "file": file, "type": kind, "name": name })).collect()
}

/// Adds the feeds.
pub(super) fn outputs<'v>(site: &Arc<Site<'v>>, outputs: &mut Vec<Output<'v>>) -> Result<()> {
    let all = site.publication.newest_first();
    let newest: Vec<usize> = all.iter().copied().take(NEWEST).collect();
    let key = |items: &[usize]| {
        let mut key = Hasher::new();
        key.update(format!("{}\n", site.key).as_bytes());
        for item in items {
            key.update(post::key(site, *item).hex().as_bytes());
        }
        key.finish()
    };
    // A feed says when anything was changed last, which may be an older post.
    let newest_key = Sha256::of(format!("{}\n{}", key(&newest), stamp(updated(site))).as_bytes());
    let mut add = |path: &str, key: Sha256, items: Vec<usize>, write: WriteFeed| -> Result<()> {
        let (site, path) = (Arc::clone(site), OutPath::new(path)?);
        let page = path.clone();
        let content = Content::Stream(Box::new(move |out, _| write(&site, &page, &items, out)));
        outputs.push(Output { path, key, content });
        Ok(())
    };
    add("atom.xml", newest_key, newest.clone(), atom)?;
    add("feed-full.xml", key(&all), all, atom)?;
    if site.options.base_url.is_some() {
        add("rss.xml", newest_key, newest.clone(), rss)?;
        add("feed.json", newest_key, newest, json_feed)?;
    }
    Ok(())
}

type WriteFeed = fn(&Site<'_>, &OutPath, &[usize], &mut dyn Write) -> Result<()>;

/// Writes an Atom feed (RFC 4287); the complete one is marked as such (RFC 5005, section 2).
fn atom(site: &Site<'_>, feed: &OutPath, items: &[usize], out: &mut dyn Write) -> Result<()> {
    let mut xml = Xml::new(out, write_failed)?;
    let whole = feed.as_str() == "feed-full.xml";
    let mut namespaces = vec![("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", site.options.language.tag())];
    if whole {
        namespaces.push(("xmlns:fh", "http://purl.org/syndication/history/1.0"));
    }
    xml.open("feed", &namespaces)?;
    xml.leaf("id", &[], &account_id(site))?;
    xml.leaf("title", &[], &site.name())?;
    if let Some(signature) = &site.view.account().signature {
        xml.leaf("subtitle", &[], signature)?;
    }
    xml.leaf("updated", &[], &stamp(updated(site)))?;
    xml.open("author", &[])?;
    xml.leaf("name", &[], &site.name())?;
    xml.close("author")?;
    let own = site.routes.absolute(feed).unwrap_or_else(|| feed.to_string());
    xml.empty("link", &[("rel", "self"), ("type", "application/atom+xml"), ("href", &own)])?;
    let home = OutPath::new("index.html")?;
    let home = site.routes.absolute(&home).unwrap_or_else(|| home.to_string());
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &home)])?;
    if let Some(copyright) = &site.options.identity.copyright {
        xml.leaf("rights", &[], copyright)?;
    }
    if whole {
        xml.empty("fh:complete", &[])?;
    }
    for item in items {
        let item = FeedItem::new(site, feed, *item)?;
        xml.open("entry", &[])?;
        xml.leaf("id", &[], &item.id)?;
        xml.leaf("title", &[], &item.title)?;
        xml.leaf("updated", &[], &stamp(item.modified))?;
        if item.published.is_some() {
            xml.leaf("published", &[], &stamp(item.published))?;
        }
        xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &item.url)])?;
        if let Some(old) = &item.old_url {
            xml.empty("link", &[("rel", "via"), ("href", old)])?;
        }
        if let Some(author) = &item.author {
            xml.open("author", &[])?;
            xml.leaf("name", &[], author)?;
            xml.close("author")?;
        }
        for subject in &item.subjects {
            xml.empty("category", &[("term", subject)])?;
        }
        if let Some(summary) = &item.summary {
            xml.leaf("summary", &[], summary)?;
        }
        xml.leaf("content", &[("type", "html")], &item.content)?;
        xml.close("entry")?;
    }
    xml.close("feed")?;
    xml.finish()
}

/// Writes RSS 2.0.
fn rss(site: &Site<'_>, feed: &OutPath, items: &[usize], out: &mut dyn Write) -> Result<()> {
    let mut xml = Xml::new(out, write_failed)?;
    xml.open(
        "rss",
        &[
            ("version", "2.0"),
            ("xmlns:atom", "http://www.w3.org/2005/Atom"),
            ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
            ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ],
    )?;
    xml.open("channel", &[])?;
    xml.leaf("title", &[], &site.name())?;
    xml.leaf("link", &[], &site.routes.absolute(&OutPath::new("index.html")?).unwrap_or_default())?;
    // RSS requires a description, even if the account has none.
    xml.leaf("description", &[], site.view.account().signature.as_deref().unwrap_or(&site.name()))?;
    xml.leaf("language", &[], site.options.language.tag())?;
    let own = site.routes.absolute(feed).unwrap_or_default();
    xml.empty("atom:link", &[("rel", "self"), ("type", "application/rss+xml"), ("href", &own)])?;
    if let Some(time) = updated(site) {
        xml.leaf("lastBuildDate", &[], &mail_date(time)?)?;
    }
    if let Some(copyright) = &site.options.identity.copyright {
        xml.leaf("copyright", &[], copyright)?;
    }
    for item in items {
        let item = FeedItem::new(site, feed, *item)?;
        xml.open("item", &[])?;
        xml.leaf("title", &[], &item.title)?;
        xml.leaf("link", &[], &item.url)?;
        xml.leaf("guid", &[("isPermaLink", "false")], &item.id)?;
        if let Some(time) = item.published {
            xml.leaf("pubDate", &[], &mail_date(time)?)?;
        }
        if let Some(author) = &item.author {
            xml.leaf("dc:creator", &[], author)?;
        }
        for subject in &item.subjects {
            xml.leaf("category", &[], subject)?;
        }
        if let Some(summary) = &item.summary {
            xml.leaf("description", &[], summary)?;
        }
        xml.leaf("content:encoded", &[], &item.content)?;
        xml.close("item")?;
    }
    xml.close("channel")?;
    xml.close("rss")?;
    xml.finish()
}

/// Writes JSON Feed 1.1.
fn json_feed(site: &Site<'_>, feed: &OutPath, items: &[usize], out: &mut dyn Write) -> Result<()> {
    let mut entries = Vec::with_capacity(items.len());
    for item in items {
        let item = FeedItem::new(site, feed, *item)?;
        let mut entry = json!({ "id": item.id, "url": item.url, "title": item.title, "content_html": item.content });
        let known = [
            ("external_url", item.old_url.map(Value::from)),
            ("summary", item.summary.map(Value::from)),
            ("image", item.image.map(Value::from)),
            ("date_published", item.published.map(|time| json!(time.to_string()))),
            ("date_modified", item.modified.map(|time| json!(time.to_string()))),
            ("authors", item.author.map(|author| json!([{ "name": author }]))),
            ("tags", (!item.subjects.is_empty()).then(|| json!(item.subjects))),
        ];
        for (name, value) in known {
            if let Some(value) = value {
                entry[name] = value;
            }
        }
        entries.push(entry);
    }
    let mut whole = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.name(),
        "home_page_url": site.routes.absolute(&OutPath::new("index.html")?),
        "feed_url": site.routes.absolute(feed),
        "language": site.options.language.tag(),
        "authors": [{ "name": site.name() }],
        "items": entries,
    });
    if let Some(signature) = &site.view.account().signature {
        whole["description"] = json!(signature);
    }
    let failed = |error: serde_json::Error| Error::other("feed-write-failed").because(error);
    serde_json::to_writer_pretty(out, &whole).map_err(failed)
}

/// Returns the account's identifier, made from its `__biz` if that is known.
fn account_id(site: &Site<'_>) -> String {
    let account = site.view.account();
    let name = account.biz.as_ref().or(account.user_name.as_ref()).or(account.name.as_ref());
    identifier::urn(name.map_or("", String::as_str))
}

/// Returns the time of the latest change of any post.
fn updated(site: &Site<'_>) -> Option<Time> {
    site.view.posts().iter().filter_map(PostEntry::last_change).max()
}

/// Formats a time by RFC 3339. Atom requires a time even if none is known, so the Unix epoch is used.
fn stamp(time: Option<Time>) -> String {
    time.map_or_else(|| "1970-01-01T00:00:00Z".to_owned(), |time| time.to_string())
}

/// Returns the error for a feed or a sitemap that cannot be written.
pub(super) fn write_failed(error: std::io::Error) -> Error {
    Error::other("feed-write-failed").because(error)
}

/// Formats a time by RFC 2822, as RSS requires.
fn mail_date(time: Time) -> Result<String> {
    jiff::fmt::rfc2822::to_string(&time.zoned()).map_err(|error| Error::other("feed-write-failed").because(error))
}
