//! Copies of articles that read-later programs and clippers leave: Markdown with a head (Obsidian Web Clipper, Joplin, Readwise)
//! or a line that says where it is from (简悦, Cubox), and HTML of their own making. Their text is the article's, though no
//! page of the platform.

use std::collections::BTreeMap;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html};

use super::{ids, savers, scan};
use crate::model::{ArticleUrl, Time};
use crate::parse::list::link_scan::{article_of, places};
use crate::parse::time::when::any_time;

/// A copy of one article.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clipping {
    /// Which article.
    pub link: ArticleUrl,
    /// Its title.
    pub title: Option<String>,
    /// Its author.
    pub author: Option<String>,
    /// Its account.
    pub account_name: Option<String>,
    /// When it was published.
    pub published: Option<Time>,
    /// When it was clipped, at the latest.
    pub clipped: Option<Time>,
    /// Its text as HTML, not to be trusted; empty where only excerpts were kept.
    pub html: String,
    /// Files that the text shows: as it names them now, and as they were named, relative to the copy.
    pub pictures: BTreeMap<String, String>,
}

/// Fewer characters beside links are no text of an article.
const SHORTEST: usize = 40;

/// Keys of a head, by what they give.
const SOURCES: &[&str] = &[
    "source",
    "source_url",
    "source-url",
    "sourceurl",
    "source url",
    "url",
    "link",
    "original",
    "original_url",
    "original-url",
    "originalurl",
    "original url",
    "href",
    "origin",
    "canonical",
    "canonical_url",
    "permalink",
    "clip_url",
    "article_url",
    "website",
    "full url",
    "原文",
    "原文链接",
    "原文地址",
    "链接",
    "来源",
    "网址",
    "出处",
    "文章链接",
    "来源链接",
];
const TITLES: &[&str] = &["title", "full title", "标题", "文章标题", "name"];
const AUTHORS: &[&str] = &["author", "authors", "作者", "by", "creator"];
const ACCOUNTS: &[&str] =
    &["公众号", "account", "公众号名称", "wechat", "nickname", "mp_name", "site", "site_name", "publisher"];
const TIMES: &[&str] = &[
    "published",
    "date_published",
    "publish_date",
    "publish_time",
    "published_date",
    "publish date",
    "published at",
    "pubdate",
    "datepublished",
    "date",
    "发布时间",
    "发布日期",
    "发表时间",
    "日期",
];
const CLIPPED: &[&str] = &[
    "created",
    "clipped",
    "saved",
    "date_saved",
    "date added",
    "added",
    "created_time",
    "user_created_time",
    "saved at",
    "剪藏时间",
    "收藏时间",
    "保存时间",
    "创建时间",
];

/// Words by which a line says where a copy is from.
const STATEMENTS: &[&str] = &[
    "原文",
    "来源",
    "出处",
    "转码",
    "链接",
    "原链",
    "网址",
    "source",
    "original",
    "url",
    "link:",
    "via",
    "clipped",
    "saved from",
    "from:",
    "view original",
    "阅读全文",
];

/// The copy that a Markdown file is. `stem` is its name without extension.
pub fn of_markdown(text: &str, stem: &str) -> Option<Clipping> {
    let text = text.trim_start_matches('\u{feff}');
    let (mut head, body) = front_matter(text).or_else(|| joplin_tail(text)).unwrap_or((Vec::new(), text));
    let mut lines: Vec<&str> = body.lines().collect();
    if excerpts(&lines) {
        head.extend(lines.iter().filter_map(|line| listed_pair(line)));
        lines.clear();
    }
    let said = |keys: &[&str]| {
        keys.iter()
            .find_map(|key| head.iter().find(|(name, value)| name == key && !value.is_empty()))
            .map(|(_, value)| plain(value))
    };
    let stated = SOURCES
        .iter()
        .find_map(|key| head.iter().filter(|(name, _)| name == key).find_map(|(_, value)| article_of(value)));
    let link = match stated {
        Some(link) => link,
        None => stated_in(&mut lines)?,
    };
    if link.temporary || link.aliases().is_empty() {
        return None;
    }
    let heading = lines.iter().position(|line| !line.trim().is_empty()).filter(|at| lines[*at].starts_with("# "));
    let heading = heading.map(|at| lines.remove(at).trim_start_matches("# ").trim().to_owned());
    let title = said(TITLES).or(heading).or_else(|| Some(stem.to_owned())).filter(|title| !title.is_empty());
    let (html, pictures) = rendered(&lines.join("\n"));
    let html = if is_text(&html) { html } else { String::new() };
    let time = |keys: &[&str]| said(keys).and_then(|text| any_time(&text));
    Some(Clipping {
        link,
        title,
        author: said(AUTHORS),
        account_name: said(ACCOUNTS).filter(|name| !name.contains('/') && !name.contains("weixin.qq.com")),
        published: time(TIMES),
        clipped: time(CLIPPED),
        html,
        pictures,
    })
}

