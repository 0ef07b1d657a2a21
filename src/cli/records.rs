//! What every command around a closing needs: the owner's records, read and written back into the private bag.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::closing_arguments::RuleFlag;
use super::context::Context;
use crate::archive::{self, Archive};
use crate::audit::evidence::Record;
use crate::audit::fill::{self, Records};
use crate::audit::forms::Form;
use crate::audit::rules::Rules;
use crate::audit::values;
use crate::error::{Error, Result};
use crate::model::names;
use crate::model::{Sha256, Time};
use crate::pipeline::closing::readiness;
use crate::text::Texts;

/// The rules: those of the flag, or the embedded ones.
pub(super) fn rules(flag: &RuleFlag) -> Result<Rules> {
    match &flag.rules {
        None => Rules::embedded(),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| Error::input("input-open-failed").with("path", path.display()).because(error))?;
            Rules::parse(&text)
        }
    }
}

/// Who is at the keyboard, for records that need a name.
pub(super) fn person(given: Option<&String>) -> Option<String> {
    let system = || ["LIUDI_BY", "USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    // Where the environment names nobody (a service, a container): the folder of whoever runs this.
    let home = || std::env::home_dir().and_then(|home| Some(home.file_name()?.to_string_lossy().into_owned()));
    given.cloned().or_else(system).or_else(home).filter(|name| !name.trim().is_empty())
}

/// Reads a day as a person types it.
pub(super) fn day(text: &str, today: Date) -> Result<Date> {
    values::day(text, Some(today)).ok_or_else(|| Form::Day.wanted().with("value", text))
}

/// Asks for what was left out; where nobody is at a terminal, that is the error `missing`.
pub(super) fn prompt(
    context: &Context<'_>,
    id: &str,
    arguments: &[(&str, &str)],
    missing: impl FnOnce() -> Error,
) -> Result<String> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(missing());
    }
    let line = context.output.ask(id, arguments)?;
    if line.is_empty() { Err(missing()) } else { Ok(line) }
}

/// Returns the question a key answers, or the event it is.
pub(super) fn question(texts: &Texts, key: &str) -> String {
    let id = key.replace(['.', '_'], "-");
    let found = ["ask", "event"].iter().find_map(|prefix| texts.find(&format!("{prefix}-{id}"), &[]));
    found.unwrap_or_else(|| key.to_owned())
}

/// Returns the question a key answers, or the event it is, with the key by which it is recorded.
pub(super) fn named(texts: &Texts, key: &str) -> String {
    texts.get("ready-reason-detail", &[("reason", &question(texts, key)), ("detail", key)])
}

/// Returns a recorded value in words.
pub(super) fn said(texts: &Texts, value: &str) -> String {
    match value {
        "yes" | "no" | "unknown" => texts.get(&format!("answer-{value}"), &[]),
        value => value.to_owned(),
    }
}

/// Returns `names`, the ones most like `text` first, ten at most.
pub(super) fn nearest(text: &str, names: impl Iterator<Item = String>) -> Vec<String> {
    let text = text.to_lowercase();
    let mut names: Vec<(f64, String)> = names
        .map(|name| {
            let lower = name.to_lowercase();
            let held = if lower.contains(&text) || text.contains(&lower) { 1.0 } else { 0.0 };
            (held + strsim::jaro_winkler(&lower, &text), name)
        })
        .collect();
    names.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    names.into_iter().take(10).map(|(_, name)| name).collect()
}

/// The records of the archive at `root`, for changing.
pub(super) struct Book {
    pub(super) root: PathBuf,
    pub(super) records: Records,
    pub(super) now: Time,
    before: Records,
    files: Vec<(String, Vec<u8>)>,
}

impl Book {
    /// Reads the records.
    pub(super) fn open(root: &Path) -> Result<Self> {
        let records = fill::records(&Archive::open(root)?)?;
        let now = readiness::clock()?;
        Ok(Self { root: root.to_owned(), before: records.clone(), records, now, files: Vec::new() })
    }

    /// Today in Beijing.
    pub(super) fn today(&self) -> Date {
        self.now.zoned().date()
    }

    /// Records `text` as the answer to `key`, read by its form. The path of a file is kept as that file, the folder of a
    /// second copy stands for its digest. Returns the value as recorded.
    pub(super) fn answer(
        &mut self,
        key: &str,
        form: Form,
        text: &str,
        file: Option<&Path>,
        by: Option<String>,
        note: Option<String>,
    ) -> Result<String> {
        let path = PathBuf::from(text.trim().trim_matches(['\'', '"']));
        let (value, file) = match form {
            Form::File | Form::YesNoOrPlace if path.is_file() => ("yes".to_owned(), Some(path)),
            Form::Digest if path.is_dir() => {
                let digest = fill::content_digest(&Archive::open(&path)?)?;
                let none = || Error::usage("archive-not-found").with("path", path.display());
                (digest.ok_or_else(none)?.to_string(), file.map(Path::to_owned))
            }
            _ => (form.read(text, self.today())?, file.map(Path::to_owned)),
        };
        self.record(key, &value, file.as_deref(), by, note)?;
        Ok(value)
    }

    /// Adds a record, keeping `file` with it.
    pub(super) fn record(
        &mut self,
        key: &str,
        value: &str,
        file: Option<&Path>,
        by: Option<String>,
        note: Option<String>,
    ) -> Result<&Record> {
        let kept = file.map(|path| self.keep(path)).transpose()?;
        let (path, sha256) = kept.unzip();
        self.records.evidence.evidence.push(Record {
            key: key.to_owned(),
            value: value.to_owned(),
            at: self.now,
            by,
            file: path,
            sha256,
            note,
        });
        self.records.evidence.newest(key).ok_or_else(|| Error::other("readiness-unreadable"))
    }

    /// A file that is kept with a record, named by its digest.
    fn keep(&mut self, path: &Path) -> Result<(String, Sha256)> {
        let bytes = std::fs::read(path)
            .map_err(|error| Error::input("input-open-failed").with("path", path.display()).because(error))?;
        let digest = Sha256::of(&bytes);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let place = format!("files/{}-{}", &digest.hex()[..16], names::safe_file_name(&name, "file"));
        self.files.push((place.clone(), bytes));
        Ok((archive::in_bag(&format!("{}/{place}", fill::READINESS)), digest))
    }

    /// Commits what changed to the private bag.
    pub(super) fn save(mut self, context: &Context<'_>) -> Result<()> {
        let (new, old) = (&self.records, &self.before);
        let mut put = |name: &str, text: String| self.files.push((name.to_owned(), text.into_bytes()));
        if new.profile != old.profile {
            put("account.toml", new.profile.to_toml()?);
        }
        if new.evidence != old.evidence {
            put("evidence.json", new.evidence.to_json());
        }
        if new.events != old.events {
            put("events.json", new.events.to_json());
        }
        if new.waivers != old.waivers {
            put("waivers.json", new.waivers.to_json());
        }
        if self.files.is_empty() {
            return Ok(());
        }
        let session = context.session(&self.root)?;
        let inside = |(name, bytes): (String, Vec<u8>)| (format!("{}/{name}", fill::READINESS), bytes);
        let files: Vec<(String, Vec<u8>)> = self.files.into_iter().map(inside).collect();
        readiness::save(&session, &files, context.progress().as_ref()).map(drop)
    }
}
