//! 草稿箱: drafts with their bodies. A draft leaves the box once it is published, and is lost with the account.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::fetch::{NoAnswer, PlatformUrl};
use crate::html::{SanitiseOptions, sanitise};
use crate::model::{DataRow, DataTotal, Dataset, Gap, GapReason, MediaKey, MediaRole, Rank, SubjectKind};
use crate::source::api::answer::{Answer, ApiRequest, Content};
use crate::source::api::collector::{ApiCx, Collector, Estimate, Outcome, ResumePoint, Service};
use crate::source::api::file_answer;
use crate::source::api::paging::{PagePosition, Pages, count};
use crate::source::rows::JsonTable;
use crate::source::{EvidenceId, ImportCx, Info, Item, Out};

/// The collector of drafts.
#[derive(Debug)]
pub struct Drafts;

const PATH: &str = "/cgi-bin/draft/batchget";
const COUNT: &str = "/cgi-bin/draft/count";

static INFO: Info = Info {
    name: "drafts",
    summary_zh: "草稿箱（含正文和其中的图片）",
    summary_en: "Drafts with their texts and images",
    patterns: &[PATH],
    version: 1,
};

/// Tables of the drafts and of the files of their pictures.
const TABLE: &str = "drafts";
const PICTURES: &str = "draft_pictures";

/// Largest picture in bytes.
const PICTURE: u64 = 64 * 1024 * 1024;

const PAGES: Pages = Pages { size: 20, request: page };

fn page(offset: u64) -> ApiRequest {
    ApiRequest::post(PATH, json!({"offset": offset, "count": PAGES.size, "no_content": 0}))
}

impl Collector for Drafts {
    const SERVICE: Service = Service::OfficialAccount;

    fn info(&self) -> &'static Info {
        &INFO
    }

    async fn estimate(&self, cx: &ApiCx<'_>) -> Result<Estimate, NoAnswer> {
        let total = count(&cx.call(ApiRequest::get(COUNT)).await?.json(), "total_count");
        Ok(Estimate { things: Some(total), calls: Some(PAGES.calls(total) + 1) })
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        // Repeats the call of `estimate`, so that a run killed in between gives the same archive.
        let stood: Option<PagePosition> = from.midst();
        if stood.is_none() {
            cx.call(ApiRequest::get(COUNT)).await?;
        }
        if stood.is_some_and(PagePosition::is_end) {
            return Ok(Outcome::Done);
        }
        let mut at = stood.unwrap_or_default();
        let mut asked = HashSet::new();
        loop {
            let answer = cx.call(page(at.offset)).await?.json();
            for draft in answer["item"].as_array().into_iter().flatten() {
                pictures(cx, draft, &mut asked).await?;
            }
            at = at.after(count(&answer, "total_count"), PAGES.size);
            cx.pass(&at)?;
            if at.is_end() {
                return Ok(Outcome::Done);
            }
        }
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        match &answer.content {
            Content::File(body) => {
                file_answer::keep(INFO.name, answer, body, cx, out)?;
                return picture_row(answer, evidence, out);
            }
            Content::Kept(_) => return picture_row(answer, evidence, out),
            Content::Json(_) => {}
        }
        let value = answer.json();
        if let Some(items) = value["item"].as_array() {
            let table =
                JsonTable { dataset: Dataset::Drafts, table: TABLE, key: &["media_id"], rank: Rank::Api, as_of: None };
            table.emit(items, evidence, out)?;
        }
        if value["total_count"].is_null() {
            return Ok(());
        }
        out.item(Item::Total(DataTotal::new(Dataset::Drafts, TABLE, count(&value, "total_count")), evidence))
    }
}

/// Requests the pictures in a draft's text that are not held yet. Those of a picture draft (`image_info`) are permanent
/// material by the platform's rule, and are fetched with it.
async fn pictures(cx: &ApiCx<'_>, draft: &Value, asked: &mut HashSet<MediaKey>) -> Result<(), NoAnswer> {
    for entry in draft["content"]["news_item"].as_array().into_iter().flatten() {
        let Some(html) = entry["content"].as_str() else { continue };
        let body = sanitise(html, &SanitiseOptions { page_url: None, scope: "draft" });
        for picture in body.media.iter().filter(|medium| medium.role == MediaRole::Image) {
            // A picture of several drafts is requested once, although it is not held before it is read.
            if cx.holds(&picture.key)? || !asked.insert(picture.key.clone()) {
                continue;
            }
            let key = picture.key.as_str();
            for url in picture.urls.iter().filter(|url| PlatformUrl::parse(url).is_ok()) {
                let mut gap = Gap::new(SubjectKind::Rows, format!("draft:{key}"), GapReason::DownloadFailed);
                gap.title = entry["title"].as_str().map(str::to_owned);
                gap.url = Some(url.clone());
                let request = ApiRequest::get(url).about("url", url.as_str()).about(file_answer::KEY, key);
                if file_answer::fetch(cx, request, PICTURE, &gap).await? {
                    break;
                }
            }
        }
    }
    Ok(())
}

/// Emits the row that links a draft's picture to its file.
fn picture_row(answer: &Answer, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    let about = |key: &str| answer.head.about.get(key).and_then(Value::as_str).unwrap_or_default();
    let Some(note) = &answer.head.file else { return Ok(()) };
    let fields = Map::from_iter([
        ("url".to_owned(), Value::from(about("url"))),
        ("file".to_owned(), format!("sha256:{}", note.sha256.hex()).into()),
        ("file_bytes".to_owned(), note.bytes.into()),
    ]);
    out.item(Item::Row(DataRow::new(Dataset::Drafts, PICTURES, about(file_answer::KEY), fields).from_api(), evidence))
}
