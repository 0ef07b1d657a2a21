//! What sort of thing was published.

use crate::archive::PostEntry;
use crate::model::{Form, Kind};

/// The forms, as `--only type:…` and the pages' classes name them. A note is of its own form besides: a note of one
/// picture is both `note` and `picture`.
pub const FORMS: &[&str] = &["article", "audio", "note", "picture", "reshare", "text", "video"];

/// Returns the form of a post, one of [`FORMS`].
pub fn form(post: &PostEntry) -> &'static str {
    match post.form {
        Form::Article => "article",
        Form::Live | Form::Video => "video",
        Form::Picture => "picture",
        Form::Reshare => "reshare",
        Form::Text => "text",
        Form::Voice => "audio",
        // A work of a 视频号 of a kind not known.
        Form::Other if post.kind == Kind::Video => "video",
        Form::Other => "note",
    }
}

/// Returns whether a post is of this form.
pub fn is(post: &PostEntry, wanted: &str) -> bool {
    form(post) == wanted || (wanted == "note" && post.kind == Kind::Note)
}
