//! Drafts of letters and notices, in a folder of the archive.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use minijinja::{Value, context};

use super::{free, quiet};
use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::desk::view::Then;
use crate::error::{Error, Result};
use crate::pipeline::closing::plan::{ClosingPlan, PlanOptions};
use crate::platform;
use crate::text::Language;

/// Folder of the drafts, in the archive's folder.
const FOLDER: &str = "letters";
/// Largest number of drafts that are shown, and of bytes of one.
const MOST: (usize, u64) = (40, 256 * 1024);

/// Returns the values of the part: the drafts as the owner may have edited them.
pub(super) fn values(desk: &Arc<Desk>) -> Result<Value> {
    let root = desk.root()?;
    let folder = root.join(FOLDER);
    let outdated = if folder.is_dir() {
        let options = PlanOptions { root, ..PlanOptions::default() };
        ClosingPlan::make(&options, &quiet())?.outdated_letters(&folder, None)?
    } else {
        BTreeSet::new()
    };
    let mut drafts = Vec::new();
    let entries = std::fs::read_dir(&folder).into_iter().flatten().filter_map(std::result::Result::ok);
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| name.ends_with(".txt"));
    names.sort_by_key(|name| (is_in_other_language(name, desk.language()), name.clone()));
    for name in names.into_iter().take(MOST.0) {
        let path = folder.join(&name);
        if path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() <= MOST.1) {
            let bytes =
                platform::read(&path).map_err(|error| Error::disk("readiness-unreadable", path.display(), error))?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let words = desk.texts().find_code("desk-letter", name.trim_end_matches(".txt"));
            let blanks = text.matches("【请填写：").count() + text.matches("【to fill in: ").count();
            drafts.push(context! { outdated => outdated.contains(name.as_str()), name, words, lines => text.lines().count() + 1, text, blanks });
        }
    }
    Ok(context! { outdated => !outdated.is_empty(), drafts, folder => folder.display().to_string() })
}

/// Reports whether the name of a draft says that it is in another language than `language`: `announcement.en.txt`.
fn is_in_other_language(name: &str, language: Language) -> bool {
    let others = Language::ALL.into_iter().filter(|other| *other != language);
    let mut tags = others.filter_map(|other| other.tag().split('-').next());
    tags.any(|tag| name.ends_with(&format!(".{tag}.txt")))
}

/// Writes the drafts; those that the owner edited stay.
pub(super) fn write(desk: &Arc<Desk>, root: &Path, form: &Form) -> Result<Then> {
    free(desk)?;
    let options = PlanOptions { root: root.to_owned(), rules: None, on: form.get("on").map(str::to_owned) };
    ClosingPlan::make(&options, &quiet())?.write_letters(&root.join(FOLDER), None, &quiet())?;
    desk.changed();
    Ok(Then::Say("/ready?part=letters".to_owned(), "desk-letters-written"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_in_another_language_comes_after_those_in_the_language_of_the_desk() {
        let other = |name: &str, language| is_in_other_language(name, language);
        assert!(other("announcement.en.txt", Language::Chinese) && !other("announcement.zh.txt", Language::Chinese));
        assert!(other("announcement.zh.txt", Language::English) && !other("announcement.en.txt", Language::English));
        assert!(!other("application.txt", Language::Chinese) && !other("application.txt", Language::English));
    }
}
