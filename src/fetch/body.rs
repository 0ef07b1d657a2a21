//! Reads a response body completely or fails. Enforces idle and total timeouts, a minimum rate and a limit on decoded
//! bytes, undoes one layer of encoding, and compares the length with the announced one.

use std::io::{self, Write};
use std::time::Duration;

use flate2::write::MultiGzDecoder;
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use reqwest::{Response, Version};
use tokio::time::Instant;

use super::address::PlatformUrl;
use super::failure::Failure;
use super::retry;
use super::settings::Settings;
use crate::error::Error;

/// Encoding of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// No encoding.
    Plain,
    /// One layer of gzip.
    Gzip,
}

impl Encoding {
    /// Reads the encoding from a response's headers.
    ///
    /// # Errors
    /// `fetch-encoding-refused` for any other encoding and for more than one layer: requests ask for neither.
    pub fn of(url: &PlatformUrl, headers: &HeaderMap) -> Result<Self, Failure> {
        let layers: Vec<String> = headers
            .get_all(CONTENT_ENCODING)
            .iter()
            .flat_map(|value| {
                String::from_utf8_lossy(value.as_bytes())
                    .split(',')
                    .map(str::trim)
                    .map(str::to_ascii_lowercase)
                    .collect::<Vec<_>>()
            })
            .filter(|layer| !layer.is_empty() && layer != "identity")
            .collect();
        match layers.as_slice() {
            [] => Ok(Self::Plain),
            [one] if one == "gzip" || one == "x-gzip" => Ok(Self::Gzip),
            other => Err(Failure::download("fetch-encoding-refused", url).with("encoding", other.join(", "))),
        }
    }
}

/// Limits of one body.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Decoded bytes.
    pub bytes: u64,
    /// Time for the whole body.
    pub total: Duration,
}

/// Result of reading a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// Bytes on the wire.
    pub wire: u64,
    /// Whether the end of the body was seen, not only a closed connection.
    pub length_verified: bool,
}

/// Reads the body of `response` into `sink`.
pub async fn read(
    url: &PlatformUrl,
    response: &mut Response,
    limits: Limits,
    settings: &Settings,
    sink: &mut (impl Write + Send),
) -> Result<Read, Failure> {
    let encoding = Encoding::of(url, response.headers())?;
    let promised = promised_length(response.headers());
    let chunked = response.headers().contains_key(TRANSFER_ENCODING) || response.version() >= Version::HTTP_2;
    if encoding == Encoding::Plain && promised.is_some_and(|length| length > limits.bytes) {
        return Err(too_large(url, limits.bytes));
    }
    let mut capped = Capped { sink, left: limits.bytes, trouble: None };
    let wire = match encoding {
        Encoding::Plain => pump(url, response, limits.total, settings, &mut capped).await,
        Encoding::Gzip => {
            let mut decoder = MultiGzDecoder::new(&mut capped);
            match pump(url, response, limits.total, settings, &mut decoder).await {
                Ok(wire) => decoder
                    .try_finish()
                    .map(|()| wire)
                    .map_err(|error| Failure::passing("fetch-body-broken", url).because(error)),
                Err(failure) => Err(failure),
            }
        }
    };
    // The sink's own error takes precedence: the decoder only reports it as an I/O error.
    match capped.trouble {
        Some(Trouble::TooLarge) => return Err(too_large(url, limits.bytes)),
        Some(Trouble::Sink(error)) => return Err(Failure::disk(Error::disk("fetch-write-failed", url, error))),
        None => {}
    }
    let wire = wire?;
    if promised.is_some_and(|length| length != wire) {
        return Err(Failure::passing("fetch-length-mismatch", url).with("length", wire));
    }
    Ok(Read { wire, length_verified: chunked || promised.is_some() })
}

fn too_large(url: &PlatformUrl, limit: u64) -> Failure {
    let failure = Failure::download("fetch-too-large", url).with("limit", limit);
    Failure { reason: crate::model::GapReason::TooLarge, ..failure }
}

