//! A stand-in for a cloud store, in memory: enough of S3 for what is used of it. Told so, it answers as OSS does, which knows
//! no `If-None-Match` (501) but `x-oss-forbid-overwrite`, or fails in the ways that stores fail.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use futures_util::stream;
use md5::{Digest as _, Md5};

/// How the store treats conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Conditions are passed over, as by old servers.
    Careless,
    /// `x-oss-forbid-overwrite`; 501 to `If-Match` and `If-None-Match`.
    Oss,
    /// `If-Match` and `If-None-Match`.
    S3,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is done, but the answer is cut off.
    Cut,
    /// It is never answered.
    Hang,
    /// It is done, but answered with a failure.
    Lost(u16),
    /// It is answered late.
    Slow,
    /// It is answered with this status and not done.
    Status(u16),
}

/// A request that was made.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    /// Name of the object, without the bucket.
    pub(crate) object: String,
    pub(crate) query: String,
}

type Faults = Box<dyn Fn(&Asked, usize) -> Option<Fault> + Send + Sync>;

struct State {
    manner: Manner,
    objects: BTreeMap<String, Bytes>,
    uploads: HashMap<String, BTreeMap<u32, Bytes>>,
    asked: Vec<Asked>,
    faults: Option<Faults>,
}

/// A running stand-in.
pub(crate) struct CloudStore {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    _runtime: tokio::runtime::Runtime,
}

/// The only bucket.
pub(crate) const BUCKET: &str = "bucket";
/// Objects in one answer to a listing.
const PAGE: usize = 40;

impl CloudStore {
    pub(crate) fn start(manner: Manner) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (objects, uploads) = (BTreeMap::new(), HashMap::new());
        let state = Arc::new(Mutex::new(State { manner, objects, uploads, asked: Vec::new(), faults: None }));
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::clone(&state);
        let router = Router::new().fallback(move |request: Request| answer(Arc::clone(&shared), request));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { address, state, _runtime: runtime }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets requests fail. `faults` is called with each and the number of those before it.
    pub(crate) fn fail(&self, faults: impl Fn(&Asked, usize) -> Option<Fault> + Send + Sync + 'static) {
        let mut state = self.state.lock().unwrap();
        state.asked.clear();
        state.faults = Some(Box::new(faults));
    }

    /// Lets no request fail any more, and forgets what was asked.
    pub(crate) fn recover(&self) {
        let mut state = self.state.lock().unwrap();
        state.faults = None;
        state.asked.clear();
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.lock().unwrap().asked.clone()
    }

    pub(crate) fn objects(&self) -> BTreeMap<String, Bytes> {
        self.state.lock().unwrap().objects.clone()
    }

    pub(crate) fn set(&self, object: &str, bytes: impl Into<Bytes>) {
        self.state.lock().unwrap().objects.insert(object.to_owned(), bytes.into());
    }

    pub(crate) fn remove(&self, object: &str) -> Bytes {
        self.state.lock().unwrap().objects.remove(object).unwrap()
    }
}

fn tag(bytes: &[u8]) -> String {
    format!("\"{}\"", hex::encode(Md5::digest(bytes)))
}

fn plain(status: u16, body: impl Into<Body>) -> Response {
    Response::builder().status(status).body(body.into()).unwrap()
}

