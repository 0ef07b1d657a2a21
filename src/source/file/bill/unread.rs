//! Files named like bills or statistics of the back end that no importer can read: a PDF, a packed file, a workbook
//! with a password, the web page of an expired link. Each is kept bit-exact and reported, with what the user can do
//! about it.

use std::sync::LazyLock;

use regex::Regex;

use crate::error::{Error, Result};
use crate::model::is_left_about;
use crate::parse::table::workbook::{Workbook, is_ole};
use crate::source::file::container::{self, zip};
use crate::source::file::table::tables;
use crate::source::{Destination, EvidenceMeta, ImportCx, Importer, Info, Input, Match, Out, Probe};

/// The importer of such files.
#[derive(Debug)]
pub struct UnreadBill;

/// Name of the importer in the registry.
pub const NAME: &str = "unread-bill";

static INFO: Info = Info {
    name: NAME,
    summary_zh: "名称像账单或后台统计、但读不了的文件（PDF 交易明细证明、rar、7z、Numbers、加了打开密码的表格、过期链接的网页）：原样保存并列出，说明怎么办",
    summary_en: "Files that look like bills or backend statistics by their name but cannot be read (PDF statements, rar, 7z, Numbers, password-protected workbooks, the page of an expired link): kept unchanged and listed, with what to do",
    patterns: &["*账单*.pdf", "*交易明细证明*.pdf", "*账单*.rar", "*账单*.7z", "*账单*.numbers"],
    version: 1,
};

/// The kind of file that a name suggests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Bill,
    Statistics,
}

/// Names that only bills have.
static BILL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)微信(?:支付)?(?:账单|賬單|帳單)|交易明(?:细证明|細證明)|(?:交易|资金|資金|分账|分賬)(?:账单|賬單|帳單)",
        r"|(?:账单|賬單|帳單)(?:流水|明细|明細)|(?:wechat|weixin|wx)[ _-]?pay.*(?:bill|statement|transaction)",
        r"|(?:trade|fundflow|sharing)[ _-]?bill",
        r"|^`?\d{8,10}[_-]?(?:all|success|refund|recharge_?refund|basic|operation|fees|汇总|匯總)[_-]?\d{4}-?\d\d",
    ))
    .ok()
});

/// Names of bills and of other documents.
static PERHAPS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)账单|賬單|帳單|对账|對賬|對帳|交易(?:明细|明細|记录|記錄)|流水|\b(?:bills?|statements?|transactions?)\b",
    )
    .ok()
});

/// Names of downloads from the back ends.
static STATISTICS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:内容|內容|图文|圖文|用户|用戶|消息|菜单|菜單|接口|流量)(?:分析|统计|統計|增长|增長|属性|屬性)|动态数据|動態數據|关注者数据|關注者數據",
    )
    .ok()
});

/// Extensions of files with tables.
const TABLES: &[&str] = &[
    "csv", "tsv", "xls", "xlsx", "xlsm", "xlsb", "et", "ods", "numbers", "pdf", "rar", "7z", "zip", "gz", "tgz", "tar",
    "eml", "msg",
];
/// Further extensions, for unambiguous names only.
const OTHERS: &[&str] = &["", "txt", "html", "htm", "mht", "mhtml", "doc", "docx", "wps", "bin", "download"];

impl Named {
    fn of(name: &str) -> Option<Self> {
        let end = name.rsplit_once('.').map_or("", |(_, end)| end).to_ascii_lowercase();
        let says = |names: &LazyLock<Option<Regex>>| names.as_ref().is_some_and(|names| names.is_match(name));
        let is_table = TABLES.contains(&end.as_str());
        // The dot of a date does not start an extension.
        let is_other = OTHERS.contains(&end.as_str()) || end.bytes().all(|byte| byte.is_ascii_digit());
        if (is_table || is_other) && says(&BILL) || is_table && says(&PERHAPS) {
            Some(Self::Bill)
        } else {
            (is_table && says(&STATISTICS)).then_some(Self::Statistics)
        }
    }
}

