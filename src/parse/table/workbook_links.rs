//! Reads the link targets of a workbook's cells: hyperlinks that calamine does not return (`.xls` has them in records,
//! `.ods` in the text of its cells), and formulas (`=HYPERLINK("https://…","text")`) in any format. Only links to the
//! platform are kept.

use std::collections::HashMap;
use std::io::{BufReader, Read, Seek};

use calamine::Range;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

/// Link targets of cells, by row and column from 0.
pub(crate) type CellLinks = HashMap<(u32, u32), CellLink>;

/// The link target of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CellLink {
    pub(crate) address: String,
    /// The displayed text according to a formula: programs that generate workbooks do not evaluate it.
    pub(crate) text: Option<String>,
}

impl From<String> for CellLink {
    fn from(address: String) -> Self {
        Self { address, text: None }
    }
}

/// The host of article links.
const HOST: &str = "mp.weixin.qq.com";
/// Maximum number of links, as a bound for hostile files.
const MOST: usize = 200_000;
/// Maximum length of an address in bytes.
const LONGEST: usize = 4096;

/// Returns the address and the text of a link formula: `=HYPERLINK("https://…","text")`.
pub(crate) fn of_formula(formula: &str) -> Option<(String, Option<String>)> {
    let formula = formula.trim().trim_start_matches('=');
    let formula = formula.strip_prefix("of:=").unwrap_or(formula);
    let name = formula.get(..10).filter(|name| name.eq_ignore_ascii_case("HYPERLINK("))?;
    let mut rest = formula[name.len()..].trim_start();
    let address = quoted(&mut rest)?;
    // Some locales use a semicolon as the separator.
    let text = rest.trim_start().strip_prefix([',', ';']).and_then(|rest| quoted(&mut rest.trim_start()));
    Some((address, text))
}

/// Reads the quoted text at the beginning of `rest` and advances `rest` past it; a doubled quote is one quote.
fn quoted(rest: &mut &str) -> Option<String> {
    let mut text = String::new();
    let mut inside = rest.strip_prefix('"')?;
    loop {
        let end = inside.find('"')?;
        text.push_str(&inside[..end]);
        inside = &inside[end + 1..];
        let Some(more) = inside.strip_prefix('"') else {
            *rest = inside;
            return Some(text).filter(|text| text.len() <= LONGEST);
        };
        text.push('"');
        inside = more;
    }
}

/// Adds the link target of a cell's formula.
pub(crate) fn add_formula(links: &mut CellLinks, at: (u32, u32), formula: &str) {
    if links.len() < MOST
        && let Some((address, text)) = of_formula(formula).filter(|(address, _)| address.contains(HOST))
    {
        links.entry(at).or_insert(CellLink { address, text });
    }
}

/// Adds the link targets of the formulas of a sheet in memory.
pub(crate) fn add_formulas(links: &mut CellLinks, formulas: &Range<String>) {
    let (top, left) = formulas.start().unwrap_or_default();
    for (row, column, formula) in formulas.used_cells() {
        let (Ok(row), Ok(column)) = (u32::try_from(row), u32::try_from(column)) else { continue };
        add_formula(links, (top + row, left + column), formula);
    }
}

/// Reads the hyperlinks of each sheet of an `.ods`, by the sheet's name.
pub(crate) fn of_ods(archive: &mut ZipArchive<impl Read + Seek>) -> HashMap<String, CellLinks> {
    let mut sheets: HashMap<String, CellLinks> = HashMap::new();
    let Ok(content) = archive.by_name("content.xml") else { return sheets };
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(content));
    let mut buffer = Vec::new();
    let mut sheet = String::new();
    // The positions of the next row and the next cell, and the number of repetitions of the current row.
    let (mut row, mut rows, mut column) = (0_u32, 0_u32, 0_u32);
    let mut cell = None;
    let mut count = 0;
    loop {
        buffer.clear();
        let Ok(event) = reader.read_event_into(&mut buffer) else { return sheets };
        let is_empty = matches!(event, Event::Empty(_));
        match event {
            Event::Eof => return sheets,
            Event::Start(start) | Event::Empty(start) => match start.name().as_ref() {
                "table:table" => {
                    sheet = attribute(&start, "table:name").unwrap_or_default();
                    (row, rows) = (0, 0);
                }
                "table:table-row" => {
                    row = row.saturating_add(rows);
                    rows = repeated(&start, "table:number-rows-repeated");
                    column = 0;
                }
                "table:table-cell" | "table:covered-table-cell" => {
                    cell = (!is_empty).then_some((row, column));
                    column = column.saturating_add(repeated(&start, "table:number-columns-repeated"));
                }
                "text:a" => {
                    let address = attribute(&start, "xlink:href").filter(|address| address.contains(HOST));
                    if let (Some(at), Some(address)) = (cell, address)
                        && count < MOST
                    {
                        sheets.entry(sheet.clone()).or_default().entry(at).or_insert_with(|| address.into());
                        count += 1;
                    }
                }
                _ => {}
            },
            Event::End(end) if matches!(end.name().as_ref(), "table:table-cell" | "table:covered-table-cell") => {
                cell = None;
            }
            _ => {}
        }
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let value = start.try_get_attribute(name).ok().flatten()?;
    let text = value.value.as_ref();
    Some(quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned))
}

