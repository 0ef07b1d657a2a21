//! Combines lanes, client and retries into the only access to the network.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use backon::ExponentialBackoff;
use tokio::sync::OwnedMutexGuard;

use crate::model::{GapReason, MediaKey, Sha256, Time};

use super::address::{self, PlatformUrl};
use super::call::{CallRequest, Called};
use super::classify::Placeholders;
use super::failure::Failure;
use super::host_limiter::{HostLimiter, Lanes, Permit, Stopped};
use super::media::{FetchedFile, MediaRequest};
use super::oversight::{Counted, Heard, Oversight};
use super::page::FetchedPage;
use super::retry;
use super::settings::{Pace, Settings};
use super::transport::Transport;

/// Fetches pages and files. One per run; shared by reference.
#[derive(Debug)]
pub struct Fetcher {
    pub(super) settings: Settings,
    pub(super) time: Time,
    pub(super) transport: Transport,
    pub(super) placeholders: Placeholders,
    /// Folder for responses too large for memory.
    pub(super) spool: Option<PathBuf>,
    oversight: Option<Arc<dyn Oversight>>,
    lanes: Lanes,
    flights: Flights,
}

impl Fetcher {
    /// Creates a fetcher without opening a client. `time` is the run's clock value.
    pub fn new(settings: Settings, time: Time) -> Self {
        Self {
            lanes: Lanes::new(settings.concurrency, (settings.retry_delay, settings.retry_delay_limit)),
            placeholders: Placeholders::new(settings.placeholders.clone()),
            transport: Transport::default(),
            flights: Flights::default(),
            spool: None,
            oversight: None,
            time,
            settings,
        }
    }

    /// Sets the folder for large API responses.
    pub fn with_spool(self, folder: PathBuf) -> Self {
        Self { spool: Some(folder), ..self }
    }

    /// Has every request seen and spaced by somebody who runs many accounts.
    pub fn overseen(self, oversight: Arc<dyn Oversight>) -> Self {
        Self { oversight: Some(oversight), ..self }
    }

    /// Reports whether any request was made.
    pub fn is_open(&self) -> bool {
        self.transport.is_open()
    }

    /// Returns the number of concurrent requests over all hosts.
    pub fn width(&self) -> usize {
        self.settings.concurrency
    }

    /// Returns the number of concurrent requests for article pages.
    pub fn page_width(&self) -> usize {
        self.settings.gentle.width
    }

    /// Fetches a page (or a JSON response) for `account` into memory.
    pub async fn page(&self, account: &str, url: &str) -> Result<FetchedPage, Failure> {
        super::page::fetch(self, account, url).await
    }

    /// Makes one API call.
    pub async fn call(&self, request: &CallRequest) -> Result<Called, Failure> {
        super::call::fetch(self, request).await
    }

    /// Fetches a file into `folder`, resuming an earlier partial download there.
    pub async fn media(&self, request: &MediaRequest, folder: &Path) -> Result<FetchedFile, Failure> {
        // Two tasks fetching the same medium would write the same partial file.
        let _alone = self.flights.enter(request.key.as_str()).await;
        super::media::fetch(self, request, folder).await
    }

    /// Returns the hosts that were given up for this run.
    pub fn stopped(&self) -> Vec<(String, Stopped)> {
        self.lanes.stopped()
    }

    /// Returns the media that were accepted before their content was identified as a placeholder.
    pub fn found_out(&self) -> Vec<(Sha256, MediaKey)> {
        self.placeholders.found_out()
    }

    /// Returns the tries of one request.
    pub(super) fn tries(&self, account: &str, url: &PlatformUrl) -> Tries<'_> {
        Tries {
            account: account.to_owned(),
            pace: self.settings.pace(url.host()),
            oversight: self.oversight.as_deref(),
            lanes: &self.lanes,
            lane: self.lanes.lane(account, url.host(), self.settings.pace(url.host())),
            url: url.clone(),
            waits: retry::waits(&self.settings),
        }
    }
}

/// Tries of one request: waits before each and records the host's reaction after each.
pub(super) struct Tries<'a> {
    account: String,
    pace: Pace,
    oversight: Option<&'a dyn Oversight>,
    lanes: &'a Lanes,
    lane: Arc<HostLimiter>,
    url: PlatformUrl,
    waits: ExponentialBackoff,
}

impl Tries<'_> {
    /// Waits for permission to try.
    pub(super) async fn enter(&self) -> Result<Permit, Failure> {
        let permit = self.lanes.enter(&self.lane, &self.url).await?;
        let wait = self.turn();
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        Ok(permit)
    }

    /// Takes a turn among the requests of all accounts. Hosts of files are made for browsers, which ask for many at once.
    fn turn(&self) -> Duration {
        let host = self.url.host();
        let counted = if address::is_file_host(host) {
            return Duration::ZERO;
        } else if address::is_merchant_host(host) || address::is_api_host(host) {
            Counted::ByAccount(&self.account)
        } else {
            Counted::ByAddress
        };
        self.oversight.map_or(Duration::ZERO, |oversight| oversight.turn(counted, host, self.pace.interval))
    }

    /// Records a successful try, which brought `bytes`.
    pub(super) fn succeeded(&self, bytes: u64) {
        self.tell(Heard::Answered(bytes));
        self.lane.succeeded();
    }

    fn tell(&self, heard: Heard) {
        if let Some(oversight) = self.oversight {
            oversight.heard(self.url.host(), heard);
        }
    }

    /// Records a failed try, and waits if it is worth repeating.
    ///
    /// # Errors
    /// The failure itself, if it is final.
    pub(super) async fn failed(&mut self, failure: Failure) -> Result<(), Failure> {
        let refused = failure.reason == GapReason::FetchBlocked;
        self.tell(if refused { Heard::Refused } else { Heard::Failed });
        if failure.error.code() == "fetch-challenge" {
            self.lane.stop(Stopped::Challenge);
            return Err(failure);
        }
        if !failure.transient {
            if failure.exchange.is_some() {
                // Not the expected content, but the host works.
                self.lane.succeeded();
            }
            return Err(failure);
        }
        let out_of_reach = matches!(failure.error.code(), "fetch-connect-failed" | "fetch-timeout" | "fetch-status");
        if refused || failure.error.code() == "fetch-status" {
            self.lane.slow_down(failure.retry_after);
        }
        let Some(wait) = self.waits.next() else {
            if refused || out_of_reach {
                self.lane.gave_up(refused);
            }
            return Err(failure);
        };
        tokio::time::sleep(wait.max(failure.retry_after.unwrap_or(Duration::ZERO))).await;
        Ok(())
    }
}

/// One lock per key: a second task for the same key waits for the first.
#[derive(Debug, Default)]
struct Flights(Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>);

impl Flights {
    async fn enter(&self, key: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if flights.len() > 1024 {
                flights.retain(|_, turn| turn.strong_count() > 0);
            }
            if let Some(turn) = flights.get(key).and_then(Weak::upgrade) {
                turn
            } else {
                let turn = Arc::new(tokio::sync::Mutex::new(()));
                flights.insert(key.to_owned(), Arc::downgrade(&turn));
                turn
            }
        };
        turn.lock_owned().await
    }
}
