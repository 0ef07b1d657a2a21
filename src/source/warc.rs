//! Web archives (WARC, plain or one gzip member a record; the data of a WACZ): the answers in them are read as if each had
//! been saved. Requests are looked at for what was asked, never kept.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::contents::Contents;
use super::place::Spill;
use super::zip::Budget;
use super::{ImportCx, Importer, Info, Input, Item, Match, Out, Probe, Received, gzip, recorded};
use crate::error::{Error, Kind, Result};
use crate::model::{Problem, Time};
use crate::parse::mime::Headers;
use crate::parse::warc::{Block, Records};
use crate::parse::warc_http::{self, Head};
use crate::secret::learn_header;

/// Reads them.
#[derive(Debug)]
pub struct Warc;

static INFO: Info = Info {
    name: "warc",
    summary_zh: "网页存档（WARC、WACZ）：其中的文章、列表、图片、音频、视频",
    summary_en: "Web archives (WARC, WACZ): the articles, lists, images, audio and video in them",
    patterns: &["*.warc", "*.warc.gz", "*.wacz"],
    version: 1,
};

/// Longest form that is looked into.
const FORM: u64 = 64 * 1024;

impl Importer for Warc {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let head = probe.head();
        let is_warc = head.starts_with(b"WARC/") || gzip::is_gzip(head) && gzip::holds_warc(probe.input());
        if is_warc { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let mut file = BufReader::with_capacity(256 * 1024, input.open()?);
        let head = file.fill_buf().map_err(|error| Error::reading(error, input.locator()))?;
        let unpacked: Box<dyn Read + '_> = if gzip::is_gzip(head) {
            Box::new(Guarded::new(MultiGzDecoder::new(file), input.size(), cx.budget))
        } else {
            Box::new(file)
        };
        let mut records = Records::new(BufReader::with_capacity(256 * 1024, unpacked));
        let mut archive = Archive {
            input,
            cx,
            contents: Contents::new(cx, INFO.name, input),
            request: None,
            waiting: None,
            records: 0,
            broken: false,
            unreadable: 0,
        };
        let end = archive.all(&mut records, out);
        archive.contents.keep()?;
        if archive.unreadable > 0 {
            let error = Error::input("warc-records-unreadable").with("path", input.locator());
            let error = error.with("count", archive.unreadable);
            out.item(Item::Problem(Problem::from_error(&error, input.locator())))?;
        }
        end.map_err(|end| archive.failure(end))
    }
}

/// Why reading an archive ended early.
enum End {
    /// Whoever takes what is found.
    Ours(Error),
    /// The archive is to blame.
    Reading(io::Error),
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        Self::Reading(error)
    }
}

/// What was asked for, and the secrets it was asked with.
struct Request {
    uri: String,
    method: String,
    form: String,
    overheard: Vec<Vec<u8>>,
}

/// An answer whose request may be the record behind it.
struct Waiting<'a> {
    number: u64,
    uri: String,
    status: u16,
    headers: Headers,
    mime: String,
    time: Option<Time>,
    body: Option<Spill<'a>>,
}

/// An archive being read.
struct Archive<'a> {
    input: &'a Input,
    cx: &'a ImportCx<'a>,
    contents: Contents<'a>,
    request: Option<Request>,
    waiting: Option<Waiting<'a>>,
    records: u64,
    /// The body at hand could not be taken out of its encoding.
    broken: bool,
    /// Answers of which that was so.
    unreadable: u64,
}

impl<'a> Archive<'a> {
    fn all<R: BufRead>(&mut self, records: &mut Records<R>, out: &mut dyn Out) -> Result<(), End> {
        loop {
            let headers = match records.next_record() {
                Ok(Some(headers)) => headers,
                Ok(None) => return Ok(self.hand_on(out)?),
                Err(error) => {
                    self.hand_on(out)?;
                    return Err(error.into());
                }
            };
            let uri = headers.get("warc-target-uri").unwrap_or_default();
            let uri = uri.trim_start_matches('<').trim_end_matches('>').to_owned();
            match headers.get("warc-type").unwrap_or_default() {
                "request" => self.request(uri, records.block())?,
                "response" | "resource" => {
                    self.hand_on(out)?;
                    self.answer(&headers, uri, records.block())?;
                }
                kind => {
                    self.hand_on(out)?;
                    self.contents.note(self.records + 1, Received::at(uri).fetch(), kind, None)?;
                }
            }
            // A record counts once its end is seen.
            io::copy(&mut records.block(), &mut io::sink())?;
            self.records += 1;
            // Where the archive itself breaks off, that is what is said.
            self.unreadable += u64::from(std::mem::take(&mut self.broken));
        }
    }

