//! Converts the values of `window.cgiDataNew` to the fields of the article, the account and the albums.

use serde_json::{Map, Value};

use super::scan;
use crate::model::article::{AlbumRef, Counts, Paid, Reshare};
use crate::model::{AccountFields, AlbumFields, ArticleFields, ArticleUrl, MediaRef, MediaRole, Time};
use crate::parse::json::Json;

/// Other crops of the cover.
const COVERS: &[&str] = &["cdn_url_235_1", "cdn_url_1_1", "cdn_url_16_9", "cdn_url_3_4"];

/// Values kept unchanged because they may become relevant and reveal nothing about a visitor.
const EXTRA: &[&str] = &[
    "aigc_pictures",
    "ainfos",
    "anchor_tree",
    "app_id",
    "appmsg_listen_id",
    "at_biz_list",
    "author_id",
    "ban_scene",
    "biz_card",
    "claim_source",
    "copyright_info",
    "del_reason_id",
    "extra_comment_id",
    "fast_send_info",
    "finder_audio_card",
    "finder_audio_card_list",
    "finder_music_card",
    "finder_music_card_list",
    "hashtags",
    "hotspotinfolist",
    "live_info",
    "location",
    "locationlist",
    "malicious_content_type",
    "malicious_title_reason_id",
    "modify_detail",
    "msg_daily_idx",
    "pay_subscribe_info",
    "product_pay_package",
    "public_tag_info",
    "reward_wording",
    "segment_comment_id",
    "source_title",
    "topic_infos",
    "trans_appmsg_info",
    "total_item_num",
    "voice_in_appmsg",
    "voice_in_appmsg_list_json",
    "weapp_card",
    "weapp_link",
];

/// Returns the fields of the article.
pub fn article(values: &Map<String, Value>) -> ArticleFields {
    let data = Json(values);
    let link = data.url("link").and_then(|link| ArticleUrl::parse(&link)).unwrap_or_default();
    let biz = data.text("bizuin").or_else(|| link.biz.clone());
    let mid = data.id("mid").or_else(|| link.mid.clone());
    let idx = data.id("idx").or_else(|| link.idx.clone()).or_else(|| mid.as_ref().map(|_| "1".to_owned()));
    let sn = data.text("sn").or_else(|| link.sn.clone());
    let whole = ArticleUrl { biz: biz.clone(), mid: mid.clone(), idx: idx.clone(), sn: sn.clone(), ..link };
    let kind = show_type(values);
    let copyright = data.object("copyright_info");
    let stat = copyright.and_then(|info| info.int("copyright_stat"));
    ArticleFields {
        url: whole.canonical(),
        biz,
        mid,
        idx,
        sn,
        title: title(values, kind),
        // The scripts of the pages decode the summary before they show it, but not the title.
        summary: data.text("desc").map(|text| scan::decode(&text).into_owned()),
        author: data.text("author"),
        account_name: data.text("nick_name"),
        account_user_name: data.text("user_name"),
        published: published(data),
        modified: data.time("modify_time"),
        item_show_type: Some(kind),
        publish_type: data.int("type").filter(|kind| *kind > 0),
        original: stat.map(|stat| stat == 1),
        copyright_stat: stat,
        reshare: copyright.filter(|_| stat == Some(2) || kind == 11).map(reshare),
        source_url: data.url("source_url"),
        cover: ["cdn_url"]
            .iter()
            .chain(COVERS)
            .find_map(|key| data.url(key))
            .map(|url| MediaRef::at(url, MediaRole::Cover)),
        place: data
            .object("ip_wording")
            .and_then(|place| place.text("province_name").or_else(|| place.text("country_name"))),
        albums: albums(values)
            .into_iter()
            .map(|album| AlbumRef {
                id: album.id.unwrap_or_default(),
                title: album.title.unwrap_or_default(),
                url: album.url,
            })
            .collect(),
        tags: tags(data),
        counts: counts(data),
        pictures: Vec::new(),
        attachments: Vec::new(),
        comment_id: data.id("comment_id"),
        claim: data
            .object("claim_source")
            .and_then(|claim| claim.text("claim_source").or_else(|| claim.text("wording"))),
        paid: paid(data),
        language: data.text("lang"),
        deleted: None,
        title_modified: data.int("is_title_modified").filter(|value| *value > 0).map(|_| true),
        extra: extra(values),
    }
}

