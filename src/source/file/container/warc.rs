//! Web archives (WARC, plain or with one gzip member per record; the data of a WACZ): each response is read as if it
//! had been saved. Requests are read for their parameters, never kept.

mod revisits;

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::contents::Contents;
use super::gzip;
use super::ranges::Ranges;
use super::zip::Budget;
use crate::error::{Error, Kind, Result};
use crate::model::{Problem, Time};
use crate::parse::container::multipart::Headers;
use crate::parse::container::warc::{Block, Records};
use crate::parse::container::warc_http::{self, Head};
use crate::secret::secrets_in_header;
use crate::source::input::recorded;
use crate::source::input::spill::Spill;
use crate::source::{Holds, ImportCx, Importer, Info, Input, Item, Match, Out, Probe, Received};

use revisits::{Revisit, Revisits};

/// The importer of web archives.
#[derive(Debug)]
pub struct Warc;

static INFO: Info = Info {
    name: "warc",
    summary_zh: "网页存档（WARC、WACZ）：其中的文章、列表、图片、音频、视频",
    summary_en: "Web archives (WARC, WACZ): the articles, lists, images, audio and video in them",
    patterns: &["*.warc", "*.warc.gz", "*.wacz"],
    version: 3,
};

/// Longest form in bytes that is read.
const FORM: u64 = 64 * 1024;

impl Importer for Warc {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn holds(&self) -> Holds {
        Holds::Recordings
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let head = probe.head();
        let is_warc = head.starts_with(b"WARC/") || gzip::is_gzip(head) && gzip::holds_warc(probe.input());
        if is_warc { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let mut archive = Archive {
            input,
            cx,
            contents: Contents::new(cx, INFO.name, input),
            ranges: Ranges::new(cx.budget),
            revisits: Revisits::default(),
            request: None,
            waiting: None,
            records: 0,
            broken: false,
            unreadable: 0,
        };
        let end = archive.all(&mut records(input, cx.budget)?, out);
        archive.contents.keep()?;
        archive.revisited(out)?;
        std::mem::replace(&mut archive.ranges, Ranges::new(cx.budget)).finish(input.locator(), out)?;
        if archive.unreadable > 0 {
            let error = Error::input("warc-records-unreadable").with("path", input.locator());
            let error = error.with("count", archive.unreadable);
            out.item(Item::Problem(Problem::from_error(&error, input.locator())))?;
        }
        end.map_err(|end| archive.failure(end))
    }
}

/// Opens the records of an archive, unpacked.
fn records<'a>(input: &'a Input, budget: &'a Budget) -> Result<Records<BufReader<Box<dyn Read + 'a>>>> {
    let mut file = BufReader::with_capacity(256 * 1024, input.open()?);
    let head = file.fill_buf().map_err(|error| Error::reading(error, input.locator()))?;
    let unpacked: Box<dyn Read + 'a> = if gzip::is_gzip(head) {
        Box::new(Guarded::new(MultiGzDecoder::new(file), input.size(), budget))
    } else {
        Box::new(file)
    };
    Ok(Records::new(BufReader::with_capacity(256 * 1024, unpacked)))
}

/// The reason why reading an archive ended early.
enum End {
    /// An error of the receiver of items, not of the archive.
    Ours(Error),
    /// An error of the archive.
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

/// A request, and the secrets sent with it.
struct Request {
    uri: String,
    method: String,
    form: String,
    secrets: Vec<Vec<u8>>,
}

/// A response whose request may be the next record.
struct Waiting<'a> {
    number: u64,
    uri: String,
    status: u16,
    headers: Headers,
    mime: String,
    time: Option<Time>,
    body: Option<Spill<'a>>,
    /// `Content-Range`, if the body is only a part of the file.
    range: Option<String>,
}

