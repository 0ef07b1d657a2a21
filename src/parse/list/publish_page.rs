//! Reads the backend's own lists: 发表记录 (`publish_page`, three levels of JSON in strings), `appmsg?action=list_ex`
//! (`app_msg_list`), and the entries of both that exporters keep (`appmsgex`).
//!
//! `total_count` counts sendings, each of which may hold eight articles. `like_num` is 在看, `old_like_num` is 点赞.

use serde_json::{Map, Value};

use super::note;
use super::{Broadcast, List, Listed, cover, link_of, words};
use crate::model::article::{AlbumRef, Counts, Paid};
use crate::model::{ArticleFields, ShortPostFields, Time};
use crate::parse::json::{self, Json};
use crate::parse::page::data;

/// Reads a `publish_page`: an object, JSON in a string, or a response that contains one. Returns `false` if it is not
/// one.
pub fn read_page(value: &Value, list: &mut List) -> bool {
    let Some(object) = Json::of(value) else { return false };
    if let Some(inner) = object.get("publish_page") {
        return json::nested(inner).is_some_and(|inner| read_page(&inner, list));
    }
    let Some(Value::Array(entries)) = object.get("publish_list") else { return false };
    let totals = (object.count("total_count"), object.count("masssend_count").zip(object.count("publish_count")));
    let total = totals.0.or(totals.1.map(|(sent, published)| sent + published));
    list.total_sends = list.total_sends.max(total);
    for entry in entries {
        let info = Json::of(entry).and_then(|entry| entry.get("publish_info")).and_then(json::nested);
        match info.as_ref().and_then(Json::of) {
            Some(info) => sending(info, list),
            // An empty entry remains of a deleted sending.
            None => list.unread += 1,
        }
    }
    true
}

/// Reads the `publish_page = {…}` of a saved backend page.
pub fn of_saved_page(page: &[u8], list: &mut List) -> bool {
    let found = data::value_assigned(page, b"publish_page")
        .is_some_and(|value| json::nested(&value).is_some_and(|value| read_page(&value, list)));
    if found && let Some(data) = data::object_assigned(page, b"commonData") {
        let data = Json(&data.values);
        let data = data.object("data").unwrap_or(data);
        list.account.name = data.text("nick_name");
        list.account.user_name = data.text("user_name").filter(|name| name.starts_with("gh_"));
    }
    found
}

/// Reads `{"app_msg_list": […]}`, or one entry of such a list. Returns `false` if the value is neither.
pub fn read_entries(value: &Value, list: &mut List) -> bool {
    if let Value::Array(values) = value {
        // Reads all values, even after one that is not an entry.
        return values.iter().filter(|value| read_entries(value, list)).count() > 0;
    }
    let Some(object) = Json::of(value) else { return false };
    if let Some(entries) = object.get("app_msg_list").and_then(Value::as_array) {
        list.total_sends = list.total_sends.max(object.count("app_msg_cnt"));
        for entry in entries {
            if !read_entries(entry, list) {
                list.unread += 1;
            }
        }
        return true;
    }
    if object.get("aid").is_none() && object.get("appmsgid").is_none() {
        return false;
    }
    list.sends += u64::from(object.int("itemidx").unwrap_or(1) == 1);
    if !list.add(entry(object, None)) {
        list.unread += 1;
    }
    true
}

fn sending(info: Json<'_>, list: &mut List) {
    list.sends += 1;
    let time = info.object("sent_info").and_then(|sent| sent.time("time"));
    let status = info.object("sent_result").and_then(|result| result.int("msg_status"));
    let mut any = false;
    for entries in ["appmsg_info", "appmsgex"] {
        for object in info.objects(entries) {
            let mut listed = entry(object, time);
            // 9 is 群发; the value 1 here is 10002 (发布) in pages.
            listed.fields.publish_type = info.int("type").map(|kind| if kind == 1 { 10_002 } else { kind });
            match status {
                Some(7) => listed.fields.deleted = Some(true),
                Some(6) => listed.blocked = true,
                _ => {}
            }
            if object.int("ban_flag").is_some_and(|flag| flag > 0) {
                listed.blocked = true;
            }
            if list.add(listed) {
                any = true;
            } else {
                list.unread += 1;
            }
        }
    }
    if !any {
        match note(info, time, status) {
            Some(note) => list.broadcasts.push(note),
            None => list.unread += 1,
        }
    }
}

