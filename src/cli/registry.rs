//! `liudi sources`, `liudi exporters`: what the registries say.

use serde_json::{Value, json};

use super::context::Context;
use crate::error::Result;
use crate::export::registry::EXPORTERS;
use crate::source::api::registry::COLLECTORS;
use crate::source::file::registry::IMPORTERS;
use crate::text::{Language, Texts};

/// One line of either list.
struct Line {
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    patterns: &'static [&'static str],
}

/// The kinds of input that are understood.
pub(super) fn sources(context: &Context<'_>) -> Result<u8> {
    let infos = IMPORTERS.iter().map(|importer| importer.info());
    list(
        context,
        infos.map(|info| Line { name: info.name, zh: info.summary_zh, en: info.summary_en, patterns: info.patterns }),
    )
}

/// What an archive can be turned into.
pub(super) fn exporters(context: &Context<'_>) -> Result<u8> {
    let infos = EXPORTERS.iter().map(|exporter| exporter.info());
    list(context, infos.map(|info| Line { name: info.name, zh: info.summary_zh, en: info.summary_en, patterns: &[] }))
}

/// What a source reads, in words; the name itself where nobody bears it.
pub(super) fn name_of(texts: &Texts, source: &str) -> String {
    let files = IMPORTERS.iter().map(|importer| importer.info());
    let info = files.chain(COLLECTORS.iter().map(|collector| collector.info())).find(|info| info.name == source);
    match (info, texts.language()) {
        (Some(info), Language::Chinese) => info.summary_zh.to_owned(),
        (Some(info), Language::English) => info.summary_en.to_owned(),
        (None, _) => texts.find(&format!("source-{source}"), &[]).unwrap_or_else(|| source.to_owned()),
    }
}

fn list(context: &Context<'_>, lines: impl Iterator<Item = Line>) -> Result<u8> {
    let output = context.output;
    if output.json {
        let list: Vec<Value> = lines
            .map(|line| json!({ "name": line.name, "summary": { "zh-CN": line.zh, "en": line.en }, "patterns": line.patterns }))
            .collect();
        output.answer(&list)?;
        return Ok(0);
    }
    let chinese = output.texts().language() == Language::Chinese;
    for line in lines {
        let summary = if chinese { line.zh } else { line.en };
        output.data(format!("{:<22} {summary}  {}", line.name, line.patterns.join(" ")).trim_end())?;
    }
    Ok(0)
}
