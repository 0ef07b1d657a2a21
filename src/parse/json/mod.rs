//! Reads JSON tolerantly: its numbers may be strings, and its strings may be escaped once too often.

pub mod elements;
pub mod exact_numbers;
pub mod python_literal;
pub mod recoded;
pub mod stream;

use serde_json::{Map, Value};

use crate::model::{Time, article_url};

/// An object with lookup by key. Missing, null and empty values are `None`.
#[derive(Clone, Copy, Debug)]
pub struct Json<'a>(pub &'a Map<String, Value>);

impl<'a> Json<'a> {
    /// Returns `value` if it is an object.
    pub fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    /// Returns the raw value.
    pub fn get(&self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// Returns a string, trimmed and not empty. A number is returned as its digits.
    pub fn text(&self, key: &str) -> Option<String> {
        match self.get(key)? {
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Returns a URL without its escapes.
    pub fn url(&self, key: &str) -> Option<String> {
        url(&self.text(key)?)
    }

    /// Returns a decimal id as a string; "0" and "" are `None`.
    pub fn id(&self, key: &str) -> Option<String> {
        let text = self.text(key)?;
        (text.bytes().all(|byte| byte.is_ascii_digit()) && text.bytes().any(|byte| byte != b'0')).then_some(text)
    }

    /// Returns a whole number, also from a string or a bool.
    pub fn int(&self, key: &str) -> Option<i64> {
        match self.get(key)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            Value::Bool(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    /// Returns a non-negative number.
    pub fn count(&self, key: &str) -> Option<u64> {
        self.int(key).and_then(|count| u64::try_from(count).ok())
    }

    /// Returns a time in Unix seconds.
    pub fn time(&self, key: &str) -> Option<Time> {
        self.int(key).and_then(Time::from_unix)
    }

    /// Returns the object of `key`.
    pub fn object(&self, key: &str) -> Option<Json<'a>> {
        self.get(key).and_then(Json::of)
    }

    /// Returns the objects of a list; a single object, whose list the platform omits, is a list of one.
    pub fn objects(&self, key: &str) -> Vec<Json<'a>> {
        match self.get(key) {
            Some(Value::Array(list)) => list.iter().filter_map(Json::of).collect(),
            Some(Value::Object(map)) => vec![Json(map)],
            _ => Vec::new(),
        }
    }
}

/// Unescapes a URL; returns `None` if it is empty.
pub fn url(text: &str) -> Option<String> {
    let decoded = article_url::decode(text);
    let decoded = if decoded.starts_with("//") { format!("https:{decoded}") } else { decoded };
    (!decoded.is_empty()).then_some(decoded)
}

/// Returns the JSON in a string: plain, with `&quot;` for its quotes, or already a value.
pub fn nested(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => from_text(text),
        Value::Object(_) | Value::Array(_) => Some(value.clone()),
        _ => None,
    }
}

/// Parses JSON, decoding HTML entities if the text is not valid JSON.
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
