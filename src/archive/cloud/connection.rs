//! The connection to a store: requests, retries, and what their failures mean. The operator is asynchronous; everything
//! above it is not. Requests run on threads of their own, so that a caller may itself be inside of a runtime.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::ops::Range;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use opendal::layers::{RetryLayer, TimeoutLayer};
use opendal::services::{Cos, Oss, S3};
use opendal::{ErrorKind, HttpTransporter, OperationContext, Operator};
use opendal_http_transport_reqwest::ReqwestTransport;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::runtime::Runtime;

use crate::error::{Error, Kind, Result};
use crate::model::store_address::{StoreAddress, StoreService, StoreSettings};

/// Code of a request that got no answer, or none that could be used, after all retries.
pub(super) const UNREACHABLE: &str = "store-unreachable";
/// Code of a request that the key does not permit.
pub(super) const REFUSED: &str = "store-refused";

/// Number of parts of a large file that are sent at the same time.
const PARTS_AT_ONCE: usize = 4;
/// Most parts that providers take for one object, with some to spare.
const MOST_PARTS: u64 = 9_000;

/// The connections of this process, by address: as the credentials of the environment, they are the same for everybody.
static KNOWN: LazyLock<Mutex<BTreeMap<StoreAddress, Arc<Connection>>>> = LazyLock::new(Mutex::default);

/// Connects this process to the store at `address`. No request is made.
///
/// # Errors
/// `store-settings-invalid`, `store-unreachable`.
pub fn connect(address: &StoreAddress, settings: &StoreSettings) -> Result<()> {
    let operator = operator(address, settings)?;
    let mut connection = Connection::new(address, operator, settings.part_bytes);
    let key = settings.key.iter();
    connection.secrets = key.flat_map(|key| [Some(&key.secret), key.token.as_ref()]).flatten().cloned().collect();
    keep(connection);
    Ok(())
}

/// Connects this process to `operator` under `address`. Large files are sent in parts of `part_bytes`.
pub fn connect_to(address: &StoreAddress, operator: Operator, part_bytes: usize) {
    keep(Connection::new(address, operator, part_bytes));
}

/// Forgets the connection to `address`.
pub fn disconnect(address: &StoreAddress) {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).remove(address);
}

fn keep(connection: Connection) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.insert(connection.address.clone(), Arc::new(connection));
}

/// Builds the operator of a provider. Its own search for credentials is off: the key is the one that was given.
fn operator(address: &StoreAddress, settings: &StoreSettings) -> Result<Operator> {
    let invalid = |error: opendal::Error| {
        // The message may repeat what was set; its kind and the address are enough.
        Error::usage("store-settings-invalid").with("address", address).with("cause", error.kind())
    };
    let key = settings.key.as_ref();
    let (id, secret) = key.map_or(("", ""), |key| (key.id.as_str(), key.secret.expose_secret()));
    let token = key.and_then(|key| key.token.as_ref()).map_or("", |token| token.expose_secret());
    let endpoint = settings.endpoint.as_deref();
    let root = format!("/{}/", address.prefix);
    let operator = match address.service {
        StoreService::Cos => {
            let cos = Cos::default().root(&root).bucket(&address.bucket).secret_id(id).secret_key(secret);
            let cos = if token.is_empty() { cos } else { cos.security_token(token) };
            Operator::new(cos.endpoint(endpoint.unwrap_or_default()).disable_config_load()).map_err(invalid)?
        }
        StoreService::Oss => {
            let oss = Oss::default().root(&root).bucket(&address.bucket).access_key_id(id).access_key_secret(secret);
            let oss = if token.is_empty() { oss } else { oss.security_token(token) };
            let oss = if settings.path_style { oss.addressing_style("path") } else { oss };
            Operator::new(oss.endpoint(endpoint.unwrap_or_default())).map_err(invalid)?
        }
        StoreService::S3 => {
            let s3 = S3::default().root(&root).bucket(&address.bucket).access_key_id(id).secret_access_key(secret);
            let s3 = if token.is_empty() { s3 } else { s3.session_token(token) };
            let s3 = s3.disable_config_load().disable_ec2_metadata();
            let s3 = match endpoint {
                // Servers of one's own seldom have a host name for each bucket.
                Some(endpoint) => s3.endpoint(endpoint),
                None if settings.path_style => s3,
                None => s3.enable_virtual_host_style(),
            };
            Operator::new(s3.region(settings.region.as_deref().unwrap_or("us-east-1"))).map_err(invalid)?
        }
    };
    let client = reqwest::Client::builder().connect_timeout(settings.timeout).read_timeout(settings.timeout);
    // Names of buckets below `localhost` are no names of the system.
    let local = format!("{}.localhost", address.bucket);
    // Plain connections are to this machine, where no proxy stands in between.
    let is_local = endpoint.is_some_and(|endpoint| endpoint.starts_with("http://"));
    let client = if is_local { client.no_proxy() } else { client };
    let client = client.resolve(&local, ([127, 0, 0, 1], 0).into()).build();
    let client = client.map_err(|error| Error::other(UNREACHABLE).with("address", address).because(error))?;
    let transport = HttpTransporter::new(ReqwestTransport::new(client));
    let context = OperationContext::new().with_http_transport(transport);
    let timeout = TimeoutLayer::new().with_timeout(settings.timeout).with_io_timeout(settings.timeout);
    let retry = RetryLayer::new().with_jitter().with_max_times(settings.retries).with_min_delay(settings.retry_delay);
    Ok(operator.with_context(context).layer(timeout).layer(retry))
}

