//! Loads the user-visible texts, in zh-CN and English, from the `.ftl` files under `templates/i18n/`. Every file of a
//! language's folder is read, so that each subject has its own file; ids are unique across files.
//!
//! Used by the CLI and by exporters, whose pages are for readers. The library's own results carry codes, not texts.

pub mod typed;

use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use include_dir::{Dir, include_dir};
use unic_langid::LanguageIdentifier;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/i18n");

/// Language of the texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// 简体中文: the default if the locale specifies none.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// Returns the BCP 47 tag, which is also the folder's name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// Parses a locale or tag (`en_US.UTF-8`, `zh-CN`); `None` if it is neither Chinese nor English.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let tag = tag.to_ascii_lowercase();
        match tag.split(['-', '_', '.', '@']).next() {
            Some("zh") => Some(Self::Chinese),
            Some("en") => Some(Self::English),
            _ => None,
        }
    }
}

/// Texts of one language.
pub struct Texts {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").field("language", &self.language).finish_non_exhaustive()
    }
}

impl Texts {
    /// Loads the embedded files of `language`. A file that does not parse is skipped (and a test fails).
    pub fn new(language: Language) -> Self {
        let identifier: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        // Isolation marks are invisible in a terminal and wrong in HTML attributes; our arguments are plain text.
        bundle.set_use_isolating(false);
        for file in FILES.get_dir(language.tag()).into_iter().flat_map(Dir::files) {
            if let Some(Ok(resource)) = file.contents_utf8().map(|text| FluentResource::try_new(text.to_owned())) {
                // A repeated id keeps its first text; the test of the files detects it.
                let _ = bundle.add_resource(resource);
            }
        }
        Self { language, bundle }
    }

    /// Returns the texts of `language`, which are loaded once. For a lookup here and there: loading takes milliseconds.
    pub fn of(language: Language) -> &'static Self {
        static TEXTS: [LazyLock<Texts>; 2] =
            [LazyLock::new(|| Texts::new(Language::Chinese)), LazyLock::new(|| Texts::new(Language::English))];
        &TEXTS[usize::from(language == Language::English)]
    }

    /// Returns the language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Formats the text `id` with its arguments; `None` if there is no such text.
    pub fn find(&self, id: &str, arguments: &[(&str, &str)]) -> Option<String> {
        let pattern = self.bundle.get_message(id)?.value()?;
        let mut values = FluentArgs::new();
        for (name, value) in arguments {
            // Integers are passed as numbers, so that plural selectors work; long ones are ids and stay text.
            let value = match value.parse::<i64>() {
                Ok(number) if value.len() < 10 && number.to_string() == *value => FluentValue::from(number),
                _ => FluentValue::from((*value).to_owned()),
            };
            values.set((*name).to_owned(), value);
        }
        let mut errors = Vec::new();
        Some(self.bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned())
    }

    /// Formats the text `id`; a missing text shows its id in brackets, so that it is noticed.
    pub fn get(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        self.find(id, arguments).unwrap_or_else(|| format!("[{id}]"))
    }

    /// Returns the words for `code`: the text `<prefix>-<code>`.
    pub fn code(&self, prefix: &str, code: &str) -> String {
        self.get(&format!("{prefix}-{}", id(code)), &[])
    }

    /// Returns the words for `code`; `None` if there are none.
    pub fn find_code(&self, prefix: &str, code: &str) -> Option<String> {
        self.find(&format!("{prefix}-{}", id(code)), &[])
    }

    /// Returns `parts` as a list in one line.
    pub fn list(&self, parts: &[String]) -> String {
        parts.join(&self.get("list-separator", &[]))
    }
}

/// Returns `code` as it is part of a text's id: `oa.subscription` → `oa-subscription`.
pub fn id(code: &str) -> String {
    code.replace(['.', '_'], "-").to_lowercase()
}

/// Returns the ids of all texts of `language`.
#[cfg(test)]
pub(crate) fn ids(language: Language) -> std::collections::BTreeSet<String> {
    let mut ids = std::collections::BTreeSet::new();
    for file in FILES.get_dir(language.tag()).unwrap().files() {
        let path = file.path().display();
        let resource = FluentResource::try_new(file.contents_utf8().unwrap().to_owned())
            .unwrap_or_else(|(_, errors)| panic!("{path}: {errors:?}"));
        drop(resource);
        for line in file.contents_utf8().unwrap().lines() {
            // A message starts at the beginning of a line; terms (`-name`) and comments (`#`) do not count.
            if let Some((id, _)) = line.split_once(" =")
                && line.starts_with(|first: char| first.is_ascii_alphabetic())
            {
                assert!(ids.insert(id.to_owned()), "{path}: `{id}` stands twice");
            }
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn both_languages_have_the_same_texts() {
        assert_eq!(ids(Language::Chinese), ids(Language::English));
    }

    #[test]
    fn plurals_and_arguments_work() {
        let english = Texts::new(Language::English);
        assert_eq!(english.get("count-articles", &[("count", "1")]), "1 article");
        assert_eq!(english.get("count-articles", &[("count", "12")]), "12 articles");
        assert_eq!(Texts::new(Language::Chinese).get("count-articles", &[("count", "12")]), "12 篇文章");
    }

    /// Words that end in s after a number but are no plurals: verbs, adjectives, names.
    const NO_PLURALS: &[&str] = &["as", "is", "its", "was", "has", "does", "names", "says"];

    /// Arguments that are never a number.
    const WORDS: &[&str] = &["argument", "liudi", "name", "path", "rule", "url"];

    #[test]
    fn one_thing_is_no_plural() {
        let argument = regex::Regex::new(r"\$([a-z_-]+)").unwrap();
        // One, and up to one word before the noun: `1 files`, `1 further files`.
        let plural = regex::Regex::new(r"\b1 (?:[a-z-]+ )?([a-z-]+s)\b").unwrap();
        let texts = Texts::new(Language::English);
        let mut wrong = Vec::new();
        for (id, source) in sources(Language::English) {
            let names: BTreeSet<String> = argument.captures_iter(&source).map(|found| found[1].to_owned()).collect();
            let value = |name: &str| if WORDS.contains(&name) { "…" } else { "1" };
            let ones: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), value(name))).collect();
            let said = texts.get(&id, &ones);
            let found = plural.captures_iter(&said).map(|found| found[1].to_owned());
            if found.into_iter().any(|word| !NO_PLURALS.contains(&word.as_str())) {
                wrong.push(format!("{id}: {said}"));
            }
        }
        assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    }

    /// Returns every message of `language` by its id, unformatted.
    fn sources(language: Language) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> = Vec::new();
        for file in FILES.get_dir(language.tag()).unwrap().files() {
            for line in file.contents_utf8().unwrap().lines() {
                match line.split_once(" =") {
                    Some((id, rest)) if id.starts_with(|c: char| c.is_ascii_lowercase()) => {
                        all.push((id.to_owned(), rest.to_owned()));
                    }
                    _ => {
                        if let Some((_, source)) = all.last_mut() {
                            source.push_str(line);
                        }
                    }
                }
            }
        }
        all
    }
}
