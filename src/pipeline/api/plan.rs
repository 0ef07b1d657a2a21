//! Plans the collection of an account: the quota and permission of each endpoint and the number of calls, with as few
//! calls as possible.

use std::cell::{Cell, RefCell};

use serde::Serialize;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::caller::Asking;
use super::{ApiOptions, Surroundings};
use crate::error::Result;
use crate::fetch::answer_code::Meaning;
use crate::fetch::api_client::Call;
use crate::fetch::{ApiClient, Expect, NoAnswer};
use crate::model::{Problem, Time};
use crate::pipeline::archive::session::Session;
use crate::progress::NoProgress;
use crate::secret::SecretSet;
use crate::source::Passwords;
use crate::source::api::collector::{ApiCx, Cursor, DynCollector, ResumePoint, Service};
use crate::source::api::registry;
use crate::store::Run;
use crate::store::calls::{self, Who};

/// Endpoint that returns a quota.
const QUOTA: &str = "/cgi-bin/openapi/quota/get";

/// Maximum size in bytes of a quota response.
const QUOTA_LIMIT: u64 = 64 * 1024;

/// The planned calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CallPlan {
    /// Whether an interrupted run is resumed: it was planned when it began.
    pub resumed: bool,
    /// Plan of each account.
    pub accounts: Vec<AccountPlan>,
}

/// The planned calls to one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountPlan {
    /// API of the account.
    pub service: Service,
    /// AppID or merchant number.
    pub account: String,
    /// Plan of each collector.
    pub lines: Vec<Line>,
    /// Total number of calls that can be counted in advance.
    pub calls: u64,
    /// Number of collectors whose calls cannot be counted.
    pub uncounted: u64,
    /// Number of days required.
    pub days: u64,
    /// Problem that stops the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// The planned calls of one collector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Name of the collector.
    pub collector: &'static str,
    /// Availability.
    pub prospect: Prospect,
    /// Number of items, if the platform reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub things: Option<u64>,
    /// Number of remaining calls, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<u64>,
    /// Daily quota of calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily: Option<u64>,
    /// Remaining calls today.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining: Option<u64>,
    /// Number of days, including today.
    pub days: u64,
    /// Error code of the platform, if it refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
}

/// The availability of a collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Prospect {
    /// The response to the probe was inconclusive.
    Unknown,
    /// An earlier run was interrupted midway.
    GoesOn,
    /// Refused for this kind of account.
    NotPermitted,
    /// Available.
    Open,
    /// Not before another day.
    Waits,
}

impl Line {
    /// Returns the prospect's code; the text is `api-plan-<code>`.
    pub fn prospect_code(&self) -> &'static str {
        match self.prospect {
            Prospect::Unknown => "unknown",
            Prospect::GoesOn => "goes-on",
            Prospect::NotPermitted => "not-permitted",
            Prospect::Open if self.calls.is_none() => "uncounted",
            Prospect::Open => "open",
            Prospect::Waits => "waits",
        }
    }
}

/// The probe of one account.
pub(super) struct Probe<'a> {
    pub(super) session: &'a Session,
    pub(super) run: Run,
    pub(super) client: &'a dyn ApiClient,
    pub(super) options: &'a ApiOptions,
    pub(super) stop: &'a CancellationToken,
}