/// When an object may be put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// If there is none of this name.
    Absent,
    /// Whatever is there.
    Always,
    /// If the one that is there has this tag.
    Match(String),
}

/// What became of an object that was put on a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    /// It is there.
    Done,
    /// The condition was not met; nothing was changed.
    Refused,
    /// The store knows no such condition; nothing was changed.
    Unsupported,
}

/// A connection to one archive's place in a store.
pub(super) struct Connection {
    pub(super) address: StoreAddress,
    operator: Operator,
    part_bytes: usize,
    /// What no message may repeat.
    secrets: Vec<SecretString>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Connection").field(&self.address.to_string()).finish()
    }
}

impl Connection {
    fn new(address: &StoreAddress, operator: Operator, part_bytes: usize) -> Self {
        Self { address: address.clone(), operator, part_bytes, secrets: Vec::new() }
    }

    /// Returns the connection of this process to `address`.
    ///
    /// # Errors
    /// `store-not-connected`.
    pub(super) fn of(address: &StoreAddress) -> Result<Arc<Self>> {
        let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(address).cloned().ok_or_else(|| Error::usage("store-not-connected").with("address", address))
    }

    /// Returns the conditions of the store: whether an object can be replaced only if it has a tag, and put only if there is none.
    pub(super) fn conditions(&self) -> (bool, bool) {
        let capability = self.operator.info().capability();
        (capability.write_with_if_match, capability.write_with_if_not_exists)
    }

    /// Returns the bytes of the parts in which a file of this size is sent.
    pub(super) fn part_bytes(&self, size: u64) -> usize {
        let needed = usize::try_from(size.div_ceil(MOST_PARTS)).unwrap_or(usize::MAX);
        self.part_bytes.max(needed)
    }

    /// Returns the path of an object, for messages.
    pub(super) fn shown(&self, object: &str) -> String {
        format!("{}/{object}", self.address)
    }

    /// Returns the error of a request for an object.
    pub(super) fn failed(&self, object: &str, error: &opendal::Error) -> Error {
        let (kind, code) = match error.kind() {
            ErrorKind::PermissionDenied => (Kind::Credentials, REFUSED),
            ErrorKind::RateLimited => (Kind::Blocked, "store-busy"),
            // "No such bucket" is the latter.
            ErrorKind::NotFound | ErrorKind::ConfigInvalid => (Kind::Other, "store-not-found"),
            _ => (Kind::Other, UNREACHABLE),
        };
        let mut cause: String = error.message().chars().take(300).collect();
        for secret in &self.secrets {
            cause = cause.replace(secret.expose_secret(), "…");
        }
        let cause = io::Error::other(format!("{}: {cause}", error.kind()));
        Error::new(kind, code).with("path", self.shown(object)).because(cause)
    }

