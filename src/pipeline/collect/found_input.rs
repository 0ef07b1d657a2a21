//! An input that a walk found. There may be a million: a file on disk is a number in the list of its root until it is read.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use super::walk;
use crate::secret::without_secrets;
use crate::source::Input;
use crate::source::input::Siblings;

/// Returns the path of the file on disk that a path (`<path>!/<member>`) leads to or into.
pub(crate) fn outermost(path: &str) -> &str {
    path.split("!/").next().unwrap_or(path)
}

/// An input to be read, with the state that decides whether it was read before.
#[derive(Clone, Debug)]
pub struct FoundInput {
    of: Found,
    /// Modification time of the file, in nanoseconds since 1970, with the state of what is read with it.
    pub modified: i64,
    /// Whether it belongs to a saved page (`x_files/…`) and is only read by it.
    pub(crate) companion: bool,
    /// Whether the walk saw that it is an image, audio or video.
    is_media: bool,
}

#[derive(Clone, Debug)]
enum Found {
    /// The file of this number.
    Listed(Arc<Siblings>, usize),
    /// An input that is no file on disk, and the path it is known by.
    Held(Box<(Input, String)>),
}

impl FoundInput {
    /// Creates an input that is not a file, known by `path`.
    pub fn bytes(input: Input, path: String) -> Self {
        Self::inside(input, path, 0)
    }

    /// Creates an input inside a file that was changed at `modified`, known by `path` (`<path>!/<member>`).
    pub fn inside(input: Input, path: String, modified: i64) -> Self {
        Self { of: Found::Held(Box::new((input, path))), modified, companion: false, is_media: false }
    }

    /// Creates an input of each file of a root, in order.
    pub fn all_of(siblings: &Arc<Siblings>) -> Vec<Self> {
        let found = |number| Self {
            of: Found::Listed(Arc::clone(siblings), number),
            modified: siblings.modified(number),
            companion: false,
            is_media: false,
        };
        (0..siblings.count()).map(found).collect()
    }

    /// Returns the input.
    pub fn input(&self) -> Input {
        let input = match &self.of {
            Found::Listed(siblings, number) => siblings.input(*number),
            Found::Held(held) => held.0.clone(),
        };
        if self.is_media {
            input.note_media(true);
        }
        input
    }

    /// Returns the absolute path as [`crate::platform::text_of`] writes it, or `<path>!/<member>`.
    pub fn path(&self) -> Cow<'_, str> {
        match &self.of {
            Found::Listed(siblings, number) => siblings.path(*number).into(),
            Found::Held(held) => held.1.as_str().into(),
        }
    }

    /// Returns [`Input::place`].
    pub fn place(&self) -> &str {
        match &self.of {
            Found::Listed(siblings, number) => siblings.place(*number),
            Found::Held(held) => held.0.place(),
        }
    }

    /// Returns [`Input::locator`].
    pub fn locator(&self) -> Cow<'_, str> {
        match &self.of {
            Found::Listed(..) => without_secrets(self.place()),
            Found::Held(held) => held.0.locator().into(),
        }
    }

    /// Returns the size in bytes.
    pub fn size(&self) -> u64 {
        match &self.of {
            Found::Listed(siblings, number) => siblings.size(*number),
            Found::Held(held) => held.0.size(),
        }
    }

    /// Notes whether it is an image, audio or video.
    pub(super) fn note_media(&mut self, is_media: bool) {
        self.is_media = is_media;
    }

    /// Compares the paths of two inputs.
    pub(super) fn in_order(&self, other: &Self) -> Ordering {
        match self.same_root(other) {
            // Files of a root are numbered in this order.
            Some((one, other)) => one.cmp(&other),
            None => walk::in_order(&self.path_shown(), &other.path_shown())
                .then_with(|| walk::in_order(&self.path(), &other.path())),
        }
    }

    /// Reports whether two inputs are the same.
    pub(super) fn is_at_path_of(&self, other: &Self) -> bool {
        match self.same_root(other) {
            Some((one, other)) => one == other,
            None => self.path() == other.path(),
        }
    }

    /// Returns the path with its names as people read them, by which the files of a root are in order.
    fn path_shown(&self) -> Cow<'_, str> {
        match &self.of {
            Found::Listed(siblings, number) => siblings.path_shown(*number).into(),
            Found::Held(held) => held.1.as_str().into(),
        }
    }

    fn same_root(&self, other: &Self) -> Option<(usize, usize)> {
        match (&self.of, &other.of) {
            (Found::Listed(one, number), Found::Listed(other, another)) if Arc::ptr_eq(one, other) => {
                Some((*number, *another))
            }
            _ => None,
        }
    }
}
