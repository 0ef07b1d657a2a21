//! The timestamp: its request and its answer, what the kept ones prove, and the evidence sheet.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use minijinja::{Value, context};

use super::{outcome, quiet};
use crate::config::Config;
use crate::desk::chooser;
use crate::desk::form::Form;
use crate::desk::host::DeskHost;
use crate::desk::state::Desk;
use crate::desk::view::{Download, value};
use crate::desk::views::gaps::damage;
use crate::desk::views::inputs::troubles;
use crate::desk::workshop::Outcome;
use crate::error::{Error, Result};
use crate::model::{Problem, layout};
use crate::pipeline::closing::sheet;
use crate::pipeline::timestamp;
use crate::platform;
use crate::text::Language;
use crate::words::keeping::stamp;

/// Code of the runs about a timestamp.
pub(super) const STAMP: &str = "timestamp";
/// Code of the run that writes the evidence sheet.
pub(super) const SHEET: &str = "sheet";

/// Returns the values of the part.
pub(super) fn values(desk: &Arc<Desk>, root: &Path, query: &Form) -> Value {
    let phrases = desk.phrases();
    let (ended, finished) = outcome(desk, &[STAMP, SHEET]);
    let done = finished.as_deref().and_then(|finished| match &finished.result {
        Ok(Outcome::Asked(asked)) => Some(context! { asked => true, remembered => asked.remembered }),
        Ok(Outcome::Stamped(kept)) => Some(
            context! { kept => true, already => kept.already, other_number => kept.answers_request == Some(false) },
        ),
        Ok(Outcome::Sheet) => Some(context! { sheet => true }),
        _ => None,
    });
    let stamps = timestamp::check(root, None, &quiet());
    let unreadable = stamps.as_ref().err().map(|error| value(phrases.error(error)));
    let stamps = stamps.unwrap_or_default();
    let wrong: Vec<&Problem> = stamps.findings.iter().collect();
    let words = |one| -> Vec<String> {
        stamp(one, false, false).iter().map(|sentence| sentence.on_page(&phrases).text).collect()
    };
    context! {
        done,
        unreadable,
        damage => damage(root).ok().flatten(),
        request => root.join(layout::REQUEST).is_file(),
        stamps => stamps.timestamps.iter().map(words).collect::<Vec<_>>(),
        wrong => troubles(&phrases, &wrong),
        sheet => root.join(sheet::NAME).is_file(),
        address => query.get("address"),
        choosing => query.has("choose") || query.has("at"),
        listing => chooser::asked(&phrases, query, true),
        places => value(chooser::places()),
        ..ended
    }
}

/// Returns the request, or the evidence sheet, which the browser shows with `show`.
pub(super) fn file(root: &Path, name: &str, query: &Form) -> Result<Option<Download>> {
    let media_type = match name {
        layout::REQUEST => "application/timestamp-query",
        sheet::NAME => "text/html; charset=utf-8",
        _ => return Ok(None),
    };
    let path = root.join(name);
    let bytes = platform::read(&path).map_err(|error| Error::disk("readiness-unreadable", path.display(), error))?;
    let shown = name == sheet::NAME && query.has("show");
    Ok(Some(Download { name: name.to_owned(), media_type, bytes, shown }))
}

/// Starts the run that an action of the part asks for.
pub(super) fn act(desk: &Arc<Desk>, root: &Path, action: &str, form: &Form) -> Result<()> {
    let root = root.to_owned();
    match action {
        "ask" => start(desk, STAMP, move |host| timestamp::ask(&root, None, host).map(Box::new).map(Outcome::Asked)),
        "ask-online" => {
            let address = form.get("address").ok_or_else(|| Error::usage("desk-answer-empty"))?.to_owned();
            let config = desk.options.config.clone();
            start(desk, STAMP, move |host| {
                let settings = Config::find(config.as_deref())?.network.settle()?;
                timestamp::ask_online(&root, &address, settings, None, host).map(Outcome::Stamped)
            })
        }
        "answer" => {
            let answer = Answer::of(form)?;
            start(desk, STAMP, move |host| {
                let kept = match &answer {
                    Answer::Path(path) => timestamp::take(&root, path, None, host)?,
                    Answer::Content(name, bytes) => timestamp::take_bytes(&root, name, bytes, None, host)?,
                };
                Ok(Outcome::Stamped(kept))
            })
        }
        _ => {
            let language = form.get("language").and_then(Language::from_tag).unwrap_or_else(|| desk.language());
            start(desk, SHEET, move |host| sheet::write(&root, None, language, host).map(|_| Outcome::Sheet))
        }
    }
}

fn start(
    desk: &Arc<Desk>,
    code: &'static str,
    errand: impl Fn(&DeskHost) -> Result<Outcome> + Send + Sync + 'static,
) -> Result<()> {
    desk.workshop.start(desk, code, Arc::new(errand))
}

/// The answer of an authority.
enum Answer {
    /// In a file of this computer.
    Path(PathBuf),
    /// Name and content of a file that the browser read.
    Content(String, Vec<u8>),
}

impl Answer {
    fn of(form: &Form) -> Result<Self> {
        if let Some(content) = form.get("content") {
            let bytes = from_hexadecimal(content).ok_or_else(|| Error::usage("desk-gaps-no-file"))?;
            return Ok(Self::Content(form.get("name").unwrap_or_default().to_owned(), bytes));
        }
        form.get("path").map(|path| Self::Path(path.into())).ok_or_else(|| Error::usage("desk-gaps-no-file"))
    }
}

/// Returns the bytes that these hexadecimal digits are: a form carries text.
fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
    let (pairs, rest) = digits.as_deref()?.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_back_from_its_digits() {
        assert_eq!(from_hexadecimal("00ff3A"), Some(vec![0, 255, 58]));
        assert_eq!(from_hexadecimal(""), Some(Vec::new()));
        for wrong in ["0", "0g", "é0", "-1"] {
            assert_eq!(from_hexadecimal(wrong), None, "{wrong}");
        }
    }
}
