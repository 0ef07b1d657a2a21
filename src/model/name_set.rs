//! Names that are asked for and never listed.

use std::collections::HashMap;

use super::Sha256;

/// A map from names, which holds of each no more than 16 bytes of its digest: a hundred thousand paths cost some MB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameMap<V>(HashMap<[u8; 16], V>);

/// A set of names, as a [`NameMap`] holds them.
pub type NameSet = NameMap<()>;

impl<V> Default for NameMap<V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<V> NameMap<V> {
    /// Adds a name; returns what it was before.
    pub fn put(&mut self, name: impl AsRef<str>, value: V) -> Option<V> {
        self.0.insert(key(name.as_ref()), value)
    }

    /// Returns what a name is.
    pub fn get(&self, name: &str) -> Option<&V> {
        self.0.get(&key(name))
    }

    /// Returns what a name is, to be changed; `value` if it is new.
    pub fn get_or_put(&mut self, name: &str, value: V) -> &mut V {
        self.0.entry(key(name)).or_insert(value)
    }

    /// Returns whether a name was added.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(&key(name))
    }

    /// Returns how many names there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns what the names are, in no order.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.values()
    }

    /// Removes every name.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

impl NameSet {
    /// Adds a name; returns whether it is new.
    pub fn insert(&mut self, name: impl AsRef<str>) -> bool {
        self.put(name, ()).is_none()
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

fn key(name: &str) -> [u8; 16] {
    Sha256::of(name.as_bytes()).as_bytes().first_chunk().copied().unwrap_or_default()
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
        let mut numbers = NameMap::default();
        assert_eq!((numbers.put("a", 1), numbers.put("a", 2), numbers.get("b")), (None, Some(1), None));
        *numbers.get_or_put("a", 0) += 1;
        assert_eq!(numbers.values().copied().collect::<Vec<_>>(), [3]);
    }
}
