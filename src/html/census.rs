//! Collects facts during the walk: the media of the body, its visible text, and what was done with each kind of
//! element.

use std::collections::HashSet;

use super::address::{self, Named};
use super::escape::{is_blank, visible_chars};
use super::walk::Walk;
use crate::model::body::MEDIA_SCHEME;
use crate::model::{MediaRef, MediaRole};

impl Walk<'_> {
    /// Records the medium that `value` names in the body and returns the new value of `src`.
    pub(super) fn medium(&mut self, value: &str, role: MediaRole) -> Option<String> {
        match address::medium(value, role, self.page.as_ref(), self.scope)? {
            Named::Inline(data) => Some(data),
            Named::Medium(medium) => Some(self.note(*medium)),
        }
    }

    /// Records a medium, once per key, and returns its name in the body.
    pub(super) fn note(&mut self, medium: MediaRef) -> String {
        let name = format!("{MEDIA_SCHEME}{}", medium.key.as_str());
        self.noted += 1;
        if let Some(index) = self.seen.get(&medium.key) {
            if let Some(known) = self.body.media.get_mut(*index) {
                merge(known, medium);
            }
        } else {
            self.seen.insert(medium.key.clone(), self.body.media.len());
            self.body.media.push(medium);
        }
        name
    }

    /// Counts text that the author wrote and a reader sees.
    pub(super) fn count_text(&mut self, text: &str) {
        self.body.text_chars += visible_chars(text);
        for word in text.split(is_blank) {
            self.words.update(word.as_bytes());
        }
    }

    /// Counts an unknown element of the platform as replaced.
    pub(super) fn count_unknown(&mut self, kind: &str) {
        self.count_replaced(kind);
        if let Some(census) = self.body.census.get_mut(kind) {
            census.unknown = true;
        }
    }

    /// Counts an element of `kind` as kept.
    pub(super) fn count_kept(&mut self, kind: &str) {
        self.body.census.entry(kind.to_owned()).or_default().kept += 1;
    }

    /// Counts an element of `kind` as replaced by a static form.
    pub(super) fn count_replaced(&mut self, kind: &str) {
        let kind = if kind.len() <= 60 { kind } else { "long-name" };
        self.body.census.entry(kind.to_owned()).or_default().replaced += 1;
    }

    /// Counts an element of `kind` as left out.
    pub(super) fn count_dropped(&mut self, kind: &str) {
        let kind = if kind.len() <= 60 { kind } else { "long-name" };
        self.body.census.entry(kind.to_owned()).or_default().dropped += 1;
    }
}

/// Merges further facts about a medium.
fn merge(known: &mut MediaRef, other: MediaRef) {
    let have: HashSet<String> = known.urls.iter().cloned().collect();
    known.urls.extend(other.urls.into_iter().filter(|url| !have.contains(url)));
    known.local = known.local.take().or(other.local);
    known.width = known.width.or(other.width);
    known.height = known.height.or(other.height);
    known.md5 = known.md5.take().or(other.md5);
    known.bytes = known.bytes.or(other.bytes);
}
