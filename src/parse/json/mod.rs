//! Tolerant looks at JSON whose numbers may be strings and whose strings may be escaped once more than they should.

pub mod exact_numbers;
pub mod python_literal;
pub mod recoded;
pub mod stream;

use serde_json::{Map, Value};

use crate::model::{Time, article_url};

/// An object, looked at by key. What is missing, null or empty is `None`.
#[derive(Clone, Copy, Debug)]
pub struct Json<'a>(pub &'a Map<String, Value>);

impl<'a> Json<'a> {
    /// The object that `value` is.
    pub fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    /// The value itself.
    pub fn get(&self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// A text, trimmed, not empty. Numbers are given as they stand.
    pub fn text(&self, key: &str) -> Option<String> {
        match self.get(key)? {
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A URL, its escapes undone.
    pub fn url(&self, key: &str) -> Option<String> {
        url(&self.text(key)?)
    }

    /// A decimal id as a string; "0" and "" are none.
    pub fn id(&self, key: &str) -> Option<String> {
        let text = self.text(key)?;
        (text.bytes().all(|byte| byte.is_ascii_digit()) && text.bytes().any(|byte| byte != b'0')).then_some(text)
    }

    /// A whole number, also as a string or a bool.
    pub fn int(&self, key: &str) -> Option<i64> {
        match self.get(key)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            Value::Bool(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    /// A count.
    pub fn count(&self, key: &str) -> Option<u64> {
        self.int(key).and_then(|count| u64::try_from(count).ok())
    }

    /// Unix seconds.
    pub fn time(&self, key: &str) -> Option<Time> {
        self.int(key).and_then(Time::from_unix)
    }

    /// An object; one that is written as a string of JSON is read.
    pub fn object(&self, key: &str) -> Option<Json<'a>> {
        self.get(key).and_then(Json::of)
    }

    /// A list's objects; a single object where the platform leaves the list out is a list of one.
    pub fn objects(&self, key: &str) -> Vec<Json<'a>> {
        match self.get(key) {
            Some(Value::Array(list)) => list.iter().filter_map(Json::of).collect(),
            Some(Value::Object(map)) => vec![Json(map)],
            _ => Vec::new(),
        }
    }
}

/// A URL with its escapes undone; `None` for what is empty.
pub fn url(text: &str) -> Option<String> {
    let decoded = article_url::decode(text);
    let decoded = if decoded.starts_with("//") { format!("https:{decoded}") } else { decoded };
    (!decoded.is_empty()).then_some(decoded)
}

/// JSON that stands in a string: plain, with `&quot;` for its quotes, or as a value already.
pub fn nested(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => from_text(text),
        Value::Object(_) | Value::Array(_) => Some(value.clone()),
        _ => None,
    }
}

/// JSON from text, with HTML entities undone where it is not JSON as it stands.
pub fn from_text(text: &str) -> Option<Value> {
    let text = text.trim();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str(text).ok().or_else(|| {
        let decoded = super::page::scan::decode(text);
        serde_json::from_str(&decoded).ok()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn loose_values_are_read() {
        let value = json!({"a": "12", "b": 9_007_199_254_740_993_u64, "c": "0", "d": " ", "e": {"x": 1}, "u": "http:\\/\\/a\\/?b=1&amp;amp;c=2"});
        let json = Json::of(&value).unwrap();
        assert_eq!(json.int("a"), Some(12));
        assert_eq!(json.id("b").as_deref(), Some("9007199254740993"));
        assert_eq!(json.id("c"), None);
        assert_eq!(json.text("d"), None);
        assert_eq!(json.objects("e").len(), 1);
        assert_eq!(json.url("u").as_deref(), Some("http://a/?b=1&c=2"));
        assert_eq!(nested(&json!("{&quot;a&quot;:&quot;x&amp;amp;y&quot;}")), Some(json!({"a": "x&amp;y"})));
        assert_eq!(nested(&json!("no")), None);
    }
}
