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
    /// Unicode scalar values of visible text, white space not counted.
    #[serde(default)]
    pub text_chars: u64,
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
}
