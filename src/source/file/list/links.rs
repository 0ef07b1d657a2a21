//! Any file with links to articles as a list: text, Markdown, CSV, XLSX, HTML, a browser's bookmarks. Never sure, so
//! that an importer that knows the file better takes precedence.

use std::io::{Cursor, Read as _};

use super::getmsg;
use crate::error::Result;
use crate::model::{ArticleFields, Kind, ListingFields, Problem, Rank, Record};
use crate::parse::list::article_columns::TableHeader;
use crate::parse::list::links::{FoundLink, Links, binary_has_link, decoded, has_link, of_html, of_row, of_text};
use crate::parse::table::csv_rows::CsvRows;
use crate::parse::table::workbook::{is_ole, may_be_workbook};
use crate::parse::table::{Record as Row, Rows};
use crate::source::file::list;
use crate::source::file::table::tables::{self, Container};
use crate::source::input::probe::is_utf16;
use crate::source::{EvidenceId, ImportCx, Importer, Info, Input, Item, Match, Out, Probe};

/// The importer of such files.
#[derive(Debug)]
pub struct LinkFile;

/// Largest file in bytes that is searched.
const LIMIT: u64 = 64 * 1024 * 1024;

static INFO: Info = Info {
    name: "links",
    summary_zh: "任何含有公众号文章链接的文件（文本、Markdown、CSV、XLSX、HTML、浏览器书签）：当作清单；表格里有正文列的，正文也读",
    summary_en: "Any file with links to articles (text, Markdown, CSV, XLSX, HTML, browser bookmarks): read as a list; the texts too if a table has a column for them",
    patterns: &["*.txt", "*.md", "*.csv", "*.xlsx", "*.html"],
    version: 3,
};

impl Importer for LinkFile {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn is_ever_sure(&self) -> bool {
        false
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let head = probe.head();
        if may_be_workbook(head) {
            let sheet =
                probe.size() <= crate::source::input::probe::WHOLE && probe.whole().is_some_and(workbook_has_link);
            return if sheet { Match::Likely } else { Match::No };
        }
        let utf16 = is_utf16(head);
        // Containers have their own importers, which hand on their contents.
        let start = &head[..head.len().min(2048)];
        let container = memchr::memmem::find(start, b"MIME-Version:").is_some()
            || start.starts_with(b"WARC/")
            || getmsg::is_archive_of_requests(probe);
        if container || !utf16 && memchr::memchr(0, head).is_some() {
            return Match::No;
        }
        let whole = probe.whole().unwrap_or(head);
        let found = if utf16 { has_link(decoded(whole).as_bytes()) } else { has_link(whole) };
        if found { Match::Likely } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(LIMIT)?;
        let mut links = Links::default();
        let evidence: EvidenceId;
        if may_be_workbook(&bytes) {
            let mime = Container::Workbook.mime(&Probe::new(input));
            evidence = cx.evidence.redacted(&bytes, &list::meta(input, INFO.name, mime))?;
            of_workbook(&bytes, input, &mut links, evidence, out)?;
        } else if bytes
            .trim_ascii_start()
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(bytes.trim_ascii_start())
            .starts_with(b"<")
        {
            evidence = cx.evidence.redacted(&bytes, &list::meta(input, INFO.name, "text/html"))?;
            of_html(&bytes, &mut links);
        } else {
            evidence = cx.evidence.redacted(&bytes, &list::meta(input, INFO.name, "text/plain"))?;
            let table = input.name().rsplit('.').next().is_some_and(|end| end.eq_ignore_ascii_case("csv"));
            if table {
                of_rows(&mut CsvRows::new(bytes.as_slice(), input.locator()), &mut links, evidence, out)?;
            } else {
                of_text(&decoded(&bytes), &mut links);
            }
        }
        emit(links, evidence, input, out)
    }
}

/// Returns the record of a link, ranked below every list and page.
pub(crate) fn record(found: FoundLink) -> Record {
    let aliases = found.link.aliases();
    let fields = ArticleFields {
        url: found.link.canonical(),
        title: found.title,
        published: found.published,
        biz: found.link.biz.clone(),
        mid: found.link.mid,
        idx: found.link.idx,
        sn: found.link.sn,
        ..found.more.map(|more| *more).unwrap_or_default()
    };
    Record::new(Kind::Article, Rank::Link, aliases, &fields).of_account(found.link.biz)
}

