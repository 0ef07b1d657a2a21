//! Writes cards: a `<span class="liudi-card" data-kind="…">`, since widgets occur inside paragraphs, where the parser
//! would move a block out. Themes style it; its text is the author's (a name, a title), preceded by the kind of card,
//! so that the text is complete without the style.

use std::borrow::Cow;

use scraper::node::Element;

use super::table::Kind;
use super::{first, note, value};
use crate::html::address;
use crate::html::escape::{escape_text, unescape};
use crate::html::policy;
use crate::html::walk::Walk;
use crate::model::MediaRole;
use crate::model::body::Link;

/// Writes the card of an element by its row in the table, or drops it if the row says so. Returns whether the content
/// must be walked too: if the attributes hold no text for a reader, or the element is a container of the author's.
pub(super) fn of_table(walk: &mut Walk<'_>, element: &Element, kind: &Kind) -> bool {
    let name = kind.counted(element);
    note(walk, name, element);
    if kind.word.is_empty() {
        walk.count_dropped(name);
        return false;
    }
    let named = name_of_goods(element);
    let mut words: Vec<&str> = kind.words.iter().map(|attributes| first(element, attributes)).collect();
    if words.iter().all(|words| words.is_empty()) {
        words.push(&named);
    }
    card(walk, name, kind.word, &words, None, first(element, kind.picture));
    name != element.name() || words.iter().all(|words| words.is_empty())
}

/// Returns the product name that a card carries as JSON (`data-windowproduct`), if it does.
fn name_of_goods(element: &Element) -> String {
    let text =
        percent_encoding::percent_decode_str(value(element, "data-windowproduct")).decode_utf8().unwrap_or_default();
    let text = text.replace("&quot;", "\"");
    let found: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let keys = ["title", "productTitle", "product_title", "name"];
    let name = found.as_ref().and_then(|goods| keys.iter().find_map(|key| goods.get(key)?.as_str()));
    name.unwrap_or_default().to_owned()
}

/// Writes an element of the platform that this version does not know: all its text, and a mark in the census.
pub(super) fn unknown(walk: &mut Walk<'_>, element: &Element) {
    let name = element.name();
    walk.count_unknown(name);
    note(walk, name, element);
    let words = words_of(element);
    let parts: Vec<&str> = words.iter().map(String::as_str).collect();
    open_card(walk, "liudi-card", name);
    let picture = element
        .attrs()
        .find(|(name, value)| {
            let value = readable(value);
            (value.contains(".qpic.cn/") || value.contains(".qlogo.cn/")) && !name.starts_with("on")
        })
        .map(|(_, value)| value.trim().to_owned());
    face(walk, picture.as_deref().unwrap_or_default());
    caption(walk, name, &parts, None);
    walk.out.push_str("</span>");
}

/// Returns the attributes of an unknown element that a reader can use: names, titles, and anything Chinese.
fn words_of(element: &Element) -> Vec<String> {
    const TELLING: &[&str] =
        &["address", "author", "content", "desc", "label", "name", "nick", "text", "title", "word"];
    let mut words: Vec<String> = Vec::new();
    for (name, value) in element.attrs() {
        let value = readable(value);
        let is_address = value.contains("://") || value.starts_with("data:");
        let is_code = value.starts_with(['{', '[', '<']) || name.starts_with("on");
        let chinese = value.chars().any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character));
        let telling =
            chinese || (TELLING.iter().any(|part| name.contains(part)) && !matches!(name, "class" | "data-pluginname"));
        if telling && !is_address && !is_code && name != "style" && value.chars().count() <= 300 && words.len() < 8 {
            let value = tidy(&value).into_owned();
            if !value.is_empty() && !words.contains(&value) {
                words.push(value);
            }
        }
    }
    words
}

/// Decodes percent escapes, as the platform's scripts do with names and titles.
pub(super) fn readable(value: &str) -> Cow<'_, str> {
    if !value.contains('%') {
        return Cow::Borrowed(value);
    }
    percent_encoding::percent_decode_str(value).decode_utf8().unwrap_or(Cow::Borrowed(value))
}