/// What programs that make HTML of their own of an article write into it.
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

/// The copy that an HTML file is, which is no page of the platform.
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

/// Returns true if HTML holds more words than links.
fn is_text(html: &str) -> bool {
    let mut links = 0;
    let mut linked = 0;
    for tag in scan::tags(html.as_bytes(), b"<a") {
        if tag.attribute("href").is_some_and(|href| article_of(&href).is_some()) {
            links += 1;
            linked += scan::text(scan::inner(&tag)).chars().count();
        }
    }
    let words =
        scan::text(html.as_bytes()).chars().filter(|letter| !letter.is_whitespace()).count().saturating_sub(linked);
    words >= SHORTEST && words >= links * SHORTEST
}

/// The only article that links of a page with a statement's words lead to.
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

fn is_statement(line: &str, words: &str) -> bool {
    let line = line.to_lowercase();
    let words = words.trim().trim_start_matches("https://").trim_start_matches("http://");
    STATEMENTS.iter().any(|statement| line.contains(statement)) || words.starts_with("mp.weixin.qq.com")
}

type Head = Vec<(String, String)>;

/// The head between lines of three dashes, as pairs; and what follows it. Of YAML as much as such heads use.
fn front_matter(text: &str) -> Option<(Head, &str)> {
    let rest = text.strip_prefix("---")?.trim_start_matches([' ', '\t', '\r']).strip_prefix('\n')?;
    let mut pairs: Head = Vec::new();
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        at += line.len();
        let bare = line.trim_end();
        if matches!(bare, "---" | "...") {
            return Some((pairs, &rest[at..]));
        }
        let item = bare.trim_start();
        if bare.starts_with([' ', '\t']) || item.starts_with("- ") {
            if let Some((_, value)) = pairs.last_mut().filter(|(_, value)| value.is_empty()) {
                *value = unquoted(item.trim_start_matches("- "));
            }
        } else if let Some((key, value)) = bare.split_once(':').or_else(|| bare.split_once('：')) {
            let value = value.trim();
            let value = if matches!(value, "|" | ">" | "|-" | ">-") { "" } else { value };
            pairs.push((unquoted(key.trim()).to_lowercase(), unquoted(value)));
        }
    }
    None
}

