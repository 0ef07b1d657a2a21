//! 放进来: what is to be put into the archive, and what became of what was put in before.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use minijinja::{Value, context};

use crate::desk::chooser;
use crate::desk::errands::{self, Request};
use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::desk::view::{Info, Then, View, value};
use crate::desk::workshop::{Finished, Outcome};
use crate::error::{Error, Kind, Result};
use crate::model::Problem;
use crate::pipeline::backup::Given;
use crate::pipeline::inbox::{BatchContent, Inbox, Leftover, List, NotKept};
use crate::platform;
use crate::words::{Phrases, source_name};

/// Largest number of names of a kind that are shown.
const SHOWN: usize = 50;
/// Largest number of refused files that are remembered.
const REFUSED: usize = 200;
/// Time without a request after which an upload counts as broken off.
const PATIENCE: Duration = Duration::from_mins(2);

/// The view.
pub(in crate::desk) struct Inputs;

/// What the view keeps between requests.
#[derive(Default)]
pub(in crate::desk) struct Kept(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// Batches that are being received.
    receiving: BTreeMap<String, Receiving>,
    /// Files that were refused.
    refused: Vec<Problem>,
    /// Files of the inbox that the last run did not keep.
    left: Vec<Leftover>,
    /// Contents of the batches that were received whole: many files take a while to count.
    contents: BTreeMap<String, BatchContent>,
    /// What the last run was to do.
    last: Option<Request>,
}

/// A batch that is being received.
struct Receiving {
    /// Number of requests in progress.
    requests: usize,
    /// Time of the last request.
    last: Instant,
}

impl Kept {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what is about the archive.
    pub(in crate::desk) fn forget(&self) {
        *self.inner() = Inner::default();
    }

    /// Notes that files of a batch are being received.
    pub(in crate::desk) fn receives(&self, batch: &str) {
        let mut inner = self.inner();
        let begun = Receiving { requests: 0, last: Instant::now() };
        inner.receiving.entry(batch.to_owned()).or_insert(begun).requests += 1;
        inner.contents.remove(batch);
    }

    /// Notes that a request with files of a batch ended, and whether more are expected: after one that broke off they are
    /// not.
    pub(in crate::desk) fn rests(&self, batch: &str, more: bool) {
        let mut inner = self.inner();
        let Some(receiving) = inner.receiving.get_mut(batch) else { return };
        receiving.requests = receiving.requests.saturating_sub(1);
        receiving.last = Instant::now();
        if !more && receiving.requests == 0 {
            inner.receiving.remove(batch);
        }
    }

    /// Notes that a batch was received whole.
    pub(in crate::desk) fn received(&self, batch: &str) {
        let mut inner = self.inner();
        inner.receiving.remove(batch);
        inner.contents.remove(batch);
    }

    /// Reports whether more files of a batch are to come.
    pub(in crate::desk) fn is_receiving(&self, batch: &str) -> bool {
        let inner = self.inner();
        inner.receiving.get(batch).is_some_and(|batch| batch.requests > 0 || batch.last.elapsed() < PATIENCE)
    }

    /// Remembers files that were refused.
    pub(in crate::desk) fn refused(&self, problems: &[Problem]) {
        let mut inner = self.inner();
        let room = REFUSED.saturating_sub(inner.refused.len());
        inner.refused.extend(problems.iter().take(room).cloned());
    }

    /// Remembers which files of the inbox a run did not keep.
    pub(in crate::desk) fn set_left(&self, left: Vec<Leftover>) {
        let mut inner = self.inner();
        inner.left = left;
        inner.contents.clear();
    }

    /// Takes what a run has read from the list.
    pub(in crate::desk) fn was_read(&self, root: &Path, request: &Request) {
        let mut inner = self.inner();
        let inbox = Inbox::of(root);
        let mut list = inbox.list();
        list.roots.retain(|path| !request.list.roots.contains(path));
        list.links.retain(|link| !request.list.links.contains(link));
        list.keep_other = false;
        // If it cannot be written, what was read is read again, and nothing is kept twice.
        let _ = inbox.set_list(&list);
        inner.refused.clear();
    }

    /// Changes the list.
    fn change(&self, inbox: &Inbox, change: impl FnOnce(&mut List)) -> Result<()> {
        let _inner = self.inner();
        let mut list = inbox.list();
        change(&mut list);
        inbox.set_list(&list)
    }

