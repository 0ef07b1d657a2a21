//! Reads an HTTP exchange as debugging proxies save it: a request, a response, or both in sequence with their headers;
//! bodies may be chunked or compressed. Also writes the short form in which a response is kept if its meaning depends
//! on the request.

use std::io::Read as _;

use flate2::read::{GzDecoder, ZlibDecoder};
use jiff::fmt::rfc2822::DateTimeParser;

use crate::model::Time;

/// An HTTP exchange read from a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// The request's address if present: absolute, or a path with its query.
    pub url: String,
    /// The request's body.
    pub form: String,
    /// The response's status; `None` if there is only a request.
    pub status: Option<u16>,
    /// The time of the response, from its own header.
    pub time: Option<Time>,
    /// The response's body, decoded.
    pub body: Vec<u8>,
}

/// Maximum number of decoded bytes of a body.
const BODY: u64 = 256 * 1024 * 1024;

impl Exchange {
    /// Returns a parameter of the request, from its address or else from its form.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let query = self.url.split('#').next().unwrap_or_default().split_once('?').map_or("", |(_, query)| query);
        [query, &self.form].into_iter().find_map(|pairs| {
            let mut pairs = url::form_urlencoded::parse(pairs.as_bytes());
            pairs.find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.into_owned())
        })
    }

    /// Builds the short form: the given parameters as a request, the time, and the body.
    pub fn kept(path: &str, parameters: &[(&str, String)], time: Option<Time>, body: &[u8]) -> Vec<u8> {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in parameters {
            query.append_pair(name, value);
        }
        let date = time.map(|time| format!("Date: {time}\r\n")).unwrap_or_default();
        let head = format!(
            "GET {path}?{} HTTP/1.1\r\nHost: mp.weixin.qq.com\r\n\r\nHTTP/1.1 200 OK\r\n{date}\r\n",
            query.finish()
        );
        [head.as_bytes(), body].concat()
    }
}

/// Reads a file that begins like HTTP. Returns `None` for any other file, or if a body cannot be decoded.
pub fn read(bytes: &[u8]) -> Option<Exchange> {
    let mut exchange = Exchange::default();
    let rest = match request(bytes) {
        Some((url, head, rest)) => {
            url.clone_into(&mut exchange.url);
            let answer = find_answer(rest);
            let form = &rest[..answer.unwrap_or(rest.len())];
            if header(head, "content-type").is_none_or(|kind| kind.contains("form")) && form.len() <= 64 * 1024 {
                String::from_utf8_lossy(form).trim().clone_into(&mut exchange.form);
            }
            &rest[answer.unwrap_or(rest.len())..]
        }
        None => bytes,
    };
    if !rest.starts_with(b"HTTP/") {
        return (!exchange.url.is_empty()).then_some(exchange);
    }
    let (head, body) = split_head(rest)?;
    let head = String::from_utf8_lossy(head).into_owned();
    exchange.status = head.split(' ').nth(1).and_then(|status| status.get(..3)?.parse().ok());
    exchange.time = header(head.as_bytes(), "date").and_then(|date| when(&date));
    exchange.body = decode(&head, body)?;
    Some(exchange)
}

/// Reports whether a file begins like a request or a response.
pub fn looks_like(head: &[u8]) -> bool {
    head.starts_with(b"HTTP/1.") || head.starts_with(b"HTTP/2") || request(head).is_some()
}

/// Returns the address, the head and the rest of a request.
fn request(bytes: &[u8]) -> Option<(&str, &[u8], &[u8])> {
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?.trim_end();
    let mut words = line.split(' ');
    let (method, url, version) = (words.next()?, words.next()?, words.next()?);
    if !matches!(method, "GET" | "POST" | "HEAD" | "PUT") || !version.starts_with("HTTP/") || words.next().is_some() {
        return None;
    }
    let (head, rest) = split_head(bytes).unwrap_or((bytes, b""));
    Some((url, head, rest))
}