fn failure(status: u16, code: &str) -> Response {
    plain(status, format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>told to</Message></Error>"))
}

async fn answer(state: Arc<Mutex<State>>, request: Request) -> Result<Response, Infallible> {
    let (parts, body) = request.into_parts();
    let path = percent_encoding::percent_decode_str(parts.uri.path()).decode_utf8_lossy().into_owned();
    let is_in_host = parts.headers.get("host").is_some_and(|host| host.as_bytes().starts_with(b"bucket."));
    let path = path.trim_start_matches('/');
    let object =
        if is_in_host { path } else { path.strip_prefix(BUCKET).unwrap_or("").trim_start_matches('/') }.to_owned();
    let query = parts.uri.query().unwrap_or("").to_owned();
    let asked = Asked { method: parts.method.clone(), object, query };
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let fault = {
        let mut state = state.lock().unwrap();
        let fault = state.faults.as_ref().and_then(|faults| faults(&asked, state.asked.len()));
        state.asked.push(asked.clone());
        fault
    };
    if let Some(Fault::Status(status)) = fault {
        let code = match status {
            403 => "AccessDenied",
            501 => "NotImplemented",
            _ => "InternalError",
        };
        return Ok(failure(status, code));
    }
    match fault {
        Some(Fault::Hang) => std::future::pending::<()>().await,
        Some(Fault::Slow) => tokio::time::sleep(Duration::from_millis(50)).await,
        _ => {}
    }
    let done = act(&mut state.lock().unwrap(), &asked, &parts.headers, body);
    match fault {
        Some(Fault::Lost(status)) => Ok(failure(status, "InternalError")),
        Some(Fault::Cut) => {
            let (parts, body) = done.into_parts();
            let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
            let half = bytes.slice(..bytes.len() / 2);
            let pieces = stream::iter([Ok(half), Err(std::io::Error::other("cut off"))]);
            Ok(Response::from_parts(parts, Body::from_stream(pieces)))
        }
        _ => Ok(done),
    }
}

fn act(state: &mut State, asked: &Asked, headers: &HeaderMap, body: Bytes) -> Response {
    let query: HashMap<String, String> = url::form_urlencoded::parse(asked.query.as_bytes()).into_owned().collect();
    let object = &asked.object;
    let upload = query.get("uploadId");
    match (asked.method.as_str(), upload) {
        ("GET", None) if object.is_empty() => list(state, &query),
        ("GET" | "HEAD", None) => get(state, object, headers),
        ("PUT", Some(upload)) => {
            let number = query["partNumber"].parse().unwrap();
            let tag = tag(&body);
            state.uploads.get_mut(upload).unwrap().insert(number, body);
            Response::builder().header("etag", tag).body(Body::empty()).unwrap()
        }
        ("PUT", None) => put(state, object, headers, body),
        ("POST", None) if query.contains_key("uploads") => {
            let id = format!("upload-{}", state.asked.len());
            state.uploads.insert(id.clone(), BTreeMap::new());
            plain(
                200,
                format!(
                    "<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
                ),
            )
        }
        ("POST", Some(upload)) => {
            let parts = state.uploads.remove(upload).unwrap();
            let whole: Vec<u8> = parts.values().flat_map(|part| part.iter().copied()).collect();
            let tag = tag(&whole);
            state.objects.insert(object.clone(), whole.into());
            plain(
                200,
                format!(
                    "<CompleteMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><Location>l</Location><ETag>{tag}</ETag></CompleteMultipartUploadResult>"
                ),
            )
        }
        ("DELETE", Some(upload)) => {
            state.uploads.remove(upload);
            plain(204, "")
        }
        _ => failure(405, "MethodNotAllowed"),
    }
}

fn put(state: &mut State, object: &str, headers: &HeaderMap, body: Bytes) -> Response {
    let there = state.objects.get(object);
    let value = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let (absent, same) = (value("if-none-match"), value("if-match"));
    match state.manner {
        Manner::Oss if absent.is_some() || same.is_some() => return failure(501, "NotImplemented"),
        Manner::Oss if value("x-oss-forbid-overwrite").is_some() && there.is_some() => {
            return failure(409, "FileAlreadyExists");
        }
        Manner::S3 if absent.is_some() && there.is_some() => return failure(412, "PreconditionFailed"),
        Manner::S3 if same.as_ref().is_some_and(|same| there.map(|there| tag(there)).as_ref() != Some(same)) => {
            return failure(412, "PreconditionFailed");
        }
        Manner::Careless | Manner::Oss | Manner::S3 => {}
    }
    let tag = tag(&body);
    state.objects.insert(object.to_owned(), body);
    Response::builder().header("etag", tag).body(Body::empty()).unwrap()
}

fn get(state: &State, object: &str, headers: &HeaderMap) -> Response {
    let Some(bytes) = state.objects.get(object) else { return failure(404, "NoSuchKey") };
    let value = |name: &str| headers.get(name).map(|value| value.to_str().unwrap());
    let (tag, size) = (tag(bytes), bytes.len());
    if value("if-match").is_some_and(|same| same != tag) {
        return failure(412, "PreconditionFailed");
    }
    let response = Response::builder().header("etag", &tag).header("last-modified", "Mon, 30 Nov 2026 00:00:00 GMT");
    let Some(range) = value("range").and_then(|range| range.strip_prefix("bytes=")) else {
        return response.header("content-length", size).body(Body::from(bytes.clone())).unwrap();
    };
    let (begin, end) = range.split_once('-').unwrap();
    let begin: usize = begin.parse().unwrap();
    let end = end.parse::<usize>().map_or(size, |last| size.min(last + 1));
    if begin >= end {
        return failure(416, "InvalidRange");
    }
    response
        .status(StatusCode::PARTIAL_CONTENT)
        .header("content-range", format!("bytes {begin}-{}/{size}", end - 1))
        .header("content-length", end - begin)
        .body(Body::from(bytes.slice(begin..end)))
        .unwrap()
}

fn list(state: &State, query: &HashMap<String, String>) -> Response {
    let prefix = query.get("prefix").map_or("", String::as_str);
    // Tencent pages by marker.
    let after = query.get("continuation-token").or_else(|| query.get("marker")).map_or("", String::as_str);
    let mut all = state.objects.iter().filter(|(name, _)| name.starts_with(prefix) && name.as_str() > after);
    let page: Vec<_> = all.by_ref().take(PAGE).collect();
    let mut body = "<ListBucketResult>".to_owned();
    write!(body, "<Name>{BUCKET}</Name><Prefix>{prefix}</Prefix><KeyCount>{}</KeyCount>", page.len()).unwrap();
    match (all.next(), page.last()) {
        (Some(_), Some((last, _))) => {
            write!(body, "<IsTruncated>true</IsTruncated><NextContinuationToken>{last}</NextContinuationToken><NextMarker>{last}</NextMarker>").unwrap();
        }
        _ => body += "<IsTruncated>false</IsTruncated>",
    }
    for (name, bytes) in page {
        let (tag, size) = (tag(bytes).replace('"', "&quot;"), bytes.len());
        write!(body, "<Contents><Key>{name}</Key><LastModified>2026-11-30T00:00:00.000Z</LastModified><ETag>{tag}</ETag><Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>").unwrap();
    }
    plain(200, body + "</ListBucketResult>")
}
