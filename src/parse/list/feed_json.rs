//! Reads JSON Feeds.

use serde_json::{Map, Value};

use super::article_columns::{cell_of, summary};
use super::feed::{Entry, Feed, words};

/// Reads a JSON Feed; returns `None` if the value is not one.
pub fn read(value: &Value) -> Option<Feed> {
    let object = value.as_object()?;
    let version = object.get("version")?.as_str()?;
    let items = object.get("items")?.as_array()?;
    if !version.contains("jsonfeed.org") {
        return None;
    }
    let text = |object: &Map<String, Value>, name: &str| {
        object.get(name).map(cell_of).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let entries = items.iter().filter_map(Value::as_object).map(|item| Entry {
        names: ["url", "external_url", "id"].iter().filter_map(|name| text(item, name)).collect(),
        title: text(item, "title").and_then(|title| words(&title)),
        times: ["date_published", "date_modified"].iter().filter_map(|name| text(item, name)).collect(),
        author: ["author", "authors"].iter().find_map(|name| text(item, name)),
        summary: text(item, "summary").and_then(|text| summary(&text)),
        summary_markup: text(item, "summary"),
        text: text(item, "content_html").or_else(|| text(item, "content_text")),
        image: text(item, "image").or_else(|| text(item, "banner_image")),
    });
    Some(Feed {
        title: text(object, "title"),
        names: ["feed_url", "home_page_url"].iter().filter_map(|name| text(object, name)).collect(),
        entries: entries.collect(),
        broken: false,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_json_feed_is_read() {
        let feed = read(&json!({"version": "https://jsonfeed.org/version/1", "title": "号", "items": [{"id": "i", "url": "u",
            "title": "题", "content_html": "<p>a</p>", "date_modified": "2024-01-05T02:00:00.000Z", "authors": [{"name": "留"}]}]}))
        .unwrap();
        let entry = &feed.entries[0];
        assert_eq!(
            (entry.names.len(), entry.author.as_deref(), entry.text.as_deref()),
            (2, Some("留"), Some("<p>a</p>"))
        );
        assert_eq!(read(&json!({"items": []})), None);
    }
}
