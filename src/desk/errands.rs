//! Starts the main job for a view: with the inputs of the list, or to fetch what is missing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::host::DeskHost;
use super::state::Desk;
use super::views::gaps;
use super::workshop::{Errand, Outcome};
use crate::config::Config;
use crate::error::Result;
use crate::pipeline::backup::BackupOptions;
use crate::pipeline::crawl::CrawlOptions;
use crate::pipeline::export::request::SiteRequest;
use crate::pipeline::inbox::{Inbox, List, settle};
use crate::pipeline::job::Job;

/// What a run is to do.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    /// Files and folders to read, and links.
    pub(super) list: List,
    /// Whether to read the inbox.
    pub(super) inbox: bool,
    /// Whether to keep files that no source recognises.
    pub(super) keep_other: bool,
    /// How to fetch what is missing; `None` sends no request.
    pub(super) online: Option<CrawlOptions>,
    /// A folder to read each time its files stop changing.
    pub(super) watch: Option<PathBuf>,
    /// Key of the gap that the files were chosen for.
    pub(super) gap: Option<String>,
}

/// Starts the main job.
///
/// # Errors
/// `desk-no-archive`, `desk-busy`.
pub(super) fn backup(desk: &Arc<Desk>, request: Request) -> Result<()> {
    let root = desk.root()?;
    let request = without_gone(desk, request);
    let code = if request.watch.is_some() { "watch" } else { "backup" };
    let errand: Errand = Arc::new(move |host: &DeskHost| run(host, &root, &request));
    desk.workshop.start(desk, code, errand)
}

/// Carries out the last run again. A folder that was watched is read once: to go on, or to enter a password, is not to
/// watch it.
///
/// # Errors
/// `desk-busy`.
pub(super) fn again(desk: &Arc<Desk>) -> Result<()> {
    let watched = desk.workshop.latest().filter(|last| last.code == "watch");
    match watched.and_then(|_| desk.views.inputs.last()?.watch) {
        Some(folder) => {
            let list = List { roots: vec![folder], ..List::default() };
            backup(desk, Request { list, ..Request::default() })
        }
        None => desk.workshop.again(desk),
    }
}

/// Starts a rehearsal of the main job.
///
/// # Errors
/// `desk-no-archive`, `desk-busy`.
pub(super) fn rehearse(desk: &Arc<Desk>, request: Request) -> Result<()> {
    let root = desk.root()?;
    let request = without_gone(desk, request);
    let errand: Errand = Arc::new(move |host: &DeskHost| {
        let rehearsal = job(host.desk(), &root, &request)?.rehearse(host)?;
        Ok(Outcome::Rehearsed(Box::new(rehearsal)))
    });
    desk.workshop.start(desk, "look", errand)
}

/// Leaves out the named folders and files that are gone, if anything else is to be read: one of them stops nothing. They
/// stay in the list.
fn without_gone(desk: &Desk, mut request: Request) -> Request {
    let (there, gone): (Vec<PathBuf>, Vec<PathBuf>) =
        request.list.roots.iter().cloned().partition(|root| root.symlink_metadata().is_ok());
    let anything = !there.is_empty() || !request.list.links.is_empty() || request.inbox;
    if anything && !gone.is_empty() {
        for path in &gone {
            desk.note("desk-root-gone", vec![("path", path.display().to_string())]);
        }
        request.list.roots = there;
    }
    request
}

fn run(host: &DeskHost, root: &Path, request: &Request) -> Result<Outcome> {
    let desk = host.desk();
    let job = job(desk, root, request)?;
    let site = job.site.as_ref().map(|site| site.folder.clone()).unwrap_or_default();
    let done = match &request.watch {
        Some(folder) => job.watch(folder, host)?,
        None => job.run(host)?,
    };
    let whole = !done.report.interrupted;
    if whole && request.inbox {
        let kept = &desk.views.inputs;
        // Of a batch that cannot be looked at now, everything stays.
        if let Ok(left) = settle(root, job.options.limits, host, &|batch| kept.is_receiving(batch)) {
            kept.set_left(left);
        }
    }
    if whole && request.watch.is_none() {
        desk.views.inputs.was_read(root, request);
    }
    if whole && let Some(name) = request.gap.as_deref().and_then(|key| gaps::still_open(desk, root, key)) {
        desk.note("desk-gaps-still-open", vec![("name", name)]);
    }
    Ok(Outcome::Backup { root: root.to_owned(), site, done: Box::new(done) })
}

/// Returns the job of a request, with the settings as they are now.
fn job(desk: &Arc<Desk>, root: &Path, request: &Request) -> Result<Job> {
    let config = Config::find(desk.options.config.as_deref())?;
    let mut roots = request.list.roots.clone();
    if request.inbox {
        roots.extend(Inbox::of(root).roots()?);
    }
    roots.extend(request.watch.clone());
    let options = BackupOptions {
        roots,
        links: request.list.links.join("\n"),
        keep_other: request.keep_other,
        mend: request.watch.is_none(),
        limits: config.containers.settle()?,
        online: request.online.clone(),
        ..BackupOptions::default()
    };
    let language = desk.language();
    let site = SiteRequest::default().settle(root, language)?;
    Ok(Job { root: root.to_owned(), options, check: true, site: Some(site), also: None, store: None, language })
}
