//! 发布记录 through the API: every article published without notification, with its body. Articles sent to followers (群发)
//! are not included, and no call lists those sent before November 2025.

use serde_json::json;

use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::model::{Kind, ListingFields, Rank, Record};
use crate::parse::json::Json;
use crate::source::api::answer::{Answer, ApiRequest};
use crate::source::api::collector::{ApiCx, Collector, Estimate, Outcome, ResumePoint, Service};
use crate::source::api::news;
use crate::source::api::paging::{Pages, count};
use crate::source::{EvidenceId, ImportCx, Info, Item, Out};

/// The collector of published articles.
#[derive(Debug)]
pub struct Freepublish;

const PATH: &str = "/cgi-bin/freepublish/batchget";

/// Entries of one response: the platform's maximum, because it allows a hundred calls a day.
const COUNT: u64 = 20;

static INFO: Info = Info {
    name: "freepublish",
    summary_zh: "已发布的文章（接口“发布能力”，含正文）；不含群发的文章",
    summary_en: "Published articles with their texts (API \"freepublish\"; without mass-sent articles)",
    patterns: &[PATH],
    version: 1,
};

const PAGES: Pages = Pages { size: COUNT, request: page };

fn page(offset: u64) -> ApiRequest {
    ApiRequest::post(PATH, json!({"offset": offset, "count": COUNT, "no_content": 0}))
}

impl Collector for Freepublish {
    const SERVICE: Service = Service::OfficialAccount;

    fn info(&self) -> &'static Info {
        &INFO
    }

    async fn estimate(&self, cx: &ApiCx<'_>) -> Result<Estimate, NoAnswer> {
        let answer = cx.call(page(0)).await?.json();
        let total = count(&answer, "total_count");
        Ok(Estimate { things: Some(total), calls: Some(PAGES.calls(total)) })
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        PAGES.walk(cx, from).await
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let value = answer.json();
        let Some(list) = Json::of(&value) else { return Ok(()) };
        let mut biz = None;
        let items = list.objects("item");
        for item in &items {
            let Some(content) = item.object("content") else { continue };
            let time = |key: &str| content.time(key).or_else(|| item.time(key));
            let around = news::Around { published: time("create_time"), modified: time("update_time"), evidence };
            for entry in content.objects("news_item") {
                let link = news::emit(entry, around, out)?;
                biz = biz.or_else(|| link.and_then(|link| link.biz));
            }
        }
        let Some(biz) = biz else { return Ok(()) };
        // A response saved by somebody does not say which account asked.
        if !answer.head.account.is_empty() {
            news::account(&biz, &answer.head.account, evidence, out)?;
        }
        let fields = ListingFields {
            scope: "sends".to_owned(),
            list: INFO.name.to_owned(),
            platform_total: list.count("total_count"),
            listed: items.len() as u64,
            // Articles sent to followers are not included.
            complete: false,
        };
        let alias = format!("listing:{}:{biz}:sends", INFO.name);
        let record = Record::new(Kind::Listing, Rank::Api, vec![alias], &fields).of_account(Some(biz));
        out.item(Item::Record(record, evidence))
    }
}
