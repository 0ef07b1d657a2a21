//! Text copies of articles made by exporters (Markdown, plain text, Word, PDF), kept unchanged. They hold less than a
//! page, so an article with no other copy remains in the list of missing ones.

use std::sync::LazyLock;

use regex::Regex;

use crate::error::Result;
use crate::source::file::table::data_table;
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe};

/// The importer of text copies.
#[derive(Debug)]
pub struct ExporterDocument;

static INFO: Info = Info {
    name: "exporter-document",
    summary_zh: "导出工具存的文章副本（.md、.txt、.docx、.pdf，文件名带日期或文章编号）：原样保存在私密部分，不算作已存文章",
    summary_en: "Copies of articles saved by export tools (.md, .txt, .docx, .pdf, with a date or an article number in the name): kept unchanged in the private part, not counted as saved articles",
    patterns: &["*.md", "*.txt", "*.docx", "*.pdf"],
    version: 1,
};

/// File names such as `20240131标题.md` and `账号_标题_2650000001_1_作者_202401310800.txt`.
static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:(?:19|20)\d{6}[^\d].*|.*[ _]\d{8,12}_\d{1,2}(?:[ _].*)?)\.(?:md|txt|docx|pdf)$").ok()
});

impl Importer for ExporterDocument {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let named = NAME.as_ref().is_some_and(|name| name.is_match(probe.name()));
        if named && probe.size() > 0 { Match::Likely } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, _: &mut dyn Out) -> Result<()> {
        data_table::keep(INFO.name, "copy", "application/octet-stream", input, cx).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_as_exporters_make_them_are_taken() {
        let name = NAME.as_ref().unwrap();
        for taken in ["20240131春茶.md", "留底示例号_春茶_2650000501_1_小留_202401310800.txt", "20240131 春茶.pdf"]
        {
            assert!(name.is_match(taken), "{taken}");
        }
        for left in ["links.txt", "README.md", "合同2024.pdf", "202401.txt"] {
            assert!(!name.is_match(left), "{left}");
        }
    }
}
