//! Reads articles inside API responses (`news_item`), shared by freepublish, materials and drafts.

use serde_json::{Map, Value};

use crate::error::Result;
use crate::html::{SanitiseOptions, sanitise};
use crate::model::{AccountFields, ArticleFields, ArticleUrl, Gap, GapReason, Kind, Rank, Record, SubjectKind, Time};
use crate::parse::json::Json;
use crate::parse::list::{cover, words};
use crate::source::{EvidenceId, Item, Out};

/// The context of an entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Around {
    /// Time of publication.
    pub(crate) published: Option<Time>,
    /// Time of the last change.
    pub(crate) modified: Option<Time>,
    /// Evidence of the response.
    pub(crate) evidence: EvidenceId,
}

/// Keys that have fields of ours, or say nothing about the article.
const TOLD: &[&str] =
    &["author", "content", "content_source_url", "digest", "is_deleted", "thumb_media_id", "thumb_url", "title", "url"];

/// Emits the article of `entry` and returns its identity. An entry without a link that identifies it is not published.
pub(crate) fn emit(entry: Json<'_>, around: Around, out: &mut dyn Out) -> Result<Option<ArticleUrl>> {
    let Some(link) = entry.url("url").and_then(|url| ArticleUrl::parse(&url)).filter(|link| link.mid.is_some()) else {
        return Ok(None);
    };
    let deleted = entry.int("is_deleted").map(|value| value != 0);
    let mut extra: Map<String, Value> = entry.0.clone();
    extra.retain(|key, value| !TOLD.contains(&key.as_str()) && !value.is_null() && value.as_str() != Some(""));
    let fields = ArticleFields {
        biz: link.biz.clone(),
        mid: link.mid.clone(),
        idx: link.idx.clone(),
        sn: link.sn.clone(),
        url: link.canonical(),
        title: entry.text("title").and_then(|title| words(&title)),
        summary: entry.text("digest").and_then(|digest| words(&digest)),
        author: entry.text("author"),
        source_url: entry.url("content_source_url"),
        cover: cover(entry.url("thumb_url")),
        published: around.published,
        modified: around.modified.filter(|time| Some(*time) != around.published),
        deleted: deleted.filter(|deleted| *deleted),
        extra,
        ..ArticleFields::default()
    };
    let aliases = link.aliases();
    let key = aliases[0].clone();
    let mut record = Record::new(Kind::Article, Rank::Api, aliases, &fields).of_account(link.biz.clone());
    record.as_of = around.modified.or(around.published);
    if let Some(html) = entry.0.get("content").and_then(Value::as_str).filter(|html| !html.trim().is_empty()) {
        let page_url = link.canonical();
        // Element ids inside a body must not collide with those of other bodies in the same response.
        let scope = format!("{}{}", &around.evidence.hex()[..12], crate::model::Sha256::of(key.as_bytes()).hex());
        record.body = Some(sanitise(html, &SanitiseOptions { page_url: page_url.as_deref(), scope: &scope[..16] }));
    }
    out.item(Item::Record(record, around.evidence))?;
    if deleted == Some(true) {
        let mut gap = Gap::new(SubjectKind::Article, key, GapReason::DeletedByAuthor);
        gap.account.clone_from(&link.biz);
        gap.title.clone_from(&fields.title);
        gap.date = fields.published;
        gap.url.clone_from(&fields.url);
        out.item(Item::Gap(gap))?;
    }
    Ok(Some(link))
}

/// Emits the account that joins AppID and `__biz`: the account that asked owns the articles of the response.
pub(crate) fn account(biz: &str, appid: &str, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    let fields = AccountFields { biz: Some(biz.to_owned()), ..AccountFields::default() };
    let aliases = vec![format!("biz:{biz}"), format!("appid:{appid}")];
    out.item(Item::Record(Record::new(Kind::Account, Rank::Api, aliases, &fields).of_account(Some(biz)), evidence))
}
