//! A workbook of the bills: a sheet of sums, and a sheet for each month. Amounts are numbers that can be added up, and
//! exact text in fen beside; every number that names something is text.

use std::collections::BTreeMap;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::bill_sums::{BillSums, Part, Sums};
use super::ledger::header;
use super::ledger_rows::{LedgerRow, each, lose, one_line};
use super::{
    Content, ExportOptions, Group, Include, Info, Losses, OutPath, Output, Outputs, PrivateExporter, Shape, Sink,
};
use crate::archive::PrivateView;
use crate::error::{Error, Result};
use crate::model::Sha256;
use crate::model::money::Money;
use crate::text::{Language, Texts};

/// The exporter of the workbook.
pub struct BillsXlsx;

static INFO: Info = Info {
    name: "bills-xlsx",
    summary_zh: "账单的 Excel 工作簿：每月一张表，另有汇总；金额可以直接求和，单号不会变样。私密，要加 --include bills",
    summary_en: "the bills as an Excel workbook: a sheet for each month, and one of sums; private, needs --include bills",
    version: 1,
    group: Group::Ledger,
    shape: Shape::File("xlsx"),
    settings: &[],
};

const FILE: &str = "bills.xlsx";

/// Rows of a sheet; a month with more goes on in another sheet.
const ROWS: u64 = 1_000_000;
/// Characters that a cell holds.
const CELL: usize = 32_000;
/// Digits that a number of a spreadsheet keeps.
const DIGITS: usize = 15;

const COLUMNS: &[&str] = &[
    "kind",
    "time",
    "direction",
    "type",
    "status",
    "counterparty",
    "item",
    "amount",
    "amount_fen",
    "currency",
    "fee",
    "fee_rate",
    "balance",
    "refund",
    "method",
    "transaction_no",
    "merchant_no",
    "refund_no",
    "merchant_refund_no",
    "flow_no",
    "refund_type",
    "refund_status",
    "settled",
    "coupon",
    "coupon_refund",
    "order_amount",
    "refund_applied",
    "refund_requested",
    "refund_done",
    "account",
    "sub_account",
    "app_id",
    "payer",
    "device",
    "attach",
    "note",
    "amount_raw",
    "raw",
    "key",
    "statement",
    "line",
];

const AMOUNTS: &[&str] =
    &["amount", "fee", "balance", "refund", "settled", "coupon", "coupon_refund", "order_amount", "refund_applied"];

impl PrivateExporter for BillsXlsx {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn include(&self) -> Include {
        Include::Bills
    }

    fn outputs<'v>(&self, private: &'v PrivateView, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let key = format!("{} {} {}", INFO.version, options.language.tag(), private.manifest_digest());
        let write = move |out: &mut dyn Sink, losses: &mut Losses| write(private, options.language, out, losses);
        let output = Output {
            path: OutPath::new(FILE)?,
            key: Sha256::of(key.as_bytes()),
            content: Content::Stream(Box::new(write)),
        };
        Ok(Box::new(std::iter::once(Ok(output))))
    }
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::other("export-write-failed").with("path", FILE).because(error)
}

/// A sheet that is being written.
struct Sheet {
    index: usize,
    rows: u64,
    /// Number of sheets of the same month.
    parts: u64,
}

fn write(private: &PrivateView, language: Language, out: &mut dyn Sink, losses: &mut Losses) -> Result<()> {
    let texts = Texts::new(language);
    let mut sums = BillSums::default();
    each(private, |row| {
        if let Err(why) = sums.add(row) {
            lose(losses, why, row);
        }
        Ok(())
    })?;
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let summary = workbook.add_worksheet_with_constant_memory().map_err(failed)?;
    summarize(summary, &sums, &texts).map_err(failed)?;
    // Sheets are in the order of the months, and rows without a month at the end.
    let mut months = std::collections::BTreeSet::new();
    each(private, |row| {
        let month = month(row);
        if !months.contains(month) {
            months.insert(month.to_owned());
        }
        Ok(())
    })?;
    let mut sheets: BTreeMap<String, Sheet> = BTreeMap::new();
    for month in months {
        let sheet = open(&mut workbook, &month, 1, language, &texts).map_err(failed)?;
        sheets.insert(month, sheet);
    }
    each(private, |row| {
        let Some(sheet) = sheets.get_mut(month(row)) else { return Ok(()) };
        if sheet.rows == ROWS {
            *sheet = open(&mut workbook, month(row), sheet.parts + 1, language, &texts).map_err(failed)?;
        }
        sheet.rows += 1;
        let worksheet = workbook.worksheet_from_index(sheet.index).map_err(failed)?;
        let line = u32::try_from(sheet.rows).map_err(failed)?;
        put_row(worksheet, line, row, losses).map_err(failed)
    })?;
    workbook.save_to_writer(out).map_err(failed)
}

/// Returns the month of a row; `~`, which is after every digit, if its time cannot be read.
fn month<'r>(row: &LedgerRow<'r>) -> &'r str {
    row.day().and_then(|day| day.get(..7)).unwrap_or("~")
}

