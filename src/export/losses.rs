//! What a target cannot express: drawings, cards of the platform, merged cells … Exporters count them while
//! they write, and the summary names them, so that the owner knows before the account is closed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::html::card_code;
use crate::text::Texts;

/// Number of posts named per kind; the others are only counted.
const NAMED: usize = 100;

/// The losses of one file or of a whole export, by kind: `svg`, `table`, `audio`, `card-vote` …, or the platform's name
/// of an unknown card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Losses(BTreeMap<String, Lost>);

/// The losses of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// Number of things lost.
    pub count: u64,
    /// Number of posts that lost any.
    pub posts: u64,
    /// Titles of those posts, the first hundred.
    pub named: Vec<String>,
}

impl Losses {
    /// Adds `count` losses of `kind` in the post with this title. Cards that look the same are of one kind.
    pub fn add(&mut self, kind: &str, count: u64, title: &str) {
        if count > 0 {
            self.merge_kind(card_code(kind).unwrap_or(kind), Lost { count, posts: 1, named: vec![title.to_owned()] });
        }
    }

    /// Adds what a writer of bodies could not express in the post with this title, and the media that are not held.
    pub fn add_body(&mut self, lost: &BTreeMap<String, u32>, missing: u32, title: &str) {
        for (kind, count) in by_kind(lost) {
            self.add(kind, u64::from(count), title);
        }
        self.add("missing", u64::from(missing), title);
    }

    /// Adds the losses of another file.
    pub fn merge(&mut self, other: Self) {
        for (kind, lost) in other.0 {
            self.merge_kind(&kind, lost);
        }
    }

    fn merge_kind(&mut self, kind: &str, lost: Lost) {
        let all = self.0.entry(kind.to_owned()).or_default();
        all.count += lost.count;
        all.posts += lost.posts;
        let room = NAMED.saturating_sub(all.named.len());
        all.named.extend(lost.named.into_iter().take(room));
    }

    /// Reports whether nothing was lost.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the losses of each kind.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Lost)> {
        self.0.iter().map(|(kind, lost)| (kind.as_str(), lost))
    }
}

/// Returns what a writer of bodies could not express, with cards that look the same as one kind.
pub fn by_kind(lost: &BTreeMap<String, u32>) -> BTreeMap<&str, u32> {
    let mut kinds = BTreeMap::new();
    for (kind, count) in lost {
        *kinds.entry(card_code(kind).unwrap_or(kind)).or_default() += count;
    }
    kinds
}

/// Returns the words for a kind of loss.
pub fn words(texts: &Texts, kind: &str) -> String {
    let kind = card_code(kind).unwrap_or(kind);
    texts.find_code("lost", kind).unwrap_or_else(|| texts.get("lost-card", &[("kind", kind)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn every_loss_is_counted_and_the_first_are_named() {
        let mut all = Losses::default();
        for number in 0..150 {
            let mut one = Losses::default();
            one.add("svg", 2, &format!("{number}"));
            one.add("table", 0, "none");
            all.merge(one);
        }
        let kinds: Vec<_> = all.iter().collect();
        assert_eq!(kinds.len(), 1);
        assert_eq!((kinds[0].0, kinds[0].1.count, kinds[0].1.posts, kinds[0].1.named.len()), ("svg", 300, 150, 100));
    }

    #[test]
    fn cards_are_counted_by_what_a_reader_sees_and_have_words() {
        let mut losses = Losses::default();
        for name in ["mp-common-profile", "mpprofile", "mp-common-vote", "vote_card", "vote_iframe", "iframe", "embed"]
        {
            losses.add(name, 1, "t");
        }
        let counts: Vec<_> = losses.iter().map(|(kind, lost)| (kind, lost.count)).collect();
        assert_eq!(counts, [("card-account", 2), ("card-frame", 2), ("card-vote", 3)]);
        // Different elements in one post are in one post.
        let mut one = Losses::default();
        one.add_body(&[("mpvote".to_owned(), 1), ("vote_iframe".to_owned(), 2)].into(), 0, "t");
        let lost: Vec<_> = one.iter().map(|(kind, lost)| (kind, lost.count, lost.posts)).collect();
        assert_eq!(lost, [("card-vote", 3, 1)]);
        let names = [
            "mpvideosnap",
            "mpprofile",
            "mpcps",
            "mp-weapp",
            "qqmusic",
            "mpvote",
            "mppoi",
            "redpacketcover",
            "mpgongyi",
            "js_novel_card",
            "mpvoice",
            "video_iframe",
            "mp-common-sticker",
            "object",
        ];
        for language in [Language::Chinese, Language::English] {
            let texts = Texts::new(language);
            for name in names {
                let code = card_code(name).unwrap();
                assert!(texts.find_code("lost", code).is_some(), "{name}");
            }
            assert!(words(&texts, "mp-new").contains("mp-new"));
        }
    }
}
