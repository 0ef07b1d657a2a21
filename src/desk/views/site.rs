//! 网站: the site's preview, its choices, and the exports.

mod settings;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::{Value, context};

use crate::desk::exports::{self, Started};
use crate::desk::form::Form;
use crate::desk::host::DeskHost;
use crate::desk::preview::Preview;
use crate::desk::state::Desk;
use crate::desk::view::{self, Download, Info, Then, View, value};
use crate::desk::workshop::Outcome;
use crate::error::{Error, Kind, Result};
use crate::model::layout;
use crate::pipeline::archive::gap_list::GapList;
use crate::pipeline::archive::state::holds_anything;
use crate::pipeline::export;
use crate::pipeline::export::request::SiteRequest;
use crate::words;
use crate::words::sentence::SentenceWords;

/// Code of the run.
const RUN: &str = "site";

/// The view.
pub(in crate::desk) struct Site;

/// What the view keeps between requests.
#[derive(Default)]
pub(in crate::desk) struct Kept {
    preview: Mutex<Option<Preview>>,
    /// The export that was started last.
    pub(in crate::desk) exporting: Started,
}

impl Kept {
    /// Forgets what is about the archive.
    pub(in crate::desk) fn forget(&self) {
        self.preview.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.exporting.forget();
    }

    /// Returns the origin that the preview of the site is served from, while it is.
    pub(in crate::desk) fn preview_origin(&self) -> Option<String> {
        let preview = self.preview.lock().unwrap_or_else(PoisonError::into_inner);
        preview.as_ref().map(|preview| preview.url().trim_end_matches('/').to_owned())
    }

    /// Returns the address of the preview of this folder, started if there is a site in it.
    fn preview(&self, desk: &Desk, site: &Path) -> Result<Option<String>> {
        let mut preview = self.preview.lock().unwrap_or_else(PoisonError::into_inner);
        if !site.join("index.html").is_file() {
            preview.take();
            return Ok(None);
        }
        if !preview.as_ref().is_some_and(|preview| preview.shows(site)) {
            *preview = Some(Preview::start(desk, site)?);
        }
        Ok(preview.as_ref().map(|preview| preview.url().to_owned()))
    }
}

impl View for Site {
    fn info(&self) -> &'static Info {
        &Info { slug: "site", of_archive: true, in_steps: true }
    }

    fn values(&self, desk: &Arc<Desk>, query: &Form) -> Result<Value> {
        let root = desk.root()?;
        let site = root.join(layout::SITE);
        let now = desk.workshop.now().map(|now| now.code);
        let building = now == Some(RUN);
        // While it is built, the site is neither the old one nor the new one.
        let preview = if building { None } else { desk.views.site.preview(desk, &site)? };
        Ok(context! {
            held => holds_anything(&root),
            // An archive that cannot be read now says nothing about it.
            knows_own => GapList::read(&root).and_then(|list| list.knows_own()).unwrap_or(true),
            built => site.join("index.html").is_file(),
            folder => site.display().to_string(),
            building,
            preview,
            config => settings::values(desk, &root, query)?,
            groups => exports::groups(desk, None, query)?,
            live => building || now == Some(exports::RUN),
            ..outcome(desk, building)
        })
    }

    fn json(&self, desk: &Arc<Desk>) -> Result<Option<Vec<u8>>> {
        let finished = desk.workshop.last(RUN);
        match finished.as_deref().map(|finished| &finished.result) {
            Some(Ok(Outcome::Site(job, built))) => view::json(&job.answer(built)).map(Some),
            _ => Ok(None),
        }
    }

    fn file(&self, desk: &Arc<Desk>, name: &str, _: &Form) -> Result<Option<Download>> {
        if name != "exports.json" {
            return Ok(None);
        }
        let json = exports::json(desk)?;
        Ok(json.map(|bytes| Download { name: name.to_owned(), media_type: "application/json", bytes, shown: false }))
    }

    fn act(&self, desk: &Arc<Desk>, action: &str, form: &Form) -> Result<Option<Then>> {
        let back = if form.get("back") == Some("/bills") { "/bills" } else { "/site" };
        match action {
            "build" => build(desk)?,
            "save" => {
                settings::save(desk, &desk.root()?, form)?;
                match build(desk) {
                    Err(error) if error.kind() == Kind::Lock => {
                        return Ok(Some(Then::Say("/site".to_owned(), "desk-site-saved")));
                    }
                    built => built?,
                }
            }
            "export" => exports::start(desk, form)?,
            _ => return Ok(None),
        }
        Ok(Some(Then::Show(back.to_owned())))
    }
}

/// Builds the site by `site.toml`.
fn build(desk: &Arc<Desk>) -> Result<()> {
    let (root, language) = (desk.root()?, desk.language());
    if !holds_anything(&root) {
        return Err(Error::usage("desk-site-nothing"));
    }
    let job = SiteRequest::default().settle(&root, language)?;
    export::check_folder(&root, &job.folder, &[])?;
    let errand = move |host: &DeskHost| {
        // The file may have changed since an earlier run.
        let job = SiteRequest::default().settle(&root, language)?;
        let built = job.build(&root, host)?;
        Ok(Outcome::Site(Box::new(job), Box::new(built)))
    };
    desk.workshop.start(desk, RUN, Arc::new(errand))
}

/// Returns what became of the last build.
fn outcome(desk: &Arc<Desk>, building: bool) -> Value {
    let Some(finished) = desk.workshop.last(RUN).filter(|_| !building) else { return context! {} };
    let phrases = desk.phrases();
    match &finished.result {
        Ok(Outcome::Site(job, built)) => {
            let said = words::site::built(job, built);
            let said: Vec<SentenceWords> = said.iter().map(|sentence| sentence.on_page(&phrases)).collect();
            let summary = &built.made.summary;
            context! { done => true, said => value(said), written => summary.written, unchanged => summary.unchanged }
        }
        Err(error) if error.is_interrupted() => context! { stopped => true },
        Err(error) => context! { failed => value(phrases.error(error)) },
        _ => context! {},
    }
}
