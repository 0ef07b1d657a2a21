//! Collects from the official APIs (`--api`): probes what an account may request and how many calls that takes, then
//! runs the collectors in sequence, over several days of quotas if needed.
//!
//! * Every response is durable before its collector receives it (`caller`); responses are read in groups of sixteen in
//!   the order of calls (`reading`), so that evidence packs are the same however often the run was killed.
//! * A request that the account is not permitted to make is a gap, and normal. An exhausted daily quota sets a date to
//!   continue. An error that stops an account (credentials, IP address, freeze) stops only this account.

mod answers;
mod caller;
mod options;
mod plan;
mod quota;
mod reading;

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use serde::Serialize;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use super::archive::session::Session;
use super::collect::evidence_writer::Known;
use crate::config::accounts::Account;
use crate::error::{Error, Result};
use crate::fetch::answer_code::{Meaning, Said};
use crate::fetch::pay::{PayApi, Seal};
use crate::fetch::{ApiClient, Failure, NoAnswer, WechatApi};
use crate::model::{Gap, GapReason, Problem, SubjectKind, Time};
use crate::progress::{Progress, Task};
use crate::secret::SecretSet;
use crate::source::Passwords;
use crate::source::api::collector::{ApiCx, Cursor, DynCollector, Outcome, ResumePoint, Service};
use crate::source::api::registry;
use crate::store::calls::{self, Who};
use crate::store::{Batch, Run};

use caller::Asking;

pub use options::ApiOptions;
pub use plan::{AccountPlan, CallPlan, Line, Prospect};
pub use quota::QuotaBudget;

/// The result of a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ApiReport {
    /// Every collector that was run or is waiting.
    pub collectors: Vec<CollectorReport>,
    /// Problems that stopped an account or a collector.
    pub problems: Vec<Problem>,
    /// Whether the run was stopped.
    pub interrupted: bool,
    /// Time to continue, if a collector is waiting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

/// The result of one collector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CollectorReport {
    /// Name of the collector.
    pub name: &'static str,
    /// AppID or merchant number.
    pub account: String,
    /// Number of calls in this run.
    pub calls: u64,
    /// Outcome.
    pub outcome: CollectorEnd,
}

/// The outcome of a collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CollectorEnd {
    /// Everything was collected.
    Done,
    /// Failed; a later run continues.
    Failed,
    /// The run was stopped.
    Interrupted,
    /// Not permitted for this kind of account.
    NotPermitted,
    /// Waiting for another day.
    Waits,
}

impl CollectorEnd {
    /// Returns the code; the text is `api-<code>`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
            Self::NotPermitted => "not-permitted",
            Self::Waits => "waits",
        }
    }
}

/// The context of a collection.
pub(super) struct Surroundings<'a> {
    pub(super) session: &'a Session,
    pub(super) run: Run,
    /// Secrets found in the files of this run, and those that the clients have had so far.
    pub(super) secrets: RefCell<SecretSet>,
    pub(super) passwords: &'a Passwords,
    pub(super) progress: &'a dyn Progress,
    pub(super) stop: &'a CancellationToken,
    /// Digests of the saved evidence, loaded on first use.
    pub(super) known: Cell<Option<Known>>,
}

impl Surroundings<'_> {
    /// Returns all secrets that are known, with those of `client`. To build a set is costly, and clients seldom have a new one.
    pub(super) fn secrets_with(&self, client: &dyn ApiClient) -> SecretSet {
        let all = self.secrets.borrow().with(client.secrets());
        self.secrets.replace(all.clone());
        all
    }
}

/// The clients of the configured APIs.
pub(super) struct Clients {
    runtime: Runtime,
    clients: Vec<(Service, Box<dyn ApiClient>)>,
}

impl Clients {
    pub(super) fn new(options: &ApiOptions, session: &Session, run: Run) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::other("crawl-start-failed").because(error))?;
        let fetcher = session.environment().fetcher(options.settings.clone(), run.clock).with_spool(session.answers());
        let fetcher = Arc::new(fetcher);
        let mut clients: Vec<(Service, Box<dyn ApiClient>)> = Vec::new();
        // Merchants come first: bills expire daily.
        if let Some(merchant) = &options.merchant {
            let clock = Arc::clone(&session.environment().clock);
            let second = Box::new(move || clock.signing_second());
            let seal = Seal::new(merchant.signer.clone(), merchant.keys.clone(), second);
            clients.push((Service::Merchant, Box::new(PayApi::new(Arc::clone(&fetcher), seal))));
        }
        for (service, account) in [
            (Service::OfficialAccount, &options.account),
            (Service::MiniProgram, &options.mini_program),
            (Service::Shop, &options.shop),
        ] {
            if let Some(Account { appid, secret }) = account {
                clients.push((service, Box::new(WechatApi::new(Arc::clone(&fetcher), appid, secret.clone()))));
            }
        }
        Ok(Self { runtime, clients })
    }

    /// Returns every secret value used so far.
    pub(super) fn secrets(&self) -> impl Iterator<Item = Vec<u8>> {
        self.clients.iter().flat_map(|(_, client)| client.secrets())
    }
}

