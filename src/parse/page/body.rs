//! Extracts the raw body of a page by the page's type: the owner's own words and media, as HTML for the sanitiser.

use serde_json::{Map, Value};

use super::fields::{paragraphs, shows_anything};
use super::ids::Page;
use super::media;
use super::{dom, scan, script, sound};
use crate::html::{escape_attribute, escape_paragraphs};
use crate::model::article::Reshare;
use crate::model::{MediaRef, Rank};
use crate::parse::json::Json;

/// A body before it is sanitised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawBody {
    /// The HTML, which is untrusted.
    pub html: String,
    /// The source of the body.
    pub rank: Option<Rank>,
    /// Whether the body is a third party's text, reshared.
    pub third_party: bool,
}

/// Returns the body from the page's data or else from its elements.
pub fn of_data(
    kind: i64,
    values: &Map<String, Value>,
    page: &Page<'_>,
    reshare: Option<&mut Reshare>,
) -> Option<RawBody> {
    let data = Json(values);
    let content = data.text("content_noencode").unwrap_or_default();
    let from_data = |html: String| {
        shows_anything(&html).then_some(RawBody { html, rank: Some(Rank::PageData), third_party: false })
    };
    if let Some(reshare) = reshare {
        return reshared(&content, values, page, reshare);
    }
    match kind {
        8 => from_data(format!("{}{}", paragraphs(&content), gallery(&media::pictures(values).0))),
        10 | 17 => from_data(format!(
            "{}{}{}",
            videos(values),
            paragraphs(&text_of(values)),
            gallery(&pictures_of_text(values))
        )),
        5 | 16 => from_data(format!("{}{}", videos(values), paragraphs(&content))),
        6 | 7 => from_data(format!("{}{}", voices(values), paragraphs(&content))).or_else(|| of_elements(page)),
        _ if shows_anything(&content) => from_data(content),
        _ => of_elements(page),
    }
}

/// Returns the body from the page's elements.
pub fn of_elements(page: &Page<'_>) -> Option<RawBody> {
    let html = dom::content(page).filter(|html| shows_anything(html))?;
    Some(RawBody { html, rank: Some(Rank::Dom), third_party: false })
}

/// The `reprint_style` of a reshare that is shown as a card.
const CARD_STYLE: i64 = 2;

/// Returns the body of a reshare. Shown as a card, it is only the owner's words: the third party's whole text in the
/// page's data is evidence, not the body. Shown in full, that text is the body, and a third party's.
fn reshared(content: &str, values: &Map<String, Value>, page: &Page<'_>, reshare: &mut Reshare) -> Option<RawBody> {
    let style = Json(values).object("copyright_info").and_then(|info| info.int("reprint_style"));
    // A page saved after its scripts had run shows an excerpt within the card.
    let drawn_as_card = page.by_id("js_share_content").is_some();
    let card = style == Some(CARD_STYLE) || drawn_as_card || {
        match page.by_id("js_content").map(|tag| scan::inner(&tag)) {
            Some(inner) => !shows_anything(&String::from_utf8_lossy(inner)),
            // A page rendered by script: without words of the owner, the text must have been shown in full.
            None => reshare.guide_words.is_some() || content.is_empty(),
        }
    };
    reshare.inline = !card;
    if card {
        return words_of_card(reshare).map(|body| RawBody { rank: Some(Rank::PageData), ..body });
    }
    Some(RawBody { html: content.to_owned(), rank: Some(Rank::PageData), third_party: true })
        .filter(|body| shows_anything(&body.html))
        .or_else(|| of_elements(page).map(|body| RawBody { third_party: true, ..body }))
}

/// Returns the body of a reshare shown as a card: the owner's words without the other author's text.
pub fn words_of_card(reshare: &Reshare) -> Option<RawBody> {
    let html = paragraphs(reshare.guide_words.as_deref().unwrap_or_default());
    shows_anything(&html).then_some(RawBody { html, rank: Some(Rank::Dom), third_party: false })
}

/// Returns the text of a text post: its own field, the caption, or the title if that is the whole text.
fn text_of(values: &Map<String, Value>) -> String {
    let data = Json(values);
    let page = data.object("text_page_info");
    page.and_then(|page| page.text("content_noencode").or_else(|| page.text("content")))
        .or_else(|| data.text("content_noencode"))
        .or_else(|| data.text("title"))
        .unwrap_or_default()
}

fn pictures_of_text(values: &Map<String, Value>) -> Vec<MediaRef> {
    let (mut pictures, _) = media::pictures(values);
    if let Some(page) = Json(values).object("text_page_info") {
        let urls =
            page.objects("picture_info").into_iter().filter_map(|info| info.url("cdn_url").or_else(|| info.url("url")));
        let short = page.get("short_msg_pic_url").and_then(Value::as_array).into_iter().flatten();
        let short = short.filter_map(|url| crate::parse::json::url(url.as_str()?));
        for url in urls.chain(short) {
            let picture = MediaRef::at(url, crate::model::MediaRole::Picture);
            if !pictures.iter().any(|other| other.key == picture.key) {
                pictures.push(picture);
            }
        }
    }
    pictures
}

fn push_number(name: &str, number: u64, html: &mut String) {
    html.extend([" ", name, "=\"", &number.to_string(), "\""]);
}