impl Importer for UnreadBill {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        // A browser's recording is not the user's own file.
        let is_file = probe.received().is_none() && !is_left_about(probe.name());
        let found = Named::of(probe.name()).filter(|_| is_file);
        if found.is_some() { Match::Likely } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, _: &mut dyn Out) -> Result<()> {
        let meta = EvidenceMeta::of(input, INFO.name, "bill", "application/octet-stream");
        let shelf = match Named::of(input.name()) {
            Some(Named::Bill) => Destination::Billing,
            _ => Destination::Documents,
        };
        cx.evidence.exact(&mut *input.open()?, input.name(), shelf, &meta)?;
        Err(trouble(input))
    }
}

/// Returns the reason why the file cannot be read.
fn trouble(input: &Input) -> Error {
    let probe = Probe::new(input);
    let head = probe.head();
    let end = input.name().rsplit_once('.').map_or("", |(_, end)| end).to_ascii_lowercase();
    let error = |code| Error::input(code).with("path", input.locator());
    if head.is_empty() {
        error("unread-empty")
    } else if head.starts_with(b"%PDF") {
        error(if is_locked_pdf(input) { "unread-pdf-locked" } else { "unread-pdf" })
    } else if container::is_packed(head) {
        error("unread-packed")
    } else if is_ole(head) && end == "msg" || is_mail(head) {
        error("unread-mail")
    } else if zip::is_zip(head) && end == "numbers" {
        error("unread-numbers")
    } else if is_ole(head) || zip::is_zip(head) {
        let opened = tables::seekable(input).and_then(|reader| Workbook::open(reader, input.locator()));
        match opened {
            Ok(_) => error("unread-layout"),
            Err(error) if matches!(error.code(), "workbook-encrypted" | "xlsx-too-large") => error,
            Err(cause) => error("unread-workbook").because(cause),
        }
    } else if probe.looks_like_html() {
        error("unread-web")
    } else if probe.is_binary() {
        error("unread-type")
    } else {
        error("unread-layout")
    }
}

/// Reports whether a PDF is encrypted: its trailer, or the cross-reference stream that replaces it, has `/Encrypt`.
fn is_locked_pdf(input: &Input) -> bool {
    let bytes = input.bytes(crate::source::input::probe::WHOLE);
    bytes.is_ok_and(|bytes| memchr::memmem::find(&bytes, b"/Encrypt").is_some())
}

/// Reports whether the bytes begin like a saved mail.
fn is_mail(head: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&head[..head.len().min(4096)]).to_ascii_lowercase();
    let has = |name: &str| start.starts_with(name) || start.contains(&format!("\n{name}"));
    has("from:") && has("subject:") || has("content-type: multipart/") || has("mime-version:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_taken() {
        for bill in [
            "微信支付账单(20250101-20250331).pdf",
            "微信支付交易明细证明(20250101-20250331).pdf",
            "微信支付交易明細證明.pdf",
            "微信支付賬單流水文件(20250101-20250331)_20250401.numbers",
            "1900000000All2025-03-05.txt",
            "1900000000汇总2025-03.csv",
            "tradebill_20250305.csv",
            "fundflowbill-2025.7z",
            "WeChat Pay statement.pdf",
            "我的账单.rar",
            "三月流水.xls",
            "Bill 2025-03.xlsx",
            "对账单.eml",
            "微信支付账单",
        ] {
            assert_eq!(Named::of(bill), Some(Named::Bill), "{bill}");
        }
        for statistics in ["内容分析20240501-20240531.xls", "图文分析.numbers", "视频号动态数据明细.et"]
        {
            assert_eq!(Named::of(statistics), Some(Named::Statistics), "{statistics}");
        }
        for other in ["微信支付账单怎么导出.md", "流水账.txt", "billboard.pdf", "用户分析.html", "账单.js", "合同.pdf"]
        {
            assert_eq!(Named::of(other), None, "{other}");
        }
    }
}
