//! Live broadcasts of the 视频号 that a 小程序 is bound to: their statistics, one row each. The recordings have no API.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::model::dataset::key_of;
use crate::model::{DataRow, Dataset, Time};
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, Collector, Estimate, Outcome, ResumePoint, Service};
use crate::source::{EvidenceId, ImportCx, Info, Item, Out};

/// The collector of live broadcasts.
#[derive(Debug)]
pub struct FinderLive;

const LIST: &str = "/channels/finderlive/get_finder_live_data_list";
const WHO: &str = "/channels/finderlive/get_finder_attr_by_appid";

static INFO: Info = Info {
    name: "finder-live",
    summary_zh: "绑定视频号的直播数据（场次、时长、观看、互动）",
    summary_en: "Live data of the linked 视频号 (sessions, duration, viewers, interactions)",
    patterns: &[LIST, WHO],
    version: 1,
};

/// Seconds of one window; the longest one permitted is undocumented.
const WINDOW: i64 = 30 * 24 * 60 * 60;

/// 2020-01-01 in Beijing: 视频号 did not exist before.
const FIRST: i64 = 1_577_808_000;

/// The position: the window's start and the last page's buffer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    from: i64,
    last_buffer: Option<String>,
}

impl Collector for FinderLive {
    const SERVICE: Service = Service::MiniProgram;

    fn info(&self) -> &'static Info {
        &INFO
    }

    async fn estimate(&self, cx: &ApiCx<'_>) -> Result<Estimate, NoAnswer> {
        let windows = u64::try_from((cx.clock.unix() - FIRST) / WINDOW + 1).unwrap_or(1);
        Ok(Estimate { things: None, calls: Some(windows + 1) })
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        let end = Time::from_wall(&cx.clock.date()).unwrap_or(cx.clock).unix();
        let start = Position { from: FIRST, last_buffer: None };
        let mut at: Position = from.midst().or_else(|| from.again()).unwrap_or(start);
        if !from.is_midst() {
            cx.call(ApiRequest::post(WHO, json!({})).about("date", cx.clock.date())).await?;
        }
        while at.from < end {
            let to = (at.from + WINDOW).min(end);
            let mut body = json!({"start_time": at.from, "end_time": to - 1});
            if let Some(buffer) = &at.last_buffer {
                body["last_buffer"] = buffer.as_str().into();
            }
            let answer = cx.call(ApiRequest::post(LIST, body)).await?.json();
            let buffer = answer["last_buffer"].as_str().filter(|buffer| !buffer.is_empty());
            // Without a new position, the flag would lead to an endless loop.
            let more = goes_on(&answer["continue_flag"]) && buffer.is_some() && buffer != at.last_buffer.as_deref();
            at = if more {
                Position { last_buffer: buffer.map(str::to_owned), ..at }
            } else {
                Position { from: to, last_buffer: None }
            };
            cx.pass(&at)?;
        }
        Ok(Outcome::Done)
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let value = answer.json();
        if let Some(who) = value["finder_attr"].as_object() {
            let key = key_of(who, &["uniq_id"]);
            let row = DataRow::new(Dataset::Account, "finder", key, who.clone()).from_api();
            return out.item(Item::Row(row, evidence));
        }
        for live in value["item"].as_array().into_iter().flatten().filter_map(Value::as_object) {
            let key = key_of(live, &["export_id"]);
            let row = DataRow::new(Dataset::Live, "finder_lives", key, live.clone()).from_api();
            out.item(Item::Row(row, evidence))?;
        }
        Ok(())
    }
}

/// Reads a flag that is `true` or 1.
fn goes_on(flag: &Value) -> bool {
    flag.as_bool().unwrap_or_else(|| flag.as_i64().is_some_and(|flag| flag != 0))
}
