//! Serves a site over HTTP as a local preview: only on the loopback address, only files below one folder, and only for
//! requests whose Host header names this address (a foreign name that resolves to it is refused).
//!
//! The desk shows the same preview in a frame. There it is reached by the name `localhost` alone: to a browser that is
//! another origin, and another host, than the desk's own address, so that no page of the site can read the desk and the
//! desk's cookie is never sent here.

mod answer;
mod range;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::answer::Rules;
use super::apart::apart;
use crate::error::{Error, Result};

/// Time limit for receiving a request's head.
const PATIENCE: Duration = Duration::from_secs(30);
/// Wait after a connection that could not be accepted, so that a lasting failure (too many open files) costs nothing.
const AFTER_FAILURE: Duration = Duration::from_millis(100);

/// A site with its listeners.
#[derive(Debug)]
pub struct Server {
    listeners: Vec<std::net::TcpListener>,
    url: String,
    rules: Rules,
}

impl Server {
    /// Binds the port, or any free one for 0.
    ///
    /// # Errors
    /// `serve-no-site` if there is no `index.html` in the folder, `serve-port-taken`.
    pub fn bind(site: &Path, port: u16) -> Result<Self> {
        let site = site_folder(site)?;
        let (listener, address) = listen(port)?;
        let port = address.port();
        let hosts = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
        // Browsers leave out the usual port.
        let usual = (port == 80).then(|| "localhost".to_owned());
        let rules = Rules::new(site, hosts.into_iter().chain(usual).collect(), "'none'");
        Ok(Self { listeners: vec![listener], url: format!("http://{address}/"), rules })
    }

    /// Binds any free port for the desk at the origin `desk`: the site is reached by the name `localhost` only, and may
    /// be shown in a frame of the desk only.
    ///
    /// # Errors
    /// As [`Server::bind`].
    pub fn bind_for(desk: &str, site: &Path) -> Result<Self> {
        let site = site_folder(site)?;
        let (listener, address) = listen(0)?;
        let port = address.port();
        // Browsers try `localhost` at this address first; without IPv6, or if the port is taken there, the other one
        // answers.
        let listeners = std::net::TcpListener::bind((Ipv6Addr::LOCALHOST, port)).into_iter().chain([listener]);
        let host = format!("localhost:{port}");
        let url = format!("http://{host}/");
        Ok(Self { listeners: listeners.collect(), url, rules: Rules::new(site, vec![host], desk) })
    }

    /// Returns the URL of the site.
    pub fn url(&self) -> String {
        self.url.clone()
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
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(failed)?;
        let rules = Arc::new(self.rules);
        runtime.block_on(async move {
            let mut accepting = Vec::new();
            for listener in self.listeners {
                listener.set_nonblocking(true).map_err(failed)?;
                let listener = TcpListener::from_std(listener).map_err(failed)?;
                accepting.push(accept(listener, Arc::clone(&rules)));
            }
            tokio::select! {
                () = stop.cancelled() => {}
                _ = futures_util::future::join_all(accepting) => {}
            }
            Ok(())
        })
    }
}

/// Accepts connections until it is dropped.
async fn accept(listener: TcpListener, rules: Arc<Rules>) {
    loop {
        // A client that disconnected before it was accepted is not an error.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(AFTER_FAILURE).await;
            continue;
        };
        let rules = Arc::clone(&rules);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer::answer(Arc::clone(&rules), request));
            let mut connection = http1::Builder::new();
            connection.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
            // Browsers may drop connections at any time.
            let _ = connection.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// Returns the folder of a site without symbolic links.
fn site_folder(site: &Path) -> Result<PathBuf> {
    let missing = |error| Error::usage("serve-no-site").with("path", site.display()).because(error);
    std::fs::metadata(site.join("index.html")).map_err(missing)?;
    site.canonicalize().map_err(missing)
}

fn listen(port: u16) -> Result<(std::net::TcpListener, SocketAddr)> {
    let taken = |error| Error::usage("serve-port-taken").with("port", port).because(error);
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(taken)?;
    let address = listener.local_addr().map_err(taken)?;
    Ok((listener, address))
}
