//! Extracts fields from the elements of a page, which is all that a page saved without its scripts contains.

use serde_json::Map;

use super::ids::{Page, of_class};
use super::{savers, scan, script};
use crate::model::article::{AlbumRef, Counts, Reshare};
use crate::model::{AccountFields, ArticleFields, ArticleUrl, MediaRef, MediaRole, Time};
use crate::parse::json;
use crate::parse::time::printed;

/// Reads the fields of the article.
pub fn article(page: &Page<'_>) -> ArticleFields {
    // Reads the head once, so that megabytes of script are not searched for each field.
    let meta = Metas::read(page);
    let link = savers::article(page);
    let (date, changed) = printed_date(page)
        .map_or((None, false), |(text, changed)| (printed::read(&text, savers::saved_at(page)), changed));
    let title = by_id(page, "activity-name")
        .or_else(|| by_id(page, "js_video_page_title"))
        .or_else(|| by_id(page, "video_title"))
        .or_else(|| meta.title.clone())
        .or_else(|| by_id(page, "js_text_title"))
        .or_else(|| document_title(page));
    ArticleFields {
        url: link.canonical(),
        biz: link.biz,
        mid: link.mid,
        idx: link.idx,
        sn: link.sn,
        title,
        summary: meta.description,
        author: by_id(page, "js_author_name").or(meta.author).or_else(|| printed_author(page)),
        account_name: by_id(page, "js_name")
            .or_else(|| by_class(page, "profile_nickname"))
            .or_else(|| by_class(page, "account_nickname_inner")),
        published: date.filter(|_| !changed).or_else(|| savers::published(page)),
        modified: date.filter(|_| changed),
        original: page.by_id("copyright_logo").map(|_| true),
        source_url: page
            .by_id("js_view_source")
            .and_then(|tag| json::url(&tag.attribute("href")?))
            .filter(|url| url.starts_with("http")),
        title_modified: by_id(page, "js_title_modify").map(|_| true),
        counts: counts(page),
        albums: albums(page),
        cover: meta.image.map(|url| MediaRef::at(url, MediaRole::Cover)),
        place: by_id(page, "js_ip_wording").map(place_of),
        ..ArticleFields::default()
    }
}

/// Returns the counts of a page that was saved within WeChat after its scripts had run; `likeNum` has been 点赞 since
/// 在看 was introduced.
fn counts(page: &Page<'_>) -> Option<Counts> {
    let text = |ids: &[&str]| ids.iter().find_map(|id| by_id(page, id));
    let read = text(&["sg_readNum3", "readNum3", "readNum_new"]);
    let number = |text: &str| text.trim().trim_end_matches('+').replace(',', "").parse::<u64>().ok();
    let counts = Counts {
        read: read.as_deref().and_then(number),
        like: text(&["sg_likeNum3", "likeNum3", "likeNum_new"]).as_deref().and_then(number),
        capped: read.as_deref().is_some_and(|read| read.trim().ends_with('+')),
        ..Counts::default()
    };
    (counts.read.is_some() || counts.like.is_some()).then_some(counts)
}

/// Returns the albums that the page links to below its text.
fn albums(page: &Page<'_>) -> Vec<AlbumRef> {
    let Some(tags) = page.by_id("js_tags") else { return Vec::new() };
    let inner = scan::inner(&tags);
    let mut albums: Vec<AlbumRef> = Vec::new();
    let linked = [&b"<a"[..], b"<span", b"<div"].into_iter().flat_map(|name| scan::tags(inner, name));
    for tag in linked {
        let url = tag.attribute("data-url").or_else(|| tag.attribute("href")).and_then(|url| json::url(&url));
        let Some(url) = url.filter(|url| url.contains("/mp/appmsgalbum")) else { continue };
        let id: String = url
            .split_once("album_id=")
            .map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect())
            .unwrap_or_default();
        if id.is_empty() || albums.iter().any(|album| album.id == id) {
            continue;
        }
        let title = scan::text(scan::inner(&tag));
        let title = title.lines().next().unwrap_or_default().trim().trim_start_matches('#').trim().to_owned();
        albums.push(AlbumRef { id, title, url: Some(url) });
    }
    albums
}

/// Reads a reshare as the page shows it: a card that links to the original (`#js_share_content`), or a line above the
/// full text that names its account (`.original_primary_card_tips`).
pub fn reshare(page: &Page<'_>) -> Option<Reshare> {
    let source = page.by_id("js_share_source");
    let url = source
        .as_ref()
        .and_then(|tag| ArticleUrl::parse(&json::url(&tag.attribute("data-url").or_else(|| tag.attribute("href"))?)?));
    if page.by_id("js_share_content").is_some() || url.is_some() {
        let url = url.unwrap_or_default();
        return Some(Reshare {
            account_name: by_id(page, "js_share_author"),
            url: url.canonical(),
            biz: url.biz,
            title: by_id(page, "original_panel_title"),
            guide_words: written_notice(page).or_else(|| printed_lines(page, "js_share_notice")),
            inline: false,
        });
    }
    let account = by_class(page, "original_primary_nickname")?;
    // An account may name itself there.
    (by_id(page, "js_name").as_ref() != Some(&account)).then(|| Reshare {
        account_name: Some(account),
        inline: true,
        ..Reshare::default()
    })
}

