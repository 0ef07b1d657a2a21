//! Merges albums and tags: Ghost has tags alone.

use std::collections::HashMap;

use crate::export::blog::{Blog, Term};
use crate::export::names::Names;

/// The tags of Ghost.
pub(super) struct TagTable {
    /// Albums and tags; those of one name are one tag.
    pub(super) all: Vec<Term>,
    /// The tag of each album.
    pub(super) of_albums: Vec<usize>,
    /// The tag of each of the account's tags.
    of_tags: Vec<usize>,
}

impl TagTable {
    pub(super) fn new(blog: &Blog<'_>) -> Self {
        let mut all: Vec<Term> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut slugs = Names::default();
        let mut merged = |term: &Term| {
            // A name that begins with `#` would make the tag internal.
            let name = term.name.trim_start_matches(['#', ' ']);
            *known.entry(name.to_owned()).or_insert_with(|| {
                let (slug, description) = (slugs.give(&term.slug), term.description.clone());
                all.push(Term { name: name.to_owned(), slug, description });
                all.len() - 1
            })
        };
        let of_albums = blog.albums.iter().map(&mut merged).collect();
        let of_tags = blog.tags.iter().map(&mut merged).collect();
        Self { all, of_albums, of_tags }
    }

    /// Returns the tags of a post, its albums first.
    pub(super) fn of_post(&self, blog: &Blog<'_>, place: usize) -> Vec<usize> {
        let albums = blog.albums_of(place).map(|album| self.of_albums[album]);
        let mut tags: Vec<usize> = Vec::new();
        for tag in albums.chain(blog.tags_of(place).into_iter().map(|tag| self.of_tags[tag])) {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        tags
    }
}
