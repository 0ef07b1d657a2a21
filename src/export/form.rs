//! The forms of a post.

use crate::archive::PostEntry;
use crate::model::{Form, Kind};

/// Names of the forms in `--only type:…` and in the classes of pages. A note has its own form as well: a note of one
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
        // A work of a 视频号 of unknown kind.
        Form::Other if post.kind == Kind::Video => "video",
        Form::Other => "note",
    }
}

/// Reports whether a post has this form.
pub fn is(post: &PostEntry, wanted: &str) -> bool {
    form(post) == wanted || (wanted == "note" && post.kind == Kind::Note)
}
