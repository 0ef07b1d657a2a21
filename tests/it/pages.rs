//! Saved pages: the reader of their data against what a JavaScript engine gives, on real pages where they are present.

use std::io::Read as _;
use std::path::PathBuf;

use liudi::model::{GapReason, Rank};
use liudi::parse::page::{ParsedPage, parse};
use liudi::parse::page_data::cgi_data_new;
use serde_json::Value;

fn gunzip(path: &PathBuf) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    bytes
}

fn sample_page(name: &str) -> Option<Vec<u8>> {
    Some(gunzip(&super::samples(&format!("pages/{name}.html.gz"))?))
}

/// Equal, numbers as the engine's doubles hold them.
fn same(ours: &Value, theirs: &Value, path: &str) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let (left, right): (Vec<_>, Vec<_>) = (ours.keys().collect(), theirs.keys().collect());
            assert_eq!(left, right, "keys of {path}");
            for (key, value) in ours {
                same(value, &theirs[key], &format!("{path}.{key}"));
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            assert_eq!(ours.len(), theirs.len(), "length of {path}");
            for (index, (left, right)) in ours.iter().zip(theirs).enumerate() {
                same(left, right, &format!("{path}[{index}]"));
            }
        }
        (Value::Number(left), Value::Number(right)) => assert_eq!(left.as_f64(), right.as_f64(), "{path}"),
        (left, right) => assert_eq!(left, right, "{path}"),
    }
}

#[test]
fn every_key_has_the_value_a_javascript_engine_gives() {
    let Some(folder) = super::samples("pages") else { return };
    let mut pages = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".parsed.json.gz") else { continue };
        let expected: Value = serde_json::from_slice(&gunzip(&path)).unwrap();
        let data = cgi_data_new(&sample_page(stem).unwrap()).unwrap();
        assert_eq!((data.skipped, data.truncated), (0, false), "{stem}");
        same(&Value::Object(data.values), &expected, stem);
        pages += 1;
    }
    assert!(pages >= 10, "only {pages} pages");
}

/// What the fields of an article and of its account are made of.
const TAKEN: &[&str] = &[
    "alias",
    "appmsgalbuminfo",
    "author",
    "bizuin",
    "cdn_url",
    "comment_id",
    "content_noencode",
    "create_time",
    "create_timestamp",
    "desc",
    "hd_head_img",
    "idx",
    "ip_wording",
    "is_pay_subscribe",
    "is_title_modified",
    "item_show_type",
    "lang",
    "link",
    "mid",
    "modify_time",
    "new_service_type",
    "nick_name",
    "ori_create_time",
    "ori_head_img_url",
    "ori_send_time",
    "picture_page_info_list",
    "public_tag_info",
    "real_item_show_type",
    "round_head_img",
    "rt_biz_info",
    "servicetype",
    "signature",
    "sn",
    "source_url",
    "svr_time",
    "text_page_info",
    "title",
    "type",
    "user_name",
    "verify_status",
    "video_page_info",
    "video_page_infos",
];

/// What tells of the visitor, of the page's looks, or of what the platform's scripts do; the other cuts of the cover are
/// in `extra.covers`.
const LEFT: &[&str] = &[
    "appmsg_fe_filter",
    "appmsg_like_type",
    "base_resp",
    "can_share",
    "can_use_page",
    "can_use_wecoin",
    "cdn_url_16_9",
    "cdn_url_1_1",
    "cdn_url_235_1",
    "cdn_url_3_4",
    "csp_nonce_str",
    "desc_empty",
    "enterid",
    "fasttmpl_version",
    "filter_time",
    "front_end_additional_fields",
    "img_format",
    "is_async",
    "is_login",
    "is_only_read",
    "masonry_feed_info",
    "noneed_tts",
    "origin_style_type",
    "origin_type_setting",
    "page_type",
    "private_info",
    "reprint_editable",
    "req_id",
    "show_cover_pic",
    "show_ip_wording",
    "show_msg_voice",
    "srcid",
    "style_type",
    "use_outer_link",
    "use_tx_video_player",
    "user_info",
    "user_uin",
    "watermark_setting",
];

/// Whether a value is more than nothing.
fn tells(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(text.as_str(), "" | "0" | "{\"list\":[]}" | "{\"voice_in_appmsg\":[]}"),
        Value::Array(list) => list.iter().any(tells),
        Value::Object(map) => map.values().any(tells),
    }
}