/// Returns the article's type. `real_item_show_type` takes precedence: `item_show_type` may only describe how the page
/// is *drawn*.
pub fn show_type(values: &Map<String, Value>) -> i64 {
    let data = Json(values);
    data.int("real_item_show_type").filter(|kind| *kind > 0).or_else(|| data.int("item_show_type")).unwrap_or(0)
}

/// Returns the title. A text post without a title has its whole text as title: that is the body, not a title.
fn title(values: &Map<String, Value>, kind: i64) -> Option<String> {
    let data = Json(values);
    let title = data.text("title")?;
    if matches!(kind, 10 | 17) {
        let page = data.object("text_page_info");
        let declared = page.and_then(|page| page.int("is_user_title"));
        let text = page.and_then(|page| page.text("content_noencode").or_else(|| page.text("content")));
        if declared == Some(0) && data.text("content_noencode").is_none() || text.as_deref() == Some(title.as_str()) {
            return None;
        }
    }
    Some(title)
}

fn published(data: Json<'_>) -> Option<Time> {
    ["ori_send_time", "create_timestamp", "ori_create_time"]
        .into_iter()
        .find_map(|key| data.time(key))
        .or_else(|| Time::from_wall(&data.text("create_time")?))
}

fn reshare(info: Json<'_>) -> Reshare {
    let from = ArticleUrl {
        biz: info.text("source_encode_biz"),
        mid: info.id("source_mid"),
        idx: info.id("source_idx"),
        ..ArticleUrl::default()
    };
    let given = info.url("reprint_url").and_then(|url| ArticleUrl::parse(&url)).and_then(|url| url.canonical());
    Reshare {
        account_name: info.text("platform").or_else(|| info.text("source_nickname")),
        url: given.or_else(|| from.canonical()),
        biz: from.biz,
        title: None,
        guide_words: info.text("guide_words"),
        inline: false,
    }
}

/// Returns the free part of a paid article and its price.
fn paid(data: Json<'_>) -> Option<Paid> {
    data.int("is_pay_subscribe").filter(|value| *value > 0)?;
    let info = data.object("pay_subscribe_info");
    let percent = info.and_then(|info| info.count("preview_percent"));
    let bought = data.object("user_info").and_then(|user| user.int("is_paid")).or_else(|| data.int("is_paid"));
    Some(Paid {
        preview_percent: percent,
        price_fen: info.and_then(|info| info.int("fee")).filter(|fee| *fee > 0),
        // Without a purchase the platform sends only the free part, unless the whole article is free.
        preview_only: bought != Some(1) && percent != Some(100),
    })
}

/// Returns the counts, which a page contains only if it was opened within WeChat.
fn counts(data: Json<'_>) -> Option<Counts> {
    let bar = data
        .object("user_info")
        .and_then(|user| user.object("appmsg_bar_data"))
        .or_else(|| data.object("appmsg_bar_data"))
        // Zeroes are counts only if the platform states that it had the data.
        .filter(|bar| bar.int("get_data_succ") == Some(1) || bar.count("read_num").is_some_and(|count| count > 0));
    // This count is in every page.
    let shown_comments = data.object("rt_biz_info").and_then(|info| info.count("elected_comment_total_cnt"));
    let count = |key: &str| bar.and_then(|bar| bar.count(key));
    (bar.is_some() || shown_comments.is_some()).then(|| Counts {
        read: count("read_num"),
        like: count("old_like_count"),
        looking: count("like_count"),
        share: count("share_count"),
        comment: count("comment_count"),
        collect: count("collect_count"),
        shown_comments,
        capped: false,
        as_of: None,
    })
}

fn tags(data: Json<'_>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    let mut add = |tag: String| {
        let tag = tag.trim_start_matches('#').trim().to_owned();
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    };
    for topic in data.objects("topic_infos") {
        if let Some(name) = topic.text("name").or_else(|| topic.text("topic_name")) {
            add(name);
        }
    }
    // A tag with an album is an album; the others are topics.
    for tag in data.object("public_tag_info").map(|info| info.objects("tags")).unwrap_or_default() {
        if tag.id("album_id").is_none()
            && let Some(name) = tag.text("tag_name")
        {
            add(name);
        }
    }
    tags
}

