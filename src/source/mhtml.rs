//! Pages saved as one file (`.mhtml`, `.mht`): by browsers, and by exporters that put the page last, call images by paths
//! and end lines as they like. Parts are read as they come; only the page and what has no address of its own waits.

use std::io::{Cursor, Read};
use std::sync::Arc;

use super::contents::Contents;
use super::input::Siblings;
use super::place::Spill;
use super::{ImportCx, Importer, Info, Input, Item, LeafMeta, Match, MediaHeld, Out, Probe, Received, Shelf, media};
use crate::error::{Error, Result};
use crate::model::sniff::sniff;
use crate::parse::mime::{Body, Headers, Parts};
use crate::parse::page::looks_like_page;
use crate::parse::transfer::{Base64Reader, QuotedPrintableReader};

/// Reads them.
#[derive(Debug)]
pub struct Mhtml;

static INFO: Info = Info {
    name: "mhtml",
    summary_zh: "单个文件的网页（MHTML：浏览器“网页，单个文件”、wechatDownload 导出）：网页与其中的图片",
    summary_en: "Pages in one file (MHTML: a browser's \"single file\", wechatDownload): the page with its images",
    patterns: &["*.mhtml", "*.mht"],
    version: 1,
};

/// How much of a part is looked at to tell what it is.
const HEAD: u64 = 4096;

impl Importer for Mhtml {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let head = probe.head();
        let start = &head[..head.len().min(16 * 1024)];
        let end = [&b"\n\n"[..], b"\n\r\n"].iter().filter_map(|end| memchr::memmem::find(start, end)).min();
        let block = &start[..end.unwrap_or(start.len())];
        // Reading a picture as headers takes longer than hashing it.
        if memchr::memchr(0, block).is_some() {
            return Match::No;
        }
        let headers = Headers::parse(block);
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
            address: address.map(|address| address.trim().to_owned()),
            start: parts.headers().parameter("content-type", "start"),
            contents: Contents::new(cx, INFO.name, input),
            pages: Vec::new(),
            files: Siblings::new(),
            count: 0,
        };
        // What came before the place where it breaks off is read all the same.
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
        let has_page = saved.emit(out)?;
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

/// One saved page while its parts come.
struct Saved<'a> {
    input: &'a Input,
    cx: &'a ImportCx<'a>,
    /// Where the page was.
    address: Option<String>,
    /// The `Content-ID` of the page, where the message names it.
    start: Option<String>,
    contents: Contents<'a>,
    /// HTML parts: which may be the page, how likely, and its address.
    pages: Vec<(u8, Input, Option<String>)>,
    /// Files with a relative name, which the page finds beside it.
    files: Siblings,
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
        // Declared types lie: an exporter writes the path of the image there.
        let kind = sniff(&head).filter(|kind| kind.is_image() || kind.is_audio() || kind.is_video());
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
            // Half an image is none; that the file is cut off is said.
            Some(_) if body.is_cut() => {}
            Some(kind) if is_absolute => self.keep_medium(bytes, kind.mime, &received, out)?,
            Some(_) => self.keep_beside(bytes, location),
            None if is_html => self.keep_page(bytes, headers, is_absolute.then(|| location.to_owned())),
            None => {}
        }
        Ok(())
    }

    fn keep_medium(&self, bytes: Spill<'_>, mime: &'static str, at: &Received, out: &mut dyn Out) -> Result<()> {
        let meta = LeafMeta {
            source: INFO.name,
            locator: format!("{}!/{}", self.input.locator(), self.count),
            template: "media",
            mime,
            time: self.input.modified(),
            fetch: None,
        };
        let file = bytes.into_input(meta.locator.clone(), None);
        let sha256 = self.cx.keep.exact(&mut file.open()?, "", Shelf::Media, &meta)?;
        out.item(Item::Media(MediaHeld { key: media::of_address(at), sha256, origin: meta.locator }))
    }

    fn keep_beside(&mut self, bytes: Spill<'_>, name: &str) {
        let decoded = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
        let locator = format!("{}!/{}", self.input.locator(), decoded.trim_start_matches("./"));
        self.files.insert(locator.clone(), bytes.into_input(locator, self.input.modified()));
    }

    fn keep_page(&mut self, bytes: Spill<'_>, headers: &Headers, address: Option<String>) {
        let page = bytes.into_input(format!("{}!/page.html", self.input.locator()), self.input.modified());
        let named = self.start.is_some() && headers.get("content-id") == self.start.as_deref();
        let looks = page.bytes(super::page::LIMIT).is_ok_and(|bytes| looks_like_page(&bytes));
        let at_address = address.is_some() && address == self.address;
        let likely = u8::from(looks) * 4 + u8::from(at_address) * 2 + u8::from(named);
        self.pages.push((likely, page, address));
    }

    /// Hands on the likeliest page; frames and advertisements beside it stand in the contents only.
    fn emit(self, out: &mut dyn Out) -> Result<bool> {
        // Of equals the first.
        let best = self.pages.into_iter().reduce(|best, next| if next.0 > best.0 { next } else { best });
        let Some((_, page, address)) = best else { return Ok(false) };
        let files = Arc::new(self.files);
        page.set_siblings(&files);
        let address = address.or(self.address).unwrap_or_default();
        out.item(Item::Input(page.with_received(Received::at(address))))?;
        Ok(true)
    }
}
