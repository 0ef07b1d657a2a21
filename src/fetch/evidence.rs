//! Records a fetch's metadata: request line, status, redirect chain, headers and time. Query keys and headers are kept
//! by allow-list, so that an unknown token is never kept by oversight.

use reqwest::header::HeaderMap;
use serde_json::{Map, Value, json};
use url::Url;

use crate::model::Time;
use crate::secret::SafeUrl;

use super::address::PlatformUrl;
use super::pay::offer::FileFacts;

/// Response headers that describe the content.
const HEADERS: &[&str] = &[
    "accept-ranges",
    "age",
    "cache-control",
    "content-encoding",
    "content-length",
    "content-range",
    "content-type",
    "date",
    "etag",
    "expires",
    "last-modified",
    "request-id",
    "retry-after",
    "server",
    "x-info",
    "x-errno",
];

/// Reports whether a response header of this name (lower case) describes the content and is kept.
pub fn is_kept_header(name: &str) -> bool {
    HEADERS.contains(&name)
}

/// One request and its response, redirects included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// `GET`, `POST`.
    pub method: &'static str,
    /// Requested URL, secrets blanked.
    pub url: String,
    /// Redirects: status and target, secrets blanked.
    pub redirects: Vec<(u16, String)>,
    /// Status of the last response.
    pub status: u16,
    /// `HTTP/2.0`.
    pub version: String,
    /// Kept headers of the last response, sorted.
    pub headers: Vec<(String, String)>,
    /// Time of the run.
    pub time: Time,
    /// Whether the end of the body was seen: by length, by chunks or by the protocol. If not, the connection merely
    /// closed.
    pub length_verified: bool,
    /// Facts the platform stated about the file.
    pub file: Option<FileFacts>,
}

impl Exchange {
    /// Creates the record of a request about to be sent.
    pub fn new(method: &'static str, url: &PlatformUrl, time: Time) -> Self {
        Self {
            method,
            url: url.to_string(),
            redirects: Vec::new(),
            status: 0,
            version: String::new(),
            headers: Vec::new(),
            time,
            length_verified: false,
            file: None,
        }
    }

    /// Records a response; the last one ends the chain.
    pub fn answered(&mut self, response: &reqwest::Response) {
        self.status = response.status().as_u16();
        self.version = format!("{:?}", response.version());
        self.headers = kept_headers(response.headers());
    }

    /// Returns the URL of the last response, secrets blanked.
    pub fn last_url(&self) -> &str {
        self.redirects.last().map_or(&self.url, |(_, url)| url)
    }

    /// Returns the record as JSON for [`crate::source::EvidenceMeta`]'s `fetch`.
    pub fn to_json(&self) -> Map<String, Value> {
        let headers: Map<String, Value> =
            self.headers.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
        let redirects: Vec<Value> =
            self.redirects.iter().map(|(status, url)| json!({"status": status, "location": url})).collect();
        let mut map = Map::new();
        map.insert("method".to_owned(), self.method.into());
        map.insert("url".to_owned(), self.url.as_str().into());
        map.insert("redirects".to_owned(), redirects.into());
        map.insert("status".to_owned(), self.status.into());
        map.insert("version".to_owned(), self.version.as_str().into());
        map.insert("headers".to_owned(), headers.into());
        map.insert("time".to_owned(), self.time.to_string().into());
        map.insert("length_verified".to_owned(), self.length_verified.into());
        if let Some(facts) = self.file.as_ref().and_then(|facts| serde_json::to_value(facts).ok()) {
            map.insert("file".to_owned(), facts);
        }
        map
    }
}

/// Returns the headers on the allow-list.
fn kept_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    HEADERS
        .iter()
        .flat_map(|name| headers.get_all(*name).into_iter().map(move |value| (*name, value)))
        .map(|(name, value)| (name.to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect()
}

/// Returns `url` with secrets blanked, as it may be shown and archived.
pub fn shown(url: &Url) -> String {
    SafeUrl::kept(url.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let url = Url::parse(
            "https://u:p@mp.weixin.qq.com/s?__biz=MzA=&mid=1&key=SECRETKEY&pass_ticket=TICKET&newtoken=T#frag",
        )
        .unwrap();
        assert_eq!(shown(&url), "https://mp.weixin.qq.com/s?__biz=MzA%3D&mid=1");
    }
}
