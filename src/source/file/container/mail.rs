//! Saved mails (`.eml`) with attachments, as bills are sent: each attachment is read as a separate file; texts are read
//! only where they link to articles.

use std::io::{Cursor, Read as _};

use super::contents::Contents;
use crate::error::{Error, Result};
use crate::parse::container::mail_words::decode_words;
use crate::parse::container::multipart::{Headers, Parts};
use crate::parse::container::transfer::{Base64Reader, QuotedPrintableReader};
use crate::parse::list::links::has_link;
use crate::source::input::probe::HEAD;
use crate::source::input::spill::Spill;
use crate::source::{
    Destination, EvidenceMeta, Holds, ImportCx, Importer, Info, Input, Item, Match, Out, Probe, Received,
};

/// The importer of mails.
#[derive(Debug)]
pub struct Mail;

static INFO: Info = Info {
    name: "mail",
    summary_zh: "保存下来的邮件（.eml）：读里面的附件（账单 ZIP、表格、网页）",
    summary_en: "Saved e-mails (.eml): the attachments are read (bill ZIPs, tables, pages)",
    patterns: &["*.eml"],
    version: 3,
};

/// Headers of mails.
const OF_MAILS: [&str; 8] = ["from", "to", "subject", "date", "message-id", "received", "mime-version", "return-path"];
/// Signs of an attachment in the head of a mail.
const FILES: [&[u8]; 4] = [b"attachment", b"Attachment", b"filename", b"message/rfc822"];
/// Header that turns one part into a message, and its end.
const ONE_PART: &[u8] = b"Content-Type: multipart/mixed; boundary=\"liudi/one/part\"\r\n\r\n--liudi/one/part\r\n";
const ONE_PART_END: &[u8] = b"\r\n--liudi/one/part--\r\n";
/// Greatest nesting of multiparts.
const DEPTH: u32 = 4;
/// Longest nested multipart in bytes.
const INNER: u64 = 256 * 1024 * 1024;
/// Longest text in bytes that is searched for links.
const TEXT: u64 = 16 * 1024 * 1024;

impl Importer for Mail {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn holds(&self) -> Holds {
        Holds::Recordings
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let head = probe.head();
        let Some(headers) = Headers::at_start(head) else { return Match::No };
        let written = OF_MAILS.iter().filter(|name| headers.get(name).is_some()).count();
        let has_file = || FILES.iter().any(|words| memchr::memmem::find(head, words).is_some());
        let is_mail = match headers.mime().as_str() {
            "multipart/mixed" => written > 0 && headers.parameter("content-type", "boundary").is_some(),
            "message/rfc822" => written > 0,
            // Most of these have text only, and so do pages saved by a browser.
            mime if mime.starts_with("multipart/") && mime != "multipart/related" => written > 1 && has_file(),
            mime if mime.starts_with("application/") => written > 1 && name_of(&headers).is_some(),
            _ => false,
        };
        if is_mail { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let mut mail = Opened { input, cx, contents: Contents::new(cx, INFO.name, input), count: 0, files: 0 };
        let mut rest = input.open()?;
        // Not by another probe: where that fails, a mail of many parts would look like one that is a single file.
        let mut head = Vec::new();
        (&mut rest).take(HEAD as u64).read_to_end(&mut head).map_err(|error| Error::reading(error, input.locator()))?;
        let mime = Headers::parse(&head).mime();
        let mut whole = Cursor::new(head).chain(rest);
        let read = if mime.starts_with("multipart/") {
            mail.parts(&mut whole, DEPTH, out)
        } else {
            // A mail that consists of one file, or of another mail, is read as a mail with that one part.
            mail.parts(&mut Cursor::new(ONE_PART).chain(whole).chain(Cursor::new(ONE_PART_END)), DEPTH, out)
        };
        mail.contents.keep()?;
        read?;
        if mail.files == 0 {
            let locator = input.locator().to_owned();
            let (template, mime) = ("mail", "message/rfc822");
            let meta = EvidenceMeta { source: INFO.name, locator, template, mime, time: input.modified(), fetch: None };
            cx.evidence.exact(&mut *input.open()?, input.name(), Destination::Documents, &meta)?;
            return Err(Error::input("mail-without-attachment").with("path", input.locator()));
        }
        Ok(())
    }
}

struct Opened<'a> {
    input: &'a Input,
    cx: &'a ImportCx<'a>,
    contents: Contents<'a>,
    /// Number of parts so far.
    count: u64,
    /// Number of attachments among them.
    files: u64,
}

