//! Collects links to articles from any file in which the user kept them: text, Markdown, HTML, bookmarks, tables.

use std::borrow::Cow;

use memchr::memmem;

use super::Listed;
use super::article_columns::TableHeader;
use super::link_scan::{article_of, of_search_engines, places};
use super::title::title_of;
use crate::model::{ArticleFields, ArticleUrl, Time};
use crate::parse::encoding::{decode, lossy};
use crate::parse::page::scan;
use crate::parse::table::Record;
use crate::parse::table::workbook_links::of_formula;
use crate::parse::time::when::any_time;

pub use super::link_scan::has_link;

/// A link to an article, with the data found next to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FoundLink {
    /// The article.
    pub link: ArticleUrl,
    /// The probable title.
    pub title: Option<String>,
    /// The probable date.
    pub published: Option<Time>,
    /// Other fields from the row of a table.
    pub more: Option<Box<ArticleFields>>,
}

/// Links in the order in which they were found, one per article.
#[derive(Clone, Debug, Default)]
pub struct Links {
    found: Vec<FoundLink>,
    places: std::collections::HashMap<String, usize>,
    /// Hashes of links that expire and identify no article.
    temporary: std::collections::HashSet<u64>,
}

impl Links {
    /// Adds a link, or completes a known one.
    pub fn add(&mut self, new: FoundLink) {
        let aliases = new.link.aliases();
        let place = self.place_of(&new.link).unwrap_or(self.found.len());
        if aliases.is_empty() {
            return;
        }
        if let Some(known) = self.found.get_mut(place) {
            known.title = known.title.take().or(new.title);
            known.published = known.published.or(new.published);
            known.more = known.more.take().or(new.more);
            known.link = crate::parse::page::joined(std::mem::take(&mut known.link), new.link);
        } else {
            self.found.push(new);
        }
        for alias in aliases {
            self.places.entry(alias).or_insert(place);
        }
    }

    /// Counts a link that expires and identifies no article.
    fn add_temporary(&mut self, text: &str) {
        use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
        self.temporary.insert(BuildHasherDefault::<DefaultHasher>::default().hash_one(text));
    }

    /// Returns the number of distinct links that expire and identify no article.
    pub fn temporary(&self) -> usize {
        self.temporary.len()
    }

    /// Returns all links.
    pub fn into_vec(self) -> Vec<FoundLink> {
        self.found
    }

    /// Reports whether an article with one of these identifiers was found.
    pub fn has(&self, link: &ArticleUrl) -> bool {
        self.place_of(link).is_some()
    }

    /// Returns the position of the article of `link`. Different numbers mean different articles, even if an export gave
    /// both the same `sn`.
    fn place_of(&self, link: &ArticleUrl) -> Option<usize> {
        let places = link.aliases().into_iter().filter_map(|alias| self.places.get(&alias).copied());
        places.into_iter().find(|place| self.found.get(*place).is_some_and(|found| !found.link.has_other_numbers(link)))
    }

