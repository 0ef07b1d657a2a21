//! The bills of a merchant for the last three months, day by day: its own trade and fund-flow bills, profit-sharing
//! bills, fund flow of its sub-merchants, and the bills given to 电商平台 and 服务商 only. The collectors differ in the series
//! and the holders they request.

use super::bill::{self, Series};
use super::days;
use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::source::api::answer::Answer;
use crate::source::api::collector::{ApiCx, Collector, Estimate, Outcome, ResumePoint, Scope, Service};
use crate::source::{EvidenceId, ImportCx, Info, Out};

/// The collector of the bills whose paths are in its [`Info::patterns`].
#[derive(Debug)]
pub struct PayBills {
    info: &'static Info,
    is_wanted: fn(&Scope) -> bool,
    /// Holders of the bills: `None` is the merchant itself.
    holders: fn(&Scope) -> Vec<Option<String>>,
}

/// The collector of trade bills and fund-flow bills.
pub const OWN: PayBills = PayBills {
    info: &Info {
        name: "wxpay-bills",
        summary_zh: "微信支付商户近三个月的交易账单和资金账单（基本、运营、手续费账户）",
        summary_en: "A merchant's trade bills and fund-flow bills (basic, operation, fees) of the last three months",
        patterns: &[bill::TRADE, bill::FUND],
        version: 1,
    },
    is_wanted: |_| true,
    holders: itself,
};

/// The collector of profit-sharing bills (分账账单).
pub const SHARING: PayBills = PayBills {
    info: &Info {
        name: "wxpay-sharing-bills",
        summary_zh: "微信支付商户近三个月的分账账单",
        summary_en: "A merchant's profit-sharing bills of the last three months",
        patterns: &[bill::SHARING],
        version: 1,
    },
    is_wanted: |_| true,
    holders: itself,
};

/// The collector of fund-flow bills of the sub-merchants (特约商户) named in the settings.
pub const SUB_MERCHANTS: PayBills = PayBills {
    info: &Info {
        name: "wxpay-sub-merchant-bills",
        summary_zh: "特约商户近三个月的资金账单（在 liudi.toml 里写明特约商户号）",
        summary_en: "Fund-flow bills of sub-merchants of the last three months (list the sub-merchant numbers in liudi.toml)",
        patterns: &[bill::SUB_MERCHANT],
        version: 1,
    },
    is_wanted: |scope| !scope.sub_mchids.is_empty(),
    holders: |scope| scope.sub_mchids.iter().cloned().map(Some).collect(),
};

/// The collector of the fund flow of all sub-merchants in one file, and of returned withdrawals. It runs where the
/// settings say that the merchant is a 电商平台 or 服务商; others are refused.
pub const PLATFORM: PayBills = PayBills {
    info: &Info {
        name: "wxpay-platform-bills",
        summary_zh: "电商平台、服务商的二级商户资金账单和提现异常账单",
        summary_en: "Fund-flow bills of sub-merchants and bills of failed withdrawals, for e-commerce platforms and service providers",
        patterns: &[bill::ECOMMERCE, bill::WITHDRAWALS],
        version: 1,
    },
    is_wanted: |scope| scope.service_provider,
    holders: itself,
};

fn itself(_: &Scope) -> Vec<Option<String>> {
    vec![None]
}

impl PayBills {
    fn series(&self) -> Vec<&'static Series> {
        self.info.patterns.iter().flat_map(|path| bill::series_of(path)).collect()
    }
}

impl Collector for PayBills {
    fn info(&self) -> &'static Info {
        self.info
    }

    const SERVICE: Service = Service::Merchant;

    fn is_wanted(&self, scope: &Scope) -> bool {
        (self.is_wanted)(scope)
    }

    async fn estimate(&self, cx: &ApiCx<'_>) -> Result<Estimate, NoAnswer> {
        Ok(days::estimate(cx, &self.series(), &(self.holders)(cx.scope)))
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        days::collect(cx, from, &self.series(), &(self.holders)(cx.scope)).await
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        bill::read(answer, evidence, cx, out)
    }
}
