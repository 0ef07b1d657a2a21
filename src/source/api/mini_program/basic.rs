//! Basic information of a 小程序, as recorded by the platform: name, principal, verification, introduction.

use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::model::{DataRow, Dataset};
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, Collector, Estimate, Outcome, ResumePoint, Service};
use crate::source::{EvidenceId, ImportCx, Info, Item, Out};

/// The collector of basic information.
#[derive(Debug)]
pub struct MiniBasic;

/// Path of the call; not below `/wxa/`, as older documentation says.
const PATH: &str = "/cgi-bin/account/getaccountbasicinfo";

static INFO: Info = Info {
    name: "mini-basic",
    summary_zh: "小程序的基本信息（名称、主体、认证、简介）",
    summary_en: "Basic information of a mini-program (name, registered owner, verification, introduction)",
    patterns: &[PATH],
    version: 1,
};

impl Collector for MiniBasic {
    const SERVICE: Service = Service::MiniProgram;

    fn info(&self) -> &'static Info {
        &INFO
    }

    async fn estimate(&self, _: &ApiCx<'_>) -> Result<Estimate, NoAnswer> {
        Ok(Estimate { things: None, calls: Some(1) })
    }

    async fn collect(&self, cx: &ApiCx<'_>, _: ResumePoint) -> Result<Outcome, NoAnswer> {
        cx.call(ApiRequest::get(PATH)).await?;
        cx.pass(&())?;
        Ok(Outcome::Done)
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let value = answer.json();
        let Some(fields) = value.as_object() else { return Ok(()) };
        let mut fields = fields.clone();
        fields.retain(|name, _| !matches!(name.as_str(), "errcode" | "errmsg"));
        let row = DataRow::new(Dataset::Account, "mini_program", answer.head.account.as_str(), fields).from_api();
        out.item(Item::Row(row, evidence))
    }
}
