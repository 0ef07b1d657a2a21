//! Downloads a file to disk: computes its digest on the way, resumes an earlier try, and judges the result by content.

use std::path::{Path, PathBuf};

use reqwest::StatusCode;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_RANGE, ETAG, HeaderMap, HeaderValue, IF_RANGE, RANGE, REFERER};

use crate::error::Error;
use crate::model::{GapReason, MediaKey, MediaRef, MediaRole, Sha256};
use crate::platform;

use super::address::PlatformUrl;
use super::body::{self, Encoding, Limits};
use super::evidence::Exchange;
use super::failure::Failure;
use super::fetcher::Fetcher;
use super::partial::{Finished, Partial, Version};
use super::{classify, retry};
use crate::model::sniff::Sniffed;

/// Request for a medium.
#[derive(Clone, Debug)]
pub struct MediaRequest {
    /// Account the medium is fetched for.
    pub account: String,
    /// Identity of the medium; names the partial file.
    pub key: MediaKey,
    /// Expected role.
    pub role: MediaRole,
    /// URLs to try, best rendition first.
    pub urls: Vec<String>,
    /// Width and height declared by the page.
    pub declared: Option<(u32, u32)>,
    /// Size in bytes declared by the page for the first URL.
    pub bytes: Option<u64>,
    /// Whether it is a video whose beginning may be encrypted: content of unknown type is accepted.
    pub hidden: bool,
}

impl MediaRequest {
    /// Creates the request for a medium named by a page.
    pub fn of(account: &str, medium: &MediaRef) -> Self {
        Self {
            account: account.to_owned(),
            key: medium.key.clone(),
            role: medium.role,
            urls: medium.urls.clone(),
            declared: medium.width.zip(medium.height),
            bytes: medium.bytes,
            hidden: false,
        }
    }
}

/// A complete file of the expected kind, still in the folder of partial files until the caller moves it.
#[derive(Clone, Debug)]
pub struct FetchedFile {
    /// Path of the file.
    pub path: PathBuf,
    /// Digest of the content.
    pub sha256: Sha256,
    /// Size.
    pub bytes: u64,
    /// Type, by content.
    pub kind: Sniffed,
    /// First bytes.
    pub head: Vec<u8>,
    /// Record of the exchange; for a resumed download, of its last part.
    pub exchange: Exchange,
}

pub(super) async fn fetch(fetcher: &Fetcher, request: &MediaRequest, folder: &Path) -> Result<FetchedFile, Failure> {
    let mut last = None;
    for (index, url) in request.urls.iter().enumerate() {
        let url = match PlatformUrl::parse(url) {
            Ok(url) => url,
            Err(error) => {
                last.get_or_insert(Failure::from(error));
                continue;
            }
        };
        match rendition(fetcher, request, &url, index == 0, folder).await {
            Ok(file) => return Ok(file),
            Err(failure) if failure.is_disk() => return Err(failure),
            // A poorer rendition is worth trying; the first failure is the one to report.
            Err(failure) => {
                last.get_or_insert(failure);
            }
        }
    }
    Err(last.unwrap_or_else(|| {
        Failure::from(Error::new(crate::error::Kind::Download, "fetch-no-url").with("key", request.key.as_str()))
    }))
}

async fn rendition(
    fetcher: &Fetcher,
    request: &MediaRequest,
    url: &PlatformUrl,
    best: bool,
    folder: &Path,
) -> Result<FetchedFile, Failure> {
    let mut tries = fetcher.tries(&request.account, url);
    loop {
        let pass = tries.enter().await?;
        let mut exchange = Exchange::new("GET", url, fetcher.time);
        let outcome = attempt(fetcher, request, url, folder, &mut exchange).await;
        drop(pass);
        let outcome = outcome.and_then(|finished| judge(fetcher, request, url, best, finished));
        match outcome {
            Ok((finished, kind)) => {
                tries.succeeded(finished.bytes);
                let Finished { path, sha256, bytes, head } = finished;
                return Ok(FetchedFile { path, sha256, bytes, kind, head, exchange });
            }
            Err(failure) => {
                let failure = if exchange.status == 0 { failure } else { failure.after(exchange) };
                tries.failed(failure).await?;
            }
        }
    }
}

/// Makes one try. Keeps the received bytes for the next one where it can resume from them.
async fn attempt(
    fetcher: &Fetcher,
    request: &MediaRequest,
    url: &PlatformUrl,
    folder: &Path,
    exchange: &mut Exchange,
) -> Result<Finished, Failure> {
    let mut partial = Partial::open(folder, request.key.as_str(), url.url().as_str()).map_err(Failure::disk)?;
    match transfer(fetcher, url, &mut partial, exchange).await {
        Ok(()) => partial.finish().map_err(Failure::disk),
        Err(failure) => {
            partial.leave().map_err(Failure::disk)?;
            Err(failure)
        }
    }
}

