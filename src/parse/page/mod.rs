//! Reads a saved article page of any generation: the fields from each of its layers, its raw body, or the notice shown
//! instead of the article.
//!
//! The layers are `window.cgiDataNew` (since 2025), the older statements of its scripts, and its elements. A page with
//! complete data is not searched further: of three megabytes only about 100 KB are parsed.

pub mod body;
pub mod clipping;
pub mod comments;
pub mod data;
pub mod dom;
pub mod fields;
pub mod ids;
pub mod inline;
pub mod media;
pub mod savers;
pub mod scan;
pub mod script;
pub mod sound;
pub mod unavailable;
pub mod vars;

use std::borrow::Cow;
use std::collections::BTreeMap;

use memchr::memmem;

use self::body::RawBody;
use self::ids::{Page, has_id};
use self::unavailable::Unavailable;
use super::encoding::{self, Decoded};
use super::json;
use crate::html::{ORIGINALS, part_name};
use crate::model::{AccountFields, AlbumFields, ArticleFields, ArticleUrl, MediaKey, MediaRef, Rank, Time};

/// The result of parsing a page.
#[derive(Clone, Debug)]
pub enum ParsedPage {
    /// An article.
    Article(Box<ArticlePage>),
    /// A notice instead of an article, and the article as far as the page identifies it.
    Unavailable(Unavailable, ArticleUrl),
    /// Not an article page of the platform.
    NotAPage,
}

/// An article read from its page.
#[derive(Clone, Debug, Default)]
pub struct ArticlePage {
    /// All parts of the identity that the page contains.
    pub link: ArticleUrl,
    /// The fields of each layer, best first.
    pub layers: Vec<(Rank, ArticleFields)>,
    /// The account.
    pub account: AccountFields,
    /// The albums that the page names.
    pub albums: Vec<AlbumFields>,
    /// The body.
    pub body: Option<RawBody>,
    /// Videos and sounds that the page lists, with their addresses.
    pub videos: Vec<MediaRef>,
    /// Files next to the page that are copies of the platform's media.
    pub local: BTreeMap<MediaKey, String>,
    /// The platform's ids of pictures (`data-imgfileid`), after which some files are named.
    pub numbers: BTreeMap<MediaKey, String>,
    /// The time when the platform served the page.
    pub as_of: Option<Time>,
    /// Whether the page is truncated within its data.
    pub truncated: bool,
    /// Whether the article is paid and the page contains only the free part.
    pub preview_only: bool,
    /// The number of values in the data of an unsupported form, which are missing from the fields.
    pub skipped: usize,
    /// The printed date, if it does not identify a day ("yesterday").
    pub unclear_date: Option<String>,
}

/// Reports whether the bytes may be an article page; a cheap check to recognize inputs.
pub fn looks_like_page(bytes: &[u8]) -> bool {
    const SIGNS: [&[u8]; 4] = [b"cgiDataNew", b"var msg_title", b"id=\\\"js_article\\\"", b"id=\\\"js_content\\\""];
    // In the order in which they occur in a page, so that the first usually decides.
    ["js_article", "js_content"].iter().any(|id| has_id(bytes, id))
        || SIGNS.iter().any(|sign| memmem::find(bytes, sign).is_some())
}

/// Reads a page.
pub fn parse(bytes: &[u8]) -> ParsedPage {
    parse_prepared(&prepared(bytes, None).bytes)
}

/// Restores the page as it was before it was saved: as UTF-8, without the changes of a JSON dump or a web archive.
/// `label` is an external declaration of the encoding.
pub fn prepared<'a>(bytes: &'a [u8], label: Option<&str>) -> Decoded<'a> {
    let decoded = encoding::decode_and_repair(bytes, label);
    let bytes = match decoded.bytes {
        Cow::Borrowed(bytes) => restored(bytes),
        Cow::Owned(bytes) => Cow::Owned(restored(&bytes).into_owned()),
    };
    Decoded { bytes, ..decoded }
}