/// Probes the accounts: what is available, what is refused, how many calls and days it takes. A resumed run was already
/// probed. The first responses received here are reused by `collect` in the same run.
pub fn probe(session: &Session, options: &ApiOptions, stop: &CancellationToken) -> Result<CallPlan> {
    let run = session.begin()?;
    session.catalog.transaction(calls::create)?;
    if run.resumed {
        return Ok(CallPlan { resumed: true, ..CallPlan::default() });
    }
    let clients = Clients::new(options, session, run)?;
    let mut accounts = Vec::new();
    for (service, client) in &clients.clients {
        let asking = plan::Probe { session, run, client: client.as_ref(), options, stop };
        accounts.push(clients.runtime.block_on(asking.run(*service))?);
    }
    Ok(CallPlan { resumed: false, accounts })
}

/// Discards the responses of a probe that is not followed by a run.
pub fn forget_probe(session: &Session) -> Result<()> {
    let run = session.begin()?;
    if !run.resumed {
        session.catalog.transaction(|connection| {
            calls::create(connection)?;
            calls::forget_all_open(connection)
        })?;
        session.catalog.finish_run(run)?;
    }
    Ok(())
}

/// Runs every collector that is not finished in this run and is not waiting at `now`, the current time rather than the
/// run's.
pub(super) fn collect(
    around: &Surroundings<'_>,
    clients: &Clients,
    options: &ApiOptions,
    now: Time,
) -> Result<ApiReport> {
    around.session.catalog.transaction(calls::create)?;
    answers::sweep(around.session)?;
    let mut report = ApiReport::default();
    for (service, client) in &clients.clients {
        let account = Collecting { around, clients, client: client.as_ref(), options, now };
        account.run(*service, &mut report)?;
    }
    report.interrupted = around.stop.is_cancelled();
    Ok(report)
}

/// The collection of one account.
struct Collecting<'a> {
    around: &'a Surroundings<'a>,
    clients: &'a Clients,
    client: &'a dyn ApiClient,
    options: &'a ApiOptions,
    now: Time,
}

