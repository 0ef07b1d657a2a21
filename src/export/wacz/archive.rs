//! Writes the WARC file: a record that describes it, the pages pack by pack, the media. Every medium is streamed.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::io::{self, Read, Write};

use url::Url;

use super::index::Entry;
use super::plan::{Dated, MEDIUM_MISSING, Medium, PAGE_LOST, Page, Text};
use super::record::{Head, Placed, Records, date};
use super::response::{Block, plain_mime};
use super::{FILE, Line, REMOVED, WARC, failed, software};
use crate::archive::PrivateView;
use crate::archive::kept::HeldFile;
use crate::error::Result;
use crate::export::Losses;
use crate::model::{Hasher, Sha256, Time};

/// Profile of a record with the payload of another one.
const REVISIT: &str = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";

/// What was written into the WARC file.
#[derive(Default)]
pub(super) struct Written {
    pub(super) entries: Vec<Entry>,
    pub(super) pages: Vec<Line>,
    /// Number of texts of articles among the pages.
    pub(super) texts: usize,
    /// Number of media, each counted once.
    pub(super) media: u64,
    /// Number of places that had been blanked in the pages.
    pub(super) blanked: u64,
}

/// A WARC file that is being written.
pub(super) struct Archive<'v, 'o> {
    private: &'v PrivateView,
    records: Records<&'o mut dyn Write>,
    /// Id of the first record, which describes the file.
    info: String,
    pub(super) written: Written,
    /// Where the payload of a medium lies: its address and date.
    originals: HashMap<Sha256, (String, String, String)>,
}

impl<'v, 'o> Archive<'v, 'o> {
    pub(super) fn new(private: &'v PrivateView, out: &'o mut dyn Write) -> Result<Self> {
        let mut records = Records::new(out);
        let software = software();
        let fields = [
            ("software", software.as_str()),
            ("format", "WARC File Format 1.1"),
            ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"),
            ("isPartOf", FILE),
            ("description", REMOVED),
        ];
        let fields = fields.iter().fold(String::new(), |mut text, (name, value)| {
            let _ = write!(text, "{name}: {value}\r\n");
            text
        });
        let day = date(private.date().unwrap_or_else(|| Time::from_timestamp(jiff::Timestamp::UNIX_EPOCH)));
        let digest = Sha256::of(fields.as_bytes());
        let mut head = Head::new("warcinfo", None, &day, digest);
        head.add("WARC-Filename", WARC);
        head.add_digest("WARC-Block-Digest", digest);
        head.add("Content-Type", "application/warc-fields");
        let info = head.id().to_owned();
        records.write(head, fields.as_bytes(), 0, false, |_| Ok(())).map_err(failed)?;
        Ok(Self { private, records, info, written: Written::default(), originals: HashMap::new() })
    }

    pub(super) fn pages(&mut self, pages: Vec<Page>, losses: &mut Losses) -> Result<()> {
        let mut rest = pages.into_iter().peekable();
        while let Some(first) = rest.next() {
            if !first.kept.is_packed() {
                self.large_page(first, losses)?;
                continue;
            }
            let place = first.kept.place.clone();
            let mut wanted = HashMap::from([(first.kept.digest, first)]);
            while let Some(page) = rest.next_if(|page| page.kept.place == place) {
                wanted.insert(page.kept.digest, page);
            }
            let private = self.private;
            private.each_in_pack(&place, |digest, bytes| match wanted.remove(&digest) {
                Some(page) => {
                    let block = Block::of(&page.kept);
                    let mut hasher = Hasher::new();
                    hasher.update(&block.start);
                    hasher.update(&bytes);
                    self.page(page, &block, hasher.finish(), bytes.len() as u64, |out| out.write_all(&bytes))
                }
                None => Ok(()),
            })?;
            for page in wanted.values() {
                private.lost().add(&place);
                losses.add(PAGE_LOST, 1, page.name());
            }
        }
        Ok(())
    }

