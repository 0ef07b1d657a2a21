//! Writes the tables of posts and of saved files, and the statistics that only the owner sees.

use std::collections::BTreeSet;
use std::io::Write;

use serde_json::Value;

use super::fold::FoldedShortPost;
use crate::error::{Error, Result};
use crate::model::{Kind, SavedFile};
use crate::pipeline::commit::tables::{Table, time_cell};
use crate::store::posts::PostRow;
use crate::store::saved::SavedRow;

/// A column's name and its Frictionless type.
type Column = (&'static str, &'static str);

/// Columns of `tables/articles.csv`.
const ARTICLE_COLUMNS: &[Column] = &[
    ("id", "string"),
    ("title", "string"),
    ("published", "datetime"),
    ("item_show_type", "integer"),
    ("url", "string"),
    ("held", "boolean"),
    ("listed", "boolean"),
    ("folder", "string"),
    ("missing", "string"),
];

/// Columns of `tables/notes.csv` and `tables/videos.csv`.
const COLUMNS: &[Column] = &[
    ("id", "string"),
    ("form", "string"),
    ("title", "string"),
    ("published", "datetime"),
    ("held", "boolean"),
    ("record", "string"),
    ("missing", "string"),
];

/// The tables of posts, each with its columns.
pub(crate) const TABLES: &[(Kind, &str, &[Column])] =
    &[(Kind::Article, "articles", ARTICLE_COLUMNS), (Kind::Note, "notes", COLUMNS), (Kind::Video, "videos", COLUMNS)];

/// Writes the row of a post.
pub(crate) fn write_row<W: Write>(post: PostRow, table: &mut Table<W>) -> Result<()> {
    let (title, published) = (post.title.unwrap_or_default(), time_cell(post.published));
    let missing = post.gap.map(|gap| gap.reason.code().to_owned()).unwrap_or_default();
    let held = post.held.to_string();
    if post.kind != Kind::Article {
        let record = post.place.unwrap_or_default();
        return table.row([post.id, post.form.code().to_owned(), title, published, held, record, missing]);
    }
    let show_type = post.item_show_type.map(|number| number.to_string()).unwrap_or_default();
    let folder = post.place.filter(|_| post.held).map(|folder| format!("articles/{folder}")).unwrap_or_default();
    let (url, listed) = (post.url.unwrap_or_default(), post.listed.to_string());
    table.row([post.id, title, published, show_type, url, held, listed, folder, missing])
}

/// Columns of `tables/saved-files.csv` in the private part.
pub(crate) const SAVED_COLUMNS: &[&str] = &[
    "sha256",
    "md5",
    "bytes",
    "name",
    "duration_ms",
    "width",
    "height",
    "known",
    "whole",
    "of",
    "key",
    "opened",
    "post",
    "matched_by",
    "picture",
];

/// Path of this table.
pub(crate) const SAVED: &str = "tables/saved-files.csv";

/// Returns a row of this table.
pub(crate) fn saved_row(row: SavedRow) -> [String; 15] {
    let number = |value: Option<u64>| value.map(|number| number.to_string()).unwrap_or_default();
    let SavedRow { file, post, matched } = row;
    [
        file.sha256.hex(),
        file.md5,
        file.bytes.to_string(),
        file.name,
        number(file.duration_ms),
        number(file.width.map(u64::from)),
        number(file.height.map(u64::from)),
        file.known.to_string(),
        file.whole.to_string(),
        file.of.unwrap_or_default(),
        number(file.key),
        file.opened.map(|digest| digest.hex()).unwrap_or_default(),
        post.unwrap_or_default(),
        matched.unwrap_or_default(),
        file.picture.to_string(),
    ]
}

/// Reads the saved files back from an archive's table.
pub(crate) fn restore_saved(bytes: &[u8]) -> Result<Vec<SavedFile>> {
    let failed = || Error::damaged("gaps-unreadable").with("path", "tables/saved-files.csv");
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut files = Vec::new();
    for record in csv::Reader::from_reader(text).records() {
        let record = record.map_err(|error| failed().because(error))?;
        let cell = |name: &str| {
            let place = SAVED_COLUMNS.iter().position(|column| *column == name);
            place.and_then(|place| record.get(place)).filter(|cell| !cell.is_empty())
        };
        let number = |name: &str| cell(name).and_then(|cell| cell.parse::<u64>().ok());
        let pixels = |name: &str| cell(name).and_then(|cell| cell.parse::<u32>().ok());
        files.push(SavedFile {
            sha256: cell("sha256").and_then(|cell| cell.parse().ok()).ok_or_else(failed)?,
            md5: cell("md5").unwrap_or_default().to_owned(),
            bytes: number("bytes").unwrap_or_default(),
            name: cell("name").unwrap_or_default().to_owned(),
            duration_ms: number("duration_ms"),
            width: pixels("width"),
            height: pixels("height"),
            known: cell("known") == Some("true"),
            whole: cell("whole") == Some("true"),
            picture: cell("picture") == Some("true"),
            of: cell("of").map(str::to_owned),
            key: number("key"),
            opened: cell("opened").and_then(|cell| cell.parse().ok()),
        });
    }
    Ok(files)
}

/// Path in the private part of the statistics that only the owner sees.
pub(crate) const STATISTICS: &str = "tables/video-statistics.csv";

/// Returns the statistics: a row per video and a column per number that any list gives, under the platform's names and
/// verbatim.
pub(crate) fn statistics_of<'a>(all: impl Iterator<Item = &'a FoldedShortPost> + Clone) -> Result<Option<Vec<u8>>> {
    let columns: BTreeSet<&str> =
        all.clone().flat_map(|one| one.content.fields.statistics.keys()).map(String::as_str).collect();
    if columns.is_empty() {
        return Ok(None);
    }
    let names: Vec<&str> = ["id", "title", "published"].into_iter().chain(columns.iter().copied()).collect();
    let mut table = Table::new(&names)?;
    let mut rows: Vec<&FoldedShortPost> = all.filter(|one| !one.content.fields.statistics.is_empty()).collect();
    rows.sort_by(|a, b| (a.published, &a.id).cmp(&(b.published, &b.id)));
    for one in rows {
        let mut row = vec![one.id.clone(), one.title.clone().unwrap_or_default(), time_cell(one.published)];
        row.extend(columns.iter().map(|column| match one.content.fields.statistics.get(*column) {
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        }));
        table.row(row)?;
    }
    table.finish().map(Some)
}
