//! A merchant's own bills of the last three months: what was traded (交易账单), and what moved on each of the three accounts (资金账单).

use futures_util::future::LocalBoxFuture;

use super::answer::Answer;
use super::collector::{ApiCx, Collector, From, Outlook, Service, Stop};
use super::pay_bill::{self, Series};
use super::{EvidenceId, ImportCx, Info, Out, pay_days};
use crate::error::Result;
use crate::fetch::NoAnswer;

/// Asks for them.
#[derive(Debug)]
pub struct PayBills;

static INFO: Info = Info {
    name: "wxpay-bills",
    summary_zh: "微信支付商户近三个月的交易账单和资金账单（基本、运营、手续费账户）",
    summary_en: "A merchant's trade bills and fund-flow bills (BASIC, OPERATION, FEES) of the last three months",
    patterns: &[pay_bill::TRADE, pay_bill::FUND],
    version: 1,
};

fn series() -> Vec<&'static Series> {
    pay_bill::series_of(pay_bill::TRADE).chain(pay_bill::series_of(pay_bill::FUND)).collect()
}

impl Collector for PayBills {
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
