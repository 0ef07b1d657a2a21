//! The canonical body of an article: a sanitised HTML fragment whose own media are still named by key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::MediaRef;

/// How `content.html` and the fragments before it name a medium of ours until it has a path:
/// `src="liudi-media:<key>"`, `poster="…"`, `url(liudi-media:<key>)`. See [`crate::html::resolve`].
pub const MEDIA_SCHEME: &str = "liudi-media:";

/// One body, as `html::sanitise` leaves it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// The sanitised fragment.
    pub html: String,
    /// Every medium the fragment names, in document order, each key once.
    #[serde(default)]
    pub media: Vec<MediaRef>,
    /// Links out of the fragment, in document order, as they stand (URLs decoded).
    #[serde(default)]
    pub links: Vec<Link>,
    /// What was met and what became of it, by kind of element or widget.
    #[serde(default)]
    pub census: BTreeMap<String, Census>,
    /// The platform's own elements that the fragment shows in a static form, with what they carried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub widgets: Vec<Widget>,
    /// Unicode scalar values of visible text, white space not counted.
    #[serde(default)]
    pub text_chars: u64,
    /// Digest of the author's visible text without white space and without the words of our cards: equal for two copies
    /// of one text, however they were marked up. Empty where it was not taken.
    #[serde(default)]
    pub fingerprint: String,
    /// Only a part of the article: the free part of a paid one, or a page that was cut off. A whole body goes before it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// The text of somebody else, reshared: never part of what is published.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub third_party: bool,
    /// Its input could not be decoded whole: some of its characters are not the author's. Never part of what is published.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub garbled: bool,
    /// Addresses of the platform that the fragment does not show: in elements left out, in attributes nobody knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// An address of the platform in a place that the fragment does not show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The element.
    pub element: String,
    /// The attribute; `style` also for a style sheet.
    pub attribute: String,
    /// The address.
    pub url: String,
}

/// An element of the platform's own (a card, a player, a vote): what it carried, since only its words can be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Widget {
    /// Its element or class, as counted in the census.
    pub kind: String,
    /// Its attributes as given: ids, names, places.
    #[serde(default)]
    pub data: BTreeMap<String, String>,
}

/// A link in a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Where it goes.
    pub href: String,
    /// Its text, trimmed.
    pub text: String,
}

/// What became of the elements of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// Kept as they are.
    #[serde(default)]
    pub kept: u32,
    /// Replaced by a static form (a card, a player, a note).
    #[serde(default)]
    pub replaced: u32,
    /// Left out.
    #[serde(default)]
    pub dropped: u32,
    /// An element of the platform that this version does not know: shown with all its words.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
}