fn open(
    workbook: &mut Workbook,
    month: &str,
    parts: u64,
    language: Language,
    texts: &Texts,
) -> std::result::Result<Sheet, XlsxError> {
    let index = workbook.worksheets().len();
    let worksheet = workbook.add_worksheet_with_constant_memory()?;
    let name = if month == "~" { texts.get("billing-no-time", &[]) } else { month.to_owned() };
    worksheet.set_name(if parts == 1 { name } else { format!("{name} ({parts})") })?;
    worksheet.set_freeze_panes(1, 0)?;
    for (column, name) in (0..).zip(COLUMNS) {
        let width = match *name {
            "time" => 26,
            "amount" | "fee" | "kind" | "line" | "direction" => 10,
            _ if name.ends_with("_no") || *name == "key" => 32,
            _ => 16,
        };
        worksheet.set_column_width(column, width)?;
        worksheet.write_string_with_format(0, column, header(name, language), &Format::new().set_bold())?;
    }
    Ok(Sheet { index, rows: 0, parts })
}

fn put_row(
    sheet: &mut Worksheet,
    line: u32,
    row: &LedgerRow<'_>,
    losses: &mut Losses,
) -> std::result::Result<(), XlsxError> {
    for (column, name) in (0..).zip(COLUMNS) {
        let cell = row.get(name);
        match Money::from_plain(cell).filter(|_| AMOUNTS.contains(name)) {
            _ if cell.is_empty() => {}
            Some(amount) => put_amount(sheet, line, column, amount)?,
            None => {
                let shown: String = cell.chars().take(CELL).collect();
                if shown.len() < cell.len() {
                    lose(losses, "cell", row);
                }
                sheet.write_string(line, column, shown)?;
            }
        }
    }
    Ok(())
}

/// Writes an amount as a number, or as text if a spreadsheet would round it.
fn put_amount(sheet: &mut Worksheet, line: u32, column: u16, amount: Money) -> std::result::Result<(), XlsxError> {
    let text = amount.to_string();
    let places = text.split_once('.').map_or(0, |(_, places)| places.len());
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    match text.parse::<f64>() {
        // The file has the shortest text of the number, which is the amount again.
        Ok(number) if digits <= DIGITS => {
            let format = Format::new().set_num_format(if places > 2 { "0.00######" } else { "0.00" });
            sheet.write_number_with_format(line, column, number, &format)?
        }
        _ => sheet.write_string(line, column, text)?,
    };
    Ok(())
}

/// Returns an amount in fen, as exact text.
fn fen(amount: Money) -> String {
    let text = Money::from_units(amount.units() * 100).to_string();
    text.strip_suffix(".00").map_or_else(|| text.clone(), str::to_owned)
}

fn summarize(sheet: &mut Worksheet, sums: &BillSums, texts: &Texts) -> std::result::Result<(), XlsxError> {
    let say = |code: &str| texts.get(&format!("billing-{code}"), &[]);
    sheet.set_name(say("summary"))?;
    sheet.set_freeze_panes(1, 0)?;
    let mut headers = vec![say("kind"), say("currency"), say("month"), say("rows")];
    headers.extend(Part::ALL.map(|part| say(part.code())));
    headers.extend(Part::ALL.map(|part| texts.get("billing-in-fen", &[("what", &say(part.code()))])));
    for (column, header) in (0..).zip(&headers) {
        sheet.set_column_width(column, 16)?;
        sheet.write_string_with_format(0, column, header, &Format::new().set_bold())?;
    }
    let mut line = 0;
    let mut put = |sheet: &mut Worksheet, kind: &str, currency: &str, month: &str, sums: &Sums| {
        line += 1;
        for (column, text) in (0..).zip([kind, currency, month]) {
            sheet.write_string(line, column, text)?;
        }
        sheet.write_number(line, 3, u32::try_from(sums.rows).unwrap_or(u32::MAX))?;
        for (column, part) in (4..).zip(Part::ALL) {
            put_amount(sheet, line, column, sums.get(part))?;
        }
        for (column, part) in (10..).zip(Part::ALL) {
            sheet.write_string(line, column, fen(sums.get(part)))?;
        }
        Ok::<(), XlsxError>(())
    };
    for ((kind, currency), months) in &sums.months {
        let name = texts.find_code("books-kind", kind).unwrap_or_else(|| one_line(kind));
        for (month, sums) in months {
            put(sheet, &name, currency, month, sums)?;
        }
        put(sheet, &name, currency, &say("total"), &BillSums::total(months))?;
    }
    for (kind, count) in &sums.left_out {
        let name = texts.find_code("books-kind", kind).unwrap_or_else(|| one_line(kind));
        line += 1;
        let words = texts.get("billing-left-out", &[("kind", &name), ("count", &count.to_string())]);
        sheet.write_string(line, 0, words)?;
    }
    Ok(())
}
