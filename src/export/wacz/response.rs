//! Restores what is known of the response that brought a page.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::archive::kept::KeptPage;

/// What stands before the bytes of a page in its record.
pub(super) struct Block {
    /// Head of the response, if one was recorded.
    pub(super) start: Vec<u8>,
    pub(super) status: Option<u16>,
    pub(super) mime: String,
}

impl Block {
    /// Returns the recorded head of the response: its status and the headers that were kept. Those of transport are left
    /// out, because the body is decoded.
    pub(super) fn of(page: &KeptPage) -> Self {
        let fetch = page.fetch.as_deref().and_then(|fetch| serde_json::from_str::<Map<String, Value>>(fetch).ok());
        let status = fetch.as_ref().and_then(|fetch| u16::try_from(fetch.get("status")?.as_u64()?).ok());
        let headers =
            fetch.as_ref().and_then(|fetch| fetch.get("headers")?.as_object()).filter(|kept| !kept.is_empty());
        let mime = plain_mime(&page.mime);
        let (Some(status), Some(headers)) = (status.filter(|status| (100..600).contains(status)), headers) else {
            return Self { start: Vec::new(), status: None, mime };
        };
        let mut start = format!("HTTP/1.1 {status} {}\r\n", reason(status));
        let mut content_type = None;
        for (name, value) in headers.iter().filter_map(|(name, value)| Some((name, value.as_str()?))) {
            let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            if !is_name
                || ["accept-ranges", "content-encoding", "content-length", "content-range"].contains(&name.as_str())
            {
                continue;
            }
            let value: String = value.chars().filter(|c| c.is_ascii() && !c.is_ascii_control()).collect();
            if name == "content-type" {
                content_type = Some(plain_mime(&value));
            }
            let _ = write!(start, "{name}: {value}\r\n");
        }
        if content_type.is_none() {
            let _ = write!(start, "content-type: {mime}\r\n");
        }
        start.push_str("\r\n");
        Self { start: start.into_bytes(), status: Some(status), mime: content_type.unwrap_or(mime) }
    }
}

/// Returns the words that belong to a status.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        403 => "Forbidden",
        404 => "Not Found",
        500 => "Internal Server Error",
        _ => "Unknown",
    }
}

/// Returns a type without parameters; bytes of any kind if it is none.
pub(super) fn plain_mime(mime: &str) -> String {
    let mime = mime.split([';', ' ']).next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    let known = mime.split_once('/').is_some_and(|(kind, form)| is_word(kind) && is_word(form));
    if known { mime } else { "application/octet-stream".to_owned() }
}
