//! Profit-sharing bills (分账账单) of the last three months.

use futures_util::future::LocalBoxFuture;

use super::answer::Answer;
use super::collector::{ApiCx, Collector, From, Outlook, Service, Stop};
use super::pay_bill::{self, Series};
use super::{EvidenceId, ImportCx, Info, Out, pay_days};
use crate::error::Result;
use crate::fetch::NoAnswer;

/// Asks for them.
#[derive(Debug)]
pub struct PaySharing;

static INFO: Info = Info {
    name: "wxpay-sharing-bills",
    summary_zh: "微信支付商户近三个月的分账账单",
    summary_en: "A merchant's profit-sharing bills of the last three months",
    patterns: &[pay_bill::SHARING],
    version: 1,
};

fn series() -> Vec<&'static Series> {
    pay_bill::series_of(pay_bill::SHARING).collect()
}

impl Collector for PaySharing {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn service(&self) -> Service {
        Service::Merchant
    }

    fn outlook<'a>(&'a self, cx: &'a ApiCx<'a>) -> LocalBoxFuture<'a, Result<Outlook, NoAnswer>> {
        Box::pin(async move { Ok(pay_days::outlook(cx, &series(), &[None])) })
    }

    fn collect<'a>(&'a self, cx: &'a ApiCx<'a>, from: From) -> LocalBoxFuture<'a, Result<Stop, NoAnswer>> {
        Box::pin(async move { pay_days::collect(cx, from, &series(), &[None]).await })
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        pay_bill::read(answer, evidence, cx, out)
    }
}
