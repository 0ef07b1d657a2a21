//! Pages saved by Safari (`.webarchive`): a property list with the page and its resources.

use super::contents::Contents;
use crate::error::{Error, Result};
use crate::model::sniff::sniff;
use crate::parse::container::webarchive::read;
use crate::source::file::page::saved_page::SavedPage;
use crate::source::{Holds, ImportCx, Importer, Info, Input, Match, Out, Probe, Received};

/// The importer of such files.
#[derive(Debug)]
pub struct Webarchive;

static INFO: Info = Info {
    name: "webarchive",
    summary_zh: "Safari 存的网页（.webarchive）：网页与其中的图片",
    summary_en: "Pages saved by Safari (.webarchive): the page with its images",
    patterns: &["*.webarchive"],
    version: 1,
};

/// Largest archive in bytes.
const LIMIT: u64 = 256 * 1024 * 1024;

/// Member that identifies such a list.
const SIGN: &[u8] = b"WebMainResource";

impl Importer for Webarchive {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn holds(&self) -> Holds {
        Holds::Parts
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let head = probe.head();
        let start = &head[..head.len().min(1024)];
        let is_xml = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start().starts_with(b"<");
        let list = head.starts_with(b"bplist") || is_xml && memchr::memmem::find(start, b"<plist").is_some();
        let named = probe.name().to_ascii_lowercase().ends_with(".webarchive");
        if list && (named || probe.contains(SIGN)) { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let bytes = input.bytes(LIMIT)?;
        let Some(parts) = read(&bytes) else {
            return Err(Error::input("webarchive-broken").with("path", input.locator()));
        };
        drop(bytes);
        let address = parts.iter().find(|part| part.is_page).map(|part| part.url.clone());
        let mut contents = Contents::new(cx, INFO.name, input);
        let mut page = SavedPage::new(INFO.name, input, cx, address);
        let mut main = true;
        for (number, part) in (1_u64..).zip(parts) {
            let is_absolute = part.url.starts_with("http://") || part.url.starts_with("https://");
            let received = Received::at(if is_absolute { part.url.as_str() } else { "" });
            // Declared types are unreliable.
            let kind = sniff(&part.data).filter(|kind| kind.is_media());
            let mime = kind.map_or(part.mime.as_str(), |kind| kind.mime);
            contents.note(number, received.fetch(), mime, Some(part.data.len() as u64))?;
            let is_html = part.is_page || matches!(part.mime.as_str(), "text/html" | "application/xhtml+xml");
            match kind {
                Some(kind) => {
                    let locator = format!("{}!/{number}", input.locator());
                    let file = Input::bytes_at(locator, part.data, input.modified());
                    if is_absolute {
                        page.keep_medium(&file, kind.mime, &received, out)?;
                    } else {
                        page.set_beside(&file, &part.url);
                    }
                }
                None if is_html => {
                    let file = Input::bytes_at(page.page_locator(), part.data, input.modified());
                    page.keep_page(file, main, is_absolute.then_some(part.url), "");
                    main = false;
                }
                None => {}
            }
        }
        contents.keep()?;
        if page.emit(out)? {
            return Ok(());
        }
        Err(Error::input("webarchive-broken").with("path", input.locator()))
    }
}
