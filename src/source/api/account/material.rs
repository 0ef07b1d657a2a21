//! 素材库: permanent material of four kinds. Images, voices and videos are fetched as files (a video from the URL in its
//! response), articles with their bodies.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::fetch::NoAnswer;
use crate::model::{DataRow, DataTotal, Dataset, Gap, GapReason, MediaKey, Rank, SubjectKind};
use crate::parse::json::Json;
use crate::source::api::answer::{Answer, ApiRequest, Content};
use crate::source::api::collector::{ApiCx, Collector, Estimate, Outcome, ResumePoint, Service};
use crate::source::api::paging::{PagePosition, count};
use crate::source::api::{file_answer, news};
use crate::source::rows::JsonTable;
use crate::source::{EvidenceId, ImportCx, Info, Item, Out};

/// The collector of permanent material.
#[derive(Debug)]
pub struct Materials;

const LIST: &str = "/cgi-bin/material/batchget_material";
const COUNTS: &str = "/cgi-bin/material/get_materialcount";
const FILE: &str = "/cgi-bin/material/get_material";

/// Entries of one response.
const SIZE: u64 = 20;

/// Largest file in bytes.
const LIMIT: u64 = 256 * 1024 * 1024;

/// Returns the table of a kind.
fn table_of(kind: &str) -> String {
    format!("materials_{kind}")
}

/// Kinds of the platform, each with the field of its count.
const KINDS: [(&str, &str); 4] =
    [("news", "news_count"), ("image", "image_count"), ("voice", "voice_count"), ("video", "video_count")];

static INFO: Info = Info {
    name: "materials",
    summary_zh: "素材库：图文、图片、语音、视频",
    summary_en: "Material library: articles, images, voice recordings, videos",
    patterns: &[LIST],
    version: 1,
};

/// The position in the lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    kind: usize,
    at: PagePosition,
}

fn list(kind: &str, offset: u64) -> ApiRequest {
    ApiRequest::post(LIST, json!({"type": kind, "offset": offset, "count": SIZE}))
}

/// Returns the media key of a material's file; for an image it is the URL, by which articles reference it.
fn key_of(kind: &str, item: Json<'_>) -> Option<MediaKey> {
    let id = item.text("media_id")?;
    Some(match item.url("url").filter(|_| kind == "image") {
        Some(url) => MediaKey::of_url(&url),
        None => MediaKey::of_voice(&format!("material:{id}")),
    })
}

impl Collector for Materials {
    const SERVICE: Service = Service::OfficialAccount;

    fn info(&self) -> &'static Info {
        &INFO
    }

    async fn estimate(&self, cx: &ApiCx<'_>) -> Result<Estimate, NoAnswer> {
        let counts = cx.call(ApiRequest::get(COUNTS)).await?.json();
        let (mut things, mut calls) = (0, 1);
        for (kind, field) in KINDS {
            let number = count(&counts, field);
            things += number;
            calls += number.div_ceil(SIZE).max(1) + if kind == "news" { 0 } else { number };
        }
        Ok(Estimate { things: Some(things), calls: Some(calls) })
    }

    async fn collect(&self, cx: &ApiCx<'_>, from: ResumePoint) -> Result<Outcome, NoAnswer> {
        let stood: Option<Position> = from.midst();
        // Repeats the call of `estimate`, so that a run killed in between gives the same archive.
        if stood.is_none() {
            cx.call(ApiRequest::get(COUNTS)).await?;
        }
        let mut place = stood.unwrap_or_default();
        while let Some((kind, _)) = KINDS.get(place.kind) {
            let answer = cx.call(list(kind, place.at.offset)).await?.json();
            if *kind != "news" {
                for item in Json::of(&answer).map(|answer| answer.objects("item")).unwrap_or_default() {
                    file(cx, kind, item).await?;
                }
            }
            place.at = place.at.after(count(&answer, "total_count"), SIZE);
            if place.at.is_end() {
                place = Position { kind: place.kind + 1, at: PagePosition::default() };
            }
            cx.pass(&place)?;
        }
        Ok(Outcome::Done)
    }

    fn read(&self, answer: &Answer, evidence: EvidenceId, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        match &answer.content {
            Content::File(body) => {
                file_answer::keep(INFO.name, answer, body, cx, out)?;
                file_row(answer, evidence, out)
            }
            Content::Kept(_) => file_row(answer, evidence, out),
            Content::Json(_) => read_json(answer, evidence, out),
        }
    }
}