/// An archive being read.
struct Archive<'a> {
    input: &'a Input,
    cx: &'a ImportCx<'a>,
    contents: Contents<'a>,
    ranges: Ranges<'a>,
    revisits: Revisits,
    request: Option<Request>,
    waiting: Option<Waiting<'a>>,
    records: u64,
    /// Whether the current body could not be decoded.
    broken: bool,
    /// Number of responses that could not be decoded.
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
                "revisit" => {
                    self.hand_on(out)?;
                    self.contents.note(self.records + 1, Received::at(uri.as_str()).fetch(), "revisit", None)?;
                    self.revisit(&headers, uri, records.block());
                }
                kind => {
                    self.hand_on(out)?;
                    self.contents.note(self.records + 1, Received::at(uri).fetch(), kind, None)?;
                }
            }
            // A record counts once its end is reached.
            io::copy(&mut records.block(), &mut io::sink())?;
            self.records += 1;
            // Where the archive itself breaks off, that error is reported instead.
            self.unreadable += u64::from(std::mem::take(&mut self.broken));
        }
    }

    /// Reads a request, which precedes or follows its response.
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
            secrets: head.headers.iter().flat_map(|(name, value)| secrets_in_header(name, value)).collect(),
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
        let read = recorded::is_wanted(&uri, &mime) && record.get("warc-truncated").is_none();
        let range = head.headers.get("content-range").map(str::to_owned);
        let wanted = read && recorded::is_whole(status, range.as_deref());
        let range = range.filter(|_| read && !wanted && status == 206);
        if wanted {
            self.revisits.original(self.records + 1, &uri, record);
        }
        let mut body = None;
        if wanted || range.is_some() {
            let packed = record.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            match self.body(&head, block, packed) {
                Ok(bytes) => body = Some(bytes),
                // A full disk ends the run; a body that cannot be unpacked affects only itself.
                Err(error) if error.kind() != Kind::Input => return Err(error.into()),
                Err(_) => self.broken = true,
            }
        }
        let status = u16::try_from(status).unwrap_or_default();
        let number = self.records + 1;
        self.waiting = Some(Waiting { number, uri, status, headers: head.headers, mime, time, body, range });
        Ok(())
    }

    /// Reads a record that refers to an earlier one.
    fn revisit<R: BufRead>(&mut self, record: &Headers, uri: String, block: Block<'_, R>) {
        // Some writers omit the headers of the response.
        let head = Head::read(&mut BufReader::new(block)).unwrap_or_default();
        if recorded::is_wanted(&uri, &head.headers.mime()) {
            let status = u16::try_from(head.status()).ok().filter(|status| *status != 304 && *status != 0);
            let revisit = Revisit::new(self.records + 1, uri, record, status.unwrap_or(200), head.headers);
            self.revisits.add(revisit);
        }
    }

    /// Reads the responses that revisits refer to again, as responses of the revisits' addresses.
    fn revisited(&mut self, out: &mut dyn Out) -> Result<()> {
        let (wanted, nowhere) = std::mem::take(&mut self.revisits).settle();
        if nowhere > 0 {
            let remark = Problem::remark("warc-revisits-unresolved", self.input.locator());
            out.item(Item::Problem(remark.with("path", self.input.locator()).with("count", nowhere)))?;
        }
        if wanted.is_empty() {
            return Ok(());
        }
        match self.read_again(wanted, out) {
            Err(End::Ours(error)) if error.kind() != Kind::Input => Err(error),
            // Errors of the archive were already reported by the first reading.
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn read_again(&self, mut wanted: BTreeMap<u64, Vec<Revisit>>, out: &mut dyn Out) -> Result<(), End> {
        let mut records = records(self.input, self.cx.budget)?;
        let mut number = 0;
        while let Some(record) = records.next_record()?
            && !wanted.is_empty()
        {
            number += 1;
            let Some(revisits) = wanted.remove(&number) else { continue };
            let mut block = BufReader::with_capacity(64 * 1024, records.block());
            let is_message = record.mime() == "application/http";
            let head = if is_message { Head::read(&mut block)? } else { Head::default() };
            let packed = record.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            let body = self.body(&head, block, packed)?.into_input(self.input.locator(), None);
            for revisit in revisits {
                let secrets = revisit.headers.iter().flat_map(|(name, value)| secrets_in_header(name, value)).collect();
                let received = Received::answer("GET", revisit.uri, "")
                    .with_answer(revisit.status, revisit.headers.iter(), revisit.time)
                    .with_secrets(secrets);
                let name = recorded::name(&received);
                let locator = format!("{}!/records/{}/{name}", self.input.locator(), revisit.number);
                let mut copy = Spill::new(self.cx.budget);
                copy.add_all(&mut body.open()?, &locator)?;
                out.item(Item::Input(copy.into_input(locator, revisit.time).with_received(received)))?;
            }
        }
        Ok(())
    }

    fn body(&self, head: &Head, block: impl BufRead, packed: u64) -> Result<Spill<'a>> {
        let mut bytes = Spill::new(self.cx.budget);
        let unpacked = warc_http::body(head, block).map_err(|error| Error::reading(error, self.input.locator()))?;
        bytes.add_all(&mut Guarded::new(unpacked, packed, self.cx.budget), self.input.locator())?;
        Ok(bytes)
    }

    /// Records the waiting response, and hands its body on if it is worth reading.
    fn hand_on(&mut self, out: &mut dyn Out) -> Result<()> {
        let Some(waiting) = self.waiting.take() else { return Ok(()) };
        let request = self.request.take().filter(|request| request.uri == waiting.uri);
        let (method, form, mut secrets) = match request {
            Some(request) => (request.method, request.form, request.secrets),
            None => ("GET".to_owned(), String::new(), Vec::new()),
        };
        secrets.extend(waiting.headers.iter().flat_map(|(name, value)| secrets_in_header(name, value)));
        let received = Received::answer(&method, waiting.uri, &form)
            .with_answer(waiting.status, waiting.headers.iter(), waiting.time)
            .with_secrets(secrets);
        let size = waiting.body.as_ref().map(Spill::size);
        self.contents.note(waiting.number, received.fetch(), &waiting.mime, size)?;
        let name = recorded::name(&received);
        let locator = format!("{}!/records/{}/{name}", self.input.locator(), waiting.number);
        match (waiting.body, waiting.range) {
            (Some(body), Some(range)) => self.ranges.take(&range, &received, &locator, waiting.time, body),
            (Some(body), None) if body.size() > 0 => {
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

/// A reader that stops decompression bombs.
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
