//! The check sheet: every post that the platform would refuse or change, with the limit and the value.

use crate::export::Sink;
use std::sync::Arc;

use super::{INFO, Prepared, draft, prepare};
use crate::error::{Error, Result};
use crate::export::post::PostContent;
use crate::export::{Content, ExportOptions, Losses, OutPath, Output, Publication, losses};
use crate::model::Sha256;
use crate::model::cell::without_formula;
use crate::text::Texts;

const TITLE: usize = 32;
const AUTHOR: usize = 16;
const DIGEST: usize = 128;
/// The content has fewer characters than this, with its tags.
const CHARACTERS: usize = 20_000;
/// The content has fewer bytes than this.
const BYTES: usize = 1 << 20;
/// A picture has fewer bytes than this.
const PICTURE: u64 = 1 << 20;
const PICTURES: usize = 20;

/// Returns the check sheet.
pub(super) fn sheet<'v>(
    publication: &'v Publication<'v>,
    options: &'v ExportOptions,
    folders: &Arc<Vec<String>>,
    texts: &Arc<Texts>,
) -> Result<Output<'v>> {
    let mut key = format!("{} {} {}", INFO.version, options.language.tag(), publication.view().manifest_digest());
    for folder in folders.iter() {
        key = format!("{}{folder}", Sha256::of(key.as_bytes()));
    }
    let path = texts.get("wechat-check-file", &[]);
    let (folders, texts) = (Arc::clone(folders), Arc::clone(texts));
    let name = path.clone();
    let write = move |out: &mut dyn Sink, _: &mut Losses| {
        let failed = |error: ::csv::Error| Error::other("export-write-failed").with("path", &name).because(error);
        // Without this mark a spreadsheet reads the file in the system's own encoding.
        out.write_all("\u{feff}".as_bytes()).map_err(|error| failed(error.into()))?;
        let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
        let heads = ["title", "what", "value", "limit", "folder"];
        writer.write_record(heads.map(|head| texts.get(&format!("wechat-check-{head}"), &[]))).map_err(failed)?;
        for place in publication.newest_first() {
            let content = publication.content(place, options)?;
            let prepared = prepare(publication, &content, &texts);
            for finding in findings(&content, &prepared) {
                let file = match finding.what {
                    "widget" => losses::words(&texts, &finding.file),
                    _ => finding.file,
                };
                let what = texts.get(&format!("wechat-over-{}", finding.what), &[("file", &file)]);
                let record = [&prepared.title, &what, &finding.value, &finding.limit, &folders[place]];
                writer.write_record(record.map(|cell| without_formula(cell).into_owned())).map_err(failed)?;
            }
        }
        writer.flush().map_err(|error| failed(error.into()))
    };
    Ok(Output { path: OutPath::new(path)?, key: Sha256::of(key.as_bytes()), content: Content::Stream(Box::new(write)) })
}

/// Something that the platform refuses or drops.
struct Finding {
    what: &'static str,
    file: String,
    value: String,
    limit: String,
}

fn findings(content: &PostContent, prepared: &Prepared) -> Vec<Finding> {
    let mut all = Vec::new();
    let mut add = |what, file: &str, value: String, limit: String| {
        all.push(Finding { what, file: file.to_owned(), value, limit });
    };
    let mut over = |what, value: usize, limit: usize| {
        if value > limit {
            add(what, "", value.to_string(), format!("≤ {limit}"));
        }
    };
    let characters = |text: Option<&String>| text.map_or(0, |text| text.chars().count());
    over("title", prepared.title.chars().count(), TITLE);
    over("author", characters(content.author.as_ref()), AUTHOR);
    over("digest", characters(content.summary.as_ref()), DIGEST);
    if draft::is_picture_post(content) {
        over("pictures", prepared.pictures.len(), PICTURES);
    } else {
        over("characters", prepared.html.chars().count(), CHARACTERS - 1);
        over("bytes", prepared.html.len(), BYTES - 1);
    }
    for picture in &prepared.pictures {
        let extension = picture.path.rsplit_once('.').map_or("", |(_, extension)| extension);
        if !matches!(extension, "jpg" | "jpeg" | "png") {
            add("format", &picture.file, extension.to_owned(), "jpg, png".to_owned());
        }
        if picture.bytes >= PICTURE {
            add("picture", &picture.file, picture.bytes.to_string(), format!("< {PICTURE}"));
        }
    }
    for (kind, count) in losses::by_kind(&prepared.lost) {
        add("widget", kind, count.to_string(), String::new());
    }
    if prepared.links > 0 {
        add("links", "", prepared.links.to_string(), String::new());
    }
    if prepared.missing > 0 {
        add("missing", "", prepared.missing.to_string(), String::new());
    }
    if prepared.cover.is_none() {
        add("cover", "", String::new(), String::new());
    }
    all
}