    /// Returns the contents of the batches.
    fn contents(&self, inbox: &Inbox) -> Result<Vec<(BatchContent, bool)>> {
        let mut contents = Vec::new();
        for batch in inbox.batches()? {
            let known = self.inner().contents.get(&batch).cloned();
            let content = match known {
                Some(content) => content,
                None => inbox.content(&batch)?,
            };
            if !content.unfinished {
                self.inner().contents.insert(batch.clone(), content.clone());
            }
            let receiving = self.is_receiving(&batch);
            // Nothing is known of the others; the next run removes them.
            if !content.names.is_empty() || receiving {
                contents.push((content, receiving));
            }
        }
        Ok(contents)
    }

    /// Returns the names of what a run could not read: what is still being received, and what broke off or is gone.
    pub(in crate::desk) fn outstanding(&self, inbox: &Inbox) -> Result<(Vec<String>, Vec<String>)> {
        let unfinished = self.contents(inbox)?.into_iter().filter(|(content, _)| content.unfinished);
        let (receiving, broken): (Vec<_>, Vec<_>) = unfinished.partition(|(_, receiving)| *receiving);
        let names = |batches: Vec<(BatchContent, bool)>| batches.into_iter().flat_map(|(content, _)| content.names);
        let gone = inbox.list().roots.into_iter().filter(|path| !path.exists());
        let lost = names(broken).chain(gone.map(|path| path.display().to_string()));
        Ok((names(receiving).take(SHOWN).collect(), lost.take(SHOWN).collect()))
    }

    /// Returns what the last run was to do, to do it again in another way.
    pub(in crate::desk) fn last(&self) -> Option<Request> {
        self.inner().last.clone()
    }
}

impl View for Inputs {
    fn info(&self) -> &'static Info {
        &Info { slug: "inputs", of_archive: true, in_steps: true }
    }

    fn values(&self, desk: &Arc<Desk>, query: &Form) -> Result<Value> {
        let inbox = Inbox::of(&desk.root()?);
        let kept = &desk.views.inputs;
        let list = inbox.list();
        let contents = kept.contents(&inbox)?;
        let phrases = desk.phrases();
        let roots: Vec<Value> = list
            .roots
            .iter()
            .map(|path| {
                context! {
                    path => path.display().to_string(), missing => !path.exists(), folder => path.is_dir()
                }
            })
            .collect();
        let batches: Vec<Value> = contents.iter().map(|(content, receiving)| context! {
            batch => content.batch.clone(), files => content.files, bytes => content.bytes,
            names => content.names.iter().take(3).cloned().collect::<Vec<_>>(), more => content.names.len().saturating_sub(3),
            unfinished => content.unfinished && !receiving, receiving => content.unfinished && *receiving
        }).collect();
        let inner = kept.inner();
        let refused: Vec<String> = inner.refused.iter().map(|problem| phrases.problem(problem)).collect();
        let left = left(&phrases, &inner.left);
        drop(inner);
        let latest = [desk.workshop.last("look"), desk.workshop.last("backup")];
        let latest = latest.into_iter().flatten().max_by_key(|finished| finished.number);
        Ok(context! {
            live => true,
            nothing => roots.is_empty() && batches.is_empty() && list.links.is_empty(),
            keep_other => list.keep_other,
            roots, batches, links => list.links, refused, left,
            listing => chooser::asked(&phrases, query, true),
            places => value(chooser::places()),
            watched => desk.workshop.now().and_then(|now| now.watched()).map(|watched| super::progress::shown(&watched)),
            downloads => downloads().map(|path| path.display().to_string()),
            look_failed => desk.workshop.last("look").filter(|look| latest.as_ref().is_none_or(|last| last.number == look.number))
                .and_then(|look| look.result.as_ref().err().filter(|error| !error.is_interrupted()).map(|error| value(phrases.error(error)))),
            seen => latest.and_then(|finished| seen(&phrases, &finished)),
        })
    }

    fn json(&self, desk: &Arc<Desk>) -> Result<Option<Vec<u8>>> {
        let Some(finished) = desk.workshop.last("look") else { return Ok(None) };
        let Ok(Outcome::Rehearsed(rehearsal)) = &finished.result else { return Ok(None) };
        Ok(serde_json::to_vec_pretty(rehearsal).ok())
    }

    fn act(&self, desk: &Arc<Desk>, action: &str, form: &Form) -> Result<Option<Then>> {
        let root = desk.root()?;
        let inbox = Inbox::of(&root);
        let kept = &desk.views.inputs;
        let mut to = "/inputs".to_owned();
        match action {
            "add" => {
                let paths = form.all("path").map(|path| checked(&root, path)).collect::<Result<Vec<PathBuf>>>()?;
                if paths.is_empty() {
                    return Err(Error::usage("desk-no-folder"));
                }
                kept.change(&inbox, |list| {
                    list.roots.extend(paths);
                    distinct(&mut list.roots);
                })?;
                if let Some(at) = form.get("at") {
                    let at = percent_encoding::utf8_percent_encode(at, percent_encoding::NON_ALPHANUMERIC);
                    to = format!("/inputs?at={at}#chooser");
                }
            }
            "links" => {
                let given = Given { links: form.get("text").unwrap_or_default().to_owned(), ..Given::default() };
                let lines = given.links.lines().map(str::trim).filter(|line| line.contains("mp.weixin.qq.com"));
                let links: Vec<String> = lines.map(str::to_owned).collect();
                if links.is_empty() {
                    return Err(Error::usage("desk-no-links"));
                }
                if let Some(left_out) = given.left_out() {
                    let argument = |name: &str| {
                        left_out.arguments.iter().find(|(of, _)| of == name).map(|(_, value)| value.clone())
                    };
                    let arguments = ["count", "text"].map(|name| (name, argument(name).unwrap_or_default()));
                    desk.note("desk-links-left-out", arguments.to_vec());
                }
                kept.change(&inbox, |list| {
                    list.links.extend(links);
                    distinct(&mut list.links);
                })?;
            }
            "remove" => {
                if let Some(batch) = form.get("batch") {
                    inbox.remove(batch)?;
                    kept.received(batch);
                    kept.inner().left.retain(|left| left.batch != batch);
                }
                kept.change(&inbox, |list| {
                    list.roots.retain(|path| form.get("root") != Some(&path.display().to_string()));
                    list.links.retain(|link| !form.has("links") && form.get("link") != Some(link));
                })?;
            }
            "arrived" => {
                let batch = form.get("batch").unwrap_or_default();
                if kept.is_receiving(batch) {
                    return Err(Error::new(Kind::Lock, "desk-busy"));
                }
                inbox.close(batch)?;
                kept.received(batch);
            }
            "start" => {
                let request = request(kept, &inbox, form)?;
                // A run that is stopped or killed goes on as it was begun.
                kept.change(&inbox, |list| list.keep_other = request.keep_other)?;
                to = start(desk, request)?;
            }
            "look" => errands::rehearse(desk, request(kept, &inbox, form)?)?,
            "keep" => {
                let last = kept.last().unwrap_or_default();
                to = start(desk, Request { inbox: true, keep_other: true, watch: None, online: None, ..last })?;
            }
            "watch" => {
                let folder = match form.get("path") {
                    Some(path) => checked(&root, path)?,
                    None => downloads().ok_or_else(|| Error::usage("desk-no-folder"))?,
                };
                to = start(desk, Request { watch: Some(folder), ..Request::default() })?;
            }
            _ => return Ok(None),
        }
        Ok(Some(Then::Show(to)))
    }
}

