//! Bills of 电商平台 and 服务商: the fund flow of all their sub-merchants in one file, and withdrawals that came back. Asked
//! for where the settings say that the merchant is one; anybody else is refused them.

use futures_util::future::LocalBoxFuture;

use super::answer::Answer;
use super::collector::{ApiCx, Collector, From, Outlook, Service, Stop, Wishes};
use super::pay_bill::{self, Series};
use super::{EvidenceId, ImportCx, Info, Out, pay_days};
use crate::error::Result;
use crate::fetch::NoAnswer;

/// Asks for them.
#[derive(Debug)]
pub struct PayPlatform;

static INFO: Info = Info {
    name: "wxpay-platform-bills",
    summary_zh: "电商平台、服务商的二级商户资金账单和提现异常账单",
    summary_en: "Bills of e-commerce platforms and service providers: sub-merchants' fund flow, withdrawals that failed",
    patterns: &[pay_bill::ECOMMERCE, pay_bill::WITHDRAWALS],
    version: 1,
};

fn series() -> Vec<&'static Series> {
    pay_bill::series_of(pay_bill::ECOMMERCE).chain(pay_bill::series_of(pay_bill::WITHDRAWALS)).collect()
}

impl Collector for PayPlatform {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn service(&self) -> Service {
        Service::Merchant
    }

    fn is_wanted(&self, wishes: &Wishes) -> bool {
        wishes.service_provider
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
