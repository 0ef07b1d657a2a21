//! Tables of articles written by exporters, read under a known header from CSV or a workbook.

use super::getmsg;
use crate::error::{Error, Result};
use crate::parse::list::List;
use crate::parse::list::table::{Header, Layout};
use crate::parse::table::{Record, Rows};
use crate::source::file::list;
use crate::source::file::table::tables::{self, Container};
use crate::source::{EvidenceId, ImportCx, Importer, Info, Input, Match, Out, Probe};

/// Number of rows within which the header occurs.
const HEADER_WITHIN: usize = 8;

/// The importer of one exporter's tables.
#[derive(Debug)]
pub struct ListTable {
    layout: Layout,
    info: &'static Info,
}

/// `微信公众号文章.xlsx` of wechat-article-exporter (also saved as CSV): titles, links, times, counts, types.
pub const ARTICLE_EXPORTER: ListTable = ListTable {
    layout: Layout::ArticleExporter,
    info: &Info {
        name: "wae-xlsx",
        summary_zh: "wechat-article-exporter 导出的文章表格（标题、链接、时间、类型、正文文字、各项计数、合集）",
        summary_en: "Article table exported by wechat-article-exporter (titles, links, times, types, texts, counts, albums)",
        patterns: &["微信公众号文章*.xlsx"],
        version: 2,
    },
};

/// The list written by wechatDownload: CSV with titles, links, times and counts.
pub const WECHAT_DOWNLOAD: ListTable = ListTable {
    layout: Layout::WechatDownload,
    info: &Info {
        name: "wechatdownload-csv",
        summary_zh: "wechatDownload 导出的文章 CSV（标题、链接、时间、阅读、分享、留言数）",
        summary_en: "Article CSV exported by wechatDownload (titles, links, times, reads, shares, comment counts)",
        patterns: &["*.csv"],
        version: 1,
    },
};

impl Importer for ListTable {
    fn info(&self) -> &'static Info {
        self.info
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let found = probe.first_rows(HEADER_WITHIN).find_map(|rows| rows.iter().find_map(Header::of));
        if found.is_some_and(|header| header.layout == self.layout) { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        read(self.info.name, input, cx, out)
    }
}

fn header(rows: &mut dyn Rows) -> Result<Option<Header>> {
    let mut record = Record::default();
    for _ in 0..HEADER_WITHIN {
        if !rows.next_row(&mut record)? {
            break;
        }
        if let Some(header) = Header::of(&record) {
            return Ok(Some(header));
        }
    }
    Ok(None)
}

/// Reads the whole table.
fn read(source: &'static str, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
    let bytes = input.bytes(getmsg::LIMIT)?;
    let mut articles = List::new(source);
    let probe = Probe::new(input);
    let container = Container::of(&probe).unwrap_or(Container::Text);
    let evidence = cx.evidence.redacted(&bytes, &list::meta(input, source, container.mime(&probe)))?;
    let unread =
        tables::each_known(input, container, |_, table| rows(table, &mut articles, evidence, input.locator(), out))?;
    tables::name_unread(unread, input, out)?;
    list::emit(articles, evidence, input.locator(), out)
}

fn rows(
    rows: &mut dyn Rows,
    articles: &mut List,
    evidence: EvidenceId,
    locator: &str,
    out: &mut dyn Out,
) -> Result<bool> {
    let Some(header) = header(rows)? else { return Ok(false) };
    let mut record = Record::default();
    loop {
        match rows.next_row(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(true),
            // Rows before the damage count.
            Err(error) => {
                let broken = Error::input("list-table-broken").with("path", locator).because(error);
                list::problem(&broken, locator, out)?;
                return Ok(true);
            }
        }
        if record.is_blank() {
            continue;
        }
        match header.listed(&record) {
            Some(listed) => {
                if let Some(text) = header.text(&record) {
                    list::emit_copy(text, &listed, false, evidence, out)?;
                }
                articles.add(listed);
            }
            None => articles.unread += 1,
        }
    }
}
