//! Reads copies that programs saved as their own HTML.

use super::{Clipping, is_statement, is_text};
use crate::model::ArticleUrl;
use crate::parse::page::{ids, savers, scan};

/// Strings that identify the HTML of such programs.
const SIGNS: &[&str] = &[
    "simpread",
    "sr-rd-",
    "exported-note",
    "rendered-md",
    "joplin",
    "cubox",
    "readability-page",
    "instapaper",
    "getpocket",
    "readwise",
    "wallabag",
    "archive.today",
    "archive.ph",
    "archive.is",
    "archive.md",
    "google's cache",
    "webcache.googleusercontent",
    "yinxiang",
    "evernote",
    "youdao",
    "obsidian",
    "omnivore",
    "flomo",
    "notion",
];

/// Reads the copy in an HTML file that is not a page of the platform.
pub fn of_html(page: &[u8], stem: &str) -> Option<Clipping> {
    let text = String::from_utf8_lossy(page);
    let lower = text.to_ascii_lowercase();
    if !SIGNS.iter().any(|sign| lower.contains(sign)) {
        return None;
    }
    let by_id = |id: &str| ids::of_id(page, id).map(|tag| scan::inner(&tag));
    let by_name = |name: &'static [u8]| scan::tags(page, name).next().map(|tag| scan::inner(&tag));
    let content = by_name(b"<sr-rd-content")
        .or_else(|| by_id("rendered-md"))
        .or_else(|| by_id("readability-page-1"))
        .or_else(|| by_id("CONTENT"))
        .or_else(|| by_name(b"<article"))
        .or_else(|| by_name(b"<main"))
        .or_else(|| by_name(b"<body"))?;
    let link =
        Some(savers::article(page)).filter(|link| !link.aliases().is_empty()).or_else(|| only_statement(page))?;
    if link.temporary {
        return None;
    }
    let html = String::from_utf8_lossy(content).into_owned();
    if !is_text(&html) {
        return None;
    }
    let inner = |name: &'static [u8]| by_name(name).map(scan::text).filter(|text| !text.is_empty());
    let class = |class: &str| {
        ids::of_class(page, class).next().map(|tag| scan::text(scan::inner(&tag))).filter(|text| !text.is_empty())
    };
    let title = inner(b"<sr-rd-title")
        .or_else(|| class("exported-note-title"))
        .or_else(|| inner(b"<h1"))
        .or_else(|| inner(b"<title"))
        .map(|title| title.trim_start_matches("简悦 | ").trim().to_owned());
    Some(Clipping {
        link,
        title: title.or_else(|| Some(stem.to_owned())),
        published: savers::published(page),
        html,
        ..Clipping::default()
    })
}

/// Returns the only article that links with a source statement refer to.
fn only_statement(page: &[u8]) -> Option<ArticleUrl> {
    let mut found: Option<ArticleUrl> = None;
    for tag in scan::tags(page, b"<a") {
        let Some(link) = tag.attribute("href").and_then(|href| savers::of_url(&href)) else { continue };
        let before = scan::text(&page[tag.start.saturating_sub(300)..tag.start]);
        let before: String = before.chars().rev().take(24).collect::<Vec<_>>().into_iter().rev().collect();
        let words = scan::text(scan::inner(&tag));
        if !is_statement(&format!("{before} {words}"), &words) {
            continue;
        }
        match &found {
            Some(known) if known.aliases() != link.aliases() => return None,
            _ => found = Some(link),
        }
    }
    found
}
