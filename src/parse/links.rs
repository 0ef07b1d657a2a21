//! Links to articles in anything a person may have collected them in: text, Markdown, HTML, bookmarks, tables.

use std::borrow::Cow;

use memchr::memmem;

use super::page_dom::wall_time;
use super::scan;
use super::table::{Record, column_name};
use crate::model::{ArticleUrl, Time};

/// A link to an article, and what stood beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Which article.
    pub link: ArticleUrl,
    /// What seems to be its title.
    pub title: Option<String>,
    /// What seems to be its date.
    pub published: Option<Time>,
}

/// Links, each article once, in the order in which they were found.
#[derive(Clone, Debug, Default)]
pub struct Links {
    found: Vec<Found>,
    places: std::collections::HashMap<String, usize>,
}

impl Links {
    /// Adds a link, or completes what is known of it.
    pub fn add(&mut self, new: Found) {
        let aliases = new.link.aliases();
        let place = aliases.iter().find_map(|alias| self.places.get(alias).copied());
        let place = place.unwrap_or(self.found.len());
        if aliases.is_empty() {
            // A search engine's link expires and names nothing.
            return;
        }
        if let Some(known) = self.found.get_mut(place) {
            known.title = known.title.take().or(new.title);
            known.published = known.published.or(new.published);
            known.link = super::page::joined(std::mem::take(&mut known.link), new.link);
        } else {
            self.found.push(new);
        }
        for alias in aliases {
            self.places.entry(alias).or_insert(place);
        }
    }

    /// All of them.
    pub fn into_vec(self) -> Vec<Found> {
        self.found
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

/// What every such link has in it.
const HOST: &[u8] = b"mp.weixin.qq.com";

/// Whether `bytes` hold something like a link to an article.
pub fn has_link(bytes: &[u8]) -> bool {
    memmem::find_iter(bytes, HOST).any(|at| {
        let path = &bytes[at + HOST.len()..];
        [&b"/s/"[..], b"/s?", b"\\/s\\/", b"\\/s?", b"/mp/appmsg/show"].iter().any(|start| path.starts_with(start))
    })
}

/// As [`has_link`], of a binary file that may hold its texts in UTF-16 (`.xls`, `.xlsb`).
pub fn binary_has_link(bytes: &[u8]) -> bool {
    let wide: Vec<u8> = HOST.iter().chain(b"/s").flat_map(|byte| [*byte, 0]).collect();
    has_link(bytes) || memmem::find(bytes, &wide).is_some()
}

/// The links of a text with where each begins and ends.
fn urls(text: &str) -> impl Iterator<Item = (usize, usize, ArticleUrl)> + '_ {
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let at = from + memmem::find(bytes.get(from..)?, HOST)?;
            let end = at + url_length(&bytes[at..]);
            let before = &bytes[from..at];
            let scheme = [&b"https://"[..], b"http://", b"https:\\/\\/", b"http:\\/\\/", b"//"]
                .into_iter()
                .find(|scheme| before.ends_with(scheme));
            let start = at - scheme.map_or(0, <[u8]>::len);
            from = end.max(at + HOST.len());
            // A link inside of another one's query is not ours to take apart.
            if let Some(link) = text.get(start..end).and_then(ArticleUrl::parse) {
                return Some((start, end, link));
            }
        }
    })
}

/// How far a URL goes: to white space, a quote, a bracket, a comma or anything that is not ASCII.
fn url_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let ends = !byte.is_ascii_graphic()
            || matches!(
                byte,
                b'"' | b'\'' | b'<' | b'>' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'|' | b'^' | b'`' | b','
            );
        // `\/` and `\x26` belong to it, `\n` of a JSON string does not.
        let escape = byte == b'\\' && !matches!(bytes.get(at + 1), Some(b'/' | b'x' | b'u'));
        if ends || escape || bytes[at..].starts_with(b"&quot;") || bytes[at..].starts_with(b"&lt;") {
            break;
        }
        at += 1;
    }
    at
}

/// Links in a text. The title is a Markdown link's text, or what stands before the only link of a line.
pub fn of_text(text: &str, links: &mut Links) {
    let mut before: Option<String> = None;
    for line in text.lines() {
        let found: Vec<_> = urls(line).collect();
        let alone = found.len() == 1;
        for (start, _, link) in found {
            let title = markdown_title(&line[..start])
                .or_else(|| Some(&line[..start]).filter(|_| alone).and_then(title_of))
                .or_else(|| before.take().filter(|_| alone && line[..start].trim().is_empty()));
            links.add(Found { link, title, published: None });
        }
        // A title on the line above its link, as people paste them; nothing further up.
        before = title_of(line).filter(|_| urls(line).next().is_none() && line.chars().count() <= 64);
    }
}

