//! Finds responses of the official API that contain articles (`freepublish`, `draft`, `material`), as an owner's own
//! program saved them: whole, wrapped, concatenated, or rewritten by a library with names of its own (`totalCount`,
//! `newsItem`). Each is converted to the platform's form.

use serde_json::{Map, Value, json};

use crate::parse::json::nested;
use crate::parse::time::when::any_time;

/// The interface that a response belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Interface {
    /// 发布能力: published articles.
    Freepublish,
    /// 草稿箱.
    Draft,
    /// 素材库.
    Material,
}

/// A response in the platform's form.
#[derive(Clone, Debug, PartialEq)]
pub struct NewsAnswer {
    /// The interface; `None` if drafts cannot be distinguished from material.
    pub interface: Option<Interface>,
    /// `{"total_count", "item_count", "item": […]}`; the counts only if the response has them.
    pub value: Value,
}

/// Maximum number of levels that are searched.
const DEPTH: usize = 12;

/// Names in libraries and the platform's names for them.
const NAMES: &[(&str, &str)] = &[
    ("items", "item"),
    ("item_list", "item"),
    ("news_items", "news_item"),
    ("news_item_list", "news_item"),
    ("article_list", "news_item"),
    ("articles", "news_item"),
    ("create_timestamp", "create_time"),
    ("update_timestamp", "update_time"),
    ("thumbnail_media_id", "thumb_media_id"),
    ("thumbnail_url", "thumb_url"),
];

/// Finds the responses in `value`. `place` is the path it was saved under, whose name may indicate the interface.
pub fn answers(value: &Value, place: &str) -> Vec<NewsAnswer> {
    let mut found = Vec::new();
    walk(value, interface_of(place), DEPTH, &mut found);
    found
}

/// Reports whether `bytes` contain the names that identify such responses.
pub fn may_be(bytes: &[u8]) -> bool {
    let has = |name: &str| memchr::memmem::find(bytes, name.as_bytes()).is_some();
    let any = |names: &[&str]| names.iter().any(|name| has(name));
    any(&["news_item", "newsItem", "NewsItem", "article_detail", "articleDetail"])
        || any(&["media_id", "mediaId", "MediaId"])
            && any(&["item_count", "itemCount", "ItemCount", "total_count", "totalCount"])
}

/// Returns the interface that a path, a key or a file's name indicates.
fn interface_of(text: &str) -> Option<Interface> {
    let text = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["freepublish", "free_publish", "发布", "published"]) {
        Some(Interface::Freepublish)
    } else if has(&["draft", "草稿"]) {
        Some(Interface::Draft)
    } else if has(&["material", "素材", "sucai"]) {
        Some(Interface::Material)
    } else {
        None
    }
}

fn walk(value: &Value, hint: Option<Interface>, depth: usize, found: &mut Vec<NewsAnswer>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match value {
        Value::Array(values) => {
            // Items collected from several responses.
            let items: Vec<Value> = values.iter().filter_map(item).collect();
            if !items.is_empty() {
                push(items, Map::new(), hint, found);
            }
            values.iter().filter(|value| item(value).is_none()).for_each(|value| walk(value, hint, depth, found));
        }
        Value::Object(members) => object(value, members, hint, depth, found),
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            if let Some(inner) = nested(value) {
                walk(&inner, hint, depth, found);
            }
        }
        _ => {}
    }
}

fn object(
    value: &Value,
    members: &Map<String, Value>,
    hint: Option<Interface>,
    depth: usize,
    found: &mut Vec<NewsAnswer>,
) {
    let hint = request(members).or(hint);
    if let Some(item) = item(value) {
        return push(vec![item], Map::new(), hint, found);
    }
    let own = renamed(members);
    if let Some(Value::Array(values)) = own.get("item") {
        let items: Vec<Value> = values.iter().filter_map(item).collect();
        let counts = ["total_count", "item_count"];
        let counts: Map<String, Value> =
            counts.iter().filter_map(|name| Some(((*name).to_owned(), number(own.get(*name)?)?))).collect();
        if !items.is_empty() || !counts.is_empty() {
            return push(items, counts, hint, found);
        }
    }
    if own.get("article_detail").is_some_and(Value::is_object) {
        return found.push(NewsAnswer { interface: Some(Interface::Freepublish), value: Value::Object(own) });
    }
    // Other lists are also called `articles`.
    if members.keys().any(|name| snake(name).starts_with("news_item"))
        && let Some(content) = content(value)
    {
        // A single item requested by its id, which only the request may contain.
        let mut item = Map::from_iter([("content".to_owned(), content)]);
        for id in ["article_id", "media_id"] {
            item.extend(members.get(id).map(|value| (id.to_owned(), value.clone())));
        }
        return push(vec![Value::Object(item)], Map::new(), hint, found);
    }
    for (name, member) in members {
        walk(member, interface_of(name).or(hint), depth, found);
    }
}