/// Starts a run, and returns the page that shows it.
fn start(desk: &Arc<Desk>, request: Request) -> Result<String> {
    errands::backup(desk, request.clone())?;
    desk.views.inputs.inner().last = Some(request);
    Ok("/progress".to_owned())
}

/// Returns the request to read everything in the list.
fn request(kept: &Kept, inbox: &Inbox, form: &Form) -> Result<Request> {
    let list = inbox.list();
    let contents = kept.contents(inbox)?;
    let there = list.roots.iter().any(|path| path.symlink_metadata().is_ok());
    if !there && list.links.is_empty() && contents.iter().all(|(content, _)| content.files == 0) {
        let receiving = contents.iter().any(|(_, receiving)| *receiving);
        return Err(match list.roots.first() {
            _ if receiving => Error::new(Kind::Lock, "desk-still-receiving"),
            Some(gone) => Error::input("input-not-found").with("path", gone.display()),
            None => Error::usage("desk-nothing-to-read"),
        });
    }
    Ok(Request { list, inbox: true, keep_other: form.has("keep_other"), ..Request::default() })
}

/// Returns the absolute path of something to read.
///
/// # Errors
/// `input-not-found`, `desk-input-is-archive`.
fn checked(root: &Path, path: &str) -> Result<PathBuf> {
    let path = PathBuf::from(path);
    let full = path
        .canonicalize()
        .map_err(|error| Error::input("input-not-found").with("path", path.display()).because(error))?;
    // A relative path would be found from wherever the program was started; a device has no end.
    if !path.is_absolute() || !(full.is_dir() || full.is_file()) {
        return Err(Error::input("input-not-found").with("path", path.display()));
    }
    if root.canonicalize().is_ok_and(|root| full.starts_with(root)) {
        return Err(Error::usage("desk-input-is-archive").with("path", path.display()));
    }
    std::path::absolute(&path)
        .map_err(|error| Error::input("input-not-found").with("path", path.display()).because(error))
}

