//! WeChat's export of personal data (微信 → 我 → 设置 → 个人信息与权限 → 个人信息浏览与导出): a folder or ZIP of pages, tables and pictures.
//! Every file is kept bit-exact and listed; where a page states the number of files, it is checked.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

use super::data_table;
use crate::error::Result;
use crate::model::{DataRow, DataTotal, Dataset};
use crate::source::{ImportCx, Importer, Info, Input, Item, Match, Out, Probe};

/// The importer of the export.
#[derive(Debug)]
pub struct Personal;

static INFO: Info = Info {
    name: "personal",
    summary_zh: "微信「个人信息浏览与导出」得到的文件夹或 ZIP（名称里有“个人信息”）：每个文件原样保存并登记，只进私密部分",
    summary_en: "Folder or ZIP of WeChat's personal-data export (个人信息 in the name): every file kept unchanged and listed, private only",
    patterns: &["*个人信息*/*", "*个人信息*.zip"],
    version: 1,
};

/// Largest page in bytes that is searched for the number of files.
const PAGE: u64 = 4 * 1024 * 1024;

/// Number of files stated on a page: `共 12 个文件`, `共有12份文件`.
static FILES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"共(?:有|计)?\s*(\d{1,9})\s*(?:个|份)\s*文件").ok());

impl Importer for Personal {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let folders = probe.input().locator().rsplit_once('/').map_or("", |(folders, _)| folders);
        let inside = folders.split('/').any(|folder| folder.contains("个人信息"));
        if inside && probe.size() > 0 { Match::Likely } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let evidence = data_table::keep(INFO.name, "personal", "application/octet-stream", input, cx)?;
        let folder = root_of(input.locator());
        let fields = Map::from_iter([
            ("path".to_owned(), Value::from(input.locator())),
            ("bytes".to_owned(), Value::from(input.size())),
            ("sha256".to_owned(), Value::from(evidence.hex())),
            ("modified".to_owned(), input.modified().map(|time| time.to_string()).into()),
        ]);
        let row = DataRow::new(Dataset::Personal, "files", input.locator(), fields).below(folder);
        out.item(Item::Row(row, evidence))?;
        if Probe::new(input).looks_like_html() && input.size() <= PAGE {
            let bytes = input.bytes(PAGE)?;
            if let Some(total) = declared(&String::from_utf8_lossy(&bytes)) {
                out.item(Item::Total(DataTotal::new(Dataset::Personal, "files", total).below(folder), evidence))?;
            }
        }
        Ok(())
    }
}

/// Returns the path of the export: up to the folder or ZIP named after it.
fn root_of(locator: &str) -> &str {
    let mut end = 0;
    for part in locator.split('/') {
        end += part.len();
        if part.contains("个人信息") {
            return &locator[..end];
        }
        end += 1;
    }
    locator
}

/// Returns the number of files that a page states.
fn declared(page: &str) -> Option<u64> {
    FILES.as_ref()?.captures(page)?.get(1)?.as_str().parse().ok()
}
