//! 草稿箱: drafts with their bodies. A draft leaves the box once it is published, and with the account for good.

use futures_util::future::LocalBoxFuture;
use serde_json::json;

use super::answer::{Answer, ApiRequest};
use super::collector::{ApiCx, Collector, From, Outlook, Service, Stop};
use super::paging::{At, Pages, count};
use super::rows::JsonTable;
use super::{EvidenceId, ImportCx, Info, Item, Out};
use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::model::{DataTotal, Dataset, Rank};

/// Asks for them.
#[derive(Debug)]
pub struct Drafts;

const PATH: &str = "/cgi-bin/draft/batchget";
const COUNT: &str = "/cgi-bin/draft/count";

static INFO: Info = Info {
    name: "drafts",
    summary_zh: "草稿箱（含正文）",
    summary_en: "Drafts with their bodies",
    patterns: &[PATH],
    version: 1,
};

const PAGES: Pages = Pages { size: 20, request: page };

fn page(offset: u64) -> ApiRequest {
    ApiRequest::post(PATH, json!({"offset": offset, "count": PAGES.size, "no_content": 0}))
}

impl Collector for Drafts {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn service(&self) -> Service {
        Service::OfficialAccount
    }

    fn outlook<'a>(&'a self, cx: &'a ApiCx<'a>) -> LocalBoxFuture<'a, Result<Outlook, NoAnswer>> {
        Box::pin(async move {
            let total = count(&cx.call(ApiRequest::get(COUNT)).await?.json(), "total_count");
            Ok(Outlook { things: Some(total), calls: Some(PAGES.calls(total) + 1) })
        })
    }

    fn collect<'a>(&'a self, cx: &'a ApiCx<'a>, from: From) -> LocalBoxFuture<'a, Result<Stop, NoAnswer>> {
        Box::pin(async move {
            // What the outlook asks is asked here too: a run that was killed in between gives the same archive.
            if from.midst::<At>().is_none() {
                cx.call(ApiRequest::get(COUNT)).await?;
            }
            PAGES.walk(cx, from).await
        })
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let value = answer.json();
        if let Some(items) = value["item"].as_array() {
            let table = JsonTable {
                dataset: Dataset::Drafts,
                table: "drafts",
                key: &["media_id"],
                rank: Rank::Api,
                as_of: None,
            };
            table.emit(items, evidence, out)?;
        }
        if value["total_count"].is_null() {
            return Ok(());
        }
        out.item(Item::Total(DataTotal::new(Dataset::Drafts, "drafts", count(&value, "total_count")), evidence))
    }
}
