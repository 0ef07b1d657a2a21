//! Makes calls durable: an answer is in the catalog before its collector sees it, and a cursor moves in the transaction
//! that lets go of the answers before it.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use serde_json::Value;

use super::{Surroundings, gap_key};
use crate::error::{Error, Result};
use crate::fetch::answer_code::{Meaning, Said};
use crate::fetch::api_client::Call;
use crate::fetch::pay::FileFacts;
use crate::fetch::{ApiClient, Called, Expect, NoAnswer};
use crate::model::{Gap, Kind, MediaKey, SubjectKind};
use crate::secret::blank;
use crate::source::answer::{Answer, ApiRequest, Head};
use crate::source::collector::{ArticleNumbers, Caller, Collector, Cursor};
use crate::store::Segment;
use crate::store::calls::{self, CallRow, Who};

/// How often the wish to stop is looked at.
const TICK: Duration = Duration::from_millis(50);

/// How long the call under way may take to end once a stop is wished.
const GRACE: Duration = Duration::from_secs(8);

/// One collector asking.
pub(super) struct Asking<'a> {
    around: &'a Surroundings<'a>,
    client: &'a dyn ApiClient,
    collector: &'static dyn Collector,
    /// Nothing was gone through to its end before: refusals are kept too.
    first: bool,
    calls: Cell<u64>,
}

impl<'a> Asking<'a> {
    pub(super) fn new(
        around: &'a Surroundings<'a>,
        client: &'a dyn ApiClient,
        collector: &'static dyn Collector,
        first: bool,
    ) -> Self {
        Self { around, client, collector, first, calls: Cell::new(0) }
    }

    /// Calls made.
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
            // A refusal that was kept as proof is a refusal again, and not asked for a second time.
            let answer = answer_of(known)?;
            return match Said::of(&answer.json()).filter(|_| answer.is_refusal()) {
                Some(said) => Err(NoAnswer::Said(said, None)),
                None => Ok(answer),
            };
        }
        if self.around.stop.load(Ordering::Relaxed) {
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
                    called.bytes = reduce(&called.json().unwrap_or_default()).to_string().into_bytes();
                }
                self.keep(&line, request.expect, &called)?;
                // Addresses that are good for some minutes are secrets: they are not kept, and the collector needs them.
                let Called { bytes, exchange, .. } = called;
                Ok(Answer::new(head, bytes, request.expect).with_facts(exchange.file))
            }
            Err(NoAnswer::Said(said, Some(called))) => {
                // A refusal is proof, once; its number changes each time, and so would the archive.
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

    /// Stores an answer without the secrets that may stand in it.
    fn keep(&self, line: &str, expect: Expect, called: &Called) -> Result<()> {
        let secrets = self.around.secrets.with(self.client.secrets());
        let bytes = match expect {
            Expect::Json => blank(&called.bytes, &secrets).bytes.into_owned(),
            // A file stays as it came, bit for bit. One that holds a secret of ours is none of the owner's.
            Expect::Any if secrets.is_found_in(&called.bytes) => blank(&called.bytes, &secrets).bytes.into_owned(),
            Expect::Any => called.bytes.clone(),
        };
        let mut fetch = called.exchange.to_json();
        if let Some(rid) = called.json().and_then(|answer| Said::of(&answer)?.rid) {
            fetch.insert("rid".to_owned(), rid.into());
        }
        let fetch = serde_json::to_string(&fetch).map_err(|error| Error::other("api-answer-invalid").because(error))?;
        self.around.session.catalog.transaction(|connection| {
            calls::answered(connection, self.who(), line, &fetch, expect == Expect::Any, &bytes)
        })
    }
}

/// The answer that a stored call is.
pub(super) fn answer_of(row: CallRow) -> Result<Answer> {
    let head: Head =
        serde_json::from_str(&row.request).map_err(|error| Error::other("api-answer-invalid").because(error))?;
    let facts = serde_json::from_str::<Value>(&row.fetch).ok().and_then(|mut fetch| {
        // What the platform said of a file, where it said anything.
        serde_json::from_value::<FileFacts>(fetch.get_mut("file")?.take()).ok()
    });
    Ok(Answer::new(head, row.body, if row.file { Expect::Any } else { Expect::Json }).with_facts(facts))
}

async fn stopped(stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        tokio::time::sleep(TICK).await;
    }
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
        session.catalog.add(run, &Segment { gaps: vec![(gap, origin)], ..Segment::default() })
    }

    fn articles(&self) -> Result<Vec<ArticleNumbers>> {
        let catalog = &self.around.session.catalog;
        let own = catalog.meta(crate::pipeline::own::META)?;
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
    /// Reads the answers that were passed: whole groups, or with `rest` all of them.
    pub(super) fn read_groups(&self, rest: bool) -> Result<()> {
        super::reading::Reading { around: self.around, client: self.client, collector: self.collector }.groups(rest)
    }
}