    /// Reads a whole small object; `None` if there is none.
    pub(super) fn get(&self, object: &str) -> Result<Option<Vec<u8>>> {
        let (operator, path) = (self.operator.clone(), object.to_owned());
        let read = drive(async move { operator.read(&path).await })?;
        match read {
            Ok(buffer) => Ok(Some(buffer.to_vec())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed(object, &error)),
        }
    }

    /// Reads a whole small object and the tag of just this content; `None` if there is none.
    pub(super) fn get_tagged(&self, object: &str) -> Result<Option<(Vec<u8>, Option<String>)>> {
        let (operator, path) = (self.operator.clone(), object.to_owned());
        let read = drive(async move {
            loop {
                let tag = operator.stat(&path).await?.etag().map(str::to_owned);
                let Some(tag) = tag.filter(|_| operator.info().capability().read_with_if_match) else {
                    return operator.read(&path).await.map(|buffer| (buffer, None));
                };
                match operator.read_with(&path).if_match(&tag).await {
                    // Replaced in between.
                    Err(error) if error.kind() == ErrorKind::ConditionNotMatch => {}
                    read => return read.map(|buffer| (buffer, Some(tag))),
                }
            }
        })?;
        match read {
            Ok((buffer, tag)) => Ok(Some((buffer.to_vec(), tag))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed(object, &error)),
        }
    }

    /// Reads a part of an object, shorter if the object ends before; `None` if there is no such object.
    pub(super) fn get_range(&self, object: &str, range: Range<u64>) -> Result<Option<Bytes>> {
        if range.is_empty() {
            return Ok(self.size(object)?.map(|_| Bytes::new()));
        }
        let (operator, path) = (self.operator.clone(), object.to_owned());
        let read = drive(async move {
            match operator.read_with(&path).range(range.clone()).await {
                Ok(buffer) => Ok(buffer.to_bytes()),
                // It is shorter than it was said to be, which its reader finds out by the digest.
                Err(error) if error.kind() == ErrorKind::NotFound => Err(error),
                Err(error) => match operator.stat(&path).await {
                    Ok(there) if there.content_length() <= range.start => Ok(Bytes::new()),
                    Ok(there) if there.content_length() < range.end => {
                        operator.read_with(&path).range(range.start..there.content_length()).await.map(|b| b.to_bytes())
                    }
                    _ => Err(error),
                },
            }
        })?;
        match read {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed(object, &error)),
        }
    }

    /// Returns the size of an object; `None` if there is none.
    pub(super) fn size(&self, object: &str) -> Result<Option<u64>> {
        let (operator, path) = (self.operator.clone(), object.to_owned());
        match drive(async move { operator.stat(&path).await })? {
            Ok(there) => Ok(Some(there.content_length())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed(object, &error)),
        }
    }

    /// Puts a small object.
    pub(super) fn put(&self, object: &str, bytes: impl Into<Bytes>, condition: Condition) -> Result<Put> {
        let (operator, path, bytes) = (self.operator.clone(), object.to_owned(), bytes.into());
        let is_conditional = condition != Condition::Always;
        let written = drive(async move {
            let write = operator.write_with(&path, bytes);
            match condition {
                Condition::Absent => write.if_not_exists(true).await,
                Condition::Always => write.await,
                Condition::Match(tag) => write.if_match(&tag).await,
            }
        })?;
        match written {
            Ok(_) => Ok(Put::Done),
            Err(error) if is_conditional && error.kind() == ErrorKind::ConditionNotMatch => Ok(Put::Refused),
            Err(error) if is_conditional && is_unsupported(&error) => Ok(Put::Unsupported),
            Err(error) => Err(self.failed(object, &error)),
        }
    }

    /// Begins to put a large object, in parts.
    pub(super) fn writer(&self, object: &str, size: u64) -> Result<Upload<'_>> {
        let (operator, path, chunk) = (self.operator.clone(), object.to_owned(), self.part_bytes(size));
        let writer = drive(async move { operator.writer_with(&path).chunk(chunk).concurrent(PARTS_AT_ONCE).await })?;
        let writer = writer.map_err(|error| self.failed(object, &error))?;
        Ok(Upload { connection: self, object: object.to_owned(), writer: Some(writer) })
    }

    /// Calls `visit` with every object below `folder` and its size.
    pub(super) fn list(&self, folder: &str, visit: &mut dyn FnMut(&str, u64)) -> Result<()> {
        let (operator, path) = (self.operator.clone(), folder.to_owned());
        let lister = drive(async move { operator.lister_with(&path).recursive(true).await })?;
        let mut lister = match lister {
            Ok(lister) => lister,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(self.failed(folder, &error)),
        };
        loop {
            let (back, page) = drive(async move {
                let mut page = Vec::with_capacity(PAGE);
                let ended = loop {
                    match lister.try_next().await {
                        Ok(Some(entry)) => {
                            page.push((entry.path().to_owned(), entry.metadata().content_length()));
                            if page.len() == PAGE {
                                break Ok(false);
                            }
                        }
                        Ok(None) => break Ok(true),
                        Err(error) => break Err(error),
                    }
                };
                (lister, ended.map(|ended| (page, ended)))
            })?;
            let (page, ended) = page.map_err(|error| self.failed(folder, &error))?;
            for (path, bytes) in &page {
                visit(path, *bytes);
            }
            if ended {
                return Ok(());
            }
            lister = back;
        }
    }
}