/// Returns the albums an article names: its own (with its neighbours) and those of its tags.
pub fn albums(values: &Map<String, Value>) -> Vec<AlbumFields> {
    let data = Json(values);
    let named = data.object("public_tag_info").map(|info| info.objects("tags")).unwrap_or_default();
    let from_tags = named.into_iter().filter_map(|tag| tag.object("album_info"));
    let mut albums: Vec<AlbumFields> = Vec::new();
    for info in data.object("appmsgalbuminfo").into_iter().chain(from_tags) {
        let Some(id) = info.id("album_id_str").or_else(|| info.id("album_id")) else { continue };
        if albums.iter().any(|album| album.id.as_ref() == Some(&id)) {
            continue;
        }
        let mut extra = Map::new();
        for key in ["pre_article_link", "next_article_link"] {
            // `--discover` uses the neighbours.
            if let Some(link) =
                info.url(key).and_then(|link| ArticleUrl::parse(&link)).and_then(|link| link.canonical())
            {
                extra.insert(key.to_owned(), Value::String(link));
            }
        }
        albums.push(AlbumFields {
            title: info.text("title"),
            url: info.url("link"),
            declared_count: info.count("content_size").filter(|count| *count > 0),
            id: Some(id),
            extra,
            ..AlbumFields::default()
        });
    }
    albums
}

/// Returns the account as its page describes it.
pub fn account(values: &Map<String, Value>) -> AccountFields {
    let data = Json(values);
    AccountFields {
        biz: data.text("bizuin"),
        user_name: data.text("user_name"),
        name: data.text("nick_name"),
        alias: data.text("alias"),
        signature: data.text("signature"),
        avatar: ["hd_head_img", "round_head_img", "ori_head_img_url"].into_iter().find_map(|key| data.url(key)),
        service_type: data
            .int("new_service_type")
            .filter(|kind| *kind > 0)
            .or_else(|| data.int("servicetype").filter(|kind| *kind > 0)),
        verify_status: data.int("verify_status"),
        extra: Map::new(),
    }
}

fn extra(values: &Map<String, Value>) -> Map<String, Value> {
    let mut extra = Map::new();
    for key in EXTRA {
        if let Some(value) = values.get(*key).filter(|value| is_telling(value)) {
            extra.insert((*key).to_owned(), value.clone());
        }
    }
    let covers: Vec<Value> = COVERS.iter().filter_map(|key| Json(values).url(key)).map(Value::String).collect();
    if !covers.is_empty() {
        extra.insert("covers".to_owned(), Value::Array(covers));
    }
    let details = super::media::picture_details(values);
    if !details.is_empty() {
        extra.insert("picture_details".to_owned(), Value::Array(details));
    }
    if let Some(Value::Object(info)) = extra.get_mut("copyright_info") {
        // A ticket is a credential, not a fact.
        info.remove("reprint_ticket");
    }
    extra
}

pub(crate) fn is_telling(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty() && text != "0" && !text.ends_with("\":[]}"),
        Value::Array(list) => list.iter().any(is_telling),
        Value::Object(map) => map.values().any(is_telling),
    }
}

/// Converts the lines of a caption or text to paragraphs. They may contain the platform's own links (`<a
/// class="wx_topic_link">`), so tags are left to the sanitiser; a lone `<` is text.
pub fn paragraphs(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 64);
    for line in text.replace("<br>", "\n").replace("<br/>", "\n").replace("<br />", "\n").split('\n') {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        html.push_str("<p>");
        let mut rest = line;
        while let Some(at) = rest.find('<') {
            let tag = [
                "<a ", "<a>", "</a>", "<img ", "<span", "</span>", "<p", "</p>", "<mp-", "</mp-", "<strong",
                "</strong", "<em", "</em",
            ]
            .iter()
            .any(|tag| rest[at..].starts_with(tag));
            html.push_str(&rest[..at]);
            html.push_str(if tag { "<" } else { "&lt;" });
            rest = &rest[at + 1..];
        }
        html.push_str(rest);
        html.push_str("</p>");
    }
    html
}

/// Reports whether an HTML body shows text or a medium.
pub fn shows_anything(html: &str) -> bool {
    !scan::text(html.as_bytes()).is_empty()
        || ["<img", "<svg", "<iframe", "<mp-", "<mpvoice", "<video", "<audio", "background"]
            .iter()
            .any(|tag| html.contains(tag))
}
