//! Runs the server of a desk until the program ends: on request, by Ctrl-C, or when nobody needs it any longer.

use std::future::IntoFuture as _;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::instance::{Claim, failed};
use super::state::Desk;
use super::{DeskOptions, routes};
use crate::error::{Error, Result};

/// A desk with its listener.
pub struct Server {
    listener: std::net::TcpListener,
    desk: Arc<Desk>,
    claim: Claim,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("address", &self.desk.address).finish_non_exhaustive()
    }
}

impl Server {
    pub(super) fn bind(options: DeskOptions, mut claim: Claim, stop: CancellationToken) -> Result<Self> {
        let port = options.port;
        let taken = |error| Error::usage("desk-port-taken").with("port", port).because(error);
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(taken)?;
        let address = listener.local_addr().map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let desk = Arc::new(Desk::new(options, address, stop)?);
        claim.announce(&desk.host());
        Ok(Self { listener, desk, claim })
    }

    /// Returns an address that admits one browser.
    ///
    /// # Errors
    /// `desk-no-random`.
    pub fn url(&self) -> Result<String> {
        self.desk.url()
    }

    /// Serves until the desk ends. A run in progress is stopped at its next safe point and waited for.
    ///
    /// # Errors
    /// `desk-failed`.
    pub fn run(self) -> Result<()> {
        let Self { listener, desk, claim } = self;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(failed)?;
        let secret = claim.secret.clone();
        let served = runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
            let idle = tokio::spawn(end_when_idle(Arc::clone(&desk)));
            let router = routes::router(Arc::clone(&desk), secret);
            // Open pages hold their connections for as long as they are open.
            let stop = desk.stop.clone();
            let served = tokio::select! {
                served = axum::serve(listener, router).into_future() => served.map_err(failed),
                () = stop.cancelled() => Ok(()),
            };
            idle.abort();
            served
        });
        // Another start may open a new desk from here on.
        drop(claim);
        while desk.workshop.now().is_some_and(|running| {
            running.stop();
            true
        }) {
            std::thread::sleep(Duration::from_millis(50));
        }
        runtime.shutdown_timeout(Duration::from_secs(1));
        served
    }
}

/// Ends the desk once no page was open and no run was in progress for the time of the options.
async fn end_when_idle(desk: Arc<Desk>) {
    /// Interval between looks.
    const LOOK: Duration = Duration::from_secs(15);
    let idle = desk.options.idle;
    let mut since = Instant::now();
    loop {
        tokio::time::sleep(LOOK.min(idle)).await;
        if desk.open_pages.load(Ordering::Relaxed) > 0 || desk.workshop.now().is_some() {
            since = Instant::now();
        } else if since.elapsed() >= idle {
            desk.stop.cancel();
            return;
        }
    }
}