fn restored(page: &[u8]) -> Cow<'_, [u8]> {
    match unescaped(page) {
        Cow::Borrowed(page) => savers::unarchived(page),
        Cow::Owned(page) => Cow::Owned(savers::unarchived(&page).into_owned()),
    }
}

/// Reads a page that was [`prepared`].
pub fn parse_prepared(page: &[u8]) -> ParsedPage {
    let page = &Page::new(page);
    if let Some(data) = data::cgi_data_new(page) {
        let values = json::Json(&data.values);
        let empty = ["title", "content_noencode", "bizuin", "mid", "picture_page_info_list"]
            .iter()
            .all(|key| values.text(key).is_none() && values.objects(key).is_empty());
        if !empty {
            return ParsedPage::Article(Box::new(of_data(page, &data)));
        }
    }
    if page.by_id("js_article").is_some() || page.by_id("js_content").is_some() {
        return ParsedPage::Article(Box::new(of_older(page)));
    }
    match unavailable::read(page) {
        Some(found) => {
            let said = vars::article(&data::statements(page));
            let said = ArticleUrl { biz: said.biz, mid: said.mid, idx: said.idx, sn: said.sn, ..ArticleUrl::default() };
            ParsedPage::Unavailable(found, joined(savers::article(page), said))
        }
        None => ParsedPage::NotAPage,
    }
}

/// Reads a page since 2025.
fn of_data(page: &Page<'_>, data: &data::PageData) -> ArticlePage {
    let values = &data.values;
    let mut fields = fields::article(values);
    let kind = fields.item_show_type.unwrap_or(0);
    let (pictures, moving) = if matches!(kind, 8 | 10 | 17) { media::pictures(values) } else { Default::default() };
    let videos = media::videos(values);
    fields.pictures = pictures;
    fields.attachments = moving;
    if matches!(kind, 5 | 16) {
        fields.attachments.extend(videos.iter().cloned());
    }
    let sounds = sound::sounds(values);
    let content = json::Json(values).text("content_noencode").unwrap_or_default();
    // The sounds of a sound page are its body; other bodies refer to their sounds.
    let beside = sounds.iter().filter(|sound| !matches!(kind, 6 | 7) && !sound.is_named_in(&content));
    fields.attachments.extend(beside.filter_map(sound::Sound::medium));
    let body = body::of_data(kind, values, page, fields.reshare.as_mut());
    if let Some(reshare) = &mut fields.reshare {
        reshare.title = json::Json(values).text("source_title");
    }
    let link = json::Json(values).url("link").and_then(|link| ArticleUrl::parse(&link)).unwrap_or_default();
    let mut link = joined(identity(&fields), link);
    let preview_only = fields.paid.as_ref().is_some_and(|paid| paid.preview_only);
    let mut layers = vec![(Rank::PageData, fields)];
    if link.biz.is_none() || link.mid.is_none() {
        // One page in 26 has no id in its data, but has one in the older statements.
        let older = vars::article(&data::statements(page));
        link = joined(link, identity(&older));
        layers.push((Rank::PageVars, older));
    }
    link = joined(link, savers::saved_from(page).unwrap_or_default());
    ArticlePage {
        layers,
        account: fields::account(values),
        albums: fields::albums(values),
        body,
        videos: videos.into_iter().chain(sounds.iter().filter_map(sound::Sound::medium)).collect(),
        local: local_files(page),
        numbers: numbers(page),
        unclear_date: None,
        as_of: json::Json(values).time("svr_time"),
        truncated: data.truncated,
        skipped: data.skipped,
        preview_only,
        link,
    }
}