/// `[title](https://…`.
fn markdown_title(before: &str) -> Option<String> {
    let text = before.strip_suffix("](")?;
    title_of(&text[text.rfind('[')? + 1..])
}

/// A text as a title, if it may be one: without numbering, bullets and what leads over to the link.
fn title_of(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches(['-', '*', '#', '>', '•', '·', ' ']);
    let numbered = text.trim_start_matches(|character: char| character.is_ascii_digit());
    let text = match numbered.strip_prefix(['.', '、', ')', '）']) {
        Some(rest) if numbered.len() < text.len() => rest,
        _ => text,
    };
    let text = text.trim().trim_end_matches([':', '：', '-', '—', '|', ',', '，', '(', '（', '<', '"', ' ']).trim();
    let words = text.chars().filter(|character| character.is_alphabetic()).count();
    let is_url = text.contains("://") || text.contains("mp.weixin.qq.com");
    // `"url": "https://…` in a JSON text: the key says what the link is for, not what the article is called.
    let is_key = text.starts_with('"') && !text[1..].contains(char::is_whitespace);
    (words >= 2 && text.chars().count() <= 200 && !is_url && !is_key).then(|| text.to_owned())
}

/// Links in HTML (also a browser's bookmarks): anchors with their texts, then any other.
pub fn of_html(page: &[u8], links: &mut Links) {
    for anchor in scan::tags(page, b"<a").chain(scan::tags(page, b"<A")) {
        let Some(link) = anchor.attribute("href").and_then(|href| ArticleUrl::parse(&href)) else { continue };
        let rest = &page[anchor.end..page.len().min(anchor.end + 4096)];
        let close = [&b"</a"[..], b"</A"].iter().filter_map(|close| memmem::find(rest, close)).min().unwrap_or(0);
        let title = title_of(&scan::text(&rest[..close]));
        links.add(Found { link, title, published: None });
    }
    for (_, _, link) in urls(&String::from_utf8_lossy(page)) {
        links.add(Found { link, ..Found::default() });
    }
}

/// Which columns of a table say what.
#[derive(Clone, Copy, Debug, Default)]
pub struct Columns {
    title: Option<usize>,
    time: Option<usize>,
}

impl Columns {
    /// By a row that may be a header; `None` where it names neither title nor link.
    pub fn of_header(row: &Record) -> Option<Self> {
        let place =
            |names: &[&str]| row.iter().position(|cell| names.contains(&column_name(cell).to_lowercase().as_str()));
        let title = place(&["标题", "文章标题", "名称", "title", "name", "文章"]);
        let link = place(&["链接", "文章链接", "url", "link", "网址", "地址", "原文链接"]);
        let time =
            place(&["发布时间", "发表时间", "时间", "日期", "发布日期", "time", "date", "publish_time", "创建时间"]);
        (title.is_some() || link.is_some()).then_some(Self { title, time })
    }
}

/// Links in a row of a table. The title is the cell of its column, else an obvious one beside the link.
pub fn of_row(row: &Record, columns: Option<Columns>, links: &mut Links) {
    let columns = columns.unwrap_or_default();
    for (place, cell) in row.iter().enumerate() {
        let named = || columns.title.map(|column| row.get(column)).and_then(title_of);
        let published = || columns.time.and_then(|column| wall_time(row.get(column)));
        for (_, _, link) in urls(cell) {
            let beside = [place.checked_sub(1), Some(place + 1)];
            let beside = || beside.into_iter().flatten().map(|near| row.get(near)).find_map(obvious_title);
            links.add(Found { link, title: named().or_else(beside), published: published() });
        }
        // A cell that leads somewhere is called what it says.
        if let Some(link) = row.link(place).and_then(ArticleUrl::parse) {
            links.add(Found { link, title: named().or_else(|| title_of(cell)), published: published() });
        }
    }
}

/// A cell that is no number, no date, no link and long enough is a title.
fn obvious_title(cell: &str) -> Option<String> {
    title_of(cell).filter(|text| text.chars().count() >= 4 && wall_time(text).is_none())
}

/// The text of a file in any encoding people have: UTF-8, UTF-16 with its mark, else what it looks like (GB 18030).
pub fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(256 * 1024)], true);
    let encoding = detector.guess(Some(b"cn"), chardetng::Utf8Detection::Allow);
    encoding.decode_without_bom_handling(bytes).0
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
