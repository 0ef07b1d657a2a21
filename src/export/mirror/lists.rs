//! The home page, the archive, years, albums, tags, and the pages about the site itself.

use std::sync::Arc;

use serde_json::{Value, json};

use super::activity::activity;
use super::chrome::NOT_FOUND;
use super::post::{card, line};
use super::routes::Routes;
use super::site::Site;
use crate::error::Result;
use crate::export::publication::Collection;
use crate::export::{Content, OutPath, Output};
use crate::model::{self, Hasher, Sha256, Time};

/// Number of articles on the home page.
const LATEST: usize = 12;

/// Number of videos on the home page.
const VIDEOS: usize = 6;

/// Adds every list page.
pub(super) fn outputs<'v>(site: &Arc<Site<'v>>, outputs: &mut Vec<Output<'v>>) -> Result<()> {
    let everything = key(site, 0..site.publication.count(), "all");
    let mut add = |path: &str, key: Sha256, render: Render<'v>| -> Result<()> {
        let (site, path) = (Arc::clone(site), OutPath::new(path)?);
        let page = path.clone();
        let content = Content::Render(Box::new(move |_| render(&site, &page).map(String::into_bytes)));
        outputs.push(Output { path, key, content });
        Ok(())
    };
    add("index.html", everything, Box::new(home))?;
    add("archive/index.html", everything, Box::new(archive))?;
    if site.publication.has_videos() {
        add("videos/index.html", everything, Box::new(video_page))?;
    }
    for (index, (year, members)) in site.publication.years().iter().enumerate() {
        let years: Vec<String> =
            site.publication.years().iter().map(|(year, members)| format!("{year} {}", members.len())).collect();
        let key = key(site, members.iter().copied(), &years.join("\n"));
        add(&format!("archive/{year}.html"), key, Box::new(move |site, page| year_page(site, page, index)))?;
    }
    if !site.publication.undated().is_empty() {
        add("archive/undated.html", everything, Box::new(undated))?;
    }
    for kind in [Kind::Albums, Kind::Tags] {
        if !kind.of(site).is_empty() {
            add(
                &format!("{}/index.html", kind.folder()),
                everything,
                Box::new(move |site, page| tiles(site, page, kind)),
            )?;
        }
    }
    for (kind, collections) in [(Kind::Albums, site.publication.albums()), (Kind::Tags, site.publication.tags())] {
        for (index, members) in collections.iter().enumerate() {
            let (path, key) = (kind.page(site, index).as_str(), collection_key(site, members));
            add(path, key, Box::new(move |site, page| collection(site, page, kind, index)))?;
        }
    }
    // What it counts depends on the choice of posts too.
    let archive = format!("{everything} {} {:?}", site.view.manifest_digest(), site.view.date());
    add("about.html", Sha256::of(archive.as_bytes()), Box::new(about))?;
    add(NOT_FOUND, site.key, Box::new(not_found))?;
    Ok(())
}

type Render<'v> = Box<dyn Fn(&Site<'v>, &OutPath) -> Result<String> + Send + Sync + 'v>;

fn key(site: &Site<'_>, members: impl Iterator<Item = usize>, more: &str) -> Sha256 {
    let mut key = Hasher::new();
    key.update(format!("{}\n{more}", site.key).as_bytes());
    for item in members {
        key.update(format!("\n{}", site.publication.post(item).record_digest).as_bytes());
    }
    for album in site.publication.albums() {
        key.update(format!("\n{} {}", album.title, album.members.len()).as_bytes());
    }
    key.finish()
}

fn collection_key(site: &Site<'_>, collection: &Collection) -> Sha256 {
    key(site, collection.members.iter().copied(), &format!("{} {:?}", collection.title, collection.description))
}

/// The two kinds of collection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Albums,
    Tags,
}

impl Kind {
    /// Returns the folder of the collection's pages, which is also the name of its section.
    fn folder(self) -> &'static str {
        match self {
            Self::Albums => "albums",
            Self::Tags => "tags",
        }
    }

    fn of<'s>(self, site: &'s Site<'_>) -> &'s [Collection] {
        match self {
            Self::Albums => site.publication.albums(),
            Self::Tags => site.publication.tags(),
        }
    }

    fn page<'s>(self, site: &'s Site<'_>, index: usize) -> &'s OutPath {
        match self {
            Self::Albums => site.routes.album(index),
            Self::Tags => site.routes.tag(index),
        }
    }

    /// Returns the indices of the collections, the largest first.
    fn largest(self, site: &Site<'_>) -> Vec<usize> {
        let collections = self.of(site);
        let mut largest: Vec<usize> = (0..collections.len()).collect();
        let order = |at: &usize| (std::cmp::Reverse(collections[*at].members.len()), &collections[*at].id);
        largest.sort_by(|a, b| order(a).cmp(&order(b)));
        largest
    }
}

