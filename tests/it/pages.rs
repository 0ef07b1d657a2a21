//! Saved pages: the reader of their data against what a JavaScript engine gives. Always on pages of our own, on real ones
//! too where they are present.

use std::io::Read as _;
use std::path::PathBuf;

use liudi::model::{GapReason, Rank};
use liudi::parse::page::data::cgi_data_new;
use liudi::parse::page::{ParsedPage, parse};
use serde_json::Value;

fn gunzip(path: &PathBuf) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file =
        std::fs::File::options().read(true).open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    bytes
}

fn sample_page(name: &str) -> Option<Vec<u8>> {
    Some(gunzip(&super::samples(&format!("pages/{name}.html.gz"))?))
}

/// A page of our own, below `fixtures/`.
fn own_page(path: &str) -> Vec<u8> {
    std::fs::read(crate::support::fixture(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every page with data that is at hand, with what a JavaScript engine makes of its data: our own, then real ones.
fn pages_with_data() -> Vec<(String, Vec<u8>, Value)> {
    let expected: serde_json::Map<String, Value> =
        serde_json::from_slice(&own_page("page-data/expected.json")).unwrap();
    let mut pages: Vec<_> = expected.into_iter().map(|(path, data)| (path.clone(), own_page(&path), data)).collect();
    assert!(pages.len() >= 30, "only {} pages of our own", pages.len());
    let Some(folder) = super::samples("pages") else { return pages };
    let mut real = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".parsed.json.gz") else { continue };
        pages.push((stem.to_owned(), sample_page(stem).unwrap(), serde_json::from_slice(&gunzip(&path)).unwrap()));
        real += 1;
    }
    assert!(real >= 10, "only {real} real pages");
    pages
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
    for (name, page, expected) in pages_with_data() {
        let data = cgi_data_new(&page).unwrap_or_else(|| panic!("{name}: no data"));
        assert_eq!((data.skipped, data.truncated), (0, false), "{name}");
        same(&Value::Object(data.values), &expected, &name);
    }
}

/// A page gained or lost its data, and `fixtures/make_page_data.mjs` was not run.
#[test]
fn every_page_of_our_own_with_data_is_held_against_an_engine() {
    let expected: serde_json::Map<String, Value> =
        serde_json::from_slice(&own_page("page-data/expected.json")).unwrap();
    for folder in ["page", "page-data", "demo/pages"] {
        for entry in walkdir::WalkDir::new(crate::support::fixture(folder)).into_iter().map(Result::unwrap) {
            if entry.path().extension().is_none_or(|extension| extension != "html") {
                continue;
            }
            let page = std::fs::read(entry.path()).unwrap();
            let path = entry.path().strip_prefix(crate::support::fixture("")).unwrap().to_string_lossy().into_owned();
            let whole = cgi_data_new(&page).is_some_and(|data| !data.truncated);
            assert!(!whole || expected.contains_key(&path), "{path}: run `node fixtures/make_page_data.mjs`");
        }
    }
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
    let picture = regex::Regex::new(r"https?://mmbiz\.qpic\.cn/[A-Za-z_]+/([A-Za-z0-9_-]{20,})/").unwrap();
    // What the author cut something off from is not shown by the page.
    let uncut = regex::Regex::new(r#"data-croporisrc=\\"[^"]*""#).unwrap();
    let (mut pages, mut pictures) = (0, 0);
    for (stem, page, data) in pages_with_data() {
        // The page that holds every form of value is no article of any type.
        if stem == "page-data/grammar.html" {
            continue;
        }
        let ParsedPage::Article(article) = parse(&page) else { panic!("{stem}") };
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
    let own = ["deleted", "violation", "closed", "moved", "challenge"]
        .map(|name| (name.to_owned(), Some(own_page(&format!("page/unavailable/{name}.html")))));
    let real = ["deleted-01", "violation-01", "unavailable-01", "2018-2020-expire"]
        .map(|name| (name.to_owned(), sample_page(name)));
    for (name, page) in own.into_iter().chain(real) {
        let Some(page) = page else { continue };
        let reason = match name.as_str() {
            "deleted" | "deleted-01" => GapReason::DeletedByAuthor,
            "closed" => GapReason::AccountClosed,
            "moved" => GapReason::Migrated,
            "challenge" => GapReason::FetchBlocked,
            "2018-2020-expire" => GapReason::ExpiredWindow,
            _ => GapReason::BlockedByPlatform,
        };
        match parse(&page) {
            ParsedPage::Unavailable(found, _) => assert_eq!(found.reason, reason, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn every_generation_gives_its_fields_and_body() {
    // name, layer, type, pictures; the first are our own.
    let pages = [
        ("page/older/2018.html", Rank::PageVars, 0, 0),
        ("page/older-picture/image.html", Rank::PageVars, 8, 0),
        ("page/type0-complete/一篇图文.html", Rank::PageData, 0, 0),
        ("page/reshare-inline/reshare.html", Rank::PageData, 0, 0),
        ("page/reshare-card/reshare.html", Rank::PageData, 0, 0),
        ("page/type8/picture.html", Rank::PageData, 8, 1),
        ("page/type10-untitled/text.html", Rank::PageData, 10, 0),
        ("page/type5-video/video.html", Rank::PageData, 5, 0),
        ("2018-2020-20190624", Rank::PageVars, 0, 0),
        ("2018-2020-post", Rank::PageVars, 0, 0),
        ("2018-2020-image", Rank::PageVars, 8, 0),
        ("2018-2020-video", Rank::PageVars, 5, 0),
        ("type0-article-01", Rank::PageData, 0, 0),
        ("type0-article-c01", Rank::PageData, 0, 0),
        ("type0-reshare-01", Rank::PageData, 0, 0),
        ("type0-reshare-03", Rank::PageData, 0, 0),
        ("type8-picture-01", Rank::PageData, 8, 1),
        ("type10-text-01", Rank::PageData, 10, 0),
        ("type10-text-02", Rank::PageData, 10, 0),
    ];
    for (name, rank, kind, pictures) in pages {
        let page = if name.contains('/') { Some(own_page(name)) } else { sample_page(name) };
        let Some(page) = page else { continue };
        let ParsedPage::Article(article) = parse(&page) else { panic!("{name}") };
        let (first, fields) = &article.layers[0];
        assert_eq!((*first, fields.item_show_type), (rank, Some(kind)), "{name}");
        assert!(
            fields.published.is_some() && fields.biz.is_some() && fields.account_name.is_some(),
            "{name}: {fields:?}"
        );
        assert!(article.body.is_some(), "{name}");
        assert!(fields.pictures.len() >= pictures, "{name}");
        assert!(!article.link.aliases().is_empty() || name == "2018-2020-image", "{name}: {:?}", article.link);
    }
}

#[test]
fn a_reshared_card_keeps_the_owners_words_and_not_the_others_text() {
    let own = (own_page("page/reshare-card/reshare.html"), own_page("page/reshare-inline/reshare.html"));
    let real = sample_page("type0-reshare-03").zip(sample_page("type0-reshare-01"));
    for (card, whole) in [own].into_iter().chain(real) {
        let ParsedPage::Article(card) = parse(&card) else { panic!() };
        let reshare = card.layers[0].1.reshare.as_ref().unwrap();
        let body = card.body.as_ref().unwrap();
        assert!(!reshare.inline && !body.third_party && reshare.url.is_some() && reshare.title.is_some());
        assert!(body.html.len() < 2_000, "the third party's text is not the body");
        let ParsedPage::Article(whole) = parse(&whole) else { panic!() };
        assert!(whole.layers[0].1.reshare.as_ref().unwrap().inline && whole.body.as_ref().unwrap().third_party);
    }
}

#[test]
fn no_truncation_of_a_page_panics() {
    let own = [
        "page/older/2018.html",
        "page/type5-video/video.html",
        "page/type10-untitled/text.html",
        "page-data/grammar.html",
    ];
    let real = ["2018-2020-post", "2018-2020-video", "type10-text-02"];
    let pages = own.map(own_page).into_iter().chain(real.into_iter().filter_map(sample_page));
    for page in pages {
        let step = page.len() / 40;
        for cut in (0..page.len()).step_by(step.max(1)) {
            let _ = parse(&page[..cut]);
        }
    }
}
