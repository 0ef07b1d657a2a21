//! The exports as cards: what each is for, its settings, and what became of it. A button runs it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use minijinja::{Value, context};

use super::form::Form;
use super::state::Desk;
use super::view::value;
use super::workshop::Outcome;
use crate::config::export::ExportConfig;
use crate::error::{Error, Result};
use crate::pipeline::archive::state;
use crate::pipeline::export::Include;
use crate::pipeline::export::request::{ExportRequest, usual_folder};
use crate::pipeline::registries::{self, Group, Registered, Setting, Values};
use crate::platform;
use crate::text::Texts;
use crate::words;
use crate::words::sentence::{Sentence, SentenceWords};

/// Code of the run.
pub(super) const RUN: &str = "export";
/// Prefix of the fields of settings.
const FIELD: &str = "set.";
/// Setting of exporters that need a browser.
const BROWSER: &str = "browser";
/// Exporters for those who have Excel and no software for bookkeeping: shown before the others of their group.
const FIRST: [&str; 2] = ["bills-xlsx", "billing"];
/// Groups in the order they are shown; the site itself has a view of its own.
const GROUPS: [Group; 5] = [Group::Document, Group::Website, Group::Platform, Group::Table, Group::Ledger];

/// The export that was started last, and what the others brought since the desk was opened.
#[derive(Default)]
pub(super) struct Started(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    name: Option<&'static str>,
    /// The first sentence about the last export of each exporter.
    brought: BTreeMap<&'static str, Sentence>,
}

impl Started {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn name(&self) -> Option<&'static str> {
        self.inner().name
    }

    fn set(&self, name: Option<&'static str>) {
        self.inner().name = name;
    }

    fn keep(&self, name: &'static str, sentence: Sentence) {
        self.inner().brought.insert(name, sentence);
    }

    fn brought(&self, name: &str) -> Option<Sentence> {
        self.inner().brought.get(name).cloned()
    }

    /// Forgets them: another archive was chosen.
    pub(super) fn forget(&self) {
        *self.inner() = Inner::default();
    }
}

/// Returns the cards by group; `typed` has what was typed into the form of one of them.
pub(super) fn groups(desk: &Arc<Desk>, only: Option<Group>, typed: &Form) -> Result<Vec<Value>> {
    let root = desk.root()?;
    let config = ExportConfig::find(None, &root);
    let broken = config.as_ref().err().map(|error| value(desk.phrases().error(error)));
    let cards = Cards { desk, root: &root, config: config.unwrap_or_default(), typed };
    let groups = GROUPS.into_iter().filter(|group| only.is_none_or(|only| only == *group));
    Ok(groups
        .map(|group| {
            let of_group = registries::exporters().filter(|exporter| exporter.group == Some(group));
            let mut of_group: Vec<Registered> = of_group.collect();
            of_group
                .sort_by_key(|exporter| FIRST.iter().position(|first| *first == exporter.name).unwrap_or(FIRST.len()));
            let cards: Vec<Value> = of_group.into_iter().map(|exporter| cards.card(&exporter)).collect();
            context! { code => group.code(), cards, broken => broken.clone() }
        })
        .collect())
}

struct Cards<'d> {
    desk: &'d Arc<Desk>,
    root: &'d Path,
    config: ExportConfig,
    typed: &'d Form,
}

impl Cards<'_> {
    fn card(&self, exporter: &Registered) -> Value {
        let texts = self.desk.texts();
        let folder = usual_folder(self.root, exporter.name);
        let configured: Vec<(&str, &str)> = self.config.of(exporter.name).collect();
        let settings: Vec<Value> =
            exporter.settings.iter().map(|one| self.setting(exporter, one, &configured)).collect();
        let browser = exporter.settings.iter().any(|setting| setting.name == BROWSER);
        let what = texts.find_code("desk-export-what", exporter.name);
        context! {
            name => exporter.name,
            what => what.unwrap_or_else(|| exporter.summary(texts.language()).to_owned()),
            private => exporter.include.map(Include::code),
            lacking => exporter.include.filter(|include| !state::holds(self.root, *include)).map(Include::code),
            no_browser => browser && platform::printing_browsers().is_empty(),
            folder => folder.is_dir().then(|| folder.display().to_string()),
            open => self.typed.get("name") == Some(exporter.name),
            settings,
            ..self.outcome(exporter.name)
        }
    }

    fn setting(&self, exporter: &Registered, setting: &Setting, configured: &[(&str, &str)]) -> Value {
        let field = format!("{FIELD}{}", setting.name);
        let typed = self.typed.raw(&field).filter(|_| self.typed.get("name") == Some(exporter.name));
        let given = configured.iter().rev().find(|(name, _)| *name == setting.name).map(|(_, value)| *value);
        let shown = typed.or(given).map_or_else(|| setting.values.default(), str::to_owned);
        let (kind, words): (&str, &[&str]) = match setting.values {
            Values::Words(words) => ("words", words),
            Values::Number => ("number", &[]),
            Values::Address => ("address", &[]),
            Values::Path => ("path", &[]),
        };
        let help = self.desk.texts().find_code("desk-setting-help", setting.name);
        let help = help.unwrap_or_else(|| setting.summary(self.desk.language()).to_owned());
        context! { name => setting.name, field, kind, words => words.to_vec(), value => shown, help }
    }

    /// Returns what became of the export: everything if it was the last one, else what it brought in a line.
    fn outcome(&self, name: &str) -> Value {
        let kept = &self.desk.views.site.exporting;
        let running = self.desk.workshop.now().is_some_and(|now| now.code == RUN);
        if kept.name() != Some(name) {
            let brought = kept.brought(name).map(|sentence| sentence.on_page(&self.desk.phrases()).text);
            return context! { brought };
        }
        let finished = self.desk.workshop.last(RUN).filter(|_| !running);
        let Some(finished) = finished else { return context! { running } };
        let phrases = self.desk.phrases();
        match &finished.result {
            Ok(Outcome::Exports(all)) => {
                let texts = self.desk.texts();
                let said = all.iter().flat_map(|one| words::export::exported(texts, &called(texts, one.name), one));
                let said: Vec<SentenceWords> = said.map(|sentence| sentence.on_page(&phrases)).collect();
                context! { said => value(said) }
            }
            Err(error) if error.is_interrupted() => context! { stopped => true },
            Err(error) => context! { failed => value(phrases.error(error)) },
            Ok(_) => context! {},
        }
    }
}

