//! Describes a 合集: an ordered collection of articles.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Fields of [`super::Kind::Album`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AlbumFields {
    /// The platform's id, a decimal string beyond 2^53.
    pub id: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// URL of the cover.
    pub cover: Option<String>,
    /// URL of the public page.
    pub url: Option<String>,
    /// Declared number of articles.
    pub declared_count: Option<u64>,
    /// Aliases of the articles in the album's own order, as far as this evidence lists them.
    pub articles: Vec<String>,
    /// Unknown fields.
    pub extra: Map<String, Value>,
}

/// Joins partial lists of an album into its own order: overlapping parts are merged, disjoint ones are ordered by their
/// oldest articles. The result does not depend on the order of `lists`.
pub fn joined_order(mut lists: Vec<Vec<String>>) -> Vec<String> {
    lists.retain(|list| !list.is_empty());
    lists.sort_by_cached_key(|list| {
        (list.iter().filter_map(|alias| number_of(alias)).min(), usize::MAX - list.len(), list.clone())
    });
    let mut order: Vec<String> = Vec::new();
    for list in lists {
        let mut place =
            list.iter().find_map(|alias| order.iter().position(|known| known == alias)).unwrap_or(order.len());
        for alias in list {
            if let Some(known) = order.iter().position(|known| *known == alias) {
                place = known + 1;
            } else {
                order.insert(place, alias);
                place += 1;
            }
        }
    }
    order
}

/// Returns the `mid` of an article's alias, which grows with time.
fn number_of(alias: &str) -> Option<u64> {
    alias.rsplit('_').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(numbers: &[u64]) -> Vec<String> {
        numbers.iter().map(|number| format!("biz_{number}_1")).collect()
    }

    #[test]
    fn parts_of_an_album_make_one_order_whatever_comes_first() {
        let parts = [list(&[5, 6, 7]), list(&[1, 9, 2]), list(&[9, 2, 4])];
        let expected = list(&[1, 9, 2, 4, 5, 6, 7]);
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            assert_eq!(joined_order(order.iter().map(|at| parts[*at].clone()).collect()), expected);
        }
    }
}