fn distinct<T: Ord + Clone>(items: &mut Vec<T>) {
    let mut known = std::collections::BTreeSet::new();
    items.retain(|item| known.insert(item.clone()));
}

/// Returns the user's folder of downloads.
fn downloads() -> Option<PathBuf> {
    let mut places = platform::places().into_iter();
    places.find(|place| place.kind == platform::PlaceKind::Downloads).map(|place| place.path)
}

/// Returns the files that were not kept, by reason, with what to do.
fn left(phrases: &Phrases<'_>, left: &[Leftover]) -> Vec<Value> {
    let mut by_reason: BTreeMap<_, Vec<&Leftover>> = BTreeMap::new();
    for one in left {
        by_reason.entry(one.why).or_default().push(one);
    }
    by_reason
        .iter()
        .map(|(why, of)| {
            let names: Vec<String> = of
                .iter()
                .take(SHOWN)
                .map(|one| {
                    one.problem.as_ref().map_or_else(|| one.name.clone(), |problem| phrases.problem_line(problem))
                })
                .collect();
            let files: std::collections::BTreeSet<_> = of.iter().map(|one| (&one.batch, &one.name)).collect();
            // Of what was left out, each place is counted.
            let count = if *why == NotKept::Part { of.len() } else { files.len() };
            let (hints, drop) =
                (hints(phrases, *why, of), phrases.texts.find(&format!("desk-leftover-drop-{}", why.code()), &[]));
            context! { why => why.code(), count, names, more => of.len().saturating_sub(SHOWN), hints, drop }
        })
        .collect()
}

/// Returns what to do about files that were not kept: what their problems say, and for the others what mostly helps.
fn hints(phrases: &Phrases<'_>, why: NotKept, of: &[&Leftover]) -> Vec<String> {
    let mostly = || phrases.text(&format!("desk-leftover-hint-{}", why.code()), &[]);
    let mut hints = Vec::new();
    for one in of {
        let hint = one.problem.as_ref().and_then(|problem| phrases.problem_hint(problem)).unwrap_or_else(mostly);
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    hints
}

/// Returns what the last run or rehearsal recognised.
fn seen(phrases: &Phrases<'_>, finished: &Finished) -> Option<Value> {
    let (recognised, unrecognised, locked, problems): (_, _, _, Vec<&Problem>) = match finished.result.as_ref().ok()? {
        Outcome::Rehearsed(seen) => {
            (&seen.recognised, &seen.unrecognised, &seen.locked, seen.problems.iter().collect())
        }
        Outcome::Backup { done, .. } => {
            let report = &done.report;
            let problems = report.problems.iter().map(|(problem, _)| problem).collect();
            (&report.recognised, &report.unrecognised, &report.locked, problems)
        }
        _ => return None,
    };
    let kinds: Vec<Value> = recognised
        .iter()
        .map(|(source, count)| context! { name => source_name(phrases.texts, source), count })
        .collect();
    let rehearsal = match &finished.result {
        Ok(Outcome::Rehearsed(seen)) => Some(context! {
            unchanged => seen.unchanged, bytes => seen.bytes, free => seen.free, interrupted => seen.interrupted,
            accounts => seen.undecided.iter().map(|share| context! { name => share.name.clone(), count => share.articles }).collect::<Vec<_>>(),
        }),
        _ => None,
    };
    Some(context! {
        rehearsal, kinds, locked => locked.clone(),
        unrecognised => unrecognised.iter().take(SHOWN).cloned().collect::<Vec<_>>(),
        unrecognised_count => unrecognised.len(),
        unrecognised_more => unrecognised.len().saturating_sub(SHOWN),
        problems => troubles(phrases, &problems),
        problems_more => problems.len().saturating_sub(SHOWN),
    })
}

/// Returns problems with the advice that each needs, which is told once.
pub(in crate::desk) fn troubles(phrases: &Phrases<'_>, problems: &[&Problem]) -> Vec<Value> {
    let mut told = std::collections::BTreeSet::new();
    problems
        .iter()
        .take(SHOWN)
        .map(|problem| {
            let hint = phrases.problem_hint(problem).filter(|hint| told.insert(hint.clone()));
            context! { text => phrases.problem_line(problem), hint, severe => problem.exit_bit != 0 }
        })
        .collect()
}