/// Returns the visible text of an element with its line breaks.
fn printed_lines(page: &Page<'_>, id: &str) -> Option<String> {
    let inner = scan::inner(&page.by_id(id)?);
    let breaks: Vec<(usize, usize)> = scan::tags(inner, b"<br").map(|tag| (tag.start, tag.end)).collect();
    let starts = std::iter::once(0).chain(breaks.iter().map(|(_, end)| *end));
    let ends = breaks.iter().map(|(start, _)| *start).chain([inner.len()]);
    let lines = starts.zip(ends).map(|(start, end)| scan::text(&inner[start..end]));
    Some(lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty())
}

/// Returns the owner's words on a card whose page writes them by `….innerHTML = "…"`.
fn written_notice(page: &Page<'_>) -> Option<String> {
    let notice = scan::inner(&page.by_id("js_share_notice")?);
    let mark = b"innerHTML";
    let at = memchr::memmem::find(notice, mark)? + mark.len();
    let quote = notice[at..].iter().position(|byte| matches!(byte, b'"' | b'\''))?;
    script::Reader::new(notice, at + quote)
        .string()
        .map(|words| words.trim().to_owned())
        .filter(|words| !words.is_empty())
}

/// Completes a reshare from the page's scripts with what the page shows, including whether it is a card.
pub fn complete_reshare(reshare: &mut Reshare, shown: Option<&Reshare>, page: &Page<'_>) {
    let shown = shown.cloned().unwrap_or_else(|| Reshare {
        // There is no card: the page shows the text itself.
        inline: content(page).is_some(),
        ..Reshare::default()
    });
    reshare.account_name = reshare.account_name.take().or(shown.account_name);
    reshare.url = shown.url.or(reshare.url.take());
    reshare.biz = reshare.biz.take().or(shown.biz);
    reshare.title = reshare.title.take().or(shown.title);
    reshare.guide_words = reshare.guide_words.take().or(shown.guide_words);
    reshare.inline = shown.inline;
}

/// Returns the account as far as the page prints it.
pub fn account(page: &Page<'_>) -> AccountFields {
    let mut values = values_of_class(page, "profile_meta_value");
    AccountFields {
        name: by_id(page, "js_name")
            .or_else(|| by_class(page, "profile_nickname"))
            .or_else(|| by_class(page, "account_nickname_inner")),
        signature: (values.len() > 1).then(|| values.swap_remove(1)).filter(|text| !text.is_empty()),
        alias: values.into_iter().next().filter(|text| !text.is_empty() && text.is_ascii()),
        extra: Map::new(),
        ..AccountFields::default()
    }
}

/// Returns the inner HTML of `#js_content`, or of the elements that replace it on share pages.
pub fn content(page: &Page<'_>) -> Option<String> {
    let inner =
        // Never `js_share_content`: a card shows another author's text.
        ["js_content", "js_text_desc", "js_image_desc", "img_list"].iter().find_map(|id| {
            let inner = scan::inner(&page.by_id(id)?);
            (!inner.trim_ascii().is_empty()).then_some(inner)
        })?;
    Some(String::from_utf8_lossy(inner).into_owned())
}

/// The `<meta>` values of the head.
#[derive(Debug, Default)]
struct Metas {
    title: Option<String>,
    image: Option<String>,
    description: Option<String>,
    author: Option<String>,
}

impl Metas {
    fn read(page: &[u8]) -> Self {
        let mut metas = Self::default();
        for tag in scan::tags(page, b"<meta").take(64) {
            let name = tag.attribute("property").or_else(|| tag.attribute("name"));
            let name = name.map(|name| name.trim().to_ascii_lowercase());
            let (Some(name), Some(content)) = (name, tag.attribute("content")) else { continue };
            // The platform writes script escapes into its metas: `\x0a`, `\x26quot;`.
            let content = scan::decode(&script::js_decode(content.into_owned())).trim().to_owned();
            let slot = match name.as_str() {
                "og:title" | "twitter:title" => &mut metas.title,
                "og:image" | "twitter:image" => &mut metas.image,
                "og:description" | "twitter:description" | "description" => &mut metas.description,
                "author" | "og:article:author" => &mut metas.author,
                _ => continue,
            };
            if slot.is_none() && !content.is_empty() {
                *slot = Some(content);
            }
        }
        metas.image = metas.image.as_deref().and_then(json::url).filter(|url| url.starts_with("http"));
        metas
    }
}