/// Number of objects that are handed over at once: as many as stores list in an answer.
const PAGE: usize = 1000;

/// Reports whether a store knows no condition of the kind it was given.
fn is_unsupported(error: &opendal::Error) -> bool {
    let text = error.to_string();
    error.kind() == ErrorKind::Unsupported || text.contains("NotImplemented") || text.contains("status: 501")
}

/// A large object being put. It is there only once [`Upload::close`] has returned; dropped before, nothing is.
pub(super) struct Upload<'c> {
    connection: &'c Connection,
    object: String,
    writer: Option<opendal::Writer>,
}

impl Upload<'_> {
    /// Adds bytes.
    pub(super) fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.with(|mut writer| async move {
            let written = writer.write(bytes).await;
            (written, writer)
        })
    }

    /// Puts the object.
    pub(super) fn close(mut self) -> Result<()> {
        self.with(|mut writer| async move {
            let closed = writer.close().await;
            (closed.map(drop), writer)
        })?;
        self.writer = None;
        Ok(())
    }

    fn with<F>(&mut self, step: impl FnOnce(opendal::Writer) -> F) -> Result<()>
    where
        F: Future<Output = (opendal::Result<()>, opendal::Writer)> + Send + 'static,
    {
        let Some(writer) = self.writer.take() else { return Err(Error::other(UNREACHABLE).with("path", &self.object)) };
        let (done, writer) = drive(step(writer))?;
        self.writer = Some(writer);
        done.map_err(|error| self.connection.failed(&self.object, &error))
    }
}

impl Drop for Upload<'_> {
    /// Takes back the parts that were sent, for which the store would charge.
    fn drop(&mut self) {
        if let Some(mut writer) = self.writer.take() {
            let _ = drive(async move { writer.abort().await });
        }
    }
}

/// Runs a request on the threads of this module and waits for it.
fn drive<T: Send + 'static>(request: impl Future<Output = T> + Send + 'static) -> Result<T> {
    static RUNTIME: LazyLock<io::Result<Runtime>> = LazyLock::new(|| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2).thread_name("store").enable_all().build()
    });
    let runtime =
        RUNTIME.as_ref().map_err(|error| Error::other("job-thread-failed").because(io::Error::from(error.kind())))?;
    let (give, take) = sync_channel(1);
    runtime.spawn(async move {
        let _ = give.send(request.await);
    });
    take.recv().map_err(|error| Error::other("job-thread-failed").because(error))
}
