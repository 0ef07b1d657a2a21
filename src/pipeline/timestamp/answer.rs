//! Takes the answer of a timestamp authority: finds the state of the archive that it is for, checks it, and keeps it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::request::asked;
use super::{REQUEST, folders, state_name};
use crate::archive::{Archive, Lists, lists, place};
use crate::error::{Error, Kind, Result};
use crate::model::{Class, Sha256, layout};
use crate::parse::timestamp::{Answer, Authorities, LARGEST, Request, Trust};
use crate::pipeline::archive::ownership;
use crate::pipeline::archive::session::Session;
use crate::pipeline::commit;
use crate::pipeline::commit::changes::{CommitPlan, Target};
use crate::pipeline::host::Host;
use crate::platform;

/// A kept answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its path in the archive.
    pub place: String,
    /// Whether it was there before.
    pub already: bool,
    /// Whether the answer repeats the number of the request; `None` if the request is not there any more.
    pub answers_request: Option<bool>,
}

/// A state of the archive that an answer may be for.
struct State {
    /// Folder of the lists: put aside by the request, or in the private bag; `None` for the archive as it is.
    aside: Option<PathBuf>,
    kept: Option<String>,
    sums: Vec<u8>,
    request: Option<Vec<u8>>,
}

/// Takes the answer in the file at `path` and keeps it in the archive at `root`.
///
/// # Errors
/// `input-not-found`, `timestamp-too-large`, and those of `keep`.
pub fn take(root: &Path, path: &Path, authorities: Option<&Authorities>, host: &dyn Host) -> Result<Kept> {
    let bytes = platform::read_whole(path, LARGEST).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::input("input-not-found").with("path", path.display()),
        io::ErrorKind::FileTooLarge => too_large(path.display()),
        _ => Error::input("input-open-failed").with("path", path.display()).because(error),
    })?;
    keep(root, &bytes, authorities, host).map_err(|error| error.with("path", path.display()))
}

/// Takes the answer `bytes`, of a file of this name, and keeps it in the archive at `root`.
///
/// # Errors
/// As [`take`].
pub fn take_bytes(
    root: &Path,
    name: &str,
    bytes: &[u8],
    authorities: Option<&Authorities>,
    host: &dyn Host,
) -> Result<Kept> {
    if bytes.len() as u64 > LARGEST {
        return Err(too_large(name));
    }
    keep(root, bytes, authorities, host).map_err(|error| error.with("path", name))
}

fn too_large(path: impl std::fmt::Display) -> Error {
    Error::input("timestamp-too-large").with("path", path).with("limit", LARGEST / 1024)
}

/// Checks the answer `bytes` and keeps it in the archive at `root`, with the lists of the state that it is for.
///
/// # Errors
/// Those of [`Answer::read`] and [`crate::parse::timestamp::Token::check`]; `timestamp-of-other` if it is for something else,
/// `timestamp-nonce-differs`, `timestamp-not-trusted`, `archive-damaged`, and those of a commit.
pub(super) fn keep(root: &Path, bytes: &[u8], authorities: Option<&Authorities>, host: &dyn Host) -> Result<Kept> {
    let answer = Answer::read(bytes)?;
    let session = Session::open_for(root, host)?;
    let archive = session.archive();
    let state = states(root, archive)?.into_iter().find(|state| answer.token.imprint.is_of(&state.sums));
    let state = state.ok_or_else(|| Error::input("timestamp-of-other"))?;
    let request = state.request.as_deref().and_then(|request| Request::read(request).ok());
    let answers_request = request.map(|request| (request.nonce, answer.token.nonce.clone()));
    if let Some((Some(asked), Some(answered))) = &answers_request
        && asked != answered
    {
        return Err(Error::input("timestamp-nonce-differs"));
    }
    let signer = answer.token.check(authorities)?;
    if let Some(authorities) = authorities
        && let Trust::Refused(why) = authorities.judge(&answer.token, &signer)
    {
        let error = Error::new(Kind::Findings, "timestamp-not-trusted").with("name", signer.name);
        return Err(error.because(io::Error::other(why)));
    }
    let lists = match (&state.aside, &state.kept) {
        (Some(aside), _) => Lists::in_folder(aside),
        (_, Some(kept)) => Lists::kept(archive, kept),
        (None, None) => Lists::of(archive),
    };
    lists.check(&host.work())?;
    let hex = Sha256::of(&state.sums).hex();
    let folder = format!("{}/{}", layout::TIMESTAMPS, state_name(&hex));
    let known = folders(archive)?.remove(&folder).unwrap_or_default();
    let name = match free_name(archive, &folder, &known, &answer) {
        Ok(name) => name,
        Err(there) => {
            let place = place(Class::Private, &format!("{folder}/{there}"));
            return Ok(Kept {
                place,
                already: true,
                answers_request: answers_request.map(|(asked, got)| asked == got),
            });
        }
    };
    session.catalog.transaction(|_| {
        let own = ownership::remembered(&session.catalog)?;
        let description = commit::description(own.as_ref(), session.begin_clock()?);
        let target = Target { archive, description, work: host.work() };
        let mut plan = CommitPlan::new(&session.catalog, &session.stage, target);
        if state.kept.is_none() {
            for name in lists::names() {
                let failed = |error| Error::disk("manifest-unreadable", &name, error);
                let Some(mut from) = lists.open(&name).map_err(failed)? else { continue };
                let mut copy = plan.begin()?;
                io::copy(&mut from, &mut copy).map_err(failed)?;
                plan.put_written(Class::Private, &format!("{folder}/{name}"), copy)?;
            }
            if let Some(request) = &state.request {
                plan.put(Class::Private, &format!("{folder}/{REQUEST}"), request)?;
            }
        }
        plan.put(Class::Private, &format!("{folder}/{name}"), &answer.der)?;
        plan.finish()
    })?;
    settle(root, &state)?;
    let place = place(Class::Private, &format!("{folder}/{name}"));
    Ok(Kept { place, already: false, answers_request: answers_request.map(|(asked, got)| asked == got) })
}

