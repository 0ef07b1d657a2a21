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

/// An album's own order from the lists that tell parts of it: overlapping parts are laid over each other, others follow each
/// other as their oldest articles do. The same lists in another order give the same.
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

/// `mid` of an article's alias: it grows with time.
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
