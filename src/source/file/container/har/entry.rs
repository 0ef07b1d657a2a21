//! Reads one entry of a recording. Members are optional and in any order, and some tools write null for missing ones.

use std::io::Read;

use crate::model::Time;
use crate::parse::json::stream::{JsonStream, Next, Step};
use crate::secret::secrets_in_header;
use crate::source::Received;
use crate::source::file::container::zip::Budget;
use crate::source::input::recorded;
use crate::source::input::spill::Spill;

/// Longest text read of an address or a form, and of other texts, in bytes.
const LONG: usize = 64 * 1024;
const SHORT: usize = 1024;

/// An entry, without data that identifies the sender.
#[derive(Default)]
pub(super) struct Entry<'a> {
    pub(super) method: String,
    url: String,
    /// Body of the request, if it was a form.
    form: String,
    pub(super) status: i64,
    headers: Vec<(String, String)>,
    /// `Content-Range`.
    pub(super) range: Option<String>,
    pub(super) mime: String,
    /// Body of the response, still encoded.
    pub(super) body: Option<Spill<'a>>,
    /// Whether the body is in base64.
    pub(super) encoded: bool,
    pub(super) time: Option<Time>,
    /// Secrets sent with the request.
    secrets: Vec<Vec<u8>>,
}

/// Visits the members of an object; any other value is skipped.
fn members<R: Read>(
    stream: &mut JsonStream<R>,
    visit: &mut dyn FnMut(&mut JsonStream<R>, &str) -> Step<()>,
) -> Step<()> {
    if stream.peek()? != Next::Object {
        return stream.skip();
    }
    stream.enter()?;
    let (mut first, mut name) = (true, String::new());
    while stream.member(&mut first, &mut name)? {
        visit(stream, &name)?;
    }
    Ok(())
}

/// Visits the pairs of `[{"name": …, "value": …}, …]`.
fn pairs<R: Read>(stream: &mut JsonStream<R>, limit: usize, visit: &mut dyn FnMut(String, String)) -> Step<()> {
    if stream.peek()? != Next::Array {
        return stream.skip();
    }
    stream.enter()?;
    let mut first = true;
    while stream.element(&mut first)? {
        let (mut name, mut value) = (String::new(), String::new());
        members(stream, &mut |stream, key| match key {
            "name" => stream.text(SHORT).map(|text| name = text),
            "value" => stream.text(limit).map(|text| value = text),
            _ => stream.skip(),
        })?;
        visit(name, value);
    }
    Ok(())
}

impl<'a> Entry<'a> {
    /// Reads one entry. The body of a response that is not wanted is skipped.
    pub(super) fn read<R: Read>(stream: &mut JsonStream<R>, budget: &'a Budget) -> Step<Self> {
        let mut entry = Self::default();
        members(stream, &mut |stream, name| match name {
            "startedDateTime" => {
                entry.time = stream.text(SHORT)?.parse().ok();
                Ok(())
            }
            "request" => entry.request(stream),
            "response" => entry.response(stream, budget),
            _ => stream.skip(),
        })?;
        Ok(entry)
    }

    fn request<R: Read>(&mut self, stream: &mut JsonStream<R>) -> Step<()> {
        members(stream, &mut |stream, name| match name {
            "method" => stream.text(SHORT).map(|text| self.method = text.to_ascii_uppercase()),
            "url" => stream.text(LONG).map(|text| self.url = text),
            "postData" => self.form(stream),
            // Secrets are not kept, but searched for in everything that is kept.
            "headers" => pairs(stream, LONG, &mut |name, value| self.secrets.extend(secrets_in_header(&name, &value))),
            "cookies" => pairs(stream, SHORT, &mut |name, value| {
                self.secrets.extend(secrets_in_header("cookie", &format!("{name}={value}")));
            }),
            _ => stream.skip(),
        })
    }

    fn form<R: Read>(&mut self, stream: &mut JsonStream<R>) -> Step<()> {
        let mut listed = url::form_urlencoded::Serializer::new(String::new());
        members(stream, &mut |stream, name| match name {
            "text" => stream.text(LONG).map(|text| self.form = text),
            // Values are encoded as they were sent.
            "params" => pairs(stream, SHORT, &mut |name, value| {
                let value = percent_encoding::percent_decode_str(&value).decode_utf8_lossy();
                listed.append_pair(&name, &value);
            }),
            _ => stream.skip(),
        })?;
        if self.form.is_empty() {
            self.form = listed.finish();
        }
        Ok(())
    }

    fn response<R: Read>(&mut self, stream: &mut JsonStream<R>, budget: &'a Budget) -> Step<()> {
        members(stream, &mut |stream, name| match name {
            "status" => stream.whole().map(|status| self.status = status.unwrap_or_default()),
            "headers" => pairs(stream, SHORT, &mut |name, value| {
                if name.eq_ignore_ascii_case("content-range") {
                    self.range = Some(value.clone());
                }
                self.secrets.extend(secrets_in_header(&name, &value));
                if self.headers.len() < 200 {
                    self.headers.push((name, value));
                }
            }),
            "content" => self.content(stream, budget),
            _ => stream.skip(),
        })
    }

    fn content<R: Read>(&mut self, stream: &mut JsonStream<R>, budget: &'a Budget) -> Step<()> {
        members(stream, &mut |stream, name| match name {
            "mimeType" => stream.text(SHORT).map(|text| self.mime = text),
            "encoding" => stream.text(SHORT).map(|text| self.encoded = text.eq_ignore_ascii_case("base64")),
            "text" if stream.peek()? == Next::String => {
                // While the address is unknown, the body must be read.
                if !self.url.is_empty() && !recorded::is_wanted(&self.url, &self.mime) {
                    return stream.skip();
                }
                let mut body = Spill::new(budget);
                stream.string(&mut |bytes| body.add(bytes))?;
                self.body = Some(body);
                Ok(())
            }
            _ => stream.skip(),
        })
    }

    /// Returns how the response was received, with the facts that may be kept.
    pub(super) fn received(&self) -> Received {
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let status = u16::try_from(self.status).unwrap_or_default();
        Received::answer(&self.method, self.url.as_str(), &self.form)
            .with_answer(status, headers, self.time)
            .with_secrets(self.secrets.clone())
    }
}
