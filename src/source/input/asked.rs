//! Recovers the request of responses that do not name their subject: comments and counts name no article. The request
//! is known from the same file, where it precedes the response, from the record of the container, from the neighbouring
//! file (Fiddler writes `1_c.txt` and `1_s.txt`), or from the file name.

use std::sync::LazyLock;

use regex::Regex;

use crate::error::Result;
use crate::model::{ArticleFields, ArticleUrl, Kind, Problem, Rank, Record, Time};
use crate::parse::container::http_message::{self, Exchange};
use crate::source::{EvidenceId, EvidenceMeta, ImportCx, Input, Item, Out};

/// Largest response of this kind, in bytes.
pub(crate) const LIMIT: u64 = 64 * 1024 * 1024;

/// The article's numbers in a file name: `MzA0MDAwMDAwMA==_2650000001_1`.
static IN_NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(M[A-Za-z0-9+]{11,20}={0,2})_(\d{6,12})_(\d{1,2})(?:\D|$)").ok());

/// A response with the known facts of its request.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// The article by its numbers.
    link: ArticleUrl,
    /// `comment_id` of the article.
    comment_id: Option<String>,
    /// Id of the comment whose replies were requested.
    pub(crate) content_id: Option<String>,
    /// Time of the response.
    pub(crate) time: Option<Time>,
    /// Path of the request.
    path: String,
    /// Body of the response.
    pub(crate) body: Vec<u8>,
}

impl Asked {
    /// Splits an input into the response and the facts of its request.
    pub(crate) fn of(input: &Input) -> Result<Self> {
        let bytes = input.bytes(LIMIT)?;
        let exchange = if http_message::looks_like(&bytes) { http_message::read(&bytes) } else { None };
        let exchange = exchange.unwrap_or_else(|| Exchange { body: bytes, ..Exchange::default() });
        let beside = if exchange.url.is_empty() { request_beside(input) } else { None };
        let mut asked = Self { time: exchange.time, ..Self::default() };
        for told in [Some(&exchange), beside.as_ref()].into_iter().flatten() {
            asked.learn(&|name| told.parameter(name), path_of(&told.url));
        }
        if let Some(received) = input.received() {
            asked.learn(&|name| received.parameter(name), received.path());
            asked.time = asked.time.or(input.modified());
        }
        if asked.link.biz.is_none()
            && let Some(found) = IN_NAME.as_ref().and_then(|pattern| pattern.captures(input.name()))
        {
            asked.link.biz = Some(found[1].to_owned());
            asked.link.mid = Some(found[2].to_owned());
            asked.link.idx = Some(found[3].to_owned());
        }
        asked.body = exchange.body;
        Ok(asked)
    }

    fn learn(&mut self, parameter: &dyn Fn(&str) -> Option<String>, path: &str) {
        let first = |names: &[&str]| names.iter().find_map(|name| parameter(name));
        let digits = |value: Option<String>| value.filter(|value| value.bytes().all(|byte| byte.is_ascii_digit()));
        let link = &mut self.link;
        link.biz = link.biz.take().or_else(|| first(&["__biz"]));
        link.mid = link.mid.take().or_else(|| digits(first(&["appmsgid", "mid"])));
        link.idx = link.idx.take().or_else(|| digits(first(&["idx", "itemidx"])));
        link.sn = link.sn.take().or_else(|| first(&["sn"]));
        let comment_id = digits(first(&["comment_id"])).filter(|id| id.bytes().any(|byte| byte != b'0'));
        self.comment_id = self.comment_id.take().or(comment_id);
        self.content_id = self.content_id.take().or_else(|| digits(first(&["content_id"])));
        if self.path.is_empty() {
            path.clone_into(&mut self.path);
        }
    }

    /// Returns the aliases of the article, best first; none where nothing identifies it.
    pub(crate) fn article(&self) -> Vec<String> {
        let mut names = self.link.aliases();
        names.extend(self.comment_id.as_ref().map(|id| format!("comment:{id}")));
        names
    }

    /// Keeps the response together with the parameters that identify its article, because the same numbers of two
    /// articles are two pieces of evidence.
    pub(crate) fn keep(&self, source: &'static str, input: &Input, cx: &ImportCx<'_>) -> Result<EvidenceId> {
        let told = [
            ("__biz", &self.link.biz),
            ("appmsgid", &self.link.mid),
            ("idx", &self.link.idx),
            ("sn", &self.link.sn),
            ("comment_id", &self.comment_id),
            ("content_id", &self.content_id),
        ];
        let told: Vec<(&str, String)> =
            told.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect();
        let meta = EvidenceMeta {
            source,
            locator: input.locator().to_owned(),
            template: source,
            mime: "application/json",
            time: self.time.or(input.modified()),
            fetch: None,
        };
        if told.is_empty() && self.time.is_none() {
            return cx.evidence.redacted(&self.body, &meta);
        }
        let path = if self.path.is_empty() { "/" } else { &self.path };
        cx.evidence.redacted(&Exchange::kept(path, &told, self.time, &self.body), &meta)
    }

    /// Emits the article with the fields of the response, or a remark that nothing identifies the article.
    pub(crate) fn emit(
        &self,
        mut fields: ArticleFields,
        evidence: EvidenceId,
        input: &Input,
        out: &mut dyn Out,
    ) -> Result<()> {
        let aliases = self.article();
        if self.link.aliases().is_empty() {
            if aliases.is_empty() {
                let remark = Problem::remark("answer-without-article", input.locator());
                out.item(Item::Problem(remark.with("path", input.locator())))?;
            }
            return Ok(());
        }
        let ArticleUrl { biz, mid, idx, sn, .. } = self.link.clone();
        (fields.biz, fields.mid, fields.idx, fields.sn) = (biz.clone(), mid, idx, sn);
        fields.url = self.link.canonical();
        fields.comment_id.clone_from(&self.comment_id);
        let mut record = Record::new(Kind::Article, Rank::List, aliases, &fields).of_account(biz);
        record.as_of = self.time;
        out.item(Item::Record(record, evidence))
    }
}

/// Returns the request that belongs to the response in Fiddler's `12_s.txt`.
fn request_beside(input: &Input) -> Option<Exchange> {
    let name = input.name().strip_suffix("_s.txt")?;
    let request = input.sibling(&format!("{name}_c.txt"))?;
    http_message::read(&request.bytes(LIMIT).ok()?)
}

fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest.find('/').map_or("", |slash| &rest[slash..]));
    rest.split(['?', '#']).next().unwrap_or_default()
}
