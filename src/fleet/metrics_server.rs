//! Serves the metrics of a process over HTTP, to whatever collects them.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use axum::Router;
use axum::http::header;
use axum::routing::get;
use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};

/// Returns the text of the metrics.
pub type Render = Arc<dyn Fn() -> String + Send + Sync>;

/// Media type of the text format.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Serves `/metrics` at `address` until `stop`. Returns the address, and the thread that serves.
///
/// # Errors
/// `fleet-metrics-failed`.
pub fn serve(address: SocketAddr, render: Render, stop: CancellationToken) -> Result<(SocketAddr, JoinHandle<()>)> {
    let failed = |error| Error::other("fleet-metrics-failed").with("address", address).because(error);
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let serving = thread::spawn(move || {
        runtime.block_on(async move {
            let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
            // The queue may keep a collector waiting, and with it only the collector.
            let answer = async move || {
                let text = tokio::task::spawn_blocking(move || render()).await.unwrap_or_default();
                ([(header::CONTENT_TYPE, TEXT)], text)
            };
            let router = Router::new().route("/metrics", get(answer));
            let _ = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await;
        });
    });
    Ok((bound, serving))
}
