//! The list of published posts, one row each, for a spreadsheet. A cell that a spreadsheet would read as a formula gets
//! an apostrophe in front.

use super::comments;
use super::post_table::{self, Cell};
use super::publication::Publication;
use super::{Content, ExportOptions, Exporter, Group, Info, Losses, OutPath, Output, Outputs, Shape, Sink};
use crate::error::{Error, Result};
use crate::model::cell::without_formula;

/// The exporter of the list of posts.
pub struct Csv;

static INFO: Info = Info {
    name: "csv",
    summary_zh: "文章清单（CSV）：一篇一行，标题、链接、时间、作者、合集、标签和各项数字，列名和 wechat-article-exporter 一样，用电子表格打开",
    summary_en: "the list of articles and other posts (CSV), one per row, with title, link, time, author, albums, tags and counts, in the columns of wechat-article-exporter",
    version: 3,
    group: Group::Table,
    shape: Shape::File("csv"),
    settings: &[],
};

/// Name of the file.
const FILE: &str = "posts.csv";

impl Exporter for Csv {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let write = move |out: &mut dyn Sink, losses: &mut Losses| rows(publication, options, out, losses);
        let output = Output {
            path: OutPath::new(FILE)?,
            key: comments::key(
                publication,
                options,
                publication.key(&format!("{} {}", INFO.version, options.language.tag())),
            ),
            content: Content::Stream(Box::new(write)),
        };
        Ok(Box::new(std::iter::once(Ok(output))))
    }
}

fn rows(
    publication: &Publication<'_>,
    options: &ExportOptions,
    out: &mut dyn std::io::Write,
    losses: &mut Losses,
) -> Result<()> {
    let failed = |error: ::csv::Error| Error::other("export-write-failed").with("path", FILE).because(error);
    // Without this mark a spreadsheet reads the file in the system's own encoding.
    out.write_all("\u{feff}".as_bytes()).map_err(|error| failed(error.into()))?;
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
    writer.write_record(post_table::headers(options.language)).map_err(failed)?;
    for row in post_table::rows(publication, options) {
        let cells = row?.into_cells(losses).into_iter().map(|cell| match cell {
            Cell::Text(text) => without_formula(&text).into_owned(),
            Cell::Number(number) => number.to_string(),
        });
        writer.write_record(cells).map_err(failed)?;
    }
    writer.flush().map_err(|error| failed(error.into()))
}