/// Returns what the page calls an export.
fn called(texts: &Texts, name: &str) -> String {
    texts.find_code("desk-export", name).unwrap_or_else(|| name.to_owned())
}

/// Starts the export that the form asks for.
///
/// # Errors
/// `desk-export-unconfirmed` for a private one without its confirmation, `desk-busy`, and what the exports check before
/// anything is written.
pub(super) fn start(desk: &Arc<Desk>, form: &Form) -> Result<()> {
    let name = form.get("name").unwrap_or_default();
    let known = registries::exporters().find(|exporter| exporter.name == name && exporter.group != Some(Group::Site));
    let exporter = known.ok_or_else(|| Error::usage("desk-no-page"))?;
    if exporter.include.is_some() && !form.has("sure") {
        return Err(Error::usage("desk-export-unconfirmed"));
    }
    let settings = form.fields().filter_map(|(field, value)| Some((field.strip_prefix(FIELD)?, value.trim())));
    let request = ExportRequest {
        to: vec![name.to_owned()],
        set: settings.filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={value}")).collect(),
        include: exporter.include.iter().map(|include| include.code().to_owned()).collect(),
        ..ExportRequest::default()
    };
    let (root, language) = (desk.root()?, desk.language());
    request.check(&root, language)?;
    let errand = move |host: &super::host::DeskHost| {
        let kept = &host.desk().views.site.exporting;
        kept.set(Some(exporter.name));
        let all = request.run(&root, language, host)?;
        for one in &all {
            let texts = host.desk().texts();
            words::export::exported(texts, &called(texts, one.name), one)
                .into_iter()
                .take(1)
                .for_each(|done| kept.keep(one.name, done));
        }
        Ok(Outcome::Exports(all))
    };
    let before = desk.views.site.exporting.name();
    desk.views.site.exporting.set(Some(exporter.name));
    let started = desk.workshop.start(desk, RUN, Arc::new(errand));
    started.inspect_err(|_| desk.views.site.exporting.set(before))
}

/// Returns what the last export answered, as the command line's `--json`.
pub(super) fn json(desk: &Desk) -> Result<Option<Vec<u8>>> {
    match desk.workshop.last(RUN).as_deref().map(|finished| &finished.result) {
        Some(Ok(Outcome::Exports(all))) => super::view::json(all).map(Some),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, Texts};

    #[test]
    fn every_export_has_words_for_people_who_never_saw_a_terminal() {
        for texts in Language::ALL.map(Texts::new) {
            let has = |prefix: &str, code: &str| {
                assert!(texts.find_code(prefix, code).is_some(), "{prefix}-{code} ({})", texts.language().tag());
            };
            for exporter in registries::exporters().filter(|exporter| exporter.group != Some(Group::Site)) {
                has("desk-export", exporter.name);
                let group = exporter.group.unwrap();
                assert!(GROUPS.contains(&group), "{}", exporter.name);
                has("desk-export-group", group.code());
                let what = texts.find_code("desk-export-what", exporter.name);
                let what = what.unwrap_or_else(|| exporter.summary(texts.language()).to_owned());
                // Settings are fields, private data has a checkbox, and nobody has a terminal.
                for word in ["--", "=", "npm", "run "] {
                    assert!(!what.contains(word), "{}: {what}", exporter.name);
                }
                for setting in exporter.settings {
                    has("desk-setting", setting.name);
                    let help = texts.find_code("desk-setting-help", setting.name);
                    let help = help.unwrap_or_else(|| setting.summary(texts.language()).to_owned());
                    assert!(!help.contains("--") && !help.contains('='), "{}: {help}", exporter.name);
                    if let Values::Words(words) = setting.values {
                        for word in words {
                            has("desk-value", word);
                        }
                    }
                }
            }
        }
    }
}
