//! The preview of the site, served from another origin and another host name than the desk: whatever a page of the
//! site does, it cannot read the desk, and the desk's cookie is never sent to it.

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use tokio_util::sync::CancellationToken;

use super::state::Desk;
use crate::error::{Error, Result};
use crate::pipeline::serve::Server;

/// A running preview, ended when it is dropped.
#[derive(Debug)]
pub(super) struct Preview {
    url: String,
    site: PathBuf,
    stop: CancellationToken,
    thread: JoinHandle<Result<()>>,
}

impl Drop for Preview {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Preview {
    /// Starts the preview of the site in the folder `site`.
    ///
    /// # Errors
    /// `serve-no-site`, `serve-port-taken`.
    pub(super) fn start(desk: &Desk, site: &Path) -> Result<Self> {
        let server = Server::bind_for(&format!("http://{}", desk.host()), site)?;
        let (url, stop) = (server.url(), desk.stop.child_token());
        let until = stop.clone();
        let thread = std::thread::Builder::new().name("preview".to_owned()).spawn(move || server.run(&until));
        let thread = thread.map_err(|error| Error::other("job-thread-failed").because(error))?;
        Ok(Self { url, site: site.to_owned(), stop, thread })
    }

    /// Reports whether it shows this folder.
    pub(super) fn shows(&self, site: &Path) -> bool {
        self.site == site && !self.thread.is_finished()
    }

    /// Returns the address of the site's first page.
    pub(super) fn url(&self) -> &str {
        &self.url
    }
}
