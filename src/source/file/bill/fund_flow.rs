//! A merchant's fund-flow bill (资金账单) of any of the three accounts.

use crate::error::Result;
use crate::model::statement::StatementKind;
use crate::source::file::bill;
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe};

/// Reads them.
pub struct BillFundFlow;

static INFO: Info = Info {
    name: "bill-fund-flow",
    summary_zh: "微信支付商户资金账单",
    summary_en: "Merchant fund-flow bill",
    patterns: &["fundflowbill*.csv"],
    version: 3,
};

impl Importer for BillFundFlow {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        bill::identify(probe, StatementKind::FundFlow)
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        bill::read(INFO.name, input, cx, out)
    }
}