/// Reads `Content-Length`.
pub fn promised_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
}

async fn pump(
    url: &PlatformUrl,
    response: &mut Response,
    total: Duration,
    settings: &Settings,
    sink: &mut (impl Write + Send),
) -> Result<u64, Failure> {
    let start = Instant::now();
    let mut wire = 0;
    loop {
        let spent = start.elapsed();
        let Some(rest) = total.checked_sub(spent) else {
            return Err(Failure::passing("fetch-timeout", url).with("stage", "total"));
        };
        let chunk = tokio::time::timeout(settings.idle_timeout.min(rest), response.chunk())
            .await
            .map_err(|_| Failure::passing("fetch-timeout", url).with("stage", "body"))?
            .map_err(|error| retry::of_transport(url, error))?;
        let Some(chunk) = chunk else { return Ok(wire) };
        wire += chunk.len() as u64;
        if let Err(error) = sink.write_all(&chunk) {
            return Err(Failure::passing("fetch-body-broken", url).because(error));
        }
        let spent = start.elapsed();
        if spent > settings.rate_grace && wire < settings.minimum_rate.saturating_mul(spent.as_secs()) {
            return Err(Failure::passing("fetch-too-slow", url).with("rate", settings.minimum_rate));
        }
    }
}

/// Writer that enforces the limit and records why a write failed.
struct Capped<'a, W> {
    sink: &'a mut W,
    left: u64,
    trouble: Option<Trouble>,
}

enum Trouble {
    TooLarge,
    Sink(io::Error),
}

impl<W: Write> Write for Capped<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(left) = self.left.checked_sub(bytes.len() as u64) else {
            self.trouble = Some(Trouble::TooLarge);
            return Err(io::ErrorKind::FileTooLarge.into());
        };
        if let Err(error) = self.sink.write_all(bytes) {
            let kind = error.kind();
            self.trouble = Some(Trouble::Sink(error));
            return Err(kind.into());
        }
        self.left = left;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn one_layer_of_gzip_and_no_more() {
        let url = PlatformUrl::parse("https://mp.weixin.qq.com/s/x").unwrap();
        let of = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(CONTENT_ENCODING, HeaderValue::from_static(value));
            }
            Encoding::of(&url, &headers).map_err(|failure| failure.error.code())
        };
        assert_eq!(of(&[]), Ok(Encoding::Plain));
        assert_eq!(of(&["identity"]), Ok(Encoding::Plain));
        assert_eq!(of(&["GZIP"]), Ok(Encoding::Gzip));
        assert_eq!(of(&["gzip, gzip"]), Err("fetch-encoding-refused"));
        assert_eq!(of(&["gzip", "gzip"]), Err("fetch-encoding-refused"));
        assert_eq!(of(&["br"]), Err("fetch-encoding-refused"));
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&vec![0; 10_000_000]).unwrap();
        let bomb = encoder.finish().unwrap();
        let mut out = Vec::new();
        let mut capped = Capped { sink: &mut out, left: 100_000, trouble: None };
        let mut decoder = MultiGzDecoder::new(&mut capped);
        assert!(decoder.write_all(&bomb).is_err());
        drop(decoder);
        assert!(matches!(capped.trouble, Some(Trouble::TooLarge)));
        assert!(out.len() <= 100_000);
    }

    #[test]
    fn a_truncated_stream_is_an_error() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&b"words ".repeat(1000)).unwrap();
        let whole = encoder.finish().unwrap();
        for end in [5, 12, whole.len() / 2, whole.len() - 4, whole.len() - 1] {
            let mut decoder = MultiGzDecoder::new(Vec::new());
            let written = decoder.write_all(&whole[..end]);
            assert!(written.is_err() || decoder.try_finish().is_err(), "{end} of {}", whole.len());
        }
    }
}
