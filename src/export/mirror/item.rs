//! One thing that was published: an article, or a note or a video.

use super::site::Site;
use super::{article, piece};
use crate::archive::View;
use crate::export::OutPath;
use crate::model::{Sha256, Time};

/// Something published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// An entry of the view.
    Article(usize),
    /// A note or video of the view.
    Piece(usize),
}

impl Item {
    /// When it was published.
    pub(super) fn published(self, view: &View) -> Option<Time> {
        match self {
            Self::Article(index) => view.entries()[index].published,
            Self::Piece(index) => view.pieces()[index].piece.fields.published,
        }
    }

    /// When it was last changed, or sent out.
    pub(super) fn last_change(self, view: &View) -> Option<Time> {
        match self {
            Self::Article(index) => view.entries()[index].modified.max(view.entries()[index].published),
            Self::Piece(_) => self.published(view),
        }
    }

    /// Its page.
    pub(super) fn page<'s>(self, site: &'s Site<'_>) -> &'s OutPath {
        match self {
            Self::Article(index) => &site.pages[index],
            Self::Piece(index) => &site.piece_pages[index],
        }
    }

    /// Changes whenever its page would.
    pub(super) fn page_key(self, site: &Site<'_>) -> Sha256 {
        match self {
            Self::Article(index) => article::key(site, index),
            Self::Piece(index) => piece::key(site, index),
        }
    }

    /// The digest of its record.
    pub(super) fn digest(self, view: &View) -> Sha256 {
        match self {
            Self::Article(index) => view.entries()[index].record_digest,
            Self::Piece(index) => view.pieces()[index].digest,
        }
    }
}
