//! Lists the platform's elements that become a card: their names, and the attributes that a reader should see. The
//! names are those met since 2018; the older form of an element is in the row of the newer.

use scraper::node::Element;

use super::has_class;

/// Row of the table: elements that are the same to a reader.
pub(super) struct Kind {
    /// Names of the elements; a name that begins with `.` is a class.
    names: &'static [&'static str],
    /// Kind of card shown first; empty for elements that are dropped, since they show nothing of the author's.
    pub(super) word: &'static str,
    /// Code of the card where it is counted.
    code: &'static str,
    /// Attributes with text; of each group the first non-empty one is used.
    pub(super) words: &'static [&'static [&'static str]],
    /// Attributes with a picture.
    pub(super) picture: &'static [&'static str],
}

const KINDS: &[Kind] = &[
    Kind {
        names: &["mp-common-videosnap", "mpvideosnap"],
        word: "视频号",
        code: "card-channels",
        words: &[&["data-nickname"], &["data-desc", "data-title"]],
        picture: &["data-url", "data-headimgurl"],
    },
    Kind {
        names: &["mp-common-profile", "mpprofile"],
        word: "公众号",
        code: "card-account",
        words: &[&["data-nickname"], &["data-signature"]],
        picture: &["data-headimg"],
    },
    Kind {
        names: &[
            "mp-common-cps",
            "mp-common-cpsad",
            "mp-common-product",
            "mp-common-wxaproduct",
            "mp-wxaproduct",
            "mpcps",
            "mpproduct",
            "mpwxaproduct",
        ],
        word: "商品",
        code: "card-product",
        words: &[&["data-title", "data-name", "data-product-title", "data-wxaproduct-title"]],
        picture: &[],
    },
    Kind {
        names: &["mp-common-miniprogram", "mp-common-weapp", "mp-miniprogram", "mp-weapp"],
        word: "小程序",
        code: "card-mini-program",
        words: &[&["data-miniprogram-title"], &["data-miniprogram-nickname"]],
        picture: &["data-miniprogram-imageurl"],
    },
    Kind {
        names: &[
            "mp-common-clalbum",
            "mp-common-claudio",
            "mp-common-clmusic",
            "mp-common-finderaudio",
            "mp-common-findermusic",
            "mp-common-music",
            "mp-common-plain-music",
            "mp-common-qqmusic",
            "qqmusic",
        ],
        word: "音乐",
        code: "card-music",
        words: &[
            &["music_name", "data-title", "data-name", "name", "data-music_name", "title"],
            &["singer", "data-singer", "data-author", "author", "data-nickname"],
        ],
        picture: &["albumurl", "cover", "data-cover", "data-albumurl", "data-cover_url"],
    },
    Kind {
        names: &["mp-common-vote", "mpvote", ".js_editor_vote_card", ".vote_card"],
        word: "投票",
        code: "card-vote",
        words: &[&["data-title", "data-vote-title", "data-votesubject"]],
        picture: &[],
    },
    Kind {
        names: &["mp-common-poi", "mppoi"],
        word: "地点",
        code: "card-place",
        words: &[&["data-name"], &["data-address"]],
        picture: &[],
    },
    Kind {
        names: &[
            "bluepacket",
            "mp-common-bluepacket",
            "mp-common-redpacket",
            "mp-common-redpacketcover",
            "redpacketcover",
        ],
        word: "红包封面",
        code: "card-red-packet",
        words: &[&["data-title", "data-name", "data-receivetitle"]],
        picture: &["data-coveruri", "data-cover"],
    },
    Kind {
        names: &["mp-common-gongyi", "mpgongyi"],
        word: "公益",
        code: "card-charity",
        words: &[&["data-title", "data-name"]],
        picture: &[],
    },
    Kind {
        names: &["mp-common-novel", ".js_novel_card"],
        word: "小说",
        code: "card-novel",
        words: &[&["data-title", "data-name", "data-book-name"], &["data-author"]],
        picture: &["data-cover"],
    },
    Kind {
        names: &[
            "mp-ad",
            "mp-common-ad",
            "mp-common-article",
            "mp-common-gameprofile",
            "mp-common-lottery",
            "mp-common-read",
            "mp-common-search",
            "mp-common-shopprofile",
            "mp-common-shoptag",
            "mp-style-type",
            "mpad",
            "mpsearch",
        ],
        word: "",
        code: "",
        words: &[],
        picture: &[],
    },
];

/// Returns the row of an element, if it has one.
pub(super) fn find(element: &Element) -> Option<&'static Kind> {
    let name = element.name();
    KINDS.iter().find(|kind| {
        kind.names.iter().any(|known| match known.strip_prefix('.') {
            Some(class) => has_class(element, class),
            None => *known == name,
        })
    })
}

/// Returns the code of the card that an element of this name or class becomes; the same for all that look the same to a
/// reader. `None` if it is not known.
pub fn card_code(name: &str) -> Option<&'static str> {
    match name {
        "mpvoice" | "mp-common-mpaudio" => return Some("card-voice"),
        "video_iframe" => return Some("card-video"),
        "vote_iframe" => return Some("card-vote"),
        "mp-common-sticker" => return Some("card-sticker"),
        "iframe" | "embed" | "object" => return Some("card-frame"),
        _ => {}
    }
    let known = |known: &&str| known.strip_prefix('.').unwrap_or(known) == name;
    KINDS.iter().find(|kind| kind.names.iter().any(known)).map(|kind| kind.code)
}

impl Kind {
    /// Returns the name under which an element is counted: its own, or the class by which it was recognized.
    pub(super) fn counted<'a>(&self, element: &'a Element) -> &'a str {
        let name = element.name();
        if self.names.contains(&name) {
            return name;
        }
        let class =
            self.names.iter().filter_map(|known| known.strip_prefix('.')).find(|class| has_class(element, class));
        class.unwrap_or(name)
    }
}
