//! The list of published posts as an Excel workbook: numbers are numbers, ids and links are texts, and no text is a
//! formula.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::comments;
use super::post_table::{self, Cell};
use super::publication::Publication;
use super::{Content, ExportOptions, Exporter, Group, Info, Losses, OutPath, Output, Outputs, Shape, Sink};
use crate::error::{Error, Result};

/// The exporter of the list of posts as a workbook.
pub struct Xlsx;

static INFO: Info = Info {
    name: "xlsx",
    summary_zh: "文章清单（Excel）：一篇一行，标题、链接、时间、作者、合集、标签和各项数字，列名和 wechat-article-exporter 一样",
    summary_en: "the list of articles and other posts as an Excel workbook, one per row, with title, link, time, author, albums, tags and counts",
    version: 1,
    group: Group::Table,
    shape: Shape::File("xlsx"),
    settings: &[],
};

/// Name of the file.
const FILE: &str = "posts.xlsx";

/// Number of rows of a sheet below its header; Excel has 1,048,576 rows.
const ROWS: u32 = 1_048_575;

/// Number of UTF-16 units that Excel takes in a cell.
const UNITS: usize = 32_767;

/// Widths of the columns, in characters.
const WIDTHS: &[(u16, f64)] =
    &[(0, 14.0), (1, 14.0), (2, 30.0), (3, 44.0), (5, 40.0), (6, 26.0), (7, 26.0), (17, 24.0), (19, 30.0)];

impl Exporter for Xlsx {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn outputs<'v>(&self, publication: &'v Publication<'v>, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let write = move |out: &mut dyn Sink, losses: &mut Losses| write(publication, options, out, losses);
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

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::other("export-write-failed").with("path", FILE).because(error)
}

fn write(
    publication: &Publication<'_>,
    options: &ExportOptions,
    out: &mut dyn Sink,
    losses: &mut Losses,
) -> Result<()> {
    let mut workbook = Workbook::new();
    // The same posts give the same bytes.
    let created = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let bold = Format::new().set_bold();
    let mut rows = post_table::rows(publication, options).peekable();
    let mut number = 0;
    while number == 0 || rows.peek().is_some() {
        number += 1;
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(failed)?;
        begin(sheet, options, &bold).map_err(failed)?;
        for (line, row) in (1..=ROWS).zip(rows.by_ref()) {
            let row = row?.into_cells(losses);
            let title = row.get(post_table::TITLE).map(Cell::text).unwrap_or_default();
            for (column, cell) in (0..).zip(row) {
                if put(sheet, line, column, cell).map_err(failed)? {
                    losses.add("long-cell", 1, &title);
                }
            }
        }
    }
    workbook.save_to_writer(out).map_err(failed)
}

fn begin(sheet: &mut Worksheet, options: &ExportOptions, bold: &Format) -> std::result::Result<(), XlsxError> {
    for (column, width) in WIDTHS {
        sheet.set_column_width(*column, *width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (column, header) in (0..).zip(post_table::headers(options.language)) {
        sheet.write_string_with_format(0, column, header, bold)?;
    }
    Ok(())
}

/// Writes a cell; reports whether its text was cut.
fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: Cell) -> std::result::Result<bool, XlsxError> {
    match cell {
        Cell::Text(text) if text.is_empty() => {}
        Cell::Text(text) => {
            let mut units = 0;
            let end = text.char_indices().find(|(_, c)| {
                units += c.len_utf16();
                units > UNITS
            });
            sheet.write_string(row, column, end.map_or(text.as_str(), |(end, _)| &text[..end]))?;
            return Ok(end.is_some());
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of readers are far below 2^53")]
        Cell::Number(number) => {
            sheet.write_number(row, column, number as f64)?;
        }
    }
    Ok(false)
}