fn push(items: Vec<Value>, mut answer: Map<String, Value>, hint: Option<Interface>, found: &mut Vec<NewsAnswer>) {
    let interface = items.iter().find_map(interface_of_item).or(hint);
    answer.insert("item".to_owned(), Value::Array(items));
    found.push(NewsAnswer { interface, value: Value::Object(answer) });
}

/// Returns the interface that an item itself indicates.
fn interface_of_item(item: &Value) -> Option<Interface> {
    if !item["article_id"].is_null() {
        return Some(Interface::Freepublish);
    }
    if item["content"].is_null() && !item["media_id"].is_null() {
        return Some(Interface::Material);
    }
    let articles = item["content"]["news_item"].as_array().map_or(&[][..], Vec::as_slice);
    let has = |name: &str| articles.iter().any(|article| !article[name].is_null());
    let preview = |article: &Value| article["url"].as_str().is_some_and(|url| url.contains("tempkey="));
    if has("is_deleted") {
        Some(Interface::Freepublish)
    } else if has("article_type") || has("image_info") || has("product_info") || articles.iter().any(preview) {
        Some(Interface::Draft)
    } else {
        None
    }
}

/// Returns the interface that the request next to a response was sent to.
fn request(members: &Map<String, Value>) -> Option<Interface> {
    ["request", "url", "path", "api", "endpoint", "action", "uri"].iter().find_map(|name| match members.get(*name)? {
        Value::String(text) => interface_of(text),
        Value::Object(request) => self::request(request),
        _ => None,
    })
}

/// Converts an item to the platform's form: it has articles in its content, or is a material file.
fn item(value: &Value) -> Option<Value> {
    let members = renamed(value.as_object()?);
    let id = |name: &str| members.get(name).is_some_and(Value::is_string);
    let content = members.get("content").and_then(content);
    let file = content.is_none()
        && id("media_id")
        && (members.contains_key("name") || members.contains_key("url"))
        && members.contains_key("update_time")
        && !members.contains_key("title");
    if !(content.is_some() && (id("article_id") || id("media_id")) || file) {
        return None;
    }
    let mut members = members;
    if let Some(content) = content {
        members.insert("content".to_owned(), content);
    }
    Some(Value::Object(members))
}

/// Converts `{"news_item": […]}` to the platform's form.
fn content(value: &Value) -> Option<Value> {
    let mut members = renamed(value.as_object()?);
    let Some(Value::Array(articles)) = members.get("news_item") else { return None };
    let articles: Vec<Value> =
        articles.iter().filter_map(Value::as_object).map(|article| renamed(article).into()).collect();
    // Other lists are also called `articles`: entries of these have texts or the platform's flags.
    let known = |article: &Value| {
        ["content", "thumb_media_id", "is_deleted", "content_source_url"].iter().any(|name| !article[*name].is_null())
    };
    if !articles.iter().any(known) {
        return None;
    }
    members.insert("news_item".to_owned(), articles.into());
    Some(Value::Object(members))
}

/// Renames the members to the platform's names and converts times to Unix seconds.
fn renamed(members: &Map<String, Value>) -> Map<String, Value> {
    let mut own = Map::new();
    for (name, value) in members {
        let name = snake(name);
        let name = NAMES.iter().find(|(other, _)| *other == name).map_or(name.as_str(), |(_, own)| own).to_owned();
        let value = match name.as_str() {
            "create_time" | "update_time" => time(value),
            "is_deleted" => flag(value),
            _ => value.clone(),
        };
        own.entry(name).or_insert(value);
    }
    own
}