impl Probe<'_> {
    pub(super) async fn run(&self, service: Service) -> Result<AccountPlan> {
        let account = self.client.account().to_owned();
        let mut plan =
            AccountPlan { service, account, lines: Vec::new(), calls: 0, uncounted: 0, days: 0, problem: None };
        for collector in registry::wanted(service, &self.options.scope) {
            if self.stop.is_cancelled() {
                break;
            }
            match self.line(collector).await {
                Ok(line) => plan.lines.push(line),
                Err(NoAnswer::Account(error)) => {
                    plan.problem = Some(Problem::from_error(&error, &plan.account));
                    break;
                }
                Err(NoAnswer::Failed(failure)) => {
                    plan.problem = Some(Problem::from_error(&failure.error, &plan.account));
                    break;
                }
                Err(NoAnswer::Interrupted | NoAnswer::Said(..)) => break,
            }
        }
        plan.calls = plan.lines.iter().filter_map(|line| line.calls).sum();
        let asked = plan.lines.iter().filter(|line| line.prospect == Prospect::Open);
        plan.uncounted = asked.filter(|line| line.calls.is_none()).count() as u64;
        plan.days = plan.lines.iter().map(|line| line.days).max().unwrap_or(0);
        Ok(plan)
    }

    async fn line(&self, collector: &'static dyn DynCollector) -> Result<Line, NoAnswer> {
        let name = collector.info().name;
        let connection = self.session.catalog.connection();
        let who = Who { collector: name, account: self.client.account() };
        let standing = calls::standing(connection, who)?;
        let mut line = Line {
            collector: name,
            prospect: Prospect::Unknown,
            things: None,
            calls: None,
            daily: None,
            remaining: None,
            days: 0,
            code: None,
        };
        let now = self.session.begin_clock()?;
        if standing.until.and_then(Time::from_unix).is_some_and(|until| until > now) {
            return Ok(Line { prospect: Prospect::Waits, days: 2, ..line });
        }
        if standing.midst.is_some() {
            return Ok(Line { prospect: Prospect::GoesOn, days: 1, ..line });
        }
        self.session.catalog.transaction(|connection| calls::forget_open(connection, who))?;
        // Merchant quotas are per second, not per day.
        if collector.service() != Service::Merchant
            && let Some(path) = collector.info().patterns.first()
        {
            match self.quota(path).await {
                Ok((daily, remaining)) => (line.daily, line.remaining) = (daily, remaining),
                Err(NoAnswer::Said(said, _)) if said.meaning() == Meaning::NotPermitted => {
                    return Ok(Line { prospect: Prospect::NotPermitted, code: Some(said.code), ..line });
                }
                // The platform does not count this path, or does not report the quota: the call itself will show.
                Err(NoAnswer::Said(..)) => {}
                Err(no) => return Err(no),
            }
        }
        if line.remaining == Some(0) {
            return Ok(Line { prospect: Prospect::Waits, days: 2, ..line });
        }
        let passwords = Passwords::default();
        let secrets = SecretSet::new(self.options.secrets());
        let around = Surroundings {
            session: self.session,
            run: self.run,
            secrets: RefCell::new(secrets),
            passwords: &passwords,
            progress: &NoProgress,
            stop: self.stop,
            known: Cell::default(),
        };
        let asking = Asking::new(&around, self.client, collector, standing.last.is_none());
        let from = ResumePoint { midst: None, again: standing.last.map(Cursor) };
        let cx = ApiCx {
            account: who.account,
            clock: self.run.clock,
            now,
            scope: &self.options.scope,
            from,
            caller: &asking,
        };
        match collector.estimate(&cx).await {
            Ok(estimate) => {
                line.prospect = Prospect::Open;
                line.things = estimate.things;
                line.calls = estimate.calls;
                line.days = estimate.calls.map_or(1, |calls| days(calls, line.remaining, line.daily));
                Ok(line)
            }
            Err(NoAnswer::Said(said, _)) => {
                line.code = Some(said.code);
                line.prospect = match said.meaning() {
                    Meaning::NotPermitted => Prospect::NotPermitted,
                    Meaning::DayUsedUp => {
                        line.days = 2;
                        Prospect::Waits
                    }
                    _ => {
                        self.session.catalog.transaction(|connection| calls::forget_last(connection, who))?;
                        Prospect::Unknown
                    }
                };
                Ok(line)
            }
            Err(no) => Err(no),
        }
    }

    /// Returns the daily quota of calls and the calls remaining today.
    async fn quota(&self, path: &str) -> Result<(Option<u64>, Option<u64>), NoAnswer> {
        let body = json!({"cgi_path": path});
        let call = Call { target: QUOTA, body: Some(&body), expect: Expect::Json, limit: QUOTA_LIMIT };
        let called = self.client.call(call).await?;
        let answer = called.json().unwrap_or_default();
        let number = |key: &str| answer["quota"][key].as_u64();
        Ok((number("daily_limit"), number("remain")))
    }
}

/// Returns the number of days that `calls` take.
fn days(calls: u64, remaining: Option<u64>, daily: Option<u64>) -> u64 {
    let Some(daily) = daily.filter(|daily| *daily > 0) else { return u64::from(calls > 0) };
    let today = remaining.unwrap_or(daily);
    if calls == 0 { 0 } else { 1 + calls.saturating_sub(today).div_ceil(daily) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_what_is_left_today() {
        assert_eq!(days(100, Some(100), Some(100)), 1);
        assert_eq!(days(101, Some(100), Some(100)), 2);
        assert_eq!(days(250, Some(30), Some(100)), 4);
        assert_eq!(days(5, None, None), 1);
        assert_eq!(days(0, None, Some(100)), 0);
    }
}
