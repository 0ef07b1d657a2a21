//! A person's WeChat Pay bill (微信支付账单明细): the CSV of until 2025 and both XLSX layouts since.

use crate::error::Result;
use crate::model::statement::StatementKind;
use crate::source::file::bill;
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe};

/// Reads them.
pub struct BillPersonal;

static INFO: Info = Info {
    name: "bill-personal",
    summary_zh: "微信支付个人账单（CSV、Excel，也认另存的 .xls、.ods、制表符文本）",
    summary_en: "Personal WeChat Pay bill (CSV or Excel, also saved again as .xls, .ods or tab-separated text)",
    patterns: &["微信支付账单*.csv", "微信支付账单*.xlsx", "微信支付账单*.xls", "微信支付账单*.ods", "*.txt"],
    version: 3,
};

impl Importer for BillPersonal {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        bill::identify(probe, StatementKind::Personal)
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        bill::read(INFO.name, input, cx, out)
    }
}
