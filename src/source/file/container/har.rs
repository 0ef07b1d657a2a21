//! Recordings of a browser (HAR 1.2): each response is read as if it had been saved. A recording may have any size:
//! entries are streamed, one body at a time, a long one through the scratch folder. Cookies, keys and other data that
//! identifies the sender are skipped while reading.

mod entry;

use super::contents::Contents;
use super::ranges::Ranges;
use crate::error::{Error, Result};
use crate::model::Problem;
use crate::parse::container::transfer::Base64Reader;
use crate::parse::json::stream::{JsonStream, Next, Step, StreamError};
use crate::source::file::list::getmsg;
use crate::source::input::recorded;
use crate::source::input::spill::Spill;
use crate::source::{Holds, ImportCx, Importer, Info, Input, Item, Match, Out, Probe};

use entry::Entry;

/// The importer of recordings.
#[derive(Debug)]
pub struct Har;

static INFO: Info = Info {
    name: "har",
    summary_zh: "浏览器录下的网络记录（HAR）：其中的文章、列表、评论、数据、图片、音频、视频",
    summary_en: "Network logs recorded by a browser (HAR): the articles, lists, comments, statistics, images, audio and video in them",
    patterns: &["*.har"],
    version: 3,
};

impl Importer for Har {
    fn info(&self) -> &'static Info {
        &INFO
    }

    fn holds(&self) -> Holds {
        Holds::Recordings
    }

    fn identify(&self, probe: &mut Probe<'_>) -> Match {
        let is_har = probe.first_byte() == Some(b'{') && getmsg::is_archive_of_requests(probe);
        if is_har { Match::Sure } else { Match::No }
    }

    fn read(&self, input: &Input, cx: &ImportCx<'_>, out: &mut dyn Out) -> Result<()> {
        let mut stream = JsonStream::new(input.open()?);
        let contents = Contents::new(cx, INFO.name, input);
        let ranges = Ranges::new(cx.budget);
        let mut recording = Recording { input, cx, contents, ranges, out, entries: 0, without_body: 0 };
        let read = recording.log(&mut stream);
        recording.contents.keep()?;
        let Recording { entries, without_body, ranges, out, .. } = recording;
        ranges.finish(input.locator(), out)?;
        if without_body > 0 {
            let remark = Problem::remark("har-bodies-missing", input.locator()).with("path", input.locator());
            out.item(Item::Problem(remark.with("count", without_body)))?;
        }
        match read {
            Ok(()) if entries == 0 => Err(Error::input("har-empty").with("path", input.locator())),
            Ok(()) => Ok(()),
            Err(StreamError::Ended) => {
                Err(Error::input("har-cut-off").with("path", input.locator()).with("count", entries))
            }
            Err(StreamError::Malformed(at)) => {
                Err(Error::input("har-broken").with("path", input.locator()).with("at", at).with("count", entries))
            }
            Err(StreamError::Read(error)) => Err(Error::reading(error, input.locator())),
            Err(StreamError::Refused(error)) => Err(error),
        }
    }
}

/// A recording being read.
struct Recording<'a> {
    input: &'a Input,
    cx: &'a ImportCx<'a>,
    contents: Contents<'a>,
    ranges: Ranges<'a>,
    out: &'a mut dyn Out,
    entries: u64,
    /// Number of responses that would be read if the recording had their bodies.
    without_body: u64,
}

impl Recording<'_> {
    /// Reads `{"log": {"entries": […]}}` and skips all other members.
    fn log<R: std::io::Read>(&mut self, stream: &mut JsonStream<R>) -> Step<()> {
        let mut name = String::new();
        let (mut outer, mut inner) = (true, true);
        stream.enter()?;
        while stream.member(&mut outer, &mut name)? {
            if name != "log" || stream.peek()? != Next::Object {
                stream.skip()?;
                continue;
            }
            stream.enter()?;
            while stream.member(&mut inner, &mut name)? {
                if name != "entries" || stream.peek()? != Next::Array {
                    stream.skip()?;
                    continue;
                }
                stream.enter()?;
                let mut first = true;
                while stream.element(&mut first)? {
                    let entry = Entry::read(stream, self.cx.budget)?;
                    self.entries += 1;
                    self.hand_on(entry).map_err(StreamError::Refused)?;
                }
            }
        }
        Ok(())
    }

    /// Records an entry, and hands its body on if it is worth reading.
    fn hand_on(&mut self, entry: Entry<'_>) -> Result<()> {
        let number = self.entries;
        let received = entry.received();
        let Entry { body, mime, encoded, status, range, method, time, .. } = entry;
        let read = recorded::is_wanted(received.url(), &mime) && matches!(method.as_str(), "GET" | "POST");
        let wanted = read && recorded::is_whole(status, range.as_deref());
        let locator = format!("{}!/entries/{number}/{}", self.input.locator(), recorded::name(&received));
        let body = match body {
            Some(body) if encoded => Some(decoded(body, &locator, self.cx)?),
            body => body,
        };
        let size = body.as_ref().map(Spill::size);
        self.contents.note(number, received.fetch(), &mime, size)?;
        match body {
            Some(body) if wanted && body.size() > 0 => {
                self.out.item(Item::Input(body.into_input(locator, time).with_received(received)))
            }
            Some(body) if read && status == 206 && body.size() > 0 => {
                self.ranges.take(range.as_deref().unwrap_or_default(), &received, &locator, time, body)
            }
            Some(_) => Ok(()),
            None => {
                self.without_body += u64::from(wanted);
                Ok(())
            }
        }
    }
}

/// Decodes a body from base64.
fn decoded<'a>(body: Spill<'_>, locator: &str, cx: &'a ImportCx<'_>) -> Result<Spill<'a>> {
    let text = body.into_input(locator, None);
    let mut bytes = Spill::new(cx.budget);
    bytes.add_all(&mut Base64Reader::new(text.open()?), locator)?;
    Ok(bytes)
}
