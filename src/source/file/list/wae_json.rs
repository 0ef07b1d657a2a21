//! `微信公众号文章.json` of wechat-article-exporter: an array of the backend's entries with counts and, at the user's choice,
//! the text added.

use std::cell::Cell;

use serde_json::Value;

use super::getmsg;
use super::long::{Reads, Whole};
use crate::error::Result;
use crate::parse::json::Json;
use crate::parse::json::elements::Elements;
use crate::parse::list::List;
use crate::parse::list::comments::Thread;
use crate::parse::list::publish_page;
use crate::source::file::list;
use crate::source::{EvidenceId, ImportCx, Importer, Info, Input, Match, Out, Probe, rows};

/// The importer of this list.
#[derive(Debug)]
pub struct WaeJson;

static INFO: Info = Info {
    name: "wae-json",
    summary_zh: "wechat-article-exporter 导出的文章 JSON（标题、链接、时间、正文文字、阅读、点赞、在看、留言数，以及留言和回复）",
    summary_en: "Article JSON exported by wechat-article-exporter (titles, links, times, texts, reads, likes, 在看, comment counts, and comments with replies)",
    patterns: &["微信公众号文章*.json"],
    version: 4,
};

impl Importer for WaeJson {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        if probe.first_byte() != Some(b'[') {
            return Match::No;
        }
        let head = probe.head();
        let has = |needle: &str| memchr::memmem::find(head, needle.as_bytes()).is_some();
        let entries = (has("\"aid\"") || has("\"appmsgid\"")) && has("\"title\"") && has("\"link\"");
        let other = ["\"comm_msg_info\"", "\"app_msg_ext_info\"", "\"publish_info\""];
        if entries && !other.iter().any(|needle| has(needle)) { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(getmsg::LIMIT)?;
        let evidence = cx.evidence.redacted(&bytes, &list::meta(input, INFO.name, "application/json"))?;
        let (elements, broken) = Elements::of(&bytes);
        let empty = List { complete: true, ..List::new(INFO.name) };
        let any_more = Cell::new(false);
        let reads: &Reads<'_> = &|list, took| {
            elements.each(|value| {
                publish_page::read_entries(value, list);
                let more = Json::of(value).is_some_and(|article| MORE.iter().any(|key| article.get(key).is_some()));
                any_more.set(any_more.get() || more);
                took(list)
            })
        };
        let whole = Whole::read(&empty, reads)?;
        if let Some(error) = broken {
            list::problem(&list::broken(error, input.locator()), input.locator(), out)?;
            if !whole.any {
                return Ok(());
            }
        }
        whole.emit(&empty, reads, evidence, input.locator(), out)?;
        if !any_more.get() {
            return Ok(());
        }
        let biz = whole.list.biz.as_deref();
        elements.each(|value| {
            let Some(article) = Json::of(value) else { return Ok(()) };
            copy(article, biz, evidence, out)?;
            comments(article, biz, evidence, out)
        })
    }
}

/// Members that hold what the exporter fetched beside the list.
const MORE: [&str; 2] = ["content", "comments"];

/// Emits the text that the exporter fetched for an article.
fn copy(article: Json<'_>, biz: Option<&str>, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    let Some(text) = article.get("content").and_then(Value::as_str) else { return Ok(()) };
    let mut listed = publish_page::entry(article, None);
    listed.link.biz = listed.link.biz.or_else(|| biz.map(str::to_owned));
    // The exporter attributes the text of a reshared article to the account.
    let reshared = ["copyright_stat", "copyright_type"].iter().any(|key| article.int(key) == Some(2));
    list::emit_copy(text, &listed, reshared, evidence, out)
}

/// Emits the comments that the exporter fetched for an article.
fn comments(article: Json<'_>, biz: Option<&str>, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    let Some(comments) = article.get("comments").and_then(Value::as_array) else { return Ok(()) };
    let mut link = publish_page::entry(article, None).link;
    link.biz = link.biz.or_else(|| biz.map(str::to_owned));
    let mut thread = Thread::of(link.aliases().into_iter().next(), None);
    thread.comments(comments);
    rows::emit(thread.rows, thread.totals, evidence, out)
}
