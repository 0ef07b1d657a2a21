//! The owner's 发表记录: the backend's page as saved, or the JSON behind it.

use super::getmsg;
use crate::error::{Error, Result};
use crate::parse::list::publish_page;
use crate::parse::list::{List, json_values, refusal};
use crate::source::file::list;
use crate::source::{ImportCx, Importer, Info, Input, Match, Out, Probe};

/// The importer of this list.
#[derive(Debug)]
pub struct PublishPage;

static INFO: Info = Info {
    name: "publish-page",
    summary_zh: "公众号后台的“发表记录”（另存的网页，或接口返回的 JSON）",
    summary_en: "The backend's publish record (发表记录: the saved page, or the JSON response)",
    patterns: &["发表记录*.html", "appmsgpublish*.json"],
    version: 2,
};

impl Importer for PublishPage {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        match probe.first_byte() {
            Some(b'{') => {
                let head = probe.head();
                let named = [&b"\"publish_page\""[..], b"\"publish_list\""];
                let known = named.iter().any(|needle| memchr::memmem::find(head, needle).is_some());
                if known && !getmsg::is_archive_of_requests(probe) { Match::Sure } else { Match::No }
            }
            Some(b'<')
                if probe.looks_like_html() && probe.contains(b"publish_list") && probe.contains(b"publish_page") =>
            {
                let page = probe.whole().unwrap_or_else(|| probe.head());
                if publish_page::of_saved_page(page, &mut List::default()) { Match::Sure } else { Match::No }
            }
            _ => Match::No,
        }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(getmsg::LIMIT)?;
        let html = bytes.trim_ascii_start().first() == Some(&b'<') || bytes.starts_with(b"\xef\xbb\xbf<");
        let mime = if html { "text/html" } else { "application/json" };
        let evidence = cx.evidence.redacted(&bytes, &list::meta(input, INFO.name, mime))?;
        let mut published = List { complete: true, ..List::new(INFO.name) };
        if html {
            if !publish_page::of_saved_page(&bytes, &mut published) {
                return Err(Error::input("list-not-found").with("path", input.locator()));
            }
            return list::emit(published, evidence, input.locator(), out);
        }
        let (values, broken) = json_values(&bytes);
        if let Some(error) = broken {
            list::problem(&list::broken(error, input.locator()), input.locator(), out)?;
        }
        let mut read = false;
        for value in &values {
            if let Some(refusal) = refusal(value) {
                list::problem(&list::refused(&refusal, input.locator()), input.locator(), out)?;
            } else {
                read |= publish_page::read_page(value, &mut published);
            }
        }
        if read { list::emit(published, evidence, input.locator(), out) } else { Ok(()) }
    }
}
