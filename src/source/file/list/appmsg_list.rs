//! The backend's older list `appmsg?action=list_ex` (`app_msg_list`), as responses or as JSON lines of its entries.

use super::getmsg;
use crate::error::Result;
use crate::parse::list::publish_page;
use crate::parse::list::{List, json_values, refusal};
use crate::source::file::list;
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe};

/// The importer of this list.
#[derive(Debug)]
pub struct AppmsgList;

static INFO: Info = Info {
    name: "appmsg-list",
    summary_zh: "公众号后台的图文列表（appmsg list_ex 的返回，或逐行 JSON）",
    summary_en: "The backend's list of articles (responses of appmsg list_ex, or JSON lines)",
    patterns: &["appmsg*.json", "*.jsonl"],
    version: 2,
};

impl Importer for AppmsgList {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        if probe.first_byte() != Some(b'{') || getmsg::is_archive_of_requests(probe) {
            return Match::No;
        }
        let head = probe.head();
        let has = |needle: &str| memchr::memmem::find(head, needle.as_bytes()).is_some();
        let nested = ["\"publish_page\"", "\"publish_list\"", "\"comm_msg_info\"", "\"app_msg_ext_info\""];
        let entries = has("\"aid\"") && has("\"appmsgid\"") && has("\"itemidx\"");
        if (has("\"app_msg_list\"") || entries) && !nested.iter().any(|needle| has(needle)) {
            return Match::Sure;
        }
        Match::No
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(getmsg::LIMIT)?;
        let evidence = cx.evidence.redacted(&bytes, &list::meta(input, INFO.name, "application/json"))?;
        let (values, broken) = json_values(&bytes);
        if let Some(error) = broken {
            list::problem(&list::broken(error, input.locator()), input.locator(), out)?;
        }
        let mut entries = List { complete: true, ..List::new(INFO.name) };
        let mut read = false;
        for value in &values {
            if let Some(refusal) = refusal(value) {
                list::problem(&list::refused(&refusal, input.locator()), input.locator(), out)?;
            } else if publish_page::read_entries(value, &mut entries) {
                read = true;
            } else {
                entries.unread += 1;
            }
        }
        if read || entries.unread > 0 { list::emit(entries, evidence, input.locator(), out) } else { Ok(()) }
    }
}
