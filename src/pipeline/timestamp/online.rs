//! Asks a timestamp authority over the network.

use std::path::Path;

use super::answer::{Kept, keep};
use super::request::ask;
use crate::error::{Error, Result};
use crate::fetch::Settings;
use crate::parse::timestamp::Authorities;
use crate::pipeline::apart::apart;
use crate::pipeline::host::Host;
use crate::progress::Task;

/// Sends the request for a timestamp of the archive at `root` to the authority at `url` and keeps its answer. Only the
/// request is sent: a digest and a number. May be called inside an async runtime.
///
/// # Errors
/// Those of [`ask`], of the request, and of keeping the answer.
pub fn ask_online(
    root: &Path,
    url: &str,
    settings: Settings,
    authorities: Option<&Authorities>,
    host: &dyn Host,
) -> Result<Kept> {
    let asked = ask(root, None, host)?;
    let step = host.progress().start(Task::FetchPages, Some(1));
    let fetcher = host.environment().fetcher(settings, host.environment().now()?);
    let answer = apart(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Error::other("job-thread-failed").because(error))?;
        runtime.block_on(fetcher.timestamp(url, asked.request.clone()))
    })?;
    step.advance(1);
    drop(step);
    host.work().check()?;
    keep(root, &answer, authorities, host).map_err(|error| error.with("path", url))
}