fn repeated(start: &BytesStart<'_>, name: &str) -> u32 {
    attribute(start, name).and_then(|number| number.trim().parse().ok()).unwrap_or(1)
}

const BOUND_SHEET: u16 = 0x0085;
const DATE_MODE: u16 = 0x0022;
const END: u16 = 0x000a;
const HYPERLINK: u16 = 0x01b8;

/// Reads the hyperlinks of each sheet of an `.xls`, in the order of its sheets, and whether it counts days from 1904.
pub(crate) fn of_xls(reader: &mut (impl Read + Seek)) -> (Vec<CellLinks>, bool) {
    let nothing = (Vec::new(), false);
    let Ok(mut container) = cfb::CompoundFile::open(reader) else { return nothing };
    let names = ["/Workbook", "/Book", "/WORKBOOK", "/BOOK"];
    let Some(name) = names.into_iter().find(|name| container.is_stream(name)) else { return nothing };
    let Ok(stream) = container.open_stream(name) else { return nothing };
    let mut from_1904 = false;
    let mut records = BufReader::with_capacity(64 * 1024, stream);
    let mut at = 0_u64;
    let mut begins: Vec<u64> = Vec::new();
    let mut sheets: Vec<CellLinks> = Vec::new();
    // The sheet of the current records, from the offset in the list of sheets on.
    let mut sheet = None;
    let mut body = Vec::new();
    let mut count = 0;
    loop {
        let mut head = [0; 4];
        if records.read_exact(&mut head).is_err() {
            return (sheets, from_1904);
        }
        let kind = u16::from_le_bytes([head[0], head[1]]);
        body.resize(usize::from(u16::from_le_bytes([head[2], head[3]])), 0);
        if records.read_exact(&mut body).is_err() {
            return (sheets, from_1904);
        }
        if let Some(index) = begins.iter().position(|begin| *begin == at) {
            sheet = Some(index);
        }
        at += 4 + body.len() as u64;
        match kind {
            BOUND_SHEET => {
                if let Some(begin) = body.first_chunk::<4>() {
                    begins.push(u64::from(u32::from_le_bytes(*begin)));
                    sheets.push(CellLinks::new());
                }
            }
            DATE_MODE => from_1904 = body.first() == Some(&1),
            END => sheet = None,
            HYPERLINK => {
                if let (Some(links), Some((cell, address))) =
                    (sheet.and_then(|at: usize| sheets.get_mut(at)), hyperlink(&body))
                    && count < MOST
                {
                    links.entry(cell).or_insert_with(|| address.into());
                    count += 1;
                }
            }
            _ => {}
        }
    }
}

/// Returns the first cell of a hyperlink record, and the address of its URL moniker.
fn hyperlink(body: &[u8]) -> Option<((u32, u32), String)> {
    const DISPLAY_NAME: u32 = 0x10;
    const FRAME_NAME: u32 = 0x80;
    let short = |at: usize| Some(u32::from(u16::from_le_bytes(body.get(at..at + 2)?.try_into().ok()?)));
    let long = |at: usize| Some(u32::from_le_bytes(body.get(at..at + 4)?.try_into().ok()?));
    let cell = (short(0)?, short(4)?);
    let flags = long(28)?;
    let mut at = 32;
    for flag in [DISPLAY_NAME, FRAME_NAME] {
        if flags & flag != 0 {
            at += 4 + usize::try_from(long(at)?).ok()?.checked_mul(2)?;
        }
    }
    let rest = body.get(at..)?;
    let wide: Vec<u8> = "http".bytes().flat_map(|byte| [byte, 0]).collect();
    let start = memchr::memmem::find(rest, &wide)?;
    let (units, _) = rest[start..].as_chunks::<2>();
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit)).take(LONGEST).take_while(|unit| *unit >= 0x20);
    let address: String = char::decode_utf16(units).map_while(Result::ok).collect();
    address.contains(HOST).then_some((cell, address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_links_in_every_spelling() {
        let url = "https://mp.weixin.qq.com/s/AAAA";
        for (formula, text) in [
            (format!("=HYPERLINK(\"{url}\",\"题\"\"目\"\"\")"), Some("题\"目\"")),
            (format!("HYPERLINK( \"{url}\" )"), None),
            (format!("=hyperlink(\"{url}\"; \"题\")"), Some("题")),
            (format!("of:=HYPERLINK(\"{url}\";\"题\")"), Some("题")),
            (format!("=HYPERLINK(\"{url}\",A1)"), None),
        ] {
            let (address, found) = of_formula(&formula).unwrap();
            assert_eq!((address.as_str(), found.as_deref()), (url, text), "{formula}");
        }
        for other in ["=SUM(A1:A2)", "=HYPERLINK(A1)", "=HYPERLINK(\"x", "超链接(", ""] {
            assert_eq!(of_formula(other), None, "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(body in proptest::collection::vec(proptest::num::u8::ANY, 0..200), text in "=?HYPERLINK\\([\",;a题]{0,20}") {
            let _ = hyperlink(&body);
            let _ = of_formula(&text);
            let _ = of_xls(&mut std::io::Cursor::new(body));
        }
    }
}
