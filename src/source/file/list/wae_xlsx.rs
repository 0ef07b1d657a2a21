//! `微信公众号文章.xlsx` of wechat-article-exporter (also saved as CSV): titles, links, times, counts, types.

use super::list_table;
use crate::error::Result;
use crate::parse::list::table::Layout;
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe};

/// Reads it.
#[derive(Debug)]
pub struct WaeXlsx;

static INFO: Info = Info {
    name: "wae-xlsx",
    summary_zh: "wechat-article-exporter 导出的文章表格（标题、链接、时间、类型、正文文字、各项计数、合集）",
    summary_en: "Article sheet of wechat-article-exporter (titles, links, times, types, the text, counts, albums)",
    patterns: &["微信公众号文章*.xlsx"],
    version: 2,
};

impl Importer for WaeXlsx {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        list_table::identify(probe, Layout::ArticleExporter)
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        list_table::read(INFO.name, input, cx, out)
    }
}