    /// Requests stand before their answers or behind them.
    fn request<R: BufRead>(&mut self, uri: String, block: Block<'_, R>) -> Result<(), End> {
        let mut block = BufReader::new(block);
        let Ok(head) = Head::read(&mut block) else { return Ok(()) };
        let mut form = Vec::new();
        if head.method() == "POST" {
            block.take(FORM).read_to_end(&mut form)?;
        }
        self.request = Some(Request {
            uri,
            method: head.method().to_owned(),
            form: String::from_utf8_lossy(&form).into_owned(),
            overheard: head.headers.iter().flat_map(|(name, value)| learn_header(name, value)).collect(),
        });
        Ok(())
    }

    fn answer<R: BufRead>(&mut self, record: &Headers, uri: String, block: Block<'_, R>) -> Result<(), End> {
        let time = record.get("warc-date").and_then(|date| date.parse().ok());
        let mut block = BufReader::with_capacity(64 * 1024, block);
        let is_message = record.mime() == "application/http";
        let head = if is_message { Head::read(&mut block)? } else { Head::default() };
        let mime = if is_message { head.headers.mime() } else { record.mime() };
        let status = if is_message { head.status() } else { 200 };
        let wanted = recorded::is_wanted(&uri, &mime)
            && recorded::is_whole(status, head.headers.get("content-range"))
            && record.get("warc-truncated").is_none();
        let mut body = None;
        if wanted {
            let packed = record.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            match self.body(&head, block, packed) {
                Ok(bytes) => body = Some(bytes),
                // A full disk ends the run; a body that cannot be unpacked ends itself.
                Err(error) if error.kind() != Kind::Input => return Err(error.into()),
                Err(_) => self.broken = true,
            }
        }
        let status = u16::try_from(status).unwrap_or_default();
        self.waiting = Some(Waiting { number: self.records + 1, uri, status, headers: head.headers, mime, time, body });
        Ok(())
    }

    fn body(&self, head: &Head, block: impl BufRead, packed: u64) -> Result<Spill<'a>> {
        let mut bytes = Spill::new(self.cx.budget);
        let unpacked = warc_http::body(head, block).map_err(|error| Error::reading(error, self.input.locator()))?;
        bytes.add_all(&mut Guarded::new(unpacked, packed, self.cx.budget), self.input.locator())?;
        Ok(bytes)
    }

    /// Notes the answer that waits, and hands its body on if it has one worth reading.
    fn hand_on(&mut self, out: &mut dyn Out) -> Result<()> {
        let Some(waiting) = self.waiting.take() else { return Ok(()) };
        let request = self.request.take().filter(|request| request.uri == waiting.uri);
        let (method, form, mut overheard) = match request {
            Some(request) => (request.method, request.form, request.overheard),
            None => ("GET".to_owned(), String::new(), Vec::new()),
        };
        overheard.extend(waiting.headers.iter().flat_map(|(name, value)| learn_header(name, value)));
        let received = Received::answer(&method, waiting.uri, &form)
            .with_answer(waiting.status, waiting.headers.iter(), waiting.time)
            .with_overheard(overheard);
        let size = waiting.body.as_ref().map(Spill::size);
        self.contents.note(waiting.number, received.fetch(), &waiting.mime, size)?;
        match waiting.body {
            Some(body) if body.size() > 0 => {
                let name = recorded::name(&received);
                let locator = format!("{}!/records/{}/{name}", self.input.locator(), waiting.number);
                out.item(Item::Input(body.into_input(locator, waiting.time).with_received(received)))
            }
            _ => Ok(()),
        }
    }

    fn failure(&self, end: End) -> Error {
        let at = |code| Error::input(code).with("path", self.input.locator());
        match end {
            End::Ours(error) => error,
            End::Reading(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                at("warc-cut-off").with("count", self.records)
            }
            End::Reading(error) => match error.downcast::<Error>() {
                Ok(error) => error.with("path", self.input.locator()),
                Err(error) => at("warc-broken").with("count", self.records).because(error),
            },
        }
    }
}

/// Stops what comes out of few bytes without end.
struct Guarded<'a, R> {
    from: R,
    packed: u64,
    out: u64,
    budget: &'a Budget,
}

impl<'a, R> Guarded<'a, R> {
    fn new(from: R, packed: u64, budget: &'a Budget) -> Self {
        Self { from, packed, out: 0, budget }
    }
}

impl<R: Read> Read for Guarded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(buffer)?;
        self.out += count as u64;
        if !self.budget.ratio_allows(self.packed, self.out) {
            return Err(io::Error::other(Error::input("warc-ratio")));
        }
        self.budget.take_bytes(count as u64).map_err(io::Error::other)?;
        Ok(count)
    }
}