/// What Joplin writes below a note in its own format: `source_url: …` and so on, `type_: 1` at the end.
fn joplin_tail(text: &str) -> Option<(Head, &str)> {
    let text = text.trim_end();
    if !text.ends_with("\ntype_: 1") {
        return None;
    }
    let start = text.rfind("\n\n").or_else(|| text.rfind("\r\n\r\n"))?;
    let mut pairs: Head = Vec::new();
    for line in text[start..].lines() {
        if let Some((key, value)) = line.split_once(": ") {
            pairs.push((key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    let (title, body) = text[..start].split_once('\n').unwrap_or((&text[..start], ""));
    pairs.push(("title".to_owned(), title.trim().to_owned()));
    Some((pairs, body))
}

/// Whether a note holds what somebody marked in an article, not the article.
fn excerpts(lines: &[&str]) -> bool {
    lines.iter().any(|line| {
        let Some(words) =
            line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")).or_else(|| line.strip_prefix("# "))
        else {
            return false;
        };
        let words = words.trim().to_lowercase();
        ["highlights", "new highlights", "高亮", "划线", "标注", "my highlights"]
            .iter()
            .any(|known| words.starts_with(known))
    })
}

/// `- URL: https://…`, `- Author: [[…]]`: as Readwise lists what it knows.
fn listed_pair(line: &str) -> Option<(String, String)> {
    let line = line.trim().trim_start_matches(['-', '*', '>', ' ']);
    let (key, value) = line.split_once(':').or_else(|| line.split_once('：'))?;
    let key = key.trim().trim_matches('*').to_lowercase();
    (key.chars().count() <= 20).then(|| (key, value.trim().trim_start_matches('*').trim().to_owned()))
}

/// The article that one of the first or last lines says the copy is of; the line is taken out. `None` if they name several.
fn stated_in(lines: &mut Vec<&str>) -> Option<ArticleUrl> {
    const FIRST: usize = 15;
    const LAST: usize = 6;
    let full: Vec<usize> = (0..lines.len()).filter(|at| !lines[*at].trim().is_empty()).collect();
    let ends = full.iter().take(FIRST).chain(full.iter().skip(FIRST).rev().take(LAST));
    let mut found: Vec<(usize, ArticleUrl)> = Vec::new();
    for at in ends {
        let line = lines[*at];
        let mut in_line = places(line);
        let (Some(place), None) = (in_line.next(), in_line.next()) else { continue };
        // Of a Markdown link what is shown counts.
        let shown = line[..place.start].strip_suffix("](").and_then(|before| Some(&before[before.rfind('[')? + 1..]));
        let around = line.replace(&line[place.start..place.end], "");
        if around.chars().count() <= 120 && is_statement(&around, shown.unwrap_or(&line[place.start..place.end])) {
            let alone = shown.is_some() || STATEMENTS.iter().any(|words| around.to_lowercase().contains(words));
            alone.then(|| found.push((*at, place.link)));
        }
    }
    let (at, link) = found.first().cloned()?;
    if found.iter().any(|(_, other)| other.aliases() != link.aliases()) {
        return None;
    }
    lines.remove(at);
    Some(link)
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    let inner =
        |quote: char| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)).filter(|_| text.len() > 1);
    match (inner('"'), inner('\'')) {
        (Some(text), _) => text.replace("\\\"", "\"").replace("\\\\", "\\"),
        (None, Some(text)) => text.replace("''", "'"),
        (None, None) => text.to_owned(),
    }
}

/// A value without the marks of lists and of links inside a collection of notes.
fn plain(value: &str) -> String {
    let value = value.trim().trim_start_matches("- ");
    let value = value
        .strip_prefix('[')
        .filter(|rest| !rest.starts_with('['))
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(value);
    let value = unquoted(value);
    let value = value.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")).unwrap_or(&value);
    value.rsplit('|').next().unwrap_or(value).trim().to_owned()
}

/// Markdown as HTML, with the files that it shows.
fn rendered(markdown: &str) -> (String, BTreeMap<String, String>) {
    let mut pictures = BTreeMap::new();
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_WIKILINKS;
    let events = Parser::new_ext(markdown, options).map(|event| match event {
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            let dest_url = match local_name(&dest_url) {
                Some(name) => {
                    let named = dest_url.split('|').next().unwrap_or(&dest_url);
                    pictures.insert(name.clone(), decoded(named));
                    let name = percent_encoding::utf8_percent_encode(&name, percent_encoding::CONTROLS).to_string();
                    CowStr::from(name.replace('?', "%3F").replace('#', "%23"))
                }
                None => dest_url,
            };
            Event::Start(Tag::Image { link_type, dest_url, title, id })
        }
        event => event,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    (out, pictures)
}

/// The name of a file beside the copy or above it, without the way up: the same wherever the copy is read again.
fn local_name(address: &str) -> Option<String> {
    let path = decoded(address.split('|').next().unwrap_or(address));
    let is_local = !path.is_empty()
        && !path.starts_with(['/', '#', ':'])
        && !path.contains(':')
        && !path.chars().any(char::is_control);
    let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | "..")).collect();
    (is_local && !parts.is_empty()).then(|| parts.join("/"))
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://mp.weixin.qq.com/s/ClippingOfAnArticle01";
    const TEXT: &str =
        "清明前三天，山上的雾到十点才散。采茶的人沿着石阶上去，说话的声音比人先到。竹篓里铺着湿布，芽尖要当天炒完。";

    #[track_caller]
    fn clipped(text: &str) -> Clipping {
        let found = of_markdown(text, "春茶").unwrap_or_else(|| panic!("{text}"));
        assert_eq!(found.link.canonical().as_deref(), Some(LINK), "{text}");
        assert_eq!(found.title.as_deref(), Some("春茶"), "{text}");
        found
    }

    #[test]
    fn heads_of_every_program_name_the_article() {
        let heads = [
            format!(
                "---\ntitle: \"春茶\"\nsource: \"{LINK}\"\nauthor:\n  - \"[[小留]]\"\npublished: 2024-01-05\ncreated: 2024-01-06\ntags:\n  - \"clippings\"\n---\n"
            ),
            format!(
                "---\ntitle: 春茶\nupdated: 2024-01-06 02:00:00Z\ncreated: 2024-01-06 02:00:00Z\nsource: {LINK}\nauthor: 小留\ndate: 2024-01-05\n---\n\n"
            ),
            format!("\u{feff}---\r\n标题: 春茶\r\n原文链接: {LINK}\r\n作者: 小留\r\n发布时间: 2024-01-05\r\n---\r\n"),
            format!("---\nurl: '{LINK}'\nauthors: [\"小留\"]\ndate_published: 2024-01-05\n---\n# 春茶\n"),
        ];
        for head in heads {
            let found = clipped(&format!(
                "{head}{TEXT}\n\n![](../_resources/1.png)\n\n![图片](https://mmbiz.qpic.cn/mmbiz_png/A1/640)\n"
            ));
            assert_eq!(found.author.as_deref(), Some("小留"), "{head}");
            assert_eq!(found.published.map(Time::date).as_deref(), Some("2024-01-05"), "{head}");
            assert!(found.html.contains(TEXT) && !found.html.contains("<h1"), "{}", found.html);
            assert_eq!(
                found.pictures,
                BTreeMap::from([("_resources/1.png".to_owned(), "../_resources/1.png".to_owned())])
            );
        }
    }

    #[test]
    fn a_line_says_where_the_copy_is_from() {
        for text in [
            format!(
                "# 春茶\n\n> 本文由 [简悦 SimpRead](http://ksria.com/simpread/) 转码， 原文地址 [mp.weixin.qq.com]({LINK})\n\n{TEXT}\n"
            ),
            format!(
                "# 春茶\n\n{TEXT}\n\n全文完\n\n本文由 简悦 [SimpRead](http://ksria.com/simpread) 转码，原文地址 {LINK}"
            ),
            format!("# 春茶\n\n[mp.weixin.qq.com]({LINK})小留 2024年1月5日\n\n{TEXT}"),
            format!("# 春茶\n\n[原文]({LINK})\n\n{TEXT}"),
            format!(
                "春茶\n\n{TEXT}\n\nid: 0123456789abcdef0123456789abcdef\ncreated_time: 2024-01-06T02:00:00.000Z\nsource_url: {LINK}\ntype_: 1"
            ),
        ] {
            let found = clipped(&text);
            assert!(found.html.contains(TEXT) && !found.html.contains("SimpRead"), "{}", found.html);
        }
    }

    #[test]
    fn excerpts_are_no_text() {
        let text = format!(
            "# 春茶\n\n![rw-book-cover](https://readwise-assets.s3.amazonaws.com/x.png)\n\n## Metadata\n- Author: [[小留]]\n- Full Title: 春茶\n- Category: #articles\n- URL: {LINK}\n\n## Highlights\n- {TEXT}\n"
        );
        let found = clipped(&text);
        assert_eq!((found.author.as_deref(), found.html.as_str()), (Some("小留"), ""));
    }

    #[test]
    fn lists_are_no_copies() {
        let other = "https://mp.weixin.qq.com/s/ClippingOfAnArticle02";
        for text in [
            format!("# 我的文章\n\n[第一篇]({LINK})\n[第二篇]({other})\n"),
            format!("第一篇\n链接：{LINK}\n\n第二篇\n链接：{other}\n\n{TEXT}"),
            format!("{TEXT}\n\n[一篇好文章]({LINK})\n"),
            format!("{LINK}\n{other}\n"),
            TEXT.to_owned(),
        ] {
            assert_eq!(of_markdown(&text, "清单"), None, "{text}");
        }
    }

    #[test]
    fn html_of_other_programs_is_read() {
        for page in [
            format!(
                "<html><head><title>简悦 | 春茶</title></head><body><sr-read><sr-rd-title>春茶</sr-rd-title><sr-rd-content><p>{TEXT}</p></sr-rd-content><sr-rd-footer>本文由 简悦 SimpRead 转码，原文地址 <a href=\"{LINK}\">{LINK}</a></sr-rd-footer></sr-read></body></html>"
            ),
            format!(
                "<html><head><meta name=\"source-url\" content=\"{LINK}\"></head><body><div class=\"exported-note\"><div class=\"exported-note-title\">春茶</div><div id=\"rendered-md\"><p>{TEXT}</p></div></div></body></html>"
            ),
            format!(
                "<html><head><link rel=\"canonical\" href=\"https://archive.ph/20240106010203/{LINK}\"><title>春茶</title></head><body><div id=\"HEADER\">archive.today</div><div id=\"CONTENT\"><div><p>{TEXT}</p></div></div></body></html>"
            ),
        ] {
            let found = of_html(page.as_bytes(), "x").unwrap_or_else(|| panic!("{page}"));
            assert_eq!(
                (found.link.canonical().as_deref(), found.title.as_deref()),
                (Some(LINK), Some("春茶")),
                "{page}"
            );
            assert!(found.html.contains(TEXT) && !found.html.contains("HEADER"), "{}", found.html);
        }
        let list = format!("<html><body>Cubox<a href=\"{LINK}\">原文</a></body></html>");
        assert_eq!(of_html(list.as_bytes(), "x"), None);
        let page = format!("<html><body><p>{TEXT}</p><a href=\"{LINK}\">原文</a></body></html>");
        assert_eq!(of_html(page.as_bytes(), "x"), None, "nobody signed it");
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read_without_harm(text in r"(---\n|source: |https://mp\.weixin\.qq\.com/s/Abcdefghij0123456789|\[|\]\(|\)|!\[\[|\n|# |正|type_: 1|<a href=|>|cubox){0,30}") {
            let _ = of_markdown(&text, "a");
            let _ = of_html(text.as_bytes(), "a");
        }
    }
}
