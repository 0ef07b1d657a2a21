//! Implements the operators and the pages' own functions used in their data.

use serde_json::{Number, Value};

use super::Js;

/// Evaluates `left * right`: the pages only multiply by one, to convert a string to a number.
pub(super) fn multiply(left: Js, right: Js) -> Js {
    let (left, right) = match (left, right) {
        (Js::Unknown, _) | (_, Js::Unknown) => return Js::Unknown,
        (left, right) => (to_number(left), to_number(right)),
    };
    let one = Number::from(1);
    let product = match (left, right) {
        (Some(left), Some(right)) if right == one => Some(left),
        (Some(left), Some(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => left.checked_mul(right).map(Number::from),
            _ => left.as_f64().zip(right.as_f64()).and_then(|(left, right)| Number::from_f64(left * right)),
        },
        _ => None,
    };
    Js::Value(product.map_or(Value::Null, Value::Number))
}

/// Evaluates JavaScript's `Number(…)`; `None` is NaN.
fn to_number(value: Js) -> Option<Number> {
    match value {
        Js::Value(Value::Number(number)) => Some(number),
        Js::Value(Value::Bool(value)) => Some(Number::from(u8::from(value))),
        Js::Value(Value::Null) => Some(Number::from(0)),
        Js::Value(Value::String(text)) => match number(&text) {
            Value::Number(number) => Some(number),
            _ => None,
        },
        _ => None,
    }
}

/// Converts a string to a number like JavaScript: `''` is 0, integers stay exact, and anything else is null.
pub fn number(text: &str) -> Value {
    let text = text.trim();
    if text.is_empty() {
        return Value::from(0);
    }
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u64::from_str_radix(digits, 16).map_or(Value::Null, Value::from);
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Value::from(whole);
    }
    if let Ok(whole) = text.parse::<u64>() {
        return Value::from(whole);
    }
    // Rust also accepts `inf` and `nan`, JavaScript does not.
    if !text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-')) {
        return Value::Null;
    }
    text.parse::<f64>().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}

/// Implements the pages' `JsDecode`: eight *literal* escapes, replaced in sequence in this order.
pub fn js_decode(text: String) -> String {
    if memchr::memmem::find(text.as_bytes(), b"\\x").is_none() {
        return text;
    }
    let steps = [
        ("\\x5c", "\\"),
        ("\\x0d", "\r"),
        ("\\x22", "\""),
        ("\\x26", "&"),
        ("\\x27", "'"),
        ("\\x3c", "<"),
        ("\\x3e", ">"),
        ("\\x0a", "\n"),
    ];
    steps.into_iter().fold(text, |text, (from, to)| if text.contains(from) { text.replace(from, to) } else { text })
}

/// Implements the pages' `htmlDecode`.
pub(super) fn html_decode(text: &str) -> String {
    if !text.contains(['&', '<']) {
        return text.to_owned();
    }
    let text = text.replace("&#39;", "'").replace("<br>", "\n").replace("<br/>", "\n").replace("<br />", "\n");
    text.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
        .replace("&nbsp;", " ")
}

/// Implements the pages' `String.prototype.html` with `false`, which decodes.
pub(super) fn html_false(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&nbsp;", " ")
        .replace("&gt;", ">")
        .replace("&lt;", "<")
        .replace("&amp;", "&")
        .replace("&yen;", "¥")
}