fn split_head(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let windows = memchr::memmem::find(bytes, b"\r\n\r\n").map(|at| (at, at + 4));
    let unix = memchr::memmem::find(bytes, b"\n\n").map(|at| (at, at + 2));
    let (end, start) = [windows, unix].into_iter().flatten().min()?;
    Some((&bytes[..end], &bytes[start..]))
}

/// Returns the offset of the response, which begins a line.
fn find_answer(rest: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(rest, b"HTTP/").find(|at| *at == 0 || rest[at - 1] == b'\n')
}

fn header(head: &[u8], name: &str) -> Option<String> {
    let head = String::from_utf8_lossy(head);
    let line = head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    });
    line.filter(|value| !value.is_empty())
}

fn when(date: &str) -> Option<Time> {
    let parsed =
        DateTimeParser::new().parse_zoned(date).ok().and_then(|time| Time::from_unix(time.timestamp().as_second()));
    parsed.or_else(|| date.parse().ok())
}

fn decode(head: &str, body: &[u8]) -> Option<Vec<u8>> {
    let named = |name: &str, coding: &str| {
        header(head.as_bytes(), name).is_some_and(|value| value.to_ascii_lowercase().contains(coding))
    };
    // Proxies that decode a body often leave its headers unchanged.
    let body = if named("transfer-encoding", "chunked") {
        unchunked(body).unwrap_or_else(|| body.to_vec())
    } else {
        body.to_vec()
    };
    let mut decoded = Vec::new();
    if body.starts_with(b"\x1f\x8b") {
        GzDecoder::new(body.as_slice()).take(BODY + 1).read_to_end(&mut decoded).ok()?;
    } else if named("content-encoding", "deflate") && body.first() == Some(&0x78) {
        ZlibDecoder::new(body.as_slice()).take(BODY + 1).read_to_end(&mut decoded).ok()?;
    } else {
        decoded = body;
    }
    // What is cut off would look whole.
    (decoded.len() as u64 <= BODY).then_some(decoded)
}

/// Joins a chunked body; returns `None` if the body is not chunked after all.
fn unchunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = memchr::memchr(b'\n', body)?;
        let size = std::str::from_utf8(&body[..end]).ok()?.trim().split(';').next()?;
        let size = usize::from_str_radix(size, 16).ok()?;
        body = &body[end + 1..];
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(body.get(..size)?);
        let rest = &body[size..];
        body = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"))?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exchange_is_read_with_its_request() {
        let text = "POST https://mp.weixin.qq.com/mp/getappmsgext?f=json HTTP/1.1\r\nHost: mp.weixin.qq.com\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n__biz=MzA%3D&mid=1&idx=2\r\nHTTP/1.1 200 OK\r\nDate: Mon, 03 Nov 2025 02:00:00 GMT\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\n\r\n";
        let exchange = read(text.as_bytes()).unwrap();
        assert_eq!(exchange.parameter("__biz").as_deref(), Some("MzA="));
        assert_eq!((exchange.status, exchange.body.as_slice()), (Some(200), &b"{\"a\":1}"[..]));
        assert_eq!(exchange.time, Time::from_unix(1_762_135_200));
    }

    #[test]
    fn an_answer_alone_and_the_kept_form_are_read() {
        assert_eq!(read(b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n{}").unwrap().body, b"{}");
        let time = Time::from_unix(1_762_135_200);
        let kept = Exchange::kept("/mp/getappmsgext", &[("mid", "1".to_owned())], time, b"{\"x\":1}");
        let again = read(&kept).unwrap();
        assert_eq!(
            (again.parameter("mid").as_deref(), again.time, again.body.as_slice()),
            (Some("1"), time, &b"{\"x\":1}"[..])
        );
    }

    #[test]
    fn what_is_no_exchange_is_none() {
        for text in ["{\"ret\":0}", "GET lost", "", "HTTP/1.1 200 OK", "POST a b c"] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }
}
