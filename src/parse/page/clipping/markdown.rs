//! Reads copies in Markdown: with front matter, with Joplin's lines at the end, or with a line that states the source.

use std::collections::BTreeMap;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html};

use super::{Clipping, STATEMENTS, is_statement, is_text};
use crate::model::ArticleUrl;
use crate::parse::list::link_scan::{article_of, places};
use crate::parse::time::when::any_time;

/// Front matter keys, by the field they provide.
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

/// Reads the copy in a Markdown file. `stem` is the file's name without extension.
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

type Head = Vec<(String, String)>;

/// Splits off the front matter between lines of three dashes, as pairs. Supports the subset of YAML used there.
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

/// Splits off the lines that Joplin writes below a note in its own format: `source_url: …` and so on, `type_: 1` at the
/// end.
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

/// Reports whether a note contains the user's highlights and not the whole article.
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

/// Reads `- URL: https://…`, `- Author: [[…]]`, in which Readwise lists its metadata.
fn listed_pair(line: &str) -> Option<(String, String)> {
    let line = line.trim().trim_start_matches(['-', '*', '>', ' ']);
    let (key, value) = line.split_once(':').or_else(|| line.split_once('：'))?;
    let key = key.trim().trim_matches('*').to_lowercase();
    (key.chars().count() <= 20).then(|| (key, value.trim().trim_start_matches('*').trim().to_owned()))
}

/// Returns the source that one of the first or last lines states and removes the line; `None` if the lines state
/// several.
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
        // The visible text of a Markdown link is what counts.
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

/// Removes the markup of lists and of wiki links from a value.
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

/// Renders Markdown as HTML and returns the files that it shows.
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

/// Returns the path of a local file without `..` components, so that it does not depend on where the copy is.
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
