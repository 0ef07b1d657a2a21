//! Packs: the archive as a few files for cloud drives, its private part encrypted with a passphrase that nothing keeps.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::{Value, context};
use secrecy::SecretString;

use super::outcome;
use crate::desk::chooser;
use crate::desk::form::Form;
use crate::desk::host::DeskHost;
use crate::desk::state::Desk;
use crate::desk::view::value;
use crate::desk::workshop::Outcome;
use crate::error::{Error, Kind, Result};
use crate::pipeline::archive::parcel::{self, Bags, Encryption, PackOptions, pack_name};
use crate::words::keeping::packed;
use crate::words::sentence::{Sentence, SentenceWords};

/// Code of the run.
pub(super) const RUN: &str = "pack";
/// Sizes of files to choose from; the first choice is one file for each part.
const SIZES: [&str; 5] = ["1GB", "2GB", "4GB", "10GB", "20GB"];

/// Returns the values of the part. A passphrase is in none of them.
pub(super) fn values(desk: &Arc<Desk>, root: &Path, query: &Form) -> Value {
    let phrases = desk.phrases();
    let (ended, finished) = outcome(desk, &[RUN]);
    let done = finished.as_deref().and_then(|finished| match &finished.result {
        Ok(Outcome::Packed(folder, report)) => Some((folder.display().to_string(), report)),
        _ => None,
    });
    let said = done.as_ref().map(|(folder, report)| {
        // What a button or another program does has no words on a page.
        let words = |said: &Vec<Sentence>| -> Vec<SentenceWords> {
            said.iter().map(|one| one.on_page(&phrases)).filter(|one| one.text != "-").collect()
        };
        let files = report.packed.files().map(|file| context! { name => file.name.clone(), bytes => file.bytes });
        context! { paragraphs => value(packed(report, folder).iter().map(words).collect::<Vec<_>>()), files => files.collect::<Vec<_>>() }
    });
    let listing = chooser::asked(&phrases, query, false);
    // Where packs are already, no others of the same name can be.
    let named = desk.views.keeping.inner().packs.clone().filter(|_| done.is_none());
    let typed = query.get("at").or_else(|| query.get("folder")).map(str::to_owned);
    context! {
        said,
        folder => done.map(|(folder, _)| folder),
        bags => query.get("bags").unwrap_or("both"),
        split => query.get("split"),
        sizes => SIZES,
        plain => query.has("plain"),
        typed => typed.or(named).or_else(|| Some(usual(root)?.display().to_string())),
        choosing => query.has("choose") || query.has("at"),
        listing,
        places => value(chooser::places()),
        ..ended
    }
}

/// Returns the usual folder of the packs: beside the archive, under a name that is free.
fn usual(root: &Path) -> Option<PathBuf> {
    let name = format!("{}-packs", pack_name(root));
    let names = std::iter::once(name.clone()).chain((2..100).map(|number| format!("{name}-{number}")));
    names.map(|name| root.with_file_name(name)).find(|folder| !folder.exists())
}

/// Starts the run that packs the archive as the form says.
pub(super) fn start(desk: &Arc<Desk>, root: &Path, form: &Form) -> Result<()> {
    let bags = match form.get("bags") {
        Some("only-public") => Bags::Public,
        Some("only-private") => Bags::Private,
        _ => Bags::Both,
    };
    let split = form.get("split").map(parcel::parse_size).transpose()?;
    let named = form.get("folder").ok_or_else(|| Error::usage("desk-no-folder"))?;
    let folder = chooser::typed(named)?;
    parcel::check_folder(root, &folder)?;
    let passphrase = if bags == Bags::Public { None } else { passphrase(form)? };
    let encrypts = passphrase.is_some();
    // Taken by the first run: nothing keeps it.
    let passphrase = Mutex::new(passphrase);
    let archive = root.to_owned();
    let errand = move |host: &DeskHost| {
        let encryption = match passphrase.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(passphrase) => Encryption::Passphrase(passphrase),
            None if encrypts => return Err(Error::new(Kind::Credentials, "desk-passphrase-gone")),
            None => Encryption::None,
        };
        let options = PackOptions { folder: folder.clone(), bags, split, encryption, parity: None };
        let report = parcel::pack(&archive, &options, host)?;
        host.desk().views.keeping.writes(folder.clone());
        Ok(Outcome::Packed(folder.clone(), Box::new(report)))
    };
    desk.workshop.start(desk, RUN, Arc::new(errand))?;
    desk.views.keeping.inner().packs = Some(named.to_owned());
    Ok(())
}

/// Returns the passphrase of the form, typed twice; `None` if the user wants none.
fn passphrase(form: &Form) -> Result<Option<SecretString>> {
    let typed = |name: &str| SecretString::from(form.raw(name).unwrap_or_default().to_owned());
    let (first, again) = (form.raw("passphrase").unwrap_or_default(), typed("again"));
    match (first.is_empty(), form.has("plain")) {
        (true, true) => return Ok(None),
        (true, false) => return Err(Error::new(Kind::Credentials, "desk-passphrase-wanted")),
        (false, true) => return Err(Error::new(Kind::Credentials, "desk-passphrase-and-plain")),
        (false, false) => {}
    }
    let first = typed("passphrase");
    parcel::check_passphrase(&first)?;
    parcel::check_same(&first, &again)?;
    Ok(Some(first))
}