/// Reads a page before 2025, or one without its scripts.
fn of_older(page: &Page<'_>) -> ArticlePage {
    let values = data::statements(page);
    let mut stated = vars::article(&values);
    let mut shown = dom::article(page);
    if stated.item_show_type.is_none() && !values.is_empty() {
        stated.item_show_type = drawn_as(page);
    }
    let kind = stated.item_show_type.or_else(|| drawn_as(page)).unwrap_or(0);
    shown.reshare = dom::reshare(page).filter(|_| stated.original != Some(true));
    // Both layers get all facts about a reshare, because the better layer provides the whole field.
    if let Some(reshare) = &mut stated.reshare {
        dom::complete_reshare(reshare, shown.reshare.as_ref(), page);
    }
    let reshare = stated.reshare.as_ref().or(shown.reshare.as_ref());
    let mut body = match kind {
        _ if reshare.is_some() => None,
        8 => body::older_gallery(page),
        5 => body::older_video(page),
        6 | 7 => body::older_sound(page),
        10 => body::older_text(page, &values),
        _ => None,
    };
    match reshare {
        Some(reshare) if !reshare.inline => body = body::words_of_card(reshare),
        Some(_) => body = body::of_elements(page).map(|body| RawBody { third_party: true, ..body }),
        None => body = body.or_else(|| body::of_elements(page)),
    }
    if kind == 8 && reshare.is_none() {
        shown.pictures = body::older_pictures(page);
    }
    let shown_account = dom::account(page);
    let mut account = vars::account(&values);
    account.name = account.name.or(shown_account.name);
    account.alias = account.alias.or(shown_account.alias);
    account.signature = account.signature.or(shown_account.signature);
    let link = joined(identity(&stated), identity(&shown));
    let link = joined(link, shown.url.as_deref().and_then(ArticleUrl::parse).unwrap_or_default());
    let preview_only = stated.paid.as_ref().is_some_and(|paid| paid.preview_only);
    let albums = shown
        .albums
        .iter()
        .map(|album| AlbumFields {
            id: Some(album.id.clone()),
            title: Some(album.title.clone()).filter(|title| !title.is_empty()),
            url: album.url.clone(),
            ..AlbumFields::default()
        })
        .collect();
    let mut layers = vec![(Rank::PageVars, stated), (Rank::Dom, shown)];
    if values.is_empty() {
        layers.remove(0);
        layers[0].1.item_show_type = Some(kind);
    }
    ArticlePage {
        link,
        layers,
        account,
        albums,
        body,
        preview_only,
        local: local_files(page),
        numbers: numbers(page),
        unclear_date: dom::unclear_date(page),
        as_of: vars::served(&values),
        truncated: is_cut(page),
        ..ArticlePage::default()
    }
}

/// Reports whether the page ends within its content.
fn is_cut(page: &Page<'_>) -> bool {
    page.by_id("js_content").or_else(|| page.by_id("js_article")).is_some_and(|tag| {
        let inner = scan::inner(&tag);
        std::ptr::eq(inner.as_ptr_range().end, page.as_ptr_range().end)
    })
}

/// Infers the type of a page that does not state it from its elements.
fn drawn_as(page: &Page<'_>) -> Option<i64> {
    let signs: [(&str, i64); 7] = [
        ("img_list", 8),
        ("js_mpvedio", 5),
        ("js_video_page_title", 5),
        ("js_text_desc", 10),
        ("js_audio_title", 7),
        ("audio_panel_area", 7),
        ("voice_parent", 7),
    ];
    signs.into_iter().find(|(id, _)| page.by_id(id).is_some()).map(|(_, kind)| kind)
}

fn identity(fields: &ArticleFields) -> ArticleUrl {
    ArticleUrl {
        biz: fields.biz.clone(),
        mid: fields.mid.clone(),
        idx: fields.idx.clone(),
        sn: fields.sn.clone(),
        ..ArticleUrl::default()
    }
}

