//! Represents one exchange with an API: the request and the response. As a leaf of evidence it is one line of JSON that
//! describes the request (never with a token or a signature), followed by the response body, unchanged. The leaf holds
//! everything its reader needs, so it can be read again from the archive alone.

use std::fmt::Display;
use std::io::Read;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::fetch::answer_code::Said;
use crate::fetch::call::json;
use crate::fetch::pay::{FileFacts, NO_STATEMENT};
use crate::fetch::{Expect, Spooled};
use crate::model::{Sha256, layout};
use crate::secret::SafeUrl;
use crate::source::Input;
use crate::source::input::Open;

/// Default limit of a response, in bytes.
const LIMIT: u64 = 32 * 1024 * 1024;

/// A request to an API.
#[derive(Clone, Debug)]
pub struct ApiRequest {
    /// Path (`/cgi-bin/draft/count`), or a whole URL given by the platform.
    pub path: String,
    /// Query, without credentials.
    pub query: Vec<(&'static str, String)>,
    /// JSON body; `None` makes the request a GET.
    pub body: Option<Value>,
    /// Subject of the response, where path, query and body may not be kept or do not say it.
    pub about: Map<String, Value>,
    /// Expected kind of response.
    pub expect: Expect,
    /// Largest response in bytes, decoded.
    pub limit: u64,
    /// Reduction of the response, where not all of it may be kept.
    pub reduce: Option<fn(&Value) -> Value>,
    /// Whether a response received since the last cursor is reused after a kill. False for requests whose response
    /// changes with time.
    pub remembered: bool,
}

impl ApiRequest {
    /// Creates a GET request.
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            query: Vec::new(),
            body: None,
            about: Map::new(),
            expect: Expect::Json,
            limit: LIMIT,
            reduce: None,
            remembered: true,
        }
    }

    /// Creates a POST request with JSON.
    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Self { body: Some(body), ..Self::get(path) }
    }

    /// Adds a parameter to the query.
    pub fn with(mut self, key: &'static str, value: impl Display) -> Self {
        self.query.push((key, value.to_string()));
        self
    }

    /// Adds a fact about the subject of the response.
    pub fn about(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.about.insert(key.to_owned(), value.into());
        self
    }

    /// Requests a file of at most `limit` bytes (or JSON that says why there is none).
    pub fn file(self, limit: u64) -> Self {
        Self { expect: Expect::Any, limit, ..self }
    }

    /// Keeps only the result of `reduce` of a successful response.
    pub fn reduced(self, reduce: fn(&Value) -> Value) -> Self {
        Self { reduce: Some(reduce), ..self }
    }

    /// Requests the response again each time instead of reusing it after a kill.
    pub fn fresh(self) -> Self {
        Self { remembered: false, ..self }
    }

    /// Returns the path and the query as they are sent.
    pub fn target(&self) -> String {
        if self.query.is_empty() {
            return self.path.clone();
        }
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.query).finish();
        let join = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{join}{query}", self.path)
    }

    /// Returns the head that is kept of the request.
    pub fn head(&self, account: &str) -> Head {
        Head {
            method: if self.body.is_some() { "POST" } else { "GET" }.to_owned(),
            // A URL given by the platform may carry a token.
            path: SafeUrl::kept(&self.path).unwrap_or_else(|| self.path.clone()),
            account: account.to_owned(),
            query: self.query.iter().map(|(key, value)| ((*key).to_owned(), value.as_str().into())).collect(),
            body: self.body.clone(),
            about: self.about.clone(),
            file: None,
        }
    }
}

/// The first line of a response's leaf.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// HTTP method: `GET` or `POST`.
    pub method: String,
    /// Path: `/cgi-bin/draft/count`.
    pub path: String,
    /// AppID or merchant number.
    pub account: String,
    /// Query.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub query: Map<String, Value>,
    /// JSON body of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Subject of the response.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub about: Map<String, Value>,
    /// The response as a file, kept separately.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileNote>,
}

/// A file received as a response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileNote {
    /// Digest of the file.
    pub sha256: Sha256,
    /// Size in bytes.
    pub bytes: u64,
    /// Facts that the platform reported about the file.
    #[serde(default, skip_serializing_if = "FileFacts::is_empty")]
    pub facts: FileFacts,
}

impl Head {
    /// Returns the request as one line: its identity among the calls of a collector.
    pub fn line(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::other("api-answer-invalid").because(error))
    }

    /// Returns a value of the request's body.
    pub fn sent(&self, key: &str) -> &Value {
        self.body.as_ref().and_then(|body| body.get(key)).unwrap_or(&Value::Null)
    }
}

/// The content of a response.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A file.
    File(Spooled),
    /// JSON, unchanged.
    Json(Vec<u8>),
    /// A file that is kept elsewhere in the archive; occurs when an archive is read again.
    Kept(FileNote),
}

/// An exchange with an API.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The request.
    pub head: Head,
    /// The content of the response.
    pub content: Content,
}