/// Renders pictures as one gallery of figures.
pub fn gallery(pictures: &[MediaRef]) -> String {
    if pictures.is_empty() {
        return String::new();
    }
    let mut html = String::from("<div class=\"liudi-gallery\">");
    for picture in pictures {
        html.push_str("<figure><img data-src=\"");
        escape_attribute(picture.urls.first().map(String::as_str).unwrap_or_default(), &mut html);
        html.push('"');
        for (name, pixels) in [("width", picture.width), ("height", picture.height)] {
            if let Some(pixels) = pixels {
                push_number(name, u64::from(pixels), &mut html);
            }
        }
        html.push_str("></figure>");
    }
    html.push_str("</div>");
    html
}

/// Renders the videos of a video page in the platform's own markup for videos in articles.
fn videos(values: &Map<String, Value>) -> String {
    let mut infos = Json(values).objects("video_page_infos");
    if infos.is_empty() {
        infos.extend(Json(values).object("video_page_info"));
    }
    let mut html = String::new();
    for info in infos {
        let Some(id) = info.text("video_id").or_else(|| info.text("hit_vid")) else { continue };
        let cover =
            ["cover_url", "cover_url_16_9", "cover_url_1_1"].iter().find_map(|key| info.url(key)).unwrap_or_default();
        html.push_str(&video(&id, &cover));
    }
    html
}

/// Renders the sounds of a sound page likewise. A sound without a name gets the article's title.
fn voices(values: &Map<String, Value>) -> String {
    let mut html = String::new();
    for mut sound in sound::sounds(values) {
        sound.name = sound.name.or_else(|| Json(values).text("title"));
        sound.html(&mut html);
    }
    html
}

/// Returns the body of an older sound page.
pub fn older_sound(page: &Page<'_>) -> Option<RawBody> {
    let mut html = String::new();
    sound::older(page)?.html(&mut html);
    html.push_str(&words_of_share(page));
    Some(RawBody { html, rank: Some(Rank::PageVars), third_party: false })
}

/// Returns the pictures of an older picture page, from its `#img_list`.
pub fn older_pictures(page: &Page<'_>) -> Vec<MediaRef> {
    let Some(list) = page.by_id("img_list") else { return Vec::new() };
    let mut pictures: Vec<MediaRef> = Vec::new();
    for tag in scan::tags(scan::inner(&list), b"<img") {
        let src =
            tag.attribute("data-src").or_else(|| tag.attribute("src")).and_then(|src| crate::parse::json::url(&src));
        if let Some(src) = src.filter(|src| src.starts_with("http")) {
            let picture = MediaRef::at(src, crate::model::MediaRole::Picture);
            if !pictures.iter().any(|known| known.key == picture.key) {
                pictures.push(picture);
            }
        }
    }
    pictures
}

/// Returns the body of an older picture page: the owner's words and the gallery.
pub fn older_gallery(page: &Page<'_>) -> Option<RawBody> {
    let pictures = older_pictures(page);
    let mut html = words_of_share(page);
    html.push_str(&gallery(&pictures));
    (!pictures.is_empty()).then_some(RawBody { html, rank: Some(Rank::Dom), third_party: false })
}

/// Returns the owner's words on an older share page: printed, or written by a `document.write("…")` in its content.
pub fn words_of_share(page: &Page<'_>) -> String {
    let mut html = String::new();
    let printed = ["js_image_desc", "js_text_desc"]
        .iter()
        .find_map(|id| Some(scan::text(scan::inner(&page.by_id(id)?))).filter(|text| !text.is_empty()));
    let written = || {
        let content = scan::inner(&page.by_id("js_content")?);
        let at = memchr::memmem::find(content, b"document.write(")? + b"document.write(".len();
        script::Reader::new(content, at).string()
    };
    escape_paragraphs(&printed.or_else(written).unwrap_or_default(), &mut html);
    html
}

/// Returns the body of an older video page, whose id is in `window.cgiData`.
pub fn older_video(page: &Page<'_>) -> Option<RawBody> {
    let values = super::data::object_assigned(page, b"window.cgiData")?.values;
    let data = Json(&values);
    let id = data.text("vid")?;
    let cover = ["hit_cover", "cover", "video_cover"].iter().find_map(|key| data.url(key)).unwrap_or_default();
    let mut html = video(&id, &cover);
    html.push_str(&words_of_share(page));
    Some(RawBody { html, rank: Some(Rank::PageVars), third_party: false })
}

/// Returns the text of an older text post: `var TextContentNoEncode = window.a_value_which_never_exists || '…'`, or
/// else the printed text.
pub fn older_text(page: &Page<'_>, values: &Map<String, Value>) -> Option<RawBody> {
    let data = Json(values);
    let stated = ["TextContentNoEncode", "ContentNoEncode"].iter().find_map(|key| data.text(key));
    let stated =
        stated.or_else(|| super::data::value_assigned(page, b"TextContentNoEncode")?.as_str().map(str::to_owned));
    let (html, rank) = match stated {
        Some(text) => (paragraphs(&text), Rank::PageVars),
        None => (words_of_share(page), Rank::Dom),
    };
    shows_anything(&html).then_some(RawBody { html, rank: Some(rank), third_party: false })
}

/// Renders a video in the platform's own markup.
fn video(id: &str, cover: &str) -> String {
    let mut html = String::from("<iframe class=\"video_iframe\" data-mpvid=\"");
    escape_attribute(id, &mut html);
    html.push_str("\" data-cover=\"");
    html.extend(percent_encoding::utf8_percent_encode(cover, percent_encoding::NON_ALPHANUMERIC));
    html.push_str("\"></iframe>");
    html
}