#[test]
fn nothing_that_a_page_tells_of_its_article_is_lost() {
    let Some(folder) = super::samples("pages") else { return };
    let picture = regex::Regex::new(r"https?://mmbiz\.qpic\.cn/[A-Za-z_]+/([A-Za-z0-9_-]{20,})/").unwrap();
    // What the author cut something off from is not shown by the page.
    let uncut = regex::Regex::new(r#"data-croporisrc=\\"[^"]*""#).unwrap();
    let (mut pages, mut pictures) = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".parsed.json.gz") else { continue };
        let data: Value = serde_json::from_slice(&gunzip(&path)).unwrap();
        let ParsedPage::Article(article) = parse(&sample_page(stem).unwrap()) else { panic!("{stem}") };
        let fields = &article.layers[0].1;
        for (key, value) in data.as_object().unwrap() {
            let known = TAKEN.contains(&key.as_str()) || LEFT.contains(&key.as_str()) || fields.extra.contains_key(key);
            assert!(known || !tells(value), "{stem}: {key} is in no field: {value}");
        }
        pages += 1;
        // Behind a card stands another's text with another's pictures.
        if fields.reshare.as_ref().is_some_and(|reshare| !reshare.inline) {
            continue;
        }
        let body =
            liudi::html::sanitise(&article.body.as_ref().unwrap().html, &liudi::html::SanitiseOptions::default());
        let held: Vec<&String> = body.media.iter().flat_map(|medium| &medium.urls).collect();
        let listed =
            data["picture_page_info_list"].as_array().into_iter().flatten().map(|info| info["cdn_url"].to_string());
        let given = data["content_noencode"].to_string() + &listed.collect::<String>();
        let given = uncut.replace_all(&given, "");
        for id in picture.captures_iter(&given).map(|found| found[1].to_owned()) {
            assert!(held.iter().any(|url| url.contains(&id)), "{stem}: {id} is no medium of the body");
            pictures += 1;
        }
    }
    assert!(pages >= 10 && pictures >= 50, "only {pages} pages with {pictures} pictures");
}

#[test]
fn pages_in_an_articles_place_are_told_apart() {
    for (name, reason) in [
        ("deleted-01", GapReason::DeletedByAuthor),
        ("violation-01", GapReason::BlockedByPlatform),
        ("unavailable-01", GapReason::BlockedByPlatform),
        ("2018-2020-expire", GapReason::ExpiredWindow),
    ] {
        let Some(page) = sample_page(name) else { return };
        match parse(&page) {
            ParsedPage::Unavailable(found, _) => assert_eq!(found.reason, reason, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn every_generation_gives_its_fields_and_body() {
    // name, layer, type, has a body, pictures
    for (name, rank, kind, body, pictures) in [
        ("2018-2020-20190624", Rank::PageVars, 0, true, 0),
        ("2018-2020-post", Rank::PageVars, 0, true, 0),
        ("2018-2020-image", Rank::PageVars, 8, true, 0),
        ("2018-2020-video", Rank::PageVars, 5, true, 0),
        ("type0-article-01", Rank::PageData, 0, true, 0),
        ("type0-article-c01", Rank::PageData, 0, true, 0),
        ("type0-reshare-01", Rank::PageData, 0, true, 0),
        ("type0-reshare-03", Rank::PageData, 0, true, 0),
        ("type8-picture-01", Rank::PageData, 8, true, 1),
        ("type10-text-01", Rank::PageData, 10, true, 0),
        ("type10-text-02", Rank::PageData, 10, true, 0),
    ] {
        let Some(page) = sample_page(name) else { return };
        let ParsedPage::Article(article) = parse(&page) else { panic!("{name}") };
        let (first, fields) = &article.layers[0];
        assert_eq!((*first, fields.item_show_type), (rank, Some(kind)), "{name}");
        assert!(
            fields.published.is_some() && fields.biz.is_some() && fields.account_name.is_some(),
            "{name}: {fields:?}"
        );
        assert_eq!(article.body.is_some(), body, "{name}");
        assert!(fields.pictures.len() >= pictures, "{name}");
        assert!(!article.link.aliases().is_empty() || name == "2018-2020-image", "{name}: {:?}", article.link);
    }
}

#[test]
fn a_reshared_card_keeps_the_owners_words_and_not_the_others_text() {
    let (Some(card), Some(whole)) = (sample_page("type0-reshare-03"), sample_page("type0-reshare-01")) else { return };
    let ParsedPage::Article(card) = parse(&card) else { panic!() };
    let reshare = card.layers[0].1.reshare.as_ref().unwrap();
    let body = card.body.as_ref().unwrap();
    assert!(!reshare.inline && !body.third_party && reshare.url.is_some() && reshare.title.is_some());
    assert!(body.html.len() < 2_000, "the third party's text is not the body");
    let ParsedPage::Article(whole) = parse(&whole) else { panic!() };
    assert!(whole.layers[0].1.reshare.as_ref().unwrap().inline && whole.body.as_ref().unwrap().third_party);
}

#[test]
fn no_truncation_of_a_real_page_panics() {
    for name in ["2018-2020-post", "2018-2020-video", "type10-text-02"] {
        let Some(page) = sample_page(name) else { return };
        let step = page.len() / 40;
        for cut in (0..page.len()).step_by(step.max(1)) {
            let _ = parse(&page[..cut]);
        }
    }
}
