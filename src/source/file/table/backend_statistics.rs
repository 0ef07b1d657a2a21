//! Statistics that the back ends of 公众号 and 小程序 give to download: 用户分析, 图文分析 (内容分析), 菜单, 消息, 接口, 流量主, 访问.

use super::data_table;
use crate::error::Result;
use crate::model::Dataset;
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe};

/// Reads them.
#[derive(Debug)]
pub struct BackendStatistics;

static INFO: Info = Info {
    name: "backend-statistics",
    summary_zh: "后台下载的统计表（图文统计、用户分析、菜单、消息、接口、流量主、小程序访问）：所有列原样保存，只进私密部分",
    summary_en: "Statistics downloaded from the back end (articles, users, menu, messages, interface, advertising, mini-program visits): every column as it is, private only",
    patterns: &["*.xlsx", "*.xls", "*.csv"],
    version: 2,
};

impl Importer for BackendStatistics {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        data_table::identify(probe, &[Dataset::Statistics])
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        data_table::read(INFO.name, input, cx, out)
    }
}