/// Fetches the file of one material, unless it is held.
async fn file(cx: &ApiCx<'_>, kind: &str, item: Json<'_>) -> Result<(), NoAnswer> {
    let (Some(id), Some(key)) = (item.text("media_id"), key_of(kind, item)) else { return Ok(()) };
    if cx.holds(&key)? {
        return Ok(());
    }
    let about = |request: ApiRequest| {
        let name = item.text("name").unwrap_or_default();
        let request = request.about("media_id", id.as_str()).about("kind", kind);
        request.about(file_answer::KEY, key.as_str()).about(file_answer::NAME, name)
    };
    let mut gap = gap(&key, item);
    let asked = about(ApiRequest::post(FILE, json!({"media_id": id})));
    if kind != "video" {
        return file_answer::fetch(cx, asked, LIMIT, &gap).await.map(drop);
    }
    let answer = match cx.call(asked).await {
        Ok(answer) => answer.json(),
        no => return file_answer::settle(cx, no, &gap).map(drop),
    };
    if let Some(url) = Json::of(&answer).and_then(|answer| answer.url("down_url")) {
        return file_answer::fetch(cx, about(ApiRequest::get(url)), LIMIT, &gap).await.map(drop);
    }
    gap.detail = Some("down_url".to_owned());
    cx.missing(gap)
}

/// Returns the key of a material's gap. The gap belongs to the material's row, because its file is no article's medium.
fn gap_key(key: &MediaKey) -> String {
    format!("material:{}", key.as_str())
}

fn gap(key: &MediaKey, item: Json<'_>) -> Gap {
    let mut gap = Gap::new(SubjectKind::Rows, gap_key(key), GapReason::DownloadFailed);
    gap.title = item.text("name");
    gap.url = item.url("url");
    gap
}

fn read_json(answer: &Answer, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    let value = answer.json();
    if answer.head.path != LIST {
        return Ok(());
    }
    let kind = answer.head.sent("type").as_str().unwrap_or_default().to_owned();
    let Some(items) = value["item"].as_array() else { return Ok(()) };
    let table = JsonTable {
        dataset: Dataset::Materials,
        table: &table_of(&kind),
        key: &["media_id"],
        rank: Rank::Api,
        as_of: None,
    };
    table.emit(items, evidence, out)?;
    if !value["total_count"].is_null() {
        let table = table_of(&kind);
        out.item(Item::Total(DataTotal::new(Dataset::Materials, table, count(&value, "total_count")), evidence))?;
    }
    for item in Json::of(&value).map(|value| value.objects("item")).unwrap_or_default() {
        let Some(content) = item.object("content") else { continue };
        let time = |key: &str| content.time(key).or_else(|| item.time(key));
        let around = news::Around { published: time("create_time"), modified: time("update_time"), evidence };
        for entry in content.objects("news_item") {
            news::emit(entry, around, out)?;
        }
    }
    Ok(())
}

/// Emits the row that links a material to its file.
fn file_row(answer: &Answer, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    let (Some(id), Some(note)) = (answer.head.about.get("media_id").and_then(Value::as_str), &answer.head.file) else {
        return Ok(());
    };
    let fields = Map::from_iter([
        ("file".to_owned(), Value::from(format!("sha256:{}", note.sha256.hex()))),
        ("file_bytes".to_owned(), note.bytes.into()),
    ]);
    let kind = answer.head.about.get("kind").and_then(Value::as_str).unwrap_or_default();
    out.item(Item::Row(DataRow::new(Dataset::Materials, table_of(kind), id, fields).from_api(), evidence))
}
