//! `视频号动态数据明细.csv`, which 视频号助手 lets its owner download.

use super::{channels, getmsg};
use crate::error::{Error, Result};
use crate::parse::list::channels::Channels;
use crate::parse::list::channels_table::Header;
use crate::parse::table::{Record, Rows};
use crate::source::file::list;
use crate::source::file::table::tables::{self, Container};
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe};

/// Reads it.
#[derive(Debug)]
pub struct ChannelsCsv;

/// The header stands within this many rows.
const HEADER_WITHIN: usize = 4;

static INFO: Info = Info {
    name: "channels-csv",
    summary_zh: "视频号助手下载的单篇视频数据表（视频号动态数据明细，CSV 或 Excel）：描述、发布日期、播放和互动数据",
    summary_en: "The table of single videos that 视频号助手 offers (视频号动态数据明细, CSV or Excel): descriptions, days, numbers",
    patterns: &["视频号动态数据明细*.csv", "视频号动态数据明细*.xlsx"],
    version: 2,
};

impl Importer for ChannelsCsv {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let found = probe.first_rows(HEADER_WITHIN).any(|rows| rows.iter().any(|row| Header::of(row).is_some()));
        if found { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(getmsg::LIMIT)?;
        let probe = Probe::new(input);
        let container = Container::of(&probe).unwrap_or(Container::Text);
        let evidence = cx.keep.leaf(&bytes, &list::meta(input, INFO.name, container.mime(&probe)))?;
        let mut listed = Channels { any: true, ..Channels::default() };
        let unread = tables::each_known(input, container, |_, table| rows(table, &mut listed, input, out))?;
        tables::name_unread(unread, input, out)?;
        channels::emit(&listed, evidence, input, out)
    }
}

fn rows(rows: &mut dyn Rows, listed: &mut Channels, input: &Input, out: &mut dyn Out) -> Result<bool> {
    let Some(header) = header(rows)? else { return Ok(false) };
    let mut record = Record::default();
    loop {
        match rows.next_row(&mut record) {
            Ok(true) if record.is_blank() => {}
            Ok(true) => match header.listed(&record) {
                Some(work) => listed.pieces.push(work),
                None => listed.unread += 1,
            },
            Ok(false) => return Ok(true),
            // What stands before the damage counts.
            Err(error) => {
                let broken = Error::input("list-table-broken").with("path", input.locator()).because(error);
                list::problem(&broken, input.locator(), out)?;
                return Ok(true);
            }
        }
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
