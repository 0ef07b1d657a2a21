//! Reads copies of articles written by read-later programs and clippers: Markdown with front matter (Obsidian Web
//! Clipper, Joplin, Readwise) or a line that states the source (简悦, Cubox), and HTML of their own. Their text is the
//! article's, although they are not pages of the platform.

mod html;
mod markdown;

use std::collections::BTreeMap;

use super::scan;
use crate::model::{ArticleUrl, Time};
use crate::parse::list::link_scan::article_of;

pub use html::of_html;
pub use markdown::of_markdown;

/// A copy of one article.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clipping {
    /// The article.
    pub link: ArticleUrl,
    /// The title.
    pub title: Option<String>,
    /// The author.
    pub author: Option<String>,
    /// The account's name.
    pub account_name: Option<String>,
    /// The time of publication.
    pub published: Option<Time>,
    /// The latest possible time of clipping.
    pub clipped: Option<Time>,
    /// The text as untrusted HTML; empty if only excerpts were kept.
    pub html: String,
    /// Files that the text shows: their current names mapped to the original names, relative to the copy.
    pub pictures: BTreeMap<String, String>,
}

/// Minimum number of characters outside links in an article's text.
const SHORTEST: usize = 40;

/// Words in a line that states the source of a copy.
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

/// Reports whether HTML has more words than links.
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

/// Reports whether a line states the source of a copy, by itself or by the `words` of its link.
fn is_statement(line: &str, words: &str) -> bool {
    let line = line.to_lowercase();
    let words = words.trim().trim_start_matches("https://").trim_start_matches("http://");
    STATEMENTS.iter().any(|statement| line.contains(statement)) || words.starts_with("mp.weixin.qq.com")
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
