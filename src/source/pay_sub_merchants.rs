//! Fund-flow bills of the sub-merchants (特约商户) that the settings name.

use futures_util::future::LocalBoxFuture;

use super::answer::Answer;
use super::collector::{ApiCx, Collector, From, Outlook, Service, Stop, Wishes};
use super::pay_bill::{self, Series};
use super::{EvidenceId, ImportCx, Info, Out, pay_days};
use crate::error::Result;
use crate::fetch::NoAnswer;

/// Asks for them.
#[derive(Debug)]
pub struct PaySubMerchants;

static INFO: Info = Info {
    name: "wxpay-sub-merchant-bills",
    summary_zh: "特约商户近三个月的资金账单（在 liudi.toml 里写明特约商户号）",
    summary_en: "Fund-flow bills of sub-merchants named in liudi.toml, of the last three months",
    patterns: &[pay_bill::SUB_MERCHANT],
    version: 1,
};

fn series() -> Vec<&'static Series> {
    pay_bill::series_of(pay_bill::SUB_MERCHANT).collect()
}

impl Collector for PaySubMerchants {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn service(&self) -> Service {
        Service::Merchant
    }

    fn is_wanted(&self, wishes: &Wishes) -> bool {
        !wishes.sub_mchids.is_empty()
    }

    fn outlook<'a>(&'a self, cx: &'a ApiCx<'a>) -> LocalBoxFuture<'a, Result<Outlook, NoAnswer>> {
        Box::pin(async move { Ok(pay_days::outlook(cx, &series(), &holders(cx))) })
    }

    fn collect<'a>(&'a self, cx: &'a ApiCx<'a>, from: From) -> LocalBoxFuture<'a, Result<Stop, NoAnswer>> {
        Box::pin(async move { pay_days::collect(cx, from, &series(), &holders(cx)).await })
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        pay_bill::read(answer, evidence, cx, out)
    }
}

fn holders(cx: &ApiCx<'_>) -> Vec<Option<String>> {
    cx.wishes.sub_mchids.iter().cloned().map(Some).collect()
}