/// Returns a collection as a tile.
fn tile(site: &Site<'_>, page: &OutPath, kind: Kind, index: usize) -> Value {
    let collection = &kind.of(site)[index];
    let href = site.routes.url(page, kind.page(site, index));
    json!({ "href": href, "title": collection.title, "count": collection.members.len() })
}

/// Renders the page of all collections of a kind.
fn tiles(site: &Site<'_>, page: &OutPath, kind: Kind) -> Result<String> {
    let title = site.texts.get(if kind == Kind::Albums { "mirror-albums" } else { "mirror-tags" }, &[]);
    let tiles: Vec<Value> = (0..kind.of(site).len()).map(|index| tile(site, page, kind, index)).collect();
    let context = json!({ "title": title, "kind": "tiles", "section": kind.folder() });
    site.render("tiles.html.j2", page, context, json!({ "tiles": tiles }))
}

/// Returns the newest articles, each as one line of a list.
pub(super) fn latest(site: &Site<'_>, page: &OutPath, count: usize) -> Vec<Value> {
    let newest = (0..site.view.articles().len()).rev().take(count);
    newest.map(|index| dated(site, page, index)).collect()
}

/// Returns an article as one line of a list that spans years, in which dates need the year.
fn dated(site: &Site<'_>, page: &OutPath, index: usize) -> Value {
    let mut line = line(site, page, index);
    line["day"] = line["date"].clone();
    line
}

fn home(site: &Site<'_>, page: &OutPath) -> Result<String> {
    let account = site.view.account();
    let latest: Vec<Value> =
        (0..site.view.articles().len()).rev().take(LATEST).map(|index| card(site, page, index)).collect();
    let tiles = |kind: Kind, most: usize| -> Vec<Value> {
        kind.largest(site).into_iter().take(most).map(|index| tile(site, page, kind, index)).collect()
    };
    let context = json!({
        "signature": account.signature,
        "alias": account.alias,
        "words": site.count(site.publication.count()),
        "span": span(site),
        "activity": activity(site, page),
        "latest": latest,
        "albums": tiles(Kind::Albums, 12),
        "tags": tiles(Kind::Tags, 24),
        "initial": site.name().chars().next().map(String::from),
        "years": years(site, page, None),
        "videos": videos(site).take(VIDEOS).map(|place| card(site, page, place)).collect::<Vec<_>>(),
    });
    let title = site.name();
    site.render(
        "home.html.j2",
        page,
        json!({ "title": title, "kind": "home", "description": account.signature }),
        json!({ "home": context }),
    )
}

fn span(site: &Site<'_>) -> Option<String> {
    let dated = || site.view.articles().iter().filter_map(|article| article.published);
    let (first, last) = (dated().next()?, dated().next_back()?);
    Some(site.texts.get("mirror-span", &[("from", &site.day(first)), ("to", &site.day(last))]))
}

fn years(site: &Site<'_>, page: &OutPath, here: Option<i16>) -> Vec<Value> {
    site.publication
        .years()
        .iter()
        .map(|(year, members)| {
            json!({
                "href": format!("{}archive/{year}.html", Routes::root(page)),
                "title": site.texts.get("mirror-year", &[("year", &year.to_string())]),
                "count": members.len(),
                "words": site.count(members.len()),
                "here": here == Some(*year),
            })
        })
        .chain((!site.publication.undated().is_empty()).then(|| {
            json!({
                "href": format!("{}archive/undated.html", Routes::root(page)),
                "title": site.texts.get("mirror-undated", &[]),
                "count": site.publication.undated().len(),
                "words": site.count(site.publication.undated().len()),
                "here": here == Some(0),
            })
        }))
        .collect()
}

/// Groups the members of a year by month, latest first.
fn months(site: &Site<'_>, members: &[usize]) -> Vec<(i8, Vec<usize>)> {
    let mut months: Vec<(i8, Vec<usize>)> = Vec::new();
    for item in members.iter().rev() {
        let Some(time) = site.publication.post(*item).published else { continue };
        let month = time.zoned().month();
        match months.last_mut() {
            Some((last, members)) if *last == month => members.push(*item),
            _ => months.push((month, vec![*item])),
        }
    }
    months
}

