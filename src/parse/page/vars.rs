//! Converts the statements of older pages (`var msg_title = …`, `d.title = …`) to fields.

use serde_json::{Map, Value};

use crate::model::article::{Paid, Reshare};
use crate::model::{AccountFields, ArticleFields, ArticleUrl, MediaRef, MediaRole, Time};
use crate::parse::json::Json;

/// Returns the fields of the article.
pub fn article(values: &Map<String, Value>) -> ArticleFields {
    let data = Json(values);
    let first = |keys: &[&str]| keys.iter().find_map(|key| data.text(key));
    let link =
        data.url("msg_link").or_else(|| data.url("link")).and_then(|link| ArticleUrl::parse(&link)).unwrap_or_default();
    let biz = first(&["biz", "appuin"]).filter(|biz| is_biz(biz)).or_else(|| link.biz.clone());
    let mid = data.id("mid").or_else(|| data.id("appmsgid")).or_else(|| link.mid.clone());
    let idx = data
        .id("idx")
        .or_else(|| data.id("itemidx"))
        .or_else(|| link.idx.clone())
        .or_else(|| mid.as_ref().map(|_| "1".to_owned()));
    let sn =
        data.text("sn").filter(|sn| sn.bytes().all(|byte| byte.is_ascii_alphanumeric())).or_else(|| link.sn.clone());
    let whole = ArticleUrl { biz: biz.clone(), mid: mid.clone(), idx: idx.clone(), sn: sn.clone(), ..link };
    let kind = data.int("real_item_show_type").filter(|kind| *kind > 0).or_else(|| data.int("item_show_type"));
    let stat = data.int("_copyright_stat").or_else(|| data.int("copyright_stat"));
    let text_post = kind == Some(10);
    ArticleFields {
        url: whole.canonical(),
        biz,
        mid,
        idx,
        sn,
        // On a page of type 0, `title` is the account's name; share pages have their title in `d.title`.
        title: first(&["msg_title"])
            .or_else(|| data.text("title").filter(|_| data.get("nick_name").is_some()))
            .filter(|_| !text_post),
        summary: first(&["msg_desc"]),
        author: first(&["author"]),
        account_name: first(&["nickname", "nick_name"]),
        account_user_name: first(&["user_name"]),
        published: ["ct", "create_time", "createTime", "oriCreateTime", "publish_time"]
            .iter()
            .find_map(|key| data.time(key).or_else(|| Time::from_wall(&data.text(key)?))),
        modified: data.time("modify_time"),
        item_show_type: kind,
        publish_type: data.int("appmsg_type").filter(|kind| *kind > 0),
        original: stat.map(|stat| stat == 1),
        copyright_stat: stat,
        reshare: (stat == Some(2) || kind == Some(11)).then(|| reshare(data)),
        paid: paid(data),
        source_url: data.url("msg_source_url"),
        cover: data.url("msg_cdn_url").or_else(|| data.url("cdn_url")).map(|url| MediaRef::at(url, MediaRole::Cover)),
        place: data
            .object("ip_wording")
            .and_then(|place| place.text("provinceName").or_else(|| place.text("countryName"))),
        comment_id: data.id("comment_id"),
        title_modified: data.int("isTitleModified").filter(|value| *value > 0).map(|_| true),
        ..ArticleFields::default()
    }
}

/// Returns the source of a reshared article. Only the page's elements show how much of it is displayed.
fn reshare(data: Json<'_>) -> Reshare {
    let from = ArticleUrl {
        biz: data.text("source_encode_biz").filter(|biz| is_biz(biz)),
        mid: data.id("source_mid"),
        idx: data.id("source_idx"),
        ..ArticleUrl::default()
    };
    let given = data.url("reprint_url").and_then(|url| ArticleUrl::parse(&url)).and_then(|url| url.canonical());
    Reshare {
        account_name: data.text("source_nickname"),
        url: given.or_else(|| from.canonical()),
        biz: from.biz,
        title: data.text("source_title"),
        guide_words: data.text("guide_words"),
        inline: true,
    }
}

/// Returns a paywall from the statements.
fn paid(data: Json<'_>) -> Option<Paid> {
    let flag = |keys: &[&str]| keys.iter().any(|key| data.int(key).is_some_and(|value| value > 0));
    let percent = data.count("preview_percent").filter(|percent| *percent > 0);
    flag(&["is_pay_subscribe", "isPaySubscribe"]).then(|| Paid {
        preview_percent: percent,
        price_fen: data.int("fee").filter(|fee| *fee > 0),
        preview_only: !flag(&["isPaid", "is_paid"]) && percent != Some(100),
    })
}

/// Reports whether `text` may be a `__biz`, a number in base64; other values of that name are code.
fn is_biz(text: &str) -> bool {
    text.len() >= 8
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-'))
}

/// Returns the account as its page describes it.
pub fn account(values: &Map<String, Value>) -> AccountFields {
    let data = Json(values);
    AccountFields {
        biz: data.text("biz").or_else(|| data.text("appuin")).filter(|biz| is_biz(biz)),
        user_name: data.text("user_name"),
        name: data.text("nickname").or_else(|| data.text("nick_name")),
        alias: data.text("profile_alias"),
        signature: data.text("profile_signature"),
        avatar: ["hd_head_img", "round_head_img", "ori_head_img_url"].into_iter().find_map(|key| data.url(key)),
        service_type: None,
        verify_status: None,
        extra: Map::new(),
    }
}

/// Returns the time when the platform served the page.
pub fn served(values: &Map<String, Value>) -> Option<Time> {
    Json(values).time("svr_time")
}
