//! Every post as one line of JSON, for programs: the record as exports see it, the canonical body and its text. The
//! schema of a line is written beside it.

use std::io::Write;

use serde_json::{Value, json};

use super::comments;
use super::post::PostContent;
use super::publication::Publication;
use super::{Content, ExportOptions, Exporter, Group, Info, Losses, OutPath, Output, Outputs, Shape, Sink};
use crate::error::{Error, Result};
use crate::html::{media_keys, plain_text};
use crate::model::Sha256;

/// The exporter of JSON lines.
pub struct Jsonl;

static INFO: Info = Info {
    name: "jsonl",
    summary_zh: "JSON Lines：一行一篇（全部字段、正文 HTML 和纯文字），供程序和 AI 工具使用；旁边有 JSON Schema",
    summary_en: "JSON Lines: one post per line with all fields, the body as HTML and as plain text, for programs and AI tools; with a JSON Schema",
    version: 1,
    group: Group::Table,
    shape: Shape::Folder,
    settings: &[],
};

/// Names of the files.
const FILE: &str = "posts.jsonl";
const SCHEMA_FILE: &str = "posts.schema.json";

const SCHEMA: &str = include_str!("../../templates/jsonl/posts.schema.json");

impl Exporter for Jsonl {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let key = comments::key(publication, options, publication.key(&format!("{}", INFO.version)));
        let write = move |out: &mut dyn Sink, losses: &mut Losses| lines(publication, options, out, losses);
        let posts = Output { path: OutPath::new(FILE)?, key, content: Content::Stream(Box::new(write)) };
        let schema = Output {
            path: OutPath::new(SCHEMA_FILE)?,
            key: Sha256::of(SCHEMA.as_bytes()),
            content: Content::Render(Box::new(|_| Ok(SCHEMA.as_bytes().to_vec()))),
        };
        Ok(Box::new([Ok(posts), Ok(schema)].into_iter()))
    }
}

fn lines(
    publication: &Publication<'_>,
    options: &ExportOptions,
    out: &mut dyn Write,
    losses: &mut Losses,
) -> Result<()> {
    let failed = |error| Error::other("export-write-failed").with("path", FILE).because(error);
    for place in publication.newest_first() {
        let mut content = publication.content(place, options)?;
        content.media.retain(|path| !publication.view().lost().contains(path));
        let missing = media_keys(&content.body).len() as u64;
        losses.add("missing", missing, content.title.as_deref().unwrap_or(&content.id));
        let mut line = line(&content).to_string();
        line.push('\n');
        out.write_all(line.as_bytes()).map_err(failed)?;
    }
    Ok(())
}

fn line(content: &PostContent) -> Value {
    json!({
        "id": content.id,
        "type": content.form,
        "title": content.title,
        "summary": content.summary,
        "author": content.author,
        "published": content.published,
        "modified": content.modified,
        "original": content.original,
        "albums": content.albums,
        "tags": content.tags,
        "url": content.old_url,
        "source_url": content.source_url,
        "cover": content.cover,
        "cover_url": content.cover_url,
        "counts": content.counts,
        "preview_only": content.preview_only,
        "media": content.media,
        "text": plain_text(&content.body),
        "html": content.body,
        "comments": content.comments,
    })
}