fn document_title(page: &[u8]) -> Option<String> {
    let tag = scan::tags(page, b"<title").next()?;
    Some(scan::text(scan::inner(&tag))).filter(|title| !title.is_empty())
}

/// Returns the visible text of the element with this id.
fn by_id(page: &Page<'_>, id: &str) -> Option<String> {
    Some(scan::text(scan::inner(&page.by_id(id)?))).filter(|text| !text.is_empty())
}

/// Returns the author printed by older pages: the first plain entry of the line below the title.
fn printed_author(page: &Page<'_>) -> Option<String> {
    let line = scan::inner(&page.by_id("meta_content")?);
    scan::tags(line, b"<span")
        .chain(scan::tags(line, b"<em"))
        .filter(|tag| tag.attribute("id").is_none())
        .filter(|tag| {
            tag.attribute("class")
                .is_some_and(|class| class.split_whitespace().any(|class| class == "rich_media_meta_text"))
        })
        .map(|tag| scan::text(scan::inner(&tag)))
        .find(|text| {
            !text.is_empty() && wall_time(text).is_none() && !matches!(text.as_str(), "原创" | "原創" | "Original")
        })
}

fn by_class(page: &[u8], class: &str) -> Option<String> {
    values_of_class(page, class).into_iter().find(|text| !text.is_empty())
}

/// Returns the texts of the first few elements whose only class is `class`.
fn values_of_class(page: &[u8], class: &str) -> Vec<String> {
    of_class(page, class).map(|tag| scan::text(scan::inner(&tag))).collect()
}

/// Parses an unambiguous date: `2024-01-05 10:20`, `2024年1月5日 10:20`, `2024/1/5`, `Jan 5, 2024`.
pub fn wall_time(text: &str) -> Option<Time> {
    printed::exact(text)
}

/// Returns the date that the page prints below its title, and whether it is the date of a change.
fn printed_date(page: &Page<'_>) -> Option<(String, bool)> {
    const CHANGED: &[&str] = &["modified", "updated", "edited", "修改于", "更新于", "修改於", "更新於"];
    let text = by_id(page, "publish_time")?;
    let lower = text.to_lowercase();
    let changed = CHANGED.iter().any(|word| lower.starts_with(word));
    Some((text, changed))
}

/// Returns the printed date of a page, if neither it nor anything else on the page identifies the day.
pub fn unclear_date(page: &Page<'_>) -> Option<String> {
    let (text, _) = printed_date(page)?;
    (printed::read(&text, savers::saved_at(page)).is_none() && savers::published(page).is_none()).then_some(text)
}

/// Removes the words before a place, in the languages of the platform's pages.
fn place_of(text: String) -> String {
    const BEFORE: &[&str] = &["Posted from", "Posted in", "From", "发表于", "發表於", "IP属地：", "IP属地:", "IP属地"];
    let rest = BEFORE.iter().find_map(|word| text.strip_prefix(word)).map(|rest| rest.trim().to_owned());
    rest.filter(|rest| !rest.is_empty()).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_counts_are_read_and_capped_ones_are_marked() {
        let page = r#"<span id="readNum3"> 100000+ </span><span id="likeNum3">1,234</span>"#;
        let expected = Counts { read: Some(100_000), like: Some(1234), capped: true, ..Counts::default() };
        assert_eq!(counts(&Page::new(page.as_bytes())), Some(expected));
        assert_eq!(counts(&Page::new(br#"<span id="readNum3"></span>"#)), None);
    }

    #[test]
    fn a_page_without_scripts_is_read() {
        let page = r#"<!DOCTYPE html><!-- saved from url=(0058)https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv --><html><head><title></title>
            <meta content="题 &amp; 目" property="og:title"><meta content="https://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&amp;mid=26&amp;idx=2&amp;sn=ab" property="og:url">
            <meta property="og:description" content="一\x0a二 \x26quot;三\x26quot;"></head>
            <body><h1 id="activity-name"> 题 &amp; 目 </h1><div id="meta_content"><span class="rich_media_meta rich_media_meta_text"> 某人 </span>
            <a id="js_name"> 某号 </a><em id="publish_time">2024年1月5日 10:20</em><em id="js_ip_wording">北京</em></div>
            <div id="js_content" style="visibility: hidden"><p>正文</p></div></body></html>"#;
        let fields = article(&Page::new(page.as_bytes()));
        assert_eq!(fields.title.as_deref(), Some("题 & 目"));
        assert_eq!(fields.summary.as_deref(), Some("一\n二 \"三\""));
        assert_eq!(fields.author.as_deref(), Some("某人"));
        assert_eq!(fields.account_name.as_deref(), Some("某号"));
        assert_eq!(fields.published, Time::from_wall("2024-01-05 10:20"));
        assert_eq!(fields.place.as_deref(), Some("北京"));
        assert_eq!(fields.url.as_deref(), Some("https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"));
        assert_eq!(content(&Page::new(page.as_bytes())).as_deref(), Some("<p>正文</p>"));
    }
}
