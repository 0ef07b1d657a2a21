//! The answer to one request.

use std::convert::Infallible;
use std::io::SeekFrom;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::range::{Part, part};
use crate::export::OutPath;
use crate::export::mirror::MEDIA_POLICY;

type Body = BoxBody<Bytes, std::io::Error>;

/// Answers.
pub(super) async fn answer(
    site: Arc<Path>,
    address: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let head = request.method() == Method::HEAD;
    let mut response = if !is_for_us(request.headers().get(header::HOST), address) {
        words(StatusCode::FORBIDDEN, "this address only")
    } else if head || request.method() == Method::GET {
        file(&site, &request).await
    } else {
        let mut refused = words(StatusCode::METHOD_NOT_ALLOWED, "GET and HEAD only");
        refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        refused
    };
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    // Feeds and the sitemap are XML too, and the program's own.
    let is_medium = ["image/", "video/", "audio/", "application/octet-stream"].iter().any(|it| kind.starts_with(it));
    let headers = response.headers_mut();
    // The site changes under the preview; what is seen is what is there.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let policy = if is_medium { MEDIA_POLICY } else { "frame-ancestors 'none'" };
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    if head {
        *response.body_mut() = empty();
    }
    Ok(response)
}

/// Whether the request names this address: a name that somebody else lets point here is not ours.
fn is_for_us(host: Option<&HeaderValue>, address: SocketAddr) -> bool {
    let port = address.port();
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    [format!("127.0.0.1:{port}"), format!("localhost:{port}")].contains(&host) || (port == 80 && host == "localhost")
}

async fn file(site: &Path, request: &Request<Incoming>) -> Response<Body> {
    let path = request.uri().path();
    let Some(found) = find(site, path).await else { return not_found(site).await };
    let (path, size) = match found {
        Target::File(path, size) => (path, size),
        Target::Folder => {
            // Relative URLs of the page are read from the folder, so that its address has to end in `/`.
            let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
            let mut moved = words(StatusCode::MOVED_PERMANENTLY, "");
            if let Ok(to) = HeaderValue::from_str(&format!("/{}/{query}", path.trim_matches('/'))) {
                moved.headers_mut().insert(header::LOCATION, to);
            }
            return moved;
        }
    };
    let kind = HeaderValue::from_static(content_type(&path));
    let range = request.headers().get(header::RANGE).and_then(|range| range.to_str().ok());
    let part = part(range, size);
    let (from, length) = match part {
        Part::Whole => (0, size),
        Part::Some { from, length } => (from, length),
        Part::Beyond => {
            let mut beyond = words(StatusCode::RANGE_NOT_SATISFIABLE, "");
            if let Ok(range) = HeaderValue::from_str(&format!("bytes */{size}")) {
                beyond.headers_mut().insert(header::CONTENT_RANGE, range);
            }
            return beyond;
        }
    };
    let Ok(body) = read(&path, from, length).await else { return not_found(site).await };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let (Part::Some { .. }, Ok(range)) =
        (part, HeaderValue::from_str(&format!("bytes {from}-{}/{size}", from + length.max(1) - 1)))
    {
        headers.insert(header::CONTENT_RANGE, range);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    response
}

enum Target {
    File(PathBuf, u64),
    Folder,
}

/// The file of the site that a path names. A path is what an export could have written, and what it leads to is inside of
/// the site, links of the file system followed.
async fn find(site: &Path, path: &str) -> Option<Target> {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    let inner = decoded.strip_prefix('/')?;
    let folder = inner.is_empty() || inner.ends_with('/');
    let name = if folder { format!("{inner}index.html") } else { inner.to_owned() };
    let full = tokio::fs::canonicalize(OutPath::new(name).ok()?.inside(site)).await.ok()?;
    if !full.starts_with(site) {
        return None;
    }
    let metadata = tokio::fs::metadata(&full).await.ok()?;
    if metadata.is_file() {
        return Some(Target::File(full, metadata.len()));
    }
    let index = tokio::fs::metadata(full.join("index.html")).await.ok()?;
    index.is_file().then_some(Target::Folder)
}

async fn read(path: &Path, from: u64, length: u64) -> std::io::Result<Body> {
    let mut file = File::open(path).await?;
    file.seek(SeekFrom::Start(from)).await?;
    let stream = ReaderStream::with_capacity(file.take(length), 1 << 16).map_ok(Frame::data);
    Ok(BodyExt::boxed(StreamBody::new(stream)))
}

/// The site's own page for what is not there.
async fn not_found(site: &Path) -> Response<Body> {
    let Ok(page) = tokio::fs::read_to_string(site.join("404.html")).await else {
        return words(StatusCode::NOT_FOUND, "404");
    };
    let mut response = Response::new(full(from_the_top(&page)));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

/// The page is shown for paths of any depth: its relative URLs are read from the top of the site.
fn from_the_top(page: &str) -> String {
    let mut out = String::with_capacity(page.len() + 256);
    let mut rest = page;
    while let Some(at) =
        [" href=\"", " src=\"", " data-root=\""].iter().filter_map(|it| Some(rest.find(it)? + it.len())).min()
    {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let value = after.split('"').next().unwrap_or_default();
        if !value.starts_with(['/', '#']) && !value.contains(':') {
            out.push('/');
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn words(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(full(text.to_owned()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

fn full(text: String) -> Body {
    Full::new(Bytes::from(text)).map_err(|never| match never {}).boxed()
}

fn empty() -> Body {
    full(String::new())
}

/// By extension: the names of a site's files are its maker's.
fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "xml" => "application/xml",
        "csv" => "text/csv; charset=utf-8",
        "txt" | "conf" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "bmp" => "image/bmp",
        "ico" => "image/x-icon",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "ogg" => "audio/ogg",
        "wav" => "audio/wav",
        "mp4" | "m4v" => "video/mp4",
        "webm" => "video/webm",
        "mov" => "video/quicktime",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_address_is_answered_for() {
        let address = SocketAddr::from(([127, 0, 0, 1], 4321));
        let asks = |host: &'static str| is_for_us(Some(&HeaderValue::from_static(host)), address);
        assert!(asks("127.0.0.1:4321") && asks("LOCALHOST:4321"));
        assert!(
            !asks("evil.example:4321") && !asks("127.0.0.1") && !asks("127.0.0.1:4322") && !asks("127.0.0.1:43210")
        );
        assert!(!is_for_us(None, address));
    }

    #[test]
    fn the_page_for_what_is_missing_is_whole_at_any_depth() {
        assert_eq!(
            from_the_top(
                "<link href=\"assets/a.css\"><a href=\"#x\"><a href=\"https://e.org\"><img src=\"/b\"><script src=\"c.js\" data-root=\"\">"
            ),
            "<link href=\"/assets/a.css\"><a href=\"#x\"><a href=\"https://e.org\"><img src=\"/b\"><script src=\"/c.js\" data-root=\"/\">"
        );
    }
}
