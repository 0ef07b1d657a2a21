//! Records how bytes inside a container were received: the request and the response as a browser recorded them (HAR,
//! WARC), or the address of a saved part (MHTML). Importers read identities from it that the bytes lack. The facts that
//! may be kept are selected here only, by allow-list.

use std::fmt;

use serde_json::{Map, Value};

use crate::fetch::evidence::is_kept_header;
use crate::model::Time;
use crate::secret::{SafeUrl, kept_pairs};

/// Largest form in bytes that is searched for parameters.
const FORM: usize = 64 * 1024;

/// A request and its response, as a container recorded them. Holds secrets: only [`Received::fetch`] is ever written.
#[derive(Clone, Default)]
pub struct Received {
    url: String,
    form: String,
    fetch: Map<String, Value>,
    secrets: Vec<Vec<u8>>,
    content_type: String,
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received").field("url", &SafeUrl::new(&self.url)).finish_non_exhaustive()
    }
}

impl Received {
    /// Creates a record of an address, without further facts.
    pub fn at(url: impl Into<String>) -> Self {
        let url = url.into();
        let mut fetch = Map::new();
        if let Some(kept) = SafeUrl::kept(&url) {
            fetch.insert("url".to_owned(), kept.into());
        }
        Self { url, fetch, ..Self::default() }
    }

    /// Creates a record of a response: the method, the address, and the request's body if it was a form.
    pub fn answer(method: &str, url: impl Into<String>, form: &str) -> Self {
        let mut received = Self::at(url);
        let known = method.len() <= 16 && method.bytes().all(|byte| byte.is_ascii_uppercase());
        received.fetch.insert("method".to_owned(), if known { method } else { "?" }.into());
        if form.len() <= FORM {
            form.clone_into(&mut received.form);
            let kept: Map<String, Value> =
                kept_pairs(form).into_iter().map(|(name, value)| (name, value.into())).collect();
            if !kept.is_empty() {
                received.fetch.insert("parameters".to_owned(), kept.into());
            }
        }
        received
    }

    /// Adds status, headers and time of the response.
    pub fn with_answer<'a>(
        mut self,
        status: u16,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        time: Option<Time>,
    ) -> Self {
        self.fetch.insert("status".to_owned(), status.into());
        let mut kept: Vec<(String, &str)> =
            headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        kept.retain(|(name, _)| is_kept_header(name));
        kept.sort();
        let kept: Map<String, Value> = kept.into_iter().map(|(name, value)| (name, value.into())).collect();
        self.fetch.insert("headers".to_owned(), kept.into());
        if let Some(time) = time {
            self.fetch.insert("time".to_owned(), time.to_string().into());
        }
        self
    }

    /// Adds the secrets that were sent with the request, to be searched for elsewhere.
    pub fn with_secrets(mut self, secrets: Vec<Vec<u8>>) -> Self {
        self.secrets = secrets;
        self
    }

    /// Restores the record from an evidence row, for reading kept leaves again.
    pub fn from_fetch(fetch: Map<String, Value>) -> Self {
        let url = fetch.get("url").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in fetch.get("parameters").and_then(Value::as_object).into_iter().flatten() {
            form.append_pair(name, value.as_str().unwrap_or_default());
        }
        Self { url, form: form.finish(), fetch, ..Self::default() }
    }

    /// Returns the address, with its secrets: never to be shown or kept.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the host in lower case; empty where the address has none.
    pub fn host(&self) -> String {
        host(&self.url).to_ascii_lowercase()
    }

    /// Returns the path without the query.
    pub fn path(&self) -> &str {
        path(&self.url)
    }

    /// Returns a parameter of the request: from the address, else from the form that was sent (`getappmsgext` names its
    /// article only there).
    pub fn parameter(&self, name: &str) -> Option<String> {
        let query = self.url.split('#').next().unwrap_or_default().split_once('?').map_or("", |(_, query)| query);
        [query, &self.form].into_iter().find_map(|pairs| {
            url::form_urlencoded::parse(pairs.as_bytes())
                .find(|(key, value)| key == name && !value.is_empty())
                .map(|(_, value)| value.into_owned())
        })
    }

    /// Returns the form that was sent, if any, with its secrets (see [`Received::url`]).
    pub fn form(&self) -> &str {
        &self.form
    }

    /// Returns the values of cookies and headers that identify the sender: searched for in the whole run, never kept.
    pub fn secrets(&self) -> &[Vec<u8>] {
        &self.secrets
    }

    /// Sets the content type that a container gives for a part.
    pub fn with_content_type(mut self, content_type: &str) -> Self {
        content_type.clone_into(&mut self.content_type);
        self
    }

    /// Returns the `Content-Type`; empty where none is known.
    pub fn content_type(&self) -> &str {
        let of_answer =
            self.fetch.get("headers").and_then(|headers| headers.get("content-type")).and_then(Value::as_str);
        of_answer.unwrap_or(&self.content_type)
    }

    /// Returns the facts that may be kept: method, address and parameters by allow-list, status, headers by allow-list,
    /// time.
    pub fn fetch(&self) -> &Map<String, Value> {
        &self.fetch
    }
}

/// Returns the host of an address that may be malformed.
pub(crate) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.split(':').next().unwrap_or_default()
}

/// Returns the path of an address that may be malformed.
pub(crate) fn path(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    rest.find('/').map_or("", |slash| &rest[slash..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_and_only_harmless_ones_kept() {
        let received = Received::answer(
            "POST",
            "https://mp.weixin.qq.com/mp/getappmsgext?f=json&uin=MTIzNDU2&key=0f1e2d3c",
            "__biz=MzA%3D&mid=2650000001&idx=1&pass_ticket=geheim",
        )
        .with_answer(
            200,
            [("Content-Type", "application/json"), ("Set-Cookie", "wxuin=1")],
            Time::from_unix(1_700_000_000),
        );
        assert_eq!(received.parameter("mid").as_deref(), Some("2650000001"));
        assert_eq!(received.parameter("key").as_deref(), Some("0f1e2d3c"));
        assert_eq!((received.host().as_str(), received.path()), ("mp.weixin.qq.com", "/mp/getappmsgext"));
        let kept = serde_json::to_string(received.fetch()).unwrap();
        assert_eq!(
            kept,
            "{\"url\":\"https://mp.weixin.qq.com/mp/getappmsgext?f=json\",\"method\":\"POST\",\
             \"parameters\":{\"__biz\":\"MzA=\",\"mid\":\"2650000001\",\"idx\":\"1\"},\"status\":200,\
             \"headers\":{\"content-type\":\"application/json\"},\"time\":\"2023-11-15T06:13:20+08:00\"}"
        );
        let again = Received::from_fetch(received.fetch().clone());
        assert_eq!(again.parameter("__biz").as_deref(), Some("MzA="));
        assert_eq!(again.parameter("key"), None);
        assert!(!format!("{received:?}").contains("0f1e2d3c"));
    }
}