impl Opened<'_> {
    fn parts(&mut self, from: &mut dyn std::io::Read, depth: u32, out: &mut dyn Out) -> Result<()> {
        let locator = self.input.locator();
        let reading = |error| Error::reading(error, locator);
        let Some(mut parts) = Parts::open(from).map_err(reading)? else {
            return Err(Error::input("mail-broken").with("path", locator));
        };
        while let Some(headers) = parts.next_part().map_err(reading)? {
            self.count += 1;
            let mut body = parts.body();
            let encoding = headers.get("content-transfer-encoding").unwrap_or_default().trim().to_ascii_lowercase();
            let mut decoded: Box<dyn std::io::Read + '_> = match encoding.as_str() {
                "base64" => Box::new(Base64Reader::new(&mut body)),
                "quoted-printable" => Box::new(QuotedPrintableReader::new(&mut body)),
                _ => Box::new(&mut body),
            };
            let mime = headers.mime();
            if mime.starts_with("multipart/") {
                let mut inner = Vec::new();
                decoded.take(INNER).read_to_end(&mut inner).map_err(reading)?;
                if depth == 0 {
                    return Err(Error::input("input-too-deep").with("path", locator));
                }
                let header = format!("Content-Type: {}\r\n\r\n", headers.get("content-type").unwrap_or_default());
                self.parts(&mut Cursor::new(header).chain(Cursor::new(inner)), depth - 1, out)?;
                continue;
            }
            let mut bytes = Spill::new(self.cx.budget);
            bytes.add_all(&mut decoded, locator)?;
            drop(decoded);
            let received = Received::at("");
            self.contents.note(self.count, received.fetch(), &mime, Some(bytes.size()))?;
            let name = name_of(&headers);
            if body.is_cut() && name.is_some() {
                return Err(Error::input("mail-broken").with("path", locator));
            }
            match name {
                Some(name) => {
                    self.files += 1;
                    let file = bytes.into_input(format!("{locator}!/{name}"), self.input.modified());
                    out.item(Item::Input(file))?;
                }
                None if mime.starts_with("text/") && bytes.size() <= TEXT => {
                    let end = if mime == "text/html" { "html" } else { "txt" };
                    let text = bytes.into_input(format!("{locator}!/{}.{end}", self.count), self.input.modified());
                    if has_link(&text.bytes(TEXT)?) {
                        self.files += 1;
                        out.item(Item::Input(text))?;
                    }
                }
                // A forwarded mail.
                None if mime == "message/rfc822" => {
                    self.files += 1;
                    let file = bytes.into_input(format!("{locator}!/{}.eml", self.count), self.input.modified());
                    out.item(Item::Input(file))?;
                }
                None => {}
            }
        }
        if parts.is_whole() { Ok(()) } else { Err(Error::input("mail-broken").with("path", locator)) }
    }
}

/// Returns the name of an attached file, without folders.
fn name_of(headers: &Headers) -> Option<String> {
    let of = |header: &str, name: &str| {
        headers
            .parameter(header, name)
            .map(|name| decode_words(&name))
            .or_else(|| headers.parameter(header, &format!("{name}*")).map(|name| decode_words(&name)))
    };
    let name = of("content-disposition", "filename").or_else(|| of("content-type", "name"))?;
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim().to_owned();
    (!name.is_empty() && name != "..").then_some(name)
}