/// Writes a quotation of another article: the quoted text, followed by its source.
pub(super) fn quotation(walk: &mut Walk<'_>, element: &Element) {
    walk.count_kept("blockquote");
    note(walk, "blockquote", element);
    let title = tidy(first(element, &["data-source-title", "data-title"])).into_owned();
    let author = tidy(first(element, &["data-author-name", "data-nickname"])).into_owned();
    let href = address::link(value(element, "data-url"), walk.page.as_ref());
    let mut cite = String::new();
    if !title.is_empty() || !author.is_empty() {
        cite.push_str("<cite class=\"liudi-cite\">");
        let linked = href.as_ref().filter(|_| walk.link.is_none() && !title.is_empty());
        if let Some(href) = linked {
            cite.push_str("<a href=\"");
            crate::html::escape_attribute(href, &mut cite);
            cite.push_str("\">");
        }
        escape_text(&title, &mut cite);
        if linked.is_some() {
            cite.push_str("</a>");
        }
        if !author.is_empty() {
            cite.push_str(if title.is_empty() { "" } else { " · " });
            escape_text(&author, &mut cite);
        }
        cite.push_str("</cite>");
    }
    if let Some(href) = href {
        walk.body.links.push(Link { href, text: title });
    }
    walk.breaks_paragraph();
    walk.out.push_str("<blockquote");
    walk.style(value(element, "style"));
    walk.out.push('>');
    walk.enter_with("blockquote", cite);
}

/// Writes the picture of a card, if there is one.
pub(super) fn face(walk: &mut Walk<'_>, picture: &str) {
    let picture = readable(picture);
    if (picture.starts_with("http") || picture.starts_with("//"))
        && let Some(src) = walk.medium(&picture, MediaRole::Image)
    {
        walk.out.push_str("<img");
        walk.attribute("src", &src);
        walk.attribute("alt", "");
        walk.out.push('>');
    }
}

/// Writes a card: its kind, the non-empty texts, and a picture and a link if given.
pub(super) fn card(walk: &mut Walk<'_>, kind: &str, word: &str, parts: &[&str], href: Option<&str>, picture: &str) {
    walk.count_replaced(kind);
    open_card(walk, "liudi-card", kind);
    face(walk, picture);
    caption(walk, word, parts, href);
    walk.out.push_str("</span>");
}

pub(super) fn open_card(walk: &mut Walk<'_>, class: &str, kind: &str) {
    let kind = if policy::is_word(kind) { kind } else { "other" };
    walk.out.push_str("<span");
    walk.attribute("class", class);
    walk.attribute("data-kind", kind);
    walk.out.push('>');
}

/// Writes `〔kind〕 words · words`, linked if possible.
pub(super) fn caption(walk: &mut Walk<'_>, word: &str, parts: &[&str], href: Option<&str>) {
    // The parser would split a link inside a link.
    let href = href.filter(|_| walk.link.is_none()).and_then(|href| address::link(href, walk.page.as_ref()));
    walk.out.push_str("<span class=\"liudi-words\">");
    if let Some(href) = &href {
        walk.out.push_str("<a");
        walk.attribute("href", href);
        walk.out.push('>');
    }
    walk.out.push('〔');
    walk.out.push_str(word);
    walk.out.push('〕');
    let words: Vec<Cow<'_, str>> = parts.iter().map(|part| tidy(part)).filter(|part| !part.is_empty()).collect();
    escape_text(&words.join(" · "), &mut walk.out);
    if let Some(href) = href {
        walk.out.push_str("</a>");
        walk.body.links.push(Link { href, text: words.join(" · ") });
    }
    walk.out.push_str("</span>");
}

/// Normalizes the text of an attribute, which is often escaped once too often, to one line.
pub(super) fn tidy(text: &str) -> Cow<'_, str> {
    let text = unescape(text);
    Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
}
