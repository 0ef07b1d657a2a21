//! Scripts the replies of the stand-in, including broken ones.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Response, StatusCode};
use futures_util::{StreamExt as _, stream};

use super::Hit;

/// A scripted reply.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
    fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    /// Sends no headers for this long.
    Late(Duration),
    /// Breaks off the body after this many bytes.
    Cut(usize),
    /// Stops the body after this many bytes and keeps the connection open.
    Stall(usize),
    /// Sends the body in pieces of this many bytes, one per this many milliseconds.
    Drip(usize, u64),
    /// Sends the whole body under the length that a header declares.
    Promised,
    /// Supports ranges and `If-Range`, as file hosts do.
    Ranges,
    /// As [`Fault::Ranges`], but breaks off a complete response after this many bytes.
    RangesCut(usize),
}

impl Reply {
    /// Returns a 200 with a body.
    pub(crate) fn ok(body: impl Into<Bytes>) -> Self {
        Self { status: 200, headers: Vec::new(), body: body.into(), fault: Fault::None }
    }

    /// Returns a status with a short body.
    pub(crate) fn status(status: u16) -> Self {
        Self { status, ..Self::ok("no") }
    }

    /// Returns a redirect.
    pub(crate) fn redirect(location: &str) -> Self {
        Self::status(302).header("location", location)
    }

    /// Returns a file with a strong tag that supports ranges.
    pub(crate) fn file(body: impl Into<Bytes>, etag: &str) -> Self {
        Self { fault: Fault::Ranges, ..Self::ok(body).header("etag", etag) }
    }

    /// Returns JSON as the platform sends it: slashes escaped, the content type often wrong.
    pub(crate) fn json(value: &serde_json::Value) -> Self {
        Self::ok(value.to_string().replace('/', "\\/")).header("content-type", "text/plain")
    }

    /// Returns this status with this body.
    pub(crate) fn with_status(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, ..Self::ok(body) }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Delays the headers.
    pub(crate) fn late(self, wait: Duration) -> Self {
        Self { fault: Fault::Late(wait), ..self }
    }

    /// Breaks off the body after this many bytes.
    pub(crate) fn cut(self, after: usize) -> Self {
        let fault = if self.fault == Fault::Ranges { Fault::RangesCut(after) } else { Fault::Cut(after) };
        Self { fault, ..self }
    }

    /// Stops the body after this many bytes without ending it.
    pub(crate) fn stall(self, after: usize) -> Self {
        Self { fault: Fault::Stall(after), ..self }
    }

    /// Sends the body in small pieces.
    pub(crate) fn drip(self, bytes: usize, millis: u64) -> Self {
        Self { fault: Fault::Drip(bytes, millis), ..self }
    }

    pub(super) async fn send(self, hit: &Hit) -> Response<Body> {
        let mut response = Response::builder().status(StatusCode::from_u16(self.status).unwrap());
        // A fixed date: the kept form of a response does not depend on when it was requested.
        response = response.header("date", "Tue, 25 Nov 2025 00:00:00 GMT");
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        let length = self.body.len();
        let has_length = self.headers.iter().any(|(name, _)| name == "content-length");
        if !has_length && !matches!(self.fault, Fault::None | Fault::Ranges | Fault::RangesCut(_)) {
            response = response.header("content-length", length);
        }
        let whole = self.body.clone();
        let body = match self.fault {
            Fault::None => Body::from(whole),
            Fault::Late(wait) => {
                tokio::time::sleep(wait).await;
                Body::from(whole)
            }
            Fault::Promised => broken_off(whole),
            Fault::Cut(after) => broken_off(whole.slice(..after)),
            Fault::Stall(after) => Body::from_stream(
                stream::iter([Ok::<_, std::io::Error>(whole.slice(..after))]).chain(stream::pending()),
            ),
            Fault::Drip(bytes, millis) => {
                let pieces: Vec<Bytes> = whole.chunks(bytes).map(Bytes::copy_from_slice).collect();
                Body::from_stream(stream::iter(pieces).then(move |piece| async move {
                    tokio::time::sleep(Duration::from_millis(millis)).await;
                    Ok::<_, std::io::Error>(piece)
                }))
            }
            Fault::Ranges | Fault::RangesCut(_) => {
                let start = self.range_start(hit);
                if let Some(start) = start {
                    response = response
                        .status(StatusCode::PARTIAL_CONTENT)
                        .header("content-range", format!("bytes {start}-{}/{length}", length - 1));
                }
                let rest = whole.slice(start.unwrap_or(0)..);
                response = response.header("content-length", rest.len()).header("accept-ranges", "bytes");
                match (self.fault, start) {
                    (Fault::RangesCut(after), None) => broken_off(rest.slice(..after)),
                    _ => Body::from(rest),
                }
            }
        };
        response.body(body).unwrap()
    }

    /// Returns the start of a range request if it refers to this version.
    fn range_start(&self, hit: &Hit) -> Option<usize> {
        let tag = self.headers.iter().find(|(name, _)| name == "etag").map(|(_, value)| value);
        let start = hit.headers.get("range")?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()?;
        (hit.headers.get("if-range") == tag && start < self.body.len()).then_some(start)
    }
}

/// A disturbance of a good response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disturbance {
    /// Half of the body, then the connection breaks.
    Cut,
    /// Other bytes instead of the body.
    Garbage,
    /// No response for this long.
    Late(Duration),
    /// Half of the body, then nothing, with the connection kept open.
    Stall,
    /// A status instead of the response.
    Status(u16),
    /// Half of the body as if it were complete.
    Half,
    /// A declared length above the actual one.
    WrongLength,
    /// The web page of a captive portal.
    Portal,
}

impl Disturbance {
    pub(super) fn of(self, reply: Reply) -> Reply {
        let half = reply.body.len() / 2;
        match self {
            Self::Cut => reply.cut(half),
            Self::Garbage => Reply::ok(vec![0x9f_u8; half.max(16)]).header("content-type", "application/json"),
            Self::Late(wait) => reply.late(wait),
            Self::Stall => reply.stall(half),
            Self::Status(status) => Reply::status(status),
            Self::Half => {
                let body = reply.body.slice(..half);
                Reply { body, ..reply }
            }
            Self::WrongLength => {
                let length = (reply.body.len() + 100).to_string();
                let body = reply.body.clone();
                Reply { fault: Fault::Promised, body, ..reply }.header("content-length", length)
            }
            Self::Portal => Reply::ok("<html><body>请先登录网络</body></html>").header("content-type", "text/html"),
        }
    }
}

fn broken_off(bytes: Bytes) -> Body {
    let broken = Err(std::io::Error::other("scripted cut"));
    // The pause lets the bytes be sent before the connection is torn down.
    Body::from_stream(stream::iter([Ok(bytes), broken]).then(|piece| async {
        tokio::time::sleep(Duration::from_millis(if piece.is_err() { 30 } else { 0 })).await;
        piece
    }))
}