impl Answer {
    /// Creates the answer to `head`.
    pub fn new(head: Head, body: Spooled, expect: Expect) -> Self {
        match body {
            Spooled::Memory(bytes) if expect == Expect::Json || json(&bytes).is_some() => {
                Self { head, content: Content::Json(bytes) }
            }
            body => {
                let note = FileNote { sha256: body.sha256(), bytes: body.len(), facts: FileFacts::default() };
                Self { head: Head { file: Some(note), ..head }, content: Content::File(body) }
            }
        }
    }

    /// Adds the platform's facts about the file.
    pub fn with_facts(mut self, facts: Option<FileFacts>) -> Self {
        if let (Some(note), Some(facts)) = (&mut self.head.file, facts) {
            note.facts = facts;
        }
        self
    }

    /// Reports whether it is a refusal, kept as proof. A day without trade is not a refusal.
    pub fn is_refusal(&self) -> bool {
        let answer = self.json();
        let word = answer["code"].as_str().filter(|_| answer["message"].is_string() && self.is_of_merchants());
        Said::of(&answer).is_some() || word.is_some_and(|word| word != NO_STATEMENT)
    }

    fn is_of_merchants(&self) -> bool {
        self.head.path.starts_with("/v3/")
    }

    /// Returns the response as JSON; null for a file.
    pub fn json(&self) -> Value {
        match &self.content {
            Content::Json(bytes) => json(bytes).unwrap_or_default(),
            Content::File(_) | Content::Kept(_) => Value::Null,
        }
    }

    /// Encodes the answer as a leaf of evidence.
    pub fn to_evidence(&self) -> Result<Vec<u8>> {
        let mut leaf = self.head.line()?.into_bytes();
        leaf.push(b'\n');
        if let Content::Json(bytes) = &self.content {
            leaf.extend_from_slice(bytes);
        }
        Ok(leaf)
    }

    /// Decodes a leaf of evidence.
    ///
    /// # Errors
    /// `api-answer-invalid` if the leaf is not an answer.
    pub fn from_evidence(leaf: &[u8]) -> Result<Self> {
        let invalid = || Error::input("api-answer-invalid");
        let end = memchr::memchr(b'\n', leaf).ok_or_else(invalid)?;
        let head: Head = serde_json::from_slice(&leaf[..end]).map_err(|error| invalid().because(error))?;
        let content = match &head.file {
            Some(note) => Content::Kept(note.clone()),
            None => Content::Json(leaf[end + 1..].to_vec()),
        };
        Ok(Self { head, content })
    }

    /// Turns the received file into an input.
    pub fn input(body: &Spooled, locator: impl Into<String>) -> Input {
        match body {
            Spooled::Memory(bytes) => Input::bytes_at(locator, bytes.clone(), None),
            Spooled::File(_) => Input::opened_by(Arc::new(body.clone()), locator, body.len(), None),
        }
    }

    /// Returns the locator that names the answer to the user and in evidence.
    pub fn locator(&self) -> String {
        let Head { path, account, .. } = &self.head;
        if path.starts_with("https://") { format!("{path} ({account})") } else { format!("api:{path} ({account})") }
    }
}

impl Open for Spooled {
    fn open(&self) -> Result<Box<dyn Read + '_>> {
        self.open().map_err(|error| Error::disk("api-answer-lost", layout::ANSWERS, error))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_leaf_says_what_was_asked_and_what_came() {
        let request = ApiRequest::post("/cgi-bin/comment/list", json!({"msg_data_id": 7, "begin": 0}));
        let answer = Answer::new(request.head("wx1"), b"{\"total\":0, \"comment\":[]}".to_vec().into(), Expect::Json);
        let leaf = answer.to_evidence().unwrap();
        assert!(leaf.ends_with(b"\n{\"total\":0, \"comment\":[]}"));
        let again = Answer::from_evidence(&leaf).unwrap();
        assert_eq!(again, answer);
        assert_eq!((again.head.sent("msg_data_id"), &again.json()["total"]), (&json!(7), &json!(0)));
    }

    #[test]
    fn a_file_is_not_kept_twice_and_no_token_is_kept_at_all() {
        let request = ApiRequest::get("https://api.mch.weixin.qq.com/v3/billdownload/file?token=SECRETSECRET")
            .about("bill_date", "2026-08-01")
            .file(1 << 20);
        let answer = Answer::new(request.head("1900000001"), b"\x1f\x8bcompressed".to_vec().into(), request.expect);
        let leaf = String::from_utf8(answer.to_evidence().unwrap()).unwrap();
        assert!(
            !leaf.contains("SECRETSECRET") && !leaf.contains("compressed") && leaf.contains("2026-08-01"),
            "{leaf}"
        );
        assert!(
            matches!(Answer::from_evidence(leaf.as_bytes()).unwrap().content, Content::Kept(note) if note.bytes == 12)
        );
    }

    #[test]
    fn the_query_goes_out_escaped() {
        let request = ApiRequest::get("/publisher/stat").with("action", "publisher_settlement").with("page", 1);
        assert_eq!(request.target(), "/publisher/stat?action=publisher_settlement&page=1");
    }
}