/// Returns a name for the answer that no other has, or the name under which it was kept before.
fn free_name(archive: &Archive, folder: &str, known: &[String], answer: &Answer) -> Result<String, String> {
    for name in known {
        let bytes = archive.bytes(Class::Private, &format!("{folder}/{name}")).ok().flatten();
        if bytes.is_some_and(|bytes| bytes == answer.der) {
            return Err(name.clone());
        }
    }
    let ending = if answer.bare { "tst" } else { "tsr" };
    let numbered = |number: usize| match number {
        1 => format!("answer.{ending}"),
        number => format!("answer-{number}.{ending}"),
    };
    let free = (1..=known.len() + 1).map(numbered).find(|name| !known.contains(name));
    Ok(free.unwrap_or_else(|| numbered(known.len() + 2)))
}

/// Returns the states that an answer may be for: those asked about, the archive as it is, those with another timestamp.
fn states(root: &Path, archive: &Archive) -> Result<Vec<State>> {
    let mut states = Vec::new();
    for entry in fs::read_dir(asked(root)).into_iter().flatten().flatten() {
        let folder = entry.path();
        if let (Ok(sums), request) =
            (platform::read(folder.join(layout::SHA256SUMS)), platform::read(folder.join(REQUEST)).ok())
        {
            states.push(State { aside: Some(folder), kept: None, sums, request });
        }
    }
    // A request at the root may have come with a copy of the archive, whose working state did not.
    let request = platform::read_whole(&root.join(layout::REQUEST), 64 * 1024).ok();
    states.push(State { aside: None, kept: None, sums: Lists::of(archive).sums()?, request: None });
    for folder in folders(archive)?.into_keys() {
        let Ok(sums) = Lists::kept(archive, &folder).sums() else { continue };
        let request = archive.bytes(Class::Private, &format!("{folder}/{REQUEST}")).ok().flatten();
        states.push(State { aside: None, kept: Some(folder), sums, request });
    }
    for state in states.iter_mut().filter(|state| state.request.is_none()) {
        let is_of = |bytes: &Vec<u8>| Request::read(bytes).is_ok_and(|request| request.imprint.is_of(&state.sums));
        state.request = request.clone().filter(is_of);
    }
    // One that is kept already needs no second copy of its lists.
    states.sort_by_key(|state| state.kept.is_none());
    Ok(states)
}

/// Removes the request and the lists that were put aside for it, now that they are in the archive.
fn settle(root: &Path, state: &State) -> Result<()> {
    let path = root.join(layout::REQUEST);
    if state.request.is_some() && platform::read(&path).ok() == state.request {
        platform::remove_file(&path).map_err(|error| Error::disk("timestamp-unwritable", path.display(), error))?;
    }
    match &state.aside {
        Some(folder) => platform::remove_folder(folder)
            .map_err(|error| Error::disk("timestamp-unwritable", folder.display(), error)),
        None => Ok(()),
    }
}
