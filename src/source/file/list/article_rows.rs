//! Articles as JSON objects whose members are the columns of any table: exports of crawlers and feed readers, and
//! tables of a database handed on by other importers. The text of an article, if present, is a poorer source than a
//! page.

use serde_json::Value;

use super::{getmsg, links};
use crate::error::Result;
use crate::model::ArticleFields;
use crate::parse::json::nested;
use crate::parse::list::article_columns::listed_object;
use crate::parse::list::links::{Links, decoded, has_link, of_text};
use crate::parse::list::{List, Listed, json_values};
use crate::source::file::list;
use crate::source::{EvidenceId, ImportCx, Importer, Info, Input, Match, Out, Probe};

/// The importer of such objects.
#[derive(Debug)]
pub struct ArticleRows;

pub(crate) static INFO: Info = Info {
    name: "article-rows",
    summary_zh: "文章 JSON，每条带标题和链接（爬虫、订阅工具导出的数组或逐行 JSON，含正文的也读正文）",
    summary_en: "Article JSON with a title and a link per article (arrays or JSON lines exported by crawlers and feed readers; the texts too if included)",
    patterns: &["*.json", "*.jsonl"],
    version: 2,
};

/// Most objects examined to identify a file.
const TRIES: usize = 200;

/// Greatest depth of objects, arrays and JSON in strings that is searched.
const DEPTH: usize = 12;

impl Importer for ArticleRows {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        if !matches!(probe.first_byte(), Some(b'{' | b'['))
            || probe.is_binary()
            || getmsg::is_archive_of_requests(probe)
        {
            return Match::No;
        }
        // If the first object is longer than the head, the whole file is searched.
        let found =
            has_row(probe.head()) || probe.size() > probe.head().len() as u64 && probe.whole().is_some_and(has_row);
        if found { Match::Likely } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(getmsg::LIMIT)?;
        let evidence = cx.evidence.redacted(&bytes, &list::meta(input, INFO.name, "application/json"))?;
        let text = decoded(&bytes);
        let (values, broken) = json_values(text.as_bytes());
        let mut rows = Rows { list: List::new(INFO.name), links: Links::default(), evidence, out };
        values.iter().try_for_each(|value| rows.walk(value, DEPTH))?;
        let Rows { list: mut articles, links: mut others, .. } = rows;
        if broken.is_some() {
            // The rest after the damage is searched as text.
            of_text(&text, &mut others);
        }
        links::temporary(&others, input.locator(), out)?;
        for found in others.into_vec() {
            let fields = ArticleFields { title: found.title, published: found.published, ..ArticleFields::default() };
            articles.add(Listed { link: found.link, fields, ..Listed::default() });
        }
        if let Some(error) = broken {
            list::problem(&list::broken(error, input.locator()), input.locator(), out)?;
        }
        list::emit(articles, evidence, input.locator(), out)
    }
}

/// Reports whether the bytes begin as JSON and one of the first objects is an article.
fn has_row(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        // The head may end inside a character.
        Err(error) if error.error_len().is_none() => String::from_utf8_lossy(&head[..error.valid_up_to()]),
        _ => decoded(head),
    };
    let text = text.trim_start_matches('\u{feff}').as_bytes();
    let object = |at: usize| serde_json::Deserializer::from_slice(&text[at..]).into_iter::<Value>().next();
    let begins = match object(0) {
        Some(Ok(_)) => true,
        Some(Err(error)) => error.is_eof(),
        None => false,
    };
    begins
        && memchr::memchr_iter(b'{', text).take(TRIES).any(|at| {
            let value = object(at).and_then(std::result::Result::ok);
            value.as_ref().and_then(Value::as_object).and_then(listed_object).is_some()
        })
}

struct Rows<'a> {
    list: List,
    /// Links outside of rows.
    links: Links,
    evidence: EvidenceId,
    out: &'a mut dyn Out,
}

impl Rows<'_> {
    fn walk(&mut self, value: &Value, depth: usize) -> Result<()> {
        if depth == 0 {
            return Ok(());
        }
        match value {
            Value::Array(values) => {
                let rows = self.list.articles.len();
                values.iter().try_for_each(|value| self.walk(value, depth - 1))?;
                let added = self.list.articles.len() - rows;
                let objects = values.iter().filter(|value| value.is_object()).count();
                if added > 0 && objects > added {
                    self.list.unread += values
                        .iter()
                        .filter_map(Value::as_object)
                        .filter(|object| listed_object(object).is_none())
                        .count();
                }
                Ok(())
            }
            Value::Object(object) => match listed_object(object) {
                Some((listed, text)) => {
                    if let Some(text) = text {
                        list::emit_copy(&text, &listed, false, self.evidence, self.out)?;
                    }
                    self.list.add(listed);
                    Ok(())
                }
                None => object.values().try_for_each(|value| self.walk(value, depth - 1)),
            },
            Value::String(text) => {
                if text.trim_start().starts_with(['{', '['])
                    && let Some(inner) = nested(value)
                {
                    return self.walk(&inner, depth - 1);
                }
                if has_link(text.as_bytes()) {
                    of_text(text, &mut self.links);
                }
                Ok(())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        }
    }
}