/// Converts `totalCount` and `TotalCount` to `total_count`.
fn snake(name: &str) -> String {
    let mut own = String::with_capacity(name.len() + 4);
    let mut lower = false;
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            if lower {
                own.push('_');
            }
            own.push(letter.to_ascii_lowercase());
        } else {
            own.push(if letter == '-' { '_' } else { letter });
        }
        lower = letter.is_ascii_lowercase() || letter.is_ascii_digit();
    }
    own
}

fn time(value: &Value) -> Value {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => return other.clone(),
    };
    any_time(&text).map_or_else(|| value.clone(), |time| json!(time.unix()))
}

fn flag(value: &Value) -> Value {
    match value.as_str() {
        Some(text) => Value::Bool(matches!(text.trim().to_ascii_lowercase().as_str(), "true" | "1" | "yes")),
        None => value.clone(),
    }
}

fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => text.trim().parse::<u64>().ok().map(Value::from),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> Value {
        json!({"total_count": 3, "item_count": 1, "item": [{"article_id": "A", "content": {"news_item": [
            {"title": "题", "content": "<p>a</p>", "url": "http://mp.weixin.qq.com/s?__biz=MzA0&mid=1&idx=1", "is_deleted": false}],
            "create_time": 1_714_500_000, "update_time": 1_714_500_000}, "update_time": 1_714_500_000}]})
    }

    #[test]
    fn every_wrapping_gives_the_same_answer() {
        let whole = NewsAnswer { interface: Some(Interface::Freepublish), value: batch() };
        let library = json!({"totalCount": 3, "itemCount": 1, "items": [{"articleId": "A", "content": {"newsItem": [
            {"title": "题", "content": "<p>a</p>", "url": "http://mp.weixin.qq.com/s?__biz=MzA0&mid=1&idx=1", "isDeleted": false}],
            "createTime": "2024-05-01 02:00:00", "updateTime": 1_714_500_000_000_u64}, "updateTime": 1_714_500_000}]});
        for value in [
            batch(),
            json!([batch()]),
            json!({"request": {"url": "https://api.weixin.qq.com/cgi-bin/freepublish/batchget"}, "response": batch()}),
            json!({"data": {"body": batch().to_string()}}),
            library,
        ] {
            assert_eq!(answers(&value, "1.json"), std::slice::from_ref(&whole), "{value}");
        }
        let gathered = answers(&batch()["item"], "a.json");
        assert_eq!((gathered.len(), &gathered[0].value["item"]), (1, &batch()["item"]));
        let one = answers(&batch()["item"][0]["content"], "getarticle.json");
        assert_eq!(
            (one[0].interface, &one[0].value["item"][0]["content"]),
            (Some(Interface::Freepublish), &batch()["item"][0]["content"])
        );
    }

    #[test]
    fn drafts_are_told_from_material_or_it_is_said_that_they_are_not() {
        let item = |more: Value| {
            let mut article = json!({"title": "题", "content": "<p>a</p>", "url": "http://mp.weixin.qq.com/s?__biz=MzA0&mid=1&idx=1"});
            article.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({"item": [{"media_id": "M", "content": {"news_item": [article]}}]})
        };
        let of = |value: &Value, place: &str| answers(value, place)[0].interface;
        assert_eq!(of(&item(json!({})), "1.json"), None);
        assert_eq!(of(&item(json!({})), "backup/material/1.json"), Some(Interface::Material));
        assert_eq!(of(&item(json!({})), "草稿箱.json"), Some(Interface::Draft));
        assert_eq!(of(&item(json!({"article_type": "news"})), "1.json"), Some(Interface::Draft));
        assert_eq!(of(&json!({"drafts": item(json!({}))}), "1.json"), Some(Interface::Draft));
        let files = json!({"total_count": 1, "item_count": 1, "item": [{"media_id": "M", "name": "a.jpg", "update_time": 1, "url": "https://mmbiz.qpic.cn/a"}]});
        assert_eq!(of(&files, "1.json"), Some(Interface::Material));
    }

    #[test]
    fn other_json_is_none() {
        for value in [
            json!({"articles": [{"title": "a", "url": "b", "content": "c"}]}),
            json!([1, 2]),
            json!({"item": []}),
            json!("{"),
        ] {
            assert_eq!(answers(&value, "a.json"), [], "{value}");
        }
    }
}
