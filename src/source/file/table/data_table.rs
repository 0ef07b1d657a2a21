//! Tables downloaded from back ends: the file is kept bit-exact, and its rows go to the private table that their header
//! indicates.

use serde_json::{Map, Value};

use super::tables;
use crate::error::{Error, Result};
use crate::model::Dataset;
use crate::parse::table::private::{Header, Tables};
use crate::parse::table::{Record, Rows};
use crate::parse::time::file_date::day_of;
use crate::source::file::list;
use crate::source::{Destination, EvidenceId, EvidenceMeta, ImportCx, Importer, Info, Input, Item, Match, Out, Probe};

/// Number of rows within which the first header occurs.
const HEADER_WITHIN: usize = 12;

/// The importer of the tables of some datasets.
#[derive(Debug)]
pub struct DataTable {
    datasets: &'static [Dataset],
    info: &'static Info,
}

/// Statistics downloaded from the back ends of 公众号 and 小程序: 用户分析, 图文分析 (内容分析), 菜单, 消息, 接口, 流量主, 访问.
pub const STATISTICS: DataTable = DataTable {
    datasets: &[Dataset::Statistics],
    info: &Info {
        name: "backend-statistics",
        summary_zh: "后台下载的统计表（图文统计、用户分析、菜单、消息、接口、流量主、小程序访问）：所有列原样保存，只进私密部分",
        summary_en: "Statistics downloaded from the backend (articles, users, menu, messages, API, advertising, mini-program visits): every column kept unchanged, private only",
        patterns: &["*.xlsx", "*.xls", "*.csv"],
        version: 2,
    },
};

/// Orders, fund flow and settlements that a 微信小店 or 流量主 downloads as tables.
pub const SHOP: DataTable = DataTable {
    datasets: &[Dataset::Orders, Dataset::Funds],
    info: &Info {
        name: "shop-table",
        summary_zh: "小店订单、资金流水、流量主结算的表格：所有列原样保存，只进私密部分",
        summary_en: "Tables of shop orders, fund flow and advertising settlements: every column kept unchanged, private only",
        patterns: &["*订单*.xlsx", "*订单*.csv", "*流水*.xlsx", "*结算*.xlsx"],
        version: 2,
    },
};

impl Importer for DataTable {
    fn info(&self) -> &'static Info {
        self.info
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let mut tables = probe.first_rows(HEADER_WITHIN);
        let found = tables.find_map(|rows| rows.iter().find_map(Header::of)).map(|header| header.topic.dataset);
        // Likely only: an exporter's own table has its own importer.
        if found.is_some_and(|found| self.datasets.contains(&found)) { Match::Likely } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        read(self.info.name, input, cx, out)
    }
}

/// Reads every table of the file.
fn read(source: &'static str, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
    let evidence = keep(source, "table", "application/octet-stream", input, cx)?;
    let mut found = Tables::default();
    let unread = tables::each_known(input, tables::container_of(input), |_, table| {
        found.turn();
        rows(table, &mut found, evidence, input, out)?;
        Ok(found.is_under_header())
    })?;
    tables::name_unread(unread, input, out)
}

/// Keeps the owner's file bit-exact among the documents.
pub(crate) fn keep(
    source: &'static str,
    template: &'static str,
    mime: &'static str,
    input: &Input,
    cx: &ImportCx<'_>,
) -> Result<EvidenceId> {
    keep_fetched(source, template, mime, input, None, cx)
}

/// Keeps a file that was fetched; `fetch` describes the fetch.
pub(crate) fn keep_fetched(
    source: &'static str,
    template: &'static str,
    mime: &'static str,
    input: &Input,
    fetch: Option<Map<String, Value>>,
    cx: &ImportCx<'_>,
) -> Result<EvidenceId> {
    let locator = input.locator().to_owned();
    let meta = EvidenceMeta { source, locator, template, mime, time: input.modified(), fetch };
    cx.evidence.exact(&mut input.open()?, input.name(), Destination::Documents, &meta)
}

/// Reads the rows of one table.
fn rows(
    rows: &mut dyn Rows,
    tables: &mut Tables,
    evidence: EvidenceId,
    input: &Input,
    out: &mut dyn Out,
) -> Result<()> {
    let mut record = Record::default();
    // Of two downloads of one table the later counts.
    let as_of = day_of(input.name()).or(input.modified());
    loop {
        match rows.next_row(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            // Rows before the damage count.
            Err(error) => {
                let error = Error::input("list-table-broken").with("path", input.locator()).because(error);
                return list::problem(&error, input.locator(), out);
            }
        }
        if let Some(row) = tables.take(&record) {
            out.item(Item::Row(row.at(as_of), evidence))?;
        }
    }
}
