//! `微信公众号文章.json` of wechat-article-exporter: an array of the backend's entries with counts (and, where its user
//! asked for them, the plain text, which is no body) added.

use super::{ImportCx, Importer, Info, Input, Match, Out, Probe, getmsg, list};
use crate::error::Result;
use crate::parse::list::{List, json_values};
use crate::parse::list_publish;

/// Reads it.
#[derive(Debug)]
pub struct WaeJson;

static INFO: Info = Info {
    name: "wae-json",
    summary_zh: "wechat-article-exporter 导出的文章 JSON（标题、链接、时间、阅读、点赞、在看、留言数）",
    summary_en: "Article JSON of wechat-article-exporter (titles, links, times, counts)",
    patterns: &["微信公众号文章*.json"],
    version: 1,
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
        let evidence = cx.keep.leaf(&bytes, &list::meta(input, INFO.name, "application/json"))?;
        let (values, broken) = json_values(&bytes);
        let mut entries = List::new(INFO.name);
        for value in &values {
            list_publish::read_entries(value, &mut entries);
        }
        if let Some(error) = broken {
            list::problem(&list::broken(error, input.locator()), input.locator(), out)?;
            if entries.articles.is_empty() {
                return Ok(());
            }
        }
        list::emit(entries, evidence, input.locator(), out)
    }
}
