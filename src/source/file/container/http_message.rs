//! Files written by a debugging proxy (Fiddler, Charles; a `.saz` is a ZIP of them): a response with its headers, alone
//! or after its request. The body is read as a separate file; requests hold sessions and are not kept.

use crate::error::{Error, Result};
use crate::parse::container::http_message;
use crate::source::input::asked;
use crate::source::{Holds, ImportCx, Importer, Info, Input, Item, Match, Out, Probe};

/// The importer of such files.
#[derive(Debug)]
pub struct HttpMessage;

static INFO: Info = Info {
    name: "http-message",
    summary_zh: "抓包工具存下的响应（带 HTTP 头的文本，Fiddler 文件夹和 .saz）：取出里面的列表、网页、留言等",
    summary_en: "Responses saved by a debugging proxy (text with HTTP headers, Fiddler folders and .saz): the lists, pages, comments … in them",
    patterns: &["*.txt", "*.saz"],
    version: 2,
};

impl Importer for HttpMessage {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn holds(&self) -> Holds {
        Holds::Parts
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        // Files a proxy adds to its sessions: times, and a page that lists them.
        let session = probe.name().ends_with("_m.xml") && probe.contains(b"<SessionTimers")
            || probe.name() == "_index.htm" && probe.contains(b"_s.txt");
        if !session && !http_message::looks_like(probe.head()) {
            return Match::No;
        }
        // Comments and counts need their request: their importers take these files themselves.
        let theirs = [&b"\"elected_comment\""[..], b"\"appmsgstat\"", b"getcommentreply"];
        if theirs.iter().any(|sign| probe.contains(sign)) { Match::Likely } else { Match::Sure }
    }

    fn read(&self, input: &Input, _: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(asked::LIMIT)?;
        if !http_message::looks_like(&bytes) {
            return Ok(());
        }
        let Some(exchange) = http_message::read(&bytes) else {
            return Err(Error::input("http-body-unreadable").with("path", input.locator()));
        };
        if exchange.body.is_empty() {
            return Ok(());
        }
        let locator = format!("{}!/body", input.locator());
        out.item(Item::Input(Input::bytes_at(locator, exchange.body, exchange.time.or(input.modified()))))
    }
}
