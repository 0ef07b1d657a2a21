//! The list of published posts, one row each, for a spreadsheet. Times are the platform's (+08:00), counts as the page
//! showed them. A cell that a spreadsheet would read as a formula gets an apostrophe in front.

use super::cells::without_formula;
use super::publication::Publication;
use super::{Content, ExportOptions, Exporter, Info, Losses, OutPath, Output, Outputs, Shape};
use crate::error::{Error, Result};
use crate::model::article::Counts;
use crate::model::{Sha256, Time};
use crate::text::Language;

/// The exporter of the list of posts.
pub struct Csv;

static INFO: Info = Info {
    name: "csv",
    summary_zh: "文章清单：一篇一行，标题、链接、时间、作者、合集、标签和各项数字，用电子表格打开",
    summary_en: "the list of articles and other posts, one per row, with title, link, time, author, albums, tags and counts, for a spreadsheet",
    version: 1,
    shape: Shape::File("csv"),
    settings: &[],
};

/// Name of the file.
const FILE: &str = "posts.csv";

/// Headers of the columns in Chinese and English.
const COLUMNS: &[(&str, &str)] = &[
    ("标题", "title"),
    ("链接", "link"),
    ("发布时间", "published"),
    ("更新时间", "modified"),
    ("类型", "type"),
    ("作者", "author"),
    ("摘要", "summary"),
    ("合集", "albums"),
    ("标签", "tags"),
    ("阅读", "reads"),
    ("点赞", "likes"),
    ("在看", "looking"),
    ("分享", "shares"),
    ("留言", "comments"),
    ("编号", "id"),
];

impl Exporter for Csv {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let mut key = format!("{} {} {}", INFO.version, options.language.tag(), publication.view().manifest_digest());
        for post in publication.view().posts() {
            key = format!("{} {}", Sha256::of(key.as_bytes()), post.record_digest);
        }
        let write = move |out: &mut dyn std::io::Write, _: &mut Losses| rows(publication, options, out);
        let output = Output {
            path: OutPath::new(FILE)?,
            key: Sha256::of(key.as_bytes()),
            content: Content::Stream(Box::new(write)),
        };
        Ok(Box::new(std::iter::once(Ok(output))))
    }
}

fn rows(publication: &Publication<'_>, options: &ExportOptions, out: &mut dyn std::io::Write) -> Result<()> {
    let failed = |error: ::csv::Error| Error::other("export-write-failed").with("path", FILE).because(error);
    // Without this mark a spreadsheet reads the file in the system's own encoding.
    out.write_all("\u{feff}".as_bytes()).map_err(|error| failed(error.into()))?;
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
    let chinese = options.language == Language::Chinese;
    writer.write_record(COLUMNS.iter().map(|(zh, en)| if chinese { zh } else { en })).map_err(failed)?;
    for post in publication.newest_first() {
        let content = publication.content(post, options)?;
        let counts = content.counts.unwrap_or_default();
        let time = |time: Option<Time>| time.map(|time| time.to_string()).unwrap_or_default();
        let number = |count: Option<u64>| count.map(|count| count.to_string()).unwrap_or_default();
        let text = |text: Option<String>| text.unwrap_or_default();
        let record = [
            text(content.title),
            text(content.old_url),
            time(content.published),
            time(content.modified),
            content.form.to_owned(),
            text(content.author),
            text(content.summary),
            content.albums.join("、"),
            content.tags.join("、"),
            reads(&counts),
            number(counts.like),
            number(counts.looking),
            number(counts.share),
            number(counts.comment),
            content.id,
        ];
        writer.write_record(record.iter().map(|cell| without_formula(cell).into_owned())).map_err(failed)?;
    }
    writer.flush().map_err(|error| failed(error.into()))
}

/// Writes the number of reads; the platform shows no more than `100000+`.
fn reads(counts: &Counts) -> String {
    match counts.read {
        Some(_) if counts.capped => "100000+".to_owned(),
        read => read.map(|read| read.to_string()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capped_count_is_no_number() {
        assert_eq!(reads(&Counts { read: Some(100_001), capped: true, ..Counts::default() }), "100000+");
    }
}
