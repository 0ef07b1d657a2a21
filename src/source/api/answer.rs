//! One answer of an API as it is kept and read: what was asked, and what came. As a leaf of evidence it is one line of
//! JSON that says what was asked (never with a token or a signature), then the body as it came; so the leaf says
//! everything its reader needs, and can be read again from the archive alone.

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

/// Bytes of an answer, unless a call says otherwise.
const LIMIT: u64 = 32 * 1024 * 1024;

/// What is asked of an API.
#[derive(Clone, Debug)]
pub struct ApiRequest {
    /// `/cgi-bin/draft/count`, or a whole URL that the platform gave.
    pub path: String,
    /// The query, without credentials.
    pub query: Vec<(&'static str, String)>,
    /// The JSON to send; `None` is a GET.
    pub body: Option<Value>,
    /// What the answer is about, where neither path nor query nor body may be kept or say so.
    pub about: Map<String, Value>,
    /// What kind of answer.
    pub expect: Expect,
    /// Bytes of the answer, decoded.
    pub limit: u64,
    /// What is kept of the answer, where the whole of it must not be.
    pub reduce: Option<fn(&Value) -> Value>,
    /// An answer that came since the last cursor is given again after a kill. Not so for questions whose answer
    /// changes by waiting.
    pub remembered: bool,
}

impl ApiRequest {
    /// A GET.
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

    /// A POST of JSON.
    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Self { body: Some(body), ..Self::get(path) }
    }

    /// Adds a key to the query.
    pub fn with(mut self, key: &'static str, value: impl Display) -> Self {
        self.query.push((key, value.to_string()));
        self
    }

    /// Says what the answer is about.
    pub fn about(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.about.insert(key.to_owned(), value.into());
        self
    }

    /// Asks for a file of at most so many bytes (or JSON that says why there is none).
    pub fn file(self, limit: u64) -> Self {
        Self { expect: Expect::Any, limit, ..self }
    }

    /// Keeps of a good answer only what `reduce` leaves of it.
    pub fn reduced(self, reduce: fn(&Value) -> Value) -> Self {
        Self { reduce: Some(reduce), ..self }
    }

    /// Asks anew each time.
    pub fn fresh(self) -> Self {
        Self { remembered: false, ..self }
    }

    /// Path and query, as they go out.
    pub fn target(&self) -> String {
        if self.query.is_empty() {
            return self.path.clone();
        }
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.query).finish();
        let join = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{join}{query}", self.path)
    }

    /// What is kept of it.
    pub fn head(&self, account: &str) -> Head {
        Head {
            method: if self.body.is_some() { "POST" } else { "GET" }.to_owned(),
            // A URL of the platform's may carry a token.
            path: SafeUrl::kept(&self.path).unwrap_or_else(|| self.path.clone()),
            account: account.to_owned(),
            query: self.query.iter().map(|(key, value)| ((*key).to_owned(), value.as_str().into())).collect(),
            body: self.body.clone(),
            about: self.about.clone(),
            file: None,
        }
    }
}

/// The first line of an answer's leaf.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// `GET`, `POST`.
    pub method: String,
    /// `/cgi-bin/draft/count`.
    pub path: String,
    /// AppID or merchant number.
    pub account: String,
    /// The query.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub query: Map<String, Value>,
    /// The JSON that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub about: Map<String, Value>,
    /// A file came and is kept by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileNote>,
}

/// A file that came as an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileNote {
    /// Its digest.
    pub sha256: Sha256,
    /// Its length.
    pub bytes: u64,
    /// What the platform said of it.
    #[serde(default, skip_serializing_if = "FileFacts::is_empty")]
    pub facts: FileFacts,
}

impl Head {
    /// The request as one line: names it among the calls of a collector.
    pub fn line(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::other("api-answer-invalid").because(error))
    }

    /// A value that was sent.
    pub fn sent(&self, key: &str) -> &Value {
        self.body.as_ref().and_then(|body| body.get(key)).unwrap_or(&Value::Null)
    }
}

/// What came.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A file.
    File(Spooled),
    /// JSON, as it came.
    Json(Vec<u8>),
    /// A file that is kept elsewhere in the archive; seen when an archive is read again.
    Kept(FileNote),
}

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What was asked.
    pub head: Head,
    /// What came.
    pub content: Content,
}

impl Answer {
    /// What came for `head`.
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

    /// With what the platform said of the file.
    pub fn with_facts(mut self, facts: Option<FileFacts>) -> Self {
        if let (Some(note), Some(facts)) = (&mut self.head.file, facts) {
            note.facts = facts;
        }
        self
    }

    /// Whether it is a no, kept as proof. That there was no trade on a day is none.
    pub fn is_refusal(&self) -> bool {
        let answer = self.json();
        let word = answer["code"].as_str().filter(|_| answer["message"].is_string() && self.is_of_merchants());
        Said::of(&answer).is_some() || word.is_some_and(|word| word != NO_STATEMENT)
    }

    fn is_of_merchants(&self) -> bool {
        self.head.path.starts_with("/v3/")
    }

    /// The answer as JSON; null for a file.
    pub fn json(&self) -> Value {
        match &self.content {
            Content::Json(bytes) => json(bytes).unwrap_or_default(),
            Content::File(_) | Content::Kept(_) => Value::Null,
        }
    }

    /// As a leaf of evidence.
    pub fn to_evidence(&self) -> Result<Vec<u8>> {
        let mut leaf = self.head.line()?.into_bytes();
        leaf.push(b'\n');
        if let Content::Json(bytes) = &self.content {
            leaf.extend_from_slice(bytes);
        }
        Ok(leaf)
    }

    /// From a leaf.
    ///
    /// # Errors
    /// `api-answer-invalid` if it is none.
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

    /// The file that came, as an input of its own.
    pub fn input(body: &Spooled, locator: impl Into<String>) -> Input {
        match body {
            Spooled::Memory(bytes) => Input::bytes_at(locator, bytes.clone(), None),
            Spooled::File(_) => Input::opened_by(Arc::new(body.clone()), locator, body.len(), None),
        }
    }

    /// How it is named to people and in evidence.
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
