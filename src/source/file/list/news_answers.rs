//! Responses of `freepublish`, `draft` and `material` saved as files by the owner's own program. They are read by the
//! collectors that would have requested them, so that the archive does not depend on who asked.

use serde_json::{Map, Value, json};

use super::getmsg;
use crate::error::Result;
use crate::model::dataset::content_key;
use crate::model::{
    ArticleFields, ArticleUrl, DataRow, DataTotal, Dataset, Gap, GapReason, Kind, Problem, Rank, Record, SubjectKind,
};
use crate::parse::encoding::mojibake;
use crate::parse::json::Json;
use crate::parse::list::links::decoded;
use crate::parse::list::news_answers::{Interface, NewsAnswer, answers, may_be};
use crate::parse::list::{json_values, refusal};
use crate::source::api::account::draft::Drafts;
use crate::source::api::account::freepublish::Freepublish;
use crate::source::api::account::material::Materials;
use crate::source::api::answer::{Answer, Content, Head};
use crate::source::api::collector::DynCollector;
use crate::source::file::list;
use crate::source::{EvidenceId, ImportCx, Importer, Info, Input, Item, Match, Out, Probe};

/// The importer of such responses.
#[derive(Debug)]
pub struct NewsAnswers;

static INFO: Info = Info {
    name: "news-answers",
    summary_zh: "自己的程序存下的接口返回（freepublish、draft、material 的 JSON）：已发布文章、草稿、素材，含正文",
    summary_en: "API responses saved by your own program (JSON of freepublish, draft, material): published articles, drafts and material, with their texts",
    patterns: &["freepublish*.json", "draft*.json", "material*.json"],
    version: 1,
};

/// Table of the entries of `freepublish`, which shows how many of them are held.
const PUBLISHED: &str = "freepublish";

impl Importer for NewsAnswers {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let json = matches!(probe.first_byte(), Some(b'{' | b'[')) && !probe.is_binary();
        if !json || !may_be(probe.head()) || getmsg::is_archive_of_requests(probe) {
            return Match::No;
        }
        let found = match probe.whole() {
            Some(bytes) => {
                let (values, _) = json_values(decoded(bytes).as_bytes());
                values.iter().any(|value| !answers(value, "").is_empty())
            }
            // Too long to be parsed twice: the names of its members must suffice.
            None => true,
        };
        if found { Match::Likely } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(getmsg::LIMIT)?;
        let evidence = cx.evidence.redacted(&bytes, &list::meta(input, INFO.name, "application/json"))?;
        let (mut values, broken) = json_values(decoded(&bytes).as_bytes());
        if let Some(error) = broken {
            list::problem(&list::broken(error, input.locator()), input.locator(), out)?;
        }
        let remark = |code: &'static str, count: u64| {
            Problem::remark(code, input.locator()).with("path", input.locator()).with("count", count)
        };
        let repaired: u64 = values.iter_mut().map(mojibake::repair).sum();
        if repaired > 0 {
            out.item(Item::Problem(remark("json-mojibake-repaired", repaired)))?;
        }
        let mut reading = Reading { evidence, cx, locator: input.locator(), missing: 0, unknown: 0, out };
        for value in &values {
            if let Some(refusal) = refusal(value) {
                list::problem(&list::refused(&refusal, input.locator()), input.locator(), reading.out)?;
            }
            for answer in answers(value, input.locator()) {
                reading.answer(answer)?;
            }
        }
        let Reading { missing, unknown, out, .. } = reading;
        if missing > 0 {
            out.item(Item::Problem(remark("answer-items-missing", missing)))?;
        }
        if unknown > 0 {
            out.item(Item::Problem(remark("answer-drafts-or-material", unknown)))?;
        }
        Ok(())
    }
}

struct Reading<'a> {
    evidence: EvidenceId,
    cx: &'a ImportCx<'a>,
    locator: &'a str,
    /// Number of items that a response counts but does not contain.
    missing: u64,
    /// Number of items that may or may not be drafts.
    unknown: u64,
    out: &'a mut dyn Out,
}

