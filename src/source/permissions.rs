//! What the account may ask and how often, by the platform's own word, kept once as proof: which interfaces are not open
//! to it is the reason of many gaps. Asked in the first run alone, since the numbers of a day change with every call.

use futures_util::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Answer, ApiRequest};
use super::collector::{ApiCx, Collector, From, Outlook, Service, Stop};
use super::{EvidenceId, ImportCx, Info, Item, Out, collectors};
use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::fetch::answer_code::Meaning;
use crate::model::{DataRow, Dataset};

/// Asks for it.
#[derive(Debug)]
pub struct Permissions;

const QUOTA: &str = "/cgi-bin/openapi/quota/get";

/// The table.
const TABLE: &str = "permissions";

static INFO: Info = Info {
    name: "permissions",
    summary_zh: "各接口的权限和每日次数（只在第一次记录）",
    summary_en: "Permission and daily quota of each interface (recorded once)",
    patterns: &[QUOTA],
    version: 1,
};

/// Paths that were asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct At {
    done: usize,
}

/// Every path that a collector of the account calls, in order.
fn paths() -> Vec<&'static str> {
    let all = collectors::COLLECTORS.iter().filter(|one| one.service() == Service::OfficialAccount);
    let mut paths: Vec<&str> = all.flat_map(|one| one.info().patterns).copied().filter(|path| *path != QUOTA).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

impl Collector for Permissions {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn service(&self) -> Service {
        Service::OfficialAccount
    }

    fn outlook<'a>(&'a self, cx: &'a ApiCx<'a>) -> LocalBoxFuture<'a, Result<Outlook, NoAnswer>> {
        Box::pin(async move {
            let calls = if cx.from.again::<At>().is_some() { 0 } else { paths().len() as u64 };
            Ok(Outlook { things: None, calls })
        })
    }

    fn collect<'a>(&'a self, cx: &'a ApiCx<'a>, from: From) -> LocalBoxFuture<'a, Result<Stop, NoAnswer>> {
        Box::pin(async move {
            if from.again::<At>().is_some() {
                return Ok(Stop::Done);
            }
            let mut at: At = from.midst().unwrap_or_default();
            for path in paths().into_iter().skip(at.done) {
                match cx.call(ApiRequest::post(QUOTA, json!({"cgi_path": path}))).await {
                    // A no is what is to be kept.
                    Ok(_) => {}
                    Err(NoAnswer::Said(said, _))
                        if matches!(said.meaning(), Meaning::NotPermitted | Meaning::Other) => {}
                    Err(no) => return Err(no),
                }
                at.done += 1;
                cx.pass(&at)?;
            }
            Ok(Stop::Done)
        })
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let value = answer.json();
        let (Some(path), Some(quota)) = (answer.head.sent("cgi_path").as_str(), value["quota"].as_object()) else {
            return Ok(());
        };
        let mut fields = quota.clone();
        for name in ["rate_limit", "component_rate_limit"] {
            if let Some(limit) = value.get(name).filter(|limit: &&Value| !limit.is_null()) {
                fields.insert(name.to_owned(), limit.clone());
            }
        }
        out.item(Item::Row(DataRow::new(Dataset::Account, TABLE, path, fields).from_api(), evidence))
    }
}
