//! `视频号动态数据明细.csv`, which 视频号助手 lets its owner download.

use std::io::BufReader;

use super::{ImportCx, Importer, Info, Input, Match, Out, Probe, channels, getmsg, list};
use crate::error::{Error, Result};
use crate::parse::channels::Channels;
use crate::parse::channels_table::Header;
use crate::parse::csv_rows::CsvRows;
use crate::parse::table::{Record, Rows};

/// Reads it.
#[derive(Debug)]
pub struct ChannelsCsv;

/// The header stands within this many rows.
const HEADER_WITHIN: usize = 4;

static INFO: Info = Info {
    name: "channels-csv",
    summary_zh: "视频号助手下载的单篇视频数据表（视频号动态数据明细.csv）：描述、发布日期、播放和互动数据",
    summary_en: "The table of single videos that 视频号助手 offers (视频号动态数据明细.csv): descriptions, days, numbers",
    patterns: &["视频号动态数据明细*.csv"],
    version: 1,
};

impl Importer for ChannelsCsv {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        if !probe.may_be_text_table() {
            return Match::No;
        }
        let found = header(&mut CsvRows::new(probe.head(), "")).ok().flatten();
        if found.is_some() { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(getmsg::LIMIT)?;
        let evidence = cx.keep.leaf(&bytes, &list::meta(input, INFO.name, "text/csv"))?;
        let mut rows = CsvRows::new(BufReader::new(bytes.as_slice()), input.locator());
        let mut listed = Channels { any: true, ..Channels::default() };
        if let Some(header) = header(&mut rows)? {
            let mut record = Record::default();
            loop {
                match rows.next_row(&mut record) {
                    Ok(true) if record.is_blank() => {}
                    Ok(true) => match header.listed(&record) {
                        Some(work) => listed.pieces.push(work),
                        None => listed.unread += 1,
                    },
                    Ok(false) => break,
                    // What stands before the damage counts.
                    Err(error) => {
                        let broken = Error::input("list-table-broken").with("path", input.locator()).because(error);
                        list::problem(&broken, input.locator(), out)?;
                        break;
                    }
                }
            }
        }
        channels::emit(&listed, evidence, input, out)
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