impl Reading<'_> {
    fn answer(&mut self, answer: NewsAnswer) -> Result<()> {
        let NewsAnswer { interface, value } = answer;
        if !value["article_detail"].is_null() {
            return self.publication(&value);
        }
        let items = value["item"].as_array().map_or(0, Vec::len) as u64;
        self.missing += value["item_count"].as_u64().unwrap_or_default().saturating_sub(items);
        match interface {
            Some(Interface::Freepublish) => {
                self.published(&value)?;
                self.collected(&Freepublish, json!({}), &value)
            }
            Some(Interface::Draft) => self.collected(&Drafts, json!({}), &with_ids(value)),
            Some(Interface::Material) => self.materials(value),
            // Items that may be drafts must stay private.
            None => {
                self.unknown += items;
                self.collected(&Drafts, json!({}), &with_ids(value))
            }
        }
    }

    /// Hands a response to the collector that requests such responses.
    fn collected(&mut self, collector: &dyn DynCollector, sent: Value, value: &Value) -> Result<()> {
        let head = Head {
            method: "POST".to_owned(),
            path: collector.info().patterns[0].to_owned(),
            body: Some(sent),
            ..Head::default()
        };
        let answer = Answer { head, content: Content::Json(value.to_string().into_bytes()) };
        collector.read(&answer, self.evidence, self.cx, self.out)
    }

    /// Reads material, which is counted by kind; a file may contain several kinds.
    fn materials(&mut self, value: Value) -> Result<()> {
        let value = with_ids(value);
        let items = value["item"].as_array().cloned().unwrap_or_default();
        let mut kinds: Vec<(&str, Vec<Value>)> = Vec::new();
        for item in items {
            let kind = kind_of(&item, self.locator);
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, items)) => items.push(item),
                None => kinds.push((kind, vec![item])),
            }
        }
        let single = kinds.len() == 1;
        for (kind, items) in kinds {
            let mut answer = Map::from_iter([("item".to_owned(), Value::Array(items))]);
            if single {
                answer.extend(value.get("total_count").map(|total| ("total_count".to_owned(), total.clone())));
            }
            self.collected(&Materials, json!({"type": kind}), &answer.into())?;
        }
        Ok(())
    }

    /// Emits rows for published entries where a response is one of several pages, so that the archive shows how much of
    /// the platform's total is held.
    fn published(&mut self, value: &Value) -> Result<()> {
        let items = value["item"].as_array().map_or(0, Vec::len) as u64;
        if value["total_count"].as_u64().is_none_or(|total| total <= items) {
            return Ok(());
        }
        for item in value["item"].as_array().into_iter().flatten() {
            let Some(id) = item["article_id"].as_str() else { continue };
            let mut fields: Map<String, Value> = Map::new();
            fields.insert("article_id".to_owned(), id.into());
            let articles = item["content"]["news_item"].as_array().map_or(0, Vec::len);
            fields.insert("articles".to_owned(), articles.into());
            for name in ["create_time", "update_time"] {
                let time = [&item["content"][name], &item[name]].into_iter().find(|time| !time.is_null());
                fields.extend(time.map(|time| (name.to_owned(), time.clone())));
            }
            let row = DataRow::new(Dataset::Materials, PUBLISHED, id, fields).from_api();
            self.out.item(Item::Row(row, self.evidence))?;
        }
        if let Some(total) = value["total_count"].as_u64() {
            self.out.item(Item::Total(DataTotal::new(Dataset::Materials, PUBLISHED, total), self.evidence))?;
        }
        Ok(())
    }

    /// Reads `freepublish/get`: the addresses of one publication's articles, and its state.
    fn publication(&mut self, value: &Value) -> Result<()> {
        let reason = match Json::of(value).and_then(|value| value.int("publish_status")) {
            Some(5) => Some(GapReason::DeletedByAuthor),
            Some(6) => Some(GapReason::BlockedByPlatform),
            _ => None,
        };
        let detail = &value["article_detail"];
        let entries = detail.get("item").or_else(|| detail.get("items")).and_then(Value::as_array);
        for entry in entries.into_iter().flatten().filter_map(Json::of) {
            let url = entry.url("article_url").or_else(|| entry.url("articleUrl"));
            let Some(link) = url.and_then(|url| ArticleUrl::parse(&url)) else { continue };
            let Some(key) = link.aliases().into_iter().next() else { continue };
            let deleted = (reason == Some(GapReason::DeletedByAuthor)).then_some(true);
            let ArticleUrl { biz, mid, idx, sn, .. } = link.clone();
            let fields =
                ArticleFields { url: link.canonical(), biz, mid, idx, sn, deleted, ..ArticleFields::default() };
            let record = Record::new(Kind::Article, Rank::Api, link.aliases(), &fields).of_account(link.biz.clone());
            self.out.item(Item::Record(record, self.evidence))?;
            if let Some(reason) = reason {
                let mut gap = Gap::new(SubjectKind::Article, key, reason);
                gap.account.clone_from(&link.biz);
                gap.url = fields.url;
                self.out.item(Item::Gap(gap))?;
            }
        }
        Ok(())
    }
}

/// Adds a missing `media_id`, which identifies a row: the response to a request for one item does not repeat it.
fn with_ids(mut value: Value) -> Value {
    for item in value["item"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        if !item.get("media_id").is_some_and(Value::is_string) {
            let key = content_key(item);
            item.insert("media_id".to_owned(), key.into());
        }
    }
    value
}

/// Returns the platform's kind of a material.
fn kind_of(item: &Value, locator: &str) -> &'static str {
    if !item["content"].is_null() {
        return "news";
    }
    let name = item["name"].as_str().unwrap_or_default().to_lowercase();
    let locator = locator.to_lowercase();
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let says = |words: &[&str]| words.iter().any(|word| locator.contains(word));
    if item["url"].as_str().is_some_and(|url| url.contains("qpic.cn") || url.contains("qlogo.cn")) {
        "image"
    } else if ends(&[".mp4", ".mov", ".avi", ".wmv"]) || says(&["video", "视频"]) {
        "video"
    } else if ends(&[".mp3", ".amr", ".wma", ".wav"]) || says(&["voice", "音频", "语音"]) {
        "voice"
    } else {
        "image"
    }
}
