//! Explains step by step where each file is obtained, the most perishable first. The texts are data in `guide.toml`.

use serde::{Deserialize, Serialize};

use super::profile::{AccountKind, Profile, Truth};
use super::rules::Confidence;
use crate::error::{Error, Result};
use crate::text::Language;

const EMBEDDED: &str = include_str!("guide.toml");

/// A file or set of data that can be obtained.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Id of the entry.
    pub id: String,
    /// Account kinds that have it.
    pub accounts: Vec<AccountKind>,
    /// Required flags; an unknown flag counts as yes.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Order of perishability; 1 perishes first.
    pub order: u32,
    /// Reason why it cannot wait, in Chinese.
    pub perishes_zh: String,
    /// Reason why it cannot wait, in English.
    pub perishes_en: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// Steps in Chinese.
    pub steps_zh: Vec<String>,
    /// Steps in English.
    pub steps_en: Vec<String>,
    /// Commands that import it, without the program's name; `<中文|ENGLISH>` is a placeholder for the user to fill in,
    /// `{中文|english}` is a word in the user's language.
    pub then: Vec<String>,
    /// Confidence in the sources of these steps.
    pub confidence: Confidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Guide {
    #[serde(rename = "entry")]
    entries: Vec<Entry>,
}

impl Entry {
    /// Returns the title in `language`.
    pub fn title(&self, language: Language) -> &str {
        if language == Language::Chinese { &self.title_zh } else { &self.title_en }
    }

    /// Returns the commands that import it, each prefixed with `command` and with its placeholders quoted.
    pub fn commands(&self, language: Language, command: &str) -> Vec<String> {
        let fill = |text: &str| {
            let mut all = String::new();
            let mut rest = text;
            while let Some(at) = rest.find(['<', '{']) {
                let (before, marked) = rest.split_at(at);
                let end = marked.find(['>', '}']).unwrap_or(marked.len() - 1);
                let (zh, en) = marked[1..end].split_once('|').unwrap_or((&marked[1..end], &marked[1..end]));
                let words = if language == Language::Chinese { zh } else { en };
                all += before;
                if marked.starts_with('<') {
                    all.extend(["\"【", words, "】\""]);
                } else {
                    all += words;
                }
                rest = &marked[end + 1..];
            }
            all + rest
        };
        self.then.iter().map(|text| format!("{command} {}", fill(text))).collect()
    }

    /// Returns the reason why it cannot wait.
    pub fn perishes(&self, language: Language) -> &str {
        if language == Language::Chinese { &self.perishes_zh } else { &self.perishes_en }
    }

    /// Returns the steps in `language`.
    pub fn steps(&self, language: Language) -> &[String] {
        if language == Language::Chinese { &self.steps_zh } else { &self.steps_en }
    }
}

/// Returns every entry, the most perishable first.
pub fn all() -> Result<Vec<Entry>> {
    let guide: Guide = toml::from_str(EMBEDDED).map_err(|error| Error::other("guide-invalid").because(error))?;
    let mut entries = guide.entries;
    entries.sort_by_key(|entry| entry.order);
    Ok(entries)
}

/// Returns the entries for accounts of `kinds` (empty: every kind), without those the profile rules out.
pub fn of(kinds: &[AccountKind], profile: &Profile) -> Result<Vec<Entry>> {
    let mut entries = all()?;
    entries.retain(|entry| {
        (kinds.is_empty() || entry.accounts.iter().any(|kind| kinds.contains(kind)))
            && entry.needs.iter().all(|flag| profile.flag(flag) != Truth::No)
    });
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_is_served_and_the_perishable_come_first() {
        let entries = all().unwrap();
        let ids: BTreeSet<_> = entries.iter().map(|entry| &entry.id).collect();
        assert_eq!(ids.len(), entries.len());
        for entry in &entries {
            assert_eq!(entry.steps_zh.len(), entry.steps_en.len(), "{}", entry.id);
            assert!(!entry.steps_zh.is_empty(), "{}", entry.id);
            let commands = entry.commands(Language::English, "liudi");
            let english = |command: &str| command.replace(['【', '】'], "").is_ascii();
            assert!(commands.iter().all(|command| command.starts_with("liudi ") && english(command)), "{commands:?}");
        }
        for kind in AccountKind::ALL {
            assert!(!of(&[*kind], &Profile::default()).unwrap().is_empty(), "{kind}");
        }
        let channels = of(&[AccountKind::Channels], &Profile::default()).unwrap();
        assert_eq!(channels[0].id, "live-replays", "replays must be generated before they can be downloaded");
        let merchant = of(&[AccountKind::Mch], &Profile::default()).unwrap();
        assert_eq!(merchant[0].id, "trade-bills");
    }
}