    /// Returns the number of links.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Reports whether there are no links.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

/// Works like [`has_link`] for a binary file that may store its texts in UTF-16 (`.xls`, `.xlsb`).
pub fn binary_has_link(bytes: &[u8]) -> bool {
    let wide: Vec<u8> = b"mp.weixin.qq.com/s".iter().flat_map(|byte| [*byte, 0]).collect();
    has_link(bytes) || memmem::find(bytes, &wide).is_some()
}

/// Reads the links of a piece of text, and counts those that expire.
fn urls(text: &str, links: &mut Links) -> Vec<(usize, ArticleUrl)> {
    of_search_engines(text).for_each(|link| links.add_temporary(link));
    let mut found = Vec::new();
    for place in places(text) {
        if place.link.aliases().is_empty() {
            links.add_temporary(&text[place.start..place.end]);
        } else {
            found.push((place.start, place.link));
        }
    }
    found
}

/// Reads the links in a text. The title is the text of a Markdown link, or the text before the only link of a line.
pub fn of_text(text: &str, links: &mut Links) {
    let mut before: Option<String> = None;
    for line in text.lines() {
        let found = urls(line, links);
        let (alone, none) = (found.len() == 1, found.is_empty());
        for (start, link) in found {
            let title = markdown_title(&line[..start])
                .or_else(|| Some(&line[..start]).filter(|_| alone).and_then(title_of))
                .or_else(|| before.take().filter(|_| alone && line[..start].trim().is_empty()));
            links.add(FoundLink { link, title, ..FoundLink::default() });
        }
        // A title pasted on the line above its link; lines further up do not count.
        before = title_of(line).filter(|_| none && line.chars().count() <= 64);
    }
}

/// Returns the title of `[title](https://…`.
fn markdown_title(before: &str) -> Option<String> {
    let text = before.strip_suffix("](")?;
    title_of(&text[text.rfind('[')? + 1..])
}

/// Reads links in HTML, including browser bookmarks: anchors with their texts, then other links.
pub fn of_html(page: &[u8], links: &mut Links) {
    for anchor in scan::tags(page, b"<a") {
        let Some(href) = anchor.attribute("href") else { continue };
        let Some(link) = ArticleUrl::parse(&href).or_else(|| places(&href).next().map(|place| place.link)) else {
            continue;
        };
        let rest = &page[anchor.end..page.len().min(anchor.end + 4096)];
        let close = [&b"</a"[..], b"</A"].iter().filter_map(|close| memmem::find(rest, close)).min().unwrap_or(0);
        let title = title_of(&scan::text(&rest[..close]));
        links.add(FoundLink { link, title, ..FoundLink::default() });
    }
    for (_, link) in urls(&String::from_utf8_lossy(page), links) {
        links.add(FoundLink { link, ..FoundLink::default() });
    }
}

/// Reads the links in a row of a table. A row with a known header that identifies an article is returned with all its
/// columns. Any other link takes a likely title from an adjacent cell. Links within an article's text are not entries.
pub fn of_row(row: &Record, header: Option<&TableHeader>, links: &mut Links) -> Option<Listed> {
    let listed = header.and_then(|header| header.listed(row));
    if let Some(listed) = &listed {
        links.add(FoundLink {
            link: listed.link.clone(),
            title: listed.fields.title.clone(),
            published: listed.fields.published,
            more: Some(Box::new(listed.fields.clone())),
        });
    }
    for (place, cell) in row.iter().enumerate() {
        if listed.is_some() && header.is_some_and(|header| header.is_text(place)) {
            continue;
        }
        for (_, link) in urls(cell, links) {
            let beside = [place.checked_sub(1), Some(place + 1)];
            let beside = || beside.into_iter().flatten().map(|near| row.get(near)).find_map(obvious_title);
            // The row's columns describe only its own article.
            let (title, published) = match header.filter(|_| listed.is_none()) {
                Some(header) => header.title_and_time(row),
                None => (None, None),
            };
            // A spreadsheet formula saved as text contains both link and title.
            let formula = || of_formula(cell).and_then(|(_, text)| title_of(&text?));
            let title = title.or_else(|| listed.is_none().then(|| formula().or_else(beside)).flatten());
            links.add(FoundLink { link, title, published, more: None });
        }
        // The text of a hyperlinked cell is the title of its target.
        if let Some(link) = row.link(place).and_then(article_of).filter(|link| !links.has(link)) {
            let (title, published) = match header.filter(|_| listed.is_none()) {
                Some(header) => header.title_and_time(row),
                None => (None, None),
            };
            links.add(FoundLink { link, title: title.or_else(|| title_of(cell)), published, more: None });
        }
    }
    listed
}

/// Returns a cell's text as a title if it is long enough and not a number, date or link.
fn obvious_title(cell: &str) -> Option<String> {
    title_of(cell).filter(|text| text.chars().count() >= 4 && any_time(text).is_none())
}

/// Decodes a file in any common encoding: UTF-8, UTF-16 with a byte-order mark, or else a guess (GB 18030).
pub fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    match decode(bytes, None).bytes {
        Cow::Borrowed(bytes) => lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(lossy(&bytes).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(links: Links) -> Vec<(String, Option<String>)> {
        links.into_vec().into_iter().map(|found| (found.link.canonical().unwrap(), found.title)).collect()
    }

    #[test]
    fn text_of_every_kind_gives_its_links() {
        let mut links = Links::default();
        let text = "1. 第一篇文章：https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA?scene=1#rd，看\n\
            - [第二篇](http://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&amp;mid=26&amp;idx=1&amp;sn=ab&amp;chksm=1)\n\
            第三篇的题目\nmp.weixin.qq.com/s/CCCCCCCCCCCCCCCCCCCCCC\n\n\
            {\"url\":\"https:\\/\\/mp.weixin.qq.com\\/s\\/DDDDDDDDDDDDDDDDDDDDDD\"} https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA\n\
            https://mp.weixin.qq.com/mp/profile_ext?action=home https://example.com/s/x";
        of_text(text, &mut links);
        assert_eq!(
            titles(links),
            [
                ("https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA".to_owned(), Some("第一篇文章".to_owned())),
                (
                    "https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&mid=26&idx=1&sn=ab".to_owned(),
                    Some("第二篇".to_owned())
                ),
                ("https://mp.weixin.qq.com/s/CCCCCCCCCCCCCCCCCCCCCC".to_owned(), Some("第三篇的题目".to_owned())),
                ("https://mp.weixin.qq.com/s/DDDDDDDDDDDDDDDDDDDDDD".to_owned(), None),
            ]
        );
        assert!(!has_link(b"https://mp.weixin.qq.com/mp/profile_ext"));
        assert!(has_link(text.as_bytes()));
    }

    #[test]
    fn bookmarks_give_their_titles() {
        let mut links = Links::default();
        of_html(
            "<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><DT><A HREF=\"https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA\" ADD_DATE=\"1\">书签 &amp; 一</A>\
             <DT><a href='https://example.com'>x</a> https://mp.weixin.qq.com/s/BBBBBBBBBBBBBBBBBBBBBB</DL>"
                .as_bytes(),
            &mut links,
        );
        let titles: Vec<_> = titles(links).into_iter().map(|(_, title)| title).collect();
        assert_eq!(titles, [Some("书签 & 一".to_owned()), None]);
    }

    #[test]
    fn encodings_are_told_apart() {
        let text = "标题：今天天气不错，我们出去走走 https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA";
        let (gbk, _, _) = encoding_rs::GBK.encode(text);
        assert_eq!(decoded(&gbk), text);
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decoded(&utf16), text);
        assert_eq!(decoded(text.as_bytes()), text);
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(text in r#"(https?:(//|\\/\\/)|mp\.weixin\.qq\.com|/s[/?]|[&;a=,"'<\\x你 \n\[\]()]){0,60}"#) {
            let mut links = Links::default();
            of_text(&text, &mut links);
            of_html(text.as_bytes(), &mut links);
            let _ = has_link(text.as_bytes());
        }
    }
}
