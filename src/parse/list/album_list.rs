//! Reads a public album's list (`appmsgalbum?action=getalbum&f=json`). All its numbers are strings; an album of one
//! article has an object instead of an array.

use serde_json::Value;

use crate::model::{ArticleUrl, Time};

/// A response with one page of an album's list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlbumList {
    /// The album's title.
    pub title: Option<String>,
    /// The album's description.
    pub description: Option<String>,
    /// The URL of the album's cover.
    pub cover: Option<String>,
    /// The declared number of articles.
    pub declared_count: Option<u64>,
    /// The name of the account.
    pub account_name: Option<String>,
    /// The account's `gh_…` name.
    pub account_user_name: Option<String>,
    /// The articles of this response, in the album's order.
    pub entries: Vec<AlbumEntry>,
    /// Whether there are more pages.
    pub more: bool,
}

/// An article in an album's list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlbumEntry {
    /// The article's title.
    pub title: Option<String>,
    /// The article's URL, decoded.
    pub url: Option<ArticleUrl>,
    /// `msgid` (= `mid`).
    pub msgid: String,
    /// `itemidx` (= `idx`).
    pub itemidx: String,
    /// The time of publication.
    pub published: Option<Time>,
    /// `item_show_type`.
    pub item_show_type: Option<i64>,
}

/// The reason why a response is not a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoList {
    /// The response is another kind of JSON.
    Other,
    /// The platform refused the request with this `ret`.
    Refused(i64),
}

/// Parses a response.
pub fn parse(bytes: &[u8]) -> Result<AlbumList, NoList> {
    let value: Value = serde_json::from_slice(bytes).map_err(|_| NoList::Other)?;
    match number(value.pointer("/base_resp/ret")) {
        Some(0) | None => {}
        Some(ret) => return Err(NoList::Refused(ret)),
    }
    let answer = value.get("getalbum_resp").ok_or(NoList::Other)?;
    let about = &answer["base_info"];
    let entries = match &answer["article_list"] {
        Value::Array(list) => list.iter().filter_map(entry).collect(),
        one @ Value::Object(_) => entry(one).into_iter().collect(),
        _ => Vec::new(),
    };
    Ok(AlbumList {
        title: text(&about["title"]),
        description: text(&about["description"]),
        cover: text(&about["cover"]),
        declared_count: number(about.get("article_count")).and_then(|count| u64::try_from(count).ok()),
        account_name: text(&about["nickname"]),
        account_user_name: text(&about["username"]),
        more: number(answer.get("continue_flag")) == Some(1) && !entries.is_empty(),
        entries,
    })
}

fn entry(value: &Value) -> Option<AlbumEntry> {
    let msgid = digits(&value["msgid"])?;
    Some(AlbumEntry {
        title: text(&value["title"]),
        url: value["url"].as_str().and_then(ArticleUrl::parse),
        msgid,
        itemidx: digits(&value["itemidx"]).unwrap_or_else(|| "1".to_owned()),
        published: number(value.get("create_time")).and_then(Time::from_unix),
        item_show_type: number(value.get("item_show_type")),
    })
}

/// Returns an id as text: `"2650000001"` and `2650000001` are equal.
fn digits(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

fn number(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_i64(),
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = r#"{"create_time":"1700000000","itemidx":"2","item_show_type":"0","key":"7_2650000001_2",
        "msgid":"2650000001","pos_num":"1","title":"一",
        "url":"http://mp.weixin.qq.com/s?__biz=MzA=&amp;mid=2650000001&amp;idx=2&amp;sn=abc&amp;chksm=x#rd"}"#;

    fn answer(list: &str, more: &str) -> String {
        format!(
            r#"{{"base_resp":{{"ret":"0"}},"getalbum_resp":{{"article_list":{list},
               "base_info":{{"article_count":"21","title":"合集"}},"continue_flag":"{more}"}}}}"#
        )
    }

    #[test]
    fn one_article_is_an_object_and_several_are_an_array() {
        let one = parse(answer(ENTRY, "0").as_bytes()).unwrap();
        let two = parse(answer(&format!("[{ENTRY},{ENTRY}]"), "1").as_bytes()).unwrap();
        assert_eq!((one.entries.len(), one.more, one.declared_count), (1, false, Some(21)));
        assert_eq!((two.entries.len(), two.more, two.title.as_deref()), (2, true, Some("合集")));
        let entry = &one.entries[0];
        assert_eq!((entry.msgid.as_str(), entry.itemidx.as_str()), ("2650000001", "2"));
        assert_eq!(entry.url.as_ref().unwrap().aliases(), ["MzA=_2650000001_2", "sn:abc"]);
        assert_eq!(entry.published, Time::from_unix(1_700_000_000));
    }

    #[test]
    fn an_end_without_articles_ends_and_a_refusal_is_no_end() {
        assert!(!parse(answer("[]", "1").as_bytes()).unwrap().more);
        assert_eq!(parse(br#"{"base_resp":{"ret":-6}}"#), Err(NoList::Refused(-6)));
        assert_eq!(parse(br#"{"base_resp":{"ret":0}}"#), Err(NoList::Other));
        assert_eq!(parse(b"<html>"), Err(NoList::Other));
    }
}
