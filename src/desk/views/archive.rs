//! 存档: the archive in use, what it holds at a glance, and how to choose or make another one.

use std::path::Path;
use std::sync::Arc;

use minijinja::{Value, context};

use super::gaps::damage;
use super::progress::is_waiting;
use crate::desk::chooser;
use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::desk::view::{Info, Then, View, value};
use crate::error::{Error, Result};
use crate::pipeline::archive::session;
use crate::pipeline::archive::state::{cannot_be_kept, holds_anything, is_archive, unfinished};
use crate::pipeline::closing::readiness::overview;
use crate::pipeline::host::Unattended;
use crate::platform::{self, PlaceKind};

/// Free bytes below which the page warns.
const LITTLE: u64 = 1_000_000_000;
/// Name of a new archive, as the command line proposes it.
const NEW: &str = "liudi-archive";

/// The view.
pub(in crate::desk) struct Archive;

impl View for Archive {
    fn info(&self) -> &'static Info {
        &Info { slug: "archive", of_archive: false, in_steps: true }
    }

    fn values(&self, desk: &Arc<Desk>, query: &Form) -> Result<Value> {
        let root = desk.archive();
        let held = match &root {
            Some(root) if holds_anything(root) => Some(overview(root, &Unattended::default())?),
            _ => None,
        };
        // Another archive can be chosen all the same.
        let gone = root.is_some() && desk.root().is_err();
        let recent: Vec<Value> = desk
            .recent()
            .iter()
            .filter(|other| root.as_ref() != Some(other))
            .map(|other| context! { path => other.display().to_string(), exists => other.is_dir() })
            .collect();
        Ok(context! {
            fleet => desk.options.fleet.is_some(),
            damage => match &root {
                Some(root) if held.is_some() => damage(root)?,
                _ => None,
            },
            held => held.map(value),
            unfinished => root.as_deref().filter(|_| desk.workshop.now().is_none()).and_then(unfinished),
            waiting => desk.workshop.now().is_none() && root.as_deref().is_some_and(is_waiting),
            read_only => root.as_deref().is_some_and(|root| root.is_dir() && cannot_be_kept(root)),
            low => root.as_deref().and_then(free_bytes).is_some_and(|free| free < LITTLE),
            free => root.as_deref().and_then(free_bytes),
            listing => chooser::asked(&desk.phrases(), query, false),
            places => value(chooser::places()),
            recent,
            gone,
            proposed => query.get("name").unwrap_or(NEW),
            there => query.get("folder").zip(query.get("name")).is_some_and(|(folder, name)| {
                chooser::inside(Path::new(folder), name).is_ok_and(|root| {
                    root.is_dir() && session::check_folder(&root).is_ok()
                })
            }),
            usual => root.is_none().then(usual),
            choosing => query.has("choose") || query.has("at") || root.is_none() || gone,
        })
    }

    fn act(&self, desk: &Arc<Desk>, action: &str, form: &Form) -> Result<Option<Then>> {
        match action {
            "choose" => {
                let path = form.get("path").ok_or_else(|| Error::usage("desk-no-folder"))?;
                session::check_folder(Path::new(path))?;
                desk.choose(Path::new(path))?;
            }
            "make" => {
                let folder = form.get("folder").ok_or_else(|| Error::usage("desk-no-folder"))?;
                let name = form.get("name").ok_or_else(|| Error::usage("desk-name-empty"))?;
                let root = chooser::inside(Path::new(folder), name)?;
                session::check_folder(&root)?;
                // Who names a new archive does not expect one that is there already, nor a folder of something else.
                if root.is_dir() && !form.has("sure") {
                    let code = if is_archive(&root) { "desk-archive-exists" } else { "desk-folder-exists" };
                    return Err(Error::usage(code).with("path", root.display()));
                }
                // Nothing is written before the first run, except this folder: whether it can be made is known now.
                std::fs::create_dir_all(&root)
                    .map_err(|error| Error::disk("archive-open-failed", root.display(), error))?;
                desk.choose(&root)?;
                return Ok(Some(Then::Show("/inputs".to_owned())));
            }
            _ => return Ok(None),
        }
        Ok(Some(Then::Show("/archive".to_owned())))
    }
}

/// Returns the usual place of a first archive: the user's documents, else the home folder, under a name that is free.
fn usual() -> Option<Value> {
    let places = platform::places();
    let find = |kind| places.iter().find(|place| place.kind == kind);
    let place = find(PlaceKind::Documents).or_else(|| find(PlaceKind::Home))?;
    let names = std::iter::once(NEW.to_owned()).chain((2..100).map(|number| format!("{NEW}-{number}")));
    let name = names.into_iter().find(|name| !place.path.join(name).exists())?;
    let whole = place.path.join(&name).display().to_string();
    Some(context! { code => place.kind.code(), path => place.path.display().to_string(), name, whole })
}

/// Returns the free bytes where the archive is or will be.
fn free_bytes(root: &Path) -> Option<u64> {
    root.ancestors().find(|folder| folder.is_dir()).and_then(platform::free_bytes)
}
