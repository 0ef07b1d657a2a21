//! 标签: the names of the account's tags with the number of followers under each. The followers themselves are requested
//! by the follower collector only.

use serde_json::Value;

use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::model::{Dataset, Rank};
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, Collector, Estimate, Outcome, ResumePoint, Service};
use crate::source::rows::JsonTable;
use crate::source::{EvidenceId, ImportCx, Info, Out};

/// The collector of tags.
#[derive(Debug)]
pub struct Tags;

const PATH: &str = "/cgi-bin/tags/get";

static INFO: Info =
    Info { name: "tags", summary_zh: "用户标签", summary_en: "Tags", patterns: &[PATH], version: 1 };

impl Collector for Tags {
    const SERVICE: Service = Service::OfficialAccount;

    fn info(&self) -> &'static Info {
        &INFO
    }

    async fn estimate(&self, cx: &ApiCx<'_>) -> Result<Estimate, NoAnswer> {
        let answer = cx.call(ApiRequest::get(PATH)).await?.json();
        Ok(Estimate { things: answer["tags"].as_array().map(|tags| tags.len() as u64), calls: Some(1) })
    }

    async fn collect(&self, cx: &ApiCx<'_>, _: ResumePoint) -> Result<Outcome, NoAnswer> {
        cx.call(ApiRequest::get(PATH)).await?;
        Ok(Outcome::Done)
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let value = answer.json();
        let Some(tags) = value["tags"].as_array() else { return Ok(()) };
        let tags: &[Value] = tags;
        let table = JsonTable { dataset: Dataset::Account, table: "tags", key: &["id"], rank: Rank::Api, as_of: None };
        table.emit(tags, evidence, out).map(drop)
    }
}
