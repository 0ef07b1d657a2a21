//! Comments that the owner chose to show. They are other people's words from the private bag, which an exporter cannot
//! read, so the caller passes in only the selected ones.

use std::fmt::{Debug, Write as _};

use serde::Serialize;

use super::{ExportOptions, Publication};
use crate::error::Result;
use crate::html::escape_text;
use crate::model::{Sha256, Time};
use crate::text::Texts;

/// A comment or a reply.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comment {
    /// Name of the commenter as it may be shown.
    pub name: Option<String>,
    /// Set if the comment is the owner's.
    pub own: bool,
    /// Text of the comment.
    pub text: String,
    /// Time of the comment.
    pub when: Option<Time>,
    /// Location as the platform shows it.
    pub place: Option<String>,
    /// Number of likes.
    pub likes: u64,
    /// Replies to the comment.
    pub replies: Vec<Comment>,
}

/// A source of the comments of articles.
pub trait Comments: Debug + Send + Sync {
    /// Returns a digest of the comments of the article with these names; `None` if it has none.
    fn digest(&self, names: &[&str]) -> Option<Sha256>;

    /// Returns the comments of the article with these names.
    fn of(&self, names: &[&str]) -> Result<Vec<Comment>>;

    /// Returns the id of the text that states how the comments were selected or made pseudonymous.
    fn remark(&self) -> Option<&'static str>;
}

/// Returns the number of comments and replies.
pub fn count(comments: &[Comment]) -> u64 {
    comments.iter().map(|comment| 1 + comment.replies.len() as u64).sum()
}

/// Returns the key of a file of all posts: `key`, and the comments that may be shown.
pub(super) fn key(publication: &Publication<'_>, options: &ExportOptions, key: Sha256) -> Sha256 {
    let Some(comments) = &options.comments else { return key };
    publication.newest_first().into_iter().fold(key, |key, place| {
        let names: Vec<&str> = publication.post(place).names().collect();
        comments.digest(&names).map_or(key, |digest| Sha256::of(format!("{key}{digest}").as_bytes()))
    })
}

/// Writes the comments that are shown as HTML, replies after their comments; nothing if there are none.
pub fn markup(comments: &[Comment], texts: &Texts, html: &mut String) {
    if comments.is_empty() {
        return;
    }
    html.push_str("\n<section class=\"comments\"><h2>");
    escape_text(&texts.get("mirror-comments", &[]), html);
    html.push_str("</h2>");
    let unnamed = texts.get("mirror-comment-unnamed", &[]);
    for comment in comments {
        let replies = comment.replies.iter().map(|reply| ("reply", reply));
        for (class, one) in std::iter::once(("comment", comment)).chain(replies) {
            let _ = write!(html, "<p class=\"{class}\"><strong>");
            escape_text(one.name.as_deref().unwrap_or(&unnamed), html);
            html.push_str("</strong><br>");
            escape_text(&one.text, html);
            html.push_str("</p>");
        }
    }
    html.push_str("</section>");
}
