//! Describes what a list states about itself: the first two of the three numbers (`platform_total`, `listed`, `held`).

use serde::{Deserialize, Serialize};

/// Fields of [`super::Kind::Listing`]. The listed articles are separate records ([`super::Rank::List`]).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListingFields {
    /// Scope of the count: `articles`, `sends`, `albums` … Scopes are never mixed.
    pub scope: String,
    /// Name of the list: `publish_page`, `getmsg`, `freepublish` …
    pub list: String,
    /// Total according to the platform.
    pub platform_total: Option<u64>,
    /// Number of entries in this evidence.
    pub listed: u64,
    /// Whether the list omits no kind of article, including those sent to the followers; whether it goes back to the
    /// first one follows from the numbers.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub complete: bool,
}
