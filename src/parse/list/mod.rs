//! Represents lists of articles from any source, and recognizes the platform's error responses.

pub mod album_list;
pub mod article_columns;
pub mod channels;
pub mod channels_header;
pub mod channels_record;
pub mod channels_table;
pub(crate) mod column_names;
pub mod comments;
pub mod copy;
pub mod feed;
pub mod feed_json;
pub mod getmsg;
pub mod link_scan;
pub mod links;
pub mod news_answers;
pub mod note;
pub mod publish_page;
pub mod row_links;
pub mod table;
pub mod title;

use serde_json::Value;

use super::json::Json;
use crate::model::{AccountFields, ArticleFields, ArticleUrl, ShortPostFields, article_url};

/// The list in one piece of evidence.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The kind of list: `publish_page`, `getmsg` …
    pub name: &'static str,
    /// The `__biz` of the list's account, if it has one account.
    pub biz: Option<String>,
    /// The fields of the account.
    pub account: AccountFields,
    /// The articles in the list's order, each once.
    pub articles: Vec<Listed>,
    /// The number of sendings in the list; one sending may hold several articles.
    pub sends: u64,
    /// The number of sendings that the platform declares. It is not the number of articles.
    pub total_sends: Option<u64>,
    /// The number of articles that the platform declares.
    pub total_articles: Option<u64>,
    /// Sendings that are not articles: texts, images, voices, videos.
    pub broadcasts: Vec<Broadcast>,
    /// The number of entries of an unknown form.
    pub unread: usize,
    /// Whether the list omits no kind of article: see [`crate::model::ListingFields::complete`].
    pub complete: bool,
}

/// An article in a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// The article's identity.
    pub link: ArticleUrl,
    /// The fields stated in the list.
    pub fields: ArticleFields,
    /// Whether the platform blocked it, before or after sending.
    pub blocked: bool,
}

/// A sending that is not an article.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Broadcast {
    /// The platform's id of the sending; empty if it has none.
    pub id: String,
    /// The fields stated in the list.
    pub fields: ShortPostFields,
}

/// How far an entry may stand from another of the same article: in both halves of one sending.
const NEAR: usize = 64;

impl List {
    /// Creates an empty list of this name.
    pub fn new(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    /// Adds an article, or completes it if it is already in the list. Returns `false` if nothing identifies it.
    pub fn add(&mut self, listed: Listed) -> bool {
        let (aliases, link) = (listed.link.aliases(), &listed.link);
        if aliases.is_empty() && link.mid.is_none() {
            return false;
        }
        let same = |known: &ArticleUrl| {
            let numbers = link.mid.is_some() && (&known.mid, &known.idx) == (&link.mid, &link.idx);
            let accounts = known.biz.is_none() || link.biz.is_none() || known.biz == link.biz;
            numbers && accounts
                || !known.has_other_numbers(link) && known.aliases().iter().any(|alias| aliases.contains(alias))
        };
        match self.articles.iter_mut().rev().take(NEAR).find(|known| same(&known.link)) {
            Some(known) => known.complete(listed),
            None => self.articles.push(listed),
        }
        true
    }

    /// Takes out the articles that nothing completes any more, if there are many.
    pub fn take_settled(&mut self) -> Vec<Listed> {
        let settled = self.articles.len().saturating_sub(NEAR);
        if settled < 1_000 { Vec::new() } else { self.articles.drain(..settled).collect() }
    }

    /// Sets the account of every article if the list has only one, and the article's URL from all its known parts.
    pub fn finish(mut self) -> Self {
        if self.biz.is_none() {
            let mut all = self.articles.iter().filter_map(|listed| listed.link.biz.as_ref());
            let first = all.next().cloned();
            self.biz = first.filter(|first| all.all(|other| other == first));
        }
        self.articles.iter_mut().for_each(|listed| listed.belongs_to(self.biz.as_ref()));
        let all = self.articles.len();
        self.articles.retain(|listed| !listed.link.aliases().is_empty());
        self.unread += all - self.articles.len();
        self.account.biz = self.account.biz.take().or_else(|| self.biz.clone());
        self
    }
}

impl Listed {
    /// Gives it the account of its list, and its URL by all that is known.
    pub fn belongs_to(&mut self, biz: Option<&String>) {
        if self.link.biz.is_none() {
            self.link.biz = biz.cloned();
        }
        let ArticleUrl { biz, mid, idx, sn, .. } = self.link.clone();
        self.fields.url = self.link.canonical();
        (self.fields.biz, self.fields.mid, self.fields.idx, self.fields.sn) = (biz, mid, idx, sn);
    }

