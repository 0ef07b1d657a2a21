//! Orders, fund flow and settlements that a 微信小店 or 流量主 downloads as tables.

use super::data_table;
use crate::error::Result;
use crate::model::Dataset;
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe};

/// Reads them.
#[derive(Debug)]
pub struct ShopTable;

static INFO: Info = Info {
    name: "shop-table",
    summary_zh: "小店订单、资金流水、流量主结算的表格：所有列原样保存，只进私密部分",
    summary_en: "Tables of a shop's orders, its fund flow, and advertising settlements: every column as it is, private only",
    patterns: &["*订单*.xlsx", "*订单*.csv", "*流水*.xlsx", "*结算*.xlsx"],
    version: 2,
};

impl Importer for ShopTable {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        data_table::identify(probe, &[Dataset::Orders, Dataset::Funds])
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        data_table::read(INFO.name, input, cx, out)
    }
}