fn emit(links: Links, evidence: EvidenceId, input: &Input, out: &mut dyn Out) -> Result<()> {
    let listed = links.len() as u64;
    temporary(&links, input.locator(), out)?;
    let any_temporary = links.temporary() > 0;
    for found in links.into_vec() {
        out.item(Item::Record(record(found), evidence))?;
    }
    if listed == 0 {
        if any_temporary {
            return Ok(());
        }
        // The file has only links to other pages of the platform.
        let remark = Problem::remark("links-none", input.locator()).with("path", input.locator());
        return out.item(Item::Problem(remark));
    }
    let fields = ListingFields {
        scope: "links".to_owned(),
        list: INFO.name.to_owned(),
        platform_total: None,
        listed,
        complete: false,
    };
    let alias = format!("listing:links:{}", &evidence.hex()[..16]);
    out.item(Item::Record(Record::new(Kind::Listing, Rank::Link, vec![alias], &fields), evidence))
}

/// Reports the number of temporary links, which expire and cannot identify an article.
pub(crate) fn temporary(links: &Links, locator: &str, out: &mut dyn Out) -> Result<()> {
    let count = links.temporary();
    if count == 0 {
        return Ok(());
    }
    let remark = Problem::remark("links-temporary", locator).with("path", locator).with("count", count);
    out.item(Item::Problem(remark))
}

fn of_rows(rows: &mut dyn Rows, links: &mut Links, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    let mut row = Row::default();
    let mut header: Option<TableHeader> = None;
    let mut rows_read = 0_usize;
    while rows.next_row(&mut row)? {
        rows_read += 1;
        if header.is_none() && rows_read <= 8 {
            header = TableHeader::of(&row);
        }
        if let Some(listed) = of_row(&row, header.as_ref(), links)
            && let Some(text) = header.as_ref().and_then(|header| header.text(&row))
        {
            list::emit_copy(&text, &listed, false, evidence, out)?;
        }
    }
    Ok(())
}

/// Reads the cells of every sheet, then the targets of their hyperlinks, which are in separate parts.
fn of_workbook(bytes: &[u8], input: &Input, links: &mut Links, evidence: EvidenceId, out: &mut dyn Out) -> Result<()> {
    tables::each(input, Container::Workbook, |_, rows| {
        of_rows(rows, links, evidence, out)?;
        Ok(true)
    })?;
    for part in parts(bytes, |name| name.starts_with("xl/worksheets/_rels/")) {
        of_text(&String::from_utf8_lossy(&part), links);
    }
    Ok(())
}

/// Largest part of a workbook in bytes that is searched.
const PART: u64 = 16 * 1024 * 1024;

fn workbook_has_link(bytes: &[u8]) -> bool {
    if is_ole(bytes) {
        return binary_has_link(bytes);
    }
    let holds_text = |name: &str| {
        matches!(name, "content.xml" | "xl/sharedStrings.xml" | "xl/sharedStrings.bin")
            || name.starts_with("xl/worksheets/")
    };
    !parts(bytes, holds_text).is_empty()
}

/// Returns the wanted parts of a ZIP that contain a link. A part is cut at the limit, so that a bomb does no harm.
fn parts(bytes: &[u8], wanted: impl Fn(&str) -> bool) -> Vec<Vec<u8>> {
    let Ok(mut archive) = ::zip::ZipArchive::new(Cursor::new(bytes)) else { return Vec::new() };
    let mut found = Vec::new();
    for index in 0..archive.len().min(256) {
        let Ok(part) = archive.by_index(index) else { continue };
        if !part.name().is_ok_and(|name| wanted(&name)) {
            continue;
        }
        let mut content = Vec::new();
        // A part that cannot be read to its end is searched up to there.
        let _ = part.take(PART).read_to_end(&mut content);
        if binary_has_link(&content) {
            found.push(content);
        }
    }
    found
}
