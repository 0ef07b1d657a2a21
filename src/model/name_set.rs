//! Names that are asked for and never listed.

use std::collections::HashSet;

use super::Sha256;

/// A set of names, which holds of each no more than 16 bytes of its digest: a hundred thousand paths cost some MB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameSet(HashSet<u128>);

impl NameSet {
    /// Adds a name; returns whether it is new.
    pub fn insert(&mut self, name: impl AsRef<str>) -> bool {
        self.0.insert(key(name.as_ref()))
    }

    /// Returns whether a name was added.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains(&key(name))
    }

    /// Returns how many names there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Removes every name.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<S: AsRef<str>> Extend<S> for NameSet {
    fn extend<I: IntoIterator<Item = S>>(&mut self, names: I) {
        for name in names {
            self.insert(name);
        }
    }
}

impl<S: AsRef<str>> FromIterator<S> for NameSet {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        let mut all = Self::default();
        all.extend(names);
        all
    }
}

fn key(name: &str) -> u128 {
    Sha256::of(name.as_bytes()).as_bytes().first_chunk().map_or(0, |bytes| u128::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_in_it_once() {
        let mut names: NameSet = ["a/b", "a", "a/b"].into_iter().collect();
        assert_eq!((names.len(), names.contains("a"), names.contains("b")), (2, true, false));
        assert!(names.insert("b") && !names.insert("b"));
        names.clear();
        assert!(names.is_empty());
    }
}