/// Reads a sending without articles: a text, picture, voice or video. An entry with only a number remains of a deleted
/// sending and still counts as one.
fn note(info: Json<'_>, time: Option<Time>, status: Option<i64>) -> Option<Broadcast> {
    if !(info.objects("appmsg_info").is_empty() && info.objects("appmsgex").is_empty()) {
        return None;
    }
    let id = info.id("msg_id").or_else(|| info.id("msgid"))?;
    let content = ["content", "text", "msg_content"].iter().find_map(|key| info.text(key));
    let fields = note::fields(info, note::form(info.int("msg_type")), content.as_deref());
    let (deleted, blocked) = (status == Some(7), status == Some(6));
    let fields = ShortPostFields {
        published: time,
        deleted: deleted.then_some(true),
        blocked: blocked.then_some(true),
        ..fields
    };
    Some(Broadcast { id, fields })
}

/// Reads one entry: `appmsg_info`, `appmsgex`, `app_msg_list` and exporters' copies of them share most of their keys.
pub fn entry(object: Json<'_>, sent: Option<Time>) -> Listed {
    let aid = object.text("aid");
    let (aid_mid, aid_idx) = aid.as_deref().and_then(|aid| aid.split_once('_')).unzip();
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.to_owned());
    let url = object.text("link").or_else(|| object.text("content_url")).or_else(|| object.text("url"));
    let biz = object.text("fakeid").filter(|biz| biz.len() >= 8 && !biz.bytes().all(|byte| byte.is_ascii_digit()));
    let mid = object.id("appmsgid").or_else(|| aid_mid.and_then(number));
    let idx = object.id("itemidx").or_else(|| aid_idx.and_then(number));
    let stat = object.int("copyright_stat").or_else(|| object.int("copyright_status"));
    let kind = object.int("copyright_type");
    let fields = ArticleFields {
        title: object.text("title").as_deref().and_then(words),
        summary: object.text("digest").as_deref().and_then(words),
        author: object.text("author_name").or_else(|| object.text("author")).as_deref().and_then(words),
        account_name: object.text("_accountName"),
        published: sent.or_else(|| object.time("update_time")).or_else(|| object.time("create_time")),
        item_show_type: object.int("item_show_type").or_else(|| object.int("share_type")),
        original: kind.zip(stat.or(kind)).map(|(kind, stat)| kind == 1 && stat == 1),
        cover: cover(
            ["cover", "cover_img", "pic_cdn_url_235_1", "pic_cdn_url_16_9", "pic_cdn_url_1_1"]
                .iter()
                .find_map(|key| object.text(key)),
        ),
        albums: albums(object),
        tags: object.object("public_tag_info").map(|info| tags(info)).unwrap_or_default(),
        counts: counts(object),
        comment_id: object.id("comment_id"),
        paid: object.int("is_pay_subscribe").filter(|flag| *flag > 0).map(|_| Paid::default()),
        deleted: match object.get("is_deleted") {
            Some(Value::Bool(true)) => Some(true),
            Some(value) => (value.as_i64().is_some_and(|flag| flag > 0)).then_some(true),
            None => None,
        },
        extra: extra(object),
        ..ArticleFields::default()
    };
    Listed { link: link_of(url.as_deref(), biz, mid, idx), fields, blocked: false }
}

/// Returns the counts of an object: `like_num` is 在看, `old_like_num` 点赞.
pub fn counts(object: Json<'_>) -> Option<Counts> {
    let first = |keys: &[&str]| keys.iter().find_map(|key| object.count(key));
    let counts = Counts {
        read: first(&["read_num", "readNum"]),
        like: first(&["old_like_num", "oldLikeNum"]),
        looking: first(&["like_num", "likeNum"]),
        share: first(&["share_num", "shareNum"]),
        comment: first(&["comment_num", "commentNum"]),
        collect: first(&["collect_num", "collectNum"]),
        ..Counts::default()
    };
    (counts != Counts::default()).then_some(counts)
}

