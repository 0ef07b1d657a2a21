//! Responses of `getappmsgext`: an article's counts. The platform's names mislead: `like_num` counts 在看, `old_like_num`
//! 点赞.

use crate::error::Result;
use crate::model::ArticleFields;
use crate::parse::container::http_message;
use crate::parse::json::Json;
use crate::parse::list::json_values;
use crate::parse::list::publish_page;
use crate::source::file::list;
use crate::source::input::asked::Asked;
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe};

/// The importer of counts.
#[derive(Debug)]
pub struct ArticleCounts;

static INFO: Info = Info {
    name: "counts",
    summary_zh: "计数接口返回的 JSON（getappmsgext：阅读、点赞、在看、分享、收藏）",
    summary_en: "JSON of the counts endpoint (getappmsgext: reads, likes, 在看, shares, favourites)",
    patterns: &["*.json", "*.txt"],
    version: 2,
};

impl Importer for ArticleCounts {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let begins = probe.first_byte() == Some(b'{') || http_message::looks_like(probe.head());
        if begins && probe.contains(b"\"appmsgstat\"") { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let asked = Asked::of(input)?;
        let evidence = asked.keep(INFO.name, input, cx)?;
        let (values, broken) = json_values(&asked.body);
        for stat in values.iter().filter_map(Json::of).filter_map(|value| value.object("appmsgstat")) {
            let fields = ArticleFields { counts: publish_page::counts(stat), ..ArticleFields::default() };
            asked.emit(fields, evidence, input, out)?;
        }
        match broken {
            Some(error) => list::problem(&list::broken(error, input.locator()), input.locator(), out),
            None => Ok(()),
        }
    }
}