    /// Writes a page that is too large for a pack. It is read twice, because its digest goes before it.
    fn large_page(&mut self, page: Page, losses: &mut Losses) -> Result<()> {
        let file = self.private.leaf(&page.kept);
        let Some((mut reader, bytes)) = open(&file, Some(page.kept.bytes)) else {
            losses.add(PAGE_LOST, 1, page.name());
            return Ok(());
        };
        let block = Block::of(&page.kept);
        let digest = if block.start.is_empty() {
            page.kept.digest
        } else {
            let mut hasher = Hasher::new();
            hasher.update(&block.start);
            let Some((mut first, _)) = open(&file, Some(bytes)) else { return Ok(()) };
            copy(&mut first, bytes, &mut Hashing(&mut hasher)).map_err(failed)?;
            hasher.finish()
        };
        self.page(page, &block, digest, bytes, |out| copy(&mut reader, bytes, out))
    }

    fn page(
        &mut self,
        page: Page,
        block: &Block,
        digest: Sha256,
        bytes: u64,
        rest: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<()> {
        let Page { kept, url, date: dated, title } = page;
        let day = date(dated.time);
        let kind = if block.status.is_some() { "response" } else { "resource" };
        let mut head = self.head(kind, &url, &day, dated, kept.digest);
        head.add_digest("WARC-Block-Digest", digest);
        head.add_digest("WARC-Payload-Digest", kept.digest);
        if kept.blanked > 0 {
            head.add("Liudi-Blanked", &kept.blanked.to_string());
        }
        head.add(
            "Content-Type",
            if block.status.is_some() { "application/http;msgtype=response" } else { &block.mime },
        );
        let id = head.id().trim_start_matches("urn:uuid:").to_owned();
        let placed = self.records.write(head, &block.start, bytes, false, rest).map_err(failed)?;
        self.index(&url, &day, &block.mime, block.status, kept.digest, placed);
        self.written.blanked += u64::from(kept.blanked);
        self.written.pages.push(Line { date: day, url, id, title, source: dated.source });
        Ok(())
    }

    /// Writes the texts of articles as they were archived, each by the name that `called` makes of its title.
    pub(super) fn texts(
        &mut self,
        texts: Vec<Text>,
        called: &dyn Fn(&str) -> String,
        losses: &mut Losses,
    ) -> Result<()> {
        for Text { body, url, date: dated, title } in texts {
            let Some((mut reader, bytes)) = open(&self.private.body(&body), None) else {
                losses.add(PAGE_LOST, 1, &title);
                continue;
            };
            let day = date(dated.time);
            let mut head = self.head("resource", &url, &day, dated, body.digest);
            head.add_digest("WARC-Block-Digest", body.digest);
            head.add_digest("WARC-Payload-Digest", body.digest);
            // The fragment does not say it itself.
            head.add("Content-Type", "text/html; charset=utf-8");
            let id = head.id().trim_start_matches("urn:uuid:").to_owned();
            let write = |out: &mut dyn Write| copy(&mut reader, bytes, out);
            let placed = self.records.write(head, b"", bytes, false, write).map_err(failed)?;
            self.index(&url, &day, "text/html", None, body.digest, placed);
            self.written.pages.push(Line { date: day, url, id, title: Some(called(&title)), source: dated.source });
            self.written.texts += 1;
        }
        Ok(())
    }

    pub(super) fn media(&mut self, media: Vec<Medium>, losses: &mut Losses) -> Result<()> {
        let mut missing = HashSet::new();
        for medium in media {
            let day = date(medium.date.time);
            if let Some(original) = self.originals.get(&medium.digest).cloned() {
                self.revisit(&medium, &day, &original)?;
                continue;
            }
            let file = self.private.medium(&medium.used);
            let Some((mut reader, bytes)) = file.and_then(|file| open(&file, medium.used.bytes)) else {
                // It may have several addresses.
                if missing.insert(medium.digest) {
                    losses.add(MEDIUM_MISSING, 1, &medium.title);
                }
                continue;
            };
            let mime = plain_mime(medium.used.mime.as_deref().unwrap_or_default());
            let mut head = self.head("resource", &medium.url, &day, medium.date, medium.digest);
            head.add_digest("WARC-Block-Digest", medium.digest);
            head.add_digest("WARC-Payload-Digest", medium.digest);
            head.add("Content-Type", &mime);
            let original = (head.id().to_owned(), medium.url.as_str().to_owned(), day.clone());
            let write = |out: &mut dyn Write| copy(&mut reader, bytes, out);
            let placed = self.records.write(head, b"", bytes, is_compressed(&mime), write).map_err(failed)?;
            self.index(&medium.url, &day, &mime, None, medium.digest, placed);
            self.originals.insert(medium.digest, original);
            self.written.media += 1;
        }
        Ok(())
    }

    /// Writes another address of a medium, which has been written.
    fn revisit(&mut self, medium: &Medium, day: &str, (id, url, date): &(String, String, String)) -> Result<()> {
        let mut head = self.head("revisit", &medium.url, day, medium.date, medium.digest);
        head.add("WARC-Profile", REVISIT);
        head.add("WARC-Refers-To", &format!("<{id}>"));
        head.add("WARC-Refers-To-Target-URI", url);
        head.add("WARC-Refers-To-Date", date);
        head.add_digest("WARC-Block-Digest", Sha256::of(b""));
        head.add_digest("WARC-Payload-Digest", medium.digest);
        let placed = self.records.write(head, b"", 0, false, |_| Ok(())).map_err(failed)?;
        self.index(&medium.url, day, "warc/revisit", None, medium.digest, placed);
        Ok(())
    }

    fn head(&self, kind: &str, url: &Url, day: &str, dated: Dated, digest: Sha256) -> Head {
        let mut head = Head::new(kind, Some(url.as_str()), day, digest);
        head.add("WARC-Warcinfo-ID", &format!("<{}>", self.info));
        head.add("Liudi-Date-Source", dated.source);
        head
    }

    fn index(&mut self, url: &Url, day: &str, mime: &str, status: Option<u16>, digest: Sha256, placed: Placed) {
        self.written.entries.push(Entry::new(url, day, mime, status, digest, placed));
    }
}

/// Reports whether compressing files of this type again gains nothing.
fn is_compressed(mime: &str) -> bool {
    match mime.split_once('/') {
        Some(("image", form)) => !matches!(form, "svg+xml" | "bmp"),
        Some(("audio" | "video", _)) => true,
        _ => false,
    }
}

/// Opens a file of the archive that has `bytes` bytes; `None` if it is lost, which is noted.
fn open(file: &HeldFile, bytes: Option<u64>) -> Option<(Box<dyn Read>, u64)> {
    if !file.is_there() {
        return None;
    }
    let reader = file.open().ok()?;
    let size = reader.size().ok()?;
    if bytes.is_some_and(|bytes| bytes != size) {
        file.note_lost();
        return None;
    }
    reader.reads_in_order();
    Some((Box::new(reader), size))
}

/// Copies `bytes` bytes. Of a file that ends before, or cannot be read, the rest is zeros: it has been noted as lost, and
/// the export is written again without it once all files that are lost are known.
fn copy(reader: &mut dyn Read, bytes: u64, out: &mut dyn Write) -> io::Result<()> {
    let mut left = bytes;
    let mut buffer = vec![0; 1 << 16];
    let mut is_readable = true;
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let read = if is_readable { reader.read(&mut buffer[..most]) } else { Ok(0) };
        let count = match read {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Ok(count) if count > 0 => count,
            _ => {
                is_readable = false;
                buffer[..most].fill(0);
                most
            }
        };
        out.write_all(&buffer[..count])?;
        left -= count as u64;
    }
    // Only at its end a file is compared with its digest.
    let _ = is_readable && reader.read(&mut buffer).is_ok();
    Ok(())
}

/// A writer that only hashes.
struct Hashing<'h>(&'h mut Hasher);

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
