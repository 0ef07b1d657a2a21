//! What a list says of itself: the first two of the three numbers (`platform_total`, `listed`, `held`).

use serde::{Deserialize, Serialize};

/// The fields of [`super::Kind::Listing`]. The listed articles are records of their own ([`super::Rank::List`]).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListingFields {
    /// What is counted: `articles`, `sends`, `albums` … Scopes are never mixed.
    pub scope: String,
    /// Which list: `publish_page`, `getmsg`, `freepublish` …
    pub list: String,
    /// How many the platform says there are.
    pub platform_total: Option<u64>,
    /// How many this evidence lists.
    pub listed: u64,
    /// The list leaves no kind of article out, those sent to the followers included; whether it goes back to the first is
    /// for the numbers to say.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub complete: bool,
}