fn albums(object: Json<'_>) -> Vec<AlbumRef> {
    let nested = object.object("appmsg_album_info").map(|info| info.objects("appmsg_album_infos")).unwrap_or_default();
    let mut albums: Vec<AlbumRef> = Vec::new();
    for album in object.objects("appmsg_album_infos").into_iter().chain(nested) {
        let Some(id) = album.id("id").or_else(|| album.id("album_id")) else { continue };
        if !albums.iter().any(|known| known.id == id) {
            albums.push(AlbumRef { id, title: album.text("title").unwrap_or_default(), url: None });
        }
    }
    albums
}

fn tags(info: Json<'_>) -> Vec<String> {
    let list = info.objects("public_tag_list");
    list.into_iter().filter(|tag| tag.id("album_id").is_none()).filter_map(|tag| tag.text("tag_name")).collect()
}

/// Returns other fields that may become relevant.
fn extra(object: Json<'_>) -> Map<String, Value> {
    let keys = [
        "ban_flag",
        "checking",
        "is_rumor_refutation",
        "is_from_transfer",
        "media_duration",
        "modify_status",
        "vote_id",
        "super_vote_id",
    ];
    let telling = |value: &&Value| match value {
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty() && text != "0" && text != "0:00",
        Value::Bool(value) => *value,
        _ => false,
    };
    keys.iter().filter_map(|key| Some(((*key).to_owned(), object.get(key).filter(telling)?.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn page() -> Value {
        let info = json!({"type": 9, "msgid": 26, "sent_info": {"time": 1_762_560_480}, "sent_result": {"msg_status": 2}, "appmsg_info": [
            {"appmsgid": 2_650_000_001_u64, "itemidx": 1, "title": "甲 &amp; 乙", "content_url": "http://mp.weixin.qq.com/s?__biz=MzA0MDAwMDAwMA==&amp;mid=2650000001&amp;idx=1&amp;sn=ab#rd",
             "read_num": 10, "like_num": 2, "old_like_num": 3, "share_type": 8, "copyright_status": 1, "copyright_type": 1},
            {"appmsgid": 2_650_000_001_u64, "itemidx": 2, "title": "丙", "is_deleted": true},
        ], "appmsgex": [{"aid": "2650000001_1", "appmsgid": 2_650_000_001_u64, "itemidx": 1, "author_name": "某人", "title": "other"}]});
        json!({"total_count": 305, "publish_list": [{"publish_type": 101, "publish_info": info.to_string()}, {"publish_info": ""}]})
    }

    #[test]
    fn three_levels_of_json_are_read() {
        for value in [page(), json!({"base_resp": {"ret": 0}, "publish_page": page().to_string()})] {
            let mut list = List::new("publish_page");
            assert!(read_page(&value, &mut list));
            let list = list.finish();
            assert_eq!((list.total_sends, list.sends, list.articles.len(), list.unread), (Some(305), 1, 2, 1));
            let first = &list.articles[0].fields;
            assert_eq!((first.title.as_deref(), first.author.as_deref()), (Some("甲 & 乙"), Some("某人")));
            let counts = first.counts.unwrap();
            assert_eq!((counts.read, counts.like, counts.looking), (Some(10), Some(3), Some(2)));
            assert_eq!((first.item_show_type, first.original, first.publish_type), (Some(8), Some(true), Some(9)));
            assert_eq!(list.articles[1].link.aliases()[0], "MzA0MDAwMDAwMA==_2650000001_2");
            assert_eq!(list.articles[1].fields.deleted, Some(true));
        }
    }

    #[test]
    fn a_saved_page_of_the_backend_is_read() {
        let info =
            page()["publish_list"][0]["publish_info"].as_str().unwrap().replace('&', "&amp;").replace('"', "&quot;");
        let html = format!(
            "<script>wx.commonData = {{ data: {{ t: \"1\", nick_name: \"某号\", user_name: \"gh_01\" }} }};</script><script>publish_page = {{\"total_count\":1,\"publish_list\":[{{\"publish_info\":\"{info}\"}}]}};</script>"
        );
        let mut list = List::new("publish_page");
        assert!(of_saved_page(html.as_bytes(), &mut list));
        let list = list.finish();
        assert_eq!(list.articles.len(), 2);
        assert_eq!(list.account.name.as_deref(), Some("某号"));
        assert_eq!(list.articles[0].fields.title.as_deref(), Some("甲 & 乙"));
    }
}