/// Merges two statements of one identity; the first takes precedence. Statements about different articles are not
/// merged.
pub fn joined(first: ArticleUrl, second: ArticleUrl) -> ArticleUrl {
    let differs = |left: &Option<String>, right: &Option<String>| matches!((left, right), (Some(left), Some(right)) if left != right);
    if differs(&first.mid, &second.mid) || differs(&first.idx, &second.idx) || differs(&first.sn, &second.sn) {
        return first;
    }
    ArticleUrl {
        short: first.short.or(second.short),
        biz: first.biz.or(second.biz),
        mid: first.mid.or(second.mid),
        idx: first.idx.or(second.idx),
        sn: first.sn.or(second.sn),
        temporary: first.temporary && second.temporary,
    }
}

/// Returns the local files of images. "Web page, complete" and exporters leave the original URL in `data-src` and set
/// `src` to a file next to the page or a part of the same message (`cid:`).
fn local_files(page: &[u8]) -> BTreeMap<MediaKey, String> {
    let mut files = BTreeMap::new();
    for tag in scan::tags(page, b"<img") {
        let Some(file) = tag.attribute("src").and_then(|src| part_name(&src).or_else(|| local_name(&src))) else {
            continue;
        };
        let original = ORIGINALS.iter().find_map(|name| tag.attribute(name));
        if let Some(original) = original.and_then(|original| json::url(&original)).filter(|url| url.starts_with("http"))
        {
            files.entry(MediaKey::of_url(&original)).or_insert(file);
        }
    }
    files
}

/// Returns the platform's ids of the pictures that a page shows.
fn numbers(page: &[u8]) -> BTreeMap<MediaKey, String> {
    let mut numbers = BTreeMap::new();
    for tag in scan::tags(page, b"<img") {
        let Some(number) = tag.attribute("data-imgfileid").filter(|number| !number.is_empty()) else { continue };
        let original = tag.attribute("data-src").and_then(|original| json::url(&original));
        if let Some(original) = original.filter(|url| url.starts_with("http")) {
            numbers.entry(MediaKey::of_url(&original)).or_insert(number.into_owned());
        }
    }
    numbers
}

fn is_local(src: &str) -> bool {
    !src.is_empty() && !src.starts_with(['/', '#', '\'', '"', '+', '{', '$']) && !src.contains(':') && src.len() < 1_000
}

/// Returns the name of a file next to the page, percent-decoded and without query; `None` if the address is elsewhere.
fn local_name(src: &str) -> Option<String> {
    if !is_local(src) {
        return None;
    }
    let path = src.split(['?', '#']).next().unwrap_or(src);
    let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    let path = path.trim().trim_start_matches("./");
    let outside = path.split(['/', '\\']).any(|part| part == "..");
    (!path.is_empty() && !outside && !path.chars().any(char::is_control)).then(|| path.to_owned())
}

/// Unescapes a page that was taken unparsed from a JSON dump (`<meta content=\"…\">\n`).
fn unescaped(bytes: &[u8]) -> Cow<'_, [u8]> {
    let head = &bytes[..bytes.len().min(4096)];
    let has = |needle: &[u8]| memmem::find(head, needle).is_some();
    if !(has(b"=\\\"") && has(b"\\n") && !has(b"=\"")) {
        return Cow::Borrowed(bytes);
    }
    // The reader expects a string literal, so quotes are added around the text and escaped within it.
    let text = bytes.trim_ascii();
    let text = text.strip_prefix(b"\"").map_or(text, |text| text.strip_suffix(b"\"").unwrap_or(text));
    let mut literal = Vec::with_capacity(text.len() + 2);
    literal.push(b'"');
    let mut escape = false;
    for &byte in text {
        if byte == b'"' && !escape {
            literal.push(b'\\');
        }
        escape = byte == b'\\' && !escape;
        literal.push(byte);
    }
    if escape {
        literal.push(b'\\');
    }
    literal.push(b'"');
    match script::Reader::new(&literal, 0).string() {
        Some(page) => Cow::Owned(page.into_bytes()),
        None => Cow::Borrowed(bytes),
    }
}