    fn complete(&mut self, other: Self) {
        self.link = super::page::joined(std::mem::take(&mut self.link), other.link);
        self.blocked |= other.blocked;
        let mut fields = crate::model::record::fields_of(&other.fields);
        fields.extend(crate::model::record::fields_of(&self.fields));
        if let Ok(fields) = serde_json::from_value(Value::Object(fields)) {
            self.fields = fields;
        }
    }
}

/// Returns the identity of an entry from its URL and the numbers stated with it.
pub fn link_of(url: Option<&str>, biz: Option<String>, mid: Option<String>, idx: Option<String>) -> ArticleUrl {
    let link = url.and_then(ArticleUrl::parse).unwrap_or_default();
    let idx = idx.or_else(|| mid.as_ref().map(|_| "1".to_owned()));
    super::page::joined(link, ArticleUrl { biz, mid, idx, ..ArticleUrl::default() })
}

/// Returns an account's `__biz`: its number (`fakeid` of older responses) in base64.
pub fn biz_of_number(number: &str) -> Option<String> {
    use base64::Engine as _;
    let plain = !number.is_empty() && number.len() <= 20 && number.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| base64::engine::general_purpose::STANDARD.encode(number))
}

/// An error response of the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The error code: `200013`, `-3`, `48001` …
    pub code: i64,
    /// The error message.
    pub words: String,
}

/// Returns the error in a response; `None` for a successful one.
pub fn refusal(answer: &Value) -> Option<Refusal> {
    let answer = Json::of(answer)?;
    let base = answer.object("base_resp");
    let code = ["errcode", "errCode", "ret"]
        .iter()
        .find_map(|key| answer.int(key).filter(|code| *code != 0))
        .or_else(|| base.and_then(|base| base.int("ret")).filter(|code| *code != 0))?;
    let words = base
        .and_then(|base| base.text("err_msg").or_else(|| base.text("errmsg")))
        .or_else(|| ["errmsg", "err_msg", "errMsg"].iter().find_map(|key| answer.text(key)))
        .unwrap_or_default();
    Some(Refusal { code, words })
}

/// Returns the consecutive JSON values of a text (a whole document, or one per line), and the error that ended reading.
pub fn json_values(bytes: &[u8]) -> (Vec<Value>, Option<serde_json::Error>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut values = Vec::new();
    for value in serde_json::Deserializer::from_slice(bytes).into_iter::<Value>() {
        match value {
            Ok(value) => values.push(value),
            Err(error) => return (values, Some(error)),
        }
    }
    (values, None)
}

/// Normalizes a title or digest from a list: decodes entities once and trims it.
pub fn words(text: &str) -> Option<String> {
    let text = super::page::scan::decode(text);
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Returns a cover as a medium.
pub fn cover(url: Option<String>) -> Option<crate::model::MediaRef> {
    let url = article_url::decode(&url?);
    url.starts_with("http").then(|| crate::model::MediaRef::at(url, crate::model::MediaRole::Cover))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_is_seen_in_every_form() {
        assert_eq!(refusal(&json!({"base_resp": {"ret": 200_013, "err_msg": "freq control"}})).unwrap().code, 200_013);
        assert_eq!(refusal(&json!({"ret": -3, "errmsg": "no session"})).unwrap().words, "no session");
        assert_eq!(refusal(&json!({"errcode": 48_001, "errmsg": "api unauthorized"})).unwrap().code, 48_001);
        assert_eq!(refusal(&json!({"ret": 0, "errmsg": "ok", "msg_count": 0})), None);
    }

    #[test]
    fn a_number_is_a_biz() {
        assert_eq!(biz_of_number("2392024520").as_deref(), Some("MjM5MjAyNDUyMA=="));
        assert_eq!(biz_of_number("MjM5"), None);
    }
}