impl Collecting<'_> {
    fn run(&self, service: Service, report: &mut ApiReport) -> Result<()> {
        let wanted: Vec<&'static dyn DynCollector> = registry::wanted(service, &self.options.scope).collect();
        let step = self.around.progress.start(Task::Api, Some(wanted.len() as u64));
        let mut stopped = false;
        for collector in wanted {
            step.message(collector.info().name);
            if !stopped && !self.around.stop.is_cancelled() {
                stopped = self.one(collector, report)?;
            }
            // Responses received by a killed run are read in any case.
            self.read_rest(collector)?;
            step.advance(1);
        }
        Ok(())
    }

    /// Runs one collector; returns true if the account is stopped.
    fn one(&self, collector: &'static dyn DynCollector, report: &mut ApiReport) -> Result<bool> {
        let Surroundings { session, run, .. } = *self.around;
        let catalog = &session.catalog;
        let name = collector.info().name;
        let who = Who { collector: name, account: self.client.account() };
        let standing = calls::standing(catalog.connection(), who)?;
        if standing.finished == Some(run.id) {
            return Ok(false);
        }
        let said = |calls, outcome| CollectorReport { name, account: who.account.to_owned(), calls, outcome };
        if let Some(until) = standing.until.and_then(Time::from_unix).filter(|until| *until > self.now) {
            report.wait(until);
            report.collectors.push(said(0, CollectorEnd::Waits));
            return Ok(false);
        }
        let first = standing.last.is_none();
        let from = ResumePoint { midst: standing.midst.map(Cursor), again: standing.last.map(Cursor) };
        catalog.transaction(|connection| calls::begin(connection, who))?;
        let asking = Asking::new(self.around, self.client, collector, first);
        let cx = ApiCx {
            account: who.account,
            clock: run.clock,
            now: self.now,
            scope: &self.options.scope,
            from: from.clone(),
            caller: &asking,
        };
        let ended = self.clients.runtime.block_on(collector.collect(&cx, from));
        let calls = asking.calls();
        let outcome = match ended {
            Ok(Outcome::Done) => {
                catalog.transaction(|connection| {
                    catalog.fill_gap(SubjectKind::Endpoint, &gap_key(name, who.account))?;
                    calls::finish(connection, who, run.id)
                })?;
                CollectorEnd::Done
            }
            Ok(Outcome::NotPermitted(said)) => {
                self.not_permitted(collector, who, &said)?;
                CollectorEnd::NotPermitted
            }
            Ok(Outcome::Until(until)) => {
                // A response that says "not yet" does not count.
                catalog.transaction(|connection| calls::forget_open(connection, who))?;
                self.wait(who, until, report)?
            }
            Err(no) => return self.ended_by(collector, who, no, report, calls),
        };
        report.collectors.push(said(calls, outcome));
        Ok(false)
    }

    fn wait(&self, who: Who<'_>, until: Time, report: &mut ApiReport) -> Result<CollectorEnd> {
        self.around.session.catalog.transaction(|connection| calls::wait(connection, who, until.unix()))?;
        report.wait(until);
        Ok(CollectorEnd::Waits)
    }

    /// Handles an error that the collector did not handle; returns true if the account is stopped.
    fn ended_by(
        &self,
        collector: &'static dyn DynCollector,
        who: Who<'_>,
        no: NoAnswer,
        report: &mut ApiReport,
        calls: u64,
    ) -> Result<bool> {
        let name = collector.info().name;
        let locator = format!("{name} ({})", who.account);
        let mut problem = |error: &Error| report.problems.push(Problem::from_error(error, &locator));
        let (outcome, stopped) = match no {
            NoAnswer::Account(error) => {
                problem(&error);
                (CollectorEnd::Failed, true)
            }
            NoAnswer::Interrupted => (CollectorEnd::Interrupted, true),
            NoAnswer::Failed(Failure { error, .. }) => {
                if matches!(error.kind(), crate::error::Kind::Disk | crate::error::Kind::Other) {
                    return Err(error);
                }
                problem(&error);
                // All collectors share one host: once it is stopped, it is stopped for all of them.
                let stopped = error.code() == "fetch-host-stopped";
                (CollectorEnd::Failed, stopped)
            }
            NoAnswer::Said(said, _) => match said.meaning() {
                Meaning::DayUsedUp => (self.wait(who, self.options.quota.renewal(self.now), report)?, false),
                Meaning::NotPermitted => {
                    self.not_permitted(collector, who, &said)?;
                    (CollectorEnd::NotPermitted, false)
                }
                _ => {
                    let catalog = &self.around.session.catalog;
                    catalog.transaction(|connection| calls::forget_last(connection, who))?;
                    let error = Error::new(crate::error::Kind::Blocked, "api-refused");
                    problem(&error.with("code", said.code).with("words", &said.words));
                    (CollectorEnd::Failed, false)
                }
            },
        };
        report.collectors.push(CollectorReport { name, account: who.account.to_owned(), calls, outcome });
        Ok(stopped)
    }

    /// Records a gap for a collector that is not permitted for this kind of account, and finishes it for this run.
    fn not_permitted(&self, collector: &'static dyn DynCollector, who: Who<'_>, said: &Said) -> Result<()> {
        let Surroundings { session, run, .. } = *self.around;
        let catalog = &session.catalog;
        let mut gap = Gap::new(SubjectKind::Endpoint, gap_key(who.collector, who.account), GapReason::NotPermitted);
        gap.title = Some(collector.info().summary_zh.to_owned());
        gap.detail = Some(format!("{} {}", said.code, said.words));
        let rows = Batch { gaps: vec![(gap, format!("{ORIGIN}{}", who.collector))], ..Batch::default() };
        catalog.transaction(|connection| {
            catalog.add_rows(connection, run, &rows)?;
            calls::finish(connection, who, run.id)
        })
    }
}

/// Prefix of the origin of gaps and problems of collectors in the catalog.
pub(super) const ORIGIN: &str = "api:";

fn gap_key(collector: &str, account: &str) -> String {
    format!("{ORIGIN}{collector}:{account}")
}

impl ApiReport {
    /// Records that a collector waits until `until`.
    fn wait(&mut self, until: Time) {
        self.until = Some(self.until.map_or(until, |known| known.min(until)));
    }

    /// Reports whether a later run has more to collect.
    pub fn is_unfinished(&self) -> bool {
        let through = |outcome| matches!(outcome, CollectorEnd::Done | CollectorEnd::NotPermitted);
        self.interrupted || !self.problems.is_empty() || self.collectors.iter().any(|one| !through(one.outcome))
    }

    /// Returns the bits of the exit status.
    pub fn exit_bits(&self) -> u8 {
        self.problems.iter().fold(0, |bits, problem| bits | problem.exit_bit)
    }
}
