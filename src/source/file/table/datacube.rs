//! Saved responses of the analysis interfaces: `/datacube/…` of a 公众号 or 小程序, `/publisher/stat` of 流量主.

use serde_json::Value;

use crate::error::Result;
use crate::parse::json::python_literal;
use crate::parse::list::{List, json_values};
use crate::parse::table::datacube;
use crate::source::file::list::{self, getmsg};
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe, rows};

/// The importer of such responses.
#[derive(Debug)]
pub struct Datacube;

static INFO: Info = Info {
    name: "datacube",
    summary_zh: "数据统计接口返回的 JSON（datacube 用户、图文、消息、小程序访问分析，流量主数据和结算）：只进私密部分",
    summary_en: "JSON of the statistics endpoints (datacube: users, articles, messages, mini-program visits; advertising and settlements): private only",
    patterns: &["*.json"],
    version: 2,
};

impl Importer for Datacube {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        if !matches!(probe.first_byte(), Some(b'{' | b'['))
            || !["ref_date", "settlement_list", "ad_slot", "total_commission"]
                .iter()
                .any(|sign| probe.contains(sign.as_bytes()))
            || getmsg::is_archive_of_requests(probe)
        {
            return Match::No;
        }
        let Some(bytes) = probe.whole() else { return Match::No };
        if values_of(bytes).0.iter().any(|value| !datacube::answers_in(value, None).is_empty()) {
            Match::Sure
        } else {
            Match::No
        }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(getmsg::LIMIT)?;
        let evidence = cx.evidence.redacted(&bytes, &list::meta(input, INFO.name, "application/json"))?;
        let (values, broken) = values_of(&bytes);
        let mut articles = List::new(INFO.name);
        for answer in values.iter().flat_map(|value| datacube::answers_in(value, input.modified())) {
            datacube::articles(&answer).for_each(|listed| {
                articles.add(listed);
            });
            rows::emit(answer.rows, answer.totals, evidence, out)?;
        }
        if !articles.articles.is_empty() {
            list::emit(articles, evidence, input.locator(), out)?;
        }
        match broken {
            Some(error) => list::problem(&list::broken(error, input.locator()), input.locator(), out),
            None => Ok(()),
        }
    }
}

/// Parses the values of a file: JSON, or its representation as printed by Python.
fn values_of(bytes: &[u8]) -> (Vec<Value>, Option<serde_json::Error>) {
    let (values, broken) = json_values(bytes);
    let printed = || python_literal::values(std::str::from_utf8(bytes).ok()?);
    if values.is_empty()
        && broken.is_some()
        && let Some(printed) = printed()
    {
        return (printed, None);
    }
    (values, broken)
}
