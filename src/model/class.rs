//! Which bag a thing belongs to. One table, one place; what is not in it is private.

use serde::{Deserialize, Serialize};

/// Public: may be republished, goes to the mirror. Private: never leaves the private bag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// May be republished.
    Public,
    /// Never in a mirror. The default: unknown is private.
    #[default]
    Private,
}

/// What decides an article's class.
#[derive(Clone, Copy, Debug, Default)]
pub struct ArticleStanding {
    /// It belongs to the account this archive is of.
    pub own: bool,
    /// The author took it down.
    pub deleted: bool,
    /// The platform blocked it.
    pub blocked: bool,
    /// It is behind a paywall.
    pub paid: bool,
    /// Its body is a third party's, reshared.
    pub third_party_body: bool,
    /// Its text could not be decoded whole.
    pub garbled: bool,
}

/// What decides the class of a piece that is no article.
#[derive(Clone, Copy, Debug, Default)]
pub struct PieceStanding {
    /// It belongs to the account this archive is of, or to the 视频号 bound to it.
    pub own: bool,
    /// Its author or the platform took it back.
    pub withdrawn: bool,
    /// It was not shown to everybody.
    pub restricted: bool,
    /// It is a live broadcast: guests and viewers are in it, and its replay was perhaps never published.
    pub live: bool,
}

/// The class of a note or a video: what the owner published for everybody is public, and nothing else.
pub fn of_piece(standing: PieceStanding) -> Class {
    let PieceStanding { own, withdrawn, restricted, live } = standing;
    if own && !withdrawn && !restricted && !live { Class::Public } else { Class::Private }
}

/// The class of an article: the owner's own published articles are public, and nothing else.
///
/// A reshare whose body is a third party's stays public as *a record* (the owner's words and the link);
/// the third party's body itself is kept as private evidence and is not part of the article's content.
pub fn of_article(standing: ArticleStanding) -> Class {
    let ArticleStanding { own, deleted, blocked, paid, third_party_body, garbled } = standing;
    if own && !deleted && !blocked && !paid && !third_party_body && !garbled { Class::Public } else { Class::Private }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_all_standings_of_an_article_exactly_one_is_public() {
        let public: Vec<u8> = (0..64_u8)
            .filter(|bits| {
                let is = |bit: u8| bits & (1 << bit) != 0;
                let standing = ArticleStanding {
                    own: is(0),
                    deleted: is(1),
                    blocked: is(2),
                    paid: is(3),
                    third_party_body: is(4),
                    garbled: is(5),
                };
                of_article(standing) == Class::Public
            })
            .collect();
        assert_eq!(public, [1], "own, and nothing against it");
    }

    #[test]
    fn of_all_standings_of_a_note_or_video_exactly_one_is_public() {
        let public: Vec<u8> = (0..16_u8)
            .filter(|bits| {
                let is = |bit: u8| bits & (1 << bit) != 0;
                let standing = PieceStanding { own: is(0), withdrawn: is(1), restricted: is(2), live: is(3) };
                of_piece(standing) == Class::Public
            })
            .collect();
        assert_eq!(public, [1], "own, and nothing against it");
    }

    #[test]
    fn what_says_nothing_of_itself_is_private() {
        assert_eq!(Class::default(), Class::Private);
        assert_eq!(of_article(ArticleStanding::default()), Class::Private);
        assert_eq!(of_piece(PieceStanding::default()), Class::Private);
    }
}
