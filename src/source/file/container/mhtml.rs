//! Pages saved as one file (`.mhtml`, `.mht`) by browsers, or by exporters that put the page last, refer to images by
//! paths and use any line ends. Parts are read in order; only the page and parts without an absolute address are held
//! back.

use std::io::{Cursor, Read};

use super::contents::Contents;
use crate::error::{Error, Result};
use crate::model::sniff::sniff;
use crate::parse::container::multipart::{Body, Headers, Parts};
use crate::parse::container::transfer::{Base64Reader, QuotedPrintableReader};
use crate::source::file::page::saved_page::SavedPage;
use crate::source::input::spill::Spill;
use crate::source::{Holds, ImportCx, Importer, Info, Input, Match, Out, Probe, Received};

/// The importer of such files.
#[derive(Debug)]
pub struct Mhtml;

static INFO: Info = Info {
    name: "mhtml",
    summary_zh: "单个文件的网页（MHTML：浏览器“网页，单个文件”、wechatDownload 导出）：网页与其中的图片",
    summary_en: "Single-file web pages (MHTML: a browser's \"web page, single file\", exports of wechatDownload): the page with its images",
    patterns: &["*.mhtml", "*.mht"],
    version: 1,
};

/// Bytes of a part that are read to identify its type.
const HEAD: u64 = 4096;

impl Importer for Mhtml {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn holds(&self) -> Holds {
        Holds::Recordings
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let Some(headers) = Headers::at_start(probe.head()) else { return Match::No };
        let is_page = headers.mime() == "multipart/related" && headers.parameter("content-type", "boundary").is_some();
        if is_page { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let reading = |error| Error::reading(error, input.locator());
        let Some(mut parts) = Parts::open(input.open()?).map_err(reading)? else {
            return Err(Error::input("mhtml-broken").with("path", input.locator()));
        };
        let address = parts.headers().get("snapshot-content-location").or(parts.headers().get("content-location"));
        let mut saved = Saved {
            input,
            cx,
            page: SavedPage::new(INFO.name, input, cx, address.map(|address| address.trim().to_owned())),
            start: parts.headers().parameter("content-type", "start"),
            contents: Contents::new(cx, INFO.name, input),
            count: 0,
        };
        // The parts before the break are read all the same.
        let broken = loop {
            match parts.next_part() {
                Ok(Some(headers)) => match saved.part(&headers, parts.body(), out) {
                    Err(error) if error.kind() == crate::error::Kind::Input => break Some(error),
                    Err(error) => return Err(error),
                    Ok(()) => {}
                },
                Ok(None) => break None,
                Err(error) => break Some(reading(error)),
            }
        };
        let cut = broken.is_none() && !parts.is_whole();
        saved.contents.keep()?;
        let has_page = saved.page.emit(out)?;
        if let Some(error) = broken {
            return Err(error);
        }
        let code = match (cut, has_page) {
            (true, _) => "mhtml-cut-off",
            (false, false) => "mhtml-without-page",
            (false, true) => return Ok(()),
        };
        Err(Error::input(code).with("path", input.locator()))
    }
}

/// A saved page while its parts are read.
struct Saved<'a> {
    input: &'a Input,
    cx: &'a ImportCx<'a>,
    /// `Content-ID` of the page, where the message names it.
    start: Option<String>,
    contents: Contents<'a>,
    page: SavedPage<'a>,
    count: u64,
}

impl Saved<'_> {
    fn part<R: Read>(&mut self, headers: &Headers, mut body: Body<'_, R>, out: &mut dyn Out) -> Result<()> {
        self.count += 1;
        let locator = self.input.locator();
        let encoding = headers.get("content-transfer-encoding").unwrap_or_default().trim().to_ascii_lowercase();
        let mut decoded: Box<dyn Read + '_> = match encoding.as_str() {
            "base64" => Box::new(Base64Reader::new(&mut body)),
            "quoted-printable" => Box::new(QuotedPrintableReader::new(&mut body)),
            _ => Box::new(&mut body),
        };
        let mut head = Vec::new();
        (&mut decoded).take(HEAD).read_to_end(&mut head).map_err(|error| Error::reading(error, locator))?;
        // Declared types are unreliable: one exporter writes the image's path there.
        let kind = sniff(&head).filter(|kind| kind.is_media());
        let is_html = kind.is_none() && matches!(headers.mime().as_str(), "text/html" | "application/xhtml+xml");
        let mut rest = Cursor::new(head).chain(decoded);
        let mut bytes = Spill::new(self.cx.budget);
        let size = if kind.is_some() || is_html {
            bytes.add_all(&mut rest, locator)?;
            bytes.size()
        } else {
            std::io::copy(&mut rest, &mut std::io::sink()).map_err(|error| Error::reading(error, locator))?
        };
        drop(rest);
        let location = headers.get("content-location").unwrap_or_default().trim();
        let is_absolute = location.starts_with("http://") || location.starts_with("https://");
        let received = Received::at(if is_absolute { location } else { "" });
        self.contents.note(
            self.count,
            received.fetch(),
            kind.map_or(&*headers.mime(), |kind| kind.mime),
            Some(size),
        )?;
        match kind {
            // A truncated image is useless; the error about the file reports the truncation.
            Some(_) if body.is_cut() => {}
            Some(kind) => {
                let file = bytes.into_input(format!("{locator}!/{}", self.count), self.input.modified());
                if is_absolute {
                    self.page.keep_medium(&file, kind.mime, &received, out)?;
                } else {
                    self.page.set_beside(&file, location);
                }
                // A page may refer to any part by its id.
                if let Some(id) = headers.get("content-id") {
                    self.page
                        .set_beside(&file, &format!("cid:{}", id.trim().trim_start_matches('<').trim_end_matches('>')));
                }
            }
            None if is_html => {
                let page = bytes.into_input(self.page.page_locator(), self.input.modified());
                let named = self.start.is_some() && headers.get("content-id") == self.start.as_deref();
                let content_type = headers.get("content-type").unwrap_or_default();
                self.page.keep_page(page, named, is_absolute.then(|| location.to_owned()), content_type);
            }
            None => {}
        }
        Ok(())
    }
}
