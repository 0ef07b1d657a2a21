//! Lists of the messages that an account sent, as returned by `profile_ext`: raw responses, JSON lines of messages, and
//! the profile's home page.

use crate::error::Result;
use crate::parse::list::getmsg;
use crate::parse::list::{List, json_values, refusal};
use crate::source::file::list;
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe};

/// The importer of these lists.
#[derive(Debug)]
pub struct Getmsg;

/// Largest list that is read whole, in bytes.
pub(crate) const LIMIT: u64 = 256 * 1024 * 1024;

static INFO: Info = Info {
    name: "getmsg",
    summary_zh: "公众号历史消息列表（profile_ext getmsg 的返回、逐行 JSON、历史消息页）",
    summary_en: "The account's message history (responses of profile_ext getmsg, JSON lines, the history page)",
    patterns: &["getmsg*.json", "*.jsonl", "profile_ext*.html"],
    version: 2,
};

impl Importer for Getmsg {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let has = |probe: &Probe<'_>, needle: &[u8]| memchr::memmem::find(probe.head(), needle).is_some();
        match probe.first_byte() {
            Some(b'{' | b'[') => {
                let messages = has(probe, b"\"comm_msg_info\"") || has(probe, b"\"app_msg_ext_info\"");
                let answer = has(probe, b"\"general_msg_list\"");
                if (messages || answer) && !is_archive_of_requests(probe) { Match::Sure } else { Match::No }
            }
            Some(b'<') if probe.looks_like_html() && probe.contains(b"msgList") => {
                let page = probe.whole().unwrap_or_else(|| probe.head());
                if getmsg::of_home_page(page).is_some() { Match::Sure } else { Match::No }
            }
            _ => Match::No,
        }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(LIMIT)?;
        let html = bytes.trim_ascii_start().first() == Some(&b'<') || bytes.starts_with(b"\xef\xbb\xbf<");
        let mime = if html { "text/html" } else { "application/json" };
        let evidence = cx.evidence.redacted(&bytes, &list::meta(input, INFO.name, mime))?;
        let mut messages = List { complete: true, ..List::new(INFO.name) };
        if html {
            if let Some(value) = getmsg::of_home_page(&bytes) {
                getmsg::read(&value, &mut messages);
            }
            return list::emit(messages, evidence, input.locator(), out);
        }
        let (values, broken) = json_values(&bytes);
        if let Some(error) = broken {
            list::problem(&list::broken(error, input.locator()), input.locator(), out)?;
        }
        let mut refusals = 0;
        for value in &values {
            if let Some(refusal) = refusal(value) {
                refusals += 1;
                list::problem(&list::refused(&refusal, input.locator()), input.locator(), out)?;
            } else if !getmsg::read(value, &mut messages) {
                messages.unread += 1;
            }
        }
        if refusals > 0 && messages.articles.is_empty() {
            return Ok(());
        }
        list::emit(messages, evidence, input.locator(), out)
    }
}

/// Reports whether the input is a HAR, which contains such responses but has its own importer.
pub(crate) fn is_archive_of_requests(probe: &Probe<'_>) -> bool {
    let head = probe.head();
    // A list of pages precedes the entries and may be longer than the head.
    memchr::memmem::find(head, b"\"log\"").is_some_and(|at| at < 256)
        && [&b"\"entries\""[..], b"\"creator\"", b"\"pages\""]
            .iter()
            .any(|name| memchr::memmem::find(head, name).is_some())
}
