//! Reads `profile_ext?action=getmsg` and other sources of its messages: the raw response (`general_msg_list` is JSON in
//! a string), files with one message per line, and the profile's home page (`var msgList = '…'`).
//!
//! In real responses, every `content_url` still contains `&amp;` and `http:\/\/` after JSON parsing, and a deleted
//! first article has neither title nor URL while the other articles of its sending remain.

use serde_json::Value;

use super::note;
use super::{Broadcast, List, Listed, biz_of_number, cover, link_of, words};
use crate::model::{ArticleFields, ArticleUrl, ShortPostFields, Time};
use crate::parse::json::{self, Json};
use crate::parse::page::data;

/// Reads a response, or one message of a file with a message per line, into `list`. Returns `false` if the value is
/// neither.
pub fn read(value: &Value, list: &mut List) -> bool {
    if let Value::Array(values) = value {
        // Reads all values, even after one that is not a message.
        return values.iter().filter(|value| read(value, list)).count() > 0;
    }
    let Some(object) = Json::of(value) else { return false };
    if object.get("comm_msg_info").is_some() || object.get("app_msg_ext_info").is_some() {
        message(object, list);
        return true;
    }
    let nested = ["general_msg_list", "msgList"].iter().find_map(|key| object.get(key)).and_then(json::nested);
    let inner = nested.as_ref().and_then(Json::of).unwrap_or(object);
    let Some(Value::Array(messages)) = inner.get("list") else { return nested.is_some() };
    for item in messages {
        match Json::of(item) {
            Some(item) => message(item, list),
            None => list.unread += 1,
        }
    }
    true
}

/// Returns the messages of a profile's home page.
pub fn of_home_page(page: &[u8]) -> Option<Value> {
    let text = data::value_assigned(page, b"msgList")?;
    json::nested(&text)
}

fn message(item: Json<'_>, list: &mut List) {
    let info = item.object("comm_msg_info");
    let time = info.and_then(|info| info.time("datetime"));
    let biz = info.and_then(|info| info.text("fakeid")).and_then(|number| biz_of_number(&number));
    list.sends += 1;
    let Some(first) = item.object("app_msg_ext_info") else {
        let Some(info) = info else {
            list.unread += 1;
            return;
        };
        let fields = note(item, info);
        list.broadcasts.push(Broadcast { id: info.id("id").unwrap_or_default(), fields });
        return;
    };
    let others = first.objects("multi_app_msg_item_list");
    // The number of the sending is in the URL of each of its articles, so it identifies a deleted one too.
    let mid =
        std::iter::once(&first).chain(&others).find_map(|entry| ArticleUrl::parse(&entry.text("content_url")?)?.mid);
    for (position, entry) in std::iter::once(first).chain(others.iter().copied()).enumerate() {
        let url = entry.text("content_url");
        let idx = mid.as_ref().map(|_| (position + 1).to_string());
        // Only the first article's position is its index; after a gap, the index is unknown.
        let (mid, idx) = if position == 0 || url.is_none() { (mid.clone(), idx) } else { (None, None) };
        if url.is_none() && position > 0 && entry.text("title").is_none() {
            list.unread += 1;
            continue;
        }
        let listed = Listed {
            link: link_of(url.as_deref(), biz.clone(), mid, idx),
            fields: fields(entry, time),
            blocked: false,
        };
        if !list.add(listed) {
            list.unread += 1;
        }
    }
}

/// Reads a sending without articles. A message states its kind as a number and has its content under a key of that
/// kind.
fn note(item: Json<'_>, info: Json<'_>) -> ShortPostFields {
    let biz = info.text("fakeid").and_then(|number| biz_of_number(&number));
    let form = note::form(info.int("type"));
    let fields = note::fields(item, form, info.text("content").as_deref());
    ShortPostFields { account: biz, published: info.time("datetime"), ..fields }
}

fn fields(entry: Json<'_>, time: Option<Time>) -> ArticleFields {
    let stat = entry.int("copyright_stat").filter(|stat| *stat > 0);
    let deleted = entry.int("del_flag").is_some_and(|flag| flag != 1)
        || entry.text("content_url").is_none() && entry.text("title").is_none();
    ArticleFields {
        title: entry.text("title").as_deref().and_then(words),
        summary: entry.text("digest").as_deref().and_then(words),
        author: entry.text("author").as_deref().and_then(words),
        published: time,
        item_show_type: entry.int("item_show_type"),
        publish_type: Some(9),
        // 11 is 原创, 100 is not; the meaning of other values is not certain.
        original: match stat {
            Some(11) => Some(true),
            Some(100) => Some(false),
            _ => None,
        },
        source_url: entry.url("source_url"),
        cover: cover(entry.text("cover")),
        deleted: deleted.then_some(true),
        extra: stat.map(|stat| ("getmsg_copyright_stat".to_owned(), Value::from(stat))).into_iter().collect(),
        ..ArticleFields::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_deleted_first_article_is_named_by_its_neighbours() {
        let message = json!({
            "comm_msg_info": {"id": 1, "type": 49, "datetime": 1_569_668_400, "fakeid": "1852273661"},
            "app_msg_ext_info": {"title": "", "content_url": "", "is_multi": 1, "multi_app_msg_item_list": [
                {"title": "二 &amp; 三", "content_url": "http:\\/\\/mp.weixin.qq.com\\/s?__biz=MTg1MjI3MzY2MQ==&amp;mid=26&amp;idx=2&amp;sn=ab", "copyright_stat": 11, "del_flag": 1},
            ]},
        });
        let mut list = List::new("getmsg");
        assert!(read(&json!({"general_msg_list": json!({"list": [message]}).to_string(), "ret": 0}), &mut list));
        let list = list.finish();
        let aliases: Vec<_> = list.articles.iter().map(|listed| listed.link.aliases()[0].clone()).collect();
        assert_eq!(aliases, ["MTg1MjI3MzY2MQ==_26_1", "MTg1MjI3MzY2MQ==_26_2"]);
        assert_eq!(list.articles[0].fields.deleted, Some(true));
        assert_eq!(list.articles[1].fields.title.as_deref(), Some("二 & 三"));
        assert_eq!((list.articles[1].fields.deleted, list.articles[1].fields.original), (None, Some(true)));
    }

    #[test]
    fn what_is_no_article_is_a_broadcast() {
        let mut list = List::new("getmsg");
        assert!(read(
            &json!({"comm_msg_info": {"id": 7, "type": 1, "datetime": 1_569_668_400, "content": "早安&amp;"}}),
            &mut list
        ));
        assert_eq!(list.broadcasts[0].fields.text.as_deref(), Some("早安&"));
        assert!(!read(&json!({"other": 1}), &mut list));
    }
}
