//! Serves a site over HTTP as a local preview: only on the loopback address, only files below one folder, and only for
//! requests whose Host header names this address (a foreign name that resolves to it is refused).

mod answer;
mod range;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::apart::apart;
use crate::error::{Error, Result};

/// Time limit for receiving a request's head.
const PATIENCE: Duration = Duration::from_secs(30);
/// Interval at which the stop request is checked.
const TICK: Duration = Duration::from_millis(100);

/// A site with its listener.
pub struct Server {
    listener: std::net::TcpListener,
    address: SocketAddr,
    site: PathBuf,
}

impl Server {
    /// Binds the port, or any free one for 0.
    ///
    /// # Errors
    /// `serve-no-site` if there is no `index.html` in the folder, `serve-port-taken`.
    pub fn bind(site: &Path, port: u16) -> Result<Self> {
        let missing = |error| Error::usage("serve-no-site").with("path", site.display()).because(error);
        std::fs::metadata(site.join("index.html")).map_err(missing)?;
        let site = site.canonicalize().map_err(missing)?;
        let taken = |error| Error::usage("serve-port-taken").with("port", port).because(error);
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        Ok(Self { listener, address, site })
    }

    /// Returns the URL of the site.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Serves until `stop` is set. May be called inside an async runtime.
    ///
    /// # Errors
    /// `serve-failed`.
    pub fn run(self, stop: &CancellationToken) -> Result<()> {
        apart(|| self.answer(stop))
    }

    fn answer(self, stop: &CancellationToken) -> Result<()> {
        let failed = |error| Error::other("serve-failed").because(error);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
        self.listener.set_nonblocking(true).map_err(failed)?;
        let (site, address) = (Arc::<Path>::from(self.site), self.address);
        runtime.block_on(async move {
            let listener = TcpListener::from_std(self.listener).map_err(failed)?;
            while !stop.is_cancelled() {
                // A client that disconnected before it was accepted is not an error.
                let Ok(Ok((stream, _))) = tokio::time::timeout(TICK, listener.accept()).await else { continue };
                let site = Arc::clone(&site);
                tokio::spawn(async move {
                    let service = service_fn(move |request| answer::answer(Arc::clone(&site), address, request));
                    let mut connection = http1::Builder::new();
                    connection.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
                    // Browsers may drop connections at any time.
                    let _ = connection.serve_connection(TokioIo::new(stream), service).await;
                });
            }
            Ok(())
        })
    }
}
