//! Tables of 视频号 works, one per row, under the headers of several programs.

use super::{channels, getmsg};
use crate::error::{Error, Result};
use crate::parse::list::channels::Channels;
use crate::parse::list::channels_header::{Header, Layout};
use crate::parse::list::{channels_record, channels_table};
use crate::parse::table::{Record, Rows};
use crate::source::file::list;
use crate::source::file::table::tables::{self, Container};
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe};

/// Number of rows within which the first header occurs.
const HEADER_WITHIN: usize = 4;

/// The importer of one layout.
#[derive(Debug)]
pub struct ChannelsTable {
    layout: &'static Layout,
    info: &'static Info,
}

/// `视频号动态数据明细.csv`, which 视频号助手 offers to the owner for download.
pub const STATISTICS: ChannelsTable = ChannelsTable {
    layout: &channels_table::LAYOUT,
    info: &Info {
        name: "channels-csv",
        summary_zh: "视频号助手下载的单篇视频数据表（视频号动态数据明细，CSV 或 Excel）：描述、发布日期、播放和互动数据",
        summary_en: "Table of single videos downloaded from 视频号助手 (视频号动态数据明细, CSV or Excel): descriptions, publication dates, plays and interactions",
        patterns: &["视频号动态数据明细*.csv", "视频号动态数据明细*.xlsx"],
        version: 3,
    },
};

/// `download_records.csv`, in which wx_channel records the 视频号 works that it saved.
pub const DOWNLOADS: ChannelsTable = ChannelsTable {
    layout: &channels_record::LAYOUT,
    info: &Info {
        name: "channels-record",
        summary_zh: "wx_channel 的下载记录（download_records.csv）：视频号作品的标题、时间、数字，下载的视频按标题和时长对应",
        summary_en: "Download record of wx_channel (download_records.csv): titles, times and numbers of 视频号 posts; downloaded videos are matched by title and duration",
        patterns: &["download_records*.csv", "下载记录*.csv"],
        version: 1,
    },
};

impl Importer for ChannelsTable {
    fn info(&self) -> &'static Info {
        self.info
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let mut tables = probe.first_rows(HEADER_WITHIN);
        let found = tables.any(|rows| rows.iter().any(|row| Header::of(row, self.layout).is_some()));
        if found { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(getmsg::LIMIT)?;
        let probe = Probe::new(input);
        let container = Container::of(&probe).unwrap_or(Container::Text);
        let evidence = cx.evidence.redacted(&bytes, &list::meta(input, self.info.name, container.mime(&probe)))?;
        let mut listed = Channels { any: true, ..Channels::default() };
        let unread = tables::each_known(input, container, |_, table| self.rows(table, &mut listed, input, out))?;
        tables::name_unread(unread, input, out)?;
        channels::emit(&listed, evidence, input, out)
    }
}

impl ChannelsTable {
    /// Reads the rows of one table; returns `false` if it has no header. Users put several downloads into one table,
    /// each with its own header.
    fn rows(&self, rows: &mut dyn Rows, listed: &mut Channels, input: &Input, out: &mut dyn Out) -> Result<bool> {
        let mut record = Record::default();
        let mut header: Option<Header> = None;
        loop {
            match rows.next_row(&mut record) {
                Ok(true) if record.is_blank() => {}
                Ok(true) => match (&header, Header::of(&record, self.layout)) {
                    (_, Some(found)) => header = Some(found),
                    (None, None) => {}
                    (Some(header), None) => match header.listed(&record) {
                        Some(work) => listed.posts.push(work),
                        None => listed.unread += 1,
                    },
                },
                Ok(false) => return Ok(header.is_some()),
                // Rows before the damage count.
                Err(error) => {
                    let broken = Error::input("list-table-broken").with("path", input.locator()).because(error);
                    list::problem(&broken, input.locator(), out)?;
                    return Ok(true);
                }
            }
        }
    }
}
