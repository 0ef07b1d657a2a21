//! Holds the canonical body of an article: a sanitised HTML fragment that names its media by key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::MediaRef;

/// URL scheme by which fragments name a medium until it has a path: `src="liudi-media:<key>"`, `poster="…"`,
/// `url(liudi-media:<key>)`. See [`crate::html::resolve`].
pub const MEDIA_SCHEME: &str = "liudi-media:";

/// A body, as `html::sanitise` produces it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Sanitised fragment.
    pub html: String,
    /// Media named in the fragment, in document order, each key once.
    #[serde(default)]
    pub media: Vec<MediaRef>,
    /// Links out of the fragment, in document order (URLs decoded).
    #[serde(default)]
    pub links: Vec<Link>,
    /// Treatment of the elements and widgets met, by kind.
    #[serde(default)]
    pub census: BTreeMap<String, Census>,
    /// The platform's own elements that the fragment shows in a static form, with their data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub widgets: Vec<Widget>,
    /// Number of Unicode scalar values of visible text, without white space.
    #[serde(default)]
    pub text_chars: u64,
    /// Digest of the author's visible text without white space and without the words of our cards: equal for two copies
    /// of one text, whatever their markup. Empty if it was not computed.
    #[serde(default)]
    pub fingerprint: String,
    /// Whether it is only a part: the free part of a paid article, or a truncated page. A whole body takes precedence
    /// over it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Whether it is a third party's text, reshared: never published.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub third_party: bool,
    /// Whether the input could not be decoded completely: some characters are not the author's. Never published.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub garbled: bool,
    /// Addresses of the platform that the fragment does not show: in dropped elements or unknown attributes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// An address of the platform that the fragment does not show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Name of the element.
    pub element: String,
    /// Name of the attribute; empty for the text of an element, such as a style sheet.
    pub attribute: String,
    /// URL of the platform.
    pub url: String,
}

/// An element of the platform (a card, a player, a vote) with its data, since only its text can be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Widget {
    /// Element or class, as counted in the census.
    pub kind: String,
    /// Attributes, unchanged: ids, names, locations.
    #[serde(default)]
    pub data: BTreeMap<String, String>,
}

/// A link in a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Target.
    pub href: String,
    /// Text, trimmed.
    pub text: String,
}

/// Treatment of the elements of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// Number kept.
    #[serde(default)]
    pub kept: u32,
    /// Number replaced by a static form (a card, a player, a note).
    #[serde(default)]
    pub replaced: u32,
    /// Number dropped.
    #[serde(default)]
    pub dropped: u32,
    /// Whether it is an element of the platform that this version does not know: shown with all its text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
}