fn archive(site: &Site<'_>, page: &OutPath) -> Result<String> {
    let years: Vec<Value> = site
        .publication
        .years()
        .iter()
        .map(|(year, members)| {
            let href = format!("{year}.html");
            let months: Vec<Value> = months(site, members)
                .iter()
                .map(|(month, members)| {
                    json!({
                        "href": format!("{href}#m{month:02}"),
                        "title": site.texts.get("mirror-month-short", &[("month", &month.to_string())]),
                        "count": members.len(),
                    })
                })
                .collect();
            json!({
                "href": href,
                "title": site.texts.get("mirror-year", &[("year", &year.to_string())]),
                "words": site.count(members.len()),
                "months": months,
            })
        })
        .chain((!site.publication.undated().is_empty()).then(|| {
            json!({ "href": "undated.html", "title": site.texts.get("mirror-undated", &[]), "words": site.count(site.publication.undated().len()), "months": [] })
        }))
        .collect();
    let title = site.texts.get("mirror-archive", &[]);
    let words = site.count(site.publication.count());
    let context = json!({ "words": words, "years": years });
    site.render("archive.html.j2", page, json!({ "title": title, "kind": "archive" }), json!({ "archive": context }))
}

fn year_page(site: &Site<'_>, page: &OutPath, index: usize) -> Result<String> {
    let (year, members) = &site.publication.years()[index];
    let groups: Vec<Value> = months(site, members)
        .iter()
        .map(|(month, members)| {
            let title = site.texts.get("mirror-month", &[("year", &year.to_string()), ("month", &month.to_string())]);
            json!({
                "title": title,
                "anchor": format!("m{month:02}"),
                "count": members.len(),
                "articles": members.iter().map(|item| line(site, page, *item)).collect::<Vec<_>>(),
            })
        })
        .collect();
    let title = site.texts.get("mirror-year", &[("year", &year.to_string())]);
    let words = site.count(members.len());
    let list = json!({ "words": words, "years": years(site, page, Some(*year)), "groups": groups });
    site.render(
        "list.html.j2",
        page,
        json!({ "title": title, "kind": "list", "section": "archive" }),
        json!({ "list": list }),
    )
}

fn undated(site: &Site<'_>, page: &OutPath) -> Result<String> {
    let articles: Vec<Value> = site.publication.undated().iter().map(|item| line(site, page, *item)).collect();
    let title = site.texts.get("mirror-undated", &[]);
    let list = json!({ "years": years(site, page, Some(0)), "groups": [{ "articles": articles }] });
    site.render(
        "list.html.j2",
        page,
        json!({ "title": title, "kind": "list", "section": "archive" }),
        json!({ "list": list }),
    )
}

fn collection(site: &Site<'_>, page: &OutPath, kind: Kind, index: usize) -> Result<String> {
    let collection = &kind.of(site)[index];
    // An album has its own order; a tag is shown latest first.
    let numbered = kind == Kind::Albums;
    let mut members = collection.members.clone();
    if !numbered {
        members.reverse();
    }
    let articles: Vec<Value> = members.iter().map(|index| dated(site, page, *index)).collect();
    let title = if numbered { collection.title.clone() } else { format!("#{}", collection.title) };
    let words = collection
        .description
        .clone()
        .unwrap_or_else(|| site.texts.get("count-articles", &[("count", &members.len().to_string())]));
    let list = json!({ "words": words, "numbered": numbered, "groups": [{ "articles": articles }] });
    site.render(
        "list.html.j2",
        page,
        json!({ "title": title, "kind": "list", "section": kind.folder() }),
        json!({ "list": list }),
    )
}

/// Returns the works of a 视频号, latest first.
fn videos(site: &Site<'_>) -> impl DoubleEndedIterator<Item = usize> {
    let posts = site.view.posts();
    (0..posts.len()).rev().filter(|place| posts[*place].kind == model::Kind::Video)
}

fn video_page(site: &Site<'_>, page: &OutPath) -> Result<String> {
    let cards: Vec<Value> = videos(site).map(|place| card(site, page, place)).collect();
    let title = site.texts.get("mirror-videos", &[]);
    let words = site.texts.get("mirror-videos-count", &[("count", &cards.len().to_string())]);
    let context = json!({ "videos": { "words": words, "cards": cards } });
    site.render("videos.html.j2", page, json!({ "title": title, "kind": "videos" }), context)
}

fn about(site: &Site<'_>, page: &OutPath) -> Result<String> {
    let context = json!({
        "articles": site.view.articles().len(),
        "media": site.view.media().len(),
        "span": span(site),
        "gaps": site.view.gaps()?,
        "date": site.view.date().map(Time::date),
        "day": site.view.date().map(|date| site.day(date)),
        "manifest": site.view.manifest_digest().hex(),
    });
    let title = site.texts.get("mirror-about", &[]);
    site.render("about.html.j2", page, json!({ "title": title, "kind": "about" }), json!({ "about": context }))
}

fn not_found(site: &Site<'_>, page: &OutPath) -> Result<String> {
    let title = site.texts.get("mirror-404-title", &[]);
    let context = json!({ "title": title, "kind": "about", "canonical": null });
    site.render("404.html.j2", page, context, json!({}))
}
