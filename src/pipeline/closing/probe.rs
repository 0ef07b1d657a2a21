//! Requests archived addresses from the platform, which shows a special page for a closed account.

use std::path::Path;

use serde::Serialize;

use super::private_files;
use crate::archive::Archive;
use crate::audit::evidence::pretty;
use crate::audit::facts::Probe;
use crate::audit::fill;
use crate::error::{Error, Result};
use crate::fetch::settings::Settings;
use crate::model::{Class, Time, layout};
use crate::pipeline::apart::apart;
use crate::pipeline::archive::session::Session;
use crate::pipeline::host::Host;
use crate::progress::Task;

/// Texts of a closed account's page, in the two spellings in use.
const CLOSED: &[&str] = &["此帐号已自主注销", "此账号已自主注销"];

/// The current state of one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Probed {
    /// The address.
    pub url: String,
    /// Time of the request.
    pub at: Time,
    /// The page says that the owner closed the account.
    pub gone: bool,
}

impl From<Probe> for Probed {
    fn from(Probe { url, at, text }: Probe) -> Self {
        Self { url, at, gone: CLOSED.iter().any(|closed| text.contains(closed)) }
    }
}

/// Returns the probes of the last run, if any.
pub(super) fn probes(archive: &Archive) -> Result<Vec<Probe>> {
    let path = archive.shown(Class::Private, layout::PROBES);
    match archive.bytes(Class::Private, layout::PROBES) {
        Ok(Some(bytes)) => serde_json::from_slice(&bytes)
            .map_err(|error| Error::damaged("readiness-unreadable").with("path", &path).because(error)),
        Ok(None) => Ok(Vec::new()),
        Err(error) => Err(Error::disk("readiness-unreadable", &path, error)),
    }
}

/// Requests up to `count` archived addresses from the platform, spread evenly over the archive, and saves the
/// responses. May be called inside an async runtime.
///
/// # Errors
/// `probe-failed`, those of reading the archive and of a commit; `interrupted`.
pub fn probe(root: &Path, count: usize, host: &dyn Host) -> Result<Vec<Probed>> {
    apart(|| ask(root, count, host))
}

fn ask(root: &Path, count: usize, host: &dyn Host) -> Result<Vec<Probed>> {
    let now = host.environment().now()?;
    let urls = fill::addresses(&Archive::open(root)?)?;
    let step = urls.len().div_ceil(count.max(1)).max(1);
    let chosen: Vec<String> = urls.into_iter().step_by(step).collect();
    let bar = host.progress().start(Task::FetchPages, Some(chosen.len() as u64));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::other("probe-failed").because(error))?;
    let fetcher = host.environment().fetcher(Settings::default(), now);
    let mut probes = Vec::new();
    for url in chosen {
        host.work().check()?;
        let text = match runtime.block_on(fetcher.page("probe", &url)) {
            Ok(page) => said(&String::from_utf8_lossy(&page.bytes)),
            // A failed request is a result too.
            Err(failure) => failure.error.to_string(),
        };
        probes.push(Probe { url, at: now, text });
        bar.advance(1);
    }
    let note = pretty(&probes).into_bytes();
    private_files::save(&Session::open_for(root, host)?, &[(layout::PROBES, note)], &host.work())?;
    Ok(probes.into_iter().map(Probed::from).collect())
}

/// Returns the part of a page to keep: the closing text, else its beginning.
fn said(page: &str) -> String {
    match CLOSED.iter().find(|closed| page.contains(**closed)) {
        Some(closed) => (*closed).to_owned(),
        None => page.chars().take(200).collect(),
    }
}
