//! Makes calls durable: a response is in the catalog before its collector receives it, and a cursor moves in the same
//! transaction that discards the responses before it.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{Surroundings, gap_key};
use crate::error::{Error, Result};
use crate::fetch::answer_code::{Meaning, Said};
use crate::fetch::api_client::Call;
use crate::fetch::pay::FileFacts;
use crate::fetch::{ApiClient, Called, Expect, NoAnswer, Spooled, SpooledFile};
use crate::model::layout::ANSWERS;
use crate::model::{Gap, Kind, MediaKey, SubjectKind};
use crate::secret::{SecretSet, cover, redact};
use crate::source::api::answer::{Answer, ApiRequest, Head};
use crate::source::api::collector::{ArticleNumbers, Caller, Cursor, DynCollector};
use crate::store::Batch;
use crate::store::calls::{self, CallRow, FileRow, Who};

/// Time the current call may take to end once a stop is requested.
const GRACE: Duration = Duration::from_secs(8);

/// The calls of one collector.
pub(super) struct Asking<'a> {
    around: &'a Surroundings<'a>,
    client: &'a dyn ApiClient,
    collector: &'static dyn DynCollector,
    /// Whether the collector has never finished before: refusals are then kept as well.
    first: bool,
    calls: Cell<u64>,
}

impl<'a> Asking<'a> {
    pub(super) fn new(
        around: &'a Surroundings<'a>,
        client: &'a dyn ApiClient,
        collector: &'static dyn DynCollector,
        first: bool,
    ) -> Self {
        Self { around, client, collector, first, calls: Cell::new(0) }
    }

    /// Returns the number of calls answered in this run.
    pub(super) fn calls(&self) -> u64 {
        self.calls.get()
    }

    fn who(&self) -> Who<'_> {
        Who { collector: self.collector.info().name, account: self.client.account() }
    }

    async fn ask(&self, request: &ApiRequest) -> Result<Answer, NoAnswer> {
        let head = request.head(self.client.account());
        let line = head.line()?;
        let catalog = &self.around.session.catalog;
        if request.remembered
            && let Some(known) = calls::remembered(catalog.connection(), self.who(), &line)?
        {
            // Requested by the probe of this run, or before it was killed.
            self.calls.set(self.calls.get() + 1);
            // A stored refusal is still a refusal, and is not requested again.
            let answer = answer_of(known, &self.around.session.answers())?;
            return match Said::of(&answer.json()).filter(|_| answer.is_refusal()) {
                Some(said) => Err(NoAnswer::Said(said, None)),
                None => Ok(answer),
            };
        }
        if self.around.stop.is_cancelled() {
            return Err(NoAnswer::Interrupted);
        }
        let target = request.target();
        let call = Call { target: &target, body: request.body.as_ref(), expect: request.expect, limit: request.limit };
        let called = tokio::select! {
            called = self.client.call(call) => called,
            () = stopped(self.around.stop) => return Err(NoAnswer::Interrupted),
        };
        self.calls.set(self.calls.get() + 1);
        match called {
            Ok(mut called) => {
                if let Some(reduce) = request.reduce {
                    called.body = reduce(&called.json().unwrap_or_default()).to_string().into_bytes().into();
                }
                let kept = self.keep(&line, request.expect, &called)?;
                // Short-lived URLs are secrets: they are not stored, but the collector needs them.
                let body = if request.expect == Expect::Json { called.body } else { kept };
                Ok(Answer::new(head, body, request.expect).with_facts(called.exchange.file))
            }
            Err(NoAnswer::Said(said, Some(called))) => {
                // A refusal is evidence, but kept once only: its request id changes each time, and so would the
                // archive.
                let known = !self.first || {
                    let key = gap_key(self.who().collector, self.who().account);
                    catalog.gap_seen(SubjectKind::Endpoint, &key)?.is_some()
                };
                if !matches!(said.meaning(), Meaning::DayUsedUp | Meaning::NotYet) && !known {
                    self.keep(&line, Expect::Json, &called)?;
                }
                Err(NoAnswer::Said(said, Some(called)))
            }
            Err(no) => Err(no),
        }
    }

    /// Stores a response after removing any secrets, and returns the stored body.
    fn keep(&self, line: &str, expect: Expect, called: &Called) -> Result<Spooled> {
        let secrets = self.around.secrets_with(self.client);
        let kept = match (expect, called.body.memory()) {
            (Expect::Json, Some(bytes)) => redact(bytes, &secrets).bytes.into_owned().into(),
            // A file is kept byte for byte, except for our own secrets.
            _ => without(&called.body, &secrets).map_err(|error| Error::disk("api-answer-lost", ANSWERS, error))?,
        };
        let body = match &kept {
            Spooled::Memory(bytes) => calls::Body::Bytes(bytes.clone()),
            Spooled::File(file) => {
                let name = file.keep().map_err(|error| Error::disk("api-answer-lost", ANSWERS, error))?;
                calls::Body::File(FileRow { name: name.to_owned(), sha256: kept.sha256(), bytes: kept.len() })
            }
        };
        let mut fetch = called.exchange.to_json();
        if let Some(rid) = called.json().and_then(|answer| Said::of(&answer)?.rid) {
            fetch.insert("rid".to_owned(), rid.into());
        }
        let fetch = serde_json::to_string(&fetch).map_err(|error| Error::other("api-answer-invalid").because(error))?;
        self.around.session.catalog.transaction(|connection| {
            calls::answered(connection, self.who(), line, &fetch, expect == Expect::Any, &body)
        })?;
        Ok(kept)
    }
}

