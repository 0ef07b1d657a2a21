//! The ledger of every bill held, one row per transaction: as the archive has it, for programs, or for a spreadsheet.
//! In the spreadsheet form negative amounts stay numbers, long numbers stay exact, and no text is read as a formula.

use super::cells::exact_text;
use super::{
    Content, ExportOptions, Group, Include, Info, Losses, OutPath, Output, Outputs, PrivateExporter, Setting, Shape,
    Sink, Values,
};
use crate::archive::PrivateView;
use crate::error::{Error, Result};
use crate::model::Sha256;
use crate::model::cell::without_formula;
use crate::text::Language;

/// The exporter of the ledger.
pub struct Ledger;

static INFO: Info = Info {
    name: "ledger",
    summary_zh: "全部账单的流水，一笔一行：用电子表格打开，或供程序读取（form=exact）。私密，要加 --include bills",
    summary_en: "the transactions of all bills, one per row: for a spreadsheet, or for programs (form=exact); private, needs --include bills",
    version: 2,
    group: Group::Ledger,
    shape: Shape::File("csv"),
    settings: &[FORM],
};

const FORM: Setting = Setting {
    name: "form",
    values: Values::Words(&["spreadsheet", "exact"]),
    summary_zh: "供电子表格使用（默认），或与存档里完全一致",
    summary_en: "for a spreadsheet (default), or exactly as in the archive",
};

const FILE: &str = "ledger.csv";

/// Chinese headers; those of the ledger file are English.
const HEADERS: &[(&str, &str)] = &[
    ("kind", "账单种类"),
    ("key", "编号"),
    ("time", "时间"),
    ("direction", "收支"),
    ("type", "交易类型"),
    ("status", "状态"),
    ("counterparty", "对方"),
    ("item", "商品"),
    ("amount_fen", "金额（分）"),
    ("amount", "金额"),
    ("currency", "币种"),
    ("fee", "手续费"),
    ("fee_rate", "费率"),
    ("balance", "余额"),
    ("method", "支付方式"),
    ("transaction_no", "微信支付单号"),
    ("merchant_no", "商户单号"),
    ("flow_no", "资金流水单号"),
    ("settled", "应结金额"),
    ("coupon", "代金券金额"),
    ("refund", "退款金额"),
    ("coupon_refund", "代金券退款金额"),
    ("order_amount", "订单金额"),
    ("refund_applied", "申请退款金额"),
    ("refund_no", "退款单号"),
    ("merchant_refund_no", "商户退款单号"),
    ("refund_type", "退款类型"),
    ("refund_status", "退款状态"),
    ("refund_requested", "退款申请时间"),
    ("refund_done", "退款成功时间"),
    ("account", "商户号或账号"),
    ("sub_account", "子商户号"),
    ("app_id", "AppID"),
    ("payer", "付款人"),
    ("device", "设备号"),
    ("attach", "商户数据包"),
    ("note", "备注"),
    ("amount_raw", "金额（账单原样）"),
    ("raw", "账单其他栏"),
    ("statement", "出自账单"),
    ("line", "行"),
];

impl PrivateExporter for Ledger {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn include(&self) -> Include {
        Include::Bills
    }

    fn outputs<'v>(&self, private: &'v PrivateView, options: &'v ExportOptions) -> Result<Outputs<'v>> {
        let form = options.settings.get(FORM.name);
        let key = format!("{} {} {form} {}", INFO.version, options.language.tag(), private.manifest_digest());
        let exact = form == "exact";
        let write = move |out: &mut dyn Sink, _: &mut Losses| {
            if exact { copy(private, out) } else { rows(private, options, out) }
        };
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

fn copy(private: &PrivateView, out: &mut dyn std::io::Write) -> Result<()> {
    let Some(mut ledger) = private.ledger()? else { return Ok(()) };
    std::io::copy(&mut ledger, out).map(drop).map_err(|error| Error::disk("export-write-failed", FILE, error))
}

fn rows(private: &PrivateView, options: &ExportOptions, out: &mut dyn std::io::Write) -> Result<()> {
    let Some(ledger) = private.ledger()? else { return Ok(()) };
    let unreadable = |error: ::csv::Error| private.ledger_damaged(error);
    // Without this mark a spreadsheet reads the file in the system's own encoding.
    out.write_all("\u{feff}".as_bytes()).map_err(failed)?;
    let mut reader = ::csv::ReaderBuilder::new().flexible(true).from_reader(ledger);
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
    let headers = reader.headers().map_err(unreadable)?.clone();
    let columns: Vec<&str> = headers.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
    writer.write_record(columns.iter().map(|name| header(name, options.language))).map_err(failed)?;
    let amounts: Vec<bool> = columns.iter().map(|name| AMOUNTS.contains(name)).collect();
    let mut row = ::csv::StringRecord::new();
    while reader.read_record(&mut row).map_err(unreadable)? {
        let cells = row.iter().enumerate();
        let cells = cells.map(|(column, cell)| match amounts.get(column) {
            Some(true) if is_amount(cell) => cell.into(),
            Some(true) => without_formula(cell),
            _ => exact_text(cell),
        });
        writer.write_record(cells.map(std::borrow::Cow::into_owned)).map_err(failed)?;
    }
    writer.flush().map_err(failed)
}

/// Columns of exact decimals, which a spreadsheet must be able to add up.
const AMOUNTS: &[&str] = &[
    "amount_fen",
    "amount",
    "fee",
    "balance",
    "settled",
    "coupon",
    "refund",
    "coupon_refund",
    "order_amount",
    "refund_applied",
];

fn is_amount(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

pub(super) fn header(name: &str, language: Language) -> &str {
    match language {
        Language::Chinese => HEADERS.iter().find(|(known, _)| *known == name).map_or(name, |(_, words)| words),
        Language::English => name,
    }
}
