//! The list that wechatDownload writes: CSV with titles, links, times and counts.

use super::list_table;
use crate::error::Result;
use crate::parse::list::table::Layout;
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe};

/// Reads it.
#[derive(Debug)]
pub struct WechatDownloadCsv;

static INFO: Info = Info {
    name: "wechatdownload-csv",
    summary_zh: "wechatDownload 导出的文章 CSV（标题、链接、时间、阅读、分享、留言数）",
    summary_en: "Article CSV of wechatDownload (titles, links, times, counts)",
    patterns: &["*.csv"],
    version: 1,
};

impl Importer for WechatDownloadCsv {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        list_table::identify(probe, Layout::WechatDownload)
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        list_table::read(INFO.name, input, cx, out)
    }
}
