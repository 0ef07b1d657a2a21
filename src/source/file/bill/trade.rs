//! A merchant's trade bill (交易账单): 27, 20, 29 and the older 24 columns.

use crate::error::Result;
use crate::model::statement::StatementKind;
use crate::source::file::bill;
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe};

/// Reads them.
pub struct BillTrade;

static INFO: Info = Info {
    name: "bill-trade",
    summary_zh: "微信支付商户交易账单（全部、成功、退款，以及旧版）",
    summary_en: "Merchant trade bill (all, payments, refunds, and the older layout)",
    patterns: &["tradebill*.csv", "*All*.csv"],
    version: 3,
};

impl Importer for BillTrade {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        bill::identify(probe, StatementKind::Trade)
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        bill::read(INFO.name, input, cx, out)
    }
}
