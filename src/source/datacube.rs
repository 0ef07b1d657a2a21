//! Saved answers of the analysis interfaces: `/datacube/…` of a 公众号 or 小程序, `/publisher/stat` of 流量主.

use super::{ImportCx, Importer, Info, Input, Match, Out, Probe, getmsg, list, rows};
use crate::error::Result;
use crate::parse::datacube;
use crate::parse::list::{List, json_values};

/// Reads them.
#[derive(Debug)]
pub struct Datacube;

static INFO: Info = Info {
    name: "datacube",
    summary_zh: "数据统计接口返回的 JSON（datacube 用户、图文、消息、小程序访问分析，流量主数据和结算）：只进私密部分",
    summary_en: "JSON of the analysis interfaces (datacube: users, articles, messages, mini-program visits; advertising and settlements): private only",
    patterns: &["*.json"],
    version: 1,
};

impl Importer for Datacube {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        if probe.first_byte() != Some(b'{')
            || !["\"ref_date\"", "\"settlement_list\"", "\"ad_slot\"", "\"total_commission\""]
                .iter()
                .any(|sign| probe.contains(sign.as_bytes()))
        {
            return Match::No;
        }
        let Some(bytes) = probe.whole() else { return Match::No };
        if json_values(bytes).0.iter().any(|value| datacube::read(value, None).is_some()) {
            Match::Sure
        } else {
            Match::No
        }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(getmsg::LIMIT)?;
        let evidence = cx.keep.leaf(&bytes, &list::meta(input, INFO.name, "application/json"))?;
        let (values, broken) = json_values(&bytes);
        let mut articles = List::new(INFO.name);
        for answer in values.iter().filter_map(|value| datacube::read(value, None)) {
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