async fn transfer(
    fetcher: &Fetcher,
    url: &PlatformUrl,
    partial: &mut Partial,
    exchange: &mut Exchange,
) -> Result<(), Failure> {
    let settings = &fetcher.settings;
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("image/*,audio/*,video/*;q=0.9,*/*;q=0.5"));
    // Ranges count bytes of the encoded form; without an encoding there is only one form.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    // The file hosts refuse referrers from other sites; none and the platform's own are accepted.
    headers.insert(REFERER, HeaderValue::from_static("https://mp.weixin.qq.com/"));
    let resumed = partial.resumable().map(|(held, version)| (held, version.clone()));
    if let Some((held, version)) = &resumed
        && let Ok(tag) = HeaderValue::from_str(&version.etag)
        && let Ok(range) = HeaderValue::from_str(&format!("bytes={held}-"))
    {
        headers.insert(IF_RANGE, tag);
        headers.insert(RANGE, range);
    }
    let (mut response, _) = fetcher.transport.get(url, &headers, settings, exchange).await?;
    let write_failed = |error| Failure::disk(Error::disk("fetch-write-failed", url, error));
    let status = response.status();
    match (status, &resumed) {
        (StatusCode::PARTIAL_CONTENT, Some((held, version))) if continues(response.headers(), *held, version) => {}
        // The range does not continue what is held: start over.
        (StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE, Some(_)) => {
            partial.restart(None).map_err(write_failed)?;
            return Err(Failure::passing("fetch-range-refused", url));
        }
        (StatusCode::OK, _) => partial.restart(version_of(url, response.headers())).map_err(write_failed)?,
        _ => return Err(retry::of_status(url, status, response.headers(), settings)),
    }
    let held = partial.written();
    let limits = Limits { bytes: settings.media_limit.saturating_sub(held), total: settings.media_timeout };
    let read = body::read(url, &mut response, limits, settings, partial).await?;
    exchange.length_verified = read.length_verified;
    Ok(())
}

/// Reports whether a 206 continues exactly where the download stopped, with the same version and size.
fn continues(headers: &HeaderMap, held: u64, version: &Version) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let range = format!("bytes {held}-{}/{}", version.total.saturating_sub(1), version.total);
    text(CONTENT_RANGE).is_some_and(|given| given.trim().eq_ignore_ascii_case(&range))
        && text(ETAG).is_none_or(|tag| tag == version.etag)
}

/// Returns the version of a 200 if it can be resumed later: a strong tag, a size, no encoding.
fn version_of(url: &PlatformUrl, headers: &HeaderMap) -> Option<Version> {
    let etag = headers.get(ETAG)?.to_str().ok()?.trim();
    let strong = etag.len() > 2 && etag.starts_with('"') && etag.ends_with('"');
    let plain = Encoding::of(url, headers).is_ok_and(|encoding| encoding == Encoding::Plain);
    let total = body::promised_length(headers)?;
    (strong && plain).then(|| Version { etag: etag.to_owned(), total })
}

/// Checks that the finished file is what was requested. Removes it if it is not.
fn judge(
    fetcher: &Fetcher,
    request: &MediaRequest,
    url: &PlatformUrl,
    best: bool,
    finished: Finished,
) -> Result<(Finished, Sniffed), Failure> {
    let verdict = verdict(fetcher, request, url, best, &finished);
    match verdict {
        Ok(kind) => Ok((finished, kind)),
        Err(failure) => {
            platform::remove_file(&finished.path)
                .map_err(|error| Failure::disk(Error::disk("fetch-partial-failed", finished.path.display(), error)))?;
            Err(failure)
        }
    }
}

fn verdict(
    fetcher: &Fetcher,
    request: &MediaRequest,
    url: &PlatformUrl,
    best: bool,
    finished: &Finished,
) -> Result<Sniffed, Failure> {
    let Finished { sha256, bytes, head, .. } = finished;
    let judged = match classify::media(request.role, head, *bytes, url.host()) {
        Err(not) if request.hidden && not.found == classify::UNKNOWN => {
            Ok(Sniffed { mime: "application/octet-stream", extension: "bin" })
        }
        judged => judged,
    };
    let kind = judged.map_err(|not| {
        let failure = Failure::download(not.code, url).with("found", &not.found);
        Failure { reason: not.reason, ..failure }
    })?;
    if let Some(declared) = request.bytes.filter(|declared| best && declared != bytes) {
        let failure = Failure::download("fetch-size-differs", url).with("declared", declared).with("bytes", bytes);
        return Err(Failure { reason: GapReason::HashMismatch, ..failure });
    }
    if kind.is_image() && fetcher.placeholders.is_placeholder(&request.key, request.declared, *sha256, head, *bytes) {
        let failure = Failure::download("fetch-placeholder", url);
        return Err(Failure { reason: GapReason::Placeholder, ..failure });
    }
    Ok(kind)
}
