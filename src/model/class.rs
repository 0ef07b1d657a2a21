//! Decides which bag a record belongs to. This is the only place; everything not listed here is private.

use serde::{Deserialize, Serialize};

/// Publication class of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// May be republished; goes to the mirror.
    Public,
    /// Never leaves the private bag. The default: unknown is private.
    #[default]
    Private,
}

/// Facts that decide an article's class.
#[derive(Clone, Copy, Debug, Default)]
pub struct ArticleStanding {
    /// Whether it belongs to the account of this archive.
    pub own: bool,
    /// Whether the author deleted it.
    pub deleted: bool,
    /// Whether the platform blocked it.
    pub blocked: bool,
    /// Whether it is behind a paywall.
    pub paid: bool,
    /// Whether its body is a third party's, reshared.
    pub third_party_body: bool,
    /// Whether its text could not be decoded completely.
    pub garbled: bool,
}

/// Facts that decide the class of a note or video.
#[derive(Clone, Copy, Debug, Default)]
pub struct ShortPostStanding {
    /// Whether it belongs to the account of this archive, or to the 视频号 bound to it.
    pub own: bool,
    /// Whether its author or the platform withdrew it.
    pub withdrawn: bool,
    /// Whether its visibility was restricted.
    pub restricted: bool,
    /// Whether it is a live broadcast: it shows guests and viewers, and its replay may never have been published.
    pub live: bool,
}

/// Returns the class of a note or a video: only what the owner published for everybody is public.
pub fn of_short_post(standing: ShortPostStanding) -> Class {
    let ShortPostStanding { own, withdrawn, restricted, live } = standing;
    if own && !withdrawn && !restricted && !live { Class::Public } else { Class::Private }
}

/// Returns the class of an article: only the owner's own published articles are public.
///
/// A reshare whose body is a third party's stays public as *a record* (the owner's words and the link); the third
/// party's body itself is kept as private evidence and is not part of the article's content.
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
                let standing = ShortPostStanding { own: is(0), withdrawn: is(1), restricted: is(2), live: is(3) };
                of_short_post(standing) == Class::Public
            })
            .collect();
        assert_eq!(public, [1], "own, and nothing against it");
    }

    #[test]
    fn what_says_nothing_of_itself_is_private() {
        assert_eq!(Class::default(), Class::Private);
        assert_eq!(of_article(ArticleStanding::default()), Class::Private);
        assert_eq!(of_short_post(ShortPostStanding::default()), Class::Private);
    }
}
