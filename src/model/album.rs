//! A 合集: an ordered collection of articles.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The fields of [`super::Kind::Album`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AlbumFields {
    /// The platform's id, a decimal string beyond 2^53.
    pub id: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// What it says of itself.
    pub description: Option<String>,
    /// URL of its cover.
    pub cover: Option<String>,
    /// Its public page.
    pub url: Option<String>,
    /// How many articles it says it has.
    pub declared_count: Option<u64>,
    /// Aliases of its articles in the album's own order, as far as this evidence lists them.
    pub articles: Vec<String>,
    /// What else was given.
    pub extra: Map<String, Value>,
}