/// Removes the secrets from a file.
fn without(body: &Spooled, secrets: &SecretSet) -> std::io::Result<Spooled> {
    let spans = secrets.spans_in(body.open()?)?;
    if spans.is_empty() { Ok(body.clone()) } else { body.covered(&spans, cover) }
}

/// Rebuilds the response from a stored call. Large files are in `folder`.
pub(super) fn answer_of(row: CallRow, folder: &Path) -> Result<Answer> {
    let head: Head =
        serde_json::from_str(&row.request).map_err(|error| Error::other("api-answer-invalid").because(error))?;
    let facts = serde_json::from_str::<Value>(&row.fetch).ok().and_then(|mut fetch| {
        // Facts the platform stated about a file, if any.
        serde_json::from_value::<FileFacts>(fetch.get_mut("file")?.take()).ok()
    });
    let body = match row.body {
        calls::Body::Bytes(bytes) => bytes.into(),
        calls::Body::File(FileRow { name, sha256, bytes }) => {
            Spooled::File(Arc::new(SpooledFile::kept(folder.join(name), sha256, bytes)))
        }
    };
    Ok(Answer::new(head, body, if row.file { Expect::Any } else { Expect::Json }).with_facts(facts))
}

async fn stopped(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(GRACE).await;
}

impl Caller for Asking<'_> {
    fn call<'a>(&'a self, request: &'a ApiRequest) -> LocalBoxFuture<'a, Result<Answer, NoAnswer>> {
        Box::pin(self.ask(request))
    }

    fn pass(&self, cursor: &Cursor) -> Result<()> {
        let catalog = &self.around.session.catalog;
        catalog.transaction(|connection| calls::pass(connection, self.who(), &cursor.0))?;
        self.read_groups(false)
    }

    fn missing(&self, gap: Gap) -> Result<()> {
        let Surroundings { session, run, .. } = *self.around;
        let origin = format!("{}{}", super::ORIGIN, self.who().collector);
        session.catalog.add(run, &Batch { gaps: vec![(gap, origin)], ..Batch::default() })
    }

    fn articles(&self) -> Result<Vec<ArticleNumbers>> {
        let catalog = &self.around.session.catalog;
        let own = catalog.meta(crate::pipeline::archive::ownership::META)?;
        let mut found = Vec::new();
        for name in catalog.names_of(Kind::Article)? {
            let mut parts = name.rsplitn(3, '_');
            let (Some(idx), Some(mid), Some(biz)) = (parts.next(), parts.next(), parts.next()) else { continue };
            let number = !mid.is_empty() && mid.bytes().all(|byte| byte.is_ascii_digit());
            let ours = own.as_ref().is_none_or(|own| own == biz) && !biz.contains(':');
            if let Ok(idx) = idx.parse()
                && number
                && ours
            {
                found.push(ArticleNumbers { biz: biz.to_owned(), mid: mid.to_owned(), idx });
            }
        }
        found.sort_by(|a, b| (a.mid.len(), &a.mid, a.idx).cmp(&(b.mid.len(), &b.mid, b.idx)));
        found.dedup();
        Ok(found)
    }

    fn holds(&self, key: &MediaKey) -> Result<bool> {
        Ok(self.around.session.catalog.held(key)?.is_some())
    }

    fn filled(&self, kind: SubjectKind, key: &str) -> Result<()> {
        self.around.session.catalog.fill_gap(kind, key)
    }
}

impl Asking<'_> {
    /// Reads the responses before the cursor: whole groups, or all of them with `rest`.
    pub(super) fn read_groups(&self, rest: bool) -> Result<()> {
        super::reading::Reading { around: self.around, client: self.client, collector: self.collector }.groups(rest)
    }
}
